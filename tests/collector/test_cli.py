"""The command line: what it does, what it prints, and how it refuses."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from collector.cli import main
from collector.driver import connect
from collector.ledger.access import Access
from collector.ledger.events import submission_received
from collector.ledger.ledger import Ledger
from collector.projector import Projector
from collector.settings import Settings
from collector.storage import DatabaseFile

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs `homeward …` on the data folder of one test."""

    def invoke(*words: str, **options: Any) -> Result:
        return CliRunner().invoke(main, [*words, "--data", str(tmp_path / "data")], **options)

    return invoke


@pytest.fixture
def access(run: Run, tmp_path: Path) -> Access:
    """Access to that data folder, with the therapist Alice."""
    assert run("therapist", "add", "Alice").exit_code == 0
    return Access(DatabaseFile(tmp_path / "data" / "ledger.db"))


def roles(folder: Path) -> list[tuple[str, str, str]]:
    with closing(connect(folder / "data" / "ledger.db", read_only=True)) as ledger:
        return ledger.execute("SELECT person, caseload, role FROM members ORDER BY person").fetchall()


def facts(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    output: dict[str, Any] = json.loads(result.stdout)
    return output


def test_a_therapist_gets_a_caseload_and_a_password_that_is_shown_once(
    run: Run, access: Access, tmp_path: Path
) -> None:
    result = run("therapist", "add", "Dr. Ana Müller")
    assert result.output.startswith("Dr. Ana Müller signs in as dr-ana-muller and reads caseload dr-ana-muller.\n")
    assert "Password, shown this once: " in result.output
    password = result.output.split(": ")[-1].strip()
    stored = access.person("dr-ana-muller")
    assert stored is not None
    assert password not in stored.password
    assert roles(tmp_path) == [("alice", "alice", "therapist"), ("dr-ana-muller", "dr-ana-muller", "therapist")]


def test_a_therapist_can_join_a_caseload_with_their_own_password(run: Run, access: Access, tmp_path: Path) -> None:
    words = ("therapist", "add", "Bob", "--caseload", "alice", "--password-stdin", "--json")
    assert facts(run(*words, input="correct horse battery\n")) == {"name": "bob", "caseload": "alice"}
    assert roles(tmp_path) == [("alice", "alice", "therapist"), ("bob", "alice", "therapist")]


def test_a_short_password_is_refused_with_a_remedy(run: Run) -> None:
    result = run("therapist", "add", "Bob", "--password-stdin", input="short\n")
    assert result.exit_code == 1
    assert "Choose a password of 12 characters or more." in result.output


def test_a_taken_name_is_refused(run: Run, access: Access) -> None:
    result = run("therapist", "add", "Alice")
    assert result.exit_code == 1
    assert len(result.output.splitlines()) == 1


def test_a_therapist_is_signed_out_everywhere(run: Run, access: Access) -> None:
    assert facts(run("therapist", "end-sign-ins", "alice", "--json")) == {"name": "alice"}
    result = run("therapist", "end-sign-ins", "nobody")
    assert result.exit_code == 1
    assert result.output == "There is no person nobody.\n"


def test_a_client_gets_a_code_a_link_and_a_code_to_type(run: Run, access: Access) -> None:
    new_client = facts(run("client", "add", "--caseload", "alice", "--label", "Made-up Maya", "--json"))
    token = new_client["link"].split("/open#")[1]
    link = access.link_for(token=token)
    assert link is not None
    assert link.client == new_client["client"]
    assert access.link_for(code=new_client["code"].lower().replace("-", " ")) == link


def test_a_client_without_a_caseload_is_refused(run: Run, access: Access) -> None:
    result = run("client", "add", "--caseload", "nowhere")
    assert result.exit_code == 1
    assert len(result.output.splitlines()) == 1


def test_a_new_link_ends_the_old_one(run: Run, access: Access) -> None:
    first = facts(run("client", "add", "--caseload", "alice", "--json"))
    second = facts(run("client", "link", first["client"].lower(), "--json"))
    assert access.link_for(token=first["link"].split("#")[1]) is None
    assert access.link_for(token=second["link"].split("#")[1]) is not None


def test_a_link_can_be_ended_without_a_replacement(run: Run, access: Access) -> None:
    new_client = facts(run("client", "add", "--caseload", "alice", "--json"))
    assert facts(run("client", "link", new_client["client"], "--end", "--json")) == {
        "client": new_client["client"],
        "ended": True,
    }
    assert access.link_for(token=new_client["link"].split("#")[1]) is None
    again = run("client", "link", new_client["client"], "--end")
    assert "no link was in use" in again.output


def test_an_unknown_client_gets_a_sentence_and_exit_code_1(run: Run, access: Access) -> None:
    result = run("client", "link", "NOBODY")
    assert result.exit_code == 1
    assert result.output == "There is no client NOBODY. Codes look like K7M3QX.\n"


@pytest.mark.parametrize("words", [("therapist", "add", "Alice"), ("rebuild",)])
def test_a_data_folder_that_cannot_be_made_gets_a_sentence(words: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = CliRunner().invoke(main, [*words, "--data", str(tmp_path / "file" / "data")])
    assert result.exit_code == 1
    assert result.output.startswith(f"The data folder {tmp_path / 'file' / 'data'} cannot be made: ")


def test_rebuild_reports_what_it_rebuilt(run: Run, access: Access, tmp_path: Path) -> None:
    run("client", "add", "--caseload", "alice")
    with Projector(Settings(data=tmp_path / "data")) as projector:
        projector.catch_up()
    assert facts(run("rebuild", "--json")) == {"rebuilt": ["alice"]}
    assert run("rebuild", "--caseload", "nowhere").exit_code == 1


def test_health_reports_that_nobody_answers() -> None:
    result = CliRunner().invoke(main, ["health", "--port", "1"])
    assert result.exit_code == 1
    assert "Nobody answers at http://127.0.0.1:1/" in result.output


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """The port of a collector that says that it is well."""

    class Well(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"status": "ok"}')

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Well) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_health_names_the_events_that_belong_to_no_caseload(
    run: Run, access: Access, port: int, tmp_path: Path
) -> None:
    ask = ("health", "--port", str(port))
    assert run(*ask).output == "status: ok\n"
    with Ledger.open(tmp_path / "data" / "ledger.db") as ledger:
        lost = submission_received("NOBODY", form="diary", version=1, definition="d" * 64, answers={"why": "rain"})
        (receipt,) = ledger.append([lost])
    with Projector(Settings(data=tmp_path / "data")) as projector:
        projector.catch_up()
    result = run(*ask)
    assert result.exit_code == 0
    assert f"- number {receipt.seq}, submission_received of client NOBODY, {receipt.at}: Nobody knows" in result.output
    assert "rain" not in result.output
    (problem,) = facts(run(*ask, "--json"))["set_aside"]
    assert (problem["seq"], problem["client"]) == (receipt.seq, "NOBODY")


def test_health_says_that_the_projector_cannot_be_read(run: Run, access: Access, port: int, tmp_path: Path) -> None:
    (tmp_path / "data" / "projector.db").write_bytes(b"no database at all" * 1000)
    result = run("health", "--port", str(port))
    assert result.exit_code == 1
    assert result.output.startswith("Events that belong to no caseload cannot be read from ")


def test_build_publishes_the_forms_before_the_site_is_visible(run: Run, tmp_path: Path) -> None:
    config = Path(__file__).parents[2] / "mkdocs.yml"
    result = run("build", "--config", str(config), "--site", str(tmp_path / "site"), "--json")
    built = facts(result)
    with Ledger.open(tmp_path / "data" / "ledger.db") as ledger:
        published = {event.data["form"] for event in ledger.read(0) if event.kind == "form_published"}
    assert len(published) == built["forms"]
    assert (tmp_path / "site" / "forms.json").exists()


@pytest.fixture
def build(run: Run, tmp_path: Path) -> Callable[..., Result]:
    """Builds a site of one form, whose question has the given type."""
    (tmp_path / "content").mkdir()
    (tmp_path / "mkdocs.yml").write_text(SITE)
    words = ("build", "--config", str(tmp_path / "mkdocs.yml"), "--site", str(tmp_path / "site"))

    def with_type(type: str, *more: str) -> Result:
        (tmp_path / "content" / "index.md").write_text(
            f"# ABC\n\n```yaml form\nform: abc\nfields:\n  a: {{ask: What?, type: {type}}}\n```\n"
        )
        return run(*words, *more)

    return with_type


def test_a_build_prints_a_summary(build: Callable[..., Result], tmp_path: Path) -> None:
    result = build("date")
    assert result.exit_code == 0
    assert result.stdout.startswith("Built 1 page with 1 form into ")
    assert (tmp_path / "site" / "index.html").exists()


def test_a_build_as_json(build: Callable[..., Result], tmp_path: Path) -> None:
    built = facts(build("date", "--json"))
    assert (built["pages"], built["forms"], built["site"]) == (1, 1, str(tmp_path / "site"))


def test_a_build_that_fails_ends_with_the_mistakes(build: Callable[..., Result], tmp_path: Path) -> None:
    result = build("dat")
    assert result.exit_code == 1
    page = tmp_path / "content" / "index.md"
    assert result.stderr == f"{page}:6:25 'dat' is not an answer type; did you mean 'date'?\n"
    assert not (tmp_path / "site").exists()


def test_a_missing_config_gets_a_sentence(run: Run, tmp_path: Path) -> None:
    result = run("build", "--config", str(tmp_path / "none.yml"), "--site", str(tmp_path / "site"))
    assert result.exit_code == 1
    assert "none.yml" in result.output
    assert "Traceback" not in result.output


def test_a_preview_reports_a_taken_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = CliRunner().invoke(main, ["preview", "--port", str(port)])
    assert result.exit_code == 1
    assert result.output.startswith(f"Port {port} of 127.0.0.1 cannot be had")
    assert result.output.endswith("Choose another with --port.\n")


SITE = """
site_name: Lantern Lane
docs_dir: content
theme: {name: mkdocs, highlightjs: false}
plugins: []
markdown_extensions: [site_builder.extension]
"""


def test_a_build_that_would_mix_answers_is_refused_even_without_the_lock(run: Run, tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "mkdocs.yml").write_text(SITE)
    page, lock = tmp_path / "content" / "index.md", tmp_path / "content" / "forms.lock"
    words = ("build", "--config", str(tmp_path / "mkdocs.yml"), "--site", str(tmp_path / "site"))
    page.write_text("# Log\n\n```yaml form\nform: log\nfields:\n  mood: {ask: How?, type: rating}\n```\n")
    assert f"{lock} has changed; commit it together with the content." in run(*words).output
    before = lock.read_text()
    page.write_text(page.read_text().replace("type: rating", "type: rating, to: 100"))
    with_lock = run(*words)
    assert (with_lock.exit_code, lock.read_text()) == (1, before)
    lock.unlink()
    without = run(*words)
    assert (without.exit_code, without.output) == (1, with_lock.output)
    assert without.output.startswith(f"{page}:6:3 'mood' was a rating from 0 to 10 and is a rating from 0 to 100 now;")
    assert not lock.exists()
    page.write_text(page.read_text().replace("form: log", "form: log\nversion: 2"))
    assert run(*words).exit_code == 0
    assert '"2": {' in lock.read_text()


def test_a_therapist_joins_and_leaves_a_caseload(run: Run, access: Access, tmp_path: Path) -> None:
    run("therapist", "add", "Bob")
    joined = run("therapist", "join", "bob", "--caseload", "alice", "--role", "cover")
    assert joined.output == "bob reads caseload alice now, as cover.\n"
    assert ("bob", "alice", "cover") in roles(tmp_path)
    left = run("therapist", "leave", "bob", "--caseload", "alice")
    assert left.output == "bob reads no more of: alice.\n"
    assert ("bob", "alice", "cover") not in roles(tmp_path)
    alone = run("therapist", "leave", "alice")
    assert "Nobody reads caseload alice now" in alone.output
    assert "therapist join NAME --caseload alice" in alone.output


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("join", "nobody", "--caseload", "alice"), "Nobody signs in as nobody."),
        (("join", "alice", "--caseload", "nowhere"), "There is no caseload nowhere."),
        (("leave", "nobody"), "Nobody signs in as nobody."),
        (("leave", "alice", "--caseload", "nowhere"), "alice is no member of caseload nowhere."),
    ],
)
def test_nobody_joins_or_leaves_what_is_not_there(
    run: Run, access: Access, words: tuple[str, ...], sentence: str
) -> None:
    result = run("therapist", *words)
    assert result.exit_code == 1
    assert sentence in result.output
