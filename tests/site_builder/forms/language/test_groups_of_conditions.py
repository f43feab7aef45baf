"""`any` and `not`: what they become, what is refused, and how they are said."""

from __future__ import annotations

from typing import Any

import pytest

from site_builder.forms.answering.alerts import left_out, raised
from site_builder.forms.html.in_words import spoken
from site_builder.forms.language.form import parse_blocks
from site_builder.forms.language.yaml_tree import Block
from site_builder.forms.model.conditions import Condition
from site_builder.forms.model.definition import Form
from site_builder.forms.model.errors import FormErrors, UnreadableDefinition

FORM = """\
form: x
fields:
  a: {{ask: "Did you go out?", type: yes no}}
  b: {{ask: How often?, type: choice, choices: {{0: Never, 1: Once, 3: Often}}}}
  c: {{ask: How strong?, type: rating}}
  then: {{ask: Then?, when: {when}}}
"""
A = Condition("a", "equals", "yes")
B = Condition("b", "equals", "3")


def parse(when: str) -> Form:
    return parse_blocks([Block(FORM.format(when=when), 1)], page="x.md", title="X")


def when_of(when: str) -> tuple[Condition, ...]:
    return parse(when).fields[-1].when


@pytest.mark.parametrize(
    ("when", "conditions"),
    [
        ("{any: [{a: yes}, {b: 3}]}", [Condition.any_of((A,), (B,))]),
        ("{any: {a: yes, b: 3}}", [Condition.any_of((A,), (B,))]),
        ("{any: [{a: yes, b: 3}]}", [Condition.any_of((A, B))]),
        ("{not: {a: yes}}", [Condition.none_of((A,))]),
        ("{not: [{a: yes}, {b: 3}]}", [Condition.none_of((A,), (B,))]),
        ("{b: {not: 3}}", [Condition.none_of((B,))]),
        ("{b: {not: [1, 3]}}", [Condition.none_of((Condition("b", "one_of", ("1", "3")),))]),
        ("{c: {not: {at_least: 5}, at_least: 2}}", None),
        ("{a: yes, any: [{b: 3}, {not: {a: yes}}]}", [A, Condition.any_of((B,), (Condition.none_of((A,)),))]),
    ],
)
def test_a_group_is_read(when: str, conditions: list[Condition] | None) -> None:
    if conditions is not None:
        assert list(when_of(when)) == conditions
    form = parse(when)
    assert Form.from_json(form.to_json()) == form


@pytest.mark.parametrize(
    ("when", "message"),
    [
        ("{any: []}", "'any' needs conditions; write it like this: any: [{practised: yes}"),
        ("{any: yes}", "'any' needs conditions"),
        ("{any: }", "'any' needs conditions"),
        ("{not: a}", "'not' needs conditions; write it like this: not: {practised: yes}"),
        ("{any: [a, b]}", "each of 'any' has to be a condition"),
        ("{any: [{a: yes}, {d: 3}]}", "there is no question 'd' above this one"),
        ("{any: [{a: yes}, {b: 7}]}", "'7' is not one of the answers"),
        ("{not: {a: yes, b: 3}}", "'not' around 'a' and 'b' can mean neither of them, or not both together"),
        ("{or: [{a: yes}, {b: 3}]}", "'or' is not a question; write it like this: any: ["),
        ("{unless: {a: yes}}", "'unless' is not a question; write it like this: not: {"),
        ("{all: [{a: yes}, {b: 3}]}", "'all' is not a question; leave it out"),
        ("{b: {any: [1, 3]}}", "'any' does not belong to a condition; write it around the names"),
        ("{not: [{not: [{not: [{not: {a: yes}}]}]}]}", "these conditions stand too deep within each other"),
        ("{b: {not: {not: {not: {not: 3}}}}}", "these conditions stand too deep within each other"),
        (
            "[{a: yes}, {b: 3}]",
            "a list does not say whether all of these have to hold, or one of them; for one of them",
        ),
        ("{a: not yes}", "'not yes' is not one of the answers; write a: {not: yes}"),
        ("{c: '!= 3'}", "'!= 3' is not a number; write c: {not: 3}"),
        ("{b: '≠3'}", "'≠3' is not one of the answers; write b: {not: 3}"),
        ("{c: {not: {at_least: 30}}}", "this can never happen: the answers go from 0 to 10"),
    ],
)
def test_a_mistake_in_a_group_is_reported_once_with_its_remedy(when: str, message: str) -> None:
    with pytest.raises(FormErrors) as refused:
        parse(when)
    (error,) = refused.value.errors
    assert error.message.startswith(message)
    assert error.remedy


@pytest.mark.parametrize("word", ["any", "not", "or", "all"])
def test_a_question_may_be_called_like_a_group(word: str) -> None:
    text = f"form: x\nfields:\n  {word}: {{ask: Well?, type: yes no}}\n  b: {{ask: B?, when: {{{word}: yes}}}}\n"
    form = parse_blocks([Block(text, 1)], page="x.md", title="X")
    assert form.fields[1].when == (Condition(word, "equals", "yes"),)


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (
            "{any: [{a: yes}, {b: 3}]}",
            "either you answered “Yes” to “Did you go out?”, or you answered “Often” to “How often?”",
        ),
        ("{not: {a: yes}}", "you did not answer “Yes” to “Did you go out?”"),
        ("{b: {not: [0, 1]}}", "you did not answer “Never” or “Once” to “How often?”"),
        ("{not: {c: {answered: true}}}", "you left out “How strong?”"),
        (
            "{not: [{a: yes}, {c: {at_least: 5}}]}",
            "you did not answer “Yes” to “Did you go out?”, and you did not answer 5 or more to “How strong?”",
        ),
        (
            "{not: [{a: yes, b: 3}]}",
            "either you did not answer “Yes” to “Did you go out?”, or you did not answer “Often” to “How often?”",
        ),
        ("{not: [{not: {a: yes}}]}", "you answered “Yes” to “Did you go out?”"),
    ],
)
def test_a_group_is_said_in_words(when: str, words: str) -> None:
    form = parse(when)
    (condition,) = form.fields[-1].when
    assert spoken(condition, form.items) == words


def nested(depth: int) -> Any:
    inner: Any = {"field": "a", "test": "equals", "value": "yes"}
    for _ in range(depth):
        inner = {"field": "", "test": "not", "of": [[inner]]}
    return inner


def damaged(condition: Any) -> dict[str, Any]:
    stored = parse("{not: {a: yes}}").to_json()
    stored["sections"][0]["fields"][-1]["when"] = [condition]
    return stored


def test_a_few_groups_within_each_other_can_be_read() -> None:
    assert Form.from_json(damaged(nested(3))).fields[-1].when[0].depth == 3


@pytest.mark.parametrize(
    "condition",
    [
        nested(4),
        nested(100),
        nested(5000),
        {"field": "", "test": "any"},
        {"field": "", "test": "any", "of": []},
        {"field": "", "test": "any", "of": [[]]},
        {"field": "", "test": "any", "of": [{}]},
        {"field": "", "test": "not", "of": [nested(0)]},
        {"field": "a", "test": "not", "of": [[nested(0)]]},
        {"field": "", "test": "not", "value": 3, "of": [[nested(0)]]},
        {"field": "a", "test": "equals", "value": "yes", "of": [[nested(0)]]},
        {"field": "", "test": "equals", "value": "yes"},
        {"field": "", "test": "neither", "of": [[nested(0)]]},
    ],
)
def test_a_damaged_group_is_refused(condition: Any) -> None:
    with pytest.raises(UnreadableDefinition):
        Form.from_json(damaged(condition))


def test_an_alert_on_several_answers_names_the_one_that_made_it_go_off() -> None:
    text = FORM.format(when="{a: yes}") + "alerts:\n  - {label: Now, when: {any: [{b: 3}, {c: {at_least: 8}}]}}\n"
    form = parse_blocks([Block(text, 1)], page="x.md", title="X")
    assert [(alert.item, alert.value) for alert in raised(form, {"b": "1", "c": 9})] == [("c", "9")]
    assert [(alert.item, alert.value) for alert in raised(form, {"b": "3", "c": 9})] == [("b", "3")]
    assert raised(form, {"b": "1", "c": 2}) == ()


RISK = """\
form: x
fields:
  a: {ask: "A?", type: rating}
  b: {ask: "B?", type: rating}
  c: {ask: "C?", type: yes no}
  urges:
    ask: Urges?
    type: repeat
    of: {what: What?, strong: {ask: How strong?, type: rating}, acted: {ask: Acted?, type: yes no}}
alerts:
  - {label: Risk, when: WHEN}
"""


def risk(when: str) -> Form:
    return parse_blocks([Block(RISK.replace("WHEN", when), 1)], page="x.md", title="X")


@pytest.mark.parametrize(
    ("when", "answers", "items"),
    [
        ("{any: [{a: {at_least: 5}}, {b: {at_least: 5}}]}", {"a": 1}, ["b"]),
        ("{any: [{a: {at_least: 5}}, {b: {at_least: 5}}]}", {"a": 9}, []),
        ("{any: [{a: {at_least: 5}}, {b: {at_least: 5}}]}", {"c": "no"}, ["a", "b"]),
        ("{any: [{a: {at_least: 5}}, {b: {at_least: 5}}]}", {"a": 1, "b": 1}, []),
        ("{any: [{a: {at_least: 5}, c: yes}, {b: {at_least: 5}}]}", {"c": "no", "b": 0}, []),
        ("{a: {at_least: 5}, not: {c: yes}}", {"c": "yes"}, []),
        ("{a: {at_least: 5}, not: {c: yes}}", {"c": "no"}, ["a"]),
    ],
)
def test_what_was_left_out_of_a_group_is_told(when: str, answers: dict[str, Any], items: list[str]) -> None:
    assert [blank.item for blank in left_out(risk(when), answers)] == items


def test_an_alert_on_any_answer_of_a_row_names_that_row() -> None:
    form = risk("{any: [{urges.strong: {at_least: 8}}, {urges.acted: yes}]}")
    rows = [{"what": "x", "strong": 2}, {"what": "y", "strong": 3, "acted": "yes"}, {"what": "z", "strong": 9}]
    assert [(alert.item, alert.tested, alert.value) for alert in raised(form, {"urges": rows})] == [
        ("urges.2.acted", "urges.acted", "yes"),
        ("urges.3.strong", "urges.strong", "9"),
    ]
    assert raised(form, {"a": 3}) == ()


def test_an_alert_cannot_mix_a_row_and_the_form_in_one_group() -> None:
    with pytest.raises(FormErrors, match="an alert cannot look at any row of a repeat and at other answers at once"):
        risk("{any: [{urges.strong: {at_least: 8}}, {a: {at_least: 5}}]}")


def test_a_gate_is_one_plain_answer() -> None:
    text = FORM.format(when="{a: yes}") + "licence: Mine.\nscales: {s: {items: [c], gate: {a: {not: no}}}}\n"
    with pytest.raises(FormErrors, match="a gate opens for the answer to a question"):
        parse_blocks([Block(text, 1)], page="x.md", title="X")


@pytest.mark.parametrize(
    "when",
    [
        "{a: yes, not: {a: yes}}",
        "{b: [0, 1], not: {b: {one_of: [0, 1, 3]}}}",
        "{c: {at_least: 3, not: {at_least: 2}}}",
        "{c: {answered: false}, any: [{c: 1}, {c: 2}]}",
        "{a: {not: yes}, any: {a: yes}}",
        "{b: {not: [0, 1, 3], answered: true}}",
        "{a: {answered: true}, not: [{a: yes}, {a: no}]}",
    ],
)
def test_what_no_answers_make_happen_is_a_mistake(when: str) -> None:
    with pytest.raises(FormErrors) as refused:
        parse(when)
    (error,) = refused.value.errors
    assert error.problem == "this can never happen: no answers make all of these conditions hold"
    alerting = FORM.format(when="{a: yes}") + f"alerts:\n  - {{label: Now, when: {when}}}\n"
    with pytest.raises(FormErrors, match="an alert that never goes off is worse than none"):
        parse_blocks([Block(alerting, 1)], page="x.md", title="X")


def test_a_question_that_waits_for_what_is_then_not_asked_is_a_mistake() -> None:
    text = FORM.format(when="{a: yes}") + '  last: {ask: "Last?", when: {then: {answered: true}, not: {a: yes}}}\n'
    with pytest.raises(FormErrors, match="no answers make all of these conditions hold"):
        parse_blocks([Block(text, 1)], page="x.md", title="X")
    later = Block('when: {a: yes}\nfields: {p: "P?"}', 20)
    last = Block('fields: {q: {ask: "Q?", when: {p: {answered: true}, a: no}}}', 30)
    with pytest.raises(FormErrors, match="no answers make all of these conditions hold"):
        parse_blocks([Block(FORM.format(when="{a: yes}"), 1), later, last], page="x.md", title="X")


@pytest.mark.parametrize(
    "when",
    [
        "{c: {at_least: 3, not: {at_least: 4}}}",
        "{b: {not: [0, 1], answered: true}}",
        "{a: {not: yes}, b: {not: 3}, c: {not: {at_least: 1}}}",
    ],
)
def test_what_only_one_answer_makes_happen_is_no_mistake(when: str) -> None:
    assert when_of(when)
