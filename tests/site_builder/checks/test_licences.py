"""A measure cannot be published without saying whose it is and what they permit."""

from __future__ import annotations

import pytest

from tests.site_builder.checks.conftest import Told

REMEDY = "write who made it and what they permit, like 'licence: By A. Author, 2001. Free to use and to copy.'"
FORM = "# Mood\n\n```yaml form\nform: mood\n%sfields: {a: How are you?}\n```\n"


@pytest.mark.parametrize("licence", ["yes!", "none", "TBD", "unknown", "public domain"])
def test_a_licence_says_who_permits_what(told: Told, licence: str) -> None:
    assert told(FORM % f'licence: "{licence}"\n', "measures/mood.md") == [
        f"5:10 '{licence}' does not say who permits what; {REMEDY}"
    ]


def test_a_page_among_the_measures_needs_one_even_without_scales(told: Told) -> None:
    assert told(FORM % "", "measures/mood.md") == [f"4:7 a page among the measures needs a licence; {REMEDY}"]
    assert told(FORM % "licence: By Dr Alice Example, 2026. Free to use.\n", "measures/mood.md") == []


def test_a_worksheet_needs_none(told: Told) -> None:
    assert told(FORM % "", "worksheets/mood.md") == []
