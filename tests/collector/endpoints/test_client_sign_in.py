from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from http.cookies import SimpleCookie

import pytest
from starlette.testclient import TestClient

from collector.endpoints.rates import Limits, Rate
from collector.ledger.events import CLIENT, Kind

from .conftest import DIARY, Clinic

HALF_A_YEAR = 180 * 24 * 3600


def test_looking_at_the_page_changes_nothing(clinic: Clinic, charlie: TestClient) -> None:
    token, code = clinic.invitations["Alice"].token, clinic.invitations["Alice"].code
    for _ in range(10):
        page = charlie.get("/open", params={"token": token, "code": code})
        assert page.status_code == 200
        assert "set-cookie" not in page.headers
        assert charlie.head("/open").status_code == 200
    assert not clinic.events(Kind.link_opened)
    assert charlie.post("/open", data={"code": code}).status_code == 303


def test_a_sheet_that_is_filled_in_with_a_clinician_is_not_offered(clinic: Clinic, alice: TestClient) -> None:
    clinic.rebuild(DIARY, replace(DIARY, id="plan", title="My plan", with_clinician=True))
    page = alice.get("/signed-in").text
    assert "/worksheets/diary/" in page
    assert "My plan" not in page


@pytest.mark.parametrize("by", ["token", "code"])
def test_a_link_or_a_code_signs_the_device_in(clinic: Clinic, charlie: TestClient, by: str) -> None:
    secret = getattr(clinic.invitations["Alice"], by)
    answer = charlie.post("/open", data={by: secret})
    assert (answer.status_code, answer.headers["location"]) == (303, "/signed-in")
    page = charlie.get("/signed-in")
    assert page.status_code == 200
    assert "Elm Street Clinic" in page.text
    assert "/worksheets/diary/" in page.text
    (opened,) = clinic.events(Kind.link_opened)
    assert opened.client == clinic.invitations["Alice"].client
    assert opened.data["by"] == by
    assert opened.by == CLIENT
    assert secret not in str(opened.data)
    assert charlie.cookies["hw_client"] not in str(opened.data)


def test_the_cookie_is_for_this_site_only_and_lasts_half_a_year(clinic: Clinic, charlie: TestClient) -> None:
    answer = charlie.post("/open", data={"token": clinic.invitations["Alice"].token})
    cookie = SimpleCookie(answer.headers["set-cookie"])["hw_client"]
    assert cookie["httponly"]
    assert not cookie["secure"]
    assert not cookie["domain"]
    assert (cookie["samesite"].lower(), cookie["path"]) == ("lax", "/")
    assert int(cookie["max-age"]) == HALF_A_YEAR


def test_over_https_the_cookie_is_bound_to_the_host(make_clinic: Callable[..., Clinic]) -> None:
    clinic = make_clinic(https=True)
    answer = clinic.visitor().post("/open", data={"token": clinic.invitations["Alice"].token})
    cookie = SimpleCookie(answer.headers["set-cookie"])["__Host-hw_client"]
    assert cookie["secure"]
    assert cookie["httponly"]
    assert not cookie["domain"]
    assert cookie["path"] == "/"
    plain = clinic.visitor()
    plain.cookies.set("hw_client", cookie.value)
    assert plain.get("/signed-in").headers["location"] == "/open"


def test_a_code_may_be_typed_as_people_type(clinic: Clinic, charlie: TestClient) -> None:
    typed = clinic.invitations["Alice"].code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert charlie.post("/open", data={"code": f"  {typed} "}).status_code == 303


def test_a_code_works_once_and_a_link_repeatedly(clinic: Clinic) -> None:
    invitation = clinic.invitations["Alice"]
    assert clinic.visitor().post("/open", data={"code": invitation.code}).status_code == 303
    assert clinic.visitor().post("/open", data={"code": invitation.code}).status_code == 403
    for _ in range(3):
        assert clinic.visitor().post("/open", data={"token": invitation.token}).status_code == 303


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"code": ""},
        {"token": ""},
        {"token": "x" * 43},
        {"code": "AAAAA-AAAAA"},
        {"code": "\u00e9\x00\U0001f642"},
        {"token": "\ud83d", "code": "x"},
        {"token": "' OR 1=1 --"},
        {"code": "x" * 10_000},
    ],
)
def test_whatever_is_wrong_the_answer_is_the_same(clinic: Clinic, charlie: TestClient, typed: dict[str, str]) -> None:
    usual = charlie.post("/open", data={"token": "wrong"})
    shown = re.compile(r'(?<=name="code" value=")[^"]*')
    body = {name: value.encode("utf-8", "surrogatepass") for name, value in typed.items()}
    answer = charlie.post("/open", data=body)
    assert (answer.status_code, shown.sub("", answer.text)) == (403, usual.text)
    assert "set-cookie" not in answer.headers
    assert "does not work" in answer.text
    assert not clinic.events(Kind.link_opened)


@pytest.mark.parametrize("by", ["token", "code"])
def test_an_ended_link_looks_like_one_that_never_existed(clinic: Clinic, charlie: TestClient, by: str) -> None:
    secret = getattr(clinic.invitations["Alice"], by)
    never = charlie.post("/open", data={by: "AAAA-AAAA-AAAA"})
    clinic.end_link("Alice")
    ended = charlie.post("/open", data={by: secret})
    assert (ended.status_code, ended.text.replace(secret, "AAAA-AAAA-AAAA")) == (never.status_code, never.text)


def test_a_thousand_wrong_codes_are_slowed_down_all_the_same_way(clinic: Clinic, charlie: TestClient) -> None:
    answers = [charlie.post("/open", data={"code": f"AAAA-AAAA-{number:04}"}) for number in range(1000)]
    assert [answer.status_code for answer in answers] == [403] * 30 + [429] * 970
    assert len({answer.text.replace(f"AAAA-AAAA-{number:04}", "") for number, answer in enumerate(answers)}) == 2
    assert {answer.headers["retry-after"] for answer in answers[30:]} == {"5"}
    assert "wait a few seconds" in answers[-1].text


@pytest.mark.parametrize("by", ["token", "code"])
def test_wrong_codes_from_a_waiting_room_shut_nobody_out(make_clinic: Callable[..., Clinic], by: str) -> None:
    clinic = make_clinic(Limits(wrong_codes=Rate(2, 600)))
    stranger, bob = clinic.visitor(), clinic.visitor()
    assert [stranger.post("/open", data={"code": "wrong"}).status_code for _ in range(4)] == [403, 403, 429, 429]
    assert bob.post("/open", data={"code": "a slip"}).status_code == 429
    assert bob.post("/open", data={by: getattr(clinic.invitations["Bob"], by)}).status_code == 303
    assert bob.get("/signed-in").status_code == 200


def test_a_code_with_a_slip_in_it_is_still_there_to_mend(charlie: TestClient) -> None:
    page = charlie.post("/open", data={"code": '7K2M-"><b>'}).text
    assert 'name="code" value="7K2M-&#34;&gt;&lt;b&gt;"' in page
    assert len(charlie.post("/open", data={"code": "x" * 9_000}).text) < 9_000


def test_a_successful_sign_in_does_not_count_as_a_guess(make_clinic: Callable[..., Clinic]) -> None:
    clinic = make_clinic(Limits(wrong_codes=Rate(2, 600)))
    for _ in range(5):
        clinic.signed_in("Alice")
    assert clinic.visitor().post("/open", data={"code": "wrong"}).status_code == 403


def test_another_site_cannot_sign_a_device_in(clinic: Clinic, charlie: TestClient) -> None:
    headers = {"sec-fetch-site": "cross-site"}
    answer = charlie.post("/open", data={"token": clinic.invitations["Alice"].token}, headers=headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_a_stranger_is_sent_to_the_sign_in_page(charlie: TestClient) -> None:
    answer = charlie.get("/signed-in")
    assert (answer.status_code, answer.headers["location"]) == (303, "/open")


def test_signing_out_ends_the_sign_in_of_this_device(alice: TestClient) -> None:
    answer = alice.post("/leave")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "hw_client" not in alice.cookies
    assert alice.get("/signed-in").status_code == 303


def test_signing_out_needs_a_post(alice: TestClient) -> None:
    assert alice.get("/leave").status_code == 404
    assert alice.get("/signed-in").status_code == 200
