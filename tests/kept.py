"""What is solved once in a process and serves many tests: plans, of which everyone has a copy.

A plan is kept for all that it is made of: equal questions have equal plans (``test_properties.py`` solves twice and
compares to the byte).  Nothing outlives the run.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from energy_routes.case import Case
from energy_routes.plan import Plan
from energy_routes.solving import Yardstick

LARGE = 1000  # arcs × periods of a case that is kept at once


def solving_once(solve: Callable[..., Plan]) -> Callable[..., Plan]:
    """``solve`` that keeps the plans of equal cases with equal options; each plan is of the very case that was asked.

    To keep a plan all of its tables are made, which takes longer than to solve a toy.  So a small case is kept when it
    is asked for a second time: two of three toys never are.
    """
    kept: dict[Hashable, bytes] = {}
    asked: set[Hashable] = set()

    def solve_kept(case: Case, *options: Hashable, **named: Hashable) -> Plan:
        key = (made_of(case), options, *sorted(named.items()))
        if key in kept:
            return replace(pickle.loads(kept[key]), case=case)
        plan = solve(case, *options, **named)
        if key in asked or len(case.network.tables["arcs"]) * len(case.periods) > LARGE:
            kept[key] = pickle.dumps(replace(plan, case=None))  # type: ignore[arg-type]
        asked.add(key)
        return plan

    return solve_kept


def freeing_once(free: Callable[..., Yardstick]) -> Callable[..., Yardstick]:
    """The solve without caps that caps are set against, once for all caps of a case: a study asks it often, too."""
    kept: dict[Hashable, Yardstick] = {}

    def free_kept(case: Case, *options: Any, **named: Hashable) -> Yardstick:
        given = tuple(tuple(own.items()) if isinstance(own, Mapping) else own for own in options)
        key = (made_of(replace(case, policy=case.policy.without_caps())), given, *sorted(named.items()))
        if key not in kept:
            kept[key] = free(case, *options, **named)
        return kept[key]

    return free_kept


def reading_once(read: Callable[[Path], Any]) -> Callable[[Path], Any]:
    """A reader of a file that reads equal bytes once: a test of ``verify`` changes another file of the same result."""
    kept: dict[bytes, Any] = {}

    def read_kept(file: Path) -> Any:
        content = hashlib.sha256(file.read_bytes()).digest()
        if content not in kept:
            kept[content] = read(file)
        return kept[content]

    return read_kept


def made_of(case: Case) -> Hashable:
    """All of a case that its plan is made of; not what it is about, or the model that its answer is held against."""
    facts = tuple(pack.digest for pack in case.network.packs)
    return strings(), case.name, facts, case.edits, case.periods, repr(case.policy), repr(case.past)


def strings() -> str:
    """How pandas keeps texts now (see ``conftest.py``)."""
    return str(pd.get_option("mode.string_storage"))
