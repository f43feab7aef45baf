"""Who makes way when there are too many: counted, without a socket."""

from __future__ import annotations

import math
import resource
import time

import pytest

from collector.process import crowd as crowds
from collector.process.at_the_door import SIGN_INS, is_entitled
from collector.process.crowd import FAIR, Crowd
from collector.process.open_files import FEWEST, FILES_EACH, MOST, OF_OTHERS, connections_in, room_for_connections
from collector.review.cookies import Cookies

ROOM = 160  # of these 20 are kept in reserve, and one address has 35 at most


class Guest:
    """A connection that only remembers whether it had to make way."""

    def __init__(self, crowd: Crowd, block: str, waited: float = 0.0) -> None:
        self.block = block
        self.since = time.monotonic() - waited
        self.gone = False
        self.came_in = crowd.enter(self)

    def make_way(self) -> None:
        self.gone = True


@pytest.fixture
def crowd() -> Crowd:
    return Crowd(ROOM)


def present(guests: list[Guest]) -> int:
    return sum(not guest.gone for guest in guests)


def test_one_address_has_a_quarter_and_its_newest_come_in(crowd: Crowd) -> None:
    guests = [Guest(crowd, "192.0.2.7", waited=1000 - number) for number in range(1_000)]
    assert all(guest.came_in for guest in guests)
    assert present(guests) == crowd.most_of_one == 35
    assert present(guests[-35:]) == 35, "who has waited longest went first"
    assert Guest(crowd, "198.51.100.1").came_in


def test_in_a_full_house_whoever_has_most_connections_goes_first(crowd: Crowd) -> None:
    greedy = [Guest(crowd, f"192.0.2.{number % 4}") for number in range(140)]
    households = [Guest(crowd, f"198.51.100.{number}", waited=60) for number in range(60)]
    assert present(households) == 60
    assert crowd.size <= crowd.most + 1
    assert present(greedy) <= crowd.most - 60


def test_among_equals_whoever_keeps_us_waiting_longest_goes_first(crowd: Crowd) -> None:
    idle = [Guest(crowd, f"2001:db8:{number:x}::/64", waited=300 - number) for number in range(140)]
    fresh = [Guest(crowd, f"198.51.100.{number}") for number in range(50)]
    assert present(fresh) == 50
    assert all(guest.gone for guest in idle[:50])
    assert present(idle) > 60


def test_whoever_is_served_does_not_make_way(crowd: Crowd) -> None:
    served = [Guest(crowd, f"198.51.100.{number}") for number in range(crowd.most)]
    for guest in served:
        guest.since = math.inf
    newcomers = [Guest(crowd, f"192.0.2.{number}") for number in range(60)]
    assert present(served) == crowd.most
    assert [guest.came_in for guest in newcomers] == [True] * crowd.reserve + [False] * (60 - crowd.reserve)


def test_in_a_full_house_only_the_entitled_are_answered_and_no_address_takes_the_reserve(crowd: Crowd) -> None:
    served = [Guest(crowd, f"198.51.100.{number}") for number in range(crowd.most)]
    for guest in served:
        guest.since = math.inf
    assert not crowd.is_full(served[0])
    newcomer = Guest(crowd, "192.0.2.7")
    assert crowd.is_full(newcomer)
    assert (crowd.admits(newcomer, True), crowd.admits(newcomer, False)) == (True, False)
    for _ in range(FAIR):
        Guest(crowd, "192.0.2.7")
    assert not crowd.admits(newcomer, True)


def test_whoever_is_signed_in_is_answered_beside_a_stranger_at_the_same_address(crowd: Crowd) -> None:
    for _ in range(crowd.most_of_one):
        Guest(crowd, "192.0.2.7").since = math.inf
    newcomer = Guest(crowd, "192.0.2.7")
    assert (newcomer.came_in, crowd.is_full(newcomer)) == (True, True)
    assert (crowd.admits(newcomer, True), crowd.admits(newcomer, False)) == (True, False)
    newcomer.since = math.inf
    for _ in range(FAIR - 1):
        guest = Guest(crowd, "192.0.2.7")
        assert guest.came_in
        guest.since = math.inf
    for _ in range(2 * FAIR):  # whoever is refused is still there for a moment, and opens no place
        refused = Guest(crowd, "192.0.2.7")
        assert not refused.came_in
        refused.since = -math.inf
    assert len(crowd.blocks["192.0.2.7"]) == crowd.most_of_one + FAIR + 1


def test_a_proxys_clients_are_counted_each_and_its_idle_connections_only_bounded(crowd: Crowd) -> None:
    proxied = []
    for _ in range(400):
        proxied.append(Guest(crowd, ""))
        crowd.rest(proxied[-1])
    assert crowd.size == 0
    assert present(proxied) == ROOM
    assert Guest(crowd, "198.51.100.1").came_in
    for guest in proxied:
        crowd.leave(guest)
    assert crowd.size + len(crowd.resting) == 1


def test_what_waits_in_memory_is_bounded_and_the_slowest_goes(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowds, "MOST_HELD", 1_000)
    guests = [Guest(crowd, f"198.51.100.{number}", waited=60 - number) for number in range(30)]
    for guest in guests:
        crowd.hold(guest, 100)
        crowd.hold(guest, 90)
    assert crowd.all_held <= 1_000
    assert present(guests[-11:]) == 11
    for guest in guests:
        crowd.let_go(guest)
    assert (crowd.all_held, crowd.held) == (0, {})


def test_nothing_is_remembered_of_whoever_has_left(crowd: Crowd) -> None:
    for number in range(1_000):
        guest = Guest(crowd, f"192.0.2.{number}")
        crowd.hold(guest, 5)
        crowd.let_go(guest)
        crowd.leave(guest)
        crowd.leave(guest)
    assert (crowd.size, crowd.blocks, crowd.held) == (0, {}, {})


@pytest.mark.parametrize(
    ("files", "connections"),
    [(1_024, 384), (4_096, MOST), (10**9, MOST), (256, FEWEST), (OF_OTHERS + 100, 100 // FILES_EACH)],
)
def test_the_number_of_connections_follows_from_the_limit_of_open_files(files: int, connections: int) -> None:
    assert connections_in(files) == connections


def test_the_limit_is_raised_as_far_as_it_goes() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(512, hard), hard))
        room = room_for_connections()
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 512 or hard <= 512
        assert room == connections_in(min(hard, 65_536))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize(
    ("url", "cookie", "entitled"),
    [
        (b"/health", b"", True),
        (b"/health?x=y", b"", True),
        (b"/healthy", b"", False),
        (b"/forms/x", b"", False),
        (b"/forms/x", b"theme=dark", False),
        (b"/forms/x", b"theme=dark; hw_client=abc", True),
        (b"/forms/x", b"__Host-hw_client=abc", True),
        (b"/c/ana/", b"__Host-hw_person=abc", True),
    ],
)
def test_the_reserve_is_for_health_and_whoever_is_signed_in(url: bytes, cookie: bytes, entitled: bool) -> None:
    assert is_entitled(url, [(b"host", b"x"), (b"cookie", cookie)]) is entitled


def test_the_cookies_are_called_as_the_door_knows_them() -> None:
    person = Cookies(b"key", https=True).cookie.name
    assert any(sign_in.decode() in f"{person}=" for sign_in in SIGN_INS)
