"""Rendered pages with forms: the form in its place, or its mistakes, and never raw YAML."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import markdown
import pytest

from site_builder.content.library import read_library
from site_builder.forms.model.errors import FormErrors
from site_builder.publishing.extension import UnknownOption, base_path

PAGE = """# Thought record

Before the form.

```yaml form
form: thought-record
title: What happened
fields: {situation: What was happening?}
```

Between *the* parts.

- a list

```yaml form
fields: {thought: What went through your mind?}
```

After the form.
"""

ALERTING = """```yaml form
form: abc
alerts: [{label: X, when: {low: yes}}]
fields: {low: {ask: Low?, type: yes no}}
```
"""


def convert(text: str, *others: str, **options: Any) -> str:
    return markdown.markdown(
        text,
        extensions=["site_builder.extension", *others],
        extension_configs={"site_builder.extension": options},
    )


class Nesting(HTMLParser):
    """Fails when an element is closed that is not the innermost open one."""

    VOID = frozenset(("input", "br", "img", "hr", "meta", "link"))

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag


def shape(html: str) -> str:
    """Return only the positions of the form's parts and of the prose."""
    nesting = Nesting()
    nesting.feed(html)
    assert not nesting.open
    tokens = re.findall(r'<(?:h1|form|p>|ul|/form|div class="hw-step"|section|/section|div class="hw-actions")', html)
    return " ".join(re.sub(r'[<>]|div class=|"', "", token) for token in tokens)


SHAPE = "h1 p form hw-step section /section hw-step p ul section /section hw-actions /form p"


@pytest.mark.parametrize(
    "others",
    [
        (),
        ("fenced_code",),
        ("pymdownx.superfences",),
        ("tables", "attr_list", "md_in_html", "admonition", "toc", "footnotes"),
        ("pymdownx.superfences", "pymdownx.highlight", "pymdownx.snippets", "pymdownx.tabbed", "md_in_html"),
    ],
    ids=" ".join,
)
def test_prose_between_the_blocks_is_inside_the_form(others: tuple[str, ...]) -> None:
    html = convert(PAGE, *others)
    assert shape(html) == SHAPE
    assert "Between <em>the</em> parts." in html
    assert "yaml" not in html
    assert "fields:" not in html


def test_a_form_right_after_a_list_or_a_paragraph_is_an_element_of_its_own() -> None:
    html = convert(PAGE.replace("\n\n```yaml", "\n```yaml").replace("```\n\n", "```\n"))
    assert shape(html) == SHAPE


def test_tilde_fences_and_windows_line_ends_work() -> None:
    assert shape(convert(PAGE.replace("```", "~~~").replace("\n", "\r\n"))) == SHAPE


def test_a_form_in_one_block() -> None:
    html = convert("```yaml form\nform: abc\nfields: {a: What?}\n```")
    assert shape(html) == "form hw-step section /section hw-actions /form"


@pytest.mark.parametrize("others", [(), ("fenced_code",), ("pymdownx.superfences",)], ids=" ".join)
def test_an_example_stays_an_example(others: tuple[str, ...]) -> None:
    html = convert("````markdown\n```yaml form\nform: abc\nfields: {a: What?}\n```\n````\n", *others)
    assert "<form" not in html
    assert "form: abc" in re.sub(r"<[^>]*>", "", html)


def test_a_page_without_forms_is_left_alone() -> None:
    text = "# Title\n\n```python\nx = 1\n```\n\nWords."
    assert convert(text, "fenced_code") == markdown.markdown(text, extensions=["fenced_code"])


@pytest.mark.parametrize(
    ("site_url", "action"),
    [
        ("", "/forms/abc"),
        ("https://example.org", "/forms/abc"),
        ("https://example.org/", "/forms/abc"),
        ("https://example.org/home/clinic", "/home/clinic/forms/abc"),
    ],
)
def test_the_form_is_sent_below_the_path_of_the_site(site_url: str, action: str) -> None:
    html = convert("```yaml form\nform: abc\nfields: {a: What?}\n```", site_url=site_url)
    assert f'action="{action}"' in html
    assert action.startswith(base_path(site_url))


def test_a_form_with_alerts_contains_the_clinics_help() -> None:
    assert '<template class="hw-help"><p>Call <strong>us</strong>.</p></template>' in convert(
        ALERTING, help="Call **us**."
    )
    assert "hw-help" not in convert(PAGE, help="Call **us**.")


def test_wording_is_shown_as_text() -> None:
    html = convert("```yaml form\nform: abc\nfields: {a: '<script>alert(1)</script> *you*'}\n```")
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; <em>you</em>" in html


# --- mistakes

BROKEN = "# Title\n\n```yaml form\nform: abc\nfields:\n  a: {ask: <b>What?, type: raiting}\n  client: Who?\n```\n"


def test_a_mistake_stops_the_page_with_all_messages() -> None:
    with pytest.raises(FormErrors) as caught:
        convert(BROKEN)
    assert str(caught.value) == (
        "this page:6:28 'raiting' is not an answer type; did you mean 'rating'?\n"
        "this page:7:3 'client' is a name that every table has already; choose another name"
    )


def test_a_mistake_can_be_shown_with_the_lines_around_it() -> None:
    html = convert(BROKEN + "\nMore.\n", on_mistake="show")
    assert "<form" not in html
    assert "<p class=\"hw-mistakes__problem\">'raiting' is not an answer type.</p>" in html
    assert "<p>Did you mean 'rating'?</p>" in html
    assert "this page, line 6, column 28" in html
    assert "<strong>    6 |   a: {ask: &lt;b&gt;What?, type: raiting}</strong>\n" in html
    assert f"{' ' * 6}| {' ' * 27}^</span>\n" in html
    assert "<p>More.</p>" in html


@pytest.mark.parametrize(
    "text",
    [
        "- A list\n\n    ```yaml form\n    form: abc\n    fields: {a: What?}\n    ```\n",
        "> ```yaml form\n> form: abc\n> fields: {a: What?}\n> ```\n",
        '!!! note "A box"\n\n    ```yaml form\n    form: abc\n    fields: {a: What?}\n    ```\n',
        "```yaml from\nform: abc\nfields: {a: What?}\n```\n",
        "```yaml\nform: abc\nfields:\n  a: What?\n```\n",
        "``yaml form\nform: abc\nfields: {a: What?}\n``\n",
        "```yaml form\nform: abc\nfields: {a: What?}\n",
        "```yaml form\n```\n",
    ],
)
@pytest.mark.parametrize("others", [("fenced_code",), ("pymdownx.superfences",)], ids=" ".join)
def test_no_page_shows_raw_yaml(text: str, others: tuple[str, ...]) -> None:
    with pytest.raises(FormErrors):
        convert(text, "admonition", *others)
    shown = convert(text, "admonition", *others, on_mistake="show")
    assert re.search(r"This page has (a mistake|\d mistakes)", shown)
    assert "form: abc" not in re.sub(r"<pre.*?</pre>", "", shown, flags=re.DOTALL)


def test_a_form_from_an_included_file_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "part.md").write_text("```yaml form\nform: abc\nfields: {a: What?}\n```\n")
    options = {"pymdownx.snippets": {"base_path": [str(tmp_path)]}}
    extensions = ["site_builder.extension", "pymdownx.snippets"]
    with pytest.raises(FormErrors, match="a form cannot be included from another file"):
        markdown.markdown('# Title\n\n--8<-- "part.md"\n', extensions=extensions, extension_configs=options)
    shown = markdown.markdown(
        '--8<-- "part.md"\n',
        extensions=extensions,
        extension_configs=options | {"site_builder.extension": {"on_mistake": "show"}},
    )
    assert "cannot be included" in shown


# --- with the library

FRONT = "---\ntitle: The title of the page\n---\n\n"


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "content"
    folder.mkdir()
    return folder


def test_a_page_is_recognised_by_its_body_and_its_form_has_the_pages_title(content: Path) -> None:
    (content / "record.md").write_text(FRONT + PAGE)
    (form,) = read_library(content).forms
    assert form.title == "The title of the page"
    assert f'name="_definition" value="{form.hash}"' in convert(PAGE, content="content")


def test_mistakes_name_the_file_and_the_line_below_the_front_matter(content: Path) -> None:
    (content / "broken.md").write_text(FRONT + BROKEN)
    with pytest.raises(FormErrors, match=r"^content/broken.md:10:28 'raiting'"):
        convert(BROKEN, content="content")
    assert "   10 |   a: {ask: &lt;b&gt;What?" in convert(BROKEN, content="content", on_mistake="show")


def test_an_edited_page_is_recognised_by_the_extension(content: Path) -> None:
    page = content / "record.md"
    page.write_text(FRONT + PAGE)
    convert(PAGE, content="content")
    edited = PAGE.replace("What happened", "What went on")
    page.write_text(FRONT + edited)
    html = convert(edited, content="content")
    (form,) = read_library(content).forms
    assert "What went on" in html
    assert form.hash in html


def test_a_clash_between_pages_stops_the_page_that_causes_it(content: Path) -> None:
    (content / "a.md").write_text(PAGE)
    (content / "b.md").write_text(PAGE + "\nOther words.\n")
    with pytest.raises(FormErrors, match=r"content/b.md:6:7 the form 'thought-record' is on content/a.md"):
        convert(PAGE + "\nOther words.\n", content="content")


def test_a_page_outside_the_library_is_read_directly(content: Path) -> None:
    (content / "a.md").write_text("# Other\n")
    assert shape(convert(PAGE, content="content")) == SHAPE


@pytest.mark.parametrize("options", [{"on_mistake": "ignore"}, {"content": "nowhere"}])
def test_an_option_that_cannot_work_is_refused(options: dict[str, str]) -> None:
    with pytest.raises(UnknownOption):
        convert("# Title", **options)


def test_a_mistake_in_the_front_matter_shows_its_lines(content: Path) -> None:
    page = content / "broken.md"
    page.write_text("---\ntitle: [a\n---\n\n" + PAGE)
    html = convert(page.read_text(), content="content", on_mistake="show")
    assert "<strong>    2 | title: [a</strong>" in html
    assert "<form" not in html


def test_the_mark_is_under_its_letter_in_a_line_with_tabs(content: Path) -> None:
    (content / "broken.md").write_text(
        text := "# T\n\n```yaml form\nform: abc\nfields: {a:\t{type: raiting, ask: A?}}\n```\n"
    )
    html = convert(text, content="content", on_mistake="show")
    (mark,) = re.findall(r"\| ([ \t]+)\^</span>", html)
    assert mark == " " * 11 + "\t" + " " * 7


# --- examples


def example(text: str) -> str:
    return f"````markdown form example\n{text}````\n"


ALL_EXTENSIONS = ("fenced_code", "tables", "attr_list", "md_in_html", "admonition", "toc")


@pytest.mark.parametrize("others", [(), ALL_EXTENSIONS, ("pymdownx.superfences",)], ids=" ".join)
def test_an_example_is_shown_beside_its_source(others: tuple[str, ...]) -> None:
    html = convert(f"# Handbook\n\n{example(PAGE)}\nWords.\n", *others)
    assert shape(html) == "h1 p form hw-step section /section hw-step p ul section /section /form p p"
    source = re.search(r'<pre class="hw-example__source"[^>]*>(.*?)</pre>', html, flags=re.DOTALL)
    assert source is not None
    assert source[1] == PAGE.rstrip("\n")
    assert '<p class="hw-example__title">Thought record</p>' in html


def test_an_example_cannot_be_sent() -> None:
    html = convert(example(ALERTING), help="Call **us**.")
    assert 'method="dialog"' in html
    assert "data-example" in html
    assert "An example: nothing is sent." in html
    for word in ("action=", "_definition", "<button", "hw-help"):
        assert word not in html


def test_no_two_examples_share_an_id() -> None:
    html = convert(PAGE + "\n" + example(PAGE) + "\n" + example(PAGE))
    ids = re.findall(r' id="([^"]*)"', html)
    assert len(ids) == len(set(ids))
    assert html.count("<form") == 3
    assert html.count("action=") == 1


def test_a_mistake_in_an_example_stops_the_page_at_its_place() -> None:
    with pytest.raises(FormErrors, match=r"^this page:8:28 'raiting' is not an answer type.*\nthis page:9:3 'client'"):
        convert("Words.\n\n" + example(BROKEN.replace("# Title\n\n", "# Title\n")) + "\n", "toc")
    shown = convert(example(BROKEN), on_mistake="show")
    assert "This page has 2 mistakes" in shown
    assert "<form" not in shown


def test_an_example_without_a_form_is_a_mistake() -> None:
    with pytest.raises(FormErrors, match=r"this page:2:1 this example shows no form; put a form into it"):
        convert(example("# Only words\n"))


def test_the_library_reports_mistakes_in_examples_and_publishes_none(content: Path) -> None:
    (content / "a.md").write_text(FRONT + PAGE)
    (content / "b.md").write_text(FRONT + example(PAGE))  # the same form: an example does not use up its id
    (content / "c.md").write_text(FRONT + example(BROKEN))
    library = read_library(Path("content"))
    assert [form.id for form in library.forms] == ["thought-record"]
    assert [len(page.examples) for page in library.pages] == [0, 1, 0]
    assert [str(error.source) for error in library.errors] == ["content/c.md:11:28", "content/c.md:12:3"]
    with pytest.raises(FormErrors, match=r"^content/c.md:11:28 'raiting'"):
        convert(example(BROKEN), content="content")
