from __future__ import annotations

import time

import pytest
from starlette.requests import HTTPConnection

from collector.endpoints import rates
from collector.endpoints.rates import Rate, Turns, address_block

SLACK = 0.05  # seconds


def test_after_a_burst_attempts_are_spread_over_the_period() -> None:
    rate = Rate(burst=4, period=1)
    assert [rate.take("alice") for _ in range(4)] == [0, 0, 0, 0]
    assert rate.take("alice") == pytest.approx(0.25, abs=SLACK)
    assert rate.wait("alice") == pytest.approx(0.25, abs=SLACK)
    time.sleep(0.25 + SLACK)
    assert rate.wait("alice") == 0
    assert rate.take("alice") == 0
    assert rate.take("alice") > 0


def test_after_a_period_the_full_burst_is_available_again() -> None:
    rate = Rate(burst=3, period=1)
    for _ in range(10):
        rate.take("alice")
    time.sleep(1 + SLACK)
    assert [rate.take("alice") for _ in range(3)] == [0, 0, 0]


def test_one_client_does_not_use_up_the_allowance_of_another() -> None:
    rate = Rate(burst=1, period=60)
    assert rate.take("alice") == 0
    assert rate.take("bob") == 0
    assert rate.take("alice") > 0


@pytest.mark.parametrize(("burst", "period"), [(3, 10), (7, 60), (120, 600)])
def test_a_burst_is_allowed_to_the_last_one(burst: int, period: int) -> None:
    rate = Rate(burst, period)
    assert [rate.take("alice") for _ in range(burst)] == [0] * burst
    assert rate.take("alice") > 0


def test_whoever_knocks_too_often_does_not_wait_longer_for_it() -> None:
    rate = Rate(burst=1, period=60)
    waits = [rate.take("alice") for _ in range(100)]
    assert waits[0] == 0
    assert waits[1:] == sorted(waits[1:], reverse=True)


def test_asking_does_not_count_as_an_attempt() -> None:
    rate = Rate(burst=1, period=60)
    assert [rate.wait("alice") for _ in range(3)] == [0, 0, 0]
    assert rate.take("alice") == 0


def test_memory_is_bounded_and_returning_clients_stay_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "MOST_KEYS", 10)
    rate = Rate(burst=1, period=60)
    for number in range(1000):
        rate.take("alice")
        rate.take(f"stranger {number}")
    assert rate.take("alice") > 0
    assert rate.take("stranger 999") > 0
    assert rate.take("stranger 0") == 0  # forgotten long ago


@pytest.mark.parametrize(
    ("address", "block"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
    ],
)
def test_an_ipv6_household_is_one_address(address: str, block: str) -> None:
    assert address_block(HTTPConnection({"type": "http", "client": (address, 1234)})) == block


def test_connections_without_an_address_are_one_block() -> None:
    assert address_block(HTTPConnection({"type": "http", "client": None})) == ""


@pytest.mark.parametrize("now", [0.1, 5_823.986_769_698_974, 124_454.662_272_860_4, 521_970.887_770_692_3])
def test_no_rounding_costs_a_turn(now: float) -> None:
    turns = Turns(burst=1, pace=1 / 7_777, patience=0, clock=lambda: now)  # the last three were once refused
    assert [turns.take("a"), turns.take("a"), turns.take("a")] == [0.0, None, None]
