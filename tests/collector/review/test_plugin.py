"""The pages that Homeward adds to Datasette, and its descriptions of columns."""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from collector import people
from collector.driver import connect, sqlite3
from collector.ledger.events import Event, caseload_added, form_published, utc
from collector.position import LATE
from collector.storage import Storage
from site_builder.command_line import command

from .conftest import CLIENTS, EVENING, Clinic, diary_of, submission

SCRIPT = "<script>alert(1)</script> & \"quotes\" <img src=x onerror='alert(2)'>"


def test_the_caseload_page_counts_events_that_belong_to_no_caseload(clinic: Clinic, alice: TestClient) -> None:
    clinic.project()
    assert "belong" not in alice.get("/c/alice/").text
    send(clinic, submission("NOBODY", "lost"))
    assert "1 event belongs to no caseload; the clinic\n  sees it with" in alice.get("/c/alice/").text
    send(clinic, submission("NOBODY", "lost as well"))
    page = alice.get("/c/alice/").text
    assert f"2 events belong to no caseload; the clinic\n  sees them with <code>{command('health')}</code>." in page
    assert "NOBODY" not in page


def test_the_page_shows_without_a_readable_projector_state(clinic: Clinic, alice: TestClient) -> None:
    Storage(clinic.settings).projector_state.path.write_bytes(b"no database at all" * 1000)
    assert alice.get("/c/alice/").status_code == 200


def send(clinic: Clinic, event: Event) -> str:
    clinic.ledger.append([event])
    clinic.project()
    return event.id


def test_the_caseload_page_shows_who_needs_attention_and_why(alice: TestClient) -> None:
    page = alice.get("/c/alice/").text
    assert "Client of alice" in page
    assert "Worse: “Label 2”, today. Nobody has acknowledged it yet." in page
    assert "1 with an answer about risk that nobody has acknowledged" in page
    assert "2 in all" in page
    assert f'href="/c/alice/client/{CLIENTS["alice"]}"' in page
    assert 'action="/c/alice/caseload/written"' in page
    for table in ("clients", "submissions", "scores", "alerts", "questions", "problems", "evening"):
        assert f'href="/c/alice/caseload/{table}"' in page
    for hidden in ("_homeward", "written_fts"):
        assert f'href="/c/alice/caseload/{hidden}' not in page


def test_a_clients_page_shows_scores_alerts_and_submissions(alice: TestClient) -> None:
    page = alice.get(f"/c/alice/client/{CLIENTS['alice']}").text
    assert "Client of alice" in page
    assert "Answers about risk" in page
    assert len(re.findall(r'<td><a href="/c/alice/submission/', page)) >= 2
    assert 'role="img"' in page


@pytest.mark.parametrize("address", ["client/BERT33", "client/NOBODY", "submission/nothing", "client/", "submission/"])
def test_clients_and_submissions_outside_the_caseload_are_not_found(alice: TestClient, address: str) -> None:
    assert alice.get(f"/c/alice/{address}").status_code == 404


def test_a_submission_is_shown_as_it_was_asked_and_sent(clinic: Clinic, alice: TestClient) -> None:
    id = send(clinic, submission(CLIENTS["alice"], "line one\nline two", "3"))
    page = alice.get(f"/c/alice/submission/{id}").text
    for words in ("Evening", "How was it?", "line one\nline two", "How often?", "Low", "Label 3"):
        assert words in page


def words_of(page: str) -> str:
    """Return the text of a page as a person reads it."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_a_submission_explains_its_score_and_the_cut_offs_it_reaches(clinic: Clinic, alice: TestClient) -> None:
    id = send(clinic, submission(CLIENTS["alice"], "x", "2"))
    words = words_of(alice.get(f"/c/alice/submission/{id}").text)
    assert "Evening 5 Stirred A hard evening." in words
    assert "worth a word (3 or more) reached long talk (6 or more) not reached 5 2 of 2" in words
    assert words.count("This is not a diagnosis.") == 2  # of the band, and of the criterion


def test_a_submission_shows_which_criteria_are_met_by_cluster(clinic: Clinic, alice: TestClient) -> None:
    id = send(clinic, submission(CLIENTS["alice"], "x", "2"))
    words = words_of(alice.get(f"/c/alice/submission/{id}").text)
    assert "A restless evening Met . It was restless. This is not a diagnosis." in words
    assert "Low 1 of 1, needs 1 met worse 1 of 1, needs 1 met" in words
    id = send(clinic, submission(CLIENTS["alice"], "x", "1"))
    words = words_of(alice.get(f"/c/alice/submission/{id}").text)
    assert "A restless evening Not met . Cluster" in words
    assert "It was restless" not in words


def test_missing_answers_make_a_criterion_unknown_and_never_not_met(clinic: Clinic, alice: TestClient) -> None:
    sent = submission(CLIENTS["alice"], "x")
    id = send(clinic, replace(sent, data={**sent.data, "answers": {"items": {"q1": "3"}}}))
    words = words_of(alice.get(f"/c/alice/submission/{id}").text)
    assert "A restless evening Not known . Answers are missing that could still decide it." in words
    assert "worse 0 of 1, needs 1; 1 not answered not known" in words


def test_a_clients_page_shows_the_course_of_a_criterion_beside_the_scores(clinic: Clinic, alice: TestClient) -> None:
    send(clinic, submission(CLIENTS["alice"], "x", "1"))
    page = alice.get(f"/c/alice/client/{CLIENTS['alice']}").text
    words = words_of(page)
    assert page.index("Answers about risk") < page.index("as a table") < page.index('class="hw-criterion"')
    assert "A restless evening Not met on" in words
    assert "Low, needs 1 worse, needs 1" in words
    history = words.partition("every time Sent")[2]
    assert [part in history for part in ("met 1 of 1 1 of 1", "not met 1 of 1 0 of 1")] == [True, True]


def test_a_submission_of_another_caseload_is_not_found(clinic: Clinic, alice: TestClient, bob: TestClient) -> None:
    id = send(clinic, submission(CLIENTS["bob"], "only for Bob"))
    assert bob.get(f"/c/bob/submission/{id}").status_code == 200
    assert alice.get(f"/c/alice/submission/{id}").status_code == 404
    assert alice.get(f"/c/bob/submission/{id}").status_code == 404


def test_a_copied_row_gives_no_access_to_answers_of_another_caseload(clinic: Clinic, alice: TestClient) -> None:
    id = send(clinic, submission(CLIENTS["bob"], "only for Bob"))
    with sqlite3.connect(clinic.settings.caseloads / "alice.db") as rows:  # a projection gone wrong
        rows.execute(
            "INSERT INTO submissions SELECT ?, client, form, version, definition, received, answered, seq"
            " FROM submissions LIMIT 1",
            (id,),
        )
    rows.close()
    answer = alice.get(f"/c/alice/submission/{id}")
    assert answer.status_code == 404
    assert "only for Bob" not in answer.text


def test_what_clients_write_is_inert_on_every_page(clinic: Clinic, alice: TestClient) -> None:
    people.add_client(clinic.ledger, "alice", f"Carl {SCRIPT}", code="CARL44")
    id = send(clinic, submission("CARL44", SCRIPT))
    pages = (
        "",
        "client/CARL44",
        f"submission/{id}",
        "caseload",
        "caseload/evening",
        f"caseload/evening/{id}",
        "caseload/clients",
        "caseload/clients/CARL44",
        "caseload/written?_search=alert",
        "caseload/evening?_facet=note",
        "caseload/evening?note__contains=%3Cscript%3E",
        "caseload?sql=select+note+from+evening",
    )
    for address in pages:
        answer = alice.get(f"/c/alice/{address}")
        assert answer.status_code == 200, address
        assert "<script>alert" not in answer.text, address
        assert "<img src=x" not in answer.text, address


def test_columns_are_described_by_the_wording_of_their_questions(alice: TestClient) -> None:
    page = alice.get("/c/alice/caseload/evening").text
    assert 'data-column-description="How was it?"' in page
    values = "0 = Label 0, 1 = Label 1, 2 = Label 2, 3 = Label 3"
    assert f'data-column-description="Worse · How often? · {values}"' in page


def test_a_clients_code_shows_the_label_and_the_newest_come_first(clinic: Clinic, alice: TestClient) -> None:
    id = send(clinic, submission(CLIENTS["alice"], "the newest"))
    page = alice.get("/c/alice/caseload/evening").text
    assert "><bdi>Client of alice</bdi></a>" in page
    assert alice.get("/c/alice/caseload/evening.json?_shape=array").json()[0]["submission"] == id


@pytest.mark.parametrize("table", ["scores", "alerts", "written"])
def test_tables_link_to_the_submission_as_it_was_sent(alice: TestClient, table: str) -> None:
    links = re.findall(r'href="(/c/alice/submission/[^"]+)"', alice.get(f"/c/alice/caseload/{table}").text)
    assert links
    assert all(alice.get(link).status_code == 200 for link in links)


def test_a_row_links_to_the_submission_as_it_was_sent(alice: TestClient) -> None:
    id = alice.get("/c/alice/caseload/evening.json?_shape=array").json()[0]["submission"]
    assert f'href="/c/alice/submission/{id}"' in alice.get(f"/c/alice/caseload/evening/{id}").text


@pytest.mark.parametrize("address", ["", "client/ALMA22", "caseload", "caseload/evening", "caseload?sql=select+1"])
def test_every_page_says_when_the_projector_is_late(clinic: Clinic, alice: TestClient, address: str) -> None:
    assert "cannot be\n  seen here yet" not in alice.get(f"/c/alice/{address}").text
    clinic.project()
    earlier = utc(datetime.now(UTC) - timedelta(seconds=LATE + 60))
    clinic.ledger.append([replace(caseload_added("late", "Late"), at=earlier)])
    assert "in the last 2 minutes cannot be\n  seen here yet" in alice.get(f"/c/alice/{address}").text


def test_what_could_not_be_shown_is_counted(clinic: Clinic, alice: TestClient) -> None:
    assert "event could not be shown" not in alice.get("/c/alice/").text
    unknown = submission(CLIENTS["alice"], "lost for words")
    send(clinic, replace(unknown, data={**unknown.data, "definition": "0" * 64}))
    page = alice.get("/c/alice/").text
    assert "1 event could not be shown here" in page
    assert 'href="/c/alice/caseload/problems"' in page


def test_a_search_finds_only_this_caseloads_words(alice: TestClient) -> None:
    page = alice.get("/c/alice/caseload/written?_search=diary").text
    assert diary_of("alice").replace("diary", "<mark>diary</mark>") in page
    hits = alice.get("/c/alice/caseload/written.json?_search=bob&_shape=array").json()
    assert hits == []


class TestADamagedDefinition:
    """A definition in the ledger that cannot be read."""

    @pytest.fixture(params=["{", "[]", '{"format": 2, "form": "evening"}'])
    def damaged(self, clinic: Clinic, request: pytest.FixtureRequest) -> str:
        """Damage the form of a submission, and send another form; return the id of the first submission."""
        night = replace(EVENING, id="night", title="A whole night")
        published = form_published(form="night", version=1, definition=night.hash, body=night.to_json())
        sent = submission(CLIENTS["alice"], "still here")
        answered = {**sent.data, "form": "night", "definition": night.hash}
        clinic.ledger.append([published])
        send(clinic, replace(sent, data=answered, id="night-1"))
        with closing(connect(clinic.settings.ledger)) as ledger:
            ledger.execute("UPDATE definitions SET body = ? WHERE form = 'evening'", (request.param,))
        return send(clinic, submission(CLIENTS["alice"], "cannot be shown"))

    def test_the_submission_is_503_in_words(self, alice: TestClient, damaged: str) -> None:
        answer = alice.get(f"/c/alice/submission/{damaged}")
        assert answer.status_code == 503
        assert "This submission cannot be shown" in answer.text
        assert "The questions of this worksheet cannot be read" in answer.text
        assert "cannot be shown as they were asked" in answer.text

    def test_the_other_pages_are_shown(self, alice: TestClient, damaged: str) -> None:
        client = alice.get(f"/c/alice/client/{CLIENTS['alice']}")
        assert client.status_code == 200
        assert "A whole night" in client.text
        assert f"/c/alice/submission/{damaged}" in client.text
        assert alice.get("/c/alice/").status_code == 200
        other = alice.get("/c/alice/submission/night-1")
        assert other.status_code == 200
        assert "still here" in other.text

    def test_its_rows_are_in_the_tables(self, alice: TestClient, damaged: str) -> None:
        rows = alice.get("/c/alice/caseload/evening.json?_shape=array").json()
        assert "cannot be shown" in [row["note"] for row in rows]


def test_a_risk_item_that_was_left_out_is_told_everywhere(clinic: Clinic, alice: TestClient) -> None:
    """It does not look like a 0, until the same is answered."""
    client = f"/c/alice/client/{CLIENTS['alice']}"
    unsaid = submission(CLIENTS["alice"], "hard")
    del unsaid.data["answers"]["items"]["q2"]
    id = send(clinic, unsaid)
    for address in ("/c/alice/", client, f"/c/alice/submission/{id}"):
        assert "“Worse” was left out" in words_of(alice.get(address).text), address
    send(clinic, submission(CLIENTS["alice"], "better", "0"))
    assert "” was left out" not in alice.get(client).text
    assert "” was left out" not in alice.get("/c/alice/").text
    assert "” was left out" in alice.get(f"/c/alice/submission/{id}").text
