"""The hashes of inline scripts and styles in a built site, for the Content-Security-Policy that allows only these."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

# Browsers do not run scripts of other types, such as JSON or templates, so those need no hash.
_EXECUTABLE = frozenset(("", "module", "importmap", "speculationrules", "text/javascript", "application/javascript"))
_ELEMENT = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_SUSPECT = re.compile(r"""[\s"'/](?:style|on[a-z]+)\s*=|javascript:""", re.IGNORECASE)
_MOST_NAMED = 20  # attributes listed one by one; the rest are only counted


@dataclass(frozen=True, slots=True)
class Inline:
    """The hashes of inline scripts and styles, and messages about attributes that no hash can allow."""

    scripts: frozenset[str]
    styles: frozenset[str]
    refused: tuple[str, ...]


def read_inline(site: Path) -> Inline:
    scripts: set[str] = set()
    styles: set[str] = set()
    refused: dict[str, None] = {}
    for path in sorted(site.rglob("*.html")):
        page = _read(path.read_text("utf-8"))
        scripts |= page.hashes["script"]
        styles |= page.hashes["style"]
        refused |= dict.fromkeys(f"{path.relative_to(site).as_posix()}:{message}" for message in page.refused)
    messages = list(refused)
    if len(messages) > _MOST_NAMED:
        messages = [*messages[:_MOST_NAMED], f"… and {len(messages) - _MOST_NAMED} more"]
    return Inline(frozenset(scripts), frozenset(styles), tuple(messages))


def _read(html: str) -> _Page:
    page = _Page()
    if _SUSPECT.search(html):
        page.feed(html)
    else:
        # Without suspicious attributes only scripts and styles matter, and most of the page need not be parsed.
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
        attributes = dict(attrs)
        executable = "src" not in attributes and (attributes.get("type") or "").lower() in _EXECUTABLE
        runs = tag == "style" or executable
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
