"""How long the page of a plan takes to open, and its frames while it is panned and zoomed, in headless Chromium.

    python benchmarks/generate.py /tmp/made --arcs 2000 --seed 1 --periods year
    python benchmarks/map_page.py /tmp/made/model.toml

Prints milliseconds until the page has loaded and drawn itself, and the median and the 95th percentile of the frames of
a pan and of a zoom of five seconds each.  CI only checks that pages open without a word on the console.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

import energy_routes as er

SECONDS = 5.0
FRAMES = """() => {
    window.frames_ = [];
    let last = performance.now();
    const next = () => {
        const now = performance.now();
        window.frames_.push(now - last);
        last = now;
        requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
}"""
OPENED = "performance.getEntriesByType('navigation')[0].loadEventEnd"


def main(model: Path) -> None:
    """Solve a model, write its page, and measure it."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        file = Path(folder) / "page.html"
        began = time.process_time()
        er.solve(er.load(model)).explore(file)
        print(f"solved and written in {time.process_time() - began:.1f} s of CPU, {file.stat().st_size / 1e6:.2f} MB")
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"),
                                         args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
        page.goto(file.as_uri())
        page.wait_for_function("() => document.querySelector('.legend')")
        elements = page.evaluate("document.querySelectorAll('*').length")
        print(f"open: {page.evaluate(OPENED):.0f} ms, {elements} elements")
        page.evaluate(FRAMES)
        page.mouse.move(500, 300)
        page.mouse.down()
        told("pan", frames(page, lambda i: page.mouse.move(500 + i % 80, 300 + i % 13)))
        page.mouse.up()
        told("zoom", frames(page, lambda i: page.mouse.wheel(0, 60 if i // 40 % 2 else -60)))
        browser.close()


def frames(page: Any, act: Callable[[int], None]) -> list[float]:
    """Milliseconds from frame to frame while something is done again and again."""
    page.evaluate("window.frames_ = []")
    until, turn = time.monotonic() + SECONDS, 0
    while time.monotonic() < until:
        act(turn)
        turn += 1
    return list(page.evaluate("window.frames_"))


def told(what: str, lengths: list[float]) -> None:
    """One line of figures."""
    late = statistics.quantiles(lengths, n=20)[-1]
    print(f"{what}: median {statistics.median(lengths):.0f} ms, 95 % under {late:.0f} ms, {len(lengths)} frames")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
