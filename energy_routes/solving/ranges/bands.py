"""How much of the objective a plan may lose to count as nearly as good, in MUSD."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

from energy_routes.case import Case
from energy_routes.errors import UsageError
from energy_routes.pack import amount, check_list, figure, parted

OPTIMUM = "optimum"
EACH = (0.1, 1.0)  # USD a unit exported (a tonne, or 1000 m³) of the bands that are told where none is asked for

Within: TypeAlias = float | str


class Band(NamedTuple):
    """What may be lost: ``name`` as it was asked for, ``loss`` in MUSD."""

    name: str
    loss: float


def default_bands(case: Case, exports: Mapping[str, float]) -> list[Band]:
    """At the optimum, and within 0.1 and 1 USD for each unit exported; ``exports`` by family, Mt (bcm).

    What is exported of several families is added up as it is: a USD a tonne and a USD a 1000 m³ are both a MUSD a unit.
    """
    units = case.network.units("unit_value")
    unit = " or ".join(dict.fromkeys(units[family] for family in exports)) or "USD"
    sold = sum(exports.values())
    return [Band(OPTIMUM, 0.0), *(Band(f"{each:g} {unit}", each * sold) for each in EACH)]


def bands_of(
    case: Case, within: Within | Sequence[Within] | None, exports: Mapping[str, float], objective: float
) -> list[Band]:
    """The bands asked for, the narrowest first; None asks for the default ones.

    Each is ``optimum``, a number of MUSD, or a text: ``390 MUSD``, ``1 %`` of the objective (MUSD), or ``0.1 USD/t``
    (``USD/1000m3``) of what is exported.  Raises UsageError for what is none of these, is negative, or stands twice.
    """
    if within is None:
        return default_bands(case, exports)
    asked = [within] if isinstance(within, str | float | int) else list(within)
    if not asked:
        raise UsageError("within: nothing is asked for; expected a loss, such as '1 %', '390 MUSD' or '0.1 USD/t'")
    check_list("within", asked)
    found = [Band(_name(one), _loss(case, one, exports, objective)) for one in asked]
    return sorted(dict.fromkeys(found), key=lambda band: band.loss)


def _name(asked: Within) -> str:
    """A band as it is told: a bare number is one of MUSD."""
    return f"{parted(asked)[0]} MUSD" if parted(asked)[1] == "" and asked != OPTIMUM else str(asked).strip()


def _loss(case: Case, asked: Within, exports: Mapping[str, float], objective: float) -> float:
    """What a band may lose, MUSD."""
    if asked == OPTIMUM:
        return 0.0
    number, unit = figure("within", asked, endless=False)
    if number < 0:
        raise UsageError(f"within: {asked!r} is negative; expected a loss of 0 or more")
    if unit == "%":
        return number / 100 * abs(objective)
    return number if unit in ("", "MUSD") else _of_exports(case, asked, exports)


def _of_exports(case: Case, asked: Within, exports: Mapping[str, float]) -> float:
    """A loss for each unit exported of the families whose unit is written, MUSD."""
    losses, refused = [], None
    for family, volume in exports.items():
        try:
            losses.append(volume * amount("within", asked, "unit_value", case.network.families[family]))
        except UsageError as error:
            refused = error
    if not losses and refused is not None:
        raise UsageError(f"{refused}; or write it in % of the objective, or in MUSD")
    return sum(losses)
