"""HTML by type: a `Markup` is HTML, and any other text is escaped when it becomes part of one."""

from __future__ import annotations

import html
from collections.abc import Iterable

from markupsafe import Markup

__all__ = ["NO_HTML", "Markup", "end_of", "escape", "joined", "start_of", "tag", "trusted"]

NO_HTML = Markup()
_VOID = frozenset({"input"})


def tag(name: str, /, *children: str, **attributes: object) -> Markup:
    """Return an element. Children that are not Markup are escaped, and so is the value of every attribute.

    An attribute of None, False or "" is left out; True writes its name alone. `class_` is class, other `_` become "-".
    """
    start = start_of(name, **attributes)
    return trusted(start if name in _VOID else f"{start}{_content(children)}</{name}>")


def start_of(name: str, /, **attributes: object) -> Markup:
    """Return where an element begins, for one that is drawn piece by piece."""
    return trusted(f"<{name}{''.join([_attribute(key, value) for key, value in attributes.items()])}>")


def end_of(name: str) -> Markup:
    """Return where an element ends."""
    return trusted(f"</{name}>")


def joined(parts: Iterable[str]) -> Markup:
    """Return the parts as one piece of HTML; those that are not Markup are escaped."""
    return trusted(_content(parts))


def escape(words: str) -> Markup:
    """Return words as the content of an element. Not for attributes: quotation marks stay as they are."""
    return joined([words])


def trusted(rendered: str) -> Markup:
    """Return as HTML what has been rendered already: by Python-Markdown, by the build, by a library's own page.

    Nothing that a client has written may come here.
    """
    return str.__new__(Markup, rendered)  # a form has hundreds of elements; Markup() takes five times as long


def _content(parts: Iterable[str]) -> str:
    return "".join([part if isinstance(part, Markup) else html.escape(part, quote=False) for part in parts])


def _attribute(name: str, value: object) -> str:
    if value is None or value is False or value == "":
        return ""
    name = name.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{html.escape(str(value))}"'
