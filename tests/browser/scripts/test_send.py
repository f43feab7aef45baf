"""A form is received once, and nothing is lost when sending fails."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

pytestmark = pytest.mark.browser

STILL_HERE = "Everything you typed is still here."


@pytest.fixture
def note(phone: Page, clinic: Any) -> Page:
    """A short form, filled in and ready to send."""
    phone.goto(clinic.sheet("note"))
    phone.get_by_label("One line").fill("Hello")
    phone.get_by_role("button", name="Continue").click()
    return phone


def send(page: Page) -> None:
    page.get_by_role("button", name="Send to my therapist").click()


def notice(page: Page, title: str) -> None:
    """Expect a focused notice with this title, and the answer still there."""
    expect(page.get_by_role("alert", name=title)).to_be_focused()
    expect(page.get_by_role("alert", name=title)).to_contain_text(STILL_HERE)
    expect(page.get_by_text("Hello", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Send to my therapist")).to_be_enabled()


def ids(clinic: Any) -> list[str]:
    return [value for post in clinic.posted for name, value in post if name == "_id"]


def test_a_received_form_leads_to_its_receipt(note: Page, clinic: Any) -> None:
    send(note)
    expect(note.get_by_role("heading", name="It has arrived")).to_be_visible()
    posted = dict(clinic.posted[0])
    assert posted["line"] == "Hello"
    assert len(posted["_definition"]) == 64
    assert uuid.UUID(posted["_id"]).version == 4
    assert clinic.accepts == ["application/json"]


def test_the_browsers_back_does_not_show_the_answers_again(note: Page) -> None:
    send(note)
    expect(note.get_by_role("heading", name="It has arrived")).to_be_visible()
    note.go_back()
    expect(note.get_by_label("One line")).to_have_value("")


def test_while_sending_the_button_is_disabled_and_words_say_so(note: Page, clinic: Any) -> None:
    clinic.answer(503, {}, delay=0.6)
    send(note)
    expect(note.get_by_role("status").filter(has_text="Sending…")).to_be_visible()
    expect(note.get_by_role("button", name="Send to my therapist")).to_be_disabled()
    notice(note, "We cannot keep this safe just now")
    assert len(clinic.posted) == 1


def test_without_a_link_the_form_explains_it_and_stays_filled_in_and_printable(note: Page, clinic: Any) -> None:
    clinic.answer(403, {"title": "Your link has ended", "detail": "Ask your therapist for a new one."})
    send(note)
    notice(note, "Your link has ended")
    expect(note.get_by_text("Ask your therapist for a new one.")).to_be_visible()
    expect(note.get_by_role("link", name="type it in on a new page")).to_have_attribute("href", "/open")
    note.evaluate("window.print = () => { window.printed = true; }")
    note.get_by_role("alert").get_by_role("button", name="Print").click()
    assert note.evaluate("window.printed")


@pytest.mark.parametrize(
    ("status", "headers", "title", "words"),
    [
        (413, {}, "This is too long to send in one go", "Shorten the longest answer"),
        (429, {"Retry_After": "30"}, "Please wait a moment", "in 30 seconds"),
        (429, {"Retry_After": "120"}, "Please wait a moment", "in 2 minutes"),
        (503, {"Retry_After": "1"}, "We cannot keep this safe just now", "in a moment"),
        (500, {}, "This did not work", "it is not your fault"),
        (422, {}, "This did not work", "print it"),
    ],
)
def test_a_failure_is_explained_calmly_and_retried_with_the_same_id(
    note: Page, clinic: Any, status: int, headers: dict[str, str], title: str, words: str
) -> None:
    clinic.answer(status, "not an object", **headers)
    send(note)
    notice(note, title)
    expect(note.get_by_role("alert")).to_contain_text(words)
    note.get_by_role("button", name="Try again").click()
    expect(note.get_by_role("heading", name="It has arrived")).to_be_visible()
    first, second = ids(clinic)
    assert first == second


def test_without_a_network_nothing_is_lost(note: Page, clinic: Any) -> None:
    note.context.set_offline(True)
    send(note)
    notice(note, "We could not reach the clinic")
    note.context.set_offline(False)
    note.get_by_role("button", name="Try again").click()
    expect(note.get_by_role("heading", name="It has arrived")).to_be_visible()
    assert len(ids(clinic)) == 1


def test_a_lost_response_is_retried_with_the_same_id(note: Page, clinic: Any) -> None:
    def lose_the_first(route: Route) -> None:
        route.fetch()
        route.abort()

    note.route("**/forms/note", lose_the_first, times=1)
    send(note)
    notice(note, "We could not reach the clinic")
    note.get_by_role("button", name="Try again").click()
    expect(note.get_by_role("heading", name="It has arrived")).to_be_visible()
    first, second = ids(clinic)
    assert first == second


def test_answers_changed_after_arrival_can_be_sent_as_a_new_sheet(note: Page, clinic: Any) -> None:
    clinic.answer(409, {})
    send(note)
    notice(note, "This sheet has arrived before")
    note.get_by_role("button", name="Send as a new sheet").click()
    expect(note.get_by_role("heading", name="It has arrived")).to_be_visible()
    first, second = ids(clinic)
    assert first != second


def test_an_id_is_created_outside_a_secure_context(note: Page, clinic: Any) -> None:
    note.evaluate("delete Crypto.prototype.randomUUID")
    send(note)
    expect(note.get_by_role("heading", name="It has arrived")).to_be_visible()
    assert uuid.UUID(ids(clinic)[0]).version == 4


def test_a_question_named_like_a_browser_property_does_no_harm(record: Page, clinic: Any) -> None:
    record.get_by_role("button", name="All on one page").click()
    record.get_by_label("What was happening?").fill("x")
    record.get_by_label("What went through your mind?").fill("x")
    record.get_by_label("What else?").fill("x")
    record.get_by_role("button", name="Continue").click()
    send(record)
    expect(record.get_by_role("heading", name="It has arrived")).to_be_visible()
    assert ("reset", "x") in clinic.posted[0]
