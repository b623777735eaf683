"""A sweep that is killed at random moments and goes on, again and again; each run is a fork of this process.

``kills.py MODEL FOLDER KILLS SEED`` prints how many runs were killed before the last one came to its end.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import sys
import time
from pathlib import Path

import energy_routes as er
from energy_routes.case import Case
from energy_routes.studies.sweeps import experiment

DRAWS, MANY = 10, 5  # to a kill, and to a chunk
MOST = 9000  # bytes that a process may write into one file: a chunk fits, the dataset does not


def sweep(case: Case, folder: str, draws: int) -> None:
    experiment.MANY = MANY
    er.sweep(case, draws, seed=11, folder=folder, resume=True)


def child(case: Case, folder: str, draws: int, most: int | None = None) -> int:
    """Start a sweep in a fork; its process.  It ends with 0, or with the number of the error of a failing write."""
    if process := os.fork():
        return process
    try:
        if most is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        sweep(case, folder, draws)
        os._exit(0)
    except er.UsageError as error:
        os._exit(error.__cause__.errno or 1 if isinstance(error.__cause__, OSError) else 1)
    finally:
        os._exit(99)


def killed(case: Case, folder: str, draws: int, wait: float) -> bool:
    """Whether a run was killed after so many seconds, and not done before."""
    process = child(case, folder, draws)
    time.sleep(wait)
    os.kill(process, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(process, 0)[1])


def main(model: str, folder: str, kills: int, seed: int) -> None:
    case, moment, draws = er.load(model), random.Random(seed), DRAWS * kills
    began = time.monotonic()
    sweep(case, f"{folder}-whole", draws)
    whole = time.monotonic() - began
    count = sum(killed(case, folder, draws, moment.uniform(0.0, 1.2 * whole / kills)) for _ in range(kills))
    if Path(folder, "dataset.parquet").exists():  # on a busy machine a run may end before its kill
        shutil.rmtree(folder)
    _, status = os.waitpid(child(case, folder, draws, MOST), 0)
    print(count, os.waitstatus_to_exitcode(status))
    sweep(case, folder, draws)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
