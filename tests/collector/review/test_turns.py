"""Who has which process for queries: nobody waits long for what somebody else has asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from collector.review import queries
from collector.review.queries import MOST_WAITING, SLOW, TooManyAtOnce, Turns
from collector.review.query_workers import QueryWorker

FIRST, SECOND = QueryWorker(), QueryWorker()  # neither is asked anything, so neither starts a process


def in_a_loop(test: Callable[[Turns], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        await test(Turns([FIRST, SECOND]))

    asyncio.run(run())


async def waiting(turns: Turns, person: str) -> asyncio.Task[QueryWorker]:
    """Have a person wait for a turn, and return once they do, or have it."""
    task = asyncio.create_task(turns.wait(person))
    await settled()
    return task


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_a_person_has_one_worker_at_a_time_and_leaves_the_other_to_the_rest() -> None:
    async def test(turns: Turns) -> None:
        alice = await turns.wait("alice")
        again = await waiting(turns, "alice")
        assert not again.done()
        bob = await turns.wait("bob")
        assert {alice, bob} == {FIRST, SECOND}
        turns.give_back(alice, "alice", 0.0)
        assert await again is alice

    in_a_loop(test)


def test_whoever_has_waited_longest_comes_first_and_nobody_twice_before_another() -> None:
    async def test(turns: Turns) -> None:
        order = []
        held = [(await turns.wait(name), name) for name in ("dora", "emil")]
        tasks = {f"{name} {n}": await waiting(turns, name) for name in ("alice", "bob", "charlie") for n in (1, 2)}
        while tasks:
            worker, name = held.pop(0)
            turns.give_back(worker, name, 0.0)
            await settled()
            for key in [key for key, task in tasks.items() if task.done()]:
                order.append(key)
                held.append((tasks.pop(key).result(), key.split()[0]))
        assert order == ["alice 1", "bob 1", "charlie 1", "alice 2", "bob 2", "charlie 2"]

    in_a_loop(test)


@pytest.mark.parametrize("slow", [2, 5])
def test_all_who_ask_for_something_slow_share_one_worker(slow: int) -> None:
    async def test(turns: Turns) -> None:
        names = [f"slow {number}" for number in range(slow)]
        for name in names:
            turns.give_back(await turns.wait(name), name, SLOW)
        tasks = [await waiting(turns, name) for name in names]
        assert sum(task.done() for task in tasks) == 1
        for _ in range(20):  # somebody else's page, one query after the other
            worker = await turns.wait("alice")
            turns.give_back(worker, "alice", 0.001)
        for task in tasks:
            task.cancel()

    in_a_loop(test)


def test_after_a_while_slowness_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "SLOW_FOR", 0.0)

    async def test(turns: Turns) -> None:
        for name in ("alice", "bob"):
            turns.give_back(await turns.wait(name), name, SLOW)
        assert {await turns.wait("alice"), await turns.wait("bob")} == {FIRST, SECOND}

    in_a_loop(test)


def test_too_many_of_one_person_are_refused_and_others_are_not() -> None:
    async def test(turns: Turns) -> None:
        alice = await turns.wait("alice")
        tasks = [await waiting(turns, "alice") for _ in range(MOST_WAITING)]
        with pytest.raises(TooManyAtOnce):
            await turns.wait("alice")
        assert await turns.wait("bob") is not alice
        for task in tasks:
            task.cancel()

    in_a_loop(test)


def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "LONGEST_WAIT", 0.01)

    async def test(turns: Turns) -> None:
        alice = await turns.wait("alice")
        with pytest.raises(TooManyAtOnce):
            await turns.wait("alice")
        turns.give_back(alice, "alice", 0.0)  # whoever has given up is passed over
        assert {await turns.wait("alice"), await turns.wait("bob")} == {FIRST, SECOND}

    in_a_loop(test)


def test_whoever_goes_away_leaves_the_turn_to_others() -> None:
    async def test(turns: Turns) -> None:
        alice, _ = await turns.wait("alice"), await turns.wait("bob")
        charlie, dora = await waiting(turns, "charlie"), await waiting(turns, "dora")
        charlie.cancel()
        turns.give_back(alice, "alice", 0.0)
        assert await dora is alice
        emil = await waiting(turns, "emil")
        turns.give_back(alice, "dora", 0.0)
        emil.cancel()  # just when the turn has come
        await settled()
        assert await turns.wait("alice") is alice
        assert not turns._waiting or all(not queue for queue in turns._waiting.values())

    in_a_loop(test)
