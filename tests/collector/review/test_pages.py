"""Every table and view shows each of its rows once, and a mistake in an address is answered in words."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from urllib.parse import urljoin

import pytest
from datasette.utils import tilde_encode
from starlette.testclient import TestClient

from collector import people
from collector.ledger.events import Event, form_published, submission_received
from site_builder.forms.language.form import parse_blocks
from site_builder.forms.language.yaml_tree import Block
from tests.cases.pages import MISTAKES, NUMBERS, QUERIES, SORT_KEYS, Mistake

from .conftest import CLIENTS, Clinic, submission

SAME = "2026-03-09T14:00:00.000Z"
DIARY = parse_blocks(
    [
        Block(
            """\
form: diary
fields:
  day: {ask: Which day?, type: date}
  places: {ask: Where?, type: choices, choices: {home: At home, work: At work, out: 'Out, about'}}
  often: {ask: How often?, type: choice, choices: {0: Never, 1: Some days}}
  cups: {ask: How many cups?, type: number, decimals: 6, unit: cups}
  note: {ask: A note?, type: long text}
  steps:
    ask: Which steps?
    type: repeat
    called: step
    of:
      kind: {ask: How was it?, type: choice, choices: {good: Good, bad: Bad}}
      what: What was it?
""",
            1,
        )
    ],
    page="diary",
    title="Diary",
)


@pytest.fixture
def filled(clinic: Clinic) -> Clinic:
    """Return a clinic where Alice's caseload has 240 sheets, most of one moment, and values that are hard to page."""
    ledger = clinic.ledger
    ledger.append([form_published(form="diary", version=1, definition=DIARY.hash, body=DIARY.to_json())])
    for number in range(5):
        people.add_client(ledger, "alice", f"Client {number % 2}", code=f"CARL{number}{number}")
    for number in range(120):
        client = f"CARL{number % 5}{number % 5}"
        ledger.append([replace(submission(client, f"note {number % 3}", str(number % 3)), at=SAME)])
        ledger.append([replace(diary_entry(client, number), at=SAME)])
    clinic.project()
    return clinic


def diary_entry(client: str, number: int) -> Event:
    answers = {
        "day": f"2026-03-{number % 4 + 1:02}",
        "places": ["home", "work", "out"][: number % 4],
        "often": str(number % 2),
        "cups": NUMBERS[number % len(NUMBERS)],
        "note": SORT_KEYS[number % len(SORT_KEYS)],
        "steps": [{"kind": "good", "what": f"step {step % 2}"} for step in range(number % 4)],
    }
    answers = {name: answer for name, answer in answers.items() if answer not in (None, "", [])}
    return submission_received(client, form="diary", version=1, definition=DIARY.hash, answers=answers)


def tables_of(visitor: TestClient) -> list[str]:
    listed = visitor.get("/c/alice/caseload.json").json()
    tables = [table["name"] for table in listed["tables"] if not table["hidden"]]
    return [tilde_encode(name) for name in (*tables, *(view["name"] for view in listed["views"]))]


def orders(visitor: TestClient, table: str) -> Iterator[str]:
    yield ""
    for column in visitor.get(f"/c/alice/caseload/{table}.json?_size=1").json()["columns"]:
        yield f"_sort={column}"
        yield f"_sort_desc={column}"


def walk(visitor: TestClient, address: str) -> Iterator[tuple[object, ...]]:
    """Yield the rows of a table from page to page."""
    while address:
        page = visitor.get(address).json()
        yield from (tuple(row) for row in page["rows"])
        address = page["next_url"]


def test_each_row_of_every_table_and_view_comes_once_in_every_order(filled: Clinic) -> None:
    alice = filled.signed_in("alice")
    wrong = []
    for table in tables_of(alice):
        every = Counter(tuple(row) for row in walk(alice, f"/c/alice/caseload/{table}.json?_size=max&_nofacet=1"))
        for order in orders(alice, table):
            size = 61 if sum(every.values()) > 300 else 23
            rows = Counter(walk(alice, f"/c/alice/caseload/{table}.json?_size={size}&_nofacet=1&_nocount=1&{order}"))
            if rows != every:
                wrong.append(f"{table}?{order}: {sum(rows.values())} rows of {sum(every.values())}")
    assert wrong == []


@pytest.mark.parametrize("query", ["client=CARL11&_sort=note", "_sort_desc=note&cups__gt=0", "_sort=cups&_nocol=cups"])
def test_filtered_rows_come_once(filled: Clinic, query: str) -> None:
    alice = filled.signed_in("alice")
    every = Counter(walk(alice, f"/c/alice/caseload/diary.json?_size=max&{query}"))
    assert Counter(walk(alice, f"/c/alice/caseload/diary.json?_size=3&{query}")) == every
    assert sum(every.values()) > 10


def test_pages_for_people_lead_to_each_row_once(filled: Clinic) -> None:
    alice = filled.signed_in("alice")
    ids: list[str] = []
    address: str | None = "/c/alice/caseload/diary?_sort=note&_size=10"
    while address:
        page = alice.get(address)
        assert page.status_code == 200
        ids += re.findall(r'<td class="col-submission type-pk"><a href="[^"]*">([^<]+)<', page.text)
        following = re.search(r'<a href="([^"]+)">Next page', page.text)
        address = unescape(following[1]) if following else None
        assert len(address or "") < 1_500, "a long answer makes no long address"
    assert len(ids) == len(set(ids)) == 120


def csv_rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_a_spreadsheet_of_every_table_and_view_holds_each_row_once(filled: Clinic) -> None:
    alice = filled.signed_in("alice")
    for table in tables_of(alice):
        every = len(list(walk(alice, f"/c/alice/caseload/{table}.json?_size=max&_nofacet=1")))
        for query in ("", "_size=7", "_size=max&_dl=on", "_stream=1", "_stream=1&_size=50", "_labels=on"):
            rows = csv_rows(alice.get(f"/c/alice/caseload/{table}.csv?{query}").text)
            assert len(rows) == every + 1, (table, query)


def test_a_spreadsheet_asked_for_on_a_later_page_holds_all_rows(filled: Clinic) -> None:
    alice = filled.signed_in("alice")
    following = alice.get("/c/alice/caseload/diary.json?_size=50").json()["next_url"]
    page = alice.get(following.replace(".json", "")).text
    links = [unescape(link) for link in re.findall(r'<a href="([^"]+)">CSV</a>', page)]
    assert [len(csv_rows(alice.get(link).text)) for link in links] == [121]


def test_a_spreadsheet_of_a_query_holds_all_rows_or_says_how_many_are_missing(alice: TestClient) -> None:
    count = "with recursive n(i) as (select 1 union all select i + 1 from n where i < {}) select i{} from n"
    rows = csv_rows(alice.get("/c/alice/caseload.csv", params={"sql": count.format(12_345, "")}).text)
    assert len(rows) == 12_346
    rows = csv_rows(alice.get("/c/alice/caseload.csv", params={"sql": count.format(60_000, "")}).text)
    assert rows[-1] == ["NOT COMPLETE: 10,000 of 60,000 rows missing. Ask for fewer at once."]
    wide = count.format(2_000, ", hex(zeroblob(4000))")
    rows = csv_rows(alice.get("/c/alice/caseload.csv", params={"sql": wide}).text)
    assert re.fullmatch(r"NOT COMPLETE: [\d,]+ of 2,000 rows missing\. Ask for fewer at once\.", rows[-1][0])


LINK = re.compile(r'(?:href|action|src)="([^"]*)"')


def test_no_link_of_any_page_leads_outside_or_nowhere(filled: Clinic) -> None:
    alice = filled.signed_in("alice")
    start = [f"/c/alice/caseload/{table}" for table in tables_of(alice)]
    start += [
        "/c/alice/caseload/diary?_facet_array=places&_facet_date=day&_facet=often&_facet=client&_size=5",
        "/c/alice/caseload/diary?_facet_array=places&places__arraycontains=home&_facet_date=day&day__date=2026-03-02",
        "/c/alice/caseload/written?_search=note&_facet=question&_facet_size=1&_where=id>2&_sort=answer&_size=3",
        "/c/alice/caseload/submissions?_facet_date=received&_facet_size=1",
        "/c/alice/caseload?sql=select+*+from+clients",
        f"/c/alice/client/{CLIENTS['alice']}",
        "/c/alice/",
    ]
    seen, outside, broken = set(start), [], []
    queue = deque((address, 0) for address in start)
    while queue:
        address, depth = queue.popleft()
        answer = alice.get(address)
        if answer.status_code not in (200, 302, 303):
            broken.append((address, answer.status_code))
        if depth == 1 or "text/html" not in answer.headers.get("content-type", ""):
            continue
        for raw in LINK.findall(answer.text):
            link = urljoin(f"http://review.example{address}", unescape(raw)).partition("#")[0]
            if "docs.datasette.io" in link or link in ("https://datasette.io/",):
                continue
            path = link.removeprefix("http://review.example")
            if not path.startswith(("/c/alice/", "/static/", "/sign-out")) and path != "/c/alice":
                outside.append((address, link))
            elif path.startswith("/c/alice/caseload/") and kind_of(path) not in seen:
                seen.add(kind_of(path))
                queue.append((path, depth + 1))
    assert outside == []
    assert broken == []


def kind_of(path: str) -> str:
    """Return a path without its values, so that of links of one kind only the first is followed."""
    return re.sub(r"=[^&]*", "", re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|CARL\d\d|~[0-9A-F]{2}", "", path))


def test_facets_in_data_lead_below_the_caseload(filled: Clinic) -> None:
    alice = filled.signed_in("alice")
    page = alice.get("/c/alice/caseload/diary.json?_facet_array=places&_facet_date=day&_facet=often").json()
    links = [facet["toggle_url"] for facet in page["suggested_facets"]]
    for facet in page["facet_results"].values():
        links += [facet["toggle_url"], *(value["toggle_url"] for value in facet["results"])]
    assert len(links) > 8
    for link in links:
        assert alice.get(link).status_code == 200, link
        assert "/c/alice/caseload/" in link


FORMATS = ["", ".json", ".csv"]


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("table", ["evening", "alerts", "answers", "written"])
def test_a_mistake_in_an_address_is_never_a_failure(alice: TestClient, table: str, kind: str) -> None:
    for mistake in MISTAKES:
        answer = alice.get(f"/c/alice/caseload/{table}{kind}?{mistake.query}")
        assert answer.status_code < 500, mistake.query[:80]


@pytest.mark.parametrize("mistake", [each for each in MISTAKES if each.words], ids=lambda each: each.query[:40])
def test_a_mistake_in_an_address_is_answered_in_words(alice: TestClient, mistake: Mistake) -> None:
    answer = alice.get(f"/c/alice/caseload/evening?{mistake.query}")
    assert answer.status_code == 400
    assert mistake.words in unescape(answer.text)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("mistake", QUERIES, ids=lambda each: each.query[:40])
def test_a_mistake_in_a_query_is_answered_in_words(alice: TestClient, mistake: Mistake, kind: str) -> None:
    answer = alice.get(f"/c/alice/caseload{kind}?{mistake.query}")
    assert answer.status_code < 500
    if mistake.words:
        assert answer.status_code == 400
        assert mistake.words in unescape(answer.text)


@pytest.mark.parametrize("address", ["evening/nothing", "evening/a,b", "alerts/x", "answers/1", "evening/~ZZ", "bad/1"])
def test_a_row_that_is_not_there_is_not_found(alice: TestClient, address: str) -> None:
    assert alice.get(f"/c/alice/caseload/{address}").status_code in (400, 404)
