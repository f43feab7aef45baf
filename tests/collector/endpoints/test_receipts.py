from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from collector.endpoints.receipts import SHOWN_FOR, receipt_code
from collector.ledger.events import Kind, submission_received, utc
from collector.ledger.ledger import Ledger

from .conftest import CONTACT, DIARY, HELP, PHQ2, Clinic, reworded


def send(sender: TestClient, form: str = "diary", **answers: object) -> str:
    """Send a submission and return the address of its receipt."""
    id = str(uuid.uuid4())
    answer = sender.post(f"/forms/{form}", json={"id": id, "answers": answers or {"situation": "A letter came."}})
    assert answer.status_code == 201
    return f"/receipts/{id}"


def test_a_receipt_gives_thanks_and_explains_what_happens_next(alice: TestClient) -> None:
    page = alice.get(send(alice))
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert "Thank you" in page.text
    assert "What happens next" in page.text
    assert "A letter came." in page.text
    assert " now" not in page.text.lower()


def test_the_code_is_stable_and_the_same_in_json(clinic: Clinic, alice: TestClient) -> None:
    sent = {"id": str(uuid.uuid4()), "answers": {"situation": "A letter came."}}
    answer = alice.post("/forms/diary", json=sent).json()
    for _ in range(2):
        assert answer["receipt"] in alice.get(answer["url"]).text


def test_codes_differ_and_depend_on_the_deployments_secret() -> None:
    ids = [str(uuid.uuid4()) for _ in range(1000)]
    assert len({receipt_code(b"key", id) for id in ids}) == 1000
    assert receipt_code(b"key", ids[0]) != receipt_code(b"other", ids[0])


def test_a_stranger_and_another_client_get_404_and_learn_nothing(
    alice: TestClient, bob: TestClient, charlie: TestClient
) -> None:
    url = send(alice)
    nowhere = f"/receipts/{uuid.uuid4()}"
    for visitor in (bob, charlie):
        refused, missing = visitor.get(url), visitor.get(nowhere)
        assert (refused.status_code, missing.status_code) == (404, 404)
        assert refused.text == missing.text
        assert "A letter came." not in refused.text


@pytest.mark.parametrize("id", ["x", "%00", "..%2f..%2fsecret", "'%20OR%201=1", "a" * 3000])
def test_an_unknown_receipt_is_not_found(alice: TestClient, id: str) -> None:
    assert alice.get(f"/receipts/{id}").status_code == 404


def test_an_event_other_than_a_submission_has_no_receipt(clinic: Clinic, alice: TestClient) -> None:
    opened = clinic.events(Kind.link_opened)[0]
    assert alice.get(f"/receipts/{opened.id}").status_code == 404


def test_after_the_link_has_ended_the_receipt_is_not_found(clinic: Clinic, alice: TestClient) -> None:
    url = send(alice)
    clinic.end_link("Alice")
    assert alice.get(url).status_code == 404


@pytest.mark.parametrize(
    ("ago", "shown"),
    [(timedelta(0), True), (SHOWN_FOR - timedelta(minutes=1), True), (SHOWN_FOR, False), (timedelta(days=9), False)],
)
def test_the_answers_are_shown_for_a_limited_time(
    clinic: Clinic, alice: TestClient, ago: timedelta, shown: bool
) -> None:
    event = submission_received(
        clinic.invitations["Alice"].client,
        form="diary",
        version=1,
        definition=DIARY.hash,
        answers={"situation": "A letter came."},
        at=utc(datetime.now(UTC) - ago),
    )
    with Ledger.open(clinic.settings.ledger) as ledger:
        ledger.append([event])
    page = alice.get(f"/receipts/{event.id}")
    assert page.status_code == 200
    assert ("A letter came." in page.text) is shown


@pytest.mark.parametrize(("answer", "helped"), [("0", False), ("1", True), ("2", True)])
def test_the_receipt_shows_help_after_a_risk_answer(alice: TestClient, answer: str, helped: bool) -> None:
    page = alice.get(send(alice, "phq2", mood={"q1": "0", "q9": answer}))
    assert (HELP in page.text) is helped


@pytest.mark.parametrize("answer", ["0", "1"])
def test_the_receipt_says_once_how_to_call_the_clinic(alice: TestClient, answer: str) -> None:
    page = alice.get(send(alice, "phq2", mood={"q1": "0", "q9": answer}))
    assert page.text.count(CONTACT) == 1
    assert ("see who to turn to</a>, or call us:" in page.text) is (answer == "0")


def test_a_receipt_shows_the_questions_as_they_were_asked(clinic: Clinic, alice: TestClient) -> None:
    url = send(alice)
    clinic.rebuild(reworded(DIARY), PHQ2)
    page = alice.get(url)
    assert "What was happening?" in page.text
    assert "Take your time." not in page.text
