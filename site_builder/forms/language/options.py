"""The options of one thing (a question, a scale, …), each read as its type or reported."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from site_builder.forms.language.yaml_tree import QUOTES, Listing, Mistakes, Table, Value, Word
from site_builder.forms.model.identifiers import suggest

_NUMBER = re.compile(r"[+-]?(?:0|[1-9][0-9]{0,11})(?:\.[0-9]{1,9})?", re.ASCII)
_FLAGS = {"true": True, "false": False, "yes": True, "no": False}


class Options:
    """Reads the options of one table. `of` is what messages call the thing: "a rating", "the form"."""

    def __init__(self, table: Table, mistakes: Mistakes, of: str) -> None:
        self.table = table
        self.mistakes = mistakes
        self.of = of

    def __contains__(self, name: str) -> bool:
        return self.table.key(name) is not None

    def key(self, name: str) -> Word:
        """Return the option's name with its place; if it is left out, the place is the start of the table."""
        return self.table.key(name) or Word(self.table.source, name)

    def only(self, known: Iterable[str], elsewhere: Mapping[str, str] | None = None) -> None:
        """Report every unknown option; `elsewhere` says where an option belongs instead."""
        known = tuple(known)
        for key, value in self.table.entries:
            if key.text in known:
                continue
            if elsewhere and key.text in elsewhere:
                self.mistakes.add(key.source, f"'{key.text}' does not belong to {self.of}", elsewhere[key.text])
            elif isinstance(value, Word) and value.kind == "nothing" and " " in key.text:
                problem = f"'{key.text}' is not an option of {self.of}"
                remedy = "if it belongs to the words before it, put quotes around all of them"
                self.mistakes.add(key.source, problem, remedy)
            else:
                problem = f"'{key.text}' is not an option of {self.of}"
                remedy = suggest(key.text, known)
                if "fields" in known and "did you mean" not in remedy:
                    remedy = "if it is a question, move it under 'fields:', further in"
                self.mistakes.add(key.source, problem, remedy)

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
        if parsed != int(parsed) or not lowest <= parsed <= highest:
            problem = f"'{name}' has to be a whole number from {lowest} to {highest}"
            self.mistakes.add(value.source, problem)
            return default
        return int(parsed)

    def entries(self, name: str, like: str) -> Table | None:
        """Read an option that holds names with values; `like` is an example for the message."""
        value = self.table.get(name)
        if value is None:
            return None
        if isinstance(value, Table) and (value.entries or not value.whole):
            return value
        if not is_lost(value):
            empty = isinstance(value, Word) and not value.text
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
    shown = f", not '{value.text}'" if isinstance(value, Word) and value.text else ""
    mistakes.add(value.source, f"{what} has to be a number{shown}", "write it in figures, like 10 or 0.5")
    return None
