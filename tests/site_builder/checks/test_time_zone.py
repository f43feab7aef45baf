"""The clinic's time zone is a place that clocks can follow; a misspelt one is answered with the one that was meant."""

from __future__ import annotations

import pytest

from tests.cases.times import MISSPELT
from tests.site_builder.checks.conftest import CheckPage


def clinic(line: str) -> str:
    return f"extra:\n  clinic:\n    name: Elm Street\n    {line}\n"


@pytest.mark.parametrize("name", ["Europe/Berlin", "UTC", "America/Argentina/Buenos_Aires", '"Asia/Kolkata"'])
def test_a_place_is_a_time_zone(check_page: CheckPage, name: str) -> None:
    assert check_page("# Words\n", config=clinic(f"timezone: {name}")) == []
    assert check_page("# Words\n", config=clinic("privacy_url: x")) == []


@pytest.mark.parametrize(("written", "meant"), MISSPELT)
def test_another_word_is_a_mistake_with_its_remedy(check_page: CheckPage, written: str, meant: str) -> None:
    (finding,) = check_page("# Words\n", config=clinic(f"timezone: {written!r}"))
    assert finding.startswith("mkdocs.yml:5:5 ")
    assert "warning" not in finding
    remedy = f"did you mean timezone: {meant}?" if meant else "write continent and city, like timezone: Europe/Berlin"
    assert finding.endswith(remedy)


def test_a_zone_without_summer_time_is_called_one(check_page: CheckPage) -> None:
    (finding,) = check_page("# Words\n", config=clinic("timezone: CET"))
    assert "'CET' is no place, so its clock would not go over to summer time as yours does" in finding


@pytest.mark.parametrize("value", ["", "~", "1", "+1", "[Europe/Berlin]", "yes", '" "'])
def test_a_value_that_is_no_name_is_a_mistake(check_page: CheckPage, value: str) -> None:
    (finding,) = check_page("# Words\n", config=clinic(f"timezone: {value}"))
    assert "'timezone' names no time zone; write a place, like timezone: Europe/Berlin, or delete the line" in finding
