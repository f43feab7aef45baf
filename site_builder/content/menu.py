"""The menu (`nav` in mkdocs.yml): the pages in it, and where a new page belongs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.utils.yaml import yaml_load

from site_builder.content.mkdocs_settings import UnreadableSettings, read_site


def addresses(nav: Any) -> Iterator[str]:
    """Return every address in a menu, at any depth."""
    below = nav.values() if isinstance(nav, dict) else nav
    if isinstance(nav, str):
        yield nav
    elif nav is not None:
        for entry in below:
            yield from addresses(entry)


def section_of(nav: Any, folder: str) -> str | None:
    """Return the title of the outermost menu section that itself lists pages of this folder, or None."""
    for entry in nav if isinstance(nav, list) else ():
        for title, below in entry.items() if isinstance(entry, dict) else ():
            if not isinstance(below, list):
                continue
            if any(address.startswith(f"{folder}/") for address in _own_addresses(below)):
                return str(title)
            if inner := section_of(below, folder):
                return inner
    return None


def _own_addresses(section: list[Any]) -> Iterator[str]:
    """Return the addresses of a section without those of the sections in it."""
    for entry in section:
        yield from (
            value for value in (entry.values() if isinstance(entry, dict) else (entry,)) if isinstance(value, str)
        )


def menu_of(content: Path) -> Any:
    """Return the menu from the mkdocs.yml beside a content folder, or None when it cannot be read."""
    try:
        return read_site(content.absolute().parent / "mkdocs.yml", content).menu
    except UnreadableSettings:  # `homeward build` reports what is wrong
        return None


def entry(title: str, path: str) -> str:
    """Return the menu line for a page, with the title quoted where YAML would misread it."""
    try:
        plain = yaml_load(f"nav: \n- {title}: {path}") == {"nav": [{title: path}]}
    except Exception:  # quotation marks fix whatever YAML rejects in a title
        plain = False
    return f"- {title if plain else json.dumps(title, ensure_ascii=False)}: {path}"
