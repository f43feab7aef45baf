"""The processes that answer queries, seen from the review: it sends them on, and stands up again those that ended."""

from __future__ import annotations

import marshal
import select
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from typing import Any

from collector.driver import in_memory, sqlite3
from collector.review import query_worker
from collector.review.reading import TOO_LARGE, Answer, Query, TookTooLong
from collector.storage import DatabaseFile

UNHEARD = 10.0  # seconds beyond a query's limit; a process that has neither answered nor ended itself by then is ended


class QueryWorker:
    """One such process, started when it is first asked. One thread at a time may ask."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()  # for starting and ending
        self._ended = False
        self._shapes = in_memory()

    @property
    def pid(self) -> int | None:
        """The number of the process, if there is one."""
        return self._process.pid if self._process is not None else None

    def ask(self, file: DatabaseFile, query: Query) -> Answer:
        """Return the answer to a query. Raises TookTooLong and sqlite3.Error, also if the process ended over it."""
        request = (str(file.path), file.key, query.sql, _plain(query.params), *query[2:])
        reply = self._exchange(marshal.dumps(request), query.milliseconds / 1000 + UNHEARD)
        if reply is None:
            raise self._replace()
        kind, *rest = reply
        if kind == query_worker.TOO_LONG:
            raise TookTooLong
        if kind == query_worker.REFUSED:
            raise _error(*rest)
        rows, more, columns = rest
        return self._named(rows, more, columns)

    def end(self) -> None:
        """End the process at once, whatever it is doing; it is not started again."""
        with self._lock:
            self._ended = True
            if self._process is not None:
                self._process.kill()
                self._process.wait()

    def close(self) -> None:
        """Close the pipes of a process that has ended, once nobody asks any more."""
        self._forget()
        self._shapes.close()

    def _exchange(self, request: bytes, seconds: float) -> Any:
        """Return the reply to a request; None if the process ended instead, or had to be ended."""
        process = self._running()
        if process is None or process.stdin is None or process.stdout is None:
            return None
        with suppress(BrokenPipeError):
            query_worker.send(process.stdin, request)
            reply = select.poll()
            reply.register(process.stdout, select.POLLIN)
            if not reply.poll(seconds * 1000):
                process.kill()
            return query_worker.receive(process.stdout)
        return None

    def _replace(self) -> Exception:
        """Start the process anew, for the next query, and return why it ended over this one."""
        code = self._process.wait() if self._process is not None else -signal.SIGKILL
        with suppress(OSError):  # no room for another process; the next query tries again
            self._start()
        if code in (-signal.SIGALRM, -signal.SIGKILL):
            return TookTooLong()
        if code < 0:  # libraries in C crash where there is no more memory
            return sqlite3.OperationalError(TOO_LARGE)
        return RuntimeError("a process for queries ended by itself")

    def _running(self) -> subprocess.Popen[bytes] | None:
        if self._process is None or self._process.poll() is not None:
            self._start()
        return self._process

    def _start(self) -> None:
        """Start the process, in the place of one that has ended. It inherits the log, and nothing else that is open."""
        self._forget()
        command = [sys.executable, "-m", query_worker.__name__]
        with self._lock:
            if not self._ended:
                self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                    command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
                )

    def _forget(self) -> None:
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            process.kill()  # it has ended, or is about to
            with suppress(BrokenPipeError):
                process.communicate()

    def _named(self, rows: list[tuple[Any, ...]], more: bool, columns: list[str]) -> Answer:
        """Return rows as SQLite's own, whose values have names: Datasette asks for them by name."""
        if not columns:
            return Answer(rows, more, ())
        names = ", ".join('NULL AS "' + name.replace('"', '""') + '"' for name in columns)
        cursor = self._shapes.execute(f"SELECT {names}")
        return Answer([sqlite3.Row(cursor, row) for row in rows], more, cursor.description)


def _plain(params: Any) -> Any:
    return dict(params) if hasattr(params, "keys") else tuple(params)


def _error(name: str, message: str, code: int) -> Exception:
    """Return the worker's error. One without a name is not SQLite's."""
    if not name:
        return ValueError(message)
    error: Exception = getattr(sqlite3, name)(message)
    if code:
        error.sqlite_errorcode = code  # type: ignore[attr-defined]  # as SQLite's own errors have it
    return error
