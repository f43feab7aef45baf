"""Front matter: author, date of review, sources, and mistyped names."""

from __future__ import annotations

import datetime

import pytest
from mkdocs.utils.meta import get_data

from site_builder.content.front_matter import split_front
from tests.site_builder.checks.conftest import FRONT, CheckPage

TODAY = datetime.datetime.now(datetime.UTC).date()
LIKE = 'write it as year-month-day, like reviewed: "2026-03-09"'


def test_a_guide_needs_its_author_review_date_and_sources(check_page: CheckPage) -> None:
    assert check_page("# Rest\n", "guides/rest.md") == [
        "1:1 this guide does not say its 'author'; add a line like author: Dr Jo Example",
        "1:1 this guide does not say its 'reviewed'; add a line like reviewed: \"2026-03-09\", "
        "the day when a clinician last read it through",
        "1:1 this guide does not say its 'sources'; add a line sources: and below it, further in, one line like "
        '- "Beck AT. Cognitive Therapy. 1979."',
    ]


def test_a_mistake_in_a_form_does_not_hide_missing_front_matter(check_page: CheckPage) -> None:
    form = "```yaml form\nform: rest\nfields: {a: {ask: What?, type: raiting}}\n```\n"
    assert [line.split()[0] for line in check_page(f"# Rest\n\n{form}", "guides/rest.md")] == [
        "1:1",
        "1:1",
        "1:1",
        "5:32",
    ]


def test_unreadable_front_matter_is_the_only_mistake_reported(check_page: CheckPage) -> None:
    assert len(check_page("---\ntitle: A: B\n---\n\nWords.\n", "guides/rest.md")) == 1


@pytest.mark.parametrize("page", ["guides/index.md", "worksheets/rest.md", "rest.md"])
def test_other_pages_need_none_of_these(check_page: CheckPage, page: str) -> None:
    assert check_page("# Rest\n", page) == []


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ('reviewed: "2026-13-09"', f"'2026-13-09' is not a day; {LIKE}"),
        ("reviewed: March 2026", f"'March 2026' is not a day; {LIKE}"),
        ("reviewed: 09.03.2026", f"'09.03.2026' is not a day; {LIKE}"),
        ("reviewed: 2999-01-01", f"'2999-01-01' has not come yet; {LIKE}"),
        ("reviewed: 2020-01-31", "warning: this page was last read through on 2020-01-31, more than three years ago; "
         "have a clinician read it, and write the new day here"),
        ("reviewd: 2026-03-09", "warning: 'reviewd' means nothing above a page; did you mean 'reviewed'?"),
        ("sources: Beck 1979", "'sources' has to be a list; write each on a line of its own below it, further in: "
         '- "Beck AT. Cognitive Therapy. 1979."'),
        ("reading_level: 9", "a 'reading_level' of its own needs a reason; add a line like "
         "reading_reason: the names of medicines cannot be made shorter"),
        ("reading_level: high\nreading_reason: names", "'reading_level' has to be a school grade from 1 to 18, "
         "not 'high'; write it in figures, like reading_level: 9"),
    ],
)  # fmt: skip
def test_invalid_front_matter_is_reported_at_its_line(check_page: CheckPage, written: str, message: str) -> None:
    assert check_page(f"---\ntitle: Rest\n{written}\n---\n\nWords.\n") == [f"3:1 {message}"]


def test_a_mistyped_name_that_a_guide_needs_is_a_mistake(check_page: CheckPage) -> None:
    assert check_page(FRONT.replace("author", "auhtor") + "# Rest\n", "guides/rest.md") == [
        "2:1 'auhtor' means nothing above a page; did you mean 'author'?"
    ]


@pytest.mark.parametrize(
    "written", [f"reviewed: {TODAY}", f'reviewed: "{TODAY}"', "plugin_of_mine: yes", "hide: [toc]"]
)
def test_valid_and_unknown_names_are_accepted(check_page: CheckPage, written: str) -> None:
    assert check_page(f"---\ntitle: Rest\n{written}\n---\n\nWords.\n") == []


def test_every_page_has_a_title(check_page: CheckPage) -> None:
    assert check_page("## Only this\n") == ["1:1 this page has no title; start it with a line like # Calming the body"]
    assert check_page("<h1>Rest</h1>\n") == []


@pytest.mark.parametrize(
    "text",
    [
        "", "# A\n", "\n\n# A", "   \nfoo", "---\ntitle: A\n---\n\n# B\n", "---\ntitle: A: B\n---\n\n# B\n",
        "Title: A\nAuthor: B\n\nText", "---\n---\ntext\n", "---\n- a\n---\n# x", "---\ntitle: x\n...\nfoo",
        "---\ntitle: A\n\n# T", "---\na: 2026-13-45\n---\nx\n", "---\na: !foo b\n---\nx\n", "  ind: x\ny",
    ],
)  # fmt: skip
def test_a_page_is_split_as_mkdocs_splits_it(text: str) -> None:
    assert split_front(text) == get_data(text)


@pytest.mark.parametrize("head", ["title: Calm: a guide", "reading-level: 3: 4", "'title': [a", "title: *a", "a: b: c"])
def test_unreadable_front_matter_of_a_guide_is_one_mistake(check_page: CheckPage, head: str) -> None:
    (message,) = check_page(f"---\n# made by Jo\n{head}\n---\nWords.\n", "guides/a.md")
    assert message.startswith("3:")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "---\ntitle\u00a0: Rest\n---\n\nWords.\n",
            "2:6 there is a no-break space (U+00A0), which cannot be seen, in 't",
        ),
        ("---\nt\u0456tle: Rest\n---\n\nWords.\n", "2:2 the '\u0456' here is a Cyrillic small letter byelorussian-ukr"),
        ("---\ntitle: '\u200b\u00ad'\n---\n\nWords.\n", "2:1 this page has no title; it has only a zero width space"),
        ("# \u200b\n", "1:1 this page has no title; it has only a zero width space (U+200B), which cannot be seen; st"),
        ('---\ntitle: "Re\\0st"\n---\n\nWords.\n', "2:1 there is a null character (U+0000) in the title, which cann"),
        ("# Re\x00st\n", "1:1 there is a null character (U+0000) in the title, which cannot be seen; delete it"),
        (
            "# Re\u202est\n",
            "1:1 there is a right-to-left override (U+202E) in the title, which cannot be seen; delete it",
        ),
    ],
)
def test_a_title_can_be_seen_and_so_can_its_signs(check_page: CheckPage, text: str, message: str) -> None:
    (reported,) = check_page(text)
    assert reported.startswith(message)


@pytest.mark.parametrize(
    "title", ["Pourquoi\u00a0?", "می\u200cخواهم", "שלום\u200f!", "Selbst\u00adwert", "👨\u200d👩\u200d👧 at home"]
)
def test_signs_that_a_language_needs_are_fine_in_a_title(check_page: CheckPage, title: str) -> None:
    assert check_page(f"# {title}\n") == []
