"""Conditions, typed answers, and whether the question is then asked."""

from __future__ import annotations

from typing import NamedTuple

from site_builder.forms.language.form import parse_blocks
from site_builder.forms.language.yaml_tree import Block
from site_builder.forms.model.definition import Form

Typed = dict[str, str | list[str]]  # by wire name; several for a question with several choices


class Case(NamedTuple):
    """`when` is the condition of the question, or of its part (`of_part`).

    With `row`, the question is in the repeat and looked for in that row.
    """

    name: str
    when: str
    typed: Typed
    asked: bool
    row: int | None = None
    of_part: bool = False


CASES = [
    Case("nothing is typed", "{practised: yes}", {}, False),
    Case("yes is yes", "{practised: yes}", {"practised": "yes"}, True),
    Case("no is not yes", "{practised: yes}", {"practised": "no"}, False),
    Case("a code is equal", "{often: 2}", {"often": "2"}, True),
    Case("another code is not", "{often: 2}", {"often": "1"}, False),
    Case("one of two", "{often: [1, 3]}", {"often": "3"}, True),
    Case("none of two", "{often: [1, 3]}", {"often": "2"}, False),
    Case("one of, in full", "{often: {one_of: [0, 1]}}", {"often": "0"}, True),
    Case("a number code is at least", "{often: {at_least: 2}}", {"often": "3"}, True),
    Case("a number code is less", "{often: {at_least: 2}}", {"often": "1"}, False),
    Case("a code of several", "{places: home}", {"places": ["work", "home"]}, True),
    Case("no such code of several", "{places: home}", {"places": ["work"]}, False),
    Case("one of several codes of several", "{places: [home, out]}", {"places": ["work", "out"]}, True),
    Case("a rating at the limit", "{before: {at_least: 50}}", {"before": "50"}, True),
    Case("a rating just below", "{before: {at_least: 50}}", {"before.exact": "49"}, False),
    Case("the exact number wins over the cell", "{before: {at_least: 50}}", {"before.exact": "70"}, True),
    Case("at most", "{before: {at_most: 20}}", {"before.exact": "20"}, True),
    Case("not at most", "{before: {at_most: 20}}", {"before.exact": "21"}, False),
    Case("between two limits", "{before: {at_least: 20, at_most: 40}}", {"before": "30"}, True),
    Case("outside of two limits", "{before: {at_least: 20, at_most: 40}}", {"before": "50"}, False),
    Case("no answer is not at most", "{before: {at_most: 20}}", {}, False),
    Case("nought is an answer", "{before: {at_most: 20}}", {"before": "0"}, True),
    Case("nought is answered", "{before: {answered: true}}", {"before": "0"}, True),
    Case("a rating is equal", "{before: 60}", {"before": "60"}, True),
    Case("a number with a comma", "{cups: {at_least: 1.5}}", {"cups": "1,5"}, True),
    Case("a number with a point", "{cups: {at_least: 1.5}}", {"cups": "1.4"}, False),
    Case("a number with noughts and spaces is equal", "{cups: 2}", {"cups": " 2.0 "}, True),
    Case("a negative number", "{cups: {at_most: -1}}", {"cups": "-2"}, True),
    Case("a duration counts in minutes", "{slept: {at_least: 90}}", {"slept.hours": "1", "slept.minutes": "30"}, True),
    Case("a duration with hours alone", "{slept: {at_least: 90}}", {"slept.hours": "1"}, False),
    Case("text is answered", "{note: {answered: yes}}", {"note": "x"}, True),
    Case("spaces are no answer", "{note: {answered: yes}}", {"note": "  "}, False),
    Case("text is not answered", "{note: {answered: no}}", {}, True),
    Case("a day is answered", "{day: {answered: true}}", {"day": "2026-03-09"}, True),
    Case("a row of a matrix", "{q2: {at_least: 2}}", {"week.q2": "2"}, True),
    Case("another row of a matrix", "{q2: {at_least: 2}}", {"week.q1": "3"}, False),
    Case("two conditions hold", "{practised: yes, before: {at_least: 50}}", {"practised": "yes", "before": "80"}, True),
    Case("one of two conditions holds", "{practised: yes, before: {at_least: 50}}", {"practised": "yes"}, False),
    Case("what waits for a question that is asked", "{how: {answered: true}}", {"practised": "yes", "how": "x"}, True),
    Case("what waits for one that is not", "{how: {answered: true}}", {"practised": "no", "how": "x"}, False),
    Case("not answered because it is not asked", "{how: {answered: false}}", {"practised": "no", "how": "x"}, True),
    Case("its own row", "{kind: bad}", {"steps.0.kind": "bad"}, True, 0),
    Case("not another row", "{kind: bad}", {"steps.0.kind": "bad", "steps.1.kind": "good"}, False, 1),
    Case("the form around the row", "{practised: yes}", {"practised": "yes", "steps.0.kind": "good"}, True, 0),
    Case("row and form", "{practised: yes, kind: bad}", {"practised": "no", "steps.0.kind": "bad"}, False, 0),
    Case("a row's own name comes first", "{note: {answered: true}}", {"note": "x", "steps.0.kind": "bad"}, False, 0),
    Case("any: the first holds", "{any: [{practised: yes}, {often: 3}]}", {"practised": "yes"}, True),
    Case("any: the second holds", "{any: [{practised: yes}, {often: 3}]}", {"often": "3"}, True),
    Case("any: neither holds", "{any: [{practised: yes}, {often: 3}]}", {"practised": "no", "often": "2"}, False),
    Case("any: nothing is typed", "{any: [{practised: yes}, {often: 3}]}", {}, False),
    Case("any: a limit", "{any: [{practised: yes}, {often: {at_least: 3}}]}", {"often": "3"}, True),
    Case("any, as names side by side", "{any: {practised: yes, often: 3}}", {"often": "3"}, True),
    Case("any, as names, and neither", "{any: {practised: yes, often: 3}}", {"often": "0"}, False),
    Case("any: a group of two, half", "{any: [{practised: yes, often: 3}, {cups: 9}]}", {"practised": "yes"}, False),
    Case("any: a group of two", "{any: [{practised: yes, often: 3}]}", {"practised": "yes", "often": "3"}, True),
    Case("any, and one more beside it", "{often: 1, any: [{practised: yes}, {cups: 2}]}", {"cups": "2"}, False),
    Case("any, and the one beside it", "{often: 1, any: {practised: yes, cups: 2}}", {"cups": "2", "often": "1"}, True),
    Case("not: it is", "{not: {practised: yes}}", {"practised": "yes"}, False),
    Case("not: it is something else", "{not: {practised: yes}}", {"practised": "no"}, True),
    Case("not: nothing is typed", "{not: {practised: yes}}", {}, True),
    Case("not, and answered", "{not: {practised: yes}, practised: {answered: true}}", {}, False),
    Case("not this code", "{often: {not: 3}}", {"often": "3"}, False),
    Case("another than this code", "{often: {not: 3}}", {"often": "2"}, True),
    Case("not this code, and nothing is typed", "{often: {not: 3}}", {}, True),
    Case("not this code, and answered", "{often: {not: 3, answered: true}}", {}, False),
    Case("not one of, as a list", "{often: {not: [0, 1]}}", {"often": "1"}, False),
    Case("not one of, in full", "{often: {not: {one_of: [0, 1]}}}", {"often": "2"}, True),
    Case("not at least", "{often: {not: {at_least: 2}}}", {"often": "2"}, False),
    Case("not a code of several", "{places: {not: home}}", {"places": ["work", "home"]}, False),
    Case("not among several", "{places: {not: home}}", {"places": ["work"]}, True),
    Case("neither: one of them", "{not: [{practised: yes}, {often: 3}]}", {"often": "3"}, False),
    Case("neither: none of them", "{not: [{practised: yes}, {often: 3}]}", {"often": "2"}, True),
    Case("not both: one of them", "{not: [{practised: yes, often: 3}]}", {"often": "3"}, True),
    Case("not both: both", "{not: [{practised: yes, often: 3}]}", {"practised": "yes", "often": "3"}, False),
    Case("not any: one of them", "{not: {any: [{practised: yes}, {often: 3}]}}", {"practised": "yes"}, False),
    Case("not any: none of them", "{not: {any: [{practised: yes}, {often: 3}]}}", {"practised": "no"}, True),
    Case("any with a not", "{any: [{not: {practised: yes}}, {often: 3}]}", {"practised": "yes", "often": "3"}, True),
    Case("any of what is not asked", "{any: [{how: {answered: true}}, {often: 3}]}", {"how": "x"}, False),
    Case("not what is not asked", "{not: {how: {answered: true}}}", {"practised": "no", "how": "x"}, True),
    Case("any: the row or the form", "{any: [{kind: bad}, {practised: yes}]}", {"steps.0.kind": "bad"}, True, 0),
    Case("any: another row", "{any: {kind: bad}}", {"steps.0.kind": "bad", "steps.1.kind": "good"}, False, 1),
    Case("not in its own row", "{not: {kind: bad}}", {"steps.0.kind": "bad", "steps.1.kind": "good"}, True, 1),
    Case("any, of a row of a matrix", "{any: [{q2: {at_least: 2}}, {q1: 3}]}", {"week.q1": "3"}, True),
    Case("a part that is asked", "{practised: yes}", {"practised": "yes"}, True, of_part=True),
    Case("a part that is not asked", "{practised: yes}", {"practised": "no"}, False, of_part=True),
    Case("a part, for any answer of several", "{any: [{often: 3}, {q1: 3}]}", {"week.q1": "3"}, True, of_part=True),
    Case("a part, unless", "{not: {often: 3}}", {"often": "3"}, False, of_part=True),
    Case("a row's own name is answered", "{note: {answered: true}}", {"steps.0.note": "x"}, True, 0),
]

_FORM = """\
form: waiting
fields:
  practised: {{ask: Did you practise?, type: yes no}}
  how: {{ask: How did it go?, when: {{practised: yes}}}}
  often: {{ask: How often?, type: choice, choices: {{0: Never, 1: Some days, 2: Most days, 3: Every day}}}}
  places: {{ask: Where?, type: choices, choices: {{home: At home, work: At work, out: Out}}}}
  before: {{ask: How strong?, type: rating, from: 0, to: 100}}
  cups: {{ask: How many cups?, type: number, decimals: 1}}
  slept: {{ask: How long did you sleep?, type: duration}}
  note: A note?
  other: Anything else?
  day: {{ask: Which day?, type: date}}
  week: {{ask: This week?, type: matrix, choices: {{0: No, 1: A bit, 2: Some, 3: Much}}, rows: {{q1: Tense, q2: Low}}}}
  steps:
    ask: Which steps?
    type: repeat
    called: step
    of:
      kind: {{ask: How was it?, type: choice, choices: {{good: Good, bad: Bad}}}}
      note: A note about it?
{inner}
{outer}
"""


def waiting_form() -> Form:
    """Return one form with the question of every case in it: then_0, then_1, …"""
    inner: list[str] = []
    outer: list[str] = []
    parts: list[Block] = []
    for number, case in enumerate(CASES):
        line = f'then_{number}: {{ask: "{case.name}", when: {case.when}}}'
        if case.of_part:
            text = f'title: A part\nwhen: {case.when}\nfields:\n  then_{number}: "{case.name}"\n'
            parts.append(Block(text, 1000 * (1 + len(parts))))
        else:
            (outer if case.row is None else inner).append(line)
    text = _FORM.format(
        inner="\n".join(f"      {line}" for line in inner), outer="\n".join(f"  {line}" for line in outer)
    )
    return parse_blocks([Block(text, 1), *parts], page="cases", title="Waiting")


def wire_name(case: Case) -> str:
    """Return the wire name of a case's question."""
    name = f"then_{CASES.index(case)}"
    return name if case.row is None else f"steps.{case.row}.{name}"
