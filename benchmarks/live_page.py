"""How long the page that solves takes from an input event to the painted frame, in headless Chromium.

    python benchmarks/live_page.py oil-2024 arc:BTC.tariff 10 45

Moves a lever a hundred times between two values, in no order, and prints the size of the page, the time until it has
drawn itself and until its solver stands ready, and of the drags the median and the 95th percentile: from the event to
the frame, the same without the wait for the display (its clock of 60 frames a second ticks whenever it does: what is
ready just after a tick waits 16 ms), the solver's part of it, and the CPU of the page's own thread, which a busy
machine does not stretch.
"""

from __future__ import annotations

import re
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

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
AT = """path => JSON.parse(document.getElementById("content").textContent).live.levers
    .findIndex((lever) => lever.path === path)"""


def main(model: str, path: str, low: float, high: float) -> None:
    """Solve a model, write its page, and measure it."""
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
        print(f"{file.stat().st_size / 1e6:.2f} MB; drawn after {drawn:.1f} s, ready after {ready:.1f} s")
        row = f"lever-{page.evaluate(AT, path)}"
        page.evaluate(DRAG, [row, low, high, WARM])
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        busy = _busy(session)
        drags = page.evaluate(DRAG, [row, low, high, DRAGS])
        told("event to frame", [length for length, _, _ in drags])
        told("the same without the wait for the display", [length - waited for length, waited, _ in drags])
        told("solver", [float(found[1].replace(",", "")) for _, _, chip in drags
                        if (found := re.search(r"([\d.,]+) ms", chip))])
        print(f"CPU of the page's thread: {1000 * (_busy(session) - busy) / DRAGS:.0f} ms a drag")
        browser.close()


def _busy(session: Any) -> float:
    """Seconds of CPU that the page's thread has used."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))


def told(what: str, lengths: list[float]) -> None:
    """One line of figures."""
    late = statistics.quantiles(lengths, n=20)[-1]
    print(f"{what}: median {statistics.median(lengths):.1f} ms, 95 % under {late:.1f} ms")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), float(sys.argv[4]))
