"""An empty deployment in a temporary folder, with its ledger and access checks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.ledger import clock
from collector.ledger.access import Access
from collector.ledger.ledger import Ledger
from collector.settings import Settings
from collector.storage import DatabaseFile, Storage
from tests.cases.clocks import Computer


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(data=tmp_path / "data", site=tmp_path / "site")
    Storage(settings).make_folder()
    return settings


@pytest.fixture
def computer(monkeypatch: pytest.MonkeyPatch) -> Computer:
    """A computer whose clock a test sets; every ledger that is opened after it reads that one."""
    computer = Computer()
    monkeypatch.setattr(clock, "SYSTEM", computer.readings)
    return computer


@pytest.fixture
def ledger(settings: Settings) -> Iterator[Ledger]:
    with Ledger.open(settings.ledger) as ledger:
        yield ledger


@pytest.fixture
def access(ledger: Ledger, settings: Settings) -> Iterator[Access]:
    with Access(DatabaseFile(settings.ledger)) as access:
        yield access
