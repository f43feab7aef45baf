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
    """Every kind of event; the function of the same name shows its data."""

    caseload_added = "caseload_added"
    person_added = "person_added"
    member_added = "member_added"
    member_removed = "member_removed"
    person_signed_in = "person_signed_in"
    person_signed_out = "person_signed_out"
    sign_ins_ended = "sign_ins_ended"
    client_added = "client_added"
    client_changed = "client_changed"
    course_begun = "course_begun"
    link_made = "link_made"
    link_ended = "link_ended"
    link_opened = "link_opened"
    form_published = "form_published"
    submission_received = "submission_received"
    ledger_restored = "ledger_restored"


@dataclass(frozen=True, slots=True)
class By:
    """Who acts, as the ledger stores it: client, person:alice, command or system.

    The client is the one that the event concerns. With a `sign_in` (its hash), an event is refused unless that sign-in
    is valid and its holder may do this when the event is stored. The sign-in itself is not stored.
    """

    text: str
    sign_in: str = field(default="", compare=False)

    @property
    def person(self) -> str:
        """The short name of the person who acts; "" if it is no person."""
        return self.text.removeprefix("person:") if self.text.startswith("person:") else ""


def by_client(sign_in: str) -> By:
    return By("client", sign_in)


def by_person(person: str, sign_in: str = "") -> By:
    return By(f"person:{person}", sign_in)


CLIENT, COMMAND, SYSTEM = By("client"), By("command"), By("system")
TREATING = ("therapist", "cover")  # the roles of those who look after a client
THERAPIST = ("therapist",)  # the role of who decides about the treatment
CLINIC = ("clinic",)  # of those who add people and publish content; no person has it yet, so only the command line can


@dataclass(frozen=True, slots=True)
class Event:
    """An event to be appended. `client` is the code of the client it concerns, "" for none.

    The ledger assigns its number and, unless `at` is set, its time; `at` is for imported events. A person with a
    sign-in needs one of the `roles` in the client's caseload, or in `caseload` if that is set.
    """

    kind: Kind
    data: Mapping[str, Any]
    client: str = ""
    id: str = field(default_factory=_new_id)
    at: str = ""
    by: By = COMMAND
    roles: tuple[str, ...] = ()
    caseload: str = ""

    def recorded(self, seq: int, at: str = "") -> Recorded:
        """Return the event as the ledger would return it, had it appended it as number `seq` at `at`."""
        return Recorded(seq, self.id, self.kind, self.client, self.at or at or now(), self.data, self.by)


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event in the ledger: `seq` always increases, `at` is UTC, like 2026-03-09T14:02:11.123Z."""

    seq: int
    id: str
    kind: str
    client: str
    at: str
    data: Mapping[str, Any]
    by: By


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


def caseload_added(caseload: str, name: str, *, by: By = COMMAND) -> Event:
    return Event(Kind.caseload_added, {"caseload": caseload, "name": name}, by=by, roles=CLINIC)


def person_added(person: str, *, name: str, password: str, by: By = COMMAND) -> Event:
    """Return the event that adds a person; `password` is its argon2id hash."""
    return Event(Kind.person_added, {"person": person, "name": name, "password": password}, by=by, roles=CLINIC)


def member_added(caseload: str, person: str, *, role: str, by: By = COMMAND) -> Event:
    data = {"caseload": caseload, "person": person, "role": role}
    return Event(Kind.member_added, data, by=by, roles=CLINIC, caseload=caseload)


def member_removed(caseload: str, person: str, *, by: By = COMMAND) -> Event:
    data = {"caseload": caseload, "person": person}
    return Event(Kind.member_removed, data, by=by, roles=CLINIC, caseload=caseload)


def person_signed_in(person: str, *, sign_in: str, expires: str, device: str = "") -> Event:
    """Return the event of a sign-in; `sign_in` is the hash of its token, `device` that of the browser's own."""
    data = {"person": person, "sign_in": sign_in, "expires": expires} | ({"device": device} if device else {})
    return Event(Kind.person_signed_in, data, by=by_person(person))


def person_signed_out(person: str, *, sign_in: str) -> Event:
    """Return the event that ends a sign-in; `sign_in` is the hash of its token."""
    return Event(Kind.person_signed_out, {"sign_in": sign_in}, by=by_person(person))


def sign_ins_ended(person: str, *, by: By = COMMAND) -> Event:
    """Return the event that ends all sign-ins of a person, and forgets their devices."""
    return Event(Kind.sign_ins_ended, {"person": person}, by=by, roles=CLINIC)


def client_added(client: str, *, caseload: str, label: str, by: By = COMMAND) -> Event:
    data = {"caseload": caseload, "label": label}
    return Event(Kind.client_added, data, client, by=by, roles=TREATING, caseload=caseload)


def client_changed(client: str, *, label: str | None = None, time_zone: str | None = None, by: By = COMMAND) -> Event:
    """Return the event that changes label, time zone or both; a time zone of "" is the clinic's own."""
    changes = {"label": label, "time_zone": time_zone}
    data = {name: value for name, value in changes.items() if value is not None}
    return Event(Kind.client_changed, data, client, by=by, roles=TREATING)


def course_begun(client: str, *, begun: str = "", by: By = COMMAND) -> Event:
    """Return the event of a new course of treatment; `begun` is an earlier moment, in UTC, that it counts from.

    The first course begins with client_added.
    """
    return Event(Kind.course_begun, {"begun": begun}, client, by=by, roles=THERAPIST)


def link_made(client: str, *, link: str, token: str, code: str, code_expires: str, by: By = COMMAND) -> Event:
    """Return the event of a new link, which ends the client's others; `token` and `code` are hashes."""
    data = {"link": link, "token": token, "code": code, "code_expires": code_expires}
    return Event(Kind.link_made, data, client, by=by, roles=TREATING)


def link_ended(client: str, *, link: str, by: By = COMMAND) -> Event:
    return Event(Kind.link_ended, {"link": link}, client, by=by, roles=TREATING)


def link_opened(client: str, *, link: str, secret: str, sign_in: str, expires: str) -> Event:
    """Return the event of a client's sign-in; `secret` is "token" or "code", `sign_in` the hash of the new token."""
    data = {"link": link, "by": secret, "sign_in": sign_in, "expires": expires}
    return Event(Kind.link_opened, data, client, by=CLIENT)


def form_published(
    *, form: str, version: int, definition: str, body: Mapping[str, Any], id: str = "", by: By = COMMAND
) -> Event:
    """Return the event that publishes a canonical definition, `body`; `definition` is its hash."""
    data = {"form": form, "version": version, "definition": definition, "body": body}
    return Event(Kind.form_published, data, id=id or _new_id(), by=by, roles=CLINIC)


def submission_received(
    client: str,
    *,
    form: str,
    version: int,
    definition: str,
    answers: Mapping[str, Any],
    id: str = "",
    at: str = "",
    by: By = CLIENT,
) -> Event:
    """Return the event of a filled-in form; `at` is for one from elsewhere."""
    data = {"form": form, "version": version, "definition": definition, "answers": answers}
    return Event(Kind.submission_received, data, client, id=id or _new_id(), at=at, by=by, roles=TREATING)


def ledger_restored(*, backup: str, ends_links: bool, by: By = COMMAND) -> Event:
    """Return the event of a restore, which ends all sign-ins and typed codes, and with `ends_links` all links too.

    `backup` is when the backup was made; what happened after it is not in the ledger.
    """
    return Event(Kind.ledger_restored, {"backup": backup, "ends_links": ends_links}, by=by, roles=CLINIC)
