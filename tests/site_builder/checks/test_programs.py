"""What is wrong above a program is reported with its line and column, and with what to write."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.site_builder.checks.conftest import CheckPage

SHEET = "# Diary\n\n```yaml form\nform: diary\nfields: {minutes: {ask: How long?, type: number}}\n```\n"
PLAN = "# Safety\n\n```yaml form\nform: safety\nwith_clinician: true\nfields: {what: What helps?}\n```\n"
MEASURE = (
    "# Mood\n\n```yaml form\nform: mood\nlicence: Made up for this test.\nscales: {total: {items: [q1]}}\n"
    "fields: {q1: {ask: How?, type: rating, from: 0, to: 3}}\n```\n"
)
PRACTICE = "# Calm\n\n```yaml practice\npractice: calm\nsteps:\n  - 30: Listen.\nlog: diary\n```\n"
GOOD = "{title: One, why: To begin., read: guides/why-practice.md, do: [worksheets/diary.md]}"


@pytest.fixture(autouse=True)
def pages(clinic: Path) -> None:
    content = clinic / "content"
    (content / "programs").mkdir()
    for name, text in {"diary": SHEET, "safety": PLAN, "calm": PRACTICE}.items():
        (content / "worksheets" / f"{name}.md").write_text(text)
    (content / "measures/mood.md").write_text(MEASURE)


def program(*weeks: str, name: str = "weeks") -> str:
    return f"---\ntitle: Plan\n{name}:\n" + "".join(f"  - {week}\n" for week in weeks) + "---\n\n# Plan\n"


def programs_in(check_page: CheckPage, text: str, page: str = "programs/plan.md", config: str = "") -> list[str]:
    return check_page(text, page=page, config=config, without="meaning")


@pytest.mark.parametrize("name", ["weeks", "modules"])
def test_a_good_program_is_fine(check_page: CheckPage, name: str) -> None:
    further = "{title: Two, why: To go on., practise: worksheets/calm.md, measure: [measures/mood.md]}"
    assert programs_in(check_page, program(GOOD, further, name=name)) == []


@pytest.mark.parametrize("kind", ["do", "measure"])
def test_a_questionnaire_without_a_score_may_stand_under_either(clinic: Path, check_page: CheckPage, kind: str) -> None:
    (clinic / "content/measures/together.md").write_text(
        SHEET.replace("form: diary\n", "form: together\nlicence: Made up for this test.\n")
    )
    assert programs_in(check_page, program(f"{{title: One, why: A., {kind}: measures/together.md}}")) == []


@pytest.mark.parametrize(
    ("week", "message"),
    [
        (
            "{title: One, why: A., read: [guides/why-practise.md]}",
            "4:34 there is no page 'guides/why-practise.md'; did you mean 'guides/why-practice.md'?",
        ),
        (
            "{title: One, why: A., read: ../guides/why-practice.md}",
            "4:33 there is no page '../guides/why-practice.md'; ",
        ),
        (
            "{title: One, why: A., read: why-practise}",
            "4:33 there is no page 'why-practise'; did you mean 'guides/why-p",
        ),
        ("{title: One, why: A., read: programs/plan.md}", "4:33 a program cannot name itself; name another page"),
        (
            "{title: One, why: A., read: worksheets/diary.md}",
            "4:33 'worksheets/diary.md' is a worksheet, and stands under 'read'; write it under 'do'",
        ),
        (
            "{title: One, why: A., do: measures/mood.md}",
            "4:31 'measures/mood.md' is a measure, and stands under 'do'; write it under 'measure'",
        ),
        (
            "{title: One, why: A., measure: worksheets/calm.md}",
            "4:36 'worksheets/calm.md' is a practice, and stands under 'measure'; write it under 'practise'",
        ),
        ("{title: One, why: A., do: worksheets/safety.md}", "4:31 'worksheets/safety.md' is filled in together with a"),
        (
            "{title: One, why: A., raed: [guides/why-practice.md]}",
            "4:27 'raed' is not an option of one of the weeks; did you mean 'read'?",
        ),
        ("{title: One, why: A.}", "4:5 there is nothing to read or to do here; name a page"),
        ("{title: One, read: guides/why-practice.md}", "4:5 this entry has no 'why'; add why:"),
        ("{why: A., read: guides/why-practice.md}", "4:5 this entry has no 'title'; add title:"),
        ("{title: '', why: A., read: guides/why-practice.md}", "4:13 'title' has no words; write"),
        ("{title: One, why: A., read: []}", "4:33 'read' is empty; name a page"),
        ("{title: One, why: A., read: {a: b}}", "4:33 'read' takes pages; write them like this"),
        (
            "{title: One, why: A., read: [guides/why-practice.md, guides/why-practice.md]}",
            "4:58 'guides/why-practice.md' stands here twice; keep one",
        ),
        ("guides/why-practice.md", "4:5 one of the weeks is no table of names; write it like this: - {title:"),
        (f"{{title: {'a' * 81}, why: A., read: guides/why-practice.md}}", "4:6 'title' has 81 characters, and 80 are"),
    ],
)
def test_a_mistake_is_reported_with_its_place(check_page: CheckPage, week: str, message: str) -> None:
    (reported,) = programs_in(check_page, program(week))
    assert reported.startswith(message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("---\ntitle: Plan\nweeks:\n---\n\n# Plan\n", "3:1 'weeks' has to be a list; write each on a line"),
        ("---\ntitle: Plan\nweeks: soon\n---\n\n# Plan\n", "3:1 'weeks' has to be a list; write each on a line"),
        ("---\ntitle: Plan\nweeks: []\n---\n\n# Plan\n", "3:1 'weeks' has to be a list; write each on a line"),
        ("# Plan\n", "1:1 this program has no weeks; write them above it"),
        (
            f"---\ntitle: Plan\nweeks: [{GOOD}]\nmodules: [{GOOD}]\n---\n\n# Plan\n",
            "3:1 'weeks' and 'modules' both say what this program is divided into; keep one",
        ),
        (program(*[GOOD] * 53), "3:1 there are 53 here, and 52 are the most; make two programs"),
    ],
)
def test_a_mistake_of_the_whole_is_reported(check_page: CheckPage, text: str, message: str) -> None:
    (reported,) = programs_in(check_page, text)
    assert reported.startswith(message)


def test_a_name_that_is_mistyped_above_the_page_is_named(check_page: CheckPage) -> None:
    reported = programs_in(check_page, program(GOOD, name="weks"))
    assert any("'weks' means nothing above a page; did you mean 'weeks'?" in each for each in reported)


def test_a_page_that_is_left_out_of_the_site_is_no_page_of_a_program(check_page: CheckPage) -> None:
    reported = programs_in(check_page, program(GOOD), config="exclude_docs: worksheets/diary.md")
    assert any("the page 'worksheets/diary.md' is left out of the site; name another" in each for each in reported)


def test_what_else_stands_above_the_page_is_not_judged(check_page: CheckPage) -> None:
    text = program(GOOD).replace("title: Plan", "title: Plan\nreviewed: 2026-01-02  # a comment\nbook: 'x' # y")
    assert programs_in(check_page, text) == []


def test_the_list_of_programs_needs_no_weeks(check_page: CheckPage) -> None:
    assert programs_in(check_page, "# Programs\n", page="programs/index.md") == []
