"""A breath in seconds, and paces that a client chooses from; too fast or too long ones are reported."""

from __future__ import annotations

from collections.abc import Mapping

from site_builder.forms.language.options import Options
from site_builder.forms.language.yaml_tree import Table, Value
from site_builder.forms.model.amounts import counted
from site_builder.practices.model import Pace, Shape, Step
from site_builder.practices.steps import seconds, wording

PHASES: Mapping[str, tuple[str, Shape]] = {
    "in": ("Breathe in", "grow"),
    "hold": ("Hold", "hold"),
    "out": ("Breathe out", "shrink"),
    "wait": ("Wait", "hold"),
}
# Seconds of one breath. Resting adults take 12 to 20 breaths a minute; a practice that is faster than rest makes dizzy,
# and one of fewer than three breaths a minute is for the trained.
FASTEST, SLOWEST = 5, 20
LONGEST_PHASE = 10  # seconds; a longer pull or pause is a strain
MOST_PACES = 5  # more is no choice on a phone
LONGEST_NAME = 60  # characters; it stands beside a radio button
_LIKE = "breath: {in: 4, out: 6}"
_PACES_LIKE = "paces: {Gentle: {in: 3, out: 4}, Slow: {in: 4, out: 6}}"


def read_breath(options: Options) -> tuple[Pace, ...]:
    """Read the one breath of a practice; () after a mistake."""
    table = options.entries("breath", _LIKE)
    steps = _breath(table, options, _words(options)) if table else ()
    return (Pace(steps),) if steps else ()


def read_paces(options: Options) -> tuple[Pace, ...]:
    """Read breaths with a name, the suggested one first; without those that have a mistake."""
    table = options.entries("paces", _PACES_LIKE)
    phases = _words(options)
    paces = []
    for key, value in table.entries if table else ():
        name = wording(key, "the name of a pace", options.mistakes)
        if len(name) > LONGEST_NAME:
            problem = f"this name has {counted(len(name), 'character')}, and {LONGEST_NAME} are the most"
            options.mistakes.add(key.source, problem, "say the rest on the page")
        if steps := _breath(value, options, phases):
            paces.append(Pace(steps, name=name))
    if table and len(table.entries) > MOST_PACES:
        problem = f"there are {len(table.entries)} paces, and {MOST_PACES} are the most"
        options.mistakes.add(table.source, problem, "keep those that differ")
    return tuple(paces)


def _words(options: Options) -> dict[str, str]:
    """Return what is said in each phase, in the author's own words where there are any."""
    table = options.entries("words", "words: {in: Breathe in, out: Breathe out}")
    phases = {phase: usual for phase, (usual, _) in PHASES.items()}
    if table:
        inner = Options(table, options.mistakes, "a breath")
        inner.only(PHASES)
        phases |= {phase: words for phase in PHASES if (words := inner.words(phase))}
    return phases


def _breath(value: Value, options: Options, phases: Mapping[str, str]) -> tuple[Step, ...]:
    if not isinstance(value, Table):
        options.mistakes.add(value.source, "this is no breath", f"write it like this: {_LIKE.removeprefix('breath: ')}")
        return ()
    inner = Options(value, options.mistakes, "a breath")
    inner.only(PHASES)
    for phase in ("in", "out"):
        if inner.lacks(phase):
            problem = f"this breath has no '{phase}'"
            options.mistakes.add(value.source, problem, f"write it like this: {_LIKE.removeprefix('breath: ')}")
    steps = []
    for phase, (_, shape) in PHASES.items():
        if (written := inner.table.get(phase)) is None:
            continue
        if lasting := seconds(written, f"'{phase}'", options.mistakes, highest=LONGEST_PHASE):
            steps.append(Step(phases[phase], lasting, shape))
    if len(steps) < len(inner.table.entries) or not {"in", "out"} <= {key.text for key, _ in inner.table.entries}:
        return ()
    return tuple(steps) if _is_safe(value, steps, options) else ()


def _is_safe(value: Table, steps: list[Step], options: Options) -> bool:
    """Return whether a breath is neither too fast nor too slow; what is wrong is reported."""
    length = sum(step.seconds for step in steps)
    before = len(options.mistakes)
    if length < FASTEST:
        problem = f"a breath of {counted(float(length), 'second')} is so fast that it makes dizzy"
        options.mistakes.add(value.source, problem, f"let it take {counted(FASTEST, 'second')} or more")
    elif length > SLOWEST:
        problem = f"a breath of {counted(float(length), 'second')} is too slow to be safe without somebody beside you"
        options.mistakes.add(value.source, problem, f"let it take {counted(SLOWEST, 'second')} or less")
    into, out = (next(step.seconds for step in steps if step.shape == shape) for shape in ("grow", "shrink"))
    if into > out:
        problem = "breathing in takes longer than breathing out, which makes dizzy"
        options.mistakes.add(value.source, problem, "let 'out' take as long as 'in', or longer")
    return len(options.mistakes) == before
