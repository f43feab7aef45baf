"""Whom to call is said in a way that is shown as it was meant, and a warning tells what is missing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cases.phones import PHONES
from tests.site_builder.checks.conftest import CheckPage

FORM = "# Mood\n\n```yaml form\nform: mood\nfields: {low: {ask: Low?, type: yes no}}\n```\n"
HOURS = 'hours: "Monday to Friday, 9:00 to 17:00"'
NO_PHONE = (
    "warning: it is said nowhere on which number the clinic can be called; add a line to extra.clinic, like "
    'phone: "+44 20 7946 0000"; help, receipts and risky answers show it'
)
NO_HOURS = (
    "warning: it is said nowhere when the clinic can be called; add a line to extra.clinic, like "
    f"{HOURS}; help, receipts and risky answers show it"
)


def clinic(*lines: str) -> str:
    return "extra:\n  clinic:\n    name: Elm Street\n" + "".join(f"    {line}\n" for line in lines)


def test_a_number_and_hours_are_enough(check_page: CheckPage) -> None:
    assert check_page(FORM, config=clinic('phone: "020 7946 0000"', HOURS)) == []
    assert (
        check_page(FORM, config=clinic("phone: (202) 555-0142", "hours: |\n      Mon to Fri, 9:00\n      Sat, 10:00"))
        == []
    )


def test_the_handbooks_example_is_good(check_page: CheckPage) -> None:
    page = (Path(__file__).parents[3] / "content" / "handbook" / "publish.md").read_text("utf-8")
    (example,) = re.findall(r"^````yaml\n(extra:.*?)^````$", page, flags=re.M | re.S)
    assert check_page(FORM, config=example) == []


def test_what_is_missing_is_a_warning_each(check_page: CheckPage) -> None:
    assert check_page(FORM, config=clinic()) == [f"mkdocs.yml:4:5 {NO_PHONE}", f"mkdocs.yml:4:5 {NO_HOURS}"]
    assert check_page(FORM, config=clinic("phone: 112")) != []
    assert check_page(FORM, config=clinic('phone: "112"')) == [f"mkdocs.yml:4:5 {NO_HOURS}"]
    assert check_page(FORM, config="site_name: Elm Street\n") == [
        f"mkdocs.yml:1:1 {NO_PHONE}",
        f"mkdocs.yml:1:1 {NO_HOURS}",
    ]


@pytest.mark.parametrize("empty", ["", "~", "null", '""', '"  "', '"\\u200b"'])
def test_an_empty_line_is_as_good_as_none(check_page: CheckPage, empty: str) -> None:
    assert check_page(FORM, config=clinic(f"phone: {empty}", HOURS)) == [f"mkdocs.yml:5:5 {NO_PHONE}"]


def test_a_site_without_forms_may_leave_both_out(check_page: CheckPage) -> None:
    assert check_page("# Words\n", config=clinic()) == []
    assert check_page(FORM) == []


@pytest.mark.parametrize(
    ("line", "quoted"),
    [
        ("phone: 0123", 'phone: "0123"'),  # 83
        ("phone: +15550100", 'phone: "+15550100"'),  # 15550100
        ("phone: 2025550142", 'phone: "2025550142"'),
        ("phone: 01.23", 'phone: "01.23"'),
        ("phone: 20:25:55", 'phone: "20:25:55"'),  # a number to the base of 60
        ("hours: 9:17", 'hours: "9:17"'),
        ("hours: yes", 'hours: "yes"'),
    ],
)
def test_what_yaml_takes_for_something_else_needs_quotes(check_page: CheckPage, line: str, quoted: str) -> None:
    name, _, text = line.partition(": ")
    other = HOURS if name == "phone" else 'phone: "112"'
    assert check_page(FORM, config=clinic(line, other)) == [
        f"mkdocs.yml:5:5 '{text}' without quotes is read as something else, and would not be shown as it stands here; "
        f"put it in quotes: {quoted}"
    ]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("phone: [202 555 0142, 202 555 0143]", "list"),
        ("hours: [Monday, Tuesday]", "list"),
        ("hours: {Mon: 9-17}", "table"),
    ],
)
def test_one_text_is_wanted(check_page: CheckPage, line: str, kind: str) -> None:
    name = line.partition(":")[0]
    other = HOURS if name == "phone" else 'phone: "112"'
    (finding,) = check_page(FORM, config=clinic(line, other))
    assert finding.startswith(f"mkdocs.yml:5:5 '{name}' is a {kind}; write one text, like {name}: \"")


@pytest.mark.parametrize("written", [written for written, dials in PHONES if not dials and written])
def test_what_cannot_be_dialled_is_a_mistake(check_page: CheckPage, written: str) -> None:
    (finding,) = check_page(FORM, config=clinic(f"phone: '{written}'", HOURS))
    assert finding == (
        f"mkdocs.yml:5:5 '{written}' is not one telephone number; write one number in figures, like "
        'phone: "+44 20 7946 0000", and no words beside it'
    )


@pytest.mark.parametrize(
    ("hours", "signs"),
    [
        ("Mon to Fri<br>9:00 to 17:00", "<br>"),
        ("**Mon to Fri**", "**"),
        ("[See here](help.md)", "](help.md)"),
        ("9&nbsp;to&nbsp;5", "&nbsp;"),
    ],
)
def test_hours_are_plain_words(check_page: CheckPage, hours: str, signs: str) -> None:
    (finding,) = check_page(FORM, config=clinic('phone: "112"', f"hours: '{hours}'"))
    assert finding == f"mkdocs.yml:6:5 '{signs}' would be shown as it stands here; write the hours as plain words"
    assert check_page(FORM, config=clinic('phone: "112"', "hours: Mon & Fri, 9 < 17, 2 * a day")) == []


def test_words_of_a_starter_are_not_hours(check_page: CheckPage) -> None:
    (finding,) = check_page(FORM, config=clinic('phone: "112"', "hours: ✎ When?"))
    assert "'hours' is not written yet" in finding


def test_a_number_from_the_environment_is_read_as_mkdocs_reads_it(
    check_page: CheckPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLINIC_PHONE", "+12025550142")
    (finding,) = check_page(FORM, config=clinic("phone: !ENV CLINIC_PHONE", HOURS))
    assert "'+12025550142' without quotes" in finding
    monkeypatch.setenv("CLINIC_PHONE", "+1 202 555 0142")
    assert check_page(FORM, config=clinic("phone: !ENV CLINIC_PHONE", HOURS)) == []
