"""The worksheets of the library: none is missing, none asks less than it should, and none leaves anybody alone."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from site_builder.checks import check
from site_builder.content.library import Library, Page, read_library
from site_builder.content.menu import addresses, menu_of
from site_builder.forms.model.definition import Form
from site_builder.forms.model.fields import Field, Matrix, Rating, Repeat

CONTENT = Path(__file__).parents[2] / "content"

# What each sheet has to ask, in this order; the range of what is rated.
HUNDRED, TEN, FIVE, FOUR = (0, 100), (0, 10), (0, 5), (0, 4)
ASKED: dict[str, dict[str, tuple[int, int] | str]] = {
    "thought-record": {
        "situation": "long text",
        "feelings.feeling": "text",
        "feelings.before": HUNDRED,
        "thought": "long text",
        "believed": HUNDRED,
        "evidence_for": "long text",
        "evidence_against": "long text",
        "balanced": "long text",
        "balanced_believed": HUNDRED,
    },
    "abc": {"happened": "long text", "thought": "long text", "felt": "long text", "did": "long text"},
    "experiment": {
        "belief": "long text",
        "believed": HUNDRED,
        "alternative": "long text",
        "plan": "long text",
        "prediction": "long text",
        "likely": HUNDRED,
        "safety": "long text",
        "happened": "long text",
        "believed_now": HUNDRED,
        "learned": "long text",
        "next": "long text",
    },
    "fear-ladder": {
        "steps.situation": "text",
        "steps.fear": HUNDRED,
        "steps.feared": "text",
        "steps.likely": HUNDRED,
    },
    "facing-a-step": {
        "step": "text",
        "likely": HUNDRED,
        "before": HUNDRED,
        "highest": HUNDRED,
        "after": HUNDRED,
        "minutes": "number",
        "happened": "choice",
        "likely_now": HUNDRED,
        "learned": "long text",
    },
    "activity-diary": {
        "activities.when": "time",
        "activities.planned": "yes no",
        "activities.activity": "text",
        "activities.achievement": TEN,
        "activities.enjoyment": TEN,
        "activities.mood_before": TEN,
        "activities.mood_after": TEN,
    },
    "problem-solving": {
        "problem": "long text",
        "options.option": "text",
        "options.pros": "text",
        "options.cons": "text",
        "choice": "long text",
        "steps": "long text",
        "review": "long text",
    },
    "relaxation-log": {
        "day": "date",
        "time": "time",
        "exercise": "choice",
        "minutes": "number",
        "before": TEN,
        "after": TEN,
        "note": "long text",
    },
    "sleep-diary": {
        "into_bed": "time",
        "tried_to_sleep": "time",
        "to_fall_asleep": "duration",
        "times_awake": "number",
        "awake": "duration",
        "woke": "time",
        "got_up": "time",
        "quality": TEN,
    },
    "dbt-diary-card": {
        "sadness": FIVE,
        "fear": FIVE,
        "anger": FIVE,
        "shame": FIVE,
        "guilt": FIVE,
        "joy": FIVE,
        "urge_self_harm": FIVE,
        "urge_substances": FIVE,
        "urge_other": FIVE,
        "acted_self_harm": "matrix",
        "acted_substances": "matrix",
        "acted_other": "matrix",
        "skills": "choices",
        "effort": FIVE,
    },
    "dear-man": dict.fromkeys(
        ("describe", "express", "assert", "reinforce", "mindful", "appear", "negotiate"), "long text"
    ),
    "stop-tipp": {"before": TEN, "stop": "choices", "tipp": "choices", "after": TEN},
    "values": {
        "areas.area": "choice",
        "areas.direction": "long text",
        "areas.matters": TEN,
        "areas.near": TEN,
        "areas.step": "text",
    },
    "goals": {"goals.goal": "text", "goals.step": "text", "goals.when_then": "text", "goals.confidence": TEN},
    "staying-well-plan": dict.fromkeys(
        ("learned", "keeps_well", "hard", "signs", "green", "amber", "red", "who_knows"), "long text"
    ),
    "safety-plan": dict.fromkeys(
        ("reasons", "signs", "alone", "places", "company", "confide", "professionals", "safer"), "long text"
    ),
    "homework-review": {
        "homework": "text",
        "rated_by": "choice",
        "how_much": FOUR,
        "how_well": FOUR,
        "how_hard": FOUR,
        "in_the_way": FOUR,
    },
}

# Sheets that a practice leads to, and that come with it.
LOGS: dict[str, dict[str, tuple[int, int] | str]] = {
    "worry-time": {
        "worries.worry": "text",
        "worries.kind": "choice",
        "worries.postponed_to": "time",
        "worries.matters": "choice",
        "worries.action": "text",
    },
    "mindfulness-log": {
        "day": "date",
        "time": "time",
        "practice": "choice",
        "minutes": "number",
        "noticed": "long text",
        "in_the_way": "long text",
    },
}

# What can only be answered later, which is a section of its own, the last one.
AFTERWARDS = {
    "experiment": ("happened", "believed_now", "learned", "next"),
    "facing-a-step": ("highest", "after", "minutes", "happened", "likely_now", "learned"),
    "problem-solving": ("review", "now"),
    "dear-man": ("went", "learned"),
}

# What has to stand before the first question (case and emphasis do not count).
CAUTIONS = {
    "thought-record": ("leave what is terrible for your session", "then you need safety", "a sheet for each doubt"),
    "abc": ("leave what is terrible for your session",),
    "experiment": ("what goes back to something terrible belongs in your session", "harms nobody", "medicine"),
    "fear-ladder": (
        "those need a therapist trained in trauma",
        "do not put memories of it on the ladder",
        "when you might hurt yourself",
    ),
    "facing-a-step": ("only in your session", "heart or lung illness", "keep your eyes open", "at the wheel"),
    "activity-diary": ("plan with your doctor", "bipolar illness", "eating disorder"),
    "goals": ("eating disorder",),
    "problem-solving": ("hurts or controls you",),
    "relaxation-log": ("injury", "dizzy", "must do it to be safe"),
    "sleep-diary": ("sleepy at the wheel", "snore with loud pauses", "do not spend less time in bed because of these"),
    "dbt-diary-card": ("not a call for help", "read later", "not for everyone"),
    "dear-man": ("hits or controls you", "where they cannot read them"),
    "stop-tipp": ("heart illness", "eating disorder", "slows the heart", "pregnant", "never your head under water"),
    "staying-well-plan": ("this is not the right plan",),
    "safety-plan": ("if you are in danger now, do not fill this in", "together with your therapist", "nobody watches"),
}

# Sheets that a guide offers where its text has just made the reader want them.
OFFERED = {
    "abc": ("thoughts-feelings-actions",),
    "experiment": ("testing-thoughts",),
    "fear-ladder": ("facing-fears",),
    "facing-a-step": ("facing-fears",),
    "activity-diary": ("low-mood",),
    "problem-solving": ("problem-solving",),
    "dbt-diary-card": ("emotion-regulation",),
    "stop-tipp": ("distress-tolerance",),
    "dear-man": ("being-effective",),
    "values": ("goals-and-values",),
    "goals": ("goals-and-values",),
    "staying-well-plan": ("staying-well",),
    "safety-plan": ("when-to-get-help", "distress-tolerance"),
    "homework-review": ("why-practice", "working-together"),
    "thought-record": ("thinking-traps", "thoughts-feelings-actions"),
    "relaxation-log": ("calming-the-body", "breathing", "muscle-relaxation"),
    "sleep-diary": ("sleep",),
}

MOST_REQUIRED = 2  # on a sheet, outside repeats: what is marked is the optional, and most of it is


@pytest.fixture(scope="module")
def library() -> Library:
    return read_library(CONTENT)


@pytest.fixture(scope="module")
def sheets(library: Library) -> dict[str, Page]:
    names = {page.path: posixpath.basename(page.path).removesuffix(".md") for page in library.pages}
    return {names[page.path]: page for page in library.pages if page.path.startswith("worksheets/")}


@pytest.fixture(scope="module")
def forms(library: Library) -> dict[str, Form]:
    return {form.id: form for form in library.forms}


def asked(form: Form) -> Iterator[tuple[str, Field]]:
    """Yield each answer of a form under its name, in the order of the page; a row of a repeat once."""
    for field in form.fields:
        if isinstance(field, Repeat):
            yield from ((f"{field.id}.{part.id}", part) for part in field.of)
        elif isinstance(field, Matrix):
            yield from ((row, field) for row in field.part_ids())
        else:
            yield field.id, field


def kind(field: Field) -> tuple[int, int] | str:
    """Return the range of what is rated, or the kind of field."""
    if isinstance(field, Rating):
        return field.lowest, field.highest
    codes = [choice.code for choice in field.choices] if isinstance(field, Matrix) else []
    return (int(codes[0]), int(codes[-1])) if codes and all(code.isdigit() for code in codes) else field.type


def linked(page: Page) -> set[str]:
    folder = posixpath.dirname(page.path)
    paths = (link.target.partition("#")[0] for link in page.outline.links if link.kind == "link")
    return {posixpath.normpath(posixpath.join(folder, path)) for path in paths}


def before_the_form(page: Page) -> str:
    return page.body.partition("```yaml form")[0]


def after_the_form(page: Page) -> str:
    return page.body.rpartition("```yaml form")[2].partition("\n```\n")[2]


@pytest.mark.parametrize(("name", "wanted"), [*ASKED.items(), *LOGS.items()], ids=[*ASKED, *LOGS])
def test_a_sheet_asks_all_that_it_should_in_order(
    forms: dict[str, Form], name: str, wanted: dict[str, tuple[int, int] | str]
) -> None:
    kinds = {id: kind(field) for id, field in asked(forms[name])}
    assert {id: kinds.get(id) for id in wanted} == wanted
    assert [id for id in kinds if id in wanted] == list(wanted)


def test_feelings_are_rated_again_after_the_thought_was_looked_at(forms: dict[str, Form]) -> None:
    parts = dict(asked(forms["thought-record"]))
    assert parts["feelings.now"].late
    assert kind(parts["feelings.now"]) == HUNDRED


def test_the_sleep_diary_works_out_what_nobody_wants_to(forms: dict[str, Form]) -> None:
    assert {value.id for value in forms["sleep-diary"].computed} >= {"time_in_bed", "sleep", "efficiency"}


@pytest.mark.parametrize("name", AFTERWARDS)
def test_what_comes_afterwards_is_a_section_of_its_own_and_the_last(forms: dict[str, Form], name: str) -> None:
    *earlier, last = forms[name].sections
    assert last.title == "Afterwards"
    assert {field.id for field in last.fields} == {*AFTERWARDS[name], "note"}
    assert not any(field.required for field in last.fields)
    assert earlier


def test_only_self_harm_acted_on_alerts(forms: dict[str, Form]) -> None:
    alerts = {name: forms[name].alerts for name in ASKED if forms[name].alerts}
    assert list(alerts) == ["dbt-diary-card"]
    (alert,) = alerts["dbt-diary-card"]
    assert [(c.field, c.test, c.value) for c in alert.when] == [("acted_self_harm", "equals", "acted")]
    assert (alert.label, alert.tier) == ("Self-harm acted on", "urgent")
    card = forms["dbt-diary-card"]
    assert not any(field.when for field in card.fields if field.id in ("urges", "acted"))  # also at an urge of 0
    assert not any(section.when for section in card.sections)


def test_only_the_safety_plan_is_filled_in_with_a_clinician(library: Library, forms: dict[str, Form]) -> None:
    assert [name for name in ASKED if forms[name].with_clinician] == ["safety-plan"]
    assert "worksheets/safety-plan.md" not in linked(library.by_path["homework.md"])


@pytest.mark.parametrize("name", ASKED)
def test_little_has_to_be_answered(forms: dict[str, Form], name: str) -> None:
    assert sum(field.required for field in forms[name].fields) <= MOST_REQUIRED


@pytest.mark.parametrize("name", ASKED)
def test_a_note_reaches_the_therapist(forms: dict[str, Form], name: str) -> None:
    assert (forms[name].fields[-1].id == "note") != forms[name].with_clinician


@pytest.mark.parametrize("name", ASKED)
def test_a_sheet_says_what_it_takes_and_where_it_goes(sheets: dict[str, Page], name: str) -> None:
    start = " ".join(before_the_form(sheets[name]).split())
    assert re.search(r"\b(minutes?|half an hour)\b", start)
    assert re.search(r"\bsend it to (your therapist|them)\b|\bwhat you send\b", start, re.IGNORECASE)
    assert re.search(r"\bprint(ed)?\b", start, re.IGNORECASE)


@pytest.mark.parametrize("name", ASKED)
def test_a_sheet_has_an_example_by_somebody_made_up(sheets: dict[str, Page], name: str) -> None:
    example = re.search(r'<details class="hw-filled" markdown="1">\n(.+?)\n</details>', sheets[name].body, re.DOTALL)
    assert example
    assert example.start() < sheets[name].body.index("```yaml form")
    assert "<summary>A filled-in example</summary>" in example[1]
    assert re.search(r"\bmade[ -]up\b", example[1])
    assert example[1].count("\n- **") >= 3


@pytest.mark.parametrize("name", ASKED)
def test_a_sheet_says_what_to_do_when_it_gets_worse_and_what_next(sheets: dict[str, Page], name: str) -> None:
    end = after_the_form(sheets[name])
    worse = re.search(r"^## If it gets (?:worse|too much)\n(.+?)^## ", end, re.MULTILINE | re.DOTALL)
    assert worse
    assert "(../help.md)" in worse[1]
    next_up = end.partition("\n## What to do next\n")[2]
    assert "(../guides/" in next_up
    assert 2 <= next_up.count("](") <= 4


@pytest.mark.parametrize(("name", "words"), CAUTIONS.items(), ids=CAUTIONS.keys())
def test_a_sheet_says_when_not_to_use_it(sheets: dict[str, Page], name: str, words: tuple[str, ...]) -> None:
    text = " ".join(re.sub(r"[*_]", "", before_the_form(sheets[name])).split()).lower()
    assert [each for each in words if each not in text] == []


@pytest.mark.parametrize(("name", "guides"), OFFERED.items(), ids=OFFERED.keys())
def test_links_go_both_ways(library: Library, sheets: dict[str, Page], name: str, guides: tuple[str, ...]) -> None:
    for guide in guides:
        page = library.by_path[f"guides/{guide}.md"]
        assert f"worksheets/{name}.md" in linked(page), guide
    assert f"guides/{guides[0]}.md" in linked(sheets[name])


@pytest.mark.parametrize("name", ASKED)
def test_the_guides_to_read_first_lead_to_the_sheet(library: Library, sheets: dict[str, Page], name: str) -> None:
    first = re.search(r"^To read first: (.+?)\n\n", sheets[name].body, re.MULTILINE | re.DOTALL)
    guides = re.findall(r"\(\.\./(guides/[^)]+)\)", first[1]) if first else []
    assert guides or name == "safety-plan"
    assert [guide for guide in guides if f"worksheets/{name}.md" not in linked(library.by_path[guide])] == []


def test_every_sheet_is_on_the_lists_and_in_the_menu(library: Library) -> None:
    paths = {f"worksheets/{name}.md" for name in ASKED}
    assert paths <= linked(library.by_path["worksheets/index.md"])
    assert paths <= set(addresses(menu_of(CONTENT)))
    assert paths - linked(library.by_path["homework.md"]) == {"worksheets/safety-plan.md"}


def test_a_sheet_says_what_need_it_is_for_and_who_has_not_read_it_yet(sheets: dict[str, Page]) -> None:
    pages = [sheets[name] for name in ASKED]
    assert [page.path for page in pages if not page.front.get("needs")] == []
    assert [page.path for page in pages if "not yet by a clinician" not in page.front.get("reviewed_by", "")] == []
    assert [page.path for page in pages if not page.front.get("sources")] == []


def test_the_sheets_are_clean_without_an_exception(sheets: dict[str, Page]) -> None:
    assert check(CONTENT, CONTENT.parent / "mkdocs.yml").findings == ()
    assert [name for name in ASKED if "reading_level" in sheets[name].front] == []
