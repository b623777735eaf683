"""The page that solves in a real browser, from disk, with the network off."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from rest import first
from test_builds import WITH
from toy import PLACED, months, toy

import energy_routes as er
from energy_routes.answer import Words
from energy_routes.plan import merged

SHARE = "max_share.transit:RU"
TARIFF = "arc:BTC.tariff"
SPREAD = "max_hhi.corridor"
OF_SHORT, NEW, ROOMY = "arc:SHORT.tariff", "build.built.NEW", "arc:GATHER.capacity"
EMITTED = "family,mode,per_km,per_unit\noil,pipeline,500,1"
NETBACK = "want => document.querySelector('[data-card=netback] .value').firstChild.textContent === want"
POINTS = "(document.querySelector('#live-curve .points')?.getAttribute('d') ?? '').split('M').length - 1"
# Nothing chosen, and all levers back.
AT_START = """async () => {
    if (location.hash.length > 1) {
        const heard = new Promise((done) => addEventListener("hashchange", done, { once: true }));
        location.hash = "";
        await heard;
    }
    document.body.dataset.live = ""; // until the page has answered
    document.getElementById("live-reset").click();
}"""
STARTED = """() => document.body.dataset.live === "optimal" && !document.querySelector(".panel.moving")
    && document.getElementById("live-answer").textContent === saidAtStart"""
DONE = "() => document.body.dataset.live && document.body.dataset.live !== 'failed'"


@pytest.fixture(scope="module")
def plan() -> er.Plan:
    """Crude exports of 2024."""
    return er.solve(er.load("oil-2024"))


@pytest.fixture(scope="module")
def live(plan: er.Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its page."""
    file = tmp_path_factory.mktemp("live") / "live.html"
    plan.explore(file, live=True)
    return file


def begun(open_page: Any, file: Path, view: str = "", size: tuple[int, int] = (1280, 720), **options: Any) -> Any:
    """The page with its solver at work."""
    page = open_page(file, view, size, **options)
    page.wait_for_function(DONE, timeout=30_000)
    return page


def shared(context: Any, file: Path) -> Iterator[Any]:
    """A page with its solver at work, for many tests: to load it takes a second of a processor.  Closed after them."""
    page = context.new_page()
    page.goto(file.as_uri())
    page.wait_for_function(DONE, timeout=30_000)
    page.evaluate("globalThis.saidAtStart = document.getElementById('live-answer').textContent")
    yield page
    page.close()


def at_start(page: Any) -> Any:
    """The page at rest with each lever at its start, wherever the test before left it."""
    page.bring_to_front()
    page.set_viewport_size({"width": 1280, "height": 720})
    page.emulate_media(media="null", reduced_motion="reduce", color_scheme="light")
    page.evaluate(AT_START)
    page.wait_for_function(STARTED)
    return page


@pytest.fixture(scope="module")
def loaded(context: Any, live: Path) -> Iterator[Any]:
    """Its page, loaded once."""
    yield from shared(context, live)


@pytest.fixture
def page(open_page: Any, loaded: Any) -> Any:
    """The same at its start; an error fails the test."""
    return at_start(loaded)


@pytest.fixture(scope="module")
def with_options(tmp_path_factory: pytest.TempPathFactory) -> er.Case:
    """A toy with two options, that tells of no emissions."""
    return toy(tmp_path_factory.mktemp("options"), {**WITH, "nodes": PLACED, "emissions": None}, exports="free")


@pytest.fixture(scope="module")
def loaded_options(context: Any, with_options: er.Case, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Its page, loaded once."""
    file = tmp_path_factory.mktemp("options") / "live.html"
    er.solve(with_options).explore(file, live=True, levers=[NEW, ROOMY])
    yield from shared(context, file)


@pytest.fixture
def options(open_page: Any, loaded_options: Any) -> Any:
    """The same at its start; an error fails the test."""
    return at_start(loaded_options)


@pytest.fixture(scope="module")
def monthly(tmp_path_factory: pytest.TempPathFactory) -> er.Plan:
    """A toy of four months with emissions."""
    tables = {"nodes": PLACED, "emissions": EMITTED}
    return er.solve(months(toy(tmp_path_factory.mktemp("monthly"), tables, exports="free"), 4))


@pytest.fixture(scope="module")
def monthly_in(monthly: er.Plan, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Its page in a language, written once."""
    folder = tmp_path_factory.mktemp("pages")

    @cache
    def written(lang: str) -> Path:
        monthly.explore(folder / f"{lang}.html", live=True, lang=lang, levers=[OF_SHORT])
        return folder / f"{lang}.html"

    return written


def lever(page: Any, path: str) -> Any:
    """The row of a lever."""
    at = page.evaluate("path => JSON.parse(document.getElementById('content').textContent).live.levers"
                       ".findIndex(lever => lever.path === path)", path)
    return page.locator(f"#lever-{at}")


def typed(page: Any, path: str, value: str) -> None:
    """Type a value into a lever, and wait until the page rests."""
    before = page.locator("#live-answer").inner_text()
    box = lever(page, path).locator(".typed")
    box.fill(value)
    box.press("Enter")
    page.wait_for_function("before => document.getElementById('live-answer').innerText !== before", arg=before)
    page.wait_for_function("() => !document.querySelector('.panel.moving')")


def told(page: Any, card: str) -> str:
    """The value of a key figure."""
    return str(page.locator(f'[data-card="{card}"] .value').evaluate("node => node.firstChild.textContent"))


def money(netback: float) -> str:
    return f"{netback:,.0f}"


def test_money_and_lines_follow_what_is_typed(page: Any, plan: er.Plan) -> None:
    assert told(page, "netback") == money(plan.netback)
    typed(page, SHARE, "90")
    capped = er.solve(plan.case.set(f"policy.{SHARE}", 0.9))
    assert told(page, "netback") == money(capped.netback)
    lost = Words.of().money(plan.netback - capped.netback)
    assert f"the netback loses {lost}" in page.locator("#live-answer").inner_text()
    row = page.locator('[data-arc="BTC"] .number')
    carried = float(capped.arcs.set_index("arc").loc["BTC", "volume"])
    assert row.inner_text() == f"{carried:.2f}"
    assert re.search(r"solved here, HiGHS 1\.\d+\.\d+, in [\d.]+ ms", page.locator("#live-chip").inner_text())
    assert "d=max_share" in page.evaluate("decodeURIComponent(location.hash)")


@pytest.mark.parametrize("lang", first(["ru", "kk"], 1))
def test_other_languages_read_and_write_numbers_as_theirs(open_page: Any, monthly: er.Plan,
                                                          monthly_in: Callable[[str], Path], lang: str) -> None:
    page, path, case = begun(open_page, monthly_in(lang)), OF_SHORT, monthly.case
    typed(page, path, "12,5")
    assert lever(page, path).locator(".typed").input_value() == "12,5"
    words = page.locator("#live-answer").inner_text()
    assert ".." not in words
    assert "MtCO2e" not in words
    netback = money(er.solve(case.accepting(path).set(path, 12.5)).netback)
    assert "," in netback
    page.wait_for_function(NETBACK, arg=netback.replace(",", "\xa0"))


def test_the_frontier_names_the_routes_that_enter_and_leave(page: Any, plan: er.Plan) -> None:
    typed(page, TARIFF, "48")
    words = page.locator("#live-curve").inner_text()
    now = er.solve(plan.case.set(TARIFF, 48.0)).routes
    names = [set(own.loc[own.groupby("route")["volume"].transform("sum") > 0.01, "route"]) - {"other paths"}
             for own in (plan.routes, now)]
    left = re.search(r"routes that fall out of use: (.*)", words)
    assert left is not None
    told = {name.strip(" …") for name in left[1].split(";")}
    assert told <= names[0] - names[1]
    assert len(told) == min(3, len(names[0] - names[1]))


def test_what_is_typed_is_read_as_people_write_it(page: Any) -> None:
    box = lever(page, TARIFF).locator(".typed")
    for words, value in (("3,5", "3.5"), ("abc", "3.5"), ("", "3.5"), ("1e999", "3.5"), ("-5", "0"), (" 24.0 ", "24")):
        box.fill(words)
        box.press("Enter")
        assert box.input_value() == value
    box.press("ArrowUp")
    assert box.input_value() == "24.48"


def test_a_cap_in_the_way_is_named_when_another_lever_moves(page: Any) -> None:
    page.evaluate("hash => { location.hash = hash }", f"d={SHARE}=0.5;{TARIFF}=30;no=1;{SPREAD}=x")
    page.wait_for_function("() => document.body.dataset.live === 'infeasible'")
    assert page.locator("#live-answer").inner_text().startswith("impossible: the least is 87.5")
    typed(page, TARIFF, "31")
    words = page.locator("#live-answer").inner_text()
    assert words.startswith("At most this share of exports: Russia – impossible: the least is 87.5")


def test_what_cannot_be_is_told_with_the_least_that_can(page: Any) -> None:
    before = told(page, "netback")
    typed(page, SHARE, "60")
    assert "impossible: the least is 87.5" in page.locator("#live-answer").inner_text()
    assert told(page, "netback") == before


def test_what_is_not_answered_soon_is_said_to_be_solved(page: Any) -> None:
    typed(page, SHARE, "50")  # after what cannot be, the worker answers
    page.evaluate("""() => {
        const post = Worker.prototype.postMessage;
        Worker.prototype.postMessage = function (asked) {
            const late = asked.what === "answer";
            if (late) Worker.prototype.postMessage = post; // no other is
            setTimeout(() => post.call(this, asked), late ? 2500 : 0);
        };
    }""")
    box = lever(page, SHARE).locator(".typed")
    box.fill("90")
    box.press("Enter")
    chip = page.locator("#live-chip")
    page.wait_for_function("() => document.getElementById('live-chip').textContent.startsWith('solving')", timeout=2400)
    page.wait_for_function("() => document.body.dataset.live === 'optimal'")
    assert chip.inner_text().startswith("solved here")


def test_the_last_plan_that_could_be_found_is_drawn_whole(page: Any) -> None:
    typed(page, SHARE, "90")
    scarce, sentence = page.locator("#subtitle").inner_text(), page.locator("#detail").inner_text()
    box = lever(page, SHARE).locator(".typed")
    for value, answer in (("95", "carries"), ("60", "impossible")):  # the second while the first is not drawn whole yet
        box.fill(value)
        box.press("Enter")
        page.wait_for_function("word => document.getElementById('live-answer').innerText.includes(word)", arg=answer)
    page.wait_for_function("() => !document.querySelector('.panel.moving')")
    assert "one more tonne is worth" in page.locator("#subtitle").inner_text()
    assert page.locator("#subtitle").inner_text() != scarce
    assert page.locator("#detail").inner_text() != sentence
    assert page.locator('[data-card="rent"] .value').inner_text() != "–"


def test_a_key_steps_a_lever_and_another_brings_all_back(page: Any, plan: er.Plan) -> None:
    handle = lever(page, TARIFF).locator(".range")
    handle.focus()
    for _ in range(3):
        page.keyboard.press("PageUp")
    start, value = 24.0, float(lever(page, TARIFF).locator(".typed").input_value())
    assert value == pytest.approx(start + 30 * 0.48)
    page.wait_for_function("() => document.querySelector('[data-card=netback] .delta').textContent.includes('−')")
    page.locator("#live-reset").focus()
    page.keyboard.press("Enter")
    page.wait_for_function(NETBACK, arg=money(plan.netback))
    assert page.locator(".lever.moved").count() == 0


def test_a_shared_state_opens_as_it_was(open_page: Any, live: Path, plan: er.Plan) -> None:
    page = begun(open_page, live, f"d={SHARE}=0.9;{TARIFF}=30")
    page.wait_for_function("() => document.querySelectorAll('.lever.moved').length === 2")
    moved = er.solve(plan.case.set_all({f"policy.{SHARE}": 0.9, TARIFF: 30.0}))
    page.wait_for_function(NETBACK, arg=money(moved.netback))


def test_one_value_of_a_lever_is_no_curve(page: Any, plan: er.Plan) -> None:
    typed(page, SHARE, "93")
    typed(page, TARIFF, "30")
    curve = page.locator("#live-curve")
    first, other = (money(er.solve(plan.case.set_all({f"policy.{SHARE}": 0.93, TARIFF: value})).netback)
                    for value in (30.0, 31.0))
    assert f"30.0 USD/t: {first} MUSD; the curve needs one more value" in curve.inner_text()
    assert not curve.locator("svg").is_visible()
    typed(page, TARIFF, "31")
    assert "one more value" not in curve.inner_text()
    assert f"{other}–{first} MUSD" in curve.inner_text()
    assert curve.locator("svg").is_visible()


def test_netbacks_that_are_told_alike_are_one(options: Any) -> None:
    page = options
    typed(page, ROOMY, "30.5")  # of which nothing is used
    assert page.evaluate(POINTS) == 2
    assert re.search(r"\n[\d,]+ MUSD\n", page.locator("#live-curve .ends").inner_text())
    assert "Emissions" not in page.locator("#live-answer").inner_text()  # no factor tells of any


def test_a_saved_model_file_gives_the_same_numbers(page: Any, tmp_path: Path) -> None:
    typed(page, SHARE, "90")
    typed(page, TARIFF, "30")
    shown = told(page, "netback")
    with page.expect_download() as handed:
        page.locator("#live-save").click()
    file = tmp_path / "moved.toml"
    handed.value.save_as(file)
    assert money(er.solve(er.load(file)).netback) == shown


def test_what_is_typed_beyond_a_lever_is_told_and_paper_tells_what_was_moved(page: Any) -> None:
    said, box = (lever(page, TARIFF).locator(part) for part in (".said", ".typed"))
    for value, left in (("90", "48"), ("abc", "48"), ("-1", "0")):
        box.fill(value)
        box.press("Enter")
        assert (box.input_value(), said.inner_text()) == (left, "allowed: 0 to 48 USD/t"), value
    typed(page, TARIFF, "30")
    assert said.inner_text() == ""
    lever(page, TARIFF).locator(".range").evaluate(  # a finger takes the focus from no field
        "range => { range.value = 12.3456; range.dispatchEvent(new Event('input')); }")
    assert box.input_value() == "12.3"  # as fine as a hand can be
    page.wait_for_function("() => document.getElementById('subtitle').innerText.includes('BTC (estimate), one more')")
    typed(page, SHARE, "91 %")
    assert lever(page, SHARE).locator(".typed").input_value() == "91"
    page.emulate_media(media="print")
    shown = page.locator("#live .lever").evaluate_all("rows => rows.filter((row) => row.checkVisibility()).length")
    assert shown == 2
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 2


def test_an_option_stands_with_what_it_needs_and_falls_with_it(options: Any, with_options: er.Case) -> None:
    page, case, new, wider = options, with_options, NEW, "build.built.WIDER"
    typed(page, new, "2.2")
    assert [lever(page, path).locator(".typed").input_value() for path in (new, wider)] == ["2", "1"]
    both = er.solve(case.set_all({f"policy.{new}": 2.0, f"policy.{wider}": 1.0}))
    page.wait_for_function(NETBACK, arg=money(both.netback))
    assert page.evaluate(POINTS) == 2  # the start is on the frontier, with what the option takes along
    typed(page, wider, "0")
    assert lever(page, new).locator(".typed").input_value() == "0"
    page.wait_for_function(NETBACK, arg=money(er.solve(case).netback))


def test_emissions_are_those_of_the_span_that_is_shown(open_page: Any, monthly: er.Plan,
                                                       monthly_in: Callable[[str], Path]) -> None:
    words, rows = Words.of("ru"), monthly.emissions
    emitted = rows[rows["mode"] == "total"].set_index("period")["emitted"]
    assert emitted["2023-02"] < 0.9 * emitted["total"]
    page = begun(open_page, monthly_in("ru"), "t=2023-02")
    for period in ("2023-02", "total"):
        told = page.locator("#live-answer small").inner_text()
        assert f"{words('live.emissions')}: {words.number(emitted[period], 2)}" in told
        page.click("#whole")


def test_what_stands_is_saved_as_a_model_file(page: Any, tmp_path: Path) -> None:
    typed(page, "build.built.kenkiyak-kumkol", "1")
    shown = told(page, "netback")
    with page.expect_download() as handed:
        page.locator("#live-save").click()
    file = tmp_path / "moved.toml"
    handed.value.save_as(file)
    assert er.solve(er.load(file)).builds["option"].tolist() == ["kenkiyak-kumkol"]
    assert money(er.solve(er.load(file)).netback) == shown


def test_routes_and_their_netbacks_follow_and_the_start_is_not_said_of_another_state(page: Any, plan: er.Plan) -> None:
    page.locator("#tab-routes").click()
    rows = page.locator("#bars .path")
    start = rows.all_inner_texts()
    typed(page, TARIFF, "40")
    routes = merged(er.solve(plan.case.set(TARIFF, 40.0)).routes)
    wanted = [[row["route"], f"{row['volume']:.2f}", f"{row['netback']:.1f}"]
              for row in routes[routes["arcs"] != ""].head(5).to_dict("records")]  # fmt: skip
    assert [words.split("\n") for words in rows.all_inner_texts()[:5]] == wanted
    assert rows.all_inner_texts() != start
    rows.first.click()
    assert page.locator("#detail .sum td").first.inner_text() == wanted[0][2]
    widths = page.locator("path.most").evaluate_all("paths => paths.map((one) => +one.getAttribute('stroke-width'))")
    assert not any(widths)


def test_it_is_clean_for_those_who_do_not_see_it(page: Any) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    typed(page, SHARE, "90")
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = axe.Axe().run(page, context={"exclude": [[".ground"], [".over"]]},
                        options={"runOnly": rules, "resultTypes": ["violations"]})
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found.response["violations"]] == []


def test_one_finger_on_a_phone_moves_a_lever_with_the_map_in_sight(browser: Any, live: Path) -> None:
    context = browser.new_context(offline=True, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True,
                                  reduced_motion="reduce")
    page = context.new_page()
    page.goto(live.as_uri())
    page.wait_for_function(DONE, timeout=30_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    handle = lever(page, SHARE).locator(".range")
    box, land = handle.bounding_box(), page.locator("#panels").bounding_box()
    assert box["y"] + box["height"] <= 844
    assert min(land["y"] + land["height"], page.locator("#live").bounding_box()["y"]) - max(0, land["y"]) > 250
    client, y = context.new_cdp_session(page), box["y"] + box["height"] / 2
    for kind, share in (("touchStart", 0.97), ("touchMove", 0.9), ("touchMove", 0.8), ("touchEnd", None)):
        points = [] if share is None else [{"x": box["x"] + share * box["width"], "y": y}]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    page.wait_for_function(f"() => {POINTS} >= 2")
    assert float(lever(page, SHARE).locator(".typed").input_value()) < 95
    assert handle.bounding_box()["y"] == pytest.approx(box["y"], abs=60)  # in sight, whatever was drawn meanwhile
    assert handle.bounding_box()["y"] + box["height"] <= 844
    context.close()


def test_without_webassembly_the_map_of_the_start_stays_with_a_sentence(context: Any, live: Path) -> None:
    page = context.new_page()
    page.add_init_script("delete window.WebAssembly")
    page.goto(live.as_uri())
    page.wait_for_function("() => document.body.dataset.live === 'without'")
    assert "cannot run the solver" in page.locator("#live-answer").inner_text()
    assert page.locator("g.line").count() > 10
    page.close()


DRAGGED = """async ([lever, turns]) => {
    const range = document.querySelector(`#${lever} .range`);
    for (let turn = 0; turn < turns; turn += 1) {
        range.value = Number(range.min) + ((turn % 25) / 25) * (range.max - range.min);
        range.dispatchEvent(new Event("input", { bubbles: true }));
        await new Promise((done) => setTimeout(done, 12));
    }
}"""


@pytest.mark.slow
@pytest.mark.exhaustive
def test_memory_stays_flat_over_many_drags(page: Any) -> None:
    """Less than 1 kB a drag, of names of ways and of compiled code; an answer has 13 kB."""
    page.set_viewport_size({"width": 1000, "height": 600})  # what is painted is not the point
    name = lever(page, TARIFF).get_attribute("id")
    client = page.context.new_cdp_session(page)

    def held(turns: int) -> tuple[int, int, int]:
        """Bytes of the heap, nodes and listeners after some drags."""
        page.evaluate(DRAGGED, [name, turns])
        page.wait_for_function("() => !document.querySelector('.panel.moving')")
        client.send("HeapProfiler.collectGarbage")
        counted = client.send("Memory.getDOMCounters")
        return client.send("Runtime.getHeapUsage")["usedSize"], counted["nodes"], counted["jsEventListeners"]

    before, after = held(50), held(1000)
    assert after[0] - before[0] < 1000 * 1000
    assert after[1] < before[1] + 50
    assert after[2] == before[2]
    assert page.evaluate(POINTS) <= 400


COUNTED = """
    performance.now = () => 0; // whatever is answered is answered soon
    globalThis.posted = 0;
    const { postMessage } = Worker.prototype;
    Worker.prototype.postMessage = function (asked) {
      posted += asked.what === "answer" ? 1 : 0;
      postMessage.call(this, asked);
    };"""
DRAG = """async ([row, value]) => {
    const before = posted;
    const range = document.querySelector(`#${row} .range`);
    range.value = value;
    range.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise(requestAnimationFrame);
    const told = (card) => document.querySelector(`[data-card=${card}] .value`).firstChild.textContent;
    const cards = ["netback", "bottlenecks", "rent"].map(told);
    return [posted === before, document.getElementById("subtitle").textContent, ...cards];
}"""


def test_what_is_solved_soon_is_drawn_in_the_frame_of_the_event(context: Any, live: Path, plan: er.Plan) -> None:
    page, errors = context.new_page(), []
    page.add_init_script(COUNTED)
    page.on("console", lambda message: errors.append(message.text))
    page.goto(live.as_uri())
    page.wait_for_function(DONE, timeout=30_000)
    row = lever(page, TARIFF).get_attribute("id")
    wanted = [True, "2024", money(er.solve(plan.case.set(TARIFF, 40.0)).netback),
              "–", "–"]  # what limits are worth is not known yet
    for _ in range(200):  # the page's own thread begins when it is idle
        page.evaluate(DRAG, [row, 25])
        found = page.evaluate(DRAG, [row, 40])
        if found == wanted:
            break
        page.wait_for_timeout(50)
    assert found == wanted
    page.wait_for_function("() => document.getElementById('subtitle').innerText.includes('worth')")  # of the worker
    assert "–" not in (told(page, "rent"), told(page, "bottlenecks"))
    assert errors == []
    page.close()
