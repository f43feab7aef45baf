"""Runs `homeward check` on 200 pages, and only Python-Markdown on the same pages for comparison."""

from __future__ import annotations

import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.report import Row
from site_builder.content.form_files import CHOICES

GUIDES, WORKSHEETS = 140, 60
ROUNDS = 5  # of each, alternating
MOST_SECONDS = 2.0
ROOT = Path(__file__).parent.parent
# About 700 words each; the forms are the long ones that come with Homeward.
WRITTEN_GUIDES = sorted(path for path in (ROOT / "content" / "guides").glob("*.md") if path.stem != "index")
WRITTEN_FORMS = [ROOT / "content" / name for name in ("worksheets/thought-record.md", "worksheets/relaxation-log.md",
                                                     "measures/phq9.md", "measures/gad7.md")]  # fmt: skip
CHECK = [sys.executable, "-m", "collector", "check"]
CONVERT = [sys.executable, "-c", """
import markdown, pathlib
md = markdown.Markdown(extensions=["admonition", "attr_list", "md_in_html", "tables", "toc", "fenced_code"])
for path in pathlib.Path("content").rglob("*.md"):
    md.reset()
    md.convert(path.read_text("utf-8"))
"""]  # fmt: skip


def write_content(folder: Path) -> None:
    """Write the pages, together with the pages that their links and anchors lead to."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "content" / CHOICES, folder)
    for number in range(GUIDES):
        _copy(WRITTEN_GUIDES[number % len(WRITTEN_GUIDES)], folder / "guides", number // len(WRITTEN_GUIDES))
    for number in range(WORKSHEETS):
        path = WRITTEN_FORMS[number % len(WRITTEN_FORMS)]
        _copy(path, folder / path.parent.name, number // len(WRITTEN_FORMS))


def _copy(path: Path, folder: Path, number: int) -> None:
    text = path.read_text("utf-8")
    folder.mkdir(parents=True, exist_ok=True)
    if number:
        text = re.sub(r"^form: (.*)$", rf"form: \1-{number}", text, flags=re.M)
    (folder / f"{path.stem}{number or ''}.md").write_text(text, "utf-8")


def seconds(command: list[str], folder: Path) -> float:
    """Return the processor seconds of a process, which depend little on what else the machine does.

    Raises RuntimeError when the process fails.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stdout[-500:] + done.stderr[-500:])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as name:
        write_content(Path(name) / "content")
        checkpoints = [(seconds(CONVERT, Path(name)), seconds(CHECK, Path(name))) for _ in range(ROUNDS)]
    converted, checked = (statistics.median(column) for column in zip(*checkpoints, strict=True))
    beside = f"{converted:.2f} s to convert them: {checked / converted:.1f}×"
    met = checked <= MOST_SECONDS
    yield Row("check of 200 pages, 60 with forms", f"{checked:.2f} s CPU", beside, f"≤ {MOST_SECONDS:g} s", met)
