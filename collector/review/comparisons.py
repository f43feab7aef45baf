"""The last score of a course compared with the start, the best and the one before, as sentences of a client's page."""

from __future__ import annotations

from collections.abc import Iterator

from collector.caseload.courses import Course, Progress, points, readable, signed
from collector.review.reasons import CASE, ONCE, TWICE
from site_builder.forms.model.amounts import counted

CERTAINTY = {
    TWICE: " So was the score before it.",
    CASE: " The best was no case by the cut-off, and the last score is one.",
    ONCE: " It is one score alone, and the best of many is so good by chance: the next one will say more.",
}
NO_SCORE = "No score yet in this course of treatment. Those in the chart are from before it."


def comparisons(course: Course) -> list[str]:
    """Return a sentence for each comparison; without two scores in the course, that there is nothing to compare."""
    progress = course.progress
    if progress is None:
        return [NO_SCORE] if course.earlier else []
    if progress.since_baseline is None:
        return ["One score so far in this course of treatment."] if course.earlier else []
    return list(_comparisons(course, progress))


def _comparisons(course: Course, progress: Progress) -> Iterator[str]:
    start = _change("the start", progress.baseline, progress.since_baseline)
    yield start + (_possible(course) or _judged(course, progress.reliable))
    if progress.best != progress.baseline and progress.since_best:
        best = _change("the best", progress.best, progress.since_best)
        yield best + _judged(course, progress.reliable_since_best) + CERTAINTY.get(progress.worse_since_best or "", "")
    if progress.previous not in (progress.baseline, progress.best):
        previous = _change("the one before", progress.previous, progress.since_previous)
        yield previous + _judged(course, progress.reliable_since_previous)


def _change(since: str, score: float | None, change: float | None) -> str:
    return f"Since {since} ({points(score)}): {signed(change or 0)}"


def _judged(course: Course, direction: str | None) -> str:
    if direction is None:
        return "."
    needed = points(course.scale.reliable_change)
    words = {"better": "a reliable improvement", "worse": "a reliable worsening"}
    if direction in words:
        return f", {words[direction]} ({counted(needed, 'point')} or more)."
    return f", less than the {counted(needed, 'point')} of a reliable change."


def _possible(course: Course) -> str:
    """Return that a change may be one, which is less than that it is reliable; "" when it is not."""
    words = {True: "may be an improvement", False: "may be a worsening"}
    for sign in (1, -1):
        if course.possibly(sign):
            possible, reliable = points(course.scale.possible_change), points(course.scale.reliable_change)
            limit = (
                f" It is less than the {counted(reliable, 'point')} of a reliable one."
                if course.scale.reliable_change
                else ""
            )
            return f", which {words[sign == 1]} ({counted(possible, 'point')} or more).{limit}"
    return ""


def cut_off_in_words(name: str, at: float) -> str:
    """Return a cut-off with its score, on one line."""
    return f"{readable(name)} {points(at)}".replace(" ", "\N{NO-BREAK SPACE}")
