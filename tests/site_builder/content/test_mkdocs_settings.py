"""Unreadable settings are reported in one sentence by every command."""

from __future__ import annotations

from pathlib import Path

import pytest

from site_builder.checks import check
from site_builder.content.mkdocs_settings import UnreadableSettings
from site_builder.forms.model.errors import SiteError
from site_builder.preview.site import Site
from site_builder.publishing.build import build

CONFIG = """\
site_name: Lantern Lane
docs_dir: content
theme: {name: mkdocs, highlightjs: false}
plugins: []
markdown_extensions: [site_builder.extension]
"""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "index.md").write_text("# Welcome\n")
    return Path("mkdocs.yml")


@pytest.mark.parametrize(
    ("text", "beginning"),
    [
        (f"{CONFIG}nav: &a [*a]\n", "mkdocs.yml:6:6 'nav' holds itself, and has no end"),
        (f"{CONFIG}nav: &a [{{x: *a}}]\n", "mkdocs.yml:6:6 'nav' holds itself, and has no end"),
        (f"{CONFIG}exclude_docs: |\n  a\n  !\n", "mkdocs.yml:6:15 'exclude_docs' cannot be read: "),
        (CONFIG.replace("content", '"\\0"'), "mkdocs.yml:2:11 'docs_dir' cannot be the name of a folder"),
    ],
    ids=["menu", "menu further down", "left out", "folder"],
)
def test_invalid_settings_are_reported_in_a_sentence(settings: Path, text: str, beginning: str) -> None:
    settings.write_text(text)
    with pytest.raises(UnreadableSettings) as caught:
        check(Path("content"), settings)
    assert str(caught.value).startswith(beginning)
    with pytest.raises(SiteError, match=r"mkdocs\.yml"):
        build(settings, Path("site"))
    with pytest.raises(SiteError, match=r"mkdocs\.yml"):
        Site(settings, Path("shown"), "http://127.0.0.1:8010/")


def test_a_folder_in_the_place_of_the_settings_is_reported(settings: Path) -> None:
    settings.mkdir()
    with pytest.raises(UnreadableSettings, match=r"^mkdocs\.yml cannot be read: Is a directory\.$"):
        check(Path("content"), settings)
    with pytest.raises(SiteError, match=r"mkdocs\.yml"):
        build(settings, Path("site"))
