"""The `scales:` of a form: which items add up to a score, and what the score means."""

from __future__ import annotations

from typing import Literal

from site_builder.forms.language.items import Items
from site_builder.forms.language.options import Options, in_place, number, words
from site_builder.forms.language.yaml_tree import Mistakes, Table, Value, Word
from site_builder.forms.model.definition import EXACT, Band, Cutoff, Scale
from site_builder.forms.model.fields import numbers_of
from site_builder.forms.model.identifiers import suggest, unfit_field_id

SCALE = (
    "title", "items", "reversed", "multiplier", "missing", "bands", "cut_offs", "reliable_change", "possible_change",
    "better",
)  # fmt: skip
_SCALES_LIKE = "scales: {total: {items: [q1, q2]}}"
_BANDS_LIKE = "bands: {0: Mild, 10: Moderate}"


def read_scales(options: Options, items: Items) -> tuple[Scale, ...]:
    table = options.entries("scales", _SCALES_LIKE)
    if table:
        table = in_place(table, SCALE, options.mistakes)
    return tuple(_scale(name, value, items) for name, value in table.entries) if table else ()


def _scale(name: Word, value: Value, items: Items) -> Scale:
    mistakes = items.mistakes
    if unfit := unfit_field_id(name.text):
        mistakes.add(name.source, unfit[0].replace("question", "scale"), unfit[1])
    if not isinstance(value, Table):
        mistakes.add(name.source, f"the scale '{name.text}' has no items", f"write it like this: {_SCALES_LIKE}")
        return Scale(name.text, ())
    if value.key("ask"):
        mistakes.add(name.source, f"the question '{name.text}' stands among the scales", "write 'fields:' above it")
        return Scale(name.text, ())
    options = Options(value, mistakes, "a scale")
    options.only(SCALE)
    if options.lacks("items"):
        mistakes.add(name.source, f"the scale '{name.text}' has no items", "add items: [q1, q2]")
    listed = items.listed(options, "items")
    multiplier = options.number("multiplier")
    if multiplier is not None and multiplier <= 0:
        mistakes.add(options.key("multiplier").source, "'multiplier' has to be more than 0")
    reaches = _reach(listed, multiplier or 1, items)
    reliable = _change("reliable_change", options, reaches)
    return Scale(
        id=name.text,
        items=tuple(item.text for item in listed),
        title=options.words("title"),
        reversed=_reversed(options, listed, mistakes),
        multiplier=multiplier or 1,
        missing_up_to=options.whole("missing", 0, 0, max(len(listed) - 1, 0)) if listed else 0,
        bands=_bands(options, reaches),
        cutoffs=_cutoffs(options, reaches),
        reliable_change=reliable,
        better=_better(options),
        possible_change=_possible_change(options, reaches, reliable),
    )


def _reversed(options: Options, listed: tuple[Word, ...], mistakes: Mistakes) -> tuple[str, ...]:
    counted = [item.text for item in listed]
    turned = options.several("reversed", "reversed: [q1, q2]")
    for item in turned:
        if counted and item.text not in counted:
            problem = f"'{item.text}' is not among the items of this scale"
            mistakes.add(item.source, problem, suggest(item.text, counted))
    return tuple(dict.fromkeys(item.text for item in turned))


def _reach(listed: tuple[Word, ...], multiplier: float, items: Items) -> tuple[float, float] | None:
    """Return the lowest and highest possible score; None if an item is unknown or has no numbers."""
    ranges = []
    for item in listed:
        field = items.draft.items.get(item.text, (None, ""))[0]
        reach = numbers_of(field) if field else None
        if reach is None:
            return None
        ranges.append(reach)
    if not ranges:
        return None
    lowest, highest = (sum(ends) * multiplier for ends in zip(*ranges, strict=True))
    return round(lowest, EXACT), round(highest, EXACT)


def _out_of_reach(at: Word, what: str, score: float, reach: tuple[float, float] | None, mistakes: Mistakes) -> None:
    if reach is not None and not reach[0] <= score <= reach[1]:
        problem = f"{what} {score:g} is outside of the possible scores, {reach[0]:g} to {reach[1]:g}"
        mistakes.add(at.source, problem, "check the number, the items and the multiplier")


def _bands(options: Options, reach: tuple[float, float] | None) -> tuple[Band, ...]:
    table, mistakes = options.entries("bands", _BANDS_LIKE), options.mistakes
    bands: list[Band] = []
    for key, value in table.entries if table else ():
        starts = number(key, "where a band starts", mistakes)
        if starts is None:
            continue
        if bands and starts <= bands[-1].at_least:
            problem = f"the band from {starts:g} stands after the band from {bands[-1].at_least:g}"
            mistakes.add(key.source, problem, "write the bands from the lowest to the highest")
        _out_of_reach(key, "the band from", starts, reach, mistakes)
        bands.append(_band(key, starts, value, mistakes))
    return tuple(bands)


def _band(key: Word, starts: float, value: Value, mistakes: Mistakes) -> Band:
    if not isinstance(value, Table):
        return Band(starts, words(value, f"the name of the band from {key.text}", mistakes))
    options = Options(value, mistakes, "a band")
    options.only(("label", "meaning"))
    if options.lacks("label"):
        mistakes.add(key.source, f"the band from {key.text} has no name", "add 'label:'")
    return Band(starts, options.words("label"), options.words("meaning"))


def _cutoffs(options: Options, reach: tuple[float, float] | None) -> tuple[Cutoff, ...]:
    table, mistakes = options.entries("cut_offs", "cut_offs: {caseness: 10}"), options.mistakes
    cutoffs = []
    for key, value in table.entries if table else ():
        if unfit := unfit_field_id(key.text):
            mistakes.add(key.source, unfit[0].replace("question", "cut-off"), unfit[1])
        score = number(value, f"the cut-off '{key.text}'", mistakes)
        if score is not None and isinstance(value, Word):
            _out_of_reach(value, f"the cut-off '{key.text}' at", score, reach, mistakes)
            cutoffs.append(Cutoff(key.text, score))
    return tuple(cutoffs)


def _change(name: str, options: Options, reach: tuple[float, float] | None) -> float | None:
    change = options.number(name)
    if change is not None and (change <= 0 or (reach is not None and change > reach[1] - reach[0])):
        at = options.table.get(name) or options.key(name)
        problem = f"a change of {change:g} points is not possible on this scale"
        options.mistakes.add(at.source, problem, "write the number of points that a real change has at least")
    return change


def _possible_change(options: Options, reach: tuple[float, float] | None, reliable: float | None) -> float | None:
    """Read the possible change, which is less certain than the reliable one and so has to be smaller."""
    change = _change("possible_change", options, reach)
    if change is None:
        return None
    at = options.table.get("possible_change") or options.key("possible_change")
    if "reliable_change" not in options:
        problem = "'possible_change' needs a 'reliable_change' beside it"
        options.mistakes.add(at.source, problem, "add 'reliable_change:' with the points from which a change is sure")
    elif reliable is not None and change >= reliable:
        problem = f"a possible change of {change:g} points is not less than the reliable one of {reliable:g}"
        options.mistakes.add(at.source, problem, "write the smaller number here")
    return change


def _better(options: Options) -> Literal["lower", "higher"]:
    better = options.words("better", "lower")
    if better == "higher":
        return "higher"
    if better != "lower":
        at = options.table.get("better") or options.key("better")
        problem = f"'better' can be lower or higher, not '{better}'"
        options.mistakes.add(at.source, problem, "write which way the score goes when somebody gets better")
    return "lower"
