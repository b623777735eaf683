"""Take the picture of the interactive map for docs/maps.md: python docs/scripts/screen.py (needs Chromium).

The browser is CHROMIUM, or ``chromium`` on the path.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

import energy_routes as er
from energy_routes.maps import write

PICTURE = Path(__file__).parent.parent / "images" / "interactive.png"
VIEW = "v=change&t=2024-03"


def main() -> None:
    """Solve both plans, open their page without a network, and keep what it looks like."""
    before, after = (er.solve(er.load(model)) for model in ("oil-2024-monthly", "cpc-one-mooring"))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        file = write(before, Path(folder) / "change.html", other=after)
        browser = driver.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
                                         args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 720}, offline=True, reduced_motion="reduce")
        page.goto(f"{file.as_uri()}#{VIEW}")
        page.wait_for_selector("g.line")
        page.screenshot(path=PICTURE)
        browser.close()
    with Image.open(PICTURE) as picture:
        small = picture.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    small.save(PICTURE, optimize=True)


if __name__ == "__main__":
    main()
