"""`homeward client change`: the command says what changed, the ledger holds it, and the pages show it after folding."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result
from starlette.testclient import TestClient

from collector.cli import main
from collector.errors import Refused
from collector.ledger import tokens
from collector.ledger.events import COMMAND, Event, Kind, by_person, client_changed

from .conftest import CLIENTS, Clinic

CODE = CLIENTS["alice"]


def change(clinic: Clinic, *words: str, code: str = CODE) -> Result:
    return CliRunner().invoke(main, ["client", "change", code, *words, "--data", str(clinic.settings.data)])


def shown(alice: TestClient, column: str) -> Any:
    rows = alice.get(f"/c/alice/caseload/clients.json?_shape=array&client={CODE}").json()
    return rows[0][column]


def test_the_new_label_is_shown_after_folding(clinic: Clinic, alice: TestClient) -> None:
    result = change(clinic, "--label", "Maya", code=CODE.lower())
    assert result.output == f"Client {CODE} has another label now.\n"
    clinic.project()
    for address in ("", f"client/{CODE}"):
        page = alice.get(f"/c/alice/{address}").text
        assert "Maya" in page
        assert "Client of alice" not in page
    assert shown(alice, "time_zone") is None


def test_a_time_zone_is_set_and_taken_back(clinic: Clinic, alice: TestClient) -> None:
    result = change(clinic, "--time-zone", "Europe/Berlin", "--label", "Maya", "--json")
    assert json.loads(result.output) == {"client": CODE, "changed": {"label": "Maya", "time_zone": "Europe/Berlin"}}
    clinic.project()
    assert (shown(alice, "label"), shown(alice, "time_zone")) == ("Maya", "Europe/Berlin")
    change(clinic, "--time-zone", "")
    clinic.project()
    assert (shown(alice, "label"), shown(alice, "time_zone")) == ("Maya", None)


def test_a_call_that_changes_nothing_says_so_and_leaves_no_event(clinic: Clinic) -> None:
    change(clinic, "--time-zone", "Europe/Berlin")
    before = clinic.ledger.last()
    result = change(clinic, "--label", "Client of alice", "--time-zone", "Europe/Berlin")
    assert (result.exit_code, result.output) == (0, f"Nothing to change: client {CODE} has this already.\n")
    assert clinic.ledger.last() == before


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--time-zone", "Europe/Berlinn"], "There is no time zone Europe/Berlinn. Is it Europe/Berlin?"),
        (["--time-zone", "localtime"], "There is no time zone localtime. They are written as Europe/Berlin."),
        (["--time-zone", "Factory"], "There is no time zone Factory. They are written as Europe/Berlin."),
        (["--time-zone", "../x"], "There is no time zone ../x. They are written as Europe/Berlin."),
        ([], "Nothing to change: give --label, --time-zone or both."),
    ],
)
def test_what_cannot_be_changed_is_refused_with_a_remedy(clinic: Clinic, words: list[str], sentence: str) -> None:
    result = change(clinic, *words)
    assert (result.exit_code, result.output) == (1, f"{sentence}\n")
    assert not clinic.events(Kind.client_changed)


def test_an_unknown_client_cannot_be_changed(clinic: Clinic) -> None:
    assert change(clinic, "--label", "x", code="NOBODY").output.startswith("There is no client NOBODY.")
    with pytest.raises(Refused):
        clinic.ledger.append([client_changed("NOBODY", label="x")])


@pytest.mark.parametrize("data", [{}, {"label": None}, {"label": 7}])
def test_an_event_that_changes_nothing_is_refused(clinic: Clinic, data: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        clinic.ledger.append([Event(Kind.client_changed, data, CODE)])


def test_a_member_changes_a_client_and_others_do_not(clinic: Clinic) -> None:
    sign_ins = {}
    for name in ("alice", "bob"):
        token = clinic.signed_in(name).cookies["hw_person"].split(".")[0]
        sign_ins[name] = by_person(name, tokens.hash_token(token))
    clinic.ledger.append([client_changed(CODE, label="Maya", by=sign_ins["alice"])])
    assert clinic.ledger.read(clinic.ledger.last() - 1)[0].by == by_person("alice")
    with pytest.raises(Refused):
        clinic.ledger.append([client_changed(CODE, label="Another", by=sign_ins["bob"])])
    change(clinic, "--label", "Mara")
    assert clinic.ledger.read(clinic.ledger.last() - 1)[0].by == COMMAND


def test_rows_and_changes_keep_their_order_in_a_rebuild(clinic: Clinic, alice: TestClient) -> None:
    for label in ("Maya", "Mara", "Mia"):
        change(clinic, "--label", label)
    clinic.project()
    assert shown(alice, "label") == "Mia"
    CliRunner().invoke(main, ["rebuild", "--data", str(clinic.settings.data)])
    assert shown(alice, "label") == "Mia"
