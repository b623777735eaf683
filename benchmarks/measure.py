"""Time and memory of the same programme here and in peers: ``python benchmarks/measure.py`` writes ``results.json``.

Milliseconds are CPU time of this process and of its children, medians of seven runs that are interleaved: one run of
every way, then the next.  Objectives must be equal.  ``docs/scripts/benchmarks.py`` makes a page of the results.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import figures
import numpy as np
from coefficients import Tables
from finished import changes, tables_of
from futures import futures, sweeps
from generate import generate, hubs_for
from peers import LIVE, installed, ours, peer
from processes import COMMANDS, once, run

import energy_routes as er

RESULTS = Path(__file__).with_name("results.json")
MODELS = ("oil-2024", "oil-2024-monthly", "energy-2024-monthly")
MADE = 10_000  # columns of the made network that all peers solve
ONE: dict[str, Any] = {}
PACKS, MONTHS = {"packs": 2}, {"tanks": False}  # networks of two blocks, and of one for each month
LARGE = ((10_000, ONE), (30_000, ONE), (86_000, ONE), (86_000, PACKS), (86_000, MONTHS))  # columns, what is made
HUGE = ((172_000, ONE), (300_000, ONE), (1_000_000, PACKS))
MEASURES = ("whole", "memory", "bounds", "costs", "infeasible", "curve", "start", "many", "scale", "huge", "futures",
            "sweeps", "worker", "drags")  # fmt: skip
NAMES = (*MODELS, str(MADE))
RUNS = 7
LEVER, RANGE, SAMPLES = "arc:CPC_RU.capacity", (20.0, 80.0), 33  # of the curve
Row = dict[str, Any]


@dataclass(frozen=True)
class Question:
    """A case, by the name or path of its model, and its finished coefficients for the peers."""

    name: str
    model: str
    case: er.Case
    tables: Tables


@dataclass(frozen=True)
class Way:
    """One way of doing what is measured: it returns objectives, and has done ``times`` of the same."""

    name: str
    work: Callable[[], Sequence[float]]
    times: int = 1


def cpu() -> float:
    """CPU seconds of this process and of its children that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def interleaved(measure: str, question: str, ways: Sequence[Way], runs: int) -> Iterator[Row]:
    """A row a way: median, least and most of its milliseconds.  Raises ValueError where objectives differ."""
    (first, asked), *others = [(way.name, way.work()) for way in ways]  # a first run warms up
    for name, found in others:
        if not np.allclose(asked, found, rtol=1e-7, equal_nan=True):
            raise ValueError(f"{measure} of {question}: {first} {asked}, {name} {found}; equal objectives are expected")
    taken: dict[str, list[float]] = {way.name: [] for way in ways}
    for _ in range(runs):
        for way in ways:
            start = cpu()
            way.work()
            taken[way.name].append((cpu() - start) * 1000 / way.times)
    for name, times in taken.items():
        yield {"measure": measure, "question": question, "way": name, "ms": round(statistics.median(times), 2),
               "least": round(min(times), 2), "most": round(max(times), 2)}  # fmt: skip


def whole(question: Question, runs: int) -> Iterator[Row]:
    """From a loaded case (ours), or from finished coefficients (peers), to labelled values."""
    own = {"ours": ours.solve, "ours, prices read": ours.priced, "ours, every table read": ours.read}
    ways = [Way(name, lambda solve=solve: [solve(question.case).objective]) for name, solve in own.items()]
    solves = {"highspy, same stages": peer("highspy").staged, **{name: peer(name).solve for name in installed()}}
    ways += [Way(name, lambda solve=solve: [solve(question.tables).objective]) for name, solve in solves.items()]
    return interleaved("whole", question.name, ways, runs)


def loop(question: Question, runs: int, kind: str, peers: Sequence[str]) -> Iterator[Row]:
    """One more answer to a changed question, by the peers that keep what they have built."""
    asked = getattr(figures, kind)(question.case)
    own = ours.live(question.case)
    theirs = changes(question.tables, [tables_of(figures.changed(question.case, one)) for one in asked])
    ways = [Way("ours", lambda: own(asked), len(asked))]
    lives = {name: peer(name).live(question.tables) for name in peers if name in LIVE}
    ways += [Way(name, lambda live=live: [live(change) for change in theirs], len(theirs))
             for name, live in lives.items()]  # fmt: skip
    return interleaved(kind, question.name, ways, runs)


def curve(question: Question, runs: int) -> Iterator[Row]:
    """The optimum over a capacity: our exact curve, read at some points; those points solved by the live peers."""
    at = np.linspace(*RANGE, SAMPLES)
    theirs = changes(question.tables, [tables_of(question.case.set(LEVER, float(capacity))) for capacity in at])

    def exact() -> Sequence[float]:
        points = er.frontier(question.case, LEVER, *RANGE).points
        return np.interp(at, points["cap"], points["objective"]).tolist()

    lives = {name: peer(name).live(question.tables) for name in installed() if name in LIVE}
    ways = [Way(f"{name}, {SAMPLES} points", lambda live=live: [live(change) for change in theirs])
            for name, live in lives.items()]  # fmt: skip
    return interleaved("curve", question.name, [Way("ours, every kink", exact), *ways], runs)


def memory(question: Question) -> Iterator[Row]:
    """Peak of resident memory of a fresh process for each way; ``nothing`` reads the finished coefficients only."""
    with tempfile.TemporaryDirectory() as folder:
        question.tables.write(Path(folder))
        for name in ("nothing", "ours", *installed()):
            yield {"measure": "memory", "question": question.name, "way": name,
                   "mb": round(once(name, question.model, folder)["mb"])}  # fmt: skip


def scale(columns: int, made: dict[str, Any], folder: str, ways: Sequence[str]) -> Iterator[Row]:
    """One solve of a made network in a fresh process, step by step; of a huge one without its tables."""
    name = "-".join(map(str, (columns, *made)))
    model = generate(Path(folder) / name, hubs_for(columns), seed=1, **made)
    for way in ways:
        start = time.perf_counter()
        took = once(way, str(model), folder) | {"clock": time.perf_counter() - start}
        yield {"measure": "scale", "question": name, "way": way,
               **{key: round(value, 2) for key, value in took.items()}}  # fmt: skip


def many() -> Iterator[Row]:
    """Resident memory of a process after a hundred solves and after a thousand."""
    took = {name: round(value, 1) for name, value in once("many", MODELS[0], "").items()}
    yield {"measure": "many", "question": MODELS[0], "way": "ours", **took}


def starts(runs: int) -> Iterator[Row]:
    """Whole processes: the command line, and the imports that it and the peers cannot do without."""
    ways = [Way(name, lambda words=words: [float(len(run(words)) * 0)]) for name, words in COMMANDS.items()]
    return interleaved("start", "", ways, runs)


def questions(names: Sequence[str], folder: str) -> Iterator[Question]:
    """The questions by name; a number is a made network of about so many columns."""
    for name in names:
        model = str(generate(Path(folder) / name, hubs_for(int(name)), seed=1)) if name.isdigit() else name
        case = er.load(model)
        yield Question("made network" if name.isdigit() else name, model, case, tables_of(case))


def measured(only: str, names: Sequence[str], runs: int, folder: str) -> Iterator[Row]:
    """Every row, or those of one measure."""
    for question in questions(names, folder):
        size = {"columns": len(question.tables.columns), "rows": len(question.tables.rows)}
        yield {"measure": "size", "question": question.name, "way": "", **size}
        if only in ("", "whole"):
            yield from whole(question, runs)
        if only in ("", "memory"):
            yield from memory(question)
        for kind in ("bounds", "costs") if question.name in MODELS else ():
            if only in ("", kind):
                yield from loop(question, runs, kind, installed())
        if only in ("", "infeasible") and question.name in MODELS:
            yield from loop(question, runs, "infeasible", ["highspy"])
        if only in ("", "curve") and question.name in MODELS:
            yield from curve(question, runs)
    if only in ("", "start"):
        yield from starts(runs)
    if only in ("", "many"):
        yield from many()
    for columns, made in LARGE if only in ("", "scale") else HUGE if only == "huge" else ():
        yield from scale(columns, made, folder, ("ours", "whole") if only != "huge" else ("plan",))
    if only in ("", "futures"):
        yield from futures(quick=runs == 1)
    if only in ("", "sweeps") and runs > 1:
        yield from sweeps()


def machine() -> dict[str, str]:
    """What it was measured on; a library that is not installed has no line."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text("utf-8").splitlines() if info.exists() else []
    processor = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
    told = {"processor": processor, "cores": str(os.cpu_count()), "system": platform.system(),
            "load average (other work at the same time)": f"{os.getloadavg()[2]:.0f}",
            "Python": platform.python_version()}  # fmt: skip
    for name in ("highspy", "numpy", "pandas", "PuLP", "linopy", "Pyomo", "oemof.solph", "PyPSA"):
        with suppress(PackageNotFoundError):
            told[name] = version(name)
    return told


def write(rows: Sequence[Row]) -> None:
    """Put rows in the place of those of the same way, question and measure in ``results.json``."""
    old = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {"machine": {}, "rows": []}
    both = {tuple(row[key] for key in ("measure", "question", "way")): row for row in (*old["rows"], *rows)}
    order = sorted(both.values(), key=lambda row: ("size", *MEASURES).index(row["measure"]))
    told = {"machine": {**old["machine"], **machine()}, "runs": RUNS, "rows": order}
    RESULTS.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


def main(arguments: Sequence[str]) -> None:
    """Measure, and put what was measured in the place of what stood in ``results.json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", choices=MEASURES)
    parser.add_argument("--question", default="", choices=NAMES, help="a model, or columns of a made network")
    parser.add_argument("--quick", action="store_true", help="one run of the smallest model; nothing is written")
    asked = parser.parse_args(arguments)
    names, runs = (MODELS[:1], 1) if asked.quick else ([asked.question] if asked.question else NAMES, RUNS)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        alone = asked.only in ("start", "many", "scale", "huge", "futures", "sweeps")
        for row in measured(asked.only, () if alone else names, runs, folder):
            rows.append(row)
            print(json.dumps(row), flush=True)
    if not asked.quick:
        write(rows)


if __name__ == "__main__":
    main(sys.argv[1:])
