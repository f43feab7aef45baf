"""Changes of meaning are refused or said, and every change is listed old → new."""

from __future__ import annotations

import json

import pytest

from site_builder.forms.history.changes import compare, never_published
from site_builder.forms.history.versions import PublishedVersion, history_of
from site_builder.forms.language.form import Block, parse_blocks
from site_builder.forms.model.definition import Form
from tests.cases.wordings import CASES, Case, definitions, published


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_edit_of_words(case: Case) -> None:
    *before, form = definitions(case)
    history = history_of(before)
    assert history is not None
    changes = compare(history, form)
    assert case.message in " | ".join(map(str, changes))
    assert any(change.critical for change in changes) is case.refused
    assert all(change.remedy for change in changes if change.critical)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_same_edit_in_a_new_version(case: Case) -> None:
    *before, form = definitions(case, version=2)
    history = history_of(before)
    assert history is not None
    lines = [str(change) for change in compare(history, form) if not change.critical]
    swapped = "has the words that" in case.message
    unquoted = "no earlier wording" in case.message
    assert any(change.critical for change in compare(history, form)) is (swapped or unquoted)
    if case.refused and not swapped and not unquoted:
        assert any(case.message in line and f"column of their own, {case.column}" in line for line in lines) or (
            case.field not in ("often", "anger", "note", "q1", "places")
        )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_wordings_survive_the_lock(case: Case) -> None:
    history = history_of(definitions(case))
    assert history is not None
    assert PublishedVersion.from_json(1, json.loads(json.dumps(history.latest.to_json()))) == history.latest


def test_nothing_is_quoted_in_a_new_form() -> None:
    form = published(1, ("q1: Sad", "q1: {label: Low, was_worded: Sad}"))
    (change,) = never_published(form)
    assert (change.path, change.critical) == ("q1 was_worded", True)
    assert str(change).endswith("leave was_worded out; nothing was published before")


MEASURE = """\
form: moods
version: {version}
licence: Made up for a test.
fields:
  m: {{ask: How often?, type: matrix, choices: {{0: Never, 1: {often}}}, rows: {{q1: {item}, q2: Tense}}}}
  note: {{ask: {note}}}
scales:
  total: {{items: [q1, q2]}}
"""


def measure(**words: str) -> Form:
    text = MEASURE.format(**({"version": "1", "item": "Sad", "often": "Often", "note": "A note?"} | words))
    return parse_blocks([Block(text, 1)], page="m.md", title="")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"item": "Sad."}, "'q1' was “Sad” and is “Sad.” now"),
        ({"item": "{label: Low, was_worded: Sad}"}, "'q1' was “Sad” and is “Low” now"),
        ({"often": "often"}, "the answer 1 of 'm' was “Often” and is “often” now"),
    ],
)
def test_any_change_of_a_measures_words_needs_a_version(words: dict[str, str], message: str) -> None:
    history = history_of([measure()])
    assert history is not None
    (change,) = compare(history, measure(**words))
    assert change.critical
    assert change.problem == message
    assert change.remedy == (
        "the words of a measure are its own: put them back, or write version: 2 in the first block"
    )
    assert [change.critical for change in compare(history, measure(**words, version="2"))] == [False]
    assert [change.critical for change in compare(history, measure(note="a note"))] == [False]


def test_a_scale_of_reworded_items_gets_a_line_of_its_own() -> None:
    history = history_of([measure()])
    assert history is not None
    changes = compare(history, measure(item="Happy", version="2"))
    assert [str(change) for change in changes] == [
        "'q1' was “Sad” and is “Happy” now: its answers get a column of their own, q1_v2",
        "the scale 'total' is worked out in another way: its scores get a line of their own, total_v2",
    ]
