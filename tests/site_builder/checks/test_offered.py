"""A form that nobody can find is told: left out, not in the menu, in a comment, or in a file that is no page."""

from __future__ import annotations

from pathlib import Path

import pytest

from site_builder.checks import check

FORM = "```yaml form\nform: mood\nfields: {mood: How is your mood?}\n```\n"
CONFIG = "docs_dir: content\nmarkdown_extensions: [site_builder.extension]\n"


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "index.md").write_text("# Welcome\n")
    return Path("content")


def write(content: Path, name: str, text: str = f"# Mood\n\n{FORM}") -> None:
    (content / name).parent.mkdir(parents=True, exist_ok=True)
    (content / name).write_text(text)


def findings(content: Path, config: str = CONFIG) -> list[str]:
    Path("mkdocs.yml").write_text(config)
    return [
        str(one) for one in check(content, Path("mkdocs.yml")).findings if one.rule in ("form", "offered", "settings")
    ]


def test_a_form_in_the_menu_or_without_a_menu_is_offered(content: Path) -> None:
    write(content, "mood.md")
    assert findings(content) == []
    assert findings(content, f"{CONFIG}nav: [index.md, mood.md]\n") == []
    assert findings(content, f"{CONFIG}nav: [index.md]\nnot_in_nav: /mood.md\n") == []


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("nav: [index.md]\n", "the form 'mood' is on a page that is not in the menu; name the page under 'nav'"),
        ("exclude_docs: mood.md\n", "the form 'mood' is not published: 'exclude_docs' leaves its page out of the site"),
    ],
)
def test_a_form_that_the_settings_hide(content: Path, settings: str, message: str) -> None:
    write(content, "mood.md")
    (line,) = findings(content, CONFIG + settings)
    assert line.startswith(f"content/mood.md:4:7 warning: {message}")


@pytest.mark.parametrize(
    "name",
    ["mood.md.txt", "Mood.MD", "mood.Markdown", "mood.txt", "mood", "mood.md.bak", "mood.md~", "mood.mdx", ".mood.md",
     "mood.html", "templates/mood.md", ".drafts/mood.md", "mood.md.orig"],
)  # fmt: skip
def test_a_file_with_a_form_that_is_no_page(content: Path, name: str) -> None:
    write(content, name)
    (line,) = findings(content)
    assert line.startswith(f"content/{name}:1:1 warning: this file holds a form, and is no page: ")


def test_a_readme_beside_an_index_is_no_page(content: Path) -> None:
    write(content, "README.md")
    (line,) = findings(content)
    assert "its folder is left out, or has an index.md" in line


@pytest.mark.parametrize("name", ["mood.markdown", "mood.mkd"])
def test_every_ending_of_a_page_is_one(content: Path, name: str) -> None:
    write(content, name)
    assert findings(content) == []


@pytest.mark.parametrize("name", ["notes.txt", "picture.svg", "data.yml", "script.js", "long.md.bin"])
def test_a_file_without_a_form_is_left_alone(content: Path, name: str) -> None:
    write(content, name, "Nothing that is a form: here.\n")
    assert findings(content) == []


def test_a_form_file_that_no_page_refers_to(content: Path) -> None:
    write(content, "sleep.yml", "form: sleep\nfields: {slept: How did you sleep?}\n")
    (line,) = findings(content)
    assert line == (
        "content/sleep.yml:1:1 warning: this file holds a form, and no page takes its form from it;"
        " write from: sleep.yml in a block of a page"
    )
    write(content, "sleep.md", "# Sleep\n\n```yaml form\nfrom: sleep.yml\n```\n")
    assert findings(content) == []


@pytest.mark.parametrize("comment", ["<!--\n{form}-->\n", "  <!-- draft\n\n{form}\n-->\n"])
def test_a_form_in_a_comment(content: Path, comment: str) -> None:
    write(content, "mood.md", f"# Mood\n\n{comment.format(form=FORM)}")
    (line,) = findings(content)
    assert "warning: this form stands in a comment, and is not published; take it out" in line


@pytest.mark.parametrize(
    "begin",
    ["<!-- old --> <!-- draft", "A word <!-- draft", "- <!-- draft", "<!-- a --> b <!-- c --> d <!--", "> <!-- x"],
)
def test_a_form_in_a_comment_that_begins_behind_words(content: Path, begin: str) -> None:
    write(content, "mood.md", f"# Mood\n\n{begin}\n\n{FORM}\n-->\n")
    lines = findings(content)
    assert len(lines) == 1
    assert lines[0].startswith(
        "content/mood.md:5:1 this form stands in the comment that begins in line 3, behind other words; begin"
    )


@pytest.mark.parametrize(
    "above",
    ["<!-- old --> words", "A word <!-- a --> more", "Write `<!--` to begin a comment", "Never <!-- ended", "-->"],
)
def test_a_form_below_a_comment_that_has_ended(content: Path, above: str) -> None:
    write(content, "mood.md", f"# Mood\n\n{above}\n\n{FORM}")
    assert findings(content) == []


def test_settings_without_the_extension(content: Path) -> None:
    write(content, "mood.md")
    (line,) = findings(content, "docs_dir: content\nmarkdown_extensions:\n  - tables\n")
    assert line == (
        "mkdocs.yml:3:3 'site_builder.extension' is not among 'markdown_extensions', and forms are not read without"
        " it; add the line '- site_builder.extension' there"
    )
    assert findings(content, "docs_dir: content\n")[0].startswith(
        "mkdocs.yml:1:1 'site_builder.extension' is not among"
    )
    for extensions in ("[site_builder.extension]", "{site_builder.extension: {}}", "[{site_builder.extension: {}}]"):
        assert findings(content, f"docs_dir: content\nmarkdown_extensions: {extensions}\n") == []
    assert findings(content, "INHERIT: base.yml\ndocs_dir: content\n") == []
