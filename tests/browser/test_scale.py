"""A network of many lines: drawn on a canvas, they stay within reach of pointer, keyboard, reader and export."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from toy import toy
from toy_maps import write_page

import energy_routes as er

SPOKES = 104  # two lines each: more than the page draws as elements


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub, many towns, and a line from each to the one before, of every eighth to the market: few share a course."""
    towns = [(f"T{i}", 40 + (i // 16) * 1.3, 52 + (i % 16) * 1.7) for i in range(SPOKES)]
    places = ["FIELD,Field,field,KZ,46,50", "HUB,Hub,hub,KZ,46,51", "EAST,East,market,CN,44,84",
              "WEST,West,market,IT,44,20", *(f"{town},Town {town},hub,KZ,{lat},{lon}" for town, lat, lon in towns)]
    nodes = ["id,name,kind,country,lat,lon,note", *(f"{place},checked: a wheel lies anywhere" for place in places)]
    arcs = ["id,from,to,name,capacity,tariff,length_km", "GATHER,FIELD,HUB,Gathering,20,1,10",
            "SHORT,HUB,EAST,Short way,6,30,1000", "LONG,HUB,WEST,Long way,5,50,3000",
            *(f"TO_{town},HUB,{town},To {town},2,20,100" for town, _, _ in towns),
            *(f"ON_T{i},T{i},{f'T{i - 1}' if i % 8 else 'EAST'},From T{i},2,20,100" for i in range(SPOKES))]
    folder = tmp_path_factory.mktemp("wheel")
    plan = er.solve(toy(folder / "pack", {"nodes": "\n".join(nodes), "arcs": "\n".join(arcs),
                                          "groups": "", "meters": ""}))
    return write_page(plan, folder / "wheel.html")


def drawn(page: Any) -> int:
    """Pixels of the canvas that hold something."""
    return int(page.locator(".panel canvas").evaluate("""canvas => {
        const copy = document.createElement("canvas");
        [copy.width, copy.height] = [canvas.width, canvas.height];
        const pen = copy.getContext("2d", { willReadFrequently: true });
        pen.drawImage(canvas, 0, 0);
        return pen.getImageData(0, 0, copy.width, copy.height).data.filter((v, i) => i % 4 === 3 && v).length;
    }"""))


def test_many_lines_are_drawn_on_a_canvas_and_few_are_elements(open_page: Any, wheel: Path, pair: Path) -> None:
    page = open_page(wheel)
    assert page.locator("g.line").count() == 1
    before = drawn(page)
    assert before > 20_000
    page.locator('.bar[data-arc="SHORT"]').click()
    assert page.locator('g.line[data-arc="SHORT"][aria-pressed=true]').count() == 1
    page.keyboard.press("Escape")
    assert drawn(page) == before
    few = open_page(pair, "v=before")
    assert few.locator("g.line").count() > 3
    assert drawn(few) == 0


def test_each_of_many_lines_is_reached_by_keyboard_and_pointer(open_page: Any, wheel: Path) -> None:
    page = open_page(wheel)
    page.locator("g.line[tabindex='0']").focus()
    seen = []
    for _ in range(12):
        line = page.locator("g.line:focus")
        seen.append(line.get_attribute("data-arc"))
        assert line.get_attribute("aria-label")
        page.keyboard.press("ArrowDown")
    assert len(set(seen)) == 12
    arc = "LONG"  # it leads west, where no other runs
    page.keyboard.press("Home")
    while page.locator("g.line:focus").get_attribute("data-arc") != arc:
        page.keyboard.press("ArrowDown")
    x, y = page.locator(f'g.line[data-arc="{arc}"] .flow').evaluate(
        "path => { const at = path.getPointAtLength(path.getTotalLength() * 0.3).matrixTransform(path.getScreenCTM());"
        " return [at.x, at.y] }")
    page.mouse.move(x, y)
    assert page.locator("#tip").get_attribute("data-arc") == arc
    page.mouse.click(x, y)
    assert page.locator("g.line[aria-pressed=true]").get_attribute("data-arc") == arc


def test_an_export_of_many_lines_holds_each_as_a_path(open_page: Any, wheel: Path) -> None:
    page = open_page(wheel)
    with page.expect_download() as saved:
        page.click("#save-svg")
    paths = list(ElementTree.parse(saved.value.path()).iter("{http://www.w3.org/2000/svg}path"))
    strokes = [path for path in paths if path.get("stroke") not in (None, "none") and path.get("fill") == "none"]
    assert len(strokes) > 2 * SPOKES
    assert page.locator("g.line").count() == 1


def test_the_canvas_moves_with_the_map_and_is_drawn_anew_at_rest(open_page: Any, wheel: Path) -> None:
    page = open_page(wheel)
    page.evaluate("""() => {
        const canvas = document.querySelector(".panel canvas");
        window.moves = [];
        new MutationObserver(() => window.moves.push(canvas.style.transform)).observe(canvas, { attributes: true });
    }""")
    page.mouse.move(400, 200)
    page.mouse.down()
    page.mouse.move(430, 210)
    page.mouse.up()
    page.wait_for_function("() => window.moves.some((one) => one) && window.moves.at(-1) === ''")
    assert "translate(30px, 10px) scale(1)" in page.evaluate("window.moves")
    assert drawn(page) > 20_000
