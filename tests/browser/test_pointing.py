"""The map answers to the hand: what the pointer rests on is what is told, wherever lines lie close."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rest import first
from toy_maps import write_page

import energy_routes as er

SIZES = (1280, 720), (1920, 1080), (390, 844)
MODELS = "oil-2024", "gas-2024", "energy-2024", "gas-2030", "cpc-one-mooring"
CHEAP = {("gas-2024", SIZES[0]), ("oil-2024", SIZES[2])}  # where most flows answered as another line, or as none
MORE = pytest.mark.exhaustive, pytest.mark.slow
LEAST_LENGTH = 25  # px: a shorter line is no target of its own
LEAST_SHARE = 0.95

# Of each flow: its arc, its length on the screen, and what answers at points along its centre line, where no legend or
# button lies over the map.
ANSWERS = """(points) => {
    const tip = document.getElementById("tip");
    const drawn = [...document.querySelectorAll("g.line.flows")].map((line) => [line, line.querySelector(".flow")]);
    const placed = drawn.filter(([, flow]) => flow.getAttribute("d")).map(([line, flow]) => {
        const [length, toScreen] = [flow.getTotalLength(), flow.getScreenCTM()];
        const places = Array.from({ length: points }, (_, i) => (length * (i + 0.5)) / points);
        const at = places.map((place) => flow.getPointAtLength(place).matrixTransform(toScreen));
        return [line.dataset.arc, length, at.map((one) => [document.elementFromPoint(one.x, one.y), one])];
    });
    const answer = ([on, { x, y }]) => {
        on.dispatchEvent(new PointerEvent("pointermove",
            { clientX: x, clientY: y, bubbles: true, pointerType: "mouse" }));
        return tip.hidden ? "" : tip.dataset.arc;
    };
    return placed.map(([arc, length, at]) => [arc, length, at.filter(([on]) => on?.closest("svg.map")).map(answer)]);
}"""


@pytest.fixture(scope="module")
def page_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The page of a bundled model, made once."""
    folder = tmp_path_factory.mktemp("models")

    def page(model: str) -> Path:
        file = folder / f"{model}.html"
        return file if file.exists() else write_page(er.solve(er.load(model)), file)

    return page


def mistaken(page: Any) -> dict[str, list[str]]:
    """Flows that answer as themselves at too few points, with what answers instead."""
    flows = [(arc, told) for arc, length, told in page.evaluate(ANSWERS, 41) if length >= LEAST_LENGTH and told]
    assert flows
    return {arc: sorted({*told} - {arc}) for arc, told in flows if told.count(arc) < LEAST_SHARE * len(told)}


@pytest.mark.parametrize(("model", "size"), [
    pytest.param(model, size, marks=() if (model, size) in CHEAP else MORE) for model in MODELS for size in SIZES])
def test_a_flow_answers_as_itself_along_its_whole_line(open_page: Any, page_of: Callable[[str], Path], model: str,
                                                        size: tuple[int, int]) -> None:
    assert mistaken(open_page(page_of(model), size=size)) == {}


@pytest.mark.parametrize("view", first(["v=side", "v=change", "v=before", "v=after"], 2))
def test_lines_of_one_corridor_answer_each_for_itself(open_page: Any, pair: Path, view: str) -> None:
    assert mistaken(open_page(pair, view)) == {}


def test_what_is_unused_answers_where_nothing_flows(open_page: Any, pair: Path) -> None:
    page = open_page(pair, "v=before")
    x, y = middle(page, "HUB_PORT_RAIL")
    page.mouse.move(x, y)
    assert page.locator("#tip").get_attribute("data-arc") == "HUB_PORT_RAIL"
    page.mouse.move(5, y)
    assert page.locator("#tip").is_hidden()


def test_lines_that_lie_together_are_listed_and_a_click_again_takes_the_next(open_page: Any, pair: Path) -> None:
    page = open_page(pair, "v=before")
    x, y = middle(page, "HUB_PORT")
    page.mouse.move(x, y)
    assert page.locator("#tip").get_attribute("data-arc") == "HUB_PORT"
    assert page.locator("g.line.pointed").get_attribute("data-arc") == "HUB_PORT"
    assert "Also here: West railway (proposed)." in page.locator("#tip").inner_text()
    chosen = []
    for _ in range(3):
        page.mouse.click(x, y)
        chosen.append(page.locator("g.line[aria-pressed=true]").evaluate_all("lines => lines.map(l => l.dataset.arc)"))
    assert chosen == [["HUB_PORT"], ["HUB_PORT_RAIL"], []]


def middle(page: Any, arc: str) -> tuple[float, float]:
    """The place half way along a line on the screen."""
    place = page.locator(f'g.line[data-arc="{arc}"] .flow').evaluate(
        "path => { const at = path.getPointAtLength(path.getTotalLength() / 2).matrixTransform(path.getScreenCTM());"
        " return [at.x, at.y] }")
    return place[0], place[1]
