"""Signing in by name and password lasts half an hour without a request, and twelve hours at most."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from collector import people
from collector.ledger.events import Kind, by_person, person_signed_in
from collector.ledger.tokens import hash_token
from collector.review import attempts, cookies, line
from collector.review.line import Line
from tests.cases.clocks import Computer

from .conftest import PASSWORD, Clinic


def sign_in(visitor: TestClient, name: str = "alice", password: str = PASSWORD, following: str = "") -> tuple[int, str]:
    answer = visitor.post("/sign-in", data={"name": name, "password": password, "next": following})
    return answer.status_code, answer.headers.get("location", answer.text)


def test_looking_at_the_page_changes_nothing(clinic: Clinic, charlie: TestClient) -> None:
    before = clinic.ledger.last()
    for _ in range(5):
        page = charlie.get("/sign-in", params={"name": "alice", "password": PASSWORD, "next": "/c/alice/"})
        assert page.status_code == 200
        assert "set-cookie" not in page.headers
        assert charlie.head("/sign-in").status_code == 200
    assert clinic.ledger.last() == before
    assert charlie.get("/sign-out").status_code == 405


def test_name_and_password_sign_in(charlie: TestClient) -> None:
    answer = charlie.post("/sign-in", data={"name": " Alice ", "password": PASSWORD, "next": "/c/alice/caseload"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/c/alice/caseload")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("hw_person=")
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    assert charlie.get("/c/alice/").status_code == 200
    assert charlie.get("/sign-in").headers["location"] == "/"


def test_over_https_the_cookie_is_bound_to_this_host(make_clinic: Callable[..., Clinic]) -> None:
    clinic = make_clinic(https=True)
    answer = clinic.visitor().post("/sign-in", data={"name": "alice", "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-hw_person=")
    assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))
    assert "domain" not in cookie.lower()


def test_only_the_hash_of_the_token_is_stored(clinic: Clinic, alice: TestClient) -> None:
    token = alice.cookies["hw_person"].split(".")[0]
    (event,) = [event for event in clinic.ledger.read(0) if event.kind == Kind.person_signed_in]
    assert event.data["sign_in"] == hash_token(token)
    assert token not in str(event)
    assert event.by == by_person("alice")


@pytest.mark.parametrize(
    ("name", "password"),
    [("alice", "wrong"), ("nobody", PASSWORD), ("", ""), ("bob\0", PASSWORD), ("x" * 5_000, "y" * 5_000)],
)
def test_every_wrong_pair_gets_the_same_message(clinic: Clinic, charlie: TestClient, name: str, password: str) -> None:
    shown = re.compile(r'(?<= name="name" value=")[^"]*|(?<= required) autofocus')
    status, expected = sign_in(charlie, "somebody", "else")
    assert status == 403
    answer = charlie.post("/sign-in", data={"name": name, "password": password})
    assert (answer.status_code, shown.sub("", answer.text)) == (403, shown.sub("", expected))
    assert "set-cookie" not in answer.headers
    assert not clinic.events(Kind.person_signed_in)


def test_an_unknown_name_takes_as_long_as_a_wrong_password(clinic: Clinic) -> None:
    people.add_therapist(clinic.ledger, "Carla", password=PASSWORD)

    def took(name: str) -> float:
        started = time.process_time()
        assert sign_in(clinic.visitor(), name, "wrong")[0] == 403
        return time.process_time() - started

    known, unknown = (min(took(name) for _ in range(4)) for name in ("carla", "nobody"))
    assert 0.5 < unknown / known < 2


@pytest.mark.parametrize("body", [b"\xff\xfe", b"a=1&" * 50, b"name=alice", b"x" * 10_000, b""])
def test_a_malformed_post_does_not_sign_in(charlie: TestClient, body: bytes) -> None:
    assert charlie.post("/sign-in", content=body).status_code == 403


@pytest.mark.parametrize(
    "following",
    ["", "//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/\t/evil", "/a\r\nX: y"],
)
def test_a_sign_in_redirects_only_within_this_host(charlie: TestClient, following: str) -> None:
    assert sign_in(charlie, following=following) == (303, "/")


def test_what_was_typed_as_a_name_is_still_there(charlie: TestClient) -> None:
    page = charlie.post("/sign-in", data={"name": 'alic"><b>', "password": "wrong"}).text
    assert 'name="name" value="alic&#34;&gt;&lt;b&gt;"' in page
    assert "wrong" not in page


def test_strangers_who_try_a_name_do_not_shut_its_owner_out(clinic: Clinic) -> None:
    for number in range(60):
        assert sign_in(clinic.visitor(f"203.0.113.{number % 30}"), password="wrong")[0] == 403
    assert sign_in(clinic.visitor("192.0.2.9"))[0] == 303


def test_a_device_that_has_signed_in_before_gets_in_past_strangers_at_its_own_address(clinic: Clinic) -> None:
    clinic.attempts.line = Line(3600, time.monotonic)  # nobody waits for a slow turn here
    device = clinic.signed_in("alice")
    device.post("/sign-out")
    assert "hw_person" not in device.cookies
    use_up(clinic, "alice")
    assert sign_in(device)[0] == 303


def test_a_new_device_at_the_address_of_a_stranger_is_let_in_after_seconds(clinic: Clinic) -> None:
    use_up(clinic, "alice")
    assert sign_in(clinic.visitor())[0] == 303  # the first slow turn is at once


def test_who_has_to_wait_is_asked_to_for_seconds_whether_the_name_is_known_or_not(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "LONGEST_WAIT", 0.01)
    clinic.attempts.line = Line(3600, time.monotonic)
    waits = {}
    for name in ("alice", "nobody"):
        use_up(clinic, name)
        clinic.visitor().post("/sign-in", data={"name": name, "password": "wrong"})  # the one slow turn
        answers = [clinic.visitor().post("/sign-in", data={"name": name, "password": "wrong"}) for _ in range(8)]
        assert {answer.status_code for answer in answers} == {429}
        assert f'value="{name}"' in answers[0].text
        assert "second" in answers[0].text
        waits[name] = [int(answer.headers["retry-after"]) for answer in answers]
    assert waits["alice"] == waits["nobody"] == sorted(waits["alice"])
    assert (waits["alice"][0], waits["alice"][-1]) == (2, 8)


def use_up(clinic: Clinic, name: str) -> None:
    """Use up what is free for this name at the address that visitors have."""
    for _ in range(attempts.FREE_FOR_NAME):
        assert sign_in(clinic.visitor(), name, "wrong")[0] == 403


def test_a_device_is_remembered_for_the_person_who_signed_in_on_it_alone(clinic: Clinic) -> None:
    shared = clinic.signed_in("alice")
    device = shared.cookies["hw_device"]
    assert clinic.services.access.is_device(device, "alice")
    assert not clinic.services.access.is_device(device, "bob")
    assert not clinic.services.access.is_device("", "alice")
    assert sign_in(shared, "bob")[0] == 303
    assert shared.cookies["hw_device"] == device
    assert clinic.services.access.is_device(device, "bob")
    assert device not in str(clinic.ledger.read(0))


def test_a_device_signs_nobody_in(clinic: Clinic, alice: TestClient) -> None:
    thief = clinic.visitor()
    thief.cookies.set("hw_device", alice.cookies["hw_device"])
    assert thief.get("/c/alice/").status_code == 303
    assert sign_in(thief, password="wrong")[0] == 403


def test_a_browser_does_not_choose_the_value_that_its_device_is_known_by(clinic: Clinic) -> None:
    visitor = clinic.visitor()
    visitor.cookies.set("hw_device", "chosen")
    assert sign_in(visitor)[0] == 303
    assert not clinic.services.access.is_device("chosen")


def test_over_https_the_device_is_bound_to_this_host(make_clinic: Callable[..., Clinic]) -> None:
    answer = make_clinic(https=True).visitor().post("/sign-in", data={"name": "alice", "password": PASSWORD})
    (cookie,) = [each for each in answer.headers.get_list("set-cookie") if "hw_device" in each]
    assert cookie.startswith("__Host-hw_device=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax", "Max-Age=34560000"} <= set(cookie.split("; "))


def test_ending_all_sign_ins_of_a_person_ends_their_devices_too(clinic: Clinic, alice: TestClient) -> None:
    device = alice.cookies["hw_device"]
    people.end_sign_ins(clinic.ledger, "alice")
    assert alice.get("/c/alice/").status_code == 303
    assert not clinic.services.access.is_device(device)
    assert sign_in(clinic.visitor())[0] == 303


def test_sign_out_ends_the_sign_in_itself(clinic: Clinic, alice: TestClient) -> None:
    stolen = dict(alice.cookies)
    answer = alice.post("/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert "hw_person" not in alice.cookies
    thief = clinic.visitor()
    thief.cookies.update(stolen)
    assert thief.get("/c/alice/").status_code == 303
    assert thief.get("/c/alice/caseload.json").status_code == 401
    assert thief.post("/sign-out").status_code == 303  # again, to no harm
    assert clinic.events(Kind.person_signed_out) == 1
    assert clinic.ledger.read(clinic.ledger.last() - 1)[0].by == by_person("alice")


@pytest.mark.parametrize(
    "change", [lambda value: value[:-1] + "!", lambda value: value.split(".")[0], lambda value: ""]
)
def test_a_tampered_cookie_is_no_sign_in(clinic: Clinic, alice: TestClient, change: Callable[[str], str]) -> None:
    forger = clinic.visitor()
    forger.cookies.set("hw_person", change(alice.cookies["hw_person"]))
    assert forger.get("/c/alice/").status_code == 303


def test_half_an_hour_without_a_request_ends_it(computer: Computer, clinic: Clinic) -> None:
    alice = clinic.signed_in("alice")
    computer.run(cookies.IDLE - timedelta(seconds=5))
    assert alice.get("/c/alice/caseload.json").status_code == 200
    computer.run(cookies.IDLE - timedelta(seconds=5))
    assert alice.get("/c/alice/caseload.json").status_code == 200  # the request before renewed it
    computer.run(2 * cookies.IDLE)
    assert alice.get("/c/alice/caseload.json").status_code == 401


def test_the_cookie_is_renewed_once_a_minute_at_most(alice: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "set-cookie" not in alice.get("/c/alice/").headers
    monkeypatch.setattr(cookies, "RENEW_AFTER", timedelta(seconds=-1))
    for address in ("/c/alice/", "/c/alice/caseload/evening.json", "/c/bob/"):
        assert alice.get(address).headers["set-cookie"].startswith("hw_person=")


def test_twelve_hours_end_it(clinic: Clinic) -> None:
    token = "a-token-of-yesterday"
    at, expires = "2026-01-01T08:00:00.000Z", "2026-01-01T20:00:00.000Z"
    event = person_signed_in("alice", sign_in=hash_token(token), expires=expires)
    clinic.ledger.append([replace(event, at=at)])
    late = clinic.visitor()
    late.cookies.set("hw_person", clinic.services.cookies.value(token))
    assert late.get("/c/alice/").status_code == 303
