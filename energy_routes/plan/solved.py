"""What a solve hands to the tables of its plan: a point, what its limits are worth, and what several tables share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from energy_routes.formulation import Space, added, on_the_sheet, over_periods
from energy_routes.linear import Expr, Index, Labels, Term, Vector, axis, codes_of, positions
from energy_routes.network import Names
from energy_routes.plan.flow_tracing import Paths, paths, place_of
from energy_routes.plan.price_table import Worth, clean


def unpriced() -> None:
    """What is known of the worth of limits where nobody has priced them."""


@dataclass(frozen=True, eq=False)
class Solved:
    """A point ``x`` of a space, one number a column.

    ``money`` are the terms of the netback; ``price`` says, once it is asked, what the limits are worth.
    """

    space: Space
    x: Vector
    money: tuple[Term, ...]
    price: Callable[[], Worth | None] = unpriced

    @cached_property
    def worth(self) -> Worth | None:
        """What the limits are worth; None where nobody has priced them."""
        return self.price()

    @cached_property
    def moved(self) -> Vector:
        """Inlet volume of every lane, Mt (bcm), without the solver's dust."""
        return clean(self.space.flow.value(self.x))

    @cached_property
    def ends(self) -> tuple[Index, Index]:
        """The places (node, commodity, period) that each lane leads from and to."""
        return place_of(self.space, self.space.tails), place_of(self.space, self.space.heads)

    @cached_property
    def open_arcs(self) -> Index:
        """The row of each arc of the packs in the axis of arcs, −1 where it is closed; shape (arcs, periods)."""
        case = self.space.case
        arcs = over_periods(Labels({"arc": codes_of(case.network.ids("arcs"))}), case.periods)
        every = axis("every arc", ("arc", "period"), arcs)
        return positions(every, self.space.arcs, every.keys).reshape(-1, len(case.periods))

    @cached_property
    def capacity(self) -> Vector:
        """Effective capacity of the open arcs, builds included: Mt (bcm) per period, inf where there is no limit."""
        arcs = self.space.arcs
        return arcs.data("capacity") + added(self.space.built, self.space.case, "arc", arcs).value(self.x)

    @cached_property
    def sheet(self) -> list[tuple[str, Expr]]:
        """The lines of the netback sheet.  Raises LabelError for what no route could carry."""
        return on_the_sheet(self.space, self.money)

    @cached_property
    def paths(self) -> Paths:
        """How what is lifted reaches its buyers."""
        return paths(self.space, self.x, self.sheet, self.ends)

    @cached_property
    def called(self) -> Names:
        """What people call things."""
        return Names(self.space.case.network.tables)
