"""What holds for every route of the collector."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from collector.middleware.access_log import FLUSH_EVERY

from .conftest import DIARY, PHQ2, Clinic, build_site

PAGE_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": ("camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
ROUTES = [
    ("GET", "/", 200, PAGE_POLICY, "no-cache"),
    ("GET", "/worksheets/diary/", 200, PAGE_POLICY, "no-cache"),
    ("GET", "/assets/open.js", 200, PAGE_POLICY, "no-cache"),
    ("GET", "/nothing", 404, PAGE_POLICY, "no-store"),
    ("GET", "/worksheets/diary", 307, PAGE_POLICY, "no-store"),
    ("GET", "/open", 200, PAGE_POLICY, "no-store"),
    ("POST", "/open", 403, PAGE_POLICY, "no-store"),
    ("GET", "/signed-in", 200, PAGE_POLICY, "no-store"),
    ("POST", "/leave", 303, PAGE_POLICY, "no-store"),
    ("GET", "/forms/diary", 303, PAGE_POLICY, "no-store"),
    ("POST", "/forms/diary", 415, PAGE_POLICY, "no-store"),
    ("GET", "/receipts/x", 404, PAGE_POLICY, "no-store"),
    ("DELETE", "/open", 405, PAGE_POLICY, "no-store"),
    ("GET", "/health", 200, DATA_POLICY, "no-store"),
    ("GET", "/openapi.json", 200, DATA_POLICY, "no-store"),
    ("GET", "/forms.json", 200, DATA_POLICY, "no-cache"),
]


@pytest.mark.parametrize(("method", "path", "status", "policy", "cache"), ROUTES)
def test_every_route_has_the_strict_headers(
    alice: TestClient, method: str, path: str, status: int, policy: str, cache: str
) -> None:
    answer = alice.request(method, path)
    assert answer.status_code == status
    assert {name: answer.headers[name] for name in ALWAYS} == ALWAYS
    assert answer.headers["content-security-policy"] == policy
    assert answer.headers["cache-control"] == cache
    assert "server" not in answer.headers
    assert "strict-transport-security" not in answer.headers
    assert "unsafe" not in answer.headers["content-security-policy"]


def test_over_https_browsers_must_keep_to_https(make_clinic: Callable[..., Clinic]) -> None:
    answer = make_clinic(https=True).visitor().get("/")
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


def test_inline_scripts_of_a_new_build_may_run_within_a_second(clinic: Clinic, charlie: TestClient) -> None:
    build_site(clinic.settings.site, DIARY, PHQ2, scripts=("'sha256-abc='", "'sha256-def='"))
    assert "sha256" not in charlie.get("/").headers["content-security-policy"]
    clinic.services.built_site.looked_at -= 1
    policy = charlie.get("/").headers["content-security-policy"]
    assert "script-src 'self' 'sha256-abc=' 'sha256-def=';" in policy


def test_an_unreadable_build_leaves_the_previous_one_in_place(clinic: Clinic, charlie: TestClient) -> None:
    charlie.get("/open")
    (clinic.settings.site / "shell.html").write_text("no markers", "utf-8")
    (clinic.settings.site / "forms.json").write_text("{", "utf-8")
    clinic.services.built_site.looked_at -= 1
    assert "· Clinic</title>" in charlie.get("/open").text
    assert charlie.get("/forms/diary").status_code == 303


def test_nothing_that_was_sent_is_logged(
    capsys: pytest.CaptureFixture[str],
    clinic: Clinic,
    alice: TestClient,
    charlie: TestClient,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    for sender in (alice, charlie):
        for body in ({"situation": "canary"}, {"believed": "canary"}, {"canary": "canary"}):
            sender.post("/forms/diary?canary=1", data=body)
            sender.post("/forms/diary", json={"id": "canary", "answers": body})
    sender.post("/open", data={"code": "canary"})
    time.sleep(2 * FLUSH_EVERY)
    written = capsys.readouterr()
    assert len(written.out.splitlines()) >= 5
    assert all(json.loads(line)["room"] == "collect" for line in written.out.splitlines())
    assert "canary" not in written.out + written.err
    ours = [record for record in caplog.records if not record.name.startswith("httpx")]
    assert "canary" not in " ".join(record.getMessage() for record in ours)


def test_an_unexpected_error_gets_a_calm_answer_of_the_usual_shape(
    clinic: Clinic, alice: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delattr(type(clinic.services.definitions), "form")  # any mistake of ours
    sent = {"id": "6f1c1b1e-3d65-4c38-a6b5-0c9fd5ac8f7b", "answers": {"situation": "canary"}}
    answer = alice.post("/forms/diary", json=sent)
    assert (answer.status_code, answer.json()["status"]) == (500, 500)
    assert answer.headers["x-content-type-options"] == "nosniff"
    page = alice.post("/forms/diary", data={"situation": "canary"})
    assert page.status_code == 500
    assert "It is not your fault" in page.text
    assert "canary" not in caplog.text
