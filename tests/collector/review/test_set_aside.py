"""A submission that fits no table is read as it was sent, by those who may see its client."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from collector.ledger.events import form_published
from collector.review.as_sent import as_sent
from site_builder.forms.model.choices import Choice
from site_builder.forms.model.conditions import Condition
from site_builder.forms.model.definition import Alert, Form, Section
from site_builder.forms.model.fields import Matrix

from .conftest import CLIENTS, CODES, EVENING, Clinic, submission

ROWS = tuple(Choice(f"q{number}", f"Question {number}") for number in range(2_100))
LONG = Form(
    id="long",
    version=1,
    title="The long one",
    sections=(Section((Matrix(id="items", ask="How often?", choices=CODES, rows=ROWS),)),),
    alerts=(Alert((Condition("q2099", "at_least", 2),), "Thoughts of death"),),
)


def send_odd(clinic: Clinic, client: str = CLIENTS["alice"], **data: Any) -> str:
    """Append a submission that the collector would not take, and fold it."""
    event = submission(client, "x")
    event = replace(event, data={**event.data, **data})
    clinic.ledger.append([event])
    clinic.project()
    return event.id


def test_a_sheet_of_a_form_that_no_table_holds_is_read_with_its_words(clinic: Clinic, alice: TestClient) -> None:
    clinic.ledger.append([form_published(form="long", version=1, definition=LONG.hash, body=LONG.to_json())])
    answers = {"items": {"q7": "1", "q2099": "3"}}
    id = send_odd(clinic, form="long", definition=LONG.hash, answers=answers)
    page = alice.get(f"/c/alice/submission/{id}").text
    for words in (
        "The long one",
        "How often? Question 7",
        "Label 1",
        "<bdi>Thoughts of death</bdi>: “<bdi>Label 3</bdi>”",
    ):
        assert words in page
    assert "read them all now" not in page, "its alerts were worked out"
    caseload = alice.get("/c/alice/").text
    assert "Thoughts of death: “Label 3”, today" in caseload
    assert "A sheet could not be put into the tables, today" in caseload
    client = alice.get(f"/c/alice/client/{CLIENTS['alice']}").text
    assert client.count(f'href="/c/alice/submission/{id}"') == 3, "in the notice, the alert and the list"


def test_a_sheet_whose_questions_nobody_can_read_is_to_be_looked_at_now(clinic: Clinic, alice: TestClient) -> None:
    id = send_odd(clinic, definition="0" * 64, answers={"mood": "low", "<b>": ["a", 1]})
    page = alice.get(f"/c/alice/submission/{id}").text
    for words in ("mood", "low", "&lt;b&gt;", "a, 1", "Please read them all now."):
        assert words in page
    assert "A sheet could not be read, today: look at it now." in alice.get("/c/alice/").text
    assert f'href="/c/alice/submission/{id}"' in alice.get("/c/alice/caseload/problems").text


def test_strangers_do_not_see_it(clinic: Clinic, alice: TestClient, bob: TestClient, charlie: TestClient) -> None:
    id = send_odd(clinic, CLIENTS["bob"], definition="0" * 64)
    assert bob.get(f"/c/bob/submission/{id}").status_code == 200
    assert alice.get(f"/c/alice/submission/{id}").status_code == 404
    assert alice.get(f"/c/bob/submission/{id}").status_code == 404
    assert charlie.get(f"/c/bob/submission/{id}").status_code == 303


@pytest.mark.parametrize(
    ("answers", "pairs"),
    [
        ({"note": "fine"}, [("How was it?", "fine")]),
        ({"items": {"q1": "3", "q9": "7"}}, [("How often? Low", "Label 3"), ("How often? q9", "7")]),
        ({"items": "3", "more": None}, [("How often?", "Label 3"), ("more", "null")]),
        ({"steps": [{"note": "one"}, "two"]}, [("steps 1. note", "one"), ("steps 2. ", "two")]),
        (["a", {"b": 1}], [("", 'a, {"b": 1}')]),
        (None, [("", "null")]),
    ],
)
def test_no_answer_is_left_out(answers: Any, pairs: list[tuple[str, str]]) -> None:
    assert as_sent(answers, EVENING.to_json()) == pairs


@pytest.mark.parametrize("body", [None, [], {}, {"sections": "x"}, {"sections": [{"fields": [{"id": 7, "ask": []}]}]}])
def test_a_damaged_definition_leaves_the_names_of_the_questions(body: Any) -> None:
    assert as_sent({"note": "fine"}, body) == [("note", "fine")]
