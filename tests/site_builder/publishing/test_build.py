"""Building a site is atomic: the old site stays until the new one is in place."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from collector.endpoints.catalogue_file import read_catalogue
from site_builder.content.library import read_library
from site_builder.forms.model.catalogue import Catalogue
from site_builder.forms.model.errors import FormErrors
from site_builder.publishing.assets import OURS, REPLACED
from site_builder.publishing.build import NotBuilt, build
from site_builder.publishing.contact import contact_html

ROOT = Path(__file__).parents[3]

FORM = """---
title: An alert
---

# Ignored

```yaml form
form: abc
alerts: [{label: X, when: {low: yes}}]
fields: {low: {ask: Low?, type: yes no}}
```
"""
CONFIG = """
site_name: Lantern Lane
site_url: https://example.org/clinic/
docs_dir: content
theme: {name: mkdocs, highlightjs: false}
plugins: []
markdown_extensions:
  - site_builder.extension:
      content: content
      site_url: https://example.org/clinic/
      help: Call **us**.
extra:
  clinic: {name: Lantern Lane Clinic, help_url: help/, help_title: Get help now, help: Call **us**.}
"""


@pytest.fixture
def clinic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "content" / "sheets").mkdir(parents=True)
    (tmp_path / "content" / "index.md").write_text("# Welcome\n\n[A sheet](sheets/abc.md)\n")
    (tmp_path / "content" / "sheets" / "abc.md").write_text(FORM)
    (tmp_path / "content" / "help.md").write_text("# Get help now\n\nCall [116 123](tel:116123).\n")
    (tmp_path / "mkdocs.yml").write_text(CONFIG)
    return tmp_path


def left_over(clinic: Path) -> set[str]:
    return {path.name for path in clinic.iterdir()} - {"content", "mkdocs.yml", "site"}


def test_forms_that_are_not_in_the_site_are_told(clinic: Path) -> None:
    form = "```yaml form\nform: hidden\nfields: {a: A?}\n```\n"
    (clinic / "content" / "hidden.md.txt").write_text(form, "utf-8")
    (clinic / "content" / "later.md").write_text(f"# Later\n\n<!--\n\n{form}-->\n", "utf-8")
    report = build(clinic / "mkdocs.yml", clinic / "site")
    assert [warning.split(";")[0] for warning in report.warnings[:2]] == [
        "content/later.md:5:1 warning: this form stands in a comment, and is not published",
        "content/hidden.md.txt:1:1 warning: this file holds a form, and is no page: its name does not end in .md",
    ]


def test_a_site_is_built_with_its_catalogue(clinic: Path) -> None:
    report = build(clinic / "mkdocs.yml", clinic / "site")
    assert (report.pages, report.forms) == (3, 1)
    assert "Built 3 pages with 1 form " in str(report)
    catalogue = read_catalogue(clinic / "site")
    (published,) = catalogue.forms
    assert published.form == read_library(Path("content")).forms[0]
    assert (published.form.title, published.page, published.url) == ("An alert", "sheets/abc.md", "sheets/abc/")
    assert catalogue.clinic.name == "Lantern Lane Clinic"
    assert catalogue.clinic.help_html == "<p>Call <strong>us</strong>.</p>"
    assert catalogue.clinic.help_url == "/clinic/help/"
    assert not left_over(clinic)


def test_the_page_carries_the_definition_that_the_catalogue_publishes(clinic: Path) -> None:
    build(clinic / "mkdocs.yml", clinic / "site")
    page = (clinic / "site" / "sheets" / "abc" / "index.html").read_text()
    assert read_catalogue(clinic / "site").forms[0].form.hash in page
    assert 'action="/clinic/forms/abc"' in page
    assert '<template class="hw-help"><p>Call <strong>us</strong>.</p></template>' in page


def test_unset_extension_options_follow_from_the_settings(clinic: Path) -> None:
    config = clinic / "mkdocs.yml"
    head, _, tail = CONFIG.partition("      content: content")
    config.write_text(head.replace("site_builder.extension:", "site_builder.extension") + tail[tail.index("extra:") :])
    build(config, clinic / "site")
    page = (clinic / "site" / "sheets" / "abc" / "index.html").read_text()
    assert read_catalogue(clinic / "site").forms[0].form.hash in page
    assert 'action="/clinic/forms/abc"' in page
    assert "hw-help" in page


CONTACT = (
    '<div class="hw-contact"><p><strong class="hw-contact__name">Lantern Lane Clinic</strong> '
    '<a href="tel:+12025550142" dir="ltr">+1 (202) 555-0142</a></p>'
    '<p class="hw-contact__hours"><span class="hw-contact__line" dir="auto">Weekdays &amp; more, &lt;9 to 5&gt;</span>'
    "</p></div>"
)


def test_the_clinics_number_and_hours_are_beside_help_everywhere(clinic: Path) -> None:
    """The theme is Homeward's own: it is the page that help leads to which ends with them."""
    contact = 'help: Call **us**., phone: "+1 (202) 555-0142", hours: "Weekdays & more, <9 to 5>"}'
    config = in_our_theme(CONFIG.replace("help: Call **us**.}", contact))
    (clinic / "mkdocs.yml").write_text(config)
    (clinic / "content" / "help.md").write_text("# Help\n\nCall 112.\n")
    build(clinic / "mkdocs.yml", clinic / "site")
    assert read_catalogue(clinic / "site").clinic.help_now == f"<p>Call <strong>us</strong>.</p>{CONTACT}"
    assert f"</p>{CONTACT}</template>" in (clinic / "site" / "sheets" / "abc" / "index.html").read_text()
    assert CONTACT in (clinic / "site" / "help" / "index.html").read_text()
    assert CONTACT not in (clinic / "site" / "index.html").read_text()


@pytest.mark.parametrize("address", ["help/", "/help/", "help/#now", "help/index.html", "./help/"])
def test_the_help_page_is_known_by_every_way_to_write_its_address(clinic: Path, address: str) -> None:
    (clinic / "mkdocs.yml").write_text(
        in_our_theme(CONFIG.replace("help_url: help/", f'help_url: "{address}", phone: "112"'))
    )
    (clinic / "content" / "help.md").write_text("# Help\n\nCall 112.\n")
    build(clinic / "mkdocs.yml", clinic / "site")
    assert 'href="tel:112"' in (clinic / "site" / "help" / "index.html").read_text()


def in_our_theme(config: str) -> str:
    theme = Path(__file__).parents[3] / "site_builder" / "theme"
    ours = f"theme: {{name: material, custom_dir: {theme}}}"
    plain = "theme: {name: mkdocs, highlightjs: false}"
    return config.replace(plain, ours) + "validation: {omitted_files: info}\n"


@pytest.mark.parametrize(
    ("clinic_words", "html"),
    [
        ({}, ""),
        ({"phone": " ", "hours": None}, ""),
        ({"hours": "Mon\n\nTue"}, 'The clinic</strong> </p><p class="hw-contact__hours"><span'),
        (
            {"phone": "020 7946 0000"},
            'The clinic</strong> <a href="tel:02079460000" dir="ltr">020 7946 0000</a></p></div>',
        ),
        ({"phone": "<b>us</b>"}, "<span>&lt;b&gt;us&lt;/b&gt;</span>"),
    ],
)
def test_what_is_missing_of_number_and_hours_is_left_out(clinic_words: dict[str, Any], html: str) -> None:
    contact = contact_html(clinic_words)
    assert html in contact
    assert bool(contact) is bool(html)


def test_two_pages_of_the_same_words_have_each_their_own_form(clinic: Path) -> None:
    """`from` names another file in another folder, and both pages say `from: form.yml`."""
    for folder, ask in (("en", "Where did you walk?"), ("de", "Wo bist du gegangen?")):
        (clinic / "content" / folder).mkdir()
        (clinic / "content" / folder / "form.yml").write_text(f"form: walk-{folder}\nfields: {{where: {ask}}}\n")
        (clinic / "content" / folder / "walk.md").write_text("# Walk\n\n```yaml form\nfrom: form.yml\n```\n")
    build(clinic / "mkdocs.yml", clinic / "site")
    assert "Where did you walk?" in (clinic / "site" / "en" / "walk" / "index.html").read_text()
    assert "Wo bist du gegangen?" in (clinic / "site" / "de" / "walk" / "index.html").read_text()


def test_the_policy_lists_the_inline_scripts_of_all_pages(clinic: Path) -> None:
    build(clinic / "mkdocs.yml", clinic / "site")
    policy = json.loads((clinic / "site" / "csp.json").read_text())
    assert set(policy) == {"script", "style"}
    assert all(digest.startswith("'sha256-") for digest in policy["script"])
    assert policy["script"]


def test_definitions_are_published_before_the_site_is_visible(clinic: Path) -> None:
    seen: list[tuple[list[str], bool]] = []

    def publish(catalogue: Catalogue) -> None:
        seen.append(([entry.form.id for entry in catalogue.forms], (clinic / "site").exists()))

    build(clinic / "mkdocs.yml", clinic / "site", publish=publish)
    assert seen == [(["abc"], False)]


def test_a_new_site_replaces_the_old_one_as_a_whole(clinic: Path) -> None:
    build(clinic / "mkdocs.yml", clinic / "site")
    (clinic / "site" / "stale.html").write_text("old")
    build(clinic / "mkdocs.yml", clinic / "site")
    assert not (clinic / "site" / "stale.html").exists()
    assert not left_over(clinic)


def keep_old(clinic: Path) -> Path:
    (clinic / "site").mkdir()
    (clinic / "site" / "index.html").write_text("the old site")
    return clinic / "site" / "index.html"


def test_mistakes_are_all_reported_and_the_old_site_stays(clinic: Path) -> None:
    old = keep_old(clinic)
    (clinic / "content" / "a.md").write_text("# A\n```yaml form\nform: a\nfields: {a: {ask: A?, type: dat}}\n```\n")
    (clinic / "content" / "b.md").write_text("# B\n```yaml from\nform: a\n```\n")
    with pytest.raises(FormErrors) as caught:
        build(clinic / "mkdocs.yml", clinic / "site")
    assert [str(error.source) for error in caught.value.errors] == ["content/a.md:4:29", "content/b.md:2:4"]
    assert old.read_text() == "the old site"
    assert not left_over(clinic)


def test_a_warning_of_the_builder_keeps_the_old_site(clinic: Path) -> None:
    old = keep_old(clinic)
    (clinic / "mkdocs.yml").write_text(f"{CONFIG}nav: [index.md]\nvalidation: {{omitted_files: warn}}\n")
    with pytest.raises(NotBuilt, match=r"sheets/abc\.md(.|\n)*The site was not built: .*strict"):
        build(clinic / "mkdocs.yml", clinic / "site")
    assert old.read_text() == "the old site"
    assert not left_over(clinic)


def test_when_publishing_fails_the_old_site_stays(clinic: Path) -> None:
    old = keep_old(clinic)

    def publish(catalogue: Catalogue) -> None:
        raise OSError("no ledger")

    with pytest.raises(OSError, match="no ledger"):
        build(clinic / "mkdocs.yml", clinic / "site", publish=publish)
    assert old.read_text() == "the old site"
    assert not left_over(clinic)


def test_when_the_rename_fails_the_old_site_is_restored(clinic: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = keep_old(clinic)
    rename = Path.rename

    def fail(self: Path, target: Path) -> Path:
        if self.name.startswith(".site.new"):
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(NotBuilt, match=r"could not be put in the place of .*No space left"):
        build(clinic / "mkdocs.yml", clinic / "site")
    assert old.read_text() == "the old site"
    assert not left_over(clinic)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (None, "There is no file"),
        ("site_name: [", "mkdocs.yml"),
        ("docs_dir: nowhere\n", "mkdocs.yml"),
        ("site_name: X\ndocs_dir: content\n", "add 'site_builder.extension' to 'markdown_extensions'"),
    ],
)
def test_unusable_settings_are_reported(clinic: Path, settings: str | None, message: str) -> None:
    config = clinic / "mkdocs.yml"
    config.unlink()
    if settings is not None:
        config.write_text(settings)
    with pytest.raises(NotBuilt, match=message):
        build(config, clinic / "site")
    assert not left_over(clinic)


def test_a_stylesheet_that_the_site_does_not_have_stops_the_build(clinic: Path) -> None:
    named = "extra_css: [assets/homeward/homeward.css, own.css]\nextra_javascript: [{path: own.js, type: module}]\n"
    (clinic / "mkdocs.yml").write_text(CONFIG + named)
    with pytest.raises(NotBuilt) as refused:
        build(clinic / "mkdocs.yml", clinic / "site")
    of_an_earlier_homeward, sheet, script = str(refused.value).split("\n")
    assert (
        "in its place write, in this order: assets/homeward/base.css, assets/homeward/text.css,"
        in of_an_earlier_homeward
    )
    assert sheet.endswith(
        "'extra_css' names 'own.css', which the site does not have; put the file there, or leave the line out"
    )
    assert "'extra_javascript' names 'own.js'" in script
    assert not left_over(clinic)


def test_a_stylesheet_that_is_there_or_elsewhere_is_linked(clinic: Path) -> None:
    (clinic / "content" / "my look.css").write_text("")
    named = "['my%20look.css?v=2', 'https://example.org/a.css', '//example.org/b.css', /c.css]"
    (clinic / "mkdocs.yml").write_text(f"{CONFIG}extra_css: {named}\n")
    assert build(clinic / "mkdocs.yml", clinic / "site").pages == 3


def test_the_sheets_that_replace_an_earlier_one_are_those_of_our_own_settings() -> None:
    ours = YAML(typ="safe").load((ROOT / "mkdocs.yml").read_text("utf-8"))["extra_css"]
    assert ours == [f"{OURS}/tokens.css", *(f"{OURS}/{sheet}.css" for sheet in REPLACED[f"{OURS}/homeward.css"])]


def test_a_page_that_the_settings_leave_out_is_not_published(clinic: Path) -> None:
    (clinic / "content" / "index.md").write_text("# Welcome\n")
    (clinic / "mkdocs.yml").write_text(CONFIG + "exclude_docs: sheets/\n")
    assert build(clinic / "mkdocs.yml", clinic / "site").forms == 0
    assert read_catalogue(clinic / "site").forms == ()


def test_a_form_that_its_page_does_not_show_is_not_published(clinic: Path) -> None:
    (clinic / "hook.py").write_text("def on_page_markdown(text, **_): return text.replace('Low?', 'High?')\n")
    (clinic / "mkdocs.yml").write_text(CONFIG + "hooks: [hook.py]\n")
    with pytest.raises(NotBuilt, match=r"sheets/abc\.md does not show its form as it is published"):
        build(clinic / "mkdocs.yml", clinic / "site")


def mkdocs(clinic: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict"]
    return subprocess.run(command, cwd=clinic, capture_output=True, text=True, check=False)


def test_plain_mkdocs_builds_the_same_page(clinic: Path) -> None:
    page = clinic / "site" / "sheets" / "abc" / "index.html"
    assert mkdocs(clinic).returncode == 0
    plain = page.read_text()
    build(clinic / "mkdocs.yml", clinic / "site")
    assert page.read_text() == plain


def test_plain_mkdocs_stops_at_a_mistake_and_reports_it(clinic: Path) -> None:
    (clinic / "content" / "a.md").write_text("# A\n\n```yaml from\nform: a\n```\n")
    stopped = mkdocs(clinic)
    assert stopped.returncode != 0
    assert "content/a.md:3:4 'yaml from' does not start a form; did you mean 'yaml form'?" in stopped.stderr


def test_form_files_are_not_served(clinic: Path) -> None:
    sheets = clinic / "content" / "sheets"
    (sheets / "abc.md").write_text("# ABC\n\n```yaml form\nfrom: abc.yml\n```\n")
    (sheets / "abc.yml").write_text("form: abc\nfields: {low: {ask: Low?, type: choice, choices: often}}\n")
    (clinic / "content" / "_choices.yml").write_text("often: {0: Never, 1: Often}\n")
    build(clinic / "mkdocs.yml", clinic / "site")
    assert [published.form.id for published in read_catalogue(clinic / "site").forms] == ["abc"]
    assert list((clinic / "site").rglob("*.yml")) == []
