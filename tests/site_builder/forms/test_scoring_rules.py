"""Any measure, as its author writes it, is scored as docs/worksheets.md says; here it is worked out in fractions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from site_builder.forms.answering.scoring import Score, scores
from site_builder.forms.language.form import Block, parse_blocks
from site_builder.forms.model.definition import Form
from site_builder.forms.model.fields import Answers

Filling = Mapping[str, int | None]

RATINGS = ((0, 10), (1, 5), (-3, 3), (2, 9))
CODES = ((0, 1, 2, 3), (1, 2), (0, 2, 5), (2, 4, 6))  # the lowest is not always 0, and the steps are not always 1
MULTIPLIERS = ("1", "2", "10", "0.5", "0.25", "0.7", "1.1")
STORED_TO = Fraction(5, 1000) + Fraction(1, 10**9)  # a stored score has two decimals
MOST_ITEMS = 6


@dataclass(frozen=True)
class Measure:
    """What an author says of a scale, with the answers that each of its items can have."""

    items: Mapping[str, tuple[int, ...]]
    kinds: Mapping[str, str]  # rating, choice, or row of the one matrix
    reversed: tuple[str, ...]
    multiplier: str
    missing: int
    starts: tuple[Fraction, ...]
    cutoff: Fraction
    better: str

    def form(self) -> Form:
        lines = ["form: made-up", "licence: Made up.", "scales:", "  total:", *self.scale(), "fields:"]
        rows = [name for name, kind in self.kinds.items() if kind == "row"]
        for name, kind in self.kinds.items():
            codes = self.items[name]
            if kind == "rating":
                lines.append(f"  {name}: {{ask: 'A?', type: rating, from: {codes[0]}, to: {codes[-1]}}}")
            elif kind == "choice":
                lines.append(f"  {name}: {{ask: 'A?', type: choice, choices: {labels(codes)}}}")
        if rows:
            wordings = ", ".join(f"{name}: Row {name}" for name in rows)
            lines.append(
                f"  rows: {{ask: 'A?', type: matrix, choices: {labels(self.items[rows[0]])}, rows: {{{wordings}}}}}"
            )
        return parse_blocks([Block("\n".join(lines), 1)], page="page.md", title="Made up")

    def scale(self) -> list[str]:
        bands = ", ".join(f"{float(start)}: From {float(start)}" for start in self.starts)
        return [
            f"    items: [{', '.join(self.items)}]",
            *([f"    reversed: [{', '.join(self.reversed)}]"] if self.reversed else []),
            f"    multiplier: {self.multiplier}",
            f"    missing: {self.missing}",
            f"    bands: {{{bands}}}",
            f"    cut_offs: {{caseness: {float(self.cutoff)}}}",
            f"    better: {self.better}",
        ]

    def answers(self, filling: Filling) -> Answers:
        stored: Answers = {}
        rows: dict[str, str] = {}
        for name, answer in filling.items():
            if answer is None:
                continue
            if self.kinds[name] == "row":
                rows[name] = str(answer)
            else:
                stored[name] = answer if self.kinds[name] == "rating" else str(answer)
        return {**stored, "rows": rows} if rows else stored

    def points(self, item: str, answer: int) -> int:
        """“lowest + highest − answer” for those that “count the other way round”."""
        lowest, highest = min(self.items[item]), max(self.items[item])
        return lowest + highest - answer if item in self.reversed else answer

    def expected(self, filling: Filling) -> Fraction | None:
        """The sum times the multiplier, where “the mean of the others may stand in for” up to `missing` items."""
        points = [self.points(item, answer) for item, answer in filling.items() if answer is not None]
        unanswered = len(self.items) - len(points)
        if not points or unanswered > self.missing:
            return None
        mean = Fraction(sum(points), len(points))
        return (sum(points) + unanswered * mean) * Fraction(self.multiplier)

    def band(self, score: Fraction) -> str:
        """“the score that each band starts at”"""
        reached = [start for start in self.starts if score >= start]
        return f"From {float(max(reached))}" if reached else ""

    def is_reached(self, score: Fraction) -> bool:
        """“Reached at the score or above; where higher is better, at the score or below”"""
        return score <= self.cutoff if self.better == "higher" else score >= self.cutoff


def labels(codes: tuple[int, ...]) -> str:
    return f"{{{', '.join(f'{code}: Code {code}' for code in codes)}}}"


@st.composite
def measures(draw: st.DrawFn) -> Measure:
    names = [f"q{number}" for number in range(1, draw(st.integers(1, MOST_ITEMS)) + 1)]
    kinds = {name: draw(st.sampled_from(("rating", "choice", "row"))) for name in names}
    of_rows = draw(st.sampled_from(CODES))  # one matrix has the same choices for all of its rows
    items = {name: of_rows if kind == "row" else draw(answers_of(kind)) for name, kind in kinds.items()}
    multiplier = draw(st.sampled_from(MULTIPLIERS))
    some_scores = st.builds(sum, st.tuples(*map(st.sampled_from, items.values()))).map(
        lambda points: points * Fraction(multiplier)  # what can be scored, so that limits are met exactly
    )
    lowest = sum(min(codes) for codes in items.values()) * Fraction(multiplier)  # where the first band has to start
    return Measure(
        items,
        kinds,
        tuple(draw(st.lists(st.sampled_from(names), unique=True))),
        multiplier,
        draw(st.integers(0, len(names) - 1)),
        tuple(sorted({lowest, *draw(st.sets(some_scores, max_size=3))})),
        draw(some_scores),
        draw(st.sampled_from(("lower", "higher"))),
    )


def answers_of(kind: str) -> st.SearchStrategy[tuple[int, ...]]:
    ratings = st.sampled_from(RATINGS).map(lambda ends: tuple(range(ends[0], ends[1] + 1)))
    return ratings if kind == "rating" else st.sampled_from(CODES)


@st.composite
def fillings(draw: st.DrawFn) -> tuple[Measure, Filling]:
    """A measure with answers to some of its items; mostly few are missing, as the rule about them asks."""
    measure = draw(measures())
    filling: dict[str, int | None] = {name: draw(st.sampled_from(codes)) for name, codes in measure.items.items()}
    left_out = st.lists(st.sampled_from(tuple(filling)), unique=True, max_size=draw(st.integers(0, len(filling))))
    return measure, filling | dict.fromkeys(draw(left_out))


def scored(measure: Measure, filling: Filling) -> Score:
    (score,) = scores(measure.form(), measure.answers(filling))
    return score


def is_stored_as(stored: float | None, exact: Fraction | None) -> bool:
    if stored is None or exact is None:
        return stored is None and exact is None
    return abs(Fraction(stored) - exact) <= STORED_TO


@given(fillings())
def test_a_score_is_what_the_documentation_says(case: tuple[Measure, Filling]) -> None:
    measure, filling = case
    score, expected = scored(measure, filling), measure.expected(filling)
    assert is_stored_as(score.prorated, expected)
    assert score.band == ("" if expected is None else measure.band(expected))
    assert score.reached == (None if expected is None else ("caseness",) if measure.is_reached(expected) else ())


@given(fillings())
def test_the_raw_score_is_of_what_was_answered_alone(case: tuple[Measure, Filling]) -> None:
    measure, filling = case
    score = scored(measure, filling)
    points = [measure.points(item, answer) for item, answer in filling.items() if answer is not None]
    assert (score.answered, score.items) == (len(points), len(measure.items))
    assert is_stored_as(score.raw, sum(points) * Fraction(measure.multiplier) if points else None)
