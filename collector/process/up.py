"""`homeward up`: builds the site, starts the three roles, and prints their addresses."""

from __future__ import annotations

import http.client
import json
import os
import time
from pathlib import Path
from typing import Any

import click

from collector.demo.clinic import DemoAccess, ensure_demo
from collector.disk import disk_problem
from collector.errors import CollectorError
from collector.ledger.opening import open_ledger
from collector.process.listening import review_of, site_of
from collector.process.one_at_a_time import one_at_a_time
from collector.process.supervisor import Supervisor
from collector.publishing import publish, published_in
from collector.secrets import details_key, load_secret
from collector.settings import Settings
from collector.storage import Storage
from site_builder.command_line import command
from site_builder.forms.model.amounts import counted
from site_builder.forms.model.catalogue import Catalogue
from site_builder.publishing.build import build

READY_WITHIN = 30.0  # seconds; longer than that and a newcomer presses Ctrl-C
ASK_EVERY = 0.1  # seconds


class NotReady(CollectorError):
    """Something did not start in time."""


def run_up(settings: Settings, config: Path, *, demo: bool, as_json: bool) -> None:
    """Build and publish the site, then run the roles until Ctrl-C. Raises CollectorError or SiteError."""
    Storage(settings).make_folder()
    load_secret(settings)
    with one_at_a_time(settings.up_lock):
        _run_up(settings, config, demo=demo, as_json=as_json)


def _run_up(settings: Settings, config: Path, *, demo: bool, as_json: bool) -> None:
    for place in (site_of(settings), review_of(settings)):
        place.require_free()
    with open_ledger(Storage(settings)) as (ledger, access):
        _print_progress(as_json, "Building the site …")

        published: list[Catalogue] = []

        def publish_to_ledger(catalogue: Catalogue) -> None:
            publish(ledger, access, catalogue)
            published.append(catalogue)

        report = build(config, settings.site, publish=publish_to_ledger, published=published_in(access))
        built = f"{counted(report.pages, 'page')} with {counted(report.forms, 'form')}"
        _print_progress(as_json, f"Built {built} in {report.seconds:.1f} s.")
        for message in (
            *report.warnings,
            *report.changes,
            *([f"{report.lock} has changed; commit it."] if report.lock else []),
        ):
            click.echo(message, err=True)
        forms = {entry.form.id: entry.form for catalogue in published for entry in catalogue.forms}
        demo_access = ensure_demo(ledger, settings, forms) if demo else None
    supervisor = Supervisor(roles_environment(settings), settings.logs)
    supervisor.start()
    try:
        wait_until_ready(settings)
        _print_addresses(settings, demo_access, as_json)
        supervisor.watch()
    finally:
        supervisor.stop()


def ask_health(settings: Settings) -> tuple[bool, dict[str, Any]]:
    """Return whether the collector's /health is ok, and its report, with details if the data folder is its own.

    Raises NotReady if nothing answers.
    """
    key = {"Authorization": f"Bearer {details_key(load_secret(settings))}"} if settings.secret.exists() else {}
    try:
        status, report = site_of(settings).get("/health", key)
        return status == 200, json.loads(report)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotReady(f"Nobody answers at {site_of(settings)}. Is `{command('up')}` running?") from error


def roles_environment(settings: Settings) -> dict[str, str]:
    """Return the settings as environment variables for the roles."""
    return {
        "HOMEWARD_DATA": os.fspath(settings.data.absolute()),
        "HOMEWARD_SITE": os.fspath(settings.site.absolute()),
        "HOMEWARD_HOST": settings.host,
        "HOMEWARD_PORT": str(settings.port),
    }


def wait_until_ready(settings: Settings) -> None:
    """Wait until the ledger can be read, the projector has caught up and the review answers. Raises NotReady.

    A disk that is nearly full is told, and stops nothing: the ledger may still have room for weeks of submissions.
    """
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        try:
            _, report = ask_health(settings)
            is_open = review_of(settings).get("/sign-in")[0] == 200
            problem = disk_problem(report["disk_free"]) if "disk_free" in report else ""
            if is_open and report.get("ledger") == "ok" and (problem or not report["behind"]):
                if problem:
                    click.echo(f"Take care: {problem}. `{command('health')}` says more.", err=True)
                return
        except (OSError, http.client.HTTPException, NotReady):
            pass
        time.sleep(ASK_EVERY)
    raise NotReady(f"Homeward did not get ready within {READY_WITHIN:.0f} s; {settings.logs} says why.")


def _print_progress(as_json: bool, sentence: str) -> None:
    if not as_json:
        click.echo(sentence)


def _print_addresses(settings: Settings, access: DemoAccess | None, as_json: bool) -> None:
    site, review = str(site_of(settings)), str(review_of(settings))
    facts: dict[str, Any] = {"site": site, "review": review}
    lines = ["", "Homeward is ready.", f"  The site          {site}"]
    if access is None:
        lines.append(f"  Therapists        {review}")
        lines.append(f"  Add the first one with: {command('therapist add NAME')}")
    else:
        link = f"{site}open#{access.token}"
        facts |= {"link": link, "therapist": access.therapist, "password": access.password}
        lines += [
            f"  A client's link   {link}",
            f"  A therapist       {review}",
            f"                    sign in as {access.therapist}, password {access.password}",
        ]
    lines.append(f"Logs are in {settings.logs}. Stop with Ctrl-C.")
    click.echo(json.dumps(facts) if as_json else "\n".join(lines))
