"""A folder of caseload files: folds each event into the file of the caseload it belongs to."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Sequence

from collector.caseload.errors import CannotFold, is_file_fault, reason
from collector.caseload.file import CaseloadFile
from collector.caseload.fold import FOLDS
from collector.caseload.folding import Context
from collector.caseload.schema import is_up_to_date
from collector.closed_folder import make_private
from collector.driver import sqlite3
from collector.ledger.events import Recorded
from collector.storage import CaseloadFiles, DatabaseFile

MOST_OPEN = 128  # files; each takes three of the usual limit of 1,024 handles

CONTEXT = frozenset(kind for kind, fold in FOLDS.items() if fold.is_context)  # events needed to read later ones

SetAside = Callable[[Recorded, Exception], None]
log = logging.getLogger(__name__)


class Folder:
    """The caseload files in a folder, or only those of the caseloads in `only`.

    `set_aside` is called with each event that belongs to no file. Nothing else may write to the files meanwhile.
    """

    def __init__(self, files: CaseloadFiles, set_aside: SetAside, only: Collection[str] | None = None) -> None:
        self.files = files
        self.changed: set[str] = set()  # since their last checkpoint
        self.failing: dict[str, int] = {}  # files that cannot be written, each with the last number sure to be in it
        self._set_aside, self._only = set_aside, only
        self._context = Context()
        self._open: OrderedDict[str, CaseloadFile] = OrderedDict()
        make_private(files.folder)

    def close(self) -> None:
        for caseload in list(self._open):
            self._open.pop(caseload).close()

    def file_of(self, caseload: str) -> DatabaseFile:
        return self.files.file(caseload)

    def learn(self, event: Recorded) -> bool:
        """Remember what later events need to know of this one. Return False if it had to be set aside."""
        try:
            if fold := FOLDS.get(event.kind):
                fold.learn(event, self._context)
        except Exception as error:  # one bad event must not hold up later ones
            self._set_aside(event, error)
            return False
        return True

    def fold(self, events: Sequence[Recorded]) -> None:
        """Fold events, in one transaction per file; a file skips the events that it has already.

        A file that cannot be written is added to `failing` and does not hold up the others.
        """
        for caseload, own_events in self._by_caseload(events).items():
            if caseload in self.failing:
                continue
            try:
                file = self._file(caseload)
                if not file.position and own_events[0].seq > self._context.owners.first_event[caseload]:
                    raise FileNotFoundError("its rows are gone")
                file.fold(own_events)
                self.changed.add(caseload)
            except Exception as error:
                self._note_failing(caseload, events[0].seq - 1, error)

    def retry(self, caseload: str, read_again: Callable[[int], Iterable[Sequence[Recorded]]]) -> None:
        """Fold into a failing file again; `read_again` returns, in batches, the events after a number."""
        try:
            file = self._file(caseload)
            for events in read_again(file.position):
                file.fold([event for event in events if self._belongs(event, caseload)])
        except Exception as error:
            self._note_failing(caseload, self.failing[caseload], error)
            return
        del self.failing[caseload]
        self.changed.add(caseload)
        log.warning("caseload %s can be written again", caseload)

    def checkpoint(self, caseload: str) -> bool:
        """Checkpoint one file, so that it survives a power cut. Return False when that has to wait."""
        try:
            complete = self._file(caseload).checkpoint()
        except sqlite3.Error as error:
            log.error("caseload %s not checkpointed: %s", caseload, error)
            self._close_file(caseload)
            return False
        if complete:
            self.changed.discard(caseload)
        return complete

    def copy_into(self, live: Folder) -> list[str]:
        """Replace each live file with the one of the same name here. Return their names."""
        copied = self.files.caseloads()
        for caseload in copied:
            self._file(caseload).copy_into(live.file_of(caseload))
        return copied

    def _by_caseload(self, events: Sequence[Recorded]) -> dict[str, list[Recorded]]:
        by_caseload: dict[str, list[Recorded]] = {}
        for event in events:
            if not self.learn(event):
                continue
            try:
                caseload = self._caseload_of(event)
            except CannotFold as error:
                self._set_aside(event, error)
                continue
            if caseload is not None and (self._only is None or caseload in self._only):
                by_caseload.setdefault(caseload, []).append(event)
        return by_caseload

    def _belongs(self, event: Recorded, caseload: str) -> bool:
        try:
            return self._caseload_of(event) == caseload
        except (CannotFold, KeyError):
            return False  # was set aside when it was first read

    def _caseload_of(self, event: Recorded) -> str | None:
        """Return the caseload whose file an event goes into; None for an event that leaves no rows."""
        fold = FOLDS.get(event.kind)
        return fold.caseload(event, self._context.owners) if fold and fold.caseload else None

    def _file(self, caseload: str) -> CaseloadFile:
        """Return a file, opening it if needed; at the limit, the least recently used one is closed first."""
        if caseload in self._open:
            self._open.move_to_end(caseload)
            return self._open[caseload]
        while len(self._open) >= MOST_OPEN:
            self._open.popitem(last=False)[1].close()
        opened = self._open[caseload] = CaseloadFile(self.file_of(caseload), self._context.definitions)
        return opened

    def bring_up_to_date(self) -> None:
        """Migrate every existing file to the current tables and columns, which its readers expect.

        A file that cannot be opened is tried again with the next event for it.
        """
        for caseload in sorted(self._context.owners.first_event):
            if not self.file_of(caseload).exists():
                continue
            try:
                self._file(caseload)
            except (sqlite3.Error, OSError) as error:
                log.error("caseload %s not brought up to date: %s", caseload, error)
                self._close_file(caseload)

    def outdated(self) -> list[str]:
        """Return the caseloads whose file is missing or was folded by older rules."""
        return [
            caseload
            for caseload in sorted(self._context.owners.first_event)
            if not is_up_to_date(self.file_of(caseload))
        ]

    def _note_failing(self, caseload: str, after: int, error: Exception) -> None:
        problem = error if is_file_fault(error) else reason(error)
        log.error("caseload %s cannot be written: %s", caseload, problem)
        self.failing[caseload] = after
        self._close_file(caseload)

    def _close_file(self, caseload: str) -> None:
        if caseload in self._open:
            self._open.pop(caseload).close()
