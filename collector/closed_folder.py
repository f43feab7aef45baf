"""The data folder and everything in it belong to its owner, and to nobody else."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

OTHERS = stat.S_IRWXG | stat.S_IRWXO
EXAMPLES = 3  # paths that are named; the rest is a number

log = logging.getLogger(__name__)


def close_to_others(folder: Path) -> None:
    """Take a folder, and all files and folders in it, from everybody but their owner; tell it if that was needed.

    Links in it are not followed: what they lead to is not Homeward's.
    """
    open_ones = [path for path in _all_of(folder.resolve()) if _close_if_ours(path)]
    if open_ones:
        named = ", ".join(str(path) for path in open_ones[:EXAMPLES])
        rest = f" and {len(open_ones) - EXAMPLES} more" if len(open_ones) > EXAMPLES else ""
        log.warning("closed to other users of this computer, who could open them before: %s%s", named, rest)


def _all_of(folder: Path) -> Iterator[Path]:
    yield folder
    for parent, folders, files in os.walk(folder):
        yield from (Path(parent, name) for name in (*folders, *files))


def _close_if_ours(path: Path) -> bool:
    """Return whether it was open to others; what is gone by now was not, and what is another's is told."""
    try:
        return _close(path)
    except FileNotFoundError:
        return False
    except OSError as error:
        log.warning("not closed to other users of this computer: %s", error)
        return False


def _close(path: Path) -> bool:
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode) or not mode & OTHERS:
        return False
    path.chmod(stat.S_IMODE(mode) & ~OTHERS)
    return True
