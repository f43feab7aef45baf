"""Every measure that may ship can be written, here with made-up wording, and is scored as worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from site_builder.forms.answering.scoring import score, verdicts
from site_builder.forms.language.form import Block, parse_blocks
from site_builder.forms.model.definition import Form
from site_builder.forms.model.fields import Answers


def measure(items: int, lowest: int, highest: int, rules: str) -> Form:
    """Return a measure with this many items, each answered from `lowest` to `highest`."""
    choices = ", ".join(f"{code}: Code {code}" for code in range(lowest, highest + 1))
    rows = ", ".join(f"q{number}: Item {number}" for number in range(1, items + 1))
    matrix = f"fields:\n  items: {{ask: How often?, type: matrix, choices: {{{choices}}}, rows: {{{rows}}}}}"
    text = f"form: made-up\nlicence: Made up.\n{rules}\n{matrix}"
    return parse_blocks([Block(text, 1)], page="page.md", title="Made up")


def answers(codes: Sequence[int | None]) -> Answers:
    return {"items": {f"q{number}": str(code) for number, code in enumerate(codes, 1) if code is not None}}


def listed(*numbers: int) -> str:
    return f"[{', '.join(f'q{number}' for number in numbers)}]"


PHQ9 = measure(9, 0, 3, f"""
scales:
  total:
    items: {listed(*range(1, 10))}
    missing: 2
    bands: {{0: None, 5: Mild, 10: Moderate, 15: Moderately severe, 20: Severe}}
    cut_offs: {{caseness: 10}}
    reliable_change: 6
""")  # fmt: skip
PHQ8 = measure(8, 0, 3, f"scales: {{total: {{items: {listed(*range(1, 9))}, missing: 2, cut_offs: {{caseness: 10}}}}}}")
PHQ4 = measure(4, 0, 3, """
scales:
  total: {items: [q1, q2, q3, q4], bands: {0: Normal, 3: Mild, 6: Moderate, 9: Severe}}
  anxiety: {items: [q1, q2], cut_offs: {screening: 3}}
  depression: {items: [q3, q4], cut_offs: {screening: 3}}
""")  # fmt: skip
GAD7 = measure(7, 0, 3, f"""
scales:
  total:
    items: {listed(*range(1, 8))}
    missing: 2
    bands: {{0: Minimal, 5: Mild, 10: Moderate, 15: Severe}}
    cut_offs: {{caseness: 8, screening: 10}}
    reliable_change: 4
""")  # fmt: skip
PSWQ = measure(16, 1, 5, f"""
scales: {{worry: {{items: {listed(*range(1, 17))}, reversed: {listed(1, 3, 8, 10, 11)}}}}}
""")  # fmt: skip
CORE10 = measure(10, 0, 4, f"""
scales:
  distress:
    {{items: {listed(*range(1, 11))}, reversed: [q2, q3], missing: 1, cut_offs: {{caseness: 11}}, reliable_change: 6}}
""")  # fmt: skip
PCL5 = measure(20, 0, 4, f"""
scales:
  total:
    items: {listed(*range(1, 21))}
    cut_offs: {{lower: 31, upper: 33}}
    reliable_change: 15
    possible_change: 10
  b: {{items: {listed(*range(1, 6))}}}
criteria:
  dsm5:
    counts_from: 2
    clusters:
      b: {{items: {listed(*range(1, 6))}, needs: 1}}
      c: {{items: {listed(6, 7)}, needs: 1}}
      d: {{items: {listed(*range(8, 15))}, needs: 2}}
      e: {{items: {listed(*range(15, 21))}, needs: 2}}
""")  # fmt: skip


@pytest.mark.parametrize(
    ("form", "codes", "raw", "answered", "prorated", "band", "reached"),
    [
        (PHQ9, [1] * 9, 9, 9, 9, "Mild", ()),
        # 7 answered with 8 together: 8 × 9 ÷ 7 = 10.29, which is a case
        (PHQ9, [2, 1, 1, 1, 1, 1, 1, None, None], 8, 7, 10.29, "Moderate", ("caseness",)),
        (PHQ9, [3, 3, 3, 3, 3, 3, None, None, None], 18, 6, None, "", None),
        (PHQ8, [2, 2, 1, 1, 1, 1, 1, 1], 10, 8, 10, "", ("caseness",)),
        # 6 answered with 7 together: 7 × 8 ÷ 6 = 9.33
        (PHQ8, [2, 1, 1, 1, 1, 1, None, None], 7, 6, 9.33, "", ()),
        (GAD7, [1, 1, 1, 1, 1, 1, 1], 7, 7, 7, "Mild", ()),
        (GAD7, [2, 1, 1, 1, 1, 1, 1], 8, 7, 8, "Mild", ("caseness",)),
        (GAD7, [2, 2, 2, 1, 1, 1, 1], 10, 7, 10, "Moderate", ("caseness", "screening")),
        # 5 answered with 7 together: 7 × 7 ÷ 5 = 9.8
        (GAD7, [2, 2, 1, 1, 1, None, None], 7, 5, 9.8, "Mild", ("caseness",)),
        # all 1: eleven items as they are, five turned round to 5: 11 + 25
        (PSWQ, [1] * 16, 36, 16, 36, "", ()),
        (PSWQ, [5] * 16, 60, 16, 60, "", ()),
        (PSWQ, [1 if n in (1, 3, 8, 10, 11) else 5 for n in range(1, 17)], 80, 16, 80, "", ()),
        (PSWQ, [5 if n in (1, 3, 8, 10, 11) else 1 for n in range(1, 17)], 16, 16, 16, "", ()),
        (PSWQ, [None, *[3] * 15], 45, 15, None, "", None),
        # all 1: eight items as they are, two turned round to 3: 8 + 6
        (CORE10, [1] * 10, 14, 10, 14, "", ("caseness",)),
        (CORE10, [0, 4, 4, 2, 2, 2, 2, 1, 0, 1], 10, 10, 10, "", ()),
        # without item 2: 10 × 10 ÷ 9 = 11.11
        (CORE10, [0, None, 4, 2, 2, 2, 2, 1, 0, 1], 10, 9, 11.11, "", ("caseness",)),
        (CORE10, [0, None, None, 2, 2, 2, 2, 1, 0, 1], 10, 8, None, "", None),
        (PCL5, [2] * 15 + [0] * 5, 30, 20, 30, "", ()),
        (PCL5, [2] * 15 + [1] + [0] * 4, 31, 20, 31, "", ("lower",)),
        (PCL5, [2] * 15 + [3] + [0] * 4, 33, 20, 33, "", ("lower", "upper")),
        (PCL5, [4] * 19 + [None], 76, 19, None, "", None),
    ],
)
def test_a_measure_is_scored_as_worked_out_by_hand(
    form: Form,
    codes: list[int | None],
    raw: float,
    answered: int,
    prorated: float | None,
    band: str,
    reached: tuple[str, ...] | None,
) -> None:
    result = score(form, form.scales[0], answers(codes))
    assert (result.raw, result.answered, result.items) == (raw, answered, len(codes))
    assert (result.prorated, result.band, result.reached) == (prorated, band, reached)


def test_each_half_of_the_phq4_is_a_separate_scale() -> None:
    results = {scale.id: score(PHQ4, scale, answers([2, 1, 1, 1])) for scale in PHQ4.scales}
    assert {id: (one.raw, one.band, one.reached) for id, one in results.items()} == {
        "total": (5, "Mild", ()),
        "anxiety": (3, "", ("screening",)),
        "depression": (2, "", ()),
    }


@pytest.mark.parametrize(
    ("row_of_codes", "met", "clusters"),
    [
        # 17 points in all, far from the cut-off, and just enough symptoms in each cluster
        ("21111 21 2200000 220000", True, (1, 1, 2, 2)),
        # everything rated 1: 20 points, and no symptom
        ("11111 11 1111111 111111", False, (0, 0, 0, 0)),
        # 62 points, and no avoidance
        ("44444 11 4444444 222222", False, (5, 0, 7, 6)),
        # one symptom too few in d
        ("20000 20 4111111 330000", False, (1, 1, 1, 2)),
        # avoidance left out: everything else is met, so nobody knows
        ("22222 -- 2222222 222222", None, (5, 0, 7, 6)),
        # avoidance left out, and e cannot be met any more
        ("22222 -- 2222222 000000", False, (5, 0, 7, 0)),
        # one of the two left out, and the other is enough
        ("22222 -3 2222222 222222", True, (5, 1, 7, 6)),
        ("----- -- ------- ------", None, (0, 0, 0, 0)),
    ],
)
def test_provisional_ptsd_is_judged_by_clusters_and_not_by_points(
    row_of_codes: str, met: bool | None, clusters: tuple[int, ...]
) -> None:
    codes = [None if code == "-" else int(code) for code in row_of_codes.replace(" ", "")]
    (verdict,) = verdicts(PCL5, answers(codes))
    assert verdict.met is met
    assert tuple(cluster.counted for cluster in verdict.clusters) == clusters
    assert [cluster.needed for cluster in verdict.clusters] == [1, 1, 2, 2]


def test_a_measure_has_a_possible_and_a_reliable_change() -> None:
    assert (PCL5.scales[0].possible_change, PCL5.scales[0].reliable_change) == (10, 15)


def test_where_higher_is_better_a_cut_off_is_reached_from_below() -> None:
    form = measure(
        2, 0, 5, "scales: {wellbeing: {items: [q1, q2], multiplier: 4, better: higher, cut_offs: {low: 28}}}"
    )
    for codes, reached in (([3, 4], ("low",)), ([3, 5], ()), ([0, 0], ("low",))):
        assert score(form, form.scales[0], answers(codes)).reached == reached


def test_a_multiplier_with_decimals_reaches_its_band_and_cut_off() -> None:
    """6 × 0.7 is 4.2, but 4.199999999999999 in floating point."""
    form = measure(
        2, 0, 3, "scales: {t: {items: [q1, q2], multiplier: 0.7, bands: {0: A, 4.2: B}, cut_offs: {c: 4.2}}}"
    )
    result = score(form, form.scales[0], answers([3, 3]))
    assert (result.raw, result.band, result.reached) == (4.2, "B", ("c",))
