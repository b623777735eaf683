"""The pictures of README and docs: ``python docs/scripts/pictures.py [FILE …]`` solves the models and draws them."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import sync_playwright

import energy_routes as er
from energy_routes import maps

DPI = 110
IMAGES = Path(__file__).resolve().parent.parent / "images"
# File → (the model before, or none; the model drawn).
PICTURES: Mapping[str, tuple[str | None, str]] = {
    "oil-2024.png": (None, "oil-2024"),
    "trans-caspian-gas.png": (None, "trans-caspian-gas"),
    "energy-2024.png": (None, "energy-2024"),
    "cpc-one-mooring.png": ("oil-2024-monthly", "cpc-one-mooring"),
}
# File → (the model before, or none: a page that solves; the model; what its address says), as a browser shows them.
PAGES: Mapping[str, tuple[str | None, str, str]] = {
    "interactive.png": ("oil-2024-monthly", "cpc-one-mooring", "v=change&t=2024-03"),
    "live.png": (None, "oil-2024", "d=max_share.transit:RU=0.9"),
}


def draw(before: str | None, model: str, file: Path) -> None:
    """One picture, as large as a page of the repository shows it."""
    plan = er.solve(er.load(model))
    figure = maps.draw(plan) if before is None else maps.compare_figure(er.solve(er.load(before)), plan)
    figure.savefig(file, dpi=DPI, metadata={"Software": None})


def photograph(before: str | None, model: str, view: str, file: Path) -> None:
    """A page in headless Chromium: of two plans, or one that solves."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        page = Path(folder) / "page.html"
        other = None if before is None else er.solve(er.load(model))
        er.solve(er.load(before or model)).explore(page, other=other, live=before is None)
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        screen = browser.new_page(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
        screen.goto(f"{page.as_uri()}#{view}")
        screen.wait_for_selector(".legend")
        if before is None:
            screen.wait_for_selector(".lever.moved")
            screen.wait_for_function("() => /HiGHS/.test(document.getElementById('live-chip').textContent)")
            screen.wait_for_function("() => !document.querySelector('.panel.moving')")
        screen.screenshot(path=file)
        browser.close()


def main() -> None:
    """Draw those that are named, or all."""
    for name in sys.argv[1:] or [*PICTURES, *PAGES]:
        if name in PAGES:
            photograph(*PAGES[name], IMAGES / name)
        else:
            draw(*PICTURES[name], IMAGES / name)
        print(name)


if __name__ == "__main__":
    main()
