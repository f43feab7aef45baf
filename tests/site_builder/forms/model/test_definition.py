"""The identity of a form: its hash changes with its wording, and it survives being stored."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from site_builder.content.library import read_library
from site_builder.forms.model.choices import Choice
from site_builder.forms.model.definition import Form, Section
from site_builder.forms.model.errors import UnreadableDefinition
from site_builder.forms.model.fields import OneOf, Text

CONTENT = Path(__file__).parents[4] / "content"
FORMS = [page.form for page in read_library(CONTENT).pages if page.form]
QUESTION = OneOf(id="mood", ask="How was it?", hint="Today", choices=(Choice("1", "Good"), Choice("2", "Bad")))
FORM = Form(id="diary", version=1, title="Diary", sections=(Section((QUESTION,), "Today"),))


def with_question(**changes: object) -> Form:
    return replace(FORM, sections=(Section((replace(QUESTION, **changes),), "Today"),))  # type: ignore[arg-type]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
def test_a_form_survives_being_stored(form: Form) -> None:
    again = Form.from_json(json.loads(json.dumps(form.to_json())))
    assert again == form
    assert again.hash == form.hash


@pytest.mark.parametrize(
    "changed",
    [
        with_question(ask="How was your day?"),
        with_question(hint=""),
        with_question(required=True),
        with_question(choices=(Choice("1", "Good"), Choice("2", "Not good"))),
        with_question(choices=(Choice("2", "Bad"), Choice("1", "Good"))),
        replace(FORM, version=2),
        replace(FORM, title="My diary"),
        replace(FORM, sections=(Section((QUESTION,), "Tonight"),)),
    ],
)
def test_the_hash_changes_with_every_word_and_with_their_order(changed: Form) -> None:
    assert changed.hash != FORM.hash


def test_the_hash_is_of_the_content_alone() -> None:
    assert with_question().hash == FORM.hash
    assert len(FORM.hash) == 64


@pytest.mark.parametrize(
    "stored", [{}, {"form": "f", "version": 1, "title": "F"}, {"form": "f", "sections": [{"fields": [{}]}]}]
)
def test_an_unreadable_definition_is_an_error(stored: dict[str, object]) -> None:
    with pytest.raises(UnreadableDefinition):
        Form.from_json(stored)


def test_the_definition_in_the_reference_is_one() -> None:
    text = (CONTENT.parent / "docs" / "reference.md").read_text("utf-8")
    (block,) = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    assert Form.from_json(json.loads(block)).to_json() == json.loads(block)


def test_an_item_is_a_question_or_a_row_of_a_matrix() -> None:
    phq9 = next(form for form in FORMS if form.id == "phq9")
    assert list(phq9.items)[:2] == ["q1", "q2"]
    assert phq9.range_of("q9") == (0, 3)
    assert phq9.answer({"bothered": {"q9": "2"}}, "q9") == "2"
    assert phq9.answer({}, "q9") is None
    with pytest.raises(ValueError, match="no range"):
        FORM_WITH_TEXT.range_of("note")


FORM_WITH_TEXT = Form(id="f", version=1, title="F", sections=(Section((Text(id="note", ask="?"),)),))
