"""Inline scripts and styles: hashed as browsers hash them, or reported."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest

from site_builder.publishing.csp_hashes import read_inline


def hashed(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def read(folder: Path, html: str) -> tuple[set[str], set[str], tuple[str, ...]]:
    (folder / "index.html").write_text(html, "utf-8")
    inline = read_inline(folder)
    return set(inline.scripts), set(inline.styles), inline.refused


@pytest.mark.parametrize(
    ("html", "scripts", "styles"),
    [
        ("<script>a < b && '</p>'</script>", ["a < b && '</p>'"], []),
        ("<SCRIPT type=module>\n a \n</SCRIPT >", ["\n a \n"], []),
        ('<script type="application/json">{}</script>', [], []),
        ('<script src="a.js"></script>', [], []),
        ("<script></script>", [""], []),
        ("<style>p { color: red }</style><style>é</style>", [], ["p { color: red }", "é"]),
        ("<!-- <script>a</script> --><script>b</script>", ["b"], []),
        ("<script>a</script>\n<p>x</p><script>a</script><script>b</script>", ["a", "b"], []),
    ],
)
@pytest.mark.parametrize("beside", ["", "<p style='x'>"])
def test_inline_scripts_and_styles_are_hashed(
    tmp_path: Path, html: str, scripts: list[str], styles: list[str], beside: str
) -> None:
    script_hashes, style_hashes, _ = read(tmp_path, html + beside)
    assert script_hashes == {hashed(text) for text in scripts}
    assert style_hashes == {hashed(text) for text in styles}


def test_pages_in_folders_are_read_too(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "index.html").write_text("<script>deep</script>")
    assert read(tmp_path, "<script>top</script>")[0] == {hashed("deep"), hashed("top")}


@pytest.mark.parametrize(
    ("html", "beginning"),
    [
        ('<p>\n<b class="x" style="color: red">', "index.html:2: <b style=…>"),
        ("<button onclick='x()'>", "index.html:1: <button onclick=…>"),
        ("<img src=x\nonerror=x()>", "index.html:1: <img onerror=…>"),
        ('<a href="JavaScript:x()">', "index.html:1: <a href=…>"),
    ],
)
def test_attributes_that_no_hash_can_allow_are_reported(tmp_path: Path, html: str, beginning: str) -> None:
    (message,) = read(tmp_path, html)[2]
    assert message.startswith(beginning)


def test_text_about_style_is_no_attribute(tmp_path: Path) -> None:
    assert read(tmp_path, "<p>My style = calm, once = enough</p>")[2] == ()


def test_a_long_report_is_cut_short(tmp_path: Path) -> None:
    messages = read(tmp_path, "\n".join(["<p style=x>"] * 50))[2]
    assert len(messages) == 21
    assert messages[-1] == "… and 30 more"
