"""Line charts as SVG, with tinted bands and labels for the first and last value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise

from markupsafe import Markup, escape

from collector.review.overview import Course, Point, points, readable, signed

SMALL = (96, 28)  # px: a line in a table row
LARGE = (640, 240)
EDGE = 4  # px around the small line, so that its last dot is not cut off
LEFT, RIGHT, TOP, BOTTOM = 36, 150, 26, 28  # px around the large one, for values, names of bands, a value, dates
HEADROOM = 1.25  # the highest band starts at four fifths of the chart, so that it is visible


def _range(course: Course) -> tuple[float, float]:
    """Return the lowest and highest value of the chart, which include 0, all scores, cut-offs and starts of bands."""
    values = [point.value or 0 for point in course.scored]
    cut_offs = [at for _, at in course.scale.cut_offs]
    top = max([*values, *cut_offs, *(at * HEADROOM for at, _ in course.scale.bands), 1])
    return min([0, *values]), top


def _positions(course: Course, width: float, height: float) -> list[tuple[float, float, Point]]:
    """Return (x, y, point) for each score, with x by time."""
    scored = course.scored
    times = [datetime.fromisoformat(point.received).timestamp() for point in scored]
    span = (times[-1] - times[0]) or 1
    low, high = _range(course)
    return [
        (
            (time - times[0]) / span * width if len(scored) > 1 else width / 2,
            height - ((point.value or 0) - low) / (high - low) * height,
            point,
        )
        for time, point in zip(times, scored, strict=True)
    ]


def in_words(course: Course) -> str:
    """Return a description of the course, for people who cannot see the line."""
    values = ", ".join(points(point.value) for point in course.scored)
    change = f"; {signed(course.change)} since the first" if course.change is not None else ""
    return f"{course.scale.title}: {values}{change}"


def small_line(course: Course) -> Markup:
    """Return the line for a row of the caseload table; empty with fewer than two scores."""
    if len(course.scored) < 2:
        return Markup("")
    width, height = SMALL
    positions = _positions(course, width - 2 * EDGE, height - 2 * EDGE)
    line = " ".join(f"{x + EDGE:.1f},{y + EDGE:.1f}" for x, y, _ in positions)
    x, y, _ = positions[-1]
    return Markup(
        '<svg class="hw-line" width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img" aria-label="{words}">'
        '<polyline points="{line}" /><circle cx="{x:.1f}" cy="{y:.1f}" r="3" /></svg>'
    ).format(w=width, h=height, words=in_words(course), line=line, x=x + EDGE, y=y + EDGE)


def large_line(course: Course) -> Markup:
    """Return the chart of a client's page: named bands, named cut-offs, first and last value."""
    if not course.scored:
        return Markup("")
    width, height = LARGE[0] - LEFT - RIGHT, LARGE[1] - TOP - BOTTOM
    low, high = _range(course)

    def level(value: float) -> float:
        return TOP + height - (value - low) / (high - low) * height

    marks = [*_bands(course, level, high), *_cut_offs(course, level)]
    positions = [(x + LEFT, y + TOP, point) for x, y, point in _positions(course, width, height)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in positions)
    marks.append(Markup('<polyline points="{}" />').format(line))
    marks += [Markup('<circle cx="{:.1f}" cy="{:.1f}" r="3.5" />').format(x, y) for x, y, _ in positions]
    marks += _ends(positions)
    return Markup('<svg class="hw-chart" viewBox="0 0 {w} {h}" role="img" aria-label="{words}">{marks}</svg>').format(
        w=LARGE[0], h=LARGE[1], words=in_words(course), marks=Markup("").join(marks)
    )


def _bands(course: Course, level: Callable[[float], float], high: float) -> list[Markup]:
    """Return the bands, every other one tinted, each with its name at the right edge."""
    starts = [*course.scale.bands, (high, "")]
    marks = []
    for number, ((start, label), (end, _)) in enumerate(pairwise(starts)):
        y, below = level(end), level(start)
        if number % 2:
            marks.append(
                Markup('<rect class="hw-band" x="{}" y="{:.1f}" width="{}" height="{:.1f}" />').format(
                    LEFT, y, LARGE[0] - LEFT - RIGHT, below - y
                )
            )
        marks.append(
            Markup('<text class="hw-band-name" x="{}" y="{:.1f}">{}</text>').format(
                LARGE[0] - RIGHT + 10, (y + below) / 2 + 4, label
            )
        )
    return marks


def _cut_offs(course: Course, level: Callable[[float], float]) -> list[Markup]:
    """Return each cut-off as a line with its name, above and below in turn, so that close ones do not overlap."""
    middle = (LEFT + LARGE[0] - RIGHT) / 2
    marks = []
    for number, (name, at) in enumerate(sorted(course.scale.cut_offs, key=lambda cut_off: -cut_off[1])):
        y = level(at)
        marks.append(
            Markup(
                '<line class="hw-cut-off" x1="{}" x2="{}" y1="{y:.1f}" y2="{y:.1f}" />'
                '<text x="{}" y="{t:.1f}" text-anchor="middle">{}</text>'
            ).format(
                LEFT, LARGE[0] - RIGHT, middle, f"{readable(name)} {points(at)}", y=y, t=y + 14 if number % 2 else y - 5
            )
        )
    return marks


def _ends(positions: Sequence[tuple[float, float, Point]]) -> list[Markup]:
    """Return the first and the last value at their dots, and their dates below."""
    marks = []
    ends = [positions[0], positions[-1]] if len(positions) > 1 else [positions[0]]
    for number, (x, y, point) in enumerate(ends):
        anchor = "end" if number and len(positions) > 1 else "start"
        marks.append(
            Markup('<text class="hw-value" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(
                x, y - 8, "end" if anchor == "end" else "middle", points(point.value)
            )
        )
        day = datetime.fromisoformat(point.received).strftime("%-d %b %Y")
        marks.append(
            Markup('<text x="{:.1f}" y="{}" text-anchor="{}">{}</text>').format(x, LARGE[1] - 8, anchor, escape(day))
        )
    return marks
