"""Collector and projector are killed while clients send; nothing acknowledged is lost or duplicated."""

from __future__ import annotations

import http.client
import json
import os
import random
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from collector import people
from collector.driver import connect
from collector.ledger.access import Access
from collector.ledger.access_events import CLIENT_SIGN_IN_LIFE
from collector.ledger.events import form_published, link_opened, utc
from collector.ledger.ledger import Ledger
from collector.ledger.tokens import hash_token, new_token
from collector.projector import Projector
from collector.settings import Settings
from collector.storage import DatabaseFile, Storage
from site_builder.forms.model.definition import Form, Section
from site_builder.forms.model.fields import LongText, Rating

ROUNDS = 8
SENDERS = 6
PATIENCE = 20.0  # seconds for a role to come up
ROWS = """
    SELECT submission, submissions.client, note, mood
      FROM submissions LEFT JOIN evening USING (submission) ORDER BY submission
"""
FORM = Form(
    id="evening",
    version=1,
    title="Evening",
    sections=(Section((LongText(id="note", ask="How was it?"), Rating(id="mood", ask="Mood?"))),),
)


@dataclass
class Clinic:
    """A data folder with signed-in clients, and the port of their collector."""

    settings: Settings
    cookies: dict[str, str] = field(default_factory=dict)

    def start(self, role: str) -> subprocess.Popen[bytes]:
        environment = os.environ | {
            "HOMEWARD_DATA": str(self.settings.data),
            "HOMEWARD_SITE": str(self.settings.site),
            "HOMEWARD_PORT": str(self.settings.port),
        }
        command = [sys.executable, "-m", "collector", role]
        return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def wait_until_open(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", self.settings.port), 1).close()
                return
            time.sleep(0.02)
        pytest.fail("the collector does not come up")


@contextmanager
def ended(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """Kill the process at the end of the block."""
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    clinic = Clinic(Settings(data=tmp_path / "data", site=tmp_path / "site", port=port))
    Storage(clinic.settings).make_folder()
    clinic.settings.site.mkdir()
    with Ledger.open(clinic.settings.ledger) as ledger, Access(DatabaseFile(clinic.settings.ledger)) as access:
        ledger.append([form_published(form=FORM.id, version=1, definition=FORM.hash, body=FORM.to_json())])
        for name in ("Alice", "Bob"):
            caseload = people.add_therapist(ledger, name).caseload
            for _ in range(SENDERS):
                invitation = people.add_client(ledger, caseload, "Made up")
                clinic.cookies[invitation.client] = sign_in(ledger, access, invitation)
    return clinic


def sign_in(ledger: Ledger, access: Access, invitation: people.Invitation) -> str:
    """Open a link as the collector does and return the device's cookie."""
    token, link = new_token(), access.link_for(token=invitation.token)
    assert link is not None
    expires = utc(datetime.now(UTC) + CLIENT_SIGN_IN_LIFE / 2)
    opened = link_opened(invitation.client, link=link.link, secret="token", sign_in=hash_token(token), expires=expires)
    ledger.append([opened])
    return f"hw_client={token}"


class Sender(threading.Thread):
    """A client's phone, which repeats a submission under the same id until it is acknowledged."""

    def __init__(self, clinic: Clinic, client: str, stop: threading.Event, pause: float = 0.005) -> None:
        super().__init__()
        self.clinic = clinic
        self.client = client
        self.stop = stop
        self.pause = pause  # seconds between two sheets
        self.receipts: dict[str, set[str]] = {}
        self.odd: list[int] = []

    def run(self) -> None:
        rng = random.Random(self.client)
        while not self.stop.is_set():
            id = str(uuid.UUID(int=rng.getrandbits(128), version=4))
            body = {"id": id, "definition": FORM.hash, "answers": {"note": f"words of {id}", "mood": rng.randrange(11)}}
            while not self.arrived(id, body):
                time.sleep(0.01)
            if rng.random() < 0.1:
                self.arrived(id, body)  # the answer got lost on the way, so the phone sends once more
            time.sleep(self.pause)

    def arrived(self, id: str, body: Mapping[str, object]) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.clinic.settings.port, timeout=5)
        headers = {"Content-Type": "application/json", "Cookie": self.clinic.cookies[self.client]}
        try:
            connection.request("POST", f"/forms/{FORM.id}", json.dumps(dict(body)), headers)
            answer = connection.getresponse()
            received = json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError):
            return False
        finally:
            connection.close()
        if answer.status == 429:  # it has sent more than anybody writes
            self.stop.set()
            return True
        if answer.status not in (200, 201):
            self.odd.append(answer.status)
            return answer.status != 503
        self.receipts.setdefault(id, set()).add(received["receipt"])
        return True


@pytest.mark.crash
def test_every_acknowledged_submission_is_in_the_ledger_and_in_its_caseload_once(clinic: Clinic) -> None:
    rng = random.Random(20260309)
    stop = threading.Event()
    senders = [Sender(clinic, client, stop) for client in clinic.cookies]
    collector, projector = clinic.start("collect"), clinic.start("project")
    try:
        clinic.wait_until_open()
        for sender in senders:
            sender.start()
        for number in range(ROUNDS):
            time.sleep(rng.uniform(0.3, 0.8))
            if number % 2:
                projector.kill()
                projector.wait()
                projector = clinic.start("project")
            else:
                collector.kill()
                collector.wait()
                collector = clinic.start("collect")
                clinic.wait_until_open()
        time.sleep(0.5)
    finally:
        stop.set()
        for sender in senders:
            if sender.ident:
                sender.join(PATIENCE)
        for process in (collector, projector):
            process.kill()
            process.wait()

    acknowledged = {id: receipts for sender in senders for id, receipts in sender.receipts.items()}
    assert [status for sender in senders for status in sender.odd] == []
    assert len(acknowledged) > 200
    assert all(len(receipts) == 1 for receipts in acknowledged.values())  # the same receipt however often it is sent
    check(clinic, set(acknowledged))


def check(clinic: Clinic, acknowledged: set[str]) -> None:
    """Check that every acknowledged id is in the ledger and in the caseload files, before and after a rebuild."""
    with closing(connect(clinic.settings.ledger, read_only=True)) as ledger:
        assert ledger.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        stored = Counter(id for (id,) in ledger.execute("SELECT id FROM events WHERE kind = 'submission_received'"))
    assert acknowledged <= set(stored)
    assert set(stored.values()) == {1}
    with Projector(clinic.settings) as projector:
        projector.catch_up()
        folded = rows(clinic)
        projector.rebuild()
    assert Counter(row[0] for row in folded) == stored
    assert rows(clinic) == folded


def rows(clinic: Clinic) -> list[tuple[object, ...]]:
    """Return every submission with its answers, from all caseload files."""
    stored: list[tuple[object, ...]] = []
    for caseload in ("alice", "bob"):
        with closing(connect(clinic.settings.caseloads / f"{caseload}.db", read_only=True)) as file:
            assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            stored += file.execute(ROWS).fetchall()
    return stored


@pytest.mark.crash
def test_an_ended_link_is_refused_on_the_next_request_with_the_projector_down(clinic: Clinic) -> None:
    client = next(iter(clinic.cookies))
    sender = Sender(clinic, client, threading.Event())
    body: dict[str, object] = {"definition": FORM.hash, "answers": {"note": "x"}}
    with ended(clinic.start("collect")):
        clinic.wait_until_open()
        first, second = str(uuid.uuid4()), str(uuid.uuid4())
        assert sender.arrived(first, body | {"id": first})
        with Ledger.open(clinic.settings.ledger) as ledger, Access(DatabaseFile(clinic.settings.ledger)) as access:
            assert people.end_link(ledger, access, client)
            sender.arrived(second, body | {"id": second})
            assert sender.odd == [403]
            assert ledger.find(first) is not None
            assert ledger.find(second) is None
