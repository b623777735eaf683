"""Processes of this machine that solve chunks, by ``concurrent.futures``.

Each worker is a pool of one process: when it dies, the chunk that it had is known, and the others go on.
"""

from __future__ import annotations

import os
import pickle
import signal
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, NoReturn

from energy_routes.errors import SolverError, UsageError
from energy_routes.studies.sweeps.workers.workers import Chunk, Result, Shared, lost

DEATHS = 3  # of workers with the same chunk, before it is given up
SPAWN = get_context("spawn")  # a fork would copy the threads of the solver in the middle of what they do
Work = tuple[Callable[[Any, Chunk], Any], Any]


@dataclass(frozen=True)
class Processes:
    """``jobs`` processes of this machine.  Raises UsageError where there is not at least one."""

    jobs: int

    def __post_init__(self) -> None:
        if self.jobs < 1:
            raise UsageError(f"--jobs is {self.jobs}; expected 1 or more processes")

    def run(
        self, work: Callable[[Shared, Chunk], Result], shared: Shared, chunks: Sequence[Chunk]
    ) -> Generator[tuple[int, Result], None, None]:
        """As :meth:`Workers.run`.  Raises SolverError where ``DEATHS`` processes have died with the same chunk."""
        crew = _Crew(pickle.dumps((work, shared)))
        threads = ThreadPoolExecutor(self.jobs, "sweep", initializer=crew.enter)  # each has a process of its own
        left = iter(chunks)
        pending: dict[Future[Result], Chunk] = {}
        try:
            while True:
                pending |= {threads.submit(crew.solve, chunk): chunk
                            for chunk in islice(left, 2 * self.jobs - len(pending))}
                if not pending:
                    break
                for future in wait(pending, return_when=FIRST_COMPLETED).done:
                    yield pending.pop(future).number, future.result()
        finally:
            crew.end(threads)


@dataclass(eq=False)
class _Crew:
    """The processes of a run, one for each thread that asks; ``parcel`` is the pickled work and what it shares."""

    parcel: bytes
    _pools: dict[int, ProcessPoolExecutor] = field(default_factory=dict)  # by thread
    _ended: bool = False

    def __post_init__(self) -> None:
        self._held, self._leash = SPAWN.Pipe(duplex=False)

    def enter(self) -> None:
        """Begin a thread: its process is born deaf to Ctrl-C, which a terminal sends to every process of a command."""
        if hasattr(signal, "pthread_sigmask"):
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        self._hire()

    def solve(self, chunk: Chunk) -> Any:
        """What the work gives for a chunk, from the process of this thread or from those that follow it."""
        for _ in range(DEATHS):
            try:
                return self._pools[threading.get_ident()].submit(_solve, chunk).result()
            except BrokenProcessPool:
                if self._ended:
                    break
                self._hire()
        raise SolverError(lost(chunk, DEATHS))

    def end(self, threads: ThreadPoolExecutor) -> None:
        """End every process at once, in the middle of a chunk, too, and then the threads that wait for them."""
        self._ended = True
        self._leash.close()
        threads.shutdown(cancel_futures=True)
        for pool in self._pools.values():
            pool.shutdown()
        self._held.close()

    def _hire(self) -> None:
        pool = ProcessPoolExecutor(1, SPAWN, initializer=_begin, initargs=(self._held, self.parcel))
        self._pools[threading.get_ident()] = pool


_parcel = b""  # of the process that was begun with it


def _begin(held: Connection, parcel: bytes) -> None:
    """Begin a worker: it keeps its parcel, and ends with the process that began it, however that ends."""
    global _parcel
    _parcel = parcel
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(held,), daemon=True).start()


def _end_with(held: Connection) -> NoReturn:
    """Wait until nobody holds the other end of a pipe, which nothing is ever sent through."""
    with suppress(OSError):  # how Windows says so
        held.poll(None)
    os._exit(0)


@cache
def _unpacked() -> Work:
    """The work and what it shares, made once in a process."""
    work: Work = pickle.loads(_parcel)
    return work


def _solve(chunk: Chunk) -> Any:
    work, shared = _unpacked()
    return work(shared, chunk)
