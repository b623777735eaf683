"""The pictures of README and docs: ``python docs/scripts/pictures.py [FILE …]`` solves the models and draws them."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import sync_playwright

import energy_routes as er
from energy_routes.maps import drawing as maps

DPI = 110
IMAGES = Path(__file__).resolve().parent.parent / "images"
# File → (the model before, or none; the model drawn).
PICTURES: Mapping[str, tuple[str | None, str]] = {
    "oil-2024.png": (None, "oil-2024"),
    "trans-caspian-gas.png": (None, "trans-caspian-gas"),
    "energy-2024.png": (None, "energy-2024"),
    "cpc-one-mooring.png": ("oil-2024-monthly", "cpc-one-mooring"),
}
PAGE, VIEW = "interactive.png", "v=change&t=2024-03"  # the page of the last of them, as a browser shows it


def draw(before: str | None, model: str, file: Path) -> None:
    """One picture, as large as a page of the repository shows it."""
    plan = er.solve(er.load(model))
    figure = maps.draw(plan) if before is None else maps.compare_figure(er.solve(er.load(before)), plan)
    figure.savefig(file, dpi=DPI, metadata={"Software": None})


def photograph(before: str, model: str, file: Path) -> None:
    """The page of two plans in headless Chromium."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        page = Path(folder) / "page.html"
        er.solve(er.load(before)).explore(page, other=er.solve(er.load(model)))
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        screen = browser.new_page(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
        screen.goto(f"{page.as_uri()}#{VIEW}")
        screen.wait_for_selector(".legend")
        screen.screenshot(path=file)
        browser.close()


def main() -> None:
    """Draw those that are named, or all."""
    for name in sys.argv[1:] or [*PICTURES, PAGE]:
        if name == PAGE:
            photograph("oil-2024-monthly", "cpc-one-mooring", IMAGES / name)
        else:
            draw(*PICTURES[name], IMAGES / name)
        print(name)


if __name__ == "__main__":
    main()
