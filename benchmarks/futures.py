"""Thousands of draws as a person asks for them: whole commands with one process and two, and the memory of a worker."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from processes import once

Row = dict[str, Any]

CAPPED = ("--set", "policy.max_share.transit:RU=0.9", "--set", "policy.exports=hold")
# what is asked, of which model, how many draws, further words of the command, and the seconds that it may take
SWEEPS: Sequence[tuple[str, str, int, Sequence[str], int]] = (
    ("netback, shares and plan", "oil-2024", 10_000, (), 60),
    ("netback, shares and plan", "oil-2024-monthly", 10_000, (), 720),
    ("netback", "oil-2024-monthly", 10_000, ("--ask", "netback"), 300),
    ("the same with a cap, exports held", "oil-2024", 10_000, CAPPED, 180),
    ("cost of a cap, exports held", "oil-2024", 10_000, (*CAPPED, "--ask", "cost"), 180),
    ("least Russian share", "oil-2024", 2_000, ("--ask", "least.transit:RU"), 60),
)  # fmt: skip


def futures(quick: bool) -> Iterator[Row]:
    """The first sweep with two processes and with one, and what a process holds after many draws; ``quick``: few."""
    asked, model, draws, words, most = SWEEPS[0]
    some = 200 if quick else draws
    yield _timed(asked, model, some, words, most * some / draws, runs=1 if quick else 3)
    took = {name: round(value, 1) for name, value in once("draws", model, "200" if quick else "5000").items()}
    yield {"measure": "worker", "question": model, "way": "ours", **took}


def sweeps() -> Iterator[Row]:
    """The other sweeps, likewise."""
    yield from (_timed(*sweep) for sweep in SWEEPS[1:])


def _timed(asked: str, model: str, draws: int, words: Sequence[str], most: float, *, runs: int = 1) -> Row:
    """A sweep with two processes and with one, in turn: the median of some runs."""
    took = [{jobs: _swept(model, draws, words, jobs) for jobs in (2, 1)} for _ in range(runs)]
    return {"measure": "futures", "question": model, "way": asked, "draws": draws, "at_most": most,
            **{f"{name}_{jobs}": median(run[jobs][name] for run in took)
               for jobs in (2, 1) for name in ("clock", "cpu")}}  # fmt: skip


def _swept(model: str, draws: int, words: Sequence[str], jobs: int) -> dict[str, float]:
    """Seconds on the clock, and of CPU with all processes, of one sweep as a command."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "energy_routes", "sweep", model, "--draws", str(draws), "--jobs", str(jobs),
                   "--quiet", "--out", str(Path(folder) / "sweep"), *words]  # fmt: skip
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        clock, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"clock": round(clock, 1), "cpu": round(cpu, 1)}
