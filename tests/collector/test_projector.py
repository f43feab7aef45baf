"""The projector on a real ledger catches up, waits for nobody, and rebuilds the same rows."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from collector import position
from collector.caseload.schema import is_up_to_date
from collector.driver import connect
from collector.ledger.events import (
    Event,
    Recorded,
    caseload_added,
    client_added,
    form_published,
    now,
    submission_received,
)
from collector.ledger.ledger import Ledger
from collector.ledger.turn import Turn
from collector.position import Lag, read_position, wait_for, write_position
from collector.projector import CannotRebuild, NoSuchCaseload, Projector
from collector.settings import Settings
from collector.storage import DatabaseFile
from site_builder.forms.model.choices import Choice
from site_builder.forms.model.conditions import Condition
from site_builder.forms.model.criteria import Cluster, Criterion
from site_builder.forms.model.definition import Alert, Form, Scale, Section
from site_builder.forms.model.fields import LongText, Matrix, Rating, Repeat, Text

CODES = tuple(Choice(str(code), f"Label {code}") for code in range(4))
FORM = Form(
    id="evening",
    version=1,
    title="Evening",
    sections=(
        Section(
            (
                LongText(id="note", ask="How was it?"),
                Matrix(id="items", ask="How often?", choices=CODES, rows=(Choice("q1", "Low"), Choice("q2", "Worse"))),
                Repeat(id="steps", ask="Steps?", of=(Text(id="step", ask="Which?"), Rating(id="fear", ask="Fear?"))),
            )
        ),
    ),
    scales=(Scale("total", ("q1", "q2"), missing_up_to=1),),
    alerts=(Alert((Condition("q2", "at_least", 1),), "Worse"),),
    criteria=(Criterion("pattern", 2, (Cluster("a", ("q1", "q2"), 1),)),),
)


def published(form: Form) -> Event:
    return form_published(form=form.id, version=form.version, definition=form.hash, body=form.to_json())


def sent(client: str, number: int, form: Form = FORM, **other: Any) -> Event:
    answers = {
        "note": f"It went well, day{number}",
        "items": {"q1": str(number % 4), "q2": str(number % 3)},
        "steps": [{"step": f"bus{number}", "fear": number % 11}, {"step": "home"}],
    }
    data: dict[str, Any] = {"form": form.id, "version": form.version, "definition": form.hash, "answers": answers}
    return submission_received(client, **(data | other))


def add_caseload(ledger: Ledger, caseload: str, *clients: str) -> None:
    added = [client_added(client, caseload=caseload, label=client) for client in clients]
    ledger.append([caseload_added(caseload, caseload), *added])


def rows(settings: Settings, caseload: str, question: str) -> list[tuple[Any, ...]]:
    with closing(connect(settings.caseloads / f"{caseload}.db", read_only=True)) as connection:
        return connection.execute(question).fetchall()


def dump(settings: Settings, caseload: str) -> dict[str, Any]:
    """Return everything in a file: its schema, every row of every table, and the results of searches."""
    schema = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name"
    contents: dict[str, Any] = {"schema": rows(settings, caseload, schema)}
    for kind, name, _, _ in contents["schema"]:
        # The migrations' own table tells when they ran; the index's inner tables depend on how rows were grouped.
        if kind == "table" and name != "_sqlite_migrations" and not name.startswith("written_fts_"):
            contents[name] = rows(settings, caseload, f'SELECT rowid, * FROM "{name}" ORDER BY rowid')
    for words in ("well", "bus7", "home", "nothing"):
        search = f"SELECT rowid, rank FROM written_fts WHERE written_fts MATCH '{words}' ORDER BY rowid"
        contents[f"search {words}"] = rows(settings, caseload, search)
    return contents


@contextmanager
def running(settings: Settings) -> Iterator[None]:
    """Run a projector in a thread, with its own connections, until the block ends."""
    stop = threading.Event()

    def run() -> None:
        with Projector(settings) as projector:
            projector.run(stop)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=20)
    assert not thread.is_alive()


def wait(settings: Settings, seq: int) -> bool:
    return asyncio.run(wait_for(settings.position, seq, timeout=10))


@pytest.fixture
def clinic(ledger: Ledger) -> Ledger:
    """Alice has Charlie and Bob; Dora has Eve."""
    ledger.append([published(FORM)])
    add_caseload(ledger, "alice", "CHARLIE", "BOB")
    add_caseload(ledger, "dora", "EVE")
    return ledger


def send_some(ledger: Ledger, many: int = 30) -> None:
    clients = ("CHARLIE", "BOB", "EVE")
    ledger.append([sent(clients[number % 3], number) for number in range(many)])


def test_each_client_is_only_in_the_file_of_their_own_caseload(clinic: Ledger, settings: Settings) -> None:
    send_some(clinic)
    with Projector(settings) as projector:
        assert projector.catch_up() == clinic.last()
    counts = "SELECT client, count(*) FROM submissions GROUP BY client ORDER BY client"
    assert rows(settings, "alice", counts) == [("BOB", 10), ("CHARLIE", 10)]
    assert rows(settings, "dora", counts) == [("EVE", 10)]
    assert b"CHARLIE" not in (settings.caseloads / "dora.db").read_bytes()


def test_a_restart_folds_only_new_events(clinic: Ledger, settings: Settings) -> None:
    send_some(clinic)
    with Projector(settings) as projector:
        projector.catch_up()
    clinic.append([sent("CHARLIE", 77), sent("EVE", 78)])
    with Projector(settings) as projector:
        assert projector.catch_up() == 2
        assert projector.catch_up() == 0
    assert rows(settings, "alice", "SELECT count(*) FROM submissions") == [(21,)]


def test_owners_and_definitions_are_known_after_a_restart(clinic: Ledger, settings: Settings) -> None:
    for number in range(3):
        with Projector(settings) as projector:
            projector.catch_up()
            clinic.append([sent("CHARLIE", number)])
            projector.catch_up()
            assert projector.problems() == []
    assert rows(settings, "alice", "SELECT count(*) FROM evening") == [(3,)]


def test_without_its_state_it_starts_over_and_duplicates_nothing(clinic: Ledger, settings: Settings) -> None:
    send_some(clinic)
    with Projector(settings) as projector:
        projector.catch_up()
    before = dump(settings, "alice")
    for path in settings.data.glob("projector.db*"):
        path.unlink()
    with Projector(settings) as projector:
        assert projector.catch_up() == clinic.last()
    assert dump(settings, "alice") == before


def test_events_read_but_not_yet_durable_are_read_again(clinic: Ledger, settings: Settings) -> None:
    """As after a kill: the files have the rows, but the projector's state does not know it."""
    send_some(clinic)
    projector = Projector(settings)
    projector._fold_batch()
    projector.close()
    assert rows(settings, "alice", "SELECT count(*) FROM submissions") == [(20,)]
    with Projector(settings) as projector:
        assert projector.catch_up() == clinic.last()
    assert rows(settings, "alice", "SELECT count(*) FROM submissions") == [(20,)]


def test_a_file_folded_by_an_older_version_is_folded_again(clinic: Ledger, settings: Settings) -> None:
    send_some(clinic)
    with Projector(settings) as projector:
        projector.catch_up()
    file = settings.caseloads / "alice.db"
    connection = connect(file)
    connection.execute("PRAGMA user_version = 0")
    connection.execute("UPDATE scores SET scale = 'of the past'")
    connection.commit()
    connection.close()
    assert not is_up_to_date(DatabaseFile(file))
    with Projector(settings) as projector:
        projector.catch_up()
    assert is_up_to_date(DatabaseFile(file))
    assert rows(settings, "alice", "SELECT DISTINCT scale FROM scores") == [("total",)]


def test_a_deleted_file_is_folded_again_at_the_next_start(clinic: Ledger, settings: Settings) -> None:
    send_some(clinic)
    with Projector(settings) as projector:
        projector.catch_up()
    before = dump(settings, "alice")
    (settings.caseloads / "alice.db").unlink()
    with Projector(settings) as projector:
        projector.catch_up()
    assert dump(settings, "alice") == before


def test_a_start_brings_every_file_to_the_current_tables(clinic: Ledger, settings: Settings) -> None:
    with Projector(settings) as projector:
        projector.catch_up()
    path = settings.caseloads / "alice.db"
    with closing(connect(path)) as older:
        older.execute("DROP TABLE criteria")
        older.execute("DELETE FROM _sqlite_migrations WHERE name = 'criteria_and_clusters'")
        older.execute("DROP TABLE clusters")
    with Projector(settings) as projector:
        projector.catch_up()  # nobody has sent anything
    with closing(connect(path)) as today:
        assert today.execute("SELECT count(*) FROM criteria").fetchone() == (0,)


def test_pages_can_read_a_file_of_an_older_version_while_it_is_rebuilt(clinic: Ledger, settings: Settings) -> None:
    send_some(clinic)
    with Projector(settings) as projector:
        projector.catch_up()
    with closing(connect(settings.caseloads / "alice.db")) as older:
        older.execute("DROP VIEW last_seen")
        older.execute("DELETE FROM _sqlite_migrations WHERE name = 'views_by_course'")
        older.execute("PRAGMA user_version = 0")
    with Turn(settings.data / "rebuild") as rebuild, ExitStack() as projectors, rebuild.taken():
        projectors.enter_context(running(settings))
        deadline = time.monotonic() + 10
        while not rows(settings, "alice", "SELECT 1 FROM sqlite_master WHERE name = 'last_seen'"):
            assert time.monotonic() < deadline
            time.sleep(0.005)
        assert rows(settings, "alice", "SELECT sum(sent) FROM last_seen") == [(20,)]
        assert not is_up_to_date(DatabaseFile(settings.caseloads / "alice.db"))


def test_a_rebuild_produces_the_same_rows(clinic: Ledger, settings: Settings) -> None:
    second = Form.from_json(FORM.to_json() | {"version": 2})
    clinic.append([published(second)])
    with Projector(settings) as projector:
        for number in range(12):
            clinic.append(
                [
                    sent("CHARLIE", number),
                    sent("EVE", number, second),
                    sent("BOB", number, definition="f" * 64),
                    sent("CHARLIE", number, answers={"note": 7}),
                ]
            )
            projector.catch_up()
        before = {caseload: dump(settings, caseload) for caseload in ("alice", "dora")}
        assert len(before["alice"]["problems"]) == 24
        assert projector.rebuild() == ["alice", "dora"]
        assert {caseload: dump(settings, caseload) for caseload in ("alice", "dora")} == before
        clinic.append([sent("CHARLIE", 99)])
        assert projector.catch_up() == 1
    assert rows(settings, "alice", "SELECT count(*) FROM submissions WHERE client = 'CHARLIE'") == [(25,)]


def test_a_rebuild_repairs_changed_rows(clinic: Ledger, settings: Settings) -> None:
    send_some(clinic)
    with Projector(settings) as projector:
        projector.catch_up()
        before = dump(settings, "alice")
        with closing(connect(settings.caseloads / "alice.db")) as vandal:
            vandal.execute("DELETE FROM written")
            vandal.execute("DROP TABLE evening_steps")
            vandal.execute("UPDATE scores SET raw = 0")
        assert projector.rebuild("alice") == ["alice"]
    assert dump(settings, "alice") == before


def test_a_rebuild_beside_a_running_projector_loses_nothing(clinic: Ledger, settings: Settings) -> None:
    reader_saw = []
    with running(settings), Projector(settings) as other:
        send_some(clinic)
        assert wait(settings, clinic.last())
        with closing(connect(settings.caseloads / "alice.db", read_only=True)) as reader:
            for number in range(8):
                clinic.append([sent("CHARLIE", number)])
                other.rebuild()
                reader_saw.append(reader.execute("SELECT count(*) FROM submissions").fetchone()[0])
                clinic.append([sent("BOB", number)])
        assert wait(settings, clinic.last())
    assert reader_saw == sorted(reader_saw)
    assert rows(settings, "alice", "SELECT count(*) FROM submissions") == [(36,)]
    before = dump(settings, "alice")
    with Projector(settings) as projector:
        projector.rebuild()
    assert dump(settings, "alice") == before


def test_a_submission_that_arrives_during_a_rebuild_is_in_the_new_file(
    clinic: Ledger, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As soon as the rebuild has read to the end, a submission comes, and the running projector shows it."""
    send_some(clinic)
    read, late = Ledger.read, [sent("CHARLIE", 99)]
    with Projector(settings) as running, Projector(settings) as other:
        running.catch_up()

        def read_then_receive(ledger: Ledger, *where: Any, **limits: Any) -> list[Recorded]:
            events = read(ledger, *where, **limits)
            if not events and late:
                clinic.append([late.pop()])
                assert running.catch_up() == 1
            return events

        monkeypatch.setattr(Ledger, "read", read_then_receive)
        other.rebuild("alice")
    assert not late
    assert rows(settings, "alice", "SELECT count(*) FROM submissions") == [(21,)]


def test_a_rebuild_leaves_nothing_behind(clinic: Ledger, settings: Settings) -> None:
    send_some(clinic)
    with Projector(settings) as projector:
        projector.catch_up()
        projector.rebuild()
    assert not (settings.data / "rebuild").exists()


def test_an_unknown_caseload_cannot_be_rebuilt(clinic: Ledger, settings: Settings) -> None:
    with Projector(settings) as projector, pytest.raises(NoSuchCaseload, match="no caseload zoe"):
        projector.rebuild("zoe")


def test_a_rebuild_that_cannot_write_reports_it_and_changes_nothing(clinic: Ledger, settings: Settings) -> None:
    send_some(clinic)
    with Projector(settings) as projector:
        projector.catch_up()
        before = dump(settings, "alice")
        (settings.data / "rebuild").write_text("in the way")
        with pytest.raises(CannotRebuild):
            projector.rebuild()
    assert dump(settings, "alice") == before


def test_an_event_of_no_caseload_is_reported_by_the_projector(clinic: Ledger, settings: Settings) -> None:
    clinic.append([sent("NOBODY", 1), sent("CHARLIE", 2)])
    with Projector(settings) as projector:
        projector.catch_up()
        (problem,) = projector.problems()
    assert (problem.kind, problem.client) == ("submission_received", "NOBODY")
    assert "day1" not in problem.problem
    assert rows(settings, "alice", "SELECT count(*) FROM submissions") == [(1,)]


def test_what_an_earlier_release_could_not_read_is_no_problem_any_more(clinic: Ledger, settings: Settings) -> None:
    clinic.append([sent("NOBODY", 1)])
    with Projector(settings) as projector:
        projector.catch_up()
        assert [problem.kind for problem in projector.problems()] == ["submission_received"]
    with closing(connect(settings.data / "projector.db")) as state:
        state.execute("INSERT INTO problems VALUES (1, 'form_published', '', 'It cannot be read.', '')")
    with Projector(settings) as projector:
        assert [problem.kind for problem in projector.problems()] == ["submission_received"]


def test_a_running_projector_shows_a_submission_at_once(clinic: Ledger, settings: Settings) -> None:
    with running(settings):
        assert wait(settings, clinic.last())
        for number in range(20):
            (receipt,) = clinic.append([sent("CHARLIE", number)])
            assert wait(settings, receipt.seq)
            assert rows(settings, "alice", "SELECT count(*) FROM submissions") == [(number + 1,)]


def test_two_running_projectors_fold_nothing_twice(clinic: Ledger, settings: Settings) -> None:
    with running(settings), running(settings):
        for number in range(50):
            clinic.append([sent("CHARLIE", number), sent("EVE", number)])
        assert wait(settings, clinic.last())
    assert rows(settings, "alice", "SELECT count(*) FROM submissions") == [(50,)]
    assert rows(settings, "dora", "SELECT count(*) FROM submissions") == [(50,)]


def test_a_failing_file_shows_in_the_lag_and_catches_up_by_itself(
    clinic: Ledger, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.projector.RETRY_EVERY", 0.05)
    monkeypatch.setattr("collector.storage.BUSY_TIMEOUT", 0.01)
    with running(settings):
        assert wait(settings, clinic.last())
        with closing(connect(settings.caseloads / "alice.db")) as blocker:
            blocker.execute("BEGIN IMMEDIATE")
            held = clinic.last()
            send_some(clinic)
            until = time.monotonic() + 10
            while rows(settings, "dora", "SELECT count(*) FROM submissions") != [(10,)]:
                assert time.monotonic() < until
            assert read_position(settings.position) == held
            assert position.lag(clinic, settings.position).behind == 30
            blocker.execute("ROLLBACK")
        assert wait(settings, clinic.last())
    assert rows(settings, "alice", "SELECT count(*) FROM submissions") == [(20,)]


def test_the_lag_counts_events_and_the_age_of_the_oldest(clinic: Ledger, settings: Settings) -> None:
    with Projector(settings) as projector:
        projector.catch_up()
        assert position.lag(clinic, settings.position) == Lag(0, 0.0)
        clinic.append([sent("CHARLIE", 1, at=now())])
        clinic.append([sent("BOB", 2)])
        time.sleep(0.02)
        lag = position.lag(clinic, settings.position)
        assert lag.behind == 2
        assert 0.01 < lag.seconds < 10
        projector.catch_up()
        assert position.lag(clinic, settings.position) == Lag(0, 0.0)


def test_a_position_never_written_is_zero(tmp_path: Path) -> None:
    assert read_position(tmp_path / "position") == 0
    (tmp_path / "position").write_bytes(b"")
    assert read_position(tmp_path / "position") == 0


def test_the_position_is_eight_bytes_little_endian(tmp_path: Path) -> None:
    path = tmp_path / "position"
    for seq in (1, 2**40 + 5, 7):
        write_position(path, seq)
        assert path.read_bytes() == seq.to_bytes(8, "little")
        assert read_position(path) == seq


def test_waiting_ends_when_the_number_is_reached_or_the_time_is_up(tmp_path: Path) -> None:
    path = tmp_path / "position"

    async def story() -> None:
        assert not await wait_for(path, 5, timeout=0.02)
        waiting = asyncio.create_task(wait_for(path, 5, timeout=10))
        await asyncio.sleep(0.01)
        write_position(path, 6)
        assert await waiting
        assert await wait_for(path, 5, timeout=0)

    asyncio.run(story())


def test_closing_leaves_no_thread_and_no_file_open(clinic: Ledger, settings: Settings) -> None:
    send_some(clinic)
    threads = threading.active_count()
    with Projector(settings) as projector:
        projector.catch_up()
        projector.rebuild()
    assert threading.active_count() == threads
    opened = [link.resolve() for link in Path("/proc/self/fd").iterdir()]
    # The ledger is open here as well, and SQLite keeps its handles until the last connection of a process has gone.
    assert not [path for path in opened if settings.data in path.parents and "ledger" not in path.name]
