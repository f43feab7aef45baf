"""The number that a restart begins from covers only what would survive a power cut."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from collector.caseload.checkpoints import Rounds
from collector.caseload.projector_state import Progress
from collector.driver import connect
from site_builder.forms.model.definition import Form

if TYPE_CHECKING:
    from tests.collector.caseload.conftest import Clinic


@pytest.fixture
def progress(tmp_path: Path) -> Iterator[Progress]:
    with closing(Progress(tmp_path / "projector.db")) as progress:
        yield progress


@pytest.fixture
def rounds(clinic: Clinic, progress: Progress, monkeypatch: pytest.MonkeyPatch) -> Rounds:
    monkeypatch.setattr("collector.caseload.checkpoints.EVERY", 0.0)
    return Rounds(clinic.folder, progress)


def test_a_round_ends_with_a_durable_number(clinic: Clinic, rounds: Rounds, progress: Progress, record: Form) -> None:
    clinic.send(record, {"situation": "one"})
    rounds.go_on(len(clinic.events))
    assert progress.position == len(clinic.events)
    content = clinic.folder.file_of("alice").read_bytes()  # without the write-ahead log
    assert b"one" in content


def test_nothing_is_durable_while_a_reader_blocks_the_checkpoint(
    clinic: Clinic, rounds: Rounds, progress: Progress, record: Form
) -> None:
    with closing(connect(clinic.folder.file_of("alice"), read_only=True)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM clients").fetchone()
        clinic.send(record, {"situation": "one"})
        begun_at = len(clinic.events)
        rounds.go_on(begun_at)
        clinic.send(record, {"situation": "two"})
        rounds.go_on(len(clinic.events))
        rounds.finish(len(clinic.events))
        assert progress.position == 0
    rounds.go_on(len(clinic.events))
    assert progress.position >= begun_at


def test_a_round_covers_what_was_there_when_it_began(
    clinic: Clinic, rounds: Rounds, progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic.add_client("EVE", caseload="dora")
    begun_at = len(clinic.events)
    monkeypatch.setattr("collector.caseload.checkpoints.AT_ONCE", 0.0)  # no file at all in the first go
    rounds.go_on(begun_at)
    clinic.add_client("BOB", caseload="dora")
    monkeypatch.setattr("collector.caseload.checkpoints.AT_ONCE", 1.0)
    rounds.go_on(len(clinic.events))
    assert progress.position == begun_at


def test_a_failing_file_keeps_the_number_back(clinic: Clinic, rounds: Rounds, progress: Progress, record: Form) -> None:
    clinic.folder.failing["alice"] = 1
    rounds.go_on(len(clinic.events))
    rounds.finish(len(clinic.events))
    assert progress.position == 0
    clinic.folder.retry("alice", clinic.read_again)
    rounds.finish(len(clinic.events))
    assert progress.position == len(clinic.events)


def test_only_what_was_known_at_the_durable_number_is_recalled(clinic: Clinic, progress: Progress) -> None:
    progress.save_context(clinic.events)
    progress.save(2)
    assert progress.load() == (2, clinic.events[:2])


def test_the_durable_number_never_goes_back(progress: Progress) -> None:
    progress.save(7)
    progress.save(3)
    assert progress.position == 7
