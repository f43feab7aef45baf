"""The lines between dashes at the top of a page: what they say, and where each of them stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

_FENCED = re.compile(r"-{3}[ \t]*\n(?P<text>.*?\n)(?:\.{3}|-{3})[ \t]*\n", re.DOTALL)
_PLAIN = re.compile(r"[ ]{0,3}[A-Za-z0-9_-]+:")
_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def split_front(text: str) -> tuple[str, dict[str, Any]]:
    """Give a page's body and what stands above it, as MkDocs does.

    Lines between dashes are read here; importing MkDocs for them costs more than reading them. What the few pages
    mean that start with a name and a colon, but without dashes, is left to MkDocs.
    """
    if match := _FENCED.match(text):
        try:
            front = yaml.load(match["text"], _Loader)  # noqa: S506 (it is a safe loader)
        except (yaml.YAMLError, ValueError):
            return text, {}
        return (text[match.end() :].lstrip("\n"), front) if isinstance(front, dict) else (text, {})
    if _PLAIN.match(text):
        from mkdocs.utils.meta import get_data

        return get_data(text)
    return re.sub(r"\A[^\S\n]*\n", "", text).lstrip("\n"), {}


def places_of(text: str) -> Mapping[str, tuple[int, int]]:
    """Give the line and column, from 1, of each name above a page's body."""
    if not (match := _FENCED.match(text)):
        lines = text.partition("\n\n")[0].split("\n")
        return {line.partition(":")[0].strip().lower(): (n, 1) for n, line in enumerate(lines, 1) if _PLAIN.match(line)}
    node = yaml.compose(match["text"], _Loader)
    if not isinstance(node, yaml.MappingNode):
        return {}
    marks = ((str(key.value), key.start_mark) for key, _ in node.value)
    return {name: (mark.line + 2, mark.column + 1) for name, mark in marks}
