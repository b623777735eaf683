"""What can be asked of the plan of a case, by name, as one number: of a point of its programme, or of its tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from energy_routes.case import Case, groups_of, refuse_contradictions
from energy_routes.errors import UsageError
from energy_routes.formulation import Space, cash, netback
from energy_routes.linear import Standing, Vector
from energy_routes.pack import offered
from energy_routes.plan import Plan
from energy_routes.solving.reuse.requests import REQUESTS

if TYPE_CHECKING:
    from energy_routes.solving.reuse.compiled import Compiled

SEEN = 1e-6  # Mt or bcm: a group with less has no place in the order of its kind


class Ask(NamedTuple):
    """A number that is asked of a plan: ``what`` (exports, volume, share …) of a ``group``, of a family.

    Of the kind 'arc' the group is an arc.
    """

    what: str
    family: str = ""
    kind: str = ""
    group: str = ""


MONEY = (Ask("objective"), Ask("netback"))


def known(case: Case) -> dict[str, Ask]:
    """What can be asked of the plans of a case."""
    asks, arcs = {what: Ask(what) for what in ("objective", "netback", "cost")}, case.network.family_of("arcs")
    for family in case.families:
        asks[f"exports.{family}"] = Ask("exports", family)
        before = f"{family}/" if len(case.families) > 1 else ""
        for kind, group in groups_of(case.network.packs, family):
            for what in ("volume", "share", "rank", "least"):
                asks[f"{what}.{before}{kind}:{group}"] = Ask(what, family, kind, group)
        own = (arc for arc in case.network.ids("arcs") if arcs[arc] == family)
        asks |= {f"volume.{before}arc:{arc}": Ask("volume", family, "arc", arc) for arc in own}
    return asks | {f"enters.arc:{arc}": Ask("enters", kind="arc", group=arc) for arc in case.network.ids("arcs")}


class Measures:
    """What is asked of the plans of a compiled case, by name; see :meth:`Compiled.solve_many`."""

    def __init__(self, compiled: Compiled, ask: Sequence[str]) -> None:
        self._compiled, self.ask = compiled, tuple(ask)
        for name in ask:
            if name not in compiled.asks:
                like = [one for one in compiled.asks if one.rpartition(":")[0] == name.rpartition(":")[0]]
                raise UsageError(f"{name!r} is not asked of a plan of {compiled.case.name}. "
                                 f"{offered(name, like if ':' in name and like else compiled.asks)}")
        self._asks = tuple(compiled.asks[name] for name in ask)
        solved = [name for name, own in zip(ask, self._asks, strict=True) if own.what in ("least", "enters")]
        if solved and not compiled.plain:
            raise UsageError(f"{solved[0]} is not asked where there are builds, security, futures or an unforeseen "
                             f"event, as there are in {compiled.case.name}. Leave it out, or ask it of the case "
                             "without them")

    @property
    def nothing(self) -> tuple[float, ...]:
        """What is told where there is no plan."""
        return (np.nan,) * len(self.ask)

    def unit(self, name: str) -> str:
        """The unit of something asked: MUSD, that of a volume or of a tariff, 1 for a share, place for a rank."""
        ask, network = self._compiled.asks[name], self._compiled.case.network
        if ask.what in ("exports", "volume"):
            return network.units("volume")[ask.family]
        if ask.what == "enters":
            return network.units("unit_value")[network.family_of("arcs")[ask.group]]
        return {"share": "1", "least": "1", "rank": "place"}.get(ask.what, "MUSD")

    def of_plan(self, plan: Plan) -> list[float]:
        """What is asked, of a plan with its tables."""
        told = dict(zip(self._told, _of_plan(plan, self._told), strict=True))
        return [*self._with_requests(plan.case, told)]

    def of(self, case: Case) -> list[float]:
        """What is asked of the plan of a case.  Raises the errors of :meth:`Compiled.solve`."""
        if case.policy.max_hhi or case.policy.cvar is not None:  # found with their plan alone
            return self.of_plan(self._compiled.plan_of(case))
        if not self._compiled.case.policy.plain:
            return [*self._with_requests(case, self._anew(case))]
        refuse_contradictions(case)
        live, numbers, solution = self._compiled._optimum_of(case)
        told = {Ask("objective"): solution.objective}
        if set(self._told) - set(told):
            asked = live.standing(self._told, len(solution.x)) if numbers.earns_netback else None
            x = live.preferred(numbers, solution, asked)
            told[Ask("netback")] = numbers.netback(x)
            told |= {ask: measured(live.weights(ask, len(x)), x) for ask in self._told if ask not in told}
        return [*self._with_requests(case, told)]

    def _anew(self, case: Case) -> Mapping[Ask, float]:
        """What is told of the plan of a case with builds or security, laid out anew: neither prices nor tables."""
        best = self._compiled.optimum(case)
        space, columns = best.stated[0], len(best.form.cost)
        weights = {ask: weights_of(space, ask, columns) for ask in self._told if ask not in MONEY}
        earned = sum((expr.coefficients(columns) for expr in cash(space)), np.zeros(columns))
        rows = [earned, *(row for pair in weights.values() for row in pair if row is not None)]
        x = best.point(Standing(np.unique(np.array(rows), axis=0)))
        told = {Ask("objective"): best.solution.objective, Ask("netback"): netback(space, x)}
        return told | {ask: measured(pair, x) for ask, pair in weights.items()}

    @property
    def _told(self) -> tuple[Ask, ...]:
        """What is told of a plan itself: the volumes of a kind for a rank in it, and what is asked but for requests."""
        whole: dict[Ask, None] = {}
        for ask in self._asks:
            if ask.what == "rank":
                whole |= dict.fromkeys(self._rivals(ask))
            elif ask.what == "cost":
                whole[Ask("objective" if self._compiled.case.policy.objective != "netback" else "netback")] = None
            elif ask.what not in REQUESTS:
                whole[ask] = None
        return tuple(whole)

    def _rivals(self, ask: Ask) -> list[Ask]:
        """The volumes of all groups of the kind of a rank."""
        return [own for own in self._compiled.asks.values()
                if own.what == "volume" and (own.family, own.kind) == (ask.family, ask.kind)]  # fmt: skip

    def _with_requests(self, case: Case, told: Mapping[Ask, float]) -> Iterator[float]:
        """What is asked, in order; what needs a solve of its own is solved."""
        for ask in self._asks:
            if ask.what == "rank":
                own = told[ask._replace(what="volume")]
                more = sum(told[rival] > own for rival in self._rivals(ask))
                yield 1.0 + more if own > SEEN else np.nan
            elif ask.what in REQUESTS:
                yield REQUESTS[ask.what](self._compiled, case, ask, told)
            else:
                yield told[ask]


def weights_of(space: Space, ask: Ask, columns: int) -> tuple[Vector, Vector | None]:
    """What a unit of each column adds to a number; of a share, and to what it is a share of."""
    if ask.what == "exports":
        return space.exports.weights(columns, family=ask.family), None
    if ask.kind == "arc":
        return space.flow.weights(columns, arc=ask.group), None
    volume = space.exposure.weights(columns, kind=ask.kind, group=ask.group, family=ask.family)
    shared = ask.what == "share"
    return volume, space.share_totals.weights(columns, kind=ask.kind, family=ask.family) if shared else None


def measured(weights: tuple[Vector, Vector | None], x: Vector) -> float:
    """A volume of a point, Mt (bcm) over the horizon, or a share, NaN where nothing moves; see :func:`weights_of`."""
    part, whole = weights
    of = 1.0 if whole is None else float(whole @ x)
    return float(part @ x) / of if of > 0 else np.nan


def _of_plan(plan: Plan, asks: Iterable[Ask]) -> Iterator[float]:
    """The same numbers of a plan with its tables; what stands in none of them is 0, as nothing can move there."""
    rows = plan.groups[plan.groups["period"] == "total"].set_index(["kind", "group", "family"])
    counted = {what: rows[what].to_dict() for what in ("volume", "share")}
    counted["volume"] |= plan.arcs.assign(kind="arc").groupby(["kind", "arc", "family"])["volume"].sum().to_dict()
    for ask in asks:
        if ask.what in ("objective", "netback"):
            yield float(getattr(plan, ask.what))
            continue
        exports = float(plan.exports.get(ask.family, 0.0))
        missing = np.nan if ask.what == "share" and not exports > 0 else 0.0
        yield exports if ask.what == "exports" else float(
            counted[ask.what].get((ask.kind, ask.group, ask.family), missing))
