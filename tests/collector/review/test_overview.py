"""The order of clients on the caseload page, and the sentence that explains it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from collector.ledger.events import utc
from collector.review.overview import Alert, Course, Point, Scale, Standing, ago, place, points, signed

NOW = datetime(2026, 3, 9, 14, 0, tzinfo=UTC)
LOW_MOOD = Scale("low-mood", "total", "Low mood", ((0, "None"), (10, "Moderate")), (("caseness", 10),), 6, True)
CHECKLIST = Scale("checklist", "total", "Checklist", (), (("upper", 33),), 15, True, 10)
COPING = Scale("coping", "total", "Coping", (), (), 4, False)


def days_ago(days: float) -> str:
    return utc(NOW - timedelta(days=days))


def course(scale: Scale, *values: float | None) -> Course:
    weeks = len(values)
    return Course(
        scale,
        tuple(
            Point(days_ago(7 * (weeks - number)), f"s{number}", value, "", 9, 9) for number, value in enumerate(values)
        ),
    )


def alert(days: float, acknowledged: str | None = None) -> Alert:
    return Alert("s1", "q9", "ALMA22", "Better off dead", "Several days", days_ago(days), acknowledged)


def standing(*courses: Course, latest: float | None = 1, since: float = 60, alerts: tuple[Alert, ...] = ()) -> Standing:
    client = Standing("ALMA22", "Alma", days_ago(since), courses=list(courses), alerts=list(alerts))
    client.latest = "" if latest is None else days_ago(latest)
    place(client, NOW)
    return client


def test_alerts_come_first_then_worse_then_silent_then_new_then_the_others() -> None:
    order = [
        standing(alerts=(alert(2),)),
        standing(course(LOW_MOOD, 8, 14)),
        standing(course(LOW_MOOD, 8, 9), latest=15),
        standing(course(LOW_MOOD, 8, 9), latest=1),
        standing(latest=None, since=2),
        standing(course(LOW_MOOD, 8, 9), latest=5),
        standing(course(LOW_MOOD, 14, 8), latest=5),
    ]
    assert [client.rank for client in order] == [0, 1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("client", "why"),
    [
        (standing(course(LOW_MOOD, 8, 14)), "Reliably worse: Low mood from 8 to 14."),
        (standing(course(COPING, 8, 4)), "Reliably worse: Coping from 8 to 4."),  # here more is better
        (standing(course(COPING, 4, 8)), "Reliably better: Coping from 4 to 8."),
        (standing(course(LOW_MOOD, 14, None, 8), latest=5), "Reliably better: Low mood from 14 to 8."),
        (standing(course(LOW_MOOD, 8, 13), latest=5), "No reliable change so far."),  # one point short of six
        (standing(course(LOW_MOOD, None), latest=5), "No reliable change so far."),
        (standing(latest=29), "Silent: last sent something 4 weeks ago."),
        (standing(latest=None, since=1), "Nothing sent yet. Added yesterday."),
    ],
)
def test_a_sentence_explains_the_place(client: Standing, why: str) -> None:
    assert client.why == why


def test_an_open_alert_is_shown_with_the_answer_and_hides_nothing_else() -> None:
    both = standing(course(LOW_MOOD, 8, 14), alerts=(alert(2), alert(9), alert(16)))
    assert both.mark == "alert"
    assert both.why == (
        "Better off dead: “Several days”, 2 days ago. Nobody has acknowledged it yet."
        " 2 earlier answers about risk also open. Also reliably worse: Low mood from 8 to 14."
    )


def test_an_acknowledged_alert_no_longer_comes_first() -> None:
    seen = standing(course(LOW_MOOD, 8, 9), latest=5, alerts=(alert(2, days_ago(1)),))
    assert (seen.rank, seen.mark) == (5, "")


@pytest.mark.parametrize(
    ("days", "words"),
    [(-0.1, "today"), (0.1, "today"), (1, "yesterday"), (6, "6 days ago"), (27, "27 days ago"), (28, "4 weeks ago")],
)
def test_times_are_written_as_people_say_them(days: float, words: str) -> None:
    assert ago(days_ago(days), NOW) == words


@pytest.mark.parametrize(("value", "words"), [(None, "no score"), (12.0, "12"), (12.5, "12.5"), (0, "0")])
def test_scores_are_written_without_needless_decimals(value: float | None, words: str) -> None:
    assert points(value) == words


@pytest.mark.parametrize(("change", "words"), [(4, "+4"), (-11.5, "−11.5"), (0, "±0")])
def test_a_change_has_its_sign(change: float, words: str) -> None:
    assert signed(change) == words


@pytest.mark.parametrize(
    ("last", "better", "worse"),
    [
        (31, False, False),
        (30, True, False),
        (26, True, False),
        (25, False, False),
        (50, False, True),
        (55, False, False),
    ],
)
def test_a_possible_change_is_less_than_a_reliable_one(last: float, better: bool, worse: bool) -> None:
    scores = course(CHECKLIST, 40, last)
    assert (scores.possibly(1), scores.possibly(-1)) == (better, worse)
    assert scores.reliably(1) is (last <= 25)
    assert scores.reliably(-1) is (last >= 55)


def test_without_a_possible_change_there_is_none() -> None:
    assert not course(LOW_MOOD, 14, 9).possibly(1)
