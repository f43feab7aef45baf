"""The views of a caseload file. Comparisons over time are defined only here, for pages and queries alike.

A computed column is CAST: without a type of its own, `days = '3'` would find nothing. No view calls a function of
ours, because SQLite refuses those in a view.
"""

from __future__ import annotations

from sqlite_utils import Database

from collector.caseload.answers import create_answers, create_view
from site_builder.forms.model.definition import EXACT

CASENESS = "caseness"  # the cut-off from which a score counts as a case

_EARLIER = ("baseline", "previous", "best")

LAST_SEEN = """
SELECT clients.client, label, status, since,
       CAST((SELECT count(*) FROM submissions WHERE submissions.client = clients.client) AS INTEGER) AS sent,
       latest.received, latest.submission, latest.form,
       CAST(max(0, julianday('now') - julianday(coalesce(latest.received, since))) AS INTEGER) AS days
  FROM clients LEFT JOIN submissions AS latest ON latest.submission = (
       SELECT submission FROM submissions WHERE submissions.client = clients.client
        ORDER BY seq DESC LIMIT 1)
"""
OPEN_ALERTS = """
SELECT submission, item, number, tier, client, form, label, value, answer, raised,
       CAST(max(0, julianday('now') - julianday(raised)) AS INTEGER) AS days,
       CAST((SELECT min(raised) FROM alerts AS other
              WHERE other.client = alerts.client AND other.acknowledged IS NULL) AS TEXT) AS oldest
  FROM alerts WHERE acknowledged IS NULL
"""


def create_views(db: Database) -> None:
    """Create all views, replacing those of an earlier release."""
    create_view(db, "last_seen", LAST_SEEN)
    create_view(db, "open_alerts", OPEN_ALERTS)
    create_view(db, "progress", progress())
    create_answers(db)


def progress() -> str:
    """Return the SELECT of `progress`: each client's scores on each scale in their course of treatment, compared.

    Looking five scores up by index takes a fifth of the time that window functions over all scores take.
    """
    latest = "seq DESC"
    best = "CASE better WHEN 'higher' THEN -prorated ELSE prorated END, seq"
    changes = ", ".join(_change(at) for at in _EARLIER)
    return f"""
SELECT client, form, scale, title, better, reliable_change, possible_change, course_begun,
       baseline, baseline_received, baseline_submission, previous, previous_received, previous_submission,
       last, last_received, last_submission, best, best_received, best_submission,
       {changes},
       {_case("baseline")} AS case_at_baseline, {_case("last")} AS case_now,
       CAST(CASE WHEN previous IS NOT NULL AND {_case("baseline")} THEN NOT {_case("last")} END AS INTEGER)
       AS recovered,
       {_worse_since_best()} AS worse_since_best
  FROM (
SELECT series.client, series.form, series.scale, title, better, reliable_change, possible_change,
       coalesce(course_begun, since) AS course_begun, cut_offs ->> '{CASENESS}' AS cut_off,
       {", ".join(_columns(at) for at in (*_EARLIER, "last"))}
  FROM (SELECT client, form, scale, course_begun, since, course_seq
          FROM (SELECT DISTINCT client, form, scale FROM scores) JOIN clients USING (client)) AS series
  JOIN scales ON (scales.form, scales.scale) = (series.form, series.scale) AND scales.version = (
       SELECT max(version) FROM scales AS other WHERE (other.form, other.scale) = (series.form, series.scale))
  JOIN scores AS baseline ON baseline.rowid = {_score("seq")}
  JOIN scores AS last ON last.rowid = {_score(latest)}
  JOIN scores AS best ON best.rowid = {_score(best)}
  LEFT JOIN scores AS previous ON previous.rowid = {_score(latest, "OFFSET 1")})
"""  # noqa: S608 - made of the words of this module alone


def _score(order: str, offset: str = "") -> str:
    own = (
        "(client, form, scale) = (series.client, series.form, series.scale) AND prorated IS NOT NULL"
        " AND seq >= course_seq"
    )
    return f"(SELECT rowid FROM scores WHERE {own} ORDER BY {order} LIMIT 1 {offset})"  # noqa: S608 - as above


def _columns(at: str) -> str:
    return f"{at}.prorated AS {at}, {at}.received AS {at}_received, {at}.submission AS {at}_submission"


def _change(at: str) -> str:
    """Return the columns that compare the last score with an earlier one; without a suffix, with the baseline."""
    suffix = "" if at == "baseline" else f"_since_{at}"
    return f"{_since(at)} AS since_{at}, {_reliable(at)} AS reliable{suffix}, {_possible(at)} AS possible{suffix}"


def _since(at: str, score: str = "last") -> str:
    """Return the points from an earlier score to the last; NULL when there is only one score.

    Compared in decimals: from 9.1 to 4.9 is 4.2 and not 4.199….
    """
    return f"CAST(CASE WHEN previous IS NOT NULL THEN round({score} - {at}, {EXACT}) END AS REAL)"


def _reliable(at: str) -> str:
    return _direction(_since(at), "reliable_change")


def _possible(at: str) -> str:
    """Return the direction of a change that is a possible, but not a reliable, one."""
    return _direction(_since(at), "possible_change", f"WHEN abs({_since(at)}) >= reliable_change THEN 'no' ")


def _direction(change: str, limit: str, unless: str = "") -> str:
    """Return better, worse or no."""
    improvement = f"{change} * CASE better WHEN 'higher' THEN 1 ELSE -1 END"
    return (
        f"CAST(CASE WHEN previous IS NULL OR {limit} IS NULL THEN NULL {unless}"
        f"WHEN {improvement} >= {limit} THEN 'better'"
        f" WHEN {improvement} <= -{limit} THEN 'worse' ELSE 'no' END AS TEXT)"
    )


def _worse_since_best() -> str:
    """Return whether the last score is reliably worse than the best: twice, case, once or no.

    The best of many scores is low by chance, so that one worse score says little. Two running are sure, and so is one
    that has become a case since the best.
    """
    last, previous = _reliable("best"), _direction(_since("best", "previous"), "reliable_change")
    again = f"{_case('last')} AND NOT {_case('best')}"
    return (
        f"CAST(CASE {last} WHEN 'worse' THEN iif({previous} = 'worse', 'twice', iif({again}, 'case', 'once'))"
        f" ELSE iif({last} IS NULL, NULL, 'no') END AS TEXT)"
    )


def _case(at: str) -> str:
    """Return 1 if a score counts as a case, 0 if not, NULL when the scale has no cut-off for that."""
    return f"CAST(CASE better WHEN 'higher' THEN {at} <= cut_off ELSE {at} >= cut_off END AS INTEGER)"
