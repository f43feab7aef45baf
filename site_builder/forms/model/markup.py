"""HTML by type: a `Markup` is HTML, and any other text is escaped when it becomes part of one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup, escape

__all__ = ["NO_HTML", "Markup", "escape", "joined", "tag", "trusted"]

NO_HTML = Markup()
_VOID = frozenset({"input"})


def tag(name: str, /, *children: str, **attributes: object) -> Markup:
    """Return an element. Children that are not Markup are escaped, and so is the value of every attribute.

    An attribute of None, False or "" is left out; True writes its name alone. `class_` is class, other `_` become "-".
    """
    start = f"<{name}{''.join(_attribute(key, value) for key, value in attributes.items())}>"
    return trusted(start if name in _VOID else f"{start}{_content(children)}</{name}>")


def joined(parts: Iterable[str]) -> Markup:
    """Return the parts one after the other, with those that are not Markup escaped."""
    return trusted(_content(parts))


def trusted(html: str) -> Markup:
    """Return as HTML what has been rendered already: by Python-Markdown, by the build, by a library's own page.

    Nothing that a client has written may come here.
    """
    return escape(_Trusted(html))


@dataclass(frozen=True, slots=True)
class _Trusted:
    html: str

    def __html__(self) -> str:
        return self.html


def _content(parts: Iterable[str]) -> str:
    return "".join([part if isinstance(part, Markup) else escape(part) for part in parts])


def _attribute(name: str, value: object) -> str:
    if value is None or value is False or value == "":
        return ""
    name = name.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'
