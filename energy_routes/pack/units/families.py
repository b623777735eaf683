"""Families of commodities: in what the volumes of one add up, and what they are priced, called and drawn in.

Oil and gas are defined here, and only here.  A pack of another family brings its own definition in its tables
``families`` and ``family_units``; the rest of the package asks a pack or a network for its :class:`Family`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from energy_routes.pack.units.told import as_read

MJ_PER_MMBTU = 1055.05585262
MJ_PER_MWH = 3600.0


@dataclass(frozen=True)
class Conversion:
    """A further unit of a family: one of it is ``factor`` of the family's own, times what it ``needs`` of the row.

    ``needs`` is a property of the commodity ("bbl_per_t", "mj_per_m3"), or "": a price is multiplied by it, a volume
    divided.
    """

    unit: str
    dimension: Literal["volume", "unit_value"]
    factor: float
    needs: str = ""


@dataclass(frozen=True)
class Family:
    """Commodities whose volumes add up.

    ``volume_unit`` counts volumes (Mt); ``small_unit`` is a thousandth of it (kt); ``price_unit`` prices a millionth
    of it (USD/t), so that volume × price is MUSD; ``measure`` is that millionth in words (tonne).  ``names`` are in
    English, Russian and Kazakh.  ``ramp`` has the tones of its flows on maps, from little used to full; ``proposed``
    is that of a line not built, ``pale`` that of an area.  ``gaseous``: cubic metres are at 20 °C, and a unit may name
    another temperature.  ``banded``: the plausible bands of the schema are in its units.
    """

    id: str
    names: tuple[str, str, str]
    volume_unit: str
    small_unit: str
    price_unit: str
    measure: str
    ramp: tuple[str, str, str, str]
    proposed: str
    pale: str
    conversions: tuple[Conversion, ...] = ()
    gaseous: bool = False
    banded: bool = False

    @property
    def priced(self) -> str:
        """What a price is of, as in its unit: t, 1000m3."""
        return self.price_unit.removeprefix("USD/")

    @property
    def price_name(self) -> str:
        """The unit of prices as people read it: USD/1000 m³."""
        return as_read(self.price_unit)


def own_family(
    called: str, names: tuple[str, str, str], volume_unit: str, small_unit: str, price_unit: str, colour: str,
    conversions: Iterable[Conversion] = (), *, gaseous: bool = False,
) -> Family:  # fmt: skip
    """A family as a pack defines it: one colour gives the tones."""
    ramp = (_mixed(colour, 255, 0.35), colour, _mixed(colour, 0, 0.3), _mixed(colour, 0, 0.6))
    return Family(called, names, volume_unit, small_unit, price_unit, as_read(price_unit.removeprefix("USD/")), ramp,
                  _mixed(colour, 0, 0.1), _mixed(colour, 255, 0.7), tuple(conversions), gaseous)


def _mixed(colour: str, with_: int, share: float) -> str:
    """A colour (#rrggbb) with a share of white (255) or black (0) in it."""
    parts = (int(colour[at:at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(part + share * (with_ - part)):02x}" for part in parts)


def listed(families: Iterable[Family]) -> tuple[Family, ...]:
    """Oil, gas and the given families, each once: those that a text which holds for any plan names."""
    return tuple(dict.fromkeys((*BUILT_IN, *families)))


def in_order(families: Iterable[Family]) -> tuple[Family, ...]:
    """The given families, each once: oil, gas, then the others as they come."""
    own = tuple(families)
    return tuple(family for family in listed(own) if family in own)


OIL = Family(
    "oil", ("Oil", "Нефть", "Мұнай"), "Mt", "kt", "USD/t", "tonne",
    ("#cf8b44", "#c8621c", "#9a3d0c", "#5a1803"), "#b5480f", "#eccfb5",
    (Conversion("t", "volume", 1e-6), Conversion("mb", "volume", 1.0, "bbl_per_t"),
     Conversion("kb", "volume", 1e-3, "bbl_per_t"), Conversion("USD/bbl", "unit_value", 1.0, "bbl_per_t")),
    banded=True,
)  # fmt: skip
GAS = Family(
    "gas", ("Gas", "Газ", "Газ"), "bcm", "mcm", "USD/1000m3", "1000 m³",
    ("#67a2d0", "#3683c4", "#1b5da3", "#0a2857"), "#1f66ad", "#c3d9ec",
    (Conversion("m3", "volume", 1e-9), Conversion("USD/MMBtu", "unit_value", 1000 / MJ_PER_MMBTU, "mj_per_m3"),
     Conversion("USD/MWh", "unit_value", 1000 / MJ_PER_MWH, "mj_per_m3")),
    gaseous=True, banded=True,
)  # fmt: skip
BUILT_IN = (OIL, GAS)
