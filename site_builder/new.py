"""`homeward new`: turns a template and a name into a page that lacks only its author's own words."""

from __future__ import annotations

import datetime
import json
import posixpath
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from string import Template
from typing import Any

import yaml

from site_builder.checks import open_library
from site_builder.checks.unfinished import MARK, unfinished
from site_builder.command_line import command
from site_builder.content.library import Library, Page
from site_builder.content.menu import addresses, entry, menu_of, section_of
from site_builder.forms.model.errors import SiteError
from site_builder.forms.model.fields import Number
from site_builder.forms.model.identifiers import LONGEST_NAME, unfit_form_id

STARTERS = Path(__file__).parent / "starters"
# The folder of each kind, relative to the content, and its section in the menu.
KINDS = {
    "worksheet": ("worksheets", "Worksheets"),
    "diary": ("worksheets", "Worksheets"),
    "experiment": ("worksheets", "Worksheets"),
    "exposure": ("worksheets", "Worksheets"),
    "guide": ("guides", "Guides"),
    "measure": ("measures", "Questionnaires"),
    "subscales": ("measures", "Questionnaires"),
    "program": ("programs", "Programs"),
    "practice": ("practices", "Practices"),
}
_LONGEST_SLUG = LONGEST_NAME - len("worksheet-") - len("-999")  # leaves room for what makes a form's id unique
_FEWEST_WEEKS, _MOST_WEEKS = 4, 8
_MEASURED_EVERY = 4  # weeks; more often tires people, and says little
# Letters that Unicode does not decompose into a plain letter and an accent.
_PLAIN = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})


class NotStarted(SiteError):
    """The new page could not be written."""


@dataclass(frozen=True, slots=True)
class Started:
    """A new page. `lines` are those with words to replace; `menu` is the line to add under `section` in `nav`."""

    file: str
    title: str
    form: str
    lines: tuple[int, ...]
    section: str
    menu: str

    def __str__(self) -> str:
        where = ", ".join(map(str, self.lines))
        return (
            f"Written: {self.file}\n"
            f"Open it, and put your own words where a {MARK} stands: lines {where}.\n"
            f"`{command('preview')}` shows the page while you write, and `{command('check')}` says what is left.\n"
            f"To have it in the menu too, add this under {self.section} in mkdocs.yml:\n{self.menu}"
        )

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def new(kind: str, name: str, content: Path) -> Started:
    """Write a page of a kind, called `name`, into its folder. Raises NoContent and NotStarted."""
    library = open_library(content)
    folder, _ = KINDS[kind]
    title = " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())
    slug = slug_of(title)
    if not slug:
        remedy = f'write it in plain letters ({command("new")} {kind} "good things"), and change the title in the file'
        raise NotStarted(f"'{title}' has no letter from a to z and no figure to name the file with; {remedy}.")
    form = free_form_id(slug, kind, library)
    text = Template((STARTERS / f"{kind}.md").read_text("utf-8")).substitute(
        title=re.sub(r"([\\`*_\[\]<{|])", r"\\\1", title),
        quoted=json.dumps(title, ensure_ascii=False),
        form=_quoted_where_needed(form),
        today=datetime.date.today().isoformat(),  # noqa: DTZ011  the author's own day
        offer=_offer(library),
        weeks="\n".join(_weeks(library)),
        practice=_free_practice_id(slug, library),
        log=_log(library),
    )
    file = content / folder / f"{slug}.md"
    _write(file, text)
    section, menu = _menu(content, kind, title, f"{folder}/{slug}.md")
    lines = dict.fromkeys(mistake.source.line for mistake in unfinished(text, str(file)))
    return Started(str(file), title, form if "yaml form" in text else "", tuple(lines), section, menu)


def slug_of(title: str) -> str:
    """Return a title as a file name of a to z, digits and hyphens; "" when nothing remains."""
    plain = unicodedata.normalize("NFKD", title.casefold().translate(_PLAIN))
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "-", bare.replace("'", "").replace("’", ""))[:_LONGEST_SLUG].strip("-")


def free_form_id(slug: str, kind: str, library: Library) -> str:
    """Return a valid form id whose table no other form of the site has."""
    taken = {form.table for form in library.forms}
    taken |= {f"{form.table}_{field.id}" for form in library.forms for field in form.fields if field.type == "repeat"}
    candidates = (slug, f"{kind}-{slug}", *(f"{kind}-{slug}-{number}" for number in range(2, len(taken) + 4)))
    return next(id for id in candidates if not unfit_form_id(id) and id.replace("-", "_") not in taken)


def _free_practice_id(slug: str, library: Library) -> str:
    """Return a valid name that no other practice of the site has."""
    taken = {page.practice.practice.id for page in library.pages if page.practice}
    candidates = (slug, f"practice-{slug}", *(f"practice-{slug}-{number}" for number in range(2, len(taken) + 4)))
    return _quoted_where_needed(next(id for id in candidates if not unfit_form_id(id) and id not in taken))


def _log(library: Library) -> str:
    """Return the line with the log of a practice: a form of the site that asks for minutes, if there is one."""
    for form in library.forms:
        if any(field.id == "minutes" and isinstance(field, Number) for field in form.fields):
            log = f"log: {{form: {form.id}, minutes: minutes}}"
            return f"# The form to note it in, and its question for the minutes.\n{log}"
    return "# A form that asks for the minutes can be named here: log: {form: its-name, minutes: its-question}"


def _quoted_where_needed(form: str) -> str:
    """Return the id, in quotation marks if YAML would take it for a number, a flag or null."""
    return form if yaml.safe_load(form) == form else f'"{form}"'


def _write(file: Path, text: str) -> None:
    """Write a new file. Raises NotStarted when it exists or cannot be written."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8", newline="\n") as opened:
            opened.write(text)
    except OSError as error:
        if isinstance(error, FileExistsError) and file.exists():
            raise NotStarted(f"{file} is there already, and was left as it is; choose another name.") from error
        raise NotStarted(f"{file} could not be written: {error.strerror}.") from error


def _finished_pages(library: Library, kind: str) -> list[Page]:
    """Return the finished pages of a kind in the order of the menu: no mistakes, and nothing left to write."""
    folder, _ = KINDS[kind]
    places = {address: number for number, address in enumerate(addresses(menu_of(library.content)))}
    return [
        page
        for page in sorted(library.pages, key=lambda page: places.get(page.path, len(places)))
        if posixpath.dirname(page.path) == folder
        and posixpath.basename(page.path) not in ("index.md", "README.md")
        and not page.errors
        and not any(unfinished(page.text, page.shown))
    ]


def _offer(library: Library) -> str:
    """Return the lines of a guide that offer a worksheet, "" when the site has none."""
    worksheet = next(iter(_finished_pages(library, "worksheet")), None)
    if worksheet is None:
        return ""
    title = re.sub(r"([\\\[\]*_`])", r"\\\1", worksheet.title)
    words = f"**{title}** {MARK} Say in one sentence what it is good for just here."
    return f"\n[{words}](../{worksheet.path}){{ .hw-offer }}\n"


def _weeks(library: Library) -> Iterator[str]:
    """Yield the lines of each week, filled with pages of the site; a page that is not there yet is left to write."""
    guides, worksheets, measures = (_finished_pages(library, kind) for kind in ("guide", "worksheet", "measure"))
    worksheets = [page for page in worksheets if not (page.form and page.form.with_clinician)]
    for week in range(min(max(len(guides), _FEWEST_WEEKS), _MOST_WEEKS)):
        guide = guides[week] if week < len(guides) else None
        yield f"  - title: {json.dumps(guide.title, ensure_ascii=False) if guide else f'{MARK} What it is about'}"
        yield f"    why: {MARK} Say in one line why this comes now."
        yield f"    read: [{_path(guide.path) if guide else f'{MARK} guides/name-of-a-guide.md'}]"
        if worksheets:
            yield f"    do: [{_path(worksheets[week % len(worksheets)].path)}]"
        if measures and week % _MEASURED_EVERY == 0:
            yield f"    measure: [{_path(measures[0].path)}]"


def _path(path: str) -> str:
    """Return a path as YAML reads it in a list."""
    return path if re.fullmatch(r"[A-Za-z][\w./-]*", path, re.ASCII) else json.dumps(path, ensure_ascii=False)


def _menu(content: Path, kind: str, title: str, path: str) -> tuple[str, str]:
    """Return the menu section that a page belongs to, and the lines to add there."""
    folder, usual = KINDS[kind]
    line = f"      {entry(title, path)}"
    section = section_of(menu_of(content), folder)
    return (f"'{section}'", line) if section else ("'nav'", f"  - {usual}:\n{line}")
