"""Measures that are written in the handbook's way are clean in one round, and scored as their references say.

The references are worked out here, from the rules as they were read, and not by the code that is tried.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from site_builder.content.library import read_library
from site_builder.forms.answering.alerts import left_out, raised
from site_builder.forms.answering.scoring import scores, verdicts
from site_builder.forms.model.definition import Form
from site_builder.forms.model.fields import Answers
from tests.site_builder.checks.conftest import CheckPage

FORMS = Path(__file__).parents[2] / "cases" / "forms"
Values: TypeAlias = Mapping[str, int | None]
TURNED = (1, 3, 8, 10, 11)  # of the PSWQ
CLUSTERS = {"b": (range(1, 6), 1), "c": (range(6, 8), 1), "d": (range(8, 15), 2), "e": (range(15, 21), 2)}


def form_of(name: str, folder: Path) -> Form:
    (folder / f"{name}.md").write_text((FORMS / f"{name}.md").read_text("utf-8"), "utf-8")
    (form,) = read_library(folder).forms
    return form


@pytest.mark.parametrize("name", ["pswq", "pcl5", "evenings", "near-miss"])
def test_it_is_clean_in_one_round(name: str, check_page: CheckPage) -> None:
    assert check_page((FORMS / f"{name}.md").read_text("utf-8"), f"measures/{name}.md") == []


def matrix(id: str, values: Values) -> Answers:
    return {id: {item: str(value) for item, value in values.items() if value is not None}}


def filled(count: int, codes: range, seed: int, blanks: int = 0) -> dict[str, int | None]:
    rng = random.Random(seed)
    values: dict[str, int | None] = {f"q{number}": rng.choice(codes) for number in range(1, count + 1)}
    return values | dict.fromkeys(rng.sample(list(values), blanks))


def pswq(values: Values) -> int | None:
    """Sixteen items from 1 to 5; 1, 3, 8, 10 and 11 count 6 less the answer; no rule on missing ones."""
    points = [6 - value if int(item[1:]) in TURNED else value for item, value in values.items() if value is not None]
    return sum(points) if len(points) == 16 else None


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("blanks", [0, 1])
def test_the_pswq_is_scored_as_its_rule_says(seed: int, blanks: int, tmp_path: Path) -> None:
    values = filled(16, range(1, 6), seed, blanks)
    (result,) = scores(form_of("pswq", tmp_path), matrix("worry", values))
    assert (result.prorated, result.answered, result.band) == (pswq(values), 16 - blanks, "")


@pytest.mark.parametrize(
    ("codes", "score"),
    [
        # Eleven items as they are and five turned round: 11 × 1 + 5 × 5, 11 × 5 + 5 × 1, and 16 × 3.
        ("1111111111111111", 36),
        ("5555555555555555", 60),
        ("3333333333333333", 48),
        ("1515555151155555", 80),
        ("5151111515511111", 16),
    ],
)
def test_the_pswq_by_hand(codes: str, score: int, tmp_path: Path) -> None:
    values = {f"q{number}": int(code) for number, code in enumerate(codes, 1)}
    assert pswq(values) == score
    assert scores(form_of("pswq", tmp_path), matrix("worry", values))[0].prorated == score


def pcl5(values: Values) -> tuple[int | None, tuple[str, ...], bool | None]:
    """The sum of twenty items from 0 to 4; a case of PTSD by symptoms, which are items rated 2 or more."""
    known = {int(item[1:]): value for item, value in values.items() if value is not None}
    score = sum(known.values()) if len(known) == 20 else None
    verdict: list[bool | None] = []
    for items, needs in CLUSTERS.values():
        symptoms = sum(known.get(item, 0) >= 2 for item in items)
        possible = symptoms + sum(item not in known for item in items)
        verdict.append(True if symptoms >= needs else None if possible >= needs else False)
    reached = () if score is None else tuple(name for name, at in (("lower", 31), ("upper", 33)) if score >= at)
    return score, reached, False if False in verdict else None if None in verdict else True


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("blanks", [0, 1, 3])
def test_the_pcl5_is_scored_as_its_rule_says(seed: int, blanks: int, tmp_path: Path) -> None:
    form, values = form_of("pcl5", tmp_path), filled(20, range(0, 3 + seed % 3), seed, blanks)
    answers = matrix("month", values)
    total, *subscales = scores(form, answers)
    assert (total.prorated, total.reached or (), verdicts(form, answers)[0].met) == pcl5(values)
    if not blanks:
        assert sum(each.prorated or 0 for each in subscales) == total.prorated
    assert [scale.id for scale in form.scales if scale.main] == ["total"]


# Points of `evenings`, which are not its codes; “I felt calm” counts 2 less them.
POINTS = {"never": Fraction(0), "once": Fraction(1), "twice": Fraction(1), "most": Fraction(3, 2), "every": Fraction(2)}


@pytest.mark.parametrize(
    ("words", "score", "band", "reached", "alert"),
    [
        ("never never never every", 0, "Quiet", (), ()),
        ("once twice never every", 2, "Quiet", (), ()),
        ("every every every never", 8, "Restless", ("worth_a_word",), ("8, soon",)),
        ("most most once most", 4.5, "Restless", ("worth_a_word",), ()),  # 1.5 + 1.5 + 1 + (2 − 1.5)
        ("once unsaid once once", 4, "Restless", (), ()),  # (1 + 1 + 1) × 4 ÷ 3
        ("most unsaid most never", 6.67, "Restless", ("worth_a_word",), ("6.67, soon",)),  # (1.5 + 1.5 + 2) × 4 ÷ 3
        ("unsaid unsaid once once", None, "", None, ()),
    ],
)
def test_equal_points_are_scored_as_worked_out_by_hand(
    words: str, score: float | None, band: str, reached: tuple[str, ...] | None, alert: tuple[str, ...], tmp_path: Path
) -> None:
    form = form_of("evenings", tmp_path)
    rows = dict(zip(("late", "awake", "screen", "calm"), words.split(), strict=True))
    answers: Answers = {"evenings": rows}
    (result,) = scores(form, answers)
    assert (result.prorated, result.band, result.reached) == (score, band, reached)
    assert tuple(f"{each.value}, {each.tier}" for each in raised(form, answers)) == alert
    points = [2 - POINTS[word] if row == "calm" else POINTS[word] for row, word in rows.items() if word != "unsaid"]
    if score is not None:
        assert abs(sum(points, Fraction()) * 4 / len(points) - Fraction(score)) <= Fraction(1, 200)


@pytest.mark.parametrize(
    ("answers", "score", "band", "blank"),
    [
        ({"happened": "no"}, 0, "Little", ()),
        ({"happened": "yes", "s1": 1, "s2": 2, "s3": 0, "s4": 3}, 6, "Much", ()),
        ({"happened": "yes", "s1": 1, "s2": 1, "s3": 2}, 5.33, "Little", ("s4",)),  # 4 × 4 ÷ 3
        ({"happened": "yes", "s1": 4, "s2": 4}, None, "", ("s4",)),
        ({}, None, "", ()),
    ],
)
def test_a_gate_is_scored_as_worked_out_by_hand(
    answers: dict[str, Any], score: float | None, band: str, blank: tuple[str, ...], tmp_path: Path
) -> None:
    form = form_of("near-miss", tmp_path)
    (result,) = scores(form, answers)
    assert (result.prorated, result.band) == (score, band)
    assert tuple(each.item for each in left_out(form, answers)) == blank
