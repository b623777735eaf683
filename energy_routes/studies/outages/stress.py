"""The N-1 atlas: what each single loss (or pair of losses) strands, moves and costs, worst first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from energy_routes.case import Case, Outage, no_transit, outages_of
from energy_routes.errors import UsageError
from energy_routes.maps import explore
from energy_routes.pack import annotated, check_count, check_list, in_digits, in_html
from energy_routes.studies.curves.steps import stress_steps
from energy_routes.studies.outages.losses import COLUMNS, describe
from energy_routes.studies.outages.shock import Shock, window
from energy_routes.studies.pictures import draw_losses
from energy_routes.studies.study import Progress, Study, silent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from energy_routes.maps import Page

KINDS = ("arc", "corridor", "transit", "chokepoint")
FORESEEN = "To foresee a loss changes nothing where it begins with the first period"
UNPAIRED = "No two of these losses make a pair: two are paired where neither contains the other"
PAIRS = ["what", "kind", "first", "second", "stranded", "loss", "synergy", "stranded_synergy", "unit"]
SLIGHT = 1e-9


@annotated
@dataclass(frozen=True, eq=False, repr=False)
class Stress(Study):
    """What each loss does to a plan.  Volumes in Mt (bcm) over the horizon, money in MUSD; costliest first.

    Attributes
    ----------
    case : Case
        The question.
    outages : DataFrame
        A row a loss: rank, what, kind, name, exposed (planned volume that crosses it while it is out), stranded
        (exports lost), rerouted (the rest of what was exposed, by another way or later) and rerouted_to, home_short,
        loss (netback) and its two parts loss_rerouting and loss_shut_in (see :mod:`energy_routes.solving.prices`),
        days_of_storage (until tanks beyond the break are empty), days_of_room (until tanks before it are full), waived
        (minima elsewhere had to give way), unit.
    pairs : DataFrame
        Two losses together; synergy = loss beyond the sum of both.
    onset : str
        When.
    days : float
        How long.
    netback : float
        Of the plan, MUSD.
    exports : float
        Of the plan, Mt (bcm); undefined where oil and gas are in one case.
    remaining : float
        As asked.
    foreseen : bool
        As asked.
    notes : tuple of str
        What a reader must know.
    """

    case: Case
    outages: pd.DataFrame
    pairs: pd.DataFrame
    onset: str
    days: float
    netback: float
    exports: float
    remaining: float = 0.0
    foreseen: bool = False
    notes: tuple[str, ...] = ()
    stem: ClassVar = "stress"
    head: ClassVar = ("onset", "days", "netback", "exports", "notes")
    tables: ClassVar = ("outages", "pairs")

    def __repr__(self) -> str:
        worst = self.outages.iloc[0] if len(self.outages) else None
        words = "" if worst is None else f"; worst: {worst['name']}, {in_digits(worst['loss'], ',.0f')} MUSD"
        return f"Stress({self.case.name!r}: {len(self.outages)} losses{words})"

    def _repr_html_(self) -> str:
        columns = ["rank", "name", "kind", "exposed", "stranded", "rerouted", "loss", "days_of_storage", "unit"]
        return f"<p><code>{self!r}</code></p>" + in_html(self.outages[columns])

    def explore(self, path: str | Path | None = None, *, lang: str = "en") -> Page:
        """The interactive map of the costliest losses, one a step.

        Parameters
        ----------
        path : str, Path or None
            Where to write it, too (.html).
        lang : {'en', 'ru', 'kk'}
            The language.

        Returns
        -------
        Page
            The page.

        Raises
        ------
        UsageError
            The case holds oil and gas, or the language is unknown.
        DataError
            A place or a line of the pack is not where its row says.
        """
        plan, steps = stress_steps(self, lang)
        return explore(plan, path, steps=steps, lang=lang)

    def plot(self, ax: Axes | None = None, top: int = 15) -> Axes:
        """Bars of what the costliest losses strand and cost.

        Parameters
        ----------
        ax : Axes or None
            Axes of yours; None: new ones.
        top : int
            How many losses.

        Returns
        -------
        Axes
            The axes.

        Raises
        ------
        UsageError
            ``top`` is below 1.
        """
        check_count("top", top, 1)
        return draw_losses(self.outages, self.case.title or self.case.name, ax, top)


@annotated
def stress(
    case: Case,
    kinds: Sequence[str] = KINDS,
    *,
    k: int = 1,
    onset: str | None = None,
    days: float | None = None,
    remaining: float = 0.0,
    foreseen: bool = False,
    progress: Progress | None = None,
) -> Stress:
    """Lose every arc and group that the plan of a case uses, one at a time.

    Exports are free, caps are off, and no well gives more than planned.  Before the onset flows and stocks are the
    plan's. Of a case with oil and gas each family is struck by itself, a row (with its unit) for each that a loss
    touches.

    Parameters
    ----------
    case : Case
        The question.
    kinds : sequence of str
        'arc', a kind of group, or one loss such as 'corridor:CPC' or 'arc:BTC & transit:RU'.
    k : {1, 2}
        2: in pairs, too.
    onset : str or None
        The period with which the loss begins; None: that which exports most.
    days : float or None
        How long it lasts; None: that period.
    remaining : float
        The share of the capacity that is left, 0 to 1.
    foreseen : bool
        Whether flows and stocks may change before the onset.
    progress : callable or None
        It is told the losses done, and all.

    Returns
    -------
    Stress
        The losses, costliest first.

    Raises
    ------
    UsageError
        Nothing is to be lost, or one thing twice; a kind, an onset or a length is none of the case, or its objective is
        not the netback.
    InfeasibleError, UnboundedError, LimitError, SolverError
        The case itself has no plan, or the solver ended without an answer.
    """
    if k not in (1, 2):
        raise UsageError(f"k = {k}: 1 (single losses) or 2 (pairs as well) is expected")
    check_list("kinds", kinds)
    names = [name if ":" in name else f"single:{name}" for name in kinds]
    if len(case.families) > 1:
        return _by_family(case, names, k=k, onset=onset, days=days, remaining=remaining, foreseen=foreseen,
                          progress=progress)  # fmt: skip
    outages = outages_of(case.network, names, case.periods, remaining)
    at, struck, length = window(case, onset, days)
    shock = Shock(case, 0 if foreseen else at)
    used = [outage for outage in outages if shock.carried(outage, struck, shock.plan) > SLIGHT]
    pairs = list(_pairs(used)) if k == 2 else []
    told, total = progress or silent, len(used) + len(pairs)
    singles = {}
    for done, outage in enumerate(used, 1):
        singles[outage.name] = describe(shock, outage, struck, at)
        told(done, total)
    together = []
    for done, (first, second, both) in enumerate(pairs, len(used) + 1):
        row = describe(shock, both, struck, at, parted=False)
        together.append(_pair(row, singles[first.name], singles[second.name]))
        told(done, total)
    exports = float(shock.space.exports.value(shock.plan).sum())
    notes = (*_notes(case, [one for one in outages if one.name in names], used), *_part_of_a_period(case, struck),
             *([FORESEEN] if foreseen and at == 0 else []), *([UNPAIRED] if k == 2 and not pairs else []))  # fmt: skip
    return Stress(case, _ranked([*singles.values()]), _by_synergy(together), case.periods[at].label, length,
                  shock.netback, exports, remaining, foreseen, notes)


def _notes(case: Case, named: Sequence[Outage], used: Sequence[Outage]) -> tuple[str, ...]:
    """Which losses that were asked about by name change nothing; what is sold in a country that is shut."""
    notes = [f"No {case.families[0]} crosses {one.name} in the plan: its loss changes nothing" for one in named
             if one not in used]
    for name in dict.fromkeys(one.name for one in (*named, *used)):
        kind, _, group = name.partition(":")
        notes += no_transit(case.network, kind, group, None)
    return tuple(notes)


def _part_of_a_period(case: Case, struck: Mapping[str, float]) -> tuple[str, ...]:
    """That a plan does not tell the days of a period apart, so that the others make up for those that are lost."""
    period, share = next((period, struck[period.label]) for period in reversed(case.periods) if period.label in struck)
    if share >= 1.0:
        return ()
    finer = "" if period.month else ". A model of months tells more (periods = \"month\" in a model file)"
    return (f"The loss takes {share * period.days:.3g} of the {period.days} days of {period.label}. The plan lets the "
            f"other days make up for them, so it may cost more than is told{finer}",)


def _by_family(case: Case, names: Sequence[str], **options: Any) -> Stress:
    """The atlases of the families alone, in one: nothing but a policy's caps ties them, and these are off."""
    alone = {family: case.of_family(family) for family in case.families}
    known = {family: [name for name in names if _is_of(own, name)] for family, own in alone.items()}
    for name in names:
        if not any(name in own for own in known.values()):
            outages_of(alone[case.families[0]].network, [name], case.periods)  # says what is wrong
    found = [stress(alone[family], own, **options) for family, own in known.items() if own]
    rows, pairs = (
        [row for part in found for row in getattr(part, table).to_dict("records")] for table in ("outages", "pairs")
    )
    onset = " / ".join(dict.fromkeys(part.onset for part in found))
    netback = sum(part.netback for part in found)
    netback += sum(Shock(alone[family], 0).netback for family, own in known.items() if not own)
    notes = tuple(dict.fromkeys(note for part in found for note in part.notes))
    return Stress(case, _ranked(rows), _by_synergy(pairs), onset, found[0].days, netback, float("nan"),
                  found[0].remaining, found[0].foreseen, notes)


def _is_of(case: Case, name: str) -> bool:
    """Whether a loss is one of the family of a case."""
    try:
        outages_of(case.network, [name], case.periods)
    except UsageError:
        return False
    return True


def _pairs(used: Sequence[Outage]) -> Iterator[tuple[Outage, Outage, Outage]]:
    """Pairs of losses of which neither contains the other, with the two as one."""
    for first, second in combinations(used, 2):
        if not (set(first.arcs) <= set(second.arcs) or set(second.arcs) <= set(first.arcs)):
            arcs = tuple(dict.fromkeys((*first.arcs, *second.arcs)))
            yield first, second, Outage(f"{first.name} & {second.name}", arcs, first.remaining)


def _pair(both: Mapping[str, Any], first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "what": both["what"], "kind": f"{first['kind']} & {second['kind']}", "first": first["name"],
        "second": second["name"], "stranded": both["stranded"], "loss": both["loss"],
        "synergy": both["loss"] - first["loss"] - second["loss"],
        "stranded_synergy": both["stranded"] - first["stranded"] - second["stranded"], "unit": both["unit"],
    }  # fmt: skip


def _ranked(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Costliest first; a loss that leaves no plan at all comes first of all."""
    frame = pd.DataFrame(list(rows), columns=[c for c in COLUMNS if c != "rank"])
    order = frame.assign(key=-frame["loss"].round(6).fillna(np.inf), more=-frame["stranded"].round(9))
    frame = frame.loc[order.sort_values(["key", "more", "what"], kind="stable").index].reset_index(drop=True)
    frame.insert(0, "rank", np.arange(1, len(frame) + 1))
    return frame


def _by_synergy(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=PAIRS)
    order = frame.assign(key=-frame["synergy"].astype(float).round(6), more=-frame["loss"].astype(float).round(6))
    return frame.loc[order.sort_values(["key", "more", "what"], kind="stable").index].reset_index(drop=True)
