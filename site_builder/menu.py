"""The menu (`nav` in mkdocs.yml): which pages are in it, and where a new one belongs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.utils.yaml import yaml_load


def addresses(nav: Any) -> Iterator[str]:
    """Give every address in a menu, however deep."""
    below = nav.values() if isinstance(nav, dict) else nav
    if isinstance(nav, str):
        yield nav
    elif nav is not None:
        for entry in below:
            yield from addresses(entry)


def section_of(nav: Any, folder: str) -> str | None:
    """Give the title of the part of a menu that lists pages of this folder, None when no part does."""
    for entry in nav if isinstance(nav, list) else ():
        for title, below in entry.items() if isinstance(entry, dict) else ():
            if not isinstance(below, list):
                continue
            if found := section_of(below, folder):
                return found
            if any(address.startswith(f"{folder}/") for address in addresses(below)):
                return str(title)
    return None


def menu_of(content: Path) -> Any:
    """Read the menu that stands beside a content folder; None where there is none that can be read."""
    try:
        nav = yaml_load((content.absolute().parent / "mkdocs.yml").read_text("utf-8")).get("nav")
        list(addresses(nav))  # one that holds itself has no end
        return nav
    except Exception:  # any tag of any extension may stand there; `homeward build` tells what is wrong
        return None


def entry(title: str, path: str) -> str:
    """Write a page's line, in quotation marks where YAML would read something else."""
    try:
        plain = yaml_load(f"nav: \n- {title}: {path}") == {"nav": [{title: path}]}
    except Exception:  # whatever YAML finds wrong with a title, quotation marks mend it
        plain = False
    return f"- {title if plain else json.dumps(title, ensure_ascii=False)}: {path}"
