"""Mistakes in the scales, criteria and alerts of a measure: each with its places («), and part of its message."""

from __future__ import annotations

import textwrap


def measure(text: str) -> str:
    """Return a measure of the items q1 and q2 (0 to 3), fear (0 to 10) and others, with these rules."""
    return (
        "form: worry\nlicence: Our own.\n"
        + textwrap.dedent(text).strip("\n")
        + textwrap.dedent("""
            fields:
              week:
                ask: How often?
                type: matrix
                choices: {0: Never, 3: Often}
                rows: {q1: Worrying, q2: Thinking of death}
              fear: {ask: How afraid?, type: rating}
              kind: {ask: Which kind?, type: choice, choices: {alone: Alone, others: With others}}
              place: {ask: Where?, type: choices, choices: {home: At home, away: Away}}
              cups: {ask: How many cups?, type: number, at_most: 20}
              took: {ask: How long?, type: duration, at_most: 60}
              note: Anything else?
              day: {ask: Which day?, type: date}
              harm: {ask: Did you?, type: yes no}
              steps: {ask: Which steps?, type: repeat, of: {hard: {ask: How hard?, type: rating}}}
            """)
    )


def criterion(clusters: str, scales: str = "") -> str:
    """Return a measure of the same items with these clusters; an answer of 2 or more counts."""
    return measure(f"{scales}\ncriteria: {{dsm: {{counts_from: 2, clusters: {{{clusters}}}}}}}".strip("\n"))


MISTAKES_IN_MEASURES: dict[str, tuple[str, list[str]]] = {
    # --- measures
    "measure without a licence": (
        measure("«scales: {total: {items: [q1]}}").replace("licence: Our own.\n", ""),
        ["a measure without a licence cannot be published; add 'licence:'"],
    ),
    "measure with an empty licence": (
        measure("scales: {total: {items: [q1]}}").replace("licence: Our own.", "licence: «''"),
        ["'licence' has no words"],
    ),
    "scale without items": (measure("scales:\n  «total: {title: T}"), ["the scale 'total' has no items"]),
    "scale as a list": (measure("scales:\n  «total: [q1]"), ["the scale 'total' has no items"]),
    "scale with no items": (measure("scales: {total: {items: «[]}}"), ["'items' is empty"]),
    "scale with a bad name": (measure("scales: {«To tal: {items: [q1]}}"), ["cannot be the name of a scale"]),
    "unknown item": (
        measure("scales: {total: {items: [q1, «q3]}}"),
        ["there is no question 'q3'; there is: q1, q2, fear, kind"],
    ),
    "item that is a whole matrix": (
        measure("scales: {total: {items: [«week]}}"),
        ["'week' is a whole matrix; name its rows: q1, q2"],
    ),
    "item in a repeat": (measure("scales: {t: {items: [«hard]}}"), ["stands inside the repeat 'steps'"]),
    "item that is a repeat": (measure("scales: {t: {items: [«steps]}}"), ["'steps' is a repeat"]),
    "item with words as codes": (
        measure("scales: {total: {items: [q1, «kind]}}"),
        ["'kind' has no numbers to add up; use whole numbers as the codes of its choices"],
    ),
    "item that is text": (measure("scales: {t: {items: [«note]}}"), ["'note' has no numbers to add up"]),
    "item twice": (measure("scales: {t: {items: [q1, «q1]}}"), ["'q1' is counted twice"]),
    "reversed item that does not count": (
        measure("scales: {t: {items: [q1], reversed: [«q2]}}"),
        ["'q2' is not among the items of this scale; there is: q1"],
    ),
    "multiplier nought": (measure("scales: {t: {items: [q1], «multiplier: 0}}"), ["more than 0"]),
    "all items missing": (
        measure("scales: {t: {items: [q1, q2], missing: «2}}"),
        ["'missing' has to be a whole number from 0 to 1"],
    ),
    "bands out of order": (
        measure("scales: {t: {items: [fear], bands: {0: Low, 8: High, «5: Middle}}}"),
        ["the band from 5 stands after the band from 8; write the bands from the lowest"],
    ),
    "band out of reach": (
        measure("scales: {t: {items: [q1, q2], bands: {0: Low, «7: High}}}"),
        ["the band from 7 is outside of the possible scores, 0 to 6"],
    ),
    "band from a word": (measure("scales: {t: {items: [q1], bands: {«low: Low}}}"), ["where a band starts"]),
    "band without a name": (
        measure("scales: {t: {items: [q1], bands: {«0: {meaning: Little.}}}}"),
        ["the band from 0 has no name"],
    ),
    "cut-off out of reach": (
        measure("scales: {t: {items: [q1, q2], multiplier: 2, cut_offs: {caseness: «13}}}"),
        ["the cut-off 'caseness' at 13 is outside of the possible scores, 0 to 12"],
    ),
    "cut-offs as a number": (
        measure("scales: {t: {items: [q1], cut_offs: «2}}"),
        ["'cut_offs' needs names with values; write it like this: cut_offs: {caseness: 10}"],
    ),
    "mistyped option of a scale": (
        measure("scales: {t: {items: [q1], «cutoffs: {caseness: 1}}}"),
        ["'cutoffs' is not an option of a scale; did you mean 'cut_offs'?"],
    ),
    "change that cannot be": (
        measure("scales: {t: {items: [q1], reliable_change: «4}}"),
        ["a change of 4 points is not possible on this scale"],
    ),
    "better sideways": (
        measure("scales: {t: {items: [q1], better: «down}}"),
        ["'better' can be lower or higher, not 'down'"],
    ),
    # --- alerts
    "possible change alone": (
        measure("scales: {t: {items: [q1], possible_change: «2}}"),
        ["'possible_change' needs a 'reliable_change' beside it"],
    ),
    "possible change above the reliable one": (
        measure("scales: {t: {items: [q1], reliable_change: 2, possible_change: «3}}"),
        ["a possible change of 3 points is not less than the reliable one of 2"],
    ),
    # --- criteria
    "criterion without a licence": (
        criterion("b: {items: [q1], needs: 1}").replace("licence: Our own.\n", "").replace("criteria", "«criteria"),
        ["a measure without a licence cannot be published"],
    ),
    "criteria without names": (measure("criteria: «yes"), ["'criteria' needs names with values; write it like this"]),
    "criterion with a bad name": (
        criterion("b: {items: [q1], needs: 1}").replace("dsm", "«DSM-5"),
        ["'DSM-5' cannot be the name of a criterion; use a to z, 0 to 9 and underscores"],
    ),
    "criterion as a number": (measure("criteria: {«dsm: 2}"), ["the criterion 'dsm' has no clusters; write it like"]),
    "criterion without clusters": (
        measure("criteria: {«dsm: {counts_from: 2}}"),
        ["the criterion 'dsm' has no clusters; write it like this: clusters: {b:"],
    ),
    "mistyped option of a criterion": (
        criterion("b: {items: [q1], needs: 1}").replace("counts_from", "«count_from"),
        ["not an option of a criterion; did you mean 'counts_from'?"],
    ),
    "criterion that no answer meets": (
        criterion("b: {items: [q1], needs: 1}").replace("from: 2", "from: «4"),
        ["from 4 on, no answer to 'q1' counts: they go from 0 to 3; write the lowest answer that is a symptom"],
    ),
    "criterion that every answer meets": (
        criterion("b: {items: [fear, q1], needs: 1}").replace("from: 2", "from: «0"),
        ["from 0 on, every answer to 'fear' counts: they go from 0 to 10"],
    ),
    "criterion from a word": (
        criterion("b: {items: [q1], needs: 1}").replace("from: 2", "from: «moderate"),
        ["'counts_from' has to be a number, not 'moderate'"],
    ),
    "cluster as a list": (
        criterion("«b: [q1]"),
        ["the cluster 'b' has no items; write it like this: clusters: {b: {items: [q1, q2], needs: 1}}"],
    ),
    "cluster with a bad name": (
        criterion("«B: {items: [q1], needs: 1}"),
        ["'B' cannot be the name of a cluster; use a to z, 0 to 9 and underscores, and start with a letter, like 'b'"],
    ),
    "cluster without items": (criterion("«b: {needs: 1}"), ["the cluster 'b' has no items; add items: [q1, q2]"]),
    "empty cluster": (criterion("b: {items: «[], needs: 1}"), ["'items' is empty"]),
    "cluster that does not say how many": (
        criterion("«b: {items: [q1]}"),
        ["the cluster 'b' does not say how many of its items are needed; add needs: 1"],
    ),
    "habit in a cluster": (
        criterion("b: {items: [q1], «at_least: 1}"),
        ["'at_least' is not an option of a cluster; did you mean 'needs'?"],
    ),
    "cluster that needs more than it has": (
        criterion("b: {items: [q1, q2], needs: «3}"),
        ["'needs' is 3, and the cluster 'b' has 2 items; write a whole number from 1 to 2, or add the items"],
    ),
    "cluster that needs nothing": (
        criterion("b: {items: [q1], needs: «0}"),
        ["'needs' is 0, and the cluster 'b' has only one item; write needs: 1"],
    ),
    "cluster that needs half": (criterion("b: {items: [q1, q2], needs: «1.5}"), ["'needs' is 1.5"]),
    "cluster with an unknown item": (
        criterion("b: {items: [q1, «q3], needs: 1}"),
        ["there is no question 'q3'; there is: q1, q2, fear"],
    ),
    "cluster with an item without numbers": (
        criterion("b: {items: [q1, «kind], needs: 1}"),
        ["'kind' has no numbers to add up; use whole numbers as the codes of its choices"],
    ),
    "cluster with an item twice": (criterion("b: {items: [q1, «q1], needs: 1}"), ["'q1' is counted twice"]),
    "item in two clusters": (
        criterion("b: {items: [q1], needs: 1}, c: {items: [q2, «q1], needs: 1}"),
        ["'q1' stands in the cluster 'b' already; an answer counts for one cluster: delete one of the two"],
    ),
    "reversed item that no cluster has": (
        criterion("b: {items: [q1], needs: 1}").replace("counts_from", "reversed: [«q2], counts_from"),
        ["'q2' is not among the items of this criterion; there is: q1"],
    ),
    "item reversed in the scale alone": (
        criterion("b: {items: [q1], needs: 1}", "scales: {t: {items: [q1], reversed: [q1]}}").replace("dsm", "«dsm"),
        ["'q1' is reversed in the scale 't', and not in the criterion 'dsm'; add it here too: reversed: [q1]"],
    ),
    "item reversed in the criterion alone": (
        criterion("b: {items: [q1], needs: 1}", "scales: {t: {items: [q1]}}").replace(
            "counts_from", "reversed: [«q1], counts_from"
        ),
        ["'q1' is reversed here, and not in the scale 't'; reverse it in both, or in neither"],
    ),
    "alert without options": (measure("alerts: [«self-harm]"), ["an alert needs 'label' and 'when'"]),
    "alert with an empty test": (measure("alerts: [{label: X, when: {q2: «{}}}]"), ["nothing is asked of 'q2'"]),
    "alert between crossed limits": (
        measure("alerts: [{label: X, when: {«fear: {at_least: 8, at_most: 3}}}]"),
        ["this can never happen: 'at_least' is more than 'at_most'"],
    ),
    "alert beyond what the number allows": (
        measure("alerts: [{label: X, when: {cups: {at_least: «21}}}]"),
        ["this can never happen: the answers go from any number to 20"],
    ),
    "alert beyond what the duration allows": (
        measure("alerts: [{label: X, when: {took: «61}}]"),
        ["this can never happen: the answers go from 0 to 60"],
    ),
    "alert as a table": (measure("«alerts: {label: X, when: {q2: 1}}"), ["'alerts' has to be a list"]),
    "alert without a label": (measure("alerts: [«{when: {q2: 3}}]"), ["this alert has no 'label'"]),
    "alert without a condition": (measure("alerts: [«{label: X}]"), ["this alert has no 'when'"]),
    "alert on nothing": (measure("alerts: [{label: X, when: «{}}]"), ["'when' needs names with values"]),
    "alert on an unknown item": (
        measure("alerts: [{label: X, when: {«q9: {at_least: 1}}}]"),
        ["there is no question 'q9'"],
    ),
    "alert on a whole matrix": (measure("alerts: [{label: X, when: {«week: 3}}]"), ["name its rows: q1, q2"]),
    "alert on a repeat": (measure("alerts: [{label: X, when: {«hard: 3}}]"), ["inside the repeat 'steps'"]),
    "alert with a mistyped test": (
        measure("alerts: [{label: X, when: {q2: {«at_leest: 1}}}]"),
        ["'at_leest' is not an option of a condition; did you mean 'at_least'?"],
    ),
    "alert that never goes off": (
        measure("alerts: [{label: X, when: {q2: {at_least: «4}}}]"),
        ["go from 0 to 3; write a number that can be answered; an alert that never goes off is worse than none"],
    ),
    "alert on a code that is not there": (
        measure("alerts: [{label: X, when: {kind: «alon}}]"),
        ["'alon' is not one of the answers; did you mean 'alone'?"],
    ),
    "alert on a number beyond the rating": (measure("alerts: [{label: X, when: {fear: «11}}]"), ["never happen"]),
    "alert on true": (measure("alerts: [{label: X, when: {harm: «true}}]"), ["'true' is not one of the answers"]),
    "alert on the size of words": (
        measure("alerts: [{label: X, when: {kind: {«at_least: 1}}}]"),
        ["'at_least' needs an answer that is a number"],
    ),
    "alert on the words of a text": (measure("alerts: [{label: X, when: {«note: help}}]"), ["the type text"]),
    "alert on one of nothing": (measure("alerts: [{label: X, when: {q2: «[]}}]"), ["'one_of' has to be a list"]),
    "alert on answered perhaps": (
        measure("alerts: [{label: X, when: {note: {answered: «perhaps}}}]"),
        ["'answered' has to be true or false"],
    ),
}  # fmt: skip
