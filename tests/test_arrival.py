"""A group counts what is sold abroad of what crosses its meter: hand-made networks, in the plan and in the audit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from toy import TABLES, months, toy

import energy_routes as er
from energy_routes import maps
from energy_routes.audit import verification as audit
from energy_routes.case.actuals import counted
from energy_routes.errors import DataError, UsageError
from energy_routes.linear import Labels
from energy_routes.network.arrival import Ways
from energy_routes.pack.units.periods import periods_of
from energy_routes.results import storing as results


def shares(
    lanes: str, meters: str, sold: str, stays: str = "", sources: str = "F"
) -> tuple[dict[str, float], set[str]]:
    """Where group G is counted: the share of each lane, and the places whose sales count whole.

    ``lanes`` as "AB 0.9" (from A to B at a yield), ``meters`` lanes, ``sold``, ``stays`` and ``sources`` places.
    """
    rows = [(way[:2], way[0], way[1], float(kept)) for way, kept in (lane.split(" ") for lane in lanes.split(", "))]
    frame = pd.DataFrame(rows, columns=["arc", "from", "to", "yield"])
    frame = frame.assign(commodity="C", to_commodity="C", period="2024")
    sales = pd.DataFrame({"market": list(sold), "node": list(sold), "commodity": "C", "period": "2024"})
    stay, source = (pd.DataFrame({"node": list(places), "commodity": "C"}, dtype=object) for places in (stays, sources))
    meter = pd.DataFrame({"arc": meters.split(", "), "market": None, "only": None}).assign(kind="corridor", group="G")
    found = Ways(*map(Labels.of, (frame, sales, stay, source))).counted(Labels.of(meter))
    return dict(zip(found.lanes.words("arc"), found.lanes["share"], strict=True)), set(found.sales.words("market"))


def test_a_meter_counts_the_yields_of_its_lane_and_of_what_follows() -> None:
    assert shares("FP 0.9, PQ 0.8, QM 0.5", "PQ", "M") == ({"PQ": pytest.approx(0.4)}, set())


def test_a_meter_before_processing_counts_by_it_too() -> None:
    assert shares("FP 0.6, PM 1", "FP", "M") == ({"FP": pytest.approx(0.6)}, set())


def test_ways_that_lose_alike_are_counted_at_the_meter() -> None:
    assert shares("FP 1, PA 0.9, PB 0.9", "FP", "AB") == ({"FP": pytest.approx(0.9)}, set())


def test_where_ways_lose_differently_the_count_moves_on_to_each() -> None:
    """F → P → A at 0.9, or P → Q at 0.8 and on to B; what is sold at Q itself counts whole."""
    lanes, sold = shares("FP 1, PA 0.9, PQ 0.8, QB 0.7", "FP", "ABQ")
    assert lanes == {"PA": pytest.approx(0.9), "QB": pytest.approx(0.7)}
    assert sold == {"Q"}


def test_what_stays_at_home_does_not_count() -> None:
    assert shares("FP 1, PQ 0.8, QM 0.5", "FP", "M", stays="P") == ({"PQ": pytest.approx(0.4)}, set())
    assert shares("FP 1, PQ 0.8, PH 0.9", "FP", "Q", stays="H") == ({"PQ": pytest.approx(0.8)}, set())
    assert shares("FP 1, PQ 0.8, QH 0.9", "FP", "Q") == ({}, {"Q"})


def test_a_lane_that_leads_to_no_export_counts_nothing() -> None:
    assert shares("FP 1, PH 1, FM 1", "FP", "M", stays="H") == ({}, set())


def test_where_others_mix_in_at_one_yield_the_meter_counts() -> None:
    assert shares("FP 1, EP 1, PM 0.8", "FP", "M", sources="FE") == ({"FP": pytest.approx(0.8)}, set())


def test_where_others_mix_in_before_one_yield_holds_the_best_way_counts() -> None:
    assert shares("FP 0.5, EP 1, PA 0.8, PB 0.9", "FP", "AB", sources="FE") == ({"FP": pytest.approx(0.45)}, set())


def test_a_lossy_way_round_moves_the_count_on_and_is_not_counted_twice() -> None:
    lanes, sold = shares("FP 1, PQ 0.9, QP 0.9, QM 0.8", "FP", "M")
    assert (lanes, sold) == ({"QM": pytest.approx(0.8)}, set())


# A meter on the trunk; beyond it a branch at 0.9 to EAST and one at 0.8 to WEST, and a home refinery at the hub.
BRANCHES = {
    "lanes": "arc,commodity,yield\nGATHER,CRUDE,0.95\nSHORT,CRUDE,0.9\nLONG,CRUDE,0.8",
    "markets": "id,node,name,price\nEAST,EAST,East,600\nWEST,WEST,West,700",
    "groups": "kind,group,name\ncorridor,TRUNK,Trunk\ntransit,RU,Russia\nchokepoint,STRAIT,Strait",
    "meters": "kind,group,arc,market,commodity\ncorridor,TRUNK,GATHER,,\ntransit,RU,SHORT,,\nchokepoint,STRAIT,LONG,,",
}  # fmt: skip


def test_groups_add_up_to_the_exports_and_the_audit_agrees(tmp_path: Path) -> None:
    """10 Mt are lifted, 9.5 reach the hub and 2 stay: SHORT takes up to 6 and LONG up to 5 of the 7.5 that leave."""
    plan = er.solve(toy(tmp_path / "case", BRANCHES))
    flow = plan.flows.set_index("arc")["volume"]
    groups = plan.groups[plan.groups["period"] == "total"].set_index("group")
    assert groups["volume"]["TRUNK"] == pytest.approx(0.9 * flow["SHORT"] + 0.8 * flow["LONG"])
    assert groups["volume"]["TRUNK"] == pytest.approx(plan.exports["oil"])
    assert groups["volume"]["RU"] == pytest.approx(0.9 * flow["SHORT"])
    assert groups["share"]["RU"] + groups["share"]["STRAIT"] == pytest.approx(1)
    assert "meter" not in [warning["code"] for warning in plan.warnings]
    # Capacity is used by what enters.
    assert groups["utilisation"]["TRUNK"] == pytest.approx(flow["GATHER"] / 20)
    assert audit.verify(results.save(plan, tmp_path / "saved")).passed


# Another field joins beyond the trunk's meter, and the two ways on from there lose differently.
JOINED = BRANCHES | {
    "nodes": TABLES["nodes"] + "    FIELD2,Field 2,field,KZ\n",
    "arcs": TABLES["arcs"] + "    GATHER2,FIELD2,HUB,Gathering 2,20,1,10\n",
    "groups": BRANCHES["groups"] + "\ncorridor,OTHER,Other",
    "meters": BRANCHES["meters"] + "\ncorridor,OTHER,GATHER2,,",
    "supplies": """
        id,node,commodity,shipper,available,cost
        FIELD_CO,FIELD,CRUDE,Field Co,10,9
        OTHER_CO,FIELD2,CRUDE,Other Co,1,9
        """,
}


def test_where_others_mix_in_the_reader_is_told_and_the_audit_agrees(tmp_path: Path) -> None:
    plan = er.solve(toy(tmp_path / "case", JOINED))
    told = {warning["where"]: warning["message"] for warning in plan.warnings if warning["code"] == "meter"}
    assert set(told) == {"corridor:TRUNK", "corridor:OTHER"}
    assert "GATHER:" in told["corridor:TRUNK"]
    groups = plan.groups[plan.groups["period"] == "total"].set_index("group")
    assert groups["volume"]["TRUNK"] == pytest.approx(0.95 * 0.9 * 10)
    assert audit.verify(results.save(plan, tmp_path / "saved")).passed


def test_a_cap_and_a_past_year_count_as_the_plan_does(tmp_path: Path) -> None:
    """What January carried is counted from the actuals as the plan of January counts it, tank and losses included."""
    store = {"storages": "id,node,working_volume,opening,closing\nTANK,HUB,1,0.2,opening"}
    case = months(toy(tmp_path, {**BRANCHES, **store}, max_share={"transit:RU": 0.5}, exports="free"), 3)
    plan = er.solve(case)
    rest = er.replan(case, "2023-02", plan.actuals(["2023-01"]))
    january = plan.groups[plan.groups["period"] == "2023-01"]
    assert rest.past is not None
    for row in january[january["volume"] > 0].to_dict("records"):
        key = (row["kind"], row["group"], row["family"])
        assert rest.past.exposure[key] == pytest.approx(row["volume"]), key
    whole = er.solve(rest)
    carried = whole.groups[(whole.groups["period"] == "total") & (whole.groups["group"] == "RU")]["volume"].sum()
    total = whole.exports["oil"] + rest.past.totals["corridor", "oil"]
    assert carried + rest.past.exposure["transit", "RU", "oil"] <= 0.5 * total + 1e-9
    assert audit.verify(results.save(whole, tmp_path / "saved")).passed


def test_an_arc_that_an_edit_opens_is_counted_in_the_past(tmp_path: Path) -> None:
    tables = {**BRANCHES, "arcs": """
        id,from,to,name,status,capacity,tariff
        GATHER,FIELD,HUB,Gathering,operating,20,1
        SHORT,HUB,EAST,Short way,proposed,0,30
        LONG,HUB,WEST,Long way,operating,5,50
        """}  # fmt: skip
    case = toy(tmp_path, tables).set("arc:SHORT.status", "operating").set("arc:SHORT.capacity", 6)
    at = counted(case.network, periods_of([2023], "month")[:1])
    assert ("transit", "RU", pytest.approx(0.9)) in at["arc", "SHORT", "CRUDE", "2023-01"]


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A result as a version saved it that counted groups at the inlet of their meters."""
    folder = tmp_path_factory.mktemp("earlier")
    folder = results.save(er.solve(toy(folder / "case")), folder / "saved")
    run = folder / "run.json"
    run.write_text(run.read_text("utf-8").replace('"schema_version": 2', '"schema_version": 1'), "utf-8")
    return folder


def test_a_result_of_an_earlier_meaning_is_refused_in_words(earlier: Path) -> None:
    with pytest.raises(DataError, match="groups were measured at the inlet then"):
        audit.audit(earlier)


@pytest.mark.parametrize("setting", [
    er.compare, lambda old, new: er.compare(new, old), maps.compare_figure,
    lambda old, new: maps.explore(old, other=new),
])  # fmt: skip
def test_plans_whose_groups_are_counted_otherwise_are_not_compared(
    earlier: Path, setting: Callable[[Any, Any], object]
) -> None:
    """A corridor would seem to lose what is burnt on the way."""
    old = er.Plan.load(earlier)
    with pytest.raises(UsageError, match=r"counted groups at the inlet of their meters.*solve it again"):
        setting(old, er.solve(old.case))


def test_plans_of_one_earlier_meaning_are_compared(earlier: Path) -> None:
    assert er.compare(er.Plan.load(earlier), er.Plan.load(earlier)).totals["change"].abs().max() == 0
