"""Places lie where their rows say, and lines join them: ``check`` finds what a map would show or trip over."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rest import first
from toy import write
from typer.testing import CliRunner

import energy_routes as er
from energy_routes.cli.app import app
from energy_routes.errors import DataError
from energy_routes.maps import misdrawn, misplaced, placing
from energy_routes.maps.placing import FAR
from energy_routes.network.geometry import compose
from energy_routes.pack import pack_names, pack_path, read_pack

# Tengiz and Kashagan (at sea), Aktau, Augusta, and what lies between.
NODES = """
    id,name,kind,country,lat,lon,note
    FIELD,Field,field,KZ,46.1,53.4,
    HUB,Hub,hub,KZ,47.1,51.9,
    EAST,East,market,CN,45.2,82.5,
    WEST,West,market,IT,37.2,15.2,
    """
ARCS = """
    id,from,to,name,capacity,tariff,length_km,route,note
    GATHER,FIELD,HUB,Gathering,20,1,180,GATHER,
    SHORT,HUB,EAST,Short way,6,30,2400,SHORT,
    LONG,HUB,WEST,Long way,5,50,3200,LONG,
    """
LINES: dict[str, Any] = {"GATHER": [[53.4, 46.1], [51.9, 47.1]], "SHORT": [[51.9, 47.1], [82.5, 45.2]],
                         "LONG": [[51.9, 47.1], [15.2, 37.2]]}  # fmt: skip


def geojson(lines: dict[str, Any]) -> str:
    return json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"id": name}, "geometry": {"type": "LineString", "coordinates": points}}
        for name, points in lines.items()]})  # fmt: skip


def placed(folder: Path, nodes: str = NODES, arcs: str = ARCS, lines: str = geojson(LINES)) -> Path:
    write(folder, {"nodes": nodes, "arcs": arcs})
    (folder / "routes.geojson").write_text(lines, "utf-8")
    return folder


def told(folder: Path) -> list[str]:
    pack = read_pack(folder)
    return [str(fault) for fault in (*misplaced(pack), *misdrawn(pack))]


def test_a_pack_whose_places_and_lines_are_where_they_say_raises_no_fault(tmp_path: Path) -> None:
    assert told(placed(tmp_path)) == []


def test_the_bundled_packs_raise_none() -> None:
    for name in pack_names():
        assert told(pack_path(name)) == []


@pytest.mark.parametrize(("old", "new", "likely"), [
    ("46.1,53.4", "53.4,46.1", "lat 46.1, lon 53.4"), ("46.1,53.4", "-46.1,53.4", "lat 46.1, lon 53.4"),
    ("46.1,53.4", "46.1,-53.4", "lat 46.1, lon 53.4"), ("46.1,53.4", "0,0", ""),
    ("47.1,51.9", "51.9,47.1", "lat 47.1, lon 51.9"), ("37.2,15.2", "-37.2,15.2", "lat 37.2, lon 15.2"),
    ("45.2,82.5", "45.2,-82.5", "lat 45.2, lon 82.5"), ("37.2,15.2", "15.2,37.2", "lat 37.2, lon 15.2"),
])  # fmt: skip
def test_a_swap_or_a_sign_is_found_with_its_repair(old: str, new: str, likely: str, tmp_path: Path) -> None:
    (fault, *others) = told(placed(tmp_path, nodes=NODES.replace(old, new)))
    assert "nodes.csv row" in fault
    assert "km from" in fault
    assert likely in fault
    assert all("arcs.csv" in other for other in others)  # its lines end elsewhere, too


def test_every_swap_and_sign_of_the_bundled_packs_is_found() -> None:
    """Of its own, or (a swap that stays in its country) by the ends of its lines."""
    for name in pack_names():
        pack = read_pack(pack_path(name))
        nodes = pack.tables["nodes"]
        swapped = nodes.assign(lat=nodes["lon"].clip(-90, 90), lon=nodes["lat"])
        for moved in (swapped, nodes.assign(lat=-nodes["lat"]), nodes.assign(lon=-nodes["lon"])):
            wrong = replace(pack, tables={**pack.tables, "nodes": moved})
            told = " ".join(str(fault) for fault in (*misplaced(wrong), *misdrawn(wrong)))
            assert [node for node in nodes["id"] if f"{node!r}" not in told] == []


def test_a_field_at_sea_may_be_100_km_off_its_coast_and_on_another_land_10(tmp_path: Path) -> None:
    at_sea = NODES.replace("46.1,53.4", "46.1,51.6")  # Kashagan, some 50 km off
    assert not [fault for fault in told(placed(tmp_path / "sea", nodes=at_sea)) if "nodes.csv" in fault]
    (hub, *_) = told(placed(tmp_path / "hub", nodes=at_sea.replace("field,KZ,46.1,51.6", "hub,KZ,46.1,51.6")))
    assert "within 10 km" in hub
    in_russia = NODES.replace("46.1,53.4", "47.5,47.6")  # 70 km beyond the border, on land
    (inland, *_) = told(placed(tmp_path / "land", nodes=in_russia))
    assert "within 10 km" in inland


def test_a_field_at_sea_that_check_asks_about_is_drawn_up_to_400_km_off(tmp_path: Path) -> None:
    for lat, drawn in ((60, True), (55, False)):  # off Chukotka
        nodes = NODES.replace("KZ,46.1,53.4", f"RU,{lat},178")
        pack = read_pack(placed(tmp_path / str(lat), nodes=nodes, arcs=ARCS.replace(",GATHER,", ",,")))
        assert [fault.row for fault in misplaced(pack)] == [2]
        assert bool(list(misplaced(pack, FAR))) is not drawn


def test_half_a_place_is_told_and_none_is_well(tmp_path: Path) -> None:
    half = told(placed(tmp_path / "half", nodes=NODES.replace("46.1,53.4", "46.1,")))
    assert "column 'lon'" in half[0]
    assert told(placed(tmp_path / "none", nodes=NODES.replace("46.1,53.4", ","))) == []


def test_a_note_answers_for_a_place_and_for_a_length_but_not_for_a_line_that_ends_elsewhere(tmp_path: Path) -> None:
    odd = NODES.replace("46.1,53.4,", "0,0,checked: a test")
    (fault,) = told(placed(tmp_path / "place", nodes=odd, arcs=ARCS.replace("180,GATHER,", "180,GATHER,checked")))
    assert "its line ends" in fault
    (fault,) = told(placed(tmp_path / "length", arcs=ARCS.replace("1,180,", "1,80,")))
    assert "80 km, and its line" in fault
    assert told(placed(tmp_path / "checked", arcs=ARCS.replace("1,180,GATHER,", "1,80,GATHER,checked: a test"))) == []


def test_a_place_without_a_country_is_held_against_all_land(tmp_path: Path) -> None:
    without = NODES.replace("FIELD,Field,field,KZ,46.1,53.4,", "FIELD,Field,field,{},")
    for number, (where, found) in enumerate([(",-25.3,-42.8,", ""), ("ZZ,50,60,", ""), (",0,-30,", "from any land"),
                                             ("ZZ,-50,-120,", "within 400 km")]):  # fmt: skip
        nodes = without.replace("{},", where)
        faults = [fault for fault in told(placed(tmp_path / str(number), nodes=nodes)) if "nodes.csv" in fault]
        assert len(faults) == bool(found)
        assert all(found in fault for fault in faults)


def test_a_place_is_held_against_its_country_round_the_180th_meridian(tmp_path: Path) -> None:
    beyond = NODES.replace("KZ,46.1,53.4", "RU,66,-179.99").replace("KZ,47.1,51.9", "US,52,179.9")
    assert not [fault for fault in told(placed(tmp_path, nodes=beyond)) if "'FIELD' at" in fault]


def change(name: str, points: Any) -> str:
    return geojson({**LINES, name: points})


BROKEN: dict[str, tuple[str, list[str]]] = {
    "in Chile": (change("GATHER", [[-70, -30], [-71, -31]]), ["arcs.csv row 2", "'route'", "km from 'FIELD'"]),
    "in metres": (change("GATHER", [[5936000, 5800000], [5936100, 5800100]]), ["feature 1", "5.936e+06", "EPSG:4326"]),
    "of one point": (change("GATHER", [[53.4, 46.1]]), ["routes.geojson"]),
    "of no point": (change("GATHER", []), ["routes.geojson"]),
    "at longitude 500": (change("GATHER", [[500, 46], [501, 47]]), ["feature 1", "500, 46"]),
    "exchanged": (change("GATHER", [[46.1, 53.4], [47.1, 51.9]]), ["arcs.csv row 2", "km from 'FIELD'"]),
    "no JSON": ("{not json", ["not JSON", "expected a GeoJSON feature collection"]),
    "a list": ("[1, 2]", ["no list of features", "expected a GeoJSON feature collection"]),
    "no features": ('{"features": {}}', ["no list of features"]),
    "a feature without words": ('{"type": "FeatureCollection", "features": [null, 5]}',
                                ["feature 1", "feature 2", "no geometry"]),
    "without a geometry": (geojson(LINES).replace('"geometry": {', '"geometry": null, "was": {', 1),
                           ["feature 1", "no geometry"]),
    "nested deep": ('{"type":"FeatureCollection","features":' + "[" * 100000 + "]" * 100000 + "}", ["not JSON"]),
    "a number that is none": (geojson(LINES).replace("53.4", "NaN", 1), ["NaN is no number"]),
    "of a feature that is not there": (geojson({k: v for k, v in LINES.items() if k != "SHORT"}),
                                       ["arcs.csv row 3", "'SHORT' is not in routes.geojson"]),
    "a point": (geojson(LINES).replace('"LineString", "coordinates": [[53.4, 46.1], [51.9, 47.1]]',
                                       '"Point", "coordinates": [53.4, 46.1]'), ["Point"]),
    "twice as long as stated": (change("GATHER", [[53.4, 46.1], [53.4, 48.5], [51.9, 47.1]]),
                                ["arcs.csv row 2", "'length_km'", "within a factor of 1.6"]),
}  # fmt: skip


@pytest.mark.parametrize(("lines", "words"), BROKEN.values(), ids=BROKEN)
def test_check_finds_a_line_that_is_broken(lines: str, words: list[str], tmp_path: Path) -> None:
    folder = placed(tmp_path, lines=lines)
    for target in (folder, folder / "model.toml"):
        outcome = CliRunner().invoke(app, ["check", str(target)])
        assert outcome.exit_code == 3, outcome.output
        assert "Internal error" not in outcome.stderr
        assert all(word in outcome.stderr for word in words), outcome.stderr


def test_a_short_line_may_differ_by_15_km(tmp_path: Path) -> None:
    near = NODES.replace("47.1,51.9", "46.1,53.5")
    lines = {"GATHER": [[53.4, 46.1], [53.5, 46.1]], "SHORT": [[53.5, 46.1], [82.5, 45.2]],
             "LONG": [[53.5, 46.1], [15.2, 37.2]]}  # fmt: skip

    def at(length: int) -> list[str]:
        arcs = ARCS.replace("1,180,", f"1,{length},")
        return told(placed(tmp_path / str(length), nodes=near, arcs=arcs, lines=geojson(lines)))

    assert at(20) == []  # drawn 8 km
    (fault,) = at(30)
    assert "within 15 km of each other" in fault


def test_a_map_of_a_route_that_is_not_there_is_no_internal_error(tmp_path: Path) -> None:
    folder = placed(tmp_path, lines=geojson({k: v for k, v in LINES.items() if k != "SHORT"}))
    outcome = CliRunner().invoke(app, ["map", str(folder / "model.toml"), "--out", str(tmp_path / "m.geojson")])
    assert outcome.exit_code == 3
    assert "'SHORT' is not in routes.geojson" in outcome.stderr
    with pytest.raises(DataError, match="'X' is not in"):
        compose("X", {})


SPOILT: dict[str, Callable[[Path], Path]] = {
    "a place in the Atlantic": lambda folder: placed(folder, nodes=NODES.replace("46.1,53.4", "0,-30")),
    "a line in Chile": lambda folder: placed(folder, lines=BROKEN["in Chile"][0]),
}


@pytest.mark.parametrize("spoil", first([*SPOILT.values()], 1), ids=SPOILT)
def test_maps_and_reports_refuse_what_check_tells_and_a_result_is_saved_without_its_layers(
    spoil: Callable[[Path], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    model = str(spoil(tmp_path / "pack") / "model.toml")
    check = CliRunner().invoke(app, ["check", model])
    faults = [line for line in check.stderr.splitlines() if ".csv row" in line]
    assert faults
    result = str(tmp_path / "result")
    assert CliRunner().invoke(app, ["solve", model, "--out", result, "--quiet"]).exit_code == 0
    assert "flows.gpkg is left out of what is saved" in caplog.text
    assert not (tmp_path / "result" / "flows.gpkg").exists()
    er.verify(result)
    plan = er.solve(er.load(model))
    with monkeypatch.context() as patch:
        patch.setattr(er, "solve", None)  # refused before anything is solved
        patch.setattr(er, "frontier", None)
        for arguments in (["solve", model, "--map", "m.html"], ["map", result, "--out", "m.png"],
                          ["report", result, "--out", "r.html"],
                          ["frontier", model, "--over", "policy.max_share.transit:RU", "--map", "f.html"]):
            outcome = CliRunner().invoke(app, [*arguments[:-1], str(tmp_path / arguments[-1])])
            assert outcome.exit_code == 3, (arguments, outcome.output)
            assert [line for line in outcome.stderr.splitlines() if ".csv row" in line] == faults
    for draw in (plan.plot, plan.explore, er.compare(plan, plan).plot, er.compare(plan, plan).explore,
                 lambda: plan.layers(tmp_path / "l.gpkg"), lambda: er.write_report(plan, tmp_path / "r.html")):
        with pytest.raises(DataError, match="csv row"):
            draw()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pack", "result"]


def test_places_amid_the_region_are_held_against_its_fine_outlines_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The coarse outlines of the world cost a map a twentieth of its time; near the edge they still count."""
    kharg, by_the_edge = (50.32, 29.23), (131.0, 47.0)
    near = placing._distance(kharg, placing._lands()["IR"])
    monkeypatch.setattr(placing, "_world", lambda: pytest.fail("the world was read"))
    assert placing._away(kharg, "IR") == near == pytest.approx(31.9, abs=0.1)
    assert placing._country_at(kharg) is None
    assert placing._amid(kharg)
    assert not placing._amid(by_the_edge)
    with pytest.raises(pytest.fail.Exception, match="the world was read"):
        placing._away((-60.0, -10.0), "BR")
