"""Devices that people have signed in on are remembered, a bounded number of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from collector.ledger.access import Access
from collector.ledger.access_events import MOST_DEVICES
from collector.ledger.events import sign_ins_ended
from collector.ledger.tokens import hash_token

if TYPE_CHECKING:
    from tests.collector.ledger.conftest import Clinic


def test_the_device_that_was_used_the_longest_ago_is_forgotten(clinic: Clinic, access: Access) -> None:
    for number in range(MOST_DEVICES):
        clinic.sign_in("alice", device=hash_token(f"device {number}"))
    clinic.sign_in("alice", device=hash_token("device 0"))
    clinic.sign_in("alice", device=hash_token("one more"))
    known = [number for number in range(MOST_DEVICES) if access.is_device(f"device {number}", "alice")]
    assert known == [0, *range(2, MOST_DEVICES)]


def test_ending_the_sign_ins_of_one_person_leaves_those_of_others(clinic: Clinic, access: Access) -> None:
    tokens = [clinic.sign_in(name, device=hash_token("shared")) for name in ("alice", "bob")]
    clinic.append(sign_ins_ended("alice"))
    assert [access.person_sign_in(token) is not None for token in tokens] == [False, True]
    assert [access.is_device("shared", name) for name in ("alice", "bob")] == [False, True]
