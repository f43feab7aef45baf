"""The definitions that one caseload file has tables for; another is installed when it is first needed."""

from __future__ import annotations

from sqlite_utils import Database

from collector.caseload.answers import create_answers
from collector.caseload.definitions import Definition, Definitions
from collector.caseload.errors import CannotFold
from collector.caseload.in_words import create_in_words
from collector.caseload.install import install
from collector.ledger.events import Recorded
from site_builder.forms.model.definition import Form


class Installed:
    """The definitions installed in a file, as of the last `reload`."""

    def __init__(self, database: Database, definitions: Definitions) -> None:
        self._database, self._definitions = database, definitions
        self._hashes: set[str] = set()
        self._without_views: set[str] = set()  # tables that have been changed since their views were created

    def reload(self) -> None:
        """Read again what the file has, after a transaction was rolled back or another process changed it."""
        rows = self._database.conn.execute("SELECT definition FROM _definitions")
        self._hashes = {definition for (definition,) in rows}
        self._without_views.clear()

    def complete(self) -> None:
        """Create the view `answers`, and the tables' own in words, for what has been installed since the last time.

        Once for all events of a batch: its text grows with the file, so once for each definition takes ten times as
        long as installing them.
        """
        if self._without_views:
            create_answers(self._database)
            create_in_words(self._database, self._without_views)
            self._without_views.clear()

    def form(self, event: Recorded) -> Form:
        """Return the form that a submission answers, whether or not it can have tables. Raises CannotFold."""
        return self._definitions.form(event.data["definition"], before=event.seq)

    def definition(self, event: Recorded) -> Definition:
        """Return the definition that a submission answers, with its tables in the file. Raises CannotFold."""
        data = event.data
        definition = self._definitions.get(data["definition"], before=event.seq)
        if (data["form"], data["version"]) != (definition.form.id, definition.form.version):
            raise CannotFold("The definition is that of another form, or of another version of it.")
        if definition.hash not in self._hashes:
            install(self._database, definition, self._of_same_version(definition))
            self._hashes.add(definition.hash)
            self._without_views.update(table.name for table in definition.layout.tables)
        return definition

    def _of_same_version(self, definition: Definition) -> list[Definition]:
        rows = self._database.conn.execute(
            "SELECT definition FROM _definitions WHERE form = ? AND version = ?",
            (definition.form.id, definition.form.version),
        )
        return [known for (hash,) in rows if (known := self._definitions.known(hash))]
