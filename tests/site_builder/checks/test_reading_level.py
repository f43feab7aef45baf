"""Reading level: the grade, what counts as prose, and limits set by a page."""

from __future__ import annotations

import pytest

from site_builder.checks.reading_level import Sentence, grade, sentences_of, syllables
from site_builder.content.outline import outline_of
from tests.site_builder.checks.conftest import CheckPage

EASY = "The cat sat on the mat. It was a warm day. We all had a rest in the sun. " * 8
HARD = "Habitual avoidance of anticipated discomfort perpetuates anxiety, since corrective information is unavailable. "
MIDDLE = "Many people notice that their worry grows in the evening. They often avoid everything that reminds them. " * 8


def sentences(text: str) -> list[str]:
    return [sentence.text for passage in outline_of(text).passages for sentence in sentences_of(passage)]


def test_the_grade_follows_the_published_formula() -> None:
    two = [Sentence("Many people worry.", 1), Sentence("They do not say so.", 1)]
    assert grade(two) == pytest.approx(0.39 * 8 / 2 + 11.8 * 11 / 8 - 15.59)
    assert grade([Sentence("The cat sat on the mat.", 1)]) == pytest.approx(0.39 * 6 + 11.8 - 15.59)


@pytest.mark.parametrize(
    ("word", "count"),
    [("I", 1), ("the", 1), ("worry", 2), ("therapist", 3), ("didn't", 2), ("didn’t", 2), ("can't", 1), ("2,183", 1),
     ("self-care", 2), ("anxiety", 4)],
)  # fmt: skip
def test_syllables_are_counted_as_spoken(word: str, count: int) -> None:
    assert syllables(word) == count


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("# A *heading*\n\nOne. Two!\n\n- [link](http://example.org/a.b)\n", ["A heading", "One.", "Two!", "link"]),
        ("Dr. Alice said e.g. this. Then she left.", ["Dr. Alice said e.g. this.", "Then she left."]),
        ("“Is it so?” she asked.", ["“Is it so?”", "she asked."]),
        ("| a | b |\n| - | - |\n| c | d |\n\n```\ncode\n```\n\nWords.\n", ["Words."]),
        ("Words.\n\n## Sources\n\n- Beck AT. Cognitive Therapy.\n\n## More\n", ["Words.", "More"]),
        ('!!! note "Mind this"\n\n    Stop here.\n', ["Mind this", "Stop here."]),
        ('<p class="lead">One line. <b>Two</b> lines.</p>\n<svg><text>no</text></svg>\n', ["One line.", "Two lines."]),
        ("[**Try it** now](a.md){ .offer }\n", ["Try it now"]),
    ],
)  # fmt: skip
def test_prose_is_what_people_read(text: str, read: list[str]) -> None:
    assert sentences(text) == read


def test_a_worksheet_counts_what_it_asks_and_a_licensed_measure_does_not(check_page: CheckPage) -> None:
    form = "```yaml form\nform: abc\n%swhy: Why so?\nfields: {a: {ask: What?, hint: Say.}}\n```\n"
    hard = f"# Page\n\n{EASY}\n\n" + (form % "").replace("What?", f"'{HARD * 6}'")
    assert [line.split()[0] for line in check_page(hard)] == ["8:20"]
    licence = "licence: By Dr Alice Example, 2026. Free to use.\n"
    assert check_page(hard.replace("why: Why", f"{licence}why: Why")) == []


def test_a_page_above_the_limit_is_a_mistake_at_its_hardest_sentence(check_page: CheckPage) -> None:
    (line,) = check_page(f"# Page\n\n{EASY}\n\nWell, so it goes.\n{HARD * 20}\n")
    assert line.startswith("6:1 this page reads at school grade ")
    assert "above 8; begin here, with its hardest sentence: make two of it, or use shorter words" in line
    assert line.endswith("(“Habitual avoidance of anticipated discomfort perpetuates …”)")


def test_a_page_a_little_too_hard_is_a_warning(check_page: CheckPage) -> None:
    (line,) = check_page(f"# Page\n\n{MIDDLE}\n")
    assert line.startswith("3:")
    assert "warning: this page reads at school grade 6.2, above 6;" in line


def test_a_page_may_have_a_limit_of_its_own_with_a_reason(check_page: CheckPage) -> None:
    page = "---\nreading_level: %s\nreading_reason: The names of medicines.\n---\n\n# Page\n\n" + HARD * 20
    assert check_page(page % 18.5)[0].startswith("2:1 'reading_level' has to be")
    assert check_page((page % 8).replace(HARD, MIDDLE[:106])) == []
    assert "above 12;" in check_page(page % 12)[0]


def test_a_short_page_is_not_judged(check_page: CheckPage) -> None:
    assert check_page(f"# Page\n\n{HARD * 5}\n") == []
