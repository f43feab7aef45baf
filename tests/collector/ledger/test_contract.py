"""What every ledger engine guarantees; a new engine needs one line in conftest.py."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from collector.errors import IdTaken, LedgerError, LedgerUnavailable, Refused, Unstorable
from collector.ledger.events import Event, Kind, Receipt, by_person, client_added, member_added, person_added
from collector.ledger.ledger import Ledger
from collector.ledger.tokens import new_id

CHARLIE = "K7M3QX"
CANARY = "canary-in-an-answer"


@pytest.fixture
def ledger(open_ledger: Callable[[], Ledger]) -> Iterator[Ledger]:
    with open_ledger() as ledger:
        yield ledger


def sent(id: str = "", client: str = CHARLIE, at: str = "", **answers: Any) -> Event:
    data = {"form": "abc", "answers": answers}
    return Event(Kind.submission_received, data, client, id or new_id(), at)


def test_an_event_is_read_as_it_was_appended(ledger: Ledger) -> None:
    answers: dict[str, Any] = {
        "z": "first",
        "a": ["ü", "日本", "\x00", "\u202e"],
        "n": {"x": None, "y": [1, 1.5, True]},
    }
    (receipt,) = ledger.append([sent("one", **answers)])
    (recorded,) = ledger.read(0)
    assert (recorded.seq, recorded.at) == (receipt.seq, receipt.at)
    assert (recorded.id, recorded.kind, recorded.client) == ("one", "submission_received", CHARLIE)
    assert recorded.data == {"form": "abc", "answers": answers}
    assert list(recorded.data["answers"]) == ["z", "a", "n"], "the order of keys is the form's"


def test_receipts_have_rising_numbers_and_a_time(ledger: Ledger) -> None:
    receipts = [*ledger.append([sent(), sent()]), *ledger.append([sent()])]
    assert [receipt.seq for receipt in receipts] == [1, 2, 3]
    assert all(receipt.fresh for receipt in receipts)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", receipt.at) for receipt in receipts)


def test_an_event_from_elsewhere_keeps_its_own_time(ledger: Ledger) -> None:
    ledger.append([sent("one", at="2020-02-03T04:05:06.789Z")])
    assert ledger.read(0)[0].at == "2020-02-03T04:05:06.789Z"


def test_appending_nothing_returns_no_receipts(ledger: Ledger) -> None:
    assert ledger.append([]) == []
    assert ledger.last() == 0


def test_reading_continues_where_it_stopped(ledger: Ledger) -> None:
    ledger.append([sent(f"e{number}") for number in range(5)])
    assert [recorded.id for recorded in ledger.read(0, limit=2)] == ["e0", "e1"]
    assert [recorded.id for recorded in ledger.read(2, limit=2)] == ["e2", "e3"]
    assert [recorded.id for recorded in ledger.read(4)] == ["e4"]
    assert ledger.read(5) == []
    assert ledger.last() == 5


def test_the_events_of_one_client_can_be_read_alone(ledger: Ledger) -> None:
    ledger.append([sent("a"), sent("b", client="B2B2B2"), sent("c"), sent("d", client="")])
    assert [recorded.id for recorded in ledger.read(0, client=CHARLIE)] == ["a", "c"]
    assert [recorded.id for recorded in ledger.read(1, client=CHARLIE)] == ["c"]
    assert ledger.read(0, client="NOBODY") == []


def test_an_event_is_found_by_its_id(ledger: Ledger) -> None:
    ledger.append([sent("one", mood=3)])
    event = ledger.find("one")
    assert event is not None
    assert event.data["answers"] == {"mood": 3}
    assert ledger.find("two") is None


def test_a_submission_with_an_empty_list_of_marks_is_the_same_as_one_without(ledger: Ledger) -> None:
    """Submissions had such a list once; the page that sends one again may be from after that."""
    now = sent("one", mood=4)
    before = replace(now, data={**now.data, "marks": []})
    (first,) = ledger.append([before])
    assert ledger.append([now]) == [replace(first, fresh=False)]
    with pytest.raises(IdTaken):
        ledger.append([replace(before, data={**now.data, "marks": ["late"]})])


def test_the_same_event_again_gets_the_stored_receipt(ledger: Ledger) -> None:
    (first,) = ledger.append([sent("one", at="2020-02-03T04:05:06.789Z", mood=3, why="rain")])
    (again,) = ledger.append([sent("one", why="rain", mood=3)])
    assert first.fresh
    assert again == Receipt(first.seq, first.at, fresh=False)
    assert ledger.last() == 1


@pytest.mark.parametrize(
    "other",
    [
        sent("one", mood=2),
        sent("one", mood=1.0),
        sent("one", mood=True),
        sent("one", mood="1"),
        sent("one", mood=1, more=None),
        sent("one", client="B2B2B2", mood=1),
        Event(Kind.client_added, {"form": "abc", "answers": {"mood": 1}}, CHARLIE, id="one"),
    ],
    ids=["value", "decimal", "truth", "text", "key", "client", "kind"],
)
def test_the_same_id_with_other_content_is_refused(ledger: Ledger, other: Event) -> None:
    ledger.append([sent("one", mood=1)])
    with pytest.raises(IdTaken):
        ledger.append([other])
    assert [recorded.data["answers"] for recorded in ledger.read(0)] == [{"mood": 1}]


def test_several_events_are_appended_together_or_not_at_all(ledger: Ledger) -> None:
    ledger.append([sent("taken", mood=1)])
    with pytest.raises(IdTaken):
        ledger.append([sent("before"), sent("taken", mood=2), sent("after")])
    assert [recorded.id for recorded in ledger.read(0)] == ["taken"]
    ledger.append([sent("before"), sent("taken", mood=1), sent("after")])
    assert [recorded.id for recorded in ledger.read(0)] == ["taken", "before", "after"]


def test_an_event_twice_in_one_call_is_stored_once(ledger: Ledger) -> None:
    first, second = ledger.append([sent("one", mood=1), sent("one", mood=1)])
    assert (first.fresh, second.fresh) == (True, False)
    assert first.seq == second.seq
    assert ledger.last() == 1


async def _all_at_once(ledger: Ledger, events: list[Event]) -> list[list[Receipt] | BaseException]:
    return await asyncio.gather(*(ledger.append_soon([event]) for event in events), return_exceptions=True)


def test_one_event_appended_a_hundred_times_at_once_is_one_row_and_one_receipt(ledger: Ledger) -> None:
    outcomes = asyncio.run(_all_at_once(ledger, [sent("one", mood=1) for _ in range(100)]))
    receipts = [outcome[0] for outcome in outcomes if isinstance(outcome, list)]
    assert len(receipts) == 100
    assert {(receipt.seq, receipt.at) for receipt in receipts} == {(1, ledger.read(0)[0].at)}
    assert sum(receipt.fresh for receipt in receipts) == 1
    assert ledger.last() == 1


def test_of_a_hundred_different_events_with_one_id_one_is_stored(ledger: Ledger) -> None:
    outcomes = asyncio.run(_all_at_once(ledger, [sent("one", mood=number) for number in range(100)]))
    assert sum(isinstance(outcome, list) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, IdTaken) for outcome in outcomes) == 99
    assert ledger.last() == 1


def test_a_refused_call_does_not_affect_its_neighbours(ledger: Ledger) -> None:
    ledger.append([sent("taken", mood=1)])
    no_caseload = client_added("B2B2B2", caseload="nowhere", label="")
    events = [sent("a"), sent("taken", mood=2), sent("b"), no_caseload, sent("c")]
    outcomes = asyncio.run(_all_at_once(ledger, events))
    assert [type(outcome) for outcome in outcomes] == [list, IdTaken, list, Refused, list]
    assert [recorded.id for recorded in ledger.read(0)] == ["taken", "a", "b", "c"]
    assert [recorded.seq for recorded in ledger.read(0)] == [1, 2, 3, 4]


def test_a_refused_call_of_several_events_leaves_no_gap_in_the_numbers(ledger: Ledger) -> None:
    """Plain events and events at the doors: the next call of the same batch gets the numbers that were refused."""
    ledger.append([sent("taken", mood=1)])
    no_caseload = client_added("B2B2B2", caseload="nowhere", label="")
    calls = [
        [sent("a")],
        [sent("b"), sent("c"), sent("taken", mood=2)],
        [sent("d"), sent("e"), no_caseload],
        [sent("b"), sent("f")],
    ]

    async def append() -> list[list[Receipt] | BaseException]:
        return await asyncio.gather(*map(ledger.append_soon, calls), return_exceptions=True)

    first, *refused, last = asyncio.run(append())
    assert [type(outcome) for outcome in refused] == [IdTaken, Refused]
    assert isinstance(first, list)
    assert isinstance(last, list)
    assert [(receipt.seq, receipt.fresh) for receipt in (*first, *last)] == [(2, True), (3, True), (4, True)]
    stored = [(recorded.seq, recorded.id) for recorded in ledger.read(0)]
    assert stored == [(1, "taken"), (2, "a"), (3, "b"), (4, "f")]


def test_a_refused_access_event_leaves_nothing_of_its_call(ledger: Ledger) -> None:
    person = replace(person_added("alice", name="Alice", password="$"), id="person")
    stranger = member_added("nowhere", "alice", role="therapist")
    with pytest.raises(Refused):
        ledger.append([sent("submission"), person, stranger])
    assert ledger.last() == 0
    assert ledger.append([person])[0].fresh, "the name was not kept by the refused call"


@pytest.mark.parametrize(
    "event",
    [
        sent(note=f"{CANARY} \ud800"),
        sent(note=float("nan"), other=CANARY),
        sent(note={CANARY}),
        sent(note=CANARY, client="\udfff"),
        sent("\ud800", note=CANARY),
        replace(sent(note=CANARY), by=by_person("\ud800")),
        sent(note=CANARY, at="yesterday"),
        sent(note=CANARY, at="2020-02-03T04:05:06Z"),
        Event(Kind.submission_received, {"note": CANARY}, id=""),
    ],
    ids=["surrogate", "nan", "set", "client", "id", "by", "time", "time without milliseconds", "no id"],
)
def test_data_that_cannot_be_stored_exactly_is_refused_without_repeating_it(ledger: Ledger, event: Event) -> None:
    with pytest.raises(Unstorable) as refusal:
        ledger.append([sent("neighbour"), event])
    assert CANARY not in repr(refusal.value)
    assert refusal.value.__context__ is None, "nor does the exception behind it"
    assert ledger.last() == 0


def test_two_ledgers_on_one_file_append_each_event_once(open_ledger: Callable[[], Ledger]) -> None:
    with open_ledger() as alices, open_ledger() as bobs:
        both = [ledger.submit([sent(f"e{number}")]) for number in range(200) for ledger in (alices, bobs)]
        receipts = [future.result()[0] for future in both]
        assert sum(receipt.fresh for receipt in receipts) == 200
        assert [recorded.seq for recorded in alices.read(0)] == list(range(1, 201))


def test_reading_never_goes_back(open_ledger: Callable[[], Ledger]) -> None:
    def append(ledger: Ledger) -> None:
        for _ in range(150):
            ledger.append([sent(), sent()])

    with open_ledger() as alices, open_ledger() as bobs, open_ledger() as reader:
        appending = [threading.Thread(target=append, args=(ledger,)) for ledger in (alices, bobs)]
        for thread in appending:
            thread.start()
        seen: list[int] = []
        while len(seen) < 600:
            seen += [recorded.seq for recorded in reader.read(seen[-1] if seen else 0, limit=7)]
        for thread in appending:
            thread.join()
    assert seen == list(range(1, 601)), "none passed over, none out of order"


def test_a_ledger_opened_again_holds_what_it_held(open_ledger: Callable[[], Ledger]) -> None:
    with open_ledger() as ledger:
        (first,) = ledger.append([sent("one", mood=1)])
    with open_ledger() as ledger:
        assert ledger.append([sent("one", mood=1)]) == [Receipt(first.seq, first.at, fresh=False)]
        assert ledger.append([sent("two")])[0].seq == 2


def test_a_closed_ledger_has_written_everything_it_accepted(
    open_ledger: Callable[[], Ledger],
) -> None:
    ledger = open_ledger()
    taken = [ledger.submit([sent()]) for _ in range(300)]
    ledger.close()
    ledger.close()
    assert {future.result()[0].seq for future in taken} == set(range(1, 301))
    for use in (lambda: ledger.append([sent()]), ledger.last):
        with pytest.raises(LedgerUnavailable):
            use()


def test_a_cancelled_append_does_not_delay_others(ledger: Ledger) -> None:
    async def leave_early() -> list[Receipt]:
        leaving = [asyncio.ensure_future(ledger.append_soon([sent(f"e{number}")])) for number in range(20)]
        await asyncio.sleep(0)
        for task in leaving:
            task.cancel()
        return await ledger.append_soon([sent("patient")])

    assert asyncio.run(leave_early())[0].fresh
    assert ledger.find("e19") is not None, "what was on its way is stored, and its re-send gets the receipt"


def test_many_threads_may_append_and_read(ledger: Ledger) -> None:
    problems: list[LedgerError] = []

    def use() -> None:
        try:
            for _ in range(20):
                (receipt,) = ledger.append([sent()])
                assert ledger.read(receipt.seq - 1, limit=1)[0].seq == receipt.seq
        except LedgerError as problem:
            problems.append(problem)

    threads = [threading.Thread(target=use) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    assert ledger.last() == 320
