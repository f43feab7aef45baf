"""What GET /openapi.json describes is what happens: schemathesis asks every operation, with and without a sign-in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import given
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from collector.endpoints.app import create_app
from collector.endpoints.openapi import document
from collector.endpoints.rates import Limits, Rate, Turns
from collector.ledger.events import caseload_added
from collector.ledger.opening import open_ledger
from collector.people import add_client
from collector.settings import Settings
from collector.storage import Storage
from site_builder.forms.model.choices import Choice
from site_builder.forms.model.conditions import Condition
from site_builder.forms.model.definition import Form, Section
from site_builder.forms.model.fields import (
    KINDS,
    AnyOf,
    Date,
    Duration,
    LongText,
    Matrix,
    Number,
    OneOf,
    Rating,
    Repeat,
    Text,
    Time,
    YesNo,
)
from tests.cases.requests import fuzzed

from .conftest import DIARY, PHQ2, Clinic, build_site, catalogue

AB = (Choice("a", "Apple"), Choice("b", "Pear"), Choice("none", "Neither", alone=True))
FIELDS = (
    YesNo(id="out", ask="Did you go out?", required=True),
    LongText(id="where", ask="Where?", when=(Condition("out", "equals", "yes"),)),
    Number(id="steps", ask="How many steps?", at_least=0, at_most=99_999),
    Number(id="weight", ask="How much?", decimals=1),
    OneOf(id="one", ask="Which?", choices=AB[:2]),
    AnyOf(id="any", ask="Which of these?", choices=AB),
    Date(id="day", ask="When?"),
    Time(id="at", ask="At what time?"),
    Duration(id="for", ask="For how long?", at_most=600),
    Rating(id="tens", ask="How much?", highest=100, step=10),
    Matrix(id="grid", ask="How often?", choices=AB[:2], rows=(Choice("r1", "One"), Choice("r2", "Two"))),
    Repeat(id="rows", ask="What else?", of=(Text(id="what", ask="What?"), Rating(id="how", ask="How?")), at_most=3),
    Text(id="last", ask="Anything else?", max_length=50),
)
EVERYTHING = Form(id="everything", version=1, title="Everything", sections=(Section(FIELDS),))
FORMS = (DIARY, PHQ2, EVERYTHING)
DESCRIBED = schemathesis.openapi.from_dict(document(catalogue(FORMS).forms))
OPERATIONS = {read.ok().label: read.ok() for read in DESCRIBED.get_all_operations() if isinstance(read, Ok)}
CASES = [(label, GenerationMode.POSITIVE) for label in OPERATIONS]
# The others take nothing that could be wrong by their schema.
CASES += [(label, GenerationMode.NEGATIVE) for label in OPERATIONS if label.startswith("POST /forms/") or "{" in label]
# Not whether what fits the schema is accepted, and nothing else: a text of spaces is no answer, "10,000" is a number.
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ENOUGH = 1_000_000  # tries: what is asked here comes from one address
NEVER, AT_ONCE = Rate(ENOUGH, 1), Turns(ENOUGH, ENOUGH, 1)


def _without_limits() -> Limits:
    return Limits(NEVER, NEVER, NEVER, AT_ONCE, AT_ONCE)


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    folder = tmp_path_factory.mktemp("clinic")
    settings = Settings(data=folder / "data", site=folder / "site")
    build_site(settings.site, *FORMS)
    with ExitStack() as opened:
        with open_ledger(Storage(settings)) as (ledger, _):
            ledger.append([caseload_added("ana", "Ana")])
            invitations = {"Alice": add_client(ledger, "ana", "Alice")}
        yield Clinic(settings, invitations, opened, _without_limits())


def test_every_kind_of_field_is_sent() -> None:
    assert {field.type for form in FORMS for field in form.fields} == set(KINDS)


def test_every_route_is_described() -> None:
    app = create_app(Settings(site=Path("nowhere")))
    routes = [route for route in app.routes if not isinstance(route, Mount)]
    templates = {(route.path, method) for route in routes if isinstance(route, Route) for method in route.methods or ()}
    paths = {
        (path.replace("/forms/diary", "/forms/{form}"), method.upper())
        for path, operations in document(catalogue((DIARY,)).forms)["paths"].items()
        for method in operations
    }
    assert paths == {(path, method) for path, method in templates if method != "HEAD"}


@pytest.mark.parametrize(("label", "mode"), CASES, ids=str)
def test_an_operation_answers_as_it_is_described(clinic: Clinic, label: str, mode: GenerationMode) -> None:
    alice, charlie = clinic.signed_in("Alice"), clinic.visitor()

    @fuzzed(6)
    @given(OPERATIONS[label].as_strategy(generation_mode=mode))
    def check(case: Case[Any]) -> None:
        for visitor in (alice, charlie):
            send(visitor, case, clinic.base_url)

    check()


def send(visitor: TestClient, case: Case[Any], base_url: str) -> None:
    """Send a request as this visitor. Raises schemathesis' failures."""
    sent = case.as_transport_kwargs(base_url=base_url)
    sent.pop("cookies", None)  # the visitor's own sign-in, or none
    if isinstance(sent.get("data"), (bytes, str)):
        sent["content"] = sent.pop("data")
    answer = visitor.request(**sent)
    case.validate_response(answer, checks=CHECKS)
