# ruff: noqa: E501 (a message stands whole beside the text that it is about)
"""Links that lead nowhere: place, problem and suggestion."""

from __future__ import annotations

from pathlib import Path

import pytest

from site_builder.checks import check
from tests.site_builder.checks.conftest import CheckPage


def at_mark(text: str) -> tuple[str, str]:
    """Return a text without its mark, and the place of the mark when a heading is put above."""
    line, column = text[: text.index("«")].count("\n") + 1, text.index("«") - text.rfind("\n", 0, text.index("«"))
    return text.replace("«", ""), f"{line + 2}:{column}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("See «[why](guides/why-practise.md).", "there is no page 'guides/why-practise.md'; did you mean guides/why-practice.md?"),
        ("See «[why](why-practice.md).", "there is no page 'why-practice.md'; did you mean guides/why-practice.md?"),
        ("See «[why](guides/why-practice/).", "there is no page 'guides/why-practice/'; did you mean guides/why-practice.md?"),
        ("See «[why](guides/why-practice.html).", "there is no page 'guides/why-practice.html'; did you mean guides/why-practice.md?"),
        ("One line,\nthen «[xyz](q/xyz.md).", "there is no page 'q/xyz.md'; check the name; it is looked for at q/xyz.md"),
        ("«[a leaflet](leaflet.pdf)", "there is no file 'leaflet.pdf'; check the name; it is looked for at leaflet.pdf"),
        ("«[why](guides/why-practice.md#make-it-smal)", "there is no heading or id '#make-it-smal' on 'guides/why-practice.md'; did you mean #make-it-small?"),
        ("«[below](#beloww)\n\n## Below", "there is no heading or id '#beloww' on this page; did you mean #below?"),
        ("«[why](/guides/why-practice/)", "the address '/guides/why-practice/' starts with a slash, and is not followed to a page; write guides/why-practice.md"),
        ("«[up](../secret.md)", "'../secret.md' leads out of the content"),
        ("«[x]()", "this link has no address; write it between the round brackets"),
        ("«[x](htp://example.org)", "'htp:' starts no address; did you mean http://example.org?"),
        ("«[x](javascript:alert)", "'javascript:' starts no address; use http, https, mailto, tel or sms"),
        ("«[x](https:/example.org)", "the address 'https:/example.org' names no site; write it like https://example.org/"),
        ("«[x](www.example.org)", "the address 'www.example.org' does not say https:; write https://www.example.org"),
        ("«[x](https://example.org/a b)", "there is a space in the address 'https://example.org/a b'; write %20 for it, or take it out of the file's name"),
        ("«[x](my page.md)", "there is a space in the address 'my page.md'; write %20 for it, or take it out of the file's name"),
        ("«[why] (guides/why-practice.md)", "there is a space between the words of this link and its address; write [words](guides/why-practice.md)"),
        ("(why)«[guides/why-practice.md]", "the brackets of this link are the wrong way round; write [words](guides/why-practice.md)"),
        ("«[why][practice]", "there is no address for '[practice]'; write [words](address), or add a line like [practice]: address"),
        ("«[why][w]\n\n[w]: guides/why-practise.md", "there is no page 'guides/why-practise.md'; did you mean guides/why-practice.md?"),
        ("«![A stair](pictures/stairs.svg)", "there is no picture 'pictures/stairs.svg'; did you mean pictures/stair.svg?"),
        ("<p>See «<a href=\"nowhere/\">this</a></p>", "there is nothing at 'nowhere/'; write it as [words](page.md)"),
        ("<p>\n  «<a href=\"guides/why-practice.md\">this</a></p>", "in HTML, a link to 'guides/why-practice.md' is not followed to a page; write [words](guides/why-practice.md)"),
        ("- one\n    - «[xyz](xyz.md)", "there is no page 'xyz.md'; check the name; it is looked for at xyz.md"),
        ("> «[xyz](xyz.md)", "there is no page 'xyz.md'; check the name; it is looked for at xyz.md"),
        ("| a | b |\n| - | - |\n| c | «[xyz](xyz.md) |", "there is no page 'xyz.md'; check the name; it is looked for at xyz.md"),
        ("!!! note\n\n    Look: «[xyz](xyz.md)", "there is no page 'xyz.md'; check the name; it is looked for at xyz.md"),
        ("<div markdown>\n- «[xyz](xyz.md)\n</div>", "there is no page 'xyz.md'; check the name; it is looked for at xyz.md"),
        ("```yaml form\nform: abc\nfields:\n  a:\n    ask: What?\n    hint: «See [xyz](xyz.md) first.\n```", "the link to 'xyz.md' cannot stand in a question; write the whole address (https://…), or put the link into the text around the form"),
        ("```yaml form\nform: abc\nwhy: >-\n  It helps. See\n  «[xyz](xyz.md).\nfields: {a: What?}\n```", "there is no page 'xyz.md'; check the name; it is looked for at xyz.md"),
    ],
)  # fmt: skip
def test_a_link_that_leads_nowhere_is_reported_with_its_place(check_page: CheckPage, text: str, message: str) -> None:
    text, place = at_mark(text)
    reported = [line for line in check_page(f"# Page\n\n{text}\n") if "is shown as it stands" not in line]
    assert reported == [f"{place} {message}"]


@pytest.mark.parametrize(
    "text",
    [
        "[a](guides/why-practice.md) [b](guides/why-practice.md#make-it-small) [c](#page) [d](page.md?x#page)",
        "[phone](tel:911) [mail](mailto:a@example.org) <https://example.org> [web](https://example.org/a?b=c#d)",
        "![A stair](pictures/stair.svg) [picture](pictures/stair.svg) ![dot](data:image/png;base64,iVBO)",
        "`[a](nowhere.md)`\n\n```\n[b](nowhere.md)\n```\n\n    [c](nowhere.md)\n\n<!-- [d](nowhere.md)\n\n[e](nowhere.md) -->",
        "~~~~ markdown\n```yaml form\n[a](nowhere.md)\n```\n~~~~",
        "<p>[no Markdown here](nowhere.md)</p>",
        "\\[a](nowhere.md) and [just brackets] and [ ] and [1]",
        '<a href="../open">a code</a> <a href="../guides/why-practice/#make-it-small">why</a> <a href="#page">up</a>',
        "[a][why] and [why]\n\n[why]: guides/why-practice.md 'Why'",
        "## Own {#mine}\n\n[a](#mine) [b](#para) [c](#span)\n\nWords.\n{: #para }\n\n<span id='span'>x</span>",
        "```yaml form\nform: abc\nfields: {a: 'See [why](https://example.org/why).'}\n```",
    ],
)
def test_working_links_and_text_that_is_no_link_are_accepted(check_page: CheckPage, text: str) -> None:
    assert check_page(f"# Page\n\n{text}\n") == []


def test_a_link_to_a_name_that_no_file_can_have_is_a_mistake(check_page: CheckPage) -> None:
    long = "x" * 300
    text = f"# Page\n\n[a]({long}.md)\n\n![b]({long}.png)\n\n<a href='{long}/'>c</a> <img src='{long}' alt=''>\n"
    messages = check_page(text, config=f"nav: [{long}.md]\n")
    assert [message.partition(" ")[0] for message in messages] == ["3:1", "5:1", "7:1", "7:319", "mkdocs.yml:2:7"]


def test_a_link_to_an_excluded_page_is_a_mistake(check_page: CheckPage, clinic: Path) -> None:
    (clinic / "content/drafts").mkdir()
    (clinic / "content/drafts/new.md").write_text("# New\n")
    assert check_page("# Page\n\n[new](drafts/new.md)\n", config="exclude_docs: drafts/\n") == [
        "3:1 the page 'drafts/new.md' is left out of the site; link to another page, or change 'exclude_docs'"
    ]
    (clinic / "content/.hidden.md").write_text("# Hidden\n")
    assert check_page("# Page\n\n[new](.hidden.md)\n") == [
        "3:1 the page '.hidden.md' is left out of the site; give the file another name, or move it"
    ]


def test_an_entry_of_the_menu_without_a_page_is_reported(check_page: CheckPage) -> None:
    config = "nav:\n  - index.md\n  - Guides:\n      - Why: guides/why-practise.md\n      - https://example.org/\n"
    assert check_page("# Page\n", config=config) == [
        "mkdocs.yml:5:14 the menu names 'guides/why-practise.md', and there is no such page; "
        "did you mean guides/why-practice.md?"
    ]


def test_the_menu_of_another_folder_is_ignored(check_page: CheckPage, clinic: Path) -> None:
    check_page("# Page\n")
    (clinic / "mkdocs.yml").write_text("docs_dir: elsewhere\nnav: [nowhere.md]\n")
    assert check(Path("content"), Path("mkdocs.yml")).findings == ()


def test_columns_are_those_of_the_file_below_front_matter(check_page: CheckPage) -> None:
    assert check_page("---\ntitle: Page\n---\n\n\nWords, and [xyz](xyz.md)\n")[0].startswith("6:12 ")
