"""Maps of a plan: an interactive page, a figure for slides and papers, and layers for GIS programmes.

``draw`` makes a matplotlib figure, ``explore`` the interactive page; ``write`` saves what the file's suffix says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from energy_routes.errors import UsageError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from energy_routes.maps.interactive import Page

__all__ = ["SUFFIXES", "draw", "explore", "write"]

SUFFIXES = (".html", ".png", ".svg", ".pdf", ".gpkg", ".geojson")


def draw(plan: Any, path: str | Path | None = None, *, period: str | None = None, ax: Axes | None = None,
         title: str | None = None) -> Figure:
    """Draw a plan and, given a path, save it (.png, .svg, .pdf); see :func:`energy_routes.maps.static.draw`."""
    from energy_routes.maps import static

    return static.draw(plan, path, period=period, ax=ax, title=title)


def explore(plan: Any, path: str | Path | None = None, *, other: Any = None,
            steps: Sequence[tuple[str, Any, str]] | None = None, lang: str = "en") -> Page:
    """The interactive map of a plan; written to ``path`` if given.  See :mod:`energy_routes.maps.interactive`."""
    from energy_routes.maps.interactive import Page, page

    made = Page(page(plan, other=other, steps=steps, lang=lang))
    return made if path is None else made.save(path)


def write(plan: Any, path: str | Path, *, other: Any = None, period: str | None = None, title: str | None = None,
          lang: str = "en") -> Path:
    """Write a plan's map as a page (.html), a picture (.png, .svg, .pdf) or layers (.gpkg, .geojson); returns the path.

    ``other`` is a plan to compare with (before is ``plan``, after is ``other``).
    Raises UsageError for any other suffix, naming those that work, and for a comparison as layers.
    """
    target = Path(path)
    suffix = target.suffix.lower()
    if suffix not in SUFFIXES:
        raise UsageError(f"cannot write a map as {suffix or str(path)!r}. It can be one of {', '.join(SUFFIXES)}.")
    if suffix == ".html":
        from energy_routes.maps.interactive import write_page

        return write_page(plan, target, other=other, lang=lang)
    if other is not None:
        raise UsageError(f"cannot write a comparison as {suffix}.")
    save: Callable[..., object]
    if suffix in (".gpkg", ".geojson"):
        from energy_routes.maps.geodata import write_layers as save
    else:
        save = draw
    save(plan, target, period=period, title=title)
    return target
