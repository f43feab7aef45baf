"""The form definitions published so far, read from the ledger's events."""

from __future__ import annotations

from dataclasses import dataclass

from collector.caseload.errors import CannotFold
from collector.caseload.naming import Names
from collector.caseload.tables import Layout, lay_out
from collector.ledger.events import Recorded
from site_builder.forms.model.definition import Form

UNKNOWN = "The form's definition is not known: it was never published, or cannot be read."


@dataclass(frozen=True)
class Definition:
    """A form as published by event number `published`, and the tables its answers go to."""

    hash: str
    published: int
    form: Form
    layout: Layout


class Definitions:
    """The definitions published by the events read so far."""

    def __init__(self) -> None:
        self._names = Names()
        self._known: dict[str, Definition] = {}
        self._readable: dict[str, tuple[int, Form]] = {}  # with the number of its publication; some have no tables
        self._layouts: dict[str, tuple[Form, Layout]] = {}  # by the form's hash in today's format

    def publish(self, event: Recorded) -> None:
        """Add the definition of a form_published event; publishing it again changes nothing.

        The same form under another hash, as it has in another format, has the tables and columns of the first.
        Raises CannotFold, or UnreadableDefinition for a body that this version of the form model cannot read.
        """
        hash = event.data["definition"]
        if hash in self._known:
            return
        form = Form.from_json(event.data["body"])
        self._readable.setdefault(hash, (event.seq, form))
        if form.hash not in self._layouts:
            self._layouts[form.hash] = form, lay_out(form, self._names)
        self._known[hash] = Definition(hash, event.seq, *self._layouts[form.hash])

    def known(self, hash: str) -> Definition | None:
        """Return a definition whatever its number; None when this version of the form model cannot read it."""
        return self._known.get(hash)

    def form(self, hash: str, before: int) -> Form:
        """Return the form published before event `before`, even if it cannot have tables. Raises CannotFold."""
        published, form = self._readable.get(hash, (before, None))
        if form is None or published >= before:
            raise CannotFold(UNKNOWN)
        return form

    def get(self, hash: str, before: int) -> Definition:
        """Return a definition published before event `before`. Raises CannotFold when there is none.

        Later ones are ignored, so that a rebuild, which has read more events by then, produces the same rows.
        """
        definition = self._known.get(hash)
        if definition is None or definition.published >= before:
            raise CannotFold(UNKNOWN)
        return definition
