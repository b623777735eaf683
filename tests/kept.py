"""What is read and solved once in a process and serves many tests: packs and plans, of which everyone has a copy.

A pack is kept for the bytes of its files, a plan for its case: equal cases have equal plans (``test_properties.py``
solves twice and compares to the byte).
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from energy_routes.case import Case
from energy_routes.pack import Pack
from energy_routes.plan import Plan
from energy_routes.solving import Yardstick


def reading_once(read: Callable[[Path], Pack]) -> Callable[[Path], Pack]:
    """``read_pack`` that reads folders with equal files once."""
    kept: dict[tuple[Any, ...], Pack] = {}

    def read_kept(path: Path) -> Pack:
        path = Path(path)
        files = sorted(path.rglob("*"))
        if not path.is_dir() or not all(file.is_file() for file in files):
            return read(path)
        content = (pd.get_option("mode.string_storage"), *((str(f.relative_to(path)), f.read_bytes()) for f in files))
        if content not in kept:
            kept[content] = read(path)
        pack = kept[content]
        tables = {name: frame.copy(deep=False) for name, frame in pack.tables.items()}  # pandas copies when one writes
        return replace(pack, name=path.resolve().name, path=path, tables=tables)

    return read_kept


class Kept:
    """What was made of a case, found again by cases that are equal to it and equal options."""

    def __init__(self) -> None:
        self.made: dict[tuple[Any, ...], list[tuple[Case, Any]]] = {}

    def of(self, case: Case, options: tuple[Any, ...], make: Callable[[], Any]) -> Any:
        """What is kept, or else is made now."""
        near = self.made.setdefault((case.name, case.periods, repr(case.policy), options), [])
        for known, value in near:
            if known == case:
                return value
        near.append((case, make()))
        return near[-1][1]


def solving_once(solve: Callable[..., Plan]) -> Callable[..., Plan]:
    """``solve`` that solves equal cases with equal options once."""
    kept = Kept()

    def solve_kept(case: Case, *options: Any, **named: Any) -> Plan:
        plan = kept.of(case, (options, *sorted(named.items())), lambda: pickle.dumps(solve(case, *options, **named)))
        return replace(pickle.loads(plan), case=case)  # scenarios do not count when cases are compared

    return solve_kept


def freeing_once(free: Callable[..., Yardstick]) -> Callable[..., Yardstick]:
    """The solve without caps that caps are set against, once for all caps of a case: a study asks it often, too."""
    kept = Kept()

    def free_kept(case: Case, *options: Any, **named: Any) -> Yardstick:
        bare = replace(case, policy=case.policy.without_caps())
        return kept.of(bare, (options, *sorted(named.items())), lambda: free(case, *options, **named))

    return free_kept
