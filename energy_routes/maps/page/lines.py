"""The lines of the page: smooth, evenly sampled, and told beside which others they run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from shapely import LineString

from energy_routes.maps.data.corridors import Samples, runs, shared_stretches
from energy_routes.maps.data.projection import Points, cumulative, resample, smooth
from energy_routes.maps.page.frame import Frame

GENERALISED = 0.9  # units, about 6.5 km: bends smaller than a thick line's half width only make it lumpy
STEP = 3.0         # units between samples


def courses(lines: Mapping[str, LineString], frame: Frame) -> dict[str, Points]:
    """Each line in units (y up), generalised, smoothed and sampled at one step."""
    drawn = {arc: frame.course(np.asarray(line.coords)) for arc, line in lines.items()}
    return {arc: resample(smooth(points, GENERALISED, 2), STEP) for arc, points in drawn.items()
            if cumulative(points)[-1] > 0}


def beside(points: Sequence[Points]) -> list[list[dict[str, Any]]]:
    """For each line the lines that share its corridor: ``o`` (which), ``s`` (+1: give way to the left), ``r`` (where).

    ``r`` lists first and last sample of each stretch.  ``away`` is how far apart the two truly run (units), so that
    the page moves them only while they would still cover each other.
    """
    found: list[list[dict[str, Any]]] = [[] for _ in points]
    for pair in shared_stretches(points):
        second = -pair.side * pair.along
        for own, other, side, mask in ((pair.first, pair.second, pair.side, pair.on_first),
                                       (pair.second, pair.first, second, pair.on_second)):
            found[own].append({"o": other, "s": side, "r": _stretches(mask), "away": round(pair.away, 2)})
    return found


def _stretches(mask: Samples) -> list[int]:
    return [edge for start, stop in runs(mask) for edge in (start, stop - 1)]
