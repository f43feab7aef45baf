"""Compares pages whose queries are answered in processes of their own with the same pages answered within the review.

Both are measured in the processor time of all processes together, alternating, on a large caseload.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, cast

import httpx

from benchmarks.caseload_pages import LARGE_CLIENTS, LARGE_SENT, fill_with_scores, processor_seconds
from benchmarks.report import Row
from benchmarks.stage import prepare
from collector.driver import sqlite3
from collector.ledger.access import Caseload
from collector.ledger.opening import open_ledger
from collector.review.instances import Instances
from collector.review.queries import Queries
from collector.review.query_worker import OpenFiles
from collector.review.reading import Answer, Query, fetch
from collector.settings import Settings
from collector.storage import DatabaseFile, Storage

ROUNDS = 9
# Each page, how often it is asked for in a round, and how much dearer it may be.
PAGES = (
    ("caseload page", "/", 20, 1.05),
    ("table page", "/caseload/nine", 10, 1.25),
    ("a search", "/caseload/written?_search=work", 10, 1.25),
    ("a small query", "/caseload.json?sql=select+count(*)+from+scores", 20, 1.5),
    ("CSV of a table", "/caseload/scores.csv?_stream=on", 2, 1.25),
    ("CSV of all answers", "/caseload/answers.csv?_stream=on&_size=max", 1, 1.25),
)


class WithinTheReview(Queries):
    """Answers queries in two threads, with connections of its own."""

    def __init__(self) -> None:
        super().__init__()
        self._pool = ThreadPoolExecutor(2)
        self._idle = [OpenFiles(), OpenFiles()]

    async def ask(self, file: DatabaseFile, query: Query) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._fetch, file, query)

    def _fetch(self, file: DatabaseFile, query: Query) -> Answer:
        files = self._idle.pop()
        try:
            connection = files.connection(file)
            connection.row_factory = sqlite3.Row
            return fetch(connection, query)
        finally:
            self._idle.append(files)


def measure() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        stage = prepare(Path(folder), clients=LARGE_CLIENTS)
        fill_with_scores(stage)
        yield from asyncio.run(compare(Settings(data=stage.data)))


async def compare(settings: Settings) -> list[Row]:
    rows = []
    with ExitStack() as opened:
        ledger, access = opened.enter_context(open_ledger(Storage(settings)))
        ours, within = (Instances(settings, b"s" * 32, ledger, access) for _ in range(2))
        within.queries = WithinTheReview()
        for name, path, times, most in PAGES:
            rounds = []
            for number in range(ROUNDS + 1):
                ms, bare_ms = [await milliseconds(each, path, times) for each in (ours, within)]
                rounds += [(ms / bare_ms, ms, bare_ms)] * bool(number)  # the first one warms both
            ratio, ms, bare_ms = (statistics.median(column) for column in zip(*rounds, strict=True))
            beside = f"{ms:.1f} ms, within the review {bare_ms:.1f} ms"
            rows.append(Row(f"{name}, queries in processes", f"{ratio:.2f}×", beside, f"≤ {most}×", ratio <= most))
        for instances in (ours, within):
            await instances.close()
    what = f"{LARGE_CLIENTS} clients × {LARGE_SENT} sent"
    return [Row(f"queries in processes of their own, {what}", ""), *rows]


async def milliseconds(instances: Instances, path: str, times: int) -> float:
    """Return the processor time that a page takes of the review and its processes for queries."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await instances.answer(Caseload("c0", "Caseload"), scope, receive, send)

    before = spent(instances)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=cast(Any, app)), base_url="http://review"
    ) as visitor:
        for _ in range(times):
            answer = await visitor.get(path)
            if answer.status_code != 200 or "NOT COMPLETE" in answer.text:
                raise RuntimeError(f"{path} was not shown: {answer.status_code}")
    return 1000 * (spent(instances) - before) / times


def spent(instances: Instances) -> float:
    workers = [worker.pid for worker in instances.queries.workers if worker.pid]
    return time.process_time() + sum(map(processor_seconds, workers))
