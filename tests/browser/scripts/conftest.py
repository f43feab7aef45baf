"""A small server with one form per page: the scripts alone, with the real HTML and a strict policy."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
import uvicorn
from markupsafe import Markup
from playwright.sync_api import Page
from ruamel.yaml import YAML
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from site_builder.forms.html.render import render_form
from site_builder.forms.model.choices import Choice
from site_builder.forms.model.conditions import Condition
from site_builder.forms.model.definition import Alert, Form, Section
from site_builder.forms.model.fields import (
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
from site_builder.practices.html import render_practice
from site_builder.practices.model import Practice
from site_builder.publishing.contact import contact_html

ROOT = Path(__file__).parents[3]
ASSETS = ROOT / "site_builder" / "theme" / "assets"
SHEETS = YAML(typ="safe").load((ROOT / "mkdocs.yml").read_text("utf-8"))["extra_css"]
STYLES = "".join(f'<link rel="stylesheet" href="/{sheet}">' for sheet in SHEETS)

# As strict as the collector's own: a script that needs more does not work there either.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

FEELINGS = Repeat(
    id="feelings",
    ask="What did you feel?",
    called="feeling",
    at_most=5,
    of=(
        Text(id="feeling", ask="Which feeling?", required=True),
        Rating(id="before", ask="How strong was it?", highest=100, ends=("Not at all", "The strongest ever")),
        Rating(id="now", ask="How strong is it now?", highest=100, late=True),
    ),
)
RECORD = Form(
    id="record",
    version=1,
    title="Thought record",
    sections=(
        Section(
            (LongText(id="situation", ask="What was happening?", required=True, hint="Where were you?"),),
            "What happened",
            "Facts first.",
        ),
        Section((FEELINGS,), "What you felt"),
        Section(
            (
                LongText(id="thought", ask="What went through your mind?", required=True),
                Rating(id="believed", ask="How much did you believe it?", highest=100),
                LongText(id="reset", ask="What else?"),  # named like a method of every form in a browser
            ),
            "The thought",
        ),
        Section((LongText(id="note", ask="A note to my therapist"),), "And now"),
    ),
)
OFTEN = (Choice("0", "Not at all"), Choice("1", "Several days"), Choice("2", "More than half the days"))
MOOD = Form(
    id="mood",
    version=1,
    title="Mood",
    sections=(
        Section(
            (
                Matrix(
                    id="items",
                    ask="How often?",
                    choices=OFTEN,
                    rows=(Choice("q1", "Little interest"), Choice("q9", "Thoughts of being better off dead")),
                ),
            ),
            "The last two weeks",
        ),
        Section((OneOf(id="difficulty", ask="How difficult?", choices=OFTEN),), "How hard it was"),
    ),
    alerts=(Alert((Condition("q9", "at_least", 1),), "Risk"),),
)
NOTE = Form(id="note", version=1, title="Note", sections=(Section((Text(id="line", ask="One line"),), "A line"),))
KINDS = Form(
    id="kinds",
    version=1,
    title="Every kind",
    sections=(
        Section(
            (
                Number(id="minutes", ask="How long?", unit="minutes", required=True),
                Rating(id="tension", ask="How tense?", required=True),
                AnyOf(id="places", ask="Where?", choices=(Choice("home", "At home"), Choice("out", "Outdoors"))),
                YesNo(id="practised", ask="Did you practise?"),
                Date(id="day", ask="Which day?", required=True),
                Time(id="time", ask="At what time?"),
                Duration(id="slept", ask="How long did you sleep?", required=True),
                Repeat(
                    id="steps", ask="Which steps?", called="step", required=True, of=(Text(id="step", ask="Step?"),)
                ),
            ),
            "All of them",
        ),
    ),
)
FORMS = {form.id: form for form in (RECORD, MOOD, NOTE, KINDS)}

CONTACT = {"name": "Elm Street Clinic", "phone": "+44 (0)20 7946 0000", "hours": "Monday to Friday, 9:00 to 17:00"}


@dataclass
class Answer:
    """The response of the server to one post."""

    status: int
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0  # seconds


RECEIVED = Answer(201, {"id": "1", "receipt": "AB-12", "received_at": "", "url": "/receipts/1"})


@dataclass
class Clinic:
    """Records every post and answers it with the next prepared answer, or else with a receipt."""

    address: str
    answers: list[Answer] = field(default_factory=list)
    posted: list[list[tuple[str, str]]] = field(default_factory=list)
    accepts: list[str] = field(default_factory=list)
    forms: Mapping[str, Form] = field(default_factory=lambda: FORMS)
    practices: Mapping[str, Practice] = field(default_factory=dict)
    prose: str = ""  # that leads to each part
    without: str = ""  # a piece of markup that the page lacks, so that a script fails

    def sheet(self, form: str) -> str:
        return f"{self.address}/sheets/{form}"

    def answer(self, status: int, body: object = None, delay: float = 0, **headers: str) -> None:
        """Prepare the answer to the next post; header names use _ for -."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers.append(Answer(status, body, named, delay))

    def refuse(self, problems: Mapping[str, str]) -> None:
        """Prepare a refusal of the next post, with a message for each wire name."""
        self.answer(422, {"problems": [{"name": n, "message": m} for n, m in problems.items()]})

    def page(self, request: Request) -> Response:
        form = self.forms[request.path_params["form"]]
        worksheet: str = render_form(
            form,
            action=f"/forms/{form.id}",
            hidden={"_definition": form.hash},
            help_html=Markup('<p>Call <a href="tel:988">988</a>, day and night.</p>') + contact_html(CONTACT),
        )
        worksheet = str(worksheet).replace('<div class="hw-step">', f'<div class="hw-step">{self.prose}')
        if self.without:
            worksheet = worksheet.replace(self.without, "")
        return document(f"<h1>{form.title}</h1><p>Read me first.</p>{worksheet}", form.title)

    def practice(self, request: Request) -> Response:
        practice = self.practices[request.path_params["practice"]]
        log_url = f"/sheets/{practice.log.form}" if practice.log else ""
        return document(f"<h1>{practice.title}</h1>{render_practice(practice, log_url=log_url)}", practice.title)

    async def take(self, request: Request) -> Response:
        self.posted.append(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        self.accepts.append(request.headers["accept"])
        answer = self.answers.pop(0) if self.answers else RECEIVED
        await run_in_threadpool(time.sleep, answer.delay)
        return JSONResponse(answer.body, answer.status, answer.headers)

    def open(self, request: Request) -> Response:
        return document(
            "<homeward-open><form method=post action=/open hidden><input type=hidden name=token>"
            "<button>Sign in with my link</button></form></homeward-open>",
            "Open",
        )

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/sheets/{form}", self.page),
                Route("/practices/{practice}", self.practice),
                Route("/forms/{form}", self.take, methods=["POST"]),
                Route("/receipts/{id}", lambda _: document("<h1>It has arrived</h1>", "Receipt")),
                Route("/open", self.open),
                Mount("/assets", StaticFiles(directory=ASSETS)),
            ]
        )


def document(content: str, title: str) -> Response:
    """Return a page with the site's scripts and styles and a strict policy."""
    head = (
        f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>'
        '<link rel="icon" href="data:,">'
        f"{STYLES}"
        '<script type="module" src="/assets/homeward/form.js"></script>'
        '<script type="module" src="/assets/homeward/open.js"></script>'
        '<script type="module" src="/assets/homeward/practice.js"></script>'
    )
    body = f'<main class="md-typeset">{content}</main>'
    return HTMLResponse(
        f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>',
        headers={"Content-Security-Policy": POLICY},
    )


@pytest.fixture
def clinic() -> Iterator[Clinic]:
    """The server, on a free port, for one test."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        clinic = Clinic(f"http://127.0.0.1:{listener.getsockname()[1]}")
        with serving(clinic.app(), listener):
            yield clinic


@contextlib.contextmanager
def serving(app: Starlette, listener: socket.socket) -> Iterator[None]:
    """Serve in a thread for as long as the block runs."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def record(phone: Page, clinic: Clinic) -> Page:
    """The thought record, on a phone."""
    phone.goto(clinic.sheet("record"))
    return phone


@pytest.fixture
def mood(phone: Page, clinic: Clinic) -> Page:
    """The measure with the risk item, on a phone."""
    phone.goto(clinic.sheet("mood"))
    return phone
