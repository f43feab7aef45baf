"""How many connections this process has room for: what its limit of open files leaves."""

from __future__ import annotations

import resource

WANTED = 65_536  # files; nothing here needs more, and some containers have a limit of a billion
OF_OTHERS = 256  # files: the review's 64 caseloads take three each, then ledger, logs, sockets, libraries
FILES_EACH = 2  # a download that stands still has its file open besides its connection
MOST = 1_000  # connections: what each may hold unsent comes to some 60 MB for all of them
FEWEST = 16  # below that nobody could open a page; the system then says no itself now and then


def room_for_connections() -> int:
    """Raise the limit of open files as far as this process may, and return how many connections fit into it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = WANTED if hard == resource.RLIM_INFINITY else min(hard, WANTED)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return connections_in(most)


def connections_in(files: int) -> int:
    """Return how many connections fit into a limit of so many open files."""
    return max(FEWEST, min(MOST, (files - OF_OTHERS) // FILES_EACH))
