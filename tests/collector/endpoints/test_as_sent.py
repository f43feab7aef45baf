"""What was typed arrives as it was meant, whatever its length, its letters and its way here; or it is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from site_builder.forms.model.choices import Choice
from site_builder.forms.model.definition import Form, Section
from site_builder.forms.model.fields import AnyOf, Date, Duration, LongText, Number, Repeat, Text
from tests.cases import dates, numbers, texts

from .conftest import Clinic
from .test_submissions import AS_JSON, new_id

FORM_POST = "application/x-www-form-urlencoded"
SHEET = Form(
    id="sheet",
    version=1,
    title="Sheet",
    sections=(
        Section(
            (
                LongText(id="one", ask="One?"),
                LongText(id="two", ask="Two?"),
                Number(id="number", ask="How many?", decimals=6),
                Duration(id="slept", ask="How long?", at_most=7 * 24 * 60),
                Date(id="day", ask="Which day?"),
                Date(id="next", ask="When again?", future=True),
                Text(id="anchor", ask="Anything?"),
            )
        ),
    ),
)
WIDE = Form(
    id="wide",
    version=1,
    title="Wide",
    sections=(
        Section(
            (
                Repeat(
                    id="rows",
                    ask="Rows?",
                    at_most=30,
                    of=tuple(Text(id=f"q{number}", ask="?") for number in range(80)),
                ),
                AnyOf(id="codes", ask="Codes?", choices=tuple(Choice(f"c{number}", "?") for number in range(50))),
            )
        ),
    ),
)


@pytest.fixture
def sheet(clinic: Clinic, alice: TestClient) -> TestClient:
    """Alice, where the sheets of this module are on the site."""
    clinic.rebuild(SHEET, WIDE)
    return alice


def post(alice: TestClient, body: bytes, kind: str = FORM_POST, form: str = "sheet") -> tuple[int, str]:
    answer = alice.post(f"/forms/{form}", content=body, headers={"content-type": kind})
    return answer.status_code, answer.text


def send(alice: TestClient, typed: Mapping[str, str]) -> tuple[int, dict[str, str]]:
    """Return the status, and the problems by name."""
    answer = alice.post("/forms/sheet", data={"_id": new_id(), "anchor": "x", **typed}, headers=AS_JSON)
    problems = answer.json().get("problems", ())
    return answer.status_code, {problem["name"]: problem["message"] for problem in problems}


def stored(clinic: Clinic, name: str) -> object:
    return clinic.submissions()[-1].data["answers"].get(name)


@pytest.mark.parametrize("case", [case for case in numbers.CASES if not case.options], ids=repr)
def test_a_number_is_stored_as_it_was_meant(clinic: Clinic, sheet: TestClient, case: numbers.Case) -> None:
    status, problems = send(sheet, {"number": case.typed})
    assert problems == ({"number": case.problem} if case.problem else {})
    assert status == (422 if case.problem else 201)
    if not case.problem:
        assert stored(clinic, "number") == case.stored


@pytest.mark.parametrize("case", numbers.LENGTHS, ids=repr)
def test_a_length_of_time_is_stored_as_it_was_meant(clinic: Clinic, sheet: TestClient, case: numbers.Length) -> None:
    _, problems = send(sheet, {"slept.hours": case.hours, "slept.minutes": case.minutes})
    assert problems == ({"slept": case.problem} if case.problem else {})
    if not case.problem:
        assert stored(clinic, "slept") == case.stored


def test_a_day_is_stored_if_it_can_be_meant(clinic: Clinic, sheet: TestClient) -> None:
    for case in dates.cases():
        name = "next" if case.future else "day"
        _, problems = send(sheet, {name: case.typed})
        assert problems == ({name: case.problem} if case.problem else {})
        if not case.problem:
            assert stored(clinic, name) == case.stored


def test_a_text_is_stored_if_there_is_anything_to_see(clinic: Clinic, sheet: TestClient) -> None:
    for case in texts.CASES:
        assert send(sheet, {"one": case.typed}) == (201, {})
        assert stored(clinic, "one") == case.stored


@pytest.mark.parametrize("letter", ["我", "😀", "\n"])
def test_what_each_question_admits_can_be_sent_together(clinic: Clinic, sheet: TestClient, letter: str) -> None:
    """Two long texts of 15,000 Chinese characters were refused as too long, at nine bytes a character."""
    typed = {"one": "x" + letter * 19_999, "two": letter * 19_999 + "y"}
    body = urlencode({"_id": new_id(), **{name: text.replace("\n", "\r\n") for name, text in typed.items()}})
    assert post(sheet, body.encode())[0] == 303
    assert (stored(clinic, "one"), stored(clinic, "two")) == (typed["one"], typed["two"])
    escaped = json.dumps({"id": new_id(), "answers": typed})
    assert sheet.post("/forms/sheet", content=escaped, headers={"content-type": "application/json"}).status_code == 201
    in_pieces = json.dumps({"id": new_id(), "answers": typed}).encode()
    pieces = (in_pieces[at : at + 50_000] for at in range(0, len(in_pieces), 50_000))
    assert sheet.post("/forms/sheet", content=pieces, headers={"content-type": "application/json"}).status_code == 201


def test_one_character_too_many_is_said_beside_its_question(sheet: TestClient) -> None:
    status, problems = send(sheet, {"one": "我" * 20_000, "two": "我" * 20_001})
    assert (status, set(problems)) == (422, {"two"})


def test_more_than_a_form_admits_is_not_read(sheet: TestClient) -> None:
    assert post(sheet, b"one=" + b"x" * 700_000)[0] == 413
    assert post(sheet, b"x" * 300_000, form="nothing")[0] == 413
    assert sheet.post("/open", content=b"x" * 300_000, headers={"content-type": FORM_POST}).status_code == 413


def test_a_page_of_an_older_definition_may_send_as_much_as_that_admits(clinic: Clinic, sheet: TestClient) -> None:
    short = Form(id="sheet", version=2, title="Sheet", sections=(Section((Text(id="anchor", ask="Anything?"),)),))
    clinic.rebuild(short)
    typed = {"_id": new_id(), "_definition": SHEET.hash, "one": "我" * 20_000, "two": "我" * 20_000}
    assert post(sheet, urlencode(typed).encode())[0] == 303


def test_a_form_with_thousands_of_questions_can_be_sent(clinic: Clinic, sheet: TestClient) -> None:
    typed = [("_id", new_id()), *((f"rows.{row}.q{column}", "x") for row in range(30) for column in range(80))]
    typed += [("codes", f"c{number}") for number in range(50)]
    assert post(sheet, urlencode(typed).encode(), form="wide")[0] == 303
    rows = stored(clinic, "rows")
    assert isinstance(rows, list)
    assert len(rows) == 30
    assert post(sheet, urlencode(typed + [("codes", "c1")] * 100).encode(), form="wide")[0] == 413


CAFE = "Café “Luna” €5"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (urlencode({"one": CAFE}, encoding="cp1252").encode(), FORM_POST),
        (f"one={CAFE}".encode("cp1252"), FORM_POST),
        (f"{CAFE}=x".encode("cp1252"), FORM_POST),
        (f"one={CAFE}".encode("cp1252"), f"{FORM_POST}; charset=windows-1252"),
        (urlencode({"one": CAFE}).encode(), f"{FORM_POST}; charset=windows-1252"),
        (urlencode({"_charset_": "windows-1252", "one": CAFE}).encode(), FORM_POST),
        (urlencode({"one": CAFE}).encode(), f'{FORM_POST};charset="no-such-thing"'),
        (
            json.dumps({"id": new_id(), "answers": {"one": CAFE}}, ensure_ascii=False).encode("cp1252"),
            "application/json",
        ),
        (json.dumps({"id": new_id(), "answers": {"one": CAFE}}).encode("utf-16"), "application/json"),
    ],
)
def test_letters_that_are_not_utf_8_are_refused_and_not_replaced(
    clinic: Clinic, sheet: TestClient, body: bytes, kind: str
) -> None:
    status, page = post(sheet, body, kind)
    assert status == 400
    assert "Some letters did not arrive" in page
    assert "Go back: what you wrote is still on that page" in page
    assert "Caf" not in page
    assert not clinic.submissions()


@pytest.mark.parametrize("kind", [FORM_POST, f"{FORM_POST};charset=UTF-8", f'{FORM_POST}; charset="utf8"'])
@pytest.mark.parametrize("word", [CAFE, "caf\ufffd"])
def test_letters_that_are_utf_8_are_stored(clinic: Clinic, sheet: TestClient, kind: str, word: str) -> None:
    """U+FFFD itself was typed or pasted so: nothing was lost on the way here."""
    assert post(sheet, urlencode({"_id": new_id(), "_charset_": "UTF-8", "one": word}).encode(), kind)[0] == 303
    assert stored(clinic, "one") == word


def test_plain_letters_are_the_same_in_every_encoding(clinic: Clinic, sheet: TestClient) -> None:
    body = urlencode({"_id": new_id(), "one": "Plain"}).encode()
    assert post(sheet, body, f"{FORM_POST}; charset=windows-1252")[0] == 303
