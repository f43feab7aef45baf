"""Each type of field as HTML: a question with its hint, its error and its control."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as default
from typing import Any

from site_builder.forms.html.in_words import Asked, answer_in_words, spoken
from site_builder.forms.model.choices import Choice, words_by_code
from site_builder.forms.model.computed import Computed
from site_builder.forms.model.conditions import Condition
from site_builder.forms.model.days import EARLIEST, LATEST
from site_builder.forms.model.fields import (
    EXACT,
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
from site_builder.forms.model.markup import NO_HTML, Markup, joined, tag
from site_builder.forms.model.numbers import ANY_NUMBER
from site_builder.forms.model.wording import html

MOST_CELLS = 11  # of a rating: two rows on a phone; a longer scale shows every tenth and a box for the number
CLEAR = "Clear this answer"
SHORT_UNIT = 2  # characters, such as "%" or "°C": they fit into the cells of a rating on a phone
NO_BREAK_SPACE = "\u00a0"  # keeps an empty head of a column where it is
INDEX, NUMBER = "__index__", "__number__"  # placeholders that the script replaces in a new row of a repeat


@dataclass(frozen=True)
class Place:
    """Where a question is: its form and wire name, the problems to show, and the questions it may refer to."""

    form: str
    name: str
    problems: Mapping[str, str] = default(default_factory=dict)
    called: str = ""  # the name of the row, for a question about it that is asked last
    asked: Asked = default(default_factory=dict)  # the questions that this one may refer to
    answers: Mapping[str, Any] = default(default_factory=dict)  # to the questions of the same row or form
    waited: int = 0  # how many of its conditions are those of its part, which says them

    @property
    def id(self) -> str:
        return f"hw-{self.form}--{self.name.replace('.', '-')}"

    @property
    def problem(self) -> str:
        return self.problems.get(self.name, "")

    def inside(self, part: str) -> Place:
        """Return the place of a part, such as a rating's exact number or a row of a matrix."""
        return replace(self, name=f"{self.name}.{part}", called="")

    def of_row(self, field: Repeat, row: Mapping[str, Any], index: str) -> Place:
        """Return the place of one row of a repeat; the row's own questions hide those of the form by the same name."""
        asked = {**self.asked, **{of.id: (of, "") for of in field.of}}
        return replace(self, name=f"{self.name}.{index}", asked=asked, answers=row, waited=0)


def question(field: Field, answer: Any, place: Place) -> Markup:
    """Return a question with the answer that was sent, valid or not; None for no answer."""
    if isinstance(field, Rating):
        return _group(field, place, "rating", _rating(field, answer, place))
    if isinstance(field, OneOf) and _has_words_at_its_ends(field.choices):
        return _group(field, place, "numbers", _number_scale(field.choices, _texts(answer), place, field.required))
    if isinstance(field, OneOf | YesNo):
        return _group(field, place, field.type, _choices(field.choices, "radio", _texts(answer), place, field.required))
    if isinstance(field, AnyOf):
        return _group(field, place, "choices", _choices(field.choices, "checkbox", _texts(answer), place))
    if isinstance(field, Duration):
        return _group(field, place, "duration", _duration(answer, place))
    if isinstance(field, Matrix):
        return _group(field, place, "matrix", _matrix(field, answer, place))
    if isinstance(field, Repeat):
        return _repeat(field, answer, place)
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


def _words(field: Field, place: Place) -> Markup:
    optional = () if field.required else (" ", tag("span", _optional(field), class_="hw-optional"))
    called = (tag("span", place.called, class_="hw-called"), ": ") if place.called else ()
    return joined((*called, html(field.ask), *optional))


def _optional(field: Field) -> str:
    return "(you may leave any of these out)" if isinstance(field, Matrix) else "(optional)"


def _hint(field: Field, place: Place) -> Markup:
    """Return what comes between a question and its control: when it is asked, its hint, the earlier answer."""
    hint = tag("p", html(field.hint), class_="hw-hint", id=f"{place.id}-hint") if field.hint else NO_HTML
    return _only_if(field, place) + hint + _earlier(field, place)


def _only_if(field: Field, place: Place) -> Markup:
    """Return when a question is asked, for paper and for browsers without script, which always show the question."""
    return only_if(field.when[place.waited :], place.asked, f"{place.id}-when")


def only_if(when: Sequence[Condition], asked: Asked, id: str) -> Markup:
    """Return conditions in a sentence; empty without any."""
    if not when:
        return NO_HTML
    reasons = ", and ".join(spoken(condition, asked) for condition in when)
    return tag("p", f"Only if {reasons}.", class_="hw-when", id=id)


def _earlier(field: Field, place: Place) -> Markup:
    """Return the answer to the same question asked earlier; the script updates it while the client types."""
    if not field.same_as:
        return NO_HTML
    asked, row = place.asked.get(field.same_as, (None, ""))
    earlier = place.answers.get(asked.id if asked and row else field.same_as)
    if row and isinstance(earlier, Mapping):
        earlier = earlier.get(row)
    shown = "" if earlier is None or isinstance(earlier, Mapping | list) else answer_in_words(field, earlier)
    return tag(
        "p",
        "You answered before: ",
        tag("span", shown, class_="hw-earlier__answer"),
        class_="hw-earlier",
        id=f"{place.id}-earlier",
        data_earlier=field.same_as,
        hidden=not shown,
    )


def _when_json(field: Field) -> str | None:
    return when_json(field.when)


def when_json(when: Sequence[Condition]) -> str | None:
    """Return conditions as JSON for the script; None without any."""
    return json.dumps([condition.to_json() for condition in when], separators=(",", ":")) if when else None


def error(place: Place) -> Markup:
    """Return the problem shown beside a question; empty if there is none."""
    if not place.problem:
        return NO_HTML
    mark = tag("span", "Error:", class_="hw-visually-hidden")
    return tag("p", mark, " ", place.problem, class_="hw-error", id=f"{place.id}-error")


def _described_by(field: Field, place: Place, more: str = "") -> str:
    ids = [
        f"{place.id}-hint" if field.hint else "",
        f"{place.id}-earlier" if field.same_as else "",
        more,
        f"{place.id}-error" if place.problem else "",
    ]
    return " ".join(id for id in ids if id)


def _group(field: Field, place: Place, kind: str, controls: Markup) -> Markup:
    """Return a question with several controls: a fieldset with a legend."""
    ends = f"{place.id}-ends" if isinstance(field, Rating) and field.ends else ""
    return tag(
        "fieldset",
        tag("legend", _words(field, place), class_="hw-ask"),
        _hint(field, place),
        error(place),
        controls,
        class_=f"hw-field hw-field--{kind.replace(' ', '-')}",
        id=place.id,
        data_field=place.name,
        data_when=_when_json(field),
        data_required=field.required,
        data_unit=field.unit or None if isinstance(field, Rating) else None,
        aria_describedby=_described_by(field, place, ends),
    )


def _single(field: Field, answer: Any, place: Place) -> Markup:
    """Return a question with a single control."""
    shared = {
        "class_": "hw-input",
        "id": place.id,
        "name": place.name,
        "required": field.required,
        "aria_describedby": _described_by(field, place, f"{place.id}-unit" if _unit(field) else ""),
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
        tag("label", _words(field, place), class_="hw-ask", for_=place.id),
        _hint(field, place),
        error(place),
        control,
        unit,
        class_=f"hw-field hw-field--{field.type.replace(' ', '-')}",
        data_field=place.name,
        data_number=_limits_json(field),
        data_when=_when_json(field),
        data_beside=field.beside or None,
    )


def _kind_of_input(field: Field) -> dict[str, Any]:
    """Return the attributes that bring up the right keyboard; numbers use type=text, which loses no typing."""
    if isinstance(field, Number):
        return {
            "type": "text",
            "inputmode": _keyboard(field.limits.at_least, field.decimals),
            "autocomplete": "off",
        }
    if isinstance(field, Date):  # the script sets `max`, for a page may be loaded long after it was built
        return {"type": "date", "min": EARLIEST, "max": LATEST if field.future else None}
    if isinstance(field, Time):
        return {"type": "time"}
    return {"type": "text", "maxlength": field.max_length if isinstance(field, Text) else None}


def _keyboard(lowest: float, decimals: int = 0) -> str:
    """Return which keyboard a number needs; an iPhone's keys for numbers have no minus."""
    if lowest < 0:
        return "text"
    return "decimal" if decimals else "numeric"


def _limits_json(field: Field) -> str | None:
    """Return what a number may be as JSON for the script, which reads it as the server does."""
    if not isinstance(field, Number | Rating):
        return None
    limits = {name: value for name, value in field.limits._asdict().items() if value != getattr(ANY_NUMBER, name)}
    return json.dumps(limits, ensure_ascii=False, separators=(",", ":"))


def _unit(field: Field) -> str:
    return field.unit if isinstance(field, Number) else ""


def _texts(answer: Any) -> list[str]:
    return [str(item) for item in (answer if isinstance(answer, list) else [answer]) if item is not None]


def _choices(
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


def _has_words_at_its_ends(choices: Sequence[Choice]) -> bool:
    """Return whether these are numbers in a row, with words at both ends and nowhere else."""
    worded = [bool(choice.label) for choice in choices]
    return len(worded) > 2 and worded == [True, *[False] * (len(worded) - 2), True]


def _heads(choices: Sequence[Choice]) -> list[str]:
    """Return what stands above each column of a matrix."""
    if _has_words_at_its_ends(choices):
        return [choice.label or NO_BREAK_SPACE for choice in choices]
    return list(words_by_code(choices).values())


def _number_scale(choices: Sequence[Choice], chosen: list[str], place: Place, required: bool) -> Markup:
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


def _rating(field: Rating, answer: Any, place: Place) -> Markup:
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
            inputmode=_keyboard(field.lowest),
            autocomplete="off",
            id=place.id,
            name=place.name,
            value=typed,
            aria_describedby=f"{place.id}-unit" if field.unit else None,
        ),
        tag("span", field.unit, class_="hw-unit", id=f"{place.id}-unit") if field.unit else NO_HTML,
        class_="hw-exact",
        data_number=_limits_json(field),
    )


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


def _matrix(field: Matrix, answer: Any, place: Place) -> Markup:
    answers = answer if isinstance(answer, Mapping) else {}
    of_numbers = _has_words_at_its_ends(field.choices)
    heads = (tag("span", words) for words in _heads(field.choices))
    rows = [tag("div", tag("span"), *heads, class_="hw-matrix__head", aria_hidden="true")]
    for row in field.rows:
        inner = place.inside(row.code)
        rows.append(
            tag(
                "fieldset",
                tag("legend", row.label),
                error(inner),
                _number_scale(field.choices, _texts(answers.get(row.code)), inner, field.required)
                if of_numbers
                else _choices(field.choices, "radio", _texts(answers.get(row.code)), inner, field.required, row=True),
                class_="hw-row",
                id=inner.id,
                data_row=row.code,
                aria_describedby=f"{inner.id}-error" if inner.problem else None,
            )
        )
    return tag("div", *rows, class_="hw-matrix", data_count=len(field.choices))


def _repeat(field: Repeat, answer: Any, place: Place) -> Markup:
    rows = rows_of(field, answer)
    cards = [_card(field, row, place, str(index), str(index + 1)) for index, row in enumerate(rows)]
    template = tag("template", _card(field, {}, replace(place, problems={}), INDEX, NUMBER))
    return tag(
        "div",
        tag("p", _words(field, place), class_="hw-ask", id=f"{place.id}-ask"),
        _hint(field, place),
        error(place),
        tag("homeward-repeat", *cards, template),
        class_="hw-field hw-field--repeat",
        id=place.id,
        role="group",
        aria_labelledby=f"{place.id}-ask",
        aria_describedby=_described_by(field, place),
        data_field=place.name,
        data_when=_when_json(field),
        data_called=field.called,
        data_at_most=field.at_most,
        data_required=field.required,
    )


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


def late_rows(field: Repeat, answer: Any, place: Place) -> Markup:
    """Return the questions of a repeat that are asked last, one row for each card; empty if there are none."""
    if not any(of.late for of in field.of):
        return NO_HTML
    numbered = enumerate(rows_of(field, answer))
    rows = [_late_row(field, row, place, str(index), str(index + 1)) for index, row in numbered]
    template = tag("template", _late_row(field, {}, replace(place, problems={}), INDEX, NUMBER))
    return tag("div", *rows, template, class_="hw-late", data_repeat=field.id, data_when=_when_json(field))


def _late_row(field: Repeat, row: Mapping[str, Any], place: Place, index: str, number: str) -> Markup:
    inner = place.of_row(field, row, index)
    called = row_name(field, number)
    questions = (
        question(of, row.get(of.id), replace(inner.inside(of.id), called=called)) for of in field.of if of.late
    )
    return tag("div", *questions, class_="hw-late__row", data_index=index)
