"""The interactive map in a real browser, from disk, with the network off: what it shows and what one can do with it."""

from __future__ import annotations

import csv
import io
import json
import re
import struct
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations, pairwise, product
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import toy
from rest import first
from test_own_family import water
from toy_maps import write_page

import energy_routes as er
from energy_routes.answer.words import Words
from energy_routes.maps.data.payload import payload
from energy_routes.maps.data.scene import KIND_ORDER
from energy_routes.maps.figure.text import signs
from energy_routes.pack import GAS, OIL
from energy_routes.plan.plan import Prices

WORDS = Words.of("en")
MARCH = "2024-03"
TWO_WAYS = Path(__file__).parent.parent / "two_ways" / "model.toml"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}  # what night can break


def text(page: Any, selector: str) -> str:
    """What an element says, spaces evened out."""
    return " ".join(page.locator(selector).first.inner_text().split())


def card(page: Any, key: str) -> str:
    """The value of a key figure, without its unit."""
    return str(page.locator(f'[data-card="{key}"] .value').evaluate("node => node.firstChild.textContent"))


def arc(plan: er.Plan, arc: str, period: str | None = None) -> Any:
    """The row of an arc as the static maps have it."""
    return payload(plan, period).arcs.set_index("arc").loc[arc]


def exported(plan: er.Plan, period: str) -> float:
    """Mt sold abroad in a period."""
    sold = plan.deliveries[plan.deliveries["export"].astype(bool) & (plan.deliveries["period"] == period)]
    return float(sold["volume"].sum())


def money(plan: er.Plan) -> float:
    """Tariffs and freight, MUSD."""
    return float(plan.flows["cost"].sum())


# -------------------------------------------------------------------------------------------- numbers


def test_the_cards_tell_the_plans_own_numbers_in_every_view_and_month(open_page: Any, pair: Path, before: er.Plan,
                                                                     after: er.Plan) -> None:
    page = open_page(pair, "v=before")
    assert card(page, "export_oil") == WORDS.number(before.exports["oil"], 2)
    assert card(page, "netback") == WORDS.number(before.netback, 0)
    page.click('[data-view="after"]')
    assert card(page, "netback") == WORDS.number(after.netback, 0)
    assert card(page, "transport") == WORDS.number(money(after), 0)
    assert card(page, "bottlenecks") == str(len(payload(after).limits))
    change = WORDS.signed(after.netback - before.netback, 0)
    assert text(page, '[data-card="netback"] .delta').startswith(change)
    page.locator("#period").fill("2")
    assert text(page, "#period-name") == "March 2024"
    assert card(page, "export_oil") == WORDS.number(exported(after, MARCH), 2)
    assert page.locator('[data-card="netback"]').count() == 0  # a month tells sales less carriage instead


def test_a_family_of_the_packs_own_is_told_and_drawn_as_oil_is(open_page: Any, tmp_path: Path) -> None:
    plan = er.solve(water(tmp_path / "water"))
    plan.explore(tmp_path / "water.html")
    page = open_page(tmp_path / "water.html")
    assert text(page, '[data-card="export_water"] .label') == "Water exported"
    assert text(page, '[data-card="export_water"] .value') == "360.00 Mm³"
    page.locator('g.line[data-arc="PIPE"]').first.press("Enter")
    assert "One more m³ of capacity is worth $0.07." in text(page, "#detail")
    assert "USD/m³" in text(page, "#detail")


def test_a_line_tells_flow_capacity_tariff_and_worth(open_page: Any, pair: Path, before: er.Plan,
                                                     after: er.Plan) -> None:
    page = open_page(pair, f"v=after&t={MARCH}")
    now, then = arc(after, "HUB_PORT", MARCH), arc(before, "HUB_PORT", MARCH)
    page.locator('[data-arc="HUB_PORT"].line').focus()
    tip = text(page, "#tip")
    assert "West pipeline" in tip
    for value in (WORDS.number(now["volume"], 2), WORDS.number(now["capacity"], 2),
                  WORDS.signed(now["volume"] - then["volume"], 2)):
        assert value in tip
    assert now["bound"] == 1
    assert f"One more tonne of capacity is worth ${WORDS.number(now['price'])}." in tip
    label = page.locator('[data-arc="HUB_PORT"].line').get_attribute("aria-label")
    assert label.startswith("West pipeline, ")
    assert "bottleneck" in label
    page.locator('[data-arc="HUB_PORT"].line').blur()
    assert page.locator("#tip").is_hidden()


def test_what_could_be_otherwise_is_hatched_and_told(open_page: Any, tmp_path: Path) -> None:
    """Two ways earn the same: of 8 Mt, SHORT carries 3 to 6; what is gathered can be no other."""
    equal = {
        "nodes": "id,name,kind,country,lat,lon\nFIELD,Field,field,KZ,47,52\nHUB,Hub,hub,KZ,47,55\n"
                 "EAST,East,market,CN,44,85\nWEST,West,market,IT,45,9",
        "arcs": "id,from,to,name,capacity,tariff,length_km\nGATHER,FIELD,HUB,Gathering,20,1,10\n"
                "SHORT,HUB,EAST,Short way,6,30,1000\nLONG,HUB,WEST,Long way,5,40,3000",
        "tiers": "market,tier,depth,discount\nWEST,1,unlimited,0",
    }  # fmt: skip
    er.solve(toy.toy(tmp_path / "equal", equal)).explore(tmp_path / "equal.html")
    page = open_page(tmp_path / "equal.html")
    widths = {way: [float(page.locator(f'g.line[data-arc="{way}"] .{part}').get_attribute("stroke-width") or 0)
                    for part in ("flow", "most", "halo")] for way in ("SHORT", "GATHER")}  # fmt: skip
    least, most, halo = widths["SHORT"]
    assert 0 < least < most < halo
    assert widths["GATHER"][1] == 0
    page.locator('[data-arc="SHORT"].line').focus()
    assert "3.00–6.00 Mt" in text(page, "#tip")
    assert WORDS("legend.could_be") in text(page, ".legend")
    page.locator('[data-arc="GATHER"].line').focus()
    assert WORDS("tip.could_be") not in text(page, "#tip")


def test_the_table_holds_every_line_with_its_numbers(open_page: Any, pair: Path, before: er.Plan,
                                                     after: er.Plan) -> None:
    page = open_page(pair, "v=after")
    page.click("#open-table")
    cells = page.locator("#table-body table").nth(1).locator("tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.innerText))")
    found = {row[0]: row[1:] for row in cells}
    now, then = payload(after).arcs, payload(before).arcs.set_index("arc")
    for row in now.to_dict("records"):
        told = found[row["name"]]
        assert told[1] == WORDS.number(row["volume"], 3 if 0.0005 <= abs(row["volume"]) < 0.1 else 2)
        assert told[7] == WORDS.signed(row["volume"] - then.loc[row["arc"], "volume"], 2)
    shown = page.locator("#table-body table:nth-of-type(-n + 2) td").all_inner_texts()
    assert {cell for cell in shown if re.fullmatch(r"0\.0\d*", cell) and not float(cell)} == {"0.00"}
    page.keyboard.press("Escape")
    assert page.locator("#table").is_hidden()
    with page.expect_download() as saved:
        page.click("#open-table")
        page.click("#save-csv")
    rows = list(csv.reader(io.StringIO(saved.value.path().read_text("utf-8-sig"))))
    own = next(row for row in rows if row[:1] == ["West pipeline"])
    assert float(own[2]) == pytest.approx(arc(after, "HUB_PORT")["volume"], rel=1e-5)


def test_the_netback_sheet_adds_up(open_page: Any, pair: Path, before: er.Plan) -> None:
    page = open_page(pair, "v=before&l=routes")
    route = before.routes.sort_values("volume", ascending=False).iloc[0]
    page.locator('[data-route="0"]').click()
    assert text(page, "#detail h3") == route["route"]
    values = page.locator("#detail .sheet td:nth-child(2)").all_inner_texts()
    told = [float(value.replace("−", "-").replace(",", "").replace("+", "")) for value in values]
    assert told[0] == pytest.approx(route["price"], abs=0.051)
    assert sum(told[:-1]) == pytest.approx(told[-1], abs=0.06 * len(told))
    assert told[-1] == pytest.approx(route["netback"], abs=0.051)
    lit = page.locator("g.line:not(.faded)").evaluate_all("lines => lines.map(line => line.dataset.arc)")
    assert set(lit) == set(route["arcs"].split(";"))


def test_all_that_is_scarce_is_marked_at_home_zoom_in_every_month(open_page: Any, pair: Path, after: er.Plan) -> None:
    page = open_page(pair, "v=after")
    marked = {"full": 0, "limit": 0, "depth": 0}
    for span, period in enumerate([*(p.label for p in after.case.periods), None]):
        page.evaluate("hash => { location.hash = hash }", f"v=after&t={period or '2024-01~2024-12'}")
        page.wait_for_timeout(20)
        data = payload(after, period)
        wanted = [*data.limits[["sign", "id"]].to_numpy().tolist(), *(["depth", one] for one in data.depths["id"])]
        found = page.locator(".sign").evaluate_all(
            "marks => marks.map(mark => [mark.dataset.sign, mark.dataset.limit])")
        assert sorted(found) == sorted(wanted), (span, period)
        for sign, _ in found:
            marked[sign] += 1
    assert min(marked.values()) > 1, marked


def test_a_price_is_one_figure_on_the_page_and_in_the_picture(open_page: Any, tmp_path: Path) -> None:
    prices = {"2024-01": 11.25, "2024-02": 11.35, "2024-03": 0.125, "2024-04": 250.5, "2024-05": 22.461475}
    plan = solved_with(prices)
    page = open_page(write_page(plan, tmp_path / "prices.html"))
    for period in prices:
        data = payload(plan, period)
        picture = signs.price_text(data.rows(data.limits)[0], data.periods, data.words)
        page.evaluate("hash => { location.hash = hash }", f"t={period}&f=arc%3AHUB_PORT")
        page.wait_for_timeout(20)
        figure = picture.removeprefix("+$").removesuffix("/t")
        assert picture in page.locator("g.pill").all_text_contents()
        assert f"one more tonne is worth ${figure}" in text(page, "#subtitle")
        assert f"One more tonne of capacity is worth ${figure}." in text(page, "#detail")
        assert data.subtitle.endswith(f"one more tonne is worth ${figure}")


def solved_with(prices: dict[str, float]) -> er.Plan:
    """A plan in which HUB_PORT alone is full, at a price by month."""
    plan = er.solve(er.load(TWO_WAYS))
    full = (plan.arcs["arc"] == "HUB_PORT") & plan.arcs["period"].isin(list(prices))
    worth = plan.arcs["period"].map(prices).where(full, 0.0)
    arcs = plan.arcs.assign(price=worth, utilisation=plan.arcs["utilisation"].where(~full, 1.0))
    none = Prices(plan.prices.table.iloc[:0])
    return replace(plan, parts=plan.parts.but(arcs=lambda: arcs, prices=lambda: none))


# -------------------------------------------------------------------------------------------- use


def test_views_change_what_is_drawn(open_page: Any, pair: Path, before: er.Plan, after: er.Plan) -> None:
    page = open_page(pair)
    assert page.locator('[data-view="change"]').get_attribute("aria-pressed") == "true"
    pills = set(page.locator(".pill text").all_text_contents())
    change = arc(after, "HUB_PORT")["volume"] - arc(before, "HUB_PORT")["volume"]
    assert change < -0.05
    assert WORDS.signed(change, 2) in pills
    page.click('[data-view="side"]')
    assert page.locator(".panel").count() == 2
    assert page.locator(".legend").count() == 1
    page.click(".legend .more")
    page.click('[data-view="after"]')
    assert page.locator(".panel").count() == 1
    assert "v=after" in page.evaluate("location.hash")


def test_focus_by_line_bar_legend_and_keyboard(open_page: Any, pair: Path) -> None:
    page = open_page(pair, "v=after")
    page.locator('.bar[data-arc="HUB_GATE"]').click()
    assert text(page, "#detail h3") == "East pipeline"
    assert page.locator("g.line.faded").count() == page.locator("g.line").count() - 1
    page.keyboard.press("Escape")
    assert page.locator("g.line.faded").count() == 0
    page.locator('[data-corridor="West"]').click()
    assert page.locator('[data-corridor="West"]').get_attribute("aria-pressed") == "true"
    assert page.locator('[data-arc="HUB_PORT"].line:not(.faded)').count() == 1
    page.keyboard.press("Escape")
    assert page.locator("g.line[tabindex='0']").count() == 1  # one stop for the whole map
    page.locator("g.line[tabindex='0']").focus()
    assert page.locator("#tip").is_visible()
    first = page.locator("g.line").first.get_attribute("data-arc")
    page.keyboard.press("ArrowDown")
    second = page.evaluate("document.activeElement.dataset.arc")
    assert second not in (first, None)
    page.keyboard.press("Enter")
    assert f"f=arc%3A{second}" in page.evaluate("location.hash")
    assert page.evaluate("document.activeElement.dataset.arc") == second  # focus is not lost by the redraw
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('g.line')") is None
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.dataset.arc") == second


def test_back_undoes_choices_and_an_address_holds_the_zoom(open_page: Any, pair: Path) -> None:
    page = open_page(pair, "v=after")
    page.locator('.bar[data-arc="HUB_GATE"]').click()
    page.click('[data-view="before"]')
    page.go_back()
    assert "v=after" in page.evaluate("location.hash")
    assert text(page, "#detail h3") == "East pipeline"
    page.go_back()
    assert page.locator("g.line.faded").count() == 0
    page.click(".zoomer button:first-child")
    page.click(".zoomer button:first-child")
    page.wait_for_function("() => Number(/z=([\\d.]+)/.exec(location.hash)?.[1]) > 2")
    places = "() => [...document.querySelectorAll('g.ground')].map(g => g.getAttribute('transform'))"
    zoomed = page.evaluate(places)
    again = open_page(pair, page.evaluate("location.hash.slice(1)"))
    numbers = [[float(part) for part in re.findall(r"-?[\d.]+", one[0])] for one in (zoomed, again.evaluate(places))]
    assert numbers[1] == pytest.approx(numbers[0], abs=0.6)
    again.keyboard.press("0")
    assert "z=" not in again.evaluate("location.hash")


def test_the_list_shows_lines_of_one_kind(open_page: Any, pair: Path, after: er.Plan) -> None:
    page = open_page(pair, "v=after")
    rows = after.arcs.groupby("arc")[["volume", "capacity"]].sum()
    used = rows["volume"] / rows["capacity"]
    page.select_option("#filter", "slack")
    shown = set(page.eval_on_selector_all(".bar", "bars => bars.map(bar => bar.dataset.arc)"))
    assert shown == set(used[(rows["volume"] > 0.01) & (used < 0.5)].index)
    page.select_option("#filter", "unused")
    unused = set(page.eval_on_selector_all(".bar", "bars => bars.map(bar => bar.dataset.arc)"))
    assert unused
    assert not (unused & set(rows[rows["volume"] > 0.01].index))


def test_months_by_slider_arrows_and_play(open_page: Any, pair: Path) -> None:
    page = open_page(pair, "v=after")
    assert text(page, "#period-name") == "2024"
    page.locator("h1").click()
    page.keyboard.press("ArrowRight")
    assert text(page, "#period-name") == "January 2024"
    page.keyboard.press("ArrowLeft")
    assert text(page, "#period-name") == "December 2024"
    page.click("#whole")
    assert page.locator("#whole").get_attribute("aria-pressed") == "true"
    page.click("#play")
    assert text(page, "#period-name") == "January 2024"
    page.wait_for_function("() => document.getElementById('period-name').textContent === 'February 2024'")
    page.click("#play")
    assert page.locator("#play").get_attribute("aria-label") == "Play"


def test_zoom_moves_lines_but_not_their_widths(open_page: Any, pair: Path) -> None:
    page = open_page(pair, "v=after")
    line = page.locator('[data-arc="HUB_PORT"].line .flow')
    width, path = line.get_attribute("stroke-width"), line.get_attribute("d")
    page.locator('.zoomer button').first.click()
    page.wait_for_function("path => document.querySelector('[data-arc=HUB_PORT] .flow').getAttribute('d') !== path",
                           arg=path)
    assert line.get_attribute("stroke-width") == width
    page.click("#reset")
    assert line.get_attribute("d") == path


def test_lines_in_one_corridor_do_not_hide_each_other(open_page: Any, pair: Path) -> None:
    page = open_page(pair, "v=before")  # pipeline and proposed railway from HUB to PORT have one course
    middles = {}
    for name in ("HUB_PORT", "HUB_PORT_RAIL"):
        flow = page.locator(f'[data-arc="{name}"].line .flow')
        middles[name] = flow.evaluate("path => { const at = path.getPointAtLength(path.getTotalLength() / 2);"
                                      " return [at.x, at.y, Number(path.getAttribute('stroke-width'))] }")
    (x, y, wide), (u, v, other) = middles.values()
    assert ((x - u) ** 2 + (y - v) ** 2) ** 0.5 >= (wide + other) / 2 + 0.5


def test_exports_are_drawings_that_carry_their_own_styles(open_page: Any, pair: Path, after: er.Plan) -> None:
    page = open_page(pair, "v=after&f=arc%3AHUB_PORT")
    with page.expect_download() as saved:
        page.click("#save-svg")
    drawn = saved.value.path().read_text("utf-8")
    tree = ElementTree.fromstring(drawn)
    words = "".join(tree.itertext())
    assert after.case.title in words
    assert "Made with Natural Earth." in words
    assert not re.search(r"<script|<style|class=|foreignObject", drawn)
    assert any(node.get("stroke") for node in tree.iter("{http://www.w3.org/2000/svg}path"))
    with page.expect_download() as saved:
        page.click("#save-png")
    head = saved.value.path().read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    wide, high = struct.unpack(">II", head[16:24])
    assert wide == 2 * round(float(tree.get("width", 0)))
    assert high == 2 * round(float(tree.get("height", 0)))


def test_dashes_march_only_where_motion_is_welcome(open_page: Any, pair: Path) -> None:
    seen = "[...document.querySelectorAll('.march')].some((dashes) => dashes.checkVisibility())"
    assert not open_page(pair, "v=after").evaluate(seen)
    page = open_page(pair, "v=after", motion="no-preference")
    assert page.evaluate(seen)
    page.click("#animate")
    assert not page.evaluate(seen)
    assert "a=0" in page.evaluate("location.hash")


@pytest.mark.parametrize(("wide", "high"), first([(1280, 720), (1920, 1080)], 1))
def test_the_page_fits_the_screen(open_page: Any, pair: Path, wide: int, high: int) -> None:
    page = open_page(pair, "v=side&f=arc%3AHUB_PORT", (wide, high))
    seen = page.evaluate("[document.scrollingElement.scrollWidth, document.scrollingElement.scrollHeight]")
    assert seen == [wide, high]
    boxes = [page.locator(part).bounding_box() for part in ("header", "#maps", "aside", "footer", "#detail", "#bars")]
    for box in boxes:
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= wide
        assert box["y"] + box["height"] <= high
    page.emulate_media(media="print")
    assert page.locator("#save-png").is_hidden()
    assert page.locator("#credits").is_visible()


def test_steps_are_gone_through_by_list_slider_and_buttons(open_page: Any, before: er.Plan, after: er.Plan,
                                                            tmp_path: Path) -> None:
    steps = [("as it was", before, "nothing"), ("pumps out", after, "note </script>")]
    page = open_page(write_page(before, tmp_path / "steps.html", steps=steps))
    assert page.locator("#step-list option").all_inner_texts() == ["as it was", "pumps out"]
    assert card(page, "netback") == WORDS.number(before.netback, 0)
    page.click("#step-next")
    assert text(page, "#step-note") == "note </script>"
    assert card(page, "netback") == WORDS.number(after.netback, 0)
    assert page.locator("#step-next").is_disabled()
    page.locator("#step").fill("1")
    assert text(page, "#step-note") == "nothing"
    page.locator("#step-list").select_option("pumps out")
    page.click('[data-view="change"]')
    assert "s=2" in page.evaluate("location.hash")
    page.click('[data-view="before"]')
    assert card(page, "netback") == WORDS.number(before.netback, 0)


# -------------------------------------------------------------------------------------------- for everyone


def test_no_accessibility_fault_in_any_view(open_page: Any, pair: Path) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    for view, act in ("v=change&f=arc%3AHUB_PORT", ""), ("v=after", "#open-table"):
        page = open_page(pair, view)
        if act:
            page.click(act)
        for scheme, rules in ("light", RULES), ("dark", COLOURS):
            page.emulate_media(color_scheme=scheme)
            found = axe.Axe().run(page, context={"exclude": [[".ground"], [".over"]]},
                                  options={"runOnly": rules, "resultTypes": ["violations"]})
            faults = [(fault["id"], fault["nodes"][0]["html"][:200], fault["nodes"][0].get("failureSummary", ""))
                      for fault in found.response["violations"]]
            assert faults == [], (view, scheme)


def test_the_largest_flows_bear_numbers_the_same_before_and_after(open_page: Any, tmp_path: Path) -> None:
    plans = [er.solve(er.load(name)) for name in ("oil-2024", "btc-5")]
    page = open_page(write_page(plans[0], tmp_path / "two.html", other=plans[1]), "v=side")
    told = page.evaluate("""() => [...document.querySelectorAll('.panel')].map(panel =>
        [...panel.querySelectorAll('g.pill')].map(pill => pill.__data__).filter(pill => pill.strand)
        .sort((a, b) => b.strand.weight - a.strand.weight).slice(0, 10).map(pill => pill.strand.arc.id))""")
    assert len(told[0]) == 10
    assert told[0] == told[1]


def test_at_night_the_page_is_dark_and_the_map_is_as_by_day(open_page: Any, pair: Path) -> None:
    by_day, by_night = (open_page(pair, "v=after", scheme=scheme) for scheme in ("light", "dark"))
    ground = "selector => getComputedStyle(document.querySelector(selector)).backgroundColor"
    assert by_night.evaluate(ground, "body") == "rgb(24, 33, 42)"
    assert by_day.evaluate(ground, "body") == "rgb(255, 255, 255)"
    for place in (".panel", ".legend"):
        assert by_night.evaluate(ground, place) == by_day.evaluate(ground, place)
    assert by_night.locator("#maps").screenshot() == by_day.locator("#maps").screenshot()


def test_a_slider_is_told_from_the_page_and_by_night_from_white(open_page: Any, pair: Path) -> None:
    page = open_page(pair, "v=after")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        filled, paper = page.evaluate("""() => [getComputedStyle(document.getElementById("period")).accentColor,
                                                getComputedStyle(document.body).backgroundColor]""")
        assert contrast(filled, paper) >= 3, scheme
        assert contrast(filled, "rgb(255, 255, 255)") >= 3, scheme


@pytest.mark.parametrize(("available", "wanted"), [(0.8, ["0.1", "0.2", "0.5"]), (30, ["5", "20", "50"])])
def test_the_key_of_widths_tells_volumes_that_flow(open_page: Any, tmp_path: Path, available: float,
                                                   wanted: list[str]) -> None:
    supplies = f"id,node,commodity,shipper,available,cost\nFIELD_CO,FIELD,CRUDE,Field Co,{available},9"
    arcs = toy.TABLES["arcs"].replace("Gathering,20", "Gathering,40").replace("Long way,5", "Long way,30")
    case = toy.toy(tmp_path, {"nodes": toy.PLACED, "supplies": supplies, "arcs": arcs, "obligations": ""})
    page = open_page(write_page(er.solve(case), tmp_path / "key.html"))
    assert page.locator(".legend .key g").first.locator("text").all_text_contents()[1:4] == wanted


def test_words_on_the_map_stand_out(open_page: Any, pair: Path) -> None:
    page = open_page(pair, "v=after")
    script = """() => [...document.querySelectorAll('.pill')].map(pill => [
        getComputedStyle(pill.querySelector('text')).fill, getComputedStyle(pill.querySelector('rect')).fill])"""
    pairs = page.evaluate(script)
    assert len(pairs) > 3
    for ink, ground in {tuple(pair) for pair in pairs}:
        assert contrast(ink, ground) >= 4.5, (ink, ground)
    for kind, ground in (("country", "rgb(247, 245, 240)"), ("water", "rgb(219, 231, 238)")):
        ink = page.locator(f".ground-name.{kind}").first.evaluate("node => getComputedStyle(node).fill")
        assert contrast(ink, ground) >= 4.5, kind
    names = page.locator(".node-name").first.evaluate("node => getComputedStyle(node).fill")
    for ground in ("rgb(247, 245, 240)", "rgb(219, 231, 238)"):
        assert contrast(names, ground) >= 7


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two CSS colours ``rgb(r, g, b)``, as WCAG 2.1 defines it."""
    def light(colour: str) -> float:
        channels = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


def test_another_language_leaves_no_word_unsaid(open_page: Any, page_in: Callable[..., Path], after: er.Plan) -> None:
    words = Words.of("ru")
    page = open_page(page_in("ru"), "v=after&f=arc%3AHUB_PORT")
    assert page.locator("html").get_attribute("lang") == "ru"
    assert text(page, '[data-card="export_oil"] .label') == words("kpi.exports.oil")
    assert card(page, "netback") == words.number(after.netback, 0)
    said = page.locator("body").inner_text()
    assert not re.search(r"\b(page|kpi|tip|legend|panel|table|button)\.[a-z_]+", said)


# -------------------------------------------------------------------------------------------- what must not happen

NASTY = {
    "FIELD": "</script><img src=x onerror=alert(1)>", "HUB": "Quotes \" ' ` & <b>bold</b>", "EAST": "Восток — Шығыс",
    "WEST": "2024-01-01", "SHORT": "<!--<script>", "LONG": "=1+1;None\u2028{{name}}", "GATHER": "NaN",
}


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> er.Plan:
    """The toy with names that would break a careless page."""
    def quoted(name: str) -> str:
        return '"' + NASTY[name].replace('"', '""') + '"'

    tables = {
        "nodes": f"""
            id,name,kind,country,lat,lon,note
            FIELD,{quoted("FIELD")},field,KZ,47,53,
            HUB,{quoted("HUB")},hub,KZ,47,55,
            EAST,{quoted("EAST")},market,CN,44,80,checked: beside the names
            WEST,{quoted("WEST")},market,IT,44,20,checked: beside the names
            """,
        "arcs": f"""
            id,from,to,name,capacity,tariff,length_km
            GATHER,FIELD,HUB,{quoted("GATHER")},20,1,10
            SHORT,HUB,EAST,{quoted("SHORT")},6,30,1000
            LONG,HUB,WEST,{quoted("LONG")},5,50,3000
            """,
    }
    return er.solve(toy.toy(tmp_path_factory.mktemp("nasty"), tables))


def test_names_are_text_whatever_they_hold(open_page: Any, nasty: er.Plan, tmp_path: Path) -> None:
    page = open_page(write_page(nasty, tmp_path / "nasty.html", other=nasty), "v=after&f=arc%3ASHORT")
    assert text(page, "#detail h3") == NASTY["SHORT"]
    assert page.locator("img").count() == 0
    page.click("#open-table")
    told = page.locator("#table-body").inner_text()
    for name in ("SHORT", "GATHER"):
        assert NASTY[name] in told
    labels = page.locator(".node-name").all_text_contents()
    assert any("Восток" in label for label in labels)
    with page.expect_download() as saved:
        page.click("#save-csv")
    assert "'=1+1" in saved.value.path().read_text("utf-8-sig")  # a spreadsheet must not reckon it


def test_the_page_cannot_phone_home(open_page: Any, pair: Path) -> None:
    page = open_page(pair, quiet=False)
    refused = page.evaluate("""async () => {
        const tries = [() => fetch('https://example.org/'), () => import('https://example.org/a.js'),
                       () => new Promise((done, fail) => { const i = new Image(); i.onload = done; i.onerror = fail;
                                                           i.src = 'https://example.org/a.png' })];
        const broken = [];
        document.addEventListener('securitypolicyviolation', (event) => broken.push(event.effectiveDirective));
        for (const act of tries) await act().catch(() => {});
        const script = document.createElement('script');
        script.textContent = 'window.ran = true';
        document.body.append(script);
        await new Promise((done) => setTimeout(done, 50));
        return [broken, window.ran === undefined];
    }""")
    assert set(refused[0]) >= {"connect-src", "img-src", "script-src-elem"}
    assert refused[1]


def test_a_notebook_shows_the_page_in_a_frame(context: Any, before: er.Plan, after: er.Plan, tmp_path: Path) -> None:
    made = er.compare(before, after).explore(tmp_path / "saved.html")
    assert made.path == tmp_path / "saved.html"
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_content(f"<!doctype html><p>a notebook</p>{made._repr_html_()}")
    frame = page.frame_locator("iframe")
    frame.locator('.bar[data-arc="HUB_GATE"]').click()
    assert " ".join(frame.locator("#detail h3").inner_text().split()) == "East pipeline"
    assert errors == []
    page.close()


def test_the_address_holds_the_view(open_page: Any, pair: Path) -> None:
    page = open_page(pair, f"v=side&t={MARCH}&f=corridor%3AEast&l=routes&a=0")
    assert page.locator(".panel").count() == 2
    assert text(page, "#period-name") == "March 2024"
    assert text(page, "#detail h3") == "Eastern pipeline"
    assert page.locator("#animate").get_attribute("aria-pressed") == "false"
    for wrong in ("v=none&t=x&f=arc%3ANO&s=99&c=coal", "%", "f=route%3A-1"):
        page.evaluate("hash => { location.hash = hash }", wrong)
        page.wait_for_timeout(20)
    assert json.loads(page.locator("#content").inner_text())["kind"] == "pair"


def test_the_key_shows_lines_in_the_colours_of_the_families_on_the_map(open_page: Any, tmp_path: Path) -> None:
    """Found on energy-2024: lines that are proposed, swapped or hatched stood there in the colours of oil alone."""
    page = open_page(write_page(er.solve(er.load("energy-2024")), tmp_path / "both.html"))
    for families in ((OIL, GAS), (GAS,)):
        lines = page.locator(".legend .key path[stroke-dasharray]").evaluate_all(
            "lines => lines.map(line => line.getAttribute('stroke'))")
        assert {tone for own in (OIL, GAS) for tone in (own.proposed, own.ramp[2]) if tone in lines} == {
            tone for own in families for tone in (own.proposed, own.ramp[2])}
        page.click('#families [data-family="oil"]')


@pytest.mark.parametrize(("wide", "high"), first([(1280, 720), (390, 844), (1920, 1080)], 2))
def test_the_legend_is_whole_beside_the_map_and_on_the_export(open_page: Any, page_in: Callable[..., Path],
                                                              wide: int, high: int) -> None:
    page = open_page(page_in("ru", alone=True), size=(wide, high))
    words = Words.of("ru")
    lines = ("no_limit", "proposed", "idle", "swap", "full", "limit", "depth")
    wanted = {*(words(f"legend.{one}") for one in lines), *(words(f"kind.{one}") for one in KIND_ORDER)}
    assert wanted <= set(page.locator(".legend .key text").all_text_contents())
    maps, legend = (page.locator(part).bounding_box() for part in ("#panels", ".legend"))
    assert legend["y"] >= maps["y"] + maps["height"] - 1  # beside the map, not over it
    drawn = page.locator(".legend .key text").evaluate_all("""texts => texts.map(text => text.getBoundingClientRect())
        .map(box => [box.left, box.top, box.right, box.bottom])""")
    for one, other in combinations(drawn, 2):
        assert min(one[2], other[2]) - max(one[0], other[0]) < 1 or min(one[3], other[3]) - max(one[1], other[1]) < 4
    buttons = page.locator(".legend .more").bounding_box()
    assert all(box[2] <= buttons["x"] or box[1] > buttons["y"] + buttons["height"] for box in drawn)
    with page.expect_download() as saved:
        page.click("#save-svg")
    assert wanted <= {"".join(node.itertext()) for node in ElementTree.parse(saved.value.path()).iter(
        "{http://www.w3.org/2000/svg}text")}


def test_paper_holds_the_map_with_its_whole_legend_on_one_sheet_and_nothing_lies_over_anything(
    open_page: Any, pair: Path
) -> None:
    page = open_page(pair, "v=side", (1280, 720))
    assert page.locator(".legend [aria-expanded=false]").count() == 1  # short on this screen
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1054, "height": 725})  # A4 across within its margins, at 96 px an inch
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")  # it has resized
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    said = page.locator(".legend .key text").all_text_contents()
    assert {WORDS("legend.full"), WORDS("legend.swap"), WORDS("kind.storage")} <= set(said)
    boxes = [page.locator(part).first.bounding_box() for part in ("header", "#panels", ".legend", "footer", "#cards",
                                                                   ".grow", "#detail")]
    for above, below in pairwise(boxes):
        assert above["y"] + above["height"] <= below["y"] + 1
    assert boxes[3]["y"] + boxes[3]["height"] < 725  # the credits, too, stand on the sheet of the map
    rows = page.locator("#bars .bar").evaluate_all(
        "bars => bars.map(bar => bar.getBoundingClientRect()).map(b => [b.left, b.top, b.right, b.bottom])")
    for one, other in combinations(rows, 2):
        assert min(one[2], other[2]) - max(one[0], other[0]) < 1 or min(one[3], other[3]) - max(one[1], other[1]) < 1
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert WORDS("legend.full") not in page.locator(".legend .key text").all_text_contents()


@pytest.mark.parametrize("lang", first(["ru", "kk"], 1))
def test_paper_takes_two_sheets(open_page: Any, page_in: Callable[..., Path], lang: str, tmp_path: Path) -> None:
    """The map, its legend and its credits, then the lists: of two families, and of two plans beside each other."""
    both = write_page(er.solve(er.load("energy-2024")), tmp_path / "both.html", lang=lang)
    for page in open_page(both), open_page(page_in(lang), "v=side"):
        assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 2


@pytest.mark.parametrize(("lang", "size"), first(list(product(["ru", "kk", "en"], [(1280, 720), (390, 844)])), 2))
def test_no_word_is_cut_and_all_that_is_pressed_is_large_enough(open_page: Any, page_in: Callable[..., Path],
                                                                lang: str, size: tuple[int, int]) -> None:
    page = open_page(page_in(lang), "v=after", size)
    assert page.evaluate("""() => {
        const pen = document.createElement("canvas").getContext("2d");
        const seen = [...document.body.querySelectorAll("*")].filter((one) => one.getClientRects().length);
        const cut = seen.filter((one) => getComputedStyle(one).textOverflow === "ellipsis"
                                         && one.scrollWidth > one.clientWidth + 1);
        const asked = seen.filter((one) => one.placeholder).filter((one) => {
            pen.font = getComputedStyle(one).font;
            return pen.measureText(one.placeholder).width > one.clientWidth - 16;
        });
        const small = seen.filter((one) => one.matches("button, input, select")).filter((one) => {
            const { width, height } = one.getBoundingClientRect();
            return width < 24 || height < 24;
        });
        return [...cut, ...asked, ...small].map((one) => one.outerHTML.slice(0, 80));
    }""") == []


@pytest.mark.parametrize("size", [(640, 360), (390, 844)])
def test_on_a_small_screen_the_map_has_room_and_nothing_covers_it(open_page: Any, pair: Path,
                                                                  size: tuple[int, int]) -> None:
    """640 × 360 is a laptop's screen at 200 %."""
    page = open_page(pair, "v=after", size)
    maps, legend, cards = (page.locator(part).first.bounding_box() for part in ("#panels", ".legend", "#cards"))
    assert maps["height"] >= 300
    assert maps["y"] + maps["height"] <= legend["y"] + 1
    assert legend["y"] + legend["height"] <= cards["y"] + 1
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    drawn, held = page.locator(".legend .key").bounding_box(), page.locator(".legend").bounding_box()
    assert drawn["x"] + drawn["width"] <= held["x"] + held["width"]


def test_a_caption_stands_where_it_covers_no_line(open_page: Any, pair: Path, tmp_path: Path) -> None:
    """A lane round Skagen runs through the upper left corner."""
    lane = {
        "nodes": "id,name,kind,country,lat,lon\nFIELD,Field,field,KZ,47,52\nHUB,Hub,hub,DK,57.7,10.6\n"
                 "EAST,East,market,NL,51.9,4.5\nWEST,West,market,IT,45,9",
        "arcs": "id,from,to,name,capacity,tariff,length_km\nGATHER,FIELD,HUB,Gathering,20,1,3000\n"
                "SHORT,HUB,EAST,Short way,6,30,1000\nLONG,HUB,WEST,Long way,5,50,3000",
    }  # fmt: skip
    case = toy.toy(tmp_path / "lane", lane)
    plan = er.solve(replace(case, title="From Asia round Denmark to the ports of the North Sea"))
    page = open_page(write_page(plan, tmp_path / "lane.html", other=plan), "v=before", (1280, 600))
    assert page.locator(".caption").get_attribute("class") == "caption low"
    assert open_page(pair, "v=before").locator(".caption").get_attribute("class") == "caption"


def test_an_export_holds_the_credits_whole(open_page: Any, page_in: Callable[..., Path]) -> None:
    page = open_page(page_in("en", alone=True), size=(390, 844))
    with page.expect_download() as saved:
        page.click("#save-svg")
    tree = ElementTree.parse(saved.value.path()).getroot()
    wide = float(tree.get("width", 0))
    lines = [node for node in tree.findall("{http://www.w3.org/2000/svg}text") if node.get("font-size") == "9"]
    told = " ".join("".join(node.itertext()) for node in lines)
    assert WORDS("credit.borders") in told
    assert len(lines) > 1  # more than a line on a phone
    assert all(len("".join(node.itertext())) * 4.0 < wide for node in lines)  # letters of 9 px are some 4 px wide
    assert all(float(node.get("y", 0)) < float(tree.get("height", 0)) - 4 for node in lines)


def test_a_line_is_found_by_a_part_of_its_name_though_nothing_flows_on_it(open_page: Any, pair: Path) -> None:
    page = open_page(pair, "v=after")
    every = page.locator(".bar").count()
    assert page.locator('.bar[data-arc="HUB_PORT_RAIL"]').count() == 0  # it carries nothing
    page.fill("#search", "RAILW")
    assert page.locator(".bar .name").all_inner_texts() == ["West railway"]
    page.fill("#search", "port_rail")  # its id, as models call it
    assert page.locator(".bar .name").all_inner_texts() == ["West railway"]
    page.keyboard.press("0")  # typed, not a key of the map
    assert page.locator(".bar").count() == 0
    page.fill("#search", "")
    assert page.locator(".bar").count() == every


def test_a_table_is_sorted_by_the_column_that_is_clicked(open_page: Any, pair: Path) -> None:
    page = open_page(pair, "v=after")
    page.click("#open-table")
    table = page.locator("#table-body table").nth(1)
    for column, key in ((0, str), (2, float)):
        heads, told = table.locator("thead button"), []
        for way in ("first", "second"):
            heads.nth(column).click()
            cells = table.locator(f"tbody tr > :nth-child({column + 1})").all_inner_texts()
            told.append([key(cell) for cell in cells])
            assert table.locator("th[aria-sort]").count() == 1, way
        assert told[0] == sorted(told[0], reverse=key is float)  # figures begin with the largest
        assert told[1] == told[0][::-1] or sorted(told[1]) == sorted(told[0])
        assert told[1] == sorted(told[1], reverse=key is not float)
