"""The handbook's pages for clinics and therapists: short, honest about what was read, and true of the software."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

import pytest

from collector.endpoints.receipts import SHOWN_FOR
from collector.ledger.access_events import CLIENT_SIGN_IN_LIFE, PERSON_SIGN_IN_LIFE
from collector.review.cookies import DEVICE_LIFE, IDLE
from collector.review.reasons import CASE, ONCE, TWICE
from site_builder.content.library import Page, read_library
from site_builder.forms.model.amounts import counted

LIBRARY = read_library(Path(__file__).parents[2] / "content")
TOPICS = {
    "adapting the library": "adapting",
    "crisis text": "crisis-text",
    "privacy text for clients": "privacy-text",
    "what not to send through it": "not-here",
    "using homework well": "using-homework",
    "reading change scores": "change-scores",
    "setting exposure homework": "exposure-homework",
    "when not to use a worksheet": "when-not",
}
PAGES = {name: LIBRARY.by_path[f"handbook/{name}.md"] for name in TOPICS.values()}
FEWEST_WORDS, MOST_WORDS = 300, 900  # a few minutes between two appointments

# What a page has to say: figures with their source, and cautions.
WORDS = {
    "using-homework": ("r = .26", "23 studies, 2,183 people", "r = .22", "27 studies", "d = 0.48", "correlations"),
    "change-scores": ("√(1 − reliability)", "√2", "±1.96", "outcome", "of ten, one is lowest"),
    "crisis-text": ("0.4 %", "4 %", "84,418", "nobody watches answers as they arrive"),
    "exposure-homework": ("after trauma", "heart or lung illness", "do the first step with them", "real danger"),
    "when-not": ("cold water", "eating disorder", "never cut by its numbers", "safety plan", "psychotic"),
    "not-here": ("anything urgent", "30 minutes", "looks into the phone"),
    "adapting": ("not yet by a clinician", "sources", "cautions"),
}


def text_of(page: Page) -> str:
    return " ".join(re.sub(r"[*_`]", "", page.body).split())


def linked(page: Page) -> set[str]:
    folder = posixpath.dirname(page.path)
    paths = (link.target.partition("#")[0] for link in page.outline.links if link.kind == "link")
    return {posixpath.normpath(posixpath.join(folder, path)) for path in paths if path.endswith(".md")}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_page_is_short_and_says_who_has_not_read_it(page: Page) -> None:
    assert FEWEST_WORDS <= len(page.body.split()) <= MOST_WORDS
    assert "not yet by a clinician" in page.front["reviewed_by"]
    assert page.front["audience"] == "clinic"


@pytest.mark.parametrize(("name", "words"), WORDS.items(), ids=WORDS)
def test_a_page_says_what_it_must(name: str, words: tuple[str, ...]) -> None:
    text = text_of(PAGES[name]).lower()
    assert [each for each in words if each.lower() not in text] == []


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_study_that_is_named_is_among_the_sources(page: Page) -> None:
    sources = " ".join(page.front.get("sources", []))
    named = re.findall(r"\b([A-Z]\w+)(?: and [A-Z]\w+)? ((?:19|20)\d\d)\b", page.body)
    assert [(who, year) for who, year in named if not re.search(rf"{who} .*?\b{year}\b", sources)] == []


def test_the_privacy_text_names_the_cookies_and_times_of_the_software() -> None:
    text = text_of(PAGES["privacy-text"])
    for cookie in ("hw_client", "hw_person", "hw_device"):
        assert cookie.replace("_", "") in text
    for days in (CLIENT_SIGN_IN_LIFE, DEVICE_LIFE):
        assert counted(days.days, "day") in text
    assert f"after {counted(int(IDLE.total_seconds()) // 60, 'minute')} without a request" in text
    assert f"after {counted(int(PERSON_SIGN_IN_LIFE.total_seconds()) // 3600, 'hour')} in any case" in text
    assert f"its words for {counted(int(SHOWN_FOR.total_seconds()) // 60, 'minute')}" in text


def test_clients_read_about_the_cookie_how_long_things_are_kept_and_whom_to_ask() -> None:
    page = LIBRARY.by_path["privacy.md"]
    assert f"It lasts {counted(CLIENT_SIGN_IN_LIFE.days, 'day')}." in text_of(page)
    assert {"One cookie", "How long it is kept", "If you have a question"} <= set(
        re.findall(r"^## (.+)$", page.body, flags=re.M)
    )


def test_every_mark_of_a_worse_score_is_explained() -> None:
    rows = re.findall(r"^\| (\w+) \|", PAGES["change-scores"].body, flags=re.M)
    assert {TWICE, CASE, ONCE} <= set(rows)


@pytest.mark.parametrize(("measure", "name"), [("phq9", "PHQ-9"), ("gad7", "GAD-7")])
def test_the_points_of_a_reliable_change_are_those_of_the_measure(measure: str, name: str) -> None:
    form = next(form for form in LIBRARY.forms if form.id == measure)
    (scale,) = form.scales
    assert scale.reliable_change is not None
    assert f"{scale.reliable_change:g} on [{name}]" in text_of(PAGES["change-scores"])


def test_the_pages_link_to_each_other_both_ways() -> None:
    links = {page.path: linked(page) for page in PAGES.values()}
    oneway = [(a, b) for a, targets in links.items() for b in targets if b in links and a not in links[b]]
    assert sorted(oneway) == []
    assert [path for path, targets in links.items() if not targets & links.keys() - {path}] == []


def test_every_page_is_reached_from_the_rest_of_the_handbook_and_leads_into_the_library() -> None:
    others = [page for page in LIBRARY.pages if page.path.startswith("handbook/") and page not in PAGES.values()]
    from_index = linked(LIBRARY.by_path["handbook/index.md"])
    assert {page.path for page in PAGES.values()} <= from_index
    from_pages = set().union(*(linked(page) for page in others if not page.path.endswith("index.md")))
    assert {
        f"handbook/{name}.md" for name in ("adapting", "crisis-text", "privacy-text", "change-scores", "when-not")
    } <= from_pages
    assert [page.path for page in PAGES.values() if all(path.startswith("handbook/") for path in linked(page))] == []


def test_no_page_for_clients_leads_into_the_handbook() -> None:
    """A clinic may delete the handbook, and its pages are not for clients."""
    outside = [page for page in LIBRARY.pages if not page.path.startswith("handbook/")]
    assert [page.path for page in outside if any(path.startswith("handbook/") for path in linked(page))] == []
