"""The answers that were sent → HTML, with the words of the questions and labels instead of codes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, tzinfo
from functools import partial
from itertools import chain
from typing import Any, TypeAlias

from site_builder.forms.answering.clock import BY_THE_CLOCK, by_the_clock, days_in, row_by_the_clock
from site_builder.forms.answering.computed import compute, compute_row, in_words
from site_builder.forms.html.controls import row_name
from site_builder.forms.html.in_words import answer_in_words
from site_builder.forms.model.computed import Computed
from site_builder.forms.model.definition import Form
from site_builder.forms.model.fields import AnyOf, Field, LongText, Matrix, Repeat, Text, is_asked
from site_builder.forms.model.markup import NO_HTML, Markup, end_of, escape, joined, start_of, tag
from site_builder.forms.model.wording import html

NOT_ANSWERED = "not answered"
RowMarks: TypeAlias = Callable[[Repeat, Mapping[str, Any]], Collection[str]]


def render_answers(form: Form, answers: Mapping[str, Any], zone: tzinfo = UTC) -> Markup:
    """Return the answers that were sent, with the questions' words and with labels instead of codes.

    Questions that were not asked because of another answer are left out; computed values are included, and marked where
    the clocks of the zone were changed.
    """
    return joined(answer_pieces(form, answers, zone))


def answer_pieces(form: Form, answers: Mapping[str, Any], zone: tzinfo = UTC) -> Iterator[Markup]:
    """Yield what render_answers returns, drawn as it is asked for."""
    values = compute(form, dict(answers)) if form.computed else {}
    marked = by_the_clock(form, dict(answers), zone) if values else frozenset()
    in_rows = partial(row_by_the_clock, days=days_in(form.fields, answers), zone=zone)
    for section in form.sections:
        pairs = chain(_answers(section.fields, answers, {}, in_rows), _worked_out(section.computed, values, marked))
        if (first := next(pairs, None)) is None:
            continue
        title = tag("h2", section.title, class_="hw-section__title") if section.title else NO_HTML
        yield start_of("section", class_="hw-answers") + title + start_of("dl")
        yield first
        yield from pairs
        yield end_of("dl") + end_of("section")


def _worked_out(
    computed: tuple[Computed, ...], values: Mapping[str, int | float], marked: Collection[str]
) -> list[Markup]:
    mark = tag("span", f" ({BY_THE_CLOCK})", class_="hw-by-the-clock")
    return [
        tag("dt", value.label) + tag("dd", in_words(value, values[value.id]), mark if value.id in marked else NO_HTML)
        for value in computed
        if value.id in values
    ]


def _answers(
    fields: tuple[Field, ...], answers: Mapping[str, Any], outer: Mapping[str, Any], in_rows: RowMarks
) -> Iterator[Markup]:
    for field in fields:
        if not is_asked(field, answers, outer):
            continue
        yield tag("dt", html(field.ask))
        answer = answers.get(field.id)
        if answer is None:
            yield tag("dd", NOT_ANSWERED, class_="hw-not-answered")
        elif isinstance(field, Repeat):
            yield start_of("dd") + start_of("ol", class_="hw-cards")
            yield from _cards(field, answer, field.seen_by_rows(answers), in_rows)
            yield end_of("ol") + end_of("dd")
        else:
            yield tag("dd", _answer(field, answer))


def _cards(
    field: Repeat, rows: Sequence[Mapping[str, Any]], outer: Mapping[str, Any], in_rows: RowMarks
) -> Iterator[Markup]:
    for number, row in enumerate(rows, 1):
        yield tag(
            "li",
            tag("h3", row_name(field, str(number))),
            tag(
                "dl",
                *_answers(field.of, row, outer, in_rows),
                *_worked_out(field.computed, compute_row(field, row), in_rows(field, row)),
            ),
            class_="hw-card",
        )


def _answer(field: Field, answer: Any) -> Markup:
    if isinstance(field, Matrix):
        return _matrix_answer(field, answer)
    if isinstance(field, AnyOf):
        return tag("ul", *(tag("li", answer_in_words(field, [code])) for code in answer))
    if isinstance(field, Text | LongText):
        return tag("span", answer, class_="hw-prewrap")
    return escape(answer_in_words(field, answer))


def _matrix_answer(field: Matrix, answer: Mapping[str, str]) -> Markup:
    pairs = []
    for row in field.rows:
        code = answer.get(row.code)
        pairs.append(tag("dt", row.label))
        if code is None:
            pairs.append(tag("dd", NOT_ANSWERED, class_="hw-not-answered"))
        else:
            pairs.append(tag("dd", answer_in_words(field, code)))
    return tag("dl", *pairs, class_="hw-matrix-answers")
