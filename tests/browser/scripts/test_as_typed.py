"""What is typed is read in the page as on the server, and what cannot be meant is said before it is sent."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from site_builder.forms.answering.answers import from_pairs, read_answers
from site_builder.forms.model.days import TOO_EARLY, TOO_LATE
from site_builder.forms.model.definition import Form, Section
from site_builder.forms.model.fields import Date, LongText, Number, Rating, Repeat, Text
from site_builder.forms.model.numbers import IN_DOUBT
from tests.cases import dates, numbers, texts

pytestmark = pytest.mark.browser

TYPED = Form(
    id="typed",
    version=1,
    title="As typed",
    sections=(
        Section(
            (
                Number(id="steps", ask="How many steps?", at_least=0, at_most=20_000),
                Number(id="balance", ask="What is left?", decimals=2),
                Rating(id="fear", ask="How afraid?", highest=100),
                Date(id="day", ask="Which day?"),
                Date(id="next", ask="When again?", future=True),
                Text(id="word", ask="One word?", required=True),
                LongText(id="more", ask="And more?", max_length=10),
                Repeat(id="walks", ask="Which walks?", called="walk", of=(Date(id="on", ask="When was it?"),)),
            )
        ),
    ),
)
READ = """async ([module, name, rows]) => {
  const read = (await import(`/assets/homeward/${module}.js`))[name];
  return rows.map((row) => read(...row));
}"""


@pytest.fixture
def typed(phone: Page, clinic: Any) -> Page:
    clinic.forms = {TYPED.id: TYPED}
    phone.goto(clinic.sheet(TYPED.id))
    return phone


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Continue").click()


def as_read(readings: list[Any]) -> list[tuple[float | None, str]]:
    return [((each or {}).get("number"), (each or {}).get("problem", "")) for each in readings]


def test_every_number_is_read_as_on_the_server(typed: Page) -> None:
    rows = [[case.typed, case.field.limits._asdict()] for case in numbers.CASES]
    readings = typed.evaluate(READ, ["numbers", "readNumber", rows])
    assert as_read(readings) == [(case.stored, case.problem) for case in numbers.CASES]


def test_every_length_of_time_is_read_as_on_the_server(typed: Page) -> None:
    rows = [[case.hours, case.minutes] for case in numbers.LENGTHS]
    readings = typed.evaluate(READ, ["numbers", "readLength", rows])
    assert as_read(readings) == [(case.stored, case.problem) for case in numbers.LENGTHS]


def test_every_day_of_a_date_picker_is_judged_as_on_the_server(typed: Page) -> None:
    cases = [case for case in dates.cases() if case.picked]
    problems = typed.evaluate(READ, ["days", "problemOfDay", [[case.typed, case.future] for case in cases]])
    assert problems == [case.problem for case in cases]


def test_every_text_is_an_answer_or_none_as_on_the_server(typed: Page) -> None:
    seen = typed.evaluate(READ, ["texts", "isVisible", [[case.typed] for case in texts.CASES]])
    assert [bool(each) for each in seen] == [case.stored is not None for case in texts.CASES]


def test_a_number_in_doubt_is_said_at_once(typed: Page) -> None:
    typed.get_by_label("One word?").fill("Well")
    typed.get_by_label("How many steps?").fill("10,000")
    typed.get_by_label("Or give the exact number").fill("1,000")
    go_on(typed)
    alert = typed.get_by_role("alert")
    expect(alert.get_by_role("link", name=f"How many steps? {IN_DOUBT}")).to_be_visible()
    expect(alert.get_by_role("link", name=f"How afraid? {IN_DOUBT}")).to_be_visible()


def test_figures_of_any_script_are_shown_as_they_are_read_and_sent(typed: Page, clinic: Any) -> None:
    typed.get_by_label("One word?").fill("Well")
    typed.get_by_label("How many steps?").fill("٣٠")
    typed.get_by_label("What is left?").fill("−1 234,5")
    typed.get_by_label("Or give the exact number").fill("６５")
    go_on(typed)
    answers = typed.locator(".hw-check .hw-answers__answer").all_inner_texts()
    assert answers[:3] == ["30", "-1234.5", "65 of 100"]
    typed.get_by_role("button", name="Send to my therapist").click()
    expect(typed.get_by_role("heading", name="It has arrived")).to_be_visible()
    stored = read_answers(TYPED, from_pairs(TYPED, clinic.posted[0]))
    assert (stored["steps"], stored["balance"], stored["fear"]) == (30, -1234.5, 65)


def test_the_cell_of_a_rating_follows_the_figures(typed: Page) -> None:
    typed.get_by_label("Or give the exact number").fill("٤٠")
    expect(typed.get_by_label("40", exact=True)).to_be_checked()


@pytest.mark.parametrize(
    ("ask", "keyboard"), [("How many steps?", "numeric"), ("What is left?", "text"), ("exact number", "numeric")]
)
def test_a_keyboard_has_the_minus_that_an_answer_needs(typed: Page, ask: str, keyboard: str) -> None:
    assert typed.get_by_label(ask).get_attribute("inputmode") == keyboard


def test_nothing_visible_is_no_answer_to_a_required_question(typed: Page) -> None:
    typed.get_by_label("One word?").fill("\u2800\u200b")
    typed.get_by_label("How many steps?").fill("3")
    go_on(typed)
    expect(typed.get_by_role("alert")).to_contain_text("One word? Answer this question")


def test_a_day_that_cannot_be_meant_is_said_at_once(typed: Page) -> None:
    typed.get_by_label("One word?").fill("Well")
    typed.get_by_label("Which day?").fill("0026-11-24")
    typed.get_by_label("When again?").fill(dates.years_on(1))
    go_on(typed)
    expect(typed.get_by_role("alert").get_by_role("link")).to_have_text([f"Which day? {TOO_EARLY}"])
    typed.get_by_label("Which day?").fill(dates.years_on(1))
    go_on(typed)
    expect(typed.get_by_role("alert").get_by_role("link")).to_have_text([f"Which day? {TOO_LATE}"])


def test_a_date_picker_ends_with_today_also_in_a_new_row(typed: Page) -> None:
    typed.get_by_role("button", name="Add another walk").click()
    latest = [each.get_attribute("max") for each in typed.locator("input[type=date]").all()]
    assert latest == [dates.today(), "2100-12-31", dates.today(), dates.today()]


def test_what_the_browser_lets_in_the_server_does(typed: Page, clinic: Any) -> None:
    """A browser counts a line break as one and an emoji as two, the server each as one: never more."""
    typed.get_by_label("One word?").fill("Well")
    typed.get_by_label("And more?").press_sequentially("a\nb\nc\nd\ne\nf")
    go_on(typed)
    typed.get_by_role("button", name="Send to my therapist").click()
    expect(typed.get_by_role("heading", name="It has arrived")).to_be_visible()
    assert read_answers(TYPED, from_pairs(TYPED, clinic.posted[0]))["more"] == "a\nb\nc\nd\ne\n"
