"""Walks the content folder: its pages, and links or odd files through which MkDocs would read or publish others."""

from __future__ import annotations

import errno
import os
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from site_builder.forms.model.errors import FormError, Source

MARKDOWN = (".md", ".mdown", ".mkd", ".mkdn", ".markdown")  # the endings that MkDocs accepts
READ_BY_US = (".yml", ".yaml")  # never published; whatever reads such a file says what is wrong with it
MOST_LINKS = 3  # folders that are links on the way to a file: two that hold each other twice would have no end
RULE = "file"

_OUT = "copy what it leads to into the content folder, and delete the link"


@dataclass(slots=True)
class Folder:
    """The paths of the pages below a folder, and what must not be read. Hidden files count as absent."""

    root: Path
    shown: str  # the folder's name in messages
    pages: set[str] = field(default_factory=set)
    errors: dict[str, FormError] = field(default_factory=dict)  # by path

    @property
    def real(self) -> str:
        return os.path.realpath(self.root)


def read_folder(content: Path, shown: str) -> Folder:
    """Return the pages that MkDocs would find, without following a link out of the folder or in a loop."""
    folder = Folder(content, shown)
    _read(folder, "", (folder.real,))
    return folder


def _read(folder: Folder, below: str, chain: tuple[str, ...]) -> None:
    names = set()
    for entry in _entries(folder, below):
        path = posixpath.join(below, entry.name)
        if entry.is_symlink():
            if refused := _refused_link(folder, entry, chain):
                _report(folder, path, *refused)
            elif _is_folder(entry):
                _read(folder, path, (*chain, os.path.realpath(entry.path)))
        elif _is_folder(entry):
            _read(folder, path, (*chain, posixpath.join(chain[-1], entry.name)))
        elif not entry.is_file() and not path.endswith(READ_BY_US):
            _report(folder, path, "this is no file that can be read", "delete it, or write a file of this name")
        if entry.name.endswith(MARKDOWN) and (path in folder.errors or not _is_folder(entry)):
            names.add(entry.name)
    if "index.md" in names:
        names.discard("README.md")  # both would be the folder's page; MkDocs ignores README.md then
    if below.partition("/")[0] != "templates":  # which MkDocs leaves out
        folder.pages.update(posixpath.join(below, name) for name in names)


def _entries(folder: Folder, below: str) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder.root / below) as entries:
            yield from (entry for entry in entries if not entry.name.startswith("."))
    except OSError as error:
        if below:
            _report(folder, below, f"this folder cannot be read ({error.strerror})", "have its owner let you read it")


def _refused_link(folder: Folder, entry: os.DirEntry[str], chain: tuple[str, ...]) -> tuple[str, str] | None:
    """Return why a link must not be followed, and the remedy; None if it leads to something else in the folder."""
    leads = f"this link leads to '{os.readlink(entry.path)}'"
    target = os.path.realpath(entry.path)
    if entry.name.endswith(READ_BY_US) and not _is_folder(entry):
        return None
    try:
        entry.stat()
    except OSError as error:
        if error.errno == errno.ELOOP:
            return f"{leads}, and so back to itself", "delete the link"
        if error.errno == errno.ENOENT and entry.name.endswith(MARKDOWN):
            return None  # reading the page says so
        return f"{leads}, where nothing can be read", "put the file back, or delete the link"
    if not Path(target).is_relative_to(chain[0]):
        return f"{leads}, out of the content folder", _OUT
    if _is_folder(entry) and target in chain:
        return f"{leads}, a folder that it stands in itself, and so has no end", "delete the link"
    if _is_folder(entry) and _links_in(folder, entry.path) > MOST_LINKS:
        return f"{leads}, after {MOST_LINKS} other links on the way", "put the folder itself here"
    return None if _is_folder(entry) or entry.is_file() else ("this is no file that can be read", "delete the link")


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Return whether it is a folder, or a link to one; False for a link in a loop, at which is_dir() raises."""
    return os.path.isdir(entry.path) if entry.is_symlink() else entry.is_dir()


def _links_in(folder: Folder, path: str) -> int:
    """Return how many of the folders on the way to a path are links, the last one included."""
    below = Path(path).relative_to(folder.root).parts
    return sum(os.path.islink(folder.root.joinpath(*below[: number + 1])) for number in range(len(below)))


def _report(folder: Folder, path: str, problem: str, remedy: str) -> None:
    at = Source(posixpath.join(folder.shown, path), 1, 1)
    folder.errors[path] = FormError(at, problem, remedy, rule=RULE)
