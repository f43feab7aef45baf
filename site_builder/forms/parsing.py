"""The fenced blocks of a page → a form, or every mistake of the page with its place and its remedy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from site_builder.forms.alerts import read_alerts
from site_builder.forms.definition import Form, Section
from site_builder.forms.errors import FormErrors, Source
from site_builder.forms.items import Items
from site_builder.forms.naming import unfit_form_id, unfit_table
from site_builder.forms.options import NOT_YET, Options
from site_builder.forms.questions import COMMON, OPTIONS, Names, read_fields
from site_builder.forms.reading import Block, Listing, Mistakes, Table, read_block
from site_builder.forms.scales import read_scales

__all__ = ["Block", "ReadForm", "parse_blocks", "read_form", "readable"]

SECTION = ("title", "why", "fields")
FORM = ("form", "version", "purpose", "licence", "source", "with_clinician", "scales", "alerts")
_HIGHEST_VERSION = 9999
_FIELDS_LIKE = "fields: {situation: What was happening?}"


@dataclass(frozen=True)
class ReadForm:
    """A form, and where each part of it stands.

    `places` has a question by its path (`mood`, `steps.fear`, a row of a matrix by its own name), what it was called
    before as `mood was`, and `form`, `version`, `alerts`, `alert 0` and `scale total`.
    """

    form: Form
    places: Mapping[str, Source]


def parse_blocks(blocks: Sequence[Block], *, page: str, title: str, complete: bool = True) -> Form:
    """Read the blocks of one page as one form; see `read_form`."""
    return read_form(blocks, page=page, title=title, complete=complete).form


def read_form(blocks: Sequence[Block], *, page: str, title: str, complete: bool = True) -> ReadForm:
    """Read the blocks of one page as one form with its places.

    `title` is the page's; without one the form's id is made readable. `complete` is False when the caller
    knows of blocks that are not among these, so that names which may stand there are not called unknown.
    Raises FormErrors with every mistake.
    """
    mistakes = Mistakes(page)
    tables = [read_block(block, mistakes) for block in blocks]
    read = [
        (Options(table, mistakes, "the form" if number == 0 else "a later block"), number == 0)
        for number, table in enumerate(tables)
        if table is not None
    ]
    places: dict[str, Source] = {}
    names = Names(mistakes, places)
    sections = [_section(options, is_first, names) for options, is_first in read]
    form_id = next((_form_id(options) for options, is_first in read if is_first), "")
    head = next((options for options, is_first in read if is_first), None)
    draft = Form(
        id=form_id,
        version=head.whole("version", 1, 1, _HIGHEST_VERSION) if head else 1,
        title=title or readable(form_id),
        sections=tuple(sections),
    )
    _repeat_tables(draft, names, mistakes)
    names.require_sound_renames()
    all_read = complete and len(read) == len(blocks)
    form = _finished(draft, head, Items(draft, names.taken, mistakes, all_read=all_read)) if head else draft
    if mistakes.found:
        raise FormErrors(mistakes.found)
    return ReadForm(form, places | dict(_places(head.table)) if head else places)


def _places(head: Table) -> Iterator[tuple[str, Source]]:
    """Give the places of what the first block says about the whole form."""
    for name in ("form", "version", "alerts"):
        if key := head.key(name):
            yield name, key.source
    if isinstance(scales := head.get("scales"), Table):
        yield from ((f"scale {key.text}", key.source) for key, _ in scales.entries)
    if isinstance(alerts := head.get("alerts"), Listing):
        yield from ((f"alert {number}", alert.source) for number, alert in enumerate(alerts.items))


def readable(form_id: str) -> str:
    """Turn an id into a title: thought-record → Thought record."""
    return form_id.replace("-", " ").capitalize()


def _section(options: Options, is_first: bool, names: Names) -> Section:
    if is_first:
        options.only((*FORM, *SECTION), _misplaced())
    else:
        _later(options)
    if "fields" not in options:
        start = options.table.source
        options.mistakes.add(start, "this block asks nothing", f"write it like this: {_FIELDS_LIKE}")
    table = options.entries("fields", _FIELDS_LIKE)
    fields = read_fields(table, options.mistakes, names) if table else ()
    return Section(fields, options.words("title"), options.words("why"))


def _misplaced() -> dict[str, str]:
    """For options of a question that stand too far out, where they belong."""
    inner = {*COMMON, *(option for options in OPTIONS.values() for option in options)}
    remedy = "it belongs to a question: move it under the question's name, further in"
    return dict.fromkeys(inner.difference(FORM, SECTION, NOT_YET), remedy)


def _later(options: Options) -> None:
    elsewhere = dict.fromkeys(FORM, "it belongs in the first block of the page")
    elsewhere["form"] = "leave this line out; a second form needs a page of its own"
    options.only(SECTION, _misplaced() | elsewhere)


def _form_id(options: Options) -> str:
    if "form" not in options:
        at = options.table.source
        options.mistakes.add(at, "the first block does not name its form", "add a line like form: thought-record")
        return ""
    name = options.words("form")
    value = options.table.get("form")
    if name and value and (unfit := unfit_form_id(name)):
        options.mistakes.add(value.source, *unfit)
    return name


def _repeat_tables(draft: Form, names: Names, mistakes: Mistakes) -> None:
    """Each repeat has a table of its own; its name must be free as well."""
    for field in draft.fields:
        if field.type == "repeat" and (unfit := unfit_table(f"{draft.table}_{field.id}", field.id)):
            mistakes.add(names.taken[field.id].source, *unfit)


def _finished(draft: Form, options: Options, items: Items) -> Form:
    """Add what the first block says about the whole form."""
    scales = read_scales(options, items)
    licence = options.words("licence")
    if "scales" in options and "licence" not in options:
        remedy = "add 'licence:' with who made it and what they permit"
        problem = "a measure without a licence cannot be published"
        options.mistakes.add(options.key("scales").source, problem, remedy)
    return Form(
        id=draft.id,
        version=draft.version,
        title=draft.title,
        sections=draft.sections,
        purpose=options.words("purpose"),
        licence=licence,
        source=options.words("source"),
        scales=scales,
        alerts=read_alerts(options, items),
        with_clinician=options.flag("with_clinician"),
    )
