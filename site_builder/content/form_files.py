"""Reads the files beside the pages: the questions of a form, and the choices that all pages share."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from site_builder.forms.language.form import read_lists
from site_builder.forms.language.scope import Lists
from site_builder.forms.language.yaml_tree import Block, Mistakes
from site_builder.forms.model.errors import FormError, Source
from site_builder.forms.model.identifiers import suggest

CHOICES = "_choices.yml"  # in the content folder
ENDINGS = (".yml", ".yaml")
OUTSIDE = "it has to stand in the folder of the content"

Stamp = tuple[int, ...] | None  # differs whenever a file changes; None while there is no file


@dataclass(frozen=True)
class Shared:
    """The lists of choices that all pages of a content folder share."""

    lists: Lists
    errors: tuple[FormError, ...]
    stamp: Stamp


class FormFiles:
    """Reads the files that the form of one page refers to, and records which they were."""

    def __init__(self, content: Path, page: str) -> None:
        self.content = content.absolute()
        self.folder = posixpath.dirname(page)
        self.used: set[Path] = set()

    def read(self, name: str) -> Block | str:
        """Return the text of a file by the name used on the page, or the reason why it cannot be read."""
        written = PurePosixPath(name)
        if written.suffix not in ENDINGS:
            return f"name a file that ends in {' or '.join(ENDINGS)}"
        below = posixpath.normpath(posixpath.join("" if written.is_absolute() else self.folder, name.lstrip("/")))
        if below.startswith(".."):
            return OUTSIDE
        file = self.content / below
        self.used.add(file)
        if not Path(os.path.realpath(file)).is_relative_to(os.path.realpath(self.content)):
            return OUTSIDE
        try:
            text = file.read_text("utf-8-sig")
        except UnicodeDecodeError:
            return "save it as UTF-8 in your editor"
        except OSError as error:
            if os.path.exists(file):  # also False for a name that no file can have
                return unreadable(error)[0]
            near = suggest(below, self._names()) if file.suffix else ""
            where = f"there is none at {shown(file)}"
            return f"{where}; {near}" if "did you mean" in near else where
        return Block(text, 1, page=shown(file))

    def _names(self) -> Iterator[str]:
        for folder, _, files in os.walk(self.content):
            below = Path(folder).relative_to(self.content)
            yield from ((below / name).as_posix() for name in files if name.endswith(ENDINGS))


def read_shared(content: Path) -> Shared:
    """Return the choices that all pages share. A list with mistakes is known by name; they are in `errors`."""
    file = content.absolute() / CHOICES
    stamp = stamp_of(file)
    shared = _shared.get(file)
    if shared is None or shared.stamp != stamp:
        shared = _shared[file] = _read_shared(file, stamp)
    return shared


def _read_shared(file: Path, stamp: Stamp) -> Shared:
    if stamp is None:
        return Shared({}, (), None)
    mistakes = Mistakes(shown(file))
    try:
        lists = read_lists(Block(file.read_text("utf-8-sig"), 1), mistakes)
    except (OSError, UnicodeDecodeError) as error:
        mistakes.add(Source(mistakes.page, 1, 1), *unreadable(error))
        lists = {}
    return Shared(lists, tuple(mistakes.errors), stamp)


def stamp_of(file: Path) -> Stamp:
    """Return a value that differs whenever the file changes, None when there is no file."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino, status.st_mode


def unreadable(error: OSError | UnicodeDecodeError) -> tuple[str, str]:
    """Return why a file cannot be read, and the remedy."""
    if isinstance(error, UnicodeDecodeError):
        return "this file is not in UTF-8", "save it as UTF-8 in your editor"
    if isinstance(error, FileNotFoundError):
        return "this leads to a file that is not there", "put the file back, or delete what leads to it"
    if isinstance(error, IsADirectoryError):
        return "this is a folder, not a file", "give the folder another name"
    return f"this file cannot be read ({error.strerror})", "have its owner let you read it, or save it anew"


def shown(file: Path) -> str:
    """Return a file's path as the author would write it: relative to the current folder when it is below."""
    file = file.absolute()
    here = Path.cwd()
    return file.relative_to(here).as_posix() if file.is_relative_to(here) else file.as_posix()


_shared: dict[Path, Shared] = {}
