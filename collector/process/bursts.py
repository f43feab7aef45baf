"""One line of log for a burst: what is repeated is counted, and told with the next line of its kind."""

from __future__ import annotations

import logging
import time

QUIET = 10.0  # seconds in which the same is not said again
MOST_KINDS = 256  # messages that are remembered; with more, all begin anew
LONGEST = 4_000  # characters of a message: a traceback's places fit


class Bursts(logging.Filter):
    """Lets a message through once in a while, cut where it is very long."""

    def __init__(self) -> None:
        super().__init__()
        self.since: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        message = message if len(message) <= LONGEST else f"{message[:LONGEST]}…"
        kind, now = (record.name, message), time.monotonic()
        last, repeated = self.since.get(kind, (-QUIET, 0))
        if now - last < QUIET:
            self.since[kind] = (last, repeated + 1)
            return False
        if len(self.since) >= MOST_KINDS:
            self.since.clear()
        self.since[kind] = (now, 0)
        record.msg, record.args = message + (f" (and {repeated} times before)" if repeated else ""), None
        return True
