"""What PuLP costs and what it does not: ``python benchmarks/pulp_build.py`` prints one line a way and model.

CPU time of this process, so that other work on the machine counts little.  The same programme is built from the tables
of a case, written as PuLP objects, and solved by HiGHS in three ways.
"""

from __future__ import annotations

import platform
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any

import energy_routes as er
from energy_routes.linear.highs.session import Session
from energy_routes.linear.programme import Program
from energy_routes.linear.pulp import bridge as pulp_bridge
from energy_routes.solving.loop import program_of

MODELS = ("oil-2024", "oil-2024-monthly")
RUNS = 7


def milliseconds(work: Callable[[], Any]) -> tuple[float, float, float]:
    """(median, least, most) CPU milliseconds of several runs."""
    taken = []
    for _ in range(RUNS):
        start = time.process_time()
        work()
        taken.append((time.process_time() - start) * 1000)
    return statistics.median(taken), min(taken), max(taken)


def resolve(session: Session, program: Program) -> None:
    """Solve again in a session that holds the last basis."""
    session.update(program)
    session.solve()


def ways(case: er.Case) -> Mapping[str, Callable[[], Any]]:
    """What is timed, by its name in the table."""
    program = program_of(case)
    live = Session(program)
    live.solve()
    return {
        "tables to arrays": lambda: program_of(case),
        "arrays to PuLP objects": lambda: pulp_bridge.to_pulp(program),
        "solve: HiGHS from arrays": lambda: Session(program).solve(),
        "solve: HiGHS by PuLP, objects included": lambda: pulp_bridge.solve_with(program, "highs"),
        "solve again in the same session": lambda: resolve(live, program),
    }


def main() -> None:
    """Print the table."""
    libraries = ", ".join(f"{name} {version(name)}" for name in ("highspy", "pulp"))
    print(f"Python {platform.python_version()}, {libraries}, CPU ms, median of {RUNS} (least, most)", file=sys.stderr)
    for model in MODELS:
        case = er.load(model)
        matrix = program_of(case).matrix
        size = f"{model}, {matrix.shape[0]} rows, {matrix.shape[1]} columns, {matrix.nnz} non-zeros"
        for name, work in ways(case).items():
            median, least, most = milliseconds(work)
            print(f"| {size} | {name} | {median:.1f} | {least:.1f} | {most:.1f} |")


if __name__ == "__main__":
    main()
