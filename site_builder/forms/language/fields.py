"""Questions as written in YAML → fields; each type has its own options."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields as options_of
from typing import Any

from site_builder.forms.language.choices import (
    HIGHEST_RATING,
    choices_of,
    only_one,
    read_beside,
    read_ends,
    read_quotes,
    read_wording,
    require_two,
    with_other,
    wording_of,
)
from site_builder.forms.language.computed import FORMULAS, read_computed
from site_builder.forms.language.conditions import read_when
from site_builder.forms.language.habits import REPEAT, instead_of_type
from site_builder.forms.language.matrix import read_matrix
from site_builder.forms.language.options import Options, in_place, listed, words
from site_builder.forms.language.scope import Names
from site_builder.forms.language.yaml_tree import Listing, Mistakes, Table, Value, Word, names_in
from site_builder.forms.model import fields as kinds
from site_builder.forms.model.choices import is_number_scale
from site_builder.forms.model.fields import Field
from site_builder.forms.model.identifiers import meant_by, suggest

COMMON = ("ask", "hint", "type", "required", "when", "same_as", "was", "was_worded")
OPTIONS: dict[str, tuple[str, ...]] = {
    "text": ("max_length",),
    "long text": ("max_length",),
    "number": ("at_least", "at_most", "decimals", "unit"),
    "rating": ("from", "to", "step", "ends", "unit"),
    "choice": ("choices", "other"),
    "choices": ("choices", "other"),
    "yes no": (),
    "date": ("future",),
    "time": (),
    "duration": ("at_most",),
    "matrix": ("choices", "from", "to", "ends", "rows"),
    "repeat": ("of", "computed", "called", "blank_rows", "at_most"),
}
# What belongs to a question, and stands among the questions if it is not indented enough.
_EVERY = dict.fromkeys((*COMMON, *(option for options in OPTIONS.values() for option in options)))
QUESTION = tuple(option for option in _EVERY if option != "computed")  # which a block has, too
# Options of a block that authors easily indent too far, among the questions.
OF_A_BLOCK = ("computed", "choices", "scales", "criteria", "alerts")
_MOST_DECIMALS = 6
_LONGEST_DURATION = 7 * 24 * 60  # minutes: a week


def read_fields(table: Table, mistakes: Mistakes, names: Names) -> tuple[Field, ...]:
    """Read every question of a section or of a repeat's rows; those with mistakes are left out."""
    fields = []
    table = in_place(table, QUESTION, mistakes)
    if not table.whole:
        names.hide_names()
    names.coming = frozenset(name.text for name, _ in table.entries)
    for name, value in table.entries:
        before, taken = len(mistakes), set(names.taken)
        names.take(name)
        field = _read_field(name, value, names)
        beside = [] if field is None else list(read_beside(field, name, value, names))
        if field is not None and len(mistakes) == before:
            for each in (field, *beside):
                names.add(each)
                fields.append(each)
        else:
            names.give_up(name, (*(names.taken[row].text for row in names.taken.keys() - taken), *names_in(value)))
        if _hides_names(value, failed=len(mistakes) > before):
            names.hide_names()
    return tuple(fields)


def _hides_names(value: Value, *, failed: bool) -> bool:
    """Return whether a question may have rows, or may hold another question, whose names are lost by a mistake."""
    if isinstance(value, Word):
        return failed and not value.text
    if not failed:
        return isinstance(value, Table) and not value.whole
    parts = {name for name in names_in(value) if name in ("rows", "of")}
    kind = value.get("type") if isinstance(value, Table) else None
    torn = isinstance(value, Table) and not value.whole
    return torn or (not parts and isinstance(kind, Word) and kind.text in ("matrix", "repeat"))


def _read_field(name: Word, value: Value, names: Names) -> Field | None:
    mistakes = names.mistakes
    if name.text in OF_A_BLOCK and not (isinstance(value, Word) or (isinstance(value, Table) and value.key("ask"))):
        problem = f"'{name.text}' stands among the questions"
        place = "the block: move it and its lines to the left margin"
        if names.outer and name.text == "computed":
            place = "the repeat: move it and its lines to the left, under 'of'"
        mistakes.add(name.source, problem, f"it belongs to {place}")
        return None
    if isinstance(value, Word):
        if value.kind == "nothing" and not value.text:
            mistakes.add(value.source, f"'{name.text}' asks nothing", "write the question after the colon")
            return None
        return kinds.Text(id=name.text, ask=read_wording(value, f"'{name.text}'", mistakes))
    if isinstance(value, Listing):
        remedy = "write its options as name: value, without dashes or square brackets"
        mistakes.add(value.source, f"'{name.text}' is a list", remedy)
        return None
    if any(key.text in FORMULAS for key, _ in value.entries) and not value.key("ask"):
        if names.all_read:  # the others below it have the same cause
            problem = f"'{name.text}' is worked out, and stands among the questions"
            mistakes.add(name.source, problem, "write 'computed:' above it, at the left margin")
        names.hide_names()
        return None
    value = _with_kind(value, names)
    if value.key("same_as"):
        return _same_as(Options(value, mistakes, "a question with 'same_as'"), name, names)
    kind = _kind(value, mistakes)
    if kind is None:
        options = Options(value, mistakes, "a question")
        options.only((*_EVERY, "asked"))
        _common(options, name, names)
        return None
    options = Options(value, mistakes, f"the type {kind}")
    in_repeat = names.outer is not None
    options.only(
        (*COMMON, *(("asked",) if in_repeat else ()), *OPTIONS[kind]),
        _elsewhere(kind, in_repeat),
    )
    common = _common(options, name, names)
    if in_repeat and kind in ("repeat", "matrix"):
        mistakes.add(options.key("type").source, f"a {kind} cannot stand inside a repeat", "move it out")
        return None
    return _READERS[kind](options, common, names)


def _same_as(options: Options, name: Word, names: Names) -> Field | None:
    """Read a question that asks an earlier one again, with the earlier one's type and the options of that type."""
    mistakes, earlier = options.mistakes, options.words("same_as")
    takes = dict.fromkeys(
        ("type", *(option for options in OPTIONS.values() for option in options)),
        f"it is taken from '{earlier}'; leave this line out",
    )
    known = ("ask", "hint", "required", "when", "same_as", "was", "was_worded", *(("asked",) if names.outer else ()))
    options.only(known, takes)
    at = options.table.get("same_as")
    if not earlier or at is None:
        return None
    asked = names.whole.get(earlier) or _asked_row(names.above.get(earlier), earlier)
    if asked is None:
        if earlier not in names.failed and names.all_read:
            if names.outer and (earlier in names.outer.whole or earlier in names.outer.above):
                problem = f"'{earlier}' is asked once, outside of this repeat"
                mistakes.add(at.source, problem, "name a question of the same row, or ask it again outside, too")
                return None
            near = suggest(earlier, names.whole)
            remedy = near if "did you mean" in near else "name a question that stands above this one, in the same place"
            mistakes.add(at.source, f"there is no question '{earlier}' above this one", remedy)
        return None
    if isinstance(asked, kinds.Repeat | kinds.Matrix):
        problem = f"'{earlier}' is a {asked.type}, which cannot be asked again as a whole"
        rows = f"name one of its rows: {', '.join(asked.part_ids())}"
        is_matrix = isinstance(asked, kinds.Matrix)
        mistakes.add(at.source, problem, rows if is_matrix else "name a question with a single answer")
        return None
    common = _common(options, name, names, default_ask=asked.ask)
    if asked.late and not common.get("late"):
        mistakes.add(at.source, f"'{earlier}' is asked last, after this question", "write asked: last here as well")
        return None
    own = {option.name for option in options_of(Field)}
    taken = {option.name: getattr(asked, option.name) for option in options_of(asked) if option.name not in own}
    return type(asked)(**common, **taken, same_as=earlier)


def _with_kind(value: Table, names: Names) -> Table:
    """Return a question's options with a mistyped `type` or `same_as`, which is reported, read as what is meant."""
    options = Options(value, names.mistakes, "a question")
    every = (*_EVERY, "asked")
    for key, _ in value.entries:
        meant = None if key.text in every else meant_by(key.text, every)
        if meant in ("type", "same_as") and meant not in options:
            options.mistakes.add(key.source, f"'{key.text}' is not an option of a question", f"did you mean '{meant}'?")
            options.rename(key, meant)
    return options.table


def _asked_row(matrix: Field | None, row: str) -> Field | None:
    """Return one row of a matrix as a question of its own."""
    if not isinstance(matrix, kinds.Matrix):
        return None
    ask = next(each.label for each in matrix.rows if each.code == row)
    return kinds.OneOf(id=row, ask=ask, choices=matrix.choices)


def _kind(table: Table, mistakes: Mistakes) -> str | None:
    value = table.get("type")
    if value is None:
        return _kind_by_options(table, mistakes)
    typed = words(value, "'type'", mistakes)
    if not typed or typed in OPTIONS:
        return typed or None
    mistakes.add(value.source, f"'{typed}' is not an answer type", instead_of_type(typed) or suggest(typed, OPTIONS))
    return None


def _kind_by_options(table: Table, mistakes: Mistakes) -> str | None:
    """Return the type of a question that does not say it; None if its options belong to others, which is reported."""
    own = {*COMMON, *OPTIONS["text"], "asked"}
    named = [key for key, _ in table.entries if key.text not in own]
    fitting = [kind for kind, options in OPTIONS.items() if {key.text for key in named} <= {*own, *options}]
    if not named or not fitting:
        return "text"
    problem = f"{listed(named)}, and it does not say its type"
    mistakes.add(named[0].source, f"this question has {problem}", f"add type: {' or type: '.join(fitting)}")
    return None


def _elsewhere(kind: str, in_repeat: bool) -> dict[str, str]:
    """Return where each option of the other types belongs."""
    places: dict[str, list[str]] = {}
    for other, options in OPTIONS.items():
        for option in options:
            if option not in OPTIONS[kind]:
                places.setdefault(option, []).append(other)
    remedies = {option: f"it belongs to the type {' or '.join(types)}" for option, types in places.items()}
    if kind == "repeat":
        remedies |= REPEAT
    remedies["alone"] = "it belongs to a choice: write none: {label: None of these, alone: true}"
    return remedies if in_repeat else remedies | {"asked": "it belongs inside a repeat's 'of'"}


def _common(options: Options, name: Word, names: Names, default_ask: str = "") -> dict[str, Any]:
    ask = wording_of(options, "ask") or default_ask
    if options.lacks("ask") and not default_ask:
        problem = f"'{name.text}' has no question"
        options.mistakes.add(name.source, problem, "add 'ask:' with the words that people read")
    common = {
        "id": name.text,
        "ask": ask,
        "hint": wording_of(options, "hint"),
        "required": options.flag("required"),
        "was_worded": read_quotes(options),
    }
    # A matrix has no column, but its rows do: read_matrix reads a table of their earlier names.
    if isinstance(earlier := options.table.get("was"), Word) and (was := options.words("was")):
        common["was"] = was
        names.add_rename(name.text, earlier)
    elif isinstance(earlier, Listing) or (isinstance(earlier, Table) and "rows" not in options):
        options.mistakes.add(earlier.source, "'was' has to be a name", "write the one name that the question had")
    if names.outer and (asked := options.table.get("asked")):
        common["late"] = isinstance(asked, Word) and asked.text == "last"
        if not common["late"]:
            options.mistakes.add(asked.source, "'asked' can only be 'last'", "write asked: last, or leave it out")
    common["when"] = read_when(options, names, late=bool(common.get("late")))
    return common


def _text(options: Options, common: dict[str, Any], names: Names) -> Field:
    return kinds.Text(**common, max_length=options.whole("max_length", kinds.SHORT_TEXT, 1, kinds.LONG_TEXT))


def _long_text(options: Options, common: dict[str, Any], names: Names) -> Field:
    length = options.whole("max_length", kinds.LONG_TEXT, 1, kinds.LONG_TEXT)
    return kinds.LongText(**common, max_length=length)


def _number(options: Options, common: dict[str, Any], names: Names) -> Field:
    lowest, highest = options.number("at_least"), options.number("at_most")
    if lowest is not None and highest is not None and lowest > highest:
        at = options.key("at_most").source
        options.mistakes.add(at, f"'at_most' is less than 'at_least' ({highest} and {lowest})", "swap them")
    return kinds.Number(
        **common,
        at_least=lowest,
        at_most=highest,
        decimals=options.whole("decimals", 0, 0, _MOST_DECIMALS),
        unit=options.words("unit"),
    )


def _rating(options: Options, common: dict[str, Any], names: Names) -> Field:
    lowest = options.whole("from", 0, -HIGHEST_RATING, HIGHEST_RATING)
    highest = options.whole("to", 10, -HIGHEST_RATING, HIGHEST_RATING)
    step = options.whole("step", 1, 1, HIGHEST_RATING)
    if lowest >= highest:
        at = options.key("to" if "to" in options else "from").source
        remedy = (
            "swap them" if lowest > highest and "to" in options else f"write a higher number, like to: {lowest + 4}"
        )
        options.mistakes.add(at, f"a rating from {lowest} to {highest} has nothing to choose from", remedy)
    elif (highest - lowest) % step:
        problem = f"steps of {step} do not lead from {lowest} to {highest}"
        options.mistakes.add(options.key("step").source, problem, "choose a step that divides the range")
    return kinds.Rating(
        **common,
        lowest=lowest,
        highest=highest,
        step=step,
        ends=read_ends(options),
        unit=options.words("unit"),
    )


def _one_of(options: Options, common: dict[str, Any], names: Names) -> Field | None:
    choices = choices_of(options, names)
    if choices is None:
        return None
    require_two(choices, options)
    return kinds.OneOf(**common, choices=with_other(only_one(choices, options), options))


def _any_of(options: Options, common: dict[str, Any], names: Names) -> Field | None:
    choices = choices_of(options, names)
    if choices is None:
        return None
    at = options.key("choices").source
    if is_number_scale(choices):
        options.mistakes.add(
            at, "a choice has no words", "write words for each, or ask for one number with the type choice"
        )
    if choices and all(choice.alone for choice in choices):
        options.mistakes.add(at, "every one of these stands alone, so only one can be chosen", "use the type choice")
    if isinstance(table := options.table.get("choices"), Table):
        for _, value in table.entries:
            if isinstance(value, Table) and (key := value.key("points")):
                problem = "the answers to a question of the type choices are not added up"
                options.mistakes.add(key.source, problem, "leave 'points' out, or use the type choice")
    return kinds.AnyOf(**common, choices=with_other(choices, options))


def _date(options: Options, common: dict[str, Any], names: Names) -> Field:
    return kinds.Date(**common, future=options.flag("future"))


def _duration(options: Options, common: dict[str, Any], names: Names) -> Field:
    return kinds.Duration(**common, at_most=options.whole("at_most", 24 * 60, 1, _LONGEST_DURATION))


def _repeat(options: Options, common: dict[str, Any], names: Names) -> Field:
    like = "of: {feeling: Which feeling?}"
    if options.lacks("of"):
        options.mistakes.add(options.key("type").source, "a repeat needs questions", f"write it like this: {like}")
    table = options.entries("of", like)
    inner = Names(options.mistakes, outer=names, within=common["id"])
    of = read_fields(table, options.mistakes, inner) if table else ()
    computed = read_computed(options, inner)
    inner.require_sound_renames()
    if of and all(field.late for field in of):
        problem = "every question of this repeat is asked last"
        options.mistakes.add(options.key("of").source, problem, "leave 'asked: last' out of at least one")
    at_most = options.whole("at_most", kinds.MOST_ROWS, 1, kinds.MOST_ROWS)
    blank_rows = options.whole("blank_rows", min(3, at_most), 1, at_most)
    return kinds.Repeat(
        **common,
        of=of,
        called=options.words("called"),
        blank_rows=blank_rows,
        at_most=at_most,
        computed=computed,
    )


def _plain(kind: type[Field]) -> Callable[[Options, dict[str, Any], Names], Field]:
    return lambda options, common, names: kind(**common)


_READERS: dict[str, Callable[[Options, dict[str, Any], Names], Field | None]] = {
    "text": _text,
    "long text": _long_text,
    "number": _number,
    "rating": _rating,
    "choice": _one_of,
    "choices": _any_of,
    "yes no": _plain(kinds.YesNo),
    "date": _date,
    "time": _plain(kinds.Time),
    "duration": _duration,
    "matrix": read_matrix,
    "repeat": _repeat,
}
