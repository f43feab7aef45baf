from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from collector.endpoints import health
from collector.ledger.events import client_added, utc
from collector.position import write_position

from .conftest import Clinic


def test_it_is_healthy_when_everything_is_folded(clinic: Clinic, charlie: TestClient) -> None:
    write_position(clinic.settings.position, clinic.services.ledger.last())
    answer = charlie.get("/health")
    assert answer.status_code == 200
    health_report = answer.json()
    assert (health_report["status"], health_report["ledger"], health_report["behind"], health_report["waiting"]) == (
        "ok",
        "ok",
        0,
        0,
    )
    assert health_report["disk_free"] > health.LEAST_FREE


def test_being_briefly_behind_is_still_healthy(clinic: Clinic, charlie: TestClient) -> None:
    answer = charlie.get("/health")
    assert answer.status_code == 200
    assert answer.json()["behind"] == clinic.services.ledger.last()
    assert answer.json()["behind_seconds"] >= 0


@pytest.mark.parametrize(("seconds", "status"), [(29, 200), (31, 503)])
def test_thirty_seconds_behind_is_unhealthy(clinic: Clinic, charlie: TestClient, seconds: int, status: int) -> None:
    write_position(clinic.settings.position, clinic.services.ledger.last())
    past = utc(datetime.now(UTC) - timedelta(seconds=seconds))
    added = replace(client_added("DANDAN", caseload="ana", label="Dan"), at=past)
    clinic.services.ledger.append([added])
    answer = charlie.get("/health")
    assert answer.status_code == status
    assert (answer.json()["status"] == "the projector is behind") is (status == 503)


def test_a_nearly_full_disk_is_unhealthy(clinic: Clinic, charlie: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "LEAST_FREE", 2**63)
    answer = charlie.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (503, "the disk is nearly full")


def test_an_unreadable_ledger_is_unhealthy(clinic: Clinic, charlie: TestClient) -> None:
    clinic.services.ledger.close()
    answer = charlie.get("/health")
    assert answer.status_code == 503
    assert answer.json()["ledger"] == "unavailable"
