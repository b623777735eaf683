"""What is read and solved once in a process and serves many tests: packs, and plans, of which everyone has a copy.

A pack is kept for the bytes of its files, a plan for all that it is made of: equal questions have equal plans
(``test_properties.py`` solves twice and compares to the byte).  Nothing outlives the run.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Hashable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from energy_routes.case import Case
from energy_routes.pack import Pack
from energy_routes.plan import Plan
from energy_routes.solving import Yardstick


def reading_once(read: Callable[[Path], Pack]) -> Callable[[Path], Pack]:
    """``read_pack`` that reads folders with equal files once."""
    kept: dict[Hashable, Pack] = {}

    def read_kept(path: Path) -> Pack:
        path = Path(path)
        files = sorted(path.rglob("*"))
        if not path.is_dir() or not all(file.is_file() for file in files):
            return read(path)
        content = (strings(), *((str(file.relative_to(path)), file.read_bytes()) for file in files))
        if content not in kept:
            kept[content] = read(path)
        pack = kept[content]
        tables = {name: frame.copy(deep=False) for name, frame in pack.tables.items()}  # pandas copies when one writes
        return replace(pack, name=path.resolve().name, path=path, tables=tables)

    return read_kept


def solving_once(solve: Callable[..., Plan]) -> Callable[..., Plan]:
    """``solve`` that solves equal cases with equal options once; each plan is of the very case that was asked."""
    kept: dict[Hashable, bytes] = {}

    def solve_kept(case: Case, *options: Hashable, **named: Hashable) -> Plan:
        key = (made_of(case), options, *sorted(named.items()))
        if key not in kept:
            plan = solve(case, *options, **named)
            kept[key] = pickle.dumps(replace(plan, case=None))  # type: ignore[arg-type]
            return plan
        return replace(pickle.loads(kept[key]), case=case)

    return solve_kept


def freeing_once(free: Callable[..., Yardstick]) -> Callable[..., Yardstick]:
    """The solve without caps that caps are set against, once for all caps of a case: a study asks it often, too."""
    kept: dict[Hashable, Yardstick] = {}

    def free_kept(case: Case, *options: Hashable, **named: Hashable) -> Yardstick:
        key = (made_of(replace(case, policy=case.policy.without_caps())), options, *sorted(named.items()))
        if key not in kept:
            kept[key] = free(case, *options, **named)
        return kept[key]

    return free_kept


def made_of(case: Case) -> Hashable:
    """All of a case that its plan is made of; not what it is about, or the model that its answer is held against."""
    facts = tuple(pack.digest for pack in case.network.packs)
    return strings(), case.name, facts, case.edits, case.periods, repr(case.policy), repr(case.past)


def strings() -> str:
    """How pandas keeps texts now (see ``conftest.py``)."""
    return str(pd.get_option("mode.string_storage"))
