"""Adds therapists and clients and issues links, each as a batch of ledger events."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime

from collector.errors import CollectorError
from collector.ledger import tokens
from collector.ledger.access import Access
from collector.ledger.access_events import CODE_LIFE
from collector.ledger.events import Event, Kind, utc
from collector.ledger.ledger import Ledger
from collector.passwords import hash_password

SHORTEST_PASSWORD = 12  # characters; NIST SP 800-63B asks for 8, a clinic's records for more


class NoSuchClient(CollectorError):
    """There is no client with this code."""


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
    events = [Event(Kind.person_added, {"person": person, "name": name, "password": secret})]
    if not caseload:
        caseload = person
        events.append(Event(Kind.caseload_added, {"caseload": caseload, "name": name}))
    events.append(Event(Kind.member_added, {"caseload": caseload, "person": person, "role": "therapist"}))
    ledger.append(events)
    return NewTherapist(person, caseload, password)


def add_client(ledger: Ledger, caseload: str, label: str, *, code: str = "") -> Invitation:
    """Add a client to a caseload and issue their first link. Raises Refused if there is no such caseload."""
    client = code or tokens.new_client_code()
    issued, invitation = _new_link(client)
    added = Event(Kind.client_added, {"caseload": caseload, "label": label}, client=client)
    ledger.append([added, issued])
    return invitation


def replace_link(ledger: Ledger, access: Access, client: str) -> Invitation:
    """Issue a new link for a client; the old one and its sign-ins stop working. Raises NoSuchClient."""
    _require_client(access, client)
    issued, invitation = _new_link(client)
    ledger.append([issued])
    return invitation


def end_link(ledger: Ledger, access: Access, client: str) -> bool:
    """End a client's link and its sign-ins. Return False if there was none. Raises NoSuchClient."""
    _require_client(access, client)
    link = access.live_link(client)
    if link is None:
        return False
    ledger.append([Event(Kind.link_ended, {"link": link}, client=client)])
    return True


def _new_link(client: str) -> tuple[Event, Invitation]:
    token, code = tokens.new_token(), tokens.new_code()
    expires = utc(datetime.now(UTC) + CODE_LIFE)
    data = {
        "link": tokens.new_id(),
        "token": tokens.hash_token(token),
        "code": tokens.hash_token(tokens.normal_code(code)),
        "code_expires": expires,
    }
    return Event(Kind.link_made, data, client=client), Invitation(client, token, code, expires)


def _require_client(access: Access, client: str) -> None:
    if access.client(client) is None:
        raise NoSuchClient(f"There is no client {client}. Codes look like K7M3QX.")
