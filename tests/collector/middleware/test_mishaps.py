from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from collector.middleware.mishaps import Mishaps


async def stumble(request: Request) -> PlainTextResponse:
    raise ValueError(f"cannot read {(await request.body()).decode()!r}")


def test_an_unexpected_error_is_answered_and_logged_without_what_was_sent(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = Starlette(
        routes=[Route("/", stumble, methods=["POST"])],
        middleware=[Middleware(Mishaps, answer=PlainTextResponse("sorry", 500))],
    )
    answer = TestClient(app).post("/", content="canary")
    assert (answer.status_code, answer.text) == (500, "sorry")
    assert "ValueError" in caplog.text
    assert "stumble" in caplog.text
    assert "canary" not in caplog.text
