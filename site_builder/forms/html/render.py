"""Form (+ answers, + problems) → accessible HTML: blank, or as it was refused."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from site_builder.forms.html.controls import first_control, late_rows, pieces_of, worked_out
from site_builder.forms.html.parts import Place, only_if, when_json
from site_builder.forms.model.definition import Form, Section
from site_builder.forms.model.fields import Field, Matrix, Repeat
from site_builder.forms.model.markup import NO_HTML, Markup, end_of, joined, start_of, tag
from site_builder.forms.model.wording import plain

SEND = "Send to my therapist"
NOTHING_SENT = "An example: nothing is sent."
TOGETHER = "Fill this in together with your clinician."
NOTHING: Mapping[str, Any] = {}
_END = Markup("</form></homeward-form>")


def render_form(
    form: Form,
    *,
    action: str,
    answers: Mapping[str, Any] = NOTHING,
    problems: Mapping[str, str] = NOTHING,
    hidden: Mapping[str, str] = NOTHING,
    help_html: Markup = NO_HTML,
) -> Markup:
    """Return the whole form.

    `answers` is what was posted, nested as in JSON, and shown as typed, valid or not. `problems` are
    sentences by wire name. `hidden` holds further inputs beside the definition's hash. `help_html` is the clinic's.
    """
    return joined(
        form_pieces(form, action=action, answers=answers, problems=problems, hidden=hidden, help_html=help_html)
    )


def form_pieces(
    form: Form,
    *,
    action: str,
    answers: Mapping[str, Any] = NOTHING,
    problems: Mapping[str, str] = NOTHING,
    hidden: Mapping[str, str] = NOTHING,
    help_html: Markup = NO_HTML,
) -> Iterator[Markup]:
    """Yield what render_form returns, drawn as it is asked for: none of the pieces is long, however long the form."""
    yield render_open(form, action=action, problems=problems, hidden=hidden)
    for index in range(len(form.sections)):
        yield start_of("div", class_="hw-step")
        yield from _section_pieces(form, index, answers, problems)
        yield end_of("div")
    yield render_close(form, help_html=help_html)


def render_open(
    form: Form,
    *,
    action: str,
    problems: Mapping[str, str] = NOTHING,
    hidden: Mapping[str, str] = NOTHING,
    example: bool = False,
) -> Markup:
    """Return the beginning of a form, up to its first step; render_close ends it.

    An `example` can be filled in but never sent, with or without script: it has no action and no definition's hash.
    """
    # Scores are worked out by the collector alone: the receipt shows the help for an alert on one.
    on_answers = [alert for alert in form.alerts if all(form.tested(name)[0] for name in alert.fields)]
    alerts = [[condition.to_json() for condition in alert.when] for alert in on_answers]
    start = start_of(
        "form",
        class_="hw-form",
        id=f"hw-{form.id}",
        method="dialog" if example else "post",
        action=None if example else action,
        novalidate=True,
        accept_charset="utf-8",
        data_alerts=json.dumps(alerts, separators=(",", ":")) if alerts else None,
    )
    sent_along = [
        tag("input", type="hidden", name=name, value=value)
        for name, value in ({} if example else {"_definition": form.hash, **hidden}).items()
    ]
    element = start_of("homeward-form", data_form=form.id, data_example=example)
    together = tag("p", TOGETHER, class_="hw-together") if form.with_clinician else NO_HTML
    return joined([element, start, *sent_along, together, _summary(form, problems)])


def render_close(form: Form, *, help_html: Markup = NO_HTML, example: bool = False) -> Markup:
    """Return the end of a form: the button, and the clinic's help, which the script shows after a risk answer."""
    if example:
        return tag("p", NOTHING_SENT, class_="hw-example__note") + _END
    button = tag("button", SEND, class_="hw-button hw-button--primary", type="submit")
    help = tag("template", help_html, class_="hw-help") if form.alerts and help_html else NO_HTML
    return tag("div", button, class_="hw-actions") + help + _END


def render_section(
    form: Form, index: int, answers: Mapping[str, Any] = NOTHING, problems: Mapping[str, str] = NOTHING
) -> Markup:
    """Return one section; the last one also holds the questions that are asked last."""
    return joined(_section_pieces(form, index, answers, problems))


def _section_pieces(
    form: Form, index: int, answers: Mapping[str, Any], problems: Mapping[str, str]
) -> Iterator[Markup]:
    section = form.sections[index]
    own = chain(_questions(form, section, answers, problems), (worked_out(section.computed),))
    if index < len(form.sections) - 1:
        return _section(form, index, own)
    late = _late(form, answers, problems)
    if section.when and any(of.late for repeat in form.repeats.values() for of in repeat.of):
        # What is asked last does not wait for what this section waits for.
        before = start_of("section", class_="hw-section", aria_label=_label(form, index))
        return chain((before,), late, (end_of("section"),), _section(form, index, own))
    return _section(form, index, chain(late, own))


def _questions(
    form: Form, section: Section, answers: Mapping[str, Any], problems: Mapping[str, str]
) -> Iterator[Markup]:
    for field in section.fields:
        yield from pieces_of(field, answers.get(field.id), _place(form, section, field, answers, problems))


def _late(form: Form, answers: Mapping[str, Any], problems: Mapping[str, str]) -> Iterator[Markup]:
    for section in form.sections:
        for field in section.fields:
            if isinstance(field, Repeat):
                yield from late_rows(field, answers.get(field.id), _place(form, section, field, answers, problems))


def _place(
    form: Form, section: Section, field: Field, answers: Mapping[str, Any], problems: Mapping[str, str]
) -> Place:
    return Place(form.id, field.id, problems, asked=form.items, answers=answers, waited=len(section.when))


def _section(form: Form, index: int, questions: Iterable[Markup]) -> Iterator[Markup]:
    section, id = form.sections[index], f"hw-{form.id}-s{index + 1}"
    yield start_of(
        "section",
        class_="hw-section",
        aria_label=None if section.title else _label(form, index),
        aria_labelledby=id if section.title else None,
        data_when=when_json(section.when),
    )
    yield tag("h2", section.title, class_="hw-section__title", id=id) if section.title else NO_HTML
    yield tag("p", section.why, class_="hw-section__why") if section.why else NO_HTML
    yield only_if(section.when, form.items, f"{id}-when")
    yield from questions
    yield end_of("section")


def _label(form: Form, index: int) -> str:
    """Return what a section without a title is called for a screen reader."""
    return f"{form.title}, part {index + 1}" if len(form.sections) > 1 else form.title


def _summary(form: Form, problems: Mapping[str, str]) -> Markup:
    """Return the list of problems for the top of the form, each linked to its control."""
    if not problems:
        return NO_HTML
    id = f"hw-{form.id}-problems"
    controls = dict(_controls(form.fields, form.id, ""))
    entries = []
    for name, problem in problems.items():
        ask, control = controls.get(_starred(name), ("", ""))
        words = f"{ask.rstrip('.:')}{'' if ask.endswith('?') else ':'} {problem}" if ask else problem
        entries.append(tag("li", tag("a", words, href=f"#{_numbered(control, name)}") if control else words))
    return tag(
        "div",
        tag("h2", "There is a problem", class_="hw-problems__title", id=id),
        tag("ul", *entries),
        class_="hw-problems",
        role="alert",
        tabindex="-1",
        aria_labelledby=id,
    )


def _controls(fields: tuple[Field, ...], form: str, before: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield (question, id of its first control) by wire name, with * for the number of a repeat's row."""
    for field in fields:
        name = before + field.id
        yield name, (plain(field.ask), first_control(field, Place(form, name)))
        if isinstance(field, Repeat):
            yield from _controls(field.of, form, f"{name}.*.")
        elif isinstance(field, Matrix):
            for row in field.rows:
                place = Place(form, f"{name}.{row.code}")
                yield place.name, (row.label, f"{place.id}-{field.choices[0].code}")


def _starred(name: str) -> str:
    return ".".join("*" if part.isdigit() else part for part in name.split("."))


def _numbered(control: str, name: str) -> str:
    number = next((part for part in name.split(".") if part.isdigit()), "")
    return control.replace("*", number)
