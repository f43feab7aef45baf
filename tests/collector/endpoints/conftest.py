"""A clinic with a built site; Alice and Bob are clients of one caseload, Charlie has no link."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from markupsafe import Markup
from starlette.testclient import TestClient

from collector import people
from collector.endpoints.app import create_app
from collector.endpoints.built_site import LOOK_EVERY
from collector.endpoints.catalogue_file import read_catalogue
from collector.endpoints.rates import Limits
from collector.endpoints.services import Services
from collector.ledger.events import Kind, Recorded, caseload_added
from collector.ledger.ledger import Ledger
from collector.people import Invitation, add_client
from collector.publishing import publish
from collector.settings import Settings
from collector.storage import Storage
from site_builder.forms.model.catalogue import Catalogue, PublishedForm, PublishedPage
from site_builder.forms.model.catalogue import Clinic as ClinicWords
from site_builder.forms.model.choices import Choice
from site_builder.forms.model.conditions import Condition
from site_builder.forms.model.definition import Alert, Form, Scale, Section
from site_builder.forms.model.fields import Field, LongText, Matrix, Rating, Repeat, Text
from site_builder.publishing.catalogue_file import write_catalogue

ADDRESS = "http://clinic.example"
HELP = Markup("<p>Call the clinic on 555 0100.</p>")
CONTACT = Markup('<div class="hw-contact"><p><a href="tel:5550100">555 0100</a></p></div>')
NOT_AT_ALL = (Choice("0", "Not at all"), Choice("1", "Several days"), Choice("2", "Most days"))

PHQ2 = Form(
    id="phq2",
    version=1,
    title="Two questions on mood",
    licence="public domain",
    sections=(
        Section(
            (
                Matrix(
                    id="mood",
                    ask="How often?",
                    choices=NOT_AT_ALL,
                    rows=(Choice("q1", "Little interest"), Choice("q9", "Thoughts of being better off dead")),
                ),
            )
        ),
    ),
    scales=(Scale("total", ("q1", "q9")),),
    alerts=(Alert((Condition("q9", "at_least", 1),), "Thoughts of being better off dead"),),
)
DIARY = Form(
    id="diary",
    version=1,
    title="Thought record",
    sections=(
        Section(
            (
                Text(id="situation", ask="What was happening?", required=True, max_length=200),
                LongText(id="thought", ask="What went through your mind?"),
                Rating(id="believed", ask="How much did you believe it?", lowest=0, highest=100),
                Repeat(
                    id="feelings",
                    ask="What did you feel?",
                    called="feeling",
                    of=(
                        Text(id="feeling", ask="Which feeling?"),
                        Rating(id="before", ask="How strong?", highest=100),
                    ),
                ),
            )
        ),
    ),
)


def reworded(form: Form) -> Form:
    """Return the form with one word changed by its author."""
    first: Field = form.sections[0].fields[0]
    changed = replace(first, ask=f"{first.ask} Take your time.", was_worded=(first.ask,))
    section = replace(form.sections[0], fields=(changed, *form.sections[0].fields[1:]))
    return replace(form, sections=(section,))


def build_site(folder: Path, *forms: Form, shell: str = "", scripts: tuple[str, ...] = ()) -> None:
    """Write by hand the files that `homeward build` writes."""
    folder.mkdir(exist_ok=True)
    page = "<!doctype html><html><head><title>{}</title></head><body><main>{}</main></body></html>"
    filled = '<div class="hw-page <!--hw:sheet-->"><!--hw:content--></div>'
    shell = shell or page.format("<!--hw:title--> · Clinic", filled)
    (folder / "shell.html").write_text(shell, "utf-8")
    (folder / "index.html").write_text(page.format("Clinic", "Welcome"), "utf-8")
    (folder / "404.html").write_text(page.format("Not here", "This page is not here"), "utf-8")
    (folder / "csp.json").write_text(json.dumps({"script": list(scripts), "style": []}), "utf-8")
    write_catalogue(folder, catalogue(forms))
    assets = folder / "assets"
    assets.mkdir(exist_ok=True)
    (assets / "main.1e989742.min.js").write_text("1", "utf-8")
    (assets / "open.js").write_text("2", "utf-8")
    (assets / "face.woff2").write_bytes(b"3")
    for form in forms:
        (folder / "worksheets" / form.id).mkdir(parents=True, exist_ok=True)
        (folder / "worksheets" / form.id / "index.html").write_text(page.format(form.title, form.id), "utf-8")


def catalogue(forms: tuple[Form, ...]) -> Catalogue:
    places = [(f"worksheets/{form.id}.md", f"worksheets/{form.id}/", form) for form in forms]
    return Catalogue(
        ClinicWords("Elm Street Clinic", HELP, "/help/", contact_html=CONTACT),
        tuple(PublishedPage(path, form.title, url, form.id) for path, url, form in places),
        tuple(PublishedForm(form, path, url) for path, url, form in places),
    )


@dataclass
class Clinic:
    """A running collector and its visitors."""

    settings: Settings
    invitations: dict[str, Invitation]
    opened: ExitStack
    limits: Limits = field(default_factory=Limits)
    app: TestClient = field(init=False)

    def __post_init__(self) -> None:
        self.app = self.opened.enter_context(TestClient(create_app(self.settings, self.limits), base_url=self.base_url))

    @property
    def base_url(self) -> str:
        return ADDRESS.replace("http:", "https:") if self.settings.https else ADDRESS

    @property
    def services(self) -> Services:
        services = self.app.app_state["services"]
        assert isinstance(services, Services)
        return services

    def visitor(self, address: str = "192.0.2.1") -> TestClient:
        """Return a browser without a sign-in."""
        visitor = TestClient(self.app.app, base_url=self.base_url, follow_redirects=False, client=(address, 50_000))
        visitor.app_state.update(self.app.app_state)
        visitor.portal = self.app.portal  # one event loop for everybody, as in the real server
        return visitor

    def signed_in(self, name: str) -> TestClient:
        """Return the browser of a client who has opened their link."""
        visitor = self.visitor()
        answer = visitor.post("/open", data={"token": self.invitations[name].token})
        assert answer.status_code == 303
        return visitor

    def end_link(self, name: str) -> None:
        with Ledger.open(self.settings.ledger) as ledger:
            assert people.end_link(ledger, self.services.access, self.invitations[name].client)

    def rebuild(self, *forms: Form, publish_first: bool = True) -> None:
        """Rebuild the site with these forms and make the collector look at once rather than within a second."""
        build_site(self.settings.site, *forms)
        if publish_first:
            publish(self.services.ledger, self.services.access, read_catalogue(self.settings.site))
        self.services.built_site.looked_at = -LOOK_EVERY

    def events(self, kind: Kind) -> list[Recorded]:
        """Return the events of this kind in the ledger."""
        with Ledger.open(self.settings.ledger) as ledger:
            return [event for event in ledger.read(0) if event.kind == kind]

    def submissions(self) -> list[Recorded]:
        return self.events(Kind.submission_received)


@pytest.fixture
def make_clinic(tmp_path: Path) -> Iterator[Callable[..., Clinic]]:
    with ExitStack() as opened:

        def make(limits: Limits | None = None, https: bool = False) -> Clinic:
            settings = Settings(data=tmp_path / "data", site=tmp_path / "site", https=https)
            Storage(settings).make_folder()
            build_site(settings.site, DIARY, PHQ2)
            with Ledger.open(settings.ledger) as ledger:
                ledger.append([caseload_added("ana", "Ana")])
                invitations = {name: add_client(ledger, "ana", name) for name in ("Alice", "Bob")}
            return Clinic(settings, invitations, opened, limits or Limits())

        yield make


@pytest.fixture
def clinic(make_clinic: Callable[..., Clinic]) -> Clinic:
    return make_clinic()


@pytest.fixture
def alice(clinic: Clinic) -> TestClient:
    return clinic.signed_in("Alice")


@pytest.fixture
def bob(clinic: Clinic) -> TestClient:
    return clinic.signed_in("Bob")


@pytest.fixture
def charlie(clinic: Clinic) -> TestClient:
    return clinic.visitor()
