"""docs/server: units, users, folders and settings fit each other, and close to a role what it does not need."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
from pathlib import Path

import click
import pytest

from collector.cli import main
from collector.settings import Settings

FOLDER = Path(__file__).parents[1] / "docs" / "server"
ROLES = ("collect", "project", "review")
UNITS = sorted(path.name for path in FOLDER.glob("*.service"))
# Of 10, where 9.6 is a service without any protection, and systemd says OK below 2. Two roles need a network.
MOST_EXPOSED = {"homeward-collect.service": 1.5, "homeward-review.service": 1.5}
EXPOSED = 0.6  # of the others, which reach nobody
DATA = "/var/lib/homeward"
CLOSED_TO = {
    "collect": {f"{DATA}/caseloads", f"{DATA}/projector.db"},
    "project": set(),  # it has no network instead
    "review": {f"{DATA}/projector.db"},
}


def settings_of(unit: str) -> dict[str, list[str]]:
    """Return the settings of a unit, each with all its values."""
    settings: dict[str, list[str]] = {}
    for name, value in re.findall(r"^(\w+)=(.*)$", (FOLDER / unit).read_text("utf-8"), flags=re.M):
        settings.setdefault(name, []).append(value)
    return settings


def systemd_analyze(*words: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not installed here; it comes with systemd, where the units are for")
    return subprocess.run([program, *words], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("unit", UNITS)
def test_a_service_exposes_no_more_than_this(unit: str) -> None:
    most = int(10 * MOST_EXPOSED.get(unit, EXPOSED))
    options = "--offline=true", f"--threshold={most}", "--no-pager"
    analysed = systemd_analyze("security", *options, str(FOLDER / unit))
    assert analysed.returncode == 0, analysed.stdout[-3_000:] + analysed.stderr


def test_the_units_have_no_setting_that_systemd_does_not_know(tmp_path: Path) -> None:
    for path in FOLDER.glob("homeward*.*"):
        if path.suffix in (".service", ".timer", ".target"):
            text = path.read_text("utf-8").replace("/opt/homeward/.venv/bin/homeward", shutil.which("true") or "")
            (tmp_path / path.name).write_text(text, "utf-8")
    verified = systemd_analyze("verify", *map(str, sorted(tmp_path.iterdir())))
    faults = [line for line in verified.stderr.splitlines() if "/homeward" in line or line.startswith("homeward")]
    assert faults == []


@pytest.mark.parametrize("unit", UNITS)
def test_a_service_runs_a_command_that_there_is_as_a_user_that_there_is(unit: str) -> None:
    settings = settings_of(unit)
    (start,), (user,) = settings["ExecStart"], settings["User"]
    program, name, *_ = start.split()
    assert program == "/opt/homeward/.venv/bin/homeward"
    assert main.get_command(click.Context(main), name) is not None
    assert f"u {user} -" in (FOLDER / "homeward.sysusers").read_text("utf-8")
    assert settings["Group"] == ["homeward"]
    assert settings["EnvironmentFile"] == ["/etc/homeward.env"]


@pytest.mark.parametrize("role", ROLES)
def test_a_role_has_a_user_of_its_own_and_cannot_open_what_it_does_not_need(role: str) -> None:
    settings = settings_of(f"homeward-{role}.service")
    assert settings["User"] == [f"homeward-{role}"]
    assert settings["UMask"] == ["0007"]
    closed = {path.removeprefix("-") for path in settings["InaccessiblePaths"][0].split()}
    assert CLOSED_TO[role] | {"/var/backups/homeward"} == closed


def test_the_folder_reaches_nobody() -> None:
    """The role that reads everything, and the backup, have no network."""
    for unit in ("homeward-project.service", "homeward-backup.service"):
        assert settings_of(unit)["PrivateNetwork"] == ["yes"]


def test_the_services_have_settings_that_there_are() -> None:
    pairs = re.findall(r"^(\w+)=(.*)$", (FOLDER / "homeward.env").read_text("utf-8"), flags=re.M)
    environment = {name: value for name, value in pairs if name != "HOMEWARD_GROUP"}  # of a server's own
    settings = Settings.from_environment(environment)
    assert {name.removeprefix("HOMEWARD_").lower() for name, _ in pairs} <= set(Settings.__dataclass_fields__)
    assert settings.data == Path(DATA)
    assert settings.https
    assert settings.trusted_proxies.trusts("127.0.0.1")
    assert dict(pairs)["HOMEWARD_GROUP"] == "homeward"


def test_the_folders_belong_to_the_group_and_to_nobody_else() -> None:
    folders = dict(re.findall(r"^d (\S+) (\d+) ", (FOLDER / "homeward.tmpfiles").read_text("utf-8"), flags=re.M))
    assert folders[DATA] == folders[f"{DATA}/caseloads"] == "2770"
    assert folders["/var/backups/homeward"] == "0700"


def test_users_and_folders_are_made_as_described(tmp_path: Path) -> None:
    programs = shutil.which("systemd-sysusers"), shutil.which("systemd-tmpfiles")
    if os.geteuid() or None in programs:
        pytest.skip("only root with systemd's own programs makes users and folders, in a folder of the test's here")
    (tmp_path / "etc").mkdir()
    for program, how, kind in zip(programs, ([], ["--create"]), ("sysusers", "tmpfiles"), strict=True):
        command = [str(program), f"--root={tmp_path}", *how, str(FOLDER / f"homeward.{kind}")]
        outcome = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (outcome.returncode, [line for line in outcome.stderr.splitlines() if str(FOLDER) in line]) == (0, [])
    users = [line.partition(":")[0] for line in (tmp_path / "etc" / "passwd").read_text().splitlines()]
    assert {"homeward", *(f"homeward-{role}" for role in ROLES)} <= set(users)
    members = (tmp_path / "etc" / "group").read_text()
    assert re.search(r"^homeward:.*homeward-collect.*homeward-project.*homeward-review", members, flags=re.M)
    assert stat.S_IMODE((tmp_path / DATA.removeprefix("/")).stat().st_mode) == 0o2770


def test_each_file_is_put_in_its_place_by_the_instructions() -> None:
    document = (FOLDER.parent / "operations.md").read_text("utf-8")
    for path in FOLDER.iterdir():
        named = {path.name, f"*{path.suffix}", f"homeward*{path.suffix}"}
        assert any(f"docs/server/{name}" in document for name in named), f"{path.name} goes nowhere"
