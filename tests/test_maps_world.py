"""Maps of networks anywhere: how they are laid flat, what ground lies under them, and lines over the 180th meridian."""

from __future__ import annotations

import hashlib
from pathlib import Path

import geopandas
import numpy as np
import pytest
from pyproj import Geod
from rest import first
from shapely import LineString, Point, union_all
from toy import toy

import energy_routes as er
from energy_routes.answer.words import Words
from energy_routes.maps.data.lands import REGION, WORLD, files, lands, names, window, world
from energy_routes.maps.data.payload import payload
from energy_routes.maps.data.projection import USUAL, Projection, View, home_box, run_on
from energy_routes.maps.page.frame import WIDE, Frame
from energy_routes.maps.page.ground import _outlines, _seen

ROOT = Path(__file__).parent.parent
WORDS = Words.of("en")
# (lon, lat) of a field, a hub and two markets
NETWORKS = {
    "Brazil": np.array([[-42.0, -22.0], [-46.6, -23.5], [-35.0, -9.0], [-58.4, -34.6]]),
    "Sakhalin": np.array([[143.2, 52.5], [142.8, 46.6], [139.8, 35.5], [129.4, 35.5]]),
    "Perth": np.array([[116.0, -20.5], [115.9, -32.0], [144.9, -37.8], [103.8, 1.3]]),
    "Bering": np.array([[178.0, 60.0], [-149.9, 61.2], [-123.1, 49.2], [131.9, 43.1]]),
    "world": np.array([[50.0, 26.0], [32.5, 30.0], [-95.0, 29.7], [139.8, 35.5]]),
}
ON_LAND = {"Brazil": [(-47.9, -15.8), (-64.2, -31.4)], "Sakhalin": [(142.5, 47.3), (138.0, 36.2)],
           "Perth": [(133.9, -23.7), (102.0, 3.5)], "Bering": [(177.5, 66.0), (-178.0, 66.5), (-150.0, 64.0)],
           "world": [(-98.0, 39.0), (45.0, 24.0), (-60.0, -10.0), (150.0, 62.0)]}
AT_SEA = {"Brazil": [(-30.0, -20.0)], "Sakhalin": [(147.0, 50.0)], "Perth": [(110.0, -20.0)],
          "Bering": [(-175.0, 58.0)], "world": [(-30.0, 30.0), (80.0, -20.0)]}


@pytest.mark.parametrize("where", first([*NETWORKS], {*NETWORKS} - {"world", "Bering"}))
def test_a_network_stands_upright_and_true_in_a_projection_of_its_own(where: str) -> None:
    places = NETWORKS[where]
    own = Projection.of(places)
    assert own != USUAL
    middle = np.array([[own.lon, own.lat - 0.5], [own.lon, own.lat + 0.5]])
    (x, low), (again, high) = own.metres(middle)
    assert x == pytest.approx(again, abs=1.0)  # north is up in the middle
    if own.key != "world":
        true = Geod(ellps="WGS84").line_length(*middle.T)
        assert high - low == pytest.approx(true, rel=0.03)
    west, south, east, north = home_box(places, own)
    flat = own.metres(places)
    assert ((flat > (west, south)) & (flat < (east, north))).all()
    assert max(east - west, north - south) < 1.3 * np.ptp(flat, axis=0).max()


def test_kazakhstan_keeps_its_projection_and_a_small_network_far_from_it_does_not() -> None:
    assert Projection.of(np.array([[53.0, 47.0], [80.0, 50.0], [15.0, 42.0]])) == USUAL
    assert Projection.of(np.array([[53.0, 47.0], [53.1, 47.1]])) == USUAL
    assert Projection.of(np.array([[2.0, 57.0], [5.0, 60.0], [4.0, 52.0]])).values[0][1] == "53°/59° N"
    assert Projection.of(np.empty((0, 2))) == USUAL


def test_a_line_over_the_other_pole_of_a_cone_is_drawn_without_it() -> None:
    """Found by a line over the South Pole: it lies at infinity, which no map holds."""
    course = USUAL.course(np.array([[52.0, 47.0], [0.0, -90.0], [37.8, 44.7]]))
    np.testing.assert_array_equal(course, USUAL.metres(np.array([[52.0, 47.0], [37.8, 44.7]])))


def test_the_middle_lies_where_lines_run_not_where_they_would_cross_the_edge() -> None:
    places = NETWORKS["world"]
    west, east = run_on(places[[1, 2]]), run_on(places[[1, 3]])  # Egypt to Texas over the Atlantic, and to Japan
    own = Projection.of(places, [west, east])
    assert own.key == "world"
    for line in (west, east):
        steps = np.hypot(*np.diff(own.course(line), axis=0).T)
        assert steps.max() < 1e6
        assert steps.sum() == pytest.approx(abs(line[1, 0] - line[0, 0]) * 9.1e4, rel=0.2)


@pytest.mark.parametrize("where", NETWORKS)
def test_the_ground_is_true_wherever_a_network_lies(where: str) -> None:
    frame = Frame.around(NETWORKS[where])
    box = _seen(frame, frame.reach([]))
    drawn = union_all(_outlines([shape for _, shape in lands(*files(WORDS), window(frame.projection,
                                                                                 frame.extent(box)))], frame, box))
    for places, land in ((ON_LAND[where], True), (AT_SEA[where], False)):
        for place in places:
            (x, y), = frame.upward(np.array([place]))
            if box[0] < x < box[2] and box[1] < y < box[3]:
                assert drawn.buffer(1.0).contains(Point(x, y)) == land, place
    for wide, high in ((1280, 520), (390, 520)):  # what a screen shows of the home view lies in what is drawn
        fit = min(wide / WIDE, high / frame.height)
        assert box[2] - box[0] >= wide / fit
        assert box[3] - box[1] >= high / fit


def test_on_a_phone_the_bundled_land_does_not_end_in_a_line() -> None:
    """At 67° N the region's file ends; the country goes on as one area."""
    areas = lands(*files(WORDS), (-20.0, 40.0, 140.0, 80.0))
    russia, = (shape for code, shape in areas if code == "RU")
    edge = russia.boundary.intersection(LineString([(40.0, REGION[3]), (REGION[2], REGION[3])]).buffer(0.01))
    assert edge.length < 2.0  # degrees: coasts cross it, no edge runs along it
    assert russia.contains(Point(100.0, 70.0))


def test_a_readers_own_map_is_whole_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "countries.geojson").write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"iso_a2":"XX"},"geometry":'
        '{"type":"Polygon","coordinates":[[[-50,-20],[-40,-20],[-40,-10],[-50,-10],[-50,-20]]]}}]}', "utf-8")
    own = Words.of("en", tmp_path)
    assert [code for code, _ in lands(*files(own), WORLD)] == ["XX"]


def test_the_world_is_what_its_script_made_of_the_published_file() -> None:
    """To take another version: run ``docs/scripts/world.py``, and tell the new hash in ``SOURCES.md``."""
    found = hashlib.sha256((ROOT / "data/basemap/world.topojson").read_bytes()).hexdigest()
    assert found in (ROOT / "data/basemap/SOURCES.md").read_text("utf-8")
    areas = world(files(WORDS)[1])
    assert len(areas) > 230
    assert {code for code, _ in areas} >= {"KZ", "BR", "AU", "US", "JP", "AQ", "XK"}
    assert all(shape.is_valid for _, shape in areas)


def test_countries_of_the_world_are_named_in_each_language_once() -> None:
    for lang, name in (("en", "Brazil"), ("ru", "Бразилия"), ("kk", "Бразилия")):
        told = [row["name"] for row in names(Words.of(lang))]
        assert told.count(name) == 1
    assert [row["name"] for row in names(WORDS)].count("Kazakhstan") == 1


# ---------------------------------------------------------------------------------------------- the 180th meridian


@pytest.fixture(scope="module")
def bering(tmp_path_factory: pytest.TempPathFactory) -> er.Plan:
    """A field in Chukotka, markets in Alaska: straight lines over the 180th meridian."""
    nodes = """
        id,name,kind,country,lat,lon
        FIELD,Field,field,RU,60,178
        HUB,Hub,port,US,60,-178
        EAST,East,market,US,61.2,-149.9
        WEST,West,market,RU,59.6,150.8
        """
    return er.solve(toy(tmp_path_factory.mktemp("bering"), {"nodes": nodes}))


def test_a_line_runs_on_over_the_180th_meridian(bering: er.Plan) -> None:
    data = payload(bering)
    assert np.asarray(data.lines["GATHER"].coords).tolist() == [[178, 60], [182, 60]]
    view = View.fit(960, 400, home_box(data.places(), data.projection), data.projection)
    kilometres = LineString(view.course(np.asarray(data.lines["GATHER"].coords))).length / view.scale / 1000
    assert kilometres == pytest.approx(Geod(ellps="WGS84").line_length([178, -178], [60, 60]) / 1000, rel=0.05)


@pytest.mark.parametrize("name", ["flows.gpkg", "flows.geojson"])
def test_a_line_in_a_layer_is_cut_at_the_180th_meridian(bering: er.Plan, name: str, tmp_path: Path) -> None:
    er.maps.write(bering, tmp_path / name)
    rows = geopandas.read_file(tmp_path / name, **({"layer": "flows"} if name.endswith("gpkg") else {}))
    line = rows.set_index("arc").geometry["GATHER"]
    assert [part.bounds for part in line.geoms] in ([(178, 60, 180, 60), (-180, 60, -178, 60)],
                                                    [(-180, 60, -178, 60), (178, 60, 180, 60)])
    assert (rows.geometry.bounds["minx"] >= -180).all()
    assert (rows.geometry.bounds["maxx"] <= 180).all()
