"""Fills an empty ledger with the made-up clinic, and stores its link and password."""

from __future__ import annotations

import json
import os
import random
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML

from collector import people
from collector.demo import courses
from collector.errors import CollectorError, Refused
from collector.ledger.events import Event, submission_received, utc
from collector.ledger.ledger import Ledger
from collector.settings import Settings
from site_builder.forms.answering.answers import read_answers
from site_builder.forms.model.definition import Form

SEED = 20260309  # any number; the same one always produces the same clinic
IDS = uuid.UUID("5b0e4f5e-6f2c-4d2b-9b0a-6c1f7d0c9a11")  # namespace of the made-up submissions' ids
MOST_AT_ONCE = 200  # events per append, which fits into one batch of the ledger
HIGHEST = {"phq9": 27, "gad7": 21}
SKIPPED_ITEMS = {("MADE03", 2): 1, ("MADE06", 5): 2, ("MADE08", 3): 3, ("MADE10", 6): 1}  # (client, week): how many


class NoWayIn(CollectorError):
    """The made-up clinic is in the ledger, and nobody knows its passwords any more."""


@dataclass(frozen=True, slots=True)
class DemoAccess:
    """The secrets for entering the demo: a client's link and a therapist's sign-in."""

    token: str
    therapist: str
    password: str


def ensure_demo(ledger: Ledger, settings: Settings, forms: Mapping[str, Form]) -> DemoAccess:
    """Add the made-up clinic if it is missing. Return its access, which is stored in data/demo.json (0600).

    `forms` are the published forms of the site, by id; the made-up clients fill in these. Raises NoWayIn.
    """
    path = settings.data / "demo.json"
    if path.exists():
        return DemoAccess(**json.loads(path.read_text()))
    clinic = YAML(typ="safe").load(files("collector.demo").joinpath("clinic.yml").read_text("utf-8"))
    try:
        access = _add_people(ledger, clinic)
    except Refused as error:
        raise NoWayIn(
            f"The made-up clinic is in {settings.data} already, and {path.name} is not, because it was restored or its "
            "making was interrupted. Start without --demo, or name another data folder with --data."
        ) from error
    events = sorted(history(clinic, forms, datetime.now(UTC)), key=lambda event: event.at)
    for start in range(0, len(events), MOST_AT_ONCE):
        ledger.append(events[start : start + MOST_AT_ONCE])
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(asdict(access), file)
    return access


def _add_people(ledger: Ledger, clinic: Mapping[str, Any]) -> DemoAccess:
    access: list[DemoAccess] = []
    for therapist in clinic["therapists"]:
        added = people.add_therapist(ledger, therapist["name"], person=therapist["person"])
        for client in therapist["clients"]:
            invitation = people.add_client(ledger, added.caseload, client["label"], code=client["code"])
            access.append(DemoAccess(invitation.token, added.name, added.password))
    return access[0]


def history(clinic: Mapping[str, Any], forms: Mapping[str, Form], today: datetime) -> Iterator[Event]:
    """Yield every made-up submission of the eight weeks that end at `today`."""
    clients = [client for therapist in clinic["therapists"] for client in therapist["clients"]]
    for client in clients:
        rng = random.Random(f"{SEED} {client['code']}")  # noqa: S311 - made-up data, not a secret
        diary = Diary(client, forms, today - timedelta(weeks=courses.WEEKS), rng)
        yield from diary.measures()
        yield from diary.thought_records()
        yield from diary.relaxation(clinic["relaxation_notes"])
        yield from diary.nights()
        yield from diary.sheets()


class Diary:
    """One made-up client's eight weeks."""

    def __init__(
        self, client: Mapping[str, Any], forms: Mapping[str, Form], start: datetime, rng: random.Random
    ) -> None:
        self.client = client
        self.forms = forms
        self.start = start
        self.rng = rng
        self.last_week = client.get("weeks", courses.WEEKS)
        self.weeks = [week for week in range(self.last_week) if week + 1 not in client.get("silent", ())]

    def measures(self) -> Iterator[Event]:
        """Yield PHQ-9 and GAD-7 once a week, on the morning before the session."""
        for form, highest in HIGHEST.items():
            first, last = self.client[form]
            sums = courses.sums(self.client["course"], first, last, self.last_week, highest, self.rng)
            for week in self.weeks:
                yield self.sent(form, week, 1, 8, self.measure(form, week, sums[week]))

    def measure(self, form: str, week: int, total: int) -> dict[str, Any]:
        """Return answers that add up to `total`; item 9 of the PHQ-9 is 0 except in the client's `item9_week`."""
        (matrix,) = (field for field in self.forms[form].fields if field.type == "matrix")
        names = list(matrix.part_ids())
        risk = [names.pop()] if form == "phq9" else []
        raised = int(bool(risk) and week + 1 == self.client.get("item9_week"))
        answers = courses.items(total - raised, names, self.rng) | dict.fromkeys(risk, raised)
        if form == "phq9":
            for name in self.rng.sample(names, SKIPPED_ITEMS.get((self.client["code"], week + 1), 0)):
                del answers[name]
        return {matrix.id: {name: str(code) for name, code in answers.items()}}

    def thought_records(self) -> Iterator[Event]:
        """Yield the thought records in the order of clinic.yml, spread over the weeks."""
        records = self.client["records"]
        for number, record in enumerate(records):
            week = self.weeks[number * len(self.weeks) // len(records)]
            yield self.sent("thought-record", week, self.rng.randint(2, 5), 20, thought_record(record))

    def relaxation(self, notes: Mapping[str, list[str]]) -> Iterator[Event]:
        """Yield one or two exercises of each kind a week; tension falls a little more as the weeks go by."""
        for exercise in self.client["relaxation"]:
            for week in self.weeks:
                for day in self.rng.sample(range(1, 7), self.rng.choice((1, 1, 2))):
                    yield self.sent("relaxation-log", week, day, 18, self.exercise(exercise, week, day, notes))

    def exercise(self, name: str, week: int, day: int, notes: Mapping[str, list[str]]) -> dict[str, Any]:
        before = self.rng.randint(5, 9)
        eased = self.rng.randint(1, 2 + week // 3)
        practised = self.start + timedelta(weeks=week, days=day)
        answers: dict[str, Any] = {
            "day": practised.date().isoformat(),
            "exercise": name,
            "minutes": self.rng.choice((5, 8, 10, 10, 12, 15)),
            "before": before,
            "after": max(before - eased, 0),
        }
        if self.rng.random() < 0.6:
            answers["noticed"] = self.rng.choice(notes[name])
        return answers

    def nights(self) -> Iterator[Event]:
        """Yield three nights a week for clients with a sleep diary; they sleep better as the weeks go by."""
        for week in self.weeks if self.client.get("sleep_diary") else ():
            for day in sorted(self.rng.sample(range(1, 7), 3)):
                yield self.sent("sleep-diary", week, day, 7, self.night(week, day))

    def sheets(self) -> Iterator[Event]:
        """Yield the sheets that clinic.yml has written out, each on its evening."""
        for number, sheet in enumerate(self.client.get("sheets", ())):
            week = self.weeks[sheet["week"] - 1]
            day = (self.start + timedelta(weeks=week, days=2 + number)).date().isoformat()
            asked = {"day": day} if any(field.id == "day" for field in self.forms[sheet["form"]].fields) else {}
            yield self.sent(sheet["form"], week, 2 + number, 19, asked | sheet["answers"])

    def night(self, week: int, day: int) -> dict[str, Any]:
        woken = self.rng.randint(0, 3)
        answers: dict[str, Any] = {
            "morning": (self.start + timedelta(weeks=week, days=day)).date().isoformat(),
            "into_bed": f"22:{self.rng.choice((20, 30, 45)):02}",
            "tried_to_sleep": f"23:{self.rng.choice((0, 10, 30)):02}",
            "to_fall_asleep": max(70 - 7 * week + self.rng.randint(-10, 10), 5),
            "times_awake": woken,
            "awake": woken * self.rng.randint(5, 20),
            "woke": f"06:{self.rng.choice((0, 15, 30)):02}",
            "got_up": f"06:{self.rng.choice((35, 45, 55)):02}",
            "quality": min(3 + week // 2 + self.rng.randint(0, 2), 10),
        }
        if woken:
            answers["woke_me"] = self.rng.choice(("A car alarm", "A dream", "Thoughts of work"))
        return answers

    def sent(self, form_id: str, week: int, day: int, hour: int, answers: dict[str, Any]) -> Event:
        """Return a submission, checking its answers as the collector would."""
        form = self.forms[form_id]
        moment = self.start + timedelta(weeks=week, days=day)
        moment = moment.replace(hour=hour, minute=self.rng.randint(0, 59), second=self.rng.randint(0, 59))
        code = self.client["code"]
        return submission_received(
            code,
            form=form.id,
            version=form.version,
            definition=form.hash,
            answers=read_answers(form, answers),
            id=str(uuid.uuid5(IDS, f"{code} {form_id} {week} {day} {moment:%H%M%S}")),
            at=utc(moment),
        )


def thought_record(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers to the thought record form for a record of clinic.yml."""
    believed, believed_now = record["believed"]
    answers = {
        "situation": record["situation"],
        "feelings": [{"feeling": feeling, "before": before, "now": now} for feeling, before, now in record["feelings"]],
        "thought": record["thought"],
        "believed": believed,
        "evidence_for": record["for"],
        "evidence_against": record["against"],
        "balanced": record["balanced"],
        "balanced_believed": 95 - believed_now,  # as belief in the first thought falls, that in the balanced one rises
        "believed_now": believed_now,
    }
    return answers | ({"note": record["note"]} if "note" in record else {})
