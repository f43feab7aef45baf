"""Each kind of event is folded by its own module, and how events are batched makes no difference to the rows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.caseload import fold
from collector.caseload.fold import FOLDS
from collector.caseload.folder import Folder
from collector.caseload.rows import Insert, Rows
from collector.driver import connect, sqlite3
from collector.ledger import access_events
from collector.ledger.events import (
    Event,
    Kind,
    Recorded,
    caseload_added,
    client_added,
    client_changed,
    form_published,
    submission_received,
)
from collector.storage import CaseloadFiles
from site_builder.forms.model.definition import Form
from tests.collector.caseload.conftest import MEASURE, RECORD, Clinic

NEITHER: frozenset[Kind] = frozenset()  # kinds that change no access and leave no rows


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_has_a_rule_or_a_fold_or_is_named_as_having_neither(kind: Kind) -> None:
    assert (kind in access_events.RULES or kind in FOLDS) is (kind not in NEITHER)


def test_each_fold_is_in_the_module_of_its_kind() -> None:
    modules = {path.stem for path in Path(fold.__path__[0]).glob("[!_]*.py")}
    assert modules == {str(kind) for kind in FOLDS}


@pytest.fixture
def table(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = connect(tmp_path / "table.db")
    connection.execute("CREATE TABLE parents (name TEXT PRIMARY KEY, hue TEXT)")
    connection.execute("CREATE TABLE children (name TEXT, parent TEXT REFERENCES parents)")
    yield connection
    connection.close()


PARENT, HUE, CHILD = (
    Insert("parents", ("name",)),
    Insert("parents", ("name", "hue")),
    Insert("children", ("name", "parent")),
)


def written(connection: sqlite3.Connection, rows: Rows) -> list[str]:
    """Write the rows and return the statements that were run."""
    statements: list[str] = []
    connection.execute("BEGIN")
    connection.execute("PRAGMA defer_foreign_keys = ON")
    connection.set_trace_callback(statements.append)
    rows.write(connection)
    connection.set_trace_callback(None)
    connection.execute("COMMIT")
    return statements


def test_a_change_comes_after_the_rows_before_it_and_before_those_after_it(table: sqlite3.Connection) -> None:
    rows = Rows()
    rows.add(HUE, ("a", "red"))
    rows.change("UPDATE parents SET hue = ?", ("blue",))
    rows.add(HUE, ("b", "red"))
    rows.change("DELETE FROM parents WHERE name = ?", ("a",))
    rows.add(HUE, ("a", "green"))
    written(table, rows)
    assert table.execute("SELECT name, hue FROM parents ORDER BY rowid").fetchall() == [("b", "red"), ("a", "green")]


def test_rows_between_two_changes_are_gathered_by_table(table: sqlite3.Connection) -> None:
    rows = Rows()
    for name in "abc":
        rows.add(CHILD, (name, name))  # before the row that it refers to
        rows.add(PARENT, (name,))
    statements = written(table, rows)
    assert [statement.split()[2] for statement in statements] == ['"children"'] * 3 + ['"parents"'] * 3


def test_a_table_keeps_the_order_of_rows_with_different_columns(table: sqlite3.Connection) -> None:
    rows = Rows()
    rows.add(PARENT, ("a",))
    rows.add(HUE, ("b", "red"))
    rows.add(PARENT, ("c",))
    written(table, rows)
    assert table.execute("SELECT name FROM parents ORDER BY rowid").fetchall() == [("a",), ("b",), ("c",)]


def published(form: Form) -> Event:
    return form_published(form=form.id, version=form.version, definition=form.hash, body=form.to_json())


def sent(client: str, form: Form, answers: object) -> Event:
    identity: Any = {"form": form.id, "version": form.version, "definition": form.hash, "answers": answers}
    return submission_received(client, **identity)


BEGINNING = (
    *(caseload_added("alice", "Alice"), published(RECORD), published(MEASURE)),
    *(client_added(code, caseload="alice", label="") for code in ("CHARLIE", "BOB")),
)
CODES = st.sampled_from(("CHARLIE", "BOB"))
OTHERS = st.sampled_from(("DORA", "EVE", "FAY", "GUS", "CHARLIE"))
EVENTS = st.one_of(
    st.builds(lambda code, label: client_changed(code, label=label), CODES | OTHERS, st.sampled_from(("x", "y"))),
    OTHERS.map(lambda code: client_added(code, caseload="alice", label=code.title())),
    st.builds(
        sent, CODES, st.just(RECORD), st.fixed_dictionaries({"situation": st.sampled_from(("v", "w", "x", "y", 7))})
    ),
    st.builds(
        lambda code, q: sent(code, MEASURE, {"items": {"m1": q, "m3": q}}), CODES, st.sampled_from(("0", "2", "9"))
    ),
    st.builds(lambda code: sent(code, RECORD, {"feelings": [{"feeling": "fear"}, {"before": 3}]}), CODES),
)


def recorded(events: Sequence[Event]) -> list[Recorded]:
    at = "2026-03-09T14:{:02}:{:02}.000Z"
    return [
        replace(event, id=f"event-{seq}", data=json.loads(json.dumps(event.data))).recorded(
            seq, at.format(*divmod(seq, 60))
        )
        for seq, event in enumerate(events, 1)
    ]


def folded(path: Path, batches: Sequence[Sequence[Recorded]]) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of a file folded from these batches, and the numbers of the events set aside."""
    aside: list[tuple[Any, ...]] = []
    folder = Folder(CaseloadFiles(path), lambda event, error: aside.append((event.seq, str(error))))
    for batch in batches:
        folder.fold(batch)
    folder.close()
    with closing(folder.file_of("alice").connect(read_only=True)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        tables = {
            name: connection.execute(f'SELECT rowid, * FROM "{name}" ORDER BY rowid').fetchall()
            for (name,) in names
            if name != "_sqlite_migrations" and not name.startswith("written_fts_")
        }
    return tables | {"set aside": aside}


@settings(max_examples=25, deadline=None)
@given(events=st.lists(EVENTS, max_size=10), cuts=st.sets(st.integers(1, 12)))
def test_how_events_are_batched_makes_no_difference(
    tmp_path_factory: pytest.TempPathFactory, events: list[Event], cuts: set[int]
) -> None:
    path = tmp_path_factory.mktemp("fold")
    every = recorded([*BEGINNING, *events])
    bounds = [0, *sorted(cuts), len(every)]
    together = folded(path / "together", [every])
    assert folded(path / "alone", [[event] for event in every]) == together
    assert folded(path / "some", [every[a:b] for a, b in pairwise(bounds)]) == together


def test_the_view_answers_is_created_once_for_all_forms_of_a_batch(tmp_path: Path) -> None:
    """SQLite counts every DROP and CREATE; the view's text is long, so one for each form would be slow."""
    every = recorded(
        [*BEGINNING, sent("BOB", RECORD, {"situation": "x"}), sent("BOB", MEASURE, {"items": {"m1": "2"}})]
    )
    changes = {}
    for name, batches in (("together", [every]), ("alone", [[event] for event in every])):
        folded(tmp_path / name, batches)
        with closing(CaseloadFiles(tmp_path / name).file("alice").connect(read_only=True)) as connection:
            (changes[name],) = connection.execute("PRAGMA schema_version").fetchone()
            tables = connection.execute('SELECT DISTINCT "table" FROM answers ORDER BY 1').fetchall()
        assert tables == [(MEASURE.table,), (RECORD.table,)]
    assert changes["together"] == changes["alone"] - 2


def test_a_row_that_refers_to_nothing_sets_only_its_own_event_aside(clinic: Clinic, record: Form) -> None:
    """References are checked at the end of a batch, and then event by event."""
    with closing(clinic.folder.file_of("alice").connect()) as meddler:
        meddler.execute("DELETE FROM clients")
    bob = clinic.record(client_added("BOB", caseload="alice", label=""))
    lost, good = clinic.sent(record, {"situation": "x"}), clinic.sent(record, {"situation": "y"}, "BOB")
    clinic.fold(bob, lost, good)
    assert [problem["seq"] for problem in clinic.rows("SELECT seq FROM problems")] == [lost.seq]
    assert clinic.rows("SELECT situation FROM thought_record") == [{"situation": "y"}]
