"""The projector is killed repeatedly while events arrive; nothing is lost or duplicated."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from collector.driver import connect
from collector.ledger.events import Event, caseload_added, client_added, form_published, submission_received
from collector.ledger.ledger import Ledger
from collector.position import wait_for
from collector.projector import Projector
from collector.settings import Settings
from collector.storage import Storage
from site_builder.forms.model.choices import Choice
from site_builder.forms.model.definition import Form, Scale, Section
from site_builder.forms.model.fields import LongText, Matrix, Rating, Repeat

ROUNDS = 12
EVENTS_A_BATCH = 10
CASELOADS = ("alice", "bob", "dora")
PROJECT = "from collector.process.roles import run_project as run; from collector.settings import Settings as S; "
CODES = tuple(Choice(str(code), f"Label {code}") for code in range(4))
FORM = Form(
    id="evening",
    version=1,
    title="Evening",
    sections=(
        Section(
            (
                LongText(id="note", ask="How was it?"),
                Matrix(id="items", ask="How often?", choices=CODES, rows=(Choice("q1", "Low"), Choice("q2", "Worse"))),
                Repeat(id="steps", ask="Steps?", of=(Rating(id="fear", ask="Fear?"),)),
            )
        ),
    ),
    scales=(Scale("total", ("q1", "q2")),),
)


def start(settings: Settings) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "HOMEWARD_DATA": str(settings.data)}
    command = [sys.executable, "-c", PROJECT + "run(S.from_environment())"]
    return subprocess.Popen(command, env=environment)


def add_clinic(ledger: Ledger) -> None:
    events = [form_published(form=FORM.id, version=1, definition=FORM.hash, body=FORM.to_json())]
    for caseload in CASELOADS:
        events.append(caseload_added(caseload, caseload))
        events += [client_added(f"{caseload.upper()}{number}", caseload=caseload, label="") for number in range(3)]
    ledger.append(events)


def submission(rng: random.Random) -> Event:
    answers: dict[str, Any] = {
        "note": f"words {rng.random()}",
        "items": {"q1": str(rng.randrange(4))},
        "steps": [{"fear": rng.randrange(11)} for _ in range(rng.randrange(1, 4))],
    }
    if rng.random() < 0.05:
        answers["note"] = 7  # cannot be folded, so the slow way is killed as well
    client = f"{rng.choice(CASELOADS).upper()}{rng.randrange(3)}"
    return submission_received(client, form=FORM.id, version=1, definition=FORM.hash, answers=answers)


def dump(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    with closing(connect(path, read_only=True)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        return {
            name: connection.execute(f'SELECT rowid, * FROM "{name}" ORDER BY rowid').fetchall()
            for (name,) in names
            if name != "_sqlite_migrations" and not name.startswith("written_fts")
        }


def files(settings: Settings) -> dict[str, dict[str, list[tuple[Any, ...]]]]:
    return {caseload: dump(settings.caseloads / f"{caseload}.db") for caseload in CASELOADS}


@pytest.mark.crash
def test_every_acknowledged_submission_reaches_its_caseload_once(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    Storage(settings).make_folder()
    rng = random.Random(20260309)
    acknowledged: dict[int, str] = {}
    with Ledger.open(settings.ledger) as ledger:
        add_clinic(ledger)
        for _ in range(ROUNDS):
            projector = start(settings)
            try:
                until = time.monotonic() + rng.uniform(0.5, 1.5)
                while time.monotonic() < until:
                    events = [submission(rng) for _ in range(EVENTS_A_BATCH)]
                    for event, receipt in zip(events, ledger.append(events), strict=True):
                        acknowledged[receipt.seq] = event.id
                    time.sleep(rng.uniform(0, 0.02))
            finally:
                projector.kill()
                projector.wait()
        projector = start(settings)
        try:
            (last,) = ledger.append([submission(rng)])
            acknowledged[last.seq] = ledger.read(last.seq - 1)[0].id
            assert asyncio.run(wait_for(settings.position, last.seq, timeout=20))
        finally:
            projector.send_signal(signal.SIGTERM)
            assert projector.wait(timeout=20) == 0
        assert len(acknowledged) > 1000

    folded = files(settings)
    submissions = [row[1] for tables in folded.values() for row in tables["submissions"]]
    set_aside = [acknowledged[row[1]] for tables in folded.values() for row in tables["problems"]]
    assert set_aside
    assert set(set_aside) <= set(submissions)
    assert len(set_aside) == len(set(set_aside))
    assert sorted(submissions) == sorted(acknowledged.values())
    with Projector(settings) as again:
        again.rebuild()
    assert files(settings) == folded
