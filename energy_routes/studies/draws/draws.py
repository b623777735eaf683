"""Figures drawn from their confidence: the same case as it might as well be, again and again.

How far a figure may be off is stated by grade of confidence in ``data/draws/spreads.csv``, what moves together in
``data/draws/together.csv``.  A draw is nothing but edits.  Each figure and each factor has a stream of its own, made of
the seed, the number of the draw and its name: so a draw depends neither on the draws before it nor on who makes it, nor
on what else a pack holds, and the same figure moves alike in two cases.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from zlib import crc32

import numpy as np
import pandas as pd

from energy_routes.case import Case
from energy_routes.errors import UsageError
from energy_routes.network import Edit, Network
from energy_routes.pack import data_path, parse_unit, to_inner

TENTH = 1.2815515655446004  # the 90th percentile of the standard normal
SHARED = {"tiers": 1}  # tables of which all rows with the same first part of their key move as one
WHOLE = ("mode", "arc", "commodity", "family")  # columns that a rule names whole, not by a part
WITH: Mapping[str, tuple[str, ...]] = {"capacity": ("booked",)}  # what moves with a field by the same factor


@dataclass(frozen=True)
class Figure:
    """One number that is drawn: ``spread`` is half of P10–P90, a share of it (lognormal) or in its inner unit (normal).

    ``factor`` ('' for none) moves ``share`` (0–1) of its variance; ``own`` names the stream of the rest.
    """

    table: str
    id: str
    field: str
    confidence: str
    shape: str
    spread: float
    factor: str
    share: float
    own: str


@dataclass(frozen=True)
class Draw:
    """One draw: its ``index`` and the edits that turn the case as stated into it."""

    index: int
    edits: tuple[Edit, ...]

    def of(self, case: Case) -> Case:
        """The case with the drawn figures laid over it."""
        return replace(case, network=replace(case.network, edits=(*case.network.edits, *self.edits)))


class Sampler:
    """Draws of the figures of a case; ``figures`` is what is drawn, in the order of the pack's tables.

    Raises UsageError where a table of spreads has no column for a grade that the pack uses.
    """

    def __init__(self, case: Case, seed: int = 1, folder: Path | None = None) -> None:
        self.seed = seed
        place = folder or data_path("draws")
        spreads = pd.read_csv(place / "spreads.csv").set_index("field")
        together = pd.read_csv(place / "together.csv")
        self.figures: tuple[Figure, ...] = tuple(_figures(case, spreads, together))

    def draw(self, index: int) -> Draw:
        """Draw number ``index`` (0, 1, 2 …), whatever was drawn before."""
        known: dict[str, float] = {}

        def normal(stream: str) -> float:
            if stream not in known:
                seeds = np.random.SeedSequence([self.seed, index, crc32(stream.encode())])
                known[stream] = float(np.random.default_rng(seeds).standard_normal())
            return known[stream]

        edits: list[Edit] = []
        reason = f"draw {index} of seed {self.seed}"
        for figure in self.figures:
            z = np.sqrt(1.0 - figure.share) * normal(figure.own)
            z += np.sqrt(figure.share) * normal(figure.factor) if figure.factor else 0.0
            if figure.shape == "normal":
                edits.append(Edit(figure.table, figure.id, figure.field, "add", figure.spread / TENTH * z, (), reason))
                continue
            factor = float(np.exp(np.log1p(figure.spread) / TENTH * z))
            for field in (figure.field, *WITH.get(figure.field, ())):
                edits.append(Edit(figure.table, figure.id, field, "scale", factor, (), reason))
        return Draw(index, tuple(edits))


def bands(values: Iterable[float]) -> tuple[float, float, float]:
    """(P10, P50, P90) of some draws (linear interpolation between order statistics); NaN where there are none."""
    known = np.array([value for value in values if value == value], dtype=float)
    if not len(known):
        return (float("nan"),) * 3
    low, middle, high = np.percentile(known, [10, 50, 90])
    return float(low), float(middle), float(high)


def _figures(case: Case, spreads: pd.DataFrame, together: pd.DataFrame) -> Iterator[Figure]:
    network = case.network
    asked = {(edit.table, edit.id, edit.field) for edit in network.edits if edit.op == "set"}
    for table in ("arcs", "lanes", "supplies", "markets", "tiers", "differentials", "limits", "contracts"):
        frame = network.tables[table]
        for field in (name for name in spreads.index if name in frame):
            grades = _grades(network, case, table, field)
            base = network.resolve(table, field, case.periods)
            families = network.family_of(table) if "id" in frame else {}
            labelled = frame.assign(family=[families.get(name, "") for name in network.ids(table)])
            factors = _factors(labelled, together[(together["table"] == table) & (together["field"] == field)])
            shape, unit = str(spreads["shape"][field]), str(spreads["unit"][field])
            for at, name in enumerate(network.ids(table)):
                numbers = base[at][np.isfinite(base[at])]
                spread = _widest(grades[name], spreads.loc[field])
                if (table, name, field) in asked or not len(numbers) or spread == 0.0 or not numbers.any():
                    continue
                scale = _per_unit(network, frame.iloc[at], unit) if shape == "normal" else 1.0
                own = f"{table}/{'/'.join(name.split('/')[: SHARED.get(table, 99)])}/{field}"
                told = ";".join(sorted(grades[name]))
                yield Figure(table, name, field, told, shape, spread * scale, *factors[at], own)


def _grades(network: Network, case: Case, table: str, field: str) -> dict[str, set[str]]:
    """The grades of confidence of each row's number in the horizon: of its dated rows, else of its own row."""
    dated = network.tables["values"]
    mine = dated[(dated["table"] == table) & (dated["field"] == field)]
    out: dict[str, set[str]] = {}
    for name, period, grade in zip(mine["id"], mine["period"], mine["confidence"], strict=True):
        if any(p.touches(period) for p in case.periods):
            out.setdefault(str(name), set()).add(str(grade))
    frame = network.tables[table]
    for name, grade in zip(network.ids(table), frame["confidence"], strict=True):
        out.setdefault(name, {str(grade)})
    return out


def _widest(grades: Iterable[str], row: pd.Series[float]) -> float:
    """The largest spread among some grades; what is given by the user ('given') is not drawn."""
    unknown = [grade for grade in grades if grade not in row.index and grade != "given"]
    if unknown:
        raise UsageError(f"spreads.csv has no column for the confidence {unknown[0]!r}")
    return max((float(row[grade]) for grade in grades if grade != "given"), default=0.0)


def _factors(frame: pd.DataFrame, rules: pd.DataFrame) -> list[tuple[str, float]]:
    """(factor, share) of each row: of the first rule whose text its column contains."""
    out: list[tuple[str, float]] = [("", 0.0)] * len(frame)
    for rule in rules[::-1].to_dict("records"):
        column, wanted = str(rule["column"]), str(rule["contains"])
        for at, text in enumerate(frame[column].fillna("").astype(str)):
            if text == wanted or (column not in WHOLE and wanted in text):
                out[at] = (str(rule["factor"]), float(rule["share"]))
    return out


def _per_unit(network: Network, row: pd.Series[str], unit: str) -> float:
    """One of the unit of a spread, in the inner unit of the row's commodity."""
    if unit == "share":
        return 1.0
    facts = network.tables["commodities"].set_index("id").loc[row["commodity"]]
    own = parse_unit(unit, "unit_value", network.families[str(facts["family"])])
    return float(to_inner(1.0, own, "unit_value", bbl_per_t=facts["bbl_per_t"], mj_per_m3=facts["mj_per_m3"]))
