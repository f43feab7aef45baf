"""Every route of the collector and of the review, asked in every way by nobody, a client and a therapist.

HOMEWARD_FUZZ=20 asks twenty times as much, and something else each time.
"""

from __future__ import annotations

import itertools
import logging
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote_plus

import pytest
from datasette.app import Datasette
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from collector.endpoints.app import create_app
from collector.endpoints.rates import Limits, Rate, Turns
from collector.ledger.events import caseload_added
from collector.ledger.opening import open_ledger
from collector.middleware.security_headers import ALWAYS, NOTHING_POLICY, page_policy
from collector.people import add_client
from collector.projector import Projector
from collector.review.attempts import DAY, Attempts
from collector.review.gateway import create_review
from collector.review.services import ReviewServices
from collector.settings import Settings
from collector.storage import Storage
from tests.cases.requests import Answered, Asked, ask, faults, fuzzed, on_the_wire, paths, requests
from tests.collector.endpoints.conftest import DIARY, PHQ2, build_site
from tests.collector.review.conftest import PASSWORD, found_clinic

HEADERS = {name.lower(): value for name, value in ALWAYS.items()}
POLICIES = (page_policy(), NOTHING_POLICY)
# All that may be answered; docs/reference.md says what each means. The ledger is open here, so 5xx is a fault.
DOCUMENTED = {200, 206, 302, 303, 304, 307, 400, 401, 403, 404, 405, 408, 413, 415, 416, 422, 429}
ENOUGH = 1_000_000  # tries: what is asked here comes from one address
NEVER, AT_ONCE = Rate(ENOUGH, 1), Turns(ENOUGH, ENOUGH, 1)
ID = "6f1c1b1e-3d65-4c38-a6b5-0c9fd5ac8f7b"
NAMES = ["id", "definition", "answers", "_id", "_definition", "_change", "_again", "_charset_", "token", "code", "name"]
NAMES += ["password", "next", "situation", "believed", "believed.exact", "feelings.0.feeling", "feelings.9999.before"]
NAMES += ["mood.q1", "since", "mood", "feelings"]
ASKED_OF_DATASETTE = ["sql", "_where", "_sort", "_sort_desc", "_facet", "_facet_array", "_facet_date", "_facet_size"]
ASKED_OF_DATASETTE += ["_search", "_search_note", "_through", "_next", "_size", "_col", "_nocol", "_labels", "_shape"]
ASKED_OF_DATASETTE += ["_json", "_nl", "_stream", "_trace", "_format", "_timelimit", "_nofacet", "_nocount", "_dl"]
ASKED_OF_DATASETTE += ["_blob_column", "_blob_hash", "_extra", "received__gt", "note__contains", "client", "_returning"]
KNOWN = {
    "database": ["caseload"],
    "table": ["clients", "submissions", "evening", "progress", "answers", "scores", "written", "sqlite_master"],
    "pks": ["1", "ALMA22", ID],
    "format": ["json", "csv", "blob", "jsono"],
    "client": ["ALMA22", "BERT33"],
    "submission": [ID],
}


class Failures(logging.Handler):
    """Collects what is logged as an error, or with a traceback."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR or record.exc_info:
            self.lines.append(self.format(record))


@dataclass
class Houses:
    """The two applications, with a client and a therapist who sign in as often as they like."""

    collecting: TestClient
    reviewing: TestClient
    token: str
    failures: Failures = field(default_factory=Failures)

    def cookie(self, app: str, person: str) -> bytes:
        """Return the cookie of a new sign-in; b"" for nobody, and for whom this application does not know."""
        signing_in = {("collect", "client"): ("/open", f"token={self.token}")}
        signing_in["review", "therapist"] = "/sign-in", f"name=alice&password={quote_plus(PASSWORD)}"
        if (app, person) not in signing_in:
            return b""
        path, body = signing_in[app, person]
        kind = (b"content-type", b"application/x-www-form-urlencoded")
        answered = self.answer(app, Asked("POST", path, headers=(kind,), body=(body.encode(),)))
        return "; ".join(cookie.partition(";")[0] for cookie in answered.every("set-cookie")).encode()

    def answer(self, app: str, asked: Asked) -> Answered:
        return ask(self.collecting if app == "collect" else self.reviewing, asked)

    def check(self, app: str, asked: Asked) -> Answered:
        """Ask, and fail if anything is wrong with the answer or has been logged."""
        self.failures.lines.clear()
        answered = self.answer(app, asked)
        wrong = faults(answered, HEADERS, POLICIES, asked) + self.failures.lines
        if answered.status not in DOCUMENTED | {0}:
            wrong.append(f"{answered.status} is documented nowhere")
        assert wrong == []
        return answered


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Houses]:
    folder = tmp_path_factory.mktemp("houses")
    settings = Settings(data=folder / "data", site=folder / "site")
    build_site(settings.site, DIARY, PHQ2)
    with ExitStack() as opened:
        ledger, _ = opened.enter_context(open_ledger(Storage(settings)))
        ledger.append([caseload_added("ana", "Ana")])
        token = add_client(ledger, "ana", "Anne", code="ANNE22").token
        found_clinic(ledger)
        with Projector(settings) as projector:
            projector.catch_up()
        limits = Limits(NEVER, NEVER, NEVER, AT_ONCE, AT_ONCE)
        attempts = Attempts(itertools.count(0.0, DAY).__next__)  # a day passes from try to try
        collecting = opened.enter_context(TestClient(create_app(settings, limits)))
        reviewing = opened.enter_context(TestClient(create_review(settings, attempts, Turns(ENOUGH, ENOUGH, 1))))
        houses = Houses(collecting, reviewing, token)
        root = logging.getLogger()
        root.addHandler(houses.failures)
        opened.callback(root.removeHandler, houses.failures)
        yield houses


def routes(app: Starlette) -> list[str]:
    """Return the templates of an application's routes, each once."""
    return list(
        dict.fromkeys(
            f"{route.path}/{{path:path}}" if isinstance(route, Mount) else route.path
            for route in app.routes
            if isinstance(route, (Route, Mount))
        )
    )


NOWHERE = Settings(data=Path("nowhere"), site=Path("nowhere"))
ROUTES = [("collect", path) for path in routes(create_app(NOWHERE))] + [
    ("review", path) for path in routes(create_review(NOWHERE))
]


@pytest.mark.parametrize("person", ["nobody", "client", "therapist"])
@pytest.mark.parametrize(("app", "template"), ROUTES)
def test_a_route_answers_whatever_is_asked(houses: Houses, app: str, template: str, person: str) -> None:
    known = {
        "form": ["diary", "phq2"],
        "id": [ID],
        "path": ["assets/open.js", "index.html", "x.css"],
        "caseload": ["alice", "bob"],
        "client": ["ALMA22"],
    }
    methods = ("GET", "POST")
    cookies = [houses.cookie(app, person)]

    @fuzzed()
    @given(requests(paths(template, **known), NAMES, methods))
    def check(asked: Asked) -> None:
        signed = (
            Asked(asked.method, asked.path, asked.query, ((b"cookie", cookies[0]), *asked.headers), asked.body)
            if cookies[0]
            else asked
        )
        answered = houses.check(app, signed)
        if answered.every("set-cookie"):
            cookies[0] = houses.cookie(app, person)

    check()


# Of Datasette with our plugin, reachable or not. A new version of it may have others: the test below says so.
OURS = ["^/$", "^/client/(?P<client>[^/]+)$", "^/submission/(?P<submission>[^/]+)$"]
PATTERNS = [*OURS, *(pattern.pattern for pattern, _ in Datasette()._routes())]


def test_these_are_the_routes_of_a_caseload(houses: Houses) -> None:
    houses.check("review", Asked("GET", "/c/alice/", headers=((b"cookie", houses.cookie("review", "therapist")),)))
    services = houses.reviewing.app_state["services"]
    assert isinstance(services, ReviewServices)
    (instance,) = services.instances._open.values()
    assert {pattern.pattern for pattern, _ in instance.datasette._routes()} == set(PATTERNS)


def with_known(pattern: str, address: str, choices: st.DataObject) -> str:
    """Return an address of this pattern with some of its parts in the place of which a known one stands."""
    match = re.fullmatch(pattern, address)
    assert match is not None
    for name in reversed(list(match.re.groupindex)):
        start, end = match.span(name)
        if name in KNOWN and start >= 0 and choices.draw(st.integers(0, 4)):
            address = address[:start] + choices.draw(st.sampled_from(KNOWN[name])) + address[end:]
    return address


@pytest.mark.parametrize("pattern", PATTERNS)
def test_what_stands_behind_the_gateway_answers_whatever_is_asked(houses: Houses, pattern: str) -> None:
    cookie = (b"cookie", houses.cookie("review", "therapist"))

    @fuzzed()
    @given(st.data())
    def check(choices: st.DataObject) -> None:
        address = with_known(pattern, choices.draw(st.from_regex(pattern, fullmatch=True)), choices)
        path = st.just("/c/alice" + on_the_wire(address))
        asked = choices.draw(requests(path, ASKED_OF_DATASETTE, ("GET",)))
        houses.check("review", replace(asked, headers=(cookie, *asked.headers)))

    check()


# What QUERIES cannot say: the pages that are there, with the columns that they have.
PAGES = ["/", ".json", "/client/ALMA22", "/client/BERT33", "/caseload", "/caseload.csv", "/caseload.json"]
PAGES += [f"/caseload/{table}{end}" for table in KNOWN["table"] for end in ("", ".csv", ".json")]
PAGES += ["/caseload/clients/ALMA22", "/caseload/clients/ALMA22.json", "/caseload/evening/x.blob"]
COLUMNS = ["client", "submission", "received", "note", "items_q1", "words", "scale", "value", "rowid", "form", "label"]
SQL = [
    "select 1",
    "select * from evening",
    "select :a, :b",
    "select x'00', null, 1e999",
    "select '<hwmark>' as [<hwmark>]",
]
SQL += [
    "explain select 1",
    "pragma table_info(evening)",
    "values (1)",
    "with a as (select 1) select * from a",
    "select",
]
SQL += [
    "select * from evening; select 2",
    "select json('[')",
    "select 1 -- <hwmark>",
    '{"table": "evening"}',
    '["a", {}]',
]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_a_caseload_answers_whatever_is_asked(houses: Houses, page: str) -> None:
    cookie = (b"cookie", houses.cookie("review", "therapist"))
    names = [*ASKED_OF_DATASETTE, *(f"{column}__{how}" for column in COLUMNS for how in ("gt", "isnull", "in", "bad"))]

    @fuzzed()
    @given(requests(st.just(f"/c/alice{page}"), [*names, *COLUMNS, *SQL], ("GET",)))
    def check(asked: Asked) -> None:
        houses.check("review", replace(asked, method="GET", headers=(cookie, *asked.headers)))

    check()


@pytest.mark.parametrize("host", [b"[::1", b"[", b"a:b:c", b"evil.example:99999", b"", b'"><hwmark>'])
@pytest.mark.parametrize("page", ["/", "/caseload/evening", "/caseload/evening.json", "/caseload/progress"])
def test_a_host_that_is_none_spoils_no_page(houses: Houses, page: str, host: bytes) -> None:
    headers = ((b"cookie", houses.cookie("review", "therapist")), (b"host", host))
    answered = houses.check("review", Asked("GET", f"/c/alice{page}", b"_size=1", headers))
    assert answered.status == 200


@pytest.mark.parametrize("query", [b"", b"_stream=1", b"sql=", b"_size=max"])
def test_a_spreadsheet_of_nothing_is_refused_in_words(houses: Houses, query: bytes) -> None:
    headers = ((b"cookie", houses.cookie("review", "therapist")),)
    answered = houses.check("review", Asked("GET", "/c/alice/caseload.csv", query, headers))
    assert answered.status == 400
    assert b"Open the table or the query" in answered.body


@pytest.mark.parametrize("path", ["/forms/diary%0a/", "/%0d%0aX:%20y/", "/receipts/%0a/"])
@pytest.mark.parametrize("app", ["collect", "review"])
def test_no_redirect_is_made_from_the_host(houses: Houses, app: str, path: str) -> None:
    assert houses.check(app, Asked("GET", path, headers=((b"host", b"evil.example"),))).status in (401, 404)
