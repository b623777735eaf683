"""Frontiers and stress tests as a report tells them: from the result itself, or from where it was saved."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from energy_routes.errors import UsageError
from energy_routes.pack import read_json
from energy_routes.results import read_table
from energy_routes.studies import Frontier, Stress


@dataclass(frozen=True, eq=False)
class FrontierTold:
    """A frontier: what was varied, its points (see :class:`energy_routes.Frontier`), the curve, its fan, and notes."""

    over: str
    name: str
    unit: str
    points: pd.DataFrame
    curve: pd.DataFrame
    fan: pd.DataFrame
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class StressTold:
    """A stress test: its losses (see :class:`energy_routes.Stress`), when they begin and how long they last."""

    outages: pd.DataFrame
    onset: str
    days: float


def frontier_of(given: Frontier | str | Path | None, beside: Path | None) -> FrontierTold | None:
    """A frontier as given, as saved in a folder, or as found ``beside`` a saved plan; None when there is none."""
    if isinstance(given, Frontier):
        return FrontierTold(given.over, given.name, given.unit, given.points, given.curve, given.fan, given.notes)
    place = _place(given, beside, "frontier")
    if place is None:
        return None
    told = read_json(place / "frontier.json")
    return FrontierTold(str(told["over"]), str(told["name"]), str(told["unit"]), read_table(place / "points.parquet"),
                        read_table(place / "curve.parquet"), pd.DataFrame(told.get("fan", [])), tuple(told["notes"]))


def stress_of(given: Stress | str | Path | None, beside: Path | None) -> StressTold | None:
    """A stress test as given, as saved in a folder, or as found ``beside`` a saved plan; None when there is none."""
    if isinstance(given, Stress):
        return StressTold(given.outages, given.onset, given.days)
    place = _place(given, beside, "stress")
    if place is None:
        return None
    told = read_json(place / "stress.json")
    return StressTold(read_table(place / "outages.parquet"), str(told["onset"]), float(told["days"]))


def _place(given: str | Path | None, beside: Path | None, study: str) -> Path | None:
    """The folder that holds a saved study.  Raises UsageError when a folder was named and does not hold it."""
    name = f"{study}.json"
    if given is not None:
        if not (Path(given) / name).is_file():
            raise UsageError(f"{given} holds no {name}. Save one with: energy-routes {study} … --out {given}")
        return Path(given)
    if beside is None:
        return None
    return next((place for place in (beside, beside / study) if (place / name).is_file()), None)
