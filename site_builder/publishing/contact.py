"""Whom to call, and when: the clinic's number and hours, as they stand beside help."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from site_builder.content.phone import dialled, readable_phone
from site_builder.forms.model.markup import NO_HTML, Markup, joined, tag


def contact_html(clinic: Mapping[str, Any]) -> Markup:
    """Return the clinic's name, number and hours (`extra.clinic`); nothing while both number and hours are missing."""
    phone, hours = _text(clinic, "phone"), _text(clinic, "hours")
    if not phone and not hours:
        return NO_HTML
    name = tag("strong", _text(clinic, "name") or "The clinic", class_="hw-contact__name")
    return tag("div", tag("p", name, " ", _number(phone)), _hours(hours), class_="hw-contact")


def _text(clinic: Mapping[str, Any], name: str) -> str:
    value = clinic.get(name)
    return "" if value is None else str(value).strip()


def _number(phone: str) -> Markup:
    if not phone:
        return NO_HTML
    shown, dials = readable_phone(phone), dialled(phone)
    # From left to right on every page: a number between right-to-left words is dialled in the order that is seen.
    return tag("a", shown, href=f"tel:{dials}", dir="ltr") if dials else tag("span", shown)


def _hours(hours: str) -> Markup:
    lines = [
        tag("span", line.strip(), class_="hw-contact__line", dir="auto") for line in hours.split("\n") if line.strip()
    ]
    return tag("p", joined(lines), class_="hw-contact__hours") if lines else NO_HTML
