"""Reads what the settings say about the clinic (`extra.clinic`), each value with its place."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from site_builder.forms.model.errors import Source

EXTENSION = "site_builder.extension"
MOST_INHERITED = 5  # files, each named by the one before; more is a loop
_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Setting:
    """A value as written, with the place of its name; `type` is what YAML takes it for: str, int, seq, null, …"""

    text: str
    at: Source
    type: str = "str"


def clinic_settings(root: Any, config: Path, depth: int = 0) -> Mapping[str, Setting]:
    """Return every name under `extra.clinic`, also those of the settings that these build on (`INHERIT`)."""
    below: Mapping[str, Setting] = {}
    if (parent := _under(root, "INHERIT")) is not None and depth < MOST_INHERITED:
        file = config.parent / str(parent.value)
        below = clinic_settings(_composed(file), file, depth + 1)
    clinic = _under(_under(root, "extra"), "clinic")
    entries = clinic.value if isinstance(clinic, yaml.MappingNode) else ()
    return {**below, **{str(key.value): _setting(key, value, config.as_posix()) for key, value in entries}}


def extension_setting(root: Any, name: str, shown: str) -> Setting | None:
    """Return an option of our own extension; None where the settings leave it out."""
    extensions = _under(root, "markdown_extensions")
    for item in extensions.value if isinstance(extensions, yaml.SequenceNode) else (extensions,):
        options = _under(item, EXTENSION)
        for key, value in options.value if isinstance(options, yaml.MappingNode) else ():
            if key.value == name:
                return _setting(key, value, shown)
    return None


def _under(node: Any, name: str) -> Any:
    entries = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((value for key, value in entries if key.value == name), None)


def _setting(key: Any, value: Any, shown: str) -> Setting:
    at = Source(shown, key.start_mark.line + 1, key.start_mark.column + 1)
    if value.tag == "!ENV":
        text = _of_environment(value)
        return Setting(text, at, _type(yaml.compose(text, _Loader)))
    return Setting(str(value.value) if isinstance(value, yaml.ScalarNode) else "", at, _type(value))


def _type(node: Any) -> str:
    return str(node.tag).rpartition(":")[2] if node is not None else "null"


def _of_environment(node: Any) -> str:
    """Return what MkDocs puts in the place of `!ENV NAME` and `!ENV [NAME, OTHER, default]`."""
    if not isinstance(node, yaml.SequenceNode):
        return os.environ.get(str(node.value), "")
    words = [str(item.value) for item in node.value]
    default = words[-1] if len(words) > 1 else ""
    return next((os.environ[name] for name in words[: len(words) - 1 or 1] if name in os.environ), default)


def _composed(file: Path) -> Any:
    try:
        return yaml.compose(file.read_text("utf-8-sig"), _Loader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError):
        return None  # MkDocs says so when it builds
