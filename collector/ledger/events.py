"""The kinds of event, the data of each, and how times are written."""

from __future__ import annotations

import datetime
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


class Kind(StrEnum):
    """Every kind of event, with the keys of its data. Secrets appear only as hashes."""

    caseload_added = "caseload_added"  # caseload, name
    person_added = "person_added"  # person, name, password (argon2id)
    member_added = "member_added"  # caseload, person, role
    member_removed = "member_removed"  # caseload, person
    person_signed_in = "person_signed_in"  # person, sign_in (sha256), expires
    person_signed_out = "person_signed_out"  # sign_in
    client_added = "client_added"  # caseload, label
    link_made = "link_made"  # link, token (sha256), code (sha256), code_expires; ends the client's other links
    link_ended = "link_ended"  # link
    link_opened = "link_opened"  # link, by ("token" or "code"), sign_in (sha256), expires
    form_published = "form_published"  # form, version, definition (hash), body (canonical definition)
    submission_received = "submission_received"  # form, version, definition, answers, marks


@dataclass(frozen=True, slots=True)
class Event:
    """An event to be appended. `client` is the code of the client it concerns, "" for none.

    The ledger assigns its number and, unless `at` is set, its time; `at` is for imported events. An event with a
    `sign_in`, the hash of a client's sign-in, is refused unless that sign-in is valid and belongs to this client.
    """

    kind: Kind
    data: Mapping[str, Any]
    client: str = ""
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    at: str = ""
    sign_in: str = ""


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
