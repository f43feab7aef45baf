"""A tap on an optional answer can be taken back, with and without script."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from site_builder.forms.answering.answers import from_pairs, read_answers
from site_builder.forms.model.choices import Choice
from site_builder.forms.model.definition import Form, Section
from site_builder.forms.model.fields import Matrix, OneOf, Rating, Repeat, Text, YesNo

pytestmark = pytest.mark.browser

OFTEN = (Choice("0", "Never"), Choice("1", "Often"))
TAPS = Form(
    id="taps",
    version=1,
    title="Taps",
    sections=(
        Section(
            (
                OneOf(id="where", ask="Where?", choices=OFTEN),
                YesNo(id="alone", ask="Alone?"),
                Rating(id="fear", ask="How afraid?"),
                Rating(id="belief", ask="How sure?", highest=100),
                Matrix(
                    id="week", ask="How often?", choices=OFTEN, rows=(Choice("mon", "Monday"), Choice("tue", "Tuesday"))
                ),
                YesNo(id="done", ask="Done?", required=True),
                Repeat(
                    id="steps",
                    ask="Which steps?",
                    called="step",
                    of=(Text(id="step", ask="Step?"), Rating(id="hard", ask="How hard?")),
                ),
            )
        ),
    ),
)
CLEAR = "Clear this answer"


@pytest.fixture(params=["phone", "plain_phone"])
def taps(request: pytest.FixtureRequest, clinic: Any) -> Page:
    """The form on a phone, with and without script."""
    page = request.getfixturevalue(request.param)
    assert isinstance(page, Page)
    clinic.forms = {TAPS.id: TAPS}
    page.goto(clinic.sheet(TAPS.id))
    return page


def group(page: Page, ask: str) -> Locator:
    return page.get_by_role("group", name=ask, exact=False).last


def clear(group: Locator) -> Locator:
    return group.locator(".hw-clear")


@pytest.mark.parametrize(
    ("ask", "choice"),
    [("Where?", "Often"), ("Alone?", "Yes"), ("How afraid?", "7"), ("How sure?", "70"), ("Tuesday", "Often")],
)
def test_an_answer_is_taken_back_by_the_words_that_come_with_it(taps: Page, ask: str, choice: str) -> None:
    question = group(taps, ask)
    expect(clear(question)).to_be_hidden()
    question.get_by_label(choice, exact=True).check()
    expect(clear(question)).to_be_visible()
    expect(taps.get_by_text(CLEAR).locator("visible=true")).to_have_count(1)
    clear(question).click()
    expect(question.get_by_label(choice, exact=True)).not_to_be_checked()
    question.get_by_label(choice, exact=True).check()
    expect(clear(question)).to_be_visible()


@pytest.mark.parametrize(
    ("ask", "choice", "following"),
    [
        ("How afraid?", "7", "How sure?"),
        ("How sure?", "70", "How often?"),
        ("Monday", "Often", "Tuesday"),
    ],
)
def test_it_stands_nearer_to_its_own_answer_than_to_the_next_question(
    taps: Page, ask: str, choice: str, following: str
) -> None:
    question = group(taps, ask)
    question.get_by_label(choice, exact=True).check()
    words, after = clear(question).bounding_box(), group(taps, following).bounding_box()
    assert words is not None
    assert after is not None
    assert after["y"] >= words["y"] + words["height"]


def test_a_required_answer_is_changed_and_not_taken_back(taps: Page) -> None:
    group(taps, "Done?").get_by_label("Yes").check()
    expect(clear(group(taps, "Done?"))).to_have_count(0)


def test_what_was_taken_back_is_not_stored(taps: Page, clinic: Any) -> None:
    for ask, choice in (("Where?", "Often"), ("How afraid?", "7"), ("Monday", "Often")):
        group(taps, ask).get_by_label(choice, exact=True).check()
        clear(group(taps, ask)).click()
    group(taps, "Done?").get_by_label("Yes").check()
    if taps.get_by_role("button", name="Continue").count():
        taps.get_by_role("button", name="Continue").click()
    taps.get_by_role("button", name="Send to my therapist").click()
    taps.wait_for_url("**/forms/taps" if "forms" in taps.url else "**/receipts/1")
    assert read_answers(TAPS, from_pairs(TAPS, clinic.posted[0])) == {"done": "yes"}


def test_the_exact_number_goes_with_the_cell(phone: Page, clinic: Any) -> None:
    clinic.forms = {TAPS.id: TAPS}
    phone.goto(clinic.sheet(TAPS.id))
    question = group(phone, "How sure?")
    question.get_by_label("Or give the exact number").fill("75")
    clear(question).click()
    expect(question.get_by_label("Or give the exact number")).to_have_value("")
    expect(clear(question)).to_be_hidden()


def test_it_works_in_a_new_row_and_from_the_keyboard(desktop: Page, clinic: Any) -> None:
    clinic.forms = {TAPS.id: TAPS}
    desktop.goto(clinic.sheet(TAPS.id))
    desktop.get_by_label("Step?").fill("The door")
    desktop.get_by_role("button", name="Add another step").click()
    question = desktop.get_by_role("group", name="How hard?").nth(1)
    question.get_by_label("3", exact=True).focus()
    desktop.keyboard.press("Space")
    desktop.keyboard.press("Tab")
    expect(question.get_by_role("button", name=CLEAR)).to_be_focused()
    desktop.keyboard.press("Enter")
    expect(question.get_by_label("3", exact=True)).not_to_be_checked()
    expect(question.get_by_label("0", exact=True)).to_be_focused()
    expect(question.get_by_label("0", exact=True)).not_to_be_checked()


def test_nothing_moves_when_the_words_come(phone: Page, clinic: Any) -> None:
    clinic.forms = {TAPS.id: TAPS}
    phone.goto(clinic.sheet(TAPS.id))
    before = phone.evaluate("document.documentElement.scrollHeight")
    for ask, choice in (("Where?", "Often"), ("How afraid?", "7"), ("Monday", "Often"), ("How hard?", "3")):
        group(phone, ask).get_by_label(choice, exact=True).check()
    assert phone.evaluate("document.documentElement.scrollHeight") == before


def test_a_script_that_fails_leaves_the_plain_way(phone: Page, clinic: Any) -> None:
    clinic.forms = {TAPS.id: TAPS}
    clinic.without = "hw-actions"  # the script needs it
    phone.goto(clinic.sheet(TAPS.id))
    group(phone, "Alone?").get_by_label("Yes").check()
    expect(group(phone, "Alone?").locator("label.hw-clear input")).to_have_attribute("name", "alone")
    clear(group(phone, "Alone?")).click()
    expect(group(phone, "Alone?").get_by_label("Yes")).not_to_be_checked()
