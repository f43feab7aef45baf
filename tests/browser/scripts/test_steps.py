"""One part at a time, the way back, and the check before sending."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Dialog, Page, expect

pytestmark = pytest.mark.browser


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Continue").click()


def fill_record(page: Page) -> None:
    """Fill in the thought record up to its check."""
    page.get_by_label("What was happening?").fill("In the queue")
    go_on(page)
    page.get_by_label("Which feeling?").fill("Scared")
    go_on(page)
    page.get_by_label("What went through your mind?").fill("They all stare")
    go_on(page)
    go_on(page)


def test_one_part_is_shown_at_a_time(record: Page) -> None:
    expect(record.get_by_text("Part 1 of 4")).to_be_visible()
    expect(record.get_by_role("heading", name="What happened")).to_be_visible()
    expect(record.get_by_role("heading", name="The thought")).to_be_hidden()
    expect(record.get_by_role("button", name="Send to my therapist")).to_be_hidden()


def test_continue_moves_the_focus_to_the_heading_of_the_next_part(record: Page) -> None:
    record.get_by_label("What was happening?").fill("In the queue")
    go_on(record)
    expect(record.get_by_role("heading", name="What you felt")).to_be_focused()
    expect(record.get_by_text("Part 2 of 4")).to_be_visible()


def test_the_browsers_back_goes_back_one_part(record: Page) -> None:
    record.get_by_label("What was happening?").fill("In the queue")
    go_on(record)
    record.go_back()
    expect(record.get_by_role("heading", name="What happened")).to_be_focused()
    expect(record.get_by_label("What was happening?")).to_have_value("In the queue")
    record.go_forward()
    expect(record.get_by_role("heading", name="What you felt")).to_be_focused()


def test_the_back_button_goes_back_one_part(record: Page) -> None:
    record.get_by_label("What was happening?").fill("In the queue")
    go_on(record)
    record.get_by_role("button", name="Back").click()
    expect(record.get_by_role("heading", name="What happened")).to_be_focused()
    expect(record.get_by_role("button", name="Back")).to_be_hidden()


def test_all_parts_on_one_page_is_remembered(record: Page) -> None:
    record.get_by_role("button", name="All on one page").click()
    expect(record.get_by_role("heading", name="What happened")).to_be_visible()
    expect(record.get_by_role("heading", name="And now")).to_be_visible()
    record.reload()
    expect(record.get_by_role("heading", name="And now")).to_be_visible()
    record.get_by_role("button", name="One part at a time").click()
    expect(record.get_by_role("heading", name="And now")).to_be_hidden()


def test_enter_in_a_field_continues_and_does_not_send(record: Page, clinic: Any) -> None:
    record.get_by_label("What was happening?").fill("In the queue")
    go_on(record)
    record.get_by_label("Which feeling?").fill("Scared")
    record.get_by_label("Which feeling?").press("Enter")
    expect(record.get_by_role("heading", name="The thought")).to_be_focused()
    assert clinic.posted == []


def test_the_answers_are_shown_before_they_are_sent(record: Page) -> None:
    fill_record(record)
    expect(record.get_by_role("heading", name="Check your answers")).to_be_focused()
    check = record.get_by_role("region", name="Check your answers")
    expect(check.get_by_text("In the queue")).to_be_visible()
    expect(check.get_by_text("Feeling 1")).to_be_visible()
    expect(check.get_by_text("Scared", exact=True)).to_be_visible()
    expect(check.get_by_text("Not answered").first).to_be_visible()
    expect(record.get_by_role("button", name="Send to my therapist")).to_be_visible()


def test_an_answer_can_be_changed_from_the_check_and_continue_returns_to_it(record: Page) -> None:
    fill_record(record)
    record.get_by_role("link", name="Change What was happening?").click()
    expect(record.get_by_label("What was happening?")).to_be_focused()
    record.keyboard.press("End")
    record.keyboard.type(" at the shop")
    go_on(record)
    expect(record.get_by_role("heading", name="Check your answers")).to_be_focused()
    expect(record.get_by_text("In the queue at the shop")).to_be_visible()


def test_typed_text_is_never_treated_as_html(record: Page) -> None:
    record.get_by_label("What was happening?").fill("<img src=x onerror=alert(1)><b>bold</b>")
    go_on(record)
    record.get_by_label("Which feeling?").fill("<i>Sad</i>")
    go_on(record)
    record.get_by_label("What went through your mind?").fill("x")
    go_on(record)
    expect(record.get_by_text("<i>Sad</i>: How strong is it now?")).to_be_visible()
    go_on(record)
    expect(record.get_by_text("<img src=x onerror=alert(1)><b>bold</b>")).to_be_visible()


def test_a_form_of_one_part_still_shows_the_check(phone: Page, clinic: Any) -> None:
    phone.goto(clinic.sheet("note"))
    expect(phone.get_by_text("Part 1")).to_be_hidden()
    expect(phone.get_by_role("button", name="All on one page")).to_be_hidden()
    phone.get_by_label("One line").fill("Hello")
    go_on(phone)
    expect(phone.get_by_role("heading", name="Check your answers")).to_be_focused()


def test_every_part_is_on_the_printed_page(record: Page) -> None:
    record.emulate_media(media="print")
    expect(record.get_by_role("heading", name="And now")).to_be_visible()
    expect(record.get_by_role("button", name="Continue")).to_be_hidden()


def test_when_the_script_fails_the_plain_form_remains(phone: Page, clinic: Any) -> None:
    clinic.without = ' type="submit"'
    phone.goto(clinic.sheet("record"))
    expect(phone.get_by_role("heading", name="And now")).to_be_visible()
    expect(phone.get_by_text(re.compile("Part . of"))).to_be_hidden()
    phone.get_by_label("What was happening?").fill("In the queue")
    phone.get_by_role("button", name="Send to my therapist").click()
    assert ("situation", "In the queue") in clinic.posted[0]


def test_without_script_the_form_is_sent_as_it_is(plain_phone: Page, clinic: Any) -> None:
    plain_phone.goto(clinic.sheet("record"))
    plain_phone.get_by_label("What was happening?").fill("In the queue")
    plain_phone.get_by_label("Which feeling?").nth(2).fill("Scared")
    plain_phone.get_by_role("button", name="Send to my therapist").click()
    assert ("feelings.2.feeling", "Scared") in clinic.posted[0]
    assert all(name != "_id" for name, _ in clinic.posted[0])


def test_leaving_with_something_unsent_asks_first(record: Page) -> None:
    record.get_by_label("What was happening?").fill("In the queue")
    record.get_by_label("What was happening?").press("a")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    record.on("dialog", stay)
    record.close(run_before_unload=True)
    record.wait_for_event("close")
    assert asked == ["beforeunload"]


def test_prose_before_a_part_is_below_its_focused_title(phone: Page, clinic: Any) -> None:
    clinic.prose = "<p>Feelings are clues.</p>"
    phone.goto(clinic.sheet("record"))
    phone.get_by_label("What was happening?").fill("In the queue")
    go_on(phone)
    section = phone.get_by_role("region", name="What you felt")
    assert section.inner_text().split("\n")[0] == "What you felt"
    expect(section.get_by_text("Feelings are clues.")).to_be_visible()
