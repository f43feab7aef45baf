"""Reads a clinic's content: every page with its front matter and its form, and every mistake of the site."""

from __future__ import annotations

import hashlib
import os
import posixpath
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from site_builder import locks
from site_builder.fences import Example, find_examples, find_forms
from site_builder.files import FormFiles, Shared, read_shared, shown, stamp_of, unreadable
from site_builder.forms.definition import Form
from site_builder.forms.errors import FormError, FormErrors, Source
from site_builder.forms.parsing import FileReader, no_files, read_form
from site_builder.forms.reading import Block, Mistakes, read_block
from site_builder.forms.scope import Lists
from site_builder.front import is_unread, split_front
from site_builder.settings import Site

if TYPE_CHECKING:
    from site_builder.anatomy import Anatomy

_OF_TWO = "give one of the two another name; where one is a copy, the copy"
LOOKED_AT_AGAIN = 1.0  # seconds; a preview follows an edit, and a build of 1,000 pages does not stat 1,000 times each

_MARKDOWN = (".md", ".mdown", ".mkd", ".mkdn", ".markdown")  # as MkDocs has them
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
    digest: str = ""  # of the body, for pages with form blocks or examples
    first_line: int = 1  # of the body, below the front matter
    used: frozenset[Path] = frozenset()  # files that its form is read from
    examples: tuple[Form, ...] = ()  # to be looked at; never published
    text: str = field(default="", repr=False)  # of the whole file
    places: Mapping[str, Source] = field(default_factory=dict)  # of the form's parts; see ReadForm
    warnings: tuple[FormError, ...] = ()  # what its author should weigh

    @property
    def url(self) -> str:
        return url_of(self.path)

    @property
    def body(self) -> str:
        return "\n".join(self.text.split("\n")[self.first_line - 1 :])

    @cached_property
    def anatomy(self) -> Anatomy:
        """The page's links, pictures, headings and prose; a build can do without and does not load the parser."""
        from site_builder.anatomy import anatomy_of

        return anatomy_of(self.body, self.first_line, self.form)


@dataclass(frozen=True)
class Library:
    """All pages, in the order of their paths; every mistake in what they publish; and safe changes since the last time.

    `site` is what mkdocs.yml says about them, as far as it is at hand.
    """

    pages: tuple[Page, ...]
    errors: tuple[FormError, ...]
    content: Path = Path("content")
    site: Site = field(default_factory=Site)
    changes: tuple[FormError, ...] = ()
    warnings: tuple[FormError, ...] = ()

    @cached_property
    def forms(self) -> tuple[Form, ...]:
        return tuple(page.form for page in self.pages if page.form)

    @cached_property
    def by_path(self) -> Mapping[str, Page]:
        return {page.path: page for page in self.pages}

    @cached_property
    def by_digest(self) -> Mapping[str, Page]:
        return {page.digest: page for page in self.pages if page.digest}

    def errors_of(self, page: Page) -> tuple[FormError, ...]:
        """Give the mistakes of a page and of the files that its form is read from."""
        files = self.files_of(page)
        return tuple(error for error in self.errors if error.source.page in files)

    def files_of(self, page: Page) -> frozenset[str]:
        """Name a page and the files that its form is read from, as mistakes do."""
        return frozenset((page.shown, *map(shown, page.used)))


@dataclass(frozen=True, slots=True)
class Body:
    """What the form blocks of one text came to."""

    form: Form | None
    form_at: Source | None
    errors: tuple[FormError, ...]
    first_line: int = 1
    examples: tuple[Form, ...] = ()  # to be looked at; never published
    places: Mapping[str, Source] = field(default_factory=dict)
    warnings: tuple[FormError, ...] = ()


def read_library(content: Path) -> Library:
    """Read every page of the folder; a file that has not changed since the last time is not read again.

    Raises nothing for mistakes: they are in `errors`, in the order of the text.
    """
    shared = read_shared(content)
    pages = tuple(_page(content, path, shared) for path in sorted(_paths(content)))
    errors = [*shared.errors, *(error for page in pages for error in page.errors)]
    errors += _clashes(pages)
    times = Counter(page.form.id for page in pages if page.form)  # of two of one name, one is not what was published
    once = [locks.Placed(p.form, p.places, p.form_at) for p in pages if p.form and times[p.form.id] == 1]
    compared = locks.compare_with_lock(content, once)
    errors += compared.errors
    changes, warnings = FormErrors(compared.changes).errors, FormErrors(compared.warnings).errors
    return Library(pages, FormErrors(errors).errors, content, changes=changes, warnings=warnings)


def library_of(content: Path, *, anew: bool = False) -> Library:
    """Give the library of a folder, looked at again after a second, or at once when `anew`."""
    kept = _libraries.get(content)
    now = time.monotonic()
    if kept is None or anew or now - kept[0] > LOOKED_AT_AGAIN:
        kept = (now, read_library(content))
        _libraries[content] = kept
    return kept[1]


def read_body(
    body: str,
    page: str,
    title: str,
    first_line: int = 1,
    *,
    read_file: FileReader = no_files,
    lists: Lists | None = None,
) -> Body:
    """Read the form of a text without its front matter; `title` is the front matter's, if any.

    For `read_file` and `lists`, see parse_blocks.
    """
    mistakes = Mistakes(page)
    found = find_forms(body, mistakes, first_line)
    blocks = [fenced.block for fenced in found if fenced.block]
    read = None
    if blocks:
        complete = len(blocks) == len(found)
        try:
            title = title or heading_of(body)
            read = read_form(blocks, page=page, title=title, complete=complete, read_file=read_file, lists=lists)
        except FormErrors as refused:
            mistakes.errors.extend(refused.errors)
    examples = [_example(example, mistakes, read_file, lists) for example in find_examples(body, mistakes, first_line)]
    errors = FormErrors(mistakes.errors).errors
    shown = tuple(example for example in examples if example and not errors)
    form_at = _form_at(blocks, page) or (Source(page, first_line + found[0].first, 1) if found else None)
    if read is None or errors:
        return Body(None, form_at, errors, first_line, shown)
    return Body(read.form, form_at, errors, first_line, shown, read.places, read.warnings)


def _example(example: Example, mistakes: Mistakes, read_file: FileReader, lists: Lists | None) -> Form | None:
    """Read the form of an example; its mistakes stand where they are on the page."""
    if example.text is None:
        return None
    found = read_body(example.text, mistakes.page, "", example.line, read_file=read_file, lists=lists)
    if found.form is None and not found.errors:
        at = Source(mistakes.page, example.line, 1)
        mistakes.add(at, "this example shows no form", "put a form into it, or start it with ````markdown alone")
    mistakes.errors.extend(found.errors)
    return found.form


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
_pages: dict[Path, tuple[tuple[object, ...], Page]] = {}


def _paths(content: Path) -> Iterator[str]:
    for folder, folders, files in os.walk(content, followlinks=True):  # as MkDocs does, and leaves out the same
        below = Path(folder).relative_to(content).as_posix()
        hidden = ("templates",) if below == "." else ()
        folders[:] = [name for name in folders if not name.startswith(".") and name not in hidden]
        pages = {name for name in files if name.endswith(_MARKDOWN) and not name.startswith(".")}
        if "index.md" in pages:
            pages.discard("README.md")  # both would be the page of the folder; MkDocs leaves this one out
        yield from (posixpath.normpath(posixpath.join(below, name)) for name in pages)


def _page(content: Path, path: str, shared: Shared) -> Page:
    file = content / path
    kept = _pages.get(file)
    if kept is None or kept[0] != _stamps(file, kept[1].used, shared):
        page = _read_page(file, path, FormFiles(content, path), shared)
        kept = _pages[file] = (_stamps(file, page.used, shared), page)
    return kept[1]


def _stamps(file: Path, used: Iterable[Path], shared: Shared) -> tuple[object, ...]:
    """Give what changes with everything that a page is read from."""
    return (stamp_of(file), shared.stamp, *map(stamp_of, sorted(used)))


def _read_page(file: Path, path: str, files: FormFiles, shared: Shared) -> Page:
    name = shown(file)
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        return Page(path, name, _name(path), errors=(FormError(Source(name, 1, 1), *unreadable(error)),))
    body, front = split_front(text)
    first_line = text[: len(text) - len(body)].count("\n") + 1
    title = str(front.get("title") or "")
    found = read_body(body, name, title, first_line, read_file=files.read, lists=shared.lists)
    errors = (*_front_mistakes(text, front, name), *found.errors)
    return Page(
        path,
        name,
        title or heading_of(body) or _name(path),
        front,
        None if errors else found.form,
        found.form_at,
        errors,
        digest_of(body) if found.form or found.errors or found.examples else "",
        first_line,
        frozenset(files.used),
        found.examples,
        text,
        found.places,
        found.warnings,
    )


def _front_mistakes(text: str, front: Mapping[str, Any], page: str) -> Iterable[FormError]:
    """Report front matter that cannot be read: the page would show it to clients."""
    if front or not is_unread(text):
        return ()
    mistakes = Mistakes(page)
    if not text.startswith("-"):
        mistakes.add(Source(page, 1, 1), "the dashes do not stand at the very top", "delete the blank lines above")
    elif match := _FRONT.match(text):
        read_block(Block(match["text"], 2), mistakes)
    if not mistakes.errors:
        problem = "the lines between the dashes at the top cannot be read"
        mistakes.add(Source(page, 1, 1), problem, "write each as name: value, and '---' above and below them")
    return mistakes.errors


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
            remedy = _OF_TWO if other.form.id == page.form.id else "give one of the two another name"
            yield FormError(page.form_at, problem, remedy, rule="clash")
            break


def _name(path: str) -> str:
    stem = posixpath.splitext(posixpath.basename(path))[0]
    return stem.replace("-", " ").replace("_", " ").capitalize()
