"""The order of clients on the caseload page, and the sentence that explains it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from collector.caseload.courses import (
    Alert,
    Course,
    Scale,
    points,
    read_alerts,
    read_courses,
    read_open_alerts,
    read_scales,
    signed,
)
from collector.ledger.events import utc
from collector.review.overview import Standing, ago, place, read_overview, read_standing
from tests.cases.courses import Handwritten, course_of, empty_file, weekly

NOW = datetime(2026, 3, 9, 14, 0, tzinfo=UTC)
LOW_MOOD = Scale("low-mood", "total", "Low mood", ((0, "None"), (10, "Moderate")), (("caseness", 10),), 6, True)
CHECKLIST = Scale("checklist", "total", "Checklist", (), (("upper", 33),), 15, True, 10)
COPING = Scale("coping", "total", "Coping", (), (), 4, False)


def days_ago(days: float) -> str:
    return utc(NOW - timedelta(days=days))


def course(scale: Scale, *values: float | None) -> Course:
    return course_of(scale, weekly(len(values), NOW), values)


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
        (standing(course(LOW_MOOD, 20, 14, 13), latest=5), "Reliably better: Low mood from 20 to 13."),
        (standing(course(LOW_MOOD, 8, 20, 9), latest=5), "No reliable change so far."),
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


def test_a_change_is_counted_from_the_first_score_that_there_is() -> None:
    assert course(LOW_MOOD, 8, 20, 9).change == 1
    assert course(LOW_MOOD, None, 12, 10, 5).change == -7
    assert course(LOW_MOOD, 12, 10, 5, None).change == -7


def test_a_change_on_the_scale_of_an_earlier_version_does_not_rank_a_client() -> None:
    """The last version's line alone says where a client stands; the one before it is the past."""
    now = replace(LOW_MOOD, scale="total_v2", version=2)
    assert standing(course(LOW_MOOD, 8, 20), course(now, 9, 9), latest=5).why == "No reliable change so far."
    assert standing(course(LOW_MOOD, 20, 8), course(now, 9, 9), latest=5).why == "No reliable change so far."
    assert standing(course(LOW_MOOD, 20, 8), course(now, 9, 15)).why == "Reliably worse: Low mood from 9 to 15."
    assert standing(course(LOW_MOOD, 8, 20), course(COPING, 4, 4)).mark == "worse", "another form's version is its own"


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


SENT = (("b", 7.0, 20.0), ("a", 1.0, 9.0), ("d", 14.0, 8.0), ("c", 14.0, 10.0))


@pytest.fixture
def disordered() -> Handwritten:
    """What was sent second, last and first, in this order in the tables: of ALMA22 and BERT33."""
    file = empty_file()
    file.scale(LOW_MOOD)
    for client in ("BERT33", "ALMA22"):
        file.client(client, NOW - timedelta(days=60))
    for client, (id, days, score) in product(("BERT33", "ALMA22"), SENT):
        file.score(f"{client}-{id}", days_ago(days), score, LOW_MOOD, client)
        if id != "d":
            file.alert(f"{client}-{id}", days_ago(days), client, f"Alert {id}")
    return file


@pytest.mark.parametrize("client", ["", "ALMA22"])
def test_scores_are_read_oldest_first_and_alerts_latest_first(disordered: Handwritten, client: str) -> None:
    async def read() -> tuple[dict[str, list[Course]], list[Alert]]:
        alerts = await (read_alerts(disordered, client) if client else read_open_alerts(disordered))
        return await read_courses(disordered, await read_scales(disordered), client), alerts

    courses, alerts = asyncio.run(read())
    assert set(courses) == ({client} if client else {"ALMA22", "BERT33"})
    for (line,) in courses.values():
        assert line.values == [10, 8, 20, 9], "of one moment, by the submission's id"
        assert [point.value for point in line.points] == (line.values if client else [])
        assert line.latest.value == 9
    for code in courses:
        assert [alert.label for alert in alerts if alert.client == code] == ["Alert a", "Alert b", "Alert c"]


def test_the_page_quotes_the_latest_alert_and_sorts_equal_ranks_by_name(disordered: Handwritten) -> None:
    page = asyncio.run(read_overview(disordered, NOW))
    assert [standing.client for standing in page.standings] == ["ALMA22", "BERT33"]
    assert {standing.why.partition(":")[0] for standing in page.standings} == {"Alert a"}
    assert [standing.courses[0].change for standing in page.standings] == [-1, -1]


def test_a_clients_page_and_the_caseload_page_agree(disordered: Handwritten) -> None:
    for standing in asyncio.run(read_overview(disordered, NOW)).standings:
        alone = asyncio.run(read_standing(disordered, standing.client, NOW))
        assert alone is not None
        assert replace(alone, courses=[]) == replace(standing, courses=[])
        assert [replace(course, points=()) for course in alone.courses] == standing.courses
    assert asyncio.run(read_standing(disordered, "NOBODY", NOW)) is None


def test_a_client_who_is_folded_while_the_page_is_read_shows_on_the_next_one(disordered: Handwritten) -> None:
    class Folding(Handwritten):
        async def execute(self, sql: str, params: dict[str, Any] | None = None) -> Any:
            answer = await super().execute(sql, params)
            if "FROM last_seen" in sql:
                self.client("NEW44")
                self.score("new", days_ago(0), 5, LOW_MOOD, "NEW44")
            return answer

    page = asyncio.run(read_overview(Folding(disordered.connection), NOW))
    assert [standing.client for standing in page.standings] == ["ALMA22", "BERT33"]
    assert len(asyncio.run(read_overview(disordered, NOW)).standings) == 3


def test_a_clients_page_reads_that_client_alone(disordered: Handwritten) -> None:
    """Whatever the page asks of a table with rows of clients is asked for one client, by an index."""
    asked: list[tuple[str, dict[str, Any]]] = []

    class Listening(Handwritten):
        async def execute(self, sql: str, params: dict[str, Any] | None = None) -> Any:
            asked.append((sql, params or {}))
            return await super().execute(sql, params)

    asyncio.run(read_standing(Listening(disordered.connection), "ALMA22", NOW))
    plans = [disordered.rows(f"EXPLAIN QUERY PLAN {sql}", params) for sql, params in asked]
    steps = [step["detail"] for plan in plans for step in plan]
    assert steps
    for table in ("submissions", "scores", "alerts", "clients"):
        assert not [step for step in steps if step.startswith(f"SCAN {table}")]
