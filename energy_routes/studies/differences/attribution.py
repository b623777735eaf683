"""Why two plans differ: the change of the objective and of its terms, shared out among the inputs that differ.

Each set of changed inputs is solved by itself, from the case before.  What a group of inputs brings is the mean of its
step over all orders in which the groups can be changed one by one (the Shapley value).  The shares add up to the whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from energy_routes.answer import Words
from energy_routes.errors import UsageError
from energy_routes.pack import annotated, by_key, offered
from energy_routes.plan import Plan
from energy_routes.studies.differences.game import Game, Groups
from energy_routes.studies.differences.inputs import changes, versus
from energy_routes.studies.differences.orders import Weights, weights
from energy_routes.studies.pictures import draw_waterfall
from energy_routes.studies.study import Progress, Study, silent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NONE = Weights((), np.zeros((0, 0)), 1.0, 0)


@dataclass(frozen=True, eq=False, repr=False)
@annotated
class Attribution(Study):
    """The change of an objective, shared out among groups of changed inputs.

    Attributes
    ----------
    name : str
        What is compared with what.
    objective : str
        What is sought: netback, cost.
    before, after : float
        The objectives, MUSD; the shares add up to their difference.
    groups : DataFrame
        A row a group (a column of a table such as ``arc.tariff``, or a lever): the ``inputs`` in it, the ``change``
        that it brings, MUSD; the largest first.
    terms : DataFrame
        A row a group, term of the ledger and family: the ``change`` of the term, MUSD.
    orders : float
        Share of the orders of the groups all of whose steps have a plan; the means are over these.
    notes : tuple of str
        Why nothing is shared out, or what does not count.
    """

    name: str
    objective: str
    before: float
    after: float
    groups: pd.DataFrame
    terms: pd.DataFrame
    orders: float
    notes: tuple[str, ...]
    _game: Game | None = field(default=None, repr=False)
    stem: ClassVar = "attribution"
    tables: ClassVar = ("groups", "terms")

    def _head(self) -> dict[str, Any]:
        return {"name": self.name, "objective": self.objective, "before": self.before, "after": self.after,
                "change": self.after - self.before, "orders": self.orders, "notes": list(self.notes)}  # fmt: skip

    def expand(self, group: str) -> Attribution:
        """Share out what a group brings among its inputs, or those of ``all others`` among their groups.

        Orders are those of the groups, in which the inputs of this group come one after another (the Owen value), so
        that the shares add up to that of the group.  What inputs bring only together is a row of its own.

        Parameters
        ----------
        group : str
            A row of ``groups``.

        Returns
        -------
        Attribution
            A row an input; ``after`` is ``before`` and what the group brings.

        Raises
        ------
        UsageError
            There is no such group, or more than 4096 plans would have to be solved.
        LimitError, SolverError, VerificationError
            A set of changes could not be solved to the end.

        References
        ----------
        G. Owen, "Values of Games with a Priori Unions", Lecture Notes in Economics and Mathematical Systems 141 (1977),
        doi:10.1007/978-3-642-45494-3_7.
        """
        if self._game is None or group not in self._game.groups:
            known = [] if self._game is None else list(self._game.groups)
            raise UsageError(f"no group {group!r} is shared out. {offered(group, known)}")
        found, terms = self._game.inside(group)
        after = self.before + float(found["change"].sum())
        return Attribution(f"{self.name}: {group}", self.objective, self.before, after, found, terms, self.orders,
                           self.notes, None)  # fmt: skip

    def plot(self, ax: Axes | None = None) -> Axes:
        """From the objective before to that after, a step a group.

        Parameters
        ----------
        ax : Axes or None
            Where to draw; None: a new figure.

        Returns
        -------
        Axes
            The waterfall.
        """
        return draw_waterfall(self.groups, self.before, self.after, f"{self.name}, {self.objective}", ax)

    def __repr__(self) -> str:
        change = Words.of().signed(float(self.groups["change"].sum()), 1)
        return "\n".join([f"Attribution({self.name}: {change} MUSD)",
                          self.groups.to_string(index=False), *self.notes])  # fmt: skip


def attribute(before: Plan, after: Plan, most: int = 10, progress: Progress | None = None) -> Attribution:
    """Share out the change from one plan to another among groups of the inputs that differ.

    At most ``most`` groups (10 or fewer) are told apart; those that change least by themselves are one group.
    Raises UsageError for another number, and LimitError, SolverError, VerificationError where a set of changes cannot
    be solved to the end.
    """
    if not 1 <= most <= 10:
        raise UsageError(f"groups = {most}; expected a number from 1 to 10: each set of them is solved")
    game = Game(before, after)
    notes = game.barred()
    if not notes:
        groups = by_key((change.group, change) for change in changes(before.case, after.case))
        game.groups = game.largest(groups, most)
        notes = () if groups else ("No figure and no lever differs.",)
    whole, asked, told = 1 << len(game.groups), count(1), progress or silent

    def has_plan(made: int) -> bool:
        told(next(asked), whole)
        return game.worth(game.union(made)) is not None

    found = weights(has_plan, len(game.groups)) if game.groups else NONE
    if game.groups and not found.sets:
        notes = (_in_the_way(game.groups, found.reached),)
        game.groups, found = {}, replace(NONE, share=0.0)
    elif found.share < 1.0:
        notes = (f"{100 * found.share:.4g} % of the orders have a plan at every step; the means are over these.",)
    shares = game.shares([*game.groups], [*game.groups.values()], found.weight, [game.union(at) for at in found.sets])
    return Attribution(versus(before.case, after.case), after.objective.name, before.objective.value,
                       after.objective.value, *shares, found.share, notes, game)  # fmt: skip


def _in_the_way(groups: Groups, reached: int) -> str:
    """What stands in the way where no order has a plan at every step: each of these alone, after those ``reached``."""
    made = [name for g, name in enumerate(groups) if reached >> g & 1]
    alone = [f"{name} ({'; '.join(change.member for change in own)})"
             for g, (name, own) in enumerate(groups.items()) if not reached >> g & 1]  # fmt: skip
    after = f"with {' and '.join(made)} changed " if made else ""
    return f"Nothing is attributed: {after}there is no plan where one of these alone is changed: {'; '.join(alone)}."
