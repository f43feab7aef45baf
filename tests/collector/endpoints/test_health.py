from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from collector import disk
from collector.endpoints.health import in_prometheus_format
from collector.ledger.events import client_added, utc
from collector.position import write_position

from .conftest import Clinic

STATUS = {True: (200, {"status": "ok"}), False: (503, {"status": "not ok"})}


def key(clinic: Clinic) -> dict[str, str]:
    return {"Authorization": f"Bearer {clinic.services.details_key}"}


def details(clinic: Clinic, client: TestClient) -> dict[str, Any]:
    report: dict[str, Any] = client.get("/health", headers=key(clinic)).json()
    return report


def hears(client: TestClient) -> tuple[int, Any]:
    answer = client.get("/health")
    return answer.status_code, answer.json()


@pytest.fixture
def nearly_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "LEAST_FREE", 2**63)


def test_it_is_healthy_when_everything_is_folded(clinic: Clinic, charlie: TestClient) -> None:
    write_position(clinic.settings.position, clinic.services.ledger.last())
    assert hears(charlie) == STATUS[True]
    report = details(clinic, charlie)
    assert report.pop("disk_free") > disk.LEAST_FREE
    assert report.pop("clock") == "ok"
    assert report == {"status": "ok", "ledger": "ok", "waiting": 0, "behind": 0, "behind_seconds": 0.0, "clock_jump": 0}


def test_being_briefly_behind_is_still_healthy(clinic: Clinic, charlie: TestClient) -> None:
    assert hears(charlie) == STATUS[True]
    report = details(clinic, charlie)
    assert report["behind"] == clinic.services.ledger.last()
    assert report["behind_seconds"] >= 0


@pytest.mark.parametrize(("seconds", "well"), [(29, True), (31, False)])
def test_thirty_seconds_behind_is_unhealthy(clinic: Clinic, charlie: TestClient, seconds: int, well: bool) -> None:
    write_position(clinic.settings.position, clinic.services.ledger.last())
    past = utc(datetime.now(UTC) - timedelta(seconds=seconds))
    added = replace(client_added("DANDAN", caseload="ana", label="Dan"), at=past)
    clinic.services.ledger.append([added])
    assert hears(charlie) == STATUS[well]
    assert (details(clinic, charlie)["status"] == "the projector is behind") is not well


@pytest.mark.usefixtures("nearly_full")
def test_a_nearly_full_disk_is_unhealthy(clinic: Clinic, charlie: TestClient) -> None:
    assert hears(charlie) == STATUS[False]
    assert details(clinic, charlie)["status"] == "the disk is nearly full"


def test_an_unreadable_ledger_is_unhealthy(clinic: Clinic, charlie: TestClient) -> None:
    clinic.services.ledger.close()
    assert hears(charlie) == STATUS[False]
    assert details(clinic, charlie)["ledger"] == "unavailable"
    assert "homeward_behind_events" not in charlie.get("/metrics", headers=key(clinic)).text


def strangers(right: str) -> dict[str, Mapping[str, str]]:
    return {
        "nothing": {},
        "no key": {"Authorization": "Bearer "},
        "part of the key": {"Authorization": f"Bearer {right[:-1]}"},
        "more than the key": {"Authorization": f"Bearer {right}0"},
        "another scheme": {"Authorization": f"Basic {right}"},
        "a proxy's word": {"X-Forwarded-For": "127.0.0.1", "Forwarded": "for=127.0.0.1"},
    }


@pytest.mark.parametrize("headers", strangers("").keys())
def test_a_stranger_hears_only_whether_it_is_well(clinic: Clinic, charlie: TestClient, headers: str) -> None:
    sent = strangers(clinic.services.details_key)[headers]
    assert charlie.get("/health", headers=sent).json() == {"status": "ok"}
    assert charlie.get(f"/health?key={clinic.services.details_key}").json() == {"status": "ok"}
    answer = charlie.get("/metrics", headers=sent)
    assert answer.status_code == 404
    assert "homeward_" not in answer.text


def test_a_program_with_the_key_reads_the_metrics(clinic: Clinic, charlie: TestClient) -> None:
    answer = charlie.get("/metrics", headers=key(clinic))
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert answer.headers["cache-control"] == "no-store"
    names = re.findall(r"^# TYPE (\w+) gauge$", answer.text, re.MULTILINE)
    values = dict(re.findall(r"^(homeward_\w+) ([\d.]+)$", answer.text, re.MULTILINE))
    assert list(values) == names
    assert values["homeward_ok"] == values["homeward_ledger_ok"] == "1"
    assert int(values["homeward_behind_events"]) == clinic.services.ledger.last()


def test_what_is_not_well_is_a_nought() -> None:
    unwell = {"status": "x", "ledger": "unavailable", "waiting": 3, "disk_free": 0}
    text = in_prometheus_format(unwell | {"behind": None, "behind_seconds": None, "clock_jump": None})
    assert "\nhomeward_ok 0\n" in text
    assert "\nhomeward_ledger_ok 0\n" in text
    assert "\nhomeward_waiting_events 3\n" in text
    assert text.endswith("\n")
    assert "None" not in text
