"""One solve in a fresh process: ``python benchmarks/once.py WAY QUESTION FOLDER`` prints its memory and time as JSON.

WAY is ``ours``, ``plan`` (ours without tables and prices), ``whole`` (ours, no block solved apart and none by interior
points), ``many`` (a thousand solves of ours), ``draws`` (as many draws as FOLDER says), ``nothing`` (which reads the
tables in the folder and stops), or the name of a peer.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path


def ours(question: str) -> dict[str, float]:
    """Load and solve a case with every table; seconds of each step, and of HiGHS."""
    return solved(question, tables=True)


def plan(question: str) -> dict[str, float]:
    """Load and solve a case; what its tables and prices take is left out."""
    return solved(question, tables=False)


def solved(question: str, *, tables: bool) -> dict[str, float]:
    """Load and solve a case, with every table or none; seconds of each step, and of HiGHS."""
    import energy_routes as er
    from energy_routes.linear.highs.interface import Engine

    highs = [0.0]

    def timed(run: Callable[..., object]) -> Callable[..., object]:
        def again(*words: object, **options: object) -> object:
            start = time.process_time()
            try:
                return run(*words, **options)
            finally:
                highs[0] += time.process_time() - start

        return again

    Engine.run = timed(Engine.run)  # type: ignore[method-assign, assignment]
    start = time.process_time()
    case = er.load(question)
    loaded = time.process_time()
    best = er.solve(case)
    done = time.process_time()
    in_solve = highs[0]
    took = {"load": loaded - start, "solve": done - loaded, "highs": in_solve}
    if tables:
        best.tables()
        took["tables"] = time.process_time() - done
    matrix = best.parts.at_hand("optimum").program.matrix
    arrays = (matrix.nnz * 12 + matrix.shape[1] * 28 + matrix.shape[0] * 16) / 2**20
    return took | {"rows": matrix.shape[0], "columns": matrix.shape[1], "arrays_mb": arrays}


def whole(question: str) -> dict[str, float]:
    """The same with every programme given to HiGHS as it is."""
    from energy_routes.linear.highs import session

    session.LARGE = sys.maxsize
    return ours(question)


def draws(question: str, count: str) -> dict[str, float]:
    """Resident memory, MB, of a worker of a sweep after a fifth of some draws and after all."""
    import energy_routes as er
    from energy_routes.studies.sweeps.solving import solved
    from energy_routes.studies.sweeps.sweep import experiment_of

    experiment, found = experiment_of(er.load(question), int(count)), {}
    for done, chunk in enumerate(experiment.chunks, 1):
        solved(experiment, chunk)
        for name, part in (("after_fifth", 0.2), ("after_all", 1.0)):
            if done == max(1, int(part * len(experiment.chunks))):
                found[name] = memory("VmRSS")
    return found | {"draws": len(experiment)}


def many(question: str) -> dict[str, float]:
    """Resident memory, MB, after a hundred solves and after a thousand."""
    import energy_routes as er

    case, found = er.load(question), {}
    for done in range(1, 1001):
        er.solve(case)
        if done in (100, 1000):
            found[f"after_{done}"] = memory("VmRSS")
    return found


def theirs(way: str, folder: Path) -> dict[str, float]:
    """Read the tables and solve them; seconds of CPU."""
    from coefficients import Tables

    tables = Tables.read(folder)
    start = time.process_time()
    if way != "nothing":
        from peers import peer

        peer(way).solve(tables)
    return {"solve": time.process_time() - start}


def memory(what: str) -> float:
    """VmRSS (resident now) or VmHWM (its peak) of this process on Linux, MB.

    ``getrusage`` will not do: the peak of a process begins with what the one that started it held.
    """
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what)) / 1024


def main(way: str, question: str, folder: str) -> None:
    """Print what one solve took."""
    own = {"ours": ours, "plan": plan, "whole": whole, "many": many}
    took = (draws(question, folder) if way == "draws" else own[way](question) if way in own else
            theirs(way, Path(folder)))  # fmt: skip
    print(json.dumps({"mb": memory("VmHWM"), **took}))


if __name__ == "__main__":
    main(*sys.argv[1:])
