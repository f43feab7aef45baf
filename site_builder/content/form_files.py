"""Reads the files beside the pages: the questions of a form, and the choices that all pages share."""

from __future__ import annotations

import codecs
import errno
import os
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from site_builder.forms.language.form import read_lists
from site_builder.forms.language.scope import UNREAD, Lists
from site_builder.forms.language.yaml_tree import Block, Mistakes
from site_builder.forms.model.errors import FormError, Source
from site_builder.forms.model.identifiers import suggest

CHOICES = "_choices.yml"  # in the content folder
ENDINGS = (".yml", ".yaml")
SAVE_AS_UTF8 = "save it as UTF-8 in your editor; in Notepad this is Save as, Encoding"
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
        if not is_below(file, self.content):
            return OUTSIDE
        try:
            text = read_regular(file)
        except UnicodeDecodeError as error:
            return f"{_not_utf8(error)} (line {place_in('', error).line}); {SAVE_AS_UTF8}"
        except OSError as error:
            if error.errno == errno.ELOOP:
                return "; ".join(unreadable(error))
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
        if not is_below(file, file.parent):
            raise OSError(errno.EXDEV, f"it is a link to '{os.readlink(file)}', out of the content folder")
        lists = read_lists(Block(read_regular(file), 1), mistakes)
    except (OSError, UnicodeDecodeError) as error:
        mistakes.add(place_in(mistakes.page, error), *unreadable(error))
        lists = {UNREAD: None}
    return Shared(lists, tuple(mistakes.errors), stamp)


def is_below(file: Path, folder: Path) -> bool:
    """Return whether a file is really in a folder, wherever links lead."""
    return Path(os.path.realpath(file)).is_relative_to(os.path.realpath(folder))


def read_regular(file: Path) -> str:
    """Return the text of a file without its byte order mark. A pipe, which has no end, is not read."""
    if file.exists() and not (file.is_file() or file.is_dir()):
        raise OSError(errno.EINVAL, "it is no ordinary file")
    return file.read_text("utf-8-sig")


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
        return _not_utf8(error), SAVE_AS_UTF8
    if isinstance(error, FileNotFoundError):
        return "this leads to a file that is not there", "put the file back, or delete what leads to it"
    if isinstance(error, IsADirectoryError):
        return "this is a folder, not a file", "give the folder another name"
    if error.errno == errno.ELOOP:
        return "this link leads back to itself", "delete it, and put the file in its place"
    return f"this file cannot be read ({error.strerror})", "have its owner let you read it, or save it anew"


def place_in(name: str, error: OSError | UnicodeDecodeError) -> Source:
    """Return the place of the first sign that cannot be read, or the start of the file."""
    if not isinstance(error, UnicodeDecodeError) or _is_utf16(error):
        return Source(name, 1, 1)
    before = error.object[: error.start].decode("utf-8", "replace")
    return Source(name, before.count("\n") + 1, len(before) - before.rfind("\n"))


def _not_utf8(error: UnicodeDecodeError) -> str:
    if _is_utf16(error):
        return "this file is saved as UTF-16 (“Unicode”), not as UTF-8"
    meant = error.object[error.start : error.start + 1].decode("cp1252", "ignore")
    sign = f", as '{meant}' here shows" if meant.isprintable() and meant else ""
    return f"this file is not saved as UTF-8{sign}"


def _is_utf16(error: UnicodeDecodeError) -> bool:
    return error.object.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))


def shown(file: Path) -> str:
    """Return a file's path as the author would write it: relative to the current folder when it is below."""
    file = file.absolute()
    here = Path.cwd()
    return file.relative_to(here).as_posix() if file.is_relative_to(here) else file.as_posix()


_shared: dict[Path, Shared] = {}
