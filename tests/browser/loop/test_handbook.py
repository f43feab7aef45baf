"""The handbook's examples are interactive but leave nothing behind: no answer and no entry in the history."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from tests.browser.loop.conftest import Clinic

pytestmark = pytest.mark.browser


def open_example(page: Page, clinic: Clinic, name: str) -> list[str]:
    """Open a page of the handbook and return the list that collects its posts."""
    posted: list[str] = []
    page.on("request", lambda request: posted.append(request.url) if request.method == "POST" else None)
    page.goto(f"{clinic.site}/handbook/{name}/")
    return posted


def test_an_example_adds_cards_and_final_questions_like_a_worksheet(clinic: Clinic, phone: Page) -> None:
    open_example(phone, clinic, "asked-last")
    example = phone.locator(".hw-example__shown")
    expect(example.locator(".hw-late__row")).to_be_hidden()
    example.get_by_label("Which feeling?").fill("Sad")
    expect(example.get_by_role("group", name="Sad: How strong is it now?")).to_be_visible()
    example.get_by_role("button", name="Add another feeling").click()
    expect(example.locator(".hw-card")).to_have_count(2)


def test_an_example_shows_all_parts_without_continue_buttons(clinic: Clinic, phone: Page) -> None:
    open_example(phone, clinic, "sections")
    example = phone.locator(".hw-example__shown")
    for step in example.locator(".hw-step").all():
        expect(step).to_be_visible()
    expect(example.get_by_role("button")).to_have_count(0)
    expect(example.get_by_text("An example: nothing is sent.")).to_be_visible()


def test_an_example_does_not_change_the_address_or_the_history(clinic: Clinic, phone: Page) -> None:
    posted = open_example(phone, clinic, "text")
    address, entries = phone.url, phone.evaluate("history.length")
    phone.get_by_label("Who was with you?").fill("Nobody")
    phone.get_by_label("Who was with you?").press("Enter")
    phone.wait_for_timeout(300)
    assert (phone.url, phone.evaluate("[history.length, history.state]")) == (address, [entries, None])
    expect(phone.get_by_label("Who was with you?")).to_have_value("Nobody")
    assert posted == []


def test_an_example_is_not_sent_without_script(clinic: Clinic, plain_phone: Page) -> None:
    posted = open_example(plain_phone, clinic, "long-text")
    address = plain_phone.url
    plain_phone.goto(f"{clinic.site}/handbook/time/")
    plain_phone.locator("input[type=time]").fill("07:30")
    plain_phone.locator("input[type=time]").press("Enter")
    plain_phone.wait_for_timeout(300)
    assert plain_phone.url == address.replace("long-text", "time")
    assert posted == []


def test_the_source_can_be_read_with_the_keyboard(
    clinic: Clinic, phone: Page, becomes_true: Callable[[Page, str], None]
) -> None:
    open_example(phone, clinic, "measures")
    source = phone.get_by_role("region", name="Example 1: what you write")
    source.focus()
    phone.keyboard.press("End")
    becomes_true(phone, "document.activeElement.scrollTop > 0")


def test_the_panes_are_side_by_side_on_a_wide_screen(clinic: Clinic, phone: Page, desktop: Page) -> None:
    for page, beside in ((phone, False), (desktop, True)):
        open_example(page, clinic, "asked-last")
        source = page.locator(".hw-example__source").first.bounding_box()
        shown = page.locator(".hw-example__shown").first.bounding_box()
        assert source is not None
        assert shown is not None
        assert (shown["x"] > source["x"] + source["width"]) is beside
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_clients_do_not_come_across_the_handbook(clinic: Clinic, desktop: Page) -> None:
    desktop.goto(f"{clinic.site}/")
    expect(desktop.get_by_role("link", name="For the clinic: handbook")).to_be_visible()
    assert desktop.locator("nav a[href*=handbook]").count() == 0
    index = desktop.request.get(f"{clinic.site}/search/search_index.json").json()
    assert [entry["location"] for entry in index["docs"] if entry["location"].startswith("handbook")] == []
    desktop.goto(f"{clinic.site}/handbook/rating/")
    assert desktop.locator("meta[name=robots]").get_attribute("content") == "noindex"
