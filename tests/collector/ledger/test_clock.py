"""Whatever the computer's clock says, nobody is shut out for good, nothing opens again, and the order stands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from collector.driver import connect
from collector.errors import Refused
from collector.ledger import clock, tokens
from collector.ledger.access import Access
from collector.ledger.access_events import CLIENT_SIGN_IN_LIFE, CODE_LIFE, PERSON_SIGN_IN_LIFE
from collector.ledger.clock import BELIEVED_AFTER, SMALL, Clock
from collector.ledger.events import (
    Receipt,
    by_client,
    link_ended,
    link_made,
    link_opened,
    person_signed_in,
    person_signed_out,
    submission_received,
    utc,
)
from collector.ledger.ledger import Ledger
from collector.storage import DatabaseFile
from tests.cases.clocks import CASES, TO_1970, TO_2099, Computer

from .conftest import CHARLIE, Clinic

SECOND, MINUTE, HOUR, DAY = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days"))
A_LITTLE = timedelta(milliseconds=SMALL)
BELIEVED = timedelta(milliseconds=BELIEVED_AFTER)


class Story:
    """A ledger on a computer whose clock may be wrong, with what was opened and closed before."""

    def __init__(self, path: Path, computer: Computer) -> None:
        self.path, self.computer, self.opened = path, computer, ExitStack()
        self.receipts: list[Receipt] = []
        self.links: dict[str, str] = {}
        self.start()
        self.clinic = Clinic(self.ledger)
        self.clinic.add_therapist("alice")
        for client in (CHARLIE, "ENDED2", "FRESH2", "USED22", "LATE22"):
            self.clinic.add_client(client, "alice")
        self.close_some()
        self.phone = self.open_link(CHARLIE, self.make_link(CHARLIE)[0])
        self.desk = self.sign_in()
        self.fresh_code = self.make_link("FRESH2")[1]

    def start(self) -> None:
        self.ledger = self.opened.enter_context(Ledger.open(self.path, clock=Clock(self.computer.readings)))
        self.access = self.opened.enter_context(Access(DatabaseFile(self.path), self.ledger.clock))

    def restart(self) -> None:
        self.opened.close()
        self.start()

    def close_some(self) -> None:
        """Leave an ended link, a used code, an expired code, an ended sign-in and an expired one behind."""
        self.late_code = self.make_link("LATE22")[1]
        self.expired_desk = self.sign_in()
        self.computer.run(CODE_LIFE + MINUTE)
        self.used_code = self.make_link("USED22")[1]
        self.open_link("USED22", self.used_code, "code")
        self.ended_token = self.make_link("ENDED2")[0]
        self.ended_phone = self.open_link("ENDED2", self.ended_token)
        self.ledger.append([link_ended("ENDED2", link=self.links["ENDED2"])])
        self.ended_desk = self.sign_in()
        self.ledger.append([person_signed_out("alice", sign_in=tokens.hash_token(self.ended_desk))])

    def make_link(self, client: str) -> tuple[str, str]:
        self.links[client], token, code = tokens.new_id(), tokens.new_token(), tokens.new_code()
        hashed = tokens.hash_token(tokens.normal_code(code))
        expires = utc(self.ledger.clock.now() + CODE_LIFE)
        event = link_made(
            client, link=self.links[client], token=tokens.hash_token(token), code=hashed, code_expires=expires
        )
        self.ledger.append([event])
        return token, code

    def open_link(self, client: str, secret: str, by: str = "token") -> str:
        assert self.access.link_for(**{by: secret}) is not None
        token = tokens.new_token()
        expires = utc(self.ledger.clock.now() + CLIENT_SIGN_IN_LIFE)
        hashed = tokens.hash_token(token)
        self.ledger.append([link_opened(client, link=self.links[client], secret=by, sign_in=hashed, expires=expires)])
        return token

    def sign_in(self) -> str:
        token = tokens.new_token()
        expires = utc(self.ledger.clock.now() + PERSON_SIGN_IN_LIFE)
        self.ledger.append([person_signed_in("alice", sign_in=tokens.hash_token(token), expires=expires)])
        return token

    def send(self) -> datetime:
        """Send a submission from the phone that is signed in, and return the time that it gets."""
        by = by_client(tokens.hash_token(self.phone))
        sent = submission_received(CHARLIE, form="f", version=1, definition="d", answers={}, by=by)
        (receipt,) = self.ledger.append([sent])
        self.receipts.append(receipt)
        return datetime.fromisoformat(receipt.at)

    def check_closed(self) -> None:
        assert self.access.link_for(code=self.late_code) is None
        assert self.access.link_for(code=self.used_code) is None
        assert self.access.link_for(token=self.ended_token) is None
        assert self.access.client_sign_in(self.ended_phone) is None
        assert self.access.person_sign_in(self.ended_desk) is None
        assert self.access.person_sign_in(self.expired_desk) is None
        with pytest.raises(Refused):
            self.ledger.append(
                [link_opened("LATE22", link=self.links["LATE22"], secret="code", sign_in="c" * 64, expires=self.soon())]
            )

    def soon(self) -> str:
        return utc(self.ledger.clock.now() + HOUR)

    def check_open(self) -> None:
        assert self.access.client_sign_in(self.phone) is not None
        desk = self.sign_in()
        assert self.access.person_sign_in(desk) is not None
        self.open_link("FRESH2", self.make_link("FRESH2")[1], "code")

    def jump(self, by: timedelta, meanwhile: str) -> None:
        self.computer.wrong_by = by
        if meanwhile == "the computer is started again":
            self.computer.start_again()
        if meanwhile != "it goes on":
            self.restart()
        self.computer.run(MINUTE)

    def off(self, at: datetime) -> timedelta:
        """Return how far a time is from the true one."""
        return abs(at - self.computer.true)


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    story = Story(tmp_path / "ledger.db", Computer())
    yield story
    story.opened.close()


@pytest.mark.parametrize("case", CASES)
def test_a_clock_that_is_wrong_for_a_moment(story: Story, case: str) -> None:
    by, meanwhile = CASES[case]
    story.send()
    for wrong_by in (by, timedelta()):
        story.jump(wrong_by, meanwhile)
        story.send()
        story.check_open()
        story.check_closed()
        story.computer.run(MINUTE)
        story.send()
    numbers = [receipt.seq for receipt in story.receipts]
    assert numbers == sorted(set(numbers))
    times = [receipt.at for receipt in story.receipts]
    assert times == sorted(times), "no time goes back"
    if meanwhile != "the computer is started again":
        assert story.off(story.send()) <= A_LITTLE, "a moment leaves no trace"
        assert story.access.person_sign_in(story.desk) is not None
    story.computer.run(BELIEVED)
    story.send()
    story.computer.run(BELIEVED)
    assert story.off(story.send()) <= A_LITTLE, "nothing stands still"


@pytest.mark.parametrize("case", CASES)
def test_a_clock_that_is_wrong_for_a_day(story: Story, case: str) -> None:
    by, meanwhile = CASES[case]
    for wrong_by in (by, timedelta()):
        story.jump(wrong_by, meanwhile)
        for _ in range(24):
            story.send()
            story.computer.run(HOUR)
        story.check_open()
        story.check_closed()
    assert [receipt.seq for receipt in story.receipts] == sorted(receipt.seq for receipt in story.receipts)
    assert story.off(story.send()) <= A_LITTLE
    story.computer.run(PERSON_SIGN_IN_LIFE)
    assert story.access.person_sign_in(story.desk) is None
    story.computer.run(CODE_LIFE)
    assert story.access.link_for(code=story.fresh_code) is None
    story.computer.run(CLIENT_SIGN_IN_LIFE)
    assert story.access.client_sign_in(story.phone) is None, "half a year is half a year"


@pytest.mark.parametrize("case", CASES)
def test_a_jump_is_told_and_a_correction_by_a_second_is_not(story: Story, case: str) -> None:
    by, meanwhile = CASES[case]
    story.send()
    assert story.access.clock_jump() is None
    story.jump(by, meanwhile)
    story.send()
    jump = story.access.clock_jump()
    is_downtime = meanwhile == "the computer is started again" and timedelta() < by <= 365 * DAY
    if abs(by) <= A_LITTLE or is_downtime:
        assert jump is None
        return
    assert jump is not None
    assert abs(jump.ahead - by) <= A_LITTLE
    story.computer.run(MINUTE)
    story.restart()
    story.send()
    assert story.access.clock_jump() == jump, "once"
    story.jump(timedelta(), "it goes on")
    story.computer.run(8 * DAY)
    story.send()
    assert story.access.clock_jump() is None


@pytest.mark.parametrize("by", [TO_2099, 300 * DAY])
def test_a_sign_in_far_in_the_future_deletes_nobodys(story: Story, by: timedelta) -> None:
    ahead = utc(story.computer.true + by)
    event = person_signed_in("alice", sign_in="a" * 64, expires=utc(story.computer.true + by + HOUR))
    story.ledger.append([replace(event, at=ahead)])
    story.check_open()
    assert story.access.person_sign_in(story.desk) is not None
    story.check_closed()
    assert story.off(story.send()) <= A_LITTLE


def test_small_corrections_never_take_a_time_back(story: Story) -> None:
    times = []
    for correction in (0, -2, -4, 1, -4, 3):
        story.computer.wrong_by = correction * MINUTE
        times += [story.send() for _ in range(3)]
        story.computer.run(SECOND)
    assert times == sorted(times)


def test_times_go_back_where_a_clock_was_believed_that_was_ahead_and_lives_do_not(story: Story) -> None:
    story.computer.wrong_by = TO_2099
    story.send()
    story.computer.run(BELIEVED)
    assert story.send().year == 2099
    lived = story.ledger.clock.life()
    story.computer.wrong_by = timedelta()
    story.send()
    story.computer.run(BELIEVED)
    assert story.off(story.send()) <= A_LITTLE
    assert story.ledger.clock.life() > lived
    story.check_open()
    story.check_closed()


def test_the_time_that_the_computer_was_off_is_counted(story: Story) -> None:
    story.opened.close()
    story.computer.start_again(off=CODE_LIFE)
    story.start()
    assert story.access.link_for(code=story.fresh_code) is None
    assert story.access.person_sign_in(story.desk) is None
    assert story.access.client_sign_in(story.phone) is not None
    assert story.off(story.send()) <= A_LITTLE
    assert story.access.clock_jump() is None


def test_two_processes_agree(tmp_path: Path) -> None:
    computer = Computer()
    one, other = (Clock(computer.readings) for _ in range(2))
    with Ledger.open(tmp_path / "ledger.db", clock=one), Ledger.open(tmp_path / "ledger.db", clock=other):
        computer.wrong_by = DAY
        one.moment()
        computer.run(BELIEVED)
        assert one.now() - computer.true == DAY
        other.moment()
        stored = one.merge(None)
        other.merge(stored)
        assert other.moment() == one.moment()


def test_a_boot_without_a_name_goes_on_by_the_clock_alone() -> None:
    computer = Computer(boot="")
    first, second = Clock(computer.readings), Clock(computer.readings)
    stored = first.merge(None)
    computer.run(HOUR)
    second.restore(stored)
    assert second.now() == first.now()
    assert second.life() >= first.life()


@pytest.mark.parametrize("wrong_by", [TO_1970, -DAY, -HOUR, timedelta(), DAY])
def test_a_ledger_of_an_earlier_release_begins_with_its_latest_event(tmp_path: Path, wrong_by: timedelta) -> None:
    computer = Computer(wrong_by=wrong_by)
    path = tmp_path / "ledger.db"
    with Ledger.open(path) as ledger:
        sent = submission_received("C", form="f", version=1, definition="d", answers={}, at=utc(computer.true))
        ledger.append([sent])
    with closing(connect(path)) as connection:
        connection.execute("DELETE FROM clock")
    with Ledger.open(path, clock=Clock(computer.readings)) as ledger:
        assert ledger.clock.now() >= computer.true
        assert ledger.clock.life() >= utc(computer.true)


def test_a_running_time_that_goes_back_takes_nothing_back() -> None:
    computer = Computer()
    ours = Clock(computer.readings)
    before = ours.moment()
    computer.running -= DAY  # a virtual machine was put back
    assert ours.moment() >= before


def test_the_real_computer_is_read() -> None:
    readings = clock.SYSTEM
    assert readings.wall() > 1_700_000_000_000
    assert readings.running() <= readings.running()
    assert readings.boot() == readings.boot()
