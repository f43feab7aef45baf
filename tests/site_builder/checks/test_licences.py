"""A measure needs a licence that names its owner and what they permit."""

from __future__ import annotations

from pathlib import Path

import pytest

from site_builder.checks import check
from tests.site_builder.checks.conftest import CheckPage

REMEDY = "write who made it and what they permit, like 'licence: By A. Author, 2001. Free to use and to copy.'"
FORM = "# Mood\n\n```yaml form\nform: mood\n%sfields: {a: How are you?}\n```\n"


@pytest.mark.parametrize("licence", ["yes!", "none", "TBD", "unknown", "public domain"])
def test_a_licence_says_who_permits_what(check_page: CheckPage, licence: str) -> None:
    assert check_page(FORM % f'licence: "{licence}"\n', "measures/mood.md") == [
        f"5:10 '{licence}' does not say who permits what; {REMEDY}"
    ]


def test_a_page_among_the_measures_needs_one_even_without_scales(check_page: CheckPage) -> None:
    assert check_page(FORM % "", "measures/mood.md") == [f"4:7 a page among the measures needs a licence; {REMEDY}"]
    assert check_page(FORM % "licence: By Dr Alice Example, 2026. Free to use.\n", "measures/mood.md") == []


def test_a_measure_with_scales_is_refused_under_the_same_rule(check_page: CheckPage, clinic: Path) -> None:
    scales = "scales: {total: {items: [a]}}\n"
    rating = (FORM % scales).replace("a: How are you?", "a: {ask: How are you?, type: rating}")
    assert check_page(rating, "worksheets/mood.md") == [
        "5:1 a measure without a licence cannot be published; add 'licence:' with who made it and what they permit"
    ]
    assert [finding.rule for finding in check(Path("content")).findings] == ["licence"]


def test_a_worksheet_needs_none(check_page: CheckPage) -> None:
    assert check_page(FORM % "", "worksheets/mood.md") == []
