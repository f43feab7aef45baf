"""The programs of the library: each week has something to read and to do, and trauma is steadied, not gone back to."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from site_builder.content.library import Page, read_library
from site_builder.content.menu import addresses, menu_of
from site_builder.programs.drawing import weeks_of, with_weeks
from site_builder.programs.language import Program, read_program
from site_builder.publishing.build import build

ROOT = Path(__file__).parents[2]
LIBRARY = read_library(ROOT / "content")
LENGTHS = {"anxiety": (8, "Week"), "low-mood": (8, "Week"), "after-trauma": (8, "Week"), "dbt-skills": (4, "Module")}
PAGES = {name: LIBRARY.by_path[f"programs/{name}.md"] for name in LENGTHS}

# Ways back to what is feared or to what happened, and exercises in which the eyes close by themselves.
NOT_AFTER_TRAUMA = frozenset(
    f"{folder}/{name}.md"
    for folder in ("guides", "worksheets", "practices")
    for name in (
        "facing-fears", "avoidance", "testing-thoughts", "fear-ladder", "facing-a-step", "experiment", "thought-record",
        "abc", "body-scan", "calm-place",
    )
)  # fmt: skip


def program_of(name: str) -> Program:
    program = read_program(PAGES[name])
    assert program is not None
    return program


@pytest.mark.parametrize(("name", "length"), LENGTHS.items(), ids=LENGTHS)
def test_a_program_has_its_weeks(name: str, length: tuple[int, str]) -> None:
    program = program_of(name)
    assert (len(program.weeks), program.called, program.errors) == (*length, ())
    assert f"programs/{name}.md" in addresses(menu_of(ROOT / "content"))


@pytest.mark.parametrize("name", LENGTHS)
def test_every_week_has_something_to_read_and_to_do(name: str) -> None:
    weeks = program_of(name).weeks
    assert [week.title for week in weeks if not (week.of("read") and week.of("do") and week.why)] == []


@pytest.mark.parametrize("name", ["anxiety", "low-mood", "after-trauma"])
def test_what_is_measured_is_measured_at_the_start_and_at_the_end(name: str) -> None:
    weeks = program_of(name).weeks
    assert weeks[0].of("measure")
    assert [step.path for step in weeks[0].of("measure")] == [step.path for step in weeks[-1].of("measure")]


@pytest.mark.parametrize("name", LENGTHS)
def test_a_program_says_where_help_is_before_its_first_week(name: str) -> None:
    before = PAGES[name].body.partition("\n## ")[0]
    assert "!!! warning" in before
    assert "](../help.md)" in before


def test_after_trauma_nothing_leads_back_and_the_pace_is_slow() -> None:
    steps = {step.path for week in program_of("after-trauma").weeks for step in week.steps}
    assert steps & NOT_AFTER_TRAUMA == set()
    body = " ".join(PAGES["after-trauma"].body.split())
    for words in ("A note on pace", "Go slowly", "eyes open", "only together with a therapist trained in them"):
        assert words in body


def test_the_weeks_are_drawn_before_the_first_heading_with_links_that_hold() -> None:
    page = PAGES["dbt-skills"]
    program = program_of("dbt-skills")
    drawn = with_weeks(page.body.split("\n"), program, page, LIBRARY.by_path)
    headings = [line for line in drawn if line.startswith("## ")]
    assert headings == [
        *(f"## Module {number}: {week.title}" for number, week in enumerate(program.weeks, 1)),
        "## How to use this plan",
    ]
    assert "- **Do:** [DEAR MAN](<../worksheets/dear-man.md>)" in drawn


def test_weeks_stand_at_the_end_where_there_is_no_heading_and_never_in_code() -> None:
    page = Page("plan.md", "plan.md", "Plan", {"weeks": []}, text="---\nweeks: [{title: A, why: B}]\n---\n# Plan\n")
    program = read_program(page)
    assert program is not None
    body = ["# Plan", "```", "## no heading", "```", "End"]
    assert with_weeks(body, program, page, {})[5:] == ["", "", "## Week 1: A", "", "B", "", ""]


def test_the_words_of_a_week_are_never_markup() -> None:
    text = "---\nweeks:\n  - {title: '*A* <b>', why: '[x](javascript:y) & `z`'}\n---\n"
    page = Page("plan.md", "plan.md", "Plan", {"weeks": []}, text=text)
    program = read_program(page)
    assert program is not None
    drawn = list(weeks_of(program, page, {}))
    assert drawn[1:4] == ["## Week 1: \\*A\\* \\<b\\>", "", "\\[x\\](javascript:y) &amp; \\`z\\`"]


def test_the_site_has_a_page_for_each_program_with_its_weeks(tmp_path: Path) -> None:
    settings = tmp_path / "mkdocs.yml"
    text = (ROOT / "mkdocs.yml").read_text("utf-8").replace("site_builder/theme", str(ROOT / "site_builder/theme"))
    (tmp_path / "content").symlink_to(ROOT / "content")
    settings.write_text(text, "utf-8")
    build(settings, tmp_path / "site")
    for name in LENGTHS:
        page = html.unescape((tmp_path / "site/programs" / name / "index.html").read_text("utf-8"))
        program = program_of(name)
        for number, week in enumerate(program.weeks, 1):
            assert re.search(rf"<h2[^>]*>{program.called} {number}: {re.escape(week.title)}", page)
            assert week.why in page
        assert 'href="../../guides/' in page
        assert ".md" not in page.partition("<article")[2].partition("</article")[0]
