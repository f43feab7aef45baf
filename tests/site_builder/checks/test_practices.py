"""Practices have names of their own, and logs that can take what they fill in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.site_builder.checks.conftest import CheckPage

DIARY = """# Diary

```yaml form
form: diary
fields:
  how_long: {ask: How long?, type: number}
  minutes: {ask: How long?, type: number}
  mood: {ask: How was it?, type: rating}
  what: What was it?
  kind: {ask: Which kind?, type: choice, choices: {breath: Breath, body: Body}}
```
"""


def practice(log: str, name: str = "calm") -> str:
    return f"# Calm\n\n```yaml practice\npractice: {name}\nsteps:\n  - 30: Listen.\nlog: {log}\n```\n"


@pytest.fixture(autouse=True)
def diary(clinic: Path) -> None:
    (clinic / "content/worksheets/diary.md").write_text(DIARY)


@pytest.mark.parametrize(
    "log",
    [
        "diary",
        "{form: diary, minutes: how_long}",
        "{form: diary, answers: {kind: breath, what: A walk}}",
    ],
)
def test_a_log_that_fits_is_fine(check_page: CheckPage, log: str) -> None:
    assert check_page(practice(log)) == []


@pytest.mark.parametrize(
    ("log", "message"),
    [
        ("dairy", "7:6 there is no form 'dairy'; did you mean 'diary'?"),
        ("{form: dairy}", "7:13 there is no form 'dairy'; did you mean 'diary'?"),
        (
            "{form: diary, minutes: minuts}",
            "7:29 the form 'diary' has no question 'minuts' for the minutes; did you mean",
        ),
        ("{form: diary, minutes: mood}", "7:29 the question 'mood' of 'diary' takes no number; name the one"),
        ("{form: diary, answers: {knd: breath}}", "7:30 the form 'diary' has no question 'knd'; did you mean 'kind'?"),
        (
            "{form: diary, answers: {kind: breth}}",
            "7:36 'breth' is no choice of 'kind' in 'diary'; did you mean 'breath'?",
        ),
        ("{form: diary, answers: {mood: 5}}", "7:30 the question 'mood' of 'diary' cannot be filled in by a practice"),
    ],
)
def test_a_log_that_cannot_take_the_minutes_is_reported(check_page: CheckPage, log: str, message: str) -> None:
    (finding,) = check_page(practice(log))
    assert finding.startswith(message)


def test_two_practices_of_one_name_are_reported(check_page: CheckPage, clinic: Path) -> None:
    (clinic / "content/first.md").write_text(practice("diary"))
    assert check_page(practice("diary"), "second.md") == [
        "4:11 the practice 'calm' is on content/first.md already; give one of the two another name"
    ]


def test_a_form_with_a_mistake_is_not_reported_as_missing(check_page: CheckPage, clinic: Path) -> None:
    (clinic / "content/worksheets/diary.md").write_text(DIARY.replace("type: rating", "type: raiting"))
    assert [line for line in check_page(practice("diary")) if "no form" in line] == []


def test_a_practice_that_nobody_can_find_is_warned_about(check_page: CheckPage) -> None:
    menu = "nav: [index.md, worksheets/diary.md, guides/why-practice.md]"
    (finding,) = check_page(practice("diary"), config=menu, without="contact")
    assert finding.startswith("4:11 warning: the practice 'calm' is on a page that is not in the menu; name the page")
    commented = f"# Calm\n\n<!--\n{practice('diary').partition(chr(10))[2]}-->\n"
    (finding,) = check_page(commented, config=menu, without="contact")
    assert "this practice stands in a comment, and is not published" in finding


def test_the_words_of_a_practice_count_as_prose(check_page: CheckPage) -> None:
    hard = "Systematically interrogate the physiological manifestations of sympathetic hyperactivation."
    steps = "".join(f"  - 30: {hard} {number}\n" for number in range(12))
    text = f"# Calm\n\n```yaml practice\npractice: calm\nsteps:\n{steps}log: diary\n```\n"
    assert any(line.startswith("6:") and "school grade" in line for line in check_page(text))
