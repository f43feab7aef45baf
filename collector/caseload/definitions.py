"""Every definition that was published, and since when, as the ledger tells it."""

from __future__ import annotations

from dataclasses import dataclass

from collector.caseload.errors import CannotFold
from collector.caseload.layout import Layout, lay_out
from collector.caseload.naming import Names
from collector.ledger.events import Recorded
from site_builder.forms.definition import Form


@dataclass(frozen=True)
class Definition:
    """A form as it was asked from event `published` on, and where its answers go."""

    hash: str
    published: int
    form: Form
    layout: Layout


class Definitions:
    """What the events so far have published."""

    def __init__(self) -> None:
        self._names = Names()
        self._known: dict[str, Definition] = {}

    def publish(self, event: Recorded) -> None:
        """Learn what a form_published event tells; the same definition again changes nothing.

        Raises CannotFold, or UnknownDefinition for a body that this version of the form model cannot read.
        """
        hash = event.data["definition"]
        if hash not in self._known:
            form = Form.from_json(event.data["body"])
            self._known[hash] = Definition(hash, event.seq, form, lay_out(form, self._names))

    def known(self, hash: str) -> Definition | None:
        """Give a definition that a file has laid out already; None when this version cannot read it any more."""
        return self._known.get(hash)

    def get(self, hash: str, before: int) -> Definition:
        """Find a definition that was published before event `before`. Raises CannotFold.

        A later one does not count, so that a rebuild, which may know more, folds the same rows.
        """
        found = self._known.get(hash)
        if found is None or found.published >= before:
            raise CannotFold("The form's definition is not known: it was never published, or cannot be read.")
        return found
