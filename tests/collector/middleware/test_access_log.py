from __future__ import annotations

import io
import json
import time

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from collector.middleware.access_log import FLUSH_EVERY, AccessLog


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


def test_a_line_is_short_however_long_the_path_is() -> None:
    stream = io.StringIO()
    app = Starlette(middleware=[Middleware(AccessLog, room="collect", stream=stream)])
    with TestClient(app) as client:
        client.get("/" + "x" * 30_000)
        client.get("/" + "%F0%9F%99%82" * 3_000)
        client.request("X" * 3_000, "/")
    for line in stream.getvalue().splitlines():
        assert len(line) < 3_000
        assert json.loads(line)["status"] in (404, 405)
