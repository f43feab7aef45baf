"""One place opens database files, each with its key, and whoever opened one closes it again, also after an error."""

from __future__ import annotations

import ast
import asyncio
import gc
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from collector.caseload.definitions import Definitions
from collector.caseload.file import CaseloadFile
from collector.caseload.folder import Folder
from collector.caseload.projector_state import ProjectorState
from collector.driver import sqlite3
from collector.errors import CollectorError
from collector.ledger.access import Access, Caseload
from collector.ledger.events import caseload_added, client_added
from collector.ledger.ledger import Ledger
from collector.ledger.opening import open_ledger
from collector.projector import Projector
from collector.review.database import CaseloadDatabase
from collector.review.instances import Instances
from collector.review.queries import Queries
from collector.secrets import derive
from collector.settings import Settings
from collector.storage import Storage

COLLECTOR = Path(__file__).parents[2] / "collector"
ALICE = Caseload("alice", "Alice")
EVENTS = [
    caseload_added("alice", "Alice"),
    client_added("CHARLIE", caseload="alice", label="Charlie"),
]
PAST_STORAGE = ("driver.connect", "sqlite3.connect", "Ledger.open")
PLAIN_HEADER = b"SQLite format 3\0"


@pytest.fixture
def storage(settings: Settings) -> Storage:
    """A deployment in which Alice has a caseload with one client, and the projector has caught up."""
    storage = Storage(settings)
    with open_ledger(storage) as (ledger, _):
        ledger.append(EVENTS)
    with Projector(settings) as projector:
        projector.catch_up()
    assert held(settings) == []
    return storage


def held(settings: Settings) -> list[str]:
    """Return the files of the data folder that this process has open."""
    gc.collect()  # an exception's frames hold what they had open
    open_files = []
    for link in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # the listing's own descriptor has gone by now
            open_files.append(link.readlink())
    return sorted(path.name for path in open_files if settings.data in path.parents)


def opens(path: Path) -> Iterator[str]:
    """Yield each way in which a module opens a database without its DatabaseFile."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "collector.driver":
            yield from (f"imports {alias.name}" for alias in node.names if alias.name == "connect")
        elif isinstance(node, ast.Attribute) and ast.unparse(node) in PAST_STORAGE:
            yield f"calls {ast.unparse(node)}"


def test_only_storage_opens_database_files() -> None:
    by_module = {str(path.relative_to(COLLECTOR)): list(opens(path)) for path in COLLECTOR.rglob("*.py")}
    assert by_module.pop("storage.py") == ["imports connect"]
    assert by_module.pop("driver.py") == ["calls sqlite3.connect"] * 2  # of files, and in memory
    assert {module: ways for module, ways in by_module.items() if ways} == {}


def use_ledger(storage: Storage) -> None:
    with Ledger(storage.ledger) as ledger:
        assert ledger.last() == len(EVENTS)


def use_access(storage: Storage) -> None:
    with Access(storage.ledger) as access:
        assert access.client("CHARLIE")


def use_projector(storage: Storage) -> None:
    with Projector(storage.settings) as projector:
        projector.catch_up()


def use_caseload_file(storage: Storage) -> None:
    with closing(CaseloadFile(storage.caseloads.file("alice"), Definitions())) as file:
        assert file.position


def use_state(storage: Storage) -> None:
    with closing(ProjectorState(storage.projector_state)) as state:
        assert state.position


def rebuild(storage: Storage) -> None:
    with Projector(storage.settings) as projector:
        assert projector.rebuild() == ["alice"]


def use_review(storage: Storage) -> None:
    with open_ledger(storage) as (ledger, access):
        asyncio.run(_visit(Instances(storage.settings, b"s" * 32, ledger, access)))


async def _visit(instances: Instances) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await instances.answer(ALICE, scope, receive, send)

    try:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://review.example") as visitor:
            answer = await visitor.get("/caseload/clients.json")
        assert answer.status_code == 200
    finally:
        await instances.close()


USES = [use_ledger, use_access, use_projector, use_caseload_file, use_state, rebuild, use_review]


@pytest.mark.parametrize("use", USES)
def test_whoever_opens_a_file_closes_it(storage: Storage, use: Callable[[Storage], None]) -> None:
    use(storage)
    assert held(storage.settings) == []


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("damaged", ["ledger.db", "projector.db", "caseloads/alice.db"])
def test_a_damaged_file_is_closed_too(storage: Storage, use: Callable[[Storage], None], damaged: str) -> None:
    path = storage.settings.data / damaged
    path.write_bytes(b"no database, but long enough to be looked at " * 200)
    with suppress(CollectorError, sqlite3.Error, AssertionError):  # which of them it is, other tests say
        use(storage)
    assert held(storage.settings) == []


@pytest.mark.parametrize("use", USES)
def test_a_missing_folder_leaves_nothing_open(tmp_path: Path, use: Callable[[Storage], None]) -> None:
    settings = Settings(data=tmp_path / "data")
    with suppress(CollectorError, sqlite3.Error, OSError, AssertionError):
        use(Storage(settings))
    assert held(settings) == []


def test_with_keys_every_file_is_encrypted_and_can_be_read(storage: Storage, tmp_path: Path) -> None:
    keyed = Storage(Settings(data=tmp_path / "keyed"), lambda purpose: derive(b"s" * 32, purpose))
    with open_ledger(keyed) as (ledger, access):
        ledger.append(EVENTS)
        assert access.client("CHARLIE")
        events = ledger.read(0)
    for files in (keyed.caseloads, keyed.rebuilt):
        with closing(Folder(files, lambda event, error: pytest.fail(str(error)))) as folder:
            folder.fold(events)
    aside, live = (Folder(files, lambda event, error: None) for files in (keyed.rebuilt, keyed.caseloads))
    with closing(aside), closing(live):
        assert aside.copy_into(live) == ["alice"]
    with closing(ProjectorState(keyed.projector_state)) as state:
        state.save(2)
        assert state.position == 2
    with closing(keyed.caseloads.file("alice").connect(read_only=True)) as rows:
        assert rows.execute("SELECT client FROM clients").fetchall() == [("CHARLIE",)]
    with closing(CaseloadDatabase(None, keyed.caseloads.file("alice"), Queries()).connect()) as rows:
        assert rows.execute("SELECT label FROM clients").fetchall() == [("Charlie",)]
    databases = sorted(keyed.settings.data.rglob("*.db"))
    assert [path.name for path in databases] == ["alice.db", "ledger.db", "projector.db", "alice.db"]
    assert not [path for path in databases if path.read_bytes().startswith(PLAIN_HEADER)]
    assert held(keyed.settings) == []


def test_no_file_shows_its_key(settings: Settings) -> None:
    assert "secret" not in repr(Storage(settings, lambda purpose: b"secret" * 6).ledger)
