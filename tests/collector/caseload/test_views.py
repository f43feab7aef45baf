"""The comparisons in the views of a caseload file, checked against calculations by hand in exact decimals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from collector.caseload.courses import Scale
from collector.caseload.schema import open_file
from collector.ledger.events import utc
from collector.storage import DatabaseFile
from site_builder.forms.answering.scoring import score
from site_builder.forms.model import definition
from site_builder.forms.model.fields import Rating
from tests.cases.courses import START, Handwritten, empty_file

SETTINGS = settings(max_examples=150, deadline=None, derandomize=True)


@dataclass(frozen=True)
class Rule:
    better: str = "lower"
    reliable: float | None = None
    possible: float | None = None
    caseness: float | None = None

    def scale(self, scale: str = "total", version: int = 1) -> Scale:
        cut_offs = () if self.caseness is None else (("caseness", self.caseness),)
        lower = self.better == "lower"
        return Scale("mood", scale, "Mood", (), cut_offs, self.reliable, lower, self.possible, version)


TOTAL = Rule().scale()


def day(number: int) -> str:
    return utc(START + timedelta(days=number))


def dicts(file: Handwritten, sql: str) -> list[dict[str, Any]]:
    return [dict(row) for row in file.rows(sql)]


@pytest.fixture
def file() -> Handwritten:
    file = empty_file()
    file.client()
    return file


def improvement(rule: Rule, since: float, last: float) -> Fraction:
    change = Fraction(str(last)) - Fraction(str(since))
    return change if rule.better == "higher" else -change


def direction(improved: Fraction, limit: float | None) -> str | None:
    if limit is None:
        return None
    exact = Fraction(str(limit))
    return "better" if improved >= exact else "worse" if improved <= -exact else "no"


def compared(rule: Rule, since: float, last: float) -> tuple[float, str | None, str | None]:
    """Return the change, and the directions of a reliable and of a possible one."""
    improved = improvement(rule, since, last)
    reliable, possible = direction(improved, rule.reliable), direction(improved, rule.possible)
    if possible and reliable not in (None, "no"):
        possible = "no"
    return float(Fraction(str(last)) - Fraction(str(since))), reliable, possible


def is_case(rule: Rule, value: float) -> bool | None:
    if rule.caseness is None:
        return None
    return value <= rule.caseness if rule.better == "higher" else value >= rule.caseness


def expected(rule: Rule, scores: Sequence[tuple[int, str, float | None]]) -> dict[str, Any] | None:
    """Return the row of `progress`, from the scores as (day, submission, value), in the order of the ledger."""
    scored = [(id, value) for _, id, value in scores if value is not None]
    if not scored:
        return None
    points = {"baseline": scored[0], "last": scored[-1]}
    points["best"] = (max if rule.better == "higher" else min)(scored, key=lambda score: score[1])
    if several := len(scored) > 1:
        points["previous"] = scored[-2]
    row: dict[str, Any] = {}
    for name in ("baseline", "previous", "last", "best"):
        row[f"{name}_submission"], row[name] = points.get(name, (None, None))
    last = scored[-1][1]
    for name, suffix in (("baseline", ""), ("previous", "_since_previous"), ("best", "_since_best")):
        change = compared(rule, points[name][1], last) if several else (None, None, None)
        row[f"since_{name}"], row[f"reliable{suffix}"], row[f"possible{suffix}"] = change
    row["case_at_baseline"], row["case_now"] = is_case(rule, scored[0][1]), is_case(rule, last)
    row["recovered"] = not row["case_now"] if several and row["case_at_baseline"] else None
    return row


tenths = st.integers(0, 270).map(lambda tenth: tenth / 10)
limits = st.none() | st.integers(1, 80).map(lambda tenth: tenth / 10)
rules = st.builds(Rule, st.sampled_from(("lower", "higher")), limits, limits, st.none() | tenths)
courses = st.lists(
    st.tuples(st.integers(0, 3), st.none() | tenths), max_size=8
)  # the days in any order: a clock may have been wrong


@SETTINGS
@given(rule=rules, course=courses)
def test_progress_matches_a_calculation_by_hand(rule: Rule, course: list[tuple[int, float | None]]) -> None:
    file = empty_file()
    file.client()
    file.scale(rule.scale())
    scores = [(number, f"s{place * 7 % 10}", value) for place, (number, value) in enumerate(course)]
    for number, id, value in scores:
        file.score(id, day(number), value, TOTAL)
    rows = dicts(file, "SELECT * FROM progress")
    wanted = expected(rule, scores)
    assert len(rows) == (wanted is not None)
    if wanted:
        assert {name: rows[0][name] for name in wanted} == wanted


@pytest.mark.parametrize(
    ("first", "last", "limit", "reliable"),
    [(9.1, 4.9, 4.2, "better"), (4.9, 9.1, 4.2, "worse"), (9.1, 5.0, 4.2, "no"), (0.3, 0.1, 0.2, "better")],
)
def test_a_change_is_compared_exactly(
    file: Handwritten, first: float, last: float, limit: float, reliable: str
) -> None:
    file.scale(Rule(reliable=limit).scale())
    for number, value in enumerate((first, 12, last)):
        file.score(f"s{number}", day(number), value, TOTAL)
    (row,) = dicts(file, "SELECT since_baseline, reliable FROM progress")
    assert row == {"since_baseline": round(last - first, 1), "reliable": reliable}


def test_a_course_of_several_scores_compares_the_last_with_each_of_the_others(file: Handwritten) -> None:
    file.scale(Rule(reliable=6, caseness=10).scale())
    for number, value in enumerate((22, 5, None, 16)):
        file.score(f"s{number}", day(number), value, TOTAL)
    (row,) = dicts(file, "SELECT * FROM progress")
    assert (row["baseline"], row["previous"], row["best"], row["last"]) == (22, 5, 5, 16)
    assert (row["since_baseline"], row["since_previous"], row["since_best"]) == (-6, 11, 11)
    assert (row["reliable"], row["reliable_since_best"], row["recovered"]) == ("better", "worse", 0)
    assert (row["best_submission"], row["best_received"]) == ("s1", day(1))


def test_scores_of_one_millisecond_keep_the_order_of_the_ledger(file: Handwritten) -> None:
    file.scale(Rule(reliable=6).scale())
    for id, value in (("f", 9), ("a", 3), ("e", 12), ("b", 14)):
        file.score(id, day(0), value, TOTAL)
    (row,) = dicts(file, "SELECT baseline, best, previous, last, worse_since_best FROM progress")
    assert row == {"baseline": 9, "best": 3, "previous": 12, "last": 14, "worse_since_best": "twice"}


def test_a_course_of_treatment_has_a_baseline_of_its_own(file: Handwritten) -> None:
    file.scale(Rule(reliable=6, caseness=10).scale())
    for number, value in enumerate((22, 5)):
        file.score(f"a{number}", day(number), value, TOTAL)
    file.begin_course(day(2))
    assert dicts(file, "SELECT * FROM progress") == []
    for number, value in enumerate((16, 12), 3):
        file.score(f"b{number}", day(number), value, TOTAL)
    (row,) = dicts(file, "SELECT baseline, best, previous, last, reliable, course_begun FROM progress")
    assert row == {"baseline": 16, "best": 12, "previous": 16, "last": 12, "reliable": "no", "course_begun": day(2)}


def test_a_score_of_the_millisecond_in_which_a_course_begins_keeps_the_order_of_the_ledger(file: Handwritten) -> None:
    file.scale(Rule().scale())
    file.score("before", day(0), 22, TOTAL)
    file.begin_course(day(0))
    file.score("after", day(0), 16, TOTAL)
    assert dicts(file, "SELECT baseline, last FROM progress") == [{"baseline": 16, "last": 16}]


def test_a_scale_is_compared_by_its_latest_version_and_apart_from_one_that_counts_otherwise(file: Handwritten) -> None:
    file.scale(Rule(reliable=6).scale())
    file.scale(Rule(reliable=4, caseness=8).scale(version=2))
    file.scale(Rule(reliable=1).scale("total_v3", 3))
    for number, value in enumerate((10, 5)):
        file.score(f"a{number}", day(number), value, TOTAL)
        file.score(f"b{number}", day(number), 3, Rule().scale("total_v3"))
    rows = dicts(file, "SELECT scale, reliable, case_at_baseline, recovered FROM progress ORDER BY scale")
    assert rows == [
        {"scale": "total", "reliable": "better", "case_at_baseline": 1, "recovered": 1},
        {"scale": "total_v3", "reliable": "no", "case_at_baseline": None, "recovered": None},
    ]


@pytest.mark.parametrize(("score", "is_case"), [(9.99, 0), (10, 1), (10.01, 1)])
def test_the_score_that_is_shown_is_the_one_that_is_compared(file: Handwritten, score: float, is_case: int) -> None:
    """Whatever the sum was: one of seven items is missing."""
    file.scale(Rule(caseness=10).scale())
    file.score("a", day(0), score, TOTAL)
    file.connection.execute("UPDATE scores SET raw = 8.57, items = 7, answered = 6")
    assert dicts(file, "SELECT case_now FROM progress") == [{"case_now": is_case}]


@SETTINGS
@given(
    points=st.lists(st.integers(0, 5), min_size=2, max_size=8),
    multiplier=st.sampled_from((1, 2, 0.125, 0.1, 0.3333, 1.5)),
    cut_off=st.integers(0, 80).map(lambda half: half / 2),
    better=st.sampled_from(("lower", "higher")),
)
@example(points=[4, 4, 4, 3, 3, 3], multiplier=0.125, cut_off=3.5, better="lower")
@example(points=[5, 4, 4, 4, 4], multiplier=0.125, cut_off=4.2, better="higher")
@example(points=[5, 5, 5], multiplier=0.125, cut_off=5, better="lower")
def test_a_score_is_a_case_if_it_reached_the_cut_off_when_it_was_folded(
    points: list[int], multiplier: float, cut_off: float, better: Literal["lower", "higher"]
) -> None:
    items = tuple(f"q{number}" for number in range(8))
    scale = definition.Scale(
        "total",
        items,
        multiplier=multiplier,
        missing_up_to=6,
        cutoffs=(definition.Cutoff("caseness", cut_off),),
        better=better,
    )
    fields = tuple(Rating(id=item, ask="How much?", lowest=0, highest=5) for item in items)
    form = definition.Form(id="mood", version=1, title="Mood", sections=(definition.Section(fields),), scales=(scale,))
    stored = score(form, scale, dict(zip(items, points, strict=False)))
    file = empty_file()
    file.client()
    file.scale(Rule(better, caseness=cut_off).scale())
    file.score("a", day(0), stored.prorated, TOTAL)
    assert dicts(file, "SELECT case_now FROM progress") == [{"case_now": "caseness" in (stored.reached or ())}]


def test_alerts_wait_until_they_are_acknowledged(file: Handwritten) -> None:
    file.client("BERT33")
    now = datetime.now(UTC)
    for id, days, client, acknowledged in (
        ("a", 9.5, "ALMA22", None), ("b", 3.5, "ALMA22", None), ("c", 30, "ALMA22", utc(now)), ("d", 0, "BERT33", None)
    ):  # fmt: skip
        at = utc(now - timedelta(days=days))
        file.submission(id, at, client)
        file.alert(id, at, client, acknowledged=acknowledged)
    rows = dicts(file, "SELECT submission, days, oldest FROM open_alerts ORDER BY raised")
    oldest = utc(now - timedelta(days=9.5))
    assert [(row["submission"], row["days"]) for row in rows] == [("a", 9), ("b", 3), ("d", 0)]
    assert [row["oldest"] for row in rows] == [oldest, oldest, utc(now)]


def test_a_client_is_seen_last_with_their_latest_submission_or_when_they_were_added(file: Handwritten) -> None:
    now = datetime.now(UTC)
    file.connection.execute("UPDATE clients SET since = ?", (utc(now - timedelta(days=40)),))
    file.client("BERT33", now - timedelta(days=40.5))
    for id, days in (("a", 21.5), ("c", 20.5), ("b", 20.5)):
        file.submission(id, utc(now - timedelta(days=days)))
    rows = dicts(file, "SELECT client, sent, received, submission, form, days FROM last_seen ORDER BY client")
    alma, bert = ([*row.values()] for row in rows)
    assert alma == ["ALMA22", 3, utc(now - timedelta(days=20.5)), "b", "mood", 20], (
        "of one moment, the later in the ledger"
    )
    assert bert == ["BERT33", 0, None, None, None, 40]


@pytest.mark.parametrize("column", ["days", "sent"])
def test_a_number_typed_as_text_is_compared_as_a_number(file: Handwritten, column: str) -> None:
    """Datasette hands on what stands in the address as text."""
    file.connection.execute("UPDATE clients SET since = ?", (utc(datetime.now(UTC) - timedelta(days=9.5)),))
    for count, equal, less in ((0, 0, 0), (9, 1, 1)):
        expression = f"SELECT count(*) FROM last_seen WHERE {column}"
        wanted = (equal, less) if column == "days" else (1 - equal, 1)
        equals = file.connection.execute(f"{expression} = ?", (str(count),)).fetchone()[0]
        below = file.connection.execute(f"{expression} < ?", (str(count + 1),)).fetchone()[0]
        assert (equals, below) == wanted


def test_no_view_needs_trust_in_the_schema(tmp_path: Path) -> None:
    """A reader's connection has trusted_schema=OFF, under which a view may call innocuous functions only."""
    file = DatabaseFile(tmp_path / "new.db")
    open_file(file).conn.close()
    connection = file.connect(read_only=True)
    views = connection.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall()
    assert {name for (name,) in views} == {"progress", "open_alerts", "last_seen", "answers"}
    for (name,) in views:
        assert connection.execute(f'SELECT * FROM "{name}"').fetchall() == []
    connection.close()
