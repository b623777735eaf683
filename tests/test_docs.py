"""The documentation's examples run as they are written.

In ``README.md`` and ``docs/*.md``, the blocks marked ``python`` of one page run in order, in one namespace, as a
reader would type them.  In blocks marked ``console``, the lines that begin with ``$ energy-routes`` must exit 0, or
with the code that a comment names (``# exits 4``).  Examples to be looked at only are marked ``text`` or ``toml``.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(?P<kind>\w+)[^\n]*\n(?P<body>.*?)^```$", re.M | re.S)
COMMAND = re.compile(r"^\$ energy-routes(?P<arguments> [^\n#]*)?(?:# exits (?P<code>\d+))?$", re.M)
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]+)(?:#[^)]*)?\)")


def blocks(kind: str) -> Iterator[tuple[Path, int, str]]:
    """Page, first line and text of every block of a kind."""
    for page in PAGES:
        text = page.read_text("utf-8")
        for match in BLOCK.finditer(text):
            if match["kind"] == kind:
                yield page, text.count("\n", 0, match.start("body")), match["body"]


def label(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", dict.fromkeys(page for page, _, _ in blocks("python")), ids=label)
def test_python_examples_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, Any] = {"__name__": "example"}
    for source, line, body in blocks("python"):
        if source == page:  # blank lines before make a traceback point into the page
            exec(compile("\n" * line + body, str(page), "exec"), namespace)


@pytest.mark.parametrize(
    ("page", "arguments", "code"),
    [
        pytest.param(page, (match["arguments"] or "").strip(), int(match["code"] or 0),
                     id=f"{label(page)}: {(match['arguments'] or '').strip()}")
        for page, _, body in blocks("console")
        for match in COMMAND.finditer(body)
    ],
)
def test_commands_exit_as_written(page: Path, arguments: str, code: int, tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", "from energy_routes.cli import main; main()", *shlex.split(arguments)],
        cwd=tmp_path, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert run.returncode == code, run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_links_lead_somewhere(page: Path) -> None:
    broken = [target for target in LINK.findall(page.read_text("utf-8")) if not (page.parent / target).exists()]
    assert broken == []


def test_every_page_is_in_the_index() -> None:
    linked = set(LINK.findall((ROOT / "docs" / "README.md").read_text("utf-8")))
    pages = {page.relative_to(ROOT / "docs").as_posix() for page in PAGES if "docs" in page.parts} - {"README.md"}
    assert pages - linked == set()
