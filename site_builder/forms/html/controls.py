"""Each type of field as HTML: a question with its hint, its error and its control."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from site_builder.forms.html.choosing import choices_in, has_words_at_its_ends, matrix, number_scale, rating
from site_builder.forms.html.parts import (
    Place,
    described_by,
    error,
    hint_of,
    keyboard,
    limits_json,
    texts,
    when_json,
    words_of,
)
from site_builder.forms.model.computed import Computed
from site_builder.forms.model.days import EARLIEST, LATEST
from site_builder.forms.model.fields import (
    AnyOf,
    Date,
    Duration,
    Field,
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
from site_builder.forms.model.markup import NO_HTML, Markup, end_of, start_of, tag

INDEX, NUMBER = "__index__", "__number__"  # placeholders that the script replaces in a new row of a repeat


def pieces_of(field: Field, answer: Any, place: Place) -> Iterator[Markup]:
    """Yield a question piece by piece; the answer is the one that was sent, valid or not, None for no answer.

    A repeat has a piece for each row.
    """
    if isinstance(field, Repeat):
        return _repeat(field, answer, place)
    return iter((question(field, answer, place),))


def question(field: Field, answer: Any, place: Place) -> Markup:
    """Return a question other than a repeat, with its answer."""
    if isinstance(field, Rating):
        return _group(field, place, "rating", rating(field, answer, place))
    if isinstance(field, OneOf) and has_words_at_its_ends(field.choices):
        return _group(field, place, "numbers", number_scale(field.choices, texts(answer), place, field.required))
    if isinstance(field, OneOf | YesNo):
        return _group(
            field, place, field.type, choices_in(field.choices, "radio", texts(answer), place, field.required)
        )
    if isinstance(field, AnyOf):
        return _group(field, place, "choices", choices_in(field.choices, "checkbox", texts(answer), place))
    if isinstance(field, Duration):
        return _group(field, place, "duration", _duration(answer, place))
    if isinstance(field, Matrix):
        return _group(field, place, "matrix", matrix(field, answer, place))
    return _single(field, answer, place)


def first_control(field: Field, place: Place) -> str:
    """Return the element id that the summary of problems links to."""
    if isinstance(field, Rating):
        return f"{place.id}-{field.lowest}"
    if isinstance(field, OneOf | AnyOf | YesNo):
        return f"{place.id}-{field.choices[0].code}"
    if isinstance(field, Duration):
        return f"{place.id}-hours"
    return place.id


def _group(field: Field, place: Place, kind: str, controls: Markup) -> Markup:
    """Return a question with several controls: a fieldset with a legend."""
    ends = f"{place.id}-ends" if isinstance(field, Rating) and field.ends else ""
    return tag(
        "fieldset",
        tag("legend", words_of(field, place), class_="hw-ask"),
        hint_of(field, place),
        error(place),
        controls,
        class_=f"hw-field hw-field--{kind.replace(' ', '-')}",
        id=place.id,
        data_field=place.name,
        data_when=when_json(field.when),
        data_required=field.required,
        data_unit=field.unit or None if isinstance(field, Rating) else None,
        aria_describedby=described_by(field, place, ends),
    )


def _single(field: Field, answer: Any, place: Place) -> Markup:
    """Return a question with a single control."""
    shared = {
        "class_": "hw-input",
        "id": place.id,
        "name": place.name,
        "required": field.required,
        "aria_describedby": described_by(field, place, f"{place.id}-unit" if _unit(field) else ""),
        "aria_invalid": "true" if place.problem else None,
    }
    typed = "" if answer is None else str(answer)
    if isinstance(field, LongText):
        # Browsers drop a line break right after the tag; without this one they would drop the answer's own.
        control = tag("textarea", "\n", typed, rows=4, maxlength=field.max_length, **shared)
    else:
        control = tag("input", **shared, **_kind_of_input(field), value=typed)
    unit = tag("span", _unit(field), class_="hw-unit", id=f"{place.id}-unit") if _unit(field) else NO_HTML
    return tag(
        "div",
        tag("label", words_of(field, place), class_="hw-ask", for_=place.id),
        hint_of(field, place),
        error(place),
        control,
        unit,
        class_=f"hw-field hw-field--{field.type.replace(' ', '-')}",
        data_field=place.name,
        data_number=limits_json(field),
        data_when=when_json(field.when),
        data_beside=field.beside or None,
    )


def _kind_of_input(field: Field) -> dict[str, Any]:
    """Return the attributes that bring up the right keyboard; numbers use type=text, which loses no typing."""
    if isinstance(field, Number):
        return {
            "type": "text",
            "inputmode": keyboard(field.limits.at_least, field.decimals),
            "autocomplete": "off",
        }
    if isinstance(field, Date):  # the script sets `max`, for a page may be loaded long after it was built
        return {"type": "date", "min": EARLIEST, "max": LATEST if field.future else None}
    if isinstance(field, Time):
        return {"type": "time"}
    return {"type": "text", "maxlength": field.max_length if isinstance(field, Text) else None}


def _unit(field: Field) -> str:
    return field.unit if isinstance(field, Number) else ""


def _duration(answer: Any, place: Place) -> Markup:
    typed = answer if isinstance(answer, Mapping) else {}
    if isinstance(answer, int):
        typed = {"hours": answer // 60, "minutes": answer % 60}
    elif isinstance(answer, str):
        typed = {"minutes": answer}
    inputs = [
        tag(
            "div",
            tag(
                "input",
                class_="hw-input hw-input--number",
                type="text",
                inputmode="numeric",
                autocomplete="off",
                id=f"{place.id}-{unit}",
                name=f"{place.name}.{unit}",
                value=typed.get(unit, ""),
            ),
            tag("label", unit, for_=f"{place.id}-{unit}"),
            class_="hw-duration__part",
        )
        for unit in ("hours", "minutes")
    ]
    return tag("div", *inputs, class_="hw-duration")


def _repeat(field: Repeat, answer: Any, place: Place) -> Iterator[Markup]:
    yield start_of(
        "div",
        class_="hw-field hw-field--repeat",
        id=place.id,
        role="group",
        aria_labelledby=f"{place.id}-ask",
        aria_describedby=described_by(field, place),
        data_field=place.name,
        data_when=when_json(field.when),
        data_called=field.called,
        data_at_most=field.at_most,
        data_required=field.required,
    )
    yield tag("p", words_of(field, place), class_="hw-ask", id=f"{place.id}-ask")
    yield hint_of(field, place) + error(place) + start_of("homeward-repeat")
    for index, row in enumerate(rows_of(field, answer)):
        yield _card(field, row, place, str(index), str(index + 1))
    yield tag("template", _card(field, {}, replace(place, problems={}), INDEX, NUMBER))
    yield end_of("homeward-repeat") + end_of("div")


def rows_of(field: Repeat, answer: Any) -> list[Mapping[str, Any]]:
    """Return the rows of a repeat: those that were sent, and blank ones up to `blank_rows`."""
    rows = [row for row in answer if isinstance(row, Mapping)] if isinstance(answer, list) else []
    return rows + [{}] * (min(field.blank_rows, field.at_most) - len(rows))


def row_name(field: Repeat, number: str) -> str:
    """Return the name of one row: "Feeling 2"."""
    called = field.called or "entry"
    return f"{called[0].upper()}{called[1:]} {number}"


def _card(field: Repeat, row: Mapping[str, Any], place: Place, index: str, number: str) -> Markup:
    inner = place.of_row(field, row, index)
    questions = (question(of, row.get(of.id), inner.inside(of.id)) for of in field.of if not of.late)
    legend = tag("legend", row_name(field, number))
    return tag("fieldset", legend, *questions, worked_out(field.computed), class_="hw-card", data_index=index)


def worked_out(computed: tuple[Computed, ...]) -> Markup:
    """Return an output for each value that the script works out while the client types; hidden without script."""
    if not computed:
        return NO_HTML
    rows = (
        tag(
            "div",
            tag("dt", value.label),
            tag("dd", tag("output", class_="hw-computed__value")),
            class_="hw-computed__row",
            data_computed=json.dumps([value.id, value.formula, list(value.of), value.unit], ensure_ascii=False),
        )
        for value in computed
    )
    return tag("dl", *rows, class_="hw-computed", hidden=True)


def late_rows(field: Repeat, answer: Any, place: Place) -> Iterator[Markup]:
    """Yield the questions of a repeat that are asked last, one row for each card; nothing if there are none."""
    if not any(of.late for of in field.of):
        return
    yield start_of("div", class_="hw-late", data_repeat=field.id, data_when=when_json(field.when))
    for index, row in enumerate(rows_of(field, answer)):
        yield _late_row(field, row, place, str(index), str(index + 1))
    yield tag("template", _late_row(field, {}, replace(place, problems={}), INDEX, NUMBER))
    yield end_of("div")


def _late_row(field: Repeat, row: Mapping[str, Any], place: Place, index: str, number: str) -> Markup:
    inner = place.of_row(field, row, index)
    called = row_name(field, number)
    questions = (
        question(of, row.get(of.id), replace(inner.inside(of.id), called=called)) for of in field.of if of.late
    )
    return tag("div", *questions, class_="hw-late__row", data_index=index)
