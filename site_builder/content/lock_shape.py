"""Checks the shape of the JSON in forms.lock; anything else means that the file is damaged."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, get_args

from site_builder.forms.model.conditions import Test

Fits: TypeAlias = Callable[[Any], bool]

_VERSION = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)


def fits_versions(stored: Any) -> bool:
    """Return whether this can be the stored versions of one form.

    An unknown name may hold any simple value: each kind of question stores its own settings.
    """
    return _table(_version)(stored) and bool(stored) and all(map(_VERSION.fullmatch, stored))


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _simple(value: Any) -> bool:
    return isinstance(value, str | int | float)


def _list(fits: Fits) -> Fits:
    return lambda value: isinstance(value, list) and all(map(fits, value))


def _table(fits: Fits) -> Fits:
    return lambda value: isinstance(value, dict) and all(map(fits, value.values()))


def _version(stored: Any) -> bool:
    return _has(stored, _VERSION_NEEDS) and _may_have(stored, {"criteria": _RULES, "computed": _RULES})


def _question(stored: Any) -> bool:
    if not _has(stored, {"type": _text, "ask": _text}) or not _has(stored, _QUESTION_NEEDS.get(stored["type"], {})):
        return False
    others = {name: _simple_or_list for name in stored if name not in _QUESTION_MAY_HAVE}
    return _may_have(stored, {**others, **_QUESTION_MAY_HAVE})


def _part(value: Any) -> bool:
    return _simple_or_list(value) or _table(_number)(value)


def _simple_or_list(value: Any) -> bool:
    return _simple(value) or _list(_simple)(value)


def _alert(stored: Any) -> bool:
    return _has(stored, {"label": _text, "when": _list(_condition)}) and bool(stored["when"])


def _condition(stored: Any) -> bool:
    if not _list(_simple_or_list)(stored) or len(stored) != 3:
        return False
    field, test, value = stored
    return _text(field) and _text(test) and test in _WANTED and _WANTED[test](value)


def _has(stored: Any, needs: Mapping[str, Fits]) -> bool:
    return isinstance(stored, dict) and all(name in stored and fits(stored[name]) for name, fits in needs.items())


def _may_have(stored: Mapping[str, Any], kinds: Mapping[str, Fits]) -> bool:
    return all(fits(stored[name]) for name, fits in kinds.items() if name in stored)


_RULES = _table(_table(_part))
_VERSION_NEEDS: Mapping[str, Fits] = {
    "definition": _text,
    "questions": _table(_question),
    "scales": _RULES,
    "alerts": _list(_alert),
}
_QUESTION_NEEDS: Mapping[str, Mapping[str, Fits]] = {
    "rating": {"from": _number, "to": _number, "step": _number},
    "choice": {"codes": _list(_text)},
    "choices": {"codes": _list(_text)},
}
_QUESTION_MAY_HAVE: Mapping[str, Fits] = {
    "at_least": _number,
    "at_most": _number,
    "decimals": _number,
    "unit": _text,
    "labels": _table(_text),
    "was": _list(_text),
    "when": _list(_condition),
}
_WANTED: Mapping[str, Fits] = dict.fromkeys(get_args(Test), _simple) | {
    "one_of": _list(_simple),
    "at_least": _number,
    "at_most": _number,
}
