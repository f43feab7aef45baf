"""Each need has a page with a short path, and every list of pages is made from what the pages say they are for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from site_builder.checks import check
from site_builder.content.library import Library, read_library
from site_builder.content.mkdocs_settings import read_site
from site_builder.content.page_lists import find_lists, listed, missed_lists, need_pages, needs_of
from site_builder.publishing.build import build
from site_builder.publishing.page_lists import with_lists

CONTENT = Path(__file__).parents[2] / "content"
NEEDS = ("I worry a lot", "I avoid things", "I cannot sleep", "I feel numb", "My feelings are too big")
SETTINGS = """site_name: Elm Street
docs_dir: content
nav: [index.md, help.md, guides/b.md, guides/a.md, needs/worry.md]
markdown_extensions: [{site_builder.extension: {content: content}}, md_in_html]
extra: {clinic: {phone: "112", hours: Always}}
"""


@pytest.fixture(scope="module")
def library() -> Library:
    return read_library(CONTENT)


@pytest.fixture
def clinic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for folder in ("needs", "guides"):
        (tmp_path / "content" / folder).mkdir(parents=True)
    (tmp_path / "mkdocs.yml").write_text(SETTINGS)
    (tmp_path / "content/index.md").write_text("# Welcome\n\n```pages\nin: needs\n```\n")
    (tmp_path / "content/help.md").write_text("# Help\n\nCall 112.\n")
    (tmp_path / "content/needs/worry.md").write_text("# I worry\n\n```pages\nin: guides\nneed: I worry\n```\n")
    for name in "ab":
        front = 'author: Dr Alice\nreviewed: "2026-03-09"\nsources: ["Beck AT. CBT. 1979."]\nneeds: [I worry]\n'
        (tmp_path / f"content/guides/{name}.md").write_text(
            f"---\ntitle: '{name} *&* <b>'\ndescription: Why.\n{front}---\n\nText.\n"
        )
    return tmp_path / "content"


def findings(content: Path) -> list[str]:
    report = check(content.relative_to(Path.cwd()), Path("mkdocs.yml"))
    return [str(finding) for finding in report.findings if finding.rule == "needs"]


def test_every_need_has_its_page_in_the_order_of_the_menu(library: Library) -> None:
    site = read_site(CONTENT.parent / "mkdocs.yml", CONTENT)
    (needs,) = find_lists(library.by_path["index.md"].body)
    assert tuple(page.title for page in listed(needs, library, site, "index.md")) == NEEDS


@pytest.mark.parametrize("need", NEEDS)
def test_a_need_has_a_short_path_of_pages_that_are_for_it(library: Library, need: str) -> None:
    (page,) = (page for page in need_pages(library) if page.title == need)
    path = re.findall(r"^- \[\*\*(Read|Try|Note): .+\]\(\.\./(.+)\)$", page.body, re.MULTILINE)
    assert [step for step, _ in path] == ["Read", "Try", "Note"]
    pages = [library.by_path[target] for _, target in path]
    assert [page.path for page in pages if need not in needs_of(page)] == []
    assert pages[0].path.startswith("guides/")
    assert pages[1].practice or pages[1].form
    assert pages[2].form


@pytest.mark.parametrize("page", ["index.md", "homework.md", "guides/index.md", "worksheets/index.md"])
def test_one_list_of_needs_feeds_every_page_that_shows_it(library: Library, page: str) -> None:
    lists = find_lists(library.by_path[page].body)
    assert [each.option("in") for each in lists].count("needs") == 1


def test_everybody_has_a_path_without_the_safety_plan(library: Library) -> None:
    for page in need_pages(library):
        for each in find_lists(page.body):
            assert "worksheets/safety-plan.md" not in {other.path for other in listed(each, library, library.site)}


def test_a_list_has_title_and_description_in_the_order_of_the_menu(clinic: Path) -> None:
    assert findings(clinic) == []
    build(Path("mkdocs.yml"), Path("site"))
    html = Path("site/needs/worry/index.html").read_text("utf-8")
    rows = re.findall(r'<a href="([^"]+)"><strong>(.+?)</strong> (.+?)</a>', html)
    assert rows == [(f"../../guides/{name}/", f"{name} *&amp;* &lt;b&gt;", "Why") for name in "ba"]
    assert 'href="needs/worry/"><strong>I worry</strong>' in Path("site/index.html").read_text("utf-8")


def test_a_list_leaves_out_what_the_page_links_to_by_itself(clinic: Path) -> None:
    page = clinic / "needs/worry.md"
    page.write_text(page.read_text() + "\n[First](../guides/b.md)\n")
    body = with_lists(page.read_text(), read_library(clinic), "needs/worry.md")
    assert "a.md>" in body
    assert "b.md>" not in body


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ("in: guides\nneed: I wory", "no page in 'needs' has the title 'I wory'; did you mean 'I worry'?"),
        ("in: guide", "there is no folder 'guide'; did you mean 'guides'?"),
        ("inn: guides", "a list of pages has no option 'inn'; did you mean 'in'?"),
        ("", "this list does not say which pages; write a line like in: worksheets"),
        ("in: needs\nneed: I worry", "no page belongs to this list; delete it, or name the need in a page's 'needs'"),
    ],
)
def test_a_list_that_cannot_be_made_is_a_mistake(clinic: Path, block: str, message: str) -> None:
    (clinic / "help.md").write_text(f"# Help\n\nCall 112.\n\n```pages\n{block}\n```\n")
    (finding,) = findings(clinic)
    assert finding.startswith("content/help.md:")
    assert finding.endswith(message)


def test_an_unknown_need_is_a_mistake_and_one_without_pages_a_warning(clinic: Path) -> None:
    for name in "ab":
        guide = clinic / f"guides/{name}.md"
        guide.write_text(guide.read_text().replace("[I worry]", "[i worry alot]"))
    (clinic / "needs/worry.md").write_text("# I worry\n")
    wanted = "no page in 'needs' has the title 'i worry alot'; did you mean 'I worry'?"
    first, second, third = findings(clinic)
    assert [first, second] == [f"content/guides/{name}.md:7:1 {wanted}" for name in "ab"]
    assert third.startswith("content/needs/worry.md:1:1 warning: no page is for the need 'I worry'")


def test_without_pages_of_needs_the_words_are_free(clinic: Path) -> None:
    (clinic / "needs/worry.md").unlink()
    (clinic / "index.md").write_text("# Welcome\n")
    assert findings(clinic) == []


@pytest.mark.parametrize(
    "start", ["```Pages", "```pages list", "    ```pages", "> ```pages", "- ```pages", "```page", "~~~ list"]
)
def test_a_list_that_would_be_shown_as_code_is_a_mistake(clinic: Path, start: str) -> None:
    (clinic / "help.md").write_text(f"# Help\n\nCall 112.\n\n{start}\nin: guides\n```\n")
    wanted = "content/help.md:5:1 this block is shown as code; for a list of pages, begin the line with ```pages"
    assert findings(clinic) == [wanted]


def test_a_list_in_another_fence_is_an_example(clinic: Path) -> None:
    example = "````markdown\n```pages\nin: nowhere\n```\n````\n"
    assert [*find_lists(example), *missed_lists(example)] == []
