"""The browser's translation puts elements of its own in place of every text; the page works on all the same."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from site_builder.forms.language.form import parse_blocks
from site_builder.forms.language.yaml_tree import Block

pytestmark = pytest.mark.browser

# As Google Translate does it: each text goes, and two <font> elements with the new words come.
TRANSLATE = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) texts.push(walker.currentNode);
  for (const text of texts) {
    if (!text.data.trim() || text.parentElement.closest("script, style, template, textarea, font")) continue;
    const [outer, inner] = [document.createElement("font"), document.createElement("font")];
    outer.style.verticalAlign = inner.style.verticalAlign = "inherit";
    inner.textContent = `«${text.data}»`;
    outer.append(inner);
    text.replaceWith(outer);
  }
}"""
FEELINGS = parse_blocks(
    [
        Block(
            """\
form: feelings
title: What you felt
fields:
  start: {ask: From when?, type: time}
  end: {ask: Till when?, type: time}
  before: {ask: How tense?, type: rating}
  feelings:
    ask: What did you feel?
    type: repeat
    called: feeling
    of:
      feeling: Which feeling?
      now: {ask: How strong is it now?, type: rating, asked: last}
computed:
  length: {label: How long, time between: [start, end]}
""",
            1,
        ),
        Block("title: And now\nfields:\n  after: {ask: How tense now?, same_as: before}\n", 40),
    ],
    page="feelings.md",
    title="Feelings",
)


@pytest.fixture
def translated(phone: Page, clinic: Any) -> Page:
    clinic.forms = {FEELINGS.id: FEELINGS}
    phone.goto(clinic.sheet(FEELINGS.id))
    expect(phone.get_by_role("button", name="Continue")).to_be_visible()
    phone.evaluate(TRANSLATE)
    return phone


def late(page: Page) -> list[str]:
    """Return what the questions that are asked last are called by."""
    rows = page.locator(".hw-late__row:not([hidden]) .hw-called")
    return [words.strip("«»") for words in rows.all_text_contents()]


def test_questions_asked_last_are_called_by_what_is_typed(translated: Page) -> None:
    translated.get_by_label("Which feeling?").fill("Sad")
    assert late(translated) == ["Sad"]
    translated.evaluate(TRANSLATE)
    translated.get_by_label("Which feeling?").fill("Sad and tired")
    assert late(translated) == ["Sad and tired"]
    translated.get_by_role("button", name="Add another feeling").click()
    translated.evaluate(TRANSLATE)
    translated.get_by_label("Which feeling?").nth(1).fill("Angry")
    assert late(translated) == ["Sad and tired", "Angry"]


def test_rows_are_numbered_anew(translated: Page) -> None:
    translated.get_by_label("Which feeling?").fill("Sad")
    translated.get_by_role("button", name="Add another feeling").click()
    translated.get_by_label("Which feeling?").nth(1).fill("Angry")
    translated.evaluate(TRANSLATE)
    translated.get_by_role("button", name="Remove").first.click()
    expect(translated.locator(".hw-card > legend")).to_have_text("Feeling 1")
    assert late(translated) == ["Angry"]
    translated.evaluate(TRANSLATE)
    translated.get_by_role("button", name="Put it back").click()
    assert late(translated) == ["Sad", "Angry"]


def test_what_has_not_changed_stays_translated(translated: Page) -> None:
    translated.get_by_label("Which feeling?").fill("Sad")
    expect(translated.locator(".hw-progress__part")).to_have_text("«Part 1 of 2»")
    expect(translated.locator(".hw-card > legend").first).to_have_text("«Feeling 1»")


def test_values_and_earlier_answers_follow(translated: Page) -> None:
    translated.get_by_label("From when?").fill("09:00")
    translated.get_by_label("Till when?").fill("09:45")
    expect(translated.locator(".hw-computed__value")).to_have_text("45 min")
    translated.evaluate(TRANSLATE)
    translated.get_by_label("Till when?").fill("09:50")
    expect(translated.locator(".hw-computed__value")).to_have_text("50 min")
    tense = translated.get_by_role("group", name="How tense?")
    tense.get_by_label("7", exact=False).check()
    earlier = translated.locator(".hw-earlier__answer")
    expect(earlier).to_have_text("7 of 10")
    translated.evaluate(TRANSLATE)
    tense.get_by_label("8", exact=False).check()
    expect(earlier).to_have_text("8 of 10")


def test_the_sheet_is_checked_and_sent(translated: Page, clinic: Any) -> None:
    translated.get_by_label("Which feeling?").fill("Sad")
    translated.get_by_role("button", name="Continue").click()
    translated.evaluate(TRANSLATE)
    translated.get_by_role("button", name="Continue").click()
    translated.evaluate(TRANSLATE)
    expect(translated.locator(".hw-check")).to_contain_text("Sad")
    translated.get_by_role("button", name="Send to my therapist").click()
    expect(translated.get_by_role("heading", name="It has arrived")).to_be_visible()
    assert ("feelings.0.feeling", "Sad") in clinic.posted[0]
