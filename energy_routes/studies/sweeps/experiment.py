"""What a sweep solves: levels that figures are set to, each with every draw; what is asked of each plan."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from energy_routes.case import Case, groups_of
from energy_routes.errors import InfeasibleError, UsageError
from energy_routes.linear import Vector
from energy_routes.pack import check_list, data_path, installed, read_cells
from energy_routes.results import case_record, exact
from energy_routes.solving import Changes, Compiled, Measures, changes_of
from energy_routes.studies.draws.draws import Sampler
from energy_routes.studies.sweeps.workers.workers import Chunk

SCHEMA = 1
DEFAULT = "default"  # stands for what is asked of every plan unless told
KINDS = ("corridor", "market", "transit")  # groups whose volumes and shares are asked by default
MANY, FEW = 100, 10  # rows of a chunk: a second or two of work, with builds or security more
PACKAGES = ("energy-routes", "highspy", "numpy", "pandas", "pyarrow", "scipy")  # what the digits may depend on


class Row(NamedTuple):
    """A draw of a level, both counted from 0: its case, and the standard normal numbers of its inputs."""

    row: int
    level: int
    draw: int
    case: Case
    inputs: Vector | tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Experiment:
    """The rows of a sweep: row ``level * draws + draw``, a draw of a level each.

    ``draws`` of 0: the levels alone, their figures as stated.
    """

    case: Case
    draws: int
    seed: int
    design: str
    levels: tuple[Changes, ...]
    ask: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.draws < 0:
            raise UsageError(f"draws = {self.draws}: a whole number from 0 is expected")

    def __getstate__(self) -> dict[str, Any]:
        return {name: vars(self)[name] for name in self.__dataclass_fields__}

    def __len__(self) -> int:
        return len(self.levels) * max(self.draws, 1)

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """The case of each level.  Raises the errors of :meth:`Case.set`."""
        return tuple(self.case.set_all(level) for level in self.levels)

    @cached_property
    def sampler(self) -> Sampler:
        """Who draws the figures; what some level sets is drawn at none."""
        every = self.case.set_all({path: value for level in self.levels for path, value in level.items()})
        return Sampler(every, self.seed, design=self.design, draws=self.draws or None)

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """What the levels set, in the order in which it is first set."""
        return tuple(dict.fromkeys(path for level in self.levels for path in level))

    @cached_property
    def compiled(self) -> Compiled:
        """The case of the first level that can be laid out: its structure is that of all that differ in figures alone.

        Raises InfeasibleError where every level contradicts itself, or exports are held and without the caps there is
        no plan.
        """
        for case in self.cases[:-1]:
            with suppress(InfeasibleError):
                return Compiled(case)
        return Compiled(self.cases[-1])

    @cached_property
    def measures(self) -> Measures:
        """What is asked of each plan.  Raises UsageError where something is asked that the case does not have."""
        return Measures(self.compiled, self.answers)

    @cached_property
    def answers(self) -> tuple[str, ...]:
        """The names of what is asked."""
        default = ask_by_default(self.case)
        return tuple(dict.fromkeys(own for name in self.ask for own in (default if name == DEFAULT else (name,))))

    @cached_property
    def written(self) -> tuple[tuple[str | None, ...], ...]:
        """What each level sets of the ``paths``, as written; None where it leaves the figure as it is."""
        return tuple(tuple(None if path not in level else str(level[path]) for path in self.paths)
                     for level in self.levels)

    def rows(self, start: int, stop: int) -> Iterator[Row]:
        """Rows ``start`` to ``stop`` (without it)."""
        of_level = max(self.draws, 1)
        while start < stop:
            level, draw = divmod(start, of_level)
            end = min(stop, start + of_level - draw)
            case = self.cases[level]
            if self.draws:
                for drawn in self.sampler.draws(draw, draw + end - start):
                    yield Row(level * of_level + drawn.index, level, drawn.index, drawn.of(case), drawn.inputs)
            else:
                yield Row(start, level, 0, case, ())
            start = end

    @cached_property
    def chunks(self) -> tuple[Chunk, ...]:
        """All rows, cut into chunks."""
        size = MANY if self.case.policy.plain else FEW
        starts = range(0, len(self), size)
        return tuple(Chunk(number, at, min(at + size, len(self))) for number, at in enumerate(starts))

    @cached_property
    def record(self) -> Mapping[str, Any]:
        """All that the digits of the dataset depend on, as plain values: what a sweep that goes on must have again."""
        network = self.case.network
        packs = {f"pack {pack.name}": pack.digest for pack in network.packs}
        spreads = {name: hashlib.sha256((data_path("draws") / name).read_bytes()).hexdigest()
                   for name in ("spreads.csv", "together.csv")}  # fmt: skip
        told = json.dumps(case_record(self.case, list(packs)), sort_keys=True, default=str)
        return {
            "schema_version": SCHEMA, "model": self.case.name, "rows": len(self), "draws": self.draws,
            "seed": self.seed, "design": self.design, "levels": exact(list(map(dict, self.levels))),
            "ask": list(self.answers), "chunk": self.chunks[0].stop,
            "sha256": {"case": hashlib.sha256(told.encode()).hexdigest(), **packs, **spreads},
            "versions": {name: installed(name) for name in PACKAGES},
        }  # fmt: skip


def levels_of(
    over: Mapping[str, Sequence[float | str | bool]] | None,
    levels: str | Path | pd.DataFrame | Iterable[Changes] | None,
) -> tuple[Changes, ...]:
    """The changes of each level; none where neither a grid nor a list is given.

    Raises UsageError where both are, a grid has no path, a path no value or one twice, or what is given is no table or
    has no row; DataError where a file cannot be read.
    """
    if over and levels is not None:
        raise UsageError("a grid and a list of levels are given; expected one of the two")
    if levels is not None:
        table = read_cells(Path(levels), "table of levels") if isinstance(levels, str | Path) else levels
        if not (rows := tuple(changes_of(table))):
            raise UsageError("the table of levels has no row; expected one for each level")
        return rows
    if over is None:
        return ()
    check_list("over", over)
    for path, values in over.items():
        if isinstance(values, str) or not len(values):
            raise UsageError(f"{path} has the values {values!r}; expected a list of some, such as [20, 40, 60]")
        check_list(path, values)
    return tuple(dict(zip(over, values, strict=True)) for values in product(*over.values()))


def ask_by_default(case: Case) -> tuple[str, ...]:
    """Netback, exports, and volume and share of each corridor, export market and transit country."""
    markets = case.network.tables["markets"]
    home = {("market", name) for name, abroad in zip(markets["id"], markets["export"], strict=True) if not abroad}
    asked = ["netback", *(f"exports.{family}" for family in case.families)]
    for family in case.families:
        before = f"{family}/" if len(case.families) > 1 else ""
        groups = [(kind, group) for kind, group in groups_of(case.network.packs, family)
                  if kind in KINDS and (kind, group) not in home]
        asked += [f"{what}.{before}{kind}:{group}" for kind, group in groups for what in ("volume", "share")]
    return tuple(dict.fromkeys(asked))
