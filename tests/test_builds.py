"""Build options: a toy solved by hand, every set of builds tried in turn, and what must be refused.

The toy of ``toy.py`` with 22 Mt in the field. SHORT (6 Mt) earns 470 at the hub, LONG (5 Mt) 460 for the first 3 Mt
sold in the west and 440 beyond. WIDER adds 4 Mt to LONG for 100 MUSD, and what moves in it pays 20 instead of 50 USD/t.
NEW opens a third way for 1000 MUSD and 3 Mt, twice at most, at an operating tariff of 5; it needs WIDER (all of it,
for two units). A MUSD of capex costs 0.14016807 a year. Lifting and gathering cost 10 USD/t.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rest import first
from scipy.optimize import Bounds, LinearConstraint, milp
from toy import best, months, toy

import energy_routes as er
from energy_routes.audit.verification import audit, verify
from energy_routes.case.case import Case
from energy_routes.errors import DataError, UsageError
from energy_routes.linear.highs.session import Session
from energy_routes.linear.programme import Program
from energy_routes.network.drawn.cost import recovery_factor, yearly_charge
from energy_routes.pack.units.periods import periods_of
from energy_routes.plan.plan import Plan
from energy_routes.solving.loop import program_of, stated

RATE = 0.14016807219  # CRF(10 %, 25 years) + 3 %
WITH = {
    "arcs": """
        id,from,to,name,capacity,tariff,length_km,status
        GATHER,FIELD,HUB,Gathering,30,1,10,
        SHORT,HUB,EAST,Short way,6,30,1000,
        LONG,HUB,WEST,Long way,5,50,3000,
        THIRD,HUB,WEST,Third way,30,40,3000,proposed
        """,
    "supplies": "id,node,commodity,shipper,available,cost\nFIELD_CO,FIELD,CRUDE,Field Co,22,9",
    "options": """
        id,name,kind,units,capacity,capex,earliest_year,requires
        WIDER,Wider long way,project,,4,100,,
        NEW,New way,project,2,3,1000,,WIDER
        """,
    "option_effects": "option,target,capacity,tariff\nWIDER,arc:LONG,,20\nNEW,arc:THIRD,,5",
    "emissions": "family,mode,per_km,per_unit\noil,pipeline,5,1",
}


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return toy(tmp_path_factory.mktemp("built"), WITH, exports="free")


@pytest.fixture(scope="module")
def plan(case: Case) -> Plan:
    return er.solve(case.with_policy(build={}))


def standing(plan: Plan) -> dict[tuple[str, str], float]:
    return {(row["option"], row["year"]): row["built"] for row in plan.builds.to_dict("records")}


def test_the_formula_gives_the_published_tariff_of_the_trans_anatolian_pipeline() -> None:
    """T6: 102.5 at the first estimate (treaty: 102), 61.3 at the final cost (its chief executive: 70 in 2016)."""
    assert recovery_factor(0.10, 25) == pytest.approx(0.11017, abs=5e-6)
    assert recovery_factor(0.0, 25) == 1 / 25
    assert yearly_charge(11_700, 0.10, 25, 0.03) / 16 == pytest.approx(102.5, abs=0.05)
    assert yearly_charge(7_000, 0.10, 25, 0.03) / 16 == pytest.approx(61.3, abs=0.05)


def test_the_plan_is_the_one_solved_by_hand(plan: Plan) -> None:
    """22 Mt: home 2, SHORT 6, THIRD 6, so LONG 8, of which 3 beyond its old 5.

    Sales 6×500 + 3×510 + 11×490 = 9920; home 200; tariffs 22 + 6×30 + 8×50 + 6×5 = 632; relief 3×(50−20) = 90;
    lifting 198; capex 2100 × 0.14016807 = 294.353. Netback 9085.647.
    """
    assert standing(plan) == {("WIDER", "2023"): 1, ("NEW", "2023"): 2}
    money = plan.ledger.set_index("term")["value"]
    assert money["sales"] == pytest.approx(9920)
    assert money["tariffs"] == pytest.approx(-632)
    assert money["relief"] == pytest.approx(90)
    assert money["capex"] == pytest.approx(-2100 * RATE)
    assert plan.netback == pytest.approx(9920 + 200 - 632 + 90 - 198 - 2100 * RATE)
    arcs = plan.arcs.set_index("arc")
    assert arcs["capacity"].to_dict() == {"GATHER": 30, "LONG": 9, "SHORT": 6, "THIRD": 6}
    assert plan.certificate["builds"]["bound"] >= plan.certificate["builds"]["value"] == pytest.approx(plan.netback)


@pytest.mark.parametrize(
    ("budget", "chosen", "value"),
    [
        (1050, (1, 0), 5150 + 4 * 460 - 100 * RATE),  # nothing built: 5150; WIDER: 4 Mt at 440 + 30 − 10
        (1100, (1, 0), 5150 + 4 * 460 - 100 * RATE),  # one NEW needs half of WIDER: a whole one stands, see below
    ],
)
def test_a_budget_is_spent_where_it_pays_most(case: Case, budget: float, chosen: tuple[int, int], value: float) -> None:
    found = er.solve(case.set("policy.build.budget", budget))
    third = found.arcs.set_index("arc").loc["THIRD"]
    assert third["status"] == ("operating" if third["capacity"] > 0 else "proposed")
    built = standing(found)
    if budget == 1100:  # 100 + 1000: the third way brings 3 × 475 − 140 more
        chosen, value = (1, 1), value + 3 * 475 - 1000 * RATE
    assert (built["WIDER", "2023"], built["NEW", "2023"]) == chosen
    assert found.netback == pytest.approx(value)
    assert found.builds["capex"].sum() <= budget


def fixed(program: Program, units: dict[str, float]) -> float:
    """The optimum with the builds given, as a linear programme; −inf where they are not allowed."""
    block = program.column_block("built")
    at = np.arange(block.slice.start, block.slice.stop)
    values = np.array([units[name] for name in block.axis.frame["option"]], dtype=float)
    if (values > block.upper).any():
        return -np.inf
    session = Session(program)
    session.set_column_bounds(at, values, values)
    solution = session.solve()
    return solution.objective if solution.point else -np.inf


@pytest.mark.parametrize("budget", [1100, 5000])
def test_no_set_of_builds_is_better(case: Case, budget: float) -> None:
    """All six sets in turn, under each budget."""
    asked = case.set("policy.build.budget", budget)
    program = program_of(asked)
    values = {(w, n): fixed(program, {"WIDER": w, "NEW": n}) for w in (0, 1) for n in (0, 1, 2)}
    assert best(asked).value == pytest.approx(max(values.values()))
    assert all(value == -np.inf for (w, n), value in values.items() if n > 2 * w or 100 * w + 1000 * n > budget)


@pytest.mark.parametrize(("w", "n"), first([(0, 0), (1, 1), (1, 0), (1, 2)], 2))
def test_what_is_said_to_stand_stands_whatever_it_earns(case: Case, w: int, n: int, tmp_path: Path) -> None:
    asked = case.set_all({"policy.build.built.NEW": n, "policy.build.built.WIDER": w})
    found = er.solve(asked)
    best_of = fixed(program_of(case.with_policy(build={})), {"WIDER": w, "NEW": n})
    assert found.netback == pytest.approx(best_of)
    assert standing(found) == {(name, "2023"): units for name, units in (("WIDER", w), ("NEW", n)) if units}
    folder = found.save(tmp_path / "saved")
    verify(folder)
    assert Plan.load(folder).case.policy.build == asked.policy.build
    told = json.loads((folder / "inputs" / "case.json").read_text("utf-8"))
    told["policy"]["build"]["built"]["WIDER"] = 0.5
    (folder / "inputs" / "case.json").write_text(json.dumps(told), "utf-8")
    assert w == 0 or any("WIDER 2023 stated" in line for line in audit(folder).differences)


def test_a_command_line_says_what_stands_in_one_text(case: Case) -> None:
    build = case.set("policy.build.built", "WIDER 1; NEW 2").policy.build
    assert build is not None
    assert (build.built, build.options) == ({"WIDER": 1.0, "NEW": 2.0}, ("WIDER", "NEW"))
    assert er.solve(case.set("policy.build.built", "WIDER 1; NEW 2")).netback == pytest.approx(9085.647, abs=1e-3)
    more = case.set_all({"policy.build.built": "WIDER 1", "policy.build.built.NEW": 1}).policy.build
    assert more is not None
    assert more.built == {"WIDER": 1.0, "NEW": 1.0}


def test_expand_decides_itself_what_to_build(case: Case) -> None:
    with pytest.raises(UsageError, match="expand decides it"):
        er.expand(case.set("policy.build.built.WIDER", 1))


def test_other_solvers_find_the_same(case: Case, plan: Plan) -> None:
    program = program_of(case.with_policy(build={}))
    found = milp(
        -program.cost, integrality=program.integer.astype(int), bounds=Bounds(program.col_lower, program.col_upper),
        constraints=LinearConstraint(program.matrix, program.row_lower, program.row_upper),
    )  # fmt: skip
    assert -found.fun + program.offset == pytest.approx(plan.netback)
    assert er.solve(case.with_policy(build={}), solver="cbc").netback == pytest.approx(plan.netback)


def test_nothing_is_built_to_escape_an_old_tariff(tmp_path: Path) -> None:
    """11 Mt: home 2, SHORT 6, LONG 3 of 5. WIDER at 1 MUSD would save 3 × 30 if old volume could move into it."""
    tables = {
        **WITH,
        "supplies": WITH["supplies"].replace(",22,", ",11,"),
        "options": "id,name,capacity,capex\nWIDER,Wider,4,1",
        "option_effects": "option,target,tariff\nWIDER,arc:LONG,20",
    }
    plan = er.solve(toy(tmp_path, tables, build={}))
    assert standing(plan) == {("WIDER", "2023"): 0}
    assert plan.ledger.set_index("term")["value"]["relief"] == 0


def grown(folder: Path, options: str, **build: object) -> Case:
    """Three years in which output grows: 11, 13 and 22 Mt."""
    rows = "".join(f"supplies,FIELD_CO,available,{year},{v}\n" for year, v in ((2023, 11), (2024, 13), (2025, 22)))
    tables = {**WITH, "options": options, "values": "table,id,field,period,value\n" + rows}
    case = toy(folder, tables, exports="free", build=build)
    return replace(case, periods=periods_of([2023, 2024, 2025], "year"))


def test_builds_come_when_output_has_grown_and_are_charged_from_then_on(tmp_path: Path) -> None:
    """LONG is full only in 2025: WIDER and NEW wait for it, and one year of their charge is paid."""
    plan = er.solve(grown(tmp_path, WITH["options"]))
    assert standing(plan) == {
        ("WIDER", "2023"): 0, ("WIDER", "2024"): 0, ("WIDER", "2025"): 1,
        ("NEW", "2023"): 0, ("NEW", "2024"): 0, ("NEW", "2025"): 2,
    }  # fmt: skip
    assert plan.ledger.set_index("term")["value"]["capex"] == pytest.approx(-2100 * RATE)
    assert plan.builds["capex"].sum() == pytest.approx(2100)


def test_what_stands_stays_and_nothing_stands_too_early(tmp_path: Path) -> None:
    early = WITH["options"].replace("4,100,,", "4,100,2024,").replace("3,1000,,", "3,1000,2030,")
    stated = best(grown(tmp_path / "stated", early))
    assert stated.total("built", option="WIDER", year="2025") == pytest.approx(1)
    assert stated.total("built", option="NEW") == pytest.approx(0)
    waived = best(grown(tmp_path / "waived", early, earliest="waived"))
    assert waived.total("built", option="NEW", year="2025") == pytest.approx(2)


def test_what_stands_stands_from_its_first_year_and_not_without_one(tmp_path: Path) -> None:
    later = grown(tmp_path, WITH["options"].replace(",4,100,,", ",4,100,2024,"))
    units = {year: built for (_, year), built in standing(er.solve(later.set("policy.build.built.WIDER", 1))).items()}
    assert units == {"2023": 0, "2024": 1, "2025": 1}
    never = replace(later, periods=later.periods[:1])
    with pytest.raises(UsageError, match="'WIDER' cannot stand before 2024"):
        program_of(never.set("policy.build.built.WIDER", 1))


def test_a_month_pays_its_days_of_the_charge(case: Case) -> None:
    program = program_of(months(case.with_policy(build={}), 2))
    (capex,) = (term.expr for term in program.terms if term.name == "capex")
    assert list(capex.axis.frame["year"]) == ["2023", "2023"]
    assert list(-capex.val) == pytest.approx([100 * RATE * 59 / 365, 1000 * RATE * 59 / 365])


def test_a_continuous_option_is_built_in_part(tmp_path: Path) -> None:
    """12.5 Mt more than the ways carry is 0: of 14 Mt, 1 Mt is left over, so a quarter of 4 Mt is built."""
    options = "id,name,kind,capacity,capex\nWIDER,Wider,continuous,4,100"
    tables = {**WITH, "options": options, "option_effects": "option,target,tariff\nWIDER,arc:LONG,20"}
    plan = er.solve(toy(tmp_path, {**tables, "supplies": WITH["supplies"].replace(",22,", ",14,")}, build={}))
    assert standing(plan)["WIDER", "2023"] == pytest.approx(0.25)
    assert plan.builds["worth"].iloc[0] == pytest.approx(0, abs=1e-6)


def test_tanks_tiers_limits_and_supplies_are_widened(tmp_path: Path) -> None:
    """One option for each: what it adds is in the limit of its own."""
    tables = {
        **WITH,
        "tiers": "market,tier,depth,discount\nWEST,1,3,0\nWEST,2,1,20",
        "limits": "id,high\nBOTH,9",
        "limit_terms": "limit,arc\nBOTH,SHORT\nBOTH,LONG",
        "storages": "id,node,working_volume,opening,closing\nTANK,HUB,1,0,free",
        "options": "id,name,capacity,capex\nTIER,Deeper,5,1\nBERTH,Berth,5,1\nFIELD,More,2,1\nTANKS,Tanks,1,1",
        "option_effects": """
            option,target,working_volume
            TIER,tier:WEST/2,
            BERTH,limit:BOTH,
            FIELD,supply:FIELD_CO,
            TANKS,storage:TANK,2
            """,
        "supplies": WITH["supplies"].replace(",22,", ",12,"),
    }
    plan = er.solve(toy(tmp_path, tables, exports="free", build={}))
    built = {option for (option, _), units in standing(plan).items() if units}
    # 12 of the field: 2 at home, 10 of 9 through BOTH; 13 with FIELD: SHORT 6, LONG 5, so 2 in a second tier of 1
    assert built == {"TIER", "BERTH", "FIELD"}
    assert plan.supplies["lifted"].sum() == pytest.approx(13)
    assert plan.deliveries.set_index("tier")["depth"]["2"] == pytest.approx(6)
    verify(plan.save(tmp_path / "saved"))
    verify(er.solve(toy(tmp_path / "none", tables, exports="free")).save(tmp_path / "unbuilt"))  # nothing may be built


def test_what_would_count_capital_twice_is_refused(case: Case, tmp_path: Path) -> None:
    opened = case.set("arc:THIRD.status", "operating").with_policy(build={})
    with pytest.raises(UsageError, match="opened by an edit and by the option 'NEW'"):
        program_of(opened)
    assert program_of(opened.with_policy(build={"options": ["WIDER"]})).shape[0]


@pytest.mark.parametrize(
    ("build", "words"),
    [
        ({"options": ["WIDE"]}, "not an option of this pack. Nearest: 'WIDER'"),
        ({"options": ["NEW"]}, "'NEW' needs 'WIDER'"),
        ({"options": []}, "names nothing"),
        ({"budget": -1}, "from 0"),
        ({"rates": 0.1}, "policy.build has no 'rates'"),
        ({"built": {"WIDE": 1}}, "not an option of this pack. Nearest: 'WIDER'"),
        ({"built": {"WIDER": 1.5}}, "expected a whole number of units, 1 at most"),
        ({"built": {"WIDER": 1, "NEW": 3}}, "expected a whole number of units, 2 at most"),
        ({"built": {"NEW": 1}}, "'NEW' needs 'WIDER'"),
        ({"built.WIDER": -1}, "from 0"),
        ({"built": ["WIDER"]}, "units by option"),
    ],
)
def test_a_slip_in_the_lever_is_named(case: Case, build: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        case.with_policy(build=build)


def test_a_pack_without_options_cannot_build(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no options to build"):
        toy(tmp_path, build={})


def test_a_curve_and_an_atlas_refuse_whole_builds(case: Case) -> None:
    asked = case.with_policy(build={})
    with pytest.raises(UsageError, match="Budgets are followed by expand"):
        er.frontier(asked, "arc:SHORT.capacity", 6, 0)
    with pytest.raises(UsageError, match="would build anew"):
        er.stress(asked)


@pytest.mark.parametrize(
    ("table", "text", "words"),
    [
        ("option_effects", "option,target\nWIDER,arc:LONGER\nNEW,arc:THIRD", "'LONGER' is not in arcs.csv"),
        ("option_effects", "option,target\nWIDER,arc:LONG", "'NEW' adds nothing"),
        ("option_effects", "option,target\nWIDER,pipe:LONG\nNEW,arc:THIRD", "arc:…, limit:…"),
        ("option_effects", "option,target,tariff\nWIDER,arc:LONG,1\nNEW,arc:LONG,2", "one operating tariff an arc"),
        ("option_effects", "option,target,tariff\nWIDER,supply:FIELD_CO,1\nNEW,arc:THIRD,", "a tariff of an arc only"),
        ("options", "id,name,capacity,capex,requires\nWIDER,W,4,100,NEW\nNEW,N,3,1,WIDER", "'WIDER' requires itself"),
        ("options", "id,name,capacity,capex\nWIDER,W,4,\nNEW,N,3,1", "a blank cell"),
        ("emissions", "family,mode,arc,per_km\noil,rail,LONG,5", "'rail', but 'LONG' is a pipeline"),
    ],
)
def test_a_broken_table_is_refused(tmp_path: Path, table: str, text: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        toy(tmp_path, {**WITH, table: text})


def test_a_case_without_the_lever_has_the_programme_it_had(case: Case, tmp_path: Path) -> None:
    """Options lie in the pack, but nobody asks: no column, no row, no term more than without the tables."""
    bare = toy(tmp_path, {**WITH, "options": "", "option_effects": "", "emissions": ""}, exports="free")
    one, other = program_of(case), program_of(bare)
    assert (one.column_names(), one.row_names()) == (other.column_names(), other.row_names())
    assert (one.matrix != other.matrix).nnz == 0
    assert [t.name for t in one.terms] == [t.name for t in other.terms]


def test_a_saved_plan_is_verified_and_read_back(plan: Plan, tmp_path: Path) -> None:
    folder = plan.save(tmp_path / "saved")
    verify(folder)
    back = Plan.load(folder)
    assert back.case.policy.build == plan.case.policy.build
    assert er.solve(back.case).netback == pytest.approx(plan.netback)
    summary = json.loads((folder / "summary.json").read_text("utf-8"))
    assert [(b["option"], b["units"], b["capex"]) for b in summary["builds"]] == [("WIDER", 1, 100), ("NEW", 2, 2000)]
    case_file = folder / "inputs" / "case.json"
    told = json.loads(case_file.read_text("utf-8"))
    told["policy"]["build"]["budget"] = 1000
    told["policy"]["build"]["rate"] = 0.2
    case_file.write_text(json.dumps(told), "utf-8")
    differences = audit(folder).differences
    assert any("budget" in line for line in differences)
    assert any("WIDER 2023 charge" in line for line in differences)


def test_builds_join_security_and_futures(case: Case) -> None:
    """What is built is built for every future: LONG may fail, and a third way is a hedge for it.

    Without LONG the undisturbed plan's 22 Mt lose what it carries; the builds of the first stage stand in each copy.
    """
    guarded = er.solve(case.with_policy(build={}, security={"outages": ["arc:LONG"], "delta": 0.6}))
    assert guarded.security["lost"].max() <= 0.6 * guarded.security["planned"].max() + 1e-6
    futures = [{"name": "cut", "probability": 0.5, "outages": ["arc:SHORT"]}]
    hedged = er.solve(case.with_policy(build={}, cvar={"alpha": 0.5, "lambda": 0.5, "scenarios": futures}))
    assert standing(hedged) == {("WIDER", "2023"): 1, ("NEW", "2023"): 2}


def test_carbon_is_reported_priced_and_capped(case: Case) -> None:
    """Base plan: 13 Mt gathered 10 km, 6 Mt 1000 km, 5 Mt 3000 km at 5 g, and 1 kg a tonne on each of the 24 Mt moved.

    0.005×(130 + 6000 + 15000) + 24 = 129.65 kt, 9.973 kg a tonne lifted; at 100 USD a tonne 12.965 MUSD.
    """
    plain = er.solve(case)
    assert plain.emissions.set_index(["period", "mode"])["emitted"]["total", "total"] == pytest.approx(0.12965)
    assert plain.emissions["per_unit"].iloc[0] == pytest.approx(129.65 / 13)
    priced = er.solve(case.set("policy.carbon_price", 100))
    assert priced.ledger.set_index("term")["value"]["carbon"] == pytest.approx(-12.965)
    assert priced.netback == pytest.approx(plain.netback - 12.965)
    capped, more = (er.solve(case.set("policy.max_emissions", cap)) for cap in (0.1, 0.1001))
    price = capped.prices.table.query("limit == 'horizon'")["price"].iloc[0]
    assert price == pytest.approx((more.netback - capped.netback) / 0.0001, rel=1e-6)


def test_prices_hold_with_the_builds_fixed(case: Case, plan: Plan) -> None:
    """One more tonne of SHORT with the builds as they are: finite difference of the fixed programme."""
    space, program = stated(case.with_policy(build={}))
    assert (len(space.built.axis), program.integer.sum()) == (2, 3)
    wider = case.set("arc:SHORT.capacity", 6.001).with_policy(build={})
    units = {name: units for (name, _), units in standing(plan).items()}
    slope = (fixed(program_of(wider), units) - fixed(program, units)) / 0.001
    price = plan.prices.table.query("kind == 'capacity' and limit == 'SHORT'")["price"].iloc[0]
    assert price == pytest.approx(slope, abs=1e-6)
