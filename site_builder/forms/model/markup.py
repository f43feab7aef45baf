"""HTML elements with everything escaped."""

from __future__ import annotations

from html import escape

VOID = {"input"}


def tag(name: str, /, *children: str, **attributes: object) -> str:
    """Return an element. Children are already HTML; attribute values are escaped here.

    An attribute of None, False or "" is left out; True writes its name alone. `class_` is class, other `_` become "-".
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    return f"<{name}{written}>" if name in VOID else f"<{name}{written}>{''.join(children)}</{name}>"


def _attribute(name: str, value: object) -> str:
    if value is None or value is False or value == "":
        return ""
    name = name.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'


def text(words: object) -> str:
    """Return words escaped for use as content."""
    return escape(str(words), quote=False)
