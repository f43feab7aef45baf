"""The number that a restart begins from covers only what would survive a power cut."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from collector.caseload.checkpoints import Checkpoints
from collector.caseload.projector_state import ProjectorState
from collector.storage import DatabaseFile
from site_builder.forms.model.definition import Form

if TYPE_CHECKING:
    from tests.collector.caseload.conftest import Clinic


@pytest.fixture
def state(tmp_path: Path) -> Iterator[ProjectorState]:
    with closing(ProjectorState(DatabaseFile(tmp_path / "projector.db"))) as state:
        yield state


@pytest.fixture
def checkpoints(clinic: Clinic, state: ProjectorState, monkeypatch: pytest.MonkeyPatch) -> Checkpoints:
    monkeypatch.setattr("collector.caseload.checkpoints.EVERY", 0.0)
    return Checkpoints(clinic.folder, state)


def test_a_round_ends_with_a_durable_number(
    clinic: Clinic, checkpoints: Checkpoints, state: ProjectorState, record: Form
) -> None:
    clinic.send(record, {"situation": "one"})
    checkpoints.go_on(len(clinic.events))
    assert state.position == len(clinic.events)
    content = clinic.folder.file_of("alice").path.read_bytes()  # without the write-ahead log
    assert b"one" in content


def test_nothing_is_durable_while_a_reader_blocks_the_checkpoint(
    clinic: Clinic, checkpoints: Checkpoints, state: ProjectorState, record: Form
) -> None:
    with closing(clinic.folder.file_of("alice").connect(read_only=True)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM clients").fetchone()
        clinic.send(record, {"situation": "one"})
        begun_at = len(clinic.events)
        checkpoints.go_on(begun_at)
        clinic.send(record, {"situation": "two"})
        checkpoints.go_on(len(clinic.events))
        checkpoints.finish(len(clinic.events))
        assert state.position == 0
    checkpoints.go_on(len(clinic.events))
    assert state.position >= begun_at


def test_a_round_covers_what_was_there_when_it_began(
    clinic: Clinic, checkpoints: Checkpoints, state: ProjectorState, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic.add_client("EVE", caseload="dora")
    begun_at = len(clinic.events)
    monkeypatch.setattr("collector.caseload.checkpoints.AT_ONCE", 0.0)  # no file at all in the first go
    checkpoints.go_on(begun_at)
    clinic.add_client("BOB", caseload="dora")
    monkeypatch.setattr("collector.caseload.checkpoints.AT_ONCE", 1.0)
    checkpoints.go_on(len(clinic.events))
    assert state.position == begun_at


def test_a_failing_file_keeps_the_number_back(
    clinic: Clinic, checkpoints: Checkpoints, state: ProjectorState, record: Form
) -> None:
    clinic.folder.failing["alice"] = 1
    checkpoints.go_on(len(clinic.events))
    checkpoints.finish(len(clinic.events))
    assert state.position == 0
    clinic.folder.retry("alice", clinic.read_again)
    checkpoints.finish(len(clinic.events))
    assert state.position == len(clinic.events)


def test_only_what_was_known_at_the_durable_number_is_recalled(clinic: Clinic, state: ProjectorState) -> None:
    state.save_context(clinic.events)
    state.save(2)
    assert state.load() == (2, clinic.events[:2])


def test_the_durable_number_never_goes_back(state: ProjectorState) -> None:
    state.save(7)
    state.save(3)
    assert state.position == 7
