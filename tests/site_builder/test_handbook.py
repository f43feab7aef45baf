"""The handbook matches the golden examples and the parser.

HOMEWARD_REWRITE_DOCS=1 rewrites the pages in content/handbook; read the diff before you commit it.
"""

from __future__ import annotations

import contextlib
import difflib
import os
import re
import tempfile
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import markdown
import pytest
from ruamel.yaml import YAML

from site_builder.checks import check
from site_builder.checks.unfinished import unfinished
from site_builder.content.form_files import CHOICES
from site_builder.content.library import read_body, read_library
from site_builder.content.lock import Placed, with_places
from site_builder.forms.history.changes import compare
from site_builder.forms.history.versions import new_history
from site_builder.forms.language.alerts import ALERT
from site_builder.forms.language.choices import CHOICE
from site_builder.forms.language.criteria import CLUSTER, CRITERION
from site_builder.forms.language.fields import COMMON
from site_builder.forms.language.form import FORM, SECTION
from site_builder.forms.language.matrix import ROW
from site_builder.forms.language.scales import SCALE
from site_builder.forms.model.fields import KINDS
from site_builder.forms.model.signs import UNSEEN
from site_builder.practices.breaths import PHASES
from site_builder.practices.language import LOG, PRACTICE
from site_builder.practices.steps import GROUPS, STEP

ROOT = Path(__file__).parents[2]
EXAMPLES = Path(__file__).parent / "examples"
DATA = Path(__file__).parent / "handbook"
MISTAKES = Path(__file__).parent / "mistakes"
HANDBOOK = ROOT / "content" / "handbook"
REWRITE = os.environ.get("HOMEWARD_REWRITE_DOCS") == "1"
WRITTEN_ANEW = "# Written by tests/site_builder/test_handbook.py, which says from what. Change that, not this page."
SHOWN_AS = "worksheet.md"  # what a message calls the page


def load(name: str) -> Any:
    return YAML(typ="safe", pure=True).load((DATA / name).read_text("utf-8"))


@dataclass(frozen=True)
class Page:
    """One entry of the table of contents."""

    file: str
    title: str
    text: str
    type: str = ""
    examples: tuple[str, ...] = ()
    files: tuple[str, ...] = ()  # that the examples refer to; copied beside the page as well


@dataclass(frozen=True)
class Message:
    """A page that causes a message, and the same page corrected.

    With `published`, both are edits of that published form.
    """

    title: str
    broken: str
    mended: str
    published: str = ""

    @property
    def reported(self) -> list[str]:
        return problems_in(self.broken, self.published)


OPTIONS = load("options.yml")
CONTENTS = {part["part"]: [Page(**page) for page in part["pages"]] for part in load("contents.yml")}
PAGES = [page for pages in CONTENTS.values() for page in pages]
SHOWN = [page for page in PAGES if page.examples]


def whole(words: str) -> str:
    """Return a whole page, adding a form's fence where the words have none."""
    return words if "```" in words else f"```yaml form\n{words}```\n"


MESSAGES = {
    part["part"]: [
        Message(m["title"], *(whole(m[name]) if name in m else "" for name in ("broken", "mended", "published")))
        for m in part["messages"]
    ]
    for part in load("messages.yml")
    if "messages" in part
}
CLINICS = {
    part["part"]: [(one["title"], one["broken"], one["mended"]) for one in part["clinics"]]
    for part in load("messages.yml")
    if "clinics" in part
}
NEWLINES = "\n\n"
SEEDED = {part["part"]: part["pages"] for part in load("messages.yml") if "pages" in part}  # of tests/…/mistakes


def problems_in(text: str, published: str = "") -> list[str]:
    """Return everything that prevents publishing this page, or that its readers would stumble over.

    `published` is its earlier published text.
    """
    read = read_body(text, SHOWN_AS, "")
    if read.practice or not published or read.form is None:
        stumbles = [warning for warning in read.warnings if warning.rule == "markup"]
        return [str(error) for error in (*read.errors, *stumbles, *unfinished(text, SHOWN_AS))]
    before = read_body(published, SHOWN_AS, "").form
    assert before
    critical = [change for change in compare(new_history(before), read.form) if change.critical]
    return [*map(str, with_places({before.id: critical}, [Placed(read.form, read.places, read.form_at)]))]


def visibly(text: str) -> str:
    """Return a text with a number in place of each sign that cannot be seen, so that the page shows it."""
    return UNSEEN.sub(lambda sign: sign[0] if sign[0] == "\t" else f"‹U+{ord(sign[0]):04X}›", text)


def problems_of(files: Mapping[str, Any]) -> list[str]:
    """Return the mistakes of a whole clinic: `files` holds what is in each, or where it leads as a link."""
    with tempfile.TemporaryDirectory() as name, contextlib.chdir(name):
        for path, written in files.items():
            file = Path(path)
            file.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(written, str):
                file.write_text(written, "utf-8")
            elif link := written.get("leads to"):
                file.symlink_to(link)
            else:
                file.write_text(written["text"], written["saved as"])
        return [str(mistake) for mistake in check(Path("content"), Path("mkdocs.yml")).errors]


def clinic_pane(caption: str, files: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """Return the files of a clinic that differ from those of another."""
    parts = [caption]
    for path in [path for path in files if files[path] != other.get(path)]:
        written = files[path]
        if isinstance(written, str):
            parts += [f"`{path}`:", fenced("text", visibly(written))]
        elif link := written.get("leads to"):
            parts.append(f"`{path}` is a link to `{link}`.")
        else:
            parts += [f"`{path}`, saved as {written['saved as']}:", fenced("text", written["text"])]
    if len(parts) == 1:
        parts.append("The file is not there.")
    return f"<div markdown>\n\n{NEWLINES.join(parts)}\n\n</div>\n\n"


def fenced(info: str, text: str) -> str:
    return f"````{info}\n{text.rstrip()}\n````"


def prose(words: str) -> str:
    return textwrap.fill(words, 120, break_long_words=False, break_on_hyphens=False)


def joined(html: str) -> str:
    return html.replace("\n", "")


def pane(caption: str, words: str) -> str:
    return f"<div markdown>\n\n{caption}\n\n{fenced('markdown', words)}\n\n</div>\n\n"


def front(title: str, description: str) -> str:
    return "\n".join(
        [
            "---",
            WRITTEN_ANEW,
            f'title: "{title}"',
            f'description: "{description}"',
            "audience: clinic",
            "search: {exclude: true}",
            "reading_level: 12",
            "reading_reason: For clinicians who write worksheets, not for clients.",
            "---",
        ]
    )


def options_of(type: str) -> str:
    """Return what docs/worksheets.md says about a type, as one line."""
    row = re.search(rf"^\| `{type}` \| (.*?) \| (.*?) ?\|$", (ROOT / "docs" / "worksheets.md").read_text(), flags=re.M)
    assert row, f"docs/worksheets.md does not tell of {type}"
    own = f" Its own options: {row[2]}." if row[2] else " It has no options of its own."
    return prose(f"`type: {type}` asks for {row[1]}.{own} Like every question it may have a `hint` and be `required`.")


def example_page(page: Page) -> str:
    at = PAGES.index(page)
    following = PAGES[at + 1] if at + 1 < len(PAGES) else None
    parts = [
        front(page.title, f"{page.title}: what you write, and what it becomes."),
        f"# {page.title}",
        prose(page.text),
    ]
    for name in page.examples:
        text = (EXAMPLES / f"{name}.md").read_text("utf-8")
        parts.append(fenced(f"markdown {'practice' if 'yaml practice' in text else 'form'} example", text))
    for name in page.files:
        parts += [f"This is the file `{name}`:", fenced("yaml", (EXAMPLES / name).read_text("utf-8"))]
    if page.type:
        parts.append(options_of(page.type))
    if following:
        parts.append(f"Next: [{following.title}]({following.file}.md)")
    return "\n\n".join(parts) + "\n"


def index_page() -> str:
    parts = [
        front(
            "Handbook for the clinic", "How to write, publish and work with guides, worksheets, measures and practices."
        ),
        "# Handbook for the clinic",
        prose(
            "For whoever writes guides, worksheets, measures and practices here, and for whoever works with them. "
            "Of each kind of thing there is an example: on one side what you write, on the other what it becomes. "
            "Every form is alive, and none is sent."
        ),
    ]
    for part, pages in CONTENTS.items():
        links = [f"- [{page.title}]({page.file}.md)" + ("" if page.examples else f". {page.text}") for page in pages]
        parts += [f"## {part}", "\n".join(links)]
    return "\n\n".join(parts) + "\n"


def messages_page() -> str:
    page = next(page for page in PAGES if page.file == "messages")
    parts = [
        front(page.title, page.text),
        f"# {page.title}",
        prose(
            "A message names the file, the line and the column, says what is wrong, and behind the semicolon what to "
            "do. Below each message are words that bring it about, and the same words mended. `make check` tells "
            "all of them at once. A site with one of them is not published, and the old one stays in place."
        ),
    ]
    for part, messages in MESSAGES.items():
        parts.append(f"## {part}")
        for message in messages:
            panes = pane("Published:", message.published) if message.published else ""
            panes += pane("What brings it about:", visibly(message.broken)) + pane("Mended:", message.mended)
            shown = f'<div class="hw-mended" markdown>\n\n{panes}</div>'
            parts += [f"### {message.title}", fenced("text", "\n".join(message.reported)), shown]
    for part, clinics in CLINICS.items():
        parts.append(f"## {part}")
        for title, broken, mended in clinics:
            panes = clinic_pane("What brings it about:", broken, mended) + clinic_pane("Mended:", mended, broken)
            shown = f'<div class="hw-mended" markdown>\n\n{panes}</div>'
            parts += [f"### {title}", fenced("text", "\n".join(problems_of(broken))), shown]
    for part, pages in SEEDED.items():
        parts.append(f"## {part}")
        for name, title in pages.items():
            reported, _ = (MISTAKES / f"{name}.txt").read_text("utf-8").splitlines()
            panes = pane("What brings it about:", changed(name, "-")) + pane("Mended:", changed(name, "+"))
            shown = f'<div class="hw-mended" markdown>\n\n{panes}</div>'
            parts += [f"### {title}", fenced("text", reported.removeprefix("content/")), shown]
    return "\n\n".join(parts) + "\n"


def options_page() -> str:
    page = next(page for page in PAGES if page.file == "options")
    parts = [
        front(page.title, page.text),
        f"# {page.title}",
        prose(
            "Each option has one example, and each example is one that the check has read. Where one begins with "
            "`scales`, `criteria` or `alerts`, the name of the form stands above it, and these questions below:"
        ),
        fenced("yaml", OPTIONS["questions"]),
        "On this page: " + " · ".join(f"[{part['part']}](#{slug(part['part'])})" for part in OPTIONS["parts"]),
    ]
    for part in OPTIONS["parts"]:
        parts += [f"## {part['part']}", prose(part["text"])]
        for option in part["options"]:
            blocks = [fenced("yaml", block) for block in option["example"].split("---\n")]
            title = option.get("title", f"`{option['name']}` of {part['of']}")
            parts += [f"### {title}", prose(option["text"]), *blocks]
    following = PAGES[PAGES.index(page) + 1]
    return "\n\n".join([*parts, f"Next: [{following.title}]({following.file}.md)"]) + "\n"


def slug(heading: str) -> str:
    """Return the id of a heading."""
    return heading.lower().replace(" ", "-")


def changed(name: str, sign: str) -> str:
    """Return the lines of a page that its correction removes (-) or adds (+)."""
    broken, mended = ((MISTAKES / f"{name}{end}.md").read_text("utf-8").splitlines() for end in ("", ".mended"))
    lines = [line[2:] for line in difflib.ndiff(broken, mended) if line.startswith(f"{sign} ")]
    return "\n".join(lines) or "…"


def generated_pages() -> Iterator[tuple[str, str]]:
    """Return the name and text of every generated page."""
    yield "index.md", index_page()
    yield "messages.md", messages_page()
    yield "options.md", options_page()
    yield from ((f"{page.file}.md", example_page(page)) for page in SHOWN)
    yield from ((name, (EXAMPLES / name).read_text("utf-8")) for page in SHOWN for name in page.files)


LANGUAGE = {
    "form": FORM,
    "section": SECTION,
    "question": COMMON,
    "choice": CHOICE,
    "row": ROW,
    "scale": SCALE,
    "criterion": CRITERION,
    "cluster": CLUSTER,
    "alert": ALERT,
}
OF_PRACTICES = {"practice": PRACTICE, "step": STEP, "groups": GROUPS, "breath": PHASES, "log": LOG}


@pytest.mark.parametrize("part", OPTIONS["parts"], ids=lambda part: part["about"])
def test_every_option_of_the_language_has_its_entry(part: Any) -> None:
    assert sorted({option["name"] for option in part["options"]}) == sorted((LANGUAGE | OF_PRACTICES)[part["about"]])


def test_every_part_of_the_language_has_its_options_told() -> None:
    assert [part["about"] for part in OPTIONS["parts"]] == [*LANGUAGE, *OF_PRACTICES]


@pytest.mark.parametrize(
    ("about", "option"),
    [(part["about"], option) for part in OPTIONS["parts"] for option in part["options"]],
    ids=lambda value: value if isinstance(value, str) else value["name"],
)
def test_the_example_of_an_option_is_a_good_form_that_uses_it(about: str, option: Any) -> None:
    text = option["example"]
    assert re.search(rf"(?:^|[{{ ]){option['name']}: ", text, flags=re.M) or f"{option['name']}:\n" in text
    if about in OF_PRACTICES:
        read = read_body(fenced("yaml practice", text), SHOWN_AS, "A page")
        findings = [finding for finding in (*read.errors, *read.warnings) if "without a log" not in finding.problem]
        assert (read.practice is not None, findings) == (True, [])
        return
    head = "" if "form: " in text else "form: example\nlicence: Made up for this page.\n"
    blocks = f"{head}{text}{'' if 'fields:' in text else OPTIONS['questions']}".split("---\n")
    read = read_body("\n\n".join(fenced("yaml form", block) for block in blocks), SHOWN_AS, "A page")
    assert [str(finding) for finding in (*read.errors, *read.warnings) if finding.rule != "meaning"] == []
    assert read.form is not None
    assert len(read.form.sections) == len(blocks)


@pytest.mark.parametrize(("name", "text"), list(generated_pages()), ids=lambda value: str(value)[:20])
def test_a_page_matches_its_examples_and_the_parser(name: str, text: str) -> None:
    if REWRITE:
        (HANDBOOK / name).write_text(text, "utf-8")
    assert (HANDBOOK / name).read_text("utf-8") == text


def test_the_table_of_contents_names_every_page_once() -> None:
    assert sorted(f"{page.file}.md" for page in PAGES) == sorted(
        path.name for path in HANDBOOK.glob("*.md") if path.name != "index.md"
    )


def test_every_golden_example_is_in_the_handbook() -> None:
    """Except forms sent back with problems, which are about clients, not authors."""
    names = {path.stem for path in EXAMPLES.glob("*.md") if not path.with_suffix(".json").exists()}
    assert {name for page in PAGES for name in page.examples} == names


def test_every_type_has_its_page() -> None:
    assert [page.type for page in PAGES if page.type] == list(KINDS)


@pytest.mark.parametrize("page", SHOWN, ids=lambda page: page.file)
def test_a_live_example_has_the_questions_of_the_golden_one(page: Page) -> None:
    """The live form beside the source equals the golden one, except for unique ids and a form action."""
    _, _, body = (HANDBOOK / f"{page.file}.md").read_text("utf-8").split("---\n", 2)
    options = {"site_builder.extension": {"content": str(ROOT / "content")}}
    html = markdown.markdown(body, extensions=["site_builder.extension"], extension_configs=options)
    for number, name in enumerate(page.examples, 1):
        parts = r"<section.*?</section>|<ol class=.hw-practice__steps.*?</ol>"
        sections = re.findall(parts, joined((EXAMPLES / f"{name}.html").read_text("utf-8")))
        shown = joined(html).replace(f"hw-example-{number}-{name}", f"hw-{name}")
        assert sections
        assert [section for section in sections if section not in shown] == []


@pytest.mark.parametrize("message", [m for part in MESSAGES.values() for m in part], ids=lambda message: message.title)
def test_a_message_is_reported_and_can_be_corrected(message: Message) -> None:
    assert message.reported
    assert all("; " in line for line in message.reported)
    assert problems_in(message.mended, message.published) == []


@pytest.mark.parametrize(("title", "broken", "mended"), [one for part in CLINICS.values() for one in part])
def test_a_mistake_of_a_whole_clinic_can_be_corrected(title: str, broken: Any, mended: Any) -> None:
    (message,) = problems_of(broken)
    assert "; " in message
    assert problems_of(mended) == []


def test_the_examples_share_the_choices_of_the_site() -> None:
    assert (EXAMPLES / CHOICES).read_text("utf-8") == (ROOT / "content" / CHOICES).read_text("utf-8")


def test_the_handbook_publishes_no_form() -> None:
    library = read_library(ROOT / "content")
    pages = [page for page in library.pages if page.path.startswith("handbook/")]
    assert [page.path for page in pages if page.form or page.errors or any(unfinished(page.text, page.shown))] == []
    assert sum(len(page.examples) for page in pages) == sum(len(page.examples) for page in SHOWN)
    assert all(page.front["audience"] == "clinic" for page in pages)
    assert all(page.front["search"] == {"exclude": True} for page in pages)
