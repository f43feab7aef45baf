"""Definitions and locks of format 1, as stored before 0.1.0: their parts were rows of values without names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from site_builder.forms.model.serialise import hash_of

FORMAT = 1
# The names of the values, in the order in which a row has them; these words stand nowhere else in a definition.
ROWS: Mapping[str, tuple[str, ...]] = {
    "choices": ("code", "label"),
    "rows": ("code", "label"),
    "renamed": ("row", "was"),
    "when": ("field", "test", "value"),
    "bands": ("at_least", "label", "meaning"),
    "cutoffs": ("name", "points"),
    "computed": ("id", "label", "formula", "of", "unit"),
}
ENDS = ("lowest", "highest")
DEFAULTS = {"value": True, "meaning": "", "unit": ""}  # of values that a row has and an object may leave out


def upgraded(stored: Any) -> Any:
    """Return a definition of format 1, or a part of one, in format 2. Raises TypeError or ValueError."""
    if isinstance(stored, list):
        return [upgraded(each) for each in stored]
    if not isinstance(stored, dict):
        return stored
    return {name: _with_names(name, value) for name, value in stored.items()}


def _with_names(name: str, value: Any) -> Any:
    if name == "ends":
        return _named(ENDS, value)
    return [_named(ROWS[name], row) for row in value] if name in ROWS else upgraded(value)


def _named(names: tuple[str, ...], row: Any) -> dict[str, Any]:
    if not isinstance(row, list):
        raise TypeError("a row of values is missing")
    return dict(zip(names, row, strict=True))


def hash_in_format_1(body: Mapping[str, Any]) -> str:
    """Return the hash that a definition of format 2 had in format 1, by which an old lock knows the form."""
    return hash_of(downgraded(body))


def downgraded(stored: Any) -> Any:
    """Return a definition of format 2, or a part of one, as format 1 had it."""
    if isinstance(stored, list):
        return [downgraded(each) for each in stored]
    if not isinstance(stored, dict):
        return stored
    return {name: _without_names(name, value) for name, value in stored.items() if name != "format"}


def _without_names(name: str, value: Any) -> Any:
    if name == "ends":
        return [value[end] for end in ENDS]
    if name in ROWS:
        return [[row[part] if part in row else DEFAULTS[part] for part in ROWS[name]] for row in value]
    return downgraded(value)


def upgraded_version(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return a version of a form as a lock of format 1 held it, in format 2; it held no words of scales.

    Raises AttributeError, KeyError, TypeError or ValueError.
    """
    return {
        **stored,
        "questions": {path: _question(question) for path, question in stored["questions"].items()},
        "scales": [_scale(id, rule) for id, rule in stored["scales"].items()],
        "criteria": [_criterion(id, rule) for id, rule in stored.get("criteria", {}).items()],
        "computed": [_computed(id, rule) for id, rule in stored.get("computed", {}).items()],
        "alerts": upgraded(stored["alerts"]),
    }


def _question(stored: Mapping[str, Any]) -> dict[str, Any]:
    return {**stored, "when": _with_names("when", stored.get("when", ()))}


def _scale(id: str, rule: Mapping[str, Any]) -> dict[str, Any]:
    scale = {"missing_up_to" if name == "missing" else name: value for name, value in rule.items()}
    cutoffs = scale.pop("cut_offs", {}).items()
    bands = [{"at_least": start, "label": ""} for start in scale.pop("bands", ())]
    return {**scale, "id": id, "bands": bands, "cutoffs": [{"name": name, "points": at} for name, at in cutoffs]}


def _criterion(id: str, rule: Mapping[str, Any]) -> dict[str, Any]:
    others = {name: value for name, value in rule.items() if not name.startswith("cluster ")}
    clusters = [
        {"id": name.removeprefix("cluster "), "items": items, "needs": rule[f"{name} needs"]}
        for name, items in rule.items()
        if f"{name} needs" in rule
    ]
    return {**others, "id": id, "clusters": clusters}


def _computed(id: str, rule: Mapping[str, Any]) -> dict[str, Any]:
    parts = {name: value for name, value in rule.items() if name != "formula"}
    return {"id": id, "label": "", "formula": rule["formula"], "of": [name for part in parts.values() for name in part]}
