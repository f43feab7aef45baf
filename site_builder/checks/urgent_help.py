"""Whoever writes a risky answer is shown whom to call: no form with alerts is published without that."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterator

from site_builder.checks.unfinished import MARK
from site_builder.content.clinic_settings import Setting
from site_builder.content.library import Library, Page, url_of
from site_builder.content.outline import outline_of
from site_builder.forms.model.errors import FormError, Severity, Source

_HELP_LIKE = "write whom to call, and when: Call [999](tel:999) in an emergency, or the clinic on 01234 567890."
_PAGE_LIKE = "write a number to call on it, like [116 123](tel:116123)"
_ELSEWHERE = re.compile(r"(?:https?://[^/\s]+\.|mailto:[^@\s]+@|(?:tel|sms):[+(]?\d)", re.IGNORECASE)
_HIDDEN = re.compile(
    r"<!--.*?(?:-->|\Z)|!\[[^\]\n]*\]\([^)\n]*\)|\]\([^)\n]*\)|<(?!https?:|mailto:)[^<>]*>|\{[^{}\n]*\}", re.DOTALL
)
_NO_NUMBER = re.compile(r"\d{4}-\d{2}-\d{2}|\b\d{1,2}[:.]\d{2}\b|\b(?:19|20)\d{2}\b(?![ -]\d)")
_DIGITS = re.compile(r"\+?\(?\d[\d  ()/.\-‑–]*\d")
_SHORTEST_GROUP, _SHORTEST_NUMBER = 3, 7  # digits in a row, as in 112; or in all, as in 01 23 45 67 89
_LONGEST_OF_ONE = 4  # 999 is a number to call, 0000000 stands for one
_MAIL_OR_SITE = re.compile(r"[\w.+-]+@[\w-]+\.[a-z]{2,}|https?://[\w-]+\.[a-z]", re.IGNORECASE)
_STAND_IN = re.compile(
    r"(?:to ?do|tb[da]|fix ?me|x+|n/?a|none|null|nil|false|true|empty|test|placeholder|help|to follow|coming soon)"
    r"|(?:your|our|the|some)?\s*(?:help|own|risk|emergency)?\s*text(?: goes)?(?: here)?|.*lorem ipsum.*",
    re.IGNORECASE | re.DOTALL,
)


def check(library: Library) -> Iterator[FormError]:
    """Report a help text or help page with nobody to call, where a form has alerts. `library.site` says what they are.

    Without settings nothing is reported: a folder of content alone is not published.
    """
    site = library.site
    raised = [page for page in library.pages if page.form and page.form.alerts and not site.leaves_out(page.path)]
    if site.start is None or not raised:
        return
    first = raised[0].form
    why = f"the form '{first.id if first else ''}' raises alerts"
    texts = {"help": site.clinic.get("help"), "the extension's 'help'": site.risk_help}
    for name, setting in texts.items():
        if name == "help" or setting is not None:
            yield from _of_text(name, setting, why, library)
    yield from _of_page(why, library)


def _of_text(name: str, setting: Setting | None, why: str, library: Library) -> Iterator[FormError]:
    shown = "'extra.clinic.help'" if name == "help" else name
    at = setting.at if setting else _place(library)
    if setting is None or not (words := _visible(setting.text)):
        state = "is missing" if setting is None else "is empty"
        yield _mistake(at, f"{shown} {state}, and {why}", _HELP_LIKE)
    elif MARK in words or _is_stand_in(words):
        yield _mistake(at, f"{shown} is not written yet, and {why}", _HELP_LIKE)
    elif not _reaches(setting.text) and not _has_phone(library):
        problem = f"{shown} names nobody who can be reached, and {why}"
        yield _mistake(at, problem, "add a number, like [116 123](tel:116123)", severity="warning")


def _of_page(why: str, library: Library) -> Iterator[FormError]:
    setting = library.site.clinic.get("help_url")
    at = setting.at if setting else _place(library)
    if setting is None or not setting.text.strip():
        problem = f"no page is named that says where to get help, and {why}"
        yield _mistake(at, problem, "add help_url: help/", severity="warning")  # the text beside the answer is there
    elif _ELSEWHERE.match(address := setting.text.strip()):
        return
    elif (page := _page_at(address, library)) is None:
        yield _mistake(at, f"there is no page at '{address}' that says where to get help, and {why}", _known(library))
    elif not (_reaches(page.body) or _has_phone(library)):
        problem = f"nobody can be reached from this page, to which help leads, and {why}"
        yield _mistake(Source(page.shown, page.first_line, 1), problem, _PAGE_LIKE)


def _place(library: Library) -> Source:
    """Return the place of what is left out: the first of the clinic's settings, or the top of the file."""
    named = [setting.at for setting in library.site.clinic.values()]
    return min(named, default=library.site.start or Source("mkdocs.yml", 1, 1))


def _known(library: Library) -> str:
    if any(page.path == "help.md" for page in library.pages):
        return "write help_url: help/" if library.site.directories else "write help_url: help.html"
    return "write the page, like content/help.md, or the address of one that is there"


def _page_at(address: str, library: Library) -> Page | None:
    wanted = _plain(address.partition("#")[0].partition("?")[0])
    for page in library.pages:
        urls = url_of(page.path, directories=True), url_of(page.path, directories=library.site.directories)
        if wanted in map(_plain, (*urls, page.path)) and not library.site.leaves_out(page.path):
            return page
    return None


def _plain(address: str) -> str:
    path = posixpath.normpath(address.strip("/") or ".")
    return path.removesuffix("/index.html").removesuffix(".html")


def _has_phone(library: Library) -> bool:
    """Return whether the clinic's own number stands beside help everywhere (`extra.clinic.phone`)."""
    phone = library.site.clinic.get("phone")
    return phone is not None and _has_number(phone.text)


def _reaches(text: str) -> bool:
    """Return whether a Markdown text says how to reach somebody: by a number, a link or an e-mail address."""
    words = _visible(text)
    if _has_number(words) or _MAIL_OR_SITE.search(words):
        return True
    return any(link.kind == "link" and _ELSEWHERE.match(link.target) for link in outline_of(text).links)


def _has_number(words: str) -> bool:
    for number in _DIGITS.findall(_NO_NUMBER.sub(" ", words)):
        digits = re.sub(r"\D", "", number)
        longest = max(map(len, re.findall(r"\d+", number)))
        enough = longest >= _SHORTEST_GROUP or len(digits) >= _SHORTEST_NUMBER
        if enough and (len(digits) <= _LONGEST_OF_ONE or len(set(digits)) > 1):
            return True
    return False


def _visible(text: str) -> str:
    """Return the words of a Markdown text that a reader sees; "" for signs and invisible characters alone."""
    shown = _HIDDEN.sub(" ", text).strip()
    return shown if any(unicodedata.category(sign)[0] in "LN" for sign in shown) else ""


def _is_stand_in(words: str) -> bool:
    return _STAND_IN.fullmatch(re.sub(r"[^\w\s/]", "", words).strip()) is not None


def _mistake(at: Source, problem: str, remedy: str, severity: Severity = "mistake") -> FormError:
    return FormError(at, problem, remedy, rule="help", severity=severity)
