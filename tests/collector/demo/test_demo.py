"""The demo clinic: the same on every machine, plainly fictional, with courses a therapist would find plausible."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from collector.demo.clinic import NoWayIn, ensure_demo, history
from collector.ledger.events import Event
from collector.ledger.ledger import Ledger
from collector.settings import Settings
from site_builder.content.library import read_library
from site_builder.forms.answering.alerts import raised
from site_builder.forms.answering.computed import compute
from site_builder.forms.answering.scoring import scores
from site_builder.forms.model.definition import Form

CONTENT = Path(__file__).parents[3] / "content"
TODAY = datetime(2026, 3, 9, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def forms() -> dict[str, Form]:
    return {page.form.id: page.form for page in read_library(CONTENT).pages if page.form}


@pytest.fixture(scope="module")
def clinic() -> Any:
    return YAML(typ="safe").load(files("collector.demo").joinpath("clinic.yml").read_text("utf-8"))


@pytest.fixture(scope="module")
def sent(clinic: Any, forms: dict[str, Form]) -> list[Event]:
    return sorted(history(clinic, forms, TODAY), key=lambda event: event.at)


def totals(sent: list[Event], forms: dict[str, Form], measure: str) -> dict[str, list[float | None]]:
    """Return each client's prorated scores on a measure, in order."""
    courses = defaultdict(list)
    for event in sent:
        if event.data["form"] == measure:
            courses[event.client].append(scores(forms[measure], event.data["answers"])[0].prorated)
    return courses


def test_it_is_the_same_every_time(clinic: Any, forms: dict[str, Form], sent: list[Event]) -> None:
    again = sorted(history(clinic, forms, TODAY), key=lambda event: event.at)
    assert again == sent
    assert len({event.id for event in sent}) == len(sent)


def test_two_therapists_have_twelve_plainly_fictional_clients(clinic: Any) -> None:
    clients = [client for therapist in clinic["therapists"] for client in therapist["clients"]]
    assert len(clinic["therapists"]) == 2
    assert len({client["code"] for client in clients}) == 12
    assert all(client["label"].startswith("Made-up ") for client in clients)
    assert {client["course"] for client in clients} == {"better", "stuck", "worse", "dropped out"}


def test_every_worksheet_is_sent_over_eight_weeks(sent: list[Event], forms: dict[str, Form]) -> None:
    worksheets = {form.id for form in forms.values() if not form.scales}
    assert {event.data["form"] for event in sent} == worksheets | {"phq9", "gad7"}
    first, last = (datetime.fromisoformat(event.at) for event in (sent[0], sent[-1]))
    assert 49 <= (last - first).days <= 56
    assert last < TODAY


def test_courses_go_in_the_stated_direction(clinic: Any, sent: list[Event], forms: dict[str, Form]) -> None:
    clients = {client["code"]: client for therapist in clinic["therapists"] for client in therapist["clients"]}
    for measure in ("phq9", "gad7"):
        for code, course in totals(sent, forms, measure).items():
            assert course[0] == clients[code][measure][0]
            assert course[-1] == clients[code][measure][1]
            jumps = [abs(b - a) for a, b in pairwise(course) if a is not None and b is not None]
            assert max(jumps) <= 9  # no week turns everything over, not even with a silent one between


def test_two_clients_keep_a_sleep_diary_whose_values_make_sense(sent: list[Event], forms: dict[str, Form]) -> None:
    nights = [event for event in sent if event.data["form"] == "sleep-diary"]
    assert {event.client for event in nights} == {"MADE01", "MADE03"}
    for event in nights:
        values = compute(forms["sleep-diary"], event.data["answers"])
        assert 180 <= values["sleep"] < values["time_in_bed"] <= 9 * 60


def test_exactly_one_answer_to_item_9_is_positive(sent: list[Event], forms: dict[str, Form]) -> None:
    alerts = [event for event in sent if raised(forms[event.data["form"]], event.data["answers"])]
    assert [event.client for event in alerts] == ["MADE04"]


def test_some_items_are_left_out_and_one_measure_has_too_few(sent: list[Event], forms: dict[str, Form]) -> None:
    answered = Counter(
        scores(forms["phq9"], event.data["answers"])[0].answered for event in sent if event.data["form"] == "phq9"
    )
    assert answered[8] == 2
    assert answered[7] == 1
    assert answered[6] == 1
    assert [code for code, course in totals(sent, forms, "phq9").items() if None in course] == ["MADE08"]


def test_the_demo_is_added_only_once(tmp_path: Path, forms: dict[str, Form]) -> None:
    settings = Settings(data=tmp_path)
    with Ledger.open(settings.ledger) as ledger:
        access = ensure_demo(ledger, settings, forms)
        last = ledger.last()
        assert ensure_demo(ledger, settings, forms) == access
        assert ledger.last() == last
    assert (tmp_path / "demo.json").stat().st_mode & 0o077 == 0


def test_a_restored_demo_says_how_to_go_on(tmp_path: Path, forms: dict[str, Form]) -> None:
    settings = Settings(data=tmp_path)
    with Ledger.open(settings.ledger) as ledger:
        ensure_demo(ledger, settings, forms)
        (tmp_path / "demo.json").unlink()
        last = ledger.last()
        with pytest.raises(NoWayIn, match=r"demo\.json is not, .* Start without --demo"):
            ensure_demo(ledger, settings, forms)
        assert ledger.last() == last
