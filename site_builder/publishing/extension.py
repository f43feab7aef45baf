"""Python-Markdown extension that renders each page's form, with the prose between its blocks in it, or its practice."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

from site_builder.content.fences import Example, Fenced, find_fences
from site_builder.content.library import Body, digest_of, library_of, read_body, url_of
from site_builder.forms.html.render import render_close, render_open, render_section
from site_builder.forms.language.yaml_tree import Mistakes
from site_builder.forms.model.definition import Form
from site_builder.forms.model.errors import FormError, FormErrors, SiteError, Source
from site_builder.forms.model.markup import NO_HTML, Markup, trusted
from site_builder.practices.html import render_practice
from site_builder.practices.model import Practice
from site_builder.programs.drawing import with_weeks
from site_builder.programs.language import read_program
from site_builder.publishing.handbook_examples import example_html
from site_builder.publishing.mistakes_page import mistakes_html
from site_builder.publishing.page_lists import with_lists

UNKNOWN_PAGE = "this page"
# The digest is that of the unchanged text, and no other extension may change a form.
BEFORE_EVERYTHING = 1000
AFTER_FORMS = 999  # lists of pages and weeks of programs change the text; forms know a page by it
# After whitespace is normalised (30), which would break a placeholder, and before fences (25) and raw HTML (20).
BEFORE_FENCES = 29
STEP, STEP_END = Markup('<div class="hw-step">'), Markup("</div>")


class UnknownOption(SiteError):
    """An option of this extension has an invalid value."""


class FormsExtension(Extension):
    """Renders fenced `yaml form` and `yaml practice` blocks; see `config` for the options."""

    def __init__(self, **options: Any) -> None:
        self.config = {
            "content": ["", "Folder of the Markdown files; by it a page finds its name and title."],
            "on_mistake": [
                "stop",
                "What a mistake in a form does: 'stop' the build, or 'show' it on the page.",
            ],
            "site_url": ["", "Address of the site; forms are sent to forms/<id> below its path."],
            "directory_urls": [True, "Whether the address of a page ends in a slash, as use_directory_urls says."],
            "help": ["", "The clinic's own text (Markdown) that is shown at once after a risk answer."],
            "contact_html": [NO_HTML, "Whom to call at the clinic, and when; shown below that text."],
        }
        super().__init__(**options)
        if self.getConfig("on_mistake") not in ("stop", "show"):
            raise UnknownOption("site_builder.extension: 'on_mistake' has to be 'stop' or 'show'")
        content = self.getConfig("content")
        if content and not Path(content).is_dir():
            raise UnknownOption(f"site_builder.extension: there is no folder '{content}' to read the content from")

    def extendMarkdown(self, md: markdown.Markdown) -> None:
        md.registerExtension(self)
        md.block_level_elements += ["homeward-form", "homeward-practice"]  # a placeholder would stay inside a <p>
        forms = FormBlocks(md, self)
        md.preprocessors.register(forms, "homeward_forms", BEFORE_EVERYTHING)
        md.preprocessors.register(PageLists(md, self), "homeward_page_lists", AFTER_FORMS)
        md.preprocessors.register(ProgramWeeks(md, self), "homeward_program_weeks", AFTER_FORMS)
        md.preprocessors.register(FormPlaces(md, forms), "homeward_form_places", BEFORE_FENCES)

    def read(self, body: str, path: str = "") -> Body:
        """Return the form of a page from the library or, when the page is not in it, from the text itself.

        With `path` two pages of the same text are told apart: `from: form.yml` is another file in another folder.
        """
        if content := self.getConfig("content"):
            folder, digest = Path(content).absolute(), digest_of(body)
            library = library_of(folder)
            if digest not in library.by_digest:
                library = library_of(folder, fresh=True)
            named = library.by_path.get(path)
            if page := named if named and named.digest == digest else library.by_digest.get(digest):
                # With 'show', a readable form is shown even if something else prevents its publishing.
                stops = self.getConfig("on_mistake") == "stop"
                errors = library.errors_of(page) if stops else page.errors
                return Body(page.form, page.form_at, errors, page.first_line, page.examples, practice=page.practice)
        return read_body(body, UNKNOWN_PAGE, "")

    def log_url(self, practice: Practice) -> str:
        """Return the address of the page with a practice's log, "" where there is none."""
        content = self.getConfig("content")
        if not content or practice.log is None:
            return ""
        pages = library_of(Path(content).absolute()).pages
        page = next((page for page in pages if page.form_id == practice.log.form), None)
        directories = self.getConfig("directory_urls")
        return base_path(self.getConfig("site_url")) + url_of(page.path, directories=directories) if page else ""

    def action(self, form: Form) -> str:
        return f"{base_path(self.getConfig('site_url'))}forms/{form.id}"


class FormBlocks(Preprocessor):
    """Replaces each block and example by a mark, and renders the HTML for it."""

    def __init__(self, md: markdown.Markdown, extension: FormsExtension) -> None:
        super().__init__(md)
        self.extension = extension
        self.html: dict[str, Markup] = {}

    def run(self, lines: list[str]) -> list[str]:
        self.html = {}
        body = "\n".join(lines).replace("\r\n", "\n").replace("\r", "\n")
        fences = find_fences(body, Mistakes(UNKNOWN_PAGE))  # in this text: MkDocs may have cut blank lines at its top
        if not (places := fences.in_order):
            return lines
        read = self.extension.read(body, _path_of(self.md))
        lines = body.split("\n")
        if read.errors and self.extension.getConfig("on_mistake") == "stop":
            raise FormErrors(read.errors)
        if read.errors:
            mistakes = mistakes_html(read.errors, body, read.first_line)
            return self.marked(lines, places, [mistakes, *(NO_HTML for _ in places[1:])])
        parts = iter(self.parts(read.form) if read.form else self.practice(read))
        panes = map(example_html, fences.examples, read.examples, itertools.count(1))
        return self.marked(lines, places, [next(parts if isinstance(place, Fenced) else panes) for place in places])

    def practice(self, read: Body) -> list[Markup]:
        if read.practice is None:
            return []
        practice = read.practice.practice
        return [render_practice(practice, log_url=self.extension.log_url(practice))]

    def parts(self, form: Form) -> list[Markup]:
        """Return the HTML for each block; prose after a block belongs to the step of the next block."""
        parts = [render_section(form, index) + STEP_END for index in range(len(form.sections))]
        parts = [*(part + STEP for part in parts[:-1]), parts[-1]]
        parts[0] = render_open(form, action=self.extension.action(form)) + STEP + parts[0]
        help_now = help_html(self.extension.getConfig("help")) + self.extension.getConfig("contact_html")
        parts[-1] += render_close(form, help_html=help_now)
        return parts

    def marked(self, lines: list[str], places: Sequence[Fenced | Example], parts: Sequence[Markup]) -> list[str]:
        nonce = secrets.token_hex(8)
        marked: list[str] = []
        done = 0
        for number, (fenced, part) in enumerate(zip(places, parts, strict=True)):
            mark = f"homeward-form-{nonce}-{number}"
            self.html[mark] = part
            marked += [*lines[done : fenced.first], "", mark, ""]
            done = fenced.last + 1
        return marked + lines[done:]


class PageLists(Preprocessor):
    """Writes out the lists of pages."""

    def __init__(self, md: markdown.Markdown, extension: FormsExtension) -> None:
        super().__init__(md)
        self.extension = extension

    def run(self, lines: list[str]) -> list[str]:
        content = self.extension.getConfig("content")
        if not content or not any("pages" in line for line in lines):
            return lines
        library = library_of(Path(content).absolute())
        styled = "markdown_block" in self.md.parser.blockprocessors  # md_in_html
        return with_lists("\n".join(lines), library, _path_of(self.md), styled=styled).split("\n")


class ProgramWeeks(Preprocessor):
    """Writes the weeks of a program, which stand above its page, into the page."""

    def __init__(self, md: markdown.Markdown, extension: FormsExtension) -> None:
        super().__init__(md)
        self.extension = extension

    def run(self, lines: list[str]) -> list[str]:
        content, path = self.extension.getConfig("content"), _path_of(self.md)
        if not content or not path:
            return lines
        pages = library_of(Path(content).absolute()).by_path
        page = pages.get(path)
        program = read_program(page) if page else None
        return with_weeks(lines, program, page, pages) if page and program else lines


class FormPlaces(Preprocessor):
    """Replaces each mark by its HTML, and refuses forms that another extension has included."""

    def __init__(self, md: markdown.Markdown, forms: FormBlocks) -> None:
        super().__init__(md)
        self.forms = forms

    def run(self, lines: list[str]) -> list[str]:
        html = self.forms.html
        if included := find_fences("\n".join(lines), Mistakes(UNKNOWN_PAGE)).blocks:
            lines, html = self.refused(lines, included)
        return [self.md.htmlStash.store(html[line]) if line in html else line for line in lines]

    def refused(self, lines: list[str], included: Sequence[Fenced]) -> tuple[list[str], dict[str, Markup]]:
        """Raise FormErrors for included forms, or show the mistake in their place."""
        at = Source(UNKNOWN_PAGE, included[0].first + 1, 1)
        kind = included[0].kind
        error = FormError(at, f"a {kind} cannot be included from another file", "write its blocks on this page")
        if self.forms.extension.getConfig("on_mistake") == "stop":
            raise FormErrors([error])
        shown = mistakes_html([error], "\n".join(lines))
        return self.forms.marked(lines, included, [shown, *(NO_HTML for _ in included[1:])]), self.forms.html


def _path_of(md: markdown.Markdown) -> str:
    """Return the path of the page that MkDocs is rendering, which its own processor of links knows; "" elsewhere."""
    if "relpath" not in md.treeprocessors:
        return ""
    return str(getattr(getattr(md.treeprocessors["relpath"], "file", None), "src_uri", ""))


def base_path(site_url: str) -> str:
    """Return the path of the site's address, with a slash at both ends."""
    path = urlsplit(site_url or "/").path
    return f"/{path.strip('/')}/" if path.strip("/") else "/"


@lru_cache(maxsize=8)
def help_html(text: str) -> Markup:
    return trusted(markdown.markdown(text)) if text else NO_HTML


def makeExtension(**options: Any) -> FormsExtension:
    """Return the extension; Python-Markdown requires this name."""
    return FormsExtension(**options)
