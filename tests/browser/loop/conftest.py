"""A clinic in real processes: the built site and the three roles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from collector import people
from collector.ledger.access import Access
from collector.ledger.ledger import Ledger
from collector.people import Invitation, NewTherapist
from collector.process.supervisor import Supervisor
from collector.process.up import roles_environment, wait_until_ready
from collector.publishing import publish
from collector.settings import Settings
from collector.storage import DatabaseFile, Storage
from site_builder.forms.model.catalogue import Catalogue
from site_builder.publishing.build import build
from tests.loopback import free_pair

ROOT = Path(__file__).parents[3]
DESKTOP = {"width": 1280, "height": 900}


@dataclass
class Clinic:
    """A clinic where Alice treats the clients of these tests, and Bob must never see them."""

    settings: Settings
    ledger: Ledger
    access: Access
    alice: NewTherapist
    bob: NewTherapist

    @property
    def site(self) -> str:
        return f"http://127.0.0.1:{self.settings.port}"

    @property
    def review(self) -> str:
        return f"http://127.0.0.1:{self.settings.review_port}"

    def new_client(self, label: str) -> Invitation:
        """Add a client to Alice's caseload."""
        return people.add_client(self.ledger, self.alice.caseload, label)


@pytest.fixture(scope="session")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    folder = tmp_path_factory.mktemp("clinic")
    settings = replace(Settings(), data=folder / "data", site=folder / "site", port=free_pair())
    Storage(settings).make_folder()
    with Ledger.open(settings.ledger) as ledger, Access(DatabaseFile(settings.ledger)) as access:

        def publish_to_ledger(catalogue: Catalogue) -> None:
            publish(ledger, access, catalogue)

        build(ROOT / "mkdocs.yml", settings.site, publish=publish_to_ledger)
        alice = people.add_therapist(ledger, "Alice")
        bob = people.add_therapist(ledger, "Bob")
        people.add_client(ledger, bob.caseload, "Bob's own")
        supervisor = Supervisor(roles_environment(settings), settings.logs)
        supervisor.start()
        try:
            wait_until_ready(settings)
            yield Clinic(settings, ledger, access, alice, bob)
        finally:
            supervisor.stop()


@pytest.fixture
def signed_in(clinic: Clinic, contexts: Callable[..., BrowserContext]) -> Callable[[NewTherapist], Page]:
    """Opens the review as a therapist, in a separate browser."""

    def open_review(therapist: NewTherapist) -> Page:
        page = contexts(viewport=DESKTOP).new_page()
        page.goto(clinic.review)
        page.get_by_label("Name").fill(therapist.name)
        page.get_by_label("Password").fill(therapist.password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{clinic.review}/c/**")
        return page

    return open_review
