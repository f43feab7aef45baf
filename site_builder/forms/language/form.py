"""The fenced blocks of a page → a form, or every mistake on the page with its place and remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from site_builder.forms.language.alerts import read_alerts
from site_builder.forms.language.choices import read_choices
from site_builder.forms.language.computed import read_computed
from site_builder.forms.language.conditions import read_when
from site_builder.forms.language.criteria import read_criteria
from site_builder.forms.language.fields import COMMON, OPTIONS, read_fields
from site_builder.forms.language.items import Items
from site_builder.forms.language.meanings import unexplained
from site_builder.forms.language.options import Options
from site_builder.forms.language.raw_markup import raw_markup
from site_builder.forms.language.scales import read_scales
from site_builder.forms.language.scope import UNREAD, Lists, Names
from site_builder.forms.language.yaml_tree import Block, Listing, Mistakes, Table, Value, Word, read_block
from site_builder.forms.model.choices import Choice
from site_builder.forms.model.definition import Form, Section
from site_builder.forms.model.errors import FormError, FormErrors, Source
from site_builder.forms.model.identifiers import unfit_form_id, unfit_table

__all__ = ["Block", "FileReader", "ReadForm", "no_files", "parse_blocks", "read_form", "read_lists", "readable"]

FileReader = Callable[[str], Block | str]  # a file's name as written → its text, or why it cannot be read

SECTION = ("title", "why", "when", "choices", "fields", "computed")
FORM = ("form", "version", "purpose", "licence", "source", "with_clinician", "scales", "criteria", "alerts")
_HIGHEST_VERSION = 9999
_LISTS_LIKE = "choices: {how_often: {0: Never, 1: Sometimes}}"
_FIELDS_LIKE = "fields: {situation: What was happening?}"


@dataclass(frozen=True)
class ReadForm:
    """A form with the place of each of its parts, and warnings for its author.

    `places` holds a question by its path (`mood`, `steps.fear`, a row of a matrix by its own name), its earlier name
    as `mood was`, and `form`, `version`, `alerts`, `alert 0`, `scale total` and `criterion dsm5`.
    """

    form: Form
    places: Mapping[str, Source]
    warnings: tuple[FormError, ...] = ()


def no_files(name: str) -> str:
    """Return why no file can be read: the text itself is not in a file."""
    return "this text has no folder to look in"


def parse_blocks(
    blocks: Sequence[Block],
    *,
    page: str,
    title: str,
    complete: bool = True,
    read_file: FileReader = no_files,
    lists: Lists | None = None,
) -> Form:
    """Return the form of a page's blocks; see `read_form`."""
    return read_form(blocks, page=page, title=title, complete=complete, read_file=read_file, lists=lists).form


def read_form(
    blocks: Sequence[Block],
    *,
    page: str,
    title: str,
    complete: bool = True,
    read_file: FileReader = no_files,
    lists: Lists | None = None,
) -> ReadForm:
    """Return the form of a page's blocks, with its places and warnings. Raises FormErrors with every mistake.

    `title` is the page's; without one the title comes from the form's id. `complete` is False if the page has further
    blocks that could not be passed, so that names which may be in them are not reported as unknown.
    `read_file` reads a file that a block names with `from`; `lists` holds the choices that all pages share.
    """
    mistakes = Mistakes(page)
    files: set[str] = set()  # that blocks of this page take their questions from
    tables = [_read_table(block, mistakes, read_file, files, block is blocks[0]) for block in blocks]
    read = [
        (_options_of(table, mistakes, is_first=number == 0), number == 0)
        for number, table in enumerate(tables)
        if table is not None
    ]
    names = Names(mistakes, _lists_of([options for options, _ in read], lists or {}))
    names.unread = not complete or len(read) < len(blocks) or any(options.unclear for options, _ in read)
    sections = [_section(options, names) for options, _ in read]
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
    items = Items(draft, {*names.taken, *names.failed}, mistakes, all_read=names.all_read)
    form = _with_head(draft, head, items) if head else draft
    if not mistakes.errors:  # what was meant as its questions may have been reported
        for options, _ in read:
            if options.lacks("fields"):
                remedy = f"write it like this: {_FIELDS_LIKE}"
                mistakes.add(options.table.source, "this block asks nothing", remedy)
    if mistakes.errors:
        raise FormErrors(mistakes.in_one())
    warnings = [warning for options, _ in read for warning in raw_markup(options.table)]
    if head is None:
        return ReadForm(form, names.places, tuple(warnings))
    warnings += [*unexplained(head.table), *items.questions]
    return ReadForm(form, names.places | dict(_places(head.table)), tuple(warnings))


def _places(head: Table) -> Iterator[tuple[str, Source]]:
    """Yield the places of the first block's options about the whole form."""
    for name in ("form", "version", "alerts"):
        if key := head.key(name):
            yield name, key.source
    for kind, name in (("scale", "scales"), ("criterion", "criteria")):
        if isinstance(named := head.get(name), Table):
            yield from ((f"{kind} {key.text}", key.source) for key, _ in named.entries)
    if isinstance(alerts := head.get("alerts"), Listing):
        yield from ((f"alert {number}", alert.source) for number, alert in enumerate(alerts.items))


def _read_table(
    block: Block, mistakes: Mistakes, read_file: FileReader, files: set[str], is_first: bool
) -> Table | None:
    """Read a block; if it names a file, read the form in that file instead, and add its name to `files`."""
    table = read_block(block, mistakes)
    key, value = (table.key("from"), table.get("from")) if table else (None, None)
    if table is None or key is None or value is None or (isinstance(value, Word) and value.kind == "number"):
        return table  # a rating's 'from' that is not indented enough is reported later
    if others := [other.text for other, _ in table.entries if other is not key]:
        remedy = f"move {', '.join(others)} into the file, or leave 'from' out"
        mistakes.add(key.source, "a block that takes its form from a file holds nothing else", remedy)
        return None
    name = value.text if isinstance(value, Word) else ""
    file = read_file(name) if name else "it needs the name of a file, like from: sleep-diary.yml"
    if isinstance(file, str):
        mistakes.add(value.source, f"the file '{name}' cannot be read", file)
        return None
    if file.text.lstrip().startswith("```"):
        mistakes.add(
            Source(file.page, 1, 1), "there are backticks around the form in this file", "delete these two lines"
        )
        return None
    if file.page in files:
        mistakes.add(value.source, f"this page has the questions of '{name}' already", "delete one of the two blocks")
        return None
    files.add(file.page)
    inside = read_block(file, mistakes)
    if inside and (again := inside.key("from")):
        mistakes.add(again.source, "a file cannot take its questions from another file", "write them here")
        return None
    if inside and not is_first and inside.key("form"):
        problem = f"'{name}' holds a form of its own, and this page has one already"
        mistakes.add(value.source, problem, "give it a page of its own")
        return None
    return inside


def _lists_of(read: Sequence[Options], shared: Lists) -> Lists:
    """Return the lists of choices that the blocks of a page name, and those of the whole site."""
    own: dict[str, tuple[Choice, ...] | None] = {}
    for options in read:
        table = options.entries("choices", _LISTS_LIKE)
        if table and all(isinstance(value, Word) for _, value in table.entries):
            problem = "these choices have no name, by which a question could take them"
            options.mistakes.add(table.source, problem, f"write it like this: {_LISTS_LIKE}")
            own[UNREAD], table = None, None
        for name, value in table.entries if table else ():
            if name.text in own or name.text in shared:
                remedy = "choose another name" if name.text in own else "use that one, or choose another name"
                where = "on this page" if name.text in own else "for all pages"
                options.mistakes.add(name.source, f"there is a list '{name.text}' {where} already", remedy)
            own[name.text] = _list(name, value, options.mistakes)
    return {**shared, **own}


def read_lists(block: Block, mistakes: Mistakes) -> Lists:
    """Read the file of choices that all pages share: names, each with a list."""
    table = read_block(block, mistakes)
    lists: dict[str, tuple[Choice, ...] | None] = {}
    if table is None or not table.whole:
        lists[UNREAD] = None
    return lists | {name.text: _list(name, value, mistakes) for name, value in (table.entries if table else ())}


def _list(name: Word, value: Value, mistakes: Mistakes) -> tuple[Choice, ...] | None:
    before = len(mistakes)
    if not isinstance(value, Table) or not value.entries:
        problem = f"'{name.text}' is not a list of choices"
        mistakes.add(name.source, problem, f"write it like this: {_LISTS_LIKE}")
        return None
    choices = read_choices(value, mistakes)
    return choices if len(mistakes) == before and value.whole else None


def readable(form_id: str) -> str:
    """Return an id as a title: thought-record → Thought record."""
    return form_id.replace("-", " ").capitalize()


def _options_of(table: Table, mistakes: Mistakes, *, is_first: bool) -> Options:
    """Return the options of a block; those that are unknown, or belong elsewhere, are reported."""
    options = Options(table, mistakes, "the form" if is_first else "a later block")
    if is_first:
        options.only((*FORM, *SECTION), _further_in())
    else:
        _check_later_block(options)
    return options


def _section(options: Options, names: Names) -> Section:
    when = read_when(options, names, late=False)
    table = options.entries("fields", _FIELDS_LIKE)
    if table is None or not table.whole:
        names.hide_names()
    fields = read_fields(table, options.mistakes, names) if table else ()
    if when:
        fields = tuple(replace(field, when=(*when, *field.when)) for field in fields)
        for field in fields:
            names.add(field)
    return Section(
        fields,
        options.words("title"),
        options.words("why"),
        read_computed(options, names),
        when,
    )


def _further_in() -> dict[str, str]:
    """Return where the options of a question belong, for those that are not indented enough."""
    inner = {*COMMON, *(option for options in OPTIONS.values() for option in options)}
    remedy = "it belongs to a question: move it under the question's name, further in"
    return dict.fromkeys(inner.difference(FORM, SECTION), remedy)


def _check_later_block(options: Options) -> None:
    elsewhere = dict.fromkeys(FORM, "it belongs in the first block of the page")
    elsewhere["form"] = "leave this line out; a second form needs a page of its own"
    options.only(SECTION, _further_in() | elsewhere)


def _form_id(options: Options) -> str:
    if options.lacks("form"):
        at = options.table.source
        options.mistakes.add(at, "the first block does not name its form", "add a line like form: thought-record")
        return ""
    name = options.words("form")
    value = options.table.get("form")
    if name and value and (unfit := unfit_form_id(name)):
        options.mistakes.add(value.source, *unfit)
    return name


def _repeat_tables(draft: Form, names: Names, mistakes: Mistakes) -> None:
    """Report each repeat whose own table cannot have its name."""
    for field in draft.fields:
        if field.type == "repeat" and (unfit := unfit_table(f"{draft.table}_{field.id}", field.id)):
            mistakes.add(names.taken[field.id].source, *unfit)


def _with_head(draft: Form, options: Options, items: Items) -> Form:
    """Return the form with the first block's options about the whole form added."""
    scales = read_scales(options, items)
    licence = options.words("licence")
    scored = next((name for name in ("scales", "criteria") if name in options), "")
    if scored and options.lacks("licence"):
        remedy = "add 'licence:' with who made it and what they permit"
        problem = "a measure without a licence cannot be published"
        options.mistakes.add(options.key(scored).source, problem, remedy, rule="licence")
    return replace(
        draft,
        purpose=options.words("purpose"),
        licence=licence,
        source=options.words("source"),
        scales=scales,
        alerts=read_alerts(options, items, scales),
        with_clinician=options.flag("with_clinician"),
        criteria=read_criteria(options, items, scales),
    )
