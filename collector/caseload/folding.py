"""What the module for a kind of event declares: which caseload file it goes into, its rows, what to remember of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from collector.caseload.definitions import Definitions
from collector.caseload.installed import Installed
from collector.caseload.owners import Owners, named_in
from collector.caseload.rows import Rows
from collector.ledger.events import Kind, Recorded


@dataclass(frozen=True)
class Context:
    """What later events need to know of earlier ones."""

    owners: Owners = field(default_factory=Owners)
    definitions: Definitions = field(default_factory=Definitions)


def caseload_named(event: Recorded, owners: Owners) -> str:
    """Return the caseload that the event itself names. Raises CannotFold when it cannot be a file name."""
    return named_in(event)


def caseload_of_client(event: Recorded, owners: Owners) -> str:
    """Return the caseload of the client whom the event concerns. Raises CannotFold when the client is unknown."""
    return owners.caseload_of(event.client)


def _learn_nothing(event: Recorded, context: Context) -> None:
    pass


def _add_nothing(event: Recorded, installed: Installed, rows: Rows) -> None:
    pass


def _salvage_nothing(event: Recorded, installed: Installed, rows: Rows) -> bool:
    return True


@dataclass(frozen=True)
class Fold:
    """How one kind of event is folded. Without `caseload` it goes into no file.

    `learn` and `add` may raise CannotFold; the event is then set aside, and folding goes on. `salvage` adds the rows
    that nobody may miss even then, and returns whether it could tell which these are.
    """

    kind: Kind
    caseload: Callable[[Recorded, Owners], str] | None = None
    learn: Callable[[Recorded, Context], None] = _learn_nothing
    add: Callable[[Recorded, Installed, Rows], None] = _add_nothing
    salvage: Callable[[Recorded, Installed, Rows], bool] = _salvage_nothing

    @property
    def is_context(self) -> bool:
        """Whether later events need it, so that it has to be read again after a restart."""
        return self.learn is not _learn_nothing
