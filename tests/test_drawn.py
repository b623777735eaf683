"""A drawn route: read from three formats and three coordinate systems, snapped, measured, priced, counted, solved."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas
import pytest
from shapely import LineString, Point, box
from toy import TABLES, toy

import energy_routes as er
from energy_routes.case.case import Case
from energy_routes.case.model_file import parse_model
from energy_routes.errors import DataError, UsageError
from energy_routes.maps.data.payload import payload
from energy_routes.network import Names, geometry as geo
from energy_routes.network.added_route import AddedRoute
from energy_routes.network.drawn.cost import levelised, projects, propose, recovery_factor, unit_cost
from energy_routes.network.drawn.route import route_from_geometry, routes_from_file, slug, water_km
from energy_routes.pack import GAS, OIL
from energy_routes.results import storing as results

PLACED = """
    id,name,kind,country,lat,lon
    FIELD,Field,field,KZ,46.15,53.4
    HUB,Hub,hub,KZ,47.1,51.9
    EAST,East,market,CN,45.2,82.6
    WEST,West,market,IT,45.6,13.8
    """
EASTWARD = LineString([(53.5, 46.2), (60.0, 45.9), (70.0, 45.6), (82.5, 45.25)])  # across the Aral Sea
WESTWARD = LineString([(53.4, 46.2), (45.0, 47.5), (36.0, 49.5), (24.0, 48.3), (13.9, 45.7)])  # RU, UA, …


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return toy(tmp_path / "toy", TABLES | {"nodes": PLACED})


@pytest.fixture(scope="module")
def oil() -> Case:
    return er.load("oil-2024")


def drawn(path: Path, *lines: LineString, crs: int | None = 4326, **columns: Any) -> Path:
    """A layer of lines, given in WGS 84, written in another coordinate system."""
    frame = geopandas.GeoDataFrame(columns, geometry=list(lines), crs=4326)
    frame = frame if crs == 4326 else frame.to_crs(crs or 4326)
    frame.to_file(path)
    return path


@pytest.mark.parametrize(("name", "crs"), [("line.geojson", 4326), ("line.gpkg", 32639), ("line.shp", 3857)])
def test_three_formats_and_coordinate_systems_give_one_route(case: Case, tmp_path: Path, name: str, crs: int) -> None:
    file = drawn(tmp_path / name, EASTWARD, crs=crs, name=["New line"], capacity=[3.0])
    route = route_from_geometry(file, case)
    assert (route.id, route.name, route.start, route.end) == ("NEW_LINE", "New line", "FIELD", "EAST")
    assert route.capacity == 3.0
    assert route.countries == ("KZ", "CN")
    ends = LineString([(53.4, 46.15), *list(EASTWARD.coords)[1:-1], (82.6, 45.2)])
    assert route.length_km == pytest.approx(geo.length_km(ends), rel=1e-6)
    assert 60 < route.water_km < 160  # what is left of the Aral Sea on the base map


def test_the_plan_uses_it_and_a_saved_result_keeps_its_line(case: Case, tmp_path: Path) -> None:
    # Before: 6·500 + 2·510 − gathering 10 − 6·30 − 2·50 − lifting 90 + home 200 = 3840 MUSD.
    # A line of 3 Mt/y from the field to the east at 10 USD/t leaves 5 Mt for the short way and none for the long one:
    # 8·500 − 7 − 5·30 − 3·10 − 90 + 200 = 3923 MUSD.
    file = drawn(tmp_path / "line.geojson", EASTWARD, name=["New line"], capacity=[3.0], tariff=[10.0])
    route = route_from_geometry(file, case)
    assert er.solve(case).netback == pytest.approx(3840)
    plan = er.solve(case.with_route(route))
    assert plan.netback == pytest.approx(3923)
    volumes = plan.groups[plan.groups["kind"] == "corridor"].set_index("group")["volume"]
    assert volumes["NEW_LINE"].max() == pytest.approx(3.0)
    results.save(plan, tmp_path / "out", {})
    assert er.verify(tmp_path / "out").passed
    saved = results.load(tmp_path / "out")
    line = payload(saved).lines["NEW_LINE"]
    assert [c for point in line.coords for c in point] == pytest.approx([c for point in route.line for c in point])
    assert "an estimate" in saved.case.edits[-1].written


def test_routes_and_maps_call_it_by_its_name(case: Case) -> None:
    for name, told in (("New line", "New line"), ("Field – East (drawn)", "Field – East")):
        route = route_from_geometry(EASTWARD, case, name=name, capacity=3.0, tariff=1.0)
        plan = er.solve(case.with_route(route))
        assert f"Field → {told} → East" in set(plan.routes["route"])
        assert Names(plan.case.network.tables).line_on_maps[route.id] == told


def test_a_model_file_adds_it_and_its_other_edits_may_speak_of_it(case: Case, tmp_path: Path) -> None:
    folder = tmp_path / "toy"
    drawn(folder / "line.gpkg", EASTWARD, crs=32640, name=["New line"])
    (folder / "asked.toml").write_text("""
extends = "model"
[[edit]]
add_route = "line.gpkg"
capacity = 250
unit = "kt/month"
commodity = "CRUDE"
reason = "drawn"
[[edit]]
target = "arc:NEW_LINE"
tariff = { set = 10, unit = "USD/t" }
reason = "offered"
""", encoding="utf-8")
    asked = er.load(folder / "asked.toml")
    assert er.solve(asked).netback == pytest.approx(3923)  # 250 kt a month are 3 Mt a year
    assert asked.subject == ("arc:NEW_LINE",)  # the question is about what it draws
    (folder / "further.toml").write_text('extends = "asked"\n', encoding="utf-8")
    assert er.load(folder / "further.toml").subject == ("arc:NEW_LINE",)
    (folder / "about.toml").write_text('subject = "arc:LONG"\n' + (folder / "asked.toml").read_text("utf-8"), "utf-8")
    assert er.load(folder / "about.toml").subject == ("arc:LONG",)
    assert [(e.target, e.reason) for e in asked.edits][-2:] == [("arc:NEW_LINE", "drawn"), ("arc:NEW_LINE", "offered")]
    lanes = asked.network.tables["lanes"]
    assert list(lanes.loc[lanes["arc"] == "NEW_LINE", "commodity"]) == ["CRUDE"]


def test_transit_is_counted_on_the_arc_where_no_other_meter_counts_it(case: Case) -> None:
    route = route_from_geometry(WESTWARD, case, name="West line", tariff=20)
    assert route.countries[:3] == ("KZ", "RU", "UA")
    meters = case.with_route(route).network.tables["meters"]
    own = set(meters.loc[meters["arc"] == "WEST_LINE", ["kind", "group"]].itertuples(index=False, name=None))
    assert {("corridor", "WEST_LINE"), ("transit", "RU"), ("transit", "UA")} <= own
    assert ("transit", "IT") not in own  # it is sold there
    assert ("transit", "KZ") not in own
    plan = er.solve(case.with_route(route))
    # LONG paid 50 and the line pays 20 from the field: 510 − 20 = 490 before all others, 3 Mt at the first tier and
    # then 490 − 20 = 470 against 469 by the short way: all 8 Mt go west over Russia.
    share = plan.indicators[(plan.indicators["kind"] == "transit") & (plan.indicators["group"] == "RU")]
    assert share["value"].iloc[0] == pytest.approx(1.0)


def test_a_bypass_is_counted_by_the_meters_after_it(case: Case) -> None:
    bypass = route_from_geometry([(53.4, 46.1), (52.6, 46.9), (51.9, 47.1)], case)
    assert bypass.id == "FIELD_HUB"
    meters = case.with_route(bypass).network.tables["meters"]
    assert "FIELD_HUB" not in set(meters["arc"])


def test_what_cannot_be_counted_right_is_refused(case: Case) -> None:
    # Through Russia to the hub: what goes on by the short way crosses Russia's meter there, by the long way none.
    detour = route_from_geometry([(53.4, 46.15), (50.5, 49.0), (46.5, 49.5), (51.9, 47.1)], case)
    assert "RU" in detour.countries
    with pytest.raises(DataError, match="some export paths over it cross a meter of transit RU, some do not"):
        case.with_route(detour)


def test_two_lines_of_a_layer_make_one_way(case: Case, tmp_path: Path) -> None:
    tables = TABLES | {"nodes": PLACED + "PORT,Port,port,KZ,43.2,51.65\n"}
    case = toy(tmp_path / "with-port", tables)
    north = LineString([(51.9, 47.1), (51.65, 43.2)])
    south = LineString([(51.65, 43.2), (51.65, 38.0), (30.0, 40.0), (13.8, 45.6)])
    file = drawn(tmp_path / "chain.geojson", north, south, name=["North leg", "South leg"])
    routes = routes_from_file(file, case.network, commodity="oil")
    meters = case.with_route(*routes).network.tables["meters"]
    corridors = meters[(meters["kind"] == "corridor") & meters["arc"].isin(["NORTH_LEG", "SOUTH_LEG"])]
    assert list(corridors["arc"]) == ["NORTH_LEG"]  # one path, one meter
    with pytest.raises(UsageError, match="2 lines: give name as attributes"):
        routes_from_file(file, case.network, name="Both")


def test_tariff_and_capex_follow_the_stated_rule() -> None:
    assert recovery_factor(0.10, 25) == pytest.approx(0.11017, abs=5e-6)  # 0.1 / (1 − 1.1^−25)
    assert levelised(11_700, 16) == pytest.approx(102.5, abs=0.05)  # TANAP at its first capex; its treaty says 102
    tanap = next(p for p in projects() if "TANAP" in p.name)
    assert tanap.unit_cost == pytest.approx(7000 / (1811 * 16))
    land, sea, oil = unit_cost(GAS, "land"), unit_cost(GAS, "sea"), unit_cost(OIL, "land")
    assert land.least < land.middle < land.most
    # 100 km on land and 50 km under water, 10 bcm a year.
    proposal = propose(GAS, 100, 50, 10)
    assert proposal.capex == pytest.approx((100 * land.middle + 50 * sea.middle) * 10)
    assert proposal.tariff == pytest.approx(levelised(proposal.capex, 10))
    assert proposal.least < proposal.tariff < proposal.most
    # No oil line at sea has a cost: the cost on land times what the sea adds to gas lines.
    at_sea = propose(OIL, 0, 100, float("inf"))
    assert at_sea.capex is None
    assert at_sea.tariff == pytest.approx(levelised(100 * oil.middle * sea.middle / land.middle, 1))
    assert "Eskene - Kuryk" in propose(OIL, 10, 0, 1).how


def test_barrels_are_those_of_the_grade_that_flows(oil: Case) -> None:
    """At 6.8 barrels a tonne, not at the 7.97 of the first in the pack."""
    route = route_from_geometry(EASTWARD, oil, tolerance_km=1e4, commodity="BUZACHI", capacity=68, unit="kb/d")
    assert (route.capacity, route.time) == (pytest.approx(0.01), "d")


def test_every_cost_has_a_source(root: Path) -> None:
    text = (root / "data/costs/pipelines.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert all("http" in row for row in text)


def test_stated_figures_go_before_proposed_ones(case: Case) -> None:
    given = route_from_geometry(EASTWARD, case, capacity=10, capex=2000)
    assert given.tariff == pytest.approx(levelised(2000, 10))
    assert "as given" in given.note
    assert route_from_geometry(EASTWARD, case, capacity=10, tariff=7).tariff == 7
    with pytest.raises(DataError, match="Only a pipeline's tariff can be proposed"):
        route_from_geometry(EASTWARD, case, mode="rail")


def test_a_subsea_and_a_land_line_of_the_oil_pack(oil: Case, tmp_path: Path) -> None:
    subsea = LineString([(51.67, 43.2), (51.0, 42.2), (50.2, 41.0), (49.6, 40.2)])
    file = drawn(tmp_path / "caspian.shp", subsea, crs=32639, name=["Trans-Caspian oil line"], capacity=[10])
    route = route_from_geometry(file, oil)
    assert (route.start, route.end, route.countries) == ("KURYK", "SANGACHAL", ("KZ", "AZ"))
    assert route.length_km == pytest.approx(380, rel=0.05)
    assert 0.8 < route.water_km / route.length_km < 1.0
    opened = oil.set("arc:KCTS.status", "operating").with_route(route)
    assert route.id not in set(opened.network.tables["meters"]["arc"])  # BTC and Baku–Supsa count what comes over it
    land = route_from_geometry([(51.95, 47.1), (46.0, 45.5), (41.7, 41.6)], oil, start="ATYRAU", end="BATUMI",
                               name="Atyrau–Batumi")
    meters = oil.with_route(land).network.tables["meters"]
    own = set(meters.loc[meters["arc"] == land.id, ["kind", "group"]].itertuples(index=False, name=None))
    assert {("transit", "RU"), ("transit", "GE"), ("transit_set", "RU+GE"), ("corridor", "ATYRAU_BATUMI")} <= own


def test_a_line_drawn_the_other_way_round_is_turned_when_its_ends_are_named(case: Case) -> None:
    route = route_from_geometry(EASTWARD.reverse(), case, start="FIELD", end="EAST")
    assert route.line[0] == (53.4, 46.15)
    assert route_from_geometry(EASTWARD.reverse(), case).start == "EAST"  # as drawn


def test_water_is_what_lies_outside_countries_or_in_a_lake() -> None:
    assert water_km(LineString([(70, 48), (71, 48)])) == 0.0  # the steppe
    assert water_km(LineString([(50.5, 42), (51.0, 42)])) == pytest.approx(41.4, abs=0.2)  # the Caspian, all of it
    assert 50 < water_km(LineString([(74.0, 46.5), (76.0, 46.5)])) < 152  # partly Lake Balkhash


@pytest.mark.parametrize(("shape", "found"), [
    (box(53, 46, 54, 47), r"\(Polygon\); expected .* a LineString"),
    (Point(53, 46), r"\(Point\); expected .* a LineString"),
    (LineString(), "no geometry"),
    (LineString([(53.4, 46.1), (53.4, 46.1)]), "a line of one point"),
])
def test_what_is_no_line_is_refused(case: Case, shape: Any, found: str) -> None:
    with pytest.raises((DataError, UsageError), match=found):
        route_from_geometry(shape, case)


def test_nonsense_is_refused_with_every_fault_and_the_nearest(case: Case, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"start is \d+ km from 'FIELD'.*nearest: FIELD \(Field\) \d+ km, HUB"):
        route_from_geometry([(60, 46), (82.6, 45.2)], case)
    with pytest.raises(DataError, match="both ends lie at 'FIELD'"):
        route_from_geometry([(53.4, 46.1), (54, 47), (53.4, 46.2)], case)
    with pytest.raises(DataError, match=r"'FEILD' is no node.*Nearest: 'FIELD'"):
        route_from_geometry(EASTWARD, case, start="FEILD")
    with pytest.raises(DataError, match="'SHORT' is the id of another arc"):
        case.with_route(route_from_geometry(EASTWARD, case, id="SHORT"))
    with pytest.raises(UsageError, match=r"no 'capactiy'.*Nearest: 'capacity'"):
        route_from_geometry(EASTWARD, case, capactiy=3)
    with pytest.raises(DataError, match=r"commodity 'CRUD' is not in the pack. Nearest: 'CRUDE'"):
        route_from_geometry(EASTWARD, case, commodity="CRUD")
    far = LineString([(0, 0), (1, 1)])
    two = drawn(tmp_path / "two.geojson", far, far)
    with pytest.raises(DataError, match="4 problems"):
        routes_from_file(two, case.network)
    with pytest.raises(DataError, match=r"no such file"):
        route_from_geometry(tmp_path / "none.gpkg", case)
    with pytest.raises(DataError, match=r"a \.kml file; expected a line in one of \.geojson"):
        route_from_geometry("line.kml", case)


def test_two_nodes_at_one_place_must_be_told_apart(oil: Case) -> None:
    line = [(51.2, 43.62), (49.6, 40.2)]
    with pytest.raises(DataError, match=r"several nodes lie at the line's start: AKTAU.*Name it: from = "):
        route_from_geometry(line, oil)
    assert route_from_geometry(line, oil, start="AKTAU").start == "AKTAU"


def test_a_missing_coordinate_system_is_told_for_geojson_and_refused_elsewhere(case: Case, tmp_path: Path) -> None:
    line = {"type": "LineString", "coordinates": list(EASTWARD.coords)}
    bare = {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": line}]}
    (tmp_path / "bare.geojson").write_text(json.dumps(bare), encoding="utf-8")
    assert "bare.geojson names no coordinate system: WGS 84 is taken" in route_from_geometry(
        tmp_path / "bare.geojson", case).note
    shape = drawn(tmp_path / "bare.shp", EASTWARD)
    shape.with_suffix(".prj").unlink()
    with pytest.raises(DataError, match=r"bare\.shp: no coordinate system"):
        route_from_geometry(shape, case)
    metres = json.dumps(bare).replace("53.5", "531234.5")
    (tmp_path / "metres.geojson").write_text(metres, encoding="utf-8")
    with pytest.raises(DataError, match="expected degrees of longitude and latitude"):
        route_from_geometry(tmp_path / "metres.geojson", case)


def test_a_geopackage_of_several_layers_wants_its_layer_named(case: Case, tmp_path: Path) -> None:
    file = tmp_path / "many.gpkg"
    frame = geopandas.GeoDataFrame(geometry=[EASTWARD], crs=4326)
    frame.to_file(file, layer="one")
    frame.to_file(file, layer="two")
    with pytest.raises(DataError, match=r"2 layers; expected one. Name it: layer = one of one, two"):
        route_from_geometry(file, case)
    assert route_from_geometry(file, case, layer="two").end == "EAST"
    with pytest.raises(DataError, match="no layer 'three'"):
        route_from_geometry(file, case, layer="three")


def test_a_misspelt_key_of_a_drawn_edit_is_told() -> None:
    text = '[[edit]]\nadd_route = "a.geojson"\nreason = "r"\ncapacty = 3\n'
    with pytest.raises(DataError, match=r"edit\.1\.capacty'?: unknown key.*Nearest: 'capacity'"):
        parse_model(text, "m.toml")
    with pytest.raises(DataError, match=r"reason"):
        parse_model('[[edit]]\nadd_route = "a.geojson"\n', "m.toml")


def test_a_route_can_be_written_in_python_without_a_line(case: Case) -> None:
    plan = er.solve(case.with_route(AddedRoute("NEW", "New line", "FIELD", "EAST", tariff=10.0, capacity=3.0)))
    assert plan.netback == pytest.approx(3923)
    assert slug("Кашаган – Курык (drawn)") == "КАШАГАН_КУРЫК"


def test_the_pack_that_was_read_is_not_changed(case: Case) -> None:
    before = {name: len(frame) for name, frame in case.network.tables.items()}
    case.with_route(route_from_geometry(EASTWARD, case))
    assert {name: len(frame) for name, frame in case.network.tables.items()} == before
    assert not case.network.packs[0].drawn
