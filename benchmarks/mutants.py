"""What the tests notice: ``python benchmarks/mutants.py run .coverage times.xml`` breaks the package, mutant by mutant.

The mutants are those of ``mutants.toml``.  Which tests reach a line, and how long each test takes, is read from one run
of the tests (README.md has the command).  In a copy of the checkout, the tests are run that reach the mutant, the
fastest first, until one fails.  In the end every test that has failed is run on the code as it was, where it must pass.

``python benchmarks/mutants.py draw`` prints mutants at random by the seed of the list, twice as many as it has.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from mutation import Module, Mutant, drawn, modules, place

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "energy_routes"
BATCH = 15  # so many tests are run, then four times as many, and so on while none fails
PATIENCE = 600  # seconds a batch may take: a mutant may loop for ever
PYTEST = ["-m", "pytest", "-x", "-q", "-n", "0", "-p", "no:cacheprovider", "--no-header", "--tb=no", "-rfE"]
# https://coverage.readthedocs.io/en/latest/dbschema.html; a context is a test and its phase, as in "a.py::test_b|run".
REACHING = """SELECT DISTINCT context FROM arc JOIN context ON context.id = context_id JOIN file ON file.id = file_id
              WHERE path LIKE '%' || ? AND tono BETWEEN ? AND ? AND context != ''"""


def seconds(report: Path) -> dict[str, float]:
    """How long each test took, from what pytest writes with ``--junitxml``."""
    cases = ElementTree.parse(report).iter("testcase")
    return {f"{c.get('classname', '').replace('.', '/')}.py::{c.get('name')}": float(c.get("time", 0)) for c in cases}


def reaching(coverage: Path, took: Mapping[str, float], module: Module, at: int) -> list[str]:
    """The tests that reach a byte of a module, the fastest first.  Raises RuntimeError if none is told apart."""
    with closing(sqlite3.connect(coverage)) as data:
        if not data.execute("SELECT 1 FROM context WHERE context != ''").fetchone():
            raise RuntimeError(f"{coverage} does not tell which test reached a line. Measure again with "
                               "--cov-context=test and one worker or more: with -n 0 nothing is told.")  # fmt: skip
        rows = data.execute(REACHING, (module.path.as_posix(), *module.lines(at)))
        return sorted({context.rpartition("|")[0] for (context,) in rows}, key=lambda test: (took[test], test))


def first_failure(copy: Path, tests: Sequence[str]) -> str | None:
    """The first of some tests that fails in a copy of the checkout.  Raises RuntimeError where pytest does not run."""
    paths = os.pathsep.join([str(copy), os.environ.get("PYTHONPATH", "")])
    ours = {**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, *PYTEST, *tests]
    try:
        done = subprocess.run(command, cwd=copy, env=ours, timeout=PATIENCE, text=True, capture_output=True)
    except subprocess.TimeoutExpired:
        return f"no end in {PATIENCE} s"
    failed = re.search(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", done.stdout, re.M)
    if done.returncode and not failed:
        raise RuntimeError(f"pytest ended with {done.returncode} and named no test:\n{done.stdout}{done.stderr}")
    return failed[1] if failed else None


def killer(copy: Path, mutant: Mutant, tests: Sequence[str]) -> str | None:
    """The first of some tests that fails once a mutant is in the copy; None where it survives them all."""
    module, at = place(mutant, modules(copy / PACKAGE))
    after = module.source[at + len(mutant.text.encode()) :]
    (copy / module.path).write_bytes(module.source[:at] + mutant.replacement.encode() + after)
    done, batch, failed = 0, BATCH, None
    while done < len(tests) and failed is None:
        failed = first_failure(copy, tests[done : done + batch])
        done, batch = done + batch, batch * 4
    (copy / module.path).write_bytes(module.source)
    return failed


def survivors(coverage: Path, took: Mapping[str, float], mutants: Sequence[Mutant]) -> int:
    """Print each mutant with the test that kills it; how many survive."""
    killers: list[str | None] = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv*", "out"))
        among = modules(copy / PACKAGE)
        places = [place(mutant, among) for mutant in mutants]  # before the first run: all apply
        print("| function | mutant | killed by | of |\n|---|---|---|--:|")
        for mutant, (module, at) in zip(mutants, places, strict=True):
            tests = reaching(coverage, took, module, at)
            killers.append(killer(copy, mutant, tests))
            told = killers[-1] or ("SURVIVES" if tests else "NOT REACHED")
            print(f"| `{module.name}.{mutant.function}` | `{mutant.text}` → `{mutant.replacement}` | {told} "
                  f"| {len(tests)} |", flush=True)  # fmt: skip
        named = sorted({test for test in killers if test and "::" in test})
        if named and (wrong := first_failure(copy, named)):
            raise RuntimeError(f"{wrong} fails on the code as it is: what it killed is not known")
    return killers.count(None)


def listed() -> tuple[dict[str, Any], list[Mutant]]:
    """What ``mutants.toml`` says of the draw, and its mutants."""
    told = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    return told, [Mutant(**mutant) for mutant in told["mutant"]]


def main(verb: str, *rest: str) -> int:
    """``draw``, or ``run COVERAGE TIMES [FUNCTION ...]``."""
    told, mutants = listed()
    if verb == "draw":
        for mutant in drawn(told["room"], told["seed"], modules(ROOT / PACKAGE)):
            print("[[mutant]]", *(f"{key} = {json.dumps(text)}" for key, text in asdict(mutant).items()), "", sep="\n")
        return 0
    coverage, times, *wanted = rest
    return survivors(Path(coverage), seconds(Path(times)), [m for m in mutants if not wanted or m.function in wanted])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
