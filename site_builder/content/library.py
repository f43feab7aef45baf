"""Reads a clinic's content: every page with its front matter and form, and all mistakes of the site."""

from __future__ import annotations

import hashlib
import posixpath
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import quote

from site_builder.content import lock
from site_builder.content.fences import Example, Fences, find_fences
from site_builder.content.folder import read_folder
from site_builder.content.form_files import FormFiles, Shared, place_in, read_shared, shown, stamp_of, unreadable
from site_builder.content.front_matter import front_block, is_unread, split_front
from site_builder.content.mkdocs_settings import Site
from site_builder.forms.language.form import FileReader, no_files, read_form
from site_builder.forms.language.scope import Lists
from site_builder.forms.language.yaml_tree import Block, Mistakes, read_block
from site_builder.forms.model.definition import Form
from site_builder.forms.model.errors import FormError, FormErrors, Source
from site_builder.practices.language import ReadPractice, read_practice
from site_builder.practices.model import Practice

if TYPE_CHECKING:
    from site_builder.content.outline import Outline

Shown: TypeAlias = Form | Practice  # what an example becomes

_OF_TWO = "give one of the two another name; where one is a copy, the copy"
CHECK_AGAIN = 1.0  # seconds; short enough for a preview, and a build of 1,000 pages does not stat 1,000 times each

_HEADING = re.compile(r"^#[ \t]+(?P<atx>.+?)[ \t#]*$|^(?P<setext>[^\s>#`~-].*)\n=+[ \t]*$", re.MULTILINE)
_CODE = re.compile(r"^(?P<fence>`{3,}|~{3,}).*?^(?P=fence)[ \t]*$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Page:
    """One page. `path` is relative to the content folder; `shown` is its name in messages."""

    path: str
    shown: str
    title: str
    front: Mapping[str, Any] = field(default_factory=dict)
    form: Form | None = None
    form_at: Source | None = None
    errors: tuple[FormError, ...] = ()
    digest: str = ""  # of the body, for pages with form blocks or examples
    first_line: int = 1  # of the body, after the front matter
    used: frozenset[Path] = frozenset()  # files that its form refers to
    examples: tuple[Shown, ...] = ()  # never published
    text: str = field(default="", repr=False)  # of the whole file
    places: Mapping[str, Source] = field(default_factory=dict)  # of the form's parts; see ReadForm
    warnings: tuple[FormError, ...] = ()  # about the form
    fences: Fences = field(default_factory=Fences)  # of the body
    practice: ReadPractice | None = None

    @property
    def url(self) -> str:
        return url_of(self.path)

    @property
    def form_id(self) -> str:
        return self.form.id if self.form else ""

    @property
    def body(self) -> str:
        return "\n".join(self.text.split("\n")[self.first_line - 1 :])

    @cached_property
    def outline(self) -> Outline:
        """The page's links, pictures, headings and prose; parsed on first use, because a build does not need them."""
        from site_builder.content.outline import outline_of

        practice = self.practice.practice if self.practice else None
        return outline_of(self.body, self.first_line, self.form, self.fences, practice)


@dataclass(frozen=True)
class Library:
    """All pages in path order, all mistakes that prevent publishing, and changes since the last publishing.

    `site` is what mkdocs.yml says about the pages, or the defaults where it has not been read.
    """

    pages: tuple[Page, ...]
    errors: tuple[FormError, ...]
    content: Path = Path("content")
    site: Site = field(default_factory=Site)
    changes: tuple[FormError, ...] = ()
    warnings: tuple[FormError, ...] = ()
    is_compared: bool = False  # with what was published

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
        """Return the mistakes of a page and of the files that its form refers to."""
        files = self.files_of(page)
        return tuple(error for error in self.errors if error.source.page in files)

    def files_of(self, page: Page) -> frozenset[str]:
        """Return the names, as in messages, of a page and of the files that its form refers to."""
        return frozenset((page.shown, *map(shown, page.used)))


@dataclass(frozen=True, slots=True)
class Body:
    """The form or the practice of one text, or its mistakes."""

    form: Form | None
    form_at: Source | None
    errors: tuple[FormError, ...]
    first_line: int = 1
    examples: tuple[Shown, ...] = ()  # never published
    places: Mapping[str, Source] = field(default_factory=dict)
    warnings: tuple[FormError, ...] = ()
    fences: Fences = field(default_factory=Fences)
    practice: ReadPractice | None = None


def read_library(content: Path) -> Library:
    """Return all pages of the folder; files that have not changed since the last call are not read again.

    Mistakes raise nothing: they are in `errors`, in text order.
    """
    shared = read_shared(content)
    folder = read_folder(content, shown(content))
    pages = tuple(_page(content, path, shared, folder.errors.get(path)) for path in sorted(folder.pages))
    # Two pages that take their form from one file have its mistakes in common.
    of_pages = {(str(error), error.rule): error for page in pages for error in page.errors}
    errors = [*shared.errors, *of_pages.values()]
    errors += (error for path, error in folder.errors.items() if path not in folder.pages)
    errors += _clashes(pages)
    compared = lock.compare_with_lock(content, placed_forms(pages))
    errors += compared.errors
    changes, warnings = FormErrors(compared.changes).errors, FormErrors(compared.warnings).errors
    return Library(pages, FormErrors(errors).errors, content, changes=changes, warnings=warnings)


def placed_forms(pages: Iterable[Page]) -> list[lock.Placed]:
    """Return every form that is on one page; of two with one name, it is unclear which was published."""
    with_form = [page for page in pages if page.form]
    times = Counter(page.form_id for page in with_form)
    return [lock.Placed(p.form, p.places, p.form_at) for p in with_form if p.form and times[p.form_id] == 1]


def library_of(content: Path, *, fresh: bool = False) -> Library:
    """Return the library of a folder, read again when the last reading is older than CHECK_AGAIN, or when `fresh`."""
    cached = _libraries.get(content)
    now = time.monotonic()
    if cached is None or fresh or now - cached[0] > CHECK_AGAIN:
        cached = (now, read_library(content))
        _libraries[content] = cached
    return cached[1]


def read_body(
    body: str,
    page: str,
    title: str,
    first_line: int = 1,
    *,
    read_file: FileReader = no_files,
    lists: Lists | None = None,
) -> Body:
    """Return the form or practice of a text without its front matter; `title` is the front matter's, if any.

    For `read_file` and `lists`, see parse_blocks.
    """
    mistakes = Mistakes(page)
    fences = find_fences(body, mistakes, first_line)
    title = title or heading_of(body)
    blocks = [fenced.block for fenced in fences.forms if fenced.block]
    read = None
    practice = _practice(fences, mistakes, title, first_line) if fences.practices else None
    if blocks:
        complete = len(blocks) == len(fences.forms)
        try:
            read = read_form(blocks, page=page, title=title, complete=complete, read_file=read_file, lists=lists)
        except FormErrors as refused:
            mistakes.errors.extend(refused.errors)
    examples = [_example(example, mistakes, read_file, lists) for example in fences.examples]
    errors = FormErrors(mistakes.errors).errors
    shown = tuple(example for example in examples if example and not errors)
    form_at = _form_at(blocks, page) or next((Source(page, first_line + f.first, 1) for f in fences.forms), None)
    if read is None or errors:
        practice = None if errors else practice
        warnings = practice.warnings if practice else ()
        return Body(None, form_at, errors, first_line, shown, warnings=warnings, fences=fences, practice=practice)
    return Body(read.form, form_at, errors, first_line, shown, read.places, read.warnings, fences)


def _practice(fences: Fences, mistakes: Mistakes, title: str, first_line: int) -> ReadPractice | None:
    """Return the practice of a page, which has no other and no form; None after a mistake."""
    first, *others = fences.practices
    if others or fences.forms:
        at = Source(mistakes.page, first_line + (others[0] if others else first).first, 1)
        problem = "this page has a practice already" if others else "a page has a form or a practice, not both"
        mistakes.add(at, problem, "give it a page of its own")
        return None
    try:
        return read_practice(first.block, page=mistakes.page, title=title) if first.block else None
    except FormErrors as refused:
        mistakes.errors.extend(refused.errors)
        return None


def _example(example: Example, mistakes: Mistakes, read_file: FileReader, lists: Lists | None) -> Shown | None:
    """Return the form or practice of an example; its mistakes are added with their places on the page."""
    if example.text is None:
        return None
    read = read_body(example.text, mistakes.page, "", example.line, read_file=read_file, lists=lists)
    shown = read.form or (read.practice.practice if read.practice else None)
    if shown is None and not read.errors:
        at = Source(mistakes.page, example.line, 1)
        remedy = f"put a {example.kind} into it, or start it with ````markdown alone"
        mistakes.add(at, f"this example shows no {example.kind}", remedy)
    mistakes.errors.extend(read.errors)
    return shown


def digest_of(body: str) -> str:
    """Return the hash by which the extension recognises a page: MkDocs passes it the body without a name."""
    return hashlib.sha256(body.strip().encode("utf-8", "surrogatepass")).hexdigest()


def heading_of(body: str) -> str:
    """Return the text of the first level-one heading, "" when there is none."""
    match = _HEADING.search(_CODE.sub("", body))
    if match is None:
        return ""
    heading = re.sub(r"[ \t]*\{[^{}]*\}$", "", match["atx"] or match["setext"])
    return re.sub(r"[*_`]+(?=\S)|(?<=\S)[*_`]+", "", heading).strip()


def url_of(path: str, *, directories: bool = True) -> str:
    """Return a page's address relative to the site's root, as MkDocs makes it."""
    folder, name = posixpath.split(path)
    stem = posixpath.splitext(name)[0]
    if stem in ("index", "README"):
        return quote(f"{folder or '.'}/") if directories else quote(posixpath.join(folder, "index.html"))
    return quote(posixpath.join(folder, f"{stem}/" if directories else f"{stem}.html"))


_libraries: dict[Path, tuple[float, Library]] = {}
_pages: dict[Path, tuple[tuple[object, ...], Page]] = {}


def _page(content: Path, path: str, shared: Shared, refused: FormError | None) -> Page:
    file = content / path
    if refused:
        return Page(path, shown(file), _name(path), errors=(refused,))
    cached = _pages.get(file)
    if cached is None or cached[0] != _stamps(file, cached[1].used, shared):
        page = _read_page(file, path, FormFiles(content, path), shared)
        cached = _pages[file] = (_stamps(file, page.used, shared), page)
    return cached[1]


def _stamps(file: Path, used: Iterable[Path], shared: Shared) -> tuple[object, ...]:
    """Return a value that differs whenever a file that the page depends on changes."""
    return (stamp_of(file), shared.stamp, *map(stamp_of, sorted(used)))


def _read_page(file: Path, path: str, files: FormFiles, shared: Shared) -> Page:
    name = shown(file)
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        return Page(path, name, _name(path), errors=(FormError(place_in(name, error), *unreadable(error)),))
    body, front = split_front(text)
    first_line = text[: len(text) - len(body)].count("\n") + 1
    title = str(front.get("title") or "")
    read = read_body(body, name, title, first_line, read_file=files.read, lists=shared.lists)
    errors = (*_front_mistakes(text, front, name), *read.errors)
    return Page(
        path,
        name,
        title or heading_of(body) or _name(path),
        front,
        None if errors else read.form,
        read.form_at,
        errors,
        digest_of(body) if read.form or read.errors or read.examples or read.practice else "",
        first_line,
        frozenset(files.used),
        read.examples,
        text,
        read.places,
        read.warnings,
        read.fences,
        None if errors else read.practice,
    )


def _front_mistakes(text: str, front: Mapping[str, Any], page: str) -> Iterable[FormError]:
    """Report unreadable front matter, which the page would show to clients."""
    if front or not is_unread(text):
        return ()
    mistakes = Mistakes(page)
    if not text.startswith("-"):
        mistakes.add(Source(page, 1, 1), "the dashes do not stand at the very top", "delete the blank lines above")
    elif (lines := front_block(text)) is not None:
        read_block(Block(lines, 2), mistakes)
    if not mistakes.errors:
        problem = "the lines between the dashes at the top cannot be read"
        mistakes.add(Source(page, 1, 1), problem, "write each as name: value, and '---' above and below them")
    return mistakes.errors


def _form_at(blocks: list[Block], page: str) -> Source | None:
    """Return the place of the form's id, for mistakes that concern two pages."""
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
            yield FormError(page.form_at, *_clash(page, page.form.id, other, other.form.id, table), rule="clash")
            break


def _clash(page: Page, form: str, other: Page, before: str, table: str) -> tuple[str, str]:
    """Return how the forms of two pages clash, and the remedy."""
    if form != before:
        problem = f"the forms '{form}' and '{before}' would share the table '{table}'"
        return problem, "give one of the two another name"
    file = _file_of(page)
    if file in (page.shown, other.shown) or file != _file_of(other):
        return f"the form '{form}' is on {other.shown} already", _OF_TWO
    # One form has one page: receipts lead back to it, and a draft is kept by the form's name.
    problem = f"the form '{form}' stands on two pages: {other.shown} takes it from {file} as well"
    link = posixpath.relpath(other.path, posixpath.dirname(page.path) or ".")
    return problem, f"keep it on one of them, and link to it here: [{other.title}]({link})"


def _file_of(page: Page) -> str:
    """Return the name of the file that a page's form is written in: its own, or one that it takes the form from."""
    return page.places["form"].page if "form" in page.places else page.shown


def _name(path: str) -> str:
    stem = posixpath.splitext(posixpath.basename(path))[0]
    return stem.replace("-", " ").replace("_", " ").capitalize()
