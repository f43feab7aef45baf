"""The steps of a practice: words with seconds, or groups of muscles that are tensed and let go."""

from __future__ import annotations

import re

from site_builder.forms.language.options import Options, is_lost, number, words
from site_builder.forms.language.yaml_tree import Listing, Mistakes, Table, Value, Word
from site_builder.forms.model.amounts import counted
from site_builder.forms.model.errors import Source
from site_builder.forms.model.identifiers import suggest
from site_builder.practices.model import SHAPES, Shape, Step

STEP = ("say", "seconds", "shape")
GROUPS = ("tense", "rest", "let_go", "parts")
SHORTEST_STEP = 1  # seconds; words that change faster than this cannot be followed
LONGEST_STEP = 10 * 60  # seconds; a longer silence looks as if it had stopped
LONGEST_WORDS = 240  # characters; they are read on a phone, in the middle of a practice
LONGEST_TENSE = 10  # seconds; tensing for longer cramps
MOST_STEPS = 100  # as written; a longer list is one that nobody reads
_HALVES = 2  # of a second are exact enough to breathe by
_FIGURES = re.compile(r"[+-]?[0-9.,]+")
_STEP_LIKE = "- 20: Feel your feet on the floor."
_PARTS_LIKE = "- Right hand: Make a loose fist."


def read_steps(options: Options, name: str) -> tuple[Step, ...]:
    """Read a list of steps; () if it is left out or cannot be read."""
    value = options.table.get(name)
    if value is None or is_lost(value):
        return ()
    items = _items(value, name, _STEP_LIKE, options.mistakes)
    steps = (_step(item, options.mistakes) for item in items)
    return tuple(step for step in steps if step)


def _items(value: Value, name: str, like: str, mistakes: Mistakes) -> tuple[Value, ...]:
    if not isinstance(value, Listing):
        lacks = isinstance(value, Word) and not value.text
        problem = f"'{name}' is empty" if lacks else f"'{name}' has to be a list, with a dash before each"
        mistakes.add(value.source, problem, f"write a line for each, like {like}")
        return ()
    if not value.items:
        mistakes.add(value.source, f"'{name}' is empty", f"write a line for each, like {like}")
    if len(value.items) > MOST_STEPS:
        problem = f"'{name}' has {len(value.items)} lines, and {MOST_STEPS} are the most"
        mistakes.add(value.source, problem, "write what comes again once, and how often as 'rounds'")
    return value.items


def _step(item: Value, mistakes: Mistakes) -> Step | None:
    """Read `20: Words`, `Words: 20`, or `{say: Words, seconds: 20, shape: rest}`."""
    if not isinstance(item, Table):
        if not is_lost(item):
            mistakes.add(item.source, "this step does not say how many seconds it takes", f"write it like {_STEP_LIKE}")
        return None
    if len(item.entries) == 1 and item.entries[0][0].text not in STEP:
        return _short(*item.entries[0], mistakes)
    options = Options(item, mistakes, "a step")
    options.only(STEP)
    for name, like in (("say", "say: Breathe in"), ("seconds", "seconds: 20")):
        if options.lacks(name):
            what = "say anything" if name == "say" else "say how many seconds it takes"
            mistakes.add(item.source, f"this step does not {what}", f"add {like}")
    say, length = options.table.get("say"), options.table.get("seconds")
    spoken = wording(say, "'say'", mistakes) if say else ""
    lasting = seconds(length, "'seconds'", mistakes) if length else None
    return Step(spoken, lasting, _shape(options)) if spoken and lasting else None


def _short(key: Word, value: Value, mistakes: Mistakes) -> Step | None:
    """Read a step in short: seconds and words, either of them first."""
    turned = isinstance(value, Word) and _FIGURES.fullmatch(key.text) is None and value.kind == "number"
    timed, worded = (value, key) if turned else (key, value)
    if not turned and _FIGURES.fullmatch(key.text) is None:
        shown = f", not '{value.text}'" if isinstance(value, Word) and value.text else ""
        problem = f"the seconds of this step have to be a number{shown}"
        mistakes.add(value.source, problem, f"write them in figures, like {_STEP_LIKE}")
        return None
    spoken, lasting = wording(worded, "this step", mistakes), seconds(timed, "the seconds of a step", mistakes)
    return Step(spoken, lasting) if spoken and lasting else None


def _shape(options: Options) -> Shape:
    value = options.table.get("shape")
    name = options.words("shape", "rest")
    for shape in SHAPES:
        if shape == name:
            return shape
    if value:
        options.mistakes.add(value.source, f"'{name}' is no shape", suggest(name, SHAPES))
    return "rest"


def wording(value: Value, what: str, mistakes: Mistakes) -> str:
    """Read the words of a step; "" after a mistake."""
    spoken = words(value, what, mistakes)
    if len(spoken) > LONGEST_WORDS:
        problem = f"these words have {counted(len(spoken), 'character')}, and {LONGEST_WORDS} are the most"
        mistakes.add(value.source, problem, "make two steps of them")
        return ""
    return " ".join(spoken.split())


def seconds(
    value: Value, what: str, mistakes: Mistakes, lowest: float = SHORTEST_STEP, highest: float = LONGEST_STEP
) -> float | None:
    """Read seconds between two limits, in halves; None after a mistake."""
    parsed = number(value, what, mistakes)
    if parsed is None:
        return None
    if not lowest <= parsed <= highest:
        remedy = f"write a number of seconds from {lowest:g} to {highest:g}"
        mistakes.add(value.source, f"{what} cannot be {parsed:g}", remedy)
        return None
    if parsed * _HALVES != int(parsed * _HALVES):
        mistakes.add(value.source, f"{what} cannot be {parsed:g}", "use whole and half seconds, like 4 or 4.5")
        return None
    return parsed


def read_groups(options: Options) -> tuple[Step, ...]:
    """Read groups of muscles: each is tensed for a few seconds, then let go for longer."""
    table = options.entries("groups", "groups: {tense: 5, rest: 15, parts: [{Right hand: Make a loose fist.}]}")
    if table is None:
        return ()
    inner = Options(table, options.mistakes, "groups")
    inner.only(GROUPS)
    tense = _seconds_of(inner, "tense", 5, LONGEST_TENSE)
    rest = _seconds_of(inner, "rest", 15, LONGEST_STEP)
    if rest < tense:
        at = inner.key("rest").source
        options.mistakes.add(at, "letting go is shorter than tensing", "write more seconds for 'rest' than for 'tense'")
    let_go = inner.table.get("let_go")
    release = (wording(let_go, "'let_go'", options.mistakes) if let_go else "") or "Let go."
    if (parts := inner.table.get("parts")) is None:
        if not inner.unclear:
            options.mistakes.add(
                table.source, "these groups have no parts", f"add 'parts:' with lines like {_PARTS_LIKE}"
            )
        return ()
    steps: list[Step] = []
    for item in () if is_lost(parts) else _items(parts, "parts", _PARTS_LIKE, options.mistakes):
        if part := _part(item, options.mistakes):
            steps += [Step(part, tense, "grow"), Step(release, rest, "shrink")]
    return tuple(steps)


def _seconds_of(options: Options, name: str, usual: float, highest: float) -> float:
    value = options.table.get(name)
    return (seconds(value, f"'{name}'", options.mistakes, highest=highest) if value else None) or usual


def _part(item: Value, mistakes: Mistakes) -> str:
    """Read `Right hand: Make a loose fist.`, or words alone."""
    if isinstance(item, Word):
        return wording(item, "this part", mistakes)
    if isinstance(item, Table) and len(item.entries) == 1:
        ((key, value),) = item.entries
        name, done = wording(key, "this part", mistakes), wording(value, f"'{key.text}'", mistakes)
        return f"{name}. {done}" if name and done else ""
    place: Source = item.source
    mistakes.add(place, "this is not a part of the body with what is done", f"write it like {_PARTS_LIKE}")
    return ""
