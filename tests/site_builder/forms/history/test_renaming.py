"""A question, a row or a repeat with another name is the same one, when its form says so."""

from __future__ import annotations

import json
import textwrap

import pytest

from site_builder.forms.history.changes import compare, never_published
from site_builder.forms.history.versions import PublishedVersion
from site_builder.forms.language.form import Block, read_form
from site_builder.forms.model.definition import Form
from site_builder.forms.model.errors import FormErrors
from tests.cases.published_form import HISTORY, PUBLISHED, critical, edit, parse, safe

RENAMED = edit(("mood: {ask", "spirits: {was: mood, ask"))


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ([("mood: {ask", "spirits: {was: mood, ask")], "'spirits' is what 'mood' was"),
        ([("fear: {ask", "worry: {was: fear, ask")], "'steps.worry' is what 'steps.fear' was"),
        ([("steps:\n", "ladder:\n        was: steps\n")], "'ladder' is what 'steps' was"),
        (
            [("rows: {q1:", "was: {tense: q1}\n        rows: {tense:"), ("items: [q1, q2]", "items: [tense, q2]")],
            "'tense' is what 'q1' was",
        ),
    ],
)
def test_renaming_with_was_is_safe(pairs: list[tuple[str, str]], message: str) -> None:
    changes = safe(edit(*pairs))
    assert changes[0] == f"{message}: its answers continue in the same column"


def test_was_may_stay_or_be_removed_once_published() -> None:
    history = HISTORY.with_form(RENAMED)
    assert compare(history, RENAMED) == ()
    assert safe(edit(("mood: {ask", "spirits: {ask")), history) == ["nothing has changed that answers are compared by"]


def test_a_chain_of_names_is_remembered() -> None:
    again = edit(("mood: {ask", "feeling: {was: spirits, ask"))
    history = HISTORY.with_form(RENAMED).with_form(again)
    assert history.latest.questions["feeling"].was == ("spirits", "mood")
    assert compare(history, again) == ()


@pytest.mark.parametrize(
    ("pair", "problem", "remedy"),
    [
        (("mood: {ask", "spirits: {was: moood, ask"), "'moood' has never been published", "'mood', or leave it out"),
        (
            ("mood: {ask: How is your mood today?,", "spirits: {was: mood, to: 100, ask: How are you?,"),
            "'mood' was a rating from 0 to 10, but 'spirits' is a rating from 0 to 100",
            "leave 'was' out, and write version: 2",
        ),
    ],
)
@pytest.mark.parametrize("version", [1, 2])
def test_was_must_name_a_question_of_the_same_kind(
    pair: tuple[str, str], problem: str, remedy: str, version: int
) -> None:
    (change,) = [change for change in critical(edit(pair, version=version)) if change.path == "spirits was"]
    assert change.problem == problem
    assert remedy in change.remedy


def test_was_must_name_the_latest_name() -> None:
    history = HISTORY.with_form(RENAMED)
    changes = critical(edit(("mood: {ask", "feeling: {was: mood, ask"), version=2), history)
    assert [(change.problem, change.remedy) for change in changes] == [
        ("'mood' has been called 'spirits' since", "write was: spirits")
    ]


def test_was_is_compared_with_the_question_as_it_was_asked_last() -> None:
    wider = ("mood today?, type: rating", "mood today?, type: rating, to: 100")
    history = HISTORY.with_form(edit(wider, version=2))
    message = "'spirits' is what 'mood' was: its answers continue in the same column"
    assert message in safe(edit(wider, ("mood: {ask", "spirits: {was: mood, ask"), version=2), history)
    (change,) = critical(edit(("mood: {ask", "spirits: {was: mood, ask"), version=3), history)
    assert change.problem == "'mood' was a rating from 0 to 100, but 'spirits' is a rating from 0 to 10"


def test_a_name_that_was_given_twice_is_the_question_that_had_it_last() -> None:
    other = edit(("mood: {ask", "mood: Another question?\n      spirits: {ask"), version=2)
    history = HISTORY.with_form(RENAMED).with_form(other)
    moved = edit(("mood: {ask", "words: {was: mood, ask: Another question?}\n      spirits: {ask"), version=2)
    message = "'words' is what 'mood' was: its answers continue in the same column"
    assert message in safe(moved, history)


def test_an_old_name_can_be_reused_only_in_a_new_version() -> None:
    pair = ("mood: {ask", "mood: Another question?\n      spirits: {ask")
    history = HISTORY.with_form(RENAMED)
    (change,) = critical(edit(pair), history)
    assert (change.path, change.problem) == ("mood", "'mood' is what 'spirits' was called before")
    assert "'mood' is a new question" in safe(edit(pair, version=2), history)


def test_a_new_form_cannot_rename_anything() -> None:
    (change,) = never_published(RENAMED)
    assert (change.path, change.critical) == ("spirits was", True)
    assert never_published(edit()) == ()


@pytest.mark.parametrize("form", [edit(), RENAMED])
def test_the_history_survives_json(form: Form) -> None:
    latest = HISTORY.with_form(form).latest
    assert PublishedVersion.from_json(form.version, json.loads(json.dumps(latest.to_json()))) == latest


@pytest.mark.parametrize(
    ("fields", "place", "message"),
    [
        ("a: {ask: A?, was: a}", (3, 21), "'a' has that name now; write the name that it had before, or leave it out"),
        ("a: {ask: A?, was: b}\n  b: B?", (3, 21), "'b' is still asked, so 'a' cannot be the same question; leave"),
        ("a: {ask: A?, was: x}\n  b: {ask: B?, was: x}", (4, 21), "'a' was 'x' already; keep 'was' under the one that"),
        ("a: {ask: A?, was: [x]}", (3, 21), "'was' has to be a name; write the one name that the question had"),
        (
            "a: {ask: A?, type: repeat, of: {b: {ask: B?, was: c}, c: C?}}",
            (3, 53),
            "'c' is still asked, so 'b' cannot be the same question; leave",
        ),
        (
            "m: {ask: M?, type: matrix, choices: {0: No, 1: Yes}, rows: {q1: Q?}, was: {q2: q0}}",
            (3, 78),
            "there is no row 'q2'; there is: q1",
        ),
        (
            "m: {ask: M?, type: matrix, choices: {0: No, 1: Yes}, rows: {q1: Q?}, was: n}",
            (3, 77),
            "only the rows of a matrix have answers of their own, so 'was' names rows; write it like this: was:",
        ),
    ],
)
def test_an_impossible_was_is_a_mistake(fields: str, place: tuple[int, int], message: str) -> None:
    with pytest.raises(FormErrors) as caught:
        parse(f"form: abc\nfields:\n  {fields}")
    (error,) = caught.value.errors
    assert (error.source.line, error.source.column) == place
    assert f"{error.problem}; {error.remedy}".startswith(message)


def test_the_hash_is_unchanged_where_was_is_not_used() -> None:
    assert "was" not in json.dumps(edit().to_json()).replace("was happening", "")
    assert "renamed" not in json.dumps(edit().to_json())
    assert Form.from_json(json.loads(json.dumps(RENAMED.to_json()))) == RENAMED


def test_each_part_of_a_form_knows_its_place() -> None:
    text = textwrap.dedent(PUBLISHED).strip("\n").replace("mood: {ask", "spirits: {was: mood, ask")
    places = read_form([Block(text, 11)], page="page.md", title="").places
    lines = text.split("\n")
    for path, written in {
        "form": "form:", "spirits": "spirits:", "steps.fear": "fear:", "q2": "q2:", "scale total": "total:",
        "alert 0": "{label:", "alerts": "alerts:", "spirits was": "mood, ask",
    }.items():  # fmt: skip
        place = places[path]
        assert lines[place.line - 11][place.column - 1 :].startswith(written), path
