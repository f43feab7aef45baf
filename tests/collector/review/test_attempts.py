"""Whoever has the right password gets in, whatever strangers try: counted in turns of the line, not in seconds."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Iterator

import pytest

from collector.endpoints import tallies
from collector.review import line
from collector.review.attempts import DAY, FREE_FOR_ADDRESS, FREE_FOR_DEVICE, FREE_FOR_NAME, Attempts, networks_of
from collector.review.line import AT_ONCE, MOST_OF_ONE, MOST_WAITING, TooMany


class Crowd:
    """Tries in the order in which they are called; a turn lasts until `serve` ends it."""

    def __init__(self) -> None:
        self.seconds = 1_000.0
        self.attempts = Attempts(lambda: self.seconds)
        self.served: list[str] = []
        self.away: dict[str, float] = {}
        self.ends: list[asyncio.Event] = []
        self.tasks: list[asyncio.Task[None]] = []

    async def arrive(self, who: str, name: str, address: str, device: str = "", *, right: bool = False) -> None:
        self.tasks.append(asyncio.create_task(self._try(who, name, address, device, right)))
        await settle()

    async def _try(self, who: str, name: str, address: str, device: str, right: bool) -> None:
        try:
            async with self.attempts.turn(name, address, device) as take_back:
                self.served.append(who)
                self.ends.append(end := asyncio.Event())
                await end.wait()
                if right:
                    take_back()
        except TooMany as many:
            self.away[who] = many.wait

    async def serve(self) -> None:
        """End the oldest turn; the next one in the line is called."""
        if self.ends:
            self.ends.pop(0).set()
        await settle()

    async def served_after(self, who: str, most: int) -> int:
        """Return after how many turns somebody is called."""
        for turns in range(most + 1):
            if who in self.served:
                return turns
            await self.serve()
        raise AssertionError(f"{who} was not called within {most} turns: {self.away}")

    async def end(self) -> None:
        while self.ends:
            await self.serve()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


async def settle() -> None:
    for _ in range(4):
        await asyncio.sleep(0)


def addresses(number: int) -> Iterator[str]:
    return (f"{20 + each // 65536}.{each // 256 % 256}.{each % 256}.1" for each in range(number))


@pytest.mark.parametrize("number", [1, 100, 10_000])
def test_whoever_comes_from_elsewhere_is_next_however_many_try(number: int) -> None:
    async def story() -> None:
        crowd = Crowd()
        for address in addresses(number):
            await crowd.arrive("stranger", "alice", address)
        for address in list(addresses(number))[:200]:
            await crowd.arrive("stranger again", "alice", address)
        await crowd.arrive("alice", "alice", "192.0.2.1")
        assert await crowd.served_after("alice", AT_ONCE) <= AT_ONCE
        assert crowd.attempts.line.waiting <= MOST_WAITING
        await crowd.end()

    asyncio.run(story())


def test_a_flood_from_one_address_fills_a_few_places_and_no_more() -> None:
    async def story() -> None:
        crowd = Crowd()
        for number in range(500):
            await crowd.arrive(f"stranger {number}", f"name {number}", "203.0.113.1")
        assert crowd.attempts.line.waiting == MOST_OF_ONE
        await crowd.arrive("bob", "bob", "192.0.2.1")
        assert await crowd.served_after("bob", AT_ONCE) <= AT_ONCE
        await crowd.end()

    asyncio.run(story())


def test_a_known_device_comes_before_ten_thousand_first_tries_and_its_own_address() -> None:
    async def story() -> None:
        crowd = Crowd()
        for _ in range(50):
            await crowd.arrive("stranger", "alice", "192.0.2.1")
        await crowd.arrive("alice", "alice", "192.0.2.1", "her-laptop")
        for address in addresses(300):
            await crowd.arrive("stranger", "alice", address)
        assert await crowd.served_after("alice", AT_ONCE) <= AT_ONCE
        await crowd.end()

    asyncio.run(story())


def test_a_stolen_device_has_ten_tries_and_is_a_stranger_then() -> None:
    async def story() -> None:
        crowd = Crowd()
        for number in range(FREE_FOR_DEVICE):
            await crowd.arrive(f"thief {number}", "alice", "203.0.113.1", "stolen")
            await crowd.serve()
        await crowd.arrive("busy", "bob", "192.0.2.7")
        await crowd.arrive("busy", "bob", "192.0.2.8")
        await crowd.arrive("thief", "alice", "203.0.113.1", "stolen")
        await crowd.arrive("alice", "alice", "198.51.100.1")
        await crowd.serve()
        assert crowd.served[-1] == "alice"
        await crowd.end()

    asyncio.run(story())


def test_slow_tries_are_called_one_at_a_time_and_their_rest_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        monkeypatch.setattr(line, "LONGEST_WAIT", 0.01)
        crowd = Crowd()
        for number in range(FREE_FOR_NAME + 1):
            await crowd.arrive(f"{number}", "alice", "203.0.113.1")
            await crowd.serve()
        assert len(crowd.served) == FREE_FOR_NAME + 1
        for number in range(20):
            await crowd.arrive(f"too soon {number}", "alice", "203.0.113.1")
            await asyncio.gather(*crowd.tasks)
        waits = list(crowd.away.values())
        assert waits == sorted(waits)
        assert (waits[0], waits[-1]) == (2, 8)
        crowd.seconds += 8
        await crowd.arrive("later", "alice", "203.0.113.1")
        assert crowd.served[-1] == "later"
        await crowd.end()

    asyncio.run(story())


def test_a_slow_try_waits_in_the_line_for_its_turn() -> None:
    async def story() -> None:
        crowd = Crowd()
        for number in range(FREE_FOR_NAME + 1):
            await crowd.arrive(f"{number}", "alice", "203.0.113.1")
            await crowd.serve()
        crowd.seconds += 1.99  # the pause between two slow ones is two seconds
        await crowd.arrive("alice", "alice", "203.0.113.1")
        assert "alice" not in crowd.served
        crowd.seconds += 0.02
        async with asyncio.timeout(10):
            while "alice" not in crowd.served:
                await asyncio.sleep(0.01)
        await crowd.end()

    asyncio.run(story())


def guesses_in_a_day(number: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """Count the turns that one name gets in a day when strangers at these addresses try whenever they may."""

    async def story() -> int:
        crowd = Crowd()
        every = list(addresses(number))
        moments = [(crowd.seconds, address) for address in every]
        end = crowd.seconds + DAY
        while moments and moments[0][0] < end:
            crowd.seconds, address = heapq.heappop(moments)
            before = len(crowd.served)
            await crowd.arrive("", "alice", address)
            if len(crowd.served) > before:
                await crowd.serve()
            wait = crowd.away.pop("", 0.0)
            heapq.heappush(moments, (crowd.seconds + max(wait, 1.0), address))
        return len(crowd.served)

    monkeypatch.setattr(line, "LONGEST_WAIT", 0.0)
    return asyncio.run(story())


def test_all_guesses_at_one_name_in_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    assert guesses_in_a_day(1, monkeypatch) <= DAY / 8 + 2 * FREE_FOR_NAME


def test_who_gets_in_is_not_counted() -> None:
    async def story() -> None:
        crowd = Crowd()
        for number in range(3 * FREE_FOR_ADDRESS):
            await crowd.arrive(f"{number}", f"therapist {number}", "192.0.2.1", right=True)
            await crowd.serve()
        assert len(crowd.served) == 3 * FREE_FOR_ADDRESS
        await crowd.end()

    asyncio.run(story())


def test_a_stranger_does_not_reset_a_count_by_flushing_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        monkeypatch.setattr(tallies, "MOST_KEYS", FREE_FOR_ADDRESS + 2)
        monkeypatch.setattr(line, "LONGEST_WAIT", 0.0)
        crowd = Crowd()
        for _ in range(FREE_FOR_NAME):
            await crowd.arrive("", "alice", "203.0.113.1")
            await crowd.serve()
        for number in range(1_000):
            await crowd.arrive("", f"name {number}", "203.0.113.1")
            await crowd.serve()
        before = len(crowd.served)
        for _ in range(FREE_FOR_NAME):
            await crowd.arrive("", "alice", "203.0.113.1")
            await crowd.serve()
        assert len(crowd.served) - before <= 1
        await crowd.end()

    asyncio.run(story())


def test_of_a_network_that_is_used_up_whoever_has_asked_least_is_next() -> None:
    """As when a stranger floods from many addresses beside the therapist's."""

    async def story() -> None:
        crowd = Crowd()
        flood = [f"192.0.2.{number}" for number in range(1, 61)]
        for _ in range(5):
            for address in flood:
                await crowd.arrive("stranger", "ben", address)
                await crowd.serve()
        await crowd.arrive("alice", "alice", "192.0.2.200")
        for address in flood:
            await crowd.arrive("stranger", "ben", address)
        assert "alice" not in crowd.served
        crowd.seconds += 10
        await crowd.arrive("stranger", "ben", flood[0])
        assert "alice" in crowd.served
        await crowd.end()

    asyncio.run(story())


def test_the_networks_of_one_site_are_not_as_many_strangers() -> None:
    async def story() -> None:
        crowd = Crowd()
        for number in range(600):
            await crowd.arrive("", "alice", f"2001:db8:1:{number:x}::/64")
            await crowd.serve()
        assert len(crowd.served) <= 4 * FREE_FOR_ADDRESS + 1
        await crowd.end()

    asyncio.run(story())


def test_somebody_who_goes_away_leaves_their_place() -> None:
    async def story() -> None:
        crowd = Crowd()
        for number in range(AT_ONCE + 3):
            await crowd.arrive(f"{number}", "alice", f"192.0.2.{number}")
        for task in crowd.tasks:
            task.cancel()
        await settle()
        crowd.served.clear()
        crowd.ends.clear()
        await crowd.arrive("alice", "alice", "192.0.2.1")
        assert crowd.served == ["alice"]
        assert crowd.attempts.line.waiting == 0
        await crowd.end()

    asyncio.run(story())


@pytest.mark.parametrize(
    ("address", "networks"),
    [
        ("192.0.2.7", ["192.0.0.0/16", "192.0.2.0/24", "192.0.2.7/32"]),
        ("2001:db8:1:2::/64", ["2001:db8::/32", "2001:db8:1::/48", "2001:db8:1:2::/64"]),
        ("testclient", ["testclient"] * 3),
        ("", [""] * 3),
    ],
)
def test_the_networks_around_an_address(address: str, networks: list[str]) -> None:
    assert networks_of(address) == networks
