"""What choices count, how a scale is worked out, and how urgent an alert is, are compared with what was published."""

from __future__ import annotations

import json

import pytest

from site_builder.forms.history.changes import compare
from site_builder.forms.history.versions import PublishedVersion, new_history
from site_builder.forms.model.definition import Form
from tests.cases.alerts import BOTH_TIERS, HARM
from tests.cases.scores import GATED, measure, rows, total


def published(rules: str, fields: str, version: int = 1) -> Form:
    return measure(f"version: {version}\n{rules}", fields)


def points(last: str) -> str:
    return rows(3, f"0: Never, 1: Once, 99: {{label: I will not say, points: {last}}}")


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [
        (
            (total("items: [q1-q3]"), points("2")),
            (total("items: [q1-q3]"), points("none")),
            "'q1', like all rows beside it, was a choice of 0, 1, 99 (which counts 99 as 2) and is a choice of 0, 1, 99"
            " (which counts 99 as missing) now",
        ),
        (
            (total("items: [q1-q3]"), points("2")),
            (total("items: [q1-q3], method: mean"), points("2")),
            "the scale 'total' has changed: whether it is a sum or a mean",
        ),
        (
            (total("items: [q1-q3]"), points("2")),
            (total("items: [q1-q3], rounding: half up, rounding_source: X"), points("2")),
            "the scale 'total' has changed: how it is rounded",
        ),
        (
            (total("items: [q1-q3], gate: {happened: yes}"), GATED),
            (total("items: [q1-q3]"), GATED.replace(", when: {happened: yes}", "")),
            "the scale 'total' has changed: which question decides whether its items count, which answers let its items"
            " count",
        ),
        (
            (BOTH_TIERS, HARM),
            (BOTH_TIERS.replace("{at_least: 2}}", "{at_least: 2}}, tier: soon"), HARM),
            "the alert 'B' is less urgent than it was",
        ),
        (
            ("alerts: [{label: A, when: {harm: {at_least: 1}}}]", HARM),
            ("alerts: [{label: A, when: {harm: {at_least: 2}}}]", HARM),
            "the alert 'A' is gone, or does not go off as often as it did",
        ),
    ],
)
def test_what_would_be_scored_or_told_otherwise_needs_a_new_version(
    before: tuple[str, str], now: tuple[str, str], change: str
) -> None:
    history = new_history(published(*before))
    assert change in [each.problem for each in compare(history, published(*now)) if each.critical]
    assert not [each for each in compare(history, published(*now, version=2)) if each.critical]
    assert PublishedVersion.from_json(1, json.loads(json.dumps(history.latest.to_json()))) == history.latest


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ((BOTH_TIERS.replace(", tier: soon", ""), HARM), (BOTH_TIERS.replace(", tier: soon", ""), HARM)),
        ((BOTH_TIERS, HARM), (BOTH_TIERS.replace(", tier: soon", ""), HARM)),
        ((total("items: [q1-q3]"), points("99")), (total("items: [q1-q3], main: true"), points("99"))),
    ],
)
def test_more_urgent_or_the_same_is_safe(before: tuple[str, str], now: tuple[str, str]) -> None:
    assert not [each for each in compare(new_history(published(*before)), published(*now)) if each.critical]
