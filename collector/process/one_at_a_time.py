"""One `homeward up` for each data folder."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from collector.errors import CollectorError
from site_builder.command_line import command


class AlreadyUp(CollectorError):
    """Another `homeward up` serves this data folder."""


@contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Hold this lock file for the block, with the number of this process in it. Raises AlreadyUp.

    The kernel releases it when its holder dies. The file stays: were it deleted, two could each hold one of its name.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyUp(_in_words(path.parent, os.pread(handle, 20, 0).decode("ascii", "replace"))) from error
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(handle)


def _in_words(data: Path, process: str) -> str:
    which = f"process {process}" if process.isdigit() else "a process that is just starting"
    return (
        f"Homeward is already running on {data}: {which}. Stop that one first, "
        f"or name another data folder with `{command('up')} --data`."
    )
