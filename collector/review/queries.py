"""Answers what is asked of caseload files, in turns, so that nobody waits long for what somebody else has asked.

Two processes do the work. A person has one of them at a time, so that the other is left to the rest. Who has asked for
something slow lately shares one with all who have, however many they are; the other is soon free again for whoever
asks for little.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import ContextVar

from collector.errors import CollectorError
from collector.review.query_workers import QueryWorker
from collector.review.reading import Answer, Query
from collector.storage import DatabaseFile

WORKERS = 2  # processes; a third would take 20 MB more, and two cores have no room for it
SLOW = 0.5  # seconds of a query; a page's usual ones take some thousandths
SLOW_FOR = 30.0  # seconds for which somebody shares one process with others who have asked for something slow
MOST_WAITING = 100  # queries of one person; a page asks a dozen at once, for its facets
LONGEST_WAIT = 15.0  # seconds for one's turn; longer than that, a reader believes that nothing happens

asking: ContextVar[str] = ContextVar("asking", default="")  # the person whose request is being answered


class TooManyAtOnce(CollectorError):
    """A person has more queries waiting than can be answered soon."""


class Turns:
    """Says who has which worker. Belongs to one event loop."""

    def __init__(self, workers: Sequence[QueryWorker]) -> None:
        self._idle = list(workers)  # the one used last is at the end, and is taken first
        self._waiting: OrderedDict[str, deque[asyncio.Future[QueryWorker]]] = OrderedDict()  # who was last, comes last
        self._busy: set[str] = set()
        self._slow_until: dict[str, float] = {}
        self._most_slow = max(len(workers) - 1, 1)

    async def wait(self, person: str) -> QueryWorker:
        """Return a worker when it is the person's turn. Raises TooManyAtOnce."""
        queue = self._waiting.setdefault(person, deque())
        if len(queue) >= MOST_WAITING:
            raise TooManyAtOnce
        turn: asyncio.Future[QueryWorker] = asyncio.get_running_loop().create_future()
        queue.append(turn)
        self._give()
        try:
            async with asyncio.timeout(LONGEST_WAIT):
                return await asyncio.shield(turn)
        except BaseException as error:
            if turn.done():
                self.give_back(turn.result(), person, 0.0)
            else:
                turn.cancel()
            if isinstance(error, TimeoutError):
                raise TooManyAtOnce from None
            raise

    def give_back(self, worker: QueryWorker, person: str, seconds: float) -> None:
        """Let the next have a worker that a person has used for so long."""
        self._busy.discard(person)
        if seconds >= SLOW:
            self._slow_until[person] = time.monotonic() + SLOW_FOR
        self._idle.append(worker)
        self._give()

    def _give(self) -> None:
        while self._idle and (person := self._next()) is not None:
            turn = self._waiting[person].popleft()
            self._waiting.move_to_end(person)
            if not turn.cancelled():
                self._busy.add(person)
                turn.set_result(self._idle.pop())

    def _next(self) -> str | None:
        """Return whose turn it is: of those who may have a worker, whoever has waited for longest."""
        now = time.monotonic()
        self._slow_until = {person: until for person, until in self._slow_until.items() if until > now}
        for person in [person for person, queue in self._waiting.items() if not queue and person not in self._busy]:
            del self._waiting[person]
        slow_are_served = len(self._busy & self._slow_until.keys()) < self._most_slow
        may = (
            person
            for person, queue in self._waiting.items()
            if queue and person not in self._busy and (slow_are_served or person not in self._slow_until)
        )
        return next(may, None)


class Queries:
    """Answers queries within their limits, each in a process that can be ended. Belongs to one event loop."""

    def __init__(self, workers: int = WORKERS) -> None:
        self.workers = [QueryWorker() for _ in range(workers)]
        self._turns = Turns(self.workers)
        self._threads = ThreadPoolExecutor(workers, "query")  # each waits for a process

    async def ask(self, file: DatabaseFile, query: Query) -> Answer:
        """Return the answer to a query. Raises TookTooLong, TooManyAtOnce and sqlite3.Error."""
        person, loop = asking.get(), asyncio.get_running_loop()
        worker = await self._turns.wait(person)
        started = time.monotonic()

        def give_back(_: Future[Answer]) -> None:  # also if nobody waits for the answer any more
            loop.call_soon_threadsafe(self._turns.give_back, worker, person, time.monotonic() - started)

        answer = self._threads.submit(worker.ask, file, query)
        answer.add_done_callback(give_back)
        return await asyncio.wrap_future(answer)

    async def close(self) -> None:
        """End the processes at once, whatever they are doing."""
        for worker in self.workers:
            await asyncio.to_thread(worker.end)
        await asyncio.to_thread(self._threads.shutdown)
        for worker in self.workers:
            worker.close()
