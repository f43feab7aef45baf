"""Queries run in processes that end with them if need be, hold one file for each question, and leave nothing behind."""

from __future__ import annotations

import asyncio
import marshal
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from collector.driver import connect, sqlite3
from collector.review import query_workers
from collector.review.queries import Queries, asking
from collector.review.query_worker import MOST_OPEN, OpenFiles, answer_to, receive, send, serve
from collector.review.query_workers import QueryWorker
from collector.review.reading import TOO_LARGE, Answer, Query, TookTooLong
from collector.storage import DatabaseFile
from tests.cases import heavy_queries

TRIM = heavy_queries.UNSTOPPABLE["trim"]
PATIENCE = 20.0  # seconds on a busy machine
KEY = bytes(range(32))


def query(sql: str, *, milliseconds: int = 1_000, most: int | None = None, **params: Any) -> Query:
    return Query(sql, params, most, milliseconds)


def in_time(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)
    return holds()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[DatabaseFile]:
    """Some caseload files, each with one diary; the last is encrypted."""
    folder = tmp_path_factory.mktemp("caseloads")
    files = [DatabaseFile(folder / f"c{number}.db", KEY if number == 5 else None) for number in range(6)]
    for number, file in enumerate(files):
        writer = connect(file.path, key=file.key)
        writer.execute("CREATE TABLE diary (note, mood)")
        writer.execute("INSERT INTO diary VALUES (?, ?)", (f"the diary of c{number}", number))
        writer.execute("CREATE TABLE written AS SELECT note AS words FROM diary")
        writer.execute("CREATE VIRTUAL TABLE written_fts USING fts5 (words)")
        writer.close()
    return files


@pytest.fixture
def worker() -> Iterator[QueryWorker]:
    worker = QueryWorker()
    yield worker
    worker.end()
    worker.close()


@asynccontextmanager
async def opened(workers: int = 2) -> AsyncIterator[Queries]:
    queries = Queries(workers)
    try:
        yield queries
    finally:
        await queries.close()


def test_rows_come_as_sqlite_gives_them(worker: QueryWorker, files: list[DatabaseFile]) -> None:
    sql = """SELECT note, mood AS "a ""b]'", :x AS x, NULL, 1.5, x'00ff', 'é\U0001f600' AS "", 1 AS x FROM diary"""
    answer = worker.ask(files[3], query(sql, x="y"))
    here = connect(files[3].path, read_only=True)
    here.row_factory = sqlite3.Row
    cursor = here.execute(sql, {"x": "y"})
    (expected,), (row,) = cursor.fetchall(), answer.rows
    assert isinstance(row, sqlite3.Row)
    assert tuple(row) == tuple(expected)
    assert row.keys() == expected.keys()
    assert row["a \"b]'"] == 3
    assert [column[0] for column in answer.description] == [column[0] for column in cursor.description]
    here.close()


@pytest.mark.parametrize(
    ("sql", "error", "words"),
    [
        ("SELECT nowhere FROM diary", sqlite3.OperationalError, "no such column: nowhere"),
        ("SELECT 1; SELECT 2", sqlite3.Warning, "one statement at a time"),
        ("ATTACH 'x' AS y", sqlite3.DatabaseError, "not authorized"),
        ("DELETE FROM diary", sqlite3.DatabaseError, "not authorized|readonly"),
        ("SELECT :missing", sqlite3.ProgrammingError, "binding 1"),
        ("SELECT load_extension('x')", sqlite3.DatabaseError, "not authorized"),
    ],
)
def test_errors_are_those_of_sqlite(
    worker: QueryWorker, files: list[DatabaseFile], sql: str, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        worker.ask(files[0], query(sql))
    assert worker.ask(files[0], query("SELECT 1")).rows[0][0] == 1


def test_what_sqlite_cannot_take_is_refused_without_naming_it(worker: QueryWorker, files: list[DatabaseFile]) -> None:
    for value in (2**70, "\ud800"):
        with pytest.raises(ValueError, match=r"^\w+Error$"):
            worker.ask(files[0], query("SELECT :x", x=value))


def test_a_file_that_is_gone_or_damaged_is_said_with_sqlites_code(worker: QueryWorker, tmp_path: Path) -> None:
    gone_file, damaged_file = DatabaseFile(tmp_path / "gone.db"), DatabaseFile(tmp_path / "damaged.db")
    damaged_file.path.write_bytes(b"no database, but long enough to be looked at " * 200)
    with pytest.raises(sqlite3.OperationalError) as gone:
        worker.ask(gone_file, query("SELECT 1"))
    with pytest.raises(sqlite3.DatabaseError) as damaged:
        worker.ask(damaged_file, query("SELECT * FROM diary"))
    codes = (gone.value, damaged.value)
    assert [error.sqlite_errorcode & 0xFF for error in codes] == [14, 26]  # CANTOPEN, NOTADB


def test_a_worker_answers_each_question_from_the_file_that_it_names(
    worker: QueryWorker, files: list[DatabaseFile]
) -> None:
    for number in (0, 5, 1, 2, 3, 4, 0, 5, 0, 5):
        assert worker.ask(files[number], query("SELECT note FROM diary")).rows[0][0] == f"the diary of c{number}"
        (tables,) = worker.ask(files[number], query("SELECT count(*) FROM pragma_table_list WHERE name = 'diary'")).rows
        assert tables[0] == 1


def test_it_holds_few_files_no_socket_and_nothing_of_the_review(worker: QueryWorker, files: list[DatabaseFile]) -> None:
    secret = files[0].path.with_name("secret of the review").open("w+")
    os.set_inheritable(secret.fileno(), True)
    with secret:
        for file in files:
            worker.ask(file, query("SELECT 'canary of the query', note FROM diary"))
        process = Path(f"/proc/{worker.pid}")
        held = [os.readlink(descriptor) for descriptor in (process / "fd").iterdir()]
    databases = {link for link in held if ".db" in link}
    assert len({link.partition(".db")[0] for link in databases}) == MOST_OPEN
    others = [link for link in held if link not in databases]
    assert not [link for link in others if link.startswith("socket:") or "secret" in link]
    assert len(others) <= 4, others  # standard input, output and error, and what random numbers come from
    shown = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
    assert b"canary" not in shown
    assert KEY.hex().encode() not in shown
    assert b"c0.db" not in shown


def test_of_the_files_asked_last_a_few_stay_open(files: list[DatabaseFile]) -> None:
    held = OpenFiles(most=2)
    first = held.connection(files[0])
    second = held.connection(files[1])
    assert held.connection(files[0]) is first
    held.connection(files[2])
    with pytest.raises(sqlite3.ProgrammingError):
        second.execute("SELECT 1")  # closed
    assert held.connection(files[0]) is first
    for connection in held._open.values():
        connection.close()


def test_no_expression_outlasts_its_time(files: list[DatabaseFile]) -> None:
    async def ask(queries: Queries, name: str, sql: str) -> tuple[str, str, float]:
        asking.set(name)
        started = time.monotonic()
        try:
            answer = await queries.ask(files[0], query(sql, milliseconds=100, most=1_000))
            words = f"{len(answer.rows)} rows"
        except (TookTooLong, sqlite3.OperationalError) as error:
            words = str(error) or "too long"
        return name, words, time.monotonic() - started

    async def run() -> list[tuple[str, str, float]]:
        async with opened(workers=6) as queries:
            cases = heavy_queries.UNSTOPPABLE | heavy_queries.LONG
            results = await asyncio.gather(*(ask(queries, name, sql) for name, sql in cases.items()))
            pids = {worker.pid for worker in queries.workers}
            answers = [await queries.ask(file, query("SELECT note FROM diary")) for file in files]
            assert [answer.rows[0][0] for answer in answers] == [f"the diary of c{number}" for number in range(6)]
        assert not [pid for pid in pids if pid and Path(f"/proc/{pid}").exists()]
        return results

    for name, words, seconds in asyncio.run(run()):
        assert words in ("too long", TOO_LARGE), name
        assert seconds < PATIENCE, name


@pytest.mark.parametrize("name", heavy_queries.TOO_LARGE)
def test_no_answer_and_no_step_takes_all_the_memory(worker: QueryWorker, files: list[DatabaseFile], name: str) -> None:
    with pytest.raises((sqlite3.OperationalError, TookTooLong)) as refused:
        worker.ask(files[0], query(heavy_queries.TOO_LARGE[name], milliseconds=5_000, most=1_000))
    assert str(refused.value) in (TOO_LARGE, "")
    status = Path(f"/proc/{worker.pid}/status").read_text()
    peak = int(status.partition("VmHWM:")[2].split()[0])
    assert peak < 512 * 1024  # KiB
    assert worker.ask(files[0], query("SELECT 1")).rows[0][0] == 1


def test_an_answer_of_very_many_numbers_is_refused(worker: QueryWorker, files: list[DatabaseFile]) -> None:
    columns = ", ".join(["1"] * 2_000)
    sql = f"{heavy_queries.ENDLESS} SELECT {columns} FROM n"
    with pytest.raises(sqlite3.OperationalError, match="too much"):
        worker.ask(files[0], query(sql, milliseconds=20_000))
    assert len(worker.ask(files[0], query(sql, milliseconds=20_000, most=1_000)).rows) == 1_000


def test_a_worker_that_was_killed_is_there_again_for_the_next_query(
    worker: QueryWorker, files: list[DatabaseFile]
) -> None:
    worker.ask(files[0], query("SELECT 1"))
    first = worker.pid
    assert first
    os.kill(first, signal.SIGKILL)
    assert in_time(lambda: "Z" in Path(f"/proc/{first}/stat").read_text().split()[2])
    assert worker.ask(files[0], query("SELECT 1")).rows[0][0] == 1
    assert worker.pid != first


def test_a_worker_that_is_killed_during_a_query_has_taken_too_long(files: list[DatabaseFile]) -> None:
    async def run() -> None:
        async with opened(workers=1) as queries:
            await queries.ask(files[0], query("SELECT 1"))
            pid = queries.workers[0].pid
            assert pid
            running = asyncio.create_task(queries.ask(files[0], query(TRIM, milliseconds=60_000)))
            before = Path(f"/proc/{pid}/stat").read_text()
            while Path(f"/proc/{pid}/stat").read_text() == before:  # until it works
                await asyncio.sleep(0.01)
            os.kill(pid, signal.SIGKILL)
            with pytest.raises(TookTooLong):
                await running
            assert (await queries.ask(files[0], query("SELECT 2"))).rows[0][0] == 2

    asyncio.run(run())


def test_a_worker_that_cannot_go_on_is_replaced(
    worker: QueryWorker, files: list[DatabaseFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query_workers, "UNHEARD", 0.2)
    worker.ask(files[0], query("SELECT 1"))
    assert worker.pid is not None
    stopped = worker.pid
    os.kill(stopped, signal.SIGSTOP)  # it does not end itself in time, either
    with pytest.raises(TookTooLong):
        worker.ask(files[0], query("SELECT 1", milliseconds=100))
    assert worker.pid != stopped
    monkeypatch.undo()
    assert [tuple(row) for row in worker.ask(files[0], query("SELECT 2")).rows] == [(2,)]


def test_at_the_end_whatever_runs_is_ended_at_once(files: list[DatabaseFile]) -> None:
    async def run() -> None:
        async with opened(workers=1) as queries:
            await queries.ask(files[0], query("SELECT 1"))
            running = asyncio.create_task(queries.ask(files[0], query(TRIM, milliseconds=600_000)))
            await asyncio.sleep(0)
        with pytest.raises(TookTooLong):
            await asyncio.wait_for(running, PATIENCE)
        assert queries.workers[0].pid is None

    asyncio.run(run())


def test_whoever_goes_away_gives_the_worker_back_once_it_is_free(files: list[DatabaseFile]) -> None:
    async def run() -> Answer:
        async with opened(workers=1) as queries:
            for sql in (TRIM, heavy_queries.LONG["endless"]):
                running = asyncio.create_task(queries.ask(files[0], query(sql, milliseconds=50)))
                await asyncio.sleep(0.01)
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
            return await queries.ask(files[0], query("SELECT note FROM diary"))

    assert asyncio.run(run()).rows[0][0] == "the diary of c0"


def test_messages_are_plain_data_and_a_broken_one_is_the_end(files: list[DatabaseFile]) -> None:
    requests, answers, clock = BytesIO(), BytesIO(), list[float]()
    whole = (str(files[0].path), None, *query("SELECT note FROM diary"))
    send(requests, _message(whole))
    requests.write(b"\0\0\0\0\0\0\0\x09half")
    requests.seek(0)
    serve(requests, answers, clock.append)
    answers.seek(0)
    assert receive(answers) == ("rows", [("the diary of c0",)], False, ["note"])
    assert receive(answers) is None
    assert clock == [pytest.approx(1.4), 0]  # the end comes at 0.4 s after the limit; none while the answer is sent


def test_a_search_means_in_a_worker_what_it_means_elsewhere(files: list[DatabaseFile]) -> None:
    held = OpenFiles()
    request = (str(files[0].path), None, *query("SELECT escape_fts('Panics \u6050\u614c')"))
    answer = receive(_readable(answer_to(held, request)))
    assert answer[1] == [('("panic"*) AND "\u6050 \u614c"',)]
    for connection in held._open.values():
        connection.close()


def _message(values: Any) -> bytes:
    return marshal.dumps(values)


def _readable(message: bytes) -> BytesIO:
    pipe = BytesIO()
    send(pipe, message)
    pipe.seek(0)
    return pipe
