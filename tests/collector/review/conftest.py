"""A clinic where Alice and Bob each have a caseload with one client; Charlie belongs to neither."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from starlette.testclient import TestClient

from collector import people
from collector.ledger.events import (
    Event,
    Kind,
    caseload_added,
    form_published,
    member_added,
    person_added,
    submission_received,
)
from collector.ledger.ledger import Ledger
from collector.projector import Projector
from collector.review.attempts import Attempts
from collector.review.gateway import create_review
from collector.review.services import ReviewServices
from collector.settings import Settings
from site_builder.forms.model.choices import Choice
from site_builder.forms.model.conditions import Condition
from site_builder.forms.model.criteria import Cluster, Criterion
from site_builder.forms.model.definition import Alert, Band, Cutoff, Form, Scale, Section
from site_builder.forms.model.fields import LongText, Matrix

ADDRESS = "http://review.example"
PASSWORD = "correct horse battery"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)  # a real one takes a tenth of a second
CLIENTS = {"alice": "ALMA22", "bob": "BERT33"}
CODES = tuple(Choice(str(code), f"Label {code}") for code in range(4))
EVENING = Form(
    id="evening",
    version=1,
    title="Evening",
    sections=(
        Section(
            (
                LongText(id="note", ask="How was it?"),
                Matrix(id="items", ask="How often?", choices=CODES, rows=(Choice("q1", "Low"), Choice("q2", "Worse"))),
            )
        ),
    ),
    scales=(
        Scale(
            "total",
            ("q1", "q2"),
            missing_up_to=1,
            bands=(Band(0, "Calm", "An easy evening."), Band(4, "Stirred", "A hard evening.")),
            cutoffs=(Cutoff("worth_a_word", 3), Cutoff("long_talk", 6)),
        ),
    ),
    alerts=(Alert((Condition("q2", "at_least", 1),), "Worse"),),
    criteria=(
        Criterion(
            "restless",
            2,
            (Cluster("low", ("q1",), 1, "Low"), Cluster("worse", ("q2",), 1)),
            "A restless evening",
            "It was restless.",
        ),
    ),
)


def diary_of(therapist: str) -> str:
    """Return text that only one caseload contains."""
    return f"the-diary-that-{therapist}-reads"


@dataclass
class Clinic:
    """A running review and its visitors."""

    settings: Settings
    ledger: Ledger
    opened: ExitStack
    attempts: Attempts = field(default_factory=Attempts)
    app: TestClient = field(init=False)

    def __post_init__(self) -> None:
        review = create_review(self.settings, self.attempts)
        self.app = self.opened.enter_context(TestClient(review, base_url=self.base_url))

    @property
    def base_url(self) -> str:
        return ADDRESS.replace("http:", "https:") if self.settings.https else ADDRESS

    @property
    def services(self) -> ReviewServices:
        services = self.app.app_state["services"]
        assert isinstance(services, ReviewServices)
        return services

    def visitor(self, address: str = "192.0.2.1", accept: str = "text/html") -> TestClient:
        """Return a browser without a sign-in."""
        visitor = TestClient(
            self.app.app,
            base_url=self.base_url,
            follow_redirects=False,
            client=(address, 50_000),
            headers={"Accept": accept},
        )
        visitor.app_state.update(self.app.app_state)
        visitor.portal = self.app.portal  # one event loop for everybody, as in the real server
        return visitor

    def signed_in(self, name: str, accept: str = "text/html") -> TestClient:
        visitor = self.visitor(accept=accept)
        answer = visitor.post("/sign-in", data={"name": name, "password": PASSWORD})
        assert answer.status_code == 303
        return visitor

    def events(self, kind: Kind) -> int:
        """Count the events of this kind in the ledger."""
        return sum(event.kind == kind for event in self.ledger.read(0))

    def project(self) -> None:
        with Projector(self.settings) as projector:
            projector.catch_up()


def submission(client: str, note: str, q2: str = "2") -> Event:
    answers = {"note": note, "items": {"q1": "3", "q2": q2}}
    return submission_received(client, form="evening", version=1, definition=EVENING.hash, answers=answers)


def found_clinic(ledger: Ledger) -> None:
    """Add Alice and Bob, each with a client who has sent one worksheet."""
    ledger.append([form_published(form="evening", version=1, definition=EVENING.hash, body=EVENING.to_json())])
    for name, client in CLIENTS.items():
        person = person_added(name, name=name.title(), password=QUICK)
        ledger.append([person, caseload_added(name, f"Caseload of {name.title()}")])
        ledger.append([member_added(name, name, role="therapist")])
        people.add_client(ledger, name, f"Client of {name}", code=client)
        ledger.append([submission(client, diary_of(name)), submission(client, "=1+1", "0")])


@pytest.fixture
def make_clinic(settings: Settings, ledger: Ledger) -> Iterator[Callable[..., Clinic]]:
    with ExitStack() as opened:

        def make(https: bool = False) -> Clinic:
            found_clinic(ledger)
            ours = Settings(data=settings.data, site=settings.site, https=https)
            clinic = Clinic(ours, ledger, opened)
            clinic.project()
            return clinic

        yield make


@pytest.fixture
def clinic(make_clinic: Callable[..., Clinic]) -> Clinic:
    return make_clinic()


@pytest.fixture
def alice(clinic: Clinic) -> TestClient:
    return clinic.signed_in("alice")


@pytest.fixture
def bob(clinic: Clinic) -> TestClient:
    return clinic.signed_in("bob")


@pytest.fixture
def charlie(clinic: Clinic) -> TestClient:
    return clinic.visitor()


@pytest.fixture
def open_files() -> Callable[[], int]:
    return lambda: len(list(Path("/proc/self/fd").iterdir()))
