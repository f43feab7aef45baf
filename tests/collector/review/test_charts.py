"""Charts describe in words what they draw, and draw only what was measured."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from collector.caseload.courses import Course, Scale
from collector.review.charts import in_words, large_line, small_line
from tests.cases.courses import course_of

BANDS = ((0, "None to <minimal>"), (5, "Mild"), (10, "Moderate"))
SCALE = Scale("phq9", "total", 'PHQ-9 & "more"', BANDS, (("caseness", 10), ("screening", 8)), 6, True)


def course(*values: float | None, scale: Scale = SCALE) -> Course:
    sent = [f"2026-03-{day:02}T09:00:00.000Z" for day in range(1, 1 + len(values))]
    return course_of(scale, sent, values)


@pytest.mark.parametrize("values", [(15, 4), (15, None, 4.5, 27), (0, 0), (3, 3, 3)])
def test_a_line_has_a_description_and_a_point_for_each_score(values: tuple[float | None, ...]) -> None:
    scores = course(*values)
    for drawn in (small_line(scores), large_line(scores)):
        svg = ElementTree.fromstring(drawn)  # well-formed, so all that came in is escaped
        assert svg.attrib["role"] == "img"
        assert svg.attrib["aria-label"] == in_words(scores)
        line = svg.find("polyline")
        assert line is not None
        assert len(line.attrib["points"].split()) == len(scores.values)
        assert "nan" not in drawn


def test_the_description_is_title_values_and_change() -> None:
    assert in_words(course(15, None, 4)) == 'PHQ-9 & "more": 15, 4; −11 since the first'
    assert in_words(course(15)) == 'PHQ-9 & "more": 15'


def test_no_line_is_drawn_over_words() -> None:
    kinds = [
        mark.tag for mark in ElementTree.fromstring(large_line(course(8, 8, 10))) if "hw-band" not in str(mark.attrib)
    ]
    assert kinds == sorted(kinds, key="text".__eq__)


def test_the_large_chart_names_bands_and_cut_offs() -> None:
    words = [text.text for text in ElementTree.fromstring(large_line(course(15, 4))).iter("text")]
    for expected in (
        "None to <minimal>",
        "Mild",
        "Moderate",
        "caseness\xa010",
        "screening\xa08",
        "15",
        "4",
        "1 Mar 2026",
    ):
        assert expected in words


@pytest.mark.parametrize("values", [(), (None,), (7,), (None, 7)])
def test_a_single_score_has_no_small_line(values: tuple[float | None, ...]) -> None:
    assert small_line(course(*values)) == ""
    assert bool(large_line(course(*values))) == bool(course(*values).values)


def test_two_scores_of_the_same_moment_are_drawn_too() -> None:
    twice = course_of(SCALE, ["2026-03-01T09:00:00.000Z"] * 2, (7, 7))
    assert "polyline" in small_line(twice)
    assert "polyline" in large_line(twice)


@pytest.mark.parametrize("values", [(3, 51), (27, 4), (2,)])
@pytest.mark.parametrize("bands", [(), BANDS])
def test_values_and_cut_offs_are_drawn_inside_the_chart(
    values: tuple[float, ...], bands: tuple[tuple[float, str], ...]
) -> None:
    scale = Scale("x", "total", "X", bands, (("upper", 33),), None, True)
    svg = ElementTree.fromstring(large_line(course(*values, scale=scale)))
    _, _, width, height = map(float, svg.attrib["viewBox"].split())
    assert all(14 <= float(text.attrib["y"]) <= height for text in svg.iter("text"))
    assert all(0 <= float(line.attrib["y1"]) <= height for line in svg.iter("line"))
    assert all(float(text.attrib["x"]) <= width for text in svg.iter("text"))
