"""A single page is rendered just as in a whole build, and nothing on it stops the preview."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from site_builder.content.library import read_library
from site_builder.content.lock import write_lock
from site_builder.preview.site import Refreshed, Site
from site_builder.publishing.build import NotBuilt

ADDRESS = "http://127.0.0.1:8010/"


def built(clinic: Path, name: str = "1") -> Site:
    return Site(clinic / "mkdocs.yml", clinic / "shown" / name, ADDRESS)


def html(site: Site, path: str) -> str:
    shown = site.find(path)
    assert shown is not None
    assert not shown.trouble
    return shown.html


def change(page: Path, old: str, new: str) -> None:
    text = page.read_text()
    assert old in text
    page.write_text(text.replace(old, new))
    stat = page.stat()  # the library compares time and size, and tests may edit within one tick
    os.utime(page, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1_000_000))


def test_an_edited_page_is_rendered_as_a_whole_build_renders_it(clinic: Path, sheet: Path) -> None:
    site = built(clinic)
    change(sheet, "What went well today?", "What was good?")
    assert site.refresh({sheet}) == Refreshed(frozenset({"sheets/good.md"}))
    assert "What was good?" in html(site, "sheets/good/")
    assert html(site, "sheets/good/") == html(built(clinic, "2"), "sheets/good/")


def test_a_list_of_pages_follows_a_new_title(clinic: Path, sheet: Path) -> None:
    (clinic / "content/list.md").write_text("# List\n\n```pages\nin: sheets\n```\n")
    site = built(clinic)
    title = next(page.title for page in site.library.pages if page.path == "sheets/good.md")
    assert f"<strong>{title}</strong>" in html(site, "list/")
    change(sheet, f"# {title}", "# Small good things")
    site.refresh({sheet})
    assert "<strong>Small good things</strong>" in html(site, "list/")


def test_forms_are_sent_to_the_preview_itself(clinic: Path) -> None:
    assert 'action="/forms/three-good-things"' in html(built(clinic), "sheets/good/")


def test_only_the_edited_page_is_rendered(clinic: Path, sheet: Path) -> None:
    site = built(clinic)
    before = html(site, "other/")
    change(sheet, "Before", "Above")
    site.refresh({sheet})
    assert html(site, "other/") is before


def test_a_mistake_shows_on_its_page_and_goes_away(clinic: Path, sheet: Path) -> None:
    site = built(clinic)
    change(sheet, "type: rating", "type: raiting")
    site.refresh({sheet})
    assert [str(error) for error in site.findings] == [
        "content/sheets/good.md:9:39 'raiting' is not an answer type; did you mean 'rating'?"
    ]
    assert "Did you mean 'rating'?" in html(site, "sheets/good/")
    assert "Before the form." in html(site, "sheets/good/")
    change(sheet, "type: raiting", "type: rating")
    site.refresh({sheet})
    assert site.findings == ()
    assert "hw-mistakes" not in html(site, "sheets/good/")


def test_every_finding_is_shown_on_its_page_beside_the_form(clinic: Path, sheet: Path) -> None:
    site = built(clinic)
    change(sheet, "Before", "[Before](nowhere.md)")
    site.refresh({sheet})
    shown = html(site, "sheets/good/")
    assert "There is no page 'nowhere.md'" in shown
    assert 'class="hw-form"' in shown
    change(sheet, "type: rating", "type: raiting")
    site.refresh({sheet})
    shown = html(site, "sheets/good/")
    assert shown.count("There is no page 'nowhere.md'") == 1
    assert shown.count("Did you mean 'rating'?") == 1


def test_a_change_that_would_mix_answers_shows_on_its_page_and_the_form_can_be_tried(clinic: Path, sheet: Path) -> None:
    write_lock(clinic / "content", read_library(clinic / "content").forms)
    change(sheet, "type: rating", "type: rating, to: 100")
    shown = html(built(clinic), "sheets/good/")
    assert "was a rating from 0 to 10 and is a rating from 0 to 100 now" in shown
    assert 'class="hw-form"' in shown


def test_a_site_with_a_mistake_can_be_built(clinic: Path, sheet: Path) -> None:
    change(sheet, "type: rating", "type: raiting")
    assert "This page has a mistake" in html(built(clinic), "sheets/good/")


def test_a_stylesheet_that_the_site_does_not_have_is_a_warning(clinic: Path) -> None:
    change(clinic / "mkdocs.yml", "docs_dir:", "extra_css: [own.css]\ndocs_dir:")
    site = built(clinic)
    (warning,) = site.warnings
    assert "'extra_css' names 'own.css', which the site does not have" in warning
    site.close()


def test_a_mistake_on_a_page_without_a_form_shows_there(clinic: Path) -> None:
    other = clinic / "content" / "other.md"
    other.write_text("---\ntitle: [a\n---\n\n# Other\n")
    assert "This page has a mistake" in html(built(clinic), "other/")


def test_a_page_with_a_mistake_caused_by_another_is_rendered_too(clinic: Path, sheet: Path) -> None:
    second = clinic / "content" / "zz.md"
    second.write_text(sheet.read_text().replace("three-good-things", "zz"))
    site = built(clinic)
    change(sheet, "form: three-good-things", "form: zz")
    assert site.refresh({sheet}).pages == {"sheets/good.md", "zz.md"}
    assert "is on content/sheets/good.md already" in html(site, "zz/")
    change(sheet, "form: zz", "form: three-good-things")
    assert site.refresh({sheet}).pages == {"sheets/good.md", "zz.md"}
    assert "<homeward-form" in html(site, "zz/")


def test_a_new_title_changes_more_than_its_page(clinic: Path, sheet: Path) -> None:
    site = built(clinic)
    change(sheet, "# Three good things", "# Good things")
    assert site.refresh({sheet}).wide


@pytest.mark.parametrize("name", ["content/new.md", "content/picture.svg", "content/forms.yml", "look/main.html"])
def test_a_file_that_is_no_page_changes_more_than_a_page(clinic: Path, name: str) -> None:
    site = built(clinic)
    (clinic / name).write_text("# New\n")
    assert site.refresh({clinic / name}).wide


def test_a_deleted_page_changes_more_than_a_page(clinic: Path, sheet: Path) -> None:
    site = built(clinic)
    sheet.unlink()
    assert site.refresh({sheet}).wide


def test_a_page_that_cannot_be_rendered_says_why_and_comes_back(clinic: Path) -> None:
    site, other = built(clinic), clinic / "content" / "other.md"
    good = other.read_text()
    other.write_text("---\ntemplate: nowhere.html\n---\n\n# Other\n")
    site.refresh({other})
    shown = site.find("other/")
    assert shown is not None
    assert "nowhere.html" in shown.trouble
    other.write_text(good)
    site.refresh({other})
    assert "Another page." in html(site, "other/")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("mkdocs.yml", "site_name: [", "mkdocs.yml:1:12 the '[' that opens here is not closed"),
        ("mkdocs.yml", "docs_dir: content", "site_name"),
        ("look/main.html", "{% extends 'base.html' %}\n\n{% block %}", "main.html:3"),
    ],
)
def test_a_failed_build_is_reported_with_its_place(clinic: Path, name: str, text: str, message: str) -> None:
    (clinic / name).write_text(text)
    with pytest.raises(NotBuilt) as caught:
        Site(Path("mkdocs.yml"), clinic / "shown", ADDRESS)
    assert message in str(caught.value)
