"""What the commands print, and how they end early."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from collector.backup.making import Backup
from collector.backup.manifest import Manifest
from collector.settings import Settings
from site_builder.command_line import command
from site_builder.forms.model.amounts import counted

ENDING = (signal.SIGTERM, signal.SIGHUP)  # a service that is stopped, a terminal that is closed


@contextmanager
def ended_in_order() -> Iterator[None]:
    """Let a signal end the block as Ctrl-C does, so that it leaves nothing half done behind."""
    before = {number: signal.signal(number, lambda number, _: sys.exit(128 + number)) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def contents(manifest: Manifest) -> list[str]:
    """Return what a backup holds, and who made it."""
    ledger = manifest.ledger
    until = f", the last at {ledger.until}" if ledger.until else ""
    return [
        f"It holds {counted(ledger.events, 'event')}{until}; {counted(ledger.submissions, 'submission')} among them.",
        f"Homeward {manifest.homeward} made it at {manifest.created}.",
    ]


def written(backup: Backup) -> list[str]:
    """Return what a backup that was just written holds, and how to treat it."""
    lines = [
        f"Backed up to {backup.path}.",
        *contents(backup.manifest),
        "It is not encrypted: whoever has this file can read every answer.",
    ]
    if backup.removed:
        lines.append(f"Deleted: {', '.join(path.name for path in backup.removed)}.")
    return lines


def restored(manifest: Manifest, settings: Settings, links_ended: bool) -> list[str]:
    """Return what was restored, what is not in it, and what to do next."""
    links = (
        "and so have all links of clients. Make new ones: `" + command("client link CODE") + "`."
        if links_ended
        else "and so have typed codes. Clients open their link once more."
    )
    again = "people's passwords and caseloads" if links_ended else "clients' links, people's passwords and caseloads"
    return [
        f"Restored into {settings.data}.",
        *contents(manifest),
        f"Everybody's sign-ins have ended, {links}",
        f"What happened after {manifest.created} is not in it: {again} are as they were then. "
        "End again what was ended since; docs/operations.md has a list.",
        f"Next: `{command('up')}` folds the caseloads anew, and `{command('health')}` says how it is.",
    ]
