"""Links and pictures lead to an existing page, heading or file."""

from __future__ import annotations

import difflib
import os
import posixpath
import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from site_builder.content.library import Library, Page, url_of
from site_builder.content.outline import Link
from site_builder.forms.model.errors import FormError, Source
from site_builder.forms.model.wording import SCHEMES

# The collector serves these on the site's own address, so a page may link to them.
COLLECTOR_PATHS = frozenset(("open", "leave", "health", "openapi.json"))
_SCHEME = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9+.-]*):(?P<rest>.*)", re.DOTALL)
_HOST = re.compile(r"//[^/\s?#]+\.[^/\s?#.]+|//localhost|//\[")
_BARE_HOST = re.compile(r"www\.|[a-z0-9-]+\.(?:com|org|net|edu|gov|co\.uk)(?:/|$)", re.IGNORECASE)
_SIMILARITY = 0.6  # difflib ratio, for the names of pages and headings
_WRITTEN = {
    "space": ("there is a space in the address '{}'", "write %20 for it, or take it out of the file's name"),
    "apart": ("there is a space between the words of this link and its address", "write [words]({})"),
    "turned": ("the brackets of this link are the wrong way round", "write [words]({})"),
    "reference": ("there is no address for '[{0}]'", "write [words](address), or add a line like [{0}]: address"),
}


def check(library: Library) -> Iterator[FormError]:
    """Report every link and picture that leads nowhere, without requesting other sites."""
    for page in library.pages:
        for link in page.outline.links:
            if problem_and_remedy := _Lookup(library, page, link).problem():
                yield FormError(Source(page.shown, link.line, link.column), *problem_and_remedy, rule="link")


def suggested_page(path: str, folder: str, library: Library) -> str:
    """Return "did you mean …?" with the page that a path from a folder probably means; "" when none is similar."""
    wanted = posixpath.normpath(posixpath.join(folder, path))
    bare = wanted.removesuffix(".html").removesuffix(".md")
    pages = library.by_path
    page = next((name for name in (f"{bare}.md", f"{bare}/index.md") if name in pages), "")
    if not page:
        stems: dict[str, list[str]] = {}
        for name in pages:
            stems.setdefault(posixpath.basename(name).removesuffix(".md"), []).append(name)
        near = difflib.get_close_matches(posixpath.basename(bare), stems, n=1, cutoff=_SIMILARITY)
        alike = stems[near[0]] if near else []
        page = next(iter(difflib.get_close_matches(wanted, alike, n=1, cutoff=0)), "")
    return f"did you mean {posixpath.relpath(page, folder or '.')}?" if page else ""


class _Lookup:
    """One link of one page."""

    def __init__(self, library: Library, page: Page, link: Link) -> None:
        self.library = library
        self.page = page
        self.link = link
        self.folder = posixpath.dirname(page.path)
        self.what = "picture" if link.kind == "picture" else "link"

    def problem(self) -> tuple[str, str] | None:
        """Return what is wrong and the remedy, or None when the link leads somewhere."""
        target = self.link.target.strip()
        if self.link.wrong:
            problem, remedy = _WRITTEN[self.link.wrong]
            return problem.format(target), remedy.format(target)
        if not target:
            return f"this {self.what} has no address", "write it between the round brackets"
        if match := _SCHEME.match(target):
            return self.elsewhere(target, match["name"].lower(), match["rest"])
        if target.startswith("//") or _BARE_HOST.match(target):
            return f"the address '{target}' does not say https:", f"write https://{target.lstrip('/')}"
        if target.startswith(("/", "\\")):
            return self.absolute(target)
        if self.link.in_html:
            return self.in_html(target)
        parts = urlsplit(target)
        if not parts.path:
            return self.anchor(self.page, unquote(parts.fragment), "this page")
        return self.inside(unquote(parts.path), unquote(parts.fragment))

    def elsewhere(self, target: str, scheme: str, rest: str) -> tuple[str, str] | None:
        if scheme == "data" and self.link.kind == "picture":
            return None
        if scheme not in SCHEMES:
            near = difflib.get_close_matches(scheme, SCHEMES, n=1, cutoff=_SIMILARITY)
            slashes = rest.lstrip("/")
            remedy = f"did you mean {near[0]}:{'//' if near[0].startswith('http') else ''}{slashes}?" if near else ""
            return f"'{scheme}:' starts no address", remedy or f"use {', '.join(SCHEMES[:-1])} or {SCHEMES[-1]}"
        if re.search(r"\s", rest):
            return f"there is a space in the address '{target}'", "write %20 for it"
        if scheme.startswith("http") and not _HOST.match(rest):
            return f"the address '{target}' names no site", f"write it like {scheme}://example.org/"
        if not rest:
            return f"there is nothing behind '{scheme}:'", "write the number or address"
        return None

    def absolute(self, target: str) -> tuple[str, str]:
        path = unquote(urlsplit(target).path).lstrip("/")
        bare = path.rstrip("/")
        known = self.library.by_path
        names = (path, f"{bare}.md", f"{bare}/index.md", f"{bare.removesuffix('.html')}.md")
        page = next((name for name in names if name in known), "")
        start = self.folder or "."
        remedy = (
            f"write {posixpath.relpath(page, start)}" if page else f"start from this page, like {self.example_target()}"
        )
        return f"the address '{target}' starts with a slash, and is not followed to a page", remedy

    def example_target(self) -> str:
        return posixpath.relpath("guides/why-practice.md", self.folder or ".")

    def inside(self, path: str, fragment: str) -> tuple[str, str] | None:
        """Check a path relative to this page, as MkDocs resolves it."""
        target = posixpath.normpath(posixpath.join(self.folder, path))
        if target.startswith(".."):
            return f"'{path}' leads out of the content", suggested_page(path, self.folder, self.library)
        page = self.library.by_path.get(target)
        if page and self.library.site.leaves_out(target):
            return f"the page '{path}' is left out of the site", "link to another page, or change 'exclude_docs'"
        if page:
            return self.anchor(page, fragment, f"'{path}'")
        if os.path.isfile(self.library.content / target):
            hidden = any(part.startswith(".") for part in target.split("/")) or target.startswith("templates/")
            if hidden or posixpath.basename(target) == "README.md":
                return f"the page '{path}' is left out of the site", "give the file another name, or move it"
            return None
        remedy = (
            suggested_page(path, self.folder, self.library)
            if self.link.kind == "link"
            else self.suggested_picture(target)
        )
        thing = "picture" if self.link.kind == "picture" else "page" if self.is_page(path) else "file"
        return f"there is no {thing} '{path}'", remedy or f"check the name; it is looked for at {target}"

    @staticmethod
    def is_page(path: str) -> bool:
        return posixpath.splitext(path)[1] in ("", ".md", ".html")

    def suggested_picture(self, target: str) -> str:
        """Return "did you mean …?" with a picture of that name, or with a similar path; "" when there is none."""
        folder = self.library.content
        files = [file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()]
        pictures = [file for file in files if not file.endswith(".md")]
        near = [file for file in pictures if posixpath.basename(file) == posixpath.basename(target)]
        near = near or difflib.get_close_matches(target, pictures, n=1, cutoff=_SIMILARITY)
        return f"did you mean {posixpath.relpath(near[0], self.folder or '.')}?" if near else ""

    def anchor(self, page: Page, fragment: str, shown: str) -> tuple[str, str] | None:
        ids = page.outline.ids
        if not fragment or fragment in ids or fragment.startswith((":~:", "__")):  # used by browsers and by the theme
            return None
        near = difflib.get_close_matches(fragment.lower(), ids, n=1, cutoff=_SIMILARITY)
        remedy = f"did you mean #{near[0]}?" if near else _headings(page)
        return f"there is no heading or id '#{fragment}' on {shown}", remedy

    def in_html(self, target: str) -> tuple[str, str] | None:
        """Check a link written as HTML, which is relative to the page's address because MkDocs does not rewrite it."""
        if target.startswith("#"):
            return self.anchor(self.page, unquote(target[1:]), "this page")
        path, directories = unquote(urlsplit(target).path), self.library.site.directories
        own = url_of(self.page.path, directories=directories)
        end = posixpath.normpath(posixpath.join(own if own.endswith("/") else posixpath.dirname(own), path))
        if end in COLLECTOR_PATHS or (os.path.isfile(self.library.content / end) and not end.endswith(".md")):
            return None
        for page in self.library.pages:
            if posixpath.normpath(url_of(page.path, directories=directories)) == end:
                return self.anchor(page, unquote(urlsplit(target).fragment), f"'{path}'")
        if end.endswith(".md") or posixpath.normpath(posixpath.join(self.folder, path)) in self.library.by_path:
            return f"in HTML, a link to '{path}' is not followed to a page", f"write [words]({path})"
        if self.link.kind == "picture" and os.path.isfile(self.library.content / self.folder / path):
            remedy = f"write ![what it shows]({path})"
            return f"in HTML, the picture '{path}' is looked for from the address of the page", remedy
        return f"there is nothing at '{path}'", suggested_page(
            path, self.folder, self.library
        ) or "write it as [words](page.md)"


def _headings(page: Page) -> str:
    ids = [anchor.id for anchor in page.outline.anchors]
    return f"there is: {', '.join(f'#{id}' for id in ids[:5])}" if ids else "give the heading an id, like {#name}"
