"""Computed values have columns beside the answers; questions that were not asked stay empty."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from site_builder.forms.language.form import parse_blocks
from site_builder.forms.language.yaml_tree import Block
from site_builder.forms.model.definition import Form

if TYPE_CHECKING:
    from tests.collector.caseload.conftest import Clinic

DIARY = """\
form: diary
version: {version}
fields:
  to_bed: {{ask: To bed?, type: time}}
  got_up: {{ask: Up?, type: time}}
  awake: {{ask: How long *awake*?, type: {awake}}}
computed:
  in_bed: {{label: Time in bed, time between: [to_bed, got_up]}}
  asleep: {{label: Sleep, {formula}: [in_bed, awake]}}
  efficiency: {{label: Sleep efficiency, ratio: [asleep, in_bed]}}
"""


def diary(version: int = 1, awake: str = "duration", formula: str = "minus") -> Form:
    text = textwrap.dedent(DIARY.format(version=version, awake=awake, formula=formula))
    return parse_blocks([Block(text, 1)], page="diary.md", title="Diary")


def test_each_computed_value_has_its_own_column(clinic: Clinic) -> None:
    form = diary()
    clinic.publish(form)
    clinic.send(form, {"to_bed": "23:00", "got_up": "07:00", "awake": 100})
    clinic.send(form, {"to_bed": "23:00"})
    values = clinic.rows("SELECT in_bed, asleep, efficiency FROM diary ORDER BY received")
    assert [tuple(row.values()) for row in values] == [(480, 380, 79.2), (None, None, None)]
    assert [row["answered"] for row in clinic.rows("SELECT answered FROM submissions ORDER BY received")] == [3, 1]


def test_computed_values_are_in_the_data_dictionary(clinic: Clinic) -> None:
    clinic.publish(form := diary())
    clinic.send(form, {"to_bed": "23:00"})
    question = clinic.row("SELECT ask, hint, type FROM questions WHERE field = 'asleep'")
    assert question == {"ask": "Sleep", "hint": "minus: in_bed, awake · In minutes", "type": "computed"}
    assert clinic.row("SELECT ask FROM questions WHERE field = 'awake'") == {"ask": "How long awake?"}


def test_a_changed_formula_gets_a_new_column_and_so_do_values_computed_from_it(clinic: Clinic) -> None:
    for form in (diary(), diary(2, formula="sum")):
        clinic.publish(form)
        clinic.send(form, {"to_bed": "23:00", "got_up": "07:00", "awake": 100})
    values = clinic.rows("SELECT in_bed, asleep, efficiency, asleep_v2, efficiency_v2 FROM diary ORDER BY received")
    assert [tuple(row.values()) for row in values] == [(480, 380, 79.2, None, None), (480, None, None, 580, 120.8)]


NIGHTS = """\
form: week
version: {version}
fields:
  nights:
    ask: Which nights?
    type: repeat
    called: night
    of:
      to_bed: {{ask: To bed?, type: time}}
      got_up: {{ask: Up?, type: time}}
      awake: {{ask: Awake?, type: duration}}
      note: A note?
    computed:
      in_bed: {{label: Time in bed, time between: [to_bed, got_up]}}
      asleep: {{label: Sleep, {formula}: [in_bed, awake]}}
      efficiency: {{label: Sleep efficiency, ratio: [asleep, in_bed]}}
"""


def nights(version: int = 1, formula: str = "minus") -> Form:
    return parse_blocks([Block(NIGHTS.format(version=version, formula=formula), 1)], page="week.md", title="Week")


def test_each_computed_value_of_a_row_has_its_own_column(clinic: Clinic) -> None:
    form = nights()
    clinic.publish(form)
    first = {"to_bed": "23:00", "got_up": "07:00", "awake": 100}
    clinic.send(form, {"nights": [first, {"to_bed": "22:30", "got_up": "06:30"}, {"note": "slept elsewhere"}]})
    values = clinic.rows('SELECT in_bed, asleep, efficiency FROM week_nights ORDER BY "row"')
    assert [tuple(row.values()) for row in values] == [(480, 380, 79.2), (480, None, None), (None, None, None)]
    assert clinic.row("SELECT answered FROM submissions") == {"answered": 1}


def test_the_computed_values_of_a_row_are_in_the_data_dictionary(clinic: Clinic) -> None:
    clinic.publish(form := nights())
    clinic.send(form, {"nights": [{"to_bed": "23:00"}]})
    question = clinic.row("SELECT * FROM questions WHERE field = 'nights.asleep'")
    expected = {"table": "week_nights", "column": "asleep", "ask": "Sleep", "type": "computed"}
    assert expected.items() <= question.items()
    assert question["hint"] == "minus: in_bed, awake · In minutes"


def test_a_changed_formula_of_a_row_gets_a_new_column(clinic: Clinic) -> None:
    for form in (nights(), nights(2, "sum")):
        clinic.publish(form)
        clinic.send(form, {"nights": [{"to_bed": "23:00", "got_up": "07:00", "awake": 100}]})
    values = clinic.rows("SELECT in_bed, asleep, asleep_v2 FROM week_nights ORDER BY received")
    assert [tuple(row.values()) for row in values] == [(480, 380, None), (480, None, 580)]


def test_a_computed_value_of_a_row_cannot_be_submitted(clinic: Clinic) -> None:
    form = nights()
    clinic.publish(form)
    clinic.send(form, {"nights": [{"to_bed": "23:00", "in_bed": 5}]})
    assert "does not ask" in clinic.row("SELECT problem FROM problems")["problem"]


def test_a_mean_keeps_its_decimals(clinic: Clinic) -> None:
    text = """\
form: mood
fields:
  before: {ask: Before?, type: rating}
  after: {ask: After?, type: rating}
computed:
  on_average: {label: On average, mean: [before, after]}
"""
    form = parse_blocks([Block(text, 1)], page="mood.md", title="Mood")
    clinic.publish(form)
    clinic.send(form, {"before": 3, "after": 4})
    assert clinic.row("SELECT on_average FROM mood") == {"on_average": 3.5}


def test_a_changed_unit_of_an_input_gets_a_new_column(clinic: Clinic) -> None:
    for form in (diary(), diary(2, awake="number, unit: minutes, decimals: 1")):
        clinic.publish(form)
        clinic.send(form, {"to_bed": "23:00", "got_up": "07:00", "awake": 100})
    assert {"awake_v2", "asleep_v2", "efficiency_v2"} <= set(clinic.columns("diary"))
    assert "in_bed_v2" not in clinic.columns("diary")


def test_a_value_stays_in_its_column_when_its_input_is_renamed(clinic: Clinic) -> None:
    text = textwrap.dedent(DIARY.format(version=1, awake="duration", formula="minus"))
    renamed = text.replace("awake: {ask", "lay_awake: {was: awake, ask").replace(
        "[in_bed, awake]", "[in_bed, lay_awake]"
    )
    later = parse_blocks([Block(renamed, 1)], page="diary.md", title="Diary")
    for form, awake in ((diary(), "awake"), (later, "lay_awake")):
        clinic.publish(form)
        clinic.send(form, {"to_bed": "23:00", "got_up": "07:00", awake: 100})
    values = clinic.rows("SELECT awake, asleep, efficiency FROM diary")
    assert [tuple(row.values()) for row in values] == [(100, 380, 79.2)] * 2
    assert not [column for column in clinic.columns("diary") if "_v" in column]


def test_a_criterion_with_a_changed_rule_gets_a_new_name(clinic: Clinic) -> None:
    text = """\
form: mood
version: {version}
licence: Made up for a test.
criteria:
  low: {{counts_from: {counts_from}, clusters: {{a: {{items: [sad, tired], needs: 1}}}}}}
fields:
  sad: {{ask: Sad?, type: rating}}
  tired: {{ask: Tired?, type: rating}}
"""
    for version, counts_from in ((1, 3), (2, 3), (3, 8)):
        words = text.format(version=version, counts_from=counts_from)
        form = parse_blocks([Block(words, 1)], page="mood.md", title="Mood")
        clinic.publish(form)
        clinic.send(form, {"sad": 5, "tired": 5})
    verdicts = clinic.rows("SELECT criterion, met FROM criteria ORDER BY received")
    assert [tuple(row.values()) for row in verdicts] == [("low", 1), ("low", 1), ("low_v3", 0)]
    clusters = clinic.rows("SELECT DISTINCT version, criterion FROM clusters ORDER BY version")
    assert [tuple(row.values()) for row in clusters] == [(1, "low"), (2, "low"), (3, "low_v3")]


def test_reversing_an_item_makes_a_new_criterion(clinic: Clinic) -> None:
    text = """\
form: mood
version: {version}
licence: Made up for a test.
criteria:
  low: {{counts_from: 3, {reversed}clusters: {{a: {{items: [sad, tired], needs: 1}}}}}}
fields: {{sad: {{ask: Sad?, type: rating}}, tired: {{ask: Tired?, type: rating}}}}
"""
    for version, turned in ((1, ""), (2, "reversed: [sad], ")):
        words = text.format(version=version, reversed=turned)
        form = parse_blocks([Block(words, 1)], page="mood.md", title="Mood")
        clinic.publish(form)
        clinic.send(form, {"sad": 10, "tired": 0})
    verdicts = clinic.rows("SELECT criterion, met FROM criteria ORDER BY received")
    assert [tuple(row.values()) for row in verdicts] == [("low", 1), ("low_v2", 0)]


def test_a_computed_value_cannot_be_submitted(clinic: Clinic) -> None:
    form = diary()
    clinic.publish(form)
    clinic.send(form, {"to_bed": "23:00", "in_bed": 5})
    assert "does not ask" in clinic.row("SELECT problem FROM problems")["problem"]
