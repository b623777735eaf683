"""What a report is about: a plan, what it is set against, the studies of its case, and the language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from energy_routes.answer import Spans, Words, cents_of
from energy_routes.maps import words_of
from energy_routes.network import Names
from energy_routes.pack import Family
from energy_routes.plan import Plan
from energy_routes.report.studies import FrontierTold, StressTold, frontier_of, stress_of
from energy_routes.studies import Comparison, Frontier, Stress, compare

SEEN = 1e-6  # Mt or bcm: what is less is not worth a row


@dataclass(frozen=True, eq=False)
class Subject:
    """A plan to report on.  ``comparison`` is None when it is not set against another."""

    plan: Plan
    words: Words
    comparison: Comparison | None = None
    frontier: FrontierTold | None = None
    stress: StressTold | None = None

    @cached_property
    def families(self) -> tuple[Family, ...]:
        """The families that the plan deals with, oil first."""
        dealt = set(self.plan.supplies["family"])
        return tuple(family for family in self.plan.case.network.families.values() if family.id in dealt)

    @cached_property
    def spans(self) -> Spans:
        """What could be otherwise in plans as good."""
        return Spans.of(self.plan, self.words)

    def family(self, called: str) -> Family:
        """The family of an id, of this plan or of the one that it is set against."""
        plans = (self.plan, self.comparison.before) if self.comparison else (self.plan,)
        return next(plan.case.network.families[called] for plan in plans if called in plan.case.network.families)

    def cents(self, family: str) -> int:
        """Decimals of money a unit of a family."""
        return cents_of(self.plan, family)

    @property
    def labels(self) -> list[str]:
        """The labels of all periods."""
        return [p.label for p in self.plan.case.periods]

    @cached_property
    def places(self) -> dict[str, str]:
        """Places as the pack names them → as the report's language does; empty in English, where they stay."""
        if self.words.language == "en":
            return {}
        return {name: self.words.place(node, name) for node, name in Names(self.plan.case.network.tables).node.items()}

    def limit(self, name: str) -> str:
        """A limit as read: its name, and the tier of a market."""
        base, mark, tier = name.partition(", tier ")
        return self.words("report.tier", name=self.words.name(base), tier=tier) if mark else self.words.name(name)

    def of(self, family: Family) -> str:
        """What sets a heading apart when the plan has two families: 'Oil', else nothing."""
        return self.words.of_family("family", family) if len(self.families) > 1 else ""


def subject_of(plan: Plan, before: Plan | Comparison | None, frontier: Frontier | str | Path | None,
               stress: Stress | str | Path | None, lang: str) -> Subject:
    """The subject of a report; studies may be results or the folders in which they were saved.

    A saved plan brings the studies that lie in its folder.
    """
    folder = getattr(plan, "folder", None)
    beside = Path(folder) if folder else None
    comparison = compare(before, plan) if isinstance(before, Plan) else before
    return Subject(plan, words_of(plan, lang), comparison, frontier_of(frontier, beside), stress_of(stress, beside))
