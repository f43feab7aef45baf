from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Message

from collector.middleware.body_limits import BodyLimits


async def read(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


def app() -> Starlette:
    return Starlette(
        routes=[Route("/", read, methods=["POST"])],
        middleware=[Middleware(BodyLimits, most=1000)],
    )


def chunks(count: int) -> Iterator[bytes]:
    for _ in range(count):
        yield b"x" * 100


@pytest.mark.parametrize(("length", "status"), [(0, 200), (999, 200), (1000, 200), (1001, 413), (10**6, 413)])
def test_a_declared_length_is_bounded(length: int, status: int) -> None:
    assert TestClient(app()).post("/", content=b"x" * length).status_code == status


@pytest.mark.parametrize(("count", "status"), [(10, 200), (11, 413), (1000, 413)])
def test_a_chunked_body_is_bounded(count: int, status: int) -> None:
    assert TestClient(app()).post("/", content=chunks(count)).status_code == status


def roomy(endpoint: Callable[[Request], Awaitable[Response]]) -> TestClient:
    routes = [Route("/", endpoint, methods=["POST"])]
    limits = Middleware(BodyLimits, most=1000, larger=lambda scope: 5000, large=6000)
    return TestClient(Starlette(routes=routes, middleware=[limits]))


@pytest.mark.parametrize(("length", "status"), [(1000, 200), (5000, 200), (5001, 413)])
def test_a_request_that_may_carry_more_can(length: int, status: int) -> None:
    assert roomy(read).post("/", content=b"x" * length).status_code == status
    assert roomy(read).post("/", content=iter([b"x" * length])).status_code == status


def test_large_bodies_are_bounded_together_and_their_room_is_handed_back() -> None:
    async def meanwhile(request: Request) -> PlainTextResponse:
        """Send another large body while this one is still held."""
        body = await request.body()
        if body.startswith(b"x"):
            second = await asyncio.to_thread(client.post, "/", content=b"y" * 2000)
            return PlainTextResponse(f"{second.status_code} {second.headers.get('retry-after')}")
        return PlainTextResponse("")

    client = roomy(meanwhile)
    assert client.post("/", content=b"x" * 4500).text == "503 20"
    assert client.post("/", content=b"x" * 3500).text == "200 None"
    assert client.post("/", content=b"y" * 5000).status_code == 200


def test_a_body_declared_too_large_is_not_read() -> None:
    statuses = asyncio.run(converse([], length=10**9))
    assert statuses == [413]


async def converse(messages: list[Message], length: int) -> list[int]:
    """Send only these messages and return the statuses of the responses."""
    statuses: list[int] = []
    left = list(messages)

    async def receive() -> Message:
        if not left:
            await asyncio.sleep(3600)
        return left.pop(0)

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    headers = [(b"content-length", str(length).encode())]
    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": headers}
    async with asyncio.timeout(2):
        await app()(scope, receive, send)
    return statuses
