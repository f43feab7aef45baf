"""Criteria as an author writes them, and when answers meet them; checked by hand or by brute force."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_builder.forms.answering.scoring import verdicts
from site_builder.forms.language.meanings import unexplained
from site_builder.forms.language.yaml_tree import Block, Mistakes, Table, read_block
from site_builder.forms.model.choices import Choice
from site_builder.forms.model.criteria import Cluster, Criterion
from site_builder.forms.model.definition import Form, Section
from site_builder.forms.model.fields import Answers, Matrix

MOST = 2  # the highest answer of the small forms below


def small(criterion: Criterion) -> Form:
    codes = tuple(Choice(str(code), f"Code {code}") for code in range(MOST + 1))
    rows = tuple(Choice(item, item) for cluster in criterion.clusters for item in cluster.items)
    matrix = Matrix(id="items", ask="?", choices=codes, rows=rows)
    return Form(id="m", version=1, title="M", sections=(Section((matrix,)),), criteria=(criterion,))


def answers(codes: dict[str, int | None]) -> Answers:
    return {"items": {item: str(code) for item, code in codes.items() if code is not None}}


@pytest.mark.parametrize(
    ("codes", "met"),
    [
        ((1, 1, 1), True),
        ((1, 0, 1), True),
        ((1, None, 1), True),  # two are enough
        ((1, 0, 0), False),
        ((0, 0, None), False),  # one at most: it cannot be met any more
        ((1, 0, None), None),  # the third answer decides
        ((None, None, None), None),
    ],
)
def test_two_of_three_symptoms_meet_the_criterion(codes: tuple[int | None, ...], met: bool | None) -> None:
    form = small(Criterion("c", 1, (Cluster("a", ("q1", "q2", "q3"), 2),)))
    (verdict,) = verdicts(form, answers(dict(zip(("q1", "q2", "q3"), codes, strict=True))))
    (cluster,) = verdict.clusters
    assert verdict.met is cluster.met is met
    assert cluster.counted == sum(code == 1 for code in codes)
    assert (cluster.needed, cluster.answered, cluster.items) == (2, 3 - codes.count(None), 3)


@pytest.mark.parametrize(
    ("first", "second", "met"),
    [(1, 1, True), (1, 0, False), (None, 0, False), (1, None, None), (None, None, None)],
)
def test_a_criterion_is_met_when_every_cluster_is(first: int | None, second: int | None, met: bool | None) -> None:
    form = small(Criterion("c", 1, (Cluster("a", ("q1",), 1), Cluster("b", ("q2",), 1))))
    assert verdicts(form, answers({"q1": first, "q2": second}))[0].met is met


def test_a_reversed_item_is_a_symptom_when_rated_low() -> None:
    form = small(Criterion("c", 2, (Cluster("a", ("q1",), 1),), reversed=("q1",)))
    assert [verdicts(form, answers({"q1": code}))[0].met for code in (0, 1, 2, None)] == [True, False, False, None]


@st.composite
def criteria(draw: st.DrawFn) -> Criterion:
    """Draw a rule of up to three clusters over up to six items."""
    sizes = draw(st.lists(st.integers(1, 2), min_size=1, max_size=3))
    clusters = []
    for number, size in enumerate(sizes):
        items = tuple(f"q{number}{letter}" for letter in "ab"[:size])
        clusters.append(Cluster(f"c{number}", items, draw(st.integers(1, size))))
    every = [item for cluster in clusters for item in cluster.items]
    turned = draw(st.lists(st.sampled_from(every), unique=True))
    return Criterion("c", draw(st.integers(1, MOST)), tuple(clusters), reversed=tuple(turned))


def completions(codes: dict[str, int | None]) -> Iterator[dict[str, int]]:
    """Return every way in which the unanswered items could be answered."""
    for filled in itertools.product(*(range(MOST + 1) if code is None else (code,) for code in codes.values())):
        yield dict(zip(codes, filled, strict=True))


def is_met(criterion: Criterion, complete: dict[str, int]) -> bool:
    """Return whether complete answers meet the rule, read literally."""
    points = {item: MOST - code if item in criterion.reversed else code for item, code in complete.items()}
    return all(
        len([item for item in cluster.items if points[item] >= criterion.counts_from]) >= cluster.needs
        for cluster in criterion.clusters
    )


@given(criteria(), st.data())
def test_a_verdict_holds_however_the_rest_is_answered(criterion: Criterion, data: st.DataObject) -> None:
    items = [item for cluster in criterion.clusters for item in cluster.items]
    codes = {item: data.draw(st.one_of(st.none(), st.integers(0, MOST))) for item in items}
    ends = {is_met(criterion, complete) for complete in completions(codes)}
    (verdict,) = verdicts(small(criterion), answers(codes))
    assert verdict.met is (ends.pop() if len(ends) == 1 else None)


def test_a_form_without_criteria_keeps_its_definition() -> None:
    form = Form(id="m", version=1, title="M", sections=())
    assert form.to_json() == {"format": 2, "form": "m", "version": 1, "title": "M", "sections": []}


def test_a_criterion_survives_being_stored_and_changes_the_hash() -> None:
    rule = Criterion("c", 1, (Cluster("a", ("q1",), 1, "First"), Cluster("b", ("q2",), 1)), "C", "Fits.", ("q1",))
    form = small(rule)
    again = Form.from_json(json.loads(json.dumps(form.to_json())))
    assert again == form
    for changed in (
        Criterion("c", 2, rule.clusters, "C", "Fits.", ("q1",)),
        Criterion("c", 1, rule.clusters, "C", "Fits.", ()),
        Criterion("c", 1, rule.clusters[:1], "C", "Fits.", ("q1",)),
        Criterion("c", 1, rule.clusters, "C", "Fits well.", ("q1",)),
    ):
        assert small(changed).hash != form.hash


FINDINGS = {
    "bands: {0: Low}": ["the band from 0 does not say what it means; write it like this: 0: {label: Low, meaning:"],
    "bands: {0: {label: Low}}": ["the band from 0 does not say what it means; add 'meaning:'"],
    "bands: {0: {label: Low, meaning: Few signs.}}": ["does not say that it is not a diagnosis; add: This is not a"],
    'bands: {0: {label: Low, meaning: "Few signs. This is not a diagnosis."}}': [],
    'bands: {0: {label: Niedrig, meaning: "Wenige Zeichen. Das ist keine Diagnose."}}': [],
    "cut_offs: {caseness: 2}": [],
    "bands: nothing that can be read": [],
}


@pytest.mark.parametrize(("option", "parts"), FINDINGS.items())
def test_a_band_says_what_it_means(option: str, parts: list[str]) -> None:
    findings = list(unexplained(head(f"scales:\n  total:\n    items: [q1]\n    {option}")))
    assert all(part in str(finding) for finding, part in zip(findings, parts, strict=True))
    assert all(finding.source.line == 4 for finding in findings)


def test_a_criterion_says_what_it_means() -> None:
    rule = "criteria:\n  dsm5:\n    counts_from: 2\n"
    assert [str(finding) for finding in unexplained(head(rule))] == [
        "page.md:2:3 warning: the criterion 'dsm5' does not say what it means; add 'meaning:' in plain words, and end"
        " it with: This is not a diagnosis."
    ]
    assert "page.md:4:14 warning: the meaning of" in str(*unexplained(head(f"{rule}    meaning: It fits.")))
    assert not list(unexplained(head(f'{rule}    meaning: "It fits. This is not a diagnosis."')))


def head(text: str) -> Table:
    mistakes = Mistakes("page.md")
    table = read_block(Block(text, 1), mistakes)
    assert table is not None
    assert not mistakes.errors
    return table
