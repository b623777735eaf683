"""What the tariff of a corridor should be: what is moved at each charge, and who would ask what."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from energy_routes.case import Case
from energy_routes.errors import UsageError
from energy_routes.linear import limited
from energy_routes.pack import annotated, in_html
from energy_routes.studies.kinks.ranging import refuse
from energy_routes.studies.kinks.shift import highest_prices
from energy_routes.studies.pictures import draw_charges
from energy_routes.studies.reasons.target import Target, target_of
from energy_routes.studies.study import Progress, Study, silent
from energy_routes.studies.tariffs.corridor import MIDDLE
from energy_routes.studies.tariffs.making import Making
from energy_routes.studies.tariffs.words import Teller
from energy_routes.studies.tariffs.worlds import AS_IT_IS, MOST_OWNERS, owners_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, eq=False, repr=False)
@annotated
class ThroughTariff(Study):
    """What is moved over a corridor at each charge, and what one owner, several, or both sides would ask.

    A charge is paid for each unit at the corridor's own meter, beside unchanged charges elsewhere.  Charges are USD/t
    (USD/1000 m³), volumes Mt (bcm) and money MUSD over the horizon.

    Attributes
    ----------
    case : Case
        The question.
    target : str
        The corridor, such as ``corridor:BTC``.
    name : str
        What people call it.
    unit, money : str
        Of volumes and of charges.
    owners : int
        How many set a charge of their own at most.
    demand : DataFrame
        What is moved: world (as it is, an outage, a cap), contracts (with, without), from and to (the charge; infinite
        at last), volume (on which the charge is paid: what a build adds at a tariff of its own is not in it), gain (of
        the shipper at ``to``, over having no corridor).
    kinks : DataFrame
        Where the volume of the case as it is changes: at (``to`` where several are too close to be told apart), the
        volume below and above, enters and leaves (routes that have more and less above it).
    charges : DataFrame
        By level of the real costs (low, middle, high; middle alone where they are published) what each charge brings:
        what (today, real cost, agreed, together, break-even), charge, volume, carriers (what is earned above real
        costs), shipper (what is gained over having no corridor).  ``together``: one owner of all.  ``agreed``: the Nash
        point of carriers and shipper.
    apart : DataFrame
        Where separate owners come to rest: owners, charge, volume, least and most (what one of them earns a unit there,
        over all splits that hold), carriers, lost (what setting it together is worth to all of them), lost_each,
        shipper_lost.
    bands : DataFrame
        P10, P50 and P90 over draws of what stands in ``charges`` of the case as it is, and in how many it was found.
    answer : tuple of str
        The same in sentences.
    notes : tuple of str
        What a reader must know, and what is not said because it turns within a band.
    """

    case: Case
    target: str
    name: str
    unit: str
    money: str
    owners: int
    demand: pd.DataFrame
    kinks: pd.DataFrame
    charges: pd.DataFrame
    apart: pd.DataFrame
    bands: pd.DataFrame
    answer: tuple[str, ...]
    notes: tuple[str, ...]
    stem: ClassVar = "tariff"
    head: ClassVar = ("target", "name", "unit", "money", "owners", "answer", "notes")
    tables: ClassVar = ("demand", "kinks", "charges", "apart", "bands")

    def __repr__(self) -> str:
        return f"ThroughTariff({self.case.name!r}, {self.target}: {self.demand['world'].nunique()} worlds)"

    def _repr_html_(self) -> str:
        return f"<p>{'. '.join(self.answer)}</p>" + in_html(self.charges)

    def plot(self, ax: Axes | None = None, world: str = AS_IT_IS) -> Axes:
        """What is moved at each charge, with contracts and without, and the charges that are told.

        Parameters
        ----------
        ax : Axes or None
            Axes of yours; None: new ones.
        world : str
            Which of the worlds of ``demand``.

        Returns
        -------
        Axes
            The axes.

        Raises
        ------
        UsageError
            There is no such world.
        """
        if world not in set(self.demand["world"]):
            raise UsageError(f"world {world!r}: expected one of {', '.join(self.demand['world'].unique())}")
        demand, charges = (table[table["world"] == world] for table in (self.demand, self.charges))
        middle = charges[(charges["level"] == MIDDLE) & (charges["contracts"] == charges["contracts"].iloc[-1])]
        title = f"{self.case.name}, {world}: what {self.name} moves"
        return draw_charges(demand, middle, title, (self.unit, self.money), ax)


@annotated
def through_tariff(
    case: Case, corridor: str, *, owners: int | None = None, outage: Mapping[str, float] | None = None,
    cap: Mapping[str, float | str] | None = None, operating_share: float | None = None, draws: int = 0, seed: int = 1,
    progress: Progress | None = None, time_limit: float | None = None,
) -> ThroughTariff:  # fmt: skip
    """What a corridor moves at each charge, and what one owner, separate owners, or carriers and shipper would ask.

    The demand is exact: the optimum is convex and piecewise linear in the charge, its slope is the volume.  At a kink
    the upper volume counts, so that a best charge exists.  It is read twice, with contracts and without; each with the
    case as it is, under an outage elsewhere, and under a cap.

    Parameters
    ----------
    case : Case
        The question.
    corridor : str
        ``BTC``, ``corridor:BTC``, ``oil/corridor:BTC``; an arc or another group serves, too.
    owners : int or None
        How many set a charge of their own at most, 1 to 10; None: the payees of its tariffs, and at least 2.
    outage : mapping of str to float or None
        What is lost (as in :meth:`Case.outage`) and the share that is left; None: half of the largest other
        corridor; empty: there is no such world.
    cap : mapping of str to float or str, or None
        The share of a group at most, ``{"transit:RU": "80 %"}`` or 0.8; None: a tenth less volume through the largest
        transit country, where exports may fall; empty: there is no such world.
    operating_share : float or None
        The share of a tariff that is real cost where none is published; None: as the pack has it.
    draws : int
        Draws of doubtful figures over which bands are told; 0: none.
    seed : int
        Of the draws.
    progress : callable or None
        It is told the readings and draws done, and all.
    time_limit : float or None
        Seconds for all of it; None: no limit.

    Returns
    -------
    ThroughTariff
        Tables, and the answer in sentences.

    Raises
    ------
    UsageError
        Nothing is called so, or it is measured on no arc; real costs are not known; policy.cvar or policy.max_hhi is
        set.
    InfeasibleError, UnboundedError, LimitError, SolverError
        The case has no plan, or the solver ended without an answer.

    References
    ----------
    A. Cournot, Recherches sur les principes mathématiques de la théorie des richesses (1838), chapter IX.
    J. F. Nash, "The bargaining problem", Econometrica 18 (1950), doi:10.2307/1907266.

    Examples
    --------
    >>> import energy_routes as er
    >>> found = er.through_tariff(er.load("oil-2024"), "BTC", operating_share=0.25)
    >>> round(float(found.demand["to"][0]), 2)
    45.24
    """
    if owners is not None and not 1 <= owners <= MOST_OWNERS:
        raise UsageError(f"owners = {owners}: expected 1 to {MOST_OWNERS}")
    if draws < 0:
        raise UsageError(f"draws = {draws}: expected 0 or more")
    refuse(case, "cvar", "max_hhi")
    with limited(time_limit):
        target = _target(case, corridor)
        made = Making(case, target, owners or owners_of(case, target), outage, cap, operating_share, draws, seed,
                      progress or silent)  # fmt: skip
        family = case.network.families[target.family]
        highest = float(highest_prices(case, target.family).max())
        teller = Teller(target.name, family.volume_unit, family.price_name, highest)
        answer = made.told(teller)
        return ThroughTariff(
            case, target.label, target.name, family.volume_unit, family.price_name, made.owners, made.demand(),
            made.kinks(), made.charges(), made.apart(), made.bands(), answer, (*made.notes(), *teller.unsaid),
        )  # fmt: skip


def _target(case: Case, text: str) -> Target:
    """What a reader means: of a name alone the corridor, where there is one."""
    if ":" not in text:
        with suppress(UsageError):
            return _with_arcs(target_of(case, f"corridor:{text}"))
    return _with_arcs(target_of(case, text))


def _with_arcs(target: Target) -> Target:
    if not target.arcs:
        raise UsageError(f"{target.label} is a market, and nobody charges a tariff there: expected a corridor, such as "
                         "corridor:BTC")
    return target
