"""Instances are opened once, read only their own file, and leave nothing behind."""

from __future__ import annotations

import asyncio
import gc
import shutil
import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from collector.driver import sqlite3
from collector.ledger.access import Access, Caseload
from collector.ledger.ledger import Ledger
from collector.projector import Projector
from collector.review import failures
from collector.review.database import CaseloadDatabase
from collector.review.instances import Instance, Instances
from collector.review.paging import UNREADABLE
from collector.review.queries import Queries
from collector.review.reading import only_reading
from collector.settings import Settings
from collector.storage import DatabaseFile

from .conftest import diary_of, found_clinic

MANY = [Caseload(f"copy-{number}", "A copy") for number in range(20)]
ALICE, BOB = Caseload("alice", "Alice"), Caseload("bob", "Bob")


@pytest.fixture
def folded(settings: Settings, ledger: Ledger) -> Settings:
    found_clinic(ledger)
    with Projector(settings) as projector:
        projector.catch_up()
    for copy in MANY:
        shutil.copy(settings.caseloads / "alice.db", settings.caseloads / f"{copy.id}.db")
    return settings


@pytest.fixture
def make(folded: Settings, ledger: Ledger, access: Access) -> Callable[..., Instances]:
    return lambda most=64: Instances(folded, b"s" * 32, ledger, access, most)


async def get(instances: Instances, caseload: Caseload, path: str = "/caseload/evening.json") -> Any:
    """Request a path from a caseload's Datasette as the gateway does, below its own root."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await instances.answer(caseload, scope, receive, send)

    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://review.example") as visitor:
        return await visitor.get(path)


def test_twenty_instances_leave_no_thread_and_no_file(
    make: Callable[..., Instances], open_files: Callable[[], int]
) -> None:
    async def open_and_close() -> tuple[int, int]:
        instances = make()
        for caseload in MANY:
            for path in ("/", "/caseload", "/caseload/evening", "/caseload?sql=select+1"):
                assert (await get(instances, caseload, path)).status_code == 200
        assert len(instances) == len(MANY)
        opened = threading.active_count(), open_files()
        await instances.close()
        assert len(instances) == 0
        return opened

    asyncio.run(open_and_close())  # imports and pools that stay are made now
    gc.collect()
    before = threading.active_count(), open_files()
    threads, files = asyncio.run(open_and_close())
    gc.collect()
    assert threads >= before[0] + len(MANY)
    assert files >= before[1] + len(MANY)
    assert threading.active_count() == before[0]
    assert open_files() <= before[1]


def test_instances_used_at_once_never_read_each_others_file(make: Callable[..., Instances]) -> None:
    async def read() -> None:
        instances = make()
        asked = [ALICE, BOB] * 40
        answers = await asyncio.gather(*(get(instances, caseload) for caseload in asked))
        for caseload, answer in zip(asked, answers, strict=True):
            other = BOB if caseload is ALICE else ALICE
            assert diary_of(caseload.id) in answer.text
            assert diary_of(other.id) not in answer.text
        await instances.close()

    asyncio.run(read())


def test_simultaneous_first_requests_open_one_instance(
    make: Callable[..., Instances], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    was_made = Instance.__init__

    def count(self: Instance, datasette: Any) -> None:
        opened.append(datasette)
        was_made(self, datasette)

    monkeypatch.setattr(Instance, "__init__", count)

    async def read() -> None:
        instances = make()
        answers = await asyncio.gather(*(get(instances, ALICE, "/") for _ in range(20)))
        assert {answer.status_code for answer in answers} == {200}
        assert len(opened) == 1
        await instances.close()

    asyncio.run(read())


def test_the_least_recently_used_instance_is_closed_but_never_a_busy_one(make: Callable[..., Instances]) -> None:
    async def read() -> None:
        instances = make(most=2)
        for caseload in (ALICE, BOB, ALICE, MANY[0]):
            await get(instances, caseload)
        assert list(instances._open) == ["alice", "copy-0"]
        slow = "with recursive n(i) as (select 1 union all select i %2B 1 from n limit 50000) select max(i) from n"
        answers = await asyncio.gather(
            *(get(instances, caseload, f"/caseload.json?sql={slow}") for caseload in MANY[:4]),
        )
        assert {answer.status_code for answer in answers} == {200}
        await get(instances, BOB)
        assert len(instances) == 2
        await instances.close()

    asyncio.run(read())


def test_an_unused_instance_is_closed_after_a_while(make: Callable[..., Instances]) -> None:
    async def read() -> None:
        instances = make()
        await get(instances, ALICE)
        await instances.close_idle(60)
        assert len(instances) == 1
        await instances.close_idle(0)
        assert len(instances) == 0
        assert diary_of("alice") in (await get(instances, ALICE)).text  # and opened again when somebody comes
        await instances.close()

    asyncio.run(read())


def test_an_instance_has_one_database_and_its_own_secret(make: Callable[..., Instances]) -> None:
    async def read() -> None:
        instances = make()
        for caseload in (ALICE, BOB):
            await get(instances, caseload)
        alice, bob = (instances._open[id].datasette for id in ("alice", "bob"))
        assert list(alice.databases) == ["caseload"]
        assert alice.executor is not bob.executor
        assert alice._secret != bob._secret
        for path in ("/_internal", "/_memory", "/_internal/databases", "/caseload.db"):
            assert (await get(instances, ALICE, path)).status_code in (403, 404)
        await instances.close()

    asyncio.run(read())


def test_a_page_shows_at_once_what_the_projector_writes(folded: Settings, make: Callable[..., Instances]) -> None:
    async def read() -> None:
        instances = make()
        before = (await get(instances, ALICE)).json()["filtered_table_rows_count"]
        with sqlite3.connect(folded.caseloads / "alice.db") as writer:
            writer.execute("DELETE FROM evening WHERE note = '=1+1'")
        writer.close()
        assert (await get(instances, ALICE)).json()["filtered_table_rows_count"] == before - 1
        await instances.close()

    asyncio.run(read())


@pytest.mark.parametrize(
    "statement",
    [
        "ATTACH ':memory:' AS other",
        "DETACH main",
        "VACUUM INTO '/tmp/x.db'",
        "PRAGMA query_only = 0",
        "PRAGMA schema_version = 7",
        "PRAGMA writable_schema = 1",
        "PRAGMA database_list",
        "PRAGMA rekey = 'x'",
        "CREATE TEMP TABLE x (y)",
        "DELETE FROM evening",
        "SELECT load_extension('x')",
        "SELECT sqlcipher_export('main')",
        "SELECT * FROM pragma_database_list",
    ],
)
def test_a_connection_can_only_read_whatever_the_sql(folded: Settings, statement: str) -> None:
    database = CaseloadDatabase(None, DatabaseFile(folded.caseloads / "alice.db"), Queries())
    connection = database.connect()
    try:
        assert connection.execute("SELECT count(*) FROM evening").fetchone() == (2,)
        assert connection.execute("SELECT count(*) FROM written_fts WHERE written_fts MATCH 'diary'").fetchone() == (1,)
        with pytest.raises(sqlite3.DatabaseError):
            connection.execute(statement)
    finally:
        database.close()


@pytest.mark.parametrize("name", ["fts3_tokenizer", "load_extension", "sqlcipher_export"])
def test_no_function_reaches_out_of_the_file(name: str) -> None:
    for spelling in (name, name.upper(), name.title()):
        assert only_reading(sqlite3.SQLITE_FUNCTION, None, spelling) == sqlite3.SQLITE_DENY


@pytest.mark.parametrize("name", ["count", "json_extract", "match", "snippet", "strftime"])
def test_functions_that_only_reckon_are_open(name: str) -> None:
    assert only_reading(sqlite3.SQLITE_FUNCTION, None, name) == sqlite3.SQLITE_OK


ASKED_FOR = {
    *("data_version", "foreign_key_list", "function_list", "index_info", "index_list", "index_xinfo"),
    *("schema_version", "table_info", "table_list", "table_xinfo"),
}


@pytest.mark.parametrize("name", [*sorted(ASKED_FOR), "database_list", "key", "query_only", "hard_heap_limit"])
def test_only_pragmas_that_describe_tables_are_allowed(name: str) -> None:
    allowed = sqlite3.SQLITE_OK if name in ASKED_FOR else sqlite3.SQLITE_DENY
    assert only_reading(sqlite3.SQLITE_PRAGMA, name, None) == allowed
    assert only_reading(sqlite3.SQLITE_PRAGMA, name.upper(), None) == allowed
    if name in ("data_version", "schema_version"):  # a value would be written
        assert only_reading(sqlite3.SQLITE_PRAGMA, name, "7") == sqlite3.SQLITE_DENY


def test_every_step_of_a_statement_that_does_not_read_is_shut() -> None:
    """SQLite's action codes: READ 20, SELECT 21, RECURSIVE 33; PRAGMA 19 and FUNCTION 31 depend on their names."""
    actions = set(range(40)) - {sqlite3.SQLITE_PRAGMA, sqlite3.SQLITE_FUNCTION}
    allowed = {action for action in actions if only_reading(action, "evening", "note") == sqlite3.SQLITE_OK}
    assert allowed == {20, 21, 33}


def test_datasette_gets_no_write_connection(folded: Settings) -> None:
    database = CaseloadDatabase(None, DatabaseFile(folded.caseloads / "alice.db"), Queries())
    with pytest.raises(sqlite3.OperationalError):
        database.connect(write=True)
    with pytest.raises(sqlite3.OperationalError):
        asyncio.run(database.execute_write("DELETE FROM evening"))
    assert database._write_thread is None
    assert only_reading(sqlite3.SQLITE_ATTACH, ":memory:", None) == sqlite3.SQLITE_DENY


def test_an_address_that_cannot_be_read_is_logged_without_its_contents(
    make: Callable[..., Instances], caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    async def read() -> Any:
        instances = make()
        answer = await get(instances, ALICE, '/caseload/clients?_through={"canary":1}')
        await instances.close()
        return answer

    answer = asyncio.run(read())
    assert answer.status_code == 400
    assert UNREADABLE in answer.text
    captured = capfd.readouterr()
    assert "KeyError" in caplog.text
    assert "canary" not in caplog.text + captured.out + captured.err


def test_an_unexpected_error_is_answered_as_our_own(make: Callable[..., Instances]) -> None:
    async def read() -> Any:
        instances = make()
        with sqlite3.connect(instances.file(ALICE).path) as rows:
            rows.execute("DROP VIEW last_seen")
        rows.close()
        answer = await get(instances, ALICE, "/")
        await instances.close()
        return answer

    answer = asyncio.run(read())
    assert answer.status_code == 500
    assert failures.MISHAP in answer.text
