"""The practices of the library: each has its guide and its log, says who should take care, and leads on."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

import pytest

from site_builder.checks import check
from site_builder.content.library import Library, Page, read_library
from site_builder.content.menu import addresses, menu_of

CONTENT = Path(__file__).parents[2] / "content"

# The guides that offer a practice where their text has just made the reader want it, and the log that it ends in.
GUIDES = {
    "paced-breathing": ("breathing", "calming-the-body", "distress-tolerance"),
    "box-breathing": ("breathing",),
    "muscle-relaxation": ("muscle-relaxation", "sleep"),
    "muscle-relaxation-short": ("muscle-relaxation", "calming-the-body"),
    "body-scan": ("body-scan", "sleep"),
    "calm-place": ("calm-place",),
    "five-senses": ("grounding", "after-trauma"),
    "mindful-noticing": ("mindful-noticing", "dbt-mindfulness"),
    "worry-time": ("worry-cycle",),
}
LOGS = dict.fromkeys(GUIDES, "relaxation-log") | {
    "five-senses": "mindfulness-log",
    "mindful-noticing": "mindfulness-log",
    "worry-time": "worry-time",
}

# What has to stand before Start is pressed (case does not count).
CAUTIONS = {
    "paced-breathing": ("dizzy", "asthma", "lung or heart illness", "a baby on the way", "stay safe", "wheel"),
    "box-breathing": ("panic", "asthma", "heart illness", "a baby on the way"),
    "muscle-relaxation": ("injury", "blood pressure", "heart illness", "pregnancy", "wheel"),
    "muscle-relaxation-short": ("hurt or sore", "blood pressure", "heart illness", "a baby", "hold your breath"),
    "body-scan": ("bad memories", "eyes open", "stop"),
    "calm-place": ("nothing bad has happened", "eyes may stay open"),
    "five-senses": ("eyes stay open",),
    "mindful-noticing": ("eyes open", "trauma", "voices"),
    "worry-time": ("terrible memory", "ending your life"),
}
SOURCE = re.compile(r"[A-Za-z][^.]{3,}\. .{6,}\b(?:19|20)\d\d\b.*", re.DOTALL)


@pytest.fixture(scope="module")
def library() -> Library:
    return read_library(CONTENT)


@pytest.fixture(scope="module")
def practices(library: Library) -> dict[str, Page]:
    return {posixpath.basename(page.path).removesuffix(".md"): page for page in library.pages if page.practice}


def linked(page: Page) -> set[str]:
    folder = posixpath.dirname(page.path)
    paths = (link.target.partition("#")[0] for link in page.outline.links if link.kind == "link")
    return {posixpath.normpath(posixpath.join(folder, path)) for path in paths}


def linked_at_the_end(page: Page) -> set[str]:
    end = page.body.partition("\n## What next\n")[2]
    folder = posixpath.dirname(page.path)
    return {posixpath.normpath(posixpath.join(folder, path)) for path in re.findall(r"\]\(([^)]+)\)", end)}


def test_every_practice_has_its_guide(practices: dict[str, Page]) -> None:
    assert set(practices) == set(GUIDES)


@pytest.mark.parametrize(("name", "guides"), GUIDES.items(), ids=GUIDES.keys())
def test_guides_and_practices_link_both_ways(library: Library, name: str, guides: tuple[str, ...]) -> None:
    practice = library.by_path[f"practices/{name}.md"]
    wanted = {f"guides/{guide}.md" for guide in guides}
    assert {path for path in wanted if practice.path in linked(library.by_path[path])} == wanted
    assert wanted <= linked(practice)
    offering = {
        page.path for page in library.pages if page.path.startswith("guides/") and practice.path in linked(page)
    }
    assert offering == wanted


def test_panic_offers_no_practice(library: Library) -> None:
    """Calming the breath could become one more way to be safe from panic."""
    assert [path for path in linked(library.by_path["guides/panic.md"]) if path.startswith("practices/")] == []


@pytest.mark.parametrize("name", GUIDES)
def test_what_next_is_the_guide_and_the_log(practices: dict[str, Page], name: str) -> None:
    read = practices[name].practice
    assert read
    assert read.practice.log
    assert read.practice.log.form == LOGS[name]
    assert linked_at_the_end(practices[name]) >= {f"guides/{GUIDES[name][0]}.md", f"worksheets/{LOGS[name]}.md"}


@pytest.mark.parametrize("name", GUIDES)
def test_a_log_leads_to_a_guide_of_its_practice(library: Library, name: str) -> None:
    links = linked(library.by_path[f"worksheets/{LOGS[name]}.md"])
    assert links & {f"guides/{guide}.md" for guide in GUIDES[name]}
    assert links & {f"practices/{name}.md", "practices/index.md"}


@pytest.mark.parametrize(("name", "words"), CAUTIONS.items(), ids=CAUTIONS.keys())
def test_a_practice_says_who_should_take_care(practices: dict[str, Page], name: str, words: tuple[str, ...]) -> None:
    start = practices[name].body.partition("```yaml practice")[0]
    text = " ".join(re.sub(r"[*_]", "", start).split()).lower()
    assert [each for each in words if each not in text] == []


def test_a_practice_says_its_need_its_sources_and_who_has_not_read_it_yet(practices: dict[str, Page]) -> None:
    assert [name for name, page in practices.items() if not page.front.get("needs")] == []
    unread = [name for name, page in practices.items() if "not yet by a clinician" in page.front.get("reviewed_by", "")]
    assert unread == list(practices)
    sources = [(name, source) for name, page in practices.items() for source in page.front.get("sources", ["none"])]
    assert [each for each in sources if not SOURCE.fullmatch(each[1])] == []


def test_every_practice_is_on_the_list_and_in_the_menu(library: Library, practices: dict[str, Page]) -> None:
    paths = {page.path for page in practices.values()}
    assert paths <= linked(library.by_path["practices/index.md"])
    assert paths <= set(addresses(menu_of(CONTENT)))


def test_the_check_counts_practices() -> None:
    report = check(CONTENT, CONTENT.parent / "mkdocs.yml")
    assert report.to_json()["practices"] == len(GUIDES)
    assert f", {len(GUIDES)} practices, no mistakes" in str(report)
