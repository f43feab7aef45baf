"""The content folder as a whole: pages, titles, addresses, forms, and the mistakes of the site."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from mkdocs.structure.files import File

from site_builder.checks import NoContent, check
from site_builder.content.library import heading_of, library_of, read_library, url_of

FORM = "```yaml form\nform: {id}\nfields: {{a: What?}}\n```\n"

NO_LOCK = "; there is no forms.lock to compare the forms with"


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "content"
    folder.mkdir()
    return Path("content")


def write(content: Path, path: str, text: str) -> None:
    (content / path).parent.mkdir(parents=True, exist_ok=True)
    (content / path).write_text(text, "utf-8")


def messages(content: Path) -> list[str]:
    return [str(error) for error in read_library(content).errors]


def test_a_page_has_its_path_title_address_and_form(content: Path) -> None:
    write(content, "worksheets/abc.md", "---\ntitle: ABC\nauthor: Alice\n---\n\n# Other\n\n" + FORM.format(id="abc"))
    write(content, "index.md", "# Welcome\n")
    index, page = read_library(content).pages
    assert (index.path, index.url, index.title, index.form) == ("index.md", "./", "Welcome", None)
    assert (page.path, page.url, page.title) == ("worksheets/abc.md", "worksheets/abc/", "ABC")
    assert page.front["author"] == "Alice"
    assert page.form is not None
    assert (page.form.id, page.form.title) == ("abc", "ABC")


@pytest.mark.parametrize(
    ("body", "heading"),
    [
        ("# Thought record\n", "Thought record"),
        ("Words first.\n\n# *Thought* record {#top}\n", "Thought record"),
        ("Thought record\n==============\n", "Thought record"),
        ("```\n# a comment\n```\n\n# Thought record #\n", "Thought record"),
        ("## Only this\n", ""),
        ("No heading.\n", ""),
    ],
)
def test_the_first_heading_is_the_title(body: str, heading: str) -> None:
    assert heading_of(body) == heading


def test_without_any_title_the_form_is_named_after_its_id_and_the_page_after_its_file(content: Path) -> None:
    write(content, "my_sheet.md", FORM.format(id="thought-record"))
    (page,) = read_library(content).pages
    assert page.title == "My sheet"
    assert page.form is not None
    assert page.form.title == "Thought record"


@pytest.mark.parametrize("directories", [True, False])
@pytest.mark.parametrize("path", ["index.md", "abc.md", "a/index.md", "a/b c.md", "a/README.md", "ä/ö.md"])
def test_addresses_are_those_of_mkdocs(path: str, directories: bool) -> None:
    assert url_of(path, directories=directories) == File(path, "content", "site", directories).url


def test_hidden_files_and_other_kinds_are_not_pages(content: Path) -> None:
    for path in (".draft.md", ".git/a.md", "templates/a.md", "picture.svg", "README.md", "index.md", "a/README.md"):
        write(content, path, "# Title\n")
    assert [page.path for page in read_library(content).pages] == ["a/README.md", "index.md"]


def test_places_count_from_the_top_of_the_file(content: Path) -> None:
    front = "---\ntitle: ABC\ntags:\n  - one\n---\n\n\n"
    prose = "# ABC\n\nWords.\n\n" * 40
    block = "```yaml form\nform: abc\nfields:\n  a: {ask: What?, type: raiting}\n```\n"
    write(content, "abc.md", front + prose + block + "\nMore.\n")
    line = (front + prose).count("\n") + 4
    assert messages(content) == [f"content/abc.md:{line}:25 'raiting' is not an answer type; did you mean 'rating'?"]


def test_places_are_right_with_a_byte_order_mark_and_windows_line_ends(content: Path) -> None:
    text = "---\r\ntitle: ABC\r\n---\r\n\r\n```yaml form\r\nform: abc\r\nfields:\r\n  a:\r\n```\r\n"
    (content / "abc.md").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert messages(content) == ["content/abc.md:8:3 'a' asks nothing; write the question after the colon"]


def test_mistakes_in_fences_and_in_blocks_are_reported_together(content: Path) -> None:
    write(
        content,
        "abc.md",
        "```yaml form\nform: abc\nfields: {a: {ask: What?, type: dat}}\n"
        "alerts: [{label: X, when: {b: {answered: true}}}]\n```\n\n```yaml from\nfields: {b: Why?}\n```\n",
    )
    assert [error.split()[0] for error in messages(content)] == ["content/abc.md:3:32", "content/abc.md:7:4"]


def test_the_same_form_on_two_pages_is_a_mistake_of_the_second(content: Path) -> None:
    write(content, "a.md", FORM.format(id="abc"))
    write(content, "b.md", "# B\n\n" + FORM.format(id="abc"))
    assert messages(content) == [
        "content/b.md:4:7 the form 'abc' is on content/a.md already; give one of the two another name;"
        " where one is a copy, the copy"
    ]


def test_a_repeat_cannot_share_its_table_with_another_form(content: Path) -> None:
    repeat = "```yaml form\nform: a\nfields: {b: {ask: B?, type: repeat, of: {c: C?}}}\n```\n"
    write(content, "1.md", repeat)
    write(content, "2.md", FORM.format(id="a-b"))
    assert messages(content) == [
        "content/2.md:2:7 the forms 'a-b' and 'a' would share the table 'a_b'; give one of the two another name"
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("---\ntitle: A: B\n---\n\n# Title\n", "2:9"),
        ("---\ntitle: [A\n---\n\n# Title\n", "2:8"),
        ("---\ntitle: A\n\n# Title\n", "1:1"),
        ("---\n# made by Jo\ntitle: Calm: a guide\n---\n# Title\n", "3:12"),
        ("---\n\ntitle: Calm: a guide\n---\n# Title\n", "3:12"),
        ("---\n# made by Jo\n\ntitle: Calm: a guide\n\n---\n# Title\n", "4:12"),
        ("---\n'title': [a\n---\n# Title\n", "2:10"),
        ("---\nreading-level: 3: 4\n---\n\nWords.\n", "2:17"),
        ("---\ntitle: *a\n---\n# Title\n", "2:8"),
        ("---\ntitle: }\n---\n# Title\n", "2:8"),
        ("---\ntitle: a\x07b\n---\n# Title\n", "2:9"),
        ("---\n{title: A\n---\n# Title\n", "2:1"),
        ("---\nweight: !!int ''\n---\n# Title\n", "2:9"),
        ("\n---\ntitle: A\n---\n# Title\n", "1:1"),
    ],
)
def test_front_matter_that_cannot_be_read_is_a_mistake(content: Path, text: str, place: str) -> None:
    write(content, "a.md", text)
    (message,) = messages(content)
    assert message.startswith(f"content/a.md:{place} ")


@pytest.mark.parametrize(
    "text",
    [
        "---\n\nWords: and more: of them.\n\n---\n",
        "---\n\n# A heading\n\nHe said: it helps: a lot.\n\n---\n\nMore.\n",
        "---\nWords.\n\n---\n",
        "---\nHe said: it helps: a lot.\n\n---\n",
        "---\n\nNote: bring a pen.\n",
        "\n---\n\nNote: bring a pen.\n\n---\n",
    ],
)
def test_a_page_may_begin_with_a_horizontal_rule(content: Path, text: str) -> None:
    write(content, "a.md", text)
    assert messages(content) == []


def test_a_broken_symlink_is_a_mistake_until_it_is_fixed(content: Path) -> None:
    (content / "a.md").symlink_to("gone.txt")
    (content / "b.md").symlink_to("b.md")
    first, second = messages(content)
    assert first == (
        "content/a.md:1:1 this leads to a file that is not there; put the file back, or delete what leads to it"
    )
    assert second == "content/b.md:1:1 this link leads to 'b.md', and so back to itself; delete the link"
    write(content, "gone.txt", "# Here again\n")
    (content / "b.md").unlink()
    assert messages(content) == []


def test_a_file_in_another_encoding_is_a_mistake(content: Path) -> None:
    (content / "a.md").write_bytes("# Gefühle".encode("latin-1"))
    (message,) = messages(content)
    assert message.startswith(
        "content/a.md:1:6 this file is not saved as UTF-8, as 'ü' here shows; save it as UTF-8 in"
    )


def test_a_page_is_read_again_only_when_it_has_changed(content: Path) -> None:
    write(content, "a.md", "# One\n")
    write(content, "b.md", "# Same\n")
    first = read_library(content)
    write(content, "a.md", "# Another\n")
    second = read_library(content)
    assert [page.title for page in second.pages] == ["Another", "Same"]
    assert second.pages[1] is first.pages[1]


def test_the_library_is_read_again_on_request(content: Path) -> None:
    write(content, "a.md", "# One\n")
    assert library_of(content, fresh=True).pages[0].title == "One"
    write(content, "a.md", "# Another\n")
    assert library_of(content, fresh=True).pages[0].title == "Another"


def test_a_check_counts_pages_and_forms(content: Path) -> None:
    write(content, "a.md", "# A\n" + FORM.format(id="abc"))
    write(content, "b.md", "# B\n")
    assert str(check(content)) == f"2 pages, 1 form, no mistakes{NO_LOCK}"
    write(content, "c.md", "# C\n" + FORM.format(id="abc"))
    report = check(content)
    assert str(report) == f"3 pages, 2 forms, 1 mistake{NO_LOCK}"
    assert report.to_json()["mistakes"] == [
        {
            "file": "content/c.md",
            "line": 3,
            "column": 7,
            "rule": "clash",
            "problem": "the form 'abc' is on content/a.md already",
            "remedy": "give one of the two another name; where one is a copy, the copy",
        }
    ]


def test_a_check_needs_a_folder(tmp_path: Path) -> None:
    with pytest.raises(NoContent, match="no folder"):
        check(tmp_path / "nowhere")


@pytest.mark.timed
def test_two_hundred_pages_are_checked_in_less_than_two_seconds(content: Path) -> None:
    questions = "".join(f"  q{n}: {{ask: How much?, type: rating, from: 0, to: 100}}\n" for n in range(12))
    for number in range(200):
        form = f"```yaml form\nform: form-{number}\nfields:\n{questions}```\n" if number % 4 == 0 else ""
        write(content, f"{number}.md", f"---\ntitle: Page {number}\n---\n\n" + "Words.\n\n" * 100 + form)
    started = time.process_time()
    assert str(check(content)) == f"200 pages, 50 forms, no mistakes{NO_LOCK}"
    assert time.process_time() - started < 2
