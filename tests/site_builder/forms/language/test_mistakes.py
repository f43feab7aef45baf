"""A form with mistakes is refused: each with its place and its remedy, all at once."""

from __future__ import annotations

import pytest

from site_builder.forms.model.errors import FormErrors
from tests.cases.blocks import FIRST_LINE, marked, parse, refused
from tests.cases.mistakes_in_measures import MISTAKES_IN_MEASURES, measure
from tests.cases.mistakes_in_questions import MISTAKES_IN_QUESTIONS

MISTAKES = MISTAKES_IN_QUESTIONS | MISTAKES_IN_MEASURES


@pytest.mark.parametrize(("text", "parts"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_reported_with_its_place(text: str, parts: list[str]) -> None:
    texts, places = marked(text)
    mistakes = refused(*texts)
    assert [(line, column) for _, line, column in mistakes] == places
    for (message, _, _), part in zip(mistakes, parts, strict=True):
        assert part in message


def test_all_mistakes_of_all_blocks_are_reported_at_once() -> None:
    texts, places = marked(
        """
        form: abc
        «porpose: Many mistakes.
        fields:
          a: {ask: What?, type: «dat}
          b: {ask: Why «# not?}
          «client: Who?
        """.replace("{ask: Why «# not?}", "Why «# not?"),
        """
        title: A block that YAML cannot read
        fields:
          c: Situation«: what?
        """,
        """
        «form: def
        «scales: {t: {items: [a]}}
        fields:
          «A: What?
        """,
    )
    assert [(line, column) for _, line, column in refused(*texts)] == places


def test_a_question_with_a_mistake_is_not_called_unknown_elsewhere() -> None:
    texts, places = marked(measure("scales: {t: {items: [q1, fear]}}").replace("type: rating}\n", "type: «ratin}\n", 1))
    assert [(line, column) for _, line, column in refused(*texts)] == places


def test_names_that_may_be_in_an_unread_block_are_not_called_unknown() -> None:
    texts, places = marked(
        "form: abc\nalerts: [{label: X, when: {later: {at_least: 1}}}]\nfields: {a: What?}",
        "fields:\n  later: {ask: Later«: how?}",
    )
    assert [(line, column) for _, line, column in refused(*texts)] == places


def test_a_second_form_needs_a_page_of_its_own() -> None:
    (mistake,) = refused("form: abc\nfields: {a: What?}", "form: def\nfields: {b: Why?}")
    assert "a second form needs a page of its own" in mistake[0]
    assert mistake[1:] == (FIRST_LINE + 100, 1)


def test_the_licence_of_a_later_block_belongs_in_the_first() -> None:
    (mistake,) = refused("form: abc\nfields: {a: What?}", "licence: Free.\nfields: {b: Why?}")
    assert "it belongs in the first block of the page" in mistake[0]


def test_endless_nesting_is_a_mistake_and_not_a_crash() -> None:
    assert "cannot be read" in refused("form: " + "[" * 5000)[0][0]


def test_a_message_reads_as_one_line_with_its_place() -> None:
    with pytest.raises(FormErrors) as caught:
        parse("form: abc\nfields:\n  a:\n    ask: How much?\n    type: raiting")
    assert str(caught.value) == ("page.md:15:11 'raiting' is not an answer type; did you mean 'rating'?")
