from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from starlette.testclient import TestClient

from collector.driver import connect
from collector.endpoints.rates import Limits, Rate
from collector.ledger import writer
from collector.ledger.events import CLIENT
from site_builder.forms.model.definition import Form

from .conftest import CONTACT, DIARY, HELP, PHQ2, Clinic, reworded

SENT = {"situation": "A letter came.", "believed": 70, "feelings": [{"feeling": "fear", "before": 80}]}
TYPED = {
    "_definition": DIARY.hash,
    "situation": "A letter came.",
    "believed": "70",
    "feelings.0.feeling": "fear",
    "feelings.0.before": "80",
    "feelings.1.feeling": "",
    "feelings.1.before": "",
}
AS_JSON = {"accept": "application/json"}


def new_id() -> str:
    return str(uuid.uuid4())


def envelope(answers: Any = None, id: str = "", form: Form = DIARY) -> dict[str, Any]:
    return {"id": id or new_id(), "definition": form.hash, "answers": SENT if answers is None else answers}


def hidden(page: str) -> dict[str, str]:
    """Return what the hidden inputs of a page would post."""
    inputs = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page)
    return dict(inputs)


class TestJson:
    def test_a_submission_is_stored_with_the_client_and_acknowledged(self, clinic: Clinic, alice: TestClient) -> None:
        sent = envelope()
        answer = alice.post("/forms/diary", json=sent)
        assert answer.status_code == 201
        assert answer.json()["id"] == sent["id"]
        assert answer.json()["url"] == f"/receipts/{sent['id']}"
        assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}", answer.json()["receipt"])
        (stored,) = clinic.submissions()
        assert stored.by == CLIENT
        assert (stored.id, stored.client, stored.at) == (
            sent["id"],
            clinic.invitations["Alice"].client,
            answer.json()["received_at"],
        )
        assert stored.data == {
            "form": "diary",
            "version": 1,
            "definition": DIARY.hash,
            "answers": SENT,
        }

    def test_without_a_definition_the_one_on_the_site_is_used(self, clinic: Clinic, alice: TestClient) -> None:
        assert alice.post("/forms/diary", json={"id": new_id(), "answers": SENT}).status_code == 201
        assert clinic.submissions()[0].data["definition"] == DIARY.hash

    def test_sent_again_it_is_stored_once_and_has_the_same_receipt(self, clinic: Clinic, alice: TestClient) -> None:
        sent = envelope()
        first, *others = [alice.post("/forms/diary", json=sent) for _ in range(4)]
        assert first.status_code == 201
        assert all(answer.status_code == 200 and answer.json() == first.json() for answer in others)
        assert len(clinic.submissions()) == 1

    def test_a_uuid_in_capitals_is_the_same_uuid(self, clinic: Clinic, alice: TestClient) -> None:
        sent = envelope()
        alice.post("/forms/diary", json=sent)
        assert alice.post("/forms/diary", json=sent | {"id": sent["id"].upper()}).status_code == 200

    def test_other_answers_under_the_same_uuid_are_a_conflict(self, clinic: Clinic, alice: TestClient) -> None:
        sent = envelope()
        alice.post("/forms/diary", json=sent)
        answer = alice.post("/forms/diary", json=sent | {"answers": {"situation": "Another one"}})
        assert answer.status_code == 409
        assert clinic.submissions()[0].data["answers"] == SENT

    def test_bob_cannot_learn_or_change_what_alice_sent(
        self, clinic: Clinic, alice: TestClient, bob: TestClient
    ) -> None:
        sent = envelope()
        alice.post("/forms/diary", json=sent)
        answer = bob.post("/forms/diary", json=sent)
        assert answer.status_code == 409
        assert "receipt" not in answer.json()

    def test_all_problems_come_at_once_by_wire_name(self, clinic: Clinic, alice: TestClient) -> None:
        feelings = [{"before": 50}, {"before": "canary"}]
        sent = {"thought": "No", "believed": 101, "feelings": feelings, "nonsense": 1}
        answer = alice.post("/forms/diary", json=envelope(sent))
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        named = {problem["name"] for problem in answer.json()["problems"]}
        assert named == {"situation", "believed", "feelings.1.before", "nonsense"}
        assert all(problem["message"] for problem in answer.json()["problems"])
        assert "canary" not in answer.text
        assert not clinic.submissions()

    def test_an_empty_form_is_a_problem(self, alice: TestClient) -> None:
        answer = alice.post("/forms/phq2", json=envelope({}, form=PHQ2))
        assert answer.status_code == 422
        assert answer.json()["problems"][0]["name"] == ""

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            (b"", 400),
            (b"{", 400),
            (b"[]", 400),
            (b'"text"', 400),
            (b"\xff\xfe", 400),
            (b"[" * 100_000, 400),
            (b'{"id": 7, "answers": {}}', 422),
            (b'{"id": "%s", "answers": []}' % new_id().encode(), 422),
            (b'{"id": "%s"}' % new_id().encode(), 422),
            (b'{"answers": {"situation": "x"}}', 422),
            (b'{"id": "not-a-uuid", "answers": {"situation": "x"}}', 422),
            (b'{"id": "{%s}", "answers": {"situation": "x"}}' % new_id().encode(), 422),
            (b'{"id": "%s", "answers": {"situation": "x"}, "more": 1}' % new_id().encode(), 422),
            (b'{"id": "%s", "answers": {"situation": "\\ud800"}}' % new_id().encode(), 400),
            (b'{"id": "%s", "answers": {"\\ud800": "x"}}' % new_id().encode(), 400),
            (b'{"id": "%s", "answers": {"situation": "\\u0000"}}' % new_id().encode(), 422),
            (b'{"id": "%s", "answers": {"believed": NaN, "situation": "x"}}' % new_id().encode(), 400),
            (b'{"id": "%s", "answers": {"believed": 1e999, "situation": "x"}}' % new_id().encode(), 400),
            (b'{"id": "%s", "answers": {"believed": %s}}' % (new_id().encode(), b"9" * 5000), 400),
        ],
        ids=lambda value: repr(value)[:40],
    )
    def test_unreadable_bodies_are_refused_in_one_shape(
        self, clinic: Clinic, alice: TestClient, body: bytes, status: int
    ) -> None:
        answer = alice.post("/forms/diary", content=body, headers={"content-type": "application/json"})
        assert answer.status_code == status
        assert answer.json()["status"] == status
        assert answer.json()["title"]
        assert not clinic.submissions()

    def test_nobody_can_send_without_a_link(self, clinic: Clinic, charlie: TestClient) -> None:
        answer = charlie.post("/forms/diary", json=envelope())
        assert answer.status_code == 403
        assert "link from your therapist" in answer.json()["detail"]
        assert not clinic.submissions()

    def test_a_link_that_has_ended_ends_its_sign_ins_at_once(self, clinic: Clinic, alice: TestClient) -> None:
        clinic.end_link("Alice")
        assert alice.post("/forms/diary", json=envelope()).status_code == 403

    def test_a_device_that_has_sent_before_is_asked_for_again(self, clinic: Clinic, alice: TestClient) -> None:
        """The collector remembers who sends; the ledger still sees that the link has ended."""
        assert alice.post("/forms/diary", json=envelope()).status_code == 201
        clinic.end_link("Alice")
        for _ in range(2):
            assert alice.post("/forms/diary", json=envelope()).status_code == 403
        assert len(clinic.submissions()) == 1

    def test_a_sign_in_that_expires_after_it_has_sent_is_refused(self, clinic: Clinic, alice: TestClient) -> None:
        assert alice.post("/forms/diary", json=envelope()).status_code == 201
        with closing(connect(clinic.settings.ledger)) as clock:
            clock.execute("UPDATE sign_ins SET expires = '2020-01-01T00:00:00.000Z'")
        for _ in range(2):
            answer = alice.post("/forms/diary", json=envelope())
            assert answer.status_code == 403
            assert "link from your therapist" in answer.json()["detail"]
        assert clinic.services.seen == {}
        assert len(clinic.submissions()) == 1

    @pytest.mark.parametrize("cookie", ["", "x", "a" * 5000, "\u00e9"])
    def test_a_forged_cookie_is_refused(self, charlie: TestClient, cookie: str) -> None:
        headers = {b"cookie": f"hw_client={cookie}".encode()}
        assert charlie.post("/forms/diary", json=envelope(), headers=headers).status_code == 403

    def test_an_unknown_form_is_not_found(self, alice: TestClient) -> None:
        assert alice.post("/forms/nothing", json={"id": new_id(), "answers": {}}).status_code == 404

    @pytest.mark.parametrize("definition", ["0" * 64, "short", "'; DROP TABLE events; --"])
    def test_a_definition_that_was_never_published_is_refused(self, alice: TestClient, definition: str) -> None:
        answer = alice.post("/forms/diary", json=envelope() | {"definition": definition})
        assert answer.status_code == 422
        assert [problem["name"] for problem in answer.json()["problems"]] == ["_definition"]

    def test_the_definition_of_a_site_that_is_just_being_published_is_to_be_sent_later(
        self, clinic: Clinic, alice: TestClient
    ) -> None:
        edited = reworded(DIARY)
        clinic.rebuild(edited, publish_first=False)
        answer = alice.post("/forms/diary", json=envelope(form=edited))
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0

    def test_the_definition_of_another_form_is_refused(self, clinic: Clinic, alice: TestClient) -> None:
        answer = alice.post("/forms/diary", json=envelope(form=PHQ2))
        assert answer.status_code == 422
        assert not clinic.submissions()

    def test_answers_that_fit_do_not_excuse_the_definition_of_another_form(
        self, clinic: Clinic, alice: TestClient
    ) -> None:
        evening = replace(DIARY, id="evening")
        clinic.rebuild(DIARY, evening)
        answer = alice.post("/forms/diary", json=envelope(form=evening))
        assert answer.status_code == 422
        assert [problem["name"] for problem in answer.json()["problems"]] == ["_definition"]
        typed = TYPED | {"_id": new_id(), "_definition": evening.hash}
        assert alice.post("/forms/diary", data=typed).status_code == 422
        assert not clinic.submissions()
        assert alice.post("/forms/evening", json=envelope(form=evening)).status_code == 201

    def test_a_page_opened_before_an_edit_still_submits(self, clinic: Clinic, alice: TestClient) -> None:
        edited = reworded(DIARY)
        clinic.rebuild(edited)
        assert alice.post("/forms/diary", json=envelope(form=DIARY)).status_code == 201
        assert alice.post("/forms/diary", json=envelope(form=edited)).status_code == 201
        assert alice.post("/forms/diary", json={"id": new_id(), "answers": SENT}).status_code == 201
        definitions = [event.data["definition"] for event in clinic.submissions()]
        assert definitions == [DIARY.hash, edited.hash, edited.hash]

    def test_a_form_not_yet_published_is_to_be_sent_later(self, clinic: Clinic, alice: TestClient) -> None:
        clinic.rebuild(reworded(DIARY), publish_first=False)
        assert alice.post("/forms/diary", json={"id": new_id(), "answers": SENT}).status_code == 503

    def test_a_full_queue_acknowledges_nothing(
        self, clinic: Clinic, alice: TestClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(writer, "MOST_WAITING", 0)
        answer = alice.post("/forms/diary", json=envelope())
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
        assert "receipt" not in answer.json()

    def test_an_unavailable_ledger_acknowledges_nothing(self, clinic: Clinic, alice: TestClient) -> None:
        clinic.services.ledger.close()
        answer = alice.post("/forms/diary", json=envelope())
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
        assert "receipt" not in answer.json()


class TestPlainPost:
    def test_a_plain_post_is_shown_for_checking_and_not_stored(self, clinic: Clinic, alice: TestClient) -> None:
        page = alice.post("/forms/diary", data=TYPED)
        assert page.status_code == 200
        assert page.headers["cache-control"] == "no-store"
        assert "<title>Check your answers" in page.text
        assert "A letter came." in page.text
        assert "Send to my therapist" in page.text
        assert not clinic.submissions()

    def test_a_confirmed_post_is_stored_and_leads_to_its_receipt(self, clinic: Clinic, alice: TestClient) -> None:
        page = alice.post("/forms/diary", data=TYPED)
        answer = alice.post("/forms/diary", data=hidden(page.text))
        (stored,) = clinic.submissions()
        assert stored.data["answers"] == SENT
        assert (answer.status_code, answer.headers["location"]) == (303, f"/receipts/{stored.id}")
        assert "A letter came." in alice.get(answer.headers["location"]).text

    def test_a_post_confirmed_twice_is_stored_once(self, clinic: Clinic, alice: TestClient) -> None:
        confirmed = hidden(alice.post("/forms/diary", data=TYPED).text)
        first, second = (alice.post("/forms/diary", data=confirmed) for _ in range(2))
        assert first.headers["location"] == second.headers["location"]
        assert len(clinic.submissions()) == 1

    def test_each_check_page_has_its_own_uuid(self, alice: TestClient) -> None:
        ids = {hidden(alice.post("/forms/diary", data=TYPED).text)["_id"] for _ in range(3)}
        assert len(ids) == 3

    def test_answers_can_be_changed_before_they_are_sent(self, clinic: Clinic, alice: TestClient) -> None:
        carried = hidden(alice.post("/forms/diary", data=TYPED).text)
        page = alice.post("/forms/diary", data=carried | {"_change": "1"})
        assert page.status_code == 200
        assert 'value="A letter came."' in page.text
        assert 'value="fear"' in page.text
        assert "_id" not in hidden(page.text)
        assert not clinic.submissions()

    def test_a_script_gets_json(self, clinic: Clinic, alice: TestClient) -> None:
        answer = alice.post("/forms/diary", data=TYPED | {"_id": new_id()}, headers=AS_JSON)
        assert answer.status_code == 201
        assert clinic.submissions()[0].data["answers"] == SENT

    def test_a_script_without_a_uuid_gets_a_problem(self, clinic: Clinic, alice: TestClient) -> None:
        answer = alice.post("/forms/diary", data=TYPED, headers=AS_JSON)
        assert answer.status_code == 422
        assert answer.json()["problems"][0]["name"] == "_id"

    def test_a_browser_gets_a_page(self, alice: TestClient) -> None:
        browser = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
        page = alice.post("/forms/diary", data=TYPED, headers=browser)
        assert page.headers["content-type"].startswith("text/html")

    def test_problems_are_shown_with_everything_typed(self, clinic: Clinic, alice: TestClient) -> None:
        wrong = TYPED | {"situation": "", "believed": "seven", "thought": "It is <b>over</b>"}
        page = alice.post("/forms/diary", data=wrong)
        assert page.status_code == 422
        assert "<title>Error: Thought record" in page.text
        assert "There is a problem" in page.text
        assert 'href="#hw-diary--situation"' in page.text
        assert "It is &lt;b&gt;over&lt;/b&gt;" in page.text
        assert 'value="fear"' in page.text
        assert "seven" in page.text
        assert not clinic.submissions()

    def test_a_worksheet_to_mend_lies_on_a_sheet_and_a_page_to_read_does_not(self, alice: TestClient) -> None:
        assert 'class="hw-page hw-sheet"' in alice.post("/forms/diary", data=TYPED | {"situation": ""}).text
        assert 'class="hw-page "' in alice.post("/forms/diary", data=TYPED).text

    def test_without_a_link_the_worksheet_stays_filled_in(self, clinic: Clinic, charlie: TestClient) -> None:
        page = charlie.post("/forms/diary", data=TYPED)
        assert page.status_code == 403
        assert "link from your therapist" in page.text
        assert 'value="A letter came."' in page.text
        assert "/open" in page.text
        assert not clinic.submissions()

    def test_other_answers_under_the_same_uuid_can_be_sent_as_new_ones(self, clinic: Clinic, alice: TestClient) -> None:
        confirmed = hidden(alice.post("/forms/diary", data=TYPED).text)
        alice.post("/forms/diary", data=confirmed)
        page = alice.post("/forms/diary", data=confirmed | {"situation": "Another letter."})
        assert page.status_code == 409
        assert 'value="Another letter."' in page.text
        assert "_id" not in hidden(page.text)

    def test_an_unknown_definition_keeps_everything_typed(self, clinic: Clinic, alice: TestClient) -> None:
        page = alice.post("/forms/diary", data=TYPED | {"_definition": "0" * 64})
        assert page.status_code == 422
        assert "Load the worksheet's page again" in unescape(page.text)
        inputs = hidden(page.text)
        assert inputs["situation"] == "A letter came."
        assert inputs["_definition"] == "0" * 64
        assert "<dd>A letter came.</dd>" in page.text

    def test_an_unstored_submission_can_be_sent_again_under_the_same_uuid(
        self, clinic: Clinic, alice: TestClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        confirmed = hidden(alice.post("/forms/diary", data=TYPED).text)
        with monkeypatch.context() as full:
            full.setattr(writer, "MOST_WAITING", 0)
            page = alice.post("/forms/diary", data=confirmed)
        assert page.status_code == 503
        assert "could not be stored" in page.text
        again = hidden(page.text)
        assert again == confirmed
        assert alice.post("/forms/diary", data=again).status_code == 303

    def test_help_is_shown_before_a_risk_answer_is_sent(self, alice: TestClient) -> None:
        page = alice.post("/forms/phq2", data={"mood.q1": "1", "mood.q9": "1"})
        assert HELP + CONTACT in page.text
        page = alice.post("/forms/phq2", data={"mood.q1": "1", "mood.q9": "0"})
        assert HELP not in page.text

    def test_unknown_names_are_a_problem_and_the_rest_stays_filled_in(self, clinic: Clinic, alice: TestClient) -> None:
        page = alice.post("/forms/diary", data=TYPED | {"nonsense": "x"})
        assert page.status_code == 422
        assert 'value="A letter came."' in page.text

    @pytest.mark.parametrize(
        "text", ["<script>alert(1)</script>", "=1+1", "javascript:alert(1)", "\u202eabc", "a\r\nb", "\u00e9\U0001f642"]
    )
    def test_answers_are_shown_inert_and_stored_exactly(self, clinic: Clinic, alice: TestClient, text: str) -> None:
        page = alice.post("/forms/diary", data=TYPED | {"thought": text})
        assert page.status_code == 200
        assert "<script>" not in page.text
        answer = alice.post("/forms/diary", data=TYPED | {"thought": text, "_id": new_id()})
        assert answer.status_code == 303
        assert clinic.submissions()[0].data["answers"]["thought"] == text.replace("\r\n", "\n")
        assert "<script>" not in alice.get(answer.headers["location"]).text


class TestLimits:
    @pytest.mark.parametrize(
        "kind", ["text/plain", "multipart/form-data; boundary=x", "application/xml", "application/json5"]
    )
    def test_another_content_type_is_refused(self, alice: TestClient, kind: str) -> None:
        answer = alice.post("/forms/diary", content=b"x=y", headers={"content-type": kind})
        assert answer.status_code == 415

    def test_a_missing_content_type_is_refused(self, alice: TestClient) -> None:
        assert alice.post("/forms/diary", content=b"x=y").status_code == 415

    def test_a_large_body_is_refused_whether_declared_or_not(self, clinic: Clinic, alice: TestClient) -> None:
        large = b"x" * (10 * 1024 * 1024)
        headers = {"content-type": "application/json"}
        assert alice.post("/forms/diary", content=large, headers=headers).status_code == 413
        chunked = alice.post("/forms/diary", content=iter([large]), headers=headers)
        assert chunked.status_code == 413
        assert chunked.json()["title"] == "This is too long"

    def test_the_longest_worksheet_fits(self, alice: TestClient) -> None:
        feelings = [{"feeling": "f" * 500, "before": 100}] * 30
        sent = {"situation": "s" * 200, "thought": "\u20ac" * 20_000, "feelings": feelings}
        assert alice.post("/forms/diary", json=envelope(sent)).status_code == 201

    def test_thousands_of_fields_are_refused(self, alice: TestClient) -> None:
        body = "&".join(f"feelings.{number}.feeling=x" for number in range(10_000))
        headers = {"content-type": "application/x-www-form-urlencoded"}
        assert alice.post("/forms/diary", content=body.encode(), headers=headers).status_code == 413

    def test_too_many_from_one_link_must_wait_and_others_need_not(self, make_clinic: Callable[..., Clinic]) -> None:
        clinic = make_clinic(Limits(link=Rate(2, 60)))
        alice, bob = clinic.signed_in("Alice"), clinic.signed_in("Bob")
        answers = [alice.post("/forms/diary", json=envelope()) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [201, 201, 429]
        assert 0 < int(answers[2].headers["retry-after"]) <= 30
        page = alice.post("/forms/diary", data=TYPED)
        assert page.status_code == 429
        assert 'value="A letter came."' in page.text
        assert bob.post("/forms/diary", json=envelope()).status_code == 201

    def test_strangers_must_wait_and_clients_at_the_same_address_need_not(
        self, make_clinic: Callable[..., Clinic]
    ) -> None:
        clinic = make_clinic(Limits(stranger=Rate(2, 60)))
        charlie, alice = clinic.visitor(), clinic.signed_in("Alice")
        statuses = [charlie.post("/forms/diary", json=envelope()).status_code for _ in range(3)]
        assert statuses == [403, 403, 429]
        assert alice.post("/forms/diary", json=envelope()).status_code == 201

    def test_another_site_cannot_send_on_behalf_of_a_client(self, clinic: Clinic, alice: TestClient) -> None:
        headers = {"sec-fetch-site": "cross-site"}
        page = alice.post("/forms/diary", data=TYPED | {"_id": new_id()}, headers=headers)
        assert page.status_code == 403
        assert not clinic.submissions()


def test_the_address_of_a_form_redirects_to_its_page(charlie: TestClient) -> None:
    answer = charlie.get("/forms/diary")
    assert (answer.status_code, answer.headers["location"]) == (303, "/worksheets/diary/")
    assert charlie.get("/forms/nothing").status_code == 404
