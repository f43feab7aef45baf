"""Why a client stands where they stand on the caseload page: a sentence for each thing, the gravest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from collector.caseload.courses import Alert, Course, points
from collector.review.standing import Rank, Standing
from site_builder.forms.model.amounts import counted
from site_builder.forms.model.direction import isolated

SILENT_AFTER = timedelta(days=14)  # two weekly sessions
NEW_WITHIN = timedelta(days=3)
WEEK = 7  # days
MOST_NAMED = 3  # kinds of alert in the sentence; the client's page has all of them
TWICE, CASE, ONCE = "twice", "case", "once"  # of `worse_since_best` in the view `progress`


MARKS = {
    Rank.URGENT: "alert",
    Rank.UNREAD: "alert",
    Rank.SOON: "alert",
    Rank.WORSE: "worse",
    Rank.SILENT: "silent",
}


class Reason(NamedTuple):
    """A sentence; of several clients with one rank, the one with the earliest `since` comes first."""

    rank: Rank
    words: str
    since: str = ""


def reasons(standing: Standing, now: datetime) -> list[Reason]:
    """Return everything that applies to a client, the gravest first; always at least one."""
    grave = [
        *_of_alerts([alert for alert in standing.alerts if not alert.acknowledged], now),
        *_of_sheets(standing, now),
        *_of_courses(standing),
        *_of_silence(standing, now),
        *_of_a_new_course(standing, now),
    ]
    return sorted(grave or _of_nothing_else(standing, now), key=lambda reason: reason.rank)


def _of_nothing_else(standing: Standing, now: datetime) -> Iterator[Reason]:
    if standing.latest and now - datetime.fromisoformat(standing.latest) < NEW_WITHIN:
        yield Reason(Rank.NEW, f"Sent something {ago(standing.latest, now)}.")
    yield Reason(Rank.STEADY, "No reliable change so far.")


def _of_a_new_course(standing: Standing, now: datetime) -> Iterator[Reason]:
    """Yield that a new course of treatment has no score yet, so that nobody takes those before it for its own."""
    if standing.unscored:
        names = ", ".join(course.scale.title for course in standing.unscored)
        begun = ago(standing.unscored[0].begun, now)
        yield Reason(Rank.STEADY, f"A new course of treatment began {begun}; no score in it yet: {names}.")


def _of_alerts(alerts: Sequence[Alert], now: datetime) -> Iterator[Reason]:
    """Yield the gravest open alert of each kind, with how many more wait and for how long."""
    if not alerts:
        return
    named = _gravest_of_each_kind(alerts)
    words = "; ".join(_alert_in_words(alert, now) for alert in named)
    if more := len(alerts) - len(named):
        words += f"; {more} more open, the oldest {days(min(alert.raised for alert in alerts), now)}."
    else:
        words += f". Nobody has acknowledged {'them' if named[1:] else 'it'} yet."
    longest = min(alert.raised for alert in alerts if alert.tier == named[0].tier)
    yield Reason(Rank.URGENT if named[0].is_urgent else Rank.SOON, words, longest)


def _gravest_of_each_kind(alerts: Sequence[Alert]) -> list[Alert]:
    """Return the gravest alert by each label of the higher tier, in the order in which these have waited.

    A 9 of 10 and a 3 of 3 say nothing about each other, so no kind of alert may hide another.
    """
    tier = max(alerts, key=lambda alert: alert.is_urgent).tier
    kinds: dict[str, Alert] = {}
    for alert in sorted(alerts, key=lambda alert: alert.raised):
        if alert.tier == tier and alert.gravity > kinds.setdefault(alert.label, alert).gravity:
            kinds[alert.label] = alert
    return list(kinds.values())[:MOST_NAMED]


def _alert_in_words(alert: Alert, now: datetime) -> str:
    answer = f": “{isolated(alert.answer)}”" if alert.answer else ""
    return f"{isolated(alert.label)}{answer}, {ago(alert.raised, now)}"


def _of_sheets(standing: Standing, now: datetime) -> Iterator[Reason]:
    """Yield a sentence for the sheets that are in no table, and one for those that nobody could look for alerts in."""
    unread = [sheet for sheet in standing.set_aside if not sheet.alerts_known]
    if unread:
        words = f"{_sheets(len(unread))} could not be read, {ago(unread[0].seen, now)}: look at it now."
        yield Reason(Rank.UNREAD, words.replace("look at it", "look at them") if unread[1:] else words, unread[0].seen)
    if others := [sheet for sheet in standing.set_aside if sheet.alerts_known]:
        words = f"{_sheets(len(others))} could not be put into the tables, {ago(others[0].seen, now)}: read as sent."
        yield Reason(Rank.SET_ASIDE, words, others[0].seen)


def _sheets(number: int) -> str:
    return "A sheet" if number == 1 else f"{number} sheets"


def _of_courses(standing: Standing) -> Iterator[Reason]:
    """Yield what is worse, what was worse once, what is better, and what changed on a scale that judges no change."""
    courses = standing.current
    worse = [course for course in courses if course.reliably(-1) or course.worse_since_best in (TWICE, CASE)]
    if worse:
        yield Reason(Rank.WORSE, " ".join(_worse(course) for course in worse), _since(worse))
    once = [course for course in courses if course not in worse and course.worse_since_best == ONCE]
    if once:
        yield Reason(Rank.ONCE_WORSE, " ".join(f"Once: {_since_best(course)}" for course in once), _since(once))
    better = [course for course in courses if course.reliably(1) and course not in worse and course not in once]
    if better:
        yield Reason(Rank.BETTER, f"Reliably better: {', '.join(course.in_words() for course in better)}.")
    unjudged = [
        course for course in courses if course.scale.main and course.change and not course.scale.reliable_change
    ]
    if unjudged:
        names = ", ".join(course.in_words() for course in unjudged)
        yield Reason(Rank.STEADY, f"Changed, on a scale without a reliable change: {names}.")


def _since(courses: Sequence[Course]) -> str:
    return min(course.latest.received for course in courses)


def _worse(course: Course) -> str:
    if course.progress and course.progress.best == course.progress.baseline:
        return f"Reliably worse: {course.in_words()}."
    return f"Reliably worse since the best: {_since_best(course)}"


def _since_best(course: Course) -> str:
    """Return the change since the best score, with what has become of the one since the start."""
    if (progress := course.progress) is None:
        return ""
    if course.reliably(1):
        start = "still better than"
    elif course.reliably(-1):
        start = "worse than"
    else:
        start = "no reliable change from"
    change = f"{course.scale.title} from {points(progress.best)} to {points(progress.last)}"
    return f"{change}; {start} the start ({points(progress.baseline)})."


def _of_silence(standing: Standing, now: datetime) -> Iterator[Reason]:
    latest = standing.latest or standing.since
    is_silent = now - datetime.fromisoformat(latest) > SILENT_AFTER
    if is_silent and standing.latest:
        yield Reason(Rank.SILENT, f"Silent: last sent something {ago(latest, now)}.", latest)
    elif is_silent:
        yield Reason(Rank.SILENT, f"Silent: nothing sent since they were added {ago(latest, now)}.", latest)
    elif not standing.latest:
        yield Reason(Rank.NOTHING_SENT, f"Nothing sent yet. Added {ago(latest, now)}.", latest)


def ago(moment: str, now: datetime) -> str:
    """Return how long ago a moment was: "today", "yesterday", "6 days ago", "5 weeks ago"."""
    number = _days(moment, now)
    if number <= 0:
        return "today"
    return "yesterday" if number == 1 else f"{_length(number)} ago"


def days(moment: str, now: datetime) -> str:
    """Return for how long something has waited: "since today", "since yesterday", "for 6 days", "for 5 weeks"."""
    number = _days(moment, now)
    if number <= 0:
        return "since today"
    return "since yesterday" if number == 1 else f"for {_length(number)}"


def _length(days: int) -> str:
    return counted(days, "day") if days < 4 * WEEK else counted(days // WEEK, "week")


def _days(moment: str, now: datetime) -> int:
    """Return the days between, by the clock of `now`'s zone."""
    return (now.date() - datetime.fromisoformat(moment).astimezone(now.tzinfo).date()).days
