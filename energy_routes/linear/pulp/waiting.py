"""A foreign solver is waited for in a thread: whatever it does there ends as a solution or as a failure of it."""

from __future__ import annotations

import math
import subprocess
import sys
import threading
import time
from collections.abc import Callable

from energy_routes.errors import EnergyRoutesError, SolverError
from energy_routes.linear.solution import Solution

MOST_WORDS = 300  # letters of what a solver says of itself


def waited_for(solved: Callable[[], Solution], solver: str, patience: float | None) -> Solution:
    """What ``solved`` returns, within ``patience`` seconds (None: whenever that is).

    Raises SolverError for whatever it raises that is no error of ours, and where it does not end in time.  The program
    that it waits for is then ended, as it is on Ctrl-C.
    """
    outcome: list[Solution | BaseException] = []
    ended = threading.Event()

    def run() -> None:
        try:
            outcome.append(solved())
        except BaseException as error:  # a solver's own code may even ask the interpreter to exit
            outcome.append(error)
        finally:
            ended.set()

    thread = threading.Thread(target=run, name=solver, daemon=True)
    thread.start()
    last = math.inf if patience is None else time.monotonic() + patience
    try:
        while not ended.wait(0.1):  # in short steps: Ctrl-C gets through
            if time.monotonic() > last:
                raise SolverError(f"{solver} has not answered after {patience:.0f} s, so it is taken to hang. Give it"
                                  " longer with --time-limit, or use the embedded solver 'highs'")
    finally:
        if not ended.is_set():
            _end_program(thread)
    found = outcome[0]
    if isinstance(found, Solution):
        return found
    if isinstance(found, EnergyRoutesError):
        raise found
    raise SolverError(f"{solver} broke down: {type(found).__name__}: {str(found)[:MOST_WORDS]}") from found


def _end_program(thread: threading.Thread) -> None:
    """End the program that a thread waits for.  PuLP keeps it to itself: only the frames of the thread have it."""
    frame = sys._current_frames().get(thread.ident or 0)
    while frame is not None:
        waiting = frame.f_locals.get("self")
        if isinstance(waiting, subprocess.Popen):
            waiting.kill()
            thread.join(1.0)  # PuLP then closes its files
            return
        frame = frame.f_back
