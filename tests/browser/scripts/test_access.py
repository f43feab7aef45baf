"""axe finds no violations in any state that the scripts produce."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def find_nothing(page: Page, state: str) -> None:
    violations = Axe().run(page).response["violations"]
    assert not violations, (state, [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in violations])


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Continue").click()


def test_every_state_of_a_worksheet_is_accessible(record: Page, clinic: Any) -> None:
    find_nothing(record, "first part")
    go_on(record)
    find_nothing(record, "problem")
    record.get_by_label("What was happening?").fill("In the queue")
    go_on(record)
    for feeling in ("Sad", "Scared"):
        record.get_by_label("Which feeling?").last.fill(feeling)
        record.get_by_role("button", name="Add another feeling").click()
    find_nothing(record, "cards")
    record.get_by_role("button", name="Remove feeling 1").click()
    find_nothing(record, "removed")
    go_on(record)
    record.get_by_label("What went through your mind?").fill("They all stare")
    go_on(record)
    find_nothing(record, "asked last")
    go_on(record)
    find_nothing(record, "check")
    clinic.answer(403, {"title": "This was not sent", "detail": "Open your link."})
    record.get_by_role("button", name="Send to my therapist").click()
    record.get_by_role("alert").wait_for()
    find_nothing(record, "notice")


def test_the_help_card_and_every_kind_of_field_are_accessible(mood: Page, clinic: Any) -> None:
    mood.get_by_role("group", name="better off dead").get_by_label("Several days").check()
    go_on(mood)
    find_nothing(mood, "help")
    mood.goto(clinic.sheet("kinds"))
    find_nothing(mood, "kinds")
    go_on(mood)
    find_nothing(mood, "problems of every kind")


def test_nothing_is_wider_than_a_small_screen(record: Page) -> None:
    record.set_viewport_size({"width": 320, "height": 640})
    record.get_by_role("button", name="All on one page").click()
    record.get_by_label("Which feeling?").fill("Sad")
    assert record.evaluate("document.documentElement.scrollWidth") <= 320
