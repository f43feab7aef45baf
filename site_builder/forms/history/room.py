"""Whether a caseload file has room for a form: each of its tables has a column for every question ever asked in it."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from site_builder.forms.history.change import Change
from site_builder.forms.history.signatures import signature
from site_builder.forms.history.versions import History, asked, formula, renamed, worked_out
from site_builder.forms.model.amounts import counted
from site_builder.forms.model.definition import Form
from site_builder.forms.model.fields import Repeat

MOST_COLUMNS = 1_996  # of a table for questions and values worked out: SQLite's 2,000, less the four of every table


def without_room(form: Form, history: History | None = None) -> Iterator[Change]:
    """Yield a critical change for each table that would have too many columns.

    With `history`, what earlier versions asked has columns too; a table that is too large by itself is left out then.
    """
    now = _columns(form)
    if history is None:
        for table, columns in now.items():
            if len(columns) > MOST_COLUMNS:
                yield _refused(table, f"{counted(len(columns), 'question')},")
        return
    before = _published(form, history)
    for table, columns in now.items():
        total = len(columns | before.get(table, set()))
        if len(columns) <= MOST_COLUMNS < total:
            yield _refused(table, f"{counted(total, 'question')}, together with those of earlier versions,")


def _refused(table: str, needs: str) -> Change:
    where = f"'{table}' would ask" if table else "this form would ask"
    problem = f"{where} {needs} and a table of a caseload file has room for {MOST_COLUMNS:,}"
    remedy = "divide it, and give the other part a form of its own" if table else "divide it into several forms"
    return Change(table or "form", problem, remedy, critical=True)


def _columns(form: Form) -> dict[str, set[Hashable]]:
    """Return the columns of the form's own table, "", and of the table of each repeat."""
    tables: dict[str, set[Hashable]] = {}
    for path, question in asked(form).items():
        if not isinstance(question.field, Repeat):
            tables.setdefault(_table(path), set()).add((path, signature(question.field)))
    for computed in worked_out(form):
        tables.setdefault(_table(computed.id), set()).add((computed.id, str(formula(computed))))
    return tables


def _published(form: Form, history: History) -> dict[str, set[Hashable]]:
    """Return the columns of every version; a question that has another name now has its column under that one."""
    tables: dict[str, set[Hashable]] = {}
    new_names = {was: path for path, was in renamed(form, history.latest.questions).items()}
    for version in history.versions:
        for path, question in version.questions.items():
            if ("type", "repeat") not in question.signature:
                name = new_names.get(path, path)
                tables.setdefault(_table(name), set()).add((name, question.signature))
        for computed in version.computed:
            tables.setdefault(_table(computed.id), set()).add((computed.id, str(formula(computed))))
    return tables


def _table(path: str) -> str:
    return path.rpartition(".")[0]
