"""The files beside the pages: a form's questions in a file of their own, and the choices that every page shares."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from site_builder.forms.errors import FormError, Source
from site_builder.forms.naming import suggest
from site_builder.forms.parsing import read_lists
from site_builder.forms.reading import Block, Mistakes
from site_builder.forms.scope import Lists

CHOICES = "_choices.yml"  # in the content folder
ENDINGS = (".yml", ".yaml")
OUTSIDE = "it has to stand in the folder of the content"

Stamp = tuple[int, ...] | None  # what changes with a file; None while it is not there


@dataclass(frozen=True)
class Shared:
    """What every page of a content folder shares."""

    lists: Lists
    errors: tuple[FormError, ...]
    stamp: Stamp


class FormFiles:
    """Reads the files that one page takes its forms from, and remembers which they were."""

    def __init__(self, content: Path, page: str) -> None:
        self.content = content.absolute()
        self.folder = posixpath.dirname(page)
        self.used: set[Path] = set()

    def read(self, name: str) -> Block | str:
        """Give the text of a file by its name as it stands on the page, or say why it cannot be had."""
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
            if file.exists():
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
    """Read the choices that every page shares; a file with mistakes is told, and its lists are known by name."""
    file = content.absolute() / CHOICES
    stamp = stamp_of(file)
    kept = _shared.get(file)
    if kept is None or kept.stamp != stamp:
        kept = _shared[file] = _read_shared(file, stamp)
    return kept


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
    """Give what changes when a file does."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino, found.st_mode


def unreadable(error: OSError | UnicodeDecodeError) -> tuple[str, str]:
    """Say why a file cannot be read, and the remedy."""
    if isinstance(error, UnicodeDecodeError):
        return "this file is not in UTF-8", "save it as UTF-8 in your editor"
    if isinstance(error, FileNotFoundError):
        return "this leads to a file that is not there", "put the file back, or delete what leads to it"
    if isinstance(error, IsADirectoryError):
        return "this is a folder, not a file", "give the folder another name"
    return f"this file cannot be read ({error.strerror})", "have its owner let you read it, or save it anew"


def shown(file: Path) -> str:
    """Name a file as the author would: from where they stand, when it is below that."""
    file = file.absolute()
    here = Path.cwd()
    return file.relative_to(here).as_posix() if file.is_relative_to(here) else file.as_posix()


_shared: dict[Path, Shared] = {}
