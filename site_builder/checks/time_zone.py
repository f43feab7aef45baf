"""The clinic's `timezone` is one that clocks can follow, through summer time and back."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from zoneinfo import available_timezones

from site_builder.content.library import Library
from site_builder.forms.model.errors import FormError

LIKE = "timezone: Europe/Berlin"
UTC = "UTC"
_WITHOUT_PLACE = "'{}' is no place, so its clock would not go over to summer time as yours does"


def check(library: Library) -> Iterator[FormError]:
    """Report a `timezone` under extra.clinic that is no place, or is misspelt. Without one, pages say UTC."""
    setting = library.site.clinic.get("timezone")
    if setting is None:
        return
    name = setting.text.strip()
    if setting.type != "str" or not name:
        remedy = f"write a place, like {LIKE}, or delete the line; times are then in UTC"
        yield FormError(setting.at, "'timezone' names no time zone", remedy, rule="time zone")
    elif name != setting.text or (name != UTC and name not in places()):
        known = name.upper() in {zone.upper() for zone in zones()}
        alike = nearest(name)
        problem = f"there is no time zone '{name}'"
        if known and not alike:
            problem = _WITHOUT_PLACE.format(name)
        remedy = f"did you mean timezone: {alike}?" if alike else f"write continent and city, like {LIKE}"
        yield FormError(setting.at, problem, remedy, rule="time zone")


@cache  # reading the folder of zones takes longer than a check
def zones() -> frozenset[str]:
    return frozenset(available_timezones())


def places() -> list[str]:
    """Return the zones named after a continent or ocean and a city. Those of Etc have signs the other way round."""
    outside = ("Etc/", "SystemV/", "US/", "posix/", "right/")
    return sorted(zone for zone in zones() if "/" in zone and not zone.startswith(outside))


def nearest(name: str) -> str:
    """Return the zone that a name may mean, by its city alone too; "" if none is near."""
    written = "_".join(name.split()).casefold().replace("\\", "/")
    if written in ("utc", "etc/utc", "gmt", "etc/gmt", "z", "zulu"):
        return UTC
    by_spelling = {zone.casefold(): zone for zone in places()}
    by_city = {zone.rpartition("/")[2]: spelt for zone, spelt in reversed(by_spelling.items())}
    for names in (by_spelling, by_city):
        if written in names:
            return names[written]
    for names in (by_spelling, by_city) if len(written) > 4 else ():
        if alike := get_close_matches(written, names, n=1, cutoff=0.8):
            return names[alike[0]]
    return ""
