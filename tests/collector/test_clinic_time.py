"""Moments are read as the clinic's clock reads them, in summer and winter, and each new build is heeded."""

from __future__ import annotations

import json
from datetime import UTC
from pathlib import Path

import pytest

from collector.clinic_time import FILE, LOOK_EVERY, ClinicZone, in_words, name_of, zone
from tests.cases.times import MOMENTS, Moment


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: f"{moment.utc} {moment.zone}")
def test_a_moment_is_read_as_the_clock_there_reads_it(moment: Moment) -> None:
    assert in_words(moment.utc, zone(moment.zone)) == moment.words


def test_a_zone_is_named_as_it_is_written() -> None:
    assert [name_of(zone(name)) for name in ("Europe/Berlin", "", "Mars/Olympus")] == ["Europe/Berlin", "UTC", "UTC"]


@pytest.mark.parametrize("stored", ["{", "[]", '{"clinic": 1}', '{"clinic": {}}', '{"clinic": {"timezone": "../x"}}'])
def test_a_site_without_a_readable_zone_is_in_utc(tmp_path: Path, stored: str) -> None:
    assert ClinicZone(tmp_path).current() is UTC
    (tmp_path / FILE).write_text(stored)
    assert ClinicZone(tmp_path).current() is UTC


def test_the_zone_of_a_new_build_is_heeded(tmp_path: Path) -> None:
    clinic = ClinicZone(tmp_path)
    assert name_of(clinic.current()) == "UTC"
    (tmp_path / FILE).write_text(json.dumps({"clinic": {"timezone": "Europe/Berlin"}}))
    clinic._looked_at -= LOOK_EVERY
    assert name_of(clinic.current()) == "Europe/Berlin"
