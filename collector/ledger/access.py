"""Access checks: each one is an indexed query on the ledger itself, never on a projection."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any

from collector.ledger.clock import Clock, Jump, Stored
from collector.ledger.clock_store import STORED
from collector.ledger.events import utc
from collector.ledger.readers import Readers
from collector.ledger.tokens import hash_token, normal_code
from collector.storage import DatabaseFile
from site_builder.forms.model.serialise import parsed

TOLD_FOR = timedelta(days=7)  # so that whoever looks once a week hears of every jump


@dataclass(frozen=True, slots=True)
class ClientSignIn:
    """A signed-in device of a client. `sign_in` is the hash of its token."""

    client: str
    link: str
    caseload: str
    sign_in: str


@dataclass(frozen=True, slots=True)
class Link:
    """A client's link that has not ended."""

    link: str
    client: str
    caseload: str


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class PersonSecret:
    """A person with the argon2id hash of their password."""

    id: str
    name: str
    password: str


@dataclass(frozen=True, slots=True)
class Caseload:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Client:
    code: str
    caseload: str


class Access:
    """Reads people, clients, links and sign-ins of a ledger, as of its latest commit, from any thread.

    Every method raises LedgerUnavailable when the ledger cannot be read, so a failure never grants access.
    """

    def __init__(self, ledger: DatabaseFile, clock: Clock | None = None) -> None:
        """Read a ledger, with the clock of whoever has it open to write; without one, with its own."""
        self._readers = Readers(ledger)
        self._clock = clock or Clock()

    def __enter__(self) -> Access:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: Any, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._readers.close()

    def _life(self) -> str:
        """Return the time that expiries are compared with."""
        if not self._clock.is_set:
            if row := self._readers.row(STORED):
                self._clock.restore(Stored(*row))
            else:
                self._clock.begin("")
        return self._clock.life()

    def client_sign_in(self, token: str) -> ClientSignIn | None:
        """Return the sign-in of the device with this token; None if it has expired or its link has ended."""
        row = self._readers.row(
            "SELECT links.client, links.link, clients.caseload, sign_ins.sign_in FROM sign_ins"
            " JOIN links USING (link) JOIN clients USING (client)"
            " WHERE sign_ins.sign_in = ? AND sign_ins.kind = 'client' AND sign_ins.expires > ?"
            " AND NOT links.ended",
            (hash_token(token), self._life()),
        )
        return ClientSignIn(*row) if row else None

    def person_sign_in(self, token: str) -> Person | None:
        """Return the person signed in with this token; None if it has expired or was signed out."""
        row = self._readers.row(
            "SELECT person, name FROM sign_ins JOIN people USING (person)"
            " WHERE sign_in = ? AND kind = 'person' AND expires > ?",
            (hash_token(token), self._life()),
        )
        return Person(*row) if row else None

    def link_for(self, *, token: str = "", code: str = "") -> Link | None:
        """Return the current link with this token, or with this typed code if it is unused and has not expired."""
        select = "SELECT link, client, caseload FROM links JOIN clients USING (client) WHERE NOT ended AND "
        if token:
            row = self._readers.row(f"{select} token = ?", (hash_token(token),))
        else:
            row = self._readers.row(
                f"{select} code = ? AND NOT code_used AND code_expires > ?",
                (hash_token(normal_code(code)), self._life()),
            )
        return Link(*row) if row else None

    def live_link(self, client: str) -> str | None:
        """Return the id of a client's current link."""
        row = self._readers.row("SELECT link FROM links WHERE client = ? AND NOT ended", (client,))
        return str(row[0]) if row else None

    def person(self, name: str) -> PersonSecret | None:
        """Return a person by the short name that they sign in with."""
        row = self._readers.row("SELECT person, name, password FROM people WHERE person = ?", (name,))
        return PersonSecret(*row) if row else None

    def is_device(self, token: str, person: str = "") -> bool:
        """Return whether somebody, or this person, has signed in on the device with this token before."""
        if not token:
            return False
        query = "SELECT 1 FROM devices WHERE device = ? AND ? IN ('', person) LIMIT 1"
        return self._readers.row(query, (hash_token(token), person)) is not None

    def clock_jump(self) -> Jump | None:
        """Return the latest jump of the computer's clock in the last week."""
        since = utc(datetime.fromisoformat(self._life()) - TOLD_FOR)
        row = self._readers.row(
            "SELECT expected, read FROM clock_jumps WHERE life > ? AND expected <> read ORDER BY number DESC LIMIT 1",
            (since,),
        )
        return Jump(*row) if row else None

    def caseloads_of(self, person: str) -> list[Caseload]:
        """Return the caseloads that a person is a member of, by name."""
        rows = self._readers.rows(
            "SELECT caseload, name FROM members JOIN caseloads USING (caseload)"
            " WHERE person = ? ORDER BY name, caseload",
            (person,),
        )
        return [Caseload(*row) for row in rows]

    def members_of(self, caseload: str) -> list[str]:
        """Return the short names of the people who are members of a caseload."""
        rows = self._readers.rows("SELECT person FROM members WHERE caseload = ? ORDER BY person", (caseload,))
        return [person for (person,) in rows]

    def client(self, code: str) -> Client | None:
        row = self._readers.row("SELECT client, caseload FROM clients WHERE client = ?", (code,))
        return Client(*row) if row else None

    def definition(self, hash: str) -> Any:
        """Return the body of a published definition; None for an unknown definition hash.

        Raises UnreadableDefinition for a body that is no JSON object.
        """
        row = self._readers.row("SELECT CAST(body AS BLOB) FROM definitions WHERE definition = ?", (hash,))
        return parsed(row[0]) if row else None

    def forms(self) -> list[str]:
        """Return the ids of all forms that were ever published, the first ones first."""
        return [
            form for (form,) in self._readers.rows("SELECT form FROM definitions GROUP BY form ORDER BY min(rowid)")
        ]

    def answers(self, form: str) -> int:
        """Return how many submissions of a form there are."""
        query = "SELECT count(*) FROM events WHERE kind = 'submission_received' AND data ->> 'form' = ?"
        row = self._readers.row(query, (form,))
        return row[0] if row else 0

    def bodies(self, form: str) -> dict[str, bytes]:
        """Return the stored bodies of all definitions of a form by hash, in the order they were published."""
        query = "SELECT definition, CAST(body AS BLOB) FROM definitions WHERE form = ? ORDER BY rowid"
        return dict(self._readers.rows(query, (form,)))
