"""The `homeward` command line: each command prints what it did, or one sentence why it failed."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click

from collector import people
from collector.driver import require_sound_sqlite
from collector.errors import CollectorError
from collector.ledger.access import Access
from collector.ledger.access_events import ROLES
from collector.ledger.events import utc
from collector.ledger.opening import open_ledger
from collector.process.listening import site_of
from collector.publishing import publish, published_in
from collector.secrets import details_key, load_secret
from collector.settings import Settings
from collector.storage import Storage
from site_builder.command_line import command
from site_builder.forms.history.published import Published
from site_builder.forms.model.catalogue import Catalogue
from site_builder.forms.model.errors import SiteError

A_PATH = click.Path(path_type=Path, readable=False)  # whether it can be read, the command says itself
data_option = click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), help="The data folder. [default: data]"
)
config_option = click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("mkdocs.yml"),
    show_default=True,
    help="The site's settings.",
)
OF_THE_SITE_BUILDER = ("check", "new")  # imported on demand, so that no role loads YAML and Markdown
supervised_option = click.option("--supervised", is_flag=True, help="End when standard input closes.")
json_option = click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")


def say(as_json: bool, facts: dict[str, Any], *lines: str) -> None:
    """Print the outcome, as one JSON object or as lines of text."""
    click.echo(json.dumps(facts, ensure_ascii=False) if as_json else "\n".join(lines))


class Homeward(click.Group):
    """Prints an expected error as one sentence and exits with code 1."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Call the command in its own help what whoever reads it has to type."""
        return super().make_context(command(), args, parent, **extra)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *OF_THE_SITE_BUILDER])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in OF_THE_SITE_BUILDER:
            return super().get_command(ctx, cmd_name)
        from site_builder import cli as site_cli

        return {"check": site_cli.check, "new": site_cli.new}[cmd_name]

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (CollectorError, SiteError) as error:
            fail(str(error))


def fail(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(1)


def settings_for(data: Path | None, **changes: Any) -> Settings:
    """Return the environment's settings, overridden by options of the command line."""
    overrides = {name: value for name, value in {"data": data, **changes}.items() if value is not None}
    return replace(Settings.from_environment(), **overrides)


@click.group(cls=Homeward)
@click.version_option(package_name="homeward", message="Homeward %(version)s")
@click.pass_context
def main(context: click.Context) -> None:
    """Homework between appointments: worksheets in, a private caseload out."""
    require_sound_sqlite()
    context.obj = published_here


def published_here(data: Path | None) -> Published | None:
    """Return what the ledger in the data folder holds of the forms; None if there is none. Raises LedgerUnavailable."""
    ledger = Storage(settings_for(data)).ledger
    if not ledger.exists():
        return None
    access = Access(ledger)
    click.get_current_context().call_on_close(access.close)
    return published_in(access)


@main.command()
@click.option("--demo", is_flag=True, help="Add a made-up clinic with eight weeks of made-up answers.")
@click.option("--host", help="The address to listen on. [default: 127.0.0.1]")
@click.option("--port", type=int, help="The site's port; the review takes the next one. [default: 8000]")
@config_option
@data_option
@json_option
def up(demo: bool, host: str | None, port: int | None, config: Path, data: Path | None, as_json: bool) -> None:
    """Build the site and start everything; stop with Ctrl-C."""
    from collector.process.up import run_up

    run_up(settings_for(data, host=host, port=port), config, demo=demo, as_json=as_json)


@main.group()
def client() -> None:
    """Add clients, and hand out their links."""


@client.command("add")
@click.option("--caseload", required=True, help="The caseload that the client belongs to.")
@click.option("--label", default="", help="How the therapist knows the client; no name is needed.")
@click.option("--site", "site_url", default="", help="The site's address, for the link.")
@data_option
@json_option
def client_add(caseload: str, label: str, site_url: str, data: Path | None, as_json: bool) -> None:
    """Add a client and print their code and link."""
    settings = settings_for(data)
    site_url = site_url or _site_in_links(settings)
    with open_ledger(Storage(settings)) as (ledger, _):
        invitation = people.add_client(ledger, caseload, label)
    _print_invitation(invitation, f"Client {invitation.client} is in caseload {caseload}.", site_url, as_json)


@client.command("link")
@click.argument("code")
@click.option("--end", is_flag=True, help="End the link and its sign-ins, and make no new one.")
@click.option("--site", "site_url", default="", help="The site's address, for the link.")
@data_option
@json_option
def client_link(code: str, end: bool, site_url: str, data: Path | None, as_json: bool) -> None:
    """Replace a client's link; the old one, and every device that opened it, stop working at once."""
    settings, code = settings_for(data), code.upper()
    with open_ledger(Storage(settings)) as (ledger, access):
        if end:
            ended = people.end_link(ledger, access, code)
            word = "ended; it works nowhere any more" if ended else "not there: no link was in use"
            say(as_json, {"client": code, "ended": ended}, f"The link of client {code} is {word}.")
            return
        site_url = site_url or _site_in_links(settings)
        invitation = people.replace_link(ledger, access, code)
    _print_invitation(invitation, f"Client {code} has a new link; the old one has ended.", site_url, as_json)


@client.command("change")
@click.argument("code")
@click.option("--label", help="How the therapist knows the client.")
@click.option("--time-zone", help="The client's time zone, such as Europe/Berlin; \"\" for the clinic's own.")
@data_option
@json_option
def client_change(code: str, label: str | None, time_zone: str | None, data: Path | None, as_json: bool) -> None:
    """Change a client's label or time zone."""
    code = code.upper()
    if label is None and time_zone is None:
        fail("Nothing to change: give --label, --time-zone or both.")
    with open_ledger(Storage(settings_for(data))) as (ledger, access):
        changes = people.change_client(ledger, access, code, label=label, time_zone=time_zone)
    names = " and ".join(name.replace("_", " ") for name in changes)
    outcome = (
        f"Client {code} has another {names} now." if changes else f"Nothing to change: client {code} has this already."
    )
    say(as_json, {"client": code, "changed": changes}, outcome)


@client.command("course")
@click.argument("code")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="The day on which it began, UTC. [default: now]")
@data_option
@json_option
def client_course(code: str, since: datetime | None, data: Path | None, as_json: bool) -> None:
    """Begin a new course of treatment: scores are compared with the first one in it."""
    code = code.upper()
    begun = utc(since.replace(tzinfo=UTC)) if since else ""
    with open_ledger(Storage(settings_for(data))) as (ledger, access):
        people.begin_course(ledger, access, code, begun=begun)
    day = f"on {begun[:10]}" if begun else "now"
    say(as_json, {"client": code, "begun": begun or None}, f"A course of treatment of client {code} begins {day}.")


def _site_in_links(settings: Settings) -> str:
    """Return the address at which the site listens; fail for a Unix socket, which no browser opens."""
    if settings.sockets:
        fail("The site listens on a Unix socket. Name the address that clients open, with --site, for the link.")
    return str(site_of(settings))


def _print_invitation(invitation: people.Invitation, outcome: str, site_url: str, as_json: bool) -> None:
    link = invitation.url(site_url)
    facts = {"client": invitation.client, "link": link, "code": invitation.code}
    typed = f"Code to type instead: {invitation.code} (once, until {invitation.code_expires})"
    say(as_json, facts | {"code_expires": invitation.code_expires}, outcome, f"Link: {link}", typed)


@main.group()
def therapist() -> None:
    """Add therapists, say whose caseloads they read, and end their sign-ins."""


@therapist.command("add")
@click.argument("name")
@click.option("--caseload", default="", help="Join this caseload, instead of getting one of their own.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@data_option
@json_option
def therapist_add(name: str, caseload: str, password_stdin: bool, data: Path | None, as_json: bool) -> None:
    """Add a therapist; without a password one is made and printed once."""
    password = sys.stdin.readline().rstrip("\n") if password_stdin else ""
    with open_ledger(Storage(settings_for(data))) as (ledger, _):
        added = people.add_therapist(ledger, name, password=password, caseload=caseload)
    shown = {} if password else {"password": added.password}
    lines = [f"{name} signs in as {added.name} and reads caseload {added.caseload}."]
    if shown:
        lines.append(f"Password, shown this once: {added.password}")
    say(as_json, {"name": added.name, "caseload": added.caseload} | shown, *lines)


@therapist.command("join")
@click.argument("name")
@click.option("--caseload", required=True, help="The caseload that they are to read.")
@click.option("--role", type=click.Choice(ROLES), default=ROLES[0], show_default=True, help="Their part in it.")
@data_option
@json_option
def therapist_join(name: str, caseload: str, role: str, data: Path | None, as_json: bool) -> None:
    """Let somebody who signs in already read another caseload, or change their part in one."""
    with open_ledger(Storage(settings_for(data))) as (ledger, access):
        people.join_caseload(ledger, access, name, caseload, role)
    say(
        as_json, {"name": name, "caseload": caseload, "role": role}, f"{name} reads caseload {caseload} now, as {role}."
    )


@therapist.command("leave")
@click.argument("name")
@click.option("--caseload", default="", help="Only this caseload. [default: all of theirs]")
@data_option
@json_option
def therapist_leave(name: str, caseload: str, data: Path | None, as_json: bool) -> None:
    """Take somebody's caseloads from them at once; with the last one, all their sign-ins end."""
    with open_ledger(Storage(settings_for(data))) as (ledger, access):
        left = people.leave_caseloads(ledger, access, name, caseload)
    lines = [f"{name} reads no more of: {', '.join(left)}."]
    for each in (each for each, members in left.items() if not members):
        join = command(f"therapist join NAME --caseload {each}")
        lines.append(f"Nobody reads caseload {each} now. Let a colleague: {join}")
    say(as_json, {"name": name, "left": left}, *lines)


@therapist.command("end-sign-ins")
@click.argument("name")
@data_option
@json_option
def therapist_end_sign_ins(name: str, data: Path | None, as_json: bool) -> None:
    """Sign a therapist out everywhere at once, and forget the devices that they have signed in on."""
    with open_ledger(Storage(settings_for(data))) as (ledger, _):
        people.end_sign_ins(ledger, name)
    say(as_json, {"name": name}, f"{name} is signed out everywhere. Their password still works.")


@main.command()
@click.option("--caseload", default=None, help="Only this caseload. [default: all]")
@data_option
@json_option
def rebuild(caseload: str | None, data: Path | None, as_json: bool) -> None:
    """Rebuild caseload files from the ledger; readers see the same rows throughout."""
    from collector.projector import Projector

    with Projector(settings_for(data)) as projector:
        rebuilt = projector.rebuild(caseload)
    say(as_json, {"rebuilt": rebuilt}, f"Rebuilt from the ledger: {', '.join(rebuilt) or 'no caseload'}.")


@main.command()
@click.option("--host", help="Where the collector listens. [default: 127.0.0.1]")
@click.option("--port", type=int, help="The collector's port. [default: 8000]")
@click.option("--key", is_flag=True, help="Print the key with which a program may read /metrics.")
@data_option
@json_option
def health(host: str | None, port: int | None, key: bool, data: Path | None, as_json: bool) -> None:
    """Show how a running collector is, and which events could not be shown; exit code 1 when it is not well."""
    from collector.caseload.projector_state import read_problems, read_set_aside
    from collector.process.up import ask_health

    settings = settings_for(data, host=host, port=port)
    if key:
        details = details_key(load_secret(settings))
        say(as_json, {"key": details}, details)
        return
    well, report = ask_health(settings)
    storage = Storage(settings)
    problems, unread = read_problems(storage.projector_state), read_set_aside(storage.caseloads)
    lines = [f"{name}: {value}" for name, value in report.items()]
    if problems:
        lines.append("These events belong to no caseload, so no therapist sees them. The ledger holds them:")
        lines += [f"- {problem}" for problem in problems]
    if unread:
        lines.append(
            "These could not be put into the tables of a caseload. Its therapist reads them as they were sent:"
        )
        lines += [f"- caseload {caseload}: {problem}" for caseload, problem in unread]
    in_caseloads = [{"caseload": caseload, **asdict(problem)} for caseload, problem in unread]
    set_aside = {"set_aside": [asdict(problem) for problem in problems], "in_caseloads": in_caseloads}
    say(as_json, report | set_aside, *lines)
    sys.exit(0 if well else 1)


@main.command()
@click.argument("folder", metavar="DIR", type=A_PATH)
@click.option("--keep", type=click.IntRange(min=1), help="Delete older backups of this ledger there, all but so many.")
@data_option
@json_option
def backup(folder: Path, keep: int | None, data: Path | None, as_json: bool) -> None:
    """Write one file with all that cannot be rebuilt to a folder, while everything runs."""
    from collector.backup.in_words import ended_in_order, written
    from collector.backup.making import back_up

    with ended_in_order():
        outcome = back_up(settings_for(data), folder, keep=keep)
    for path in outcome.unfit:
        click.echo(f"{path} cannot be restored; `{command('verify')} {path}` says why. It was left there.", err=True)
    removed = [str(path) for path in outcome.removed]
    say(as_json, outcome.manifest.facts | {"file": str(outcome.path), "deleted": removed}, *written(outcome))


@main.command()
@click.argument("file", type=A_PATH)
@json_option
def verify(file: Path, as_json: bool) -> None:
    """Read a backup as restoring it would, and say what it holds; nothing is changed."""
    from collector.backup.in_words import contents, ended_in_order
    from collector.backup.verifying import verify

    with ended_in_order():
        manifest = verify(file)
    say(as_json, manifest.facts | {"file": str(file)}, f"{file} can be restored.", *contents(manifest))


@main.command()
@click.argument("file", type=A_PATH)
@click.option("--into", "--data", "data", type=A_PATH, help="The data folder. [default: data]")
@click.option("--end-links", is_flag=True, help="End the links of all clients, too.")
@json_option
def restore(file: Path, data: Path | None, end_links: bool, as_json: bool) -> None:
    """Restore a backup into an empty data folder, and end all sign-ins."""
    from collector.backup.in_words import ended_in_order, restored
    from collector.backup.restoring import restore

    settings = settings_for(data)
    with ended_in_order():
        manifest = restore(file, settings, ends_links=end_links)
    say(as_json, manifest.facts | {"data": str(settings.data)}, *restored(manifest, settings, end_links))


@main.command(hidden=True)
@supervised_option
def collect(supervised: bool) -> None:
    """Serve the site and take in what clients send."""
    from collector.process.roles import run_collect

    run_collect(Settings.from_environment(), supervised=supervised)


@main.command(hidden=True)
@supervised_option
def project(supervised: bool) -> None:
    """Fold the ledger into the caseload files."""
    from collector.process.roles import run_project

    run_project(Settings.from_environment(), supervised=supervised)


@main.command(hidden=True)
@supervised_option
def review(supervised: bool) -> None:
    """Serve each therapist their own caseloads."""
    from collector.process.roles import run_review

    run_review(Settings.from_environment(), supervised=supervised)


@main.command()
@config_option
@click.option("--site", type=click.Path(path_type=Path), help="Where the built site goes. [default: site]")
@data_option
@json_option
def build(config: Path, site: Path | None, data: Path | None, as_json: bool) -> None:
    """Build the site and publish its forms; the old one stays in place until the new one is whole."""
    from site_builder.publishing.build import build as build_site  # imports MkDocs, which no other command needs

    settings = settings_for(data, site=site)
    with open_ledger(Storage(settings)) as (ledger, access):

        def publish_to_ledger(catalogue: Catalogue) -> None:
            publish(ledger, access, catalogue)

        report = build_site(config, settings.site, publish=publish_to_ledger, published=published_in(access))
    for warning in report.warnings:
        click.echo(warning, err=True)
    say(as_json, report.to_json(), str(report))


@main.command()
@config_option
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=int, default=8010, show_default=True, help="The preview's port.")
def preview(config: Path, host: str, port: int) -> None:
    """Show the site while it is being written, again at every save; stop with Ctrl-C. Nothing is stored."""
    from collector.endpoints.try_outs import TryOuts
    from site_builder.preview.run import run_preview

    run_preview(config, host, port, TryOuts(), click.echo)
