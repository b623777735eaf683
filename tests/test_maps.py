"""Maps: the layout by hand on small inputs, then the drawn sheet of a real plan."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from pyproj import Geod
from toy_maps import toy_plan

import energy_routes as er
from energy_routes import maps
from energy_routes.answer.words import Words
from energy_routes.errors import UsageError
from energy_routes.maps.data import corridors, style, titles
from energy_routes.maps.data.payload import MapData, payload
from energy_routes.maps.data.projection import HOME, USUAL, View, home_box, resample, smooth
from energy_routes.maps.data.scene import compose_scene
from energy_routes.maps.figure import inset, layers, static
from energy_routes.maps.figure.text import labels, legend, pills, signs
from energy_routes.maps.layers.geodata import flow_layer
from energy_routes.pack import OIL
from energy_routes.plan.plan import Prices

# ---------------------------------------------------------------------------------------------- what is shown


def test_a_span_sums_volumes_and_a_period_takes_one() -> None:
    plan = toy_plan("month")
    year, march, whole = payload(plan), payload(plan, "2024-03"), payload(plan, "2024")
    full = year.arcs.set_index("arc").loc["FH", ["volume", "capacity", "utilisation"]]
    assert full.tolist() == pytest.approx([12, 12, 1])
    assert march.arcs.set_index("arc").loc["FH", "volume"] == pytest.approx(12 * 31 / 366)
    assert (whole.months, year.months) == pytest.approx((12.0, 12.0))
    assert march.months == pytest.approx(12 * 31 / 366)
    assert np.isnan(year.arcs.set_index("arc").loc["QM", "utilisation"])
    assert (march.when, year.when) == ("March 2024", "2024")
    with pytest.raises(UsageError, match=r"no period '2025-01'\. It has 2024-01 to 2024-12"):
        payload(plan, "2025-01")


def test_a_bottleneck_needs_a_full_line_and_a_price() -> None:
    assert payload(toy_plan()).limits.empty  # FH is full, but worth nothing more
    found = payload(toy_plan(prices={"2024": 40.0})).limits
    assert found[["id", "arc", "price", "bound"]].to_numpy().tolist() == [["FH", "FH", 40.0, 1]]


def test_a_price_in_two_of_twelve_months_is_averaged_and_says_so() -> None:
    data = payload(toy_plan("month", prices={"2024-03": 60.0, "2024-04": 120.0}))
    row = data.limits.iloc[0]
    assert row["price"] == pytest.approx((60 * 31 + 120 * 30) / 366)  # 14.92
    assert signs.price_text(data.rows(data.limits)[0], data.periods, data.words) == "+$14.9/t · 2/12"
    march = payload(toy_plan("month", prices={"2024-03": 60.0}), "2024-03")
    assert signs.price_text(march.rows(march.limits)[0], march.periods, march.words) == "+$60.0/t"


def test_a_binding_joint_limit_is_shown_on_its_largest_arc() -> None:
    plan = toy_plan()
    plan.case.network.tables["limit_terms"] = pd.DataFrame({"limit": ["both"] * 2, "arc": ["HP", "FH"]})
    joint = {"kind": "joint", "limit": "both", "name": "Both", "family": "oil", "period": "2024", "price": 7.0}
    plan.prices = Prices(pd.DataFrame([joint]))
    found = payload(plan).limits[["id", "arc", "price", "sign"]]
    assert found.to_numpy().tolist() == [["both", "FH", 7.0, "limit"]]
    told = {lang: payload(plan, lang=lang).subtitle for lang in ("en", "ru", "kk")}
    assert "scarcest limit on lines: Both, one more tonne is worth $7.0" in told["en"]
    assert "самое тесное ограничение на линиях: Both" in told["ru"]
    assert "ең тар желі шегі: Both" in told["kk"]


def test_a_market_that_takes_no_more_at_a_price_is_no_bottleneck_but_a_depth() -> None:
    plan = toy_plan("month")
    tier = {"kind": "market", "limit": "M", "name": "The market, tier 1", "family": "oil", "volume": 0.5, "price": 8.0}
    shut = {**tier, "name": "The market, tier 2", "volume": 0.0}  # a tier that takes nothing is no market to fill
    plan.prices = Prices(pd.DataFrame([{**tier, "period": "2024-03"}, {**tier, "period": "2024-04", "price": 16.0},
                                       {**shut, "period": "2024-03"}]))
    data = payload(plan)
    assert data.limits.empty
    found = data.depths[["id", "node", "price", "bound"]].to_numpy().tolist()
    assert found == [["The market, tier 1", "M", pytest.approx((8 * 31 + 16 * 30) / 366), 2]]


def test_the_title_takes_its_numbers_from_the_plan() -> None:
    assert payload(toy_plan()).title == "The western way carries 4.5 Mt of the 6.0 Mt of oil exported"
    assert payload(toy_plan(exported=10.0)).title == "The western way carries 4.5 Mt of the 10.0 Mt of oil exported"
    assert payload(toy_plan(west=0.0, east=0.0)).title == "Line FH carries 12.0 Mt, all that it can"
    assert payload(toy_plan(), title="Mine").title == "Mine"
    subtitle = payload(toy_plan(prices={"2024": 40.0})).subtitle
    assert subtitle == "A toy · 2024 · scarcest line: Line FH, one more tonne is worth $40.0"
    guessed = payload(toy_plan(prices={"2024": 40.0}, grade="estimate")).subtitle
    assert guessed == "A toy · 2024 · scarcest line: Line FH (estimate), one more tonne is worth $40.0"
    assert titles.shortened("Swap: Kazakh crude left at Samara (TON-2)", 30) == "Swap: Kazakh crude left at …"
    assert titles.shortened("Transneft transit B. Chernigovka (Druzhba)") == "Transneft transit B. Chernigovka"


# ---------------------------------------------------------------------------------------------- the layout


def test_the_projection_is_true_to_scale_near_its_parallels() -> None:
    a, b = np.array([[60.0, 54.0], [61.0, 54.0]])
    metres = Geod(ellps="WGS84").inv(*a, *b)[2]
    flat = USUAL.metres(np.array([a, b]))
    assert np.hypot(*(flat[1] - flat[0])) == pytest.approx(metres, rel=1e-4)
    assert USUAL.metres(np.array([[50.0, 46.0]]))[0] == pytest.approx([0, 0], abs=1e-6)


def test_a_view_holds_its_box_and_centres_it() -> None:
    view = View.fit(960, 400)
    west, south, east, north = HOME
    corners = (np.array([[west, south], [east, north]]) - (view.left, view.bottom)) * view.scale
    assert view.inside(corners, margin=1e-6).all()
    assert corners.mean(axis=0) == pytest.approx([480, 200])


def test_a_far_network_gets_its_own_frame() -> None:
    assert home_box(np.array([[80.0, 50.0], [15.0, 42.0]]), USUAL) == HOME
    box = home_box(np.array([[100.0, 20.0], [110.0, 25.0]]), USUAL)
    places = USUAL.metres(np.array([[100.0, 20.0], [110.0, 25.0]]))
    assert box[0] < places[:, 0].min() < places[:, 0].max() < box[2]


def test_widths_are_linear_and_the_same_for_a_month_and_its_year() -> None:
    assert style.width(2.0) - style.width(1.0) == pytest.approx(style.width(6.0) - style.width(5.0))
    view = View.fit(960, 400)
    by_month, by_year = (
        {s.arc: s.width for s in compose_scene(payload(toy_plan("month"), period), view).strands}
        for period in ("2024-03", None)
    )
    assert by_month["FH"] == pytest.approx(by_year["FH"])
    assert by_year["FH"] == pytest.approx(style.width(1.0))  # 12 Mt a year


def test_neighbours_stand_side_by_side_without_touching() -> None:
    line = resample(np.array([[0.0, 0.0], [200.0, 0.0]]))
    left, right = corridors.spread([line, line.copy()], [6.0, 2.0])
    middle = slice(20, -20)
    gap = np.abs(left[middle, 1] - right[middle, 1])
    assert gap == pytest.approx((6 + 2) / 2 + corridors.GAP)
    against = corridors.spread([line, line[::-1].copy()], [6.0, 2.0])
    assert np.abs(against[0][30, 1] - against[1][30, 1]) == pytest.approx((6 + 2) / 2 + corridors.GAP)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_the_ribbon_that_turns_left_lies_left(order: tuple[int, int, int]) -> None:
    trunk, ends = [(0.0, 0.0), (150.0, 0.0)], [(300.0, 90.0), (320.0, 0.0), (300.0, -90.0)]
    lines = [resample(np.array([*trunk, ends[k]])) for k in order]
    moved = corridors.spread(lines, [4.0, 4.0, 4.0])
    heights = {k: float(line[20, 1]) for k, line in zip(order, moved, strict=True)}
    assert heights[0] > heights[1] > heights[2]
    assert heights[0] - heights[1] == pytest.approx(4 + corridors.GAP, abs=0.2)


def test_lines_that_only_cross_stay_where_they_are() -> None:
    paths = ([[0, 0], [100, 0]], [[50, -50], [50, 50]], [[0, 30], [100, 30]])
    lines = [resample(np.array(path, dtype=float)) for path in paths]
    for before, after in zip(lines, corridors.spread(lines, [5.0, 5.0, 5.0]), strict=True):
        np.testing.assert_array_equal(before, after)


def test_smoothing_keeps_the_ends() -> None:
    bent = np.array([[0.0, 0.0], [50.0, 1.0], [100.0, 60.0]])
    out = smooth(bent)
    np.testing.assert_array_equal(out[[0, -1]], bent[[0, -1]])
    assert len(out) > len(bent)


def test_near_nodes_are_one_mark_of_the_weightier_kind() -> None:
    marks = compose_scene(payload(toy_plan()), View.fit(960, 400)).marks
    port = next(m for m in marks if "P" in m.members)
    assert (port.kind, port.label, set(port.members)) == ("port", "Port", {"P", "Q"})
    assert {m.label for m in marks} == {"Field", "Hub", "Port"}  # the market is outside the frame


def test_a_lane_that_leaves_the_frame_is_marked_with_its_goal_and_volume() -> None:
    view = View.fit(960, 400)
    scene = compose_scene(payload(toy_plan()), view)
    assert [e.texts for e in scene.exits] == [("→ Market 6.0 Mt",)]
    assert view.inside(np.array([[scene.exits[0].x, scene.exits[0].y]])).all()


def test_what_is_drawn_and_how() -> None:
    scene = compose_scene(payload(toy_plan()), View.fit(960, 400))
    looks = {s.arc: s.look for s in scene.strands}
    assert looks == {"FH": "flow", "HP": "flow", "QM": "flow", "FP": "proposed", "HF": "idle"}
    assert "PQ" in scene.anchors  # too short to see, but a bottleneck there still has a place
    flows = {s.arc: s for s in scene.of("flow")}
    assert flows["FH"].colour == OIL.ramp[3]
    assert flows["HP"].colour == OIL.ramp[0]
    assert flows["QM"].colour == style.UNCAPPED
    assert flows["QM"].band == 0.0
    assert flows["HP"].band > flows["HP"].width


def test_the_placer_respects_boxes_lines_and_the_frame() -> None:
    line = resample(np.array([[0.0, 50.0], [100.0, 50.0]]))
    placer = labels.Placer((0, 0, 100, 100), [(line, 4.0)])
    on_line, clear = labels.Box(10, 45, 30, 55), labels.Box(10, 60, 30, 70)
    assert placer.place([on_line, clear]) == clear
    assert placer.place([clear]) is None  # taken now
    assert placer.place([on_line], tolerance=50) == on_line
    assert placer.place([labels.Box(-5, 0, 5, 10)]) is None


# ---------------------------------------------------------------------------------------------- the sheet


@pytest.fixture(scope="module")
def plan() -> Any:
    return er.solve(er.load("cpc-one-mooring"))


@pytest.fixture(scope="module")
def data(plan: Any) -> MapData:
    return payload(plan)


@pytest.fixture(scope="module")
def sheet(data: MapData) -> Figure:
    return maps.draw(data)


def _boxes(figure: Figure, least: float = 19, panel: int = 0) -> list[tuple[str, Any]]:
    figure.canvas.draw()
    texts = [t for t in figure.axes[panel].texts if t.get_zorder() >= least]
    return [(t.get_text(), t.get_window_extent()) for t in texts]


@pytest.mark.parametrize(("axes", "least"), [(0, 30), (1, 15)])
def test_no_two_texts_overlap_and_none_is_cut(sheet: Figure, axes: int, least: int) -> None:
    panel = sheet.axes[axes].get_window_extent()
    boxes = _boxes(sheet, panel=axes)
    assert len(boxes) > least
    for (one, a), (two, b) in combinations(boxes, 2):
        wide, high = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
        assert wide < 2 or high < 2, (one, two)
    for text, box in boxes:
        assert panel.x0 <= box.x0, text
        assert box.x1 <= panel.x1, text


def test_the_largest_flows_bear_their_numbers_on_the_sheet_or_enlarged(sheet: Figure, data: MapData) -> None:
    told = " ".join(text for panel in (0, 1) for text, _ in _boxes(sheet, panel=panel))
    largest = data.arcs["volume"].round(1).drop_duplicates().nlargest(10)
    assert [volume for volume in largest if f"{volume} Mt" not in told] == []


def test_what_is_enlarged_is_framed_on_the_sheet_and_stands_clear_of_it(sheet: Figure, data: MapData) -> None:
    (frame,) = (patch for patch in sheet.axes[0].patches if isinstance(patch, Rectangle))
    window, enlarged = frame.get_window_extent(), sheet.axes[1].get_window_extent()
    assert not window.overlaps(enlarged)
    assert enlarged.width / window.width == pytest.approx(inset.TIMES, rel=0.01)
    names = {text for text, _ in _boxes(sheet, panel=1)}
    assert {"Aktau", "Kuryk", "Tengiz"} <= names
    assert [text for text, box in _boxes(sheet) if box.overlaps(enlarged)] == []


def test_a_map_without_a_knot_is_not_enlarged() -> None:
    figure = maps.draw(payload(toy_plan()))
    assert len(figure.axes) == 2


def _signs(ax: Axes) -> dict[str, int]:
    """How often each sign of what is scarce is drawn."""
    tone = [line for line in ax.lines if style.BOTTLENECK in (line.get_color(), line.get_markeredgecolor())]
    marks = {"full": "D", "limit": signs.VALVE, "depth": "o"}
    return {sign: sum(line.get_marker() == mark for line in tone) for sign, mark in marks.items()}


def test_all_that_is_scarce_has_its_sign_and_price(sheet: Figure, data: MapData) -> None:
    marks = {node for mark in compose_scene(data, View.fit(960, 394)).marks for node in mark.members}
    expected = {**data.limits["sign"].value_counts(), "depth": data.depths["node"].isin(marks).sum()}
    assert _signs(sheet.axes[0]) == expected
    assert min(expected.values()) > 1  # each of the three signs is there
    texts = [text for text, _ in _boxes(sheet)]
    assert sum(text.startswith("+$") for text in texts) == sum(expected.values())


@pytest.mark.parametrize(("largest", "wanted"), [
    (0.0, (5, 20, 60)), (0.03, (0.005, 0.01, 0.02)), (0.8, (0.1, 0.2, 0.5)), (12.0, (2, 5, 10)), (20.0, (5, 20, 60)),
])  # fmt: skip
def test_the_legend_of_widths_tells_volumes_that_flow(largest: float, wanted: tuple[float, ...]) -> None:
    flows = {"FH": largest, **dict.fromkeys(("HP", "PQ", "QM", "HX"), largest / 2)}
    volumes, unit = legend.sample_volumes(payload(toy_plan(flows=flows)))
    assert volumes == pytest.approx(wanted)
    assert unit == "Mt a year"
    monthly, _ = legend.sample_volumes(payload(toy_plan("month", flows=flows), "2024-03"))
    assert max(monthly) == pytest.approx(6.0) or max(monthly) <= largest / 12 < 2.0


def test_the_legend_shows_each_sign_once(sheet: Figure) -> None:
    assert _signs(sheet.axes[-1]) == {"full": 1, "limit": 1, "depth": 1}


def test_what_is_scarce_keeps_its_sign_when_there_is_no_room_for_its_price(data: MapData) -> None:
    figure = Figure(figsize=(5, 2))
    ax = figure.add_axes((0, 0, 1, 1))
    view = View.fit(360, 144)
    placer = labels.Placer(view.frame(), [])
    placer.block(labels.Box(*view.frame()))
    signs.draw_prices(ax, signs.draw_signs(ax, compose_scene(data, view), data, placer, 1.0), data, placer, 1.0)
    assert not ax.texts
    assert sum(_signs(ax).values()) > len(data.limits)


def test_ports_markets_and_great_fields_are_named_once(sheet: Figure) -> None:
    texts = [text for text, _ in _boxes(sheet)]
    ports = ("Novorossiysk", "Aktau", "Ust-Luga", "Ceyhan")
    for name in (*ports, "Augusta", "Trieste", "Rotterdam", "Dushanzi", "Tengiz"):
        assert texts.count(name) == 1, name


def test_the_sheet_states_the_finding_and_credits_its_sources(sheet: Figure, plan: Any, data: MapData) -> None:
    heads = [t.get_text() for t in sheet.texts]
    exported = plan.deliveries.loc[plan.deliveries["export"].astype(bool), "volume"].sum()
    assert f"of the {Words.of().number(exported)} Mt of oil exported" in heads[0]
    assert data.when in heads[1]
    credits = " ".join(t.get_text() for t in sheet.axes[-1].texts)
    for name in ("Global Energy Monitor", "CC BY 4.0", "Natural Earth", "Mt a year"):
        assert name in credits


def test_chevrons_point_along_the_flow() -> None:
    figure = Figure(figsize=(5, 2))
    ax = figure.add_axes((0, 0, 1, 1))
    line = resample(np.array([[100.0, 50.0], [0.0, 50.0]]))  # westward
    scene = compose_scene(payload(toy_plan()), View.fit(960, 400))
    layers.draw_flows(ax, replace(scene, strands=(replace(scene.of("flow")[0], points=line),)), 1.0)
    (chevron,) = ax.patches
    corners = chevron.get_xy()  # type: ignore[attr-defined]
    assert corners[0, 0] == corners[:, 0].min()


@pytest.mark.exhaustive
def test_the_same_plan_gives_the_same_bytes(tmp_path: Path) -> None:
    data = payload(toy_plan())
    for suffix in ("svg", "pdf"):
        one, two = (maps.write(data, tmp_path / f"{name}.{suffix}").read_bytes() for name in "ab")
        assert one == two, suffix


def test_svg_keeps_text_as_text_and_carries_no_date(data: MapData, tmp_path: Path) -> None:
    text = maps.write(data, tmp_path / "map.svg").read_text(encoding="utf-8")
    assert f">{data.title}<" in text
    assert "Novorossiysk" in text
    assert "dc:date" not in text


def test_unknown_suffixes_are_refused_with_those_that_work(plan: Any, tmp_path: Path) -> None:
    for path in (tmp_path / "map.tif", tmp_path / "map"):
        with pytest.raises(UsageError, match=r"\.png, \.svg, \.pdf, \.gpkg, \.geojson"):
            maps.write(plan, path)
    with pytest.raises(UsageError, match=r"\.png, \.svg, \.pdf"):
        static.draw(plan, tmp_path / "map.gpkg")
    assert not list(tmp_path.iterdir())


def test_axes_of_ones_own_take_a_panel(plan: Any) -> None:
    figure = Figure(figsize=(10, 4))
    axes = figure.subplots(1, 2)
    for ax, period in zip(axes, ("2024-03", "2024-06"), strict=True):
        assert maps.draw(plan, ax=ax, period=period) is figure
    assert [ax.texts[0].get_text() for ax in axes] == ["March 2024", "June 2024"]
    assert len(figure.axes) == 2


# ---------------------------------------------------------------------------------------------- GIS layers


def test_geopackage_gives_back_every_number(data: MapData, tmp_path: Path) -> None:
    path = maps.write(data, tmp_path / "plan.gpkg")
    assert set(geopandas.list_layers(path)["name"]) == {"flows", "nodes", "countries", "layer_styles"}
    back = geopandas.read_file(path, layer="flows").set_index("arc")
    assert back.crs == "EPSG:4326"
    sent = data.arcs.set_index("arc")
    assert set(sent.columns) <= set(back.columns)
    for column in ("volume", "capacity", "utilisation", "price"):
        np.testing.assert_allclose(back.loc[sent.index, column], sent[column], rtol=1e-12, err_msg=column)
    assert back.loc["CPC_RU", "geometry"].equals(data.lines["CPC_RU"])
    nodes = geopandas.read_file(path, layer="nodes").set_index("id")
    assert nodes.loc["TENGIZ", "geometry"].x == pytest.approx(53.38, abs=0.2)


def test_geojson_gives_back_the_flows(data: MapData, tmp_path: Path) -> None:
    back = geopandas.read_file(maps.write(data, tmp_path / "plan.geojson"))
    assert back["volume"].sum() == pytest.approx(data.arcs["volume"].sum())
    assert back["arc"].tolist() == data.arcs["arc"].tolist()


def test_an_arc_without_places_is_kept_in_the_layer_and_left_out_of_the_map() -> None:
    data = payload(toy_plan())
    layer = flow_layer(data).set_index("arc")
    assert layer.loc["HX", "geometry"] is None
    assert layer.loc["HX", "volume"] == pytest.approx(0.5)
    assert "HX" not in {s.arc for s in compose_scene(data, View.fit(960, 400)).strands}


def test_asking_for_maps_does_not_load_matplotlib() -> None:
    code = "import sys, energy_routes.maps; sys.exit(any(m in sys.modules for m in ('matplotlib', 'geopandas')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# --- names of lines ---------------------------------------------------------------------------------------------


def named_toy(**lines: str) -> Any:
    """The toy with names of lines by arc, as the pack's column ``line`` has them."""
    plan = toy_plan()
    arcs = plan.case.network.tables["arcs"]
    plan.case.network.tables["arcs"] = arcs.assign(line=arcs["id"].map(lines).fillna(""))
    return plan


def written(figure: Any) -> list[str]:
    """The names of lines on a figure: what is written in italics with a halo, each once."""
    texts = (text for ax in figure.axes for text in ax.texts)
    return [t.get_text() for t in texts if t.get_style() == "italic" and t.get_zorder() == 20]


def test_a_map_writes_each_line_once_by_its_short_name() -> None:
    plan = named_toy(FH="Long Way (LW)", HP="Long Way (LW)", QM="Sea", FP="Unused")
    assert payload(plan).arcs.set_index("arc")["line"][["FH", "HP", "HF"]].tolist() == ["LW", "LW", ""]
    scene = compose_scene(payload(plan), View.fit(960, 400))
    carrying, unused = pills.line_names(scene, payload(plan))
    assert list(carrying) == ["LW"]  # a tanker's way is no line
    assert list(unused) == ["Unused"]
    assert "LW" in written(static.draw(plan))


def test_the_lines_of_oil_are_named_clear_of_all_else_that_is_written() -> None:
    figure = static.draw(er.solve(er.load("oil-2024")))
    assert {"CPC", "BTC", "Druzhba", "Transneft", "Kazakhstan–China"} <= set(written(figure))
    renderer = FigureCanvasAgg(figure).get_renderer()
    ax = figure.axes[0]
    texts = [text for text in ax.texts if text.get_zorder() >= 19]  # a halo lies below its own text
    boxes = [(text, text.get_window_extent(renderer)) for text in texts]
    for line, box in boxes:
        if line.get_style() == "italic":
            assert not [t.get_text() for t, other in boxes if t is not line and box.overlaps(other)], line.get_text()


# -------------------------------------------------------------------------------------------- in words


def test_notes_tell_the_largest_corridors_and_the_one_with_most_room() -> None:
    plan = er.solve(er.load("oil-2024"))
    rows = plan.groups.query("kind == 'corridor' and period == 'total' and volume > 0").set_index("name")
    largest = list(rows["volume"].nlargest(2).index)
    others = rows.drop(largest).query("utilisation < 0.5")
    told = [*largest, (others["capacity"] - others["volume"]).idxmax()]
    notes = payload(plan).notes
    percent = [[f"{100 * rows.loc[name, column]:.0f}\xa0%" for column in ("share", "utilisation")] for name in told]
    assert [note.lines for note in notes] == [
        (f"{name}: {share} of oil exports", f"{used} of its capacity used")
        for name, (share, used) in zip(told, percent, strict=True)
    ]
    volume = plan.arcs.groupby("arc")["volume"].sum()
    assert [volume[note.arc] for note in notes] == pytest.approx(list(rows.loc[told, "volume"]), rel=0.1)
    written = {text.get_text() for ax in static.draw(plan).axes for text in ax.texts}
    assert {line for note in notes for line in note.lines} <= written
