"""The Markdown that a question's words may contain: emphasis, code and links; no blocks, pictures or HTML."""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape

import markdown

from site_builder.forms.model.markup import Markup, escape, trusted

SCHEMES = ("http", "https", "mailto", "tel", "sms")  # that a link may have, here and on pages
MOST_CACHED = 4096  # wordings whose HTML is cached: enough for the forms of a large clinic

_MARKED = re.compile(r"[*_`\[\\]|\n\s*\n")
_HREF = re.compile(r' href="([^"]*)"')
_TAG = re.compile(r"<[^>]*>")
# Python-Markdown's names; the inline patterns that remain are emphasis, code, escapes, line breaks and links.
_BLOCKS = ("indent", "code", "hashheader", "setextheader", "hr", "olist", "ulist", "quote", "reference", "empty")
_PATTERNS = (
    "image_link", "image_reference", "short_image_ref", "reference", "short_reference", "html", "entity", "automail",
    "autolink",
)  # fmt: skip


@lru_cache(maxsize=MOST_CACHED)
def html(words: str) -> Markup:
    """Return a question's words as HTML for the inside of a label or a paragraph."""
    if not _MARKED.search(words):
        return escape(words)
    return trusted(_HREF.sub(lambda link: link[0] if _is_safe(link[1]) else "", _rendered(words)))


@lru_cache(maxsize=MOST_CACHED)
def plain(words: str) -> str:
    """Return a question's words without Markdown, for a column's description, a title or a summary."""
    return unescape(_TAG.sub("", _rendered(words).replace("<br>", " "))) if _MARKED.search(words) else words


def unfit_wording(words: str) -> tuple[str, str] | None:
    """Return what is wrong with a link in a question's words, and the remedy; None if every link works everywhere."""
    for address in _HREF.findall(_rendered(words)) if "](" in words else ():
        if not _is_safe(address):
            problem = f"the link to '{unescape(address)}' cannot stand in a question"
            remedy = "write the whole address (https://…), or put the link into the text around the form"
            return problem, remedy
    return None


def _is_safe(address: str) -> bool:
    """Return whether an address is absolute, so that it works on every page, and of an allowed scheme."""
    scheme, colon, _ = unescape(address).strip().lower().partition(":")
    return bool(colon) and scheme in SCHEMES


def _rendered(words: str) -> str:
    # A new renderer each time: it holds state while it works, and several threads render pages.
    rendered = _renderer().convert(words)
    return rendered.removeprefix("<p>").removesuffix("</p>").replace("</p>\n<p>", "<br><br>")


def _renderer() -> markdown.Markdown:
    renderer = markdown.Markdown(output_format="html")
    renderer.preprocessors.deregister("html_block")
    for name in _BLOCKS:
        renderer.parser.blockprocessors.deregister(name)
    for name in _PATTERNS:
        renderer.inlinePatterns.deregister(name)
    return renderer
