"""The drill: a backup under load, everything killed, restored elsewhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
import uuid
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from collector.driver import connect
from collector.settings import Settings
from collector.storage import Storage

from .test_loop_crash import FORM, PATIENCE, Clinic, Sender, ended, rows
from .test_loop_crash import clinic as clinic

BACKUPS = 3
ENOUGH = 60  # submissions before each backup
PAUSE = 0.1  # seconds between two of one client, who may send 120 in ten minutes


def homeward(settings: Settings, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "collector", *words]
    environment = os.environ | {"HOMEWARD_DATA": str(settings.data), "HOMEWARD_PORT": str(settings.port)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def acknowledged(senders: list[Sender]) -> set[str]:
    return {id for sender in senders for id in list(sender.receipts)}


def wait_for(senders: list[Sender], number: int) -> set[str]:
    deadline = time.monotonic() + PATIENCE
    while len(acknowledged(senders)) < number and time.monotonic() < deadline:
        time.sleep(0.01)
    return acknowledged(senders)


def back_up_under_load(clinic: Clinic, folder: Path, senders: list[Sender]) -> list[tuple[Path, set[str], int]]:
    """Return each backup with what was acknowledged before it began, and how much was while it was written."""
    backups = []
    for number in range(1, BACKUPS + 1):
        before = wait_for(senders, number * ENOUGH)
        ran = homeward(clinic.settings, "backup", str(folder), "--json")
        assert ran.returncode == 0, ran.stderr
        backups.append((Path(json.loads(ran.stdout)["file"]), before, len(acknowledged(senders)) - len(before)))
    return backups


@pytest.fixture
def backups(clinic: Clinic, tmp_path: Path) -> list[tuple[Path, set[str], int]]:
    """Backups of a clinic whose roles were then killed with clients sending."""
    (tmp_path / "backups").mkdir()
    stop = threading.Event()
    senders = [Sender(clinic, client, stop, PAUSE) for client in clinic.cookies]
    with ended(clinic.start("collect")), ended(clinic.start("project")):
        clinic.wait_until_open()
        for sender in senders:
            sender.start()
        try:
            return back_up_under_load(clinic, tmp_path / "backups", senders)
        finally:
            stop.set()
            for sender in senders:
                sender.join(PATIENCE)


def health(settings: Settings) -> dict[str, Any]:
    """Return how the restored clinic is once the projector has caught up."""
    deadline = time.monotonic() + PATIENCE
    report: dict[str, Any] = {}
    while report.get("behind") != 0 and time.monotonic() < deadline:
        time.sleep(0.1)
        with suppress(ValueError):
            report = json.loads(homeward(settings, "health", "--json").stdout)
    return report


@pytest.mark.crash
def test_every_submission_acknowledged_before_a_backup_is_there_after_it_is_restored(
    clinic: Clinic, backups: list[tuple[Path, set[str], int]], tmp_path: Path
) -> None:
    assert all(meanwhile > 0 for _, _, meanwhile in backups), "submissions were acknowledged while it was written"
    with closing(connect(clinic.settings.ledger, read_only=True)) as ledger:
        original = ledger.execute("SELECT * FROM events ORDER BY seq").fetchall()
    for number, (path, before, _) in enumerate(backups):
        elsewhere = replace(clinic.settings, data=tmp_path / f"elsewhere{number}")
        assert homeward(elsewhere, "verify", str(path)).returncode == 0
        ran = homeward(elsewhere, "restore", str(path), "--json")
        assert ran.returncode == 0, ran.stderr
        events = json.loads(ran.stdout)["events"]
        with closing(connect(elsewhere.ledger, read_only=True)) as ledger:
            restored = ledger.execute("SELECT * FROM events ORDER BY seq").fetchall()
        assert restored[:-1] == original[:events]
        assert restored[-1][2] == "ledger_restored"
        assert before <= {row[1] for row in restored}
    start_and_look(replace(clinic, settings=elsewhere), clinic, before)


def start_and_look(restored: Clinic, original: Clinic, before: set[str]) -> None:
    """Check what therapists see after a start, and that a device has to open its link again."""
    with ended(restored.start("collect")), ended(restored.start("project")):
        restored.wait_until_open()
        report = health(restored.settings)
        client = next(iter(restored.cookies))
        sender = Sender(restored, client, threading.Event())
        id = str(uuid.uuid4())
        sender.arrived(id, {"id": id, "definition": FORM.hash, "answers": {"note": "x"}})
    assert (report["status"], report["behind"]) == ("ok", 0)
    assert sender.odd == [403]
    folded = rows(restored)
    submissions = [row[0] for row in folded]
    assert len(submissions) == len({*submissions})
    assert before <= {*submissions}
    with ended(original.start("project")):
        deadline = time.monotonic() + PATIENCE
        while not {*folded} <= {*rows(original)} and time.monotonic() < deadline:
            time.sleep(0.1)
    assert {*folded} <= {*rows(original)}


@pytest.mark.crash
def test_a_backup_that_is_killed_leaves_nothing_that_looks_like_one(clinic: Clinic, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    environment = os.environ | {"HOMEWARD_DATA": str(clinic.settings.data)}
    command = [sys.executable, "-m", "collector", "backup", str(folder)]
    killed = 0
    for delay in (0.2, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.8):
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        time.sleep(delay)
        process.kill()
        killed += process.wait() != 0
        assert all(homeward(clinic.settings, "verify", str(path)).returncode == 0 for path in folder.glob("*.tar"))
    assert killed
    assert homeward(clinic.settings, "backup", str(folder)).returncode == 0
    assert list(folder.glob("*.partial")) == []


@pytest.mark.crash
def test_a_restore_that_is_killed_leaves_no_folder_that_anybody_uses(clinic: Clinic, tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir()
    backup = json.loads(homeward(clinic.settings, "backup", str(tmp_path / "backups"), "--json").stdout)["file"]
    for number, delay in enumerate((0.2, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.8)):
        settings = replace(clinic.settings, data=tmp_path / f"new{number}")
        environment = os.environ | {"HOMEWARD_DATA": str(settings.data)}
        command = [sys.executable, "-m", "collector", "restore", backup]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        time.sleep(delay)
        process.kill()
        process.wait()
        if not Storage(settings).restored.exists():  # not begun, or done
            assert {"ledger.db", "secret"} & {path.name for path in settings.data.glob("*")} in (
                set(),
                {"ledger.db", "secret"},
            )
            continue
        ran = homeward(settings, "rebuild")
        assert ran.returncode == 1
        assert "was interrupted" in ran.stderr
        assert homeward(settings, "restore", backup).returncode == 0
