"""The engines that the contract runs against, and a small clinic: Alice treats Charlie, Bob does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from collector.ledger import tokens
from collector.ledger.events import (
    Event,
    Receipt,
    caseload_added,
    client_added,
    link_made,
    link_opened,
    member_added,
    person_added,
    person_signed_in,
    utc,
)
from collector.ledger.ledger import Ledger

CHARLIE = "K7M3QX"
ENGINES: dict[str, Callable[[Path], Ledger]] = {
    "sqlite": lambda folder: Ledger.open(folder / "ledger.db"),
    "sqlite, encrypted": lambda folder: Ledger.open(folder / "ledger.db", key=bytes(range(32))),
}


@pytest.fixture(params=ENGINES)
def open_ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Ledger]:
    """Opens the same ledger as often as it is called."""
    return partial(ENGINES[request.param], tmp_path)


def soon(**away: float) -> str:
    return utc(datetime.now(UTC) + timedelta(**away))


@dataclass
class Clinic:
    """Appends access events; each method returns the secret that its holder would have."""

    ledger: Ledger
    links: dict[str, str] = field(default_factory=dict)

    def append(self, event: Event, at: str = "") -> list[Receipt]:
        return self.ledger.append([replace(event, at=at)])

    def add_therapist(self, person: str) -> None:
        self.append(person_added(person, name=person.title(), password="$argon2id$…"))
        self.append(caseload_added(person, f"{person.title()}'s caseload"))
        self.append(member_added(person, person, role="therapist"))

    def add_client(self, client: str, caseload: str) -> None:
        self.append(client_added(client, caseload=caseload, label="made up"))

    def make_link(self, client: str, *, at: str = "", code_expires: str = "") -> tuple[str, str]:
        """Return the token and the code of a new link."""
        link, token, code = tokens.new_id(), tokens.new_token(), tokens.new_code()
        hashes: Any = {"token": tokens.hash_token(token), "code": tokens.hash_token(tokens.normal_code(code))}
        expires = code_expires or soon(hours=72)
        self.append(link_made(client, link=link, **hashes, code_expires=expires), at)
        self.links[client] = link
        return token, code

    def open_link(self, client: str, by: str = "token", *, link: str = "", expires: str = "", at: str = "") -> str:
        """Return the token of the sign-in."""
        token = tokens.new_token()
        data = {"link": link or self.links[client], "secret": by, "expires": expires or soon(days=180)}
        self.append(link_opened(client, sign_in=tokens.hash_token(token), **data), at)
        return token

    def sign_in(self, person: str, *, expires: str = "", at: str = "", device: str = "") -> str:
        token = tokens.new_token()
        hashed = tokens.hash_token(token)
        event = person_signed_in(person, sign_in=hashed, expires=expires or soon(hours=12), device=device)
        self.append(event, at)
        return token


@pytest.fixture
def clinic(ledger: Ledger) -> Clinic:
    """Alice and Bob with a caseload each; Charlie, in Alice's, has no link yet."""
    clinic = Clinic(ledger)
    clinic.add_therapist("alice")
    clinic.add_therapist("bob")
    clinic.add_client(CHARLIE, "alice")
    return clinic
