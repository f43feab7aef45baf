"""Applies events that grant or end access to the tables that decide it, in the transaction that appends the event.

One small function per kind, its rule. An event that contradicts the tables raises Refused, and its whole call is
rolled back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from collector.driver import sqlite3
from collector.errors import Refused
from collector.ledger.events import Event, Kind, is_utc, utc
from collector.ledger.names import is_short_name


class When(NamedTuple):
    """The time of an event, the time at which it is stored, and what expiries are compared with then."""

    at: str
    now: str
    life: str


Rule = Callable[[sqlite3.Connection, Event, When], None]
RULES: dict[str, Rule] = {}  # by kind of event

CLIENT_SIGN_IN_LIFE = timedelta(days=180)  # a phone stays signed in for about a course of treatment
PERSON_SIGN_IN_LIFE = timedelta(hours=12)  # a working day
CODE_LIFE = timedelta(hours=72)  # a typed code is short, so it must not live long
MOST_DEVICES = 20  # of a person: those of a clinic's rooms, and their own
ROLES = ("therapist", "cover", "supervisor")
_CODE = re.compile(r"[A-Za-z0-9-]{1,32}")


def rule(kind: Kind) -> Callable[[Rule], Rule]:
    """Register a function as the rule for a kind of event."""

    def register(function: Rule) -> Rule:
        RULES[kind] = function
        return function

    return register


def apply(connection: sqlite3.Connection, event: Event, when: When) -> None:
    """Apply an event to the access tables. Raises Refused."""
    try:
        RULES[event.kind](connection, event, when)
    except sqlite3.IntegrityError as error:
        raise Refused(f"A {event.kind} event contradicts what the ledger holds.") from error
    except (KeyError, TypeError, ValueError) as error:
        raise Refused(f"A {event.kind} event is not complete.") from error


@rule(Kind.caseload_added)
def _caseload_added(connection: sqlite3.Connection, event: Event, when: When) -> None:
    caseload = _name(event.data["caseload"])
    if _exists(connection, "SELECT 1 FROM caseloads WHERE caseload = ?", caseload):
        raise Refused(f"There is a caseload {caseload} already.")
    connection.execute("INSERT INTO caseloads VALUES (?, ?)", (caseload, event.data["name"]))


@rule(Kind.person_added)
def _person_added(connection: sqlite3.Connection, event: Event, when: When) -> None:
    person = _name(event.data["person"])
    if _exists(connection, "SELECT 1 FROM people WHERE person = ?", person):
        raise Refused(f"The name {person} is taken.")
    row = (person, event.data["name"], event.data["password"])
    connection.execute("INSERT INTO people VALUES (?, ?, ?)", row)


@rule(Kind.member_added)
def _member_added(connection: sqlite3.Connection, event: Event, when: When) -> None:
    caseload, person, role = event.data["caseload"], event.data["person"], event.data["role"]
    if role not in ROLES:
        raise Refused(f"A member of a caseload is one of: {', '.join(ROLES)}.")
    _require_caseload(connection, caseload)
    _require_person(connection, person)
    connection.execute("INSERT OR REPLACE INTO members VALUES (?, ?, ?)", (person, caseload, role))


@rule(Kind.member_removed)
def _member_removed(connection: sqlite3.Connection, event: Event, when: When) -> None:
    caseload, person = event.data["caseload"], event.data["person"]
    removed = connection.execute("DELETE FROM members WHERE person = ? AND caseload = ?", (person, caseload))
    if not removed.rowcount:
        raise Refused(f"{person} is no member of caseload {caseload}.")


@rule(Kind.person_signed_in)
def _person_signed_in(connection: sqlite3.Connection, event: Event, when: When) -> None:
    _require_person(connection, event.data["person"])
    expires = _expiry(event.data["expires"], when, PERSON_SIGN_IN_LIFE)
    _delete_expired(connection, when.life)
    row = (event.data["sign_in"], "person", event.data["person"], expires)
    connection.execute("INSERT INTO sign_ins (sign_in, kind, person, expires) VALUES (?, ?, ?, ?)", row)
    if device := event.data.get("device"):
        _remember(connection, event.data["person"], device)


@rule(Kind.person_signed_out)
def _person_signed_out(connection: sqlite3.Connection, event: Event, when: When) -> None:
    connection.execute("DELETE FROM sign_ins WHERE sign_in = ? AND kind = 'person'", (event.data["sign_in"],))


@rule(Kind.sign_ins_ended)
def _sign_ins_ended(connection: sqlite3.Connection, event: Event, when: When) -> None:
    person = event.data["person"]
    _require_person(connection, person)
    connection.execute("DELETE FROM sign_ins WHERE person = ?", (person,))
    connection.execute("DELETE FROM devices WHERE person = ?", (person,))


@rule(Kind.client_added)
def _client_added(connection: sqlite3.Connection, event: Event, when: When) -> None:
    if not _CODE.fullmatch(event.client):
        raise Refused("A client's code is letters and digits, like K7M3QX.")
    _require_caseload(connection, event.data["caseload"])
    if _exists(connection, "SELECT 1 FROM clients WHERE client = ? COLLATE NOCASE", event.client):
        raise Refused(f"There is a client {event.client} already.")
    connection.execute("INSERT INTO clients VALUES (?, ?)", (event.client, event.data["caseload"]))


@rule(Kind.client_changed)
def _client_changed(connection: sqlite3.Connection, event: Event, when: When) -> None:
    _require_client(connection, event.client)
    if not event.data or not all(isinstance(value, str) for value in event.data.values()):
        raise Refused("A client's label or time zone is changed, to some text.")


@rule(Kind.course_begun)
def _course_begun(connection: sqlite3.Connection, event: Event, when: When) -> None:
    _require_client(connection, event.client)
    begun = event.data["begun"]
    if begun and not is_utc(begun):
        raise Refused("The beginning of a course of treatment is written as 2026-03-09T14:02:11.123Z.")
    if begun > max(when.at, when.now):
        raise Refused("A course of treatment cannot begin in the future.")


@rule(Kind.link_made)
def _link_made(connection: sqlite3.Connection, event: Event, when: When) -> None:
    _require_client(connection, event.client)
    expires = _expiry(event.data["code_expires"], when, CODE_LIFE)
    live = connection.execute("SELECT link FROM links WHERE client = ? AND NOT ended", (event.client,))
    for (link,) in live.fetchall():
        _end_link(connection, link)
    row = (event.data["link"], event.client, event.data["token"], event.data["code"], expires, 0, 0)
    connection.execute("INSERT INTO links VALUES (?, ?, ?, ?, ?, ?, ?)", row)


@rule(Kind.link_ended)
def _link_ended(connection: sqlite3.Connection, event: Event, when: When) -> None:
    _require_live_link(connection, event)
    _end_link(connection, event.data["link"])


@rule(Kind.link_opened)
def _link_opened(connection: sqlite3.Connection, event: Event, when: When) -> None:
    link, by = event.data["link"], event.data["by"]
    _require_live_link(connection, event)
    if by == "code":
        _use_code(connection, link, when.life)
    elif by != "token":
        raise Refused("A link is opened by its token or by its code.")
    expires = _expiry(event.data["expires"], when, CLIENT_SIGN_IN_LIFE)
    _delete_expired(connection, when.life)
    row = (event.data["sign_in"], "client", link, expires)
    connection.execute("INSERT INTO sign_ins (sign_in, kind, link, expires) VALUES (?, ?, ?, ?)", row)


@rule(Kind.form_published)
def _form_published(connection: sqlite3.Connection, event: Event, when: When) -> None:
    data = event.data
    body = json.dumps(data["body"], ensure_ascii=False, separators=(",", ":"))
    row = (data["definition"], data["form"], data["version"], body)
    connection.execute("INSERT INTO definitions VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", row)


@rule(Kind.ledger_restored)
def _ledger_restored(connection: sqlite3.Connection, event: Event, when: When) -> None:
    """End what may have been ended after the backup was made, and would live again."""
    connection.execute("DELETE FROM sign_ins")
    connection.execute("DELETE FROM devices")
    connection.execute("UPDATE links SET code_used = 1")
    if event.data["ends_links"]:
        connection.execute("UPDATE links SET ended = 1")


def _end_link(connection: sqlite3.Connection, link: str) -> None:
    """End a link and every sign-in made with it."""
    connection.execute("DELETE FROM sign_ins WHERE link = ?", (link,))
    connection.execute("UPDATE links SET ended = 1 WHERE link = ?", (link,))


def _use_code(connection: sqlite3.Connection, link: str, life: str) -> None:
    used = connection.execute(
        "UPDATE links SET code_used = 1 WHERE link = ? AND NOT code_used AND code_expires > ?", (link, life)
    )
    if not used.rowcount:
        raise Refused("This code has been used, or is too old.")


def _remember(connection: sqlite3.Connection, person: str, device: str) -> None:
    """Remember a device that a person has signed in on, instead of the one that was used the longest ago."""
    connection.execute("INSERT OR REPLACE INTO devices (person, device) VALUES (?, ?)", (person, device))
    latest = "SELECT rowid FROM devices WHERE person = ?1 ORDER BY rowid DESC LIMIT ?2"
    connection.execute(f"DELETE FROM devices WHERE person = ?1 AND rowid NOT IN ({latest})", (person, MOST_DEVICES))  # noqa: S608 - only constants


def _delete_expired(connection: sqlite3.Connection, life: str) -> None:
    """Delete expired sign-ins, so that the table stays small."""
    connection.execute("DELETE FROM sign_ins WHERE expires <= ?", (life,))


def _expiry(expires: str, when: When, longest: timedelta) -> str:
    """Return the time of expiry to be stored, as long after `life` as `expires` is after now. Raises Refused.

    Refused is what is not well formed (it is compared as text), or lasts longer than it may.
    """
    if not is_utc(expires):
        raise Refused("A time of expiry is written as 2026-03-09T14:02:11.123Z.")
    at, now, life, expiry = map(datetime.fromisoformat, (when.at, when.now, when.life, expires))
    if expiry - at > longest + timedelta(minutes=1):
        raise Refused(f"A time of expiry may be {longest} away at most.")
    return utc(life + (expiry - now))


def _name(name: str) -> str:
    if not is_short_name(name):
        raise Refused("The short name of a person or a caseload is small letters, digits and single hyphens.")
    return name


def _exists(connection: sqlite3.Connection, query: str, *values: str) -> bool:
    return connection.execute(query, values).fetchone() is not None


def _require_caseload(connection: sqlite3.Connection, caseload: str) -> None:
    if not _exists(connection, "SELECT 1 FROM caseloads WHERE caseload = ?", caseload):
        raise Refused(f"There is no caseload {caseload}.")


def _require_person(connection: sqlite3.Connection, person: str) -> None:
    if not _exists(connection, "SELECT 1 FROM people WHERE person = ?", person):
        raise Refused(f"There is no person {person}.")


def _require_client(connection: sqlite3.Connection, client: str) -> None:
    if not _exists(connection, "SELECT 1 FROM clients WHERE client = ?", client):
        raise Refused(f"There is no client {client}.")


def _require_live_link(connection: sqlite3.Connection, event: Event) -> None:
    """Raise Refused unless the link is current and belongs to the event's client."""
    live = "SELECT 1 FROM links WHERE link = ? AND client = ? AND NOT ended"
    if not _exists(connection, live, event.data["link"], event.client):
        raise Refused("This link is not in use any more.")
