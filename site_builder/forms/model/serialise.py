"""Fields ⇄ plain JSON, as stored definitions hold them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from site_builder.forms.model.conditions import Condition
from site_builder.forms.model.errors import UnknownDefinition
from site_builder.forms.model.fields import KINDS, Choice, Field


def field_to_json(field: Field) -> dict[str, Any]:
    """Return a field as plain JSON without defaults, so that a new option does not change old hashes."""
    stored: dict[str, Any] = {"type": field.type}
    for option in fields(field):
        value = getattr(field, option.name)
        if value == option.default:
            continue
        if option.name in ("choices", "rows"):
            value = [[choice.code, choice.label] for choice in value]
        elif option.name == "of":
            value = [field_to_json(inner) for inner in value]
        elif option.name == "when":
            value = [condition.to_json() for condition in value]
        elif isinstance(value, tuple):
            value = list(value)
        stored[option.name] = value
    return stored


def field_from_json(stored: Mapping[str, Any]) -> Field:
    """Return the field that field_to_json stored. Raises UnknownDefinition."""
    options = dict(stored)
    try:
        kind = KINDS[options.pop("type")]
        for name in ("choices", "rows"):
            if name in options:
                options[name] = tuple(Choice(code, label) for code, label in options[name])
        if "of" in options:
            options["of"] = tuple(field_from_json(inner) for inner in options["of"])
        if "renamed" in options:
            options["renamed"] = tuple((row, was) for row, was in options["renamed"])
        if "ends" in options:
            options["ends"] = tuple(options["ends"])
        if "when" in options:
            options["when"] = tuple(map(Condition.from_json, options["when"]))
        return kind(**options)
    except (KeyError, TypeError, ValueError) as error:
        raise UnknownDefinition(f"a field of this definition cannot be read: {error}") from error
