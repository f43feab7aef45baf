"""Every measure of the library is scored as its manual says, answered in full or in part, and at each boundary."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import pytest

from site_builder.content.library import Library, read_library
from site_builder.forms.answering.alerts import raised
from site_builder.forms.answering.scoring import score, verdicts
from site_builder.forms.model.definition import Form, Scale
from site_builder.forms.model.fields import Answers, Matrix

CONTENT = Path(__file__).parents[2] / "content"

VECTORS = 2_000  # random sheets a measure, from one seed; with fewer, missing rules meet too few of their cases
LEFT_OUT = (0.0, 0.0, 0.1, 0.3)  # how likely an item is to be left out: half of the sheets are filled in whole

Codes = Sequence[int | None]


@dataclass(frozen=True)
class Rule:
    """How a manual scores one scale. Items are numbered from 1; each page names where its rule was read."""

    items: range
    highest: int
    lowest: int = 0
    reversed: frozenset[int] = frozenset()
    missing: int = 0
    bands: tuple[int, ...] = ()
    cut_offs: dict[str, int] = field(default_factory=dict)
    reliable: int | None = None
    possible: int | None = None

    def points(self, codes: Codes) -> list[int]:
        answered = ((number, codes[number - 1]) for number in self.items)
        turned = self.lowest + self.highest
        return [turned - code if number in self.reversed else code for number, code in answered if code is not None]

    def total(self, codes: Codes) -> Fraction | None:
        """Return the sum, with the mean of the answered items for each missing one, or None without a score."""
        points = self.points(codes)
        if not points or len(self.items) - len(points) > self.missing:
            return None
        return Fraction(sum(points) * len(self.items), len(points))


RULES: dict[str, dict[str, Rule]] = {
    "phq9": {
        "total": Rule(range(1, 10), 3, missing=2, bands=(0, 5, 10, 15, 20), cut_offs={"caseness": 10}, reliable=6)
    },
    "phq8": {"total": Rule(range(1, 9), 3, bands=(0, 5, 10, 15, 20), cut_offs={"caseness": 10})},
    "phq2": {"total": Rule(range(1, 3), 3, cut_offs={"screening": 3})},
    "gad7": {
        "total": Rule(
            range(1, 8), 3, missing=2, bands=(0, 5, 10, 15), cut_offs={"caseness": 8, "screening": 10}, reliable=4
        )
    },
    "gad2": {"total": Rule(range(1, 3), 3, cut_offs={"screening": 3})},
    "phq4": {
        "total": Rule(range(1, 5), 3, bands=(0, 3, 6, 9)),
        "anxiety": Rule(range(1, 3), 3, cut_offs={"screening": 3}),
        "depression": Rule(range(3, 5), 3, cut_offs={"screening": 3}),
    },
    "pcl5": {"total": Rule(range(1, 21), 4, cut_offs={"lower": 31, "upper": 33}, reliable=15, possible=10)},
    "core10": {
        "distress": Rule(range(1, 11), 4, reversed=frozenset({2, 3}), missing=1, cut_offs={"caseness": 11}, reliable=6)
    },
    "pswq": {"worry": Rule(range(1, 17), 5, lowest=1, reversed=frozenset({1, 3, 8, 10, 11}))},
}
# Provisional PTSD: so many items of each cluster rated 2 ("Moderately") or more.
CLUSTERS = ((range(1, 6), 1), (range(6, 8), 1), (range(8, 15), 2), (range(15, 21), 2))
SCALES = [(form, scale) for form, rules in RULES.items() for scale in rules]


@pytest.fixture(scope="module")
def library() -> Library:
    return read_library(CONTENT)


@pytest.fixture(scope="module")
def forms(library: Library) -> dict[str, Form]:
    return {form.id: form for form in library.forms}


def matrix_of(form: Form) -> Matrix:
    (matrix,) = (field for field in form.fields if isinstance(field, Matrix))
    return matrix


def sheet(form: Form, codes: Codes) -> Answers:
    rows = {f"q{number}": str(code) for number, code in enumerate(codes, 1) if code is not None}
    return {matrix_of(form).id: rows}


def scale_of(form: Form, id: str) -> Scale:
    return next(scale for scale in form.scales if scale.id == id)


def sheets(length: int, lowest: int, highest: int, seed: str) -> list[list[int | None]]:
    """Return random sheets, the same for the same seed; some filled in whole, some in part, some hardly at all."""
    draw = random.Random(seed)
    codes = range(lowest, highest + 1)
    return [
        [None if draw.random() < left_out else draw.choice(codes) for _ in range(length)]
        for left_out in draw.choices(LEFT_OUT, k=VECTORS)
    ]


def adding_up_to(rule: Rule, length: int, total: int) -> list[int | None]:
    """Return a sheet filled in whole whose scale has this total, with its points on the first items."""
    codes: list[int | None] = [rule.lowest] * length
    rest = total - rule.lowest * len(rule.items)
    for number in rule.items:
        points = rule.lowest + min(rest, rule.highest - rule.lowest)
        rest -= points - rule.lowest
        codes[number - 1] = rule.lowest + rule.highest - points if number in rule.reversed else points
    assert rest == 0
    return codes


def reached(rule: Rule, total: Fraction) -> tuple[str, ...]:
    return tuple(name for name, points in rule.cut_offs.items() if total >= points)


def band_of(scale: Scale, rule: Rule, total: Fraction) -> str:
    passed = [number for number, start in enumerate(rule.bands) if total >= start]
    return scale.bands[passed[-1]].label if passed else ""


def length_of(id: str) -> int:
    return max(rule.items.stop - 1 for rule in RULES[id].values())


@pytest.mark.parametrize("id", RULES)
def test_random_sheets_are_scored_as_by_the_manual(forms: dict[str, Form], id: str) -> None:
    form = forms[id]
    wholly = next(iter(RULES[id].values()))
    for codes in sheets(length_of(id), wholly.lowest, wholly.highest, seed=id):
        answers = sheet(form, codes)
        for name, rule in RULES[id].items():
            scale, points, total = scale_of(form, name), rule.points(codes), rule.total(codes)
            result = score(form, scale, answers)
            assert (result.answered, result.items) == (len(points), len(rule.items)), codes
            assert result.raw == (sum(points) if points else None), codes
            if total is None:
                assert (result.prorated, result.band, result.reached) == (None, "", None), codes
            else:
                assert result.prorated is not None
                assert abs(Fraction(str(result.prorated)) - total) <= Fraction(1, 200), codes
                assert (result.band, result.reached) == (band_of(scale, rule, total), reached(rule, total)), codes


@pytest.mark.parametrize(("id", "name"), SCALES)
def test_a_scale_is_written_as_in_its_manual(forms: dict[str, Form], id: str, name: str) -> None:
    rule, scale = RULES[id][name], scale_of(forms[id], name)
    assert [item.removeprefix("q") for item in scale.items] == [str(number) for number in rule.items]
    assert {int(item.removeprefix("q")) for item in scale.reversed} == rule.reversed
    assert (scale.missing_up_to, scale.better) == (rule.missing, "lower")
    assert tuple(band.at_least for band in scale.bands) == rule.bands
    assert {cut_off.name: cut_off.points for cut_off in scale.cutoffs} == rule.cut_offs
    assert (scale.reliable_change, scale.possible_change) == (rule.reliable, rule.possible)
    codes = [int(choice.code) for choice in matrix_of(forms[id]).choices]
    assert codes == list(range(rule.lowest, rule.highest + 1))
    assert all(band.meaning.endswith("This is not a diagnosis.") for band in scale.bands)


@pytest.mark.parametrize(("id", "name"), SCALES)
def test_bands_and_cut_offs_change_at_their_boundary_and_not_before(forms: dict[str, Form], id: str, name: str) -> None:
    rule, scale, form = RULES[id][name], scale_of(forms[id], name), forms[id]
    lowest, highest = rule.lowest * len(rule.items), rule.highest * len(rule.items)
    boundaries = {*rule.bands, *rule.cut_offs.values(), lowest, highest}
    for total in sorted({*boundaries, *(each - 1 for each in boundaries)} & {*range(lowest, highest + 1)}):
        result = score(form, scale, sheet(form, adding_up_to(rule, length_of(id), total)))
        assert (result.raw, result.prorated) == (total, total)
        assert result.band == band_of(scale, rule, Fraction(total))
        assert result.reached == reached(rule, Fraction(total))


@pytest.mark.parametrize(("id", "name"), SCALES)
def test_so_many_items_may_be_missing_and_not_one_more(forms: dict[str, Form], id: str, name: str) -> None:
    rule, scale, form = RULES[id][name], scale_of(forms[id], name), forms[id]
    for missing in range(len(rule.items) + 1):
        codes = adding_up_to(rule, length_of(id), rule.highest * len(rule.items))
        for number in rule.items[:missing]:
            codes[number - 1] = None
        result = score(form, scale, sheet(form, codes))
        assert result.prorated == (rule.highest * len(rule.items) if missing <= rule.missing else None), missing


@pytest.mark.parametrize("id", RULES)
def test_a_page_has_its_licence_its_sources_and_says_what_it_is_not(library: Library, id: str) -> None:
    page = library.by_path[f"measures/{id}.md"]
    assert page.form is not None
    assert len(page.form.licence.split()) > 10
    assert "## Who made it" in page.body
    assert "**This is not a diagnosis.**" in page.body
    assert any(source.startswith("Missing answers: ") for source in page.front["sources"])
    assert f"({id}.md)" in library.by_path["measures/index.md"].body


def test_the_short_forms_have_the_words_of_the_long_ones(forms: dict[str, Form]) -> None:
    words = {id: [row.label for row in matrix_of(forms[id]).rows] for id in RULES}
    assert words["phq8"] == words["phq9"][:8]
    assert words["phq2"] == words["phq9"][:2]
    assert words["gad2"] == words["gad7"][:2]
    assert words["phq4"] == words["gad2"] + words["phq2"]


def cluster_is_met(codes: Codes, items: range, needed: int) -> bool | None:
    """Return whether enough items count as symptoms, or None while those left out could still decide it."""
    answered = [codes[number - 1] for number in items]
    symptoms = sum(code is not None and code >= 2 for code in answered)
    if symptoms >= needed:
        return True
    return None if symptoms + answered.count(None) >= needed else False


def test_random_sheets_of_the_pcl5_are_judged_by_clusters(forms: dict[str, Form]) -> None:
    judged = set()
    for codes in sheets(20, 0, 4, seed="clusters"):
        met = [cluster_is_met(codes, *cluster) for cluster in CLUSTERS]
        overall = False if False in met else None if None in met else True
        (verdict,) = verdicts(forms["pcl5"], sheet(forms["pcl5"], codes))
        assert (verdict.met, [cluster.met for cluster in verdict.clusters]) == (overall, met), codes
        judged.add(overall)
    assert judged == {True, False, None}


@pytest.mark.parametrize("code", [None, 0, 1, 2, 3, 4])
def test_any_plan_to_end_ones_life_is_told_at_once(forms: dict[str, Form], code: int | None) -> None:
    form = forms["core10"]
    answers = sheet(form, [0, 4, 4, 0, 0, code, 0, 0, 0, 0])
    assert [alert.tier for alert in raised(form, answers)] == ["urgent"] * bool(code)


def test_the_core10_is_unchanged_and_shows_its_line(forms: dict[str, Form]) -> None:
    """Its licence allows no question, no word and no other order beside its own."""
    form = forms["core10"]
    (section,) = form.sections
    assert [field.id for field in form.fields] == ["week"]
    assert "© CORE System Trust: https://www.coresystemtrust.org.uk/copyright.pdf" in section.why
    labels = ["Not at all", "Only occasionally", "Sometimes", "Often", "Most or all the time"]
    assert [choice.label for choice in matrix_of(form).choices] == labels
    assert matrix_of(form).rows[5].label == "I made plans to end my life"


def test_only_what_asks_about_ending_ones_life_alerts(forms: dict[str, Form]) -> None:
    assert [id for id in RULES if forms[id].alerts] == ["phq9", "core10"]


def test_a_fall_of_5_points_on_the_pcl5_is_no_change(forms: dict[str, Form]) -> None:
    assert forms["pcl5"].scales[0].possible_change == 10


def test_what_is_not_here_is_named_with_what_is_missing(library: Library) -> None:
    text = library.by_path["measures/index.md"].body.partition("## What is not here yet")[2]
    named = ("WHO-5", "K10", "OASIS", "ODSIS", "DERS", "DASS-21", "ISI", "SPIN", "WSAS", "ORS", "SRS")
    assert [name for name in named if name not in text] == []
