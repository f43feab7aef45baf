"""A definition that cannot be read is reported in words, and does not affect other worksheets."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from contextlib import closing

import pytest
from starlette.testclient import TestClient

from collector.driver import connect
from collector.endpoints.built_site import LOOK_EVERY
from collector.endpoints.definitions import RETRY_UNREADABLE
from site_builder.forms.model.definition import Form

from .conftest import DIARY, PHQ2, Clinic, build_site, reworded

SENT = {"situation": "A letter came."}
MOOD = {"mood": {"q1": "1", "q9": "0"}}
BODY = DIARY.to_json()
DAMAGED = (
    b"",
    b"{",
    b"\xff\xfe",
    b"[]",
    b"null",
    b"{}",
    b"[" * 100_000,
    json.dumps(BODY | {"format": 3}).encode(),
    json.dumps(BODY | {"colour": "red"}).encode(),
    json.dumps(BODY | {"version": "1"}).encode(),
    json.dumps(BODY | {"alerts": [{"label": "Nothing", "when": [{"field": "nothing", "test": "answered"}]}]}).encode(),
)


def damage(clinic: Clinic, form: Form, body: bytes = b"{") -> None:
    with closing(connect(clinic.settings.ledger)) as ledger:
        changed = ledger.execute(
            "UPDATE definitions SET body = CAST(? AS TEXT) WHERE definition = ?", (body, form.hash)
        )
        assert changed.rowcount == 1


def envelope(answers: object) -> dict[str, object]:
    return {"id": str(uuid.uuid4()), "answers": answers}


@pytest.mark.parametrize("body", DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_definition_is_503_in_words(clinic: Clinic, alice: TestClient, body: bytes) -> None:
    damage(clinic, DIARY, body)
    answer = alice.post("/forms/diary", json=envelope(SENT))
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"] == str(RETRY_UNREADABLE)
    assert answer.json()["title"] == "This worksheet cannot be used just now"
    assert "Tell your therapist" in answer.json()["detail"]
    assert clinic.submissions() == []


def test_a_page_keeps_what_was_typed_when_the_definition_is_damaged(clinic: Clinic, alice: TestClient) -> None:
    damage(clinic, DIARY)
    typed = {"_id": str(uuid.uuid4()), "_definition": DIARY.hash, "situation": "A letter came."}
    answer = alice.post("/forms/diary", data=typed)
    assert answer.status_code == 503
    assert "This worksheet cannot be used just now" in answer.text
    assert 'name="situation" value="A letter came."' in answer.text


def test_the_other_worksheets_are_taken(clinic: Clinic, alice: TestClient) -> None:
    damage(clinic, DIARY)
    assert alice.post("/forms/phq2", json=envelope(MOOD)).status_code == 201


def test_a_receipt_of_a_damaged_definition_is_503_in_words(
    make_clinic: Callable[..., Clinic],
) -> None:
    clinic = make_clinic()
    alice = clinic.signed_in("Alice")
    sent = envelope(SENT)
    assert alice.post("/forms/diary", json=sent).status_code == 201
    clinic.services.definitions.forms.clear()  # as after a restart
    damage(clinic, DIARY)
    answer = alice.get(f"/receipts/{sent['id']}", headers={"accept": "text/html"})
    assert answer.status_code == 503
    assert "what you sent before is safe" in answer.text


def test_a_damaged_definition_does_not_stop_the_publishing_of_a_form(clinic: Clinic, alice: TestClient) -> None:
    damage(clinic, DIARY)
    changed = reworded(DIARY)
    clinic.rebuild(changed, PHQ2)
    assert alice.post("/forms/diary", json=envelope(SENT)).status_code == 201


def test_a_form_of_the_site_that_cannot_be_read_leaves_the_others(clinic: Clinic, alice: TestClient) -> None:
    path = clinic.settings.site / "forms.json"
    stored = json.loads(path.read_text("utf-8"))
    stored["forms"][0]["definition"]["sections"] = "damaged"
    path.write_text(json.dumps(stored))
    clinic.services.built_site.looked_at = -LOOK_EVERY
    answer = alice.post("/forms/diary", json=envelope(SENT))
    assert answer.status_code == 503
    assert answer.json()["title"] == "This worksheet cannot be used just now"
    assert alice.post("/forms/phq2", json=envelope(MOOD)).status_code == 201
    assert alice.post("/forms/nothing", json=envelope(MOOD)).status_code == 404
    # A page that was loaded before says which definition it has, and the ledger knows that one.
    assert alice.post("/forms/diary", json=envelope(SENT) | {"definition": DIARY.hash}).status_code == 201


def test_a_site_that_is_whole_again_is_used(clinic: Clinic, alice: TestClient) -> None:
    (clinic.settings.site / "forms.json").write_text("{")
    build_site(clinic.settings.site, DIARY, PHQ2)
    clinic.services.built_site.looked_at = -LOOK_EVERY
    assert alice.post("/forms/diary", json=envelope(SENT)).status_code == 201
