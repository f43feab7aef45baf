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
from collector.review.overview import place, read_overview, read_standing
from collector.review.reasons import ago
from collector.review.standing import Rank, SetAside, Standing
from tests.cases.courses import (
    BURDEN,
    COPING,
    LOW_MOOD,
    SERIES,
    WORRY,
    Handwritten,
    Series,
    course_of,
    empty_file,
    weekly,
)

NOW = datetime(2026, 3, 9, 14, 0, tzinfo=UTC)
CHECKLIST = Scale("checklist", "total", "Checklist", (), (("upper", 33),), 15, True, 10)


def days_ago(days: float) -> str:
    return utc(NOW - timedelta(days=days))


def course(scale: Scale, *values: float | None) -> Course:
    return course_of(scale, weekly(len(values), NOW), values)


def alert(
    days: float, acknowledged: str | None = None, tier: str = "urgent", value: int = 1, label: str = "Better off dead"
) -> Alert:
    answer = ("Not at all", "Several days", "Often", "Nearly every day")[value]
    return Alert("s1", "q9", "ALMA22", label, tier, answer, value, days_ago(days), acknowledged)


def standing(*courses: Course, latest: float | None = 1, since: float = 60, alerts: tuple[Alert, ...] = ()) -> Standing:
    client = Standing("ALMA22", "Alma", days_ago(since), courses=list(courses), alerts=list(alerts))
    client.latest = "" if latest is None else days_ago(latest)
    place(client, NOW)
    return client


def test_alerts_come_first_then_worse_then_silent_then_new_then_the_others() -> None:
    order = [
        standing(alerts=(alert(2),)),
        standing(alerts=(alert(2, tier="soon"),)),
        standing(course(LOW_MOOD, 8, 14)),
        standing(course(LOW_MOOD, 22, 12, 18)),
        standing(course(LOW_MOOD, 8, 9), latest=15),
        standing(course(LOW_MOOD, 8, 9), latest=1),
        standing(latest=None, since=2),
        standing(course(LOW_MOOD, 8, 9), latest=5),
        standing(course(LOW_MOOD, 14, 8), latest=5),
    ]
    places = [client.place for client in order]
    assert places == sorted(places)
    assert len({client.rank for client in order}) == len(order)


@pytest.mark.parametrize("series", SERIES, ids=lambda series: series.name)
def test_a_series_of_scores_has_its_place_and_its_sentence(series: Series) -> None:
    client = standing(course(series.scale, *series.values), latest=5)
    assert (Rank(client.rank).name, client.why) == (series.rank, series.why)


@pytest.mark.parametrize(
    ("client", "why"),
    [
        (standing(latest=29), "Silent: last sent something 4 weeks ago."),
        (standing(latest=None, since=1), "Nothing sent yet. Added yesterday."),
        (standing(latest=None, since=20), "Silent: nothing sent since they were added 20 days ago."),
        (standing(latest=1), "Sent something yesterday. No reliable change so far."),
        (
            standing(course(LOW_MOOD, 5, 16), course(WORRY, 15, 6), latest=30),
            "Reliably worse: Low mood from 5 to 16. Silent: last sent something 4 weeks ago."
            " Reliably better: Worry from 15 to 6.",
        ),
        (
            standing(course(LOW_MOOD, 22, 5, 16), course(WORRY, 3, 15)),
            "Reliably worse since the best: Low mood from 5 to 16; still better than the start (22)."
            " Reliably worse: Worry from 3 to 15.",
        ),
        (
            standing(course(LOW_MOOD, 22, 12, 18), course(WORRY, 15, 6), course(BURDEN, 8, 20)),
            "Once: Low mood from 12 to 18; no reliable change from the start (22)."
            " Changed, on a scale without a reliable change: Burden from 8 to 20."
            " Reliably better: Worry from 15 to 6.",
        ),
    ],
)
def test_everything_that_applies_is_said_the_gravest_first(client: Standing, why: str) -> None:
    assert client.why == why


def test_the_gravest_open_alert_is_named_and_hides_nothing_else() -> None:
    alerts = (alert(2), alert(9, value=3), alert(16), alert(30, tier="soon", value=3), alert(60, days_ago(1)))
    both = standing(course(LOW_MOOD, 8, 14), alerts=alerts, latest=20)
    assert both.mark == "alert"
    assert both.why == (
        "Better off dead: “Nearly every day”, 9 days ago; 3 more open, the oldest for 4 weeks."
        " Reliably worse: Low mood from 8 to 14. Silent: last sent something 20 days ago."
    )


def test_no_kind_of_alert_hides_another_by_a_longer_scale() -> None:
    death, urge = alert(9, value=3), replace(alert(1, label="A strong urge"), value=9, answer="9 of 10")
    assert standing(alerts=(urge, death, alert(2, tier="soon"))).why == (
        "Better off dead: “Nearly every day”, 9 days ago; A strong urge: “9 of 10”, yesterday;"
        " 1 more open, the oldest for 9 days."
    )
    assert standing(alerts=(urge, death)).why.endswith("yesterday. Nobody has acknowledged them yet.")


def test_four_kinds_of_alert_are_three_and_one_more() -> None:
    several = standing(alerts=tuple(alert(days, label=f"Alert {days}") for days in (1, 2, 3, 4)))
    assert [part.partition(":")[0] for part in several.why.split("; ")] == [
        "Alert 4",
        "Alert 3",
        "Alert 2",
        "1 more open, the oldest for 4 days.",
    ]


def test_one_alert_stands_for_itself() -> None:
    assert (
        standing(alerts=(alert(0.1),)).why == "Better off dead: “Several days”, today. Nobody has acknowledged it yet."
    )


def test_alerts_are_ordered_by_tier_and_then_by_how_long_they_wait() -> None:
    waiting = [
        standing(alerts=(alert(9), alert(1, value=3))),
        standing(alerts=(alert(5, value=3), alert(40, tier="soon"))),
        standing(alerts=(alert(2),)),
        standing(alerts=(alert(40, tier="soon"),)),
        standing(alerts=(alert(3, tier="soon", value=3),)),
    ]
    places = [client.place for client in waiting]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("known", "rank", "words"),
    [
        (0, Rank.UNREAD, "A sheet could not be read, 2 days ago: look at it now."),
        (1, Rank.SET_ASIDE, "A sheet could not be put into the tables, 2 days ago: read as sent."),
    ],
)
def test_a_sheet_that_fits_no_table_is_said(known: int, rank: Rank, words: str) -> None:
    client = Standing("ALMA22", "Alma", days_ago(60), latest=days_ago(2))
    client.set_aside = [SetAside("ALMA22", "s9", "", known, days_ago(2))]
    place(client, NOW)
    assert (client.rank, client.why) == (rank, words)


def test_an_acknowledged_alert_no_longer_comes_first() -> None:
    seen = standing(course(LOW_MOOD, 8, 9), latest=5, alerts=(alert(2, days_ago(1)),))
    assert (seen.rank, seen.mark) == (Rank.STEADY, "")


def test_a_change_is_counted_from_the_first_score_that_there_is() -> None:
    assert course(LOW_MOOD, 8, 20, 9).change == 1
    assert course(LOW_MOOD, None, 12, 10, 5).change == -7
    assert course(LOW_MOOD, 12, 10, 5, None).change == -7


def test_a_change_on_the_scale_of_an_earlier_version_does_not_rank_a_client() -> None:
    """The last version's line alone says where a client stands; the one before it is the past."""
    now = replace(LOW_MOOD, scale="total_v2", version=2)
    worse, better = (course_of(LOW_MOOD, weekly(2, NOW - timedelta(weeks=9)), values) for values in ((8, 20), (20, 8)))
    assert standing(worse, course(now, 9, 9), latest=5).why == "No reliable change so far."
    assert standing(better, course(now, 9, 9), latest=5).why == "No reliable change so far."
    assert standing(better, course(now, 9, 15)).why == "Reliably worse: Low mood from 9 to 15."
    assert standing(worse, course(COPING, 4, 4)).mark == "worse", "another form's version is its own"


def test_a_version_that_others_have_answered_hides_no_change() -> None:
    """A scale that is scored as before has the version of whoever answered last, one that is not has its own."""
    worse = course(LOW_MOOD, 8, 20)
    calm = course(replace(LOW_MOOD, scale="calm", title="Calm", version=2), 4, 4)
    assert standing(worse, calm).why == "Reliably worse: Low mood from 8 to 20."
    assert standing(calm, worse).mark == "worse"


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


SENT = (("d", 14.0, 8.0), ("c", 14.0, 10.0), ("b", 7.0, 20.0), ("a", 1.0, 9.0))


@pytest.fixture
def disordered() -> Handwritten:
    """What two clients sent in turns, the later one of the two first: of ALMA22 and BERT33."""
    file = empty_file()
    file.scale(LOW_MOOD)
    for client in ("BERT33", "ALMA22"):
        file.client(client, NOW - timedelta(days=60))
    for (id, days, score), client in product(SENT, ("BERT33", "ALMA22")):
        file.score(f"{client}-{id}", days_ago(days), score, LOW_MOOD, client)
        if id != "d":
            file.alert(f"{client}-{id}", days_ago(days), client, f"Alert {id}")
    return file


@pytest.mark.parametrize("client", ["", "ALMA22"])
def test_scores_are_read_oldest_first_and_alerts_as_long_as_they_wait(disordered: Handwritten, client: str) -> None:
    async def read() -> tuple[dict[str, list[Course]], list[Alert]]:
        alerts = await (read_alerts(disordered, client) if client else read_open_alerts(disordered))
        return await read_courses(disordered, await read_scales(disordered), client), alerts

    courses, alerts = asyncio.run(read())
    assert set(courses) == ({client} if client else {"ALMA22", "BERT33"})
    for (line,) in courses.values():
        assert line.values == [8, 10, 20, 9], "of one moment, in the order of the ledger"
        assert [point.value for point in line.points] == (line.values if client else [])
        assert line.latest.value == 9
    for code in courses:
        assert [alert.label for alert in alerts if alert.client == code] == ["Alert c", "Alert b", "Alert a"]


def test_the_page_quotes_the_gravest_alert_and_sorts_equal_places_by_name(disordered: Handwritten) -> None:
    page = asyncio.run(read_overview(disordered, NOW))
    assert [standing.client for standing in page.standings] == ["ALMA22", "BERT33"]
    assert {standing.why.partition(":")[0] for standing in page.standings} == {"Alert c"}, "the one that waits longest"
    assert [standing.courses[0].change for standing in page.standings] == [1, 1]


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
