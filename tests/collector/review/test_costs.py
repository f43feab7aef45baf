"""Nor does a stranger's request make the review work for more than was sent."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

import pytest
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from collector.endpoints.rates import Turns
from collector.review.gateway import create_review
from tests.cases.costs import LONG_PATHS, Cost, Request, cost, dear, stuffed
from tests.collector.review.conftest import Clinic

PAGE = 32 * 1024  # bytes: the sign-in, and the largest file that the table asks for
ROUTES = (
    "/",
    "/sign-in",
    "/sign-out",
    "/static/review.css",
    "/static/nothing",
    "/c/alice/",
    "/c/alice/client/a/course",
)

# What looking at a password takes has limits of its own, so these are few.
SIGN_INS = ("thousands of pairs", "a long password", "a cookie of backslashes")


@pytest.fixture
def review(clinic: Clinic) -> Iterator[TestClient]:
    """A review without a limit on requests."""
    with TestClient(create_review(clinic.settings, asking=Turns(10**6, 10**6, 1))) as review:
        yield review


@pytest.fixture(autouse=True)
def traced() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


def costs(review: TestClient, request: Request) -> Cost:
    assert review.portal is not None
    taken: Cost = review.portal.call(cost, review.app, review.app_state, request)
    return taken


def test_every_route_is_in_the_table(clinic: Clinic) -> None:
    routes = [route for route in create_review(clinic.settings).routes if isinstance(route, Route | Mount)]
    paths = {route.path.replace("{form}", "diary").partition("{")[0] for route in routes}
    assert len(routes) > 5
    assert {path for path in paths if not any(known.startswith(path) for known in ROUTES)} == set()


@pytest.mark.parametrize("path", ROUTES)
def test_no_stuffed_request_costs_more_than_a_multiple_of_its_bytes(review: TestClient, path: str) -> None:
    costs(review, Request("GET", path))
    odd = {}
    for name, request in stuffed(path):
        if (request.method, path) == ("POST", "/sign-in") and name not in SIGN_INS:
            continue
        taken = costs(review, request)
        if (more := dear(request, taken, PAGE)) or taken.status >= 500:
            odd[f"{request.method} with {name}"] = taken.status, *more
    assert odd == {}


def test_a_long_path_costs_no_more(review: TestClient) -> None:
    costs(review, Request("GET", "/"))
    for method in ("GET", "POST"):
        for path in LONG_PATHS.values():
            request = Request(method, path, {"accept": "text/html"})
            assert dear(request, costs(review, request), PAGE) == []
