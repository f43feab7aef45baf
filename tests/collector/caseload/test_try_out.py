"""A try-out shows exactly the rows that the projector would write, without storing anything."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from collector import people
from collector.caseload.try_out import try_out
from collector.driver import connect
from collector.ledger.access import Access
from collector.ledger.events import submission_received
from collector.ledger.ledger import Ledger
from collector.projector import Projector
from collector.publishing import publish
from collector.settings import Settings
from site_builder.content.library import read_library
from site_builder.forms.answering.example_answers import example_answers
from site_builder.forms.model.catalogue import Catalogue, PublishedForm
from site_builder.forms.model.definition import Form, Section
from site_builder.forms.model.fields import Text

FORMS = read_library(Path(__file__).parents[3] / "content").forms
OF_THE_OCCASION = {"submission", "client", "received", "raised", "seq"}


def rows(columns: tuple[str, ...], records: Any) -> list[Mapping[str, Any]]:
    return [
        {name: value for name, value in zip(columns, row, strict=True) if name not in OF_THE_OCCASION}
        for row in records
    ]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
def test_the_rows_match_those_of_the_projector(form: Form, ledger: Ledger, access: Access, settings: Settings) -> None:
    answers = example_answers(form)
    publish(ledger, access, Catalogue(forms=(PublishedForm(form, "page.md", "page/"),)))
    caseload = people.add_therapist(ledger, "Alice").caseload
    client = people.add_client(ledger, caseload, "Charlie").client
    sent = submission_received(client, form=form.id, version=form.version, definition=form.hash, answers=answers)
    ledger.append([sent])
    with Projector(settings) as projector:
        projector.catch_up()
    tried = try_out(form, answers)
    assert tried.problems == ()
    assert tried.tables[0].name == form.table
    assert tried.table("submissions") is not None
    assert (tried.table("scores") is not None) == bool(form.scales)
    connection = connect(settings.data / "caseloads" / f"{caseload}.db", read_only=True)
    for table in tried.tables:
        stored = connection.execute(f'SELECT * FROM "{table.name}" ORDER BY 1, 2, 3')
        columns = tuple(column[0] for column in stored.description)
        assert columns == table.columns
        assert rows(columns, stored) == rows(table.columns, table.rows)
    connection.close()


def test_the_columns_come_with_their_questions() -> None:
    form = next(form for form in FORMS if form.id == "thought-record")
    tried = try_out(form, example_answers(form))
    main, feelings = tried.table("thought_record"), tried.table("thought_record_feelings")
    assert main is not None
    assert main.asks["situation"] == "What was happening?"
    assert feelings is not None
    assert len(feelings.rows) == 2
    assert feelings.asks["feeling"] == "Which feeling?"


def test_answers_that_cannot_be_folded_are_reported() -> None:
    form = FORMS[0]
    assert try_out(form, {"nothing_of_the_kind": "x"}).problems == (
        "There is an answer to a question that this form does not ask.",
    )


@pytest.mark.parametrize("id", ["answers", "last-seen", "open-alerts"])
def test_a_form_that_is_called_like_a_view_shows_its_own_table(id: str) -> None:
    form = Form(id=id, version=1, title="Old name", sections=(Section((Text(id="note", ask="How was it?"),)),))
    tried = try_out(form, {"note": "Fine"})
    assert [table.name for table in tried.tables] == [f"{form.table}_form", "submissions"]
    assert tried.tables[0].asks == {"note": "How was it?"}
