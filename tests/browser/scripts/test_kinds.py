"""Every kind of field is shown in the check as on the page, and sent as the collector reads it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from site_builder.forms.answering.answers import from_pairs, read_answers

pytestmark = pytest.mark.browser


@pytest.fixture
def kinds(phone: Page, clinic: Any) -> Page:
    """A form with a field of every kind."""
    phone.goto(clinic.sheet("kinds"))
    return phone


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Continue").click()


def fill_in(page: Page) -> None:
    page.get_by_label("How long?").fill("15")
    page.get_by_role("group", name="How tense?").get_by_label("7", exact=True).check()
    page.get_by_label("At home").check()
    page.get_by_label("Outdoors").check()
    page.get_by_role("group", name="Did you practise?").get_by_label("Yes").check()
    page.get_by_label("Which day?").fill("2026-03-09")
    page.get_by_label("At what time?").fill("07:30")
    page.get_by_label("hours").fill("6")
    page.get_by_label("minutes", exact=True).fill("45")
    page.get_by_label("Step?").fill("Go to the door")


def test_each_required_kind_is_reported_missing_by_its_own_name(kinds: Page) -> None:
    go_on(kinds)
    links = kinds.get_by_role("alert").get_by_role("link").all_inner_texts()
    asks = ["How long?", "How tense?", "Which day?", "How long did you sleep?", "Which steps?"]
    assert links == [f"{ask} Answer this question" for ask in asks]


def test_each_answer_is_shown_in_words(kinds: Page) -> None:
    fill_in(kinds)
    go_on(kinds)
    answers = kinds.locator(".hw-check .hw-answers__answer").all_inner_texts()
    assert answers == [
        "15 minutes",
        "7 of 10",
        "At home, Outdoors",
        "Yes",
        "Monday, March 9, 2026",
        "07:30",
        "6 h 45 min",
        "Go to the door",
    ]


def test_the_collector_reads_exactly_what_is_sent(kinds: Page, clinic: Any) -> None:
    fill_in(kinds)
    go_on(kinds)
    kinds.get_by_role("button", name="Send to my therapist").click()
    expect(kinds.get_by_role("heading", name="It has arrived")).to_be_visible()
    form = clinic.forms["kinds"]
    assert read_answers(form, from_pairs(form, clinic.posted[0])) == {
        "minutes": 15,
        "tension": 7,
        "places": ["home", "out"],
        "practised": "yes",
        "day": "2026-03-09",
        "time": "07:30",
        "slept": 405,
        "steps": [{"step": "Go to the door"}],
    }


def test_everything_works_from_the_keyboard(desktop: Page, clinic: Any) -> None:
    desktop.goto(clinic.sheet("note"))
    expect(desktop.get_by_role("button", name="Continue")).to_be_visible()
    for key in ("Tab", "Hello", "Tab", "Enter"):
        desktop.keyboard.type(key) if key == "Hello" else desktop.keyboard.press(key)
    expect(desktop.get_by_role("heading", name="Check your answers")).to_be_focused()
    for key in ("Tab", "Tab", "Enter"):
        desktop.keyboard.press(key)
    expect(desktop.get_by_role("heading", name="It has arrived")).to_be_visible()
    assert ("line", "Hello") in clinic.posted[0]
