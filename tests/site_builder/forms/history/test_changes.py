"""What may change in a form in use, what may not, and the remedy the author gets."""

from __future__ import annotations

import json
import textwrap

import pytest

from site_builder.forms.history.changes import Change, compare
from site_builder.forms.history.versions import PublishedVersion, new_history
from site_builder.forms.language.form import Block, parse_blocks
from tests.cases.published_form import HISTORY, PUBLISHED, critical, edit, parse, safe


def test_an_unchanged_form_has_no_changes() -> None:
    assert compare(HISTORY, edit()) == ()


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        (
            ("mood today?", "moood today"),
            "'mood' was “How is your mood today?” and is “How is your moood today” now: ano",
        ),
        (
            ("Anything else?", "{ask: Anything else?, type: long text, required: true}"),
            "nothing has changed that",
        ),
        (("home: At home, out: Out", "out: Out, home: At home"), "nothing has changed that answers are compared by"),
        (("3: Some}", "3: A bit}"), "the band of 'total' from 3 was “Some” and is “A bit” now"),
        (("note: Anything else?", "note: Anything else?\n      more: More?"), "'more' is a new question"),
        (("what: Which step?", "what: Which step?\n          when: {ask: When?, type: date}"), "'steps.when' is a new"),
        (("q2: Feeling down}", "q2: Feeling down, q3: Sleep}"), "'q3' is a new question"),
        (("scales:", "scales:\n      tense: {items: [q1]}"), "'tense' is a new scale"),
        (("alerts:", "alerts:\n      - {label: Tense, when: {q1: 2}}"), "the alert 'Tense' is new"),
        (("{label: Down", "{label: Low"), "the label of the alert on 'q2' was “Down” and is “Low” now"),
    ],
)
def test_a_safe_change_needs_no_new_version(pair: tuple[str, str], message: str) -> None:
    (change,) = safe(edit(pair))
    assert change.startswith(message)


def test_another_title_of_a_scale_is_listed() -> None:
    """Its scores go on under the other word, so its author has to see it."""
    titled = edit(("total: {items", "total: {title: Anxiety, items"))
    renamed = edit(("total: {items", "total: {title: Calm, items"))
    assert safe(renamed, new_history(titled)) == ["the title of the scale 'total' was “Anxiety” and is “Calm” now"]


@pytest.mark.parametrize(
    ("pair", "path", "problem", "remedy"),
    [
        (("type: rating}", "type: rating, to: 100}"), "mood", "'mood' was a rating from 0 to 10 and is a rating", ""),
        (("type: rating}", "type: rating, step: 5}"), "mood", "is a rating from 0 to 10 in steps of 5 now", ""),
        (("type: rating}", "type: text}"), "mood", "'mood' was a rating from 0 to 10 and is text now", ""),
        (("unit: cups}", "unit: mugs}"), "cups", "was a number in cups and is a number in mugs now", ""),
        (("unit: cups}", "unit: cups, decimals: 1}"), "cups", "is a number with 1 decimal in cups now", ""),
        (("unit: cups}", "unit: cups, at_most: 9}"), "cups", "is a number up to 9 in cups now", ""),
        (("home: At home", "house: At home"), "place", "was a choice of home, out and is a choice of house, out", ""),
        (
            ("type: rating, to: 100", "type: rating, to: 10"),
            "steps.fear",
            "'steps.fear' was a rating from 0 to 100",
            "",
        ),
    ],
)
def test_a_changed_type_range_unit_or_code_needs_a_new_version(
    pair: tuple[str, str], path: str, problem: str, remedy: str
) -> None:
    (change,) = critical(edit(pair))
    assert change.path == path
    assert problem in change.problem
    assert change.remedy.startswith("write version: 2 in the first block, and its answers get a column of their own")


@pytest.mark.parametrize(
    ("pair", "path", "problem", "remedy"),
    [
        (
            ("      note: Anything else?\n", ""),
            "version",
            "'note' is not asked any more",
            "if another question is the same under a new name, write was: note under it; if it is really gone,"
            " write version: 2 in the first block",
        ),
        (
            ("mood: {ask", "spirits: {ask"),
            "spirits",
            "'mood' is not asked any more, and 'spirits' is new",
            "if it is the same question, write was: mood under 'spirits'; if not, write version: 2 in the first block",
        ),
        (
            ("fear: {ask: How afraid were you?", "worry: {ask: What was it like?"),
            "steps.worry",
            "'steps.fear' is not asked any more, and 'steps.worry' is new",
            "if it is the same question, write was: fear under 'worry'; if not, write version: 2 in the first block",
        ),
        (
            ("steps:\n", "ladder:\n"),
            "ladder",
            "'steps' is not asked any more, and 'ladder' is new",
            "if it is the same question, write was: steps under 'ladder'; if not, write version: 2 in the first block",
        ),
    ],
)
def test_a_removed_question_has_two_remedies(pair: tuple[str, str], path: str, problem: str, remedy: str) -> None:
    inside = {f"{path}.what", f"{path}.fear"}
    changes = [change for change in compare(HISTORY, edit(pair)) if change.path not in inside]
    assert changes == [Change(path, problem, remedy, critical=True)]


def test_the_remedy_for_a_renamed_row_uses_the_syntax_of_its_matrix() -> None:
    form = edit(("q1: Feeling tense", "tense: Feeling tense"), ("items: [q1, q2]", "items: [tense, q2]"))
    assert "write was: {tense: q1} under its matrix" in critical(form)[0].remedy


def test_the_new_question_with_the_most_similar_words_is_suggested() -> None:
    form = edit(("note: Anything else?", "place_note: Which town?\n      remark: Anything else today?"))
    assert [change.path for change in critical(form)] == ["remark"]


def test_without_a_similar_question_none_is_suggested() -> None:
    form = edit(("note: Anything else?", "town: Which town?\n      country: In Wales?"))
    assert [(change.path, change.problem) for change in critical(form)] == [("version", "'note' is not asked any more")]


@pytest.mark.parametrize(
    ("pair", "part"),
    [
        (("items: [q1, q2]", "items: [q1, q2, mood]"), "which items count"),
        (("missing: 1", "missing: 1, reversed: [q1]"), "which items are reversed"),
        (("missing: 1", "missing: 1, multiplier: 2"), "the multiplier"),
        ((", missing: 1", ""), "how many answers may be missing"),
        (("3: Some}", "2: Some}"), "where its bands start"),
        (("caseness: 2", "caseness: 3"), "its cut-offs"),
        (("reliable_change: 2", "reliable_change: 1"), "its reliable change"),
        (("reliable_change: 2", "reliable_change: 2, better: higher"), "which way is better"),
    ],
)
def test_a_changed_scoring_rule_needs_a_new_version(pair: tuple[str, str], part: str) -> None:
    changes = critical(edit(pair))
    assert [(change.path, change.problem) for change in changes if change.path.startswith("scale")] == [
        ("scale total", f"the scale 'total' has changed: {part}")
    ]
    assert "write version: 2" in changes[0].remedy


@pytest.mark.parametrize(
    ("pair", "is_counted_otherwise"),
    [
        (("items: [q1, q2]", "items: [q1, q2, mood]"), True),
        (("missing: 1", "missing: 1, reversed: [q1]"), True),
        (("missing: 1", "missing: 1, multiplier: 2"), True),
        ((", missing: 1", ""), True),
        (("caseness: 2", "caseness: 3"), False),
        (("3: Some}", "2: Some}"), False),
        (("reliable_change: 2", "reliable_change: 1"), False),
        (("reliable_change: 2", "reliable_change: 2, possible_change: 1"), False),
        (("reliable_change: 2", "reliable_change: 2, better: higher"), False),
    ],
)
def test_only_scores_that_are_counted_otherwise_get_a_line_of_their_own(
    pair: tuple[str, str], is_counted_otherwise: bool
) -> None:
    (refused,) = (change for change in critical(edit(pair)) if change.path == "scale total")
    assert ("get a line of their own" in refused.remedy) is is_counted_otherwise
    assert ("continue in the same line" in refused.remedy) is not is_counted_otherwise
    assert safe(edit(pair, version=2)) == [
        "the scale 'total' is worked out in another way: its scores get a line of their own, total_v2"
        if is_counted_otherwise
        else "the scale 'total' is read in another way: its scores continue as they are"
    ]


def test_a_part_that_waits_makes_each_of_its_questions_wait() -> None:
    before = "form: log\nfields: {a: {ask: A?, type: yes no}, n: N?}"
    now = "form: log\nfields: {a: {ask: A?, type: yes no}}"
    later = parse_blocks([Block(now, 1), Block("when: {a: yes}\nfields: {n: N?}", 9)], page="p", title="Log")
    changes = compare(new_history(parse(before)), later)
    assert [str(change) for change in changes] == ["'n' is asked after different answers than before"]


def test_another_answer_that_stands_alone_is_told() -> None:
    text = "form: log\nfields: {a: {ask: A?, type: choices, choices: {x: X, no: NONE}}}"
    before, now = (parse(text.replace("NONE", label)) for label in ("Nothing", "{label: Nothing, alone: true}"))
    expected = ["'a' has other answers that stand alone: no"]
    assert [str(change) for change in compare(new_history(before), now)] == expected
    published = new_history(now).latest
    assert PublishedVersion.from_json(1, json.loads(json.dumps(published.to_json()))) == published
    assert [change.critical for change in compare(new_history(now), before)] == [False]


def test_a_new_text_beside_a_choice_needs_a_new_version_for_its_code() -> None:
    text = "form: log\nversion: VERSION\nfields: {a: {ask: A?, type: choices, choices: {x: X, y: Y}OTHER}}"
    before = parse(text.replace("VERSION", "1").replace("OTHER", ""))
    now = text.replace("OTHER", ", other: Something else")
    changes = compare(new_history(before), parse(now.replace("VERSION", "1")))
    assert [(change.path, change.critical) for change in changes] == [("a", True), ("a_other", False)]
    assert not [
        change for change in compare(new_history(before), parse(now.replace("VERSION", "2"))) if change.critical
    ]


def test_numbers_with_words_at_their_ends_are_compared_like_any_choices() -> None:
    text = "form: log\nfields: {a: {ask: A?, type: matrix, from: 1, to: 4, ends: [ENDS], rows: {q1: One, q2: Two}}}"
    history = new_history(parse(text.replace("ENDS", "Never, Always")))
    assert compare(history, parse(text.replace("ENDS", "Never, Always"))) == ()
    (change,) = [each for each in compare(history, parse(text.replace("ENDS", "Always, Never"))) if each.critical]
    assert "has the words that" in change.problem
    in_full = "choices: {1: Never, 2: '', 3: '', 4: {label: Every time, was_worded: Always}}"
    better_put = parse(text.replace("from: 1, to: 4, ends: [ENDS]", in_full))
    assert [change.critical for change in compare(history, better_put)] == [False]


def test_a_definition_remembers_groups_of_conditions() -> None:
    form = edit(("q2: {at_least: 1}", "any: [{q2: 1}, {not: {q1: 2}}]"))
    published = new_history(form).latest
    assert PublishedVersion.from_json(1, json.loads(json.dumps(published.to_json()))) == published


def test_a_removed_alert_or_scale_needs_a_new_version() -> None:
    form = parse(textwrap.dedent(PUBLISHED).split("licence:")[0])
    assert [change.problem for change in critical(form)] == [
        "the scale 'total' is gone",
        "the alert 'Down' is gone, or does not go off as often as it did",
    ]


def test_a_lower_version_is_a_mistake() -> None:
    history = HISTORY.with_form(edit(version=3))
    (change,) = critical(edit(version=2), history)
    assert (change.path, change.problem) == ("version", "'version' is 2, but version 3 has been published already")
    assert change.remedy == "write version: 3, or a higher one"


def test_in_a_new_version_everything_may_change_and_is_reported() -> None:
    form = edit(
        ("type: rating}", "type: rating, to: 100}"),
        ("      note: Anything else?\n", ""),
        ("missing: 1", "missing: 1, reversed: [q1]"),
        ("caseness: 2", "caseness: 3"),
        ("at_least: 1", "at_least: 2"),
        version=2,
    )
    assert safe(form) == [
        "'note' is not asked any more: the answers so far stay in their column",
        "'mood' was a rating from 0 to 10 and is a rating from 0 to 100 now: its answers get a column of their own,"
        " mood_v2",
        "the scale 'total' is worked out in another way: its scores get a line of their own, total_v2",
        "the alert 'Down' is gone, or does not go off as often as it did",
        "the alert 'Down' is new, or goes off for other answers",
    ]


def test_a_restored_range_continues_in_its_old_column() -> None:
    history = HISTORY.with_form(edit(("type: rating}", "type: rating, to: 100}"), version=2))
    assert safe(edit(version=3), history) == [
        "'mood' was a rating from 0 to 100 and is a rating from 0 to 10 now: its answers continue in the column that"
        " they had in version 1"
    ]


def test_a_changed_range_of_an_item_gives_its_scale_a_new_name() -> None:
    form = edit(("{0: Never, 1: Some days, 2: Often}", "{0: Never, 1: Some days, 2: Often, 3: Always}"), version=2)
    assert "the scale 'total' is worked out in another way: its scores get a line of their own, total_v2" in safe(form)


def test_a_question_may_change_along_with_the_name_of_its_repeat() -> None:
    pairs = ("steps:\n", "ladder:\n        was: steps\n"), ("rating, to: 100", "rating, to: 10")
    assert [(change.path, change.critical) for change in compare(HISTORY, edit(*pairs))] == [
        ("ladder", False),
        ("ladder.fear", True),
    ]
    assert any("ladder.fear" in problem and "fear_v2" in problem for problem in safe(edit(*pairs, version=2)))


# --- words that change places


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        (
            [("{0: Never, 1: Some days, 2: Often}", "{0: Often, 1: Some days, 2: Never}")],
            "in 'q1' the answer 0 has the words that 2 had; put each code back to its own words",
        ),
        (
            [("home: At home, out: Out", "home: Out, out: At home")],
            "in 'place' the answer home has the words that out had",
        ),
        (
            [("{q1: Feeling tense, q2: Feeling down}", "{q1: Feeling down, q2: Feeling  tense}")],
            "'q1' has the words that 'q2' was asked with; put each name back to its own words",
        ),
    ],
)
def test_swapped_words_are_always_refused(pairs: list[tuple[str, str]], message: str, version: int) -> None:
    changes = critical(edit(*pairs, version=version))
    assert message in str(changes[0])


def test_the_ends_of_a_rating_cannot_be_swapped() -> None:
    text = "form: log\nfields: {{mood: {{ask: How?, type: rating, ends: [{}]}}}}"
    history = new_history(parse(text.format("Bad, Good")))
    assert not critical(parse(text.format("bad, Good!")), history)
    (change,) = critical(parse(text.format("Good, Bad")), history)
    assert str(change).startswith("in 'mood' the answer 0 has the words that 10 had")


def test_two_questions_with_the_same_words_are_not_taken_for_swapped() -> None:
    text = "form: log\nfields: {{before: {{ask: {}, type: rating}}, after: {{ask: {}, type: rating}}}}"
    history = new_history(parse(text.format("How tense?", "How tense?")))
    assert not critical(parse(text.format("How tense?", "How tense")), history)
    history = new_history(parse(text.format("How?", "How tense?")))
    (change,) = critical(parse(text.format("How tense?", "How tense?")), history)
    assert change.problem == "'before' was “How?” and is “How tense?” now"


# --- what a new name, and a new condition, may bring about


def test_the_name_of_a_removed_question_cannot_be_reused() -> None:
    first = parse("form: log\nfields: {worry: How much did you worry?, note: A note?}")
    second = parse("form: log\nversion: 2\nfields: {note: A note?}")
    history = new_history(first).with_form(second)
    other = "form: log\nversion: {}\nfields: {{worry: How many pills did you take?, note: A note?}}"
    for version in (2, 3):
        (change,) = critical(parse(other.format(version)), history)
        assert str(change).startswith("'worry' was another question before (“How much did you worry?”)")
    again = parse("form: log\nversion: 2\nfields: {worry: How much do you worry?, note: A note?}")
    assert safe(again, history) == ["'worry' is a new question"]


def test_changed_conditions_are_reported() -> None:
    changed = edit(("note: Anything else?", "note: {ask: Anything else?, when: {mood: {at_least: 5}}}"))
    assert safe(changed) == ["'note' is asked after different answers than before"]


def test_changed_codes_of_a_whole_matrix_are_reported_once() -> None:
    changed = edit(("{0: Never, 1: Some days, 2: Often}", "{0: Never, 1: Some days, 2: Often, 3: Always}"))
    messages = [str(change) for change in critical(changed) if "is a choice of" in str(change)]
    assert len(messages) == 1
    assert messages[0].startswith(
        "'q1', like all rows beside it, was a choice of 0, 1, 2 and is a choice of 0, 1, 2, 3 now"
    )
