"""A changed rule, of a computed value or of a criterion, needs a new version; it is remembered, and reported."""

from __future__ import annotations

import json

import pytest

from site_builder.forms.history.versions import PublishedVersion, new_history
from site_builder.forms.model.definition import Form
from tests.cases.published_form import critical, parse, safe

NIGHT = """
    form: night
    version: {version}
    licence: Made up for a test.
    criteria:
      tired: {{counts_from: {counts_from}, clusters: {{a: {{items: [heavy, slow], needs: {needs}}}}}}}
    fields:
      to_bed: {{ask: To bed?, type: time}}
      got_up: {{ask: Up?, type: time}}
      awake: {{ask: Awake?, type: duration}}
      heavy: {{ask: Heavy?, type: rating}}
      slow: {{ask: Slow?, type: rating}}
    computed:
      in_bed: {{label: In bed, time between: [to_bed, got_up]}}
      asleep: {{label: Asleep, minus: [{of}]}}
"""


def night(version: int = 1, counts_from: int = 5, needs: int = 1, of: str = "in_bed, awake") -> Form:
    return parse(NIGHT.format(version=version, counts_from=counts_from, needs=needs, of=of))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (night(of="awake, in_bed"), "the computed value 'asleep' has changed: what it is made of; write version: 2"),
        (night(counts_from=6), "the criterion 'tired' has changed: from which answer on a symptom counts"),
        (night(needs=2), "the criterion 'tired' has changed: what it is made of; write version: 2 in the first block"),
    ],
)
def test_a_changed_rule_needs_a_new_version(changed: Form, message: str) -> None:
    (change,) = critical(changed, new_history(night()))
    assert message in str(change)


def test_a_changed_rule_is_reported_in_a_new_version() -> None:
    assert safe(night(2, of="awake, in_bed", needs=2), new_history(night())) == [
        "the criterion 'tired' is worked out in another way: its verdicts get a line of their own, tired_v2",
        "the computed value 'asleep' is worked out in another way: its values get a column of their own, asleep_v2",
    ]


def test_rules_survive_the_lock() -> None:
    latest = new_history(night()).latest
    assert PublishedVersion.from_json(1, json.loads(json.dumps(latest.to_json()))) == latest


def test_a_value_computed_from_a_changed_formula_gets_a_new_column_too() -> None:
    text = NIGHT + "      part: {{label: Part, ratio: [asleep, in_bed]}}\n"
    values = {"counts_from": 5, "needs": 1}
    before = parse(text.format(version=1, of="in_bed, awake", **values))
    after = parse(text.format(version=2, of="awake, in_bed", **values))
    assert [message.rpartition(" ")[2] for message in safe(after, new_history(before))] == ["asleep_v2", "part_v2"]
