"""Alerts as authors write them, with answers: what goes off, and what was left out that could have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from site_builder.forms.model.definition import Form
from tests.cases.scores import GATE, GATED, HAPPENED, NEVER_TO_DAILY, UNSAID, choice, measure, ratings, rows

HARM = f"harm: {{ask: Did you hurt yourself?, type: choice, choices: {{{NEVER_TO_DAILY}, {UNSAID}}}}}"
URGES = (
    "urges: {ask: Which urges?, type: repeat, of: {what: Which one?, strength: {ask: How strong?, type: rating, to: 5},"
    " acted: {ask: Did you act on it?, type: yes no, when: {strength: {at_least: 1}}}}}"
)
SCALE = "scales: {total: {items: [q1-q3], missing: 1, bands: {0: Low, 8: High}}}"
RATINGS = f"{ratings(3, 0, 4)}, note: Anything else?"

AT_LEAST_1 = "alerts: [{label: Harm, when: {harm: {at_least: 1}}}]"
BY_TIER = "alerts: [{label: Harm, when: {harm: 1}, tier: soon}, {label: Harm, when: {harm: {at_least: 2}}}]"
BOTH_TIERS = "alerts: [{label: A, when: {harm: {at_least: 1}}, tier: soon}, {label: B, when: {harm: {at_least: 2}}}]"
STRONG = "alerts: [{label: Strong, when: {urges.strength: {at_least: 4}}}]"
ACTED = "alerts: [{label: Acted, when: {urges.strength: {at_least: 4}, urges.acted: yes}}]"
LOW_AND_STRONG = "alerts: [{label: Both, when: {mood: {at_most: 2}, urges.strength: {at_least: 4}}}]"
HIGH = f"{SCALE}\nalerts: [{{label: High, when: {{total: {{at_least: 8}}}}}}]"
GATED_HIGH = f"scales: {{total: {{{GATE}}}}}\nalerts: [{{label: High, when: {{total: {{at_least: 6}}}}}}]"
HIGH_AND_HARM = f"{SCALE}\nalerts: [{{label: Both, when: {{total: {{at_least: 8}}, harm: {{at_least: 1}}}}}}]"
HAPPENED_AND_OFTEN = "alerts: [{label: Often, when: {happened: yes, often: {at_least: 3}}}]"
OFTEN = f"{HAPPENED}, often: {{ask: How often?, type: rating, when: {{happened: yes}}}}"


class Case(NamedTuple):
    """`raised` are (item, number, tier, answer in words), `left_out` are (item, answer or "")."""

    name: str
    rules: str
    fields: str
    answers: Mapping[str, Any]
    raised: tuple[tuple[str, int, str, str], ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()

    @property
    def form(self) -> Form:
        return measure(self.rules, self.fields)


def row(what: str, strength: int | None = None, acted: str | None = None) -> dict[str, Any]:
    entry = {"what": what, "strength": strength, "acted": acted}
    return {name: value for name, value in entry.items() if value is not None}


def sheet(*entries: dict[str, Any], **others: Any) -> dict[str, Any]:
    return {"urges": list(entries), **others}


CASES = [
    Case("at the limit", AT_LEAST_1, HARM, {"harm": "1"}, (("harm", 1, "urgent", "Now and then"),)),
    Case("below the limit", AT_LEAST_1, HARM, {"harm": "0"}),
    Case("what counts as missing is neither", AT_LEAST_1, HARM, {"harm": "99"}, (),
         (("harm", "I would rather not say"),)),
    Case("left blank", AT_LEAST_1, f"{HARM}, note: Anything else?", {"note": "No"}, (), (("harm", ""),)),
    Case("a sheet with nothing on it", AT_LEAST_1, HARM, {}),
    Case("the lower tier", BY_TIER, HARM, {"harm": "1"}, (("harm", 1, "soon", "Now and then"),)),
    Case("the higher tier", BY_TIER, HARM, {"harm": "3"}, (("harm", 2, "urgent", "Daily"),)),
    Case("both at once", BOTH_TIERS, HARM, {"harm": "3"},
         (("harm", 1, "soon", "Daily"), ("harm", 2, "urgent", "Daily"))),
    Case("a row of a matrix is left blank", "alerts: [{label: R, when: {q3: {at_least: 1}}}]", rows(3, NEVER_TO_DAILY),
         {"items": {"q1": "0", "q2": "0"}}, (), (("q3", ""),)),
    Case("not asked is not left out", HAPPENED_AND_OFTEN, OFTEN, {"happened": "no"}),
    Case("asked and left out", HAPPENED_AND_OFTEN, OFTEN, {"happened": "yes"}, (), (("often", ""),)),
    Case("another answer rules it out", "alerts: [{label: X, when: {q1: {at_least: 3}, q2: {at_least: 3}}}]", RATINGS,
         {"q1": 0}),
    Case("each row by itself", STRONG, URGES, sheet(row("drink", 4), row("cut", 1), row("run", 5)),
         (("urges.1.strength", 1, "urgent", "4 of 5"), ("urges.3.strength", 1, "urgent", "5 of 5"))),
    Case("no row", STRONG, f"{URGES}, note: Anything else?", {"note": "x"}),
    Case("a row with a blank", STRONG, URGES, sheet(row("drink"), row("cut", 1)), (), (("urges.1.strength", ""),)),
    Case("both in the same row", ACTED, URGES, sheet(row("drink", 4, "no"), row("cut", 5, "yes")),
         (("urges.2.strength", 1, "urgent", "5 of 5"),)),
    Case("one in each row is not both", ACTED, URGES, sheet(row("drink", 4, "no"), row("cut", 1, "yes"))),
    Case("a row and the form around it", LOW_AND_STRONG,
         f"mood: {{ask: Your mood?, type: rating}}, {URGES}", sheet(row("drink", 4), mood=2),
         (("urges.1.strength", 1, "urgent", "4 of 5"),)),
    Case("a row, and not the form around it", LOW_AND_STRONG,
         f"mood: {{ask: Your mood?, type: rating}}, {URGES}", sheet(row("drink", 4), mood=3)),
    Case("a score at the limit", HIGH, RATINGS, {"q1": 4, "q2": 4, "q3": 0}, (("total", 1, "urgent", "8, High"),)),
    Case("a score below", HIGH, RATINGS, {"q1": 4, "q2": 3, "q3": 0}),
    Case("a score with an item filled in", HIGH, RATINGS, {"q1": 4, "q2": 3},
         (("total", 1, "urgent", "10.5, High"),)),
    Case("no score at all", HIGH, RATINGS, {"q1": 4}, (), (("total", ""),)),
    Case("another part of the sheet", HIGH, RATINGS, {"note": "x"}),
    Case("a gate that is open, and nothing behind it", GATED_HIGH, f"{GATED}, note: Anything else?",
         {"happened": "yes"}, (), (("total", ""),)),
    Case("a gate that is shut", GATED_HIGH, f"{GATED}, note: Anything else?", {"happened": "no"}),
    Case("a gate in another part of the sheet", GATED_HIGH, f"{GATED}, note: Anything else?", {"note": "x"}),
    Case("a score and an answer", HIGH_AND_HARM, f"{RATINGS}, {HARM}", {"q1": 4, "q2": 4, "q3": 0, "harm": "1"},
         (("total", 1, "urgent", "8, High"),)),
    Case("a score and no answer", HIGH_AND_HARM, f"{RATINGS}, {HARM}", {"q1": 4, "q2": 4, "q3": 0}, (),
         (("harm", ""),)),
    Case("an alert on nothing said", "alerts: [{label: X, when: {harm: {answered: false}}}]", f"{HARM}, note: More?",
         {"note": "x"}, (("harm", 1, "urgent", "no answer"),)),
    Case("points decide, and not codes", "alerts: [{label: X, when: {how: {at_least: 2}}}]",
         choice("how", "a: {label: Never, points: 0}, b: {label: Daily, points: 2}, 7: {label: Once, points: 1}"),
         {"how": "b"}, (("how", 1, "urgent", "Daily"),)),
    Case("a high code with few points", "alerts: [{label: X, when: {how: {at_least: 2}}}]",
         choice("how", "a: {label: Never, points: 0}, b: {label: Daily, points: 2}, 7: {label: Once, points: 1}"),
         {"how": "7"}),
]  # fmt: skip


class Mistake(NamedTuple):
    name: str
    when: str
    fields: str
    message: str
    rules: str = SCALE
    tier: str = ""

    @property
    def form(self) -> Form:
        return measure(f"{self.rules}\nalerts: [{{label: X, when: {{{self.when}}}{self.tier}}}]", self.fields)


MISTAKES = [
    Mistake("a score that cannot be", "total: {at_least: 20}", RATINGS,
            "this can never happen: the answers go from 0 to 12; write a number that can be answered; an alert that"
            " never goes off is worse than none"),
    Mistake("a mistyped scale", "totl: {at_least: 8}", RATINGS, "there is no question 'totl'; did you mean 'total'?"),
    Mistake("a scale as a word", "total: high", RATINGS,
            "what the answer is compared with has to be a number, not 'high'; write it in figures, like 10 or 0.5"),
    Mistake("a name of both", "q1: {at_least: 2}", RATINGS,
            "'q1' is both a question and a scale; give one of the two another name, to say which of them is meant",
            "scales: {q1: {items: [q1-q3]}}"),
    Mistake("a question of a repeat without it", "strength: {at_least: 4}", f"{RATINGS}, {URGES}",
            "'strength' stands inside the repeat 'urges', so it has many answers or none; write urges.strength"),
    Mistake("a mistyped question of a repeat", "urges.strenght: {at_least: 4}", f"{RATINGS}, {URGES}",
            "there is no question 'strenght' in the repeat 'urges'; did you mean 'strength'?"),
    Mistake("a row by its number", "urges.2.strength: {at_least: 4}", f"{RATINGS}, {URGES}",
            "there is no question '2.strength' in the repeat 'urges'; write urges.strength, for every row"),
    Mistake("a mistyped repeat", "urge.strength: {at_least: 4}", f"{RATINGS}, {URGES}",
            "there is no repeat 'urge'; did you mean 'urges'?"),
    Mistake("a row of a matrix by its path", "items.q1: 2", rows(3, NEVER_TO_DAILY),
            "'items' is no repeat; write q1 alone"),
    Mistake("a question by a path", "note.q7: 2", RATINGS, "'note' is no repeat; write note alone"),
    Mistake("a limit that no row reaches", "urges.strength: {at_least: 6}", f"{RATINGS}, {URGES}",
            "this can never happen: the answers go from 0 to 5; write a number that can be answered; an alert that"
            " never goes off is worse than none"),
    Mistake("two repeats at once", "urges.strength: 5, more.size: 3",
            f"{RATINGS}, {URGES}, more: {{ask: More?, type: repeat, of: {{size: {{ask: How big?, type: rating}}}}}}",
            "'more.size' stands in another repeat than 'urges'; an alert looks at one row at a time: write two alerts"),
    Mistake("99 within a limit", "harm: {at_least: 1}",
            f"{RATINGS}, {choice('harm', f'{NEVER_TO_DAILY}, 99: I would rather not say')}",
            "'harm' counts all its answers: the answer 99 (“I would rather not say”) would count 99 points; write 99:"
            " {label: I would rather not say, points: none} if it counts as missing, or points: 99 if it is meant to"
            " count"),
    Mistake("another tier", "q1: 4", RATINGS,
            "'tier' can be urgent or soon, not 'red'; leave it out for what cannot wait; write tier: soon for the rest",
            tier=", tier: red"),
]  # fmt: skip
