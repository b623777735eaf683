"""Oil and gas in one case: nothing adds tonnes to cubic metres, and value at base prices adds both up.

The oil toy, and a gas toy that shares its hub and a market town:

    G_FIELD ──G_GATHER (1)── HUB ──G_SHORT (cap 4, 40)── EAST   market 240 USD/1000 m³
                              │───G_LONG  (cap 5, 60)── G_WEST market 250
                              └─ home, 1 bcm a year at 50

Oil (see toy.py): 6 Mt by SHORT at 470, 2 by LONG at 460, 2 at home at 100, 10 lifted at 9 + 1: 3840 MUSD.
Gas: 4 bcm by G_SHORT at 200, 3 by G_LONG at 190, 1 at home at 50, 8 lifted at 5 + 1: 1372 MUSD.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from rich.console import Console
from toy import PACK, best, write
from typer.testing import CliRunner

import energy_routes as er
from energy_routes.audit.verification import audit
from energy_routes.case.case import Case
from energy_routes.case.loading import load
from energy_routes.cli.app import app
from energy_routes.cli.tables.plan_view import SECTIONS, print_sections
from energy_routes.cli.tables.unit_choice import Units
from energy_routes.errors import DataError, InfeasibleError, UsageError
from energy_routes.formulation.space.space import build_space
from energy_routes.plan.plan import Plan
from energy_routes.results.summary import summary_of
from energy_routes.solving.loop import program_of
from energy_routes.studies.least_share import lowest_share

GAS = {
    "nodes": """
        id,name,kind,country,source
        G_FIELD,Gas field,field,KZ,
        HUB,Hub,hub,KZ,another than that of the oil toy
        EAST,East,market,CN,
        G_WEST,West for gas,market,TR,
        """,
    "commodities": """
        id,name,family,mj_per_m3
        GAS,Gas,gas,38
        """,
    "arcs": """
        id,from,to,name,capacity,tariff,length_km
        G_GATHER,G_FIELD,HUB,Gathering of gas,20,1,10
        G_SHORT,HUB,EAST,Short gas line,4,40,1000
        G_LONG,HUB,G_WEST,Long gas line,5,60,3000
        """,
    "supplies": """
        id,node,commodity,shipper,available,cost
        GAS_CO,G_FIELD,GAS,Gas Co,8,5
        """,
    "obligations": """
        id,node,volume,value
        G_HOME,HUB,1,50
        """,
    "markets": """
        id,node,name,price
        G_EAST,EAST,East gas,240
        G_WEST,G_WEST,West gas,250
        """,
    "tiers": "",
    "groups": """
        kind,group,name
        corridor,G_SHORT,Short gas corridor
        corridor,G_LONG,Long gas corridor
        transit,RU,Russia by gas
        """,
    "meters": """
        kind,group,arc,market,commodity
        corridor,G_SHORT,G_SHORT,,
        corridor,G_LONG,G_LONG,,
        transit,RU,G_SHORT,,
        """,
}
MODEL = """
title = "Both"
question = "Which ways out?"
data = ["oil", "gas"]
year = 2023

[policy.base_prices]
oil = { price = 500, unit = "USD/t", source = "toy" }
gas = 250
"""

Make = Callable[..., Case]


def both(folder: Path, model: str = MODEL, **tables: str) -> Case:
    """A case of both toys; the model may be replaced, and tables of the gas toy."""
    write(folder / "oil")
    write(folder / "gas", {**GAS, **tables})
    (folder / "gas" / "pack.toml").write_text(PACK.replace('"oil"', '"gas"'), "utf-8")
    (folder / "both.toml").write_text(model, "utf-8")
    return load(folder / "both.toml")


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Makes a case of both toys."""
    return partial(both, tmp_path)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """Both toys, solved."""
    return er.solve(both(tmp_path_factory.mktemp("both")))


def test_a_budget_is_of_the_family_whose_share_it_lowers(make: Make) -> None:
    """1.25 USD on each of 8 Mt of oil are 10 MUSD, whatever gas is exported beside them: tonnes and m³ have no sum."""
    case = make()
    with pytest.raises(UsageError, match=r"caps oil and gas, whose exports have no sum.*'oil/transit:RU'"):
        lowest_share(case, "transit:RU", 1.25)
    by_value = r"all/transit:RU is a share of value, .* Name 'oil/transit:RU' or 'gas/.*; or, .* leave out the budget"
    with pytest.raises(UsageError, match=by_value):
        lowest_share(case, "all/transit:RU", 1.25)
    found = lowest_share(case, "oil/transit:RU", "1.25 USD/t")
    assert (found.share, found.cost, found.exports) == pytest.approx((5 / 8, 10, 8))
    with pytest.raises(UsageError, match="write it in USD/1000m3"):
        lowest_share(case, "gas/transit:RU", "1.25 USD/t")


def test_what_is_printed_of_gas_is_by_its_own_measure(make: Make, tmp_path: Path) -> None:
    """Premiums, prices and budgets of gas are by the thousand m³; no tonne is spoken of."""
    make(MODEL.replace('["oil", "gas"]', '"gas"'))

    def told(*arguments: str) -> str:
        share = ["frontier", str(tmp_path / "both.toml"), "--over", "policy.max_share.transit:RU"]
        done = CliRunner().invoke(app, [*share, *arguments])
        assert done.exit_code == 0, done.stdout + done.stderr
        return done.stdout

    table, budget = told("--from", "0.5", "--to", "0.4"), told("--budget", "1 USD/1000m3")
    assert table.count("USD/1000 m³") == 2
    assert "USD/1000 m³ exported" in budget
    assert "bcm exported" in budget
    assert "USD/t" not in table + budget
    assert "tonne" not in table + budget


def test_each_family_is_planned_as_if_alone_and_a_shared_town_sells_each_its_own(plan: Plan) -> None:
    assert plan.netback == pytest.approx(3840 + 1372)
    assert plan.exports.to_dict() == pytest.approx({"gas": 7.0, "oil": 8.0})
    sold = plan.deliveries[plan.deliveries["volume"] > 0]
    assert set(zip(sold["market"], sold["family"], strict=True)) == {
        ("EAST", "oil"), ("WEST", "oil"), ("G_EAST", "gas"), ("G_WEST", "gas"),
    }  # fmt: skip
    assert set(zip(plan.arcs["arc"], plan.arcs["unit"], strict=True)) >= {("SHORT", "Mt"), ("G_SHORT", "bcm")}
    limits = plan.prices.table.set_index("name")["unit"].to_dict()
    assert (limits["Short way"], limits["Short gas line"]) == ("USD/t", "USD/1000m3")
    owed = {name: unit for name, unit in limits.items() if name.startswith("obligation of Hub")}
    assert owed == {"obligation of Hub (HOME)": "USD/t", "obligation of Hub (G_HOME)": "USD/1000m3"}
    assert set(plan.obligations["unit"]) == {"Mt", "bcm"}


def test_shares_are_of_each_family_and_of_both_by_value(plan: Plan) -> None:
    """Value: SHORT 6 · 500, LONG 2 · 500, G_SHORT 4 · 250, G_LONG 3 · 250; 5750 MUSD in all, 4000 through Russia."""
    total = plan.groups[plan.groups["period"] == "total"].set_index(["kind", "group", "family"])
    assert total["share"]["transit", "RU", "oil"] == pytest.approx(6 / 8)
    assert total["share"]["transit", "RU", "gas"] == pytest.approx(4 / 7)
    assert total["share"]["transit", "RU", "all"] == pytest.approx(4000 / 5750)
    assert total["volume"]["corridor", "G_LONG", "all"] == pytest.approx(750)
    assert total["unit"]["transit", "RU", "all"] == "MUSD"
    assert total["name"]["transit", "RU", "all"] == "Russia / Russia by gas"
    assert ("corridor", "SHORT", "gas") not in total.index
    hhi = plan.indicators[plan.indicators["indicator"] == "hhi"].set_index(["kind", "family"])["value"]
    assert hhi["corridor", "oil"] == pytest.approx((36 + 4) / 64)
    assert hhi["corridor", "all"] == pytest.approx((3000**2 + 1000**2 + 1000**2 + 750**2) / 5750**2)


def test_without_base_prices_or_with_one_family_nothing_is_added_up(make: Make, tmp_path: Path) -> None:
    case = make(MODEL.partition("[policy")[0])
    assert build_space(case).measured == ["gas", "oil"]
    alone = load(write(tmp_path / "alone"))
    priced = program_of(alone.with_policy(base_prices={"oil": 500}))
    assert build_space(alone).measured == ["oil"]
    assert priced.shape == program_of(alone).shape
    assert (priced.matrix != program_of(alone).matrix).nnz == 0


def test_the_ledger_is_by_family_and_sums_to_the_objective(plan: Plan) -> None:
    ledger = plan.ledger
    assert ledger.groupby("family")["value"].sum().to_dict() == pytest.approx({"gas": 1372.0, "oil": 3840.0})
    terms = ledger.set_index(["term", "family"])["value"]
    assert terms["sales", "gas"] == pytest.approx(4 * 240 + 3 * 250)
    assert terms["home_sales", "oil"] == pytest.approx(200)


def test_what_risk_adds_over_both_families_is_of_all(make: Make) -> None:
    lost = {"name": "SHORT fails", "probability": 0.25, "outages": ["arc:SHORT"]}
    plan = er.solve(make().with_policy(cvar={"scenarios": [lost], "alpha": 0.75, "lambda": 0.5}))
    families = plan.ledger.groupby("term")["family"].agg(list)
    assert families[["sales", "disruptions", "aversion"]].tolist() == [["gas", "oil"], ["all"], ["all"]]
    assert plan.ledger["value"].sum() == pytest.approx(plan.objective.value)


def test_routes_and_their_shares_are_of_their_family(plan: Plan) -> None:
    routes = plan.routes
    assert routes.groupby("family")["share"].sum().to_dict() == pytest.approx({"gas": 1.0, "oil": 1.0})
    assert routes.groupby("family")["volume"].sum().to_dict() == pytest.approx({"gas": 8.0, "oil": 10.0})


@pytest.mark.parametrize(
    ("caps", "netback"),
    [
        # Oil: 5.6 of 8 by SHORT, so 0.4 Mt to LONG at 10 less.  Gas is at 4/7 already.
        ({"transit:RU": 0.7}, 5212 - 4),
        ({"oil/transit:RU": 0.7}, 5212 - 4),
        # Gas: 3.5 of 7, so 0.5 bcm at 10 less.
        ({"gas/transit:RU": 0.5}, 5212 - 5),
        ({"transit:RU": {"cap": 0.5, "family": "gas"}}, 5212 - 5),
        # The family's own cap stands instead of the one for each.
        ({"transit:RU": 0.5, "oil/transit:RU": 1.0}, 5212 - 5),
        # Both: 3450 of 5750 MUSD, so 550 less: first 1 Mt of oil (10 USD for 500), then 0.2 bcm (10 USD for 250).
        ({"all/transit:RU": 0.6}, 5212 - 12),
    ],
)
def test_a_cap_holds_for_each_family_for_one_or_for_both_by_value(
    make: Make, caps: dict[str, object], netback: float
) -> None:
    assert best(make().with_policy(max_share=caps)).value == pytest.approx(netback)


@pytest.mark.parametrize(
    ("minima", "netback"),
    [
        # Oil: 6 ≥ 0.9·(6 + L), so 4/3 Mt at 460 − 10 stay in the ground; gas: 4 ≥ 0.9·(4 + G), 23/9 bcm at 190 − 6.
        ({"transit:RU": 0.9}, 5212 - 4 / 3 * 450 - 23 / 9 * 184),
        ({"gas/transit:RU": 0.9}, 5212 - 23 / 9 * 184),
        ({"transit:RU": 0.9, "gas/transit:RU": 0.5}, 5212 - 4 / 3 * 450),
        # Both: 4000 of 5750 MUSD; of 5000 they are 80 %.  750 are shed with all 3 bcm by G_LONG, 184 USD for 250.
        ({"all/transit:RU": 0.8}, 5212 - 3 * 184),
    ],
)
def test_a_minimum_holds_for_each_family_for_one_or_for_both_by_value(
    make: Make, minima: dict[str, object], netback: float
) -> None:
    assert best(make().with_policy(min_share=minima, exports="free")).value == pytest.approx(netback)


def test_minima_of_groups_of_two_families_do_not_add_up(make: Make) -> None:
    case = make().with_policy(exports="free", min_share={"corridor:LONG": 0.6, "corridor:G_LONG": 0.6})
    answer = best(case)
    assert answer.total("flow", arc="LONG") == pytest.approx(0.6 * 8)
    with pytest.raises(InfeasibleError) as told:  # of oil alone, once
        er.solve(case.with_policy(max_share={"corridor:LONG": 0.5}))
    assert [one["words"].partition(";")[0] for one in told.value.relaxations] == [
        "policy.min_share.corridor:LONG (oil, horizon): 60 % at least"
    ]


def test_a_cap_by_value_is_priced_verified_and_read_back(make: Make, tmp_path: Path) -> None:
    """The last MUSD is saved with gas: 10 USD for 250, so 0.04 USD a USD of the 57.5 MUSD that are a point."""
    plan = er.solve(make().with_policy(max_share={"all/transit:RU": 0.6}, max_hhi={"all/corridor": 0.99}))
    cap = plan.prices["policy"].set_index(["family", "limit"]).loc["all", "RU"]
    assert (cap["price"], cap["unit"]) == (pytest.approx(0.04 * 57.5), "MUSD per pp")
    plan.save(tmp_path / "saved")
    assert audit(tmp_path / "saved").differences == ()
    again = er.Plan.load(tmp_path / "saved")
    assert again.case.policy == plan.case.policy
    assert again.ledger["family"].tolist() == plan.ledger["family"].tolist()
    file = tmp_path / "saved" / "inputs" / "case.json"
    case = json.loads(file.read_text("utf-8"))
    case["policy"]["base_prices"][1]["price"] = 300.0
    file.write_text(json.dumps(case), "utf-8")
    found = audit(tmp_path / "saved").differences
    assert any(words.startswith("groups: transit RU all total volume") for words in found)


def test_a_concentration_of_both_by_value_is_capped(make: Make) -> None:
    plan = er.solve(make().with_policy(max_hhi={"all/corridor": 0.32}))
    hhi = plan.indicators.set_index(["indicator", "kind", "family"])["value"].to_dict()
    assert hhi["hhi", "corridor", "all"] == pytest.approx(0.32, abs=1e-6)
    assert hhi["hhi", "corridor", "oil"] < 40 / 64


def test_a_cap_that_cannot_be_met_names_the_family(make: Make) -> None:
    with pytest.raises(InfeasibleError, match=r"share of transit:RU of gas cannot go below 0\.2857"):  # 2 of 7
        er.solve(make().with_policy(max_share={"transit:RU": {"cap": 0.1, "family": "gas"}}))


def test_a_picture_of_a_sweep_names_the_groups_of_either_family(make: Make) -> None:
    asked = [f"volume.{group}" for group in ("oil/corridor:SHORT", "gas/corridor:G_SHORT")]
    drawn = er.sweep(make(), 2, ask=["netback", *asked]).plot("use")
    assert {text.get_text() for text in drawn.get_yticklabels()} == {"Short corridor", "Short gas corridor"}


@pytest.mark.parametrize(
    ("levers", "words"),
    [
        ({"max_share": {"coal/transit:RU": 0.5}}, "no coal; its families are oil, gas, all"),
        ({"max_share": {"oi/transit:RU": 0.5}}, r"no oi; its families are .*\. Nearest: 'oil'"),
        ({"max_exposure": {"oi/transit:RU": "1 Mt/y"}}, r"no oi; its families are .*\. Nearest: 'oil'"),
        ({"max_share": {"gas/corridor:SHORT": 0.5}}, r"is not a group of gas\. Nearest: 'G_SHORT'"),
        ({"base_prices": {"gas": {"price": 5, "unit": "USD/t"}}}, "cannot be a base price of gas"),
        ({"base_prices": {"gas": -1}}, "not a number above 0"),
        ({"base_prices": {"gas": {"cost": 1}}}, "unknown key 'cost'"),
        ({"base_prices": None, "max_hhi": {"all/corridor": 0.5}}, "no price of oil and gas"),
    ],
)
def test_levers_that_name_no_family_or_no_price_are_refused(make: Make, levers: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        make().with_policy(**levers)


def test_a_name_that_means_two_things_is_refused_with_the_repair(make: Make) -> None:
    with pytest.raises(DataError) as caught:
        make(supplies=GAS["supplies"].replace("GAS_CO", "FIELD_CO"), nodes=GAS["nodes"].replace("Hub,hub", "Hub,port"))
    told = [(fault.file, fault.row, fault.found) for fault in caught.value.faults]
    assert told == [
        ("gas/nodes.csv", 3, "'HUB' stands also in oil/nodes.csv row 3, with another kind"),
        ("gas/supplies.csv", 2,
         "'FIELD_CO' stands also in oil/supplies.csv row 2, with another node and commodity and shipper"),
    ]  # fmt: skip
    assert "'FIELD_CO_GAS'" in caught.value.faults[1].repair


def test_an_edit_of_a_gas_row_speaks_gas_units(make: Make) -> None:
    """1.2 bcm by G_SHORT, 5 by G_LONG: 240 + 950 + 50 − 7.2 · 6 = 1196.8 MUSD of gas."""
    case = make().set("arc:G_SHORT.capacity", "0.1 bcm/month")
    assert best(case).value == pytest.approx(3840 + 1196.8)
    with pytest.raises(DataError, match="a unit of gas"):
        make().set("arc:G_SHORT.capacity", "2 Mt/y")


def test_a_cap_on_both_families_takes_units_of_money(make: Make) -> None:
    (cap,) = make().set("policy.max_exposure.all/transit:RU", "3600000 kUSD").policy.max_exposure
    assert cap.cap == pytest.approx(3600)


def test_the_curve_of_a_cap_by_value(make: Make) -> None:
    curve = er.frontier(make(), "policy.max_share.all/transit:RU", 0.7, 0.6)
    assert curve.points["netback"].iloc[-1] == pytest.approx(5200)


def test_the_summary_and_the_screen_tell_both(plan: Plan) -> None:
    told = summary_of(plan)
    assert {(item["commodity"], item["unit"]) for item in told["exports"]} == {("oil", "Mt"), ("gas", "bcm")}
    assert {item["commodity"] for key in ("routes", "ledger", "corridors") for item in told[key]} == {"oil", "gas"}
    kinds = {f"{family}:{kind}" for family in ("oil", "gas", "all") for kind in ("corridor", "market")}
    assert set(told["indicators"]["hhi"]) == kinds
    assert told["indicators"]["transit_share"]["all:RU"] == pytest.approx(4000 / 5750)
    screen = Console(width=110, file=io.StringIO())
    print_sections(screen, plan, Units.of("", plan), SECTIONS)
    text = screen.file.getvalue()
    told_of_both = "Exports of both by value that cross: Russia / Russia by gas 69.6 %"
    assert all(words in text for words in ("Exports 8.000 Mt", "Exports 7.000 bcm", "What binds of gas", told_of_both))


def test_the_country_whole_is_the_sum_of_its_parts() -> None:
    """Nothing ties oil to gas in the packs but what a policy adds."""
    whole, *parts = (best(er.load(name)).value for name in ("energy-2024", "oil-2024", "gas-2024"))
    assert whole == pytest.approx(sum(parts), rel=1e-9)


def test_a_loss_is_told_of_each_family_it_touches(make: Make) -> None:
    """Russia out: 3 Mt find LONG (tier 1 at 460, tiers at 440), 3 stay; 2 bcm find G_LONG, 2 stay in the ground."""
    rows = er.stress(make(), ["transit:RU"]).outages.set_index("unit")
    assert rows["stranded"].to_dict() == pytest.approx({"Mt": 3.0, "bcm": 2.0})
    # Oil: 6 at 470, then 1 at 460 and 2 at 440; 10 saved a tonne that stays.  Gas: 4 at 200, then 2 at 190; 6 saved.
    assert rows["loss"].to_dict() == pytest.approx({"Mt": 2820 - 1340 - 30, "bcm": 800 - 380 - 12})
