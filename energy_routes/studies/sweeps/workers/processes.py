"""Processes of this machine that solve chunks, each asked by a thread: when one dies, its chunk is known."""

from __future__ import annotations

import gc
import os
import pickle
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from itertools import islice
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection
from queue import SimpleQueue
from traceback import format_exc
from typing import Any, NoReturn

from energy_routes.errors import SolverError, UsageError
from energy_routes.studies.sweeps.workers.workers import Chunk, Result, Shared, lost

DEATHS = 3  # of workers with the same chunk, before it is given up
SPAWN = get_context("spawn")  # a fork would copy the threads of the solver in the middle of what they do
NEEDED = "energy_routes.studies.sweeps.solving"  # what a worker imports while it has no work yet
Work = tuple[Callable[[Any, Chunk], Any], Any]


@dataclass
class Processes:
    """``jobs`` processes of this machine.  Raises UsageError where there is not at least one.

    In a ``with`` block they begin at once, and import what they need while their work is prepared here.
    """

    jobs: int
    _crew: _Crew | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.jobs < 1:
            raise UsageError(f"jobs = {self.jobs}; expected 1 or more processes")

    def __enter__(self) -> Processes:
        self._crew = _Crew(self.jobs)
        return self

    def __exit__(self, *_: object) -> None:
        if self._crew is not None:
            self._crew.end()

    def run(
        self, work: Callable[[Shared, Chunk], Result], shared: Shared, chunks: Sequence[Chunk]
    ) -> Generator[tuple[int, Result], None, None]:
        """As :meth:`Workers.run`.  Raises SolverError where ``DEATHS`` processes have died with the same chunk."""
        if not chunks:
            return
        left, parcel = iter(chunks), pickle.dumps((work, shared))
        crew, self._crew = self._crew or _Crew(min(self.jobs, len(chunks))), None
        pending: dict[Future[Result], Chunk] = {}
        try:
            while True:
                pending |= {crew.threads.submit(crew.solve, parcel, chunk): chunk
                            for chunk in islice(left, 2 * self.jobs - len(pending))}
                if not pending:
                    break
                for future in wait(pending, return_when=FIRST_COMPLETED).done:
                    yield pending.pop(future).number, future.result()
        finally:
            crew.end()


class _Crew:
    """Processes that begin at once, and as many ``threads`` that ask them."""

    def __init__(self, jobs: int) -> None:
        self._held, self._leash = SPAWN.Pipe(duplex=False)
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        for _ in range(jobs):
            self._idle.put(_Worker(self._held))
        self._ended = False
        self.threads = ThreadPoolExecutor(jobs, "sweep")

    def solve(self, parcel: bytes, chunk: Chunk) -> Any:
        """What the work gives for a chunk, from a process or from those that follow it.

        ``parcel`` is the pickled work and what it shares.
        """
        for _ in range(DEATHS):
            worker = self._idle.get()
            try:
                done, told = worker.solve(parcel, chunk)
            except (EOFError, OSError):
                worker.end()
                if self._ended:
                    break
                worker = _Worker(self._held)
                continue
            finally:
                self._idle.put(worker)
            if done:
                return told
            raise told
        raise SolverError(lost(chunk, DEATHS))

    def end(self) -> None:
        """End every process at once, in the middle of a chunk, too, and then the threads that wait for them."""
        self._ended = True
        self._leash.close()
        self.threads.shutdown(cancel_futures=True)
        while not self._idle.empty():
            self._idle.get().end()
        self._held.close()


class _Worker:
    """A process that solves chunks until nobody holds the other end of the pipe ``held``."""

    def __init__(self, held: Connection) -> None:
        self._line, line = SPAWN.Pipe()
        self._process = SPAWN.Process(target=_serve, args=(line, held), daemon=True)
        with _deaf():
            self._process.start()
        line.close()
        self._told = False

    def solve(self, parcel: bytes, chunk: Chunk) -> tuple[bool, Any]:
        """Whether a chunk was solved, and what that gave, or the error.  Raises EOFError or OSError if it dies."""
        if not self._told:
            self._line.send_bytes(parcel)
            self._told = True
        self._line.send(chunk)
        told: tuple[bool, Any] = self._line.recv()
        return told

    def end(self) -> None:
        """Clear up after a process that has ended, or is about to."""
        self._line.close()
        self._process.join()


@contextmanager
def _deaf() -> Iterator[None]:
    """Let no Ctrl-C come to what is begun here: a terminal sends it to every process of a command."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # it is begun before the first process, and would open our ears again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(line: Connection, held: Connection) -> None:
    """Solve chunks that come on a line, after the pickled work; end with the process that began this one."""
    gc.set_threshold(500_000, 20, 100)  # as for a command: what is imported stays until the end
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(held,), daemon=True).start()
    import_module(NEEDED)
    with suppress(EOFError, OSError):  # nobody is on the other end
        parcel = line.recv_bytes()
        while True:
            line.send(_solved(parcel, line.recv()))


def _solved(parcel: bytes, chunk: Chunk) -> tuple[bool, Any]:
    """Whether a chunk was solved, and what that gave, or the error."""
    try:
        work, shared = _unpacked(parcel)
        return True, work(shared, chunk)
    except Exception as error:
        error.add_note(f"In a process of its own: {format_exc()}")
        return False, error


@cache
def _unpacked(parcel: bytes) -> Work:
    """The work and what it shares, made once in a process."""
    work: Work = pickle.loads(parcel)
    return work


def _end_with(held: Connection) -> NoReturn:
    """Wait until nobody holds the other end of a pipe, which nothing is ever sent through."""
    with suppress(OSError):  # how Windows says so
        held.poll(None)
    os._exit(0)
