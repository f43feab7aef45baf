"""A form with alerts is not published while nobody can be reached from the clinic's help."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from site_builder.checks import check
from site_builder.content.library import read_library
from site_builder.publishing.build import build
from tests.site_builder.checks.conftest import CheckPage

RISK = """# Mood

```yaml form
form: mood
fields: {low: {ask: Did you think of ending your life?, type: yes no}}
alerts: [{label: Thoughts of death, when: {low: yes}}]
```
"""
CALM = "# Mood\n\n```yaml form\nform: mood\nfields: {low: {ask: Low?, type: yes no}}\n```\n"
LINE = "Call [116 123](tel:116123), day and night."


def config(help: str = f'"{LINE}"', url: str = "help/") -> str:
    return f"extra:\n  clinic:\n    help: {help}\n    help_url: {url}\n"


@pytest.fixture
def check_page(check_page: CheckPage) -> CheckPage:
    """Leave out what is said about the clinic's own number and hours, which these settings do not name."""
    return partial(check_page, without="contact")


@pytest.fixture
def help_page(clinic: Path) -> Path:
    page = clinic / "content/help.md"
    page.write_text(f"# Get help now\n\n{LINE}\n")
    return page


@pytest.mark.parametrize(
    "help",
    [
        "",
        '""',
        '"   "',
        "~",
        "null",
        "[]",
        "{}",
        '"\u200b\u00a0"',
        '"<!-- 999 -->"',
        '"…"',
        "TODO",
        "tbd.",
        "✎ Call us on 999",
        "XXX",
        "Help text here",
        "Lorem ipsum dolor sit amet 12345",
        "To follow",
        "Coming soon!",
        '"[your text here]"',
    ],
)
def test_an_empty_help_text_is_a_mistake(check_page: CheckPage, help_page: Path, help: str) -> None:
    (message,) = check_page(RISK, config=config(help))
    assert message.startswith("mkdocs.yml:4:5 'extra.clinic.help' is ")
    assert "and the form 'mood' raises alerts; write whom to call" in message


def test_a_help_text_that_is_left_out_is_a_mistake(check_page: CheckPage, help_page: Path) -> None:
    (message,) = check_page(RISK, config="extra:\n  clinic:\n    name: Lane\n    help_url: help/\n")
    assert message.startswith("mkdocs.yml:4:5 'extra.clinic.help' is missing, and the form 'mood' raises alerts; ")


def test_the_text_of_the_extension_is_the_one_beside_the_answer(check_page: CheckPage, help_page: Path) -> None:
    own = "markdown_extensions:\n  - toc\n  - site_builder.extension:\n      help: ''\n"
    (message,) = check_page(RISK, config=config() + own)
    assert message.startswith("mkdocs.yml:9:7 the extension's 'help' is empty, and the form 'mood' raises alerts; ")


def test_settings_may_build_on_others_and_on_the_environment(
    check_page: CheckPage, help_page: Path, clinic: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (clinic / "base.yml").write_text(config())
    assert check_page(RISK, config="INHERIT: base.yml\n") == []
    assert len(check_page(RISK, config=config("!ENV CLINIC_HELP"))) == 1
    assert check_page(RISK, config=config(f'!ENV [CLINIC_HELP, "{LINE}"]')) == []
    monkeypatch.setenv("CLINIC_HELP", LINE)
    assert check_page(RISK, config=config("!ENV CLINIC_HELP")) == []


@pytest.mark.parametrize(
    "words",
    [
        "Call us.",
        "We are here 9:00–17:00, Monday to Friday.",
        "Since 2024.",
        "Read through 2026-03-09.",
        "In 24 hours.",
        "<!-- Call 116 123 -->Call us.",
        "[Our page](guides/why-practice.md)",
        "![A phone 0800 123456](pictures/stair.svg)",
    ],
)
def test_a_help_page_without_anybody_to_reach_is_a_mistake(check_page: CheckPage, help_page: Path, words: str) -> None:
    help_page.write_text(f"---\ntitle: Help\n---\n\n# Get help now\n\n{words}\n")
    (message,) = check_page(RISK, config=config())
    assert message == (
        "content/help.md:5:1 nobody can be reached from this page, to which help leads, and the form 'mood' raises "
        "alerts; write a number to call on it, like [116 123](tel:116123)"
    )


@pytest.mark.parametrize(
    "words",
    [
        "Call 112.",
        "Call 0800 111 0 111.",
        "Ring (01234) 567-890",
        "Appelez le 01 23 45 67 89",
        "اتصل ٩١١",
        "[Call](tel:999)",
        "[Write](mailto:help@example.org)",
        "Write to help@example.org",
        "[Chat](https://example.org/chat)",
        "<https://example.org>",
        '<a href="tel:+441234567890">Call</a>',
        "| Who | Number |\n| --- | --- |\n| Us | 116 123 |",
        "Text HOME to 741741",
    ],
)
def test_a_help_page_with_a_number_or_a_link_is_fine(check_page: CheckPage, help_page: Path, words: str) -> None:
    help_page.write_text(f"# Get help now\n\n{words}\n")
    assert check_page(RISK, config=config()) == []


def test_the_clinics_own_number_stands_beside_all_help(check_page: CheckPage, help_page: Path) -> None:
    help_page.write_text("# Get help now\n\nCall us.\n")
    assert check_page(RISK, config=config("Call us.") + "    phone: 01234 567890\n") == []


@pytest.mark.parametrize("url", ["help/", "/help/", "help/#now", "help.html", "help.md", "help/index.html"])
def test_the_help_page_is_the_one_that_help_leads_to(check_page: CheckPage, help_page: Path, url: str) -> None:
    assert check_page(RISK, config=config(url=url)) == []
    help_page.write_text("# Get help now\n\nCall us.\n")
    assert len(check_page(RISK, config=config(url=url))) == 1


def test_help_that_leads_nowhere_is_a_mistake(check_page: CheckPage) -> None:
    (message,) = check_page(RISK, config=config())
    assert message.startswith("mkdocs.yml:5:5 there is no page at 'help/' that says where to get help, and the form ")


@pytest.mark.parametrize("url", ["tel:999", "https://example.org/help", "mailto:help@example.org"])
def test_help_may_lead_to_a_number_or_another_site(check_page: CheckPage, url: str) -> None:
    assert check_page(RISK, config=config(url=url)) == []


@pytest.mark.parametrize(
    ("settings", "warning"),
    [
        ('    help: "Call 999."\n', "mkdocs.yml:4:5 warning: no page is named that says where to get help"),
        ("    help: Call us.\n    help_url: tel:999\n", "mkdocs.yml:4:5 warning: 'extra.clinic.help' names nobody"),
    ],
)
def test_help_in_one_place_alone_is_a_warning(check_page: CheckPage, settings: str, warning: str) -> None:
    (message,) = check_page(RISK, config=f"extra:\n  clinic:\n{settings}")
    assert message.startswith(warning)


def test_forms_without_alerts_need_no_help(check_page: CheckPage, help_page: Path) -> None:
    help_page.write_text("# Get help now\n\nCall us.\n")
    assert check_page(CALM, config=config('""')) == []


def test_a_page_that_is_left_out_of_the_site_raises_nothing(check_page: CheckPage) -> None:
    (line,) = check_page(RISK, config=f"exclude_docs: page.md\n{config('')}")
    assert "is not published: 'exclude_docs' leaves its page out of the site" in line


def test_a_site_without_help_is_not_built(clinic: Path, help_page: Path) -> None:
    (clinic / "content/page.md").write_text(RISK)
    settings = clinic / "mkdocs.yml"
    settings.write_text(
        "site_name: Lane\ndocs_dir: content\ntheme: {name: mkdocs, highlightjs: false}\nplugins: []\n"
        f"markdown_extensions: [site_builder.extension]\n{config('')}"
    )
    with pytest.raises(Exception, match=r"'extra\.clinic\.help' is empty"):
        build(settings, clinic / "site")
    assert not (clinic / "site").exists()


def test_the_demo_can_be_published() -> None:
    root = Path(__file__).parents[3]
    assert any(form.alerts for form in read_library(root / "content").forms)
    assert check(root / "content", root / "mkdocs.yml").errors == ()
