"""Every bundled model: the same optimum from HiGHS, from CBC through PuLP, and from scipy; and a plan that adds up."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import linprog
from sourcing import opens

from energy_routes.case import loading
from energy_routes.case.case import Case
from energy_routes.linear.highs.session import Session
from energy_routes.linear.programme import Program
from energy_routes.linear.pulp.bridge import solve_with
from energy_routes.pack import bundled as library
from energy_routes.solving.loop import program_of

SAME = 1e-7  # relative
MODELS = library.model_names()


@cache
def case_of(name: str) -> Case:
    return loading.load(name)


@cache
def program(name: str) -> Program:
    return program_of(case_of(name))


@cache
def optimum(name: str) -> float:
    return Session(program(name)).solve().objective


def test_there_are_models() -> None:
    assert {"oil-2024", "oil-2024-monthly"} <= set(MODELS)


# One of each kind: oil and gas, a year and months, builds (whole numbers), losses guarded against, futures.
OF_EACH_KIND = {
    "oil-2024", "gas-2024", "oil-2024-monthly", "second-line-to-china", "oil-2024-secure", "oil-2026-bookings",
}  # fmt: skip
# Futures make a programme of 4,000 rows on which CBC takes its time; scipy checks it every time.
SMALL = {"oil-2024", "gas-2024", "second-line-to-china"}


def some(among: set[str]) -> list[object]:
    """Every model, those that are not among some run by -m exhaustive."""
    assert among <= set(MODELS)
    return [name if name in among else pytest.param(name, marks=pytest.mark.exhaustive) for name in MODELS]


@pytest.mark.parametrize("name", some(SMALL))
def test_cbc_finds_the_same_optimum(name: str) -> None:
    assert solve_with(program(name), "cbc").objective == pytest.approx(optimum(name), rel=SAME)


@pytest.mark.parametrize("name", some(OF_EACH_KIND))
def test_scipy_finds_the_same_optimum(name: str) -> None:
    """The same arrays in scipy's form (equalities, inequalities, bounds), by its dual simplex, or with whole builds."""
    p = program(name)
    whole = {"integrality": p.integer.astype(int), "method": "highs", "options": {"mip_rel_gap": 0.0}}
    equal = p.row_lower == p.row_upper
    up, low = np.isfinite(p.row_upper) & ~equal, np.isfinite(p.row_lower) & ~equal
    sign = -1.0 if p.sense == "max" else 1.0
    rows = p.matrix.tocsr()
    found = linprog(
        sign * p.cost,
        A_ub=sparse.vstack([rows[up], -rows[low]]), b_ub=np.concatenate([p.row_upper[up], -p.row_lower[low]]),
        A_eq=rows[equal], b_eq=p.row_upper[equal],
        bounds=np.column_stack([p.col_lower, p.col_upper]),
        **(whole if p.integer.any() else {"method": "highs-ds"}),
    )  # fmt: skip
    assert found.status == 0
    assert sign * found.fun + p.offset == pytest.approx(optimum(name), rel=SAME)


@pytest.mark.parametrize("name", MODELS)
def test_a_model_says_what_it_asks_and_why(name: str) -> None:
    case = case_of(name)
    assert case.title
    assert case.question.endswith("?")
    assert case.subject
    assert case.sources
    assert all(opens(source) for source in case.sources)
    laid_over = [edit for scenario in case.scenarios.values() for edit in scenario.edit]
    assert all(edit.reason for edit in (*case.edits, *laid_over))
    assert all(opens(edit.source) or not edit.source for edit in (*case.edits, *laid_over))


@pytest.mark.parametrize("name", MODELS)
def test_every_scenario_can_be_laid_over_its_model(name: str) -> None:
    """Targets, units and periods of its edits are right; :mod:`test_questions` solves the ones that answer."""
    for scenario in case_of(name).scenarios:
        assert case_of(name).scenario(scenario).name == f"{name}+{scenario}"
