"""Who has access, and how soon it ends when it is withdrawn."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from collector.driver import connect, sqlite3
from collector.errors import LedgerUnavailable, Refused
from collector.ledger import tokens
from collector.ledger.access import Access, Caseload, Client, Link, Person
from collector.ledger.events import (
    Event,
    Kind,
    by_client,
    form_published,
    link_ended,
    member_added,
    member_removed,
    person_signed_out,
)
from collector.ledger.ledger import Ledger
from collector.settings import Settings
from collector.storage import DatabaseFile

if TYPE_CHECKING:
    from tests.collector.ledger.conftest import Clinic

CHARLIE = "K7M3QX"
LONG_AGO = "2020-01-01T00:00:00.000Z"


def test_a_client_belongs_to_a_caseload(clinic: Clinic, access: Access) -> None:
    assert access.client(CHARLIE) == Client(CHARLIE, "alice")
    assert access.client("NOBODY") is None
    clinic.add_client("B2B2B2", "bob")
    assert access.client("B2B2B2") == Client("B2B2B2", "bob")
    assert access.client(CHARLIE) == Client(CHARLIE, "alice")


def test_a_link_is_found_by_its_token_or_by_its_code_however_typed(clinic: Clinic, access: Access) -> None:
    token, code = clinic.make_link(CHARLIE)
    link = Link(clinic.links[CHARLIE], CHARLIE, "alice")
    for typed in (code, code.lower(), code.replace("-", " "), f" {code.replace('0', 'o')} "):
        assert access.link_for(code=typed) == link
    assert access.link_for(token=token) == link
    assert access.live_link(CHARLIE) == link.link


@pytest.mark.parametrize("door", [{"token": "x"}, {"code": "00000-00000"}, {"code": ""}, {"token": "\ud800"}])
def test_a_wrong_secret_finds_nothing(clinic: Clinic, access: Access, door: dict[str, str]) -> None:
    clinic.make_link(CHARLIE)
    assert access.link_for(**door) is None


def test_an_opened_link_signs_the_device_in(clinic: Clinic, access: Access) -> None:
    clinic.make_link(CHARLIE)
    phone, tablet = clinic.open_link(CHARLIE), clinic.open_link(CHARLIE)
    for device in (phone, tablet):
        session = access.client_sign_in(device)
        assert session is not None
        assert (session.client, session.caseload, session.link) == (CHARLIE, "alice", clinic.links[CHARLIE])
        assert session.sign_in == tokens.hash_token(device)
    assert access.client_sign_in("something else") is None


def test_a_replaced_link_stops_at_once_with_every_device_that_opened_it(clinic: Clinic, access: Access) -> None:
    old_token, old_code = clinic.make_link(CHARLIE)
    old_link = clinic.links[CHARLIE]
    device = clinic.open_link(CHARLIE)
    token, _ = clinic.make_link(CHARLIE)
    assert access.link_for(token=old_token) is None
    assert access.link_for(code=old_code) is None
    assert access.client_sign_in(device) is None
    assert access.link_for(token=token) is not None
    with pytest.raises(Refused, match="not in use"):
        clinic.open_link(CHARLIE, link=old_link)


def test_an_ended_link_stops_at_once_with_every_device_that_opened_it(clinic: Clinic, access: Access) -> None:
    token, _ = clinic.make_link(CHARLIE)
    device = clinic.open_link(CHARLIE)
    clinic.append(link_ended(CHARLIE, link=clinic.links[CHARLIE]))
    assert access.link_for(token=token) is None
    assert access.client_sign_in(device) is None
    assert access.live_link(CHARLIE) is None
    with pytest.raises(Refused, match="not in use"):
        clinic.open_link(CHARLIE)
    with pytest.raises(Refused, match="not in use"):
        clinic.append(link_ended(CHARLIE, link=clinic.links[CHARLIE]))


def test_ending_one_link_leaves_other_clients_links(clinic: Clinic, access: Access) -> None:
    clinic.add_client("B2B2B2", "bob")
    clinic.make_link(CHARLIE)
    token, _ = clinic.make_link("B2B2B2")
    device = clinic.open_link("B2B2B2")
    clinic.make_link(CHARLIE)
    assert access.link_for(token=token) is not None
    assert access.client_sign_in(device) is not None


def test_a_link_cannot_be_opened_for_another_client(clinic: Clinic) -> None:
    clinic.add_client("B2B2B2", "bob")
    clinic.make_link(CHARLIE)
    with pytest.raises(Refused, match="not in use"):
        clinic.open_link("B2B2B2", link=clinic.links[CHARLIE])


def test_a_code_works_once_and_its_link_keeps_working(clinic: Clinic, access: Access) -> None:
    token, code = clinic.make_link(CHARLIE)
    device = clinic.open_link(CHARLIE, by="code")
    assert access.link_for(code=code) is None
    with pytest.raises(Refused, match="used"):
        clinic.open_link(CHARLIE, by="code")
    assert access.client_sign_in(device) is not None
    assert access.link_for(token=token) is not None
    clinic.open_link(CHARLIE)


def test_a_code_expires_after_72_hours(clinic: Clinic, access: Access) -> None:
    _, code = clinic.make_link(CHARLIE, at=LONG_AGO, code_expires="2020-01-04T00:00:00.000Z")
    assert access.link_for(code=code) is None
    with pytest.raises(Refused, match="too old"):
        clinic.open_link(CHARLIE, by="code")


def test_the_sign_in_of_a_client_expires(clinic: Clinic, access: Access) -> None:
    clinic.make_link(CHARLIE)
    device = clinic.open_link(CHARLIE, at=LONG_AGO, expires="2020-06-01T00:00:00.000Z")
    assert access.client_sign_in(device) is None


def test_the_sign_in_of_a_person_expires_or_ends_by_signing_out(clinic: Clinic, access: Access) -> None:
    expired = clinic.sign_in("alice", at=LONG_AGO, expires="2020-01-01T12:00:00.000Z")
    desk, laptop = clinic.sign_in("alice"), clinic.sign_in("alice")
    assert access.person_sign_in(expired) is None
    assert access.person_sign_in(desk) == Person("alice", "Alice")
    clinic.append(person_signed_out("alice", sign_in=tokens.hash_token(desk)))
    assert access.person_sign_in(desk) is None
    assert access.person_sign_in(laptop) == Person("alice", "Alice")
    clinic.append(person_signed_out("alice", sign_in=tokens.hash_token(desk)))


def test_a_sign_in_of_one_kind_gives_no_access_of_the_other(clinic: Clinic, access: Access) -> None:
    clinic.make_link(CHARLIE)
    assert access.person_sign_in(clinic.open_link(CHARLIE)) is None
    assert access.client_sign_in(clinic.sign_in("alice")) is None


def test_a_member_has_a_role_and_a_stranger_none(clinic: Clinic, access: Access, settings: Settings) -> None:
    def role(person: str) -> str | None:
        with closing(connect(settings.ledger, read_only=True)) as ledger:
            rows = ledger.execute("SELECT role FROM members WHERE (person, caseload) = (?, 'alice')", (person,))
            return next((str(role) for (role,) in rows), None)

    assert role("alice") == "therapist"
    assert role("bob") is None
    clinic.append(member_added("alice", "bob", role="cover"))
    assert role("bob") == "cover"
    clinic.append(member_added("alice", "bob", role="supervisor"))
    assert role("bob") == "supervisor"
    both = [Caseload("alice", "Alice's caseload"), Caseload("bob", "Bob's caseload")]
    assert access.caseloads_of("bob") == both
    clinic.append(member_removed("alice", "bob"))
    assert role("bob") is None
    assert access.caseloads_of("bob") == both[1:]


def test_a_person_is_found_with_their_password_hash(clinic: Clinic, access: Access) -> None:
    alice = access.person("alice")
    assert alice is not None
    assert (alice.id, alice.name, alice.password) == ("alice", "Alice", "$argon2id$…")
    assert access.person("charlie") is None


def test_every_published_definition_is_stored_in_order(clinic: Clinic, access: Access) -> None:
    body = {"id": "abc", "choices": {"z": "Last first", "a": "ü"}}
    for _ in range(2):
        clinic.append(form_published(form="abc", version=1, definition="f" * 64, body=body))
    clinic.append(form_published(form="abc", version=2, definition="0" * 64, body={}))
    assert list(access.definition("f" * 64)["choices"]) == ["z", "a"]
    assert access.definition("f" * 64) == body
    assert access.definition("1" * 64) is None
    assert [json.loads(stored) for stored in access.bodies("abc").values()] == [body, {}]


HASHES = {"token": "a" * 64, "code": "b" * 64}


@pytest.mark.parametrize(
    ("kind", "client", "data"),
    [
        (Kind.caseload_added, "", {"caseload": "alice", "name": "Another"}),
        (Kind.caseload_added, "", {"caseload": "../alice", "name": "A path"}),
        (Kind.caseload_added, "", {"caseload": "ALICE", "name": "Another"}),
        (Kind.caseload_added, "", {"caseload": "", "name": "Nothing"}),
        (Kind.person_added, "", {"person": "alice", "name": "Another", "password": "$"}),
        (Kind.person_added, "", {"person": "dora", "name": "No password"}),
        (Kind.person_added, "", {"person": "dora", "name": None, "password": "$"}),
        (Kind.member_added, "", {"caseload": "alice", "person": "nobody", "role": "cover"}),
        (Kind.member_added, "", {"caseload": "nowhere", "person": "bob", "role": "cover"}),
        (Kind.member_added, "", {"caseload": "alice", "person": "bob", "role": "owner"}),
        (Kind.member_removed, "", {"caseload": "alice", "person": "bob"}),
        (Kind.person_signed_in, "", {"person": "nobody", "sign_in": "c" * 64, "expires": LONG_AGO}),
        (Kind.person_signed_in, "", {"person": "alice", "sign_in": "raw", "expires": LONG_AGO}),
        (Kind.person_signed_in, "", {"person": "alice", "sign_in": "c" * 64, "expires": "never"}),
        (
            Kind.person_signed_in,
            "",
            {"person": "alice", "sign_in": "c" * 64, "expires": "9999-01-01T00:00:00.000Z"},
        ),
        (Kind.client_added, CHARLIE, {"caseload": "bob", "label": ""}),
        (Kind.client_added, CHARLIE.lower(), {"caseload": "bob", "label": ""}),
        (Kind.client_added, "B2B2B2", {"caseload": "nowhere", "label": ""}),
        (Kind.client_added, "", {"caseload": "alice", "label": ""}),
        (Kind.client_added, "a/b", {"caseload": "alice", "label": ""}),
        (Kind.link_made, "NOBODY", {"link": "l", **HASHES, "code_expires": LONG_AGO}),
        (Kind.link_made, CHARLIE, {"link": "l", **HASHES, "code_expires": "2999-01-01T00:00:00.000Z"}),
        (Kind.link_made, CHARLIE, {"link": "l", **HASHES, "token": "raw", "code_expires": LONG_AGO}),
        (Kind.link_ended, CHARLIE, {"link": "unknown"}),
        (
            Kind.link_opened,
            CHARLIE,
            {"link": "unknown", "by": "token", "sign_in": "c" * 64, "expires": LONG_AGO},
        ),
        (Kind.form_published, "", {"form": "abc", "version": "one", "definition": "f", "body": {}}),
    ],
)
def test_an_event_that_contradicts_the_ledger_is_refused_and_not_recorded(
    clinic: Clinic, ledger: Ledger, kind: Kind, client: str, data: dict[str, str]
) -> None:
    before = ledger.last()
    with pytest.raises(Refused):
        clinic.append(Event(kind, data, client))
    assert ledger.last() == before


@pytest.mark.parametrize("by", ["mail scanner", "", None])
def test_a_link_is_opened_only_by_token_or_code(clinic: Clinic, by: str) -> None:
    clinic.make_link(CHARLIE)
    with pytest.raises(Refused, match="token"):
        clinic.open_link(CHARLIE, by=by)


def test_a_sign_in_longer_than_the_policy_is_refused(clinic: Clinic) -> None:
    clinic.make_link(CHARLIE)
    with pytest.raises(Refused, match="180 days"):
        clinic.open_link(CHARLIE, expires="2999-01-01T00:00:00.000Z")


class TestWhoSends:
    """The ledger asks for a sign-in in the transaction that stores what it sends."""

    def send(self, clinic: Clinic, token: str, client: str = CHARLIE) -> None:
        event = Event(Kind.submission_received, {}, client=client, by=by_client(tokens.hash_token(token)))
        clinic.ledger.append([event])

    def refuse(self, clinic: Clinic, token: str, client: str = CHARLIE) -> None:
        before = clinic.ledger.last()
        with pytest.raises(Refused, match="signed in no more"):
            self.send(clinic, token, client)
        assert clinic.ledger.last() == before

    def test_a_device_that_is_signed_in_sends(self, clinic: Clinic) -> None:
        clinic.make_link(CHARLIE)
        self.send(clinic, clinic.open_link(CHARLIE))
        assert clinic.ledger.read(clinic.ledger.last() - 1)[0].client == CHARLIE

    def test_an_ended_link_sends_nothing(self, clinic: Clinic) -> None:
        clinic.make_link(CHARLIE)
        token = clinic.open_link(CHARLIE)
        clinic.append(link_ended(CHARLIE, link=clinic.links[CHARLIE]))
        self.refuse(clinic, token)

    def test_a_replaced_link_sends_nothing(self, clinic: Clinic) -> None:
        clinic.make_link(CHARLIE)
        token = clinic.open_link(CHARLIE)
        clinic.make_link(CHARLIE)
        self.refuse(clinic, token)

    def test_an_expired_sign_in_sends_nothing(self, clinic: Clinic) -> None:
        clinic.make_link(CHARLIE)
        token = clinic.open_link(CHARLIE, at=LONG_AGO, expires="2020-02-01T00:00:00.000Z")
        self.refuse(clinic, token)

    def test_nobody_sends_in_the_name_of_another(self, clinic: Clinic) -> None:
        clinic.add_client("B2B2B2", "bob")
        clinic.make_link(CHARLIE)
        token = clinic.open_link(CHARLIE)
        self.refuse(clinic, token, "B2B2B2")
        self.refuse(clinic, token, "")

    def test_a_therapist_or_a_made_up_sign_in_sends_nothing(self, clinic: Clinic) -> None:
        clinic.make_link(CHARLIE)
        self.refuse(clinic, clinic.sign_in("alice"))
        self.refuse(clinic, "made up")


def test_expired_sign_ins_do_not_pile_up(clinic: Clinic, ledger: Ledger, settings: Settings) -> None:
    for day in range(1, 9):
        clinic.sign_in("alice", at=f"2020-01-0{day}T00:00:00.000Z", expires=f"2020-01-0{day}T12:00:00.000Z")
    with closing(connect(settings.ledger, read_only=True)) as connection:
        assert connection.execute("SELECT count(*) FROM sign_ins").fetchall() == [(1,)]


def test_every_access_check_uses_an_index(clinic: Clinic, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    connect_without_listening = DatabaseFile.connect

    def connect_and_listen(file: DatabaseFile, **how: Any) -> sqlite3.Connection:
        connection = connect_without_listening(file, **how)
        connection.set_trace_callback(asked.append)
        return connection

    monkeypatch.setattr(DatabaseFile, "connect", connect_and_listen)
    with Access(DatabaseFile(settings.ledger)) as access:
        access.client_sign_in("token")
        access.person_sign_in("token")
        access.link_for(token="token")
        access.link_for(code="code")
        access.live_link(CHARLIE)
        access.person("alice")
        access.is_device("device", "alice")
        access.caseloads_of("alice")
        access.client(CHARLIE)
        access.definition("f" * 64)
    assert len(asked) == 11  # the clock's row is read once
    with closing(connect(settings.ledger, read_only=True)) as connection:
        for question in asked:
            steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {question}").fetchall()]
            assert steps, question
            assert not [step for step in steps if step.startswith("SCAN")], question


def test_access_can_be_opened_before_the_ledger_exists(tmp_path: Path) -> None:
    with Access(DatabaseFile(tmp_path / "ledger.db")) as access:
        with pytest.raises(LedgerUnavailable):
            access.client_sign_in("token")
        with Ledger.open(tmp_path / "ledger.db"):
            assert access.client_sign_in("token") is None


def test_access_works_when_nobody_has_the_ledger_open(clinic: Clinic, ledger: Ledger, settings: Settings) -> None:
    ledger.close()
    with Access(DatabaseFile(settings.ledger)) as access:
        assert access.caseloads_of("alice") == [Caseload("alice", "Alice's caseload")]
    with pytest.raises(LedgerUnavailable):
        access.caseloads_of("alice")
