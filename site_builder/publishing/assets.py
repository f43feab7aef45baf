"""Finds stylesheets and scripts that mkdocs.yml names and the site does not have: MkDocs links to them all the same."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

OPTIONS = ("extra_css", "extra_javascript")
OURS = "assets/homeward"
# Files that a mkdocs.yml of an earlier Homeward names, and the files that are there in their place.
REPLACED = {f"{OURS}/homeward.css": ("base", "text", "form", "answers", "practice", "clinic", "print")}


def missing_assets(settings: Any, site: Path) -> Iterator[str]:
    """Yield a message with a remedy for each file that a built site lacks; other sites' files are passed over."""
    for option in OPTIONS:
        for name in map(str, settings[option]):
            address = urlsplit(name)
            if address.scheme or address.netloc or name.startswith("/") or os.path.isfile(site / unquote(address.path)):
                continue
            if sheets := REPLACED.get(address.path):
                remedy = f"in its place write, in this order: {', '.join(f'{OURS}/{sheet}.css' for sheet in sheets)}"
            else:
                remedy = "put the file there, or leave the line out"
            yield f"'{option}' names '{name}', which the site does not have; {remedy}"
