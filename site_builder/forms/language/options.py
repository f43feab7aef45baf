"""The options of one thing (a question, a scale, …), each read as its type or reported."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from site_builder.forms.language.yaml_tree import QUOTES, Listing, Mistakes, Table, Value, Word
from site_builder.forms.model.errors import Source
from site_builder.forms.model.identifiers import is_surely, meant_by, suggest
from site_builder.forms.model.signs import name_of, oddity, plain, visible

_NUMBER = re.compile(r"[+-]?(?:0|[1-9][0-9]{0,11})(?:\.[0-9]{1,9})?", re.ASCII)
_FLAGS = {"true": True, "false": False, "yes": True, "no": False}


class Options:
    """Reads the options of one table. `of` is what messages call the thing: "a rating", "the form"."""

    def __init__(self, table: Table, mistakes: Mistakes, of: str) -> None:
        self.table = table
        self.mistakes = mistakes
        self.of = of
        self.unclear = not table.whole  # whether a name could not be read, or is none that is known

    def __contains__(self, name: str) -> bool:
        return self.table.key(name) is not None

    def lacks(self, name: str) -> bool:
        """Return whether an option is left out; False where it may be the one that could not be read."""
        return name not in self and not self.unclear

    def key(self, name: str) -> Word:
        """Return the option's name with its place; if it is left out, the place is the start of the table."""
        return self.table.key(name) or Word(self.table.source, name)

    def only(self, known: Iterable[str], elsewhere: Mapping[str, str] | None = None) -> None:
        """Report every unknown option; `elsewhere` says where an option belongs instead.

        One that is only mistyped is read as the one that is meant.
        """
        if not self.table.whole:
            return  # what belongs to something else may have come in here
        known = tuple(known)
        unknown: list[Word] = []
        strays: dict[str, list[Word]] = {}  # by where they belong
        for key, value in self.table.entries:
            if key.text in known:
                continue
            if elsewhere and key.text in elsewhere:
                strays.setdefault(elsewhere[key.text], []).append(key)
                continue
            empty = isinstance(value, Word) and value.kind == "nothing"
            meant = None if empty else meant_by(key.text, known)
            if meant and is_surely(key.text, meant) and meant not in self:
                self.mistakes.add(key.source, f"'{key.text}' is not an option of {self.of}", f"did you mean '{meant}'?")
                self.rename(key, meant)
            elif empty and " " in key.text:
                problem = f"'{key.text}' is not an option of {self.of}"
                remedy = "if it belongs to the words before it, put quotes around all of them"
                self.mistakes.add(key.source, problem, remedy)
            else:
                unknown.append(key)
        if unknown:
            self.report_unknown(unknown, known)
        for remedy, keys in strays.items():
            if len(keys) > 1:
                remedy = remedy.replace("it belongs", "they belong").replace("this line", "these lines")
            belong = "does not belong" if len(keys) == 1 else "do not belong"
            self.mistakes.add(keys[0].source, f"{listed(keys)} {belong} to {self.of}", remedy)

    def report_unknown(self, unknown: list[Word], known: tuple[str, ...]) -> None:
        """Report the options that are none, in one message: most often one thing stands in the wrong place."""
        self.unclear = True
        if "fields" in known:
            remedy = f"if {'it is a question, move it' if len(unknown) == 1 else 'they are questions, move them'} "
            remedy += "under 'fields:', further in"
        else:
            remedy = suggest(unknown[0].text, known)
        are = "is not an option" if len(unknown) == 1 else "are no options"
        self.mistakes.add(unknown[0].source, f"{listed(unknown)} {are} of {self.of}", remedy)

    def rename(self, mistyped: Word, meant: str) -> None:
        """Read an option by the name that is meant."""
        entries = tuple(
            (Word(key.source, meant, key.kind) if key is mistyped else key, value) for key, value in self.table.entries
        )
        self.table = replace(self.table, entries=entries)

    def words(self, name: str, default: str = "") -> str:
        value = self.table.get(name)
        return default if value is None else words(value, f"'{name}'", self.mistakes) or default

    def flag(self, name: str) -> bool:
        value = self.table.get(name)
        if value is None:
            return False
        if isinstance(value, Word) and value.text.lower() in _FLAGS:
            return _FLAGS[value.text.lower()]
        if is_lost(value):
            return False
        self.mistakes.add(value.source, f"'{name}' has to be true or false", f"write {name}: true")
        return False

    def number(self, name: str) -> float | None:
        value = self.table.get(name)
        return None if value is None else number(value, f"'{name}'", self.mistakes)

    def whole(self, name: str, default: int, lowest: int, highest: int) -> int:
        """Read a whole number between two limits; the default if it is left out or cannot be read."""
        value = self.table.get(name)
        if value is None or (parsed := number(value, f"'{name}'", self.mistakes)) is None:
            return default
        if parsed == int(parsed) and lowest <= parsed <= highest:
            return int(parsed)
        if lowest == highest:
            self.mistakes.add(value.source, f"'{name}' can only be {lowest} here", "leave it out")
        else:
            near = min(max(round(parsed), lowest), highest)
            problem = f"'{name}' has to be a whole number from {lowest} to {highest}"
            self.mistakes.add(value.source, problem, f"write one of them, like {name}: {near}")
        return default

    def entries(self, name: str, like: str) -> Table | None:
        """Read an option that holds names with values; `like` is an example for the message."""
        value = self.table.get(name)
        if value is None:
            return None
        if isinstance(value, Table) and (value.entries or not value.whole):
            return value
        if not is_lost(value):
            empty = isinstance(value, Word) and not value.text
            if empty and self.unclear:
                return None  # what stands below it, too far out, has been reported
            problem = f"'{name}' is empty" if empty else f"'{name}' needs names with values"
            self.mistakes.add(value.source, problem, f"write it like this: {like}")
        return None

    def several(self, name: str, like: str) -> tuple[Word, ...]:
        """Read an option that holds a list of words; () if it is left out or cannot be read."""
        value = self.table.get(name)
        if value is None or is_lost(value):
            return ()
        if not isinstance(value, Listing):
            self.mistakes.add(value.source, f"'{name}' has to be a list", f"write it like this: {like}")
            return ()
        worded = (item for item in value.items if words(item, f"each of '{name}'", self.mistakes))
        return tuple(item for item in worded if isinstance(item, Word))


def in_place(table: Table, options: Collection[str], mistakes: Mistakes) -> Table:
    """Return names with their values, without the `options` of one of them that stand beside it, which are reported."""
    entries: list[tuple[Word, Value]] = []
    whole, moved = table.whole, False
    for key, value in table.entries:
        stray = key.text in options and not (isinstance(value, Table) and value.key("ask"))
        if stray and not entries and ("ask" not in options or table.key("ask")):
            if whole:
                remedy = "write the name of what it belongs to above it, further to the left"
                mistakes.add(key.source, f"'{key.text}' stands without a name", remedy)
            whole = False
        elif entries and stray and (moved or _takes(entries[-1][1], value)):
            above, under = entries[-1]
            if not moved:
                problem = f"'{key.text}' stands beside '{above.text}', to which it belongs"
                mistakes.add(key.source, problem, "move it and its lines further in")
                moved, whole = True, False
            inside = under.entries if isinstance(under, Table) else ()
            entries[-1] = (above, Table(key.source, (*inside, (key, value)), whole=False))
        else:
            moved = False
            entries.append((key, value))
    return table if len(entries) == len(table.entries) else Table(table.source, tuple(entries), whole)


def _takes(above: Value, value: Value) -> bool:
    """Return whether a value may be an option of the thing above it: a thing without any, or a value with parts."""
    if isinstance(above, Word):
        return above.kind == "nothing" and not above.text
    return isinstance(above, Table) and not isinstance(value, Word)


def listed(names: Sequence[Word]) -> str:
    """Return names as a list in words: 'ask', 'hint' and 'type'."""
    quoted = [f"'{name.text}'" for name in names]
    return " and ".join((*([", ".join(quoted[:-1])] if quoted[1:] else []), quoted[-1]))


def is_lost(value: Value) -> bool:
    """Return whether a value could not be read; that has already been reported."""
    return isinstance(value, Word) and value.kind == "lost"


def words(value: Value, what: str, mistakes: Mistakes) -> str:
    """Read wording; "" after a mistake. Numbers count as words, as written."""
    if is_lost(value):
        return ""
    if not isinstance(value, Word):
        remedy = f"{QUOTES} if it contains a colon or brackets"
        mistakes.add(value.source, f"{what} has to be words", remedy)
    elif value.kind in ("nothing", "flag", "date") and value.text:
        mistakes.add(value.source, f"'{value.text}' is not taken as words", QUOTES)
    elif not value.text.strip():
        mistakes.add(value.source, f"{what} has no words", "write them after the colon")
    elif not value.text.isascii() and not visible(value.text):
        problem = f"{what} has only a {name_of(value.text[0])}, which cannot be seen"
        mistakes.add(value.source, problem, "write words in its place")
    else:
        return value.text
    return ""


def number(value: Value, what: str, mistakes: Mistakes) -> float | None:
    """Read a number in plain figures; None after a mistake."""
    if isinstance(value, Word) and _NUMBER.fullmatch(value.text):
        parsed = float(value.text)
        return int(parsed) if parsed == int(parsed) else parsed
    if is_lost(value):
        return None
    if (
        isinstance(value, Word)
        and (odd := oddity(value.text))
        and _NUMBER.fullmatch(plain(value.text).replace(" ", ""))
    ):
        at = Source(value.source.page, value.source.line, value.source.column + odd[0])
        mistakes.add(at, f"{odd[1]}, in {what}", odd[2])
        return None
    shown = f", not '{value.text}'" if isinstance(value, Word) and value.text else ""
    mistakes.add(value.source, f"{what} has to be a number{shown}", "write it in figures, like 10 or 0.5")
    return None
