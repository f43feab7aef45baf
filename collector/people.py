"""Adds therapists and clients and issues links, each as a batch of ledger events."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches
from zoneinfo import available_timezones

from collector.errors import CollectorError
from collector.ledger import tokens
from collector.ledger.access import Access
from collector.ledger.access_events import CODE_LIFE
from collector.ledger.events import (
    Event,
    Kind,
    caseload_added,
    client_added,
    client_changed,
    course_begun,
    link_ended,
    link_made,
    member_added,
    member_removed,
    person_added,
    sign_ins_ended,
    utc,
)
from collector.ledger.ledger import Ledger
from collector.passwords import hash_password

NOT_OF_A_PLACE = {"localtime", "Factory"}  # the time zone of whichever server reads it, and none at all
SHORTEST_PASSWORD = 12  # characters; NIST SP 800-63B asks for 8, a clinic's records for more


class NoSuchClient(CollectorError):
    """There is no client with this code."""


class NoSuchPerson(CollectorError):
    """There is nobody with this short name, or they are no member of this caseload."""


class NoSuchTimeZone(CollectorError):
    """There is no time zone of this name."""


class WeakPassword(CollectorError):
    """The password is too short to guard a caseload."""


@dataclass(frozen=True, slots=True)
class NewTherapist:
    """What the therapist needs to sign in; the password is stored only as a hash."""

    name: str
    caseload: str
    password: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a client receives: a link that works until it is replaced or ended, and a code to type once."""

    client: str
    token: str
    code: str
    code_expires: str

    def url(self, site: str) -> str:
        """Return the link; its token is in the fragment, which browsers never send to a server."""
        return f"{site.rstrip('/')}/open#{self.token}"


def slug(name: str) -> str:
    """Return a short name for files and addresses: "dr-ana-muller" for "Dr. Ana Müller"."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or tokens.new_client_code().lower()


def add_therapist(
    ledger: Ledger, name: str, *, person: str = "", password: str = "", caseload: str = ""
) -> NewTherapist:
    """Add a therapist with a caseload of their own, or as a member of an existing one.

    They sign in as `person`, by default a short form of the name. A missing password is generated. Raises Refused if
    the sign-in name is taken or there is no such caseload, WeakPassword if the password is too short.
    """
    if password and len(password) < SHORTEST_PASSWORD:
        raise WeakPassword(f"Choose a password of {SHORTEST_PASSWORD} characters or more.")
    password = password or tokens.new_password()
    person = person or slug(name)
    secret = hash_password(password)
    events = [person_added(person, name=name, password=secret)]
    if not caseload:
        caseload = person
        events.append(caseload_added(caseload, name))
    events.append(member_added(caseload, person, role="therapist"))
    ledger.append(events)
    return NewTherapist(person, caseload, password)


def join_caseload(ledger: Ledger, access: Access, person: str, caseload: str, role: str) -> None:
    """Make somebody a member of a caseload, or change their part in it. Raises NoSuchPerson, and Refused."""
    _require_person(access, person)
    ledger.append([member_added(caseload, person, role=role)])


def leave_caseloads(ledger: Ledger, access: Access, person: str, caseload: str = "") -> dict[str, list[str]]:
    """End somebody's membership of one caseload or of all; return each with the members that it still has.

    With the last one all their sign-ins end; a sign-in made meanwhile opens nothing. Raises NoSuchPerson.
    """
    _require_person(access, person)
    theirs = [each.id for each in access.caseloads_of(person)]
    left = [each for each in theirs if caseload in ("", each)]
    if not left:
        raise NoSuchPerson(f"{person} is no member of {f'caseload {caseload}' if caseload else 'any caseload'}.")
    ended = [sign_ins_ended(person)] if left == theirs else []
    ledger.append([*(member_removed(each, person) for each in left), *ended])
    return {each: access.members_of(each) for each in left}


def _require_person(access: Access, person: str) -> None:
    if access.person(person) is None:
        raise NoSuchPerson(f"Nobody signs in as {person}. Names are short here, as for the sign-in: ana-muller.")


def end_sign_ins(ledger: Ledger, person: str) -> None:
    """End all sign-ins of a person, and forget their devices. Raises Refused if there is no such person."""
    ledger.append([sign_ins_ended(person)])


def add_client(ledger: Ledger, caseload: str, label: str, *, code: str = "") -> Invitation:
    """Add a client to a caseload and issue their first link. Raises Refused if there is no such caseload."""
    client = code or tokens.new_client_code()
    issued, invitation = _new_link(ledger, client)
    added = client_added(client, caseload=caseload, label=label)
    ledger.append([added, issued])
    return invitation


def change_client(
    ledger: Ledger, access: Access, client: str, *, label: str | None = None, time_zone: str | None = None
) -> dict[str, str]:
    """Change a client's label, time zone or both, and return what has changed; None leaves a value unchanged.

    A time zone of "" is the clinic's own. Raises NoSuchClient, NoSuchTimeZone.
    """
    _require_client(access, client)
    if time_zone:
        _require_time_zone(time_zone)
    before = _details(ledger, client)
    wanted = {"label": label, "time_zone": time_zone}
    changes = {name: value for name, value in wanted.items() if value is not None and value != before[name]}
    if changes:
        ledger.append([client_changed(client, label=changes.get("label"), time_zone=changes.get("time_zone"))])
    return changes


def _details(ledger: Ledger, client: str) -> dict[str, str]:
    """Return a client's label and time zone, as of the latest events."""
    details = {"label": "", "time_zone": ""}
    after = 0
    while events := ledger.read(after, client=client):
        for event in events:
            if event.kind in (Kind.client_added, Kind.client_changed):
                details |= {name: event.data[name] for name in details if name in event.data}
        after = events[-1].seq
    return details


def begin_course(ledger: Ledger, access: Access, client: str, *, begun: str = "") -> None:
    """Begin a course of treatment: now, or at an earlier moment in the ledger's notation.

    Raises NoSuchClient, and Refused for a moment that is still to come.
    """
    _require_client(access, client)
    ledger.append([course_begun(client, begun=begun)])


def replace_link(ledger: Ledger, access: Access, client: str) -> Invitation:
    """Issue a new link for a client; the old one and its sign-ins stop working. Raises NoSuchClient."""
    _require_client(access, client)
    issued, invitation = _new_link(ledger, client)
    ledger.append([issued])
    return invitation


def end_link(ledger: Ledger, access: Access, client: str) -> bool:
    """End a client's link and its sign-ins. Return False if there was none. Raises NoSuchClient."""
    _require_client(access, client)
    link = access.live_link(client)
    if link is None:
        return False
    ledger.append([link_ended(client, link=link)])
    return True


def _new_link(ledger: Ledger, client: str) -> tuple[Event, Invitation]:
    token, code = tokens.new_token(), tokens.new_code()
    expires = utc(ledger.clock.now() + CODE_LIFE)
    event = link_made(
        client,
        link=tokens.new_id(),
        token=tokens.hash_token(token),
        code=tokens.hash_token(tokens.normal_code(code)),
        code_expires=expires,
    )
    return event, Invitation(client, token, code, expires)


def _require_time_zone(name: str) -> None:
    known = available_timezones() - NOT_OF_A_PLACE
    if name not in known:
        alike = get_close_matches(name, known, n=1)
        hint = f"Is it {alike[0]}?" if alike else "They are written as Europe/Berlin."
        raise NoSuchTimeZone(f"There is no time zone {name}. {hint}")


def _require_client(access: Access, client: str) -> None:
    if access.client(client) is None:
        raise NoSuchClient(f"There is no client {client}. Codes look like K7M3QX.")
