"""A clinic with something to lose: Alice treats Charlie, who has sent sheets, and both are signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collector import people
from collector.backup.making import back_up
from collector.ledger.access import Access
from collector.ledger.events import Event, form_published, link_opened, person_signed_in, submission_received, utc
from collector.ledger.ledger import Ledger
from collector.ledger.tokens import hash_token, new_token
from collector.settings import Settings
from site_builder.forms.model.definition import Form, Section
from site_builder.forms.model.fields import LongText

FORM = Form(id="evening", version=1, title="Evening", sections=(Section((LongText(id="note", ask="How was it?"),)),))
SHEETS = 30
NOBODY = 65534  # a user id that owns nothing


def sheet(client: str, note: str = "A quiet evening.") -> Event:
    return submission_received(client, form=FORM.id, version=1, definition=FORM.hash, answers={"note": note})


@dataclass(frozen=True)
class Clinic:
    """What was handed out before the backup, and would let its holders in."""

    settings: Settings
    ledger: Ledger
    access: Access
    client: str
    link: str
    code: str
    device: str
    therapist: str


@pytest.fixture
def clinic(settings: Settings, ledger: Ledger, access: Access) -> Clinic:
    ledger.append([form_published(form=FORM.id, version=1, definition=FORM.hash, body=FORM.to_json())])
    people.add_therapist(ledger, "Alice", password="correct horse battery")
    invitation = people.add_client(ledger, "alice", "Charlie")
    device, therapist = new_token(), new_token()
    link = access.link_for(token=invitation.token)
    assert link is not None
    opened = {"sign_in": hash_token(device), "expires": utc(datetime.now(UTC) + timedelta(days=100))}
    ledger.append([link_opened(invitation.client, link=link.link, secret="token", **opened)])
    expires = utc(datetime.now(UTC) + timedelta(hours=12))
    ledger.append([person_signed_in("alice", sign_in=hash_token(therapist), expires=expires)])
    ledger.append([sheet(invitation.client, f"Evening {number}") for number in range(SHEETS)])
    return Clinic(settings, ledger, access, invitation.client, invitation.token, invitation.code, device, therapist)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where backups go."""
    path = tmp_path / "backups"
    path.mkdir()
    return path


@pytest.fixture
def backup(clinic: Clinic, folder: Path) -> Path:
    """A backup of the clinic."""
    return back_up(clinic.settings, folder).path
