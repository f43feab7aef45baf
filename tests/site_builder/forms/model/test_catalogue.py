"""forms.json is written whole, read back unchanged, and refused when it contradicts itself."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from markupsafe import Markup

from collector.endpoints.catalogue_file import read_catalogue
from site_builder.command_line import command
from site_builder.forms.model.catalogue import (
    Catalogue,
    Clinic,
    PublishedForm,
    PublishedPage,
    UnreadableCatalogue,
)
from site_builder.forms.model.definition import Form, Section
from site_builder.forms.model.fields import Rating, Text
from site_builder.publishing.catalogue_file import write_catalogue

ABC = Form(
    id="abc",
    version=2,
    title="ABC",
    sections=(Section((Text(id="a", ask="Wie fühlt es sich an?"), Rating(id="b", ask="How much?"))),),
)
CATALOGUE = Catalogue(
    Clinic("Lantern Lane", Markup("<p>Call us.</p>"), "/help/", "Get help now", Markup("<p>112</p>")),
    (PublishedPage("index.md", "Welcome", "./"), PublishedPage("abc.md", "ABC", "abc/", "abc")),
    (PublishedForm(ABC, "abc.md", "abc/"),),
)


def test_a_catalogue_is_read_back_as_written(tmp_path: Path) -> None:
    path = write_catalogue(tmp_path, CATALOGUE)
    assert path.name == "forms.json"
    assert read_catalogue(tmp_path) == CATALOGUE
    assert read_catalogue(path) == CATALOGUE
    assert [file.name for file in tmp_path.iterdir()] == ["forms.json"]


def test_the_file_is_a_public_format(tmp_path: Path) -> None:
    stored = json.loads(write_catalogue(tmp_path, CATALOGUE).read_text("utf-8"))
    assert stored["format"] == 1
    assert stored["clinic"]["help_html"] == "<p>Call us.</p>"
    assert stored["pages"][0] == {"path": "index.md", "title": "Welcome", "url": "./"}
    assert stored["pages"][1]["form"] == "abc"
    assert stored["forms"] == [
        {
            "form": "abc",
            "version": 2,
            "hash": ABC.hash,
            "page": "abc.md",
            "url": "abc/",
            "title": "ABC",
            "definition": ABC.to_json(),
        }
    ]


def test_forms_are_found_by_id() -> None:
    assert CATALOGUE.by_id["abc"].form is ABC


def test_a_site_built_before_clinics_named_their_number_is_read() -> None:
    stored = CATALOGUE.to_json()
    del stored["clinic"]["contact_html"]
    assert Catalogue.from_json(stored).clinic.help_now == "<p>Call us.</p>"


def broken(**changes: Any) -> str:
    return json.dumps(CATALOGUE.to_json() | changes)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "cannot be read"),
        ("[]", "not of format 1"),
        (broken(format=2), "not of format 1"),
        (broken(pages=[{"path": "a.md"}]), "cannot be read"),
        (broken(forms=1), "cannot be read"),
    ],
)
def test_an_invalid_catalogue_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "forms.json").write_text(text)
    with pytest.raises(UnreadableCatalogue, match=message):
        read_catalogue(tmp_path)


ENTRY = CATALOGUE.to_json()["forms"][0]


@pytest.mark.parametrize(
    "entry",
    [
        ENTRY | {"hash": "0"},  # a page that carries another hash would send what is refused
        ENTRY | {"form": "another"},
        ENTRY | {"definition": ENTRY["definition"] | {"title": "Another title"}},
        ENTRY | {"definition": ENTRY["definition"] | {"colour": "red"}},
        ENTRY | {"definition": ENTRY["definition"] | {"title": "\ud800"}},
        ENTRY | {"definition": None},
        {"form": "abc"},
        {},
        None,
    ],
)
def test_a_form_that_cannot_be_read_leaves_the_others(tmp_path: Path, entry: Any) -> None:
    diary = replace(ABC, id="diary")
    stored = replace(CATALOGUE, forms=(PublishedForm(diary, "diary.md", "diary/"),)).to_json()
    stored["forms"].insert(0, entry)
    (tmp_path / "forms.json").write_text(json.dumps(stored))
    catalogue = read_catalogue(tmp_path)
    assert [published.form for published in catalogue.forms] == [diary]
    assert catalogue.unreadable == (entry.get("form", "") if entry else "",)


def test_a_site_that_is_not_built_is_reported(tmp_path: Path) -> None:
    with pytest.raises(UnreadableCatalogue, match=f"run `{command('build')}` first"):
        read_catalogue(tmp_path)
