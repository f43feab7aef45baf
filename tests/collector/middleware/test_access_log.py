from __future__ import annotations

import io
import json
import time

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from collector.middleware import access_log
from collector.middleware.access_log import FLUSH_EVERY, MOST_REFUSED, AccessLog


async def answer(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"you sent {(await request.body()).decode()}", 201)


def test_a_request_is_logged_as_one_line_without_anything_sent() -> None:
    stream = io.StringIO()
    app = Starlette(
        routes=[Route("/forms/{form}", answer, methods=["POST"])],
        middleware=[Middleware(AccessLog, room="collect", stream=stream)],
    )
    with TestClient(app) as client:
        client.post("/forms/phq9?q=canary", content="canary", headers={"x-told": "canary", "referer": "canary"})
        client.get("/nowhere/%22quoted%22%0A")
    first, second = (json.loads(line) for line in stream.getvalue().splitlines())
    assert set(first) == {"at", "room", "method", "path", "status", "ms", "bytes"}
    assert first["room"] == "collect"
    assert (first["method"], first["path"], first["status"]) == ("POST", "/forms/phq9", 201)
    assert first["bytes"] == len("you sent canary")
    assert 0 <= first["ms"] < 1000
    assert (second["path"], second["status"]) == ('/nowhere/"quoted"\n', 404)
    assert "canary" not in stream.getvalue()


def test_a_line_is_written_while_the_server_runs() -> None:
    stream = io.StringIO()
    app = Starlette(middleware=[Middleware(AccessLog, room="collect", stream=stream)])
    with TestClient(app) as client:
        client.get("/")
        time.sleep(2 * FLUSH_EVERY)
        assert stream.getvalue().count("\n") == 1


def lines_after(*paths: str) -> list[dict[str, object]]:
    """Return the lines of a log after requests for these paths, one after the other, and a stop."""
    stream = io.StringIO()
    app = Starlette(
        routes=[Route("/there/{rest:path}", answer)],
        middleware=[Middleware(AccessLog, room="collect", stream=stream)],
    )
    with TestClient(app) as client:
        for path in paths:
            client.get(path)
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_burst_is_one_line_after_its_first_with_how_many() -> None:
    first, other, rest = lines_after("/there/x", "/there/y", *["/there/x"] * 300)
    assert (first["path"], other["path"], rest["path"]) == ("/there/x", "/there/y", "/there/x")
    assert "times" not in first
    assert rest["times"] == 300
    assert rest["bytes"] == 300 * len("you sent ")
    assert isinstance(rest["at"], float)


def test_what_is_asked_twice_has_two_lines() -> None:
    first, second = lines_after("/there/x", "/there/x")
    assert set(first) == set(second)


def test_whoever_guesses_addresses_does_not_fill_the_log() -> None:
    lines = lines_after(*[f"/{number}" for number in range(1_000)], "/there/x")
    assert len(lines) == MOST_REFUSED + 3
    (others,) = (line for line in lines if "times" in line)
    assert (others["path"], others["status"], others["times"]) == ("…", 404, 1_000 - MOST_REFUSED - 1)
    assert "/there/x" in [line["path"] for line in lines]


def test_a_burst_that_goes_on_is_told_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access_log, "BURST", 0.2)
    stream = io.StringIO()
    app = Starlette(middleware=[Middleware(AccessLog, room="collect", stream=stream)])
    asked = 0
    with TestClient(app) as client:
        deadline = time.monotonic() + 20
        while stream.getvalue().count("times") < 3 and time.monotonic() < deadline:
            client.get("/")
            asked += 1
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert "times" not in lines[0]
    assert sum(line.get("times", 1) for line in lines) == asked


def test_a_line_is_short_however_long_the_path_is() -> None:
    stream = io.StringIO()
    app = Starlette(middleware=[Middleware(AccessLog, room="collect", stream=stream)])
    with TestClient(app) as client:
        client.get("/" + "x" * 30_000)
        client.get("/" + "%F0%9F%99%82" * 3_000)
        client.get("/" + "%00%0A%1B%22" * 3_000)
        client.request("X" * 3_000, "/")
    for line in stream.getvalue().splitlines():
        assert len(line) < 1_000
        assert line.isascii()
        assert json.loads(line)["status"] in (404, 405)
