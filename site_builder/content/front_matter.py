"""Reads front matter, the lines between dashes at the top of a page, and where each name is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

_FENCED = re.compile(r"-{3}[ \t]*\n(?P<text>.*?\n)(?:\.{3}|-{3})[ \t]*\n", re.DOTALL)
_PLAIN = re.compile(r"[ ]{0,3}[A-Za-z0-9_-]+:")
_OPENS = re.compile(r"-{3}[ \t]*\n")
_NAME = re.compile(r"""[ ]*(["']?)[\w-]+\1[ ]*:""")
_SKIPPED = re.compile(r"\A(?:[ \t]*(?:#[^\n]*)?\n)*")  # comments and blank lines, which YAML skips
_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UNREADABLE = object()


def split_front(text: str) -> tuple[str, dict[str, Any]]:
    """Return a page's body and its front matter, exactly as MkDocs does.

    Lines between dashes are read here, because importing MkDocs takes longer than reading them. MkDocs itself reads
    the few pages that start with a name and a colon but without dashes.
    """
    if match := _FENCED.match(text):
        front = _loaded(match["text"])
        return (text[match.end() :].lstrip("\n"), front) if isinstance(front, dict) else (text, {})
    if _PLAIN.match(text):
        from mkdocs.utils.meta import get_data

        return get_data(text)
    return re.sub(r"\A[^\S\n]*\n", "", text).lstrip("\n"), {}


def is_unread(text: str) -> bool:
    """Return whether a page has front matter that MkDocs cannot read and would show to clients.

    A page may also begin with a horizontal rule and continue with prose, which is no mistake.
    """
    if text[:1].isspace():
        match = _FENCED.match(text.lstrip())
        return bool(match and _NAME.match(match["text"]))
    if (opening := _OPENS.match(text)) is None:
        return False
    match = _FENCED.match(text)
    loaded = _loaded(match["text"]) if match else None
    if isinstance(loaded, dict):
        return False
    if match is None or loaded is not _UNREADABLE:
        return bool(_NAME.match(text, opening.end()))
    # Prose leaves a blank line before a horizontal rule, or Markdown would make a heading of it.
    if not match["text"].endswith("\n\n"):
        return True
    return not match["text"].startswith("\n") and bool(_NAME.match(_SKIPPED.sub("", match["text"], 1)))


def front_block(text: str) -> str | None:
    """Return the lines between the dashes at the top, which start in line 2; None when there are no such dashes."""
    match = _FENCED.match(f"{text}\n")  # where the page ends with the dashes
    return match["text"] if match else None


def places_of(text: str) -> Mapping[str, tuple[int, int]]:
    """Return the line and column, from 1, of each name in the front matter."""
    if not (match := _FENCED.match(text)):
        lines = text.partition("\n\n")[0].split("\n")
        return {line.partition(":")[0].strip().lower(): (n, 1) for n, line in enumerate(lines, 1) if _PLAIN.match(line)}
    try:
        node = yaml.compose(match["text"], _Loader)
    except (yaml.YAMLError, RecursionError):
        return {}
    if not isinstance(node, yaml.MappingNode):
        return {}
    marks = ((str(key.value), key.start_mark) for key, _ in node.value)
    return {name: (mark.line + 2, mark.column + 1) for name, mark in marks}


def _loaded(text: str) -> Any:
    try:
        return yaml.load(text, _Loader)  # noqa: S506 (it is a safe loader)
    except Exception:  # a tag can make YAML raise anything; MkDocs then shows the lines as part of the page, too
        return _UNREADABLE
