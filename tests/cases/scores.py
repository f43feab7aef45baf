"""Measures as authors write them, answers to them, and the scores that follow, worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from site_builder.forms.language.form import Block, parse_blocks
from site_builder.forms.model.definition import Form


class Case(NamedTuple):
    """`rules` is the scale `total`, and `fields` the questions; both in YAML."""

    name: str
    rules: str
    fields: str
    answers: Mapping[str, Any]
    raw: float | None
    answered: int
    score: float | None
    band: str = ""
    reached: tuple[str, ...] | None = ()

    @property
    def form(self) -> Form:
        return measure(f"scales: {{total: {{{self.rules}}}}}", self.fields)


def measure(rules: str, fields: str) -> Form:
    text = f"form: made-up\nlicence: Made up.\n{rules}\nfields: {{{fields}}}"
    return parse_blocks([Block(text, 1)], page="page.md", title="Made up")


def choice(name: str, choices: str) -> str:
    return f"{name}: {{ask: How often?, type: choice, choices: {{{choices}}}}}"


def rows(count: int, choices: str) -> str:
    """Return a matrix with the rows q1, q2, …"""
    named = ", ".join(f"q{number}: Row {number}" for number in range(1, count + 1))
    return f"items: {{ask: How often?, type: matrix, choices: {{{choices}}}, rows: {{{named}}}}}"


def ratings(count: int, lowest: int, highest: int) -> str:
    asked = (
        f"q{number}: {{ask: How much?, type: rating, from: {lowest}, to: {highest}}}" for number in range(1, count + 1)
    )
    return ", ".join(asked)


NEVER_TO_DAILY = "0: Never, 1: Now and then, 2: Often, 3: Daily"
UNSAID = "99: {label: I would rather not say, points: none}"
TWO = ", ".join(choice(name, f"{NEVER_TO_DAILY}, {UNSAID}") for name in ("q1", "q2"))
EQUAL = rows(3, "a: {label: Never, points: 0}, b: {label: Once, points: 1}, c: {label: Twice, points: 1},"
                " d: {label: Daily, points: 2.5}")  # fmt: skip
HAPPENED = "happened: {ask: Did this ever happen to you?, type: yes no}"
GATED = f"{HAPPENED}, " + ", ".join(
    f"q{number}: {{ask: How much?, type: rating, to: 4, when: {{happened: yes}}}}" for number in (1, 2, 3)
)
GATE = "items: [q1-q3], gate: {happened: yes}, bands: {0: Low, 6: High}, cut_offs: {caseness: 6}"
GATE_UNSAID = choice("happened", "yes: Yes, no: No, unsaid: {label: I would rather not say, points: none}")
OPEN_GATE = f"{GATE_UNSAID}, {ratings(3, 1, 5)}"
BY_FIVES = "items: [q1-q3], bands: {3: Low, 9: Middle, 14.5: High}, cut_offs: {caseness: 14.5}"
SOURCE = "rounding: half up, rounding_source: Made up"

CASES = [
    Case("what counts as missing is not summed", "items: [q1, q2]", TWO, {"q1": "99", "q2": "3"}, 3, 1, None, "", None),
    Case("nor is it 0", "items: [q1, q2], missing: 1", TWO, {"q1": "99", "q2": "3"}, 3, 1, 6),
    Case("nothing but what counts as missing", "items: [q1, q2]", TWO, {"q1": "99", "q2": "99"}, None, 0, None, "",
         None),
    Case("it is not in the range that is turned round", "items: [q1, q2], reversed: [q1]", TWO,
         {"q1": "1", "q2": "0"}, 2, 2, 2),
    Case("two choices with the same points", "items: [q1-q3]", EQUAL, {"items": {"q1": "b", "q2": "c", "q3": "d"}},
         4.5, 3, 4.5),
    Case("points are turned round in their own range", "items: [q1-q3], reversed: [q1, q2]", EQUAL,
         {"items": {"q1": "b", "q2": "d", "q3": "a"}}, 1.5, 3, 1.5),
    Case("a mean", "items: [q1-q3], method: mean", EQUAL, {"items": {"q1": "b", "q2": "c", "q3": "d"}}, 4.5, 3, 1.5),
    Case("a mean of those that are answered", "items: [q1-q3], method: mean, missing: 1", EQUAL,
         {"items": {"q1": "a", "q2": "d"}}, 2.5, 2, 1.25),
    Case("a mean that is not a decimal", "items: [q1-q3], method: mean", ratings(3, 0, 4),
         {"q1": 2, "q2": 2, "q3": 1}, 5, 3, 1.67),
    Case("the gate is open", GATE, GATED, {"happened": "yes", "q1": 1, "q2": 2, "q3": 3}, 6, 3, 6, "High",
         ("caseness",)),
    Case("the gate is open, and an item is missing", GATE, GATED, {"happened": "yes", "q1": 4, "q2": 4}, 8, 2, None, "",
         None),
    Case("the gate is shut", GATE, GATED, {"happened": "no"}, None, 0, 0, "Low", ()),
    Case("the gate is blank", GATE, GATED, {}, None, 0, None, "", None),
    Case("the gate's answer counts as missing", "items: [q1-q3], gate: {happened: yes}", OPEN_GATE,
         {"happened": "unsaid", "q1": 5, "q2": 5, "q3": 5}, 15, 3, None, "", None),
    Case("a shut gate gives the lowest score, which may not be 0", "items: [q1-q3], gate: {happened: yes}", OPEN_GATE,
         {"happened": "no"}, None, 0, 3),
    # Two of eight are missing: 13 × 9 ÷ 8 = 14.625, 10.5 × 10 ÷ 8 …; halves go up, never to the even neighbour.
    Case("a half of a hundredth goes up", "items: [q1-q9], missing: 1", ratings(9, 0, 3),
         {"q1": 3, "q2": 3, "q3": 3, "q4": 1, "q5": 1, "q6": 1, "q7": 1, "q8": 0}, 13, 8, 14.63),
    Case("also where binary fractions fall short of it", "items: [q1], multiplier: 0.535", ratings(1, 0, 10),
         {"q1": 5}, 2.68, 1, 2.68),
    Case("a half below nought goes away from it", "items: [q1], multiplier: 0.125", ratings(1, -5, 5), {"q1": -5},
         -0.63, 1, -0.63),
    Case("whole points, where the scale says so", f"items: [q1-q3], missing: 1, {SOURCE}", ratings(3, 0, 3),
         {"q1": 1, "q2": 2}, 3, 2, 5),
    Case("what is read is what was rounded",
         f"items: [q1-q3], missing: 1, bands: {{0: Low, 5: High}}, cut_offs: {{caseness: 5}}, {SOURCE}",
         ratings(3, 0, 3), {"q1": 1, "q2": 2}, 3, 2, 5, "High", ("caseness",)),
    Case("what is read was not rounded",
         "items: [q1-q3], missing: 1, bands: {0: Low, 5: High}, cut_offs: {caseness: 5}, rounding: none",
         ratings(3, 0, 3), {"q1": 1, "q2": 2}, 3, 2, 4.5, "Low", ()),
    Case("tenths are exact", "items: [q1], multiplier: 0.7, cut_offs: {caseness: 4.2}", ratings(1, 0, 10), {"q1": 6},
         4.2, 1, 4.2, "", ("caseness",)),
    Case("a third that its author wrote with two decimals",
         "items: [q1-q3], method: mean, bands: {0: Low, 2.67: High}, cut_offs: {caseness: 2.67}", ratings(3, 0, 4),
         {"q1": 2, "q2": 3, "q3": 3}, 8, 3, 2.67, "High", ("caseness",)),
    Case("from its lowest score on", BY_FIVES, ratings(3, 1, 5), {"q1": 5, "q2": 5, "q3": 5}, 15, 3, 15, "High",
         ("caseness",)),
    Case("a range with an en dash", "items: [q1–q3]", ratings(3, 0, 4), {"q1": 1, "q2": 1, "q3": 1}, 3, 3, 3),
    Case("two ranges", "items: [q1 - q2, q4-q5], reversed: [q4-q5]", ratings(5, 0, 4),
         {"q1": 1, "q2": 1, "q3": 4, "q4": 4, "q5": 3}, 3, 4, 3),
]  # fmt: skip


class Mistake(NamedTuple):
    """What `check` says about a measure that would not be scored as its author means it: one message for one cause."""

    name: str
    rules: str
    fields: str
    message: str

    @property
    def form(self) -> Form:
        return measure(self.rules, self.fields)


def total(rules: str) -> str:
    return f"scales: {{total: {{{rules}}}}}"


SUMMED_99 = (
    "'q1' counts all its answers: the answer 99 (“I would rather not say”) would count 99 points; write 99: {label:"
    " I would rather not say, points: none} if it counts as missing, or points: 99 if it is meant to count"
)

MISTAKES = [
    Mistake("99 is summed", total("items: [q1-q3]"), rows(3, f"{NEVER_TO_DAILY}, 99: I would rather not say"),
            SUMMED_99),
    Mistake("a code apart is summed", total("items: [q1]"), rows(1, "0: No, 1: A little, 2: Yes, 88: Other"),
            "'q1' counts all its answers: the answer 88 (“Other”) would count 88 points; write 88: {label: Other,"
            " points: none} if it counts as missing, or points: 88 if it is meant to count"),
    Mistake("-1 is summed", total("items: [q1]"), rows(1, "0: No, 1: A little, 2: Yes, -1: Blank"),
            "'q1' counts all its answers: the answer -1 (“Blank”) would count -1 points; write -1: {label: Blank,"
            " points: none} if it counts as missing, or points: -1 if it is meant to count"),
    Mistake("no answer within the row of codes", total("items: [q1]"), rows(1, "0: No, 1: Yes, 2: I don’t know"),
            "'q1' counts all its answers: the answer 2 (“I don’t know”) would count 2 points; write 2: {label:"
            " I don’t know, points: none} if it counts as missing, or points: 2 if it is meant to count"),
    Mistake("one choice without points", total("items: [q1-q3]"), rows(3, "a: {label: No, points: 0}, b: Yes"),
            "'q1' has no points for the answer 'b'; write b: {label: Yes, points: 1}, or points: none if it counts as"
            " missing"),
    Mistake("no points at all", total("items: [q1-q3]"), rows(3, "a: No, b: Yes"),
            "'q1' has no numbers to add up; use whole numbers as the codes of its choices, or add points to them"),
    Mistake("a range that runs backwards", total("items: [q3-q1]"), ratings(3, 0, 4),
            "the range 'q3-q1' runs backwards; write q1-q3"),
    Mistake("a range of one", total("items: [q1-q1]"), ratings(3, 0, 4),
            "the range 'q1-q1' is a single question; write q1"),
    Mistake("a range over a name that is not there", total("items: [q1-q5]"), ratings(3, 0, 4),
            "in the range 'q1-q5' are no questions: 'q4', 'q5'; check the names, or write several ranges, like"
            " [q1-q6, q8-q16]"),
    Mistake("a range between two rows of names", total("items: [q1-r3]"), ratings(3, 0, 4),
            "'q' and 'r' are not one row of numbered questions; a range goes from one number to another, like q1-q9"),
    Mistake("a range with half a name", total("items: [q1-3]"), ratings(3, 0, 4), "'q1-3' is no range; write q1-q3"),
    Mistake("a range in words", total("items: [q1 to q3]"), ratings(3, 0, 4), "'q1 to q3' is no range; write q1-q3"),
    Mistake("ranges that overlap", total("items: [q1-q2, q2-q3]"), ratings(3, 0, 4),
            "'q2' is counted twice; delete one of the two"),
    Mistake("a range that is turned round and not counted", total("items: [q1], reversed: [q1-q2]"), ratings(2, 0, 4),
            "'q2' is not among the items of this scale; there is: q1"),
    Mistake("a rounding without a source", total("items: [q1], rounding: half up"), ratings(1, 0, 4),
            "a rounding needs its source; add 'rounding_source:' with the manual that says so, or leave 'rounding'"
            " out"),
    Mistake("another rounding", total("items: [q1], rounding: down"), ratings(1, 0, 4),
            "'rounding' can be none or half up, not 'down'; write rounding: none or half up"),
    Mistake("a source of nothing", total("items: [q1], rounding_source: A manual"), ratings(1, 0, 4),
            "'rounding_source' stands here without a 'rounding'; add rounding: half up, or rounding: none"),
    Mistake("another method", total("items: [q1], method: average"), ratings(1, 0, 4),
            "'method' can be sum or mean, not 'average'; did you mean 'mean'?"),
    Mistake("two main scales", "scales: {a: {items: [q1], main: true}, b: {items: [q2], main: true}}", ratings(2, 0, 4),
            "'a' is the main scale already; write main: true in the one that stands for the form"),
    Mistake("bands above the lowest score", total("items: [q1-q3], bands: {5: Mild, 10: Severe}"), ratings(3, 0, 4),
            "a score of 0 would have no band: the first one starts at 5; start the first band at 0, the lowest score;"
            " or check what the items count"),
    Mistake("bands from 0 for items from 1", total("items: [q1-q9], bands: {0: None, 5: Mild, 10: Severe}"),
            rows(9, "1: Never, 2: Now and then, 3: Often, 4: Daily"),
            "the band from 0 is outside of the possible scores, 9 to 36; start at 9; or, if the measure counts each"
            " item from 0, write its choices from 0, or give them points: 0 and up"),
    Mistake("a cut-off below the lowest score", total("items: [q1-q9], cut_offs: {caseness: 8}"), ratings(9, 1, 4),
            "the cut-off 'caseness' at 8 is outside of the possible scores, 9 to 36; start at 9; or, if the measure"
            " counts each item from 0, write its choices from 0, or give them points: 0 and up"),
    Mistake("a band that is finer than a score", total("items: [q1], bands: {0: Low, 1.125: High}"), ratings(1, 0, 4),
            "a band at 1.125 is finer than a score; write at most 2 decimals"),
    Mistake("a change that is finer than a score", total("items: [q1-q3], reliable_change: 2.625"), ratings(3, 0, 4),
            "'reliable_change' at 2.625 is finer than a score; write at most 2 decimals"),
    Mistake("another lowest score", total("items: [q1-q3], lowest: 0"), ratings(3, 1, 5),
            "the lowest possible score is 3, not 0; check what the items count, and the multiplier"),
    Mistake("a gate that any answer opens", total("items: [q1-q3], gate: {happened: {answered: true}}"), OPEN_GATE,
            "any answer would open this gate, and none closes it; name the answer that opens it, like this:"
            " gate: {happened: yes}"),
    Mistake("a gate that is not there", total("items: [q1-q3], gate: {happend: yes}"), OPEN_GATE,
            "there is no question 'happend'; did you mean 'happened'?"),
    Mistake("items behind another door", total("items: [q1-q3], gate: {happened: no}"), GATED,
            "'q1' is not always asked, so a score with it would compare unlike with unlike; take 'when' from the"
            " question, or the question from the scale; or give the scale a gate with exactly that 'when'"),
    Mistake("points for what is not added up", "scales: {total: {items: [q1]}}",
            f"{ratings(1, 0, 4)}, any: {{ask: Which?, type: choices, choices: {{a: {{label: A, points: 1}}, b: B}}}}",
            "the answers to a question of the type choices are not added up; leave 'points' out, or use the type"
            " choice"),
]  # fmt: skip

LOWEST = (
    "the lowest possible score of 'total' is 9, not 0, as its items count from there; if the cut-offs are meant so, add"
    " lowest: 9; if not, let the items count from 0"
)
# Rules for items that count from 1 to 4, and what is asked about them.
ASKED = [
    ("cut_offs: {caseness: 10}", LOWEST),
    ("cut_offs: {caseness: 10}, lowest: 9", ""),
    ("cut_offs: {caseness: 10}, bands: {9: Low, 10: High}", ""),
    ("reliable_change: 5", ""),
]
