"""A practice on its page: a list that works without script, the log it leads to, and the catalogue that names it."""

from __future__ import annotations

import json
from pathlib import Path

import markdown
import pytest

from collector.endpoints.catalogue_file import read_catalogue
from site_builder.content.library import read_library
from site_builder.forms.model.catalogue import Catalogue
from site_builder.forms.model.errors import FormErrors
from site_builder.practices.html import in_words, render_practice, roughly
from site_builder.practices.model import Log, Pace, Practice, Step
from site_builder.publishing.build import build

SETTINGS = """site_name: Elm Street
docs_dir: content
site_url: https://elm.example/homework/
markdown_extensions:
  - site_builder.extension: {{on_mistake: stop, site_url: https://elm.example/homework/}}
use_directory_urls: {directories}
"""
LOG = "# Log\n\n```yaml form\nform: log\nfields: {minutes: {ask: How long?, type: number}}\n```\n"
CALM = "# Calm\n\n```yaml practice\npractice: calm\nsteps:\n  - 30: Feel the ground & breathe.\nlog: log\n```\n"


@pytest.fixture
def clinic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "content/practices").mkdir(parents=True)
    (tmp_path / "content/index.md").write_text("# Welcome\n")
    (tmp_path / "content/log.md").write_text(LOG)
    (tmp_path / "content/practices/calm.md").write_text(CALM)
    (tmp_path / "mkdocs.yml").write_text(SETTINGS.format(directories="true"))
    return tmp_path


def test_a_page_has_the_list_and_leads_to_the_log(clinic: Path) -> None:
    build(clinic / "mkdocs.yml", clinic / "site")
    html = (clinic / "site/practices/calm/index.html").read_text("utf-8")
    assert '<li data-seconds="30" data-shape="rest">' in html
    assert "Feel the ground &amp; breathe." in html
    assert '<a href="/homework/log/">' in html


def test_without_directories_the_log_is_a_file(clinic: Path) -> None:
    (clinic / "mkdocs.yml").write_text(SETTINGS.format(directories="false"))
    build(clinic / "mkdocs.yml", clinic / "site")
    assert '<a href="/homework/log.html">' in (clinic / "site/practices/calm.html").read_text("utf-8")


def test_the_catalogue_names_the_practice_and_is_read_without_any(clinic: Path) -> None:
    build(clinic / "mkdocs.yml", clinic / "site")
    (practice,) = read_catalogue(clinic / "site").practices
    assert (practice.id, practice.title, practice.page, practice.url) == (
        "calm", "Calm", "practices/calm.md", "practices/calm/",
    )  # fmt: skip
    stored = json.loads((clinic / "site/forms.json").read_text("utf-8"))
    del stored["practices"]
    assert Catalogue.from_json(stored).practices == ()


def test_a_mistake_stops_the_build_and_an_unknown_log_too(clinic: Path) -> None:
    for broken in (CALM.replace("30:", "0:"), CALM.replace("log: log", "log: lgo")):
        (clinic / "content/practices/calm.md").write_text(broken)
        with pytest.raises(FormErrors, match=r"calm\.md:[67]:"):
            build(clinic / "mkdocs.yml", clinic / "site")


def test_a_preview_shows_a_mistake_in_the_place_of_the_practice(clinic: Path) -> None:
    broken = CALM.replace("30:", "0:")
    (clinic / "content/practices/calm.md").write_text(broken)
    options = {"site_builder.extension": {"content": str(clinic / "content"), "on_mistake": "show"}}
    html = markdown.markdown(broken, extensions=["site_builder.extension"], extension_configs=options)
    assert "The seconds of a step cannot be 0." in html
    assert "homeward-practice" not in html


def test_a_practice_in_another_file_is_refused() -> None:
    options = {"site_builder.extension": {"on_mistake": "show"}}
    html = markdown.markdown(CALM, extensions=["site_builder.extension"], extension_configs=options)
    assert html.count("<homeward-practice") == 1
    assert "Note how it went" not in html  # there is no log to lead to


def test_words_are_escaped_everywhere() -> None:
    bad = '<img src=x onerror="alert(1)">'
    practice = Practice("a", bad, (Pace((Step(bad, 30),), 2, bad),), log=Log("log", answers=(("what", bad),)))
    html = str(render_practice(practice, log_url="/log/"))
    assert "<img" not in html
    assert html.count('onerror="') == 2  # as words between tags, where quotation marks are words
    assert 'data-title="&lt;img src=x onerror=&quot;alert(1)&quot;&gt;"' in html


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 second"), (4.5, "4.5 seconds"), (60, "1 minute"), (90, "1 minute 30 seconds"), (240, "4 minutes")],
)
def test_a_time_is_said_in_words(seconds: float, words: str) -> None:
    assert in_words(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (20, "less than a minute"),
        (30, "about 1 minute"),
        (89, "about 1 minute"),
        (90, "about 2 minutes"),
        (150, "about 3 minutes"),
    ],
)
def test_a_whole_practice_is_said_in_minutes_halves_rounded_up(seconds: float, words: str) -> None:
    assert roughly(seconds) == words


def test_every_practice_is_in_the_library() -> None:
    library = read_library(Path(__file__).parents[3] / "content")
    practices = {page.practice.practice.id: page.practice.practice for page in library.pages if page.practice}
    assert sorted(practices) == [
        "body-scan", "box-breathing", "calm-place", "five-senses", "mindful-noticing", "muscle-relaxation",
        "muscle-relaxation-short", "paced-breathing", "worry-time",
    ]  # fmt: skip
    assert len(practices["paced-breathing"].paces) == 3
    tensed = [step for step in practices["muscle-relaxation"].steps if step.shape == "grow"]
    assert len(tensed) == 16
    assert len([step for step in practices["muscle-relaxation-short"].steps if step.shape == "grow"]) == 4
    assert all(practice.log for practice in practices.values())
    assert {practice.log.form for practice in practices.values() if practice.log} == {
        "relaxation-log", "mindfulness-log", "worry-time",
    }  # fmt: skip
