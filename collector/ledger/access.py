"""Answers who may pass: each check is one indexed question to the ledger itself, never to a projection."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from collector.ledger.events import now
from collector.ledger.readers import Readers
from collector.ledger.tokens import hash_token, normal_code


@dataclass(frozen=True, slots=True)
class ClientSignIn:
    """A client's device that is signed in. `sign_in` is the hash of its token."""

    client: str
    link: str
    caseload: str
    sign_in: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link that is in use."""

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


@dataclass(frozen=True, slots=True)
class Published:
    """A definition that the ledger knows, without its body."""

    hash: str
    form: str
    version: int


class Doors:
    """Reads the doors of the ledger at `path`. Every answer is as of the latest commit; safe from any thread.

    Every method raises LedgerUnavailable when the ledger cannot be read, which never means yes.
    """

    def __init__(self, path: Path, *, key: bytes | None = None) -> None:
        self._readers = Readers(path, key)

    def __enter__(self) -> Doors:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: Any, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._readers.close()

    def client_sign_in(self, token: str) -> ClientSignIn | None:
        """Find whose device holds this token; None when it has expired or its link has ended."""
        found = self._readers.row(
            "SELECT links.client, links.link, clients.caseload, sign_ins.sign_in FROM sign_ins"
            " JOIN links USING (link) JOIN clients USING (client)"
            " WHERE sign_ins.sign_in = ? AND sign_ins.kind = 'client' AND sign_ins.expires > ?"
            " AND NOT links.ended",
            (hash_token(token), now()),
        )
        return ClientSignIn(*found) if found else None

    def person_sign_in(self, token: str) -> Person | None:
        """Find who holds this token; None when it has expired or was signed out."""
        found = self._readers.row(
            "SELECT person, name FROM sign_ins JOIN people USING (person)"
            " WHERE sign_in = ? AND kind = 'person' AND expires > ?",
            (hash_token(token), now()),
        )
        return Person(*found) if found else None

    def link_for(self, *, token: str = "", code: str = "") -> Link | None:
        """Find the link in use that has this token, or this code as typed, unused and not too old."""
        select = "SELECT link, client, caseload FROM links JOIN clients USING (client) WHERE NOT ended AND "
        if token:
            found = self._readers.row(f"{select} token = ?", (hash_token(token),))
        else:
            found = self._readers.row(
                f"{select} code = ? AND NOT code_used AND code_expires > ?",
                (hash_token(normal_code(code)), now()),
            )
        return Link(*found) if found else None

    def live_link(self, client: str) -> str | None:
        """Give the id of the link that a client has in use."""
        found = self._readers.row("SELECT link FROM links WHERE client = ? AND NOT ended", (client,))
        return str(found[0]) if found else None

    def person(self, name: str) -> PersonSecret | None:
        """Find a person by the short name that they sign in with."""
        found = self._readers.row("SELECT person, name, password FROM people WHERE person = ?", (name,))
        return PersonSecret(*found) if found else None

    def role(self, person: str, caseload: str) -> str | None:
        """Give a person's role in a caseload: therapist, cover or supervisor; None for a stranger."""
        found = self._readers.row("SELECT role FROM members WHERE person = ? AND caseload = ?", (person, caseload))
        return str(found[0]) if found else None

    def caseloads_of(self, person: str) -> list[Caseload]:
        """List the caseloads that a person is a member of, by name."""
        found = self._readers.rows(
            "SELECT caseload, name FROM members JOIN caseloads USING (caseload)"
            " WHERE person = ? ORDER BY name, caseload",
            (person,),
        )
        return [Caseload(*row) for row in found]

    def client(self, code: str) -> Client | None:
        found = self._readers.row("SELECT client, caseload FROM clients WHERE client = ?", (code,))
        return Client(*found) if found else None

    def clients(self) -> list[Client]:
        """List every client, by code."""
        return [Client(*row) for row in self._readers.rows("SELECT client, caseload FROM clients ORDER BY 1")]

    def definition(self, hash: str) -> Any:
        """Give the body of a definition that was ever published; None when nobody knows the hash."""
        found = self._readers.row("SELECT body FROM definitions WHERE definition = ?", (hash,))
        return json.loads(found[0]) if found else None

    def bodies(self, form: str) -> list[Any]:
        """List the body of every definition of a form that was ever published, in that order."""
        found = self._readers.rows("SELECT body FROM definitions WHERE form = ? ORDER BY rowid", (form,))
        return [json.loads(body) for (body,) in found]

    def definitions(self) -> list[Published]:
        """List every definition ever published, by form and version."""
        found = self._readers.rows("SELECT definition, form, version FROM definitions ORDER BY 2, 3, 1")
        return [Published(*row) for row in found]
