"""What holds for every network: random small ones, the same on every run."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, example, given, settings, strategies as st
from small_networks import Spec, Way, case_of, specs
from toy import best

from energy_routes.case.case import Case
from energy_routes.formulation.space.space import build_space
from energy_routes.linear.highs.session import Session
from energy_routes.linear.programme import Program
from energy_routes.linear.solution import Status
from energy_routes.plan.limits import limit_table
from energy_routes.plan.plan import Plan
from energy_routes.solving.loop import program_of, solve

QUICK = (Phase.explicit, Phase.generate)  # a solve takes too long to look for the smallest failure

# Two ways alike in all but name: many optimal plans, many optimal duals.
TWIN = Way(capacity=5, tariff=30, kept=1.0, changes=False, price=500, depth=3, length=1000)
TIED = Spec(supplies=(6, 6), ways=(TWIN, TWIN), home=2, joint=9, pay=0, share=None, tank=None, count=1)
STORED = Spec(supplies=(7, 4), ways=(replace(TWIN, kept=0.9, changes=True), TWIN), home=2, joint=14, pay=6, share=None,
              tank="cyclic", count=3)  # fmt: skip

pytestmark = pytest.mark.slow


def made(spec: Spec, **options: object) -> Case:
    with tempfile.TemporaryDirectory() as folder:
        return case_of(Path(folder), spec, **options)  # type: ignore[arg-type]


def same(one: Plan, two: Plan) -> None:
    for name, table in one.tables().items():
        pd.testing.assert_frame_equal(table, two.tables()[name], check_exact=True, obj=name)


@settings(phases=QUICK, max_examples=3)
@example(spec=TIED)
@example(spec=STORED)
@example(spec=replace(STORED, tank="value"))
@example(spec=replace(STORED, tank="free"))
@given(spec=specs)
def test_what_every_plan_promises(spec: Spec) -> None:
    case = made(spec)
    plan = solve(case)
    ledger_sums_to_the_objective(plan)
    mass_is_conserved(plan)
    sheets_sum_to_the_cash_netback(plan)
    prices_only_where_a_limit_binds(plan)
    shares_are_of_the_corridors(plan)


def ledger_sums_to_the_objective(plan: Plan) -> None:
    assert plan.ledger["value"].sum() == pytest.approx(plan.objective.value, rel=1e-12)
    cash = plan.ledger.loc[plan.ledger["kind"] == "cash", "value"].sum()
    assert cash == pytest.approx(plan.netback, rel=1e-12)
    # And from the tables alone, in the words of the table columns.
    sales = (plan.deliveries["price"] * plan.deliveries["volume"]).sum()
    term = plan.ledger.set_index("term")["value"]
    assert sales == pytest.approx(term["sales"], rel=1e-9)
    assert plan.flows["cost"].sum() == pytest.approx(-term[["tariffs", "loading", "freight"]].sum(), rel=1e-9)


def mass_is_conserved(plan: Plan) -> None:
    """Σ in = Σ out at every node, commodity and period, from the tidy tables and the markets' nodes alone."""
    nodes = plan.case.network.tables["markets"].set_index("id")["node"]
    key = ["node", "commodity", "period"]
    sold = plan.deliveries.assign(node=plan.deliveries["market"].map(nodes))
    heads = plan.flows.assign(node=plan.flows["to"], commodity=plan.flows["to_commodity"])
    tails = plan.flows.assign(node=plan.flows["from"])
    parts = [
        (heads, "outlet", 1.0), (plan.supplies, "lifted", 1.0), (plan.stocks, "withdrawn", 1.0),
        (tails, "volume", -1.0), (sold, "volume", -1.0), (plan.obligations, "volume", -1.0),
        (plan.stocks, "injected", -1.0),
    ]  # fmt: skip
    moved = pd.concat([part[key].assign(v=sign * part[name].astype(float)) for part, name, sign in parts if len(part)])
    assert moved.groupby(key)["v"].sum().abs().max() < 1e-8
    if len(plan.stocks):
        change = plan.stocks["closing"] - plan.stocks["opening"] - plan.stocks["injected"] + plan.stocks["withdrawn"]
        assert change.abs().max() < 1e-9


def sheets_sum_to_the_cash_netback(plan: Plan) -> None:
    """Routes carry everything but what is on no route: deficiency payments and the worth of stock left."""
    term = plan.ledger.set_index("term")["value"]
    on_routes = float((plan.routes["netback"] * plan.routes["volume"]).sum())
    assert on_routes == pytest.approx(plan.netback - term["deficiency"] - term["closing_value"], rel=1e-9, abs=1e-9)
    ends = plan.stocks.groupby(["storage", "commodity"]).agg(opening=("opening", "first"), closing=("closing", "last"))
    drawn = (ends["opening"] - ends["closing"]).clip(lower=0).sum()
    assert plan.routes["volume"].sum() == pytest.approx(plan.supplies["lifted"].sum() + drawn, rel=1e-9)
    assert (plan.routes["volume"] >= -1e-9).all()


def prices_only_where_a_limit_binds(plan: Plan) -> None:
    """Complementary slackness: a limit with room left is worth nothing."""
    slack = (plan.prices.table["volume"] - plan.prices.table["bound"]).abs()
    assert (plan.prices.table.loc[(slack > 1e-6) | plan.prices.table["bound"].isna(), "price"] == 0).all()
    for name in ("primal_residual", "dual_residual", "complementarity", "gap"):
        assert plan.certificate[name] <= 1e-9, name


def shares_are_of_the_corridors(plan: Plan) -> None:
    total = plan.groups[plan.groups["period"] == "total"]
    corridors = total[total["kind"] == "corridor"]
    moved = corridors["volume"].sum()
    if moved > 0:
        assert corridors["share"].sum() == pytest.approx(1)
        transit = total[total["kind"] == "transit"].iloc[0]
        assert transit["share"] == pytest.approx(transit["volume"] / moved)


@settings(phases=QUICK, max_examples=3)
@example(spec=TIED, seed=5)
@given(spec=specs, seed=st.integers(0, 99))
def test_shuffled_rows_change_nothing(spec: Spec, seed: int) -> None:
    one, two = solve(made(spec)), solve(made(spec, shuffle=seed))
    assert one.objective.value == pytest.approx(two.objective.value, rel=1e-12)
    for name, table in one.tables().items():
        texts = [c for c in table if table[c].dtype == object or str(table[c].dtype) in ("str", "string")]
        ordered = [t.sort_values([*texts], ignore_index=True) for t in (table, two.tables()[name])]
        pd.testing.assert_frame_equal(*ordered, rtol=1e-9, atol=1e-9, obj=name)


@settings(phases=QUICK, max_examples=3)
@given(spec=specs)
def test_renamed_ids_change_names_only(spec: Spec) -> None:
    """Reversing every id reverses all orders of labels, too."""
    one = solve(made(replace(spec, tank=None, count=1)))
    two = solve(made(replace(spec, tank=None, count=1), rename=lambda name: f"z{name[::-1]}"))
    assert two.objective.value == pytest.approx(one.objective.value, rel=1e-12)
    # By arc: two grades that pay alike may change places, and then labels decide.
    flows = one.flows.assign(arc="z" + one.flows["arc"].str[::-1])
    ordered = [p.groupby(["arc", "period"])["volume"].sum() for p in (flows, two.flows)]
    pd.testing.assert_series_equal(*ordered, rtol=1e-9, atol=1e-9)
    prices = one.prices.table.assign(limit="z" + one.prices.table["limit"].str[::-1])
    supply = (prices["kind"] == "supply") | prices["kind"].isin(["capacity", "joint", "market", "obligation"])
    compared = [
        p.sort_values(["kind", "limit", "name", "price"])[["kind", "limit", "price"]].reset_index(drop=True)
        for p in (prices[supply], two.prices.table[two.prices.table["kind"].isin(set(prices.loc[supply, "kind"]))])
    ]
    pd.testing.assert_frame_equal(*compared, rtol=1e-7, atol=1e-6)


@settings(phases=QUICK, max_examples=3)
@given(spec=specs, way=st.integers(0, 1), left=st.sampled_from([0.0, 0.4, 0.9]))
def test_tightening_never_gains(spec: Spec, way: int, left: float) -> None:
    # A commitment that an outage shrinks (force majeure) would be a relief: none here.
    case = made(replace(spec, pay=0))
    whole = best(case).value
    arc = f"arc:W{way}"
    assert best(case.scale(arc, "capacity", left)).value <= whole + 1e-7
    assert best(case.scale(arc, "capacity", 1 + left)).value >= whole - 1e-7
    assert best(case.scale(arc, "tariff", 1 + left)).value <= whole + 1e-7
    assert best(case.with_policy(exports="free", max_share={"corridor:C1": left})).value <= whole + 1e-7


@settings(phases=QUICK, max_examples=3)
@given(spec=specs, factor=st.sampled_from([0.5, 1.5]))
def test_a_warm_session_equals_a_cold_one(spec: Spec, factor: float) -> None:
    case = made(spec)
    other = program_of(case.scale("arc:W0", "capacity", factor).scale("arc:W1", "tariff", 2 - factor))
    warm = Session(program_of(case))
    assert warm.solve().status is Status.optimal
    assert warm.update(other) is None  # only numbers differ: done in place
    assert warm.solve().objective == pytest.approx(Session(other).solve().objective, rel=1e-11)


@settings(phases=QUICK, max_examples=3)
@example(spec=TIED)
@example(spec=STORED)
@given(spec=specs)
def test_every_price_is_the_slope_just_above_its_limit(spec: Spec) -> None:
    """(V(b + h) − V(b)) / h for every limit of the plan, by moving its bounds in the bare programme.

    Each alone, up and, of an equality, down; and each in all of its periods together.
    """
    case = made(spec)
    plan, space, program = solve(case), build_space(case), program_of(case)
    table = limit_table(space, program)  # no equality of two rows here: a row each
    assert len(table) == len(plan.prices.table)
    priced = plan.prices.table.assign(**{c: table[c].to_numpy() for c in ("block", "at", "sign")})
    years = {period.label: period.years for period in case.periods}
    value = Session(program).solve().objective

    def agree(price: float, limits: list[tuple[object, float]], what: object) -> None:
        moved = program
        for limit, step in limits:
            moved = bumped(moved, limit, 1e-4 * step)
        found = Session(moved).solve()
        assert (found.status is Status.optimal) == (price == price), what
        if found.status is Status.optimal:
            slope = (found.objective - value) / 1e-4
            assert price == pytest.approx(slope, rel=1e-5, abs=1e-4), what

    for _, periods in priced[priced["unit"] != "MUSD per pp"].groupby(["kind", "limit", "name", "side"]):
        rows: list[Any] = list(periods.itertuples())
        for limit in rows:
            for way, price in ((1.0, limit.price), (-1.0, limit.price_down)):
                if way > 0 or limit.side == "equal":
                    agree(float(price), [(limit, way)], (limit.kind, limit.limit, limit.period, way))
        level = rows[0].block in ("working_volume", "closing_stock")
        weights = [1.0 if level else years[str(limit.period)] for limit in rows]
        whole = rows[0].price_all * (1.0 if level else _lengths(priced, rows[0], years))
        agree(float(whole), list(zip(rows, weights, strict=True)), (rows[0].kind, rows[0].limit, "all"))


def _lengths(priced: pd.DataFrame, limit: Any, years: dict[str, float]) -> float:
    """Length of the periods that a limit has rows in, on whichever side."""
    own = priced[(priced["limit"] == limit.limit) & (priced["name"] == limit.name) & (priced["kind"] == limit.kind)]
    return sum(years[str(period)] for period in own["period"].unique())


def bumped(program: Program, limit: Any, step: float) -> Program:
    """The programme with the bound of one limit (both, for an equality) moved up."""
    block, step = limit.block, step * limit.sign
    upper = limit.side == "equal" or (limit.side == "upper") == (limit.sign > 0)
    lower = limit.side == "equal" or not upper
    parts: Any = program.columns if block == "lifted" else program.rows
    start = program.shape[0] + next(part.start for part in program.columns if part.name == block) if (
        block == "lifted") else program.row_slice(block).start
    out = []
    for part in parts:
        hit = (np.arange(len(part.lower)) == limit.at - start) & (part.name == block)
        out.append(replace(part, lower=np.where(hit & lower, part.lower + step, part.lower),
                           upper=np.where(hit & upper, part.upper + step, part.upper)))
    kept: Any = {"columns" if block == "lifted" else "rows": tuple(out)}
    return replace(program, **kept)


@settings(phases=QUICK, max_examples=1)
@example(spec=TIED)
@given(spec=specs)
def test_one_plan_whatever_the_solver_does(spec: Spec) -> None:
    """Equal tables across seeds, presolve, simplex and interior point; equal to the byte on a repeat."""
    case = made(spec)
    plan = solve(case)
    same(plan, solve(case))
    for options in ({"seed": 7}, {"presolve": False}, {"method": "ipm"}, {"method": "simplex", "seed": 3}):
        other = solve(case, **options)  # type: ignore[arg-type]
        for name, table in plan.tables().items():
            pd.testing.assert_frame_equal(table, other.tables()[name], rtol=1e-9, atol=1e-9, obj=f"{name} {options}")
