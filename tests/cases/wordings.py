"""A form as it was published, and edits of its words: what the author is message, and whether the column goes on."""

from __future__ import annotations

from typing import NamedTuple

from site_builder.forms.language.form import parse_blocks
from site_builder.forms.language.yaml_tree import Block
from site_builder.forms.model.definition import Form

PUBLISHED = """\
form: log
version: 1
fields:
  anger: {ask: Anger, type: rating, ends: [Calm, Furious]}
  note: {ask: What happened?, hint: Last week}
  often: {ask: How often?, type: choice, choices: {0: Never, 1: Now and then, 2: Daily}}
  places: {ask: Where?, type: choices, choices: {a: At home, b: At work}}
  felt:
    ask: Last week
    type: matrix
    choices: {0: Not at all, 1: A little, 2: Very}
    rows: {q1: Sad, q2: Tense}
  steps:
    ask: Steps of last week
    type: repeat
    of: {fear: {ask: How afraid were you?, type: rating}}
"""


class Case(NamedTuple):
    """`edits` are done one after the other, each published if nothing speaks against it; the last one is judged.

    `message` is in what the author reads. `refused` says whether the last edit must not be published in the same
    version, and `column` is that of the question `field` after it was published in the next version.
    """

    name: str
    edits: tuple[tuple[tuple[str, str], ...], ...]
    field: str
    message: str
    refused: bool
    column: str


def case(name: str, *edits: tuple[str, str], field: str, message: str, refused: bool = True, column: str = "") -> Case:
    column = column or f"{field.rpartition('.')[2]}_v2"
    return Case(name, (edits,), field, message, refused, column)


def steps(name: str, *edits: tuple[str, str], field: str, message: str, refused: bool = True, column: str = "") -> Case:
    """Return a case in which each pair is published by itself."""
    column = column or f"{field.rpartition('.')[2]}_v2"
    return Case(name, tuple((edit,) for edit in edits), field, message, refused, column)


OFTEN = "{0: Never, 1: Now and then, 2: Daily}"

CASES = [
    case(
        "codes turned round",
        (OFTEN, "{0: All the time, 1: Now and then, 2: Not once}"),
        field="often", message="the answer 0 of 'often' was “Never” and is “All the time” now",
    ),
    case("the other end of it", (OFTEN, "{0: All the time, 1: Now and then, 2: Not once}"),
         field="often", message="the answer 2 of 'often' was “Daily” and is “Not once” now"),
    case("ends turned", ("[Calm, Furious]", "[In a rage, At peace]"),
         field="anger", message="the end 0 of 'anger' was “Calm” and is “In a rage” now"),
    case("a frame", ("hint: Last week", "hint: Last month"),
         field="note", message="the hint of 'note' was “Last week” and is “Last month” now"),
    case("a frame above a matrix", ("ask: Last week", "ask: Last month"),
         field="q2", message="'felt' was “Last week” and is “Last month” now"),
    case("a frame above a repeat", ("Steps of last week", "Steps of last month"),
         field="steps.fear", message="'steps' was “Steps of last week” and is “Steps of last month” now"),
    case("a frame that is new", ("{ask: Anger,", "{ask: Anger, hint: Today,"),
         field="anger", message="the hint of 'anger' was empty and is “Today” now"),
    case("a frame that is gone", (", hint: Last week", ""), field="note", message="was “Last week” and is empty now"),
    case("an item", ("q1: Sad", "q1: Happy"), field="q1", message="'q1' was “Sad” and is “Happy” now"),
    case("a question", ("ask: Anger", "ask: Tooth ache"),
         field="anger", message="'anger' was “Anger” and is “Tooth ache” now"),
    case("a label of several", ("At home", "At the shops"), field="places", message="the answer a of 'places' was"),
    case("a label of a matrix", ("2: Very}", "2: Hardly}"), field="q1", message="the answer 2 of 'felt' was “Very”"),
    case("a letter that reverses", ("ask: Where?", "ask: There?"), field="places",
         message="was “Where?” and is “There?”"),
    case("a word less", ("What happened?", "What never happened?"), field="note",
         message="is “What never happened?” now"),
    steps("small steps to the opposite", ("0: Never", "0: Neverr"), ("0: Neverr", "0: Ever"),
          field="often", message="was “Neverr” and is “Ever” now", column="often_v2"),
    case("spelling", ("What happened?", "What hapened"), field="note",
         message="'note' was “What happened?” and is “What hapened” now: another spelling", refused=False,
         column="note"),
    case("case and marks", (OFTEN, "{0: never., 1: Now-and-then, 2: DAILY}"), field="often",
         message="was “Daily” and is “DAILY” now: another spelling", refused=False, column="often"),
    # the same, better put
    case("a label better put", ("0: Never", "0: {label: Not once, was_worded: Never}"), field="often",
         message="the answer 0 of 'often' was “Never” and is “Not once” now: the same, better put", refused=False,
         column="often"),
    case("an item better put", ("q1: Sad", "q1: {label: Low, was_worded: 'Sad'}"), field="q1",
         message="'q1' was “Sad” and is “Low” now: the same", refused=False, column="q1"),
    case("a question better put", ("ask: Anger,", "ask: How angry are you?, was_worded: anger,"), field="anger",
         message="is “How angry are you?” now: the same", refused=False, column="anger"),
    case("a frame better put", ("hint: Last week", "hint: In the last seven days, was_worded: Last week"),
         field="note", message="now: the same, better put", refused=False, column="note"),
    case("a frame above a matrix better put",
         ("ask: Last week", "ask: In the last seven days\n    was_worded: Last week"),
         field="q1", message="'felt' was “Last week”", refused=False, column="q1"),
    case("a frame above a repeat better put",
         ("ask: Steps of last week", "ask: Steps of the last seven days\n    was_worded: Steps of last week"),
         field="steps.fear", message="now: the same", refused=False, column="fear"),
    case("an end better put", ("[Calm, Furious]", "[At peace, Furious], was_worded: [Calm]"), field="anger",
         message="the end 0 of 'anger' was “Calm” and is “At peace” now: the same", refused=False, column="anger"),
    case("a hint that is new, and changes nothing",
         ("{ask: Anger,", "{ask: Anger, hint: Take your time, was_worded: Anger,"),
         field="anger", message="the hint of 'anger' was empty", refused=False, column="anger"),
    # quotations
    case("a quotation of nothing", ("0: Never", "0: {label: Not once, was_worded: Seldom}"), field="often",
         message="“Seldom” is no earlier wording of the answer 0 of 'often'; quote the words as they were published:"
         " was_worded: 'Never'"),
    steps("a quotation of what came before the last",
          ("q1: Sad", "q1: {label: Low, was_worded: Sad}"),
          ("label: Low, was_worded: Sad", "label: Cheerful, was_worded: Sad"),
          field="q1", message="'q1' was “Low” and is “Cheerful” now"),
    steps("a quotation that has been used",
          ("q1: Sad", "q1: {label: Low, was_worded: Sad}"),
          ("label: Low", "label: Sad"), ("label: Sad", "label: Cheerful"),
          field="q1", message="'q1' was “Sad” and is “Cheerful” now"),
    steps("back to the first words", ("q1: Sad", "q1: {label: Low, was_worded: Sad}"),
          ("{label: Low, was_worded: Sad}", "Sad"),
          field="q1", message="now: another spelling", refused=False, column="q1"),
    # places changed
    case("a swap with a full stop more", (OFTEN, "{0: Daily., 1: Now and then, 2: Never.}"), field="often",
         message="in 'often' the answer 0 has the words that 2 had"),
    case("a rotation", (OFTEN, "{0: Now and then, 1: Daily, 2: Never}"), field="often",
         message="in 'often' the answer 0 has the words that 1 had"),
    case("a swap that is called the same",
         (OFTEN, "{0: {label: Daily, was_worded: Never}, 1: Now and then, 2: {label: Never, was_worded: Daily}}"),
         field="often", message="in 'often' the answer 0 has the words that 2 had"),
    steps("a swap in two publishings", ("0: Never", "0: {label: Not once, was_worded: Never}"),
          ("2: Daily", "2: {label: Never, was_worded: Daily}"),
          field="often", message="in 'often' the answer 2 has the words that 0 had"),
    case("items that change places", ("{q1: Sad, q2: Tense}", "{q1: Tense., q2: sad}"), field="q1",
         message="'q1' has the words that 'q2' was asked with"),
]  # fmt: skip


def published(version: int = 1, *edits: tuple[str, str]) -> Form:
    text = PUBLISHED.replace("version: 1", f"version: {version}")
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return parse_blocks([Block(text, 1)], page="log.md", title="Log")


def definitions(case: Case, version: int = 1) -> list[Form]:
    """Return the published form and those after each edit; the last one has this version."""
    forms: list[Form] = [published()]
    edits: tuple[tuple[str, str], ...] = ()
    for number, step in enumerate(case.edits, 1):
        edits = (*edits, *step)
        forms.append(published(version if number == len(case.edits) else 1, *edits))
    return forms
