"""A try-out over HTTP answers as the real site does, and shows rows and scores instead of a receipt."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from collector.endpoints.try_outs import MOST_RESULTS, TryOuts
from site_builder.content.library import read_library
from site_builder.forms.answering.answers import to_pairs
from site_builder.forms.answering.example_answers import example_answers
from site_builder.forms.model.definition import Form

FORMS = {form.id: form for form in read_library(Path(__file__).parents[3] / "content").forms}
PHQ9 = FORMS["phq9"]
JSON = {"Accept": "application/json"}


@pytest.fixture
def preview(tmp_path: Path) -> Iterator[TestClient]:
    tryouts = TryOuts()

    async def submit(request: Request) -> Response:
        return await tryouts.submit(request, FORMS[request.path_params["form"]], tmp_path, "/the/page/")

    async def show(request: Request) -> Response:
        return await tryouts.show(request, tmp_path)

    routes = [Route("/forms/{form}", submit, methods=["POST"]), Route("/try-outs/{id}", show)]
    with TestClient(Starlette(routes=routes)) as client:
        yield client


def posted(form: Form, *, id: str = "", **changes: str) -> dict[str, str]:
    return dict(to_pairs(form, example_answers(form))) | changes | ({"_id": id} if id else {})


def test_the_page_script_gets_the_address_of_the_result(preview: TestClient) -> None:
    answer = preview.post("/forms/phq9", data=posted(PHQ9, id=str(uuid.uuid4())), headers=JSON)
    assert answer.status_code == 201
    page = preview.get(answer.json()["url"]).text
    assert "This is a try-out. Nothing was stored." in page
    assert "Little interest or pleasure in doing things" in page
    assert "PHQ-9: 13, Moderate" in page
    assert "9 of 9 items answered. Raw sum 13, prorated 13." in page
    assert next(band.meaning for band in PHQ9.scales[0].bands if band.label == "Moderate") in page
    assert "“<bdi>Several days</bdi>” to “<bdi>Thoughts that you would be better off dead" in page
    assert '<h3 id="rows-phq9"><code>phq9</code></h3>' in page
    assert 'href="/the/page/"' in page


def test_without_script_a_check_page_precedes_the_result(preview: TestClient) -> None:
    check = preview.post("/forms/phq9", data=posted(PHQ9))
    assert check.status_code == 200
    assert "Check your answers" in check.text
    answer = preview.post("/forms/phq9", data=posted(PHQ9, id=str(uuid.uuid4())), follow_redirects=False)
    assert answer.status_code == 303
    assert "Nothing was stored" in preview.get(answer.headers["location"]).text
    changed = preview.post("/forms/phq9", data=posted(PHQ9, id=str(uuid.uuid4()), _change="1"))
    assert 'name="bothered.q1"' in changed.text


def test_refused_answers_come_back_with_their_problems(preview: TestClient) -> None:
    bad = posted(PHQ9, id=str(uuid.uuid4())) | {"bothered.q1": "9"}
    answer = preview.post("/forms/phq9", data=bad, headers=JSON)
    assert answer.status_code == 422
    assert answer.json()["problems"] == [
        {"name": "bothered.q1", "message": "Choose one of the answers that are offered"}
    ]
    page = preview.post("/forms/phq9", data=bad)
    assert page.status_code == 422
    assert "There is a problem" in page.text
    assert "I held on to the rail" in page.text


def test_typed_markup_is_shown_as_text(preview: TestClient) -> None:
    data = posted(PHQ9, id=str(uuid.uuid4()), note="<script>alert(1)</script>")
    url = preview.post("/forms/phq9", data=data, headers=JSON).json()["url"]
    page = preview.get(url).text
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 2


def test_nothing_stays_on_disk(preview: TestClient, tmp_path: Path) -> None:
    assert preview.post("/forms/phq9", data=posted(PHQ9, id=str(uuid.uuid4())), headers=JSON).status_code == 201
    assert list(tmp_path.iterdir()) == []


def test_only_the_latest_results_stay_available(preview: TestClient) -> None:
    urls = [
        preview.post("/forms/gad7", data=posted(FORMS["gad7"], id=str(uuid.uuid4())), headers=JSON).json()["url"]
        for _ in range(MOST_RESULTS + 1)
    ]
    gone = preview.get(urls[0])
    assert (gone.status_code, "not here any more" in gone.text) == (404, True)
    assert preview.get(urls[-1]).status_code == 200


def test_a_body_of_the_wrong_type_is_refused(preview: TestClient) -> None:
    answer = preview.post("/forms/phq9", content=b"x", headers={"Content-Type": "text/plain"} | JSON)
    assert answer.status_code == 415
