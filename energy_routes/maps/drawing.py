"""Maps of a plan: an interactive page, a figure for slides and papers, and layers for GIS programmes.

``draw`` makes a matplotlib figure of a plan, ``compare_figure`` one of two plans, ``months_figure`` one of its periods;
``explore`` makes the interactive page; ``write`` saves what the file's suffix says.  All of them raise DataError where
a place or a line of the plan's packs is not where its row says.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from energy_routes.errors import UsageError
from energy_routes.maps import figure, layers, live as solving, page as pages
from energy_routes.maps.data.payload import MapData
from energy_routes.maps.data.style import PICTURES
from energy_routes.maps.placing import refuse_misplaced
from energy_routes.plan import Plan

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


SUFFIXES = (".html", *PICTURES, ".gpkg", ".geojson")


def draw(plan: Plan, path: str | Path | None = None, *, period: str | None = None, ax: Axes | None = None,
         title: str | None = None, lang: str = "en") -> Figure:
    """Draw a plan and, given a path, save it (.png, .svg, .pdf); see :mod:`energy_routes.maps.figure.static`."""
    _refuse(plan)
    return figure.draw(plan, path, period=period, ax=ax, title=title, lang=lang)


def compare_figure(before: Plan, after: Plan, path: str | Path | None = None, *, period: str | None = None,
                   ax: Axes | None = None, title: str | None = None, lang: str = "en",
                   bands: pd.DataFrame | None = None) -> Figure:
    """Draw what one plan does otherwise than another; see :mod:`energy_routes.maps.figure.changes.comparison`."""
    _refuse(before, after)
    return figure.compare_figure(before, after, path, period=period, ax=ax, title=title, lang=lang, bands=bands)


def months_figure(plan: Plan, path: str | Path | None = None, *, periods: Sequence[str] | None = None,
                  title: str | None = None, lang: str = "en") -> Figure:
    """Draw the periods of a plan as small maps; see :mod:`energy_routes.maps.figure.months`."""
    _refuse(plan)
    return figure.months_figure(plan, path, periods=periods, title=title, lang=lang)


def explore(plan: Plan, path: str | Path | None = None, *, other: Plan | None = None,
            steps: Sequence[pages.Step] | None = None, period: str | None = None, lang: str = "en",
            bands: pd.DataFrame | None = None, live: bool = False, levers: Sequence[str] = ()) -> pages.Page:
    """The interactive map of a plan; written to ``path`` if given.  See :mod:`energy_routes.maps.page.interactive`.

    ``other`` is compared with it: before is ``plan``, after ``other``, over the periods they share; ``bands`` (of
    :class:`energy_routes.Comparison`) say how sure the change is.  ``steps`` is a list of (label, plan, note) that the
    reader steps through, each set against ``plan``: a frontier's kinks, or a list of outages.  ``period``: the one that
    it opens with, else all of them together.  ``lang``: en, ru or kk.  The same plans give the same bytes.
    Raises UsageError for both ``other`` and ``steps``, for no steps, for an unknown period or language.

    With ``live`` the page solves by itself where a lever is moved; ``levers`` are paths of ``Case.set`` that it has
    besides those that it chooses.  See :mod:`energy_routes.maps.live`.
    """
    _refuse(plan, other)
    solves = live or levers
    if solves and any(given is not None for given in (other, steps, bands)):
        raise UsageError("a page that solves starts from one plan: leave out other, steps and bands")
    if solves:
        content, parts = solving.live_content(plan, period=period, lang=lang, levers=levers)
        text = pages.render(content, lang, parts)
    else:
        text = pages.page(plan, other=other, steps=steps, period=period, lang=lang, bands=bands)
    return pages.Page(text) if path is None else pages.Page(text).save(path)


def write_layers(plan: Plan, path: str | Path, *, other: Plan | None = None, period: str | None = None,
                 title: str | None = None, lang: str = "en") -> Path:
    """Write the flows for GIS programmes (.gpkg, .geojson); see :mod:`energy_routes.maps.layers.geodata`."""
    _refuse(plan, other)
    return layers.write_layers(plan, path, other=other, period=period, title=title, lang=lang)


def write(plan: Plan, path: str | Path, *, other: Plan | None = None, bands: pd.DataFrame | None = None,
          months: bool = False, period: str | None = None, title: str | None = None, lang: str = "en",
          live: bool = False, levers: Sequence[str] = ()) -> Path:
    """Write a plan's map as a page (.html), a picture (.png, .svg, .pdf) or layers (.gpkg, .geojson); returns the path.

    With ``other``, what that plan does otherwise, and how sure that is (``bands`` of a comparison); with ``months``, a
    picture with a small map of each period; with ``live``, a page that solves (see :func:`explore`).
    Raises UsageError for any other suffix, naming those that work, and for ``months`` where they cannot be drawn.
    """
    target = Path(path)
    suffix = target.suffix.lower()
    if suffix not in SUFFIXES:
        raise UsageError(f"cannot write a map as {suffix or str(path)!r}. It can be one of {', '.join(SUFFIXES)}.")
    if months and (suffix not in PICTURES or other is not None or period):
        raise UsageError("small maps of each period are a picture (.png, .svg, .pdf) of one plan, without a period")
    if (live or levers) and suffix != ".html":
        raise UsageError(f"a map that solves is a page, and {target.name} is none. Give --out a .html file.")
    if suffix == ".html":
        explore(plan, target, other=other, period=period, lang=lang, bands=bands, live=live, levers=levers)
    elif suffix in (".gpkg", ".geojson"):
        write_layers(plan, target, other=other, period=period, title=title, lang=lang)
    elif months:
        months_figure(plan, target, title=title, lang=lang)
    elif other is not None:
        compare_figure(plan, other, target, period=period, title=title, lang=lang, bands=bands)
    else:
        draw(plan, target, period=period, title=title, lang=lang)
    return target


def _refuse(*plans: Plan | MapData | None) -> None:
    """Raise DataError where a place or a line of one of the plans is not where its row says."""
    refuse_misplaced(*(plan.case.network for plan in plans if plan is not None and not isinstance(plan, MapData)))
