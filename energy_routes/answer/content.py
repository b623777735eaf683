"""What an answer is made of: the subject, what became of it, what changes, exports and money."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from energy_routes.answer.certainty import Certainty, certainty_of, doubtful_in
from energy_routes.answer.change import Change, change
from energy_routes.answer.fates import COMPARED, SEEN, Fate, Measured, leading
from energy_routes.answer.measures import exported, families_of, shut_in
from energy_routes.answer.otherwise.turns import USED, Turn, turns_of
from energy_routes.plan import Plan
from energy_routes.provenance import sources
from energy_routes.solving import own_rules


@dataclass(frozen=True, eq=False)
class Content:
    """What a plan answers over the periods ``labels``, set against ``before`` (over ``then``) where there is one."""

    plan: Plan
    labels: tuple[str, ...]
    before: Plan | None = None
    then: tuple[str, ...] = ()

    @cached_property
    def subject(self) -> tuple[str, ...]:
        """What it is about: what the case says, else what the plan before is about, else its leading corridors."""
        stated = getattr(self.plan.case, "subject", ())
        return tuple(stated or leading(self.plan, self.labels, self.before if self.change else None, self.then))

    @cached_property
    def change(self) -> Change | None:
        """What changes against the plan before; None where there is none, or nothing can be subtracted."""
        return None if self.before is None else change(self.before, self.plan, self.then, self.labels)

    @cached_property
    def now(self) -> Measured:
        """The plan, measured over its periods."""
        return Measured(self.plan, self.labels)

    @cached_property
    def earlier(self) -> Measured | None:
        """The plan before, measured over its periods; None where there is none."""
        return None if self.before is None else Measured(self.before, self.then)

    @cached_property
    def fates(self) -> tuple[Fate, ...]:
        """What became of each part of the subject, a family each."""
        fates = [fate for target in self.subject for fate in self.now.of(target)]
        if self.change is None or self.earlier is None:
            return tuple(fates)
        # What is compared is what moves, also where the plan before guards or books it.
        old = {(f.target, f.family, f.phrase): f.volume for target in self.subject for f in self.earlier.moved(target)}
        return tuple(
            replace(fate, before=old.get((fate.target, fate.family, fate.phrase), 0.0))
            if fate.family in self.change.families and fate.phrase in COMPARED else fate
            for fate in fates
        )

    @cached_property
    def exports(self) -> dict[str, float]:
        """Mt or bcm exported in the span by family, oil first."""
        return {family: exported(self.plan, self.labels, family) for family in families_of(self.plan)}

    @cached_property
    def shut_in(self) -> dict[str, float]:
        """Mt or bcm available and not lifted in the span, of the families where there is any."""
        found = {family: shut_in(self.plan, self.labels, family) for family in families_of(self.plan)}
        return {family: volume for family, volume in found.items() if volume > SEEN}

    @property
    def netback(self) -> float | None:
        """MUSD over the horizon; None over a part of it."""
        return float(self.plan.netback) if len(self.labels) == len(self.plan.case.periods) else None

    @cached_property
    def certainty(self) -> Certainty:
        """How sure the figures are that it rests on."""
        return certainty_of(self.plan, self._sources)

    @cached_property
    def turns(self) -> tuple[Turn, ...]:
        """The prices within the stated ones at which it turns (:func:`~energy_routes.answer.otherwise.turns.turns_of`).

        A plan that was saved has those that were told then: its tables hold one scenario of prices.  None are told of
        a plan with constraints of a user's own: other prices are solved without them.
        """
        told: tuple[Turn, ...] | None = self.plan.parts.at_hand("turns")
        if told is not None or not self.plan.case.parted or own_rules(self.plan):
            return told or ()
        fates = [fate for fate in self.fates if fate.phrase in USED]
        return turns_of(self.plan.case, {fate.target: (fate.name, fate.volume > SEEN) for fate in fates})

    @cached_property
    def doubtful(self) -> frozenset[tuple[str, str]]:
        """The limits, as (kind, id), whose bound is no more than an estimate, in some period of the plan or all."""
        return doubtful_in(self._sources)

    @cached_property
    def _sources(self) -> pd.DataFrame:
        return sources(self.plan)
