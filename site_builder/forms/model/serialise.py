"""Parts of a form ⇄ plain JSON: objects with a name for every value, without defaults, and read strictly."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

from site_builder.forms.model.errors import UnreadableDefinition
from site_builder.forms.model.fields import KINDS, Field

LARGEST = 1e300  # numbers beyond it do not fit into a float


class _Ends(NamedTuple):
    lowest: str
    highest: str


class _Renamed(NamedTuple):
    row: str
    was: str


# Options that are pairs in Python, and objects in JSON.
_PAIRS: dict[str, Any] = {"ends": _Ends, "renamed": tuple[_Renamed, ...]}


_hints = cache(get_type_hints)


def hash_of(body: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a stored definition in hex; it covers wording, hints and choices."""
    canonical = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def parsed(text: str | bytes) -> dict[str, Any]:
    """Return the JSON of a stored definition. Raises UnreadableDefinition for what is no object."""
    try:
        stored = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableDefinition(f"this definition is no JSON ({type(error).__name__})") from error
    if not isinstance(stored, dict):
        raise UnreadableDefinition("this definition is no object")
    return stored


def to_json(part: Any) -> dict[str, Any]:
    """Return a part of a form as an object without defaults, so that a new option does not change old hashes."""
    stored: dict[str, Any] = {"type": part.type} if isinstance(part, Field) else {}
    for option in fields(part):
        value = getattr(part, option.name)
        # True equals 1, but they are different values of a condition.
        if value != option.default or isinstance(value, bool) != isinstance(option.default, bool):
            stored[option.name] = _value_to_json(option.name, value)
    return stored


def _value_to_json(name: str, value: Any) -> Any:
    if name == "ends":
        return _Ends(*value)._asdict()
    if name == "renamed":
        return [_Renamed(*pair)._asdict() for pair in value]
    if isinstance(value, tuple):
        return [to_json(each) if is_dataclass(each) else _value_to_json("", each) for each in value]
    return value


def from_json(kind: Any, stored: Any, place: str = "") -> Any:
    """Return what `to_json` stored; `kind` is the class of a part, or the type of a value.

    Raises UnreadableDefinition for a name that is unknown or missing, and for a value of another type.
    """
    if kind is str and type(stored) is str and _can_be_encoded(stored):  # most values are words
        return stored
    if is_dataclass(kind):
        return _part_from_json(kind, stored, place)
    origin, args = get_origin(kind), get_args(kind)
    if origin is UnionType:  # an option without a value is not stored
        return from_json(args[0], stored, place)
    if isinstance(kind, type) and issubclass(kind, tuple):
        return tuple(kind(**entries(stored, _hints(kind), place)))
    if type(stored) is list and (origin is tuple or kind is Any):
        each_kind = args[0] if args else Any
        return tuple(from_json(each_kind, each, f"{place}.{number}") for number, each in enumerate(stored))
    if type(stored) is dict and origin is dict:
        return {name: from_json(args[1], each, f"{place}.{name}") for name, each in stored.items()}
    if not _fits(kind, stored):
        raise UnreadableDefinition(f"this definition cannot be read: '{place}' has a wrong value")
    return stored


def entries(stored: Any, kinds: Mapping[str, Any], place: str = "", optional: Collection[str] = ()) -> dict[str, Any]:
    """Return the values of an object that has these names and no other. Raises UnreadableDefinition."""
    if type(stored) is not dict:
        raise UnreadableDefinition(f"this definition cannot be read: '{place}' is no object")
    missing = kinds.keys() - stored.keys() - set(optional)
    if wrong := missing or stored.keys() - kinds.keys():
        problem = "is missing" if missing else "is not known"
        raise UnreadableDefinition(f"this definition cannot be read: '{place}.{min(wrong)}' {problem}")
    return {name: from_json(kinds[name], value, f"{place}.{name}") for name, value in stored.items()}


def _part_from_json(kind: Any, stored: Any, place: str) -> Any:
    if kind is Field:
        type_name = stored.get("type") if isinstance(stored, dict) else None
        if not isinstance(type_name, str) or type_name not in KINDS:
            raise UnreadableDefinition(f"this definition cannot be read: '{place}' is no type of question")
        kind, stored = KINDS[type_name], {name: value for name, value in stored.items() if name != "type"}
    kinds, optional = _options(kind)
    part = kind(**entries(stored, kinds, place, optional))
    if not getattr(part, "is_sound", True):
        raise UnreadableDefinition(f"this definition cannot be read: the values of '{place}' do not fit together")
    return part


@cache
def _options(kind: Any) -> tuple[dict[str, Any], frozenset[str]]:
    """Return the type of each option of a part, and the names of those that have a default."""
    hints = _hints(kind) | _PAIRS
    options = fields(kind)
    with_default = frozenset(option.name for option in options if option.default is not MISSING)
    return {option.name: hints[option.name] for option in options}, with_default


def _fits(kind: Any, stored: Any) -> bool:
    if type(stored) in (int, float) and not abs(stored) <= LARGEST:
        return False
    if type(stored) is str and not _can_be_encoded(stored):
        return False
    if get_origin(kind) is Literal:
        return type(stored) is str and stored in get_args(kind)
    if kind is Any:
        return type(stored) in (str, bool, int, float)
    return type(stored) is kind or (kind is float and type(stored) is int)


def _can_be_encoded(text: str) -> bool:
    """Return whether a text has no half of a surrogate pair, which JSON can hold and no hash, page or file can."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
