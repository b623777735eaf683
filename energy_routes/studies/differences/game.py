"""What sets of changed inputs are worth, and how the worth of all is shared out among groups of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

import numpy as np
import pandas as pd

from energy_routes.errors import DataError, InfeasibleError, UnboundedError, UsageError
from energy_routes.linear import Vector
from energy_routes.pack import by_key
from energy_routes.plan import Plan
from energy_routes.solving import Compiled, compile
from energy_routes.studies.differences.inputs import Change, apart, between, changes
from energy_routes.studies.differences.orders import weights

MOST_PLANS = 4096  # sets of changes that are solved at most when a group is told apart
ROUNDING = 1e-11  # of the largest sum: a smaller share is what its digits lose
SAME = 1e-6  # of a plan's objective, by which solving it again may differ
OTHERS, TOGETHER = "all others", "only together"

Set: TypeAlias = frozenset[Change]
Term: TypeAlias = tuple[str, str]  # of the ledger: term and family
Groups: TypeAlias = Mapping[str, Sequence[Change]]
Shares: TypeAlias = tuple[pd.DataFrame, pd.DataFrame]  # by group, and by group and term of the ledger
OBJECTIVE: Term = ("objective", "")


class Game:
    """What sets of changes are worth: objective and terms of the ledger of their plans, each solved once."""

    def __init__(self, before: Plan, after: Plan) -> None:
        self.groups: Groups = {}
        self._before, self._after = before, after
        self._compiled: Compiled | None = None
        self._known: dict[Set, dict[Term, float] | None] = {}

    def barred(self) -> tuple[str, ...]:
        """Why nothing can be shared out; empty where all can."""
        found = apart(self._before.case, self._after.case)
        if found:
            return tuple(f"The change is not attributed: {why}." for why in found)
        for plan, made in ((self._before, ()), (self._after, changes(self._before.case, self._after.case))):
            worth = self.worth(made)
            again = float("nan") if worth is None else worth[OBJECTIVE]
            if not abs(again - plan.objective.value) <= SAME * max(1.0, abs(plan.objective.value)):
                return (f"The change is not attributed: {plan.case.name} solved again gives {again:,.3f} MUSD, and the "
                        f"plan has {plan.objective.value:,.3f}. Constraints of your own or another version made it.",)
        return ()

    def worth(self, made: Iterable[Change]) -> dict[Term, float] | None:
        """Objective and ledger with some changes made, MUSD; None where there is no plan."""
        chosen = frozenset(made)
        if chosen not in self._known:
            self._compiled = self._compiled or compile(self._before.case)
            try:
                plan = self._compiled.plan_of(between(self._before.case, self._after.case, chosen))
                ledger = plan.ledger
                terms = zip(zip(ledger["term"], ledger["family"], strict=True), ledger["value"], strict=True)
                self._known[chosen] = {OBJECTIVE: plan.objective.value, **dict(terms)}
            except (InfeasibleError, UnboundedError, DataError, UsageError):  # a half-way case need not make sense
                self._known[chosen] = None
        return self._known[chosen]

    def largest(self, groups: dict[str, list[Change]], most: int) -> dict[str, list[Change]]:
        """The groups, those that change least by themselves put together where there are too many."""
        if len(groups) <= most:
            return groups
        base, alone = self.worth(()), {}
        assert base is not None, "the case before has a plan"
        for name, own in groups.items():
            worth = self.worth(own)
            alone[name] = np.inf if worth is None else abs(worth[OBJECTIVE] - base[OBJECTIVE])
        first = sorted(groups, key=lambda name: (-alone[name], name))[: most - 1]
        rest = [change for name, own in groups.items() if name not in first for change in own]
        return {**{name: groups[name] for name in first}, OTHERS: rest}

    def inside(self, group: str) -> Shares:
        """The shares of the inputs of a group; of others, those of their groups.  Raises UsageError where too many."""
        members = by_key((change.group if group == OTHERS else change.path, change) for change in self.groups[group])
        names, others = list(members), [name for name in self.groups if name != group]
        plans = 1 << (len(others) + len(names))
        if plans > MOST_PLANS:
            raise UsageError(f"{group} has {len(names)} inputs beside {len(others)} other groups: that takes {plans:,} "
                             f"plans, and {MOST_PLANS:,} are the most; compare cases that differ in less")
        at = list(self.groups).index(group)
        outer = weights(lambda made: self.worth(self.union(made)) is not None, len(self.groups))
        total: dict[Set, Vector] = {}
        for number, made in enumerate(outer.sets):
            if made >> at & 1:
                self._step(outer.weight[at, number], self.union(made ^ (1 << at)), members, total)
        weight = np.array(list(total.values())).T.reshape(len(names) + 1, len(total))
        some = slice(None) if np.abs(weight[-1]).max(initial=0.0) > 0 else slice(0, -1)
        return self.shares([*names, TOGETHER][some], [*members.values(), self.groups[group]][some],
                           weight[some], list(total))  # fmt: skip

    def _step(self, part: float, base: Set, members: Groups, total: dict[Set, Vector]) -> None:
        """Add to ``total`` the weights of the members' steps from one set of other groups to that with this group."""
        if part == 0.0:
            return
        names = list(members)

        def union(made: int) -> Set:
            return base.union(*(members[name] for g, name in enumerate(names) if made >> g & 1))

        inner = weights(lambda made: self.worth(union(made)) is not None, len(names))
        steps = {union(made): np.append(inner.weight[:, n], 0.0) for n, made in enumerate(inner.sets)}
        if not inner.sets:  # they have a plan only together
            only = np.append(np.zeros(len(names)), 1.0)
            steps = {union((1 << len(names)) - 1): only, base: -only}
        for made, step in steps.items():
            total[made] = total.get(made, 0.0) + part * step

    def shares(
        self, names: Sequence[str], inputs: Sequence[Sequence[Change]], weight: Vector, sets: Sequence[Set]
    ) -> Shares:
        """The tables of shares: weights (names, sets) times what the sets are worth."""
        worths = [self.worth(made) or {} for made in sets]
        keys = list(dict.fromkeys(key for one in worths for key in one))
        worth = np.array([[one.get(key, 0.0) for key in keys] for one in worths]).reshape(len(sets), len(keys))
        parts = weight @ worth
        parts = np.where(np.abs(parts) <= ROUNDING * np.abs(worth).max(initial=1.0), 0.0, parts)
        rows = [(name, "; ".join(change.member for change in own), float(part[0]))
                for name, own, part in zip(names, inputs, parts, strict=True)]  # fmt: skip
        terms = [(name, term, family, float(part[n])) for name, part in zip(names, parts, strict=True)
                 for n, (term, family) in enumerate(keys) if n]  # fmt: skip
        table = pd.DataFrame(rows, columns=["group", "inputs", "change"])
        table = table.sort_values("change", key=abs, ascending=False, kind="stable")
        return (table.reset_index(drop=True).assign(unit="MUSD"),
                pd.DataFrame(terms, columns=["group", "term", "family", "change"]).assign(unit="MUSD"))  # fmt: skip

    def union(self, at: int) -> Set:
        return frozenset(c for g, own in enumerate(self.groups.values()) if at >> g & 1 for c in own)
