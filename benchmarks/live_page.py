"""How long the page that solves takes from an input event to the painted frame, in headless Chromium.

    python benchmarks/live_page.py oil-2024 arc:BTC.tariff 10 45 --write

Moves a lever a hundred times between two values, in no order, and prints the size of the page, the time until it has
drawn itself and until its solver stands ready, and of the drags the median and the 95th percentile: from the event to
the frame, the same without the wait for the display (its clock of 60 frames a second ticks whenever it does: what is
ready just after a tick waits 16 ms), the solver's part of it, and the CPU of the page's own thread, which a busy
machine does not stretch.  The events of these are made by a script, whenever the page is idle.  A mouse then drags the
lever as often: its events come at the beginning of a frame.  ``--write`` puts all into ``results.json``.
"""

from __future__ import annotations

import json
import re
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from measure import Row, write
from playwright.sync_api import sync_playwright

import energy_routes as er

DRAGS, WARM = 100, 20
DRAG = """async ([row, low, high, turns]) => {
    const range = document.querySelector(`#${row} .range`);
    const curve = document.getElementById("live-curve");
    const painted = () => new Promise((done) => {
        const watch = new MutationObserver(() => {
            watch.disconnect();
            const drawn = performance.now();
            requestAnimationFrame(() => {
                const frame = performance.now();
                const channel = new MessageChannel();  // its turn comes when the frame has been painted
                channel.port1.onmessage = () => done([performance.now(), frame - drawn]);
                channel.port2.postMessage(0);
            });
        });
        watch.observe(curve, { attributes: true, childList: true, characterData: true, subtree: true });
    });
    const out = [];
    for (let turn = 0; turn < turns; turn += 1) {
        range.value = low + ((high - low) * ((turn * 37) % turns)) / turns;
        const began = performance.now();
        const end = painted();
        range.dispatchEvent(new Event("input", { bubbles: true }));
        const [end_of_frame, waited] = await end;
        out.push([end_of_frame - began, waited, document.getElementById("live-chip").textContent]);
        await new Promise((done) => setTimeout(done, 20));
    }
    return out;
}"""
HAND = """row => {
    window.drawn = [];
    let began = null;
    const range = document.querySelector(`#${row} .range`);
    range.addEventListener("input", () => { began ??= performance.now(); }, true);
    new MutationObserver(() => {
        if (began === null) return;
        const from = began;
        began = null;
        requestAnimationFrame(() => {
            const channel = new MessageChannel();
            channel.port1.onmessage = () => window.drawn.push(performance.now() - from);
            channel.port2.postMessage(0);
        });
    }).observe(document.getElementById("live-curve"),
               { attributes: true, childList: true, characterData: true, subtree: true });
}"""
BETWEEN = 25  # ms between movements of the mouse
AT = """path => JSON.parse(document.getElementById("content").textContent).live.levers
    .findIndex((lever) => lever.path === path)"""


def measured(model: str, path: str, low: float, high: float) -> Row:
    """Solve a model, write its page, and measure it: seconds, milliseconds, MB."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        file = Path(folder) / "live.html"
        er.solve(er.load(model)).explore(file, live=True, levers=[path])
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"),
                                         args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
        began = time.monotonic()
        page.goto(file.as_uri())
        page.wait_for_function("() => document.querySelectorAll('g.line').length")
        drawn = time.monotonic() - began
        page.wait_for_function("() => document.body.dataset.live", timeout=120_000)
        ready = time.monotonic() - began
        row: Row = {"measure": "drags", "question": model, "way": path, "mb": file.stat().st_size / 1e6,
                    "drawn": drawn, "ready": ready}
        name = f"lever-{page.evaluate(AT, path)}"
        page.evaluate(DRAG, [name, low, high, WARM])
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        busy = _busy(session)
        drags = page.evaluate(DRAG, [name, low, high, DRAGS])
        row["cpu"] = 1000 * (_busy(session) - busy) / DRAGS
        moved = _by_hand(page, name)
        browser.close()
    row |= spread("frame", [length for length, _, _ in drags])
    row |= spread("work", [length - waited for length, waited, _ in drags])
    row |= spread("hand", moved)
    return row | spread("solver", [float(found[1].replace(",", "")) for _, _, chip in drags
                                   if (found := re.search(r"([\d.,]+) ms", chip))])  # fmt: skip


def _by_hand(page: Any, name: str) -> list[float]:
    """Milliseconds from event to frame while a mouse drags a lever in its middle half."""
    handle = page.locator(f"#{name} .range")
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    places = [box["x"] + (0.25 + 0.5 * (turn * 37 % DRAGS) / DRAGS) * box["width"] for turn in range(DRAGS + WARM)]
    height = box["y"] + box["height"] / 2
    page.evaluate(HAND, name)
    page.mouse.move(places[0], height)
    page.mouse.down()
    for place in places:
        page.mouse.move(place, height)
        page.wait_for_timeout(BETWEEN)
    page.mouse.up()
    found: list[float] = page.evaluate("window.drawn")
    return found[-DRAGS:]


def _busy(session: Any) -> float:
    """Seconds of CPU that the page's thread has used."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))


def spread(what: str, lengths: list[float]) -> Row:
    """The median of some lengths, and under what 95 % of them are."""
    return {what: statistics.median(lengths), f"{what}_95": statistics.quantiles(lengths, n=20)[-1]}


def main(arguments: list[str]) -> None:
    """Measure, print, and write where it is asked."""
    model, path, low, high, *more = arguments
    row = measured(model, path, float(low), float(high))
    print(json.dumps(row))
    if "--write" in more:
        write([row])


if __name__ == "__main__":
    main(sys.argv[1:])
