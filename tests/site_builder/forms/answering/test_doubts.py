"""What is unlikely is asked about; what lies over a change of the clocks is marked."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from site_builder.forms.answering.clock import BY_THE_CLOCK, is_changed
from site_builder.forms.answering.doubts import doubts, is_a_year_ago, is_unlikely
from site_builder.forms.html.sent import render_answers
from site_builder.forms.language.form import parse_blocks
from site_builder.forms.language.yaml_tree import Block
from tests.cases import lengths

NIGHT = parse_blocks(
    [
        Block(
            """\
form: night
fields:
  day: {ask: Which *morning* is this?, type: date}
  to_bed: {ask: To bed?, type: time}
  got_up: {ask: Up?, type: time}
  awake: {ask: Awake?, type: duration}
  naps:
    ask: Naps?
    type: repeat
    of:
      asleep: {ask: Asleep?, type: time}
      awake_again: {ask: Awake again?, type: time}
    computed:
      nap: {label: Nap, time between: [asleep, awake_again]}
computed:
  in_bed: {label: Time in bed, time between: [to_bed, got_up]}
  asleep_for: {label: Sleep, minus: [in_bed, awake]}
  efficiency: {label: Sleep efficiency, ratio: [asleep_for, in_bed]}
""",
            1,
        )
    ],
    page="night.md",
    title="Night",
)
BERLIN = ZoneInfo(lengths.ZONE)


@pytest.mark.parametrize("case", lengths.CHANGES, ids=repr)
def test_a_night_of_the_clock_change_is_known(case: lengths.Change) -> None:
    assert is_changed(case.day, [case.start, case.end], BERLIN) == case.changed


@pytest.mark.parametrize(("minutes", "unlikely"), lengths.UNLIKELY)
def test_a_long_time_in_bed_is_unlikely(minutes: int, unlikely: bool) -> None:
    assert is_unlikely(minutes) == unlikely


def test_a_day_about_a_year_ago_is_likely_a_slip() -> None:
    assert [(day, is_a_year_ago(day)) for day, _ in lengths.days()] == lengths.days()


def test_am_for_pm_is_asked_about_and_a_night_is_not() -> None:
    assert doubts(NIGHT, {"to_bed": "11:15", "got_up": "07:00"}) == [("Time in bed", "19 h 45 min")]
    assert doubts(NIGHT, {"to_bed": "23:15", "got_up": "07:00"}) == []
    assert doubts(NIGHT, {"to_bed": "23:15"}) == []


def test_rows_and_days_are_asked_about_too() -> None:
    day = lengths.days()[4][0]
    answers = {"day": day, "naps": [{"asleep": "14:00", "awake_again": "14:00"}]}
    assert doubts(NIGHT, answers) == [
        ("Which morning is this?", f"{day} is about a year ago"),
        ("Nap", "0 min"),
    ]


ANSWERS = {"day": "2026-10-25", "to_bed": "23:00", "got_up": "07:00", "awake": 30}


def test_a_value_on_such_a_night_is_marked_with_all_that_is_made_of_it() -> None:
    shown = render_answers(NIGHT, ANSWERS, BERLIN)
    assert shown.count(BY_THE_CLOCK) == 3
    assert "8 h 0 min" in shown  # not worked out anew


def test_other_nights_zones_and_forms_are_not_marked() -> None:
    assert BY_THE_CLOCK not in render_answers(NIGHT, ANSWERS | {"day": "2026-10-20"}, BERLIN)
    assert BY_THE_CLOCK not in render_answers(NIGHT, ANSWERS, ZoneInfo("Asia/Tokyo"))
    assert BY_THE_CLOCK not in render_answers(NIGHT, ANSWERS)
    assert BY_THE_CLOCK not in render_answers(NIGHT, {"to_bed": "23:00", "got_up": "07:00"}, BERLIN)


def test_a_row_of_such_a_night_is_marked_by_the_day_of_the_form() -> None:
    naps = [{"asleep": "01:00", "awake_again": "04:00"}, {"asleep": "14:00", "awake_again": "14:30"}]
    shown = render_answers(NIGHT, {"day": "2026-10-25", "naps": naps}, BERLIN)
    assert shown.count(BY_THE_CLOCK) == 1
