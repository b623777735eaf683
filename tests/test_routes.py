"""Routes and their netback sheets on the toy, by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from toy import months, toy

import energy_routes as er
from energy_routes.formulation import ledger_terms
from energy_routes.plan import Solved
from energy_routes.plan.making.routes import merged, route_volumes, routes_table
from energy_routes.solving.loop import solve

STORE = {
    "arcs": """
        id,from,to,name,mode,capacity,tariff
        GATHER,FIELD,HUB,Gathering,,20,1
        SHORT,HUB,EAST,Short way,tanker,60,30
        """,
    "lanes": "arc,commodity,yield,quality,rebate\nSHORT,CRUDE,0.9,5,2",
    "supplies": "id,node,commodity,shipper,available,minimum,cost\nFIELD_CO,FIELD,CRUDE,Field Co,3.65,3.65,9",
    "obligations": "",
    "markets": "id,node,name,price\nEAST,EAST,East,400",
    "tiers": "",
    "groups": "",
    "meters": "",
    "values": "table,id,field,period,value\nmarkets,EAST,price,2023-02,500\nmarkets,EAST,price,*-03,450",
}
TANK = "id,node,commodities,working_volume,opening,closing,closing_value\nTANK,HUB,CRUDE,0.1,{}"


def test_routes_of_the_toy(tmp_path: Path) -> None:
    routes = solve(toy(tmp_path)).routes.set_index("market")
    assert routes["volume"].to_dict() == pytest.approx({"EAST": 6, "HOME": 2, "WEST": 2})
    assert routes["share"].to_dict() == pytest.approx({"EAST": 0.6, "HOME": 0.2, "WEST": 0.2})
    assert routes["netback"].to_dict() == pytest.approx({"EAST": 460, "HOME": 90, "WEST": 450})
    assert routes["arcs"].to_dict() == {"EAST": "GATHER;SHORT", "HOME": "GATHER", "WEST": "GATHER;LONG"}
    assert routes["corridor"].to_dict() == {"EAST": "SHORT", "HOME": "", "WEST": "LONG"}
    assert routes["limited_by"].to_dict() == {"EAST": "Short way", "HOME": "", "WEST": ""}
    assert routes["export"].to_dict() == {"EAST": True, "HOME": False, "WEST": True}
    assert routes.loc["EAST", ["origin", "shipper", "commodity", "sold_as"]].tolist() == [
        "FIELD_CO", "Field Co", "CRUDE", "CRUDE",
    ]  # fmt: skip


def test_a_joint_limit_is_named_on_every_route_that_it_holds(tmp_path: Path) -> None:
    # SHORT and LONG may carry 7 together: SHORT its 6, LONG 1; one more of both is 460 − 10 USD/t.
    joint = {
        "limits": "id,name,low,high\nBOTH,Both ways,,7",
        "limit_terms": "limit,arc,commodity,weight\nBOTH,SHORT,,1\nBOTH,LONG,,1",
    }
    routes = solve(toy(tmp_path, joint)).routes.set_index("market")
    assert routes["limited_by"].to_dict() == {"EAST": "Short way; Both ways", "HOME": "", "WEST": "Both ways"}


def test_a_sale_at_home_is_no_export(tmp_path: Path) -> None:
    tables = {"markets": "id,node,name,export,price\nEAST,EAST,East,,500\nWEST,WEST,West,,510\nSHOP,HUB,Shop,false,480"}
    routes = solve(toy(tmp_path, tables)).routes.set_index("market")
    assert not routes.loc["SHOP", "export"]


def test_the_sheet_is_per_lifted_tonne_with_the_loss_on_the_way(tmp_path: Path) -> None:
    # One Mt lifted: 1 gathered, 1 into the tanker (30, quality 5, rebate 2), 0.9 sold at 400.
    (sheet,) = solve(toy(tmp_path, {**STORE, "values": ""})).routes.to_dict("records")
    expected = {"price": 360, "tariff": 1, "loading": 0, "freight": 30, "quality": 5, "rebate": 2, "lifting": 9,
                "cost": 43, "netback": 317}  # fmt: skip
    assert {name: sheet[name] for name in expected} == pytest.approx(expected)


def test_two_origins_mix_in_proportion(tmp_path: Path) -> None:
    # 5 from FIELD and 3 from the hub, all must go: of each, 6/8 go SHORT and 2/8 LONG (home asks for none).
    tables = {
        "supplies": """
            id,node,commodity,shipper,available,cost
            FIELD_CO,FIELD,CRUDE,Field Co,5,9
            HUB_CO,HUB,CRUDE,Hub Co,3,9
            """,
        "obligations": "",
    }
    routes = solve(toy(tmp_path, tables)).routes.set_index(["origin", "market"])["volume"]
    assert routes.to_dict() == pytest.approx(
        {("FIELD_CO", "EAST"): 3.75, ("FIELD_CO", "WEST"): 1.25, ("HUB_CO", "EAST"): 2.25, ("HUB_CO", "WEST"): 0.75}
    )


def test_paths_are_followed_largest_first_until_nearly_all_has_arrived(tmp_path: Path) -> None:
    """Of 8.5005 Mt the last thousandth is not followed: a supply of 500 t.  What a tank gives is."""
    tables = {
        "supplies": """
            id,node,commodity,shipper,available,cost
            SMALL_CO,HUB,CRUDE,Small Co,0.0005,9
            FIELD_CO,FIELD,CRUDE,Field Co,8,9
            """,
        "obligations": "",
        "storages": "id,node,working_volume,opening,closing\nTANK,HUB,1,0.5,free",
    }
    routes = solve(toy(tmp_path, tables)).routes
    short = 6 / 8.5005
    named = routes[routes["route"] != "other paths"].set_index(["origin", "market"])
    assert named["volume"].to_dict() == pytest.approx({
        ("FIELD_CO", "EAST"): 8 * short, ("FIELD_CO", "WEST"): 8 * (1 - short),
        ("TANK", "EAST"): 0.5 * short, ("TANK", "WEST"): 0.5 * (1 - short),
    })  # fmt: skip
    assert named["lifting"].groupby("origin").first().to_dict() == {"FIELD_CO": 9, "TANK": 0}


def test_what_fills_a_tank_is_followed_as_far_as_what_is_sold(tmp_path: Path) -> None:
    tables = {
        "supplies": "id,node,commodity,shipper,available,cost\nFIELD_CO,FIELD,CRUDE,Field Co,8,9",
        "obligations": "",
        "storages": "id,node,working_volume,opening,closing,closing_value\nTANK,HUB,1,0.2,value,700",
    }
    volumes = solve(toy(tmp_path, tables)).routes.groupby("market")["volume"].sum()
    # Of 8 Mt a thousandth may not be followed.
    assert volumes[["EAST", "WEST", "TANK"]].tolist() == pytest.approx([6, 1.2, 0.8], abs=8e-3)


def test_stock_that_waits_keeps_its_origin(tmp_path: Path) -> None:
    # January's 0.1 Mt are sold in February at 500: on average (0.21·400 + 0.38·500 + 0.31·450)·0.9 / 0.9 Mt lifted.
    plan = solve(months(toy(tmp_path, {**STORE, "storages": TANK.format("0,cyclic,")})))
    (sheet,) = plan.routes.to_dict("records")
    assert sheet["volume"] == pytest.approx(0.9)
    assert sheet["price"] == pytest.approx(0.21 * 400 + 0.38 * 500 + 0.31 * 450)


def test_what_a_tank_gives_up_is_a_route_of_its_own(tmp_path: Path) -> None:
    # Opening 0.04 and nothing owed at the end: 0.94 Mt are sold, 0.04 of them from the opening stock.
    plan = solve(months(toy(tmp_path, {**STORE, "storages": TANK.format("0.04,free,")})))
    routes = plan.routes.set_index("origin")
    assert routes.loc["FIELD_CO", "volume"] == pytest.approx(0.9)
    assert routes.loc["TANK", "volume"] == pytest.approx(0.04)
    assert routes.loc["TANK", "shipper"] == "opening stock"
    assert routes.loc["TANK", ["tariff", "lifting"]].tolist() == [0, 0]
    assert (routes["volume"] * routes["netback"]).sum() == pytest.approx(plan.netback, rel=1e-9)


def test_what_is_left_in_a_tank_is_told(tmp_path: Path) -> None:
    # Stock left at the end is worth 700 USD/t, the sale at most 0.9·500 − 33: the tank ends full.
    plan = solve(months(toy(tmp_path, {**STORE, "storages": TANK.format("0,value,700")})))
    left = plan.routes[plan.routes["market"] == "TANK"].iloc[0]
    assert left["volume"] == pytest.approx(0.1)
    assert left["route"].endswith("(left in store)")
    assert not left["export"]
    term = plan.ledger.set_index("term")["value"]
    assert term["closing_value"] == pytest.approx(70)
    on_routes = (plan.routes["volume"] * plan.routes["netback"]).sum()
    assert on_routes == pytest.approx(plan.netback - 70, rel=1e-9)


LINES = {
    "nodes": """
        id,name,kind,country
        FIELD,Field,field,KZ
        HUB,Hub,hub,KZ
        BORDER,Border,border,KZ
        PORT,Port,port,RU
        EAST,East,market,CN
        """,
    "arcs": """
        id,from,to,name,line,mode,capacity,tariff
        GATHER,FIELD,HUB,Gathering,,pipeline,20,1
        FIRST,HUB,BORDER,First section,Long Line (LL),pipeline,{first},30
        LOOP,HUB,BORDER,A loop of the first section,Long Line (LL),pipeline,20,31
        SECOND,BORDER,PORT,Second section,{second},pipeline,20,5
        SHIP,PORT,EAST,Ship,,tanker,unlimited,10
        """,
    "supplies": "id,node,commodity,shipper,available,minimum,cost\nFIELD_CO,FIELD,CRUDE,Field Co,10,10,9",
    "obligations": "", "markets": "id,node,name,price\nEAST,EAST,East,500", "tiers": "", "groups": "", "meters": "",
}  # fmt: skip


@pytest.mark.parametrize(("second", "words"), [
    ("Long Line (LL)", "Field → Long Line → Port → East"),
    ("Other", "Field → Long Line → Other → Port → East"),
    ("", "Field → Long Line → Port → East"),
])  # fmt: skip
def test_a_route_is_told_by_the_lines_that_carry_it(tmp_path: Path, second: str, words: str) -> None:
    tables = {**LINES, "arcs": LINES["arcs"].format(first=20, second=second)}
    assert solve(toy(tmp_path, tables)).routes["route"].tolist() == [words]


def test_a_border_is_named_where_no_named_line_leads_to_it(tmp_path: Path) -> None:
    arcs = LINES["arcs"].format(first=20, second="").replace("Long Line (LL)", "")
    assert solve(toy(tmp_path, {**LINES, "arcs": arcs})).routes["route"].tolist() == ["Field → Border → Port → East"]


def test_routes_that_read_the_same_are_one_row_for_readers_and_two_on_record(tmp_path: Path) -> None:
    # 4 of 10 Mt by the first section (30 USD/t), 6 by its loop (31): 0.4·30 + 0.6·31 + 1 + 5 = 36.6 USD/t.
    tables = {**LINES, "arcs": LINES["arcs"].format(first=4, second="Long Line (LL)")}
    routes = solve(toy(tmp_path, tables)).routes
    assert sorted(routes["arcs"]) == ["GATHER;FIRST;SECOND;SHIP", "GATHER;LOOP;SECOND;SHIP"]
    (row,) = merged(routes).to_dict("records")
    assert (row["volume"], row["share"], row["tariff"]) == pytest.approx((10, 1, 36.6))
    assert row["netback"] == pytest.approx(500 - 36.6 - 10 - 9)
    assert set(row["arcs"].split(";")) == {"GATHER", "FIRST", "LOOP", "SECOND", "SHIP"}
    assert row["limited_by"] == "First section"
    assert list(merged(routes)) == list(routes)


def test_volumes_by_words_alone_are_those_of_the_table(tmp_path: Path) -> None:
    compiled = er.compile(toy(tmp_path, {**LINES, "arcs": LINES["arcs"].format(first=4, second="Long Line (LL)")}))
    best = compiled.optimum(compiled.case)
    space, _ = best.stated
    told = merged(routes_table(Solved(space, best.x, ledger_terms(space)))).set_index("route")["volume"]
    assert route_volumes(Solved(space, best.x, ())).to_dict() == pytest.approx(told.to_dict())
