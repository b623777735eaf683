"""Maps of two plans and of many periods; their words in three languages; what readers with weak eyes can see."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from contextlib import closing
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import geopandas
import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure
from rest import first
from toy_maps import cut_plan, toy_plan

import energy_routes as er
from energy_routes import maps
from energy_routes.answer.words import LANGUAGES, Words
from energy_routes.errors import UsageError
from energy_routes.maps.data import style
from energy_routes.maps.data.change import change
from energy_routes.maps.data.payload import payload
from energy_routes.maps.data.titles import difference, seasons
from energy_routes.maps.figure.changes import comparison
from energy_routes.maps.figure.changes.change import dresser
from energy_routes.maps.figure.changes.comparison import common_span
from energy_routes.maps.figure.changes.dumbbell import MOST_ROWS, changes, fitting
from energy_routes.maps.figure.months import differences, steps
from energy_routes.maps.figure.paper import FOOTER
from energy_routes.maps.figure.text import legend, pills
from energy_routes.maps.figure.text.labels import text_size
from energy_routes.maps.layers.geodata import write_layers
from energy_routes.pack import BUILT_IN, GAS, OIL, Family

YEAR = (["2024"], ["2024"])


@pytest.mark.parametrize(("lang", "said"), [
    ("en", "The western way carries 3.5 Mt, 1.0 Mt less than in toy; the netback loses 50.0 MUSD; "
           "The eastern way carries 0.5 Mt more"),
    ("ru", "The western way: 3,5 млн т, на 1,0 млн т меньше, чем в toy; нетбэк снижается на 50,0 млн долл.; "
           "The eastern way: на 0,5 млн т больше"),
])
def test_a_comparison_says_what_became_of_what_changes_most(lang: str, said: str) -> None:
    assert difference(toy_plan(), cut_plan(), YEAR, Words.of(lang)) == said


def test_money_is_told_of_the_whole_horizon_only_and_gains_as_gains() -> None:
    words = Words.of()
    months, cut = toy_plan("month"), cut_plan(step="month")
    assert "netback" not in difference(months, cut, (["2024-03"], ["2024-03"]), words)
    assert "the netback gains 50.0 MUSD" in difference(cut_plan(), toy_plan(), YEAR, words)
    assert difference(toy_plan(), toy_plan(), YEAR, words) == (
        "The western way still carries 4.5 Mt, as in toy; the netback does not change")


def test_years_that_do_not_overlap_are_told_beside_each_other() -> None:
    spans = (["2022"], ["2024"])
    said = difference(toy_plan(year=2022, west=1.0, exported=2.5), toy_plan(), spans, Words.of())
    assert said == "2.5 Mt of oil in 2022 beside 6.0 Mt of oil in 2024"
    months = toy_plan("month")
    said = difference(months, months, (["2024-03"], ["2024-05"]), Words.of())
    assert said == "0.51 Mt of oil in March 2024 beside 0.51 Mt of oil in May 2024"


def test_a_change_is_after_less_before_and_its_largest_is_the_widest() -> None:
    data = change(toy_plan(), cut_plan())
    arcs = data.arcs.set_index("arc")
    assert arcs.loc["HP", ["before", "after", "change", "volume"]].tolist() == [6.0, 5.0, -1.0, 6.0]
    assert arcs.loc["HX", "change"] == pytest.approx(0.5)
    assert data.most == pytest.approx(1.0)
    dress = dresser(data)
    rows = {row["arc"]: dress(row, data.months) for row in data.arcs.to_dict("records")}
    less, more = rows["HP"], rows["HX"]
    assert less is not None
    assert more is not None
    assert (less.width, less.colour) == (pytest.approx(style.CHANGE_BASE_PT + style.CHANGE_PT), style.LESS[1])
    assert (more.width, more.colour) == (pytest.approx(style.CHANGE_BASE_PT + style.CHANGE_PT / 2), style.MORE[1])
    assert rows["FP"] is None  # carries nothing in either plan


def test_nothing_changed_is_drawn_as_nothing() -> None:
    data = change(toy_plan(), toy_plan())
    assert data.most == 0
    looks = {row["arc"]: dresser(data)(row, 12.0) for row in data.arcs.to_dict("records")}
    assert {dress.look for dress in looks.values() if dress} == {"still"}


def test_months_are_compared_with_their_year_and_one_year_with_another() -> None:
    month, year = toy_plan("month"), toy_plan()
    assert change(month, year).most == pytest.approx(0.0, abs=1e-9)
    assert common_span(month, year) is None
    assert common_span(toy_plan(year=2022), year) is None
    data = change(toy_plan(year=2022), year)
    assert (data.old.when, data.new.when) == ("2022", "2024")
    with pytest.raises(UsageError, match="spans of different length: March 2024 and 2024"):
        change(payload(month, "2024-03"), year)


def test_spans_of_different_length_are_compared_on_the_year_they_share() -> None:
    long = toy_plan("month")
    long.case.periods = (*toy_plan("month", year=2023).case.periods, *long.case.periods)
    assert common_span(long, toy_plan()) == "2024"
    with pytest.raises(UsageError, match="give a period that both have"):
        common_span(long, toy_plan(year=2026))


def test_dumbbells_tell_corridors_then_markets() -> None:
    rows = changes(toy_plan(), cut_plan(), YEAR)
    assert rows[["block", "name", "change"]].to_numpy().tolist() == [
        ["legend.corridors", "The western way", -1.0], ["legend.corridors", "The eastern way", 0.5],
        ["dumbbell.markets", "The market", -0.5]]
    many = rows.loc[rows.index.repeat(12)]
    assert fitting(many)["block"].value_counts().sum() == MOST_ROWS
    assert set(fitting(many)["block"]) == set(rows["block"])


@pytest.fixture(scope="module")
def slide() -> Figure:
    return maps.compare_figure(toy_plan(prices={"2024": 40.0}), cut_plan())


def test_the_slide_has_three_maps_of_one_frame_and_the_dumbbells(slide: Figure) -> None:
    before, after, moved, dumbbells = slide.axes[:4]
    assert before.get_xlim() == pytest.approx(after.get_xlim())
    assert before.get_xlim() == pytest.approx(moved.get_xlim())
    places = [np.vstack([np.column_stack(line.get_data()) for line in ax.lines if line.get_marker() == "^"])
              for ax in (before, after, moved)]
    np.testing.assert_allclose(places[0], places[1])
    np.testing.assert_allclose(places[0], places[2])
    assert {t.get_text() for t in moved.texts if t.get_text()[0] in "−+"} == {"−1.00"}
    assert {"−1.00", "+0.50", "−0.50"} <= {t.get_text() for t in dumbbells.texts}
    assert slide.texts[0].get_text().startswith("The western way carries 3.5 Mt, 1.0 Mt less than in toy; the netback")
    assert slide.texts[1].get_text() == "One berth closed against A toy · 2024"


def test_both_halves_tell_the_same_flows_however_small_one_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """HP carries 6 before and next to nothing after; QM, behind it, has the number of PQ in both."""
    monkeypatch.setattr(comparison, "LARGEST", 2)
    old, new = toy_plan(flows={"PQ": 2.0, "QM": 2.0}), cut_plan(flows={"HP": 0.04, "PQ": 1.0, "QM": 1.0})
    assert pills.largest([payload(old), payload(new)], 3) == ["FH", "HP", "QM"]
    before, after = maps.compare_figure(old, new).axes[:2]
    told = [{text.get_text() for text in ax.texts} for ax in (before, after)]
    assert {"12.0 Mt", "6.0 Mt"} <= told[0]
    assert {"12.0 Mt", "0.04 Mt"} <= told[1]


@pytest.mark.exhaustive
def test_the_ten_largest_flows_stand_on_both_halves_of_a_slide(tmp_path: Path) -> None:
    plans = [er.solve(er.load(name)) for name in ("oil-2024", "cpc-one-mooring")]
    data = [payload(plan) for plan in plans]
    sure = pills.largest(data, 10)
    assert len(sure) == 10
    halves = maps.compare_figure(*plans).axes[:2]
    for half, own in zip(halves, data, strict=True):
        told = {text.get_text() for text in half.texts}
        rows = own.arcs.set_index("arc", drop=False)
        assert [arc for arc in sure if pills.volume_text(rows.loc[arc], own.words) not in told] == []


def test_only_the_change_goes_into_axes_of_ones_own() -> None:
    ax = Figure(figsize=(8, 3.5)).subplots()
    assert maps.compare_figure(toy_plan(), cut_plan(), ax=ax, title="Moved") is ax.get_figure()
    assert "Moved" in {t.get_text() for t in ax.texts}


# ---------------------------------------------------------------------------------------------- periods side by side


def test_every_bottleneck_is_marked_in_every_month() -> None:
    prices = {f"2024-{month:02d}": 10.0 + month for month in range(1, 13)}
    figure = maps.months_figure(toy_plan("month", prices=prices))
    panels = figure.axes[:12]
    for ax, month in zip(panels, range(1, 13), strict=True):
        diamonds = [line for line in ax.lines if line.get_marker() == "D" and line.get_color() == style.BOTTLENECK]
        assert len(diamonds) == 1
        assert f"+${10 + month}.0/t" in {t.get_text() for t in ax.texts}
    assert figure.texts[0].get_text() == "Exports of oil run from 0.48 Mt in February 2024 to 0.51 in January 2024"
    assert figure.texts[1].get_text() == (
        "A toy · scarcest line: Line FH in December 2024, one more tonne is worth $22.0")


def test_a_month_is_shown_against_the_mean_rate_of_all() -> None:
    plan = toy_plan("month", prices={"2024-03": 60.0})
    moved = differences([payload(plan, label) for label in steps(plan.case.periods)])
    assert max(data.most for data in moved) == 0.0  # every day carries as much: longer months differ by nothing
    january, march = (payload(plan, label) for label in ("2024-01", "2024-03"))  # of one length
    busier = replace(march, arcs=march.arcs.assign(volume=march.arcs["volume"] + 0.1))
    less, more = (data.arcs["change"].tolist() for data in differences([january, busier]))
    assert less == pytest.approx([-0.05] * len(less))
    assert more == pytest.approx([0.05] * len(more))
    badges = [t.get_text() for ax in maps.months_figure(plan).axes[:12] for t in ax.texts if "2024 ·" in t.get_text()]
    assert badges[:2] == ["January 2024 · 0.51 Mt (0.00)", "February 2024 · 0.48 Mt (0.00)"]


def test_small_multiples_need_several_periods() -> None:
    with pytest.raises(UsageError, match="2 to 12 periods, not 1"):
        maps.months_figure(toy_plan())
    with pytest.raises(UsageError, match="of one plan, without a period"):
        maps.write(toy_plan("month"), "never.gpkg", months=True)
    years = [*toy_plan("month", year=2023).case.periods, *toy_plan("month").case.periods]
    assert steps(years) == ["2023", "2024"]
    plan = toy_plan("month")
    told = seasons(plan, ["2024"], ["2024"], payload(plan).limits.assign(when="2024"), Words.of())
    kazakh = seasons(plan, ["2024"], ["2024"], payload(plan).limits.assign(when="2024"), Words.of("kk"))
    assert kazakh[0].startswith("Мұнай экспорты")
    assert told[1] == "A toy · no bottleneck on the lines"


# ---------------------------------------------------------------------------------------------- languages, eyes


OTHER_FONT = "DejaVu Serif"  # it comes with matplotlib too, and is wider


@pytest.mark.parametrize("font", first([style.FONT, OTHER_FONT], 1))
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("families", [("oil",), ("gas",), ("oil", "gas")])
def test_the_legend_fits_in_each_language(
    lang: str, families: tuple[str, ...], font: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(style, "FONT", font)
    plan = toy_plan("month")
    if families != ("oil",):
        plan.arcs["family"] = np.where((plan.arcs["arc"] == "FH") & (len(families) == 2), "oil", "gas")
    with style.drawing():
        figure = Figure(figsize=(13.33, 0.92), dpi=72)
        ax = figure.add_axes((0, 0, 1, 1))
        legend.draw_legend(ax, payload(plan, lang=lang), 960.0, FOOTER)
        figure.canvas.draw()
        boxes = [(t.get_text(), t.get_window_extent()) for t in ax.texts]
    for (one, a), (two, b) in combinations(boxes, 2):
        wide, high = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
        assert wide < 1 or high < 2, (one, two)
    assert max(box.x1 for _, box in boxes) < 958


@pytest.mark.parametrize("families", [(OIL,), (GAS,), (OIL, GAS)])
def test_the_legend_shows_lines_in_the_colours_of_each_family(families: tuple[Family, ...]) -> None:
    data = replace(payload(toy_plan()), ends={"FH": (1.0, 2.0)}, families=families)
    ax = Figure().add_axes((0, 0, 1, 1))
    legend.draw_legend(ax, data, 960.0, FOOTER)
    dashed = [line.get_color() for line in ax.lines if line.get_linestyle() == "--"]
    wanted = {tone for own in families for tone in (own.proposed, own.ramp[2])}
    assert {tone for tone in dashed if tone != style.IDLE} == wanted
    bands = [line.get_color() for line in ax.lines if line.get_alpha() == style.BAND_OPACITY]
    assert bands == [own.ramp[1] for own in families] * 3


def test_the_legend_of_a_slide_is_of_both_plans() -> None:
    """Found on `map oil-2024 gas-2024`: it told the colours of gas alone, and credited its lines alone."""
    old, new = toy_plan(), toy_plan()
    for table in (new.arcs, new.deliveries, new.groups, new.supplies):
        table["family"] = "gas"
    new.case.network.__dict__["families"] = {"gas": GAS}
    new.case.network._stack.__dict__["families"] = lambda _: defaultdict(lambda: "gas")
    data = change(replace(payload(old), credits=("oil lines", "both")), replace(payload(new), credits=("gas", "both")))
    assert data.credits == ("oil lines", "gas", "both")
    told = [text.get_text() for text in maps.compare_figure(old, new).axes[-1].texts]
    assert {"Oil", "Gas", "Width = flow, Mt or bcm a year"} <= set(told)


@pytest.mark.parametrize("dpi", [72, 150])
@pytest.mark.parametrize("font", [style.FONT, OTHER_FONT])
def test_a_text_is_drawn_no_wider_than_measured(font: str, dpi: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """At every size and resolution: hinting, which would widen some by a twelfth, is off."""
    monkeypatch.setattr(style, "FONT", font)
    with style.drawing():
        figure = Figure(dpi=dpi)
        texts = [figure.text(0, 0, text, size=size, weight=weight) for size in (5.2, 6.0, 7.2, 7.8, 18.0)
                 for weight in ("normal", "bold") for text in ("Экспортный путь", "Құбыр жолы", "±12 345.6 Mt")]
        for text in texts:
            drawn = text.get_window_extent().width * 72 / dpi
            measured = text_size(text.get_text(), text.get_size(), bold=text.get_weight() == "bold")[0]
            assert 0.9 * measured < drawn <= measured, text.get_text()


@pytest.mark.parametrize("suffix", first(["png", "svg"], ["svg"]))
def test_a_map_does_not_depend_on_the_fonts_of_the_machine(suffix: str, tmp_path: Path) -> None:
    one, two = (tmp_path / f"{name}.{suffix}" for name in ("one", "two"))
    maps.draw(toy_plan(), one)
    with mpl.rc_context({"font.family": OTHER_FONT, "text.hinting": "default"}):
        maps.draw(toy_plan(), two)
    assert one.read_bytes() == two.read_bytes()


def test_the_font_has_the_letters_of_every_language() -> None:
    """Where the machine has the font, too, matplotlib may take that file; its letters are as wide."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    letters = "ș×−→≥" + "ёйщыъэюЯЖ" + "әғқңөұүһіӘҒҚҢӨҰҮҺІ"
    for weight in ("normal", "bold"):
        found = Path(findfont(FontProperties(family=style.FONT, weight=weight)))
        taken, own = get_font(found), get_font(Path(mpl.get_data_path(), "fonts", "ttf", found.name))
        assert {letter for letter in letters if not taken.get_char_index(ord(letter))} == set(), (found, weight)
        for font in (taken, own):
            font.set_size(12.0, 72)
        wide = [[font.load_char(ord(letter)).linearHoriAdvance for letter in letters] for font in (taken, own)]
        assert wide[0] == wide[1], found


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[k:k + 2], 16) / 255 for k in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21, WCAG 2.2."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_text_and_lines_stand_out_from_what_is_behind_them() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    for text, ground in ((style.INK, style.SEA), (style.INK, style.LAND), (style.MUTED, style.LAND),
                         (style.COUNTRY_NAME, style.LAND), (style.SEA_NAME, style.SEA), (style.MUTED, style.SEA),
                         ("#ffffff", style.BOTTLENECK), (style.LESS[1], "#ffffff"), (style.MORE[1], "#ffffff"),
                         (OIL.ramp[2], "#ffffff"), (GAS.ramp[2], "#ffffff")):
        assert contrast(text, ground) >= 4.5, (text, ground)
    for family in BUILT_IN:
        steps = [contrast(tone, style.LAND) for tone in family.ramp]
        assert steps == sorted(steps)
        assert steps[0] >= 2.4  # the lightest never stands alone: it has a halo, arrows and a number
        assert min(steps[1:]) >= 3.0
    assert contrast(style.BOTTLENECK, style.LAND) >= 4.5


def seen_without_green(colour: str) -> np.ndarray[Any, Any]:
    """A colour as a reader without cones for green sees it, CIE L*a*b* (Machado et al. 2009; D65)."""
    code = np.array([int(colour[k:k + 2], 16) / 255 for k in (1, 3, 5)])
    light = np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                             [-0.011820, 0.042940, 0.968881]]) @ light, 0, 1)
    x, y, z = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
                        [0.0193339, 0.1191920, 0.9503041]]) @ seen / (0.95047, 1.0, 1.08883)
    f = [part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in (x, y, z)]
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize(("one", "other"), [
    (style.LESS[1], style.MORE[1]), (OIL.ramp[2], GAS.ramp[2]), (style.BOTTLENECK, "#ffffff"),
    (style.BOTTLENECK, OIL.ramp[1]), (style.BOTTLENECK, GAS.ramp[1])])
def test_pills_differ_for_readers_without_green(one: str, other: str) -> None:
    """Twenty in CIE76 are told apart at a glance; two are just seen."""
    assert np.linalg.norm(seen_without_green(one) - seen_without_green(other)) > 20


# ---------------------------------------------------------------------------------------------- for QGIS


def test_layers_of_a_comparison_carry_before_after_and_change(tmp_path: Path) -> None:
    path = maps.write(toy_plan(), tmp_path / "change.gpkg", other=cut_plan())
    flows = geopandas.read_file(path, layer="flows").set_index("arc")
    assert flows.loc["HP", ["before", "after", "change"]].tolist() == [6.0, 5.0, -1.0]


@pytest.mark.parametrize("other", [None, cut_plan()])
def test_each_layer_has_a_style_that_names_only_columns_it_has(tmp_path: Path, other: Any) -> None:
    data = payload(toy_plan()) if other is None else change(toy_plan(), other)
    path = write_layers(data, tmp_path / "styled.gpkg")
    with closing(sqlite3.connect(path)) as base:
        rows = base.execute(
            "SELECT f_table_name, f_geometry_column, styleQML, useAsDefault FROM layer_styles").fetchall()
    assert [row[0] for row in rows] == ["flows", "nodes", "countries"]
    for layer, column, qml, default in rows:
        assert (column, default) == ("geom", 1)
        root = ElementTree.fromstring(qml[qml.index(">") + 1:])
        assert root.find(".//renderer-v2/symbols/symbol/layer") is not None
        columns = set(geopandas.read_file(path, layer=layer).columns)
        for expression in [o.get("value", "") for o in root.iter("Option") if o.get("name") == "expression"]:
            named = set(expression.split('"')[1::2])
            assert named <= columns, (layer, named - columns)
