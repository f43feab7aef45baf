"""An alert may go off more often than before, never less, in the same version."""

from __future__ import annotations

import pytest

from site_builder.forms.history.versions import new_history
from site_builder.forms.language.form import Block, parse_blocks
from tests.cases.published_form import critical, edit, parse, safe


def test_a_reworded_alert_on_any_of_several_answers_names_them() -> None:
    several = ("when: {q2: {at_least: 1}}", "when: {any: [{q1: 2}, {q2: 2}]}")
    reworded = edit(("{label: Down", "{label: Low"), several)
    assert safe(reworded, new_history(edit(several))) == [
        "the label of the alert on 'q1' and 'q2' was “Down” and is “Low” now"
    ]


@pytest.mark.parametrize(
    ("when", "is_weaker"),
    [
        ("{q2: {at_least: 2}}", True),
        ("{q1: {at_least: 1}}", True),
        ("{q2: {at_least: 1}, q1: {at_least: 1}}", True),
        ("{q2: 2}", True),
        ("{q2: {at_least: 0}}", False),
        ("{q2: {one_of: [1, 2]}}", False),
        ("{q2: {answered: true}}", False),
        ("{q2: {answered: false}}", True),
    ],
)
def test_an_alert_may_go_off_more_often_but_not_less(when: str, is_weaker: bool) -> None:
    changes = critical(edit(("{q2: {at_least: 1}}", when)))
    assert [change.path for change in changes] == (["alert 0"] if is_weaker else [])
    assert all("put it back as it was, or write version: 2" in change.remedy for change in changes)


@pytest.mark.parametrize(
    ("before", "now", "weaker"),
    [
        ("q2: {at_least: 1}", "any: [{q2: {at_least: 1}}, {q1: 2}]", False),
        ("q2: {at_least: 1}", "any: [{q2: {at_least: 2}}, {q1: 2}]", True),
        ("any: [{q2: 1}, {q1: 2}]", "any: [{q1: 2}, {q2: 1}, {mood: 0}]", False),
        ("any: [{q2: 1}, {q1: 2}]", "q2: 1", True),
        ("any: [{q1: 2}, {mood: {at_least: 5}}]", "q1: 2", True),
        ("q2: 1, q1: 2", "any: [{q2: 1}, {q1: 2}]", False),
        ("any: [{q2: 1}, {q1: 2}]", "q2: 1, q1: 2", True),
        ("not: {q2: 0}", "not: {q2: 0}", False),
        ("not: {q2: 0}", "not: {q2: 1}", True),
        ("q2: {not: 0}", "q2: {at_least: 1}", True),
    ],
)
def test_an_alert_on_several_groups_may_go_off_more_often_but_not_less(before: str, now: str, weaker: bool) -> None:
    history = new_history(edit(("q2: {at_least: 1}", before)))
    changes = critical(edit(("q2: {at_least: 1}", now)), history)
    assert [change.path for change in changes] == (["alert 0"] if weaker else [])


def test_two_alerts_may_replace_one() -> None:
    tiers = "- {label: Low, when: {q2: 1}}\n      - {label: High, when: {q2: {at_least: 2}}}"
    assert critical(edit(("- {label: Down, when: {q2: {at_least: 1}}}", tiers))) == []


def test_an_alert_on_a_conditional_question_goes_off_less_often() -> None:
    waiting = edit(
        ("{q1: Feeling tense, q2: Feeling down}", "{q1: Feeling tense, q2: Feeling down}\n        when: {place: home}"),
        ("    scales:\n      total: {items: [q1, q2], missing: 1, bands: {0: None, 3: Some}, cut_offs: {caseness: 2}, "
         "reliable_change: 2}\n", ""),
    )  # fmt: skip
    messages = [str(change) for change in critical(waiting)]
    assert any(
        message.startswith("the alert 'Down' is gone, or does not go off as often as it did") for message in messages
    )


@pytest.mark.parametrize(
    ("before", "now", "weaker"),
    [
        ("{at_most: 3}", "{at_most: 2}", True),
        ("{at_most: 3}", "{at_most: 4}", False),
        ("{at_least: 3}", "{at_least: 4}", True),
        ("{at_least: 3}", "{at_least: 2}", False),
        ("{answered: true}", "{at_least: 0}", False),
    ],
)
def test_an_alert_may_become_stricter_but_not_weaker(before: str, now: str, weaker: bool) -> None:
    text = "form: log\nfields: {{n: {{ask: N?, type: number}}}}\nalerts: [{{label: Low, when: {{n: {}}}}}]"
    changes = critical(parse(text.format(now)), new_history(parse(text.format(before))))
    assert bool(changes) == (weaker or before == "{answered: true}")


def test_an_alert_in_a_repeat_that_waits_goes_off_less_often() -> None:
    text = """form: log
fields:
  bad: {ask: Bad?, type: yes no}
  urges: {ask: Urges?, type: repeat, of: {strength: {ask: How strong?, type: rating}}}
alerts: [{label: Strong, when: {urges.strength: {at_least: 5}}}]"""
    waiting = text.replace("ask: Urges?,", "ask: Urges?, when: {bad: yes},")
    before, now = (parse_blocks([Block(each, 1)], page="log.md", title="Log") for each in (text, waiting))
    assert [change.path for change in critical(now, new_history(before))] == ["alert 0"]
    assert critical(before, new_history(now)) == []
