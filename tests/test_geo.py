"""Geometry facts: by hand on squares and meridians, then the committed routes of the oil pack."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import shapely
from hypothesis import given, strategies as st
from shapely import LineString, box

from energy_routes.errors import DataError
from energy_routes.network import geometry as geo

DATA = Path(__file__).parents[1] / "data"
PACK = DATA / "kazakhstan-oil"

# Two countries side by side, a third one across the water: A is 0–2° E, B 2–4° E, C 6–8° E, all 0–2° N.
TOY = geo.Basemap(
    countries=(("A", box(0, 0, 2, 2)), ("B", box(2, 0, 4, 2)), ("C", box(6, 0, 8, 2))),
    gates=(("Narrows", LineString([(5, -1), (5, 3)])), ("Narrows", LineString([(5.5, -1), (5.5, 3)])),
           ("Mouth", LineString([(4.5, -1), (4.5, 3)])), ("Elsewhere", LineString([(20, 0), (20, 1)]))),
)


def test_a_degree_of_the_equator_is_111_km() -> None:
    # 2π · 6378.137 km / 360 = 111.3195 km
    assert geo.length_km(LineString([(10, 0), (11, 0)])) == pytest.approx(111.3195, abs=1e-3)
    assert geo.distance_km((10, 0), (11, 0)) == pytest.approx(111.3195, abs=1e-3)


def test_countries_come_in_the_order_they_are_entered() -> None:
    assert geo.countries_crossed(LineString([(0.5, 1), (3.5, 1)]), TOY) == ("A", "B")
    assert geo.countries_crossed(LineString([(3.5, 1), (0.5, 1)]), TOY) == ("B", "A")


def test_a_border_post_is_a_sliver_and_not_a_country_crossed() -> None:
    assert geo.countries_crossed(LineString([(0.5, 1), (2.03, 1)]), TOY) == ("A",)  # 3.3 km beyond the border
    assert geo.countries_crossed(LineString([(0.5, 1), (2.06, 1)]), TOY) == ("A", "B")  # 6.7 km


def test_a_short_link_still_has_its_country() -> None:
    assert geo.countries_crossed(LineString([(1, 1), (1.01, 1)]), TOY) == ("A",)


def test_the_landing_of_a_subsea_line_counts_for_its_coast() -> None:
    # Both ends lie in the water, 11 km off B and off C.
    assert geo.countries_crossed(LineString([(4.1, 1), (5.9, 1)]), TOY) == ("B", "C")
    assert geo.countries_crossed(LineString([(4.5, 1), (5.5, 1)]), TOY) == ()  # 55 km off both


def test_straits_come_in_order_and_once() -> None:
    line = LineString([(4, 1), (6, 1)])
    assert geo.chokepoints_passed(line, TOY) == ("Mouth", "Narrows")
    assert geo.chokepoints_passed(line.reverse(), TOY) == ("Narrows", "Mouth")


def test_compose_joins_and_reverses() -> None:
    routes = {"a": LineString([(0, 0), (1, 0)]), "b": LineString([(2, 0), (1, 0)])}
    assert list(geo.compose("a; -b", routes).coords) == [(0, 0), (1, 0), (1, 0), (2, 0)]
    with pytest.raises(DataError, match=r"'b' starts 111 km from the end"):
        geo.compose("a;b", routes)
    with pytest.raises(DataError, match=r"'c' is not in routes.geojson"):
        geo.compose("a;c", routes)


def test_snap_moves_a_near_end_and_leads_to_a_far_one() -> None:
    line = LineString([(0, 0), (1, 0), (2, 0)])
    snapped = geo.snap(line, (0.01, 0), (3, 0), tolerance_km=5)
    assert list(snapped.coords) == [(0.01, 0), (1, 0), (2, 0), (3, 0)]


def test_a_route_file_without_ids_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "routes.geojson"
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [0, 0]}}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    with pytest.raises(DataError, match="feature 1"):
        geo.read_routes(path)
    with pytest.raises(DataError, match="No such file"):
        geo.read_routes(tmp_path / "none.geojson")
    path.write_text("[1, 2")
    with pytest.raises(DataError, match=r"not JSON .*expected a GeoJSON feature collection"):
        geo.read_routes(path)


@pytest.mark.parametrize(("properties", "x", "words"), [
    ({"id": 5}, "1", "id 5"), ({"id": ["L"]}, "1", r"id \['L'\]"), ({"id": "L"}, "9" * 400, "no geometry"),
])
def test_an_id_is_a_text_and_a_coordinate_a_number_of_some_digits(
    properties: dict[str, object], x: str, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "routes.geojson"
    feature = {"type": "Feature", "properties": properties,
               "geometry": {"type": "LineString", "coordinates": [[0, 0], ["X", 1]]}}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}).replace('"X"', x))
    with pytest.raises(DataError, match=rf"feature 1'.*{words}"):
        geo.read_routes(path)


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\x00\ufeff", exclude_categories=["Cs"]), max_size=8)


@given(st.lists(st.lists(CELL, min_size=3, max_size=3), max_size=4), st.sampled_from(["\n", "\r\n"]))
def test_rewriting_touches_no_byte_but_its_columns(rows: list[list[str]], end: str) -> None:
    quoted = [[f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row] for row in rows]
    text = "".join(",".join(row) + end for row in [["id", "route", "note"], *quoted])
    assert geo.rewrite_columns(text, ("route",), lambda row: {}) == text
    changed = geo.rewrite_columns(text, ("route",), lambda row: {"route": "new"})
    expected = [["id", "route", "note"], *([a, "new", c] for a, _, c in quoted)]
    assert changed == "".join(",".join(row) + end for row in expected)


def test_rewriting_adds_the_columns_a_header_lacks_and_sees_plain_cells() -> None:
    seen: list[dict[str, str]] = []

    def cells(row: dict[str, str]) -> dict[str, str]:
        seen.append(row)
        return {"route": "R"}

    assert geo.rewrite_columns('id,note\nx,"a ""b"", c"\n', ("route",), cells) == 'id,note,route\nx,"a ""b"", c",R\n'
    assert seen == [{"id": "x", "note": 'a "b", c', "route": ""}]


# ------------------------------------------------------------------------------------------------ the oil pack


def _arcs() -> dict[str, dict[str, str]]:
    with (PACK / "arcs.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def arcs() -> dict[str, dict[str, str]]:
    return _arcs()


@pytest.fixture(scope="module")
def routes() -> dict[str, LineString]:
    return geo.read_routes(PACK / "routes.geojson")


@pytest.fixture(scope="module")
def land() -> shapely.Geometry:
    shapes = [shapely.make_valid(shape) for _, shape in geo.read_features(DATA / "basemap" / "countries.geojson")]
    return shapely.union_all(shapes)


def test_the_computed_columns_are_up_to_date() -> None:
    committed = (PACK / "arcs.csv").read_bytes().decode("utf-8")
    again = "python -m energy_routes.network.geometry data/kazakhstan-oil refreshes them"
    assert geo.refreshed(PACK, geo.read_basemap(DATA / "basemap")) == committed, again


def test_every_arc_is_drawn_from_its_own_node_to_its_own_node(arcs: dict[str, dict[str, str]],
                                                              routes: dict[str, LineString]) -> None:
    with (PACK / "nodes.csv").open(encoding="utf-8", newline="") as file:
        places = {row["id"]: (float(row["lon"]), float(row["lat"])) for row in csv.DictReader(file)}
    for name, arc in arcs.items():
        line = geo.compose(arc["route"], routes)
        assert geo.distance_km(line.coords[0], places[arc["from"]]) < 0.1, name
        assert geo.distance_km(line.coords[-1], places[arc["to"]]) < 0.1, name


def test_every_route_says_whose_it_is() -> None:
    for properties, _ in geo.read_features(PACK / "routes.geojson"):
        text = properties["attribution"]
        assert "Global Energy Monitor" in text or text == "Indicative line, project authors (CC0)", properties["id"]
        assert "CC" in text


# Why these geometries differ by more than a tenth from the published length of the line.
KNOWN_LENGTHS = {
    "ALA_DUS": "the reference trace has three vertices",
    "TCOP": "700 km is a 2005 concept from Atyrau, the line drawn is from Kuryk",
}


def test_geometry_agrees_with_published_lengths(arcs: dict[str, dict[str, str]]) -> None:
    published = {p["id"]: p["published_length_km"] for p, _ in geo.read_features(PACK / "routes.geojson")
                 if "published_length_km" in p}
    assert len(published) >= 7
    off = {name: float(arcs[name]["geometry_km"]) / km - 1 for name, km in published.items()}
    assert {name for name, share in off.items() if abs(share) > 0.10} == KNOWN_LENGTHS.keys() & published.keys()


def test_the_cpc_sections_add_up_to_the_system(arcs: dict[str, dict[str, str]]) -> None:
    # 1,511 km from Tengiz to the single point moorings (operator's figure)
    total = sum(float(arcs[name]["geometry_km"]) for name in ("CPC_KZ", "CPC_RU", "CPC_SPM"))
    assert total == pytest.approx(1511, rel=0.06)


def test_estimated_lengths_are_of_the_right_size(arcs: dict[str, dict[str, str]]) -> None:
    # An estimate is a great circle times a factor, so a fifth either way; short links are nominal.
    for name, arc in arcs.items():
        if arc["length_km"] and float(arc["length_km"]) > 50 and name not in KNOWN_LENGTHS:
            assert float(arc["geometry_km"]) == pytest.approx(float(arc["length_km"]), rel=0.21), name


@pytest.mark.parametrize(("arc", "countries"), [
    ("BTC", "AZ;GE;TR"), ("CPC_RU", "KZ;RU"), ("TN_BY", "RU"), ("GTD", "BY;PL"), ("PERN", "PL;DE"), ("KEN_KUM", "KZ"),
    ("ATA_ALA", "KZ"), ("TCOP", "KZ;AZ"), ("AKT_SNG", ""), ("T_CPC_AUG", ""),
])
def test_countries_of_the_pack(arcs: dict[str, dict[str, str]], arc: str, countries: str) -> None:
    assert arcs[arc]["countries"] == countries


@pytest.mark.parametrize(("arc", "straits"), [
    ("T_CPC_AUG", "Turkish Straits"), ("T_CPC_CON", ""), ("T_CEY_AUG", ""), ("T_UST_ROT", "Danish Straits"),
    ("T_CPC_ROT", "Turkish Straits;Strait of Gibraltar"), ("T_UST_TRI", "Danish Straits;Strait of Gibraltar"),
    ("T_CPC_CHN", "Turkish Straits;Suez Canal;Bab-el-Mandeb;Strait of Malacca"),
    ("T_CEY_CHN", "Suez Canal;Bab-el-Mandeb;Strait of Malacca"), ("BTC", ""),
])
def test_straits_of_the_pack(arcs: dict[str, dict[str, str]], arc: str, straits: str) -> None:
    assert arcs[arc]["chokepoints"] == straits


def test_a_twin_is_the_same_line_backwards(arcs: dict[str, dict[str, str]]) -> None:
    assert arcs["ATY_KEN"]["route"] == "-KEN_ATY"
    assert arcs["ATY_KEN"]["geometry_km"] == arcs["KEN_ATY"]["geometry_km"]


@pytest.mark.exhaustive
def test_ships_keep_to_the_water_and_pipelines_to_the_land(
    arcs: dict[str, dict[str, str]], routes: dict[str, LineString], land: shapely.Geometry
) -> None:
    # The generalised coast closes the Turkish Straits and the Suez Canal; berths lie behind it.
    narrow = shapely.union_all([box(26, 39.8, 29.4, 41.3), box(32, 29.8, 32.7, 31.4)])
    for name, line in routes.items():
        start, end = (shapely.Point(line.coords[k]) for k in (0, -1))
        berths = shapely.union_all([start.buffer(0.6), end.buffer(0.9)])
        if arcs[name]["mode"] in geo.SEA_MODES:
            assert line.intersection(land).difference(narrow).difference(berths).is_empty, name
        elif name != "TCOP":  # the one subsea line
            assert geo.length_km(line.difference(land).difference(berths)) < 15, name
