"""What the pages of a built site run inline, by hash: the browser is told to run nothing else."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

# A script of another type is data (JSON, a template); browsers do not run it and need no hash for it.
_RUN = frozenset(("", "module", "importmap", "speculationrules", "text/javascript", "application/javascript"))
_ELEMENT = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_SUSPECT = re.compile(r"""[\s"'/](?:style|on[a-z]+)\s*=|javascript:""", re.IGNORECASE)
_MOST_NAMED = 20  # attributes that are named one by one; the rest is a number


@dataclass(frozen=True, slots=True)
class Inline:
    """The hashes of inline scripts and styles, and what no hash can allow."""

    scripts: frozenset[str]
    styles: frozenset[str]
    refused: tuple[str, ...]


def read_inline(site: Path) -> Inline:
    """Read every page of a built site."""
    scripts: set[str] = set()
    styles: set[str] = set()
    refused: dict[str, None] = {}
    for path in sorted(site.rglob("*.html")):
        page = _read(path.read_text("utf-8"))
        scripts |= page.hashes["script"]
        styles |= page.hashes["style"]
        refused |= dict.fromkeys(f"{path.relative_to(site).as_posix()}:{told}" for told in page.refused)
    told = list(refused)
    if len(told) > _MOST_NAMED:
        told = [*told[:_MOST_NAMED], f"… and {len(told) - _MOST_NAMED} more"]
    return Inline(frozenset(scripts), frozenset(styles), tuple(told))


def _read(html: str) -> _Page:
    page = _Page()
    if _SUSPECT.search(html):
        page.feed(html)
    else:
        # Without such attributes only these elements matter, and most of a page need not be parsed.
        for element in _ELEMENT.finditer(html):
            page.feed(element[0])
    page.close()
    return page


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.hashes: dict[str, set[str]] = {"script": set(), "style": set()}
        self.refused: list[str] = []
        self.open = ""
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "style" or name.startswith("on") or (value or "").lower().startswith("javascript:"):
                line, _ = self.getpos()
                self.refused.append(f"{line}: <{tag} {name}=…> is ignored by browsers under the site's rules")
        if tag not in self.hashes:
            return
        given = dict(attrs)
        runs = tag == "style" or ("src" not in given and (given.get("type") or "").lower() in _RUN)
        self.open = tag if runs else ""

    def handle_data(self, data: str) -> None:
        if self.open:
            self.text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if self.open == tag:
            digest = hashlib.sha256("".join(self.text).encode()).digest()
            self.hashes[tag].add(f"'sha256-{base64.b64encode(digest).decode()}'")
        self.open = ""
        self.text.clear()
