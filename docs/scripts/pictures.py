"""The pictures of README and docs: ``python docs/scripts/pictures.py [FILE …]`` solves the models and draws them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

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


def draw(before: str | None, model: str, file: Path) -> None:
    """One picture, as large as a page of the repository shows it."""
    plan = er.solve(er.load(model))
    figure = maps.draw(plan) if before is None else maps.compare_figure(er.solve(er.load(before)), plan)
    figure.savefig(file, dpi=DPI, metadata={"Software": None})


def main() -> None:
    """Draw those that are named, or all."""
    for name in sys.argv[1:] or PICTURES:
        draw(*PICTURES[name], IMAGES / name)
        print(name)


if __name__ == "__main__":
    main()
