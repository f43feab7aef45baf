"""The `computed:` of a block: values with a named formula, each worked out from questions and values above it."""

from __future__ import annotations

from typing import cast, get_args

from site_builder.forms.answering.computed import MINUTES, PERCENT
from site_builder.forms.language.options import Options, in_place
from site_builder.forms.language.scope import Names
from site_builder.forms.language.yaml_tree import Table, Value, Word
from site_builder.forms.model import fields as kinds
from site_builder.forms.model.computed import Computed, Formula

FORMULAS: dict[str, Formula] = {formula: formula for formula in get_args(Formula)}
_EXAMPLES: dict[Formula, str] = {
    "time between": "time between: [to_bed, got_up]",
    "sum": "sum: [walked, swam]",
    "minus": "minus: [in_bed, awake]",
    "ratio": "ratio: [asleep, in_bed]",
    "mean": "mean: [before, after]",
}
_LIKE = "computed: {in_bed: {label: Time in bed, time between: [to_bed, got_up]}}"
_HOURS_ARE = "a duration, and a number with the unit minutes"  # how to write a length of time


def read_computed(options: Options, names: Names) -> tuple[Computed, ...]:
    """Read every value of a block, or of each row of a repeat; those with mistakes are reported and left out."""
    table = options.entries("computed", _LIKE)
    if table:
        table = in_place(table, ("label", *FORMULAS), options.mistakes)
    values = []
    for name, value in table.entries if table else ():
        before = len(names.mistakes)
        names.take(name)
        computed = _computed(name, value, names)
        if computed is not None and len(names.mistakes) == before:
            names.computed[computed.id] = computed
            values.append(computed)
        else:
            names.give_up(name, ())
            if isinstance(value, Table) and not value.whole:
                names.hide_names()
    return tuple(values)


def _computed(name: Word, value: Value, names: Names) -> Computed | None:
    mistakes = names.mistakes
    if not isinstance(value, Table):
        mistakes.add(name.source, f"'{name.text}' has no formula", f"write it like this: {_LIKE}")
        return None
    options = Options(value, mistakes, "a computed value")
    options.only(("label", *FORMULAS))
    if options.lacks("label"):
        mistakes.add(name.source, f"'{name.text}' has no label", "add 'label:' with the words that people read")
    written = [key for key, _ in value.entries if key.text in FORMULAS]
    if not written and any(key.text != "label" for key, _ in value.entries):
        return None  # an unknown option in place of the formula, already reported
    if len(written) != 1 and not value.whole:
        return None  # lines of another value have come in here, which has been reported
    if len(written) != 1:
        problem = f"'{name.text}' has {'no formula' if not written else 'more than one formula'}"
        mistakes.add((written[1] if written else name).source, problem, f"give it one of: {', '.join(FORMULAS)}")
        return None
    formula = FORMULAS[written[0].text]
    of = options.several(formula, _EXAMPLES[formula])
    units = [_unit(part, formula, names) for part in of]
    if None in units or not of:
        return None
    unit = _unit_of(formula, written[0], of, cast(list[str], units), names)
    return Computed(name.text, options.words("label"), formula, tuple(part.text for part in of), unit)


def _unit(part: Word, formula: Formula, names: Names) -> str | None:
    """Return the unit of one part of a value, "time" for a time of day; None after a mistake."""
    computed = names.computed.get(part.text)
    if computed is not None:
        return _fits(part, computed.unit, formula, names)
    if names.outer and not names.has(part.text) and names.outer.has(part.text):
        problem = f"'{part.text}' is asked outside of this repeat"
        names.mistakes.add(part.source, problem, "name questions and values of the same row")
        return None
    field = names.find(part)
    if field is None:
        return None
    if isinstance(field, kinds.Time):
        unit = "time"
    elif isinstance(field, kinds.Duration):
        unit = MINUTES
    elif isinstance(field, kinds.Number | kinds.Rating):
        unit = field.unit
    else:
        wanted = "a time" if formula == "time between" else "a number, rating, duration or computed value"
        problem = f"'{part.text}' is of the type {field.type}, which '{formula}' cannot work with"
        names.mistakes.add(part.source, problem, f"name {wanted}")
        return None
    return _fits(part, unit, formula, names)


def _fits(part: Word, unit: str, formula: Formula, names: Names) -> str | None:
    if (unit == "time") == (formula == "time between"):
        return unit
    if unit == "time":
        problem, remedy = f"'{part.text}' is a time of day", "work out a length first, with 'time between'"
    else:
        problem, remedy = f"'{part.text}' is not a time of day", "'time between' takes two questions of the type time"
    names.mistakes.add(part.source, problem, remedy)
    return None


def _unit_of(formula: Formula, at: Word, of: tuple[Word, ...], units: list[str], names: Names) -> str:
    mistakes = names.mistakes
    exactly_two = formula in ("time between", "ratio")
    if len(of) < 2 or (exactly_two and len(of) > 2):
        needs = "two" if exactly_two else "two or more"
        mistakes.add(at.source, f"'{formula}' needs {needs} names", f"write it like this: {_EXAMPLES[formula]}")
    elif other := next((part for part, unit in zip(of, units, strict=True) if unit != units[0]), None):
        first, second = (unit or "no unit" for unit in (units[0], units[of.index(other)]))
        problem = f"'{of[0].text}' is in {first} and '{other.text}' in {second}"
        remedy = f"give both the same unit; a length of time is {_HOURS_ARE}"
        mistakes.add(other.source, problem, remedy)
    if formula == "time between":
        return MINUTES
    return PERCENT if formula == "ratio" else units[0]
