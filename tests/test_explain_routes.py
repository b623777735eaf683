"""Why a whole way is taken or not: toys by hand, and each break-even found again by solves of changed or forced cases.

At the hub a tonne is worth 470 on SHORT (6 Mt, tariff 30), 460 on LONG (tariff 50) for the first 3 Mt sold in the west
and 440 beyond.  8 Mt are left for export; lifting and gathering cost 10.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from rest import first
from scipy import sparse
from scipy.optimize import linprog
from small_networks import Spec, case_of, specs
from test_explain import CASES, QUICK, volume
from test_security import TANK
from toy import TABLES, months, toy, write
from typer.testing import CliRunner

import energy_routes as er
from energy_routes.case.case import Case
from energy_routes.cli.app import app
from energy_routes.errors import UsageError
from energy_routes.linear.programme import Program
from energy_routes.solving.loop import program_of, solve

WEST = "FIELD_CO;GATHER;LONG;WEST"
STAYS = ("held", "secure", "at least cost")  # what is asked of the plan cannot be had without LONG
LESS = {"obligations": "id,node,volume,value\nHOME,HUB,4,100"}  # all of what is left goes by SHORT
FIGURES = {
    "tariff of Gathering": "arc:GATHER.tariff", "tariff of Long way": "arc:LONG.tariff",
    "price at West": "market:WEST.price",
}  # fmt: skip
# A second field, which lifts for more than SHORT pays at the hub.
SECOND = {
    "nodes": TABLES["nodes"] + "FAR,Far field,field,KZ\n",
    "arcs": TABLES["arcs"] + "GATHER2,FAR,HUB,Far gathering,20,5,100\n",
    "supplies": TABLES["supplies"] + "FAR_CO,FAR,CRUDE,Far Co,3,480\n",
}


def rows(found: er.Explanation) -> list[dict[Any, Any]]:
    return found.steps.to_dict("records")


def confirmed(case: Case, text: str, arc: str) -> er.Explanation:
    """An explanation of a route whose volume is that of an arc, each figure of which is moved in the tables."""
    found = er.explain(case, text)
    assert found.volume == pytest.approx(volume(case, f"arc:{arc}"), abs=1e-6)
    for step in rows(found):
        if (path := FIGURES.get(step["what"])) is None:
            continue
        margin = max(0.001 * abs(step["at"]), 0.01), max(0.001 * abs(step["to"]), 0.01)
        way, loose = 1.0 if step["side"] == "above" else -1.0, case.accepting(path)
        ends = step["at"] - way * margin[0], step["to"] + way * margin[1]
        left = [volume(loose.set(path, end), f"arc:{arc}") for end in ends]
        assert left == pytest.approx([step["before"], step["after"]], abs=1e-6), step
        assert (left[0] > 1e-6) != (left[1] > 1e-6), step
    return found


def loss_of_forcing(case: Case, arc: str, amount: float) -> float:
    """What it costs to send so much more over an arc, MUSD a unit: found by solves with a rule of a user's own."""
    now = volume(case, f"arc:{arc}")
    forced = solve(case, constraints=lambda model: iter([model.sum("flow", arc=arc) >= now + amount]))
    return abs(float(solve(case).objective) - float(forced.objective)) / amount


def test_an_empty_route_and_the_rebate_that_fills_it(tmp_path: Path) -> None:
    case = toy(tmp_path, LESS)
    found = confirmed(case, WEST, "LONG")
    assert (found.target, found.state, found.volume) == (f"route:{WEST}", "out", 0)
    rebates = [(row["change"], row["before"], row["after"]) for row in rows(found) if row["what"] == found.figure]
    # 460 against 470 at the hub for the first 3 Mt, 440 for 2 more.
    assert rebates == [pytest.approx((10, 0, 3)), pytest.approx((30, 3, 5))]
    assert loss_of_forcing(case, "LONG", 1.0) == pytest.approx(10)
    assert {row["what"]: row["change"] for row in rows(found)} | {found.figure: 10} == {
        found.figure: 10, "price at West": pytest.approx(10), "tariff of Long way": pytest.approx(-10)}  # fmt: skip
    terms = found.terms[found.terms["at"] == found.terms["at"].min()].set_index(["kind", "term"])["value"].to_dict()
    assert terms == {
        ("price", "West"): pytest.approx(510), ("tariff", "Gathering"): pytest.approx(-1),
        ("tariff", "Long way"): pytest.approx(-50), ("lifting", "Field Co supply at Field"): pytest.approx(-9),
        ("elsewhere", "Field Co supply at Field"): pytest.approx(-460),
    }  # fmt: skip
    assert sum(terms.values()) == pytest.approx(-10)


def test_a_used_route_and_what_pushes_it_out(tmp_path: Path) -> None:
    # 510 − 50 − 10 = 450 are left; the field shuts in what goes this way, as SHORT is full.
    found = confirmed(toy(tmp_path), WEST, "LONG")
    assert found.state == "used"
    assert found.volume == pytest.approx(2)
    assert {row["what"]: row["change"] for row in rows(found)} == {
        "tariff of Gathering": pytest.approx(450), "tariff of Long way": pytest.approx(450),
        "price at West": pytest.approx(-450)}  # fmt: skip
    assert found.terms["value"].sum() == pytest.approx(450)
    assert {row["event"] for row in rows(found)} == {"out"}


def test_a_route_is_told_from_its_arc(tmp_path: Path) -> None:
    """SHORT is full of oil from the near field; oil of the far one would have to push it to LONG."""
    case = toy(tmp_path, SECOND)
    found = er.explain(case, "FAR_CO;EAST")
    assert (found.target, found.state) == ("route:FAR_CO;GATHER2;SHORT;EAST", "out")
    first = rows(found)[0]
    # A tonne more at the hub is sold in the west for 460: 460 − 480 − 5 are missing.
    assert (first["change"], first["before"], first["after"]) == (pytest.approx(25), 0, pytest.approx(1))
    assert loss_of_forcing(case, "GATHER2", 0.5) == pytest.approx(25)
    assert first["margin"] == pytest.approx(-25)
    assert er.explain(case, "arc:SHORT").state == "full"
    moved = {row["what"]: row["change"] for row in rows(found)}
    assert "tariff of Short way" not in moved  # however cheap, it stays full of the other field's oil
    for what, path, value in (("price at East", "market:EAST.price", 500), ):
        if what in moved:
            near, far = (volume(case.set(path, value + by), "arc:GATHER2") for by in (moved[what] - 1, moved[what] + 1))
            assert near == pytest.approx(0)
            assert far > 0


def test_a_contract_holds_a_route(tmp_path: Path) -> None:
    pay = {"contracts": "id,kind,arc,volume,charge,party\nPAY,ship_or_pay,LONG,4,35,West Co"}
    found = confirmed(toy(tmp_path, pay), WEST, "LONG")
    (hold,) = found.holds.to_dict("records")
    assert (hold["kind"], hold["volume"], hold["without"]) == ("contract", pytest.approx(4), pytest.approx(2))


@pytest.mark.parametrize("name", first([*CASES], QUICK))
def test_whatever_is_asked_of_the_plan(name: str, tmp_path: Path) -> None:
    found = confirmed(CASES[name](tmp_path), WEST, "LONG")
    assert found.state in ("used", "full")
    assert found.steps.empty == (name in STAYS)
    if name in STAYS:
        assert found.answer[-1] == "No tariff on the way and no price at its end that was looked for changes that"
    assert found.terms["value"].sum() == pytest.approx(found.steps["margin"].dropna().sum())


@pytest.mark.exhaustive
def test_an_empty_route_in_months_and_with_a_cap_on_concentration(tmp_path: Path) -> None:
    capped = toy(tmp_path / "h", LESS, max_hhi={"corridor": 1.0}, exports="free")
    for case in (months(toy(tmp_path / "m", LESS)), capped):
        first = rows(confirmed(case, WEST, "LONG"))[0]
        assert (first["change"], first["before"]) == (pytest.approx(10), 0)


def test_as_it_is_read_in_the_plan(tmp_path: Path) -> None:
    case = toy(tmp_path)
    words = str(solve(case).routes.set_index("market").loc["WEST", "route"])
    for text in (words, WEST.lower(), "Field -> Long way -> West", "FIELD_CO;LONG;WEST"):
        assert er.explain(case, text).target == f"route:{WEST}"


def test_through_a_tank(tmp_path: Path) -> None:
    """What waits in the tank for another month has gone the whole way, too."""
    found = confirmed(months(toy(tmp_path, {**TANK, **LESS})), WEST, "LONG")
    first = rows(found)[0]
    assert (found.state, first["change"], first["before"]) == ("out", pytest.approx(10), 0)


def test_a_route_that_begins_in_a_tank_is_refused(tmp_path: Path) -> None:
    full = {"storages": "id,node,commodities,working_volume,opening,closing\nTANK,HUB,CRUDE,1,0.5,free"}
    case = months(toy(tmp_path, full))
    routes = solve(case).routes
    own = routes[routes["origin"] == "TANK"].iloc[0]
    with pytest.raises(UsageError, match=r"begins or ends in TANK, a tank.* Ask about an arc of it, such as arc:"):
        er.explain(case, ";".join([str(own["origin"]), str(own["arcs"]), str(own["market"])]))


def test_closed(tmp_path: Path) -> None:
    found = er.explain(toy(tmp_path).without("LONG"), WEST)
    assert found.state == "closed"
    assert found.volume == 0
    assert found.steps.empty
    assert "closed" in found.answer[0]


TWO = {
    "arcs": TABLES["arcs"] + "LONG2,HUB,WEST,Long way again,5,55,3000\n",
    "meters": TABLES["meters"] + "corridor,LONG,LONG2,,\n",
}


@pytest.mark.parametrize(("text", "words"), [
    ("GATHER;LONG", "'GATHER' is no supply of .*such as 'FIELD_CO;EAST'"),
    ("FIELD_CO;LNG;WEST", "'LNG' is no arc, line or place .*Nearest: 'LONG'"),
    ("FIELD_CO;SHORT;WEST", "no way leads from Field Co supply at Field to WEST past SHORT"),
    ("FIELD_CO;WEST", "2 ways with 2 arcs .*'FIELD_CO;GATHER;LONG;WEST' or 'FIELD_CO;GATHER;LONG2;WEST'"),
    ("FIELD_CO;", "is no market"),
    (";", "'' is no supply"),
])
def test_what_is_no_route(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=words):
        er.explain(toy(tmp_path, TWO), text)


def test_the_verb(tmp_path: Path) -> None:
    model = write(tmp_path / "toy", LESS)
    done = CliRunner().invoke(app, ["explain", str(model), WEST])
    assert done.exit_code == 0, done.stderr
    assert "With the rebate on the whole way above +10.00 USD/t it has 3.00 Mt instead of 0.00" in done.stdout
    assert max(len(line) for line in done.stdout.splitlines() if "─" in line) <= 100
    told = json.loads(CliRunner().invoke(app, ["explain", str(model), WEST, "--json"]).stdout)
    assert told["steps"][0]["way"] == WEST
    used = CliRunner().invoke(app, ["explain", str(write(tmp_path / "used")), WEST])
    assert "With the price at West below 60.00 USD/t (−450.00) it has 0.00 Mt instead of 2.00" in used.stdout


def value_with(program: Program, route: str, goods: str, rebate: float) -> float:
    """The best value with a rebate on what can have gone a route without tanks, by a model and a solver of our own.

    A column more in each period is at most what moves on each leg of its grade, as it left the well; it earns the
    rebate.
    """
    origin, *arcs, market = route.split(";")
    legs = [("lifted", "supply", origin), *(("flow", "arc", arc) for arc in arcs), ("delivered", "market", market)]
    blocks = {block.name: block for block in program.columns}
    periods = list(dict.fromkeys(blocks["flow"].axis.frame["period"]))
    size, limits = program.shape[1], []
    for at, period in enumerate(periods):
        amount, grade = 1.0, goods
        for block, key, name in legs:
            axis, row = blocks[block].axis, np.zeros(size + len(periods))
            frame = axis.frame
            at_leg = (frame[key] == name) & (frame["period"] == period)
            own = np.flatnonzero((at_leg & ((frame["commodity"] == grade) | (block == "lifted"))).to_numpy())
            row[blocks[block].start + own], row[size + at] = -1.0, amount
            limits.append(row)
            if block == "flow" and len(own):
                amount, grade = amount * float(axis.data("yield")[own[0]]), str(frame["to_commodity"].iloc[own[0]])
    matrix = sparse.hstack([program.matrix, sparse.csr_matrix((program.shape[0], len(periods)))])
    whole = sparse.vstack([matrix, -matrix, sparse.csr_matrix(np.array(limits))]).tocsr()
    upper = np.concatenate([program.row_upper, -program.row_lower, np.zeros(len(limits))])
    kept = np.isfinite(upper)
    bounds = [*zip(program.col_lower, program.col_upper, strict=True), *[(0.0, None)] * len(periods)]
    cost = np.append(program.cost, np.full(len(periods), rebate))
    found = linprog(-cost, A_ub=whole[kept], b_ub=upper[kept], bounds=bounds)
    assert found.success, found.message
    return float(-found.fun)


@settings(max_examples=2)
@given(spec=specs)
def test_the_rebate_by_another_model_in_random_networks(spec: Spec, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Below the rebate the best value is that without one; above it, it is more."""
    case = case_of(tmp_path_factory.mktemp("spec"), replace(spec, tank=None))
    program, sold = program_of(case), set(solve(case).deliveries.query("volume > 1e-6")["market"])
    for market in [market for market in case.network.ids("markets") if market not in sold][:1]:
        found = er.explain(case, f"S0;W{market.removeprefix('M')};{market}")
        rebates = [row for row in rows(found) if row["what"] == found.figure]
        if rebates:
            at, route = rebates[0]["change"], found.target.removeprefix("route:")
            goods = str(case.network.tables["supplies"]["commodity"].iloc[0])
            free, below, above = (value_with(program, route, goods, by) for by in (0.0, at - 0.01, at + 0.01))
            assert below == pytest.approx(free, abs=1e-6)
            assert above > free + 1e-7
