"""Puts Markdown links in place of a `pages` block: title and description of each page, which MkDocs then resolves."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from site_builder.content.library import Library, Page
from site_builder.content.mkdocs_settings import Site, UnreadableSettings, read_site
from site_builder.content.page_lists import find_lists, has_lists, listed

_SIGNS = re.compile(r"([\\`*_{}\[\]()#+!])")


def with_lists(body: str, library: Library, here: str, *, styled: bool = True) -> str:
    """Return a page's text with its lists written out; `here` is its path in the content.

    A list is `styled` by an element round it, inside which Markdown is read only with the extension md_in_html.
    """
    before, after = ('<div class="hw-needs" markdown>', "</div>") if styled else ("", "")
    if not has_lists(body):
        return body
    lines, site = body.split("\n"), _site(library.content)
    for wanted in reversed([*find_lists(body)]):
        rows = [_row(page, here) for page in listed(wanted, library, site, here)]
        written = ["", before, *rows, after, ""] if rows else [""]
        lines[wanted.first : wanted.last + 1] = written
    return "\n".join(lines)


def _row(page: Page, here: str) -> str:
    path = posixpath.relpath(page.path, posixpath.dirname(here) or ".")
    words = str(page.front.get("description") or "").strip().removesuffix(".")
    return f"- [**{_plain(page.title)}** {_plain(words)}](<{path}>)"


def _plain(text: str) -> str:
    """Return text of which Markdown and HTML read no sign."""
    one_line = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SIGNS.sub(r"\\\1", one_line)


def _site(content: Path) -> Site:
    """Return the settings beside the content, for the order of the menu; the defaults where they cannot be read."""
    try:
        return read_site(content.absolute().parent / "mkdocs.yml", content)
    except UnreadableSettings:  # `homeward build` reports what is wrong
        return Site()
