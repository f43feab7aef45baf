"""A folder of caseload files, folded together: each event finds the file it belongs into."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path

from collector.caseload.definitions import Definitions
from collector.caseload.errors import CannotFold, is_file_fault, reason
from collector.caseload.file import CaseloadFile
from collector.caseload.owners import Owners, caseload_named
from collector.caseload.schema import is_up_to_date
from collector.driver import sqlite3
from collector.ledger.events import Kind, Recorded

MOST_OPEN = 128  # files; three handles each, of the usual limit of 1,024

# Events that later ones are read by, and events that leave rows.
TELLS = frozenset({Kind.caseload_added, Kind.client_added, Kind.form_published})
FOLDED = frozenset({Kind.caseload_added, Kind.client_added, Kind.submission_received})

SetAside = Callable[[Recorded, Exception], None]
log = logging.getLogger(__name__)


class Folder:
    """The caseload files in `path`; with `only`, nothing but those of these caseloads.

    `set_aside` is told of events that belong into no file. Nobody else may write to the files meanwhile.
    """

    def __init__(self, path: Path, set_aside: SetAside, only: Collection[str] | None = None) -> None:
        self.path = path
        self._born: dict[str, int] = {}  # each caseload that events have named, with the first that did
        self.changed: set[str] = set()  # since their last checkpoint
        self.failing: dict[str, int] = {}  # files that cannot be written, each with the number it surely has
        self._set_aside, self._only = set_aside, only
        self._owners, self._definitions = Owners(), Definitions()
        self._open: OrderedDict[str, CaseloadFile] = OrderedDict()
        path.mkdir(mode=0o700, parents=True, exist_ok=True)

    def close(self) -> None:
        for caseload in list(self._open):
            self._open.pop(caseload).close()

    def file_of(self, caseload: str) -> Path:
        return self.path / f"{caseload}.db"

    def learn(self, event: Recorded) -> bool:
        """Take note of what an event tells of owners, forms and caseloads; False when it had to be set aside."""
        try:
            if event.kind == Kind.form_published:
                self._definitions.publish(event)
            elif event.kind in (Kind.caseload_added, Kind.client_added):
                self._born.setdefault(caseload_named(event), event.seq)
                self._owners.learn(event)
        except Exception as error:  # whatever is wrong with it, the next event must not wait for it
            self._set_aside(event, error)
            return False
        return True

    def fold(self, events: Sequence[Recorded]) -> None:
        """Fold events in, one transaction for each file; what the files have already is skipped.

        A file that cannot be written is noted as failing, and holds nobody else up.
        """
        for caseload, its in self._by_caseload(events).items():
            if caseload in self.failing:
                continue
            try:
                file = self._file(caseload)
                if not file.position and its[0].seq > self._born[caseload]:
                    raise FileNotFoundError("its rows are gone")
                file.fold(its)
                self.changed.add(caseload)
            except Exception as error:
                self._note_failing(caseload, events[0].seq - 1, error)

    def mend(self, caseload: str, read_again: Callable[[int], Iterable[Sequence[Recorded]]]) -> None:
        """Try again with a failing file; `read_again` gives, in batches, what came after a number."""
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
        """Make one file survive a power cut; False when that has to wait."""
        try:
            done = self._file(caseload).checkpoint()
        except sqlite3.Error as error:
            log.error("caseload %s not checkpointed: %s", caseload, error)
            self._forget(caseload)
            return False
        if done:
            self.changed.discard(caseload)
        return done

    def copy_into(self, live: Folder) -> list[str]:
        """Put each file here in the place of the live one of the same name; give their names."""
        copied = sorted(path.stem for path in self.path.glob("*.db"))
        for caseload in copied:
            self._file(caseload).copy_into(live.file_of(caseload))
        return copied

    def _by_caseload(self, events: Sequence[Recorded]) -> dict[str, list[Recorded]]:
        found: dict[str, list[Recorded]] = {}
        for event in events:
            if not self.learn(event) or event.kind not in FOLDED:
                continue
            try:
                caseload = self._owners.home(event)
            except CannotFold as error:
                self._set_aside(event, error)
                continue
            if self._only is None or caseload in self._only:
                found.setdefault(caseload, []).append(event)
        return found

    def _belongs(self, event: Recorded, caseload: str) -> bool:
        try:
            return event.kind in FOLDED and self._owners.home(event) == caseload
        except (CannotFold, KeyError):
            return False  # set aside when it was first met

    def _file(self, caseload: str) -> CaseloadFile:
        """Give a file, opened when it is not; the one that was used longest ago is closed for it."""
        if caseload in self._open:
            self._open.move_to_end(caseload)
            return self._open[caseload]
        while len(self._open) >= MOST_OPEN:
            self._open.popitem(last=False)[1].close()
        opened = self._open[caseload] = CaseloadFile(self.file_of(caseload), self._definitions)
        return opened

    def bring_up_to_date(self) -> None:
        """Give every file that is there the tables and columns of today, which its readers ask for.

        A file that cannot be opened is left to the next event that it should take.
        """
        for caseload in sorted(self._born):
            if not self.file_of(caseload).exists():
                continue
            try:
                self._file(caseload)
            except (sqlite3.Error, OSError) as error:
                log.error("caseload %s not brought up to date: %s", caseload, error)
                self._forget(caseload)

    def missing(self) -> list[str]:
        """Give the caseloads whose file is not there (any more), or was folded in a way of the past."""
        return [caseload for caseload in sorted(self._born) if not is_up_to_date(self.file_of(caseload))]

    def _note_failing(self, caseload: str, after: int, error: Exception) -> None:
        told = error if is_file_fault(error) else reason(error)
        log.error("caseload %s cannot be written: %s", caseload, told)
        self.failing[caseload] = after
        self._forget(caseload)

    def _forget(self, caseload: str) -> None:
        if caseload in self._open:
            self._open.pop(caseload).close()
