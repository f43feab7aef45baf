"""Line charts as SVG, with tinted bands and labels for the first and last value."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from itertools import chain, pairwise
from textwrap import wrap

from markupsafe import Markup, escape

from collector.caseload.courses import Course, points, signed
from collector.review.comparisons import cut_off_in_words
from site_builder.forms.model.direction import isolated

SMALL = (96, 28)  # px: a line in a table row
LARGE = (360, 200)  # as wide as a phone, so that nothing has to be scrolled to; on a screen all of it is larger
EDGE = 4  # px around the small line, so that its last dot is not cut off
LEFT, RIGHT, TOP, BOTTOM = 16, 112, 26, 24  # px around the large one, for a value, names of bands, a value, dates
NAME = 17  # characters of a band's name that fit beside the chart; a longer one takes two lines
LINE = 12  # px between them
DOT = Markup('<circle cx="{:.1f}" cy="{:.1f}" r="3" />')
DOT_BEFORE = Markup('<circle class="hw-before" cx="{:.1f}" cy="{:.1f}" r="3" />')
HEADROOM = 1.25  # the highest band starts at four fifths of the chart, so that it is visible


def _range(course: Course) -> tuple[float, float]:
    """Return the lowest and highest value of the chart, which include 0, all scores, cut-offs and starts of bands."""
    cut_offs = [at for _, at in course.scale.cut_offs]
    top = max([*course.values, *cut_offs, *(at * HEADROOM for at, _ in course.scale.bands), 1])
    return min([0, *course.values]), top


def _positions(course: Course, left: float, top: float, width: float, height: float) -> list[tuple[float, float]]:
    """Return (x, y) for each score, with x by time."""
    moments = [datetime.fromisoformat(time) for time in course.times]
    seconds = [(moment - moments[0]).total_seconds() for moment in moments]
    span = seconds[-1] or 1
    low, high = _range(course)
    if len(seconds) == 1:
        span, seconds = 2, [1]  # in the middle
    return [
        (second / span * width + left, height - (value - low) / (high - low) * height + top)
        for second, value in zip(seconds, course.values, strict=True)
    ]


def in_words(course: Course) -> str:
    """Return a description of the course, for people who cannot see the line."""
    change = f"; {signed(course.change)} since the first" if course.change is not None else ""
    values = [points(value) for value in course.values]
    before, current = ", ".join(values[: course.earlier]), ", ".join(values[course.earlier :])
    title = isolated(course.scale.title)
    if not before:
        return f"{title}: {current}{change}"
    return f"{title}: {current or 'no score yet'}{change}; before this course of treatment {before}"


def small_line(course: Course) -> Markup:
    """Return the line for a row of the caseload table, of the current course; empty with fewer than two scores."""
    if course.earlier:
        times, values = course.times[course.earlier :], course.values[course.earlier :]
        return small_line(replace(course, times=times, values=values, earlier=0))
    if len(course.values) < 2:
        return Markup("")
    width, height = SMALL
    positions = _positions(course, EDGE, EDGE, width - 2 * EDGE, height - 2 * EDGE)
    x, y = positions[-1]
    return Markup(
        '<svg class="hw-line" width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img" aria-label="{words}">'
        '<polyline points="{line}" /><circle cx="{x:.1f}" cy="{y:.1f}" r="3" /></svg>'
    ).format(w=width, h=height, words=in_words(course), line=_line(positions), x=x, y=y)


def _line(positions: Sequence[tuple[float, float]]) -> str:
    return " ".join([f"{x:.1f},{y:.1f}" for x, y in positions])


def large_line(course: Course, zone: tzinfo = UTC) -> Markup:
    """Return the chart of a client's page: named bands, named cut-offs, first and last value."""
    if not course.values:
        return Markup("")
    width, height = LARGE[0] - LEFT - RIGHT, LARGE[1] - TOP - BOTTOM
    low, high = _range(course)

    def level(value: float) -> float:
        return TOP + height - (value - low) / (high - low) * height

    positions = _positions(course, LEFT, TOP, width, height)
    marks = [*_bands(course, level, high), *_cut_offs(course, level), *_scores(course, positions)]
    marks += [
        *_names_of_cut_offs(course, level),
        *_ends(course, positions, zone),
    ]  # on top, so that no line strikes them
    return Markup('<svg class="hw-chart" viewBox="0 0 {w} {h}" role="img" aria-label="{words}">{marks}</svg>').format(
        w=LARGE[0], h=LARGE[1], words=in_words(course), marks=Markup("").join(marks)
    )


def _scores(course: Course, positions: Sequence[tuple[float, float]]) -> list[Markup]:
    """Return the line with its dots; what is from before the current course of treatment is dashed and hollow."""
    before, current = positions[: course.earlier], positions[course.earlier :]
    marks = [
        Markup('<polyline points="{}" />').format(_line(current)),
        (DOT * len(current)).format(*chain.from_iterable(current)),  # at once: ten times as fast
    ]
    if before:
        marks.append(Markup('<polyline class="hw-before" points="{}" />').format(_line([*before, *current[:1]])))
        marks.append((DOT_BEFORE * len(before)).format(*chain.from_iterable(before)))
    return marks


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
        marks += _band_name(label, (y + below) / 2 + 4)
    return marks


def _band_name(label: str, y: float) -> Iterator[Markup]:
    """Yield the name of a band, in two lines when one is too short for it."""
    lines = wrap(label, NAME, max_lines=2, placeholder="…", break_long_words=True) or [""]
    for number, line in enumerate(lines):
        at = y + (number - (len(lines) - 1) / 2) * LINE
        yield Markup('<text class="hw-band-name" x="{}" y="{:.1f}">{}</text>').format(LARGE[0] - RIGHT + 8, at, line)


def _cut_offs(course: Course, level: Callable[[float], float]) -> Iterator[Markup]:
    for _, at in course.scale.cut_offs:
        yield Markup('<line class="hw-cut-off" x1="{}" x2="{}" y1="{y:.1f}" y2="{y:.1f}" />').format(
            LEFT, LARGE[0] - RIGHT, y=level(at)
        )


def _names_of_cut_offs(course: Course, level: Callable[[float], float]) -> Iterator[Markup]:
    """Yield the name of each cut-off, above and below its line in turn, so that close ones do not overlap."""
    middle = (LEFT + LARGE[0] - RIGHT) / 2
    for number, (name, at) in enumerate(sorted(course.scale.cut_offs, key=lambda cut_off: -cut_off[1])):
        yield Markup('<text x="{}" y="{:.1f}" text-anchor="middle">{}</text>').format(
            middle, level(at) + (12 if number % 2 else -4), cut_off_in_words(name, at)
        )


def _ends(course: Course, positions: Sequence[tuple[float, float]], zone: tzinfo) -> list[Markup]:
    """Return the first and the last value at their dots, and their dates below."""
    marks = []
    for number in sorted({0, len(positions) - 1}):
        x, y = positions[number]
        anchor = "end" if number else "start"
        marks.append(
            Markup('<text class="hw-value" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(
                x, y - 7, "end" if number else "start", points(course.values[number])
            )
        )
        day = datetime.fromisoformat(course.times[number]).astimezone(zone).strftime("%-d %b %Y")
        marks.append(
            Markup('<text x="{:.1f}" y="{}" text-anchor="{}">{}</text>').format(x, LARGE[1] - 7, anchor, escape(day))
        )
    return marks
