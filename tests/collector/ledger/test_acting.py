"""Every event has who acted, and the ledger checks in the transaction that stores it whether they may.

No projector runs here: what a caseload file says has no part in it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlite_utils import Database

from collector.driver import connect, sqlite3
from collector.errors import LedgerError, Refused
from collector.ledger import tokens
from collector.ledger.events import (
    CLIENT,
    COMMAND,
    SYSTEM,
    By,
    Event,
    Kind,
    Receipt,
    by_person,
    caseload_added,
    client_added,
    form_published,
    link_ended,
    link_made,
    member_added,
    member_removed,
    person_added,
    person_signed_in,
    person_signed_out,
    submission_received,
)
from collector.ledger.ledger import Ledger
from collector.ledger.schema import migrations

from .conftest import CHARLIE, Clinic

LONG_AGO = "2020-01-01T00:00:00.000Z"
SIGNED_OUT, NO_PART = "signed in no more", "does not include this"


@pytest.fixture
def ledger(open_ledger: Callable[[], Ledger]) -> Iterator[Ledger]:
    with open_ledger() as ledger:
        yield ledger


def entered(by: By, client: str = CHARLIE) -> Event:
    """Return a sheet that somebody enters for a client."""
    return submission_received(client, form="abc", version=1, definition="f" * 64, answers={}, by=by)


def acting(clinic: Clinic, person: str = "alice") -> By:
    """Sign a person in, and return them as one who acts."""
    return by_person(person, tokens.hash_token(clinic.sign_in(person)))


def refuse(clinic: Clinic, event: Event, reason: str) -> None:
    before = clinic.ledger.last()
    with pytest.raises(Refused, match=reason):
        clinic.ledger.append([event])
    assert clinic.ledger.last() == before


@pytest.mark.parametrize("by", [CLIENT, COMMAND, SYSTEM, by_person("alice")], ids=lambda by: by.text)
def test_who_acted_is_read_as_it_was_appended(ledger: Ledger, by: By) -> None:
    event = entered(by)
    ledger.append([event])
    assert ledger.read(0)[0].by == by
    stored = ledger.find(event.id)
    assert stored is not None
    assert stored.by == by


def test_a_sign_in_is_never_stored(clinic: Clinic) -> None:
    by = acting(clinic)
    clinic.append(entered(by))
    stored = clinic.ledger.read(clinic.ledger.last() - 1)[0]
    assert (stored.by.person, stored.by.sign_in) == ("alice", "")


def test_the_same_event_by_somebody_else_is_the_same_event(ledger: Ledger) -> None:
    """A definition is published by the command line, and again when a collector starts."""
    event = form_published(form="abc", version=1, definition="f" * 64, body={})
    ledger.append([event])
    (again,) = ledger.append([replace(event, by=SYSTEM)])
    assert not again.fresh
    assert ledger.read(0)[0].by == COMMAND


@pytest.mark.parametrize("role", ["therapist", "cover"])
def test_a_member_who_looks_after_the_client_may_act(clinic: Clinic, role: str) -> None:
    clinic.append(member_added("alice", "bob", role=role))
    clinic.append(entered(acting(clinic, "bob")))
    assert clinic.ledger.read(clinic.ledger.last() - 1)[0].by == by_person("bob")


def test_a_supervisor_reads_and_does_not_act(clinic: Clinic) -> None:
    clinic.append(member_added("alice", "bob", role="supervisor"))
    refuse(clinic, entered(acting(clinic, "bob")), NO_PART)


def test_nobody_may_store_an_event_without_roles(clinic: Clinic) -> None:
    refuse(clinic, replace(entered(acting(clinic)), roles=()), NO_PART)


def test_a_therapist_of_another_caseload_may_not_act(clinic: Clinic) -> None:
    refuse(clinic, entered(acting(clinic, "bob")), NO_PART)


def test_a_removed_member_may_not_act(clinic: Clinic) -> None:
    by = acting(clinic)
    clinic.append(entered(by))
    clinic.append(member_removed("alice", "alice"))
    refuse(clinic, entered(by), NO_PART)


def test_an_unknown_client_is_in_no_caseload(clinic: Clinic) -> None:
    refuse(clinic, entered(acting(clinic), client="NOBODY"), NO_PART)


def test_a_person_who_signed_out_may_not_act(clinic: Clinic) -> None:
    by = acting(clinic)
    clinic.append(person_signed_out("alice", sign_in=by.sign_in))
    refuse(clinic, entered(by), SIGNED_OUT)


def test_an_expired_sign_in_does_not_act(clinic: Clinic) -> None:
    token = clinic.sign_in("alice", at=LONG_AGO, expires="2020-01-01T12:00:00.000Z")
    refuse(clinic, entered(by_person("alice", tokens.hash_token(token))), SIGNED_OUT)


def test_nobody_acts_as_somebody_else(clinic: Clinic) -> None:
    clinic.append(member_added("alice", "bob", role="therapist"))
    refuse(clinic, entered(by_person("alice", acting(clinic, "bob").sign_in)), SIGNED_OUT)
    refuse(clinic, entered(by_person("alice", "made up")), SIGNED_OUT)


def test_a_client_is_no_person(clinic: Clinic) -> None:
    clinic.make_link(CHARLIE)
    refuse(clinic, entered(by_person("alice", tokens.hash_token(clinic.open_link(CHARLIE)))), SIGNED_OUT)


def test_a_client_is_added_to_a_caseload_of_ones_own(clinic: Clinic) -> None:
    by = acting(clinic)
    clinic.append(client_added("B2B2B2", caseload="alice", label="", by=by))
    refuse(clinic, client_added("C3C3C3", caseload="bob", label="", by=by), NO_PART)


def test_an_event_without_caseload_and_roles_needs_only_a_sign_in(clinic: Clinic) -> None:
    by = acting(clinic)
    clinic.append(replace(person_signed_out("alice", sign_in=by.sign_in), by=by))
    refuse(clinic, replace(person_signed_out("alice", sign_in=by.sign_in), by=by), SIGNED_OUT)


def test_a_therapist_may_not_act_for_the_clinic(clinic: Clinic) -> None:
    by = acting(clinic)
    refuse(clinic, person_added("dora", name="Dora", password="$", by=by), NO_PART)
    refuse(clinic, member_added("alice", "bob", role="cover", by=by), NO_PART)
    refuse(clinic, member_removed("alice", "alice", by=by), NO_PART)


def test_a_change_of_access_applies_to_later_events_of_the_call(clinic: Clinic) -> None:
    by = acting(clinic)
    clinic.ledger.append([client_added("B2B2B2", caseload="alice", label="", by=by), entered(by, "B2B2B2")])
    before = clinic.ledger.last()
    with pytest.raises(Refused, match=NO_PART):
        clinic.ledger.append([member_removed("alice", "alice"), entered(by)])
    assert clinic.ledger.last() == before
    clinic.append(entered(by))  # the refused call has removed nobody


def test_a_change_of_access_applies_to_later_calls_of_the_batch(clinic: Clinic) -> None:
    by = acting(clinic)
    calls = [[entered(by)], [member_removed("alice", "alice")], [entered(by)], [entered(COMMAND)]]

    async def append() -> list[list[Receipt] | BaseException]:
        return await asyncio.gather(*map(clinic.ledger.append_soon, calls), return_exceptions=True)

    outcomes = asyncio.run(append())
    assert [isinstance(outcome, LedgerError) for outcome in outcomes] == [False, False, True, False]


OLD = (
    (person_added("alice", name="Alice", password="$"), COMMAND),
    (caseload_added("alice", "Alice"), COMMAND),
    (client_added(CHARLIE, caseload="alice", label=""), COMMAND),
    (link_made(CHARLIE, link="l", token="a", code="b", code_expires=LONG_AGO), COMMAND),
    (Event(Kind.link_opened, {"link": "l", "by": "code"}, CHARLIE), CLIENT),
    (entered(CLIENT), CLIENT),
    (person_signed_in("alice", sign_in="s1", expires=LONG_AGO), by_person("alice")),
    (person_signed_in("bob", sign_in="s2", expires=LONG_AGO), by_person("bob")),
    (person_signed_out("", sign_in="s1"), by_person("alice")),
    (person_signed_out("", sign_in="of nobody"), COMMAND),
    (form_published(form="abc", version=1, definition="f", body={}), COMMAND),
    (link_ended(CHARLIE, link="l"), COMMAND),
)


def test_events_of_an_older_ledger_get_who_acted(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with closing(connect(path)) as connection:
        migrations.apply(Database(connection, execute_plugins=False), stop_before="who_acted")
        for seq, (event, _) in enumerate(OLD, 1):
            row = (seq, event.id, event.kind, event.client, LONG_AGO, json.dumps(event.data))
            connection.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)", row)
        connection.commit()
    with Ledger.open(path) as ledger:
        assert [event.by for event in ledger.read(0)] == [by for _, by in OLD]
        assert ledger.append([OLD[5][0]])[0].fresh is False


def steps_to_migrate(sign_ins: int) -> int:
    """Return the thousands of SQLite's steps that it takes to find who acted in an older ledger."""
    steps: list[None] = []
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        database = Database(connection, execute_plugins=False)
        migrations.apply(database, stop_before="who_acted")
        for number in range(sign_ins):
            for kind in (Kind.person_signed_in, Kind.person_signed_out):
                data = json.dumps({"person": "alice", "sign_in": str(number)})
                row = (None, f"{kind} {number}", kind, "", LONG_AGO, data)
                connection.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)", row)
        connection.set_progress_handler(lambda: steps.append(None), 1_000)
        migrations.apply(database)
    return len(steps)


def test_the_work_for_an_older_ledger_grows_with_its_length_alone() -> None:
    """A clinic has tens of thousands of sign-ins, and nothing can be sent while the ledger is migrated."""
    assert steps_to_migrate(1_200) < 5 * steps_to_migrate(300)
