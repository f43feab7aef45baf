"""A caseload file folded from handwritten events, with the clients Charlie and Bob."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from collector.caseload.folder import Folder
from collector.driver import sqlite3
from collector.ledger.events import (
    Event,
    Recorded,
    caseload_added,
    client_added,
    form_published,
    submission_received,
)
from collector.storage import CaseloadFiles
from site_builder.forms.model.choices import Choice
from site_builder.forms.model.conditions import Condition
from site_builder.forms.model.criteria import Cluster, Criterion
from site_builder.forms.model.definition import Alert, Band, Cutoff, Form, Scale, Section
from site_builder.forms.model.fields import (
    AnyOf,
    Date,
    Duration,
    LongText,
    Matrix,
    Number,
    OneOf,
    Rating,
    Repeat,
    Text,
    Time,
    YesNo,
)

HOW_OFTEN = tuple(
    Choice(str(code), label) for code, label in enumerate(("Not at all", "Several days", "Often", "Nearly every day"))
)
RECORD = Form(
    id="thought-record",
    version=1,
    title="Thought record",
    sections=(
        Section((Text(id="situation", ask="What was happening?"),), title="The moment"),
        Section(
            (
                Repeat(
                    id="feelings",
                    ask="What did you feel?",
                    called="feeling",
                    of=(
                        Text(id="feeling", ask="Which feeling?"),
                        Rating(id="before", ask="How strong was it?", highest=100, ends=("Not at all", "Strongest")),
                        Rating(id="now", ask="How strong is it now?", highest=100, late=True),
                    ),
                ),
                LongText(id="thought", ask="What went through your mind?", hint="In your own words"),
            )
        ),
    ),
)
MEASURE = Form(
    id="low-mood",
    version=1,
    title="Low mood",
    licence="made up",
    source="nowhere",
    sections=(
        Section(
            (
                Matrix(
                    id="items",
                    ask="How often in the last two weeks?",
                    choices=HOW_OFTEN,
                    rows=(
                        Choice("m1", "Little interest"),
                        Choice("m2", "Feeling down"),
                        Choice("m3", "Better off dead"),
                    ),
                ),
            )
        ),
    ),
    scales=(
        Scale(
            "total",
            ("m1", "m2", "m3"),
            title="Low mood",
            reversed=("m1",),
            missing_up_to=1,
            bands=(Band(0, "None"), Band(4, "Mild", "Some trouble")),
            cutoffs=(Cutoff("caseness", 5),),
            reliable_change=3,
        ),
    ),
    criteria=(
        Criterion(
            "pattern",
            2,
            (Cluster("mood", ("m1", "m2"), 1, "Mood"), Cluster("risk", ("m3",), 1)),
            "A pattern",
            "It fits.",
            ("m1",),
        ),
    ),
    alerts=(Alert((Condition("m3", "at_least", 1),), "Thoughts of death"),),
)
EVERYTHING = Form(
    id="everything",
    version=1,
    title="Everything",
    sections=(
        Section(
            (
                Number(id="cups", ask="How many cups?", unit="cups"),
                Number(id="hours", ask="How many hours?", decimals=1),
                Rating(id="mood", ask="How is your mood?"),
                OneOf(id="place", ask="Where?", choices=(Choice("home", "At home"), Choice("out", "Out"))),
                OneOf(id="often", ask="How often?", choices=HOW_OFTEN),
                OneOf(id="padded", ask="Which room?", choices=(Choice("01", "One"), Choice("02", "Two"))),
                AnyOf(id="skills", ask="Which skills?", choices=(Choice("a", "Breathing"), Choice("b", "Walking"))),
                YesNo(id="practised", ask="Did you practise?"),
                Date(id="day", ask="Which day?"),
                Time(id="woke", ask="When did you wake?"),
                Duration(id="asleep", ask="How long did you sleep?"),
            )
        ),
    ),
)


@dataclass
class Clinic:
    """Creates events, folds them, and reads the rows back with plain SQL."""

    folder: Folder
    set_aside: list[tuple[Recorded, Exception]]
    events: list[Recorded] = field(default_factory=list)

    def record(self, event: Event) -> Recorded:
        """Record an event without folding it, passed through JSON as the ledger does."""
        seq = len(self.events) + 1
        at = f"2026-03-09T14:{seq // 60:02}:{seq % 60:02}.000Z"
        as_read = replace(event, id=f"event-{seq}", data=json.loads(json.dumps(event.data)))
        self.events.append(as_read.recorded(seq, at))
        return self.events[-1]

    def odd(self, kind: str, client: str = "", **data: Any) -> Recorded:
        """Record an event that the ledger's own functions do not make: incomplete, or of tomorrow."""
        event = Event(kind, data, client)  # type: ignore[arg-type]
        return self.record(event)

    def publish(self, form: Form) -> None:
        published = form_published(form=form.id, version=form.version, definition=form.hash, body=form.to_json())
        self.fold(self.record(published))

    def sent(self, form: Form, answers: object, client: str = "CHARLIE", /, **other: Any) -> Recorded:
        data: dict[str, Any] = {
            "form": form.id,
            "version": form.version,
            "definition": form.hash,
            "answers": answers,
        }
        return self.record(submission_received(client, **(data | other)))

    def send(self, form: Form, answers: object, client: str = "CHARLIE", /, **other: Any) -> str:
        """Fold one submission and return its id."""
        event = self.sent(form, answers, client, **other)
        self.fold(event)
        return event.id

    def fold(self, *events: Recorded) -> None:
        self.folder.fold(events)

    def read_again(self, after: int) -> list[list[Recorded]]:
        return [self.events[after:]]

    def add_client(self, client: str, caseload: str = "alice") -> None:
        self.fold(self.record(client_added(client, caseload=caseload, label=client.title())))

    def rows(self, question: str, *values: Any, caseload: str = "alice") -> list[dict[str, Any]]:
        connection = self.folder.file_of(caseload).connect(read_only=True)
        connection.row_factory = sqlite3.Row
        try:
            return [dict(row) for row in connection.execute(question, values)]
        finally:
            connection.close()

    def row(self, question: str, *values: Any) -> dict[str, Any]:
        (row,) = self.rows(question, *values)
        return row

    def columns(self, table: str) -> list[str]:
        return [row["name"] for row in self.rows("SELECT name FROM pragma_table_info(?)", table)]


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    set_aside: list[tuple[Recorded, Exception]] = []
    folder = Folder(CaseloadFiles(tmp_path / "caseloads"), lambda event, error: set_aside.append((event, error)))
    clinic = Clinic(folder, set_aside)
    clinic.fold(clinic.record(caseload_added("alice", "Alice's caseload")))
    clinic.add_client("CHARLIE")
    for form in (RECORD, MEASURE, EVERYTHING):
        clinic.publish(form)
    yield clinic
    folder.close()


@pytest.fixture
def record() -> Form:
    return RECORD


@pytest.fixture
def measure() -> Form:
    return MEASURE


@pytest.fixture
def everything() -> Form:
    return EVERYTHING
