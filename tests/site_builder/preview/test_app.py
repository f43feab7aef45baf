"""The preview over HTTP: its pages, only for its own address, and nothing of it in the built site."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.testclient import TestClient

from site_builder.forms.model.definition import Form
from site_builder.preview.app import create_app
from site_builder.preview.live import Live
from site_builder.publishing.build import build

ADDRESS = "http://127.0.0.1:8010"


class Echo:
    """Answers with what it was asked."""

    async def submit(self, request: Request, form: Form, site: Path, page: str) -> Response:
        return PlainTextResponse(f"{form.id} {page} {site.is_dir()}")

    async def show(self, request: Request, site: Path) -> Response:
        return PlainTextResponse(request.path_params["id"])


@pytest.fixture
def live(clinic: Path) -> Live:
    live = Live(clinic / "mkdocs.yml", clinic / "shown", f"{ADDRESS}/", lambda line: None)
    asyncio.run(live.build())
    return live


@pytest.fixture
def browser(live: Live) -> Iterator[TestClient]:
    with TestClient(create_app(live, Echo(), "127.0.0.1"), base_url=ADDRESS, follow_redirects=False) as client:
        yield client


def test_the_first_page_is_the_frame_and_inside_it_the_first_page_of_the_site(browser: TestClient) -> None:
    assert "<iframe" in browser.get("/").text
    assert "Welcome" in browser.get("/", headers={"Sec-Fetch-Dest": "iframe"}).text
    assert "Welcome" in browser.get("/index.html").text


def test_a_page_carries_the_script_that_follows_the_news(browser: TestClient, live: Live) -> None:
    html = browser.get("/sheets/good/").text
    assert f'data-page="sheets/good.md" data-number="{live.number_of("sheets/good.md")}"></script></body>' in html
    assert browser.get("/sheets/good").headers["location"] == "/sheets/good/"


def test_the_built_site_has_nothing_of_the_preview(clinic: Path, live: Live) -> None:
    build(clinic / "mkdocs.yml", clinic / "site")
    for folder in (clinic / "site", clinic / "shown"):
        assert not [path for path in folder.rglob("*.html") if "homeward-preview" in path.read_text("utf-8")]


def test_a_missing_page_gets_the_sites_own_404(browser: TestClient) -> None:
    answer = browser.get("/nowhere/")
    assert (answer.status_code, "data-homeward-preview" in answer.text) == (404, True)
    assert browser.get("/%2e%2e/%2e%2e/mkdocs.yml").status_code == 404


@pytest.mark.parametrize("name", ["forms.json", "shell.html", "csp.json"])
@pytest.mark.parametrize("way", ["", "x/..%2f", ".%2f", "sheets/..%2f", "%2f"])
def test_private_files_are_never_served(browser: TestClient, clinic: Path, live: Live, way: str, name: str) -> None:
    assert live.site is not None
    (live.site.folder / name).touch()
    assert browser.get(f"/{way}{name}").status_code == 404


@pytest.mark.parametrize(
    "path", ["%00", "a%00.css", "a" * 5_000, f"{'a' * 5_000}.css", "%ff%fe", "-/%00", "-/look/%00"]
)
def test_an_impossible_file_name_is_not_found(browser: TestClient, path: str) -> None:
    assert browser.get(f"/{path}").status_code == 404


def test_example_answers_are_pairs_that_the_form_accepts(browser: TestClient) -> None:
    assert browser.get("/-/examples/three-good-things").json() == [
        ["first", "Made up: on the bus, Tuesday morning"],
        ["mood.exact", "6"],
    ]
    assert browser.get("/-/examples/nothing").status_code == 404


def test_a_submission_goes_to_the_try_out(browser: TestClient) -> None:
    assert browser.post("/forms/three-good-things").text == "three-good-things /sheets/good/ True"
    assert browser.post("/forms/nothing").status_code == 404
    assert browser.get("/forms/three-good-things").headers["location"] == "/sheets/good/"
    assert browser.get("/try-outs/abc").text == "abc"


def test_a_failed_build_is_shown_on_every_page(browser: TestClient, live: Live) -> None:
    live.trouble = "mkdocs.yml:3:1 <b>"
    for path in ("/index.html", "/sheets/good/"):
        answer = browser.get(path)
        assert answer.status_code == 500
        assert "The site cannot be built" in answer.text
        assert "mkdocs.yml:3:1 &lt;b&gt;" in answer.text
        assert "data-homeward-preview" in answer.text


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, True),
        ({"Host": "localhost:8010"}, True),
        ({"Host": "[::1]:8010"}, True),
        ({"Host": "192.168.1.7:8010"}, True),
        ({"Host": "evil.example"}, False),
        ({"Host": "127.0.0.1.evil.example:8010"}, False),
        ({"Host": "["}, False),
        ({"Origin": "http://127.0.0.1:8010"}, True),
        ({"Origin": "http://evil.example"}, False),
        ({"Origin": "http://127.0.0.1:9000"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "http://["}, False),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, False),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_other_names_and_other_sites_are_refused(
    browser: TestClient, headers: dict[str, str], allowed: bool, method: str
) -> None:
    answer = browser.request(method, "/forms/three-good-things", headers=headers)
    assert (answer.status_code != 403) == allowed
    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]


def test_another_site_may_link_here_and_not_post(browser: TestClient) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert browser.get("/sheets/good/", headers=link).status_code == 200
    assert browser.post("/forms/three-good-things", headers=link).status_code == 403
