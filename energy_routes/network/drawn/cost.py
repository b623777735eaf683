"""What a new pipeline may cost, from what others cost: a stated rule over a table of projects with their sources.

Unit cost of a project: u = capex / (length · capacity), in USD per km and per tonne (or 1000 m³) a year.  The proposal
takes the median of the projects of the same family, on land and under water apart, and tells the least and the dearest.
No scale is put in: small lines cost more a unit than the median, large ones less.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from statistics import median

from energy_routes.errors import UsageError
from energy_routes.pack import GAS, Family, as_read, data_path

RATE, YEARS, OPEX = 0.10, 25, 0.03


@dataclass(frozen=True)
class Project:
    """One row of ``data/costs/pipelines.csv``; ``unit_cost`` in USD per km and t/y (or 1000 m³/y)."""

    name: str
    family: str
    setting: str
    unit_cost: float


@dataclass(frozen=True)
class UnitCost:
    """Least, median and dearest USD per km and unit of yearly capacity; ``how`` names the projects."""

    least: float
    middle: float
    most: float
    how: str


@dataclass(frozen=True)
class Proposal:
    """A proposed tariff (USD/t or USD/1000 m³), its range over the projects, the capex (MUSD; None without a
    capacity), and how it was made.
    """

    tariff: float
    least: float
    most: float
    capex: float | None
    how: str


def recovery_factor(rate: float, years: float) -> float:
    """CRF = r / (1 − (1 + r)^−n): the yearly payment that pays 1 back over n years at rate r (0–1); 1/n at rate 0.

    >>> round(recovery_factor(0.10, 25), 5)
    0.11017
    """
    return 1.0 / years if rate == 0 else float(rate / (1.0 - (1.0 + rate) ** -years))


def yearly_charge(capex: float, rate: float, lifetime: float, opex_share: float) -> float:
    """What a build costs a year (MUSD): capex × (CRF + opex share)."""
    return capex * (recovery_factor(rate, lifetime) + opex_share)


def levelised(capex: float, capacity: float) -> float:
    """τ = capex · (CRF(10 %, 25 y) + 3 % opex) / capacity   [USD/t | USD/1000 m³; MUSD and Mt | bcm a year in]

    The full-cost tariff of a line that is always full.  On TANAP's capex of 11.7 bn it gives 102.5 USD/1000 m³, where
    its treaty says 102.
    """
    return yearly_charge(capex, RATE, YEARS, OPEX) / capacity


def propose(family: Family, land_km: float, water_km: float, capacity: float) -> Proposal:
    """The tariff and capex of a line of a family; ``capacity`` in its volume unit a year, or inf.

    Raises UsageError when no project of the family has a cost.
    """
    land, water = unit_cost(family, "land"), unit_cost(family, "sea")
    least, middle, most = (land_km * on_land + water_km * under for on_land, under in
                           ((land.least, water.least), (land.middle, water.middle), (land.most, water.most)))
    limited = capacity != float("inf")
    parts = [f"{land.how} on land"] * (land_km > 0) + [f"{water.how} under water"] * (water_km > 0)
    # USD per t/y is MUSD per Mt/y, and USD per 1000 m³/y is MUSD per bcm/y.
    return Proposal(levelised(middle, 1.0), levelised(least, 1.0), levelised(most, 1.0),
                    capex=middle * capacity if limited else None, how="; ".join(parts))


def unit_cost(family: Family, setting: str) -> UnitCost:
    """Unit cost of a family on land or at sea.

    No oil line at sea has a published cost: there the cost on land is raised as that of gas rises from land to sea.
    """
    size = f"{as_read(family.priced)}/y"
    own = [p for p in projects() if (p.family, p.setting) == (family.id, setting)]
    if own:
        costs = sorted(p.unit_cost for p in own)
        said = f"{median(costs):.3g} ({costs[0]:.3g}–{costs[-1]:.3g}) USD per km and {size}, {_listed(own)}"
        return UnitCost(costs[0], median(costs), costs[-1], said)
    if setting == "land":
        raise UsageError(f"no project of {family.id} on land has a cost in data/costs/pipelines.csv: "
                         "give the line a tariff")
    land, dry, wet = unit_cost(family, "land"), unit_cost(GAS, "land"), unit_cost(GAS, "sea")
    least, middle, most = (land.middle * cost / dry.middle for cost in (wet.least, wet.middle, wet.most))
    said = (f"{middle:.3g} ({least:.3g}–{most:.3g}) USD per km and {size}, the cost on land × "
            f"{wet.middle / dry.middle:.2f}, which is gas lines at sea against gas lines on land")
    return UnitCost(least, middle, most, said)


@cache
def projects() -> tuple[Project, ...]:
    """The projects of ``pipelines.csv``."""
    with (data_path("costs") / "pipelines.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Project(row["name"], row["family"], row["setting"],
                    float(row["capex_musd"]) / (float(row["length_km"]) * float(row["capacity"])))
            for row in csv.DictReader(file)
        )  # fmt: skip


def _listed(own: Sequence[Project]) -> str:
    return f"median of {len(own)}: " + ", ".join(p.name.split(" (")[0] for p in own) if len(own) > 1 else own[0].name
