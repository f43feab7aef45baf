"""The choices of a question as written in YAML, and words that people read → the model's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from site_builder.forms.language.options import Options, words
from site_builder.forms.language.scope import UNREAD, Names
from site_builder.forms.language.yaml_tree import Listing, Mistakes, Table, Value, Word
from site_builder.forms.model import fields as kinds
from site_builder.forms.model.choices import Choice
from site_builder.forms.model.conditions import Condition
from site_builder.forms.model.fields import Field
from site_builder.forms.model.identifiers import suggest, unfit_code
from site_builder.forms.model.wording import unfit_wording

CHOICE = ("label", "points", "alone", "was_worded")
OTHER = "other"  # the code of the choice that has a text beside it
_NUMBER_CODE = re.compile(r"-?[0-9]{1,9}", re.ASCII)
HIGHEST_RATING = 1000  # finer than anybody can feel or a page can show
_OTHER_LIKE = "other: Something else"
_ENDS_LIKE = "from: 1, to: 5, ends: [Not at all, Very much]"
_MOST_NUMBERS = 11  # beside each other in a row of a matrix, on a phone in two lines
CHOICES_LIKE = "choices: {0: Never, 1: Sometimes}"


def read_beside(field: Field, name: Word, value: Value, names: Names) -> Iterator[Field]:
    """Yield the text that is asked when the choice `other` is chosen, for a question that has one."""
    table = value if isinstance(value, Table) else Table(name.source, ())
    key, ask = table.key(OTHER), ""
    quotes: tuple[str, ...] = ()
    if isinstance(field, kinds.OneOf | kinds.AnyOf) and key and field.choices:
        ask, quotes = _words_beside(table.get(OTHER), field.choices[-1], names.mistakes)
    elif (earlier := names.whole.get(f"{field.same_as}_{OTHER}")) and earlier.beside == field.same_as:
        ask = earlier.ask
    if not ask:
        return
    at = Word((key or name).source, f"{field.id}_{OTHER}")
    names.take(at)
    if field.was:
        names.add_rename(at.text, Word(at.source, f"{field.was}_{OTHER}"))
    yield kinds.Text(
        id=at.text,
        ask=ask,
        late=field.late,
        when=(Condition(field.id, "equals", OTHER),),
        was=f"{field.was}_{OTHER}" if field.was else "",
        was_worded=quotes,
        beside=field.id,
    )


def _words_beside(value: Value | None, choice: Choice, mistakes: Mistakes) -> tuple[str, tuple[str, ...]]:
    """Return the question for the words of `other`, and the earlier ones that it replaces when its label does."""
    own = value.get("ask") if isinstance(value, Table) else None
    if own is not None:
        return read_wording(own, "'ask'", mistakes), ()
    ask, *quotes = (f"{label}, in your own words" for label in (choice.label, *choice.was_worded))
    return ask, tuple(quotes)


def with_other(choices: tuple[Choice, ...], options: Options) -> tuple[Choice, ...]:
    """Return the choices with the one that `other` adds at the end."""
    value = options.table.get(OTHER)
    quotes: tuple[str, ...] = ()
    if value is None:
        return choices
    if any(choice.code == OTHER for choice in choices):
        remedy = "take it out of the choices: 'other' adds it, with a text beside it"
        options.mistakes.add(options.key(OTHER).source, f"there is a choice '{OTHER}' already", remedy)
    if isinstance(value, Table):
        inner = Options(value, options.mistakes, f"'{OTHER}'")
        inner.only(("label", "ask", "was_worded"))
        label, quotes = inner.words("label"), read_quotes(inner)
        if inner.lacks("label"):
            options.mistakes.add(value.source, f"'{OTHER}' has no label", f"write it like this: {_OTHER_LIKE}")
    elif isinstance(value, Word) and value.text.lower() in ("yes", "true"):
        options.mistakes.add(value.source, f"'{OTHER}' needs words", f"write it like this: {_OTHER_LIKE}")
        label = ""
    else:
        label = options.words(OTHER)
    return (*choices, Choice(OTHER, label, was_worded=quotes))


def wording_of(options: Options, name: str) -> str:
    value = options.table.get(name)
    return "" if value is None else read_wording(value, f"'{name}'", options.mistakes)


def read_wording(value: Value, what: str, mistakes: Mistakes) -> str:
    """Read words that may contain Markdown; an unsafe link is a mistake."""
    wording = words(value, what, mistakes)
    if unfit := unfit_wording(wording):
        mistakes.add(value.source, *unfit)
    return wording


def read_ends(options: Options) -> tuple[str, str] | tuple[()]:
    """Read the words for the lowest and the highest number; () if there are none."""
    ends = tuple(end.text for end in options.several("ends", "ends: [Not at all, Very much]"))
    if isinstance(value := options.table.get("ends"), Listing) and len(value.items) != 2:
        problem = f"{options.of.replace('the type', 'a')} has two ends, not {len(value.items)}"
        remedy = "write the words for the lowest and the highest number; quote words that contain a comma"
        options.mistakes.add(value.source, problem, remedy)
    return (ends[0], ends[1]) if len(ends) == 2 else ()


def read_numbers(options: Options) -> tuple[Choice, ...]:
    """Read the choices of a matrix that are numbers with words at their ends: from, to and ends."""
    mistakes, ends = options.mistakes, read_ends(options)
    if missing := [name for name in ("from", "to", "ends") if name not in options]:
        at = next(options.key(name) for name in ("from", "to", "ends") if name in options)
        problem = f"numbers in a matrix need {' and '.join(repr(name) for name in missing)}, too"
        mistakes.add(at.source, problem, f"write them like this: {_ENDS_LIKE}; or write choices")
        return ()
    lowest = options.whole("from", 0, -HIGHEST_RATING, HIGHEST_RATING)
    highest = options.whole("to", 0, -HIGHEST_RATING, HIGHEST_RATING)
    if not 2 <= highest - lowest + 1 <= _MOST_NUMBERS:
        problem = f"a row from {lowest} to {highest} is not between 2 and {_MOST_NUMBERS} numbers long"
        mistakes.add(options.key("to").source, problem, "ask it as ratings, or choose other numbers")
    if not ends:
        return ()
    words = {lowest: ends[0], highest: ends[1]}
    return tuple(Choice(str(number), words.get(number, "")) for number in range(lowest, highest + 1))


def choices_of(options: Options, names: Names) -> tuple[Choice, ...] | None:
    """Read the choices of a question; None for a named list with mistakes, which are reported at the list."""
    if options.lacks("choices"):
        at = options.key("type").source
        options.mistakes.add(at, f"{options.of} needs choices", f"write it like this: {CHOICES_LIKE}")
        return ()
    named = options.table.get("choices")
    if isinstance(named, Word) and named.kind == "words" and named.text:
        return _shared(named, names)
    table = options.entries("choices", CHOICES_LIKE)
    return read_choices(table, options.mistakes) if table else ()


def read_choices(table: Table, mistakes: Mistakes) -> tuple[Choice, ...]:
    """Read a list of choices: codes with the words that people read, or with those and other options."""
    last = len(table.entries) - 1
    choices = tuple(
        Choice(code.text, "") if 0 < number < last and _is_between_ends(code, value) else _choice(code, value, mistakes)
        for number, (code, value) in enumerate(table.entries)
    )
    report_equal(zip(table.entries, (choice.label for choice in choices), strict=True), mistakes)
    return choices


def report_equal(worded: Iterable[tuple[tuple[Word, Value], str]], mistakes: Mistakes) -> None:
    """Report choices or rows with the words of another: nobody could tell the two apart."""
    first: dict[str, Word] = {}
    for (code, value), label in worded:
        plain = " ".join(label.casefold().split()).rstrip(".,;:!? ")
        other = first.setdefault(plain, code)
        if plain and other is not code:
            at = value.source if isinstance(value, Word) else code.source
            problem = f"'{code.text}' has the same words as '{other.text}': {label}"
            mistakes.add(at, problem, "word one of the two so that people can tell them apart")


def _is_between_ends(code: Word, value: Value) -> bool:
    """Return whether a choice is a number on a scale that has words only at its ends: `2: ''`."""
    is_empty = isinstance(value, Word) and value.kind == "words" and not value.text
    return is_empty and _NUMBER_CODE.fullmatch(code.text) is not None


def _choice(code: Word, value: Value, mistakes: Mistakes) -> Choice:
    if unfit := unfit_code(code.text):
        mistakes.add(code.source, *unfit)
    if not isinstance(value, Table):
        return Choice(code.text, words(value, f"'{code.text}'", mistakes))
    options = Options(value, mistakes, "a choice")
    options.only(CHOICE)
    if options.lacks("label"):
        mistakes.add(code.source, f"the choice '{code.text}' has no words", "add 'label:' with what people read")
    return Choice(
        code.text,
        options.words("label"),
        alone=options.flag("alone"),
        was_worded=read_quotes(options),
        **_points(options),
    )


def read_quotes(options: Options) -> tuple[str, ...]:
    """Read the earlier words that `was_worded` quotes: one wording, or a list of them."""
    value = options.table.get("was_worded")
    if isinstance(value, Listing):
        return tuple(word.text for word in options.several("was_worded", "was_worded: [Sad, Low]"))
    return (quoted,) if (quoted := options.words("was_worded")) else ()


def _points(options: Options) -> dict[str, Any]:
    """Read what a choice counts: a number, or `none` for an answer that counts as missing."""
    value = options.table.get("points")
    if isinstance(value, Word) and value.text.lower() == "none":
        return {"scored": False}
    if isinstance(value, Word) and value.kind == "nothing" and not value.text:
        options.mistakes.add(value.source, "'points' is empty", "write a number, or points: none for no answer")
        return {}
    points = options.number("points")
    return {} if points is None else {"points": points}


def _shared(name: Word, names: Names) -> tuple[Choice, ...] | None:
    """Return the list of choices by that name; None for a list with mistakes."""
    if name.text in names.lists:
        return names.lists[name.text]
    if UNREAD in names.lists or not names.all_read:
        return None
    remedy = suggest(name.text, names.lists)
    if "did you mean" not in remedy:
        remedy = f"write the choices here, or once under 'choices: {{{name.text}: …}}' in the first block"
    names.mistakes.add(name.source, f"there is no list of choices called '{name.text}'", remedy)
    return ()


def only_one(choices: tuple[Choice, ...], options: Options) -> tuple[Choice, ...]:
    """Return choices of which only one can be chosen: there, `alone` is a mistake, or of a list that is shared."""
    table = options.table.get("choices")
    alone = [choice.code for choice in choices if choice.alone]
    for code, _ in table.entries if alone and isinstance(table, Table) else ():
        if code.text in alone:
            remedy = "leave it out, or use the type choices"
            options.mistakes.add(code.source, f"'{code.text}' stands alone anyway: only one can be chosen", remedy)
    return tuple(replace(choice, alone=False) for choice in choices) if alone else choices


def require_two(choices: tuple[Choice, ...], options: Options) -> None:
    table = options.table.get("choices")
    if len(choices) == 1 and "other" not in options and isinstance(table, Table) and table.whole:
        at = options.key("choices").source
        options.mistakes.add(at, "there is only one choice", "add another, or use the type choices")
