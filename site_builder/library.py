"""Reads a clinic's content: every page with its front matter and its form, and every mistake of the site."""

from __future__ import annotations

import hashlib
import os
import posixpath
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

from mkdocs.utils import is_markdown_file
from mkdocs.utils.meta import get_data

from site_builder import locks
from site_builder.fences import find_forms
from site_builder.forms.definition import Form
from site_builder.forms.errors import FormError, FormErrors, Source
from site_builder.forms.parsing import read_form
from site_builder.forms.reading import Block, Mistakes, read_block

LOOKED_AT_AGAIN = 1.0  # seconds; a preview follows an edit, and a build of 1,000 pages does not stat 1,000 times each

_HEADING = re.compile(r"^#[ \t]+(?P<atx>.+?)[ \t#]*$|^(?P<setext>[^\s>#`~-].*)\n=+[ \t]*$", re.MULTILINE)
_CODE = re.compile(r"^(?P<fence>`{3,}|~{3,}).*?^(?P=fence)[ \t]*$", re.MULTILINE | re.DOTALL)
_FRONT = re.compile(r"---[ \t]*\n(?P<text>.*?)^(?:---|\.\.\.)[ \t]*$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Page:
    """One page. `path` is below the content folder, `shown` is how mistakes name it."""

    path: str
    shown: str
    title: str
    front: Mapping[str, Any] = field(default_factory=dict)
    form: Form | None = None
    form_at: Source | None = None
    errors: tuple[FormError, ...] = ()
    digest: str = ""  # of the body, for pages with form blocks
    first_line: int = 1  # of the body, below the front matter
    places: Mapping[str, Source] = field(default_factory=dict)  # of the form's parts; see ReadForm

    @property
    def url(self) -> str:
        return url_of(self.path)


@dataclass(frozen=True)
class Library:
    """All pages, in the order of their paths; every mistake among them; and safe changes since they were published."""

    pages: tuple[Page, ...]
    errors: tuple[FormError, ...]
    changes: tuple[FormError, ...] = ()
    content: Path = Path()

    @cached_property
    def forms(self) -> tuple[Form, ...]:
        return tuple(page.form for page in self.pages if page.form)

    @cached_property
    def by_digest(self) -> Mapping[str, Page]:
        return {page.digest: page for page in self.pages if page.digest}

    def errors_of(self, page: Page) -> tuple[FormError, ...]:
        return tuple(error for error in self.errors if error.source.page == page.shown)


@dataclass(frozen=True, slots=True)
class Body:
    """What the form blocks of one text came to."""

    form: Form | None
    form_at: Source | None
    errors: tuple[FormError, ...]
    first_line: int = 1
    places: Mapping[str, Source] = field(default_factory=dict)


def read_library(content: Path) -> Library:
    """Read every page of the folder; a file that has not changed since the last time is not read again.

    Raises nothing for mistakes: they are in `errors`, in the order of the text.
    """
    pages = tuple(_page(content, path) for path in sorted(_paths(content)))
    errors = [error for page in pages for error in page.errors]
    errors += _clashes(pages)
    compared = locks.compare_with_lock(content, [locks.Placed(p.form, p.places, p.form_at) for p in pages if p.form])
    return Library(pages, FormErrors([*errors, *compared.errors]).errors, FormErrors(compared.changes).errors, content)


def library_of(content: Path, *, anew: bool = False) -> Library:
    """Give the library of a folder, looked at again after a second, or at once when `anew`."""
    kept = _libraries.get(content)
    now = time.monotonic()
    if kept is None or anew or now - kept[0] > LOOKED_AT_AGAIN:
        kept = (now, read_library(content))
        _libraries[content] = kept
    return kept[1]


def read_body(body: str, page: str, title: str, first_line: int = 1) -> Body:
    """Read the form of a text without its front matter; `title` is the front matter's, if any."""
    mistakes = Mistakes(page)
    found = find_forms(body, mistakes, first_line)
    blocks = [fenced.block for fenced in found if fenced.block]
    form: Form | None = None
    places: Mapping[str, Source] = {}
    if blocks:
        complete = len(blocks) == len(found)
        try:
            read = read_form(blocks, page=page, title=title or heading_of(body), complete=complete)
            form, places = read.form, read.places
        except FormErrors as refused:
            mistakes.found.extend(refused.errors)
    errors = FormErrors(mistakes.found).errors
    return Body(None if errors else form, _form_at(blocks, page), errors, first_line, places)


def digest_of(body: str) -> str:
    """Give what the extension recognises a page by: builders hand it the body and no name."""
    return hashlib.sha256(body.strip().encode("utf-8", "surrogatepass")).hexdigest()


def heading_of(body: str) -> str:
    """Give the text of the first level-one heading, "" when there is none."""
    match = _HEADING.search(_CODE.sub("", body))
    if match is None:
        return ""
    heading = re.sub(r"[ \t]*\{[^{}]*\}$", "", match["atx"] or match["setext"])
    return re.sub(r"[*_`]+(?=\S)|(?<=\S)[*_`]+", "", heading).strip()


def url_of(path: str, *, directories: bool = True) -> str:
    """Give a page's address below the site's root, as MkDocs makes it."""
    folder, name = posixpath.split(path)
    stem = posixpath.splitext(name)[0]
    if stem in ("index", "README"):
        return quote(f"{folder or '.'}/") if directories else quote(posixpath.join(folder, "index.html"))
    return quote(posixpath.join(folder, f"{stem}/" if directories else f"{stem}.html"))


_libraries: dict[Path, tuple[float, Library]] = {}
_pages: dict[Path, tuple[tuple[int, int, int], Page]] = {}


def _paths(content: Path) -> Iterator[str]:
    for folder, folders, files in os.walk(content, followlinks=True):  # as MkDocs does, and leaves out the same
        below = Path(folder).relative_to(content).as_posix()
        hidden = ("templates",) if below == "." else ()
        folders[:] = [name for name in folders if not name.startswith(".") and name not in hidden]
        pages = {name for name in files if is_markdown_file(name) and not name.startswith(".")}
        if "index.md" in pages:
            pages.discard("README.md")  # both would be the page of the folder; MkDocs leaves this one out
        yield from (posixpath.normpath(posixpath.join(below, name)) for name in pages)


def _page(content: Path, path: str) -> Page:
    file = content / path
    stat = file.stat()
    stamp = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
    kept = _pages.get(file)
    if kept is None or kept[0] != stamp:
        kept = (stamp, _read_page(file, path))
        _pages[file] = kept
    return kept[1]


def _read_page(file: Path, path: str) -> Page:
    shown = locks.shown(file)
    try:
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        error = FormError(Source(shown, 1, 1), "this file is not in UTF-8", "save it as UTF-8 in your editor")
        return Page(path, shown, _name(path), errors=(error,))
    body, front = get_data(text)
    first_line = text[: len(text) - len(body)].count("\n") + 1
    title = str(front.get("title") or "")
    found = read_body(body, shown, title, first_line)
    errors = (*_front_mistakes(text, front, shown), *found.errors)
    return Page(
        path,
        shown,
        title or heading_of(body) or _name(path),
        front,
        None if errors else found.form,
        found.form_at,
        errors,
        digest_of(body) if found.form or found.errors else "",
        first_line,
        found.places,
    )


def _front_mistakes(text: str, front: Mapping[str, Any], page: str) -> Iterable[FormError]:
    """Report front matter that cannot be read: the page would show it to clients."""
    if front or not re.match(r"---[ \t]*\n[ ]*\w+[ ]*:", text):
        return ()
    mistakes = Mistakes(page)
    if match := _FRONT.match(text):
        read_block(Block(match["text"], 2), mistakes)
    if not mistakes.found:
        problem = "the lines between the dashes at the top cannot be read"
        mistakes.add(Source(page, 1, 1), problem, "write each as name: value, and '---' above and below them")
    return mistakes.found


def _form_at(blocks: list[Block], page: str) -> Source | None:
    """Give the place of the form's id, for mistakes that concern two pages."""
    for block in blocks:
        for number, line in enumerate(block.text.split("\n")):
            if match := re.match(r"form[ ]*:[ ]*(?=\S)", line):
                return Source(page, block.line + number, match.end() + 1)
    return Source(page, blocks[0].line, 1) if blocks else None


def _clashes(pages: Iterable[Page]) -> Iterator[FormError]:
    """Report forms whose tables in a caseload file would have the same name."""
    tables: dict[str, Page] = {}
    for page in pages:
        if page.form is None or page.form_at is None:
            continue
        repeats = [f.id for f in page.form.fields if f.type == "repeat"]
        for table in (page.form.table, *(f"{page.form.table}_{repeat}" for repeat in repeats)):
            other = tables.setdefault(table, page)
            if other is page or other.form is None:
                continue
            if other.form.id == page.form.id:
                problem = f"the form '{page.form.id}' is on {other.shown} already"
            else:
                problem = f"the forms '{page.form.id}' and '{other.form.id}' would share the table '{table}'"
            yield FormError(page.form_at, problem, "give one of the two another name")
            break


def _name(path: str) -> str:
    stem = posixpath.splitext(posixpath.basename(path))[0]
    return stem.replace("-", " ").replace("_", " ").capitalize()
