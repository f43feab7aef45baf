"""A diary with conditions, parts that wait, values of each row and choices of every kind, filled in on a phone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from site_builder.content.library import read_library
from site_builder.forms.answering.answers import from_pairs, read_answers

pytestmark = pytest.mark.browser

FORMS = Path(__file__).parents[2] / "cases" / "forms"
DIARY = next(form for form in read_library(FORMS).forms if form.id == "worry-diary")


@pytest.fixture
def diary(phone: Page, clinic: Any) -> Page:
    clinic.forms = {DIARY.id: DIARY}
    phone.goto(clinic.sheet(DIARY.id))
    phone.get_by_label("Which day was it?").fill("2026-03-09")
    return phone


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Continue").click()


def worried(page: Page, answer: str = "Yes") -> None:
    page.get_by_role("group", name="Did you worry today?").get_by_label(answer, exact=True).check()


def to_worries(page: Page) -> None:
    worried(page)
    go_on(page)


def card(page: Page, number: int) -> Locator:
    return page.get_by_role("group", name=f"Worry {number}", exact=True)


def fill(row: Locator, began: str, ended: str, before: str, after: str) -> None:
    row.get_by_label("What was the worry?").fill("Rent")
    row.get_by_label("When did it begin?").fill(began)
    row.get_by_label("When did it stop?").fill(ended)
    row.get_by_label("hours").fill("0")
    row.get_by_role("group", name="How sure were you").get_by_label("Or give the exact number").fill(before)
    row.get_by_role("group", name="And when the worry").get_by_label("Or give the exact number").fill(after)


def test_a_day_without_worry_has_two_parts(diary: Page, clinic: Any) -> None:
    worried(diary, "No")
    expect(diary.locator(".hw-progress__part")).to_have_text("Part 1 of 2")
    go_on(diary)
    expect(diary.get_by_role("heading", name="Before you go")).to_be_visible()
    diary.get_by_label("What was good about today?").fill("The sun")
    diary.get_by_role("button", name="All on one page").click()
    expect(diary.get_by_text("Take the worries one by one")).to_be_hidden()
    expect(diary.get_by_role("heading", name="Your worries")).to_be_hidden()
    diary.get_by_role("button", name="Continue").click()
    diary.get_by_role("button", name="Send").click()
    expect(diary.get_by_role("heading", name="It has arrived")).to_be_visible()
    (posted,) = clinic.posted
    assert read_answers(DIARY, from_pairs(DIARY, posted)) == {"day": "2026-03-09", "worried": "no", "good": "The sun"}


def test_each_worry_has_its_own_values_while_rows_come_and_go(diary: Page) -> None:
    to_worries(diary)
    fill(card(diary, 1), "22:40", "00:25", "80", "35")
    values = card(diary, 1).locator(".hw-computed")
    expect(values).to_contain_text("From first to last1 h 45 min")
    expect(values).to_contain_text("Share of that time100 %")
    expect(values).to_contain_text("Less sure by45 %")
    expect(values).to_contain_text("On average57.5 %")
    diary.get_by_role("button", name="Add another worry").click()
    expect(card(diary, 2).locator(".hw-computed")).to_be_hidden()
    fill(card(diary, 2), "08:00", "08:30", "10", "20")
    expect(card(diary, 2).locator(".hw-computed")).to_contain_text("Less sure by-10 %")
    expect(values).to_contain_text("Less sure by45 %")
    card(diary, 1).get_by_role("button", name="Remove").click()
    expect(card(diary, 1).locator(".hw-computed")).to_contain_text("Less sure by-10 %")
    card(diary, 1).get_by_label("When did it stop?").fill("08:45")
    expect(card(diary, 1).locator(".hw-computed")).to_contain_text("From first to last45 min")
    diary.get_by_role("button", name="Put it back").click()
    expect(card(diary, 1).locator(".hw-computed")).to_contain_text("From first to last1 h 45 min")
    expect(card(diary, 2).locator(".hw-computed")).to_contain_text("From first to last45 min")
    go_on(diary)
    go_on(diary)
    check = diary.locator(".hw-check")
    expect(check).to_contain_text("Less sure by45 %")
    expect(check).to_contain_text("80 %")
    assert check.inner_text().count("On average") == 2


def test_a_question_of_a_row_waits_for_one_answer_and_not_another(diary: Page) -> None:
    to_worries(diary)
    fill(card(diary, 1), "22:40", "00:25", "80", "35")
    easier = card(diary, 1).get_by_label("What made you less sure?")
    expect(easier).to_be_visible()
    card(diary, 1).get_by_role("group", name="And when the worry").get_by_label("60 %").check()
    expect(easier).to_be_hidden()


def test_what_stands_alone_unticks_the_others_and_is_unticked_by_them(diary: Page) -> None:
    to_worries(diary)
    helped = diary.get_by_role("group", name="What helped?")
    helped.get_by_label("A walk").check()
    helped.get_by_label("Something else").check()
    diary.get_by_label("Something else, in your own words").fill("Tea")
    helped.get_by_label("Nothing helped").check()
    expect(helped.get_by_label("A walk")).not_to_be_checked()
    expect(diary.get_by_label("Something else, in your own words")).to_be_hidden()
    helped.get_by_label("I talked").check()
    expect(helped.get_by_label("Nothing helped")).not_to_be_checked()


def test_the_words_for_something_else_are_asked_with_it(diary: Page) -> None:
    to_worries(diary)
    place = diary.get_by_role("group", name="Where were you most of the time?")
    words = diary.get_by_label("Somewhere else, in your own words")
    company = diary.get_by_label("Who was with you?")
    expect(words).to_be_hidden()
    expect(company).to_be_hidden()
    place.get_by_label("Somewhere else").check()
    expect(words).to_be_visible()
    expect(company).to_be_visible()
    place.get_by_label("At home").check()
    expect(words).to_be_hidden()
    expect(company).to_be_hidden()


def test_a_row_of_a_matrix_is_asked_again_with_its_earlier_answer(diary: Page) -> None:
    diary.get_by_role("group", name="I could calm myself down").get_by_label("5 (Very true)").check()
    worried(diary, "No")
    go_on(diary)
    again = diary.get_by_role("group", name="And right now")
    expect(again.get_by_text("You answered before: 5 (Very true)")).to_be_visible()
    again.get_by_label("2", exact=True).check()
    expect(diary.get_by_label("What was good about today?")).to_be_visible()
    go_on(diary)
    expect(diary.locator(".hw-check")).to_contain_text("And right now, how well can you calm yourself down?2 of 5")


def test_on_paper_the_numbers_of_a_row_have_the_words_for_their_ends(desktop: Page, clinic: Any) -> None:
    clinic.forms = {DIARY.id: DIARY}
    desktop.goto(clinic.sheet(DIARY.id))
    ends = desktop.get_by_role("group", name="I could calm myself down").locator(".hw-ends")
    expect(ends).to_be_hidden()  # they stand in the head of the table
    desktop.emulate_media(media="print")
    expect(ends).to_be_visible()
    expect(ends).to_have_text("Not at allVery true")


def test_without_script_a_part_says_once_when_it_is_asked(plain_phone: Page, clinic: Any) -> None:
    clinic.forms = {DIARY.id: DIARY}
    plain_phone.goto(clinic.sheet(DIARY.id))
    expect(plain_phone.get_by_text("Only if you answered “Yes” to “Did you worry today?”.")).to_have_count(1)
    words = (
        "Only if you did not answer “At home” to “Where were you most of the time?”,"
        " and you answered “Where were you most of the time?”."
    )
    expect(plain_phone.get_by_text(words)).to_be_visible()
    expect(plain_phone.get_by_label("Somewhere else, in your own words")).to_be_visible()
    expect(plain_phone.locator(".hw-computed").first).to_be_hidden()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_of_it_is_wider_than_the_screen(diary: Page, width: int) -> None:
    diary.set_viewport_size({"width": width, "height": 844})
    worried(diary)
    diary.get_by_role("button", name="All on one page").click()
    assert diary.evaluate("document.documentElement.scrollWidth") <= width
