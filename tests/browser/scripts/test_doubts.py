"""What is unlikely is asked softly, once, and never stands in the way; a night of the clock change is marked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from site_builder.forms.answering.clock import BY_THE_CLOCK
from site_builder.forms.language.form import parse_blocks
from site_builder.forms.language.yaml_tree import Block
from tests.cases import lengths

pytestmark = pytest.mark.browser

NIGHT = parse_blocks(
    [
        Block(
            """\
form: night
fields:
  day: {ask: Which morning?, type: date}
  to_bed: {ask: To bed?, type: time}
  got_up: {ask: Up?, type: time}
  awake: {ask: Awake?, type: duration}
computed:
  in_bed: {label: Time in bed, time between: [to_bed, got_up]}
  asleep: {label: Sleep, minus: [in_bed, awake]}
""",
            1,
        )
    ],
    page="night.md",
    title="Night",
)
ASKED = "Is that right?"
READ = """async ([module, name, rows]) => {
  const read = (await import(`/assets/homeward/${module}.js`))[name];
  return rows.map((row) => read(...row));
}"""


@pytest.fixture
def night(contexts: Callable[..., BrowserContext], clinic: Any) -> Page:
    """The diary on a phone in Berlin."""
    page = contexts(viewport={"width": 390, "height": 844}, timezone_id=lengths.ZONE).new_page()
    clinic.forms = {NIGHT.id: NIGHT}
    page.goto(clinic.sheet(NIGHT.id))
    return page


def test_every_case_is_judged_as_on_the_server(night: Page) -> None:
    changes = [[case.day, [case.start, case.end]] for case in lengths.CHANGES]
    assert night.evaluate(READ, ["clock", "isChanged", changes]) == [case.changed for case in lengths.CHANGES]
    minutes = [[number] for number, _ in lengths.UNLIKELY]
    assert night.evaluate(READ, ["doubts", "isUnlikely", minutes]) == [unlikely for _, unlikely in lengths.UNLIKELY]
    days = lengths.days()
    assert night.evaluate(READ, ["doubts", "isAYearAgo", [[day] for day, _ in days]]) == [old for _, old in days]


def test_am_for_pm_is_asked_and_not_again_after_yes(night: Page, clinic: Any) -> None:
    night.get_by_label("To bed?").fill("23:00")
    night.get_by_label("Up?").fill("07:00")
    expect(night.get_by_text(ASKED)).to_have_count(0)
    night.get_by_label("To bed?").fill("11:15")
    expect(night.locator(".hw-computed").get_by_text(ASKED)).to_be_visible()
    night.get_by_role("button", name="Yes").click()
    expect(night.get_by_text(ASKED)).to_have_count(0)
    night.get_by_label("hours").fill("1")
    expect(night.get_by_text(ASKED)).to_have_count(0)
    night.get_by_role("button", name="Continue").click()
    expect(night.get_by_role("heading", name="Check your answers")).to_be_visible()
    expect(night.get_by_text(ASKED)).to_have_count(0)
    night.get_by_role("button", name="Back").click()
    night.get_by_label("To bed?").fill("11:10")
    expect(night.get_by_text(ASKED)).to_be_visible()


def test_a_doubt_never_stands_in_the_way(night: Page, clinic: Any) -> None:
    night.get_by_label("To bed?").fill("11:15")
    night.get_by_label("Up?").fill("07:00")
    night.get_by_role("button", name="Continue").click()
    expect(night.locator(".hw-check").get_by_text(f"19 h 45 min {ASKED}")).to_be_visible()
    night.get_by_role("button", name="Send to my therapist").click()
    expect(night.get_by_role("heading", name="It has arrived")).to_be_visible()
    assert ("to_bed", "11:15") in clinic.posted[0]


def test_last_years_number_is_asked_about(night: Page) -> None:
    night.get_by_label("Which morning?").fill(lengths.days()[4][0])
    expect(night.get_by_text(f"This is about a year ago. {ASKED}")).to_be_visible()
    night.get_by_role("button", name="Yes").click()
    expect(night.get_by_label("Which morning?")).to_be_focused()
    expect(night.get_by_text(ASKED)).to_have_count(0)


def test_a_night_of_the_clock_change_is_marked_and_not_worked_out_anew(night: Page) -> None:
    night.get_by_label("Which morning?").fill("2026-03-29")
    night.get_by_label("To bed?").fill("23:00")
    night.get_by_label("Up?").fill("07:00")
    night.get_by_label("hours").fill("1")
    values = night.locator(".hw-computed dd")
    expect(values).to_have_text([f"8 h 0 min ({BY_THE_CLOCK})", f"7 h 0 min ({BY_THE_CLOCK})"])
    night.get_by_role("button", name="Continue").click()
    expect(night.locator(".hw-check")).to_contain_text(f"8 h 0 min ({BY_THE_CLOCK})")
    night.get_by_role("button", name="Back").click()
    night.get_by_label("Which morning?").fill("2026-03-20")
    expect(values).to_have_text(["8 h 0 min", "7 h 0 min"])
