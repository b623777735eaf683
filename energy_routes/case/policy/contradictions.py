"""Bounds that no plan could keep together, told before anything is solved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from energy_routes.case.case import Case
from energy_routes.case.policy.bounds import ALL, Cap, Minimum, for_family, groups_of
from energy_routes.errors import InfeasibleError
from energy_routes.pack import PARTITIONS, by_key

WHOLE = 1 + 1e-12  # shares of a partition's groups add up to 1; what is beyond is no rounding


def refuse_contradictions(case: Case) -> None:
    """Refuse a least share or volume of a group above a cap on it, and least shares that add up to more than all.

    What is exclusive is among them: a least volume of a group that may have no share, or the other way round; and a
    minimum of a market at home.
    Raises InfeasibleError naming each, by how much it is too high, and what to lower or raise.
    """
    if not (case.policy.min_share or case.policy.min_exposure):
        return  # every contradiction has a minimum in it
    families = [*case.families, *([ALL] if len(case.families) > 1 else [])]
    rules = (_crossed, _beyond_all, _at_home)
    found = [told for family in families for rule in rules for told in rule(case, family)]
    if found:
        lines = "\n".join(f"  {one['words']}" for one in found)
        raise InfeasibleError(f"{case.name} is infeasible: bounds of the policy contradict each other:\n{lines}", found)


def _bounds(case: Case, lever: str, family: str) -> list[Any]:
    """The bounds of a lever that hold for a family: one of each family stands for those that have its group."""
    known = groups_of(case.network.packs, family)
    return [bound for bound in for_family(getattr(case.policy, lever), family) if (bound.kind, bound.group) in known]


def _crossed(case: Case, family: str) -> Iterator[dict[str, Any]]:
    """The minima above a cap of their group; a cap of nothing rules out a minimum on the other measure, too."""
    for measure, other in (("share", "exposure"), ("exposure", "share")):
        caps = [(f"max_{measure}", cap) for cap in _bounds(case, f"max_{measure}", family)]
        caps += [(f"max_{other}", cap) for cap in _bounds(case, f"max_{other}", family) if cap.cap == 0]
        for least in _bounds(case, f"min_{measure}", family):
            for lever, cap in caps:
                if (cap.kind, cap.group) == (least.kind, least.group) and least.least > cap.cap:
                    yield _told(case, measure, least, family, least.least - cap.cap, _allowed(case, lever, cap, family))


def _beyond_all(case: Case, family: str) -> Iterator[dict[str, Any]]:
    """The least shares of a partition's groups that are more than all together, the last of them named."""
    for kind, minima in by_key((least.kind, least) for least in _bounds(case, "min_share", family)).items():
        total = sum(least.least for least in minima)
        if kind in PARTITIONS and total > WHOLE:
            names = ", ".join(least.name for least in minima)
            expected = f"100 % at most for {names} together, which ask for {100 * total:.4g} %"
            yield _told(case, "share", minima[-1], family, min(total - 1, minima[-1].least), expected)


def _at_home(case: Case, family: str) -> Iterator[dict[str, Any]]:
    """The minima of markets at home: what is sold there is no export, and in no share or volume of a group."""
    markets = case.network.tables["markets"]
    home = set(markets.loc[~markets["export"].astype(bool), "id"])
    for measure in ("share", "exposure"):
        for least in _bounds(case, f"min_{measure}", family):
            if least.kind == "market" and least.group in home and least.least > 0:
                yield _told(case, measure, least, family, least.least, "a market abroad: home sales are no exports")


def _allowed(case: Case, lever: str, cap: Cap, family: str) -> str:
    return f"{_level(case, lever.removeprefix('max_'), cap.cap, family)} at most, as policy.{lever}.{cap.name} has it"


def _told(case: Case, measure: str, least: Minimum, family: str, amount: float, expected: str) -> dict[str, Any]:
    """A minimum as a limit that must give way, by how much, and in which words."""
    name = f"policy.min_{measure}.{least.name}"
    number, unit = (100 * amount, "pp") if measure == "share" else (amount, case.network.units("rate")[family])
    asked = f"{_level(case, measure, least.least, family)} at least"
    words = (f"{name} ({family}, {least.over}): {asked}; expected {expected}. "
             f"Lower the minimum by {number:.4g} {unit}, or raise what stands against it.")  # fmt: skip
    return {"limit": least.group, "kind": "policy", "name": name, "period": least.over, "side": "lower",
            "amount": number, "unit": unit, "words": words}  # fmt: skip


def _level(case: Case, measure: str, level: float, family: str) -> str:
    """A level with its unit."""
    return f"{100 * level:.4g} %" if measure == "share" else f"{level:.4g} {case.network.units('rate')[family]}"
