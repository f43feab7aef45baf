"""Sets the stage: clients who are signed in, a form of twelve answers, and the roles as processes."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from collector.ledger import tokens
from collector.ledger.events import (
    Event,
    caseload_added,
    client_added,
    form_published,
    link_made,
    link_opened,
    submission_received,
    utc,
)
from collector.ledger.ledger import Ledger
from collector.settings import Settings
from collector.storage import Storage
from site_builder.forms.model.choices import Choice
from site_builder.forms.model.definition import Form, Section
from site_builder.forms.model.fields import Field, LongText, Matrix, Number, Rating, Text

START_WITHIN = 20.0  # seconds
CLIENTS_AT_ONCE = 80  # three events each: as many as the ledger takes in one batch
WORDS = "I noticed that I was holding my breath on the stairs and counted to four instead. "
ITEMS = tuple(Choice(f"q{number}", f"Question {number}") for number in range(1, 7))
FREQUENCY = tuple(Choice(str(code), label) for code, label in enumerate(("Never", "Some days", "Most", "Daily")))


def twelve_answers() -> Form:
    """A form with twelve answers of the usual kinds."""
    fields: tuple[Field, ...] = (
        Text(id="situation", ask="What was happening?", required=True),
        LongText(id="thought", ask="What went through your mind?"),
        LongText(id="balanced", ask="What would be a fairer thought?"),
        Rating(id="before", ask="How strong was it?", highest=100),
        Rating(id="now", ask="How strong is it now?", highest=100),
        Number(id="minutes", ask="How long did it last?", at_least=0, at_most=600),
        Matrix(id="items", ask="How often?", choices=FREQUENCY, rows=ITEMS),
    )
    return Form(id="bench", version=1, title="Twelve answers", sections=(Section(fields),))


def answers(number: int) -> dict[str, Any]:
    """Return one filled-in form, each a little different."""
    return {
        "situation": f"On the way to work, number {number}",
        "thought": 2 * WORDS,
        "balanced": WORDS,
        "before": number % 101,
        "now": (7 * number) % 101,
        "minutes": number % 60,
        "items": {row.code: str((number + index) % 4) for index, row in enumerate(ITEMS)},
    }


def submission(form: Form, number: int, client: str) -> Event:
    """Return the event of one submission."""
    return submission_received(
        client, form=form.id, version=form.version, definition=form.hash, answers=answers(number)
    )


def as_json(form: Form, number: int) -> bytes:
    return json.dumps({"id": str(uuid.uuid4()), "definition": form.hash, "answers": answers(number)}).encode()


def as_form_post(form: Form, number: int) -> bytes:
    values = answers(number)
    rows = values.pop("items")
    pairs = {"_id": str(uuid.uuid4()), "_definition": form.hash} | values
    return urlencode(pairs | {f"items.{row}": code for row, code in rows.items()}).encode()


@dataclass(frozen=True)
class Stage:
    """A prepared data folder: each client's code with the cookie of a device that is signed in."""

    folder: Path
    form: Form
    cookies: Mapping[str, str]

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def ledger(self) -> Path:
        return self.data / "ledger.db"

    def environment(self, port: int) -> dict[str, str]:
        return os.environ | {
            "HOMEWARD_DATA": str(self.data),
            "HOMEWARD_SITE": str(self.folder / "site"),
            "HOMEWARD_PORT": str(port),
        }


def prepare(folder: Path, *, caseloads: int = 1, clients: int = 100) -> Stage:
    """Make the clinic: so many caseloads, and over them so many clients, each with one device signed in."""
    form = twelve_answers()
    Storage(Settings(data=folder / "data")).make_folder()
    (folder / "site").mkdir()
    cookies: dict[str, str] = {}
    with Ledger.open(folder / "data" / "ledger.db") as ledger:
        ledger.append([form_published(form=form.id, version=1, definition=form.hash, body=form.to_json())])
        for number in range(caseloads):
            ledger.append([caseload_added(f"c{number}", f"Caseload {number}")])
        for start in range(0, clients, CLIENTS_AT_ONCE):
            events: list[Event] = []
            for number in range(start, min(start + CLIENTS_AT_ONCE, clients)):
                code, token = f"BENCH{number}", tokens.new_token()
                events += _client(code, f"c{number % caseloads}", token)
                cookies[code] = f"hw_client={token}"
            ledger.append(events)
    return Stage(folder, form, cookies)


def _client(code: str, caseload: str, sign_in: str) -> list[Event]:
    link, tomorrow = tokens.new_id(), utc(datetime.now(UTC) + timedelta(days=1))
    secret = tokens.hash_token(tokens.new_token())
    return [
        client_added(code, caseload=caseload, label=f"Made-up {code}"),
        link_made(code, link=link, token=secret, code=tokens.hash_token(tokens.new_code()), code_expires=tomorrow),
        link_opened(code, link=link, secret="token", sign_in=tokens.hash_token(sign_in), expires=tomorrow),
    ]


def processor_seconds(pid: int) -> float:
    """Return the processor time of a process so far, all its threads together, as Linux counts it."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], *, port: int | None = None, **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process while the block lasts; with a port, wait until something listens there."""
    process = subprocess.Popen([sys.executable, "-m", *command], stdout=subprocess.DEVNULL, **options)
    try:
        if port is not None:
            wait_for_port(port, process)
        yield process
    finally:
        process.terminate()
        process.wait(20)


def wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"{process.args!r} did not listen within {START_WITHIN:.0f} s")
