"""Whether a sheet with the same answers has just arrived: a second one is asked about, and never refused."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from collector import clinic_time
from collector.endpoints.services import Services
from collector.ledger.events import Recorded, utc
from site_builder.forms.model.fields import Answers

# Two sheets of one day with the same answers may be two walks, or one sheet sent from two pages.
WITHIN = timedelta(days=1)


class SentBefore(NamedTuple):
    """A submission with the same answers, and when it arrived, as the clinic's clock reads it."""

    id: str
    words: str  # "at 16:18", "on 8 March at 16:18"


def sent_before(services: Services, client: str, form: str, answers: Answers, id: str = "") -> SentBefore | None:
    """Return the latest submission of this client with these answers; None for none, and for the same sheet again.

    Nobody else is told: whoever asks is signed in as this client, and has typed the answers.
    """
    since = utc(services.ledger.clock.now() - WITHIN)
    recent = services.ledger.submissions_since(client, since)
    if any(event.id == id for event in recent):
        return None
    alike = (event for event in recent if event.data["form"] == form and event.data["answers"] == answers)
    event = next(alike, None)
    return SentBefore(event.id, _words(services, event)) if event else None


def _words(services: Services, event: Recorded) -> str:
    zone = clinic_time.zone(services.built_site.current().catalogue.clinic.timezone)
    at = datetime.fromisoformat(event.at).astimezone(zone)
    zone_name = " UTC" if clinic_time.name_of(zone) == "UTC" else ""
    day = "" if at.date() == services.ledger.clock.now().astimezone(zone).date() else f"on {at.day} {at:%B} "
    return f"{day}at {at:%H:%M}{zone_name}"
