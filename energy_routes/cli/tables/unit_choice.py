"""The units that printed tables are shown in; files and JSON keep Mt, bcm, USD/t and USD/1000 m³."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from energy_routes.errors import UnitError, UsageError
from energy_routes.pack import Unit, from_inner, in_own_time, inner_unit, known_units, nearest, parse_unit

if TYPE_CHECKING:
    from energy_routes.plan import Plan

# All families together are measured in money; a rule of the user's own in what he counts.
VALUE_NAMES = {"oil": "USD/t", "gas": "USD/1000 m³", "all": "USD/USD", "": "USD/unit"}
PROPERTY = {"oil": "bbl_per_t", "gas": "mj_per_m3"}


@dataclass(frozen=True)
class Units:
    """For each family: the names of the units shown, and what one inner unit of volume and of unit value is in them."""

    volume_names: Mapping[str, str] = field(default_factory=lambda: {"oil": "Mt", "gas": "bcm"})
    value_names: Mapping[str, str] = field(default_factory=lambda: dict(VALUE_NAMES))
    volume_factors: Mapping[str, float] = field(default_factory=lambda: {"oil": 1.0, "gas": 1.0})
    value_factors: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(VALUE_NAMES, 1.0))
    note: str = ""

    @staticmethod
    def check(text: str) -> None:
        """Refuse a list that names no unit of volume, rate or unit value.  Raises UsageError."""
        _parsed(text)

    @classmethod
    def of(cls, text: str, plan: Plan) -> Units:
        """The units named in ``text`` (``"kb/d,USD/bbl"``); barrels and heat at the average of what is lifted."""
        shown, notes = cls(), []
        volumes, values = dict(shown.volume_factors), dict(shown.value_factors)
        volume_names, value_names = dict(shown.volume_names), dict(shown.value_names)
        for unit in _parsed(text):
            content = _content(plan, unit.family) if unit.needs else None
            facts = {unit.needs: content} if unit.needs else {}
            one = float(from_inner(1.0, in_own_time(unit), unit.dimension, **facts))
            if unit.needs:
                per = "bbl/t" if unit.family == "oil" else "MJ/m³"
                notes.append(f"{unit.text} at {content:.4g} {per}, the average of what is lifted")
            if unit.dimension == "unit_value":
                values[unit.family], value_names[unit.family] = one, unit.text
            else:
                spans = sum(period.count(unit.time) for period in plan.case.periods)
                volumes[unit.family] = one / spans if unit.dimension == "rate" else one
                volume_names[unit.family] = unit.text
        return cls(volume_names, value_names, volumes, values, "; ".join(dict.fromkeys(notes)))


def _parsed(text: str) -> list[Unit]:
    out = []
    for word in (part.strip() for part in text.split(",") if part.strip()):
        for dimension in ("volume", "rate", "unit_value"):
            try:
                unit = parse_unit(word, dimension)
            except UnitError:
                continue
            if unit.needs != "length_km":
                out.append(unit)
                break
        else:
            names = [*known_units("volume"), *known_units("rate"), *known_units("unit_value")]
            raise UsageError(f"--units: {word!r} is no unit such as kb/d, Mt/y, bcm, USD/bbl. {nearest(word, names)}")
    return out


def _content(plan: Plan, family: str) -> float:
    """Barrels in a tonne (or MJ in a cubic metre) on average over what is lifted.  Raises UsageError where unknown."""
    grades = plan.case.network.tables["commodities"].set_index("id")[PROPERTY[family]]
    lifted = plan.supplies[plan.supplies["family"] == family]
    content = lifted["commodity"].map(grades).astype(float)
    total = float(lifted["lifted"].sum())
    if total <= 0 or content[lifted["lifted"] > 0].isna().any():
        raise UsageError(f"--units: no {PROPERTY[family]} of every grade lifted; use {inner_unit('volume', family)}")
    return float((content * lifted["lifted"]).sum() / total)
