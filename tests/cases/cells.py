"""Cells of a spreadsheet as they are stored and as they are exported."""

from __future__ import annotations

from typing import NamedTuple


class Cell(NamedTuple):
    stored: str
    exported: str


CELLS = [
    *(
        Cell(same, same)
        for same in ("-5", "1e3", "-1e-5", "2", "-3.5", "", "plain", "a=1", "'=1", "é", "12-3", "a - b")
    ),
    *(Cell(same, same) for same in ("好", "😀", "2026-03-09", "a@b.example", "a;b", "a;-5;b", "x\n-5", "-5,3", "a,=1")),
    *(Cell(start + "cmd", f"'{start}cmd") for start in "=+-@\t\r\n"),
    *(Cell(start + "1+1", f"'{start}1+1") for start in "＝＋－＠﹦﹢﹣﹫"),
    *(
        Cell(f"{unseen}=1+1", f"'{unseen}=1+1")
        for unseen in ("\u00a0", "\u200b", "\ufeff", " ", "\u3000", "\u2800", "\x00")
    ),
    *(Cell(f"{unseen}＝1", f"'{unseen}＝1") for unseen in ("\u202e", "\u00ad\u200d", '"', ' "')),
    Cell("a;=1+1", "a;'=1+1"),
    Cell("a; =1+1", "a;' =1+1"),
    Cell('a;"=1+1;b', "a;'\"=1+1;b"),
    Cell(";;+1;@x", ";;'+1;'@x"),
    Cell("a\t=1+1", "a\t'=1+1"),
    Cell("a\n=1+1", "a\n'=1+1"),
    Cell("a\r\n=1+1", "a\r\n'=1+1"),
    Cell("\n=1+1", "'\n'=1+1"),
    Cell("\r\n\u00a0＝1", "'\r\n'\u00a0＝1"),
    Cell("a\u2028=1", "a\u2028'=1"),
    Cell("a\u0085@x", "a\u0085'@x"),
    Cell("- walked\n- slept", "'- walked\n'- slept"),
    Cell("-3+1", "'-3+1"),
    Cell("--3", "'--3"),
    Cell("+3", "'+3"),
    Cell("-", "'-"),
    Cell("-3 ", "'-3 "),
    Cell("a;-5+1", "a;'-5+1"),
    Cell('=HYPERLINK("http://x";"y")', '\'=HYPERLINK("http://x";"y")'),
]
