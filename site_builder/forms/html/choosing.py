"""What is chosen with a tap, as HTML: choices, ratings, numbers with words at their ends, and matrices of these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from site_builder.forms.html.parts import (
    Place,
    error,
    keyboard,
    limits_json,
    texts,
)
from site_builder.forms.model.choices import Choice, words_by_code
from site_builder.forms.model.fields import (
    EXACT,
    Matrix,
    Rating,
)
from site_builder.forms.model.markup import NO_HTML, Markup, joined, tag

MOST_CELLS = 11  # of a rating: two rows on a phone; a longer scale shows every tenth and a box for the number
CLEAR = "Clear this answer"
SHORT_UNIT = 2  # characters, such as "%" or "°C": they fit into the cells of a rating on a phone
NO_BREAK_SPACE = "\u00a0"  # keeps an empty head of a column where it is


def choices_in(
    choices: Sequence[Choice],
    kind: str,
    chosen: list[str],
    place: Place,
    required: bool = False,
    row: bool = False,
) -> Markup:
    words = words_by_code(choices)
    labels = [
        tag(
            "label",
            tag(
                "input",
                type=kind,
                name=place.name,
                value=choice.code,
                id=f"{place.id}-{choice.code}",
                checked=choice.code in chosen,
                required=required,
                data_alone=choice.alone or None,
            ),
            tag("span", words[choice.code]),
            class_="hw-choice",
        )
        for choice in choices
    ]
    several = tag("div", *labels, class_="hw-choices hw-choices--row" if row else "hw-choices")
    return several if required or kind != "radio" else several + _clear(place)


def _clear(place: Place) -> Markup:
    """Return how an optional answer is taken back: a radio without a value, which the script makes a button."""
    radio = tag("input", type="radio", name=place.name, value=True, id=f"{place.id}--clear")
    return tag("label", radio, tag("span", CLEAR), class_="hw-clear")


def has_words_at_its_ends(choices: Sequence[Choice]) -> bool:
    """Return whether these are numbers in a row, with words at both ends and nowhere else."""
    worded = [bool(choice.label) for choice in choices]
    return len(worded) > 2 and worded == [True, *[False] * (len(worded) - 2), True]


def _heads(choices: Sequence[Choice]) -> list[str]:
    """Return what stands above each column of a matrix."""
    if has_words_at_its_ends(choices):
        return [choice.label or NO_BREAK_SPACE for choice in choices]
    return list(words_by_code(choices).values())


def number_scale(choices: Sequence[Choice], chosen: list[str], place: Place, required: bool) -> Markup:
    """Return a row of numbers with words at its ends, for a choice or for a row of a matrix."""
    cells = [
        tag(
            "label",
            tag(
                "input",
                type="radio",
                name=place.name,
                value=choice.code,
                id=f"{place.id}-{choice.code}",
                checked=choice.code in chosen,
                required=required,
            ),
            tag(
                "span",
                choice.code,
                tag("span", f" ({choice.label})", class_="hw-visually-hidden") if choice.label else NO_HTML,
            ),
            class_="hw-cell",
        )
        for choice in choices
    ]
    ends = (tag("span", choice.label) for choice in choices if choice.label)
    numbers = tag(
        "div",
        tag("div", *cells, class_="hw-rating", data_count=len(cells)),
        tag("div", *ends, class_="hw-ends", aria_hidden="true"),
        class_="hw-numbers",
    )
    return numbers if required else numbers + _clear(place)


def rating(field: Rating, answer: Any, place: Place) -> Markup:
    count = (field.highest - field.lowest) // field.step + 1
    gap = field.step if count <= MOST_CELLS else max((field.highest - field.lowest) // 10, 1)
    numbers = [str(number) for number in range(field.lowest, field.highest + 1, gap)]
    typed = "" if answer is None else str(answer)
    # A short unit fits into the cells; a longer one stands above them once, and screen readers get it with each number.
    is_short = len(field.unit) <= SHORT_UNIT
    unit = tag("span", f" {field.unit}", class_=None if is_short else "hw-visually-hidden") if field.unit else NO_HTML
    cells = [
        tag(
            "label",
            tag(
                "input",
                type="radio",
                name=place.name,
                value=number,
                id=f"{place.id}-{number}",
                checked=number == typed,
                required=field.required and gap == field.step,
            ),
            tag("span", number, unit),
            class_="hw-cell",
        )
        for number in numbers
    ]
    ends = (tag("span", words) for words in field.ends)
    parts = [
        NO_HTML if is_short else tag("p", f"In {field.unit}", class_="hw-rating__unit", aria_hidden="true"),
        tag("div", *cells, class_="hw-rating", data_count=len(cells)),
        tag("div", *ends, class_="hw-ends", id=f"{place.id}-ends") if field.ends else NO_HTML,
    ]
    if gap != field.step:
        parts.append(_exact(field, "" if typed in numbers else typed, place.inside(EXACT)))
    if not field.required:
        parts.append(_clear(place))
    return joined(parts)


def _exact(field: Rating, typed: str, place: Place) -> Markup:
    ask = f"Or give the exact number, {field.lowest} to {field.highest}"
    return tag(
        "div",
        tag("label", ask, for_=place.id),
        tag(
            "input",
            class_="hw-input hw-input--number",
            type="text",
            inputmode=keyboard(field.lowest),
            autocomplete="off",
            id=place.id,
            name=place.name,
            value=typed,
            aria_describedby=f"{place.id}-unit" if field.unit else None,
        ),
        tag("span", field.unit, class_="hw-unit", id=f"{place.id}-unit") if field.unit else NO_HTML,
        class_="hw-exact",
        data_number=limits_json(field),
    )


def matrix(field: Matrix, answer: Any, place: Place) -> Markup:
    answers = answer if isinstance(answer, Mapping) else {}
    of_numbers = has_words_at_its_ends(field.choices)
    heads = (tag("span", words) for words in _heads(field.choices))
    rows = [tag("div", tag("span"), *heads, class_="hw-matrix__head", aria_hidden="true")]
    for row in field.rows:
        inner = place.inside(row.code)
        rows.append(
            tag(
                "fieldset",
                tag("legend", row.label),
                error(inner),
                number_scale(field.choices, texts(answers.get(row.code)), inner, field.required)
                if of_numbers
                else choices_in(field.choices, "radio", texts(answers.get(row.code)), inner, field.required, row=True),
                class_="hw-row",
                id=inner.id,
                data_row=row.code,
                aria_describedby=f"{inner.id}-error" if inner.problem else None,
            )
        )
    return tag("div", *rows, class_="hw-matrix", data_count=len(field.choices))
