"""Conditional questions, computed values and earlier answers behave in the page as on the server."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from site_builder.forms.answering.answers import from_pairs, read_answers
from site_builder.forms.language.form import parse_blocks
from site_builder.forms.language.yaml_tree import Block
from tests.cases import conditions, formulas

pytestmark = pytest.mark.browser

WAITING = conditions.waiting_form()
TYPE = """(typed) => {
  for (const [name, inputs] of Object.entries(typed)) {
    const rows = () => document.querySelectorAll("homeward-repeat > .hw-card").length;
    const row = name.match(/^steps\\.(\\d+)/);
    while (row && rows() <= Number(row[1])) document.querySelector(".hw-repeat__add").click();
    for (const value of [inputs].flat()) {
      const named = [...document.querySelectorAll(`[name="${name}"]`)];
      const control = named.find((one) => /radio|checkbox/.test(one.type) && one.value === value) ?? named[0];
      if (/radio|checkbox/.test(control.type)) control.click();
      else {
        control.value = value;
        control.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }
  }
}"""
IS_ASKED = """(name) => {
  const field = document.querySelector(`[data-field="${name}"]`);
  field.querySelector("input").value = "typed";
  const sent = new FormData(document.querySelector("form.hw-form")).getAll(name);
  return [!field.hidden, sent.includes("typed")];
}"""

DIARY = parse_blocks(
    [
        Block(text, 1 + 100 * number)
        for number, text in enumerate(
            (
                """\
form: diary
title: The night
fields:
  to_bed: {ask: When did you go to bed?, type: time}
  got_up: {ask: When did you get up?, type: time}
  awake: {ask: How long were you awake?, type: duration}
  worried: {ask: Did worry keep you awake?, type: yes no}
computed:
  in_bed: {label: Time in bed, time between: [to_bed, got_up]}
  asleep: {label: Sleep, minus: [in_bed, awake]}
  efficiency: {label: Sleep efficiency, ratio: [asleep, in_bed]}
""",
                """\
title: The worry
fields:
  strength: {ask: How strong was it?, type: rating, from: 0, to: 100, when: {worried: yes}}
  about: {ask: What was it about?, required: true, when: {worried: yes}}
""",
                """\
title: And now
fields:
  now: {ask: How strong is it *now*?, same_as: strength, when: {worried: yes}}
  note: Anything else?
""",
            )
        )
    ],
    page="diary.md",
    title="Diary",
)


STEPS = parse_blocks(
    [
        Block(
            """\
form: steps
fields:
  went: {ask: Did you go out?, type: yes no}
  cups: {ask: How many cups?, type: number}
  steps:
    ask: Which steps?
    type: repeat
    called: step
    when: {went: yes}
    of:
      step: Which step?
      fear: {ask: How afraid now?, type: number, required: true, asked: last, when: {cups: {at_least: 2}}}
  note: Anything else?
""",
            1,
        )
    ],
    page="steps.md",
    title="Steps",
)


@pytest.fixture
def waiting(phone: Page, clinic: Any) -> Page:
    clinic.forms = {WAITING.id: WAITING}
    phone.goto(clinic.sheet(WAITING.id))
    return phone


@pytest.fixture
def diary(phone: Page, clinic: Any) -> Page:
    clinic.forms = {DIARY.id: DIARY}
    phone.goto(clinic.sheet(DIARY.id))
    return phone


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Continue").click()


def test_every_case_is_decided_as_on_the_server(waiting: Page) -> None:
    wrong = []
    for case in conditions.CASES:
        waiting.reload()
        waiting.evaluate(TYPE, case.typed)
        shown, sent = waiting.evaluate(IS_ASKED, conditions.wire_name(case))
        if (shown, sent) != (case.asked, case.asked):
            wrong.append((case.name, shown, sent))
    assert wrong == []


@pytest.mark.parametrize("case", formulas.CASES, ids=[case.name for case in formulas.CASES])
def test_every_formula_has_the_same_result_as_on_the_server(waiting: Page, case: formulas.Case) -> None:
    value, words = waiting.evaluate(
        """async ([formula, unit, inputs]) => {
          const { compute, inWords } = await import("/assets/homeward/computed.js");
          const value = compute(formula, unit, inputs);
          return [value, value === null ? "" : inWords(value, unit)];
        }""",
        [case.formula, case.unit, case.inputs],
    )
    assert (value, words) == (case.value, case.words)


def test_a_part_without_questions_to_ask_is_skipped(diary: Page) -> None:
    diary.get_by_role("group", name="Did worry keep you awake?").get_by_label("No", exact=True).check()
    expect(diary.locator(".hw-progress__part")).to_have_text("Part 1 of 2")
    go_on(diary)
    expect(diary.get_by_role("heading", name="And now")).to_be_visible()
    expect(diary.locator(".hw-progress__part")).to_have_text("Part 2 of 2")
    expect(diary.get_by_label("How strong is it now?")).to_have_count(0)
    diary.get_by_role("button", name="Back").click()
    expect(diary.get_by_role("heading", name="The night")).to_be_visible()


def test_a_required_answer_is_missed_only_where_it_is_asked(diary: Page) -> None:
    diary.get_by_role("group", name="Did worry keep you awake?").get_by_label("Yes").check()
    go_on(diary)
    go_on(diary)
    expect(diary.get_by_role("alert")).to_contain_text("What was it about? Answer this question")


def test_the_earlier_answer_is_shown_beside_the_question_that_asks_again(diary: Page) -> None:
    diary.get_by_role("group", name="Did worry keep you awake?").get_by_label("Yes").check()
    go_on(diary)
    diary.get_by_label("Or give the exact number").first.fill("75")
    diary.get_by_label("What was it about?").fill("Work")
    go_on(diary)
    again = diary.get_by_role("group", name="How strong is it now?")
    expect(again.get_by_text("You answered before: 75 of 100")).to_be_visible()
    assert "earlier" in (again.get_attribute("aria-describedby") or "")


def test_computed_values_follow_the_answers_and_appear_in_the_check(diary: Page, clinic: Any) -> None:
    values = diary.locator(".hw-computed")
    expect(values).to_be_hidden()
    diary.get_by_label("When did you go to bed?").fill("23:00")
    diary.get_by_label("When did you get up?").fill("07:00")
    expect(values).to_have_text("Time in bed\n8 h 0 min", use_inner_text=True)
    diary.get_by_label("hours").fill("2")
    expect(values).to_contain_text("Sleep6 h 0 min")
    expect(values).to_contain_text("Sleep efficiency75 %")
    go_on(diary)
    go_on(diary)
    expect(diary.locator(".hw-check")).to_contain_text("Sleep efficiency75 %")
    expect(diary.locator(".hw-check")).not_to_contain_text("The worry")
    diary.get_by_role("button", name="Send").click()
    expect(diary.get_by_role("heading", name="It has arrived")).to_be_visible()
    (posted,) = clinic.posted
    answers = read_answers(DIARY, from_pairs(DIARY, posted))
    assert answers == {"to_bed": "23:00", "got_up": "07:00", "awake": 120}


def test_an_answer_comes_back_when_its_question_does(diary: Page) -> None:
    worried = diary.get_by_role("group", name="Did worry keep you awake?")
    worried.get_by_label("Yes").check()
    go_on(diary)
    diary.get_by_label("What was it about?").fill("Work")
    diary.get_by_role("button", name="Back").click()
    worried.get_by_label("No", exact=True).check()
    worried.get_by_label("Yes").check()
    go_on(diary)
    expect(diary.get_by_label("What was it about?")).to_have_value("Work")


def test_final_questions_about_rows_follow_the_rows(phone: Page, clinic: Any) -> None:
    clinic.forms = {STEPS.id: STEPS}
    phone.goto(clinic.sheet(STEPS.id))
    went = phone.get_by_role("group", name="Did you go out?")
    went.get_by_label("Yes").check()
    phone.get_by_label("How many cups?").fill("5")
    phone.get_by_label("Which step?").fill("The door")
    late = phone.get_by_label("The door: How afraid now?")
    expect(late).to_be_visible()
    phone.get_by_label("How many cups?").fill("1")  # while it is being typed, not when the field is left
    expect(late).to_be_hidden()
    phone.get_by_label("How many cups?").fill("2")
    expect(late).to_be_visible()
    went.get_by_label("No", exact=True).check()
    expect(late).to_be_hidden()
    go_on(phone)
    expect(phone.get_by_role("heading", name="Check your answers")).to_be_focused()
    expect(phone.locator(".hw-check")).not_to_contain_text("How afraid now?")


def test_without_script_every_question_says_when_it_is_asked(plain_phone: Page, clinic: Any) -> None:
    clinic.forms = {DIARY.id: DIARY}
    plain_phone.goto(clinic.sheet(DIARY.id))
    reason = "Only if you answered “Yes” to “Did worry keep you awake?”."
    expect(plain_phone.get_by_text(reason)).to_have_count(3)
    expect(plain_phone.get_by_label("What was it about?")).to_be_visible()


def test_a_blank_form_on_paper_has_every_question(diary: Page) -> None:
    diary.evaluate("dispatchEvent(new Event('beforeprint'))")
    diary.emulate_media(media="print")
    expect(diary.get_by_text("Only if you answered “Yes” to “Did worry keep you awake?”.").first).to_be_visible()
    expect(diary.get_by_label("What was it about?")).to_be_visible()
    diary.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(diary.get_by_label("What was it about?")).to_be_hidden()
