"""`homeward up` on a disk that is nearly full: the ledger still has room, so it starts."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import pytest
from starlette.types import ASGIApp

from collector import disk
from collector.endpoints.app import create_app
from collector.ledger.events import caseload_added, client_added
from collector.ledger.ledger import Ledger
from collector.process import up
from collector.process.listening import Place, review_of, site_of
from collector.process.server import server
from collector.projector import Projector
from collector.review.gateway import create_review
from collector.settings import Settings
from tests.loopback import free_pair


@contextmanager
def served(app: ASGIApp, place: Place, settings: Settings) -> Iterator[None]:
    serving = server(app, place, settings)
    thread = threading.Thread(target=serving.run)
    thread.start()
    deadline = time.monotonic() + 20
    while not serving.started and time.monotonic() < deadline:
        time.sleep(0.01)
    yield
    serving.should_exit = True
    thread.join(20)


@pytest.fixture
def running(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """The collector and the review at work, with what is in the ledger folded."""
    ours = replace(settings, port=free_pair())
    monkeypatch.setattr(up, "READY_WITHIN", 2.0)
    with Ledger.open(ours.ledger) as ledger:
        ledger.append([caseload_added("ana", "Caseload of Ana"), client_added("DANDAN", caseload="ana", label="Dan")])
    with Projector(ours) as projector:
        projector.catch_up()
    with ExitStack() as opened:
        opened.enter_context(served(create_app(ours), site_of(ours), ours))
        opened.enter_context(served(create_review(ours), review_of(ours), ours))
        yield ours


def test_a_disk_with_room_is_not_told(running: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    up.wait_until_ready(running)
    assert "Take care" not in capsys.readouterr().err


def test_a_nearly_full_disk_stops_nothing_and_is_told(
    running: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(disk, "LEAST_FREE", 2**63)
    up.wait_until_ready(running)
    assert "Take care: the disk is nearly full. " in capsys.readouterr().err


def test_it_waits_for_a_projector_that_is_behind(running: Settings) -> None:
    running.position.unlink()
    with pytest.raises(up.NotReady):
        up.wait_until_ready(running)


def test_health_has_the_details_with_the_data_folder_and_not_with_another(running: Settings) -> None:
    well, report = up.ask_health(running)
    assert (well, report["behind"], report["ledger"]) == (True, 0, "ok")
    elsewhere = replace(running, data=running.data / "none")
    assert up.ask_health(elsewhere) == (True, {"status": "ok"})
    assert not elsewhere.data.exists(), "asking makes no folder"
