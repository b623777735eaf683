"""The units that printed tables are shown in; files and JSON keep the inner ones (Mt, bcm, USD/t, USD/1000 m³)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from energy_routes.answer import cents_of
from energy_routes.errors import UnitError, UsageError
from energy_routes.network import Network
from energy_routes.pack import (
    PROPERTY_UNITS,
    Family,
    Unit,
    as_read,
    from_inner,
    in_own_time,
    known_units,
    listed,
    nearest,
    offered,
    parse_unit,
)
from energy_routes.plan import Plan

SHOWN: tuple[Literal["volume", "rate", "unit_value"], ...] = ("volume", "rate", "unit_value")


@dataclass(frozen=True)
class Units:
    """For each family: the names of the units shown, and what one inner unit of volume and of unit value is in them.

    ``inner_values`` are the inner units of unit value, ``cents`` the decimals of unit values in the units shown.
    """

    volume_names: Mapping[str, str]
    value_names: Mapping[str, str]
    volume_factors: Mapping[str, float]
    value_factors: Mapping[str, float]
    inner_values: Mapping[str, str]
    cents: Mapping[str, int]
    note: str = ""

    @staticmethod
    def check(text: str, network: Network) -> None:
        """Refuse a list of which something is no unit of the case's families, or one too many.  Raises UsageError."""
        _parsed(text, network)

    @classmethod
    def of(cls, text: str, plan: Plan) -> Units:
        """The units named in ``text`` (``"kb/d,USD/bbl"``); barrels and heat at the average of what is lifted."""
        network, notes = plan.case.network, []
        volume_names = {family: as_read(unit) for family, unit in network.units("volume").items()}
        value_names, inner = value_names_of(network), network.units("unit_value")
        volumes, values = dict.fromkeys(volume_names, 1.0), dict.fromkeys(value_names, 1.0)
        for family, unit in _parsed(text, network):
            content = _content(plan, family, unit.needs) if unit.needs else None
            facts = {unit.needs: content} if unit.needs else {}
            one = float(from_inner(1.0, in_own_time(unit), unit.dimension, **facts))
            if unit.needs:
                per = PROPERTY_UNITS[unit.needs]
                notes.append(f"{unit.text} at {content:.4g} {per}, the average of what is lifted")
            if unit.dimension == "unit_value":
                values[family.id], value_names[family.id] = one, unit.text
            else:
                spans = sum(period.count(unit.time) for period in plan.case.periods)
                volumes[family.id] = one / spans if unit.dimension == "rate" else one
                volume_names[family.id] = unit.text
        cents = {family: cents_of(plan, family, one) for family, one in values.items()}
        return cls(volume_names, value_names, volumes, values, inner, cents, "; ".join(dict.fromkeys(notes)))

    def of_limit(self, limit: Mapping[Any, Any]) -> tuple[float, str]:
        """What the worth of a limit is multiplied by to be shown, and its unit then; one of its own it keeps."""
        family = limit["family"] or ""
        plain = limit["unit"] == self.inner_values[family]
        return (self.value_factors[family], self.value_names[family]) if plain else (1.0, as_read(limit["unit"]))


def value_names_of(network: Network) -> dict[str, str]:
    """The inner unit of unit value of each family as people read it; of a user's own rule what he counts."""
    return {family: as_read(unit) or "USD/unit" for family, unit in network.units("unit_value").items()}


def _parsed(text: str, network: Network) -> list[tuple[Family, Unit]]:
    """Each unit of a list, with the family of the network that it is of.

    Raises UsageError for a unit of no family of the network, and for two of one family where one is shown.
    """
    out: dict[tuple[str, bool], tuple[Family, Unit]] = {}
    known = tuple(network.families.values())
    for word in (part.strip() for part in text.split(",") if part.strip()):
        found = list(_units(word, known))
        if not found:
            raise UsageError(_unknown(word, known))
        for family, unit in found:
            money = unit.dimension == "unit_value"
            if (family.id, money) in out:
                raise UsageError(f"--units: {out[family.id, money][1].text} and {unit.text} are both units of "
                                 f"{'money' if money else 'volume'} of {family.id}; expected one of the two")
            out[family.id, money] = family, unit
    return list(out.values())


def _unknown(word: str, known: Sequence[Family]) -> str:
    """That a unit is none, or one of a family that the case does not have."""
    names = [name for dimension in SHOWN for name in known_units(dimension, known)]
    if others := [family.id for family, _ in _units(word, listed(()))]:
        have = " and ".join(family.id for family in known)
        return f"--units: {word!r} measures {others[0]}, and the case has {have} alone. {offered(word, names)}"
    return f"--units: {word!r} is no unit such as kb/d, Mt/y, bcm, USD/bbl. {nearest(word, names)}"


def _units(word: str, families: Iterable[Family]) -> Iterator[tuple[Family, Unit]]:
    for family in families:
        for dimension in SHOWN:
            try:
                unit = parse_unit(word, dimension, family)
            except UnitError:
                continue
            if unit.family == family and unit.needs != "length_km":
                yield family, unit


def _content(plan: Plan, family: Family, needs: str) -> float:
    """Barrels in a tonne (or MJ in a cubic metre) on average over what is lifted.  Raises UsageError where unknown."""
    grades = plan.case.network.tables["commodities"].set_index("id")[needs]
    lifted = plan.supplies[plan.supplies["family"] == family.id]
    content = lifted["commodity"].map(grades).astype(float)
    total = float(lifted["lifted"].sum())
    if total <= 0 or content[lifted["lifted"] > 0].isna().any():
        raise UsageError(f"--units: no {needs} of every grade lifted; use {family.volume_unit}")
    return float((content * lifted["lifted"]).sum() / total)
