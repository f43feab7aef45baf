from __future__ import annotations

from dataclasses import replace

import pytest

from collector.ledger.access import Access
from collector.ledger.events import COMMAND, SYSTEM, Kind
from collector.ledger.ledger import Ledger
from collector.publishing import publish, publish_what_fits
from site_builder.forms.history.changes import ChangesRefused
from site_builder.forms.model.catalogue import Catalogue, PublishedForm
from site_builder.forms.model.definition import Form, Section
from site_builder.forms.model.fields import Date, Text

DIARY = Form(id="diary", version=1, title="Diary", sections=(Section((Text(id="x", ask="What?"),)),))
EDITED = replace(DIARY, title="My diary")


def catalogue(*forms: Form) -> Catalogue:
    return Catalogue(forms=tuple(PublishedForm(form, "diary.md", "diary/") for form in forms))


def test_a_definition_is_published_once(ledger: Ledger, access: Access) -> None:
    assert publish(ledger, access, catalogue(DIARY)) == [DIARY]
    assert publish(ledger, access, catalogue(DIARY)) == []
    (event,) = ledger.read(0)
    assert (event.kind, event.data["form"], event.data["version"]) == (Kind.form_published, "diary", 1)
    assert event.by == COMMAND
    assert Form.from_json(access.definition(DIARY.hash)) == DIARY


def published_hashes(ledger: Ledger) -> list[str]:
    return [event.data["definition"] for event in ledger.read(0) if event.kind == Kind.form_published]


def test_an_edit_is_added_and_the_old_definition_stays(ledger: Ledger, access: Access) -> None:
    publish(ledger, access, catalogue(DIARY))
    assert publish(ledger, access, catalogue(EDITED)) == [EDITED]
    assert publish(ledger, access, catalogue(DIARY)) == []
    assert published_hashes(ledger) == [DIARY.hash, EDITED.hash]


def test_a_site_without_forms_publishes_nothing(ledger: Ledger, access: Access) -> None:
    assert publish(ledger, access, catalogue()) == []
    assert ledger.last() == 0


RETYPED = replace(DIARY, sections=(Section((Date(id="x", ask="What?"),)),))
OTHER = Form(id="other", version=1, title="Other", sections=DIARY.sections)


def test_a_form_that_would_mix_answers_is_refused_from_the_ledger_alone(ledger: Ledger, access: Access) -> None:
    """Even when forms.lock is missing."""
    publish(ledger, access, catalogue(DIARY))
    with pytest.raises(ChangesRefused, match="'x' was text and is a date now; write version: 2") as refused:
        publish(ledger, access, catalogue(RETYPED, OTHER))
    assert set(refused.value.changes) == {"diary"}
    assert published_hashes(ledger) == [DIARY.hash]
    publish(ledger, access, catalogue(replace(RETYPED, version=2), OTHER))
    with pytest.raises(ChangesRefused, match="'version' is 1, but version 2 has been published already"):
        publish(ledger, access, catalogue(EDITED))


def test_a_definition_in_the_ledger_can_come_back(ledger: Ledger, access: Access) -> None:
    publish(ledger, access, catalogue(DIARY))
    publish(ledger, access, catalogue(replace(RETYPED, version=2)))
    assert publish(ledger, access, catalogue(DIARY)) == []


def test_a_site_already_in_place_publishes_the_forms_that_fit(ledger: Ledger, access: Access) -> None:
    publish(ledger, access, catalogue(DIARY))
    assert publish_what_fits(ledger, access, catalogue(RETYPED, OTHER)) == [OTHER]
    assert [event.by for event in ledger.read(0)] == [COMMAND, SYSTEM]
    assert access.definition(RETYPED.hash) is None
