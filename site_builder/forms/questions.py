"""Questions as they are written → fields, each type with its own options."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from site_builder.forms import fields as kinds
from site_builder.forms.errors import Source
from site_builder.forms.fields import Choice, Field
from site_builder.forms.naming import suggest, unfit_code, unfit_field_id
from site_builder.forms.options import Options, words
from site_builder.forms.reading import Listing, Mistakes, Table, Value, Word

COMMON = ("ask", "hint", "type", "required", "was")
OPTIONS: dict[str, tuple[str, ...]] = {
    "text": ("max_length",),
    "long text": ("max_length",),
    "number": ("at_least", "at_most", "decimals", "unit"),
    "rating": ("from", "to", "step", "ends"),
    "choice": ("choices",),
    "choices": ("choices",),
    "yes no": (),
    "date": (),
    "time": (),
    "duration": ("at_most",),
    "matrix": ("choices", "rows"),
    "repeat": ("of", "called", "blank_rows", "at_most"),
}
_HIGHEST_RATING = 1000  # a finer scale than anybody can feel, and than a page can show
_MOST_DECIMALS = 6
_LONGEST_DURATION = 7 * 24 * 60  # minutes: a week
_CHOICES_LIKE = "choices: {0: Never, 1: Sometimes}"
_ROWS_LIKE = "rows: {q1: Feeling tense}"
_ROWS_WERE_LIKE = "was: {new_row: old_row}"


class Names:
    """The one namespace of a form's columns: every name once, whatever its capital letters.

    `places` gathers where each question stands, by its path; `within` is the repeat whose names these are.
    """

    def __init__(self, mistakes: Mistakes, places: dict[str, Source], within: str = "") -> None:
        self.mistakes = mistakes
        self.places = places
        self.within = within
        self.taken: dict[str, Word] = {}
        self.renamed: list[tuple[str, Word]] = []

    def take(self, name: Word) -> bool:
        """Take a name, or report why it cannot be had."""
        if unfit := unfit_field_id(name.text):
            self.mistakes.add(name.source, *unfit)
        elif first := self.taken.get(name.text.lower()):
            remedy = f"choose another name; it stands in line {first.source.line} already"
            self.mistakes.add(name.source, f"the name '{name.text}' is taken", remedy)
        else:
            self.taken[name.text.lower()] = name
            self.places.setdefault(f"{self.within}{name.text}", name.source)
            return True
        return False

    def was(self, name: str, earlier: Word) -> None:
        """Take note of the name that a question had before; `require_sound_renames` checks it at the end."""
        self.renamed.append((name, earlier))
        self.places[f"{self.within}{name} was"] = earlier.source

    def require_sound_renames(self) -> None:
        """Report each `was` that cannot be meant, now that every name is known."""
        first: dict[str, str] = {}
        for name, earlier in self.renamed:
            if earlier.text == name:
                problem, remedy = f"'{name}' has that name now", "write the name that it had before, or leave it out"
            elif earlier.text.lower() in self.taken:
                problem = f"'{earlier.text}' is still asked, so '{name}' cannot be the same question"
                remedy = "leave 'was' out once the new name has been published, or give one of the two another name"
            elif other := first.get(earlier.text):
                problem = f"'{other}' was '{earlier.text}' already"
                remedy = "keep 'was' under the one that asks the same"
            else:
                first[earlier.text] = name
                continue
            self.mistakes.add(earlier.source, problem, remedy)


def read_fields(table: Table, mistakes: Mistakes, names: Names, *, in_repeat: bool = False) -> tuple[Field, ...]:
    """Read every question of a section or of a repeat's rows; those with mistakes are left out."""
    found = []
    for name, value in table.entries:
        before = len(mistakes)
        names.take(name)
        field = _read_field(name, value, mistakes, names, in_repeat)
        if field is not None and len(mistakes) == before:
            found.append(field)
    return tuple(found)


def _read_field(name: Word, value: Value, mistakes: Mistakes, names: Names, in_repeat: bool) -> Field | None:
    if isinstance(value, Word):
        if value.kind == "nothing" and not value.text:
            mistakes.add(value.source, f"'{name.text}' asks nothing", "write the question after the colon")
            return None
        return kinds.Text(id=name.text, ask=words(value, f"'{name.text}'", mistakes))
    if isinstance(value, Listing):
        remedy = "write its options as name: value, without dashes or square brackets"
        mistakes.add(value.source, f"'{name.text}' is a list", remedy)
        return None
    kind = _kind(value, mistakes)
    if kind is None:
        _common(Options(value, mistakes, "a question"), name, names, in_repeat)
        return None
    options = Options(value, mistakes, f"the type {kind}")
    options.only(
        (*COMMON, *(("asked",) if in_repeat else ()), *OPTIONS[kind]),
        _elsewhere(kind, in_repeat),
    )
    common = _common(options, name, names, in_repeat)
    if in_repeat and kind in ("repeat", "matrix"):
        mistakes.add(options.key("type").source, f"a {kind} cannot stand inside a repeat", "move it out")
        return None
    return _READERS[kind](options, common, names)


def _kind(table: Table, mistakes: Mistakes) -> str | None:
    value = table.get("type")
    if value is None:
        return "text"
    typed = words(value, "'type'", mistakes)
    if not typed or typed in OPTIONS:
        return typed or None
    mistakes.add(value.source, f"'{typed}' is not an answer type", suggest(typed, OPTIONS))
    return None


def _elsewhere(kind: str, in_repeat: bool) -> dict[str, str]:
    """For each option of other types, where it belongs."""
    places: dict[str, list[str]] = {}
    for other, options in OPTIONS.items():
        for option in options:
            if option not in OPTIONS[kind]:
                places.setdefault(option, []).append(other)
    remedies = {option: f"it belongs to the type {' or '.join(types)}" for option, types in places.items()}
    return remedies if in_repeat else remedies | {"asked": "it belongs inside a repeat's 'of'"}


def _common(options: Options, name: Word, names: Names, in_repeat: bool) -> dict[str, Any]:
    ask = options.words("ask")
    if "ask" not in options:
        problem = f"'{name.text}' has no question"
        options.mistakes.add(name.source, problem, "add 'ask:' with the words that people read")
    common = {
        "id": name.text,
        "ask": ask,
        "hint": options.words("hint"),
        "required": options.flag("required"),
    }
    # The rows of a matrix have columns, it has none: its own reader takes a table of them.
    if isinstance(earlier := options.table.get("was"), Word) and (was := options.words("was")):
        common["was"] = was
        names.was(name.text, earlier)
    elif isinstance(earlier, Listing) or (isinstance(earlier, Table) and "rows" not in options):
        options.mistakes.add(earlier.source, "'was' has to be a name", "write the one name that the question had")
    if in_repeat and (asked := options.table.get("asked")):
        common["late"] = isinstance(asked, Word) and asked.text == "last"
        if not common["late"]:
            options.mistakes.add(asked.source, "'asked' can only be 'last'", "write asked: last, or leave it out")
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
    lowest = options.whole("from", 0, -_HIGHEST_RATING, _HIGHEST_RATING)
    highest = options.whole("to", 10, -_HIGHEST_RATING, _HIGHEST_RATING)
    step = options.whole("step", 1, 1, _HIGHEST_RATING)
    if lowest >= highest:
        at = options.key("to" if "to" in options else "from").source
        options.mistakes.add(at, f"a rating from {lowest} to {highest} has nothing to choose from", "swap them")
    elif (highest - lowest) % step:
        problem = f"steps of {step} do not lead from {lowest} to {highest}"
        options.mistakes.add(options.key("step").source, problem, "choose a step that divides the range")
    ends = tuple(end.text for end in options.several("ends", "ends: [Not at all, Very much]"))
    if isinstance(value := options.table.get("ends"), Listing) and len(value.items) != 2:
        problem = f"a rating has two ends, not {len(value.items)}"
        remedy = "write the words for the lowest and the highest number; quote words that contain a comma"
        options.mistakes.add(value.source, problem, remedy)
    return kinds.Rating(
        **common, lowest=lowest, highest=highest, step=step, ends=(ends[0], ends[1]) if len(ends) == 2 else ()
    )


def _choices(options: Options) -> tuple[Choice, ...]:
    if "choices" not in options:
        at = options.key("type").source
        options.mistakes.add(at, f"{options.of} needs choices", f"write it like this: {_CHOICES_LIKE}")
        return ()
    table = options.entries("choices", _CHOICES_LIKE)
    choices = []
    for code, value in table.entries if table else ():
        if unfit := unfit_code(code.text):
            options.mistakes.add(code.source, *unfit)
        choices.append(Choice(code.text, words(value, f"'{code.text}'", options.mistakes)))
    return tuple(choices)


def _one_of(options: Options, common: dict[str, Any], names: Names) -> Field:
    choices = _choices(options)
    _at_least_two(choices, options)
    return kinds.OneOf(**common, choices=choices)


def _at_least_two(choices: tuple[Choice, ...], options: Options) -> None:
    table = options.table.get("choices")
    if len(choices) == 1 and isinstance(table, Table) and table.whole:
        at = options.key("choices").source
        options.mistakes.add(at, "there is only one choice", "add another, or use the type choices")


def _any_of(options: Options, common: dict[str, Any], names: Names) -> Field:
    return kinds.AnyOf(**common, choices=_choices(options))


def _duration(options: Options, common: dict[str, Any], names: Names) -> Field:
    return kinds.Duration(**common, at_most=options.whole("at_most", 24 * 60, 1, _LONGEST_DURATION))


def _matrix(options: Options, common: dict[str, Any], names: Names) -> Field:
    choices = _choices(options)
    _at_least_two(choices, options)
    if "rows" not in options:
        at = options.key("type").source
        options.mistakes.add(at, "a matrix needs rows", f"write it like this: {_ROWS_LIKE}")
    table = options.entries("rows", _ROWS_LIKE)
    rows = []
    for row, value in table.entries if table else ():
        names.take(row)
        rows.append(Choice(row.text, words(value, f"'{row.text}'", options.mistakes)))
    return kinds.Matrix(
        **common, choices=choices, rows=tuple(rows), renamed=_rows_were(options, [row.code for row in rows], names)
    )


def _rows_were(options: Options, rows: list[str], names: Names) -> tuple[tuple[str, str], ...]:
    """Read which rows had another name before."""
    table = options.table.get("was")
    if isinstance(table, Word):
        problem = "only the rows of a matrix have answers of their own, so 'was' names rows"
        options.mistakes.add(table.source, problem, f"write it like this: {_ROWS_WERE_LIKE}, or leave it out")
    if not isinstance(table, Table):
        return ()
    found = []
    for row, value in table.entries:
        if row.text not in rows:
            options.mistakes.add(row.source, f"there is no row '{row.text}'", suggest(row.text, rows))
        elif words(value, f"the earlier name of '{row.text}'", options.mistakes) and isinstance(value, Word):
            names.was(row.text, value)
            found.append((row.text, value.text))
    return tuple(found)


def _repeat(options: Options, common: dict[str, Any], names: Names) -> Field:
    like = "of: {feeling: Which feeling?}"
    if "of" not in options:
        options.mistakes.add(options.key("type").source, "a repeat needs questions", f"write it like this: {like}")
    table = options.entries("of", like)
    inner = Names(options.mistakes, names.places, f"{common['id']}.")
    of = read_fields(table, options.mistakes, inner, in_repeat=True) if table else ()
    inner.require_sound_renames()
    if of and all(field.late for field in of):
        problem = "every question of this repeat is asked last"
        options.mistakes.add(options.key("of").source, problem, "leave 'asked: last' out of at least one")
    at_most = options.whole("at_most", kinds.MOST_ROWS, 1, kinds.MOST_ROWS)
    blank_rows = options.whole("blank_rows", min(3, at_most), 1, at_most)
    return kinds.Repeat(**common, of=of, called=options.words("called"), blank_rows=blank_rows, at_most=at_most)


def _plain(kind: type[Field]) -> Callable[[Options, dict[str, Any], Names], Field]:
    return lambda options, common, names: kind(**common)


_READERS: dict[str, Callable[[Options, dict[str, Any], Names], Field]] = {
    "text": _text,
    "long text": _long_text,
    "number": _number,
    "rating": _rating,
    "choice": _one_of,
    "choices": _any_of,
    "yes no": _plain(kinds.YesNo),
    "date": _plain(kinds.Date),
    "time": _plain(kinds.Time),
    "duration": _duration,
    "matrix": _matrix,
    "repeat": _repeat,
}
