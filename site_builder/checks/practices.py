"""Practices have names of their own, and end in a log that has the questions they fill in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from site_builder.content.library import Library, Page
from site_builder.forms.model.definition import Form
from site_builder.forms.model.errors import FormError
from site_builder.forms.model.fields import Field, LongText, Number, OneOf, Text
from site_builder.forms.model.identifiers import suggest
from site_builder.practices.language import ReadPractice
from site_builder.practices.model import Log


def check(library: Library) -> Iterator[FormError]:
    """Report practices of one name, and logs that are unknown or cannot take what a practice fills in."""
    forms = {form.id: form for form in library.forms}
    failed = any(page.form_at and page.form is None for page in library.pages)  # their names are not known
    pages: dict[str, Page] = {}
    for page in library.pages:
        if (read := page.practice) is None:
            continue
        first = pages.setdefault(read.practice.id, page)
        if first is not page:
            problem = f"the practice '{read.practice.id}' is on {first.shown} already"
            yield _mistake(read, "practice", problem, "give one of the two another name")
        if log := read.practice.log:
            yield from _log(read, log, forms, failed)


def _log(read: ReadPractice, log: Log, forms: Mapping[str, Form], failed: bool) -> Iterator[FormError]:
    form = forms.get(log.form)
    if form is None:
        if not failed:
            yield _mistake(read, "log", f"there is no form '{log.form}'", suggest(log.form, forms))
        return
    fields = {field.id: field for field in form.fields}
    minutes = fields.get(log.minutes)
    if minutes is None:
        numbers = [id for id, field in fields.items() if isinstance(field, Number)]
        problem = f"the form '{log.form}' has no question '{log.minutes}' for the minutes"
        yield _mistake(read, "minutes", problem, suggest(log.minutes, numbers) if numbers else "ask for them there")
    elif not isinstance(minutes, Number):
        problem = f"the question '{log.minutes}' of '{log.form}' takes no number"
        yield _mistake(read, "minutes", problem, "name the one that asks for the minutes, of type number")
    for question, answer in log.answers:
        yield from _answer(read, log, fields, question, answer)


def _answer(
    read: ReadPractice, log: Log, fields: Mapping[str, Field], question: str, answer: str
) -> Iterator[FormError]:
    field = fields.get(question)
    if field is None:
        problem = f"the form '{log.form}' has no question '{question}'"
        yield _mistake(read, f"question {question}", problem, suggest(question, fields))
    elif isinstance(field, OneOf):
        codes = [choice.code for choice in field.choices]
        if answer not in codes:
            problem = f"'{answer}' is no choice of '{question}' in '{log.form}'"
            yield _mistake(read, f"answer {question}", problem, suggest(answer, codes))
    elif not isinstance(field, Text | LongText):
        problem = f"the question '{question}' of '{log.form}' cannot be filled in by a practice"
        yield _mistake(read, f"question {question}", problem, "name a choice, or a line of text")


def _mistake(read: ReadPractice, part: str, problem: str, remedy: str) -> FormError:
    places = read.places
    return FormError(places.get(part) or places.get("log") or places["practice"], problem, remedy, rule="practice")
