"""Beside help stands whom to call at the clinic, and when: one number that a telephone can dial, and the hours."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from site_builder.checks.unfinished import MARK
from site_builder.content.clinic_settings import Setting
from site_builder.content.library import Library
from site_builder.content.phone import dialled, readable_phone
from site_builder.forms.model.errors import FormError, Source

LIKE = {"phone": '"+44 20 7946 0000"', "hours": '"Monday to Friday, 9:00 to 17:00"'}
_LACKS = {
    "phone": "it is said nowhere on which number the clinic can be called",
    "hours": "it is said nowhere when the clinic can be called",
}
_WHERE = "help, receipts and risky answers show it"
_MARKUP = re.compile(r"</?[a-z][^<>]*>|\*\*|\]\([^)]*\)?|&#?\w+;", re.IGNORECASE)
_SEVERAL = {"seq": "a list", "map": "a table"}


def check(library: Library) -> Iterator[FormError]:
    """Report a number or hours that are missing (a warning) or would not be shown as they are meant (a mistake).

    Without settings nothing is reported, nor on a site without forms: nobody is told there to call.
    """
    at = library.site.clinic_at
    if at is None or not any(page.form_at for page in library.pages):
        return
    for name in LIKE:
        setting = library.site.clinic.get(name)
        if setting is None or _is_empty(setting):
            yield _missing(name, setting.at if setting else at)
        elif setting.type in _SEVERAL:
            yield _mistake(
                setting.at, f"'{name}' is {_SEVERAL[setting.type]}", f"write one text, like {name}: {LIKE[name]}"
            )
        elif setting.type != "str":
            problem = (
                f"'{setting.text}' without quotes is read as something else, and would not be shown as it stands here"
            )
            yield _mistake(
                setting.at, problem, f"put it in quotes: {name}: {json.dumps(setting.text, ensure_ascii=False)}"
            )
        elif MARK in setting.text:
            yield _mistake(setting.at, f"'{name}' is not written yet", f"write it, like {name}: {LIKE[name]}")
        elif name == "phone" and not dialled(setting.text):
            yield _no_number(setting)
        elif name == "hours" and (signs := _MARKUP.search(setting.text)):
            yield _mistake(
                setting.at, f"'{signs[0]}' would be shown as it stands here", "write the hours as plain words"
            )


def _is_empty(setting: Setting) -> bool:
    return setting.type == "null" or (setting.type == "str" and not readable_phone(setting.text))


def _missing(name: str, at: Source) -> FormError:
    remedy = f"add a line to extra.clinic, like {name}: {LIKE[name]}; {_WHERE}"
    return FormError(at, _LACKS[name], remedy, rule="contact", severity="warning")


def _no_number(setting: Setting) -> FormError:
    problem = f"'{readable_phone(setting.text)}' is not one telephone number"
    return _mistake(
        setting.at, problem, f"write one number in figures, like phone: {LIKE['phone']}, and no words beside it"
    )


def _mistake(at: Source, problem: str, remedy: str) -> FormError:
    return FormError(at, problem, remedy, rule="contact")
