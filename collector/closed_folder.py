"""The data folder and everything in it belong to its owner, or to the group of the users that the roles run as."""

from __future__ import annotations

import grp
import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from collector.errors import UnfitSetting

PRIVATE, SHARED = 0o600, 0o660  # of a file
OTHERS = stat.S_IRWXO
EXAMPLES = 3  # paths that are named; the rest is a number
SETTING = "HOMEWARD_GROUP"

log = logging.getLogger(__name__)


def group_named(text: str) -> int | None:
    """Return the number of a group, by its name or number; None for none. Raises UnfitSetting."""
    if not text:
        return None
    try:
        return int(text) if text.isascii() and text.isdigit() else grp.getgrnam(text).gr_gid
    except KeyError:
        raise UnfitSetting(f"{SETTING}: this computer has no group “{text}”. Run: groupadd --system {text}") from None


def is_shared(folder: Path) -> bool:
    """Return whether a folder is its whole group's: what is made in it then belongs to that group, too."""
    mode = folder.stat().st_mode
    return bool(mode & stat.S_ISGID) and mode & stat.S_IRWXG == stat.S_IRWXG


def open_private(path: Path, flags: int) -> int:
    """Open a file, made if there is none: its owner's only, or its folder's group's where that is shared.

    The umask has no say in it.
    """
    try:
        return os.open(path, flags)
    except FileNotFoundError:
        pass
    try:
        handle = os.open(path, flags | os.O_CREAT | os.O_EXCL, PRIVATE)
    except FileExistsError:  # another role was first
        return os.open(path, flags)
    if is_shared(path.parent):
        os.fchmod(handle, SHARED)
    return handle


def make_private(folder: Path) -> None:
    """Make a folder in the data folder, as open as that is; nothing happens if it is there."""
    if not folder.is_dir():
        shared = is_shared(folder.parent) if folder.parent.exists() else False
        folder.mkdir(mode=0o770 if shared else 0o700, parents=True, exist_ok=True)
        if shared and not is_shared(folder):  # under our services' umask it is, and they may not set the bit themselves
            folder.chmod(0o2770)


def close_to_others(folder: Path, group: int | None = None) -> None:
    """Take a folder, and all in it, from everybody but their owner and this group; tell it if that was needed.

    Links in it are not followed: what they lead to is not Homeward's. Raises UnfitSetting if the folder cannot be
    shared, or is shared and no group is named: closed in silence, it would shut the other roles out.
    """
    folder = folder.resolve()
    _require_agreement(folder, group)
    open_ones = [path for path in _all_of(folder) if _close_if_ours(path, group)]
    if open_ones:
        named = ", ".join(str(path) for path in open_ones[:EXAMPLES])
        rest = f" and {len(open_ones) - EXAMPLES} more" if len(open_ones) > EXAMPLES else ""
        log.warning("closed to other users of this computer, who could open them before: %s%s", named, rest)


def _require_agreement(folder: Path, group: int | None) -> None:
    status = folder.stat()
    if group is None and is_shared(folder):
        raise UnfitSetting(
            f"{folder} is shared with a group, and {SETTING} does not name it. Set {SETTING}={_name(status.st_gid)}, as"
            f" for the services that use it; or, if nobody else is to use it: chmod 700 {folder}"
        )
    if group is not None and os.geteuid() not in (0, status.st_uid) and not _is_as_wanted(status, group):
        raise UnfitSetting(
            f"{folder} is not shared with the group of {SETTING}, and only its owner can change that. Run as root:"
            f" chgrp {_name(group)} {folder} && chmod 2770 {folder}"
        )


def _name(group: int) -> str:
    try:
        return grp.getgrgid(group).gr_name
    except KeyError:
        return str(group)


def _all_of(folder: Path) -> Iterator[Path]:
    yield folder
    for parent, folders, files in os.walk(folder):
        yield from (Path(parent, name) for name in (*folders, *files))


def _close_if_ours(path: Path, group: int | None) -> bool:
    """Return whether it was open to others; what is gone by now was not, and what is another's is told."""
    try:
        return _close(path, group)
    except FileNotFoundError:
        return False
    except OSError as error:
        log.warning("not closed to other users of this computer: %s", error)
        return False


def _close(path: Path, group: int | None) -> bool:
    status = path.lstat()
    mode = status.st_mode
    if stat.S_ISLNK(mode) or _is_as_wanted(status, group):
        return False
    if group is not None and status.st_gid != group:
        os.chown(path, -1, group, follow_symlinks=False)
    path.chmod(_wanted(mode, group))
    others = OTHERS if group == status.st_gid else OTHERS | stat.S_IRWXG
    return bool(mode & others)


def _is_as_wanted(status: os.stat_result, group: int | None) -> bool:
    if group is None or not stat.S_IMODE(status.st_mode):  # nobody may open it, as what systemd puts before a folder
        return not status.st_mode & (OTHERS | stat.S_IRWXG)
    return status.st_gid == group and stat.S_IMODE(status.st_mode) == _wanted(status.st_mode, group)


def _wanted(mode: int, group: int | None) -> int:
    """Return the permissions that a file or folder should have: a group may do what the owner may."""
    if group is None:
        return stat.S_IMODE(mode) & ~(OTHERS | stat.S_IRWXG)
    owners = mode & stat.S_IRWXU
    return owners | owners >> 3 | (stat.S_ISGID if stat.S_ISDIR(mode) else 0)
