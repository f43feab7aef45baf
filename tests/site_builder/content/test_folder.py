"""Nothing outside of the content folder is read or published, and no link keeps a check from ending."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from site_builder.content.library import read_library
from site_builder.content.mkdocs_settings import UnreadableSettings, read_site
from site_builder.preview.site import Site
from site_builder.publishing.build import NotBuilt, build

SECRET = "# Secret\n\nA person's letter.\n"
SETTINGS = """site_name: Lane
docs_dir: content
theme: {name: mkdocs, highlightjs: false}
plugins: []
markdown_extensions: [site_builder.extension]
"""


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "content" / "guides").mkdir(parents=True)
    (tmp_path / "content" / "guides" / "walk.txt").write_text("Walk.")
    (tmp_path / "content" / "index.md").write_text("# Welcome\n")
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "secret.md").write_text(SECRET)
    (tmp_path / "letters" / "secret.yml").write_text("often: {0: Never, 1: Secretly}\n")
    (tmp_path / "mkdocs.yml").write_text(SETTINGS)
    return tmp_path / "content"


def messages(content: Path) -> list[str]:
    return [str(error) for error in read_library(content).errors]


def to_letter(content: Path) -> None:
    (content / "a.md").symlink_to("../letters/secret.md")


def to_letters(content: Path) -> None:
    (content / "a").symlink_to(content.parent / "letters")


def to_a_picture(content: Path) -> None:
    (content / "a.png").symlink_to("../letters/secret.md")


def to_a_folder_beside(content: Path) -> None:
    (content.parent / "content-old").mkdir()
    (content / "a").symlink_to("../content-old")


def through_another(content: Path) -> None:
    (content.parent / "letters" / "on").symlink_to("secret.md")
    (content / "a.md").symlink_to("../letters/on")


OUT = "out of the content folder; copy what it leads to into the content folder, and delete the link"
OUTSIDE = {
    to_letter: f"content/a.md:1:1 this link leads to '../letters/secret.md', {OUT}",
    to_a_picture: f"content/a.png:1:1 this link leads to '../letters/secret.md', {OUT}",
    to_a_folder_beside: f"content/a:1:1 this link leads to '../content-old', {OUT}",
    through_another: f"content/a.md:1:1 this link leads to '../letters/on', {OUT}",
}


@pytest.mark.parametrize(("link", "message"), OUTSIDE.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_a_link_out_of_the_content_is_refused(content: Path, link: Callable[[Path], None], message: str) -> None:
    link(content)
    assert messages(content) == [message]
    assert all("letter" not in page.text for page in read_library(content).pages)


def test_a_linked_folder_outside_is_not_read(content: Path) -> None:
    to_letters(content)
    assert messages(content) == [f"content/a:1:1 this link leads to '{content.parent}/letters', {OUT}"]
    assert [page.path for page in read_library(content).pages] == ["index.md"]


def test_shared_choices_outside_are_not_read(content: Path) -> None:
    (content / "_choices.yml").symlink_to("../letters/secret.yml")
    (message,) = messages(content)
    assert message.startswith("content/_choices.yml:1:1 this file cannot be read (it is a link to '../letters/secret")


@pytest.mark.parametrize("link", [to_letter, to_letters, to_a_picture], ids=lambda link: link.__name__)
def test_nothing_outside_is_published(content: Path, link: Callable[[Path], None]) -> None:
    link(content)
    with pytest.raises(Exception, match="out of the content folder"):
        build(Path("mkdocs.yml"), Path("site"))
    assert not Path("site").exists()
    with pytest.raises(NotBuilt, match="out of the content folder"):
        Site(Path("mkdocs.yml"), Path("shown"), "http://127.0.0.1:8010/")


def test_a_link_that_appears_while_a_preview_runs_is_not_read(content: Path) -> None:
    (content / "a.md").write_text("# A\n")
    site = Site(Path("mkdocs.yml").absolute(), Path("shown").absolute(), "http://127.0.0.1:8010/")
    (content / "a.md").unlink()
    to_letter(content)
    assert site.refresh([content / "a.md"]).wide
    assert "letter" not in "".join(page.html for page in [site.find("a/")] if page)
    site.close()


def test_folders_that_hold_each_other_have_an_end(content: Path) -> None:
    for name in ("a", "b", "c"):
        (content / name).mkdir()
        for other in ("a", "b", "c"):
            (content / name / f"to-{other}").symlink_to(f"../{other}")
        (content / name / "back").symlink_to("..")
    reported = messages(content)
    assert any("a folder that it stands in itself, and so has no end; delete the link" in line for line in reported)
    assert len(reported) < 100


def test_many_links_that_hold_no_loop_have_an_end(content: Path) -> None:
    for number in range(30):
        (content / f"f{number}").mkdir()
        for copy in ("x", "y"):
            (content / f"f{number}" / copy).symlink_to(f"../f{number + 1}")
    assert any("after 3 other links on the way; put the folder itself here" in line for line in messages(content))


def test_a_link_to_itself_is_a_mistake(content: Path) -> None:
    (content / "a.png").symlink_to("a.png")
    assert messages(content) == ["content/a.png:1:1 this link leads to 'a.png', and so back to itself; delete the link"]


def test_a_form_in_a_link_to_itself_is_a_mistake(content: Path) -> None:
    (content / "sheet.yml").symlink_to("sheet.yml")
    (content / "a.md").write_text("# A\n\n```yaml form\nfrom: sheet.yml\n```\n")
    (message,) = messages(content)
    assert message == (
        "content/a.md:4:7 the file 'sheet.yml' cannot be read; this link leads back to itself; "
        "delete it, and put the file in its place"
    )


def test_a_pipe_is_not_waited_for(content: Path) -> None:
    os.mkfifo(content / "a.md")
    os.mkfifo(content / "_choices.yml")
    assert messages(content) == [
        "content/_choices.yml:1:1 this file cannot be read (it is no ordinary file); "
        "have its owner let you read it, or save it anew",
        "content/a.md:1:1 this is no file that can be read; delete it, or write a file of this name",
    ]


def test_links_inside_of_the_content_are_followed(content: Path) -> None:
    (content / "copy.md").symlink_to("index.md")
    (content / "walks").symlink_to("guides")
    (content / "de").mkdir()
    (content / "de" / "walks").symlink_to("../walks")
    assert messages(content) == []
    assert [page.path for page in read_library(content).pages] == ["copy.md", "index.md"]


def test_the_folder_itself_may_be_a_link(content: Path) -> None:
    Path("pages").symlink_to("content")
    (content / "copy.md").symlink_to(content / "index.md")
    assert messages(Path("pages")) == []


def test_hidden_links_are_left_alone(content: Path) -> None:
    """Editors write them beside a file that is being edited."""
    (content / ".#index.md").symlink_to("alice@desk.4711")
    assert messages(content) == []


def test_a_page_in_another_encoding_is_named_with_its_line(content: Path) -> None:
    remedy = "save it as UTF-8 in your editor; in Notepad this is Save as, Encoding"
    (content / "a.md").write_bytes("# Mood\n\nSagen Sie, wie Sie sich fühlen.\n".encode("cp1252"))
    (content / "b.md").write_text("# Mood\n", "utf-16")
    (content / "sheet.yml").write_bytes("form: sheet\nfields: {a: Gefühl?}\n".encode("cp1252"))
    (content / "c.md").write_text("# Sheet\n\n```yaml form\nfrom: sheet.yml\n```\n")
    (content / "_choices.yml").write_bytes("often: {0: “Never”}\n".encode("cp1252"))
    assert messages(content) == [
        f"content/_choices.yml:1:12 this file is not saved as UTF-8, as '“' here shows; {remedy}",
        f"content/a.md:3:26 this file is not saved as UTF-8, as 'ü' here shows; {remedy}",
        f"content/b.md:1:1 this file is saved as UTF-16 (“Unicode”), not as UTF-8; {remedy}",
        "content/c.md:4:7 the file 'sheet.yml' cannot be read; "
        f"this file is not saved as UTF-8, as 'ü' here shows (line 2); {remedy}",
    ]


def test_settings_in_another_encoding_are_named_with_their_line(content: Path) -> None:
    Path("mkdocs.yml").write_bytes(f"# Wörter\n{SETTINGS}".encode("cp1252"))
    message = r"mkdocs.yml:1:4 this file is not saved as UTF-8, as 'ö' here shows; save it as UTF-8 in your editor"
    with pytest.raises(UnreadableSettings, match=message):
        read_site(Path("mkdocs.yml"), content)
    with pytest.raises(NotBuilt, match=message):
        build(Path("mkdocs.yml"), Path("site"))
