from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from collector.middleware.same_origin import SameOrigin

METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]
UNSAFE = ["POST", "PUT", "PATCH", "DELETE"]
OURS = "http://clinic.example"


async def answer(request: Request) -> PlainTextResponse:
    return PlainTextResponse("done")


def client(https: bool = False) -> TestClient:
    refusal = PlainTextResponse("refused", 403)
    app = Starlette(
        routes=[Route("/", answer, methods=METHODS)],
        middleware=[Middleware(SameOrigin, refusal=refusal, https=https)],
    )
    return TestClient(app, base_url=OURS)


@pytest.mark.parametrize("method", UNSAFE)
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "none"}, 200),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "SAME-ORIGIN"}, 403),
        ({"sec-fetch-site": ""}, 403),
        # The browser's own word counts, whatever Origin says.
        ({"sec-fetch-site": "same-origin", "origin": "http://evil.example"}, 200),
        ({"sec-fetch-site": "cross-site", "origin": OURS}, 403),
        ({"origin": OURS}, 200),
        ({"origin": "http://clinic.example:80"}, 200),
        ({"origin": "HTTP://Clinic.Example"}, 200),
        ({"origin": "https://clinic.example"}, 403),
        ({"origin": "http://clinic.example:8080"}, 403),
        ({"origin": "http://clinic.example.evil.example"}, 403),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": ""}, 403),
        ({"origin": "http://clinic.example:port"}, 403),
        ({"origin": "file://"}, 403),
        ({"origin": OURS, "host": "other.example"}, 403),
        ({"origin": "null", "host": ""}, 403),
        ({"origin": "http://", "host": ""}, 403),
    ],
)
def test_requests_that_change_something_must_come_from_our_own_pages(
    method: str, headers: dict[str, str], status: int
) -> None:
    assert client().request(method, "/", headers=headers).status_code == status


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_pages_can_be_read_from_links_anywhere(method: str) -> None:
    headers = {"sec-fetch-site": "cross-site", "origin": "http://evil.example"}
    assert client().request(method, "/", headers=headers).status_code == 200


def test_behind_a_tls_proxy_the_origin_is_https() -> None:
    assert client(https=True).post("/", headers={"origin": "https://clinic.example"}).status_code == 200
    assert client(https=True).post("/", headers={"origin": "http://clinic.example"}).status_code == 403
