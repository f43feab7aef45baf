"""Forms as an author would write them are read in full, or refused with the place and the remedy."""

from __future__ import annotations

import pytest

from site_builder.forms.model.choices import Choice
from site_builder.forms.model.conditions import Condition
from site_builder.forms.model.definition import Band, Cutoff, Form
from site_builder.forms.model.fields import (
    AnyOf,
    Date,
    Duration,
    LongText,
    Matrix,
    Number,
    OneOf,
    Rating,
    Repeat,
    Text,
    Time,
    YesNo,
)
from tests.cases.blocks import fields, parse


def test_a_bare_string_is_a_line_of_text() -> None:
    assert fields("situation: What was happening?").fields == (Text(id="situation", ask="What was happening?"),)


def test_every_type_takes_its_own_options() -> None:
    form = fields("""
        name: {ask: "Who, if anybody, was there?", max_length: 80}
        story: {ask: What happened?, type: long text, hint: In your own words., required: true}
        cups: {ask: How many cups?, type: number, at_least: 0, at_most: 20.5, decimals: 1, unit: cups}
        fear: {ask: How afraid?, type: rating, from: 0, to: 100, step: 5, ends: [Not at all, Very much]}
        mood: {ask: How are you?, type: rating}
        kind: {ask: Which kind?, type: choice, choices: {a: Alone, b: With others}}
        where:
          ask: Where?
          type: choices
          choices:
            home: At home
            no: Nowhere
        done: {ask: Did you do it?, type: yes no, required: yes}
        day: {ask: Which day?, type: date}
        next: {ask: When again?, type: date, future: yes}
        at: {ask: At what time?, type: time}
        took: {ask: How long?, type: duration, at_most: 90}
        week:
          ask: How often?
          type: matrix
          choices: {0: Never, 1: Often}
          rows: {q1: Feeling tense, q2: "Worrying: a lot"}
        steps:
          ask: Which steps?
          type: repeat
          called: step
          blank_rows: 2
          at_most: 5
          of:
            what: What is it?
            now: {ask: How hard is it now?, type: rating, asked: last}
    """)
    never_often = (Choice("0", "Never"), Choice("1", "Often"))
    assert form.fields == (
        Text(id="name", ask="Who, if anybody, was there?", max_length=80),
        LongText(id="story", ask="What happened?", hint="In your own words.", required=True),
        Number(id="cups", ask="How many cups?", at_least=0, at_most=20.5, decimals=1, unit="cups"),
        Rating(id="fear", ask="How afraid?", highest=100, step=5, ends=("Not at all", "Very much")),
        Rating(id="mood", ask="How are you?"),
        OneOf(id="kind", ask="Which kind?", choices=(Choice("a", "Alone"), Choice("b", "With others"))),
        AnyOf(id="where", ask="Where?", choices=(Choice("home", "At home"), Choice("no", "Nowhere"))),
        YesNo(id="done", ask="Did you do it?", required=True),
        Date(id="day", ask="Which day?"),
        Date(id="next", ask="When again?", future=True),
        Time(id="at", ask="At what time?"),
        Duration(id="took", ask="How long?", at_most=90),
        Matrix(
            id="week",
            ask="How often?",
            choices=never_often,
            rows=(Choice("q1", "Feeling tense"), Choice("q2", "Worrying: a lot")),
        ),
        Repeat(
            id="steps",
            ask="Which steps?",
            called="step",
            blank_rows=2,
            at_most=5,
            of=(Text(id="what", ask="What is it?"), Rating(id="now", ask="How hard is it now?", late=True)),
        ),
    )


def test_several_blocks_are_the_sections_of_one_form() -> None:
    form = parse(
        """
        form: thought-record
        version: 2
        purpose: Catch a strong feeling.
        with_clinician: true
        title: What happened
        why: Facts first.
        fields:
          situation: What was happening?
        """,
        """
        fields:
          thought: What went through your mind?
        """,
        title="Thought record",
    )
    assert (form.id, form.version, form.title) == ("thought-record", 2, "Thought record")
    assert (form.purpose, form.with_clinician) == ("Catch a strong feeling.", True)
    assert [(section.title, section.why) for section in form.sections] == [
        ("What happened", "Facts first."),
        ("", ""),
    ]
    assert [field.id for field in form.fields] == ["situation", "thought"]


def test_a_form_without_a_title_is_titled_after_its_page() -> None:
    assert parse("form: thought-record\nfields: {a: What?}", title="").title == "Thought record"


MEASURE = """
    form: worry
    licence: Our own words, free to use.
    source: Made up
    scales:
      total:
        title: Worry
        items: [q1, q2, fear]
        reversed: [q2]
        multiplier: 2
        missing: 1
        bands:
          0: Little
          10: {label: Much, meaning: "This is not a diagnosis."}
        cut_offs: {caseness: 12}
        reliable_change: 4.5
        better: higher
    alerts:
      - label: Thoughts of self-harm
        when: {q2: {at_least: 1}, kind: a}
      - label: Very afraid
        when:
          fear: {at_least: 8, at_most: 10}
          q1: [1, 2]
          note: {answered: true}
    fields:
      week:
        ask: How often?
        type: matrix
        choices: {0: Never, 1: Sometimes, 2: Often}
        rows: {q1: Worrying, q2: Thinking of death}
      fear: {ask: How afraid?, type: rating}
      kind: {ask: Which kind?, type: choice, choices: {a: Alone, b: With others}}
      note: Anything else?
"""


def test_a_measure_has_its_scale() -> None:
    (scale,) = parse(MEASURE).scales
    assert (scale.id, scale.title, scale.items, scale.reversed) == (
        "total",
        "Worry",
        ("q1", "q2", "fear"),
        ("q2",),
    )
    assert (scale.multiplier, scale.missing_up_to, scale.reliable_change, scale.better) == (
        2,
        1,
        4.5,
        "higher",
    )
    assert scale.bands == (Band(0, "Little"), Band(10, "Much", "This is not a diagnosis."))
    assert scale.cutoffs == (Cutoff("caseness", 12),)


def test_alerts_can_be_written_in_every_way() -> None:
    first, second = parse(MEASURE).alerts
    assert first.when == (Condition("q2", "at_least", 1), Condition("kind", "equals", "a"))
    assert second.when == (
        Condition("fear", "at_least", 8),
        Condition("fear", "at_most", 10),
        Condition("q1", "one_of", ("1", "2")),
        Condition("note", "answered", True),
    )


def test_the_definition_survives_json() -> None:
    form = parse(MEASURE)
    assert Form.from_json(form.to_json()).hash == form.hash


def test_codes_are_strings_however_they_are_written() -> None:
    assert fields("a: {ask: What?, type: choice, choices: {0: No, -1: Less, '2': More}}").fields == (
        OneOf(id="a", ask="What?", choices=(Choice("0", "No"), Choice("-1", "Less"), Choice("2", "More"))),
    )


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("No", "No"),
        ("off", "off"),
        ("12", "12"),
        ("'true'", "true"),
        ('"What # is it?"', "What # is it?"),
        ("C# or music", "C# or music"),
        ("At 10:30, what?", "At 10:30, what?"),
        ("See https://example.org", "See https://example.org"),
        ("'I can''t'", "I can't"),
        ("Über „Gefühle“ — 感情?", "Über „Gefühle“ — 感情?"),
        (">-\n    One line\n    and another", "One line and another"),
        ("One line\n    and another", "One line and another"),
    ],
)
def test_words_are_read_as_written(written: str, read: str) -> None:
    assert fields(f"a: {written}").fields[0].ask == read
