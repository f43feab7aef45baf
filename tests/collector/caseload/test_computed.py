"""Values that are worked out have columns beside the answers, and questions that were not asked have none."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from site_builder.forms.definition import Form
from site_builder.forms.parsing import parse_blocks
from site_builder.forms.reading import Block

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


def test_values_stand_in_columns_of_their_own(clinic: Clinic) -> None:
    form = diary()
    clinic.publish(form)
    clinic.send(form, {"to_bed": "23:00", "got_up": "07:00", "awake": 100})
    clinic.send(form, {"to_bed": "23:00"})
    found = clinic.rows("SELECT in_bed, asleep, efficiency FROM diary ORDER BY received")
    assert [tuple(row.values()) for row in found] == [(480, 380, 79.2), (None, None, None)]
    assert [row["answered"] for row in clinic.rows("SELECT answered FROM submissions ORDER BY received")] == [3, 1]


def test_values_are_told_in_the_data_dictionary(clinic: Clinic) -> None:
    clinic.publish(form := diary())
    clinic.send(form, {"to_bed": "23:00"})
    told = clinic.row("SELECT ask, hint, type FROM questions WHERE field = 'asleep'")
    assert told == {"ask": "Sleep", "hint": "minus: in_bed, awake · In minutes", "type": "computed"}
    assert clinic.row("SELECT ask FROM questions WHERE field = 'awake'") == {"ask": "How long awake?"}


def test_another_formula_gets_a_column_of_its_own_and_so_does_all_that_is_made_of_it(clinic: Clinic) -> None:
    for form in (diary(), diary(2, formula="sum")):
        clinic.publish(form)
        clinic.send(form, {"to_bed": "23:00", "got_up": "07:00", "awake": 100})
    found = clinic.rows("SELECT in_bed, asleep, efficiency, asleep_v2, efficiency_v2 FROM diary ORDER BY received")
    assert [tuple(row.values()) for row in found] == [(480, 380, 79.2, None, None), (480, None, None, 580, 120.8)]


def test_other_units_in_what_it_is_made_of_make_another_column(clinic: Clinic) -> None:
    for form in (diary(), diary(2, awake="number, unit: minutes, decimals: 1")):
        clinic.publish(form)
        clinic.send(form, {"to_bed": "23:00", "got_up": "07:00", "awake": 100})
    assert {"awake_v2", "asleep_v2", "efficiency_v2"} <= set(clinic.columns("diary"))
    assert "in_bed_v2" not in clinic.columns("diary")


def test_a_value_cannot_be_sent(clinic: Clinic) -> None:
    form = diary()
    clinic.publish(form)
    clinic.send(form, {"to_bed": "23:00", "in_bed": 5})
    assert "does not ask" in clinic.row("SELECT problem FROM problems")["problem"]
