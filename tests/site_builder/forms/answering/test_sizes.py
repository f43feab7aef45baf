"""What a form admits question by question can be sent as a whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest

from site_builder.forms.answering.answers import read_answers, to_pairs
from site_builder.forms.answering.example_answers import example_answers
from site_builder.forms.answering.sizes import largest_post
from site_builder.forms.model.choices import Choice
from site_builder.forms.model.definition import Form, Section
from site_builder.forms.model.fields import AnyOf, Duration, LongText, Matrix, Number, Rating, Repeat, Text

CODES = (Choice("yesterday", "Yesterday"), Choice("today", "Today"))
FORM = Form(
    id="long",
    version=1,
    title="Long",
    sections=(
        Section(
            (
                LongText(id="thought", ask="?"),
                LongText(id="other", ask="?", max_length=300),
                AnyOf(id="days", ask="?", choices=CODES),
                Matrix(id="items", ask="?", choices=CODES, rows=(Choice("q1", "One"), Choice("q10", "Ten"))),
                Rating(id="fear", ask="?", highest=100),
                Duration(id="slept", ask="?"),
                Number(id="cups", ask="?"),
                Repeat(id="steps", ask="?", at_most=12, of=(Text(id="step", ask="?"), Rating(id="now", ask="?"))),
            )
        ),
    ),
)
ENVELOPE = [("_id", "0" * 36), ("_definition", "f" * 64), ("_change", "1")]


def longest(form: Form, character: str) -> Mapping[str, Any]:
    """Return answers in which every text is as long as it may be."""
    answers = dict(example_answers(form))
    answers |= {"thought": character * 20_000, "other": character * 300}
    return answers | {"days": ["yesterday", "today"], "steps": [{"step": character * 500, "now": 10}] * 12}


@pytest.mark.parametrize("character", ["a", "ß", "我", "😀", '"', "\n", "\x01", "%"])
def test_the_longest_answers_fit_in_every_encoding(character: str) -> None:
    answers = longest(FORM, character)
    size = largest_post(FORM)
    pairs = [*ENVELOPE, *((name, value.replace("\n", "\r\n")) for name, value in to_pairs(FORM, dict(answers)))]
    assert len(pairs) <= size.pairs
    assert len(urlencode(pairs)) <= size.bytes
    envelope = {"id": "0" * 36, "definition": "f" * 64, "answers": answers}
    assert len(json.dumps(envelope)) <= size.bytes  # with escapes
    assert len(json.dumps(envelope, ensure_ascii=False).encode()) <= size.bytes
    if character not in "\n\x01":
        assert read_answers(FORM, answers) == answers


def test_a_page_sends_blank_rows_as_well() -> None:
    names = [f"steps.{row}.{part}" for row in range(12) for part in ("step", "now", "now.exact")]
    assert largest_post(FORM).pairs >= len(names) + len(FORM.wire_names)


def test_a_longer_question_makes_a_larger_post() -> None:
    field = FORM.fields[1]
    assert isinstance(field, LongText)
    longer = replace(FORM, sections=(Section((FORM.fields[0], replace(field, max_length=301))),))
    shorter = replace(FORM, sections=(Section((FORM.fields[0], field)),))
    assert largest_post(longer).bytes == largest_post(shorter).bytes + 12
