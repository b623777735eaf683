"""Work for the workers of a sweep, in a module that their processes can import."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

import energy_routes as er
from energy_routes.errors import InfeasibleError
from energy_routes.studies.sweeps.workers.workers import Chunk

MADE = 0  # compiled cases, in this process


@dataclass
class Asked:
    """A case, and a folder where workers leave their marks."""

    case: er.Case
    marks: Path

    @cached_property
    def compiled(self) -> er.Compiled:
        global MADE
        MADE += 1
        return er.compile(self.case)

    def __reduce__(self) -> tuple[type[Asked], tuple[er.Case, Path]]:
        return Asked, (self.case, self.marks)


def netbacks(asked: Asked, chunk: Chunk) -> pd.DataFrame:
    """The netback at the tariff of each draw."""
    table = pd.DataFrame({"arc:SHORT.tariff": [20.0 + draw for draw in range(chunk.start, chunk.stop)]})
    return asked.compiled.solve_many(table, ["netback", "volume.corridor:SHORT"])


def made(asked: Asked, chunk: Chunk) -> tuple[int, int, pd.DataFrame]:
    """The process, how many cases it has compiled so far, and the netbacks."""
    table = netbacks(asked, chunk)
    return os.getpid(), MADE, table


def shared(asked: Asked, chunk: Chunk) -> tuple[int, int, pd.DataFrame]:
    """As :func:`made`, as soon as another process has a chunk, too; after a minute alone."""
    _marked(asked.marks / f"{os.getpid()}.part")
    for _ in range(1200):
        if len(list(asked.marks.glob("*.part"))) > 1:
            break
        time.sleep(0.05)
    return made(asked, chunk)


def waits(asked: Asked, chunk: Chunk) -> int:
    """The number of the chunk; whoever is first to have chunk 2 leaves its process id and waits to be killed."""
    mark = asked.marks / f"{chunk.number}"
    if chunk.number == 2 and not mark.exists():
        _marked(mark)
        time.sleep(600)
    return chunk.number


def dies(asked: Asked, chunk: Chunk) -> int:
    """The number of the chunk, but nobody survives chunk 1."""
    if chunk.number == 1:
        with (asked.marks / "deaths").open("a") as file:
            file.write("x")
        os._exit(9)
    return chunk.number


def refuses(asked: Asked, chunk: Chunk) -> int:
    """An error of the work itself, on chunk 1."""
    if chunk.number == 1:
        with (asked.marks / "tries").open("a") as file:
            file.write("x")
        raise InfeasibleError("no plan", [{"limit": "arc:SHORT"}])
    return chunk.number


def lasts(asked: Asked, chunk: Chunk) -> int:
    """The number of chunk 0; all others last, and leave the id of their process."""
    if chunk.number:
        _marked(asked.marks / f"{chunk.number}.pid")
        time.sleep(600)
    return chunk.number


def _marked(mark: Path) -> None:
    """Leave the id of this process in a file, which nobody finds before it is whole."""
    unfinished = mark.with_suffix(".new")
    unfinished.write_text(str(os.getpid()), "utf-8")
    unfinished.rename(mark)
