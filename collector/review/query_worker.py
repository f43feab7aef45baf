"""A process that answers queries about caseload files, and that the kernel ends if one goes on for too long.

SQLite looks at the clock between its steps only, and one step can take a minute: a trim() of a long text, say. Nothing
within a process stops that, so it is the process that ends. It is started by `query_workers`, and knows a file only by
what each request names. Requests and answers are plain data (`marshal`), of which nothing is run when it is read.
"""

from __future__ import annotations

import marshal
import resource
import signal
import sys
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from collector.caseload.searching import expression
from collector.driver import sqlite3
from collector.review.reading import TOO_LARGE, Query, TookTooLong, fetch, open_for_reading
from collector.storage import DatabaseFile

GRACE = 0.4  # seconds after the time limit of a query at which the process ends, if SQLite has not stopped by then
MOST_ADDRESSES = 512 * 1024 * 1024  # bytes; half for SQLite (MOST_MEMORY), half for an answer and the libraries
MOST_OPEN = 4  # files; opening one takes as long as a small query
LENGTH = 8  # bytes before each message, which say how long it is

ROWS, TOO_LONG, REFUSED = "rows", "too long", "refused"  # what an answer begins with


class OpenFiles:
    """The connections to the files that were asked last, each with one file."""

    def __init__(self, most: int = MOST_OPEN) -> None:
        self._most = most
        self._open: OrderedDict[DatabaseFile, sqlite3.Connection] = OrderedDict()

    def connection(self, file: DatabaseFile) -> sqlite3.Connection:
        """Return the file's connection, and close the one that has gone unused for longest if there are too many."""
        if file not in self._open:
            connection = open_for_reading(file)
            connection.text_factory = _as_text
            connection.create_function("escape_fts", 1, expression)  # Datasette's search passes words through it
            self._open[file] = connection
        self._open.move_to_end(file)
        while len(self._open) > self._most:
            self._open.popitem(last=False)[1].close()
        return self._open[file]


def _as_text(stored: bytes) -> str:
    return str(stored, "utf-8", "replace")


def answer_to(files: OpenFiles, request: tuple[Any, ...]) -> bytes:
    """Return the rows of a query, or why there are none, as a message."""
    path, key, *query = request
    try:
        answer = fetch(files.connection(DatabaseFile(Path(path), key)), Query(*query))
        return marshal.dumps((ROWS, answer.rows, answer.more, [name for name, *_ in answer.description or ()]))
    except TookTooLong:
        return marshal.dumps((TOO_LONG,))
    except MemoryError:  # at MOST_ADDRESSES
        return marshal.dumps((REFUSED, "OperationalError", TOO_LARGE, 0))
    except (sqlite3.Error, sqlite3.Warning) as error:
        return marshal.dumps((REFUSED, type(error).__name__, str(error), getattr(error, "sqlite_errorcode", 0)))
    except Exception as error:  # what SQLite cannot take: numbers beyond 64 bits, half of a letter
        return marshal.dumps((REFUSED, "", type(error).__name__, 0))


def send(pipe: IO[bytes], message: bytes) -> None:
    """Send a message. Raises BrokenPipeError if the other side is gone."""
    pipe.write(len(message).to_bytes(LENGTH, "big"))
    pipe.write(message)
    pipe.flush()


def receive(pipe: IO[bytes]) -> Any:
    """Return the next message; None if the other side is gone."""
    head = pipe.read(LENGTH)
    length = int.from_bytes(head, "big")
    message = pipe.read(length) if len(head) == LENGTH else b""
    return marshal.loads(message) if message and len(message) == length else None  # noqa: S302 - our own process's


def serve(requests: IO[bytes], answers: IO[bytes], end_after: Callable[[float], object]) -> None:
    """Answer requests one by one until the other side is gone; each within its time, or `end_after` ends the process.

    An answer that is ready may take its time on the way: the other side may be busy.
    """
    files = OpenFiles()
    while (request := receive(requests)) is not None:
        end_after(Query(*request[2:]).milliseconds / 1000 + GRACE)
        answer = answer_to(files, request)
        end_after(0)
        send(answers, answer)


def limit_this_process() -> None:
    """Bound the memory of this process, leave no core file with answers behind, and let SIGALRM end it."""
    _, allowed = resource.getrlimit(resource.RLIMIT_AS)
    most = MOST_ADDRESSES if allowed == resource.RLIM_INFINITY else min(MOST_ADDRESSES, allowed)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})


def main() -> None:
    limit_this_process()
    with suppress(BrokenPipeError):
        serve(sys.stdin.buffer, sys.stdout.buffer, lambda seconds: signal.setitimer(signal.ITIMER_REAL, seconds))


if __name__ == "__main__":
    main()
