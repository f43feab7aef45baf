"""The `scales:` of a form: which items add up to a score, and what the score means."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from site_builder.forms.language.bands import check_lowest, read_bands, read_cutoffs, require_as_fine
from site_builder.forms.language.conditions import Conditions
from site_builder.forms.language.items import Items
from site_builder.forms.language.options import Options, in_place
from site_builder.forms.language.yaml_tree import Table, Value, Word
from site_builder.forms.model.amounts import counted
from site_builder.forms.model.conditions import Condition
from site_builder.forms.model.definition import Scale
from site_builder.forms.model.fields import numbers_of
from site_builder.forms.model.identifiers import suggest, unfit_field_id

SCALE = (
    "title", "items", "reversed", "multiplier", "method", "missing", "rounding", "rounding_source", "gate", "lowest",
    "bands", "cut_offs", "reliable_change", "possible_change", "better", "main",
)  # fmt: skip
_SCALES_LIKE = "scales: {total: {items: [q1, q2]}}"
_GATE_LIKE = "gate: {happened: yes}"
_NEVER_COUNTS = "a scale whose items never count is better left out"


def read_scales(options: Options, items: Items) -> tuple[Scale, ...]:
    """Read every scale. Mistakes are reported, and a scale with a mistake comes back incomplete."""
    table = options.entries("scales", _SCALES_LIKE)
    if table:
        table = in_place(table, SCALE, options.mistakes)
    scales = tuple(_scale(name, value, items) for name, value in table.entries) if table else ()
    mains = [name for (name, _), scale in zip(table.entries if table else (), scales, strict=True) if scale.main]
    for name in mains[1:]:
        problem = f"'{mains[0].text}' is the main scale already"
        items.mistakes.add(name.source, problem, "write main: true in the one that stands for the form")
    return scales


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
    gate = _gate(options, items)
    listed = items.listed(options, "items", gate)
    counted = Scale(
        id=name.text,
        items=tuple(item.text for item in listed),
        title=options.words("title"),
        reversed=_reversed(options, listed, items),
        multiplier=_multiplier(options),
        missing_up_to=options.whole("missing", 0, 0, max(len(listed) - 1, 0)) if listed else 0,
        method="mean" if _one_of(options, "method", ("sum", "mean")) == "mean" else "sum",
        **_rounding(options),
        main=options.flag("main"),
        gate=gate,
    )
    return _read_by(counted, name, options, items)


def _read_by(scale: Scale, name: Word, options: Options, items: Items) -> Scale:
    """Return a scale with what its scores mean."""
    reach = reach_of(scale, items)
    bands, cutoffs = read_bands(options, reach), read_cutoffs(options, reach)
    if question := check_lowest(name, options, reach, bands, cutoffs):
        items.questions.append(question)
    reliable = _change("reliable_change", options, reach)
    return replace(
        scale,
        bands=bands,
        cutoffs=cutoffs,
        reliable_change=reliable,
        better="higher" if _better(options) == "higher" else "lower",
        possible_change=_possible_change(options, reach, reliable),
    )


def _multiplier(options: Options) -> float:
    multiplier = options.number("multiplier")
    if multiplier is not None and multiplier <= 0:
        options.mistakes.add(options.key("multiplier").source, "'multiplier' has to be more than 0")
    return multiplier or 1


def _one_of(options: Options, name: str, words: tuple[str, ...]) -> str:
    """Read one of several words, the first if it is left out or unknown."""
    word = options.words(name, words[0])
    if word in words:
        return word
    at = options.table.get(name) or options.key(name)
    meant = suggest(word, words)
    remedy = meant if "did you mean" in meant else f"write {name}: {' or '.join(words)}"
    options.mistakes.add(at.source, f"'{name}' can be {' or '.join(words)}, not '{word}'", remedy)
    return words[0]


def _rounding(options: Options) -> dict[str, Any]:
    """Read how a score is rounded before it is read; that it is rounded needs a source."""
    rounding, source = _one_of(options, "rounding", ("none", "half up")), options.words("rounding_source")
    if rounding == "half up" and "rounding_source" not in options:
        remedy = "add 'rounding_source:' with the manual that says so, or leave 'rounding' out"
        options.mistakes.add(options.key("rounding").source, "a rounding needs its source", remedy)
    elif source and "rounding" not in options:
        problem = "'rounding_source' stands here without a 'rounding'"
        options.mistakes.add(options.key("rounding_source").source, problem, "add rounding: half up, or rounding: none")
    return {"rounding": rounding, "rounding_source": source}


def _gate(options: Options, items: Items) -> tuple[Condition, ...]:
    """Read the answers without which no item counts."""
    table = options.entries("gate", _GATE_LIKE)
    is_question = items.draft.items.__contains__
    reader = Conditions(items.mistakes, _GATE_LIKE, _NEVER_COUNTS, find=items.find, is_question=is_question)
    conditions: list[Condition] = []
    for item, tests in table.entries if table else ():
        tested = list(reader.named(item, tests))
        if any(condition.of for condition in tested):
            problem = "a gate opens for the answer to a question, not for any of several or for what is not so"
            items.mistakes.add(item.source, problem, f"write it like this: {_GATE_LIKE}")
        if any(condition.test == "answered" for condition in tested):
            problem = "any answer would open this gate, and none closes it"
            items.mistakes.add(item.source, problem, f"name the answer that opens it, like this: {_GATE_LIKE}")
        conditions += tested
    return tuple(conditions)


def _reversed(options: Options, listed: tuple[Word, ...], items: Items) -> tuple[str, ...]:
    counted = [item.text for item in listed]
    turned = items.words(options, "reversed")
    for item in turned:
        if counted and item.text not in counted:
            problem = f"'{item.text}' is not among the items of this scale"
            items.mistakes.add(item.source, problem, suggest(item.text, counted))
    return tuple(dict.fromkeys(item.text for item in turned))


def reach_of(scale: Scale, items: Items) -> tuple[float, float] | None:
    """Return the lowest and highest possible score; None if an item is unknown or has no numbers."""
    fields = [items.draft.items.get(item, (None, ""))[0] for item in scale.items]
    ranges = [numbers_of(field) if field else None for field in fields]
    known = [ends for ends in ranges if ends is not None]
    return scale.reach(known) if known and len(known) == len(ranges) else None


def _change(name: str, options: Options, reach: tuple[float, float] | None) -> float | None:
    change = options.number(name)
    if change is not None and (change <= 0 or (reach is not None and change > reach[1] - reach[0])):
        at = options.table.get(name) or options.key(name)
        problem = f"a change of {counted(change, 'point')} is not possible on this scale"
        options.mistakes.add(at.source, problem, "write the number of points that a real change has at least")
    elif change is not None:
        require_as_fine(options.table.get(name) or options.key(name), f"'{name}'", change, options.mistakes)
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
        problem = f"a possible change of {counted(change, 'point')} is not less than the reliable one of {reliable:g}"
        options.mistakes.add(at.source, problem, "write the smaller number here")
    return change


def _better(options: Options) -> str:
    better = options.words("better", "lower")
    if better not in ("lower", "higher"):
        at = options.table.get("better") or options.key("better")
        problem = f"'better' can be lower or higher, not '{better}'"
        options.mistakes.add(at.source, problem, "write which way the score goes when somebody gets better")
    return better
