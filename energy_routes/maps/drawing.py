"""Maps of a plan: ``explore`` makes the interactive page, ``write`` saves what the file's suffix says.

Both raise DataError where a place or a line of the plan's packs is not where its row says.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from energy_routes.errors import UsageError
from energy_routes.maps import figure, layers, live as solving, page as pages
from energy_routes.maps.data.style import PICTURES
from energy_routes.plan import Plan

if TYPE_CHECKING:
    import pandas as pd


SUFFIXES = (".html", *PICTURES, ".gpkg", ".geojson")


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
    solves = live or levers
    if solves and any(given is not None for given in (other, steps, bands)):
        raise UsageError("a page that solves starts from one plan: leave out other, steps and bands")
    if solves:
        content, parts = solving.live_content(plan, period=period, lang=lang, levers=levers)
        text = pages.render(content, lang, parts)
    else:
        text = pages.page(plan, other=other, steps=steps, period=period, lang=lang, bands=bands)
    return pages.Page(text) if path is None else pages.Page(text).save(path)


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
        layers.write_layers(plan, target, other=other, period=period, title=title, lang=lang)
    elif months:
        figure.months_figure(plan, target, title=title, lang=lang)
    elif other is not None:
        figure.compare_figure(plan, other, target, period=period, title=title, lang=lang, bands=bands)
    else:
        figure.draw(plan, target, period=period, title=title, lang=lang)
    return target
