"""Why a route, an arc, a corridor or a market is used as it is, and what would change it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from energy_routes.case import Case
from energy_routes.linear import limited
from energy_routes.pack import annotated, in_html
from energy_routes.solving import compile
from energy_routes.studies.kinks.shift import Asked, or_why
from energy_routes.studies.reasons.inquiry import Inquiry, State
from energy_routes.studies.reasons.routes.named import is_route
from energy_routes.studies.reasons.routes.passage import Passage
from energy_routes.studies.reasons.target import target_of
from energy_routes.studies.reasons.words import sentences
from energy_routes.studies.study import Study


@dataclass(frozen=True, eq=False, repr=False)
class Explanation(Study):
    """What keeps a target out of the plan of a case or in it, and what would change that.

    Volumes are Mt (bcm) over the horizon, money is USD/t (USD/1000 m³).

    Attributes
    ----------
    case : Case
        The question.
    target : str
        What is asked about, such as ``corridor:BTC``; of a route its ids, ``route:KASHAGAN;…;AUGUSTA``.
    name : str
        What people call it.
    unit : str
        Of volumes: Mt, bcm.
    money : str
        Of money: USD/t, USD/1000 m³.
    volume : float
        What it carries, or buys; of a route the most that can have gone the whole way (a marked flow).
    state : str
        ``closed`` (nothing can come there), ``out``, ``used``, or ``full`` (a limit of its own is reached).
    figure : str
        The figure that draws volume to it: its tariff, the price paid there, or a rebate on a whole route.
    now : float
        That figure as it is, on average over the horizon; NaN where several differ, and of a rebate.
    steps : DataFrame
        The break-evens, in rising order, each solved again on both sides (of a route those of the rebate, then the
        nearest of a tariff or price alone): what (the figure), event (in, out, more, less), side (above or below: where
        it happens), at (the figure there; ``to`` where several are too close to be told apart), change (of the figure
        as it is), before and after (volumes of the target on this side and beyond), margin (what a unit on the way
        earns more than elsewhere), enters and leaves (routes beyond), way (a supply, arcs and a market by id: what the
        terms are of).
    terms : DataFrame
        Of each step what makes up its margin, per unit that starts on the way: what and at (the step), kind (a line of
        the netback sheet, capacity, contract, cap, elsewhere), term, value (+ speaks for the target).
    curve : DataFrame
        From, to (the figure), paid_on: the volume that the figure is paid on.
    holds : DataFrame
        Contracts and least volumes that hold volume here: volume, without (what is left without it), without_free (the
        same with a tariff of 0).
    limits : DataFrame
        The limits that it has come to, with what one more of each a year is worth.
    closings : DataFrame
        Of what is closed the arcs of its own that close it: arc, name, why, the edit (path, value) that opens it, and
        options that would build it; none where other limits close every way.
    opened : float
        What it has with these arcs open and as much capacity as is wanted, solved again; NaN where there are none.
    notes : tuple of str
        What a reader must know.
    """

    case: Case
    target: str
    name: str
    unit: str
    money: str
    volume: float
    state: State
    figure: str
    now: float
    steps: pd.DataFrame
    terms: pd.DataFrame
    curve: pd.DataFrame
    holds: pd.DataFrame
    limits: pd.DataFrame
    closings: pd.DataFrame
    opened: float
    notes: tuple[str, ...]
    stem: ClassVar = "explain"
    head: ClassVar = ("target", "name", "unit", "money", "volume", "state", "figure", "now", "opened", "answer",
                      "notes")
    tables: ClassVar = ("steps", "terms", "curve", "holds", "limits", "closings")

    @property
    def answer(self) -> tuple[str, ...]:
        """The same in sentences."""
        return tuple(sentences(self))

    def __repr__(self) -> str:
        return f"Explanation({self.case.name!r}, {self.target}: {self.volume:.3g} {self.unit}, {self.state})"

    def _repr_html_(self) -> str:
        return f"<p>{' '.join(self.answer)}</p>" + in_html(self.steps)


@annotated
def explain(case: Case, target: str, time_limit: float | None = None) -> Explanation:
    """What keeps a target out of the best plan or in it, by named terms, and the break-evens of its tariff or price.

    Every break-even is solved again on both sides, max(0.1 %, 0.01 USD/t) away; one that this does not confirm is not
    told.  A route has no figure of its own: of one that is empty the rebate is told that would fill it, and of any the
    tariffs on its way, and the price at its end, that alone would bring it in or push it out.

    Parameters
    ----------
    case : Case
        The question.
    target : str
        An arc, corridor, market or other group: ``arc:BTC``, ``oil/transit:RU``, or a name alone; or a route, as the
        plan calls it or by a supply, what it passes and a market: ``KASHAGAN;BTC;AUGUSTA``.
    time_limit : float or None
        Seconds for all of it; None: no limit.

    Returns
    -------
    Explanation
        What was found.

    Raises
    ------
    UsageError
        Nothing, or more than one way, is called so; or policy.cvar puts money into the rows of the programme.
    InfeasibleError, UnboundedError, LimitError, SolverError
        The case has no plan, or the solver ended without an answer.

    Examples
    --------
    >>> import energy_routes as er
    >>> er.explain(er.load("oil-2024"), "arc:BTC").state
    'full'
    """
    with limited(time_limit):
        of = None if is_route(target) else target_of(case, target)
        known = or_why(case, lambda: _solved(case))
        inquiry = Passage(known, target) if of is None else Inquiry(known, of)
        asked, family = inquiry.target, case.network.families[inquiry.target.family]
        return Explanation(
            case, asked.label, asked.name, family.volume_unit, family.price_name, inquiry.volume, inquiry.state,
            asked.shift.words, inquiry.curve.now, inquiry.steps, inquiry.terms, inquiry.pieces, inquiry.holds,
            inquiry.limits, inquiry.closings, inquiry.opened, inquiry.notes,
        )  # fmt: skip


def _solved(case: Case) -> Asked:
    """A case laid out, whose optimum is known."""
    asked = Asked(compile(case), case)
    _ = asked.now
    return asked
