"""The kinds of event, a function for each that builds it, and how times are written.

Nothing else builds the data of an event: a function's name is that of its kind, its parameters are the data.
"""

from __future__ import annotations

import datetime
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def _new_id() -> str:
    return str(uuid.uuid4())


class Kind(StrEnum):
    """Every kind of event; the function of the same name tells what its data hold."""

    caseload_added = "caseload_added"
    person_added = "person_added"
    member_added = "member_added"
    member_removed = "member_removed"
    person_signed_in = "person_signed_in"
    person_signed_out = "person_signed_out"
    client_added = "client_added"
    link_made = "link_made"
    link_ended = "link_ended"
    link_opened = "link_opened"
    form_published = "form_published"
    submission_received = "submission_received"


@dataclass(frozen=True, slots=True)
class Event:
    """An event to be appended. `client` is the code of the client it concerns, "" for none.

    The ledger assigns its number and, unless `at` is set, its time; `at` is for imported events. An event with a
    `sign_in`, the hash of a client's sign-in, is refused unless that sign-in is valid and belongs to this client.
    """

    kind: Kind
    data: Mapping[str, Any]
    client: str = ""
    id: str = field(default_factory=_new_id)
    at: str = ""
    sign_in: str = ""

    def recorded(self, seq: int, at: str = "") -> Recorded:
        """Return the event as the ledger would return it, had it appended it as number `seq` at `at`."""
        return Recorded(seq, self.id, self.kind, self.client, self.at or at or now(), self.data)


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event in the ledger: `seq` always increases, `at` is UTC, like 2026-03-09T14:02:11.123Z."""

    seq: int
    id: str
    kind: str
    client: str
    at: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What append returns for one event; `fresh` is False if the same event was in the ledger already."""

    seq: int
    at: str
    fresh: bool


def utc(moment: datetime.datetime) -> str:
    """Return a moment in the ledger's notation: UTC, milliseconds, Z. Raises ValueError without a time zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(datetime.UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def now() -> str:
    """Return the current time in the ledger's notation."""
    return utc(datetime.datetime.now(datetime.UTC))


def is_utc(text: str) -> bool:
    """Return whether a moment is in the ledger's notation, so that it can be compared as text."""
    return _UTC.fullmatch(text) is not None


def caseload_added(caseload: str, name: str) -> Event:
    return Event(Kind.caseload_added, {"caseload": caseload, "name": name})


def person_added(person: str, *, name: str, password: str) -> Event:
    """Return the event that adds a person; `password` is its argon2id hash."""
    return Event(Kind.person_added, {"person": person, "name": name, "password": password})


def member_added(caseload: str, person: str, *, role: str) -> Event:
    return Event(Kind.member_added, {"caseload": caseload, "person": person, "role": role})


def member_removed(caseload: str, person: str) -> Event:
    return Event(Kind.member_removed, {"caseload": caseload, "person": person})


def person_signed_in(person: str, *, sign_in: str, expires: str) -> Event:
    """Return the event of a sign-in; `sign_in` is the hash of its token."""
    return Event(Kind.person_signed_in, {"person": person, "sign_in": sign_in, "expires": expires})


def person_signed_out(*, sign_in: str) -> Event:
    """Return the event that ends a sign-in; `sign_in` is the hash of its token."""
    return Event(Kind.person_signed_out, {"sign_in": sign_in})


def client_added(client: str, *, caseload: str, label: str) -> Event:
    return Event(Kind.client_added, {"caseload": caseload, "label": label}, client)


def link_made(client: str, *, link: str, token: str, code: str, code_expires: str) -> Event:
    """Return the event of a new link, which ends the client's others; `token` and `code` are hashes."""
    return Event(Kind.link_made, {"link": link, "token": token, "code": code, "code_expires": code_expires}, client)


def link_ended(client: str, *, link: str) -> Event:
    return Event(Kind.link_ended, {"link": link}, client)


def link_opened(client: str, *, link: str, by: str, sign_in: str, expires: str) -> Event:
    """Return the event of a client's sign-in by the link's "token" or its "code"; `sign_in` is a hash."""
    return Event(Kind.link_opened, {"link": link, "by": by, "sign_in": sign_in, "expires": expires}, client)


def form_published(*, form: str, version: int, definition: str, body: Mapping[str, Any], id: str = "") -> Event:
    """Return the event that publishes a canonical definition, `body`; `definition` is its hash."""
    data = {"form": form, "version": version, "definition": definition, "body": body}
    return Event(Kind.form_published, data, id=id or _new_id())


def submission_received(
    client: str,
    *,
    form: str,
    version: int,
    definition: str,
    answers: Mapping[str, Any],
    id: str = "",
    at: str = "",
    sign_in: str = "",
) -> Event:
    """Return the event of a filled-in form; `at` is for one from elsewhere, `sign_in` the hash of who sends it."""
    data = {"form": form, "version": version, "definition": definition, "answers": answers, "marks": []}
    return Event(Kind.submission_received, data, client, id=id or _new_id(), at=at, sign_in=sign_in)
