"""Choices that stand alone, a choice with a text beside it, numbers with words at their ends, and a row asked again."""

from __future__ import annotations

import pytest

from collector.endpoints.schemas import answers_schema
from site_builder.forms.answering.answers import from_pairs, read_answers
from site_builder.forms.answering.example_answers import example_answers
from site_builder.forms.html.in_words import answer_in_words
from site_builder.forms.html.render import render_form
from site_builder.forms.html.sent import render_answers
from site_builder.forms.language.form import parse_blocks, read_form
from site_builder.forms.language.yaml_tree import Block
from site_builder.forms.model.choices import Choice
from site_builder.forms.model.definition import Form
from site_builder.forms.model.errors import AnswersRejected, FormErrors
from site_builder.forms.model.fields import AnyOf, Matrix, OneOf, Text


def parse(fields: str, more: str = "") -> Form:
    return parse_blocks([Block(f"form: x\nfields:\n{fields}\n{more}", 1)], page="x.md", title="X")


def problem_with(fields: str) -> str:
    with pytest.raises(FormErrors) as refused:
        parse(fields)
    (error,) = refused.value.errors
    assert error.remedy
    return error.message


HARD = (
    "  hard: {ask: Hard?, type: choices, choices: "
    "{time: No time, forgot: I forgot, none: {label: None of these, alone: true}}}"
)


@pytest.mark.parametrize("sent", [["none"], ["time"], ["time", "forgot"], [], "none", ["none", "none"]])
def test_a_choice_that_stands_alone_may_be_chosen_alone(sent: str | list[str]) -> None:
    expected = {"hard": list(dict.fromkeys([sent] if isinstance(sent, str) else sent))} if sent else {}
    form = parse(HARD + "\n  note: Note?")
    assert read_answers(form, {"hard": sent, "note": "x"}) == {**expected, "note": "x"}


@pytest.mark.parametrize("sent", [["time", "none"], ["none", "forgot"], ["time", "forgot", "none"]])
def test_a_choice_that_stands_alone_is_refused_together_with_others(sent: list[str]) -> None:
    form = parse(HARD)
    with pytest.raises(AnswersRejected) as refused:
        read_answers(form, from_pairs(form, [("hard", code) for code in sent]))
    sentence = "“None of these” does not go with another answer. Untick it, or untick the others"
    assert refused.value.problems == {"hard": sentence}
    shown = render_form(form, action="/", answers={"hard": sent}, problems=refused.value.problems)
    assert shown.count(" checked") == len(sent)
    assert sentence in shown


def test_two_that_stand_alone_are_refused_together() -> None:
    choices = "{a: A, no: {label: None, alone: yes}, dunno: {label: Unsure, alone: yes}}"
    both = f"  q: {{ask: Q?, type: choices, choices: {choices}}}"
    with pytest.raises(AnswersRejected):
        read_answers(parse(both), {"q": ["no", "dunno"]})


def test_an_example_never_ticks_what_stands_alone_with_others() -> None:
    first = "  q: {ask: Q?, type: choices, choices: {none: {label: None, alone: true}, a: A, b: B}}"
    for fields in (HARD, first):
        form = parse(fields)
        assert read_answers(form, example_answers(form)) == example_answers(form)


def test_what_stands_alone_is_only_for_several_choices() -> None:
    assert problem_with("  q: {ask: Q?, type: choice, choices: {a: A, no: {label: None, alone: true}}}") == (
        "'no' stands alone anyway: only one can be chosen; leave it out, or use the type choices"
    )
    every = "  q: {ask: Q?, type: choices, choices: {a: {label: A, alone: true}, b: {label: B, alone: true}}}"
    assert problem_with(every).startswith("every one of these stands alone")
    beside = HARD.replace("{label: None of these, alone: true}}", "None of these}, alone: none")
    assert problem_with(beside).startswith("'alone' does not belong to the type choices; it belongs to a choice")
    assert problem_with(HARD.replace("alone: true", "alone: maybe")).startswith("'alone' has to be true or false")


def test_a_shared_list_may_hold_one_that_stands_alone() -> None:
    form = parse(
        "  some: {ask: Which?, type: choices, choices: skills}\n  one: {ask: Which?, type: choice, choices: skills}",
        "choices:\n  skills: {stop: STOP, none: {label: None, alone: true}}",
    )
    some, one = form.fields
    assert isinstance(some, AnyOf)
    assert isinstance(one, OneOf)
    assert [choice.alone for choice in some.choices] == [False, True]
    assert [choice.alone for choice in one.choices] == [False, False]


PLACE = "  place: {ask: Where?, type: choice, choices: {home: At home, work: At work}, other: Somewhere else}"


def test_other_adds_a_choice_and_a_text() -> None:
    place, words = parse(PLACE).fields
    assert isinstance(place, OneOf)
    assert place.choices[-1] == Choice("other", "Somewhere else")
    assert isinstance(words, Text)
    assert (words.id, words.ask, words.beside) == ("place_other", "Somewhere else, in your own words", "place")


def test_the_text_is_stored_only_with_its_choice() -> None:
    form = parse(PLACE)
    sent = {"place": "other", "place_other": "On the bus"}
    assert read_answers(form, sent) == sent
    assert read_answers(form, {"place": "home", "place_other": "On the bus"}) == {"place": "home"}
    assert read_answers(form, {"place": "other"}) == {"place": "other"}
    assert "<dt>Somewhere else, in your own words</dt>" in render_answers(form, sent)
    assert "own words" not in render_answers(form, {"place": "home"})


def test_other_may_be_asked_in_its_own_words_and_of_a_shared_list() -> None:
    form = parse(
        "  q: {ask: What helped?, type: choices, choices: skills, other: {label: Something else, ask: 'What was it?'}}",
        "choices: {skills: {stop: STOP, tipp: TIPP}}",
    )
    assert [field.ask for field in form.fields] == ["What helped?", "What was it?"]
    assert read_answers(form, {"q": ["stop", "other"], "q_other": "Tea"})["q_other"] == "Tea"


def test_other_inside_a_repeat_and_asked_again() -> None:
    form = parse(
        "  days:\n    ask: Days?\n    type: repeat\n    of:\n"
        "      where: {ask: Where?, type: choice, choices: {a: A, b: B}, other: Elsewhere}\n"
        "      later: {ask: And later?, same_as: where}"
    )
    assert [field.id for field in form.repeats["days"].of] == ["where", "where_other", "later", "later_other"]
    rows = [{"where": "a", "later": "other", "later_other": "Out"}]
    assert read_answers(form, {"days": rows}) == {"days": rows}


def test_a_renamed_question_takes_the_text_beside_it_along() -> None:
    text = f"form: x\nfields:\n{PLACE.replace('place:', 'spot:').replace('type:', 'was: place, type:', 1)}"
    read = read_form([Block(text, 1)], page="x.md", title="X")
    assert read.form.fields[1].was == "place_other"
    assert {"spot_other", "spot_other was"} <= read.places.keys()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("other: Somewhere else", "other: yes", "'other' needs words; write it like this: other: Something else"),
        ("other: Somewhere else", "other: true", "'other' needs words"),
        ("other: Somewhere else", "other: {ask: Where?}", "'other' has no label"),
        ("other: Somewhere else", "other: ''", "'other' has no words"),
        ("work: At work", "other: Out", "there is a choice 'other' already; take it out of the choices"),
        ("other: Somewhere else}", "other: Out}\n  place_other: Where else?", "the name 'place_other' is taken"),
        ("type: choice", "type: rating", "'choices' does not belong to the type rating"),
    ],
)
def test_a_mistake_about_other_is_reported(old: str, new: str, message: str) -> None:
    with pytest.raises(FormErrors) as refused:
        parse(PLACE.replace(old, new, 1))
    assert refused.value.errors[0].message.startswith(message)


WEEK = (
    "  week: {ask: How true?, type: matrix, from: 1, to: 5, ends: [Not at all, Very true], rows: {q1: Calm, q2: Sad}}"
)


def test_a_matrix_of_numbers_has_words_at_its_ends() -> None:
    (week,) = parse(WEEK).fields
    assert isinstance(week, Matrix)
    assert [(c.code, c.label) for c in week.choices] == [
        ("1", "Not at all"), ("2", ""), ("3", ""), ("4", ""), ("5", "Very true"),
    ]  # fmt: skip
    assert [answer_in_words(week, code) for code in "1256"] == ["1 (Not at all)", "2 of 5", "5 (Very true)", "6"]
    choices = "choices: {1: Not at all, 2: '', 3: '', 4: '', 5: Very true}"
    assert parse(WEEK.replace("from: 1, to: 5, ends: [Not at all, Very true]", choices)).fields == (week,)


def test_numbers_with_words_at_their_ends_are_scored() -> None:
    more = "licence: Made up.\nscales: {total: {items: [q1, q2]}}"
    assert parse(WEEK, more).range_of("q1") == (1, 5)


def test_the_schema_of_numbers_has_a_title_for_each() -> None:
    row = answers_schema(parse(WEEK))["properties"]["week"]["oneOf"][0]["properties"]["q1"]["oneOf"][0]
    assert [each["title"] for each in row["oneOf"]] == ["1 (Not at all)", "2", "3", "4", "5 (Very true)"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("from: 1, to: 5, ", "", "numbers in a matrix need 'from' and 'to', too; write them like this: from: 1"),
        (", ends: [Not at all, Very true]", "", "numbers in a matrix need 'ends', too"),
        ("Very true]", "Some, Very true]", "a matrix has two ends, not 3"),
        ("to: 5", "to: 50", "a row from 1 to 50 is not between 2 and 11 numbers long"),
        ("to: 5", "to: 1", "a row from 1 to 1 is not between 2 and 11 numbers long"),
        ("from: 1", "choices: {a: A, b: B}, from: 1", "'choices' and numbers with ends cannot both be chosen from"),
        ("from: 1, to: 5, ends: [Not at all, Very true]", "choices: {1: '', 2: B}", "'1' has no words"),
        ("from: 1, to: 5, ends: [Not at all, Very true]", "choices: {1: A, 2: ''}", "'2' has no words"),
        ("from: 1, to: 5, ends: [Not at all, Very true]", "choices: {a: A, b: '', c: C}", "'b' has no words"),
        ("type: matrix, from: 1, to: 5, ends: [Not at all, Very true], rows", "type: choices, choices", None),
    ],
)
def test_a_mistake_about_numbers_is_reported(old: str, new: str, message: str | None) -> None:
    if message is None:
        assert problem_with("  q: {ask: Q?, type: choices, choices: {1: A, 2: '', 3: C}}").startswith(
            "a choice has no words"
        )
    else:
        with pytest.raises(FormErrors) as refused:
            parse(WEEK.replace(old, new))
        assert refused.value.errors[0].message.startswith(message)


def test_a_row_of_a_matrix_is_asked_again() -> None:
    week, again, words = parse(f"{WEEK}\n  again: {{same_as: q1}}\n  own: {{ask: And now?, same_as: q2}}").fields
    assert isinstance(week, Matrix)
    assert isinstance(again, OneOf)
    assert (again.ask, again.choices, again.same_as) == ("Calm", week.choices, "q1")
    assert words.ask == "And now?"


def test_the_earlier_answer_to_a_row_is_shown() -> None:
    form = parse(f"{WEEK}\n  again: {{same_as: q1}}")
    assert 'You answered before: <span class="hw-earlier__answer">5 (Very true)</span>' in render_form(
        form, action="/", answers={"week": {"q1": "5"}}
    )


@pytest.mark.parametrize(
    ("same_as", "message"),
    [
        ("week", "'week' is a matrix, which cannot be asked again as a whole; name one of its rows: q1, q2"),
        ("q3", "there is no question 'q3' above this one"),
    ],
)
def test_a_matrix_is_not_asked_again_as_a_whole(same_as: str, message: str) -> None:
    assert problem_with(f"{WEEK}\n  again: {{same_as: {same_as}}}").startswith(message)


@pytest.mark.parametrize("fields", [HARD, PLACE, WEEK, f"{WEEK}\n  again: {{same_as: q1}}"])
def test_a_definition_survives_being_stored(fields: str) -> None:
    form = parse(fields)
    assert Form.from_json(form.to_json()) == form
    assert Form.from_json(form.to_json()).hash == form.hash


def test_one_choice_and_another_in_words_are_two() -> None:
    text = "form: places\nfields:\n  place: {ask: Where?, type: choice, choices: {home: At home}, other: Elsewhere}"
    form = parse_blocks([Block(text, 1)], page="places.md", title="Places")
    assert [field.id for field in form.fields] == ["place", "place_other"]
