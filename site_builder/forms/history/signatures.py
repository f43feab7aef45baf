"""The signature of a question: what must stay the same for its answers to share a column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from site_builder.forms.model.choices import Choice
from site_builder.forms.model.fields import AnyOf, Field, Matrix, Number, OneOf, Rating, Text, YesNo

Signature: TypeAlias = tuple[tuple[str, Any], ...]


def signature(field: Field) -> Signature:
    """Return the signature of a question: its type, range, codes and unit, but not its wording."""
    match field:
        case Text():
            return from_parts(type="text")
        case Number():
            return from_parts(
                type="number",
                at_least=field.at_least,
                at_most=field.at_most,
                decimals=field.decimals or None,
                unit=field.unit or None,
            )
        case Rating():
            unit = field.unit or None
            return from_parts(type="rating", to=field.highest, step=field.step, unit=unit, **{"from": field.lowest})
        case YesNo():
            return from_parts(type=field.type)
        case OneOf() | Matrix():
            codes = tuple(sorted(choice.code for choice in field.choices))
            return from_parts(type="choice", codes=codes, points=_points(field.choices) or None)
        case AnyOf():
            return from_parts(type="choices", codes=tuple(sorted(choice.code for choice in field.choices)))
    return from_parts(type=field.type)


def _points(choices: Sequence[Choice]) -> tuple[str, ...]:
    """Return what choices count, as words, where it is not the number that is their code."""
    apart = [choice for choice in choices if choice.value != Choice(choice.code, "").value]
    words = {choice.code: "missing" if choice.value is None else f"{choice.value:g}" for choice in apart}
    return tuple(f"{code} as {words[code]}" for code in sorted(words))


def from_parts(**parts: Any) -> Signature:
    """Return the signature with these parts; a part that is None is left out."""
    return tuple(sorted((name, value) for name, value in parts.items() if value is not None))


def in_words(parts: Signature) -> str:
    """Return a signature in words: "a rating from 0 to 10"."""
    by_name = dict(parts)
    match by_name["type"]:
        case "rating":
            steps = f" in steps of {by_name['step']}" if by_name["step"] != 1 else ""
            unit = f" in {by_name['unit']}" if "unit" in by_name else ""
            return f"a rating from {by_name['from']} to {by_name['to']}{steps}{unit}"
        case "number":
            return _number(by_name)
        case "choice":
            counted = f" (which counts {', '.join(by_name['points'])})" if "points" in by_name else ""
            return f"a choice of {', '.join(by_name['codes'])}{counted}"
        case "choices":
            return f"any of {', '.join(by_name['codes'])}"
        case "text":
            return "text"
    return f"a {by_name['type']} question" if by_name["type"] == "yes no" else f"a {by_name['type']}"


def _number(by_name: Mapping[str, Any]) -> str:
    limits = [
        f"{words} {by_name[name]:g}" for name, words in (("at_least", "from"), ("at_most", "up to")) if name in by_name
    ]
    places = by_name.get("decimals", 0)
    decimals = [f"with {places} decimal{'s' * (places > 1)}"] if places else []
    unit = [f"in {by_name['unit']}"] if "unit" in by_name else []
    return " ".join(["a number", *limits, *decimals, *unit])
