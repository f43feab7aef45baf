"""The guides of the library: none is missing, each says what it rests on, and each leads on."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from pathlib import Path

import pytest

from site_builder.checks.reading_level import WARN_ABOVE, Sentence, grade, sentences_of
from site_builder.content.library import Library, Page, read_library
from site_builder.content.menu import addresses, menu_of

CONTENT = Path(__file__).parents[2] / "content"

TOPICS = {
    "what CBT is": "what-cbt-is",
    "how thoughts, feelings and actions connect": "thoughts-feelings-actions",
    "why practice helps and how to make it stick": "why-practice",
    "anxiety and the body": "anxiety-and-the-body",
    "the worry cycle": "worry-cycle",
    "avoidance and safety behaviours": "avoidance",
    "facing fears step by step": "facing-fears",
    "panic": "panic",
    "social anxiety": "social-anxiety",
    "thinking traps": "thinking-traps",
    "testing thoughts": "testing-thoughts",
    "low mood and activity": "low-mood",
    "sleep": "sleep",
    "trauma and its after-effects": "after-trauma",
    "grounding": "grounding",
    "calming the body": "calming-the-body",
    "breathing": "breathing",
    "muscle relaxation": "muscle-relaxation",
    "mindful noticing": "mindful-noticing",
    "body scan": "body-scan",
    "calm place": "calm-place",
    "problem solving": "problem-solving",
    "self-kindness": "self-kindness",
    "goals and values": "goals-and-values",
    "working together with your therapist": "working-together",
    "DBT: emotion regulation": "emotion-regulation",
    "DBT: distress tolerance": "distress-tolerance",
    "DBT: mindfulness": "dbt-mindfulness",
    "DBT: being effective with people": "being-effective",
    "staying well": "staying-well",
    "when and where to get help": "when-to-get-help",
}

# When an exercise does harm, and what has to stand on its page (case does not count).
CAUTIONS = {
    "distress-tolerance": (
        "heart illness",
        "eating disorder",
        "never your head under water",
        "do not stop all at once",
    ),
    "grounding": ("eyes open", "heart illness", "eating disorder"),
    "muscle-relaxation": ("injury", "leave that part out"),
    "calming-the-body": ("injuries", "leave that muscle out"),
    "breathing": ("it is a help, not a must", "safety rope"),
    "panic": ("if you must breathe", "call emergency services", "keep what a doctor told you to carry"),
    "anxiety-and-the-body": ("call emergency services", "if they change, ask again"),
    "low-mood": ("eating disorder or bipolar illness", "let a doctor have a look"),
    "thinking-traps": ("you need safety",),
    "testing-thoughts": ("it harms nobody", "food, drink or drugs"),
    "worry-cycle": ("do not put off a new or strong pain",),
    "emotion-regulation": ("not with somebody who hurts or threatens you",),
    "facing-fears": ("this needs a therapist trained in trauma", "eyes open"),
    "avoidance": ("together with a therapist who knows about trauma", "what a doctor told you to carry"),
    "after-trauma": ("keep your eyes open", "do not go into the worst memories on your own"),
    "body-scan": ("keep your eyes open", "eating disorder", "hear voices"),
    "calm-place": ("eyes open", "hear voices"),
    "mindful-noticing": ("keep your eyes open",),
    "sleep": ("sleepy at the wheel", "loud snoring with pauses", "never do it by yourself"),
}

PRACTICES = {
    "body-scan": ("eating disorder", "hear voices", "keep your eyes open"),
    "box-breathing": ("heart illness", "leave the holding out", "while you drive"),
    "calm-place": ("hear voices", "eyes may stay open"),
    "five-senses": ("your eyes stay open",),
    "mindful-noticing": ("hear voices", "keep your eyes open"),
    "muscle-relaxation": ("injury", "high blood pressure", "never at the wheel"),
    "muscle-relaxation-short": ("hurt or sore", "heart illness", "keep your eyes open"),
    "paced-breathing": ("dizzy", "lung or heart illness", "have to breathe like this"),
    "worry-time": ("ending your life", "terrible memory", "belongs to a doctor"),
}

NEEDS = frozenset(
    ("I worry a lot", "I avoid things", "I cannot sleep", "I feel numb", "My feelings are too big"),
)
ENOUGH = 3  # guides to a need: to read one, and to have a choice of where to go on

FEWEST_WORDS, MOST_WORDS = 500, 1_200  # a few minutes; longer is not read in distress
LONG = 12  # words: a shorter sentence may be said twice without looking copied
EASY_SHARE = 0.9  # of the pages, which read at grade 6 or below
HARDEST = 8.0  # no page above, unless it names its own limit

# Said on two pages on purpose: who reads what is sent, and how two sister questionnaires are used.
MEANT = frozenset(
    (
        "what you send goes to your own therapist and to the person who stands in for them",
        "if you fill this in now and then you and your therapist can see how things change",
    )
)

# Authors, then a title, then where it came out and the year.
SOURCE = re.compile(r"[A-Za-z][^.]{3,}\. .{6,}?[.?!] (?:.*[ .])?[A-Za-z][^.?!]{1,}[ ,]+(?:19|20)\d\d\b.*", re.DOTALL)
COLOUR = re.compile(r'(?:fill|stroke|color)="(?!none"|currentColor")|style=|#[0-9a-f]{3,6}\b', re.IGNORECASE)


@pytest.fixture(scope="module")
def library() -> Library:
    return read_library(CONTENT)


@pytest.fixture(scope="module")
def guides(library: Library) -> dict[str, Page]:
    """Return the guides by the name of their file."""
    names = {page.path: posixpath.basename(page.path).removesuffix(".md") for page in library.pages}
    return {names[page.path]: page for page in library.pages if page.path.startswith("guides/") and page.front}


@pytest.fixture(scope="module")
def written(guides: dict[str, Page]) -> dict[str, Page]:
    return {name: page for name, page in guides.items() if name != "index"}


def sentences(page: Page) -> list[Sentence]:
    return [sentence for passage in page.outline.passages for sentence in sentences_of(passage)]


def linked(page: Page) -> set[str]:
    """Return the pages that a page links to, as paths in the content folder."""
    folder = posixpath.dirname(page.path)
    paths = (link.target.partition("#")[0] for link in page.outline.links if link.kind == "link")
    return {posixpath.normpath(posixpath.join(folder, path)) for path in paths if path.endswith(".md")}


def test_every_topic_has_its_guide(written: dict[str, Page]) -> None:
    assert set(TOPICS.values()) == set(written)


def test_a_guide_takes_a_few_minutes(written: dict[str, Page]) -> None:
    lengths = {name: sum(len(sentence.words) for sentence in sentences(page)) for name, page in written.items()}
    assert {name: n for name, n in lengths.items() if not FEWEST_WORDS <= n <= MOST_WORDS} == {}


def test_every_source_has_author_year_and_where(written: dict[str, Page]) -> None:
    sources = [(name, source) for name, page in written.items() for source in page.front["sources"]]
    assert [each for each in sources if not SOURCE.fullmatch(each[1])] == []


@pytest.mark.parametrize(
    "source",
    [
        "Cognitive Therapy of Depression. Guilford Press, 1979.",
        "Beck AT, Rush AJ. Cognitive Therapy of Depression. 1979.",
        "Beck AT, Rush AJ. Cognitive Therapy of Depression. Guilford Press.",
    ],
)
def test_a_source_without_author_where_or_year_is_noticed(source: str) -> None:
    assert not SOURCE.fullmatch(source)


def test_a_guide_says_who_has_not_read_it_yet(written: dict[str, Page]) -> None:
    assert [name for name, page in written.items() if not str(page.front.get("reviewed_by") or "").strip()] == []


def test_a_guide_says_what_need_it_is_for(written: dict[str, Page]) -> None:
    unknown = {name: set(page.front.get("needs") or ["none"]) - NEEDS for name, page in written.items()}
    assert {name: needs for name, needs in unknown.items() if needs} == {}
    answers = {need: sum(need in page.front["needs"] for page in written.values()) for need in NEEDS}
    assert min(answers.values()) >= ENOUGH


def test_a_guide_begins_with_three_lines_in_short(written: dict[str, Page]) -> None:
    short = re.compile(r'\A# [^\n]+\n\n!!! summary "In short"\n\n(?:    - [^\n]+\n(?:      [^\n]+\n)*){3}\n')
    assert [name for name, page in written.items() if not short.match(page.body)] == []


def test_pages_are_easy_to_read(library: Library) -> None:
    pages = [page for page in library.pages if "reading_level" not in page.front]
    grades = {page.path: round(grade(sentences(page)), 1) for page in pages}
    assert {path: reached for path, reached in grades.items() if reached > HARDEST} == {}
    assert sum(reached <= WARN_ABOVE for reached in grades.values()) >= EASY_SHARE * len(grades)


def test_no_long_sentence_stands_on_two_pages(library: Library) -> None:
    places: dict[str, set[str]] = defaultdict(set)
    for page in library.pages:
        for sentence in sentences(page):
            if len(sentence.words) >= LONG:
                places[" ".join(sentence.words).lower()].add(page.path)
    twice = {text: sorted(paths) for text, paths in places.items() if len(paths) > 1}
    assert {text: paths for text, paths in twice.items() if text not in MEANT} == {}
    assert set(twice) >= MEANT  # the list holds nothing that is no longer said twice


def test_guides_link_to_each_other_both_ways(written: dict[str, Page]) -> None:
    links = {page.path: linked(page) for page in written.values()}
    oneway = [(a, b) for a, targets in links.items() for b in targets if b in links and a not in links[b]]
    assert sorted(oneway) == []


def test_what_a_guide_offers_leads_back_to_a_guide(library: Library, written: dict[str, Page]) -> None:
    paths = {page.path for page in written.values()}
    offered = {path for page in written.values() for path in linked(page)} - paths
    assert [path for path in sorted(offered) if not linked(library.by_path[path]) & paths] == []


def test_a_guide_leads_on(written: dict[str, Page]) -> None:
    paths = {page.path for page in written.values()}
    ends = {name: page.body.partition("\n## What next\n")[2] for name, page in written.items()}
    assert [name for name, end in ends.items() if not 2 <= end.count("](") <= 4] == []
    assert [page.path for page in written.values() if len(linked(page) & paths) < 2] == []


def test_every_guide_is_on_the_list_and_in_the_menu(guides: dict[str, Page], written: dict[str, Page]) -> None:
    paths = {page.path for page in written.values()}
    assert paths <= linked(guides["index"])
    assert paths <= set(addresses(menu_of(CONTENT)))


@pytest.mark.parametrize(("name", "words"), CAUTIONS.items(), ids=CAUTIONS.keys())
def test_an_exercise_says_who_should_not_do_it(written: dict[str, Page], name: str, words: tuple[str, ...]) -> None:
    text = " ".join(re.sub(r"[*_]", "", written[name].body).split()).lower()
    assert [each for each in words if each not in text] == []


def test_a_guide_to_panic_says_first_what_is_an_emergency(written: dict[str, Page]) -> None:
    body = written["panic"].body
    assert body.index("Call emergency services") < body.index("You have got through this before")


@pytest.mark.parametrize(("name", "words"), PRACTICES.items(), ids=PRACTICES.keys())
def test_a_practice_says_who_should_not_do_it(library: Library, name: str, words: tuple[str, ...]) -> None:
    text = " ".join(
        re.sub(r"[*_]", "", library.by_path[f"practices/{name}.md"].body.partition("```")[0]).split()
    ).lower()
    assert [each for each in words if each not in text] == []


def test_a_drawing_has_words_and_the_colours_of_the_theme(written: dict[str, Page]) -> None:
    drawings = {name: re.findall(r"<svg .*?</svg>", page.body, re.DOTALL) for name, page in written.items()}
    assert sum(map(len, drawings.values())) >= 12
    for name, drawn in drawings.items():
        for svg in drawn:
            labels = re.search(r'<svg [^>]*role="img" aria-labelledby="(\S+) (\S+)"', svg)
            assert labels, name
            assert re.search(rf'<title id="{labels[1]}">[^<]+</title>\n<desc id="{labels[2]}">[^<]+</desc>', svg), name
            assert not COLOUR.search(svg), name
