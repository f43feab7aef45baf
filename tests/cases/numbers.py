"""Numbers as people type them, and what is stored, or why it is refused."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from site_builder.forms.model.fields import Duration, Number
from site_builder.forms.model.lengths import NO_LENGTH
from site_builder.forms.model.numbers import IN_DOUBT, NO_NUMBER, TOO_EXACT, TOO_LARGE


class Case(NamedTuple):
    """`stored` is None for no answer; `problem` is "" for what is read. `options` are those of the question."""

    typed: str
    stored: float | None = None
    problem: str = ""
    options: Mapping[str, Any] = MappingProxyType({})

    @property
    def field(self) -> Number:
        return Number(id="f", ask="?", **{"decimals": 6, **self.options})


CASES = [
    Case("7", 7),
    Case("0", 0),
    Case("-0", 0),
    Case("007", 7),
    Case("-7", -7),
    Case("+7", 7),
    Case(" 7 ", 7),
    Case("- 7", -7),
    Case("", None),
    Case("   ", None),
    # a comma or a point
    Case("1.5", 1.5),
    Case("1,5", 1.5),
    Case(".5", 0.5),
    Case(",5", 0.5),
    Case("7.50", 7.5),
    Case("0,500", 0.5),
    Case("0.001", 0.001),
    Case("1234,567", 1234.567),
    Case("10.00", 10),
    Case("10,000", problem=IN_DOUBT),
    Case("10.000", problem=IN_DOUBT),
    Case("10,000", problem=IN_DOUBT, options={"decimals": 0}),
    Case("1,500", problem=IN_DOUBT),
    Case("-1.500", problem=IN_DOUBT),
    Case("100,000", problem=IN_DOUBT),
    Case("10,0000", problem=IN_DOUBT),
    Case("10.000000", problem=IN_DOUBT),
    Case("7.12345", 7.12345),
    Case("10,000", problem=IN_DOUBT, options={"at_least": 0, "at_most": 24, "decimals": 0}),
    Case("1.250", 1.25, options={"at_most": 5, "decimals": 3}),
    Case("1.250", problem=IN_DOUBT, options={"at_most": 5, "decimals": 2}),
    Case("10,000", 10_000, options={"at_least": 1_000, "decimals": 0}),
    Case("10,000", problem=IN_DOUBT, options={"at_least": 0, "at_most": 20_000, "decimals": 0}),
    # thousands
    Case("1,234,567", 1_234_567),
    Case("1.234.567", 1_234_567),
    Case("1 234", 1234),
    Case("1\u00a0234", 1234),
    Case("1\u202f234\u202f567", 1_234_567),
    Case("1\u2009234", 1234),
    Case("1'234", 1234),
    Case("1’234", 1234),
    Case("1.234,5", 1234.5),
    Case("1,234.5", 1234.5),
    Case("1 234,567", 1234.567),
    Case("1,234.567", 1234.567),
    Case("1,00,000", 100_000),
    Case("12,34,567.8", 1_234_567.8),
    Case("1,234,5", problem=NO_NUMBER),
    Case("1.234.5", problem=NO_NUMBER),
    Case("1,23,45", problem=NO_NUMBER),
    Case("12 34", problem=NO_NUMBER),
    Case("0 500", problem=NO_NUMBER),
    Case("1,234.567,8", problem=NO_NUMBER),
    Case("1.234 567", problem=NO_NUMBER),
    # figures of other scripts
    Case("٣٠", 30),
    Case("۳۰", 30),
    Case("३०", 30),
    Case("３０", 30),
    Case("๓๐", 30),
    Case("١٫٥", 1.5),
    Case("١٫٥٠٠", 1.5),
    Case("١٬٢٣٤", 1234),
    Case("١٬٢٣٤٫٥", 1234.5),
    Case("١،٥", 1.5),
    Case("１．５", 1.5),
    Case("−٣", -3),
    Case("\u200f٣\u200f", 3),
    Case("٠٫٥٠٠", 0.5),
    Case("١٠,٠٠٠", problem=IN_DOUBT),
    Case("三十", problem=NO_NUMBER),
    Case("²", problem=NO_NUMBER),
    Case("10²", problem=NO_NUMBER),
    Case("½", problem=NO_NUMBER),
    Case("Ⅳ", problem=NO_NUMBER),
    Case("5️⃣", problem=NO_NUMBER),
    # signs
    Case("−5", -5),
    Case("–5", -5),
    Case("－５", -5),
    Case("＋５", 5),
    Case("--5", problem=NO_NUMBER),
    Case("+-5", problem=NO_NUMBER),
    Case("5-", problem=NO_NUMBER),
    Case("-", problem=NO_NUMBER),
    Case(".", problem=NO_NUMBER),
    Case("5.", problem=NO_NUMBER),
    Case("3-4", problem=NO_NUMBER),
    Case("3–4", problem=NO_NUMBER),
    Case("1/2", problem=NO_NUMBER),
    Case("~5", problem=NO_NUMBER),
    # a unit
    Case("30 min", 30, options={"unit": "minutes"}),
    Case("30min", 30, options={"unit": "minutes"}),
    Case("30 Minutes", 30, options={"unit": "minutes"}),
    Case("1 cup", 1, options={"unit": "cups"}),
    Case("2 h", 2, options={"unit": "hours"}),
    Case("5 %", 5, options={"unit": "%"}),
    Case("5%", 5, options={"unit": "%"}),
    Case("٥٪", 5, options={"unit": "%"}),
    Case("72,5 kg", 72.5, options={"unit": "kg"}),
    Case("160 lb", problem=NO_NUMBER, options={"unit": "kg"}),
    Case("2 h", problem=NO_NUMBER, options={"unit": "minutes"}),
    Case("30 min", problem=NO_NUMBER),
    Case("min", problem=NO_NUMBER, options={"unit": "minutes"}),
    # what a program reads and a person does not mean
    Case("1e3", problem=NO_NUMBER),
    Case("0x10", problem=NO_NUMBER),
    Case("1_000", problem=NO_NUMBER),
    Case("nan", problem=NO_NUMBER),
    Case("Infinity", problem=NO_NUMBER),
    Case("seven", problem=NO_NUMBER),
    Case("7 or 8", problem=NO_NUMBER),
    Case("7\n8", problem=NO_NUMBER),
    # nothing that can be seen
    Case("\u200b", None),
    Case("\u00a0", None),
    Case("7\u200b", 7),
    Case("\ufeff7", 7),
    # large and exact
    Case("1000000000000", 10**12),
    Case("1000000000001", problem=TOO_LARGE),
    Case("99999999999999999999", problem=TOO_LARGE),
    Case("0.1", 0.1),
    Case("123456789.123456", 123456789.123456),
    Case("1234567890.123456", problem=TOO_EXACT),
    Case("0000000000000000000000001", 1),
]


class Length(NamedTuple):
    """A length of time as it is typed in two places."""

    hours: str = ""
    minutes: str = ""
    stored: int | None = None
    problem: str = ""


DURATION = Duration(id="f", ask="?", at_most=7 * 24 * 60)
LENGTHS = [
    Length(),
    Length("7", "30", 450),
    Length("7", "", 420),
    Length("", "90", 90),
    Length("7:30", "", 450),
    Length("７：３０", "", 450),
    Length("٧", "٣٠", 450),
    Length("۷:۳۰", "", 450),
    Length("7 h", "30 min", 450),
    Length("0", "0", 0),
    Length("7:30", "15", problem=NO_LENGTH),
    Length("1,5", "", problem=NO_LENGTH),
    Length("-1", "", problem=NO_LENGTH),
    Length("", "1,000", problem=IN_DOUBT),
    Length("7:75", "", problem=NO_NUMBER),
    Length("all night", "", problem=NO_NUMBER),
]
