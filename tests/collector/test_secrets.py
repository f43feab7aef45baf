"""The deployment's secret: one for everybody who asks, readable only by its owner."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner

from collector.cli import main
from collector.errors import UnfitSecret
from collector.ledger.ledger import Ledger
from collector.ledger.opening import open_ledger
from collector.process.supervisor import ROLES
from collector.secrets import derive, load_secret
from collector.settings import Settings
from collector.storage import Storage


def test_the_secret_is_created_once_and_readable_only_by_its_owner(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    path, secret = settings.secret, load_secret(settings)
    assert len(secret) == 32
    assert load_secret(settings) == secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["secret"]


def test_simultaneous_requests_get_the_same_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(load_secret, [Settings(data=tmp_path)] * 64))) == 1


def test_a_secret_that_others_can_read_is_refused(tmp_path: Path) -> None:
    load_secret(Settings(data=tmp_path))
    (tmp_path / "secret").chmod(0o640)
    with pytest.raises(UnfitSecret, match="chmod 600"):
        load_secret(Settings(data=tmp_path))


@pytest.mark.parametrize("content", ["", "short", "ab" * 31, "ü" * 64, "zz" * 32])
def test_a_file_without_a_secret_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "secret"
    path.write_text(content, "utf-8")
    path.chmod(0o600)
    with pytest.raises(UnfitSecret, match=r"secret does not hold a secret\. Put back the one from your backup\.$"):
        load_secret(Settings(data=tmp_path))


def test_a_secret_that_cannot_be_read_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    with pytest.raises(UnfitSecret, match="secret cannot be read: Is a directory"):
        load_secret(Settings(data=tmp_path))


def test_each_purpose_has_its_own_key() -> None:
    secret = bytes(32)
    keys = {derive(secret, "ledger"), derive(secret, "caseload alice"), derive(bytes([1] * 32), "ledger")}
    assert len(keys) == 3
    assert {len(key) for key in keys} == {32}
    assert derive(secret, "ledger") == derive(secret, "ledger")


def test_a_secret_that_is_gone_is_not_replaced_while_the_ledger_is_there(settings: Settings, ledger: Ledger) -> None:
    settings.secret.unlink()
    with pytest.raises(UnfitSecret, match=r"no secret beside it\. Put .*secret back from your backup"):
        load_secret(settings)
    assert not settings.secret.exists()


def test_the_secret_comes_before_the_ledger(settings: Settings) -> None:
    """Else a first start that is cut short could not be told from a secret that is lost."""
    assert [path.name for path in settings.data.iterdir()] == ["secret"]


@pytest.mark.parametrize("role", ROLES)
def test_no_role_starts_without_the_secret_of_its_ledger(settings: Settings, ledger: Ledger, role: str) -> None:
    settings.secret.unlink()
    environment = os.environ | {"HOMEWARD_DATA": str(settings.data), "HOMEWARD_PORT": "1"}
    command = [sys.executable, "-m", "collector", role]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)
    assert ran.returncode == 1
    assert ran.stderr.startswith(f"There is a ledger in {settings.data}, and no secret beside it.")
    assert not settings.secret.exists()


def test_up_says_so_before_it_builds(settings: Settings, ledger: Ledger) -> None:
    settings.secret.unlink()
    ran = CliRunner().invoke(main, ["up", "--data", str(settings.data)])
    assert (ran.exit_code, settings.secret.exists()) == (1, False)
    assert "no secret beside it" in ran.stderr
    assert ran.stdout == ""


def test_a_first_start_of_all_roles_at_once_has_one_secret(tmp_path: Path) -> None:
    def start(number: int) -> bytes:
        settings = Settings(data=tmp_path / "data")
        with open_ledger(Storage(settings)):
            return load_secret(settings)

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(start, range(8)))) == 1


def test_a_new_secret_made_by_hand_as_documented_is_taken(settings: Settings, ledger: Ledger) -> None:
    page = Path(__file__).parents[2].joinpath("docs/operations.md").read_text("utf-8")
    line = page.split("## The secret is gone")[1].split("```sh\n")[1].split("\n")[0]
    settings.secret.unlink()
    subprocess.run(line, shell=True, check=True, cwd=settings.data)
    assert len(load_secret(settings)) == 32
