"""Help appears as soon as the part with a risk answer is left."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from site_builder.forms.answering.answers import to_pairs
from site_builder.forms.model.conditions import Condition
from tests.cases import alerts

pytestmark = pytest.mark.browser

RISK = "Thoughts of being better off dead"
HELP = "You can get help now"


def answer(page: Page, words: str) -> None:
    page.get_by_role("group", name=RISK).get_by_label(words).check()


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Continue").click()


def test_help_is_shown_and_focused_before_anything_is_sent(mood: Page, clinic: Any) -> None:
    mood.context.set_offline(True)
    answer(mood, "Several days")
    go_on(mood)
    panel = mood.get_by_role("region", name=HELP)
    expect(panel).to_be_focused()
    expect(panel.get_by_role("link", name="988")).to_be_visible()
    expect(panel).to_contain_text("Nobody reads your answers as they come in")
    expect(mood.get_by_role("heading", name="How hard it was")).to_be_visible()
    assert clinic.posted == []


def test_help_says_how_to_call_the_clinic_and_when(mood: Page) -> None:
    mood.context.set_offline(True)
    answer(mood, "Several days")
    go_on(mood)
    panel = mood.get_by_role("region", name=HELP)
    expect(panel.get_by_role("link", name="+44 (0)20 7946 0000")).to_have_attribute("href", "tel:+442079460000")
    expect(panel).to_contain_text("Elm Street Clinic")
    expect(panel).to_contain_text("Monday to Friday, 9:00 to 17:00")


def test_help_is_above_the_next_questions_and_traps_nobody(mood: Page) -> None:
    answer(mood, "More than half the days")
    go_on(mood)
    panel = mood.get_by_role("region", name=HELP).bounding_box()
    question = mood.get_by_role("group", name="How difficult?").bounding_box()
    assert panel is not None
    assert question is not None
    assert panel["y"] + panel["height"] <= question["y"]
    go_on(mood)
    expect(mood.get_by_role("heading", name="Check your answers")).to_be_focused()
    expect(mood.get_by_role("region", name=HELP)).to_be_visible()


@pytest.mark.parametrize("words", ["Not at all", ""])
def test_no_help_card_without_a_risk_answer(mood: Page, words: str) -> None:
    if words:
        answer(mood, words)
    go_on(mood)
    expect(mood.get_by_role("heading", name="How hard it was")).to_be_focused()
    expect(mood.get_by_role("region", name=HELP)).to_have_count(0)


def test_help_disappears_when_the_answer_is_changed(mood: Page) -> None:
    answer(mood, "Several days")
    go_on(mood)
    mood.go_back()
    answer(mood, "Not at all")
    go_on(mood)
    expect(mood.get_by_role("region", name=HELP)).to_have_count(0)


def test_help_is_shown_with_all_parts_on_one_page(mood: Page) -> None:
    mood.get_by_role("button", name="All on one page").click()
    answer(mood, "Several days")
    go_on(mood)
    expect(mood.get_by_role("region", name=HELP)).to_be_focused()
    expect(mood.get_by_role("heading", name="Check your answers")).to_be_visible()


CONDITIONS = [
    Condition("x", "equals", 1),
    Condition("x", "equals", "yes"),
    Condition("x", "one_of", (1, 2)),
    Condition("x", "at_least", 1),
    Condition("x", "at_least", 2.5),
    Condition("x", "at_most", 3),
    Condition("x", "answered", True),
    Condition("x", "answered", False),
]
ANSWERS = [None, "0", "1", "2", "3", "2.5", "10", "yes", "no", "-1"]


def test_a_condition_means_the_same_in_the_page_and_on_the_server(phone: Page, clinic: Any) -> None:
    phone.goto(clinic.sheet("note"))
    cases = [(condition, answer) for condition in CONDITIONS for answer in ANSWERS]
    in_the_page = phone.evaluate(
        """async (cases) => {
            const { holds } = await import("/assets/homeward/conditions.js");
            return cases.map(([condition, answer]) => holds(condition, answer));
        }""",
        [[[c.field, c.test, c.value], answer] for c, answer in cases],
    )
    assert in_the_page == [condition.holds(answer) for condition, answer in cases]


def test_a_list_of_answers_raises_an_alert_if_one_of_them_does(phone: Page, clinic: Any) -> None:
    phone.goto(clinic.sheet("note"))
    assert phone.evaluate(
        "async () => (await import('/assets/homeward/conditions.js')).holds(['x', 'equals', 'a'], ['b', 'a'])"
    )


FILL = """async (pairs) => {
  const { Help } = await import("/assets/homeward/help.js");
  const form = document.querySelector("form.hw-form");
  for (const [name, value] of pairs) {
    const row = name.match(/^urges\\.(\\d+)/);
    const rows = () => document.querySelectorAll("homeward-repeat > .hw-card").length;
    while (row && rows() <= Number(row[1])) document.querySelector(".hw-repeat__add").click();
    const controls = (name) => [...document.querySelectorAll(`[name="${name}"]`)];
    const named = controls(name).length ? controls(name) : controls(name.replace(".exact", "")); // of a short rating
    const control = named.find((one) => /radio|checkbox/.test(one.type) && one.value === value) ?? named[0];
    if (/radio|checkbox/.test(control.type)) control.click();
    else {
      control.value = value;
      control.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
  return new Help(form, new AbortController().signal).leaving([form]) !== null;
}"""
ON_ANSWERS = [case for case in alerts.CASES if not case.form.alerting_scales]


@pytest.mark.parametrize("case", ON_ANSWERS, ids=lambda case: case.name)
def test_help_is_shown_in_the_page_when_the_server_raises_an_alert(phone: Page, clinic: Any, case: alerts.Case) -> None:
    clinic.forms = {case.form.id: case.form}
    phone.goto(clinic.sheet(case.form.id))
    assert phone.evaluate(FILL, list(to_pairs(case.form, dict(case.answers)))) == bool(case.raised)
