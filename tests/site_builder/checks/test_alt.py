# ruff: noqa: E501 (a message stands whole beside the text that it is about)
"""Pictures without alternative text."""

from __future__ import annotations

import pytest

from tests.site_builder.checks.conftest import CheckPage


@pytest.mark.parametrize(
    ("picture", "message"),
    [
        ("![](pictures/stair.svg)", "the picture 'stair.svg' has no words for people who do not see it; say in a few words what the picture shows between the square brackets; if it only decorates, write <img src=\"pictures/stair.svg\" alt=\"\">"),
        ('<img src="../pictures/stair.svg">', "the picture 'stair.svg' has no words for people who do not see it; add alt=\"…\" and say in a few words what the picture shows; if it only decorates, add alt=\"\""),
        ("![IMG_1234.jpg](pictures/stair.svg)", "warning: the words for a picture are only the name of a file, 'IMG_1234.jpg'; say in a few words what the picture shows"),
        ("![DSC0042](pictures/stair.svg)", "warning: the words for a picture are only the name of a file, 'DSC0042'; say in a few words what the picture shows"),
    ],
)  # fmt: skip
def test_a_picture_without_alternative_text_is_reported_with_its_place(
    check_page: CheckPage, picture: str, message: str
) -> None:
    assert check_page(f"# Page\n\nLook: {picture}\n") == [f"3:7 {message}"]


@pytest.mark.parametrize(
    "picture",
    [
        "![A stair](pictures/stair.svg)",
        '<img src="../pictures/stair.svg" alt="">',
        "`![](x.png)`",
        "<!-- ![](x.png) -->",
    ],
)
def test_alternative_text_and_decoration_are_accepted(check_page: CheckPage, picture: str) -> None:
    assert check_page(f"# Page\n\nLook: {picture}\n") == []
