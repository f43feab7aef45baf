"""The same answers from two pages are asked about; a second sheet of the same is real, and is never refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from collector.endpoints import sent_before
from collector.ledger.events import CLIENT, Kind, Recorded

from .conftest import Clinic
from .test_submissions import AS_JSON, TYPED, envelope, hidden, new_id

ASKED = "Send again as another sheet?"


def check(client: TestClient, typed: Mapping[str, str] = TYPED) -> dict[str, str]:
    """Return what the check page of freshly typed answers would send."""
    answer = client.post("/forms/diary", data=dict(typed))
    assert answer.status_code == 200
    return hidden(answer.text)


def send(client: TestClient, sheet: Mapping[str, str], **more: str) -> Response:
    return client.post("/forms/diary", data={**sheet, **more})


def test_two_check_pages_with_the_same_answers_make_one_row_unless_asked(clinic: Clinic, alice: TestClient) -> None:
    first, second = check(alice), check(alice)
    assert send(alice, first).status_code == 303
    asked = send(alice, second)
    assert asked.status_code == 200
    assert ASKED in asked.text
    assert re.search(r"This arrived at \d\d:\d\d UTC, with the same answers\.", asked.text)
    assert f'href="/receipts/{first["_id"]}"' in asked.text
    assert hidden(asked.text) == second
    assert len(clinic.submissions()) == 1
    assert send(alice, second, _again="1").headers["location"] == f"/receipts/{second['_id']}"
    assert len(clinic.submissions()) == 2


def test_it_is_asked_as_soon_as_the_answers_are_checked(clinic: Clinic, alice: TestClient) -> None:
    send(alice, check(alice))
    page = alice.post("/forms/diary", data=TYPED)
    assert ASKED in page.text
    assert 'name="_again" value="1">Send as another sheet</button>' in page.text
    assert send(alice, hidden(page.text), _again="1").status_code == 303
    assert len(clinic.submissions()) == 2


def test_the_same_sheet_again_has_its_receipt(clinic: Clinic, alice: TestClient) -> None:
    sheet = check(alice)
    assert [send(alice, sheet).headers["location"] for _ in range(3)] == [f"/receipts/{sheet['_id']}"] * 3
    other = check(alice, TYPED | {"situation": "Another"})
    send(alice, other)
    assert send(alice, sheet).headers["location"] == f"/receipts/{sheet['_id']}"
    assert len(clinic.submissions()) == 2


def test_other_answers_are_not_asked_about(clinic: Clinic, alice: TestClient) -> None:
    send(alice, check(alice))
    assert send(alice, check(alice, TYPED | {"believed": "71"})).status_code == 303
    assert len(clinic.submissions()) == 2


def test_bob_is_not_told_of_what_alice_sent(clinic: Clinic, alice: TestClient, bob: TestClient) -> None:
    send(alice, check(alice))
    assert send(bob, check(bob)).status_code == 303
    assert len(clinic.submissions()) == 2


def test_charlie_who_has_no_link_learns_nothing(clinic: Clinic, alice: TestClient, charlie: TestClient) -> None:
    send(alice, check(alice))
    answer = charlie.post("/forms/diary", data=TYPED | {"_id": new_id()})
    assert answer.status_code == 403
    assert "arrived" not in answer.text


def test_a_day_later_it_is_another_sheet(clinic: Clinic, alice: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    send(alice, check(alice))
    monkeypatch.setattr(sent_before, "WITHIN", timedelta(0))
    assert send(alice, check(alice)).status_code == 303


def test_a_script_has_its_own_way_and_is_not_asked(clinic: Clinic, alice: TestClient) -> None:
    assert alice.post("/forms/diary", json=envelope()).status_code == 201
    assert alice.post("/forms/diary", json=envelope()).status_code == 201
    assert alice.post("/forms/diary", data=TYPED | {"_id": new_id()}, headers=AS_JSON).status_code == 201


def test_what_came_by_script_is_known_to_a_plain_page(clinic: Clinic, alice: TestClient) -> None:
    alice.post("/forms/diary", json=envelope())
    assert ASKED in alice.post("/forms/diary", data=TYPED).text


def test_the_day_is_said_when_it_is_another(clinic: Clinic) -> None:
    client = clinic.invitations["Alice"].client
    yesterday = datetime.now(UTC) - timedelta(days=1, hours=1)
    moment = yesterday.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    event = Recorded(1, new_id(), Kind.submission_received, client, moment, {}, CLIENT)
    words = sent_before._words(clinic.services, event)
    assert words == f"on {yesterday.day} {yesterday:%B} at {yesterday:%H:%M} UTC"
