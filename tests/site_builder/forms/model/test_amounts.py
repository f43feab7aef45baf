"""One thing is one thing: no sentence of ours says "1 minutes"."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from site_builder.forms.model.amounts import counted

ROOT = Path(__file__).parents[4]
NOUNS = (
    "minute|day|row|answer|week|hour|event|form|page|client|character|worksheet|question|item|mistake|warning|second"
    "|message|submission|problem|point|entrie"
)
# A number that is put into a sentence, followed by a plural: only where it can never be one.
PLURAL = re.compile(rf"(?<!\$)(?<!\$\{{)\{{+\s*(?!counted)[^{{}}]*\}}+ (?:more )?(?:{NOUNS})s\b")
NEVER_ONE = {
    ("collector/ledger/batch.py", "LONGEST_EVENT"): "a constant",
    ("collector/people.py", "SHORTEST_PASSWORD"): "a constant",
    ("collector/review/reasons.py", "number"): "the case of one stands above",
    ("collector/review/cells.py", ":,"): "thousands, or there is no such sentence",
    ("site_builder/checks/sizes.py", "characters"): "tens of thousands",
    ("site_builder/content/published.py", "number == 1 else"): "the case of one stands beside it",
    ("site_builder/forms/language/criteria.py", "most"): "the case of one stands beside it",
}
FILES = [
    path
    for folder in ("collector", "site_builder")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in (".py", ".html")
]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0 days"),
        (1, "1 day"),
        (2, "2 days"),
        (1.0, "1 day"),
        (1.5, "1.5 days"),
        (1000, "1,000 days"),
        ("1", "1 day"),
    ],
)
def test_a_number_stands_with_its_noun(number: float | str, words: str) -> None:
    assert counted(number, "day") == words


def test_a_noun_may_have_a_plural_of_its_own() -> None:
    assert [counted(number, "entry", "entries") for number in (1, 2)] == ["1 entry", "2 entries"]


def test_no_sentence_puts_a_plural_behind_a_number_that_may_be_one() -> None:
    wrong = []
    for path in FILES:
        place = path.relative_to(ROOT).as_posix()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            known = any(place == file and word in line for file, word in NEVER_ONE)
            if PLURAL.search(line) and not known:
                wrong.append(f"{place}:{number}: {line.strip()}")
    assert wrong == []
