"""Builds 1,000 pages of which 60 have a form, and the same pages without forms for comparison."""

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

PAGES, FORMS = 1_000, 60
ROUNDS = 3  # of each, alternating
ROOT = Path(__file__).parent.parent
PROSE = "Avoiding what we fear keeps the fear alive. Small steps, taken often, teach the body something new. " * 6
# Forms that come with Homeward, used in turn.
WRITTEN = [
    (ROOT / "content" / name).read_text("utf-8").split("---", 2)[2]
    for name in ("worksheets/thought-record.md", "worksheets/relaxation-log.md", "measures/phq9.md", "measures/gad7.md")
]
LINK = re.compile(r"\[([^]]*)\]\([^)]*\)(?:\{[^}]*\})?")  # their targets are not part of this site


def write_content(folder: Path, *, forms: int) -> None:
    """Write the pages, with the form's blocks as plain code on pages that are to have no form."""
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "content" / CHOICES, folder)
    for number in range(PAGES):
        text = f"# Page {number}\n\n" + "\n\n".join(f"## Part {part}\n\n{PROSE}" for part in range(5))
        if number < FORMS:
            page = LINK.sub(r"\1", WRITTEN[number % len(WRITTEN)])
            page = re.sub(r"^form: (.*)$", rf"form: \1-{number}", page, flags=re.M)
            text = page if number < forms else page.replace("```yaml form", "```text")
        (folder / f"page-{number}.md").write_text(text, "utf-8")


def write_config(folder: Path, content: Path) -> Path:
    config = folder / f"{content.name}.yml"
    config.write_text(
        "site_name: Pages\n"
        f"docs_dir: {content}\n"
        f"theme: {{name: material, font: false, custom_dir: {ROOT / 'site_builder' / 'theme'}}}\n"
        "plugins: [search]\n"
        "markdown_extensions:\n"
        "  - tables\n"
        f"  - site_builder.extension: {{content: {content}}}\n"
        "extra: {generator: false, clinic: {name: Pages, help_title: Help, help_url: page-1/, privacy_url: page-2/}}\n",
        "utf-8",
    )
    return config


def build_seconds(config: Path, site: Path) -> float:
    """Return the processor seconds of a `mkdocs build` process, which depend little on what else the machine does."""
    shutil.rmtree(site, ignore_errors=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "-f", str(config), "-d", str(site)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        configs = []
        for label, forms in (("without", 0), ("with", FORMS)):
            write_content(folder / label, forms=forms)
            configs.append(write_config(folder, folder / label))
        without, with_forms = [], []
        for _ in range(ROUNDS):
            without.append(build_seconds(configs[0], folder / "site"))
            with_forms.append(build_seconds(configs[1], folder / "site"))
    ratio = statistics.median(b / a for a, b in zip(without, with_forms, strict=True))
    seconds = f"{statistics.median(with_forms):.1f} s CPU"
    beside = f"{statistics.median(without):.1f} s without: {ratio:.2f}×"
    yield Row("1,000 pages with 60 forms", seconds, beside, "≤ 1.06×", ratio <= 1.06)
