"""Every form and practice in the content folder is one that clients can find; what is not shown is told."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from site_builder.content.fences import commented_forms, kind_of
from site_builder.content.folder import MARKDOWN
from site_builder.content.form_files import CHOICES, ENDINGS, shown
from site_builder.content.library import Library, Page
from site_builder.forms.model.errors import FormError, Source

MOST_READ = 200_000  # bytes of a file that is no page; a longer one was not written by hand

_FORM = re.compile(r"^[ \t>]*(?:`{3,}|~{3,})[ \t]*ya?ml[ \t]+form", re.IGNORECASE | re.MULTILINE)
_FORM_FILE = re.compile(r"^form[ ]*:[ ]*\S", re.MULTILINE)
_WRITTEN = re.compile(r"(?i)(?:\.m(?:ark)?d(?:own|n)?\b|\.mdx?\b|\.mkdn?\b|\.te?xt$|^[^.]+$|\.html?$)")


def check(library: Library) -> Iterator[FormError]:
    """Report forms that nobody can find, and settings under which no form is read."""
    yield from library.site.errors
    for page in library.pages:
        thing = _thing(page)
        if thing and not library.site.leaves_out(page.path) and not library.site.lists(page.path):
            problem = f"the {thing[0]} is on a page that is not in the menu"
            remedy = "name the page under 'nav' in mkdocs.yml, or under 'not_in_nav' to leave it out"
            yield _warning(thing[1], problem, remedy)
    yield from hidden(library)


def hidden(library: Library) -> Iterator[FormError]:
    """Yield a warning for each form and practice that is in the content folder and not in the site."""
    for page in library.pages:
        if (thing := _thing(page)) and library.site.leaves_out(page.path):
            problem = f"the {thing[0]} is not published: 'exclude_docs' leaves its page out of the site"
            yield _warning(thing[1], problem, "take the page out of 'exclude_docs' in mkdocs.yml, or delete it")
        lines = page.body.split("\n")
        for number in commented_forms(lines) if "<!--" in page.body else ():
            problem = f"this {kind_of(lines[number])} stands in a comment, and is not published"
            at = Source(page.shown, page.first_line + number, 1)
            yield _warning(at, problem, "take it out of the comment, or delete it")
    yield from _files(library)


def _thing(page: Page) -> tuple[str, Source] | None:
    """Return what a page offers to clients, by its name, and where it is."""
    if page.form and page.form_at:
        return f"form '{page.form.id}'", page.form_at
    if page.practice:
        return f"practice '{page.practice.practice.id}'", page.practice.places["practice"]
    return None


def _files(library: Library) -> Iterator[FormError]:
    """Report files that hold a form and are neither a page nor a file that a page takes its form from."""
    used = {file.as_posix() for page in library.pages for file in page.used}
    content = library.content.absolute()
    for folder, folders, names in os.walk(content):
        folders.sort()
        for name in sorted(names):
            file = Path(folder) / name
            path = file.relative_to(content).as_posix()
            if path in library.by_path or file.as_posix() in used or path == CHOICES:
                continue
            if name.endswith(ENDINGS) and _holds(file, _FORM_FILE):
                problem = "this file holds a form, and no page takes its form from it"
                yield _warning(Source(shown(file), 1, 1), problem, f"write from: {name} in a block of a page")
            elif _WRITTEN.search(name) and _holds(file, _FORM):
                yield _warning(Source(shown(file), 1, 1), *_no_page(name))


def _no_page(name: str) -> tuple[str, str]:
    if name.startswith("."):
        return "this file holds a form, and is no page: its name begins with a full stop", "give it another name"
    if name.endswith(MARKDOWN):
        return "this file holds a form, and is no page: its folder is left out, or has an index.md", "move it"
    stem = re.split(r"(?i)\.m(?:ark)?d|\.te?xt|\.html?", name)[0]
    return "this file holds a form, and is no page: its name does not end in .md", f"call it {stem}.md, or delete it"


def _holds(file: Path, form: re.Pattern[str]) -> bool:
    try:
        with file.open("rb") as opened:
            return bool(form.search(opened.read(MOST_READ).decode("utf-8", "replace")))
    except OSError:
        return False


def _warning(at: Source, problem: str, remedy: str) -> FormError:
    return FormError(at, problem, remedy, rule="offered", severity="warning")
