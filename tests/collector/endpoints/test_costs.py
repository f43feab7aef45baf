"""No request, from anybody, makes more work or memory than a small multiple of its own bytes."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import orjson
import pytest
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from collector.endpoints.app import create_app
from collector.endpoints.rates import Limits, Rate, Turns
from collector.ledger.tokens import new_id
from site_builder.forms.model.definition import Form, Section
from site_builder.forms.model.fields import Rating, Repeat
from tests.cases.costs import (
    AT_HAND,
    FORM_POST,
    JSON,
    LONG_PATHS,
    MEMORY,
    Cost,
    Request,
    cost,
    dear,
    filled,
    stuffed,
)
from tests.collector.endpoints.conftest import DIARY, Clinic

PAGE = 64 * 1024  # bytes: the description of the forms, and more than any page with the shell of these tests
FULL_SHEET = 300 * 1024  # the worksheet with all the rows that it admits
ROUTES = (
    "/", "/index.html", "/nowhere", "/shell.html", "/assets/face.woff2", "/open", "/signed-in", "/leave", "/health",
    "/metrics", "/openapi.json", "/forms/diary", "/forms/nothing", "/forms/diary/more", f"/receipts/{new_id()}",
)  # fmt: skip


@pytest.fixture
def clinic(make_clinic: Callable[..., Clinic]) -> Clinic:
    """A clinic without rate limits: what each request costs is measured, and not how many there may be."""
    never, at_once = Rate(10**6, 1), Turns(10**6, 10**6, 1)
    return make_clinic(Limits(link=never, stranger=never, wrong_codes=never, asking=at_once, refusing=at_once))


@pytest.fixture(autouse=True)
def traced() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


def costs(clinic: Clinic, request: Request) -> Cost:
    assert clinic.app.portal is not None
    taken: Cost = clinic.app.portal.call(cost, clinic.app.app, clinic.app.app_state, request)
    return taken


def test_every_route_is_in_the_table(clinic: Clinic) -> None:
    routes = [route for route in create_app(clinic.settings).routes if isinstance(route, Route | Mount)]
    paths = {route.path.replace("{form}", "diary").partition("{")[0] for route in routes}
    assert len(routes) > 5
    assert {path for path in paths if not any(known.startswith(path) for known in ROUTES)} == set()


@pytest.mark.parametrize("path", ROUTES)
def test_no_stuffed_request_costs_more_than_a_multiple_of_its_bytes(clinic: Clinic, path: str) -> None:
    costs(clinic, Request("GET", path))
    odd = {}
    for name, request in stuffed(path):
        taken = costs(clinic, request)
        if (more := dear(request, taken, PAGE)) or taken.status >= 500:
            odd[f"{request.method} with {name}"] = taken.status, *more
    assert odd == {}


@pytest.mark.parametrize("name", LONG_PATHS)
def test_a_long_path_costs_no_more(clinic: Clinic, name: str) -> None:
    costs(clinic, Request("GET", "/"))
    for method in ("GET", "POST"):
        request = Request(method, LONG_PATHS[name], {"accept": "text/html"})
        assert dear(request, costs(clinic, request), PAGE) == []


SHEETS = {
    "rows by the thousand": ("&".join(f"feelings.{row}.feeling=x" for row in range(1_990)), True),
    "far apart": ("&".join(f"feelings.{row}.feeling=x" for row in range(0, 9_999, 112)), True),
    "one row, of the last number": ("feelings.9999.feeling=x", True),
    "as many as are read whatever the form admits": ("&".join(f"feelings.{row}.feeling=x" for row in range(98)), True),
    "the same again": ("&".join(["situation=x"] * 98), True),
    "names that are none": ("&".join(f"a{number}=x" for number in range(98)), True),
    "signs that are escaped": (filled('"', 100_000, of="situation={}&thought={}&feelings.0.feeling={}"), True),
    "a long number": (filled("9", 250_000, of="believed.exact={}"), False),
    "a long number in other figures": (filled("٣", 250_000, of="believed.exact={}"), False),
    "a number of nothing visible": (filled("\u200b", 250_000, of="believed.exact={}"), False),
    "a text of nothing visible": (filled("\u200b", 250_000, of="thought={}"), False),
    "a number of thousands": (filled(",000", 250_000, of="believed.exact=1{}x"), False),
    "a number with spaces": (filled(" ", 250_000, of="believed.exact=1{}%25"), False),
}


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_costs_no_more_than_the_form_and_what_was_sent(clinic: Clinic, name: str) -> None:
    body, change = SHEETS[name]
    costs(clinic, Request("POST", "/forms/diary", FORM_POST, body=b"_change=1"))
    for more in ("&_change=1", "", f"&_id={new_id()}") if change else ("",):
        request = Request("POST", "/forms/diary", FORM_POST, body=(body + more).encode())
        taken = costs(clinic, request)
        assert taken.status in (200, 403, 413)
        assert dear(request, taken, FULL_SHEET) == []


def answers_of(**answers: object) -> bytes:
    return orjson.dumps({"id": new_id(), "answers": {"situation": "x", **answers}})


WIDE = {
    "rows by the thousand": answers_of(feelings=[{}] * 60_000),
    "rows within rows": answers_of(feelings=[[[[{}]]]] * 20_000),
    "unknown questions": answers_of(**{f"a{number}": 1 for number in range(15_000)}),
    "unknown questions of a row": answers_of(feelings=[{f"a{number}": 1 for number in range(15_000)}]),
    "names outside ASCII": answers_of(**{f"{'é' * 200}{number}": 1 for number in range(500)}),
    "a number of figures": b'{"id": "%s", "answers": {"believed": %s}}' % (new_id().encode(), b"9" * 250_000),
    "an exponent": b'{"id": "%s", "answers": {"believed": 1e308}}' % new_id().encode(),
    "a list for a text": answers_of(thought=[1] * 100_000),
}


@pytest.mark.parametrize("name", WIDE)
def test_json_costs_no_more_than_what_was_sent(clinic: Clinic, alice: TestClient, name: str) -> None:
    cookie = "; ".join(f"{cookie}={value}" for cookie, value in alice.cookies.items())
    request = Request("POST", "/forms/diary", JSON | {"cookie": cookie}, body=WIDE[name])
    costs(clinic, Request("POST", "/forms/diary", JSON | {"cookie": cookie}, body=b"{}"))
    taken = costs(clinic, request)
    assert taken.status in (400, 413, 422)
    assert dear(request, taken, PAGE) == []


def test_a_long_page_is_never_in_memory_as_a_whole(clinic: Clinic) -> None:
    rows = Repeat(id="rows", ask="Which?", of=(Rating(id="mood", ask="How?"),), at_most=1_000)
    clinic.rebuild(Form(id="long", version=1, title="Long", sections=(Section((rows,)),)), DIARY)
    sheet = "&".join(f"rows.{row}.mood=1" for row in range(1_000))
    whole = costs(clinic, Request("POST", "/forms/long", FORM_POST, body=f"{sheet}&_change=1".encode()))
    assert whole.status == 200
    assert whole.bytes > 1_000_000
    assert whole.memory < AT_HAND + MEMORY * len(sheet)


@pytest.mark.parametrize("name", ["/forms/diary", "/forms/nothing"])
def test_what_was_typed_comes_back_whole(clinic: Clinic, name: str) -> None:
    typed = [(f"feelings.{row}.feeling", f"“{row}” & <b>") for row in range(30)]
    charlie = clinic.visitor()
    page = charlie.post(name, content=urlencode(typed).encode(), headers=FORM_POST)
    assert page.status_code in (403, 404)
    for row in range(30):
        assert page.text.count(f"“{row}” &amp; &lt;b&gt;") >= 1
