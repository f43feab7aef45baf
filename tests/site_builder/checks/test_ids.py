"""Ids that are used twice on one page."""

from __future__ import annotations

import pytest

from tests.site_builder.checks.conftest import CheckPage


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("## One {#a}\n\n## Two {#a}", ["5:9 the id 'a' stands in line 3 already; give one of the two another name"]),
        (
            '<p id="next">A</p>\n\n## Next',
            [
                "5:4 the id 'next' stands in line 3 already (one of the two is made from a heading); "
                "give one of the two another name"
            ],
        ),
        ("## Same\n\n## Same", []),
        ("`<p id='a'>` `<p id='a'>`", []),
    ],
)
def test_an_id_is_unique_on_its_page(check_page: CheckPage, text: str, messages: list[str]) -> None:
    assert check_page(f"# Page\n\n{text}\n") == messages
