from __future__ import annotations

from dataclasses import replace

from collector.ledger.access import Doors
from collector.ledger.events import Kind
from collector.ledger.ledger import Ledger
from collector.publishing import publish
from site_builder.forms.catalogue import Catalogue, PublishedForm
from site_builder.forms.definition import Form, Section
from site_builder.forms.fields import Text

DIARY = Form(id="diary", version=1, title="Diary", sections=(Section((Text(id="x", ask="What?"),)),))
EDITED = replace(DIARY, title="My diary")


def catalogue(*forms: Form) -> Catalogue:
    return Catalogue(forms=tuple(PublishedForm(form, "diary.md", "diary/") for form in forms))


def test_a_definition_is_published_once(ledger: Ledger, doors: Doors) -> None:
    assert publish(ledger, doors, catalogue(DIARY)) == [DIARY]
    assert publish(ledger, doors, catalogue(DIARY)) == []
    (event,) = ledger.read(0)
    assert (event.kind, event.data["form"], event.data["version"]) == (Kind.form_published, "diary", 1)
    assert Form.from_json(doors.definition(DIARY.hash)) == DIARY


def test_an_edit_is_added_and_the_old_definition_stays(ledger: Ledger, doors: Doors) -> None:
    publish(ledger, doors, catalogue(DIARY))
    assert publish(ledger, doors, catalogue(EDITED)) == [EDITED]
    assert publish(ledger, doors, catalogue(DIARY)) == []
    assert {known.hash for known in doors.definitions()} == {DIARY.hash, EDITED.hash}


def test_a_site_without_forms_publishes_nothing(ledger: Ledger, doors: Doors) -> None:
    assert publish(ledger, doors, catalogue()) == []
    assert ledger.last() == 0
