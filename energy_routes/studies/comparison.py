"""Two plans side by side: what was asked differently, and what that changed in volumes, money and limits."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from energy_routes.answer import Answer, Shown, Words, answer_of
from energy_routes.errors import InfeasibleError, UsageError
from energy_routes.maps import compare_figure, explore
from energy_routes.network import Names
from energy_routes.pack import annotated, months_of, written
from energy_routes.plan import Plan, check_meaning
from energy_routes.results import write_sheets
from energy_routes.solving import Cost, Yardstick, stated
from energy_routes.studies.bands import both_banded
from energy_routes.studies.differences import side_by_side
from energy_routes.studies.differences.attribution import Attribution, attribute
from energy_routes.studies.differences.inputs import versus
from energy_routes.studies.study import Progress, Study
from energy_routes.studies.sweeps.workers.workers import Workers

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from energy_routes.maps import Page

VISIBLE = 0.005


@annotated
@dataclass(frozen=True, eq=False, repr=False)
class Comparison(Study):
    """What ``after`` does otherwise than ``before``.

    Every table but the edits has columns before, after, change and unit.  ``change`` is undefined where only one of the
    plans deals with a row's family: oil is not taken from gas.  All are of the whole horizon of each plan.

    Attributes
    ----------
    before, after : Plan
        The plans.
    edits : DataFrame
        The changes laid over the data in one case and not in the other.
    totals : DataFrame
        Netback (MUSD), exports and shut-in by family (Mt, bcm).
    corridors : DataFrame
        Volumes by corridor, Mt or bcm.
    ledger : DataFrame
        The terms of the objective, MUSD; their changes sum to the netback's.
    waivers : DataFrame
        Of each contract, what force majeure waives (Mt, bcm), and the ``money`` (MUSD) not owed for the change.
    bands : DataFrame
        How sure the change is, where draws were solved: ``value`` of the plans as stated, ``p10``, ``p50``, ``p90``,
        and the share of draws with ``more`` and ``less``, of netback, exports and corridors.  A draw of the figures is
        the same in both cases; ``plans`` of the ``draws`` have a plan in both.
    """

    before: Plan
    after: Plan
    edits: pd.DataFrame
    totals: pd.DataFrame
    corridors: pd.DataFrame
    ledger: pd.DataFrame
    waivers: pd.DataFrame
    bands: pd.DataFrame
    stem: ClassVar = "comparison"
    tables: ClassVar = ("totals", "corridors", "volumes", "ledger", "prices", "limits", "waivers", "edits", "bands")

    def _head(self) -> dict[str, Any]:
        return {
            "before": self.before.case.name, "after": self.after.case.name,
            "objective": {"name": self.after.objective.name, "before": self.before.objective.value,
                          "after": self.after.objective.value, "unit": "MUSD"},
            "notes": self.notes,
        }  # fmt: skip

    @cached_property
    def volumes(self) -> pd.DataFrame:
        """Volumes of the horizon: groups of each kind, arcs, supplies and obligations, a row each; Mt or bcm.

        Returns
        -------
        DataFrame
            kind, id, name, family, before, after, change, unit.
        """
        return self._of_both(side_by_side.volumes(self.before, self.after))

    @cached_property
    def prices(self) -> pd.DataFrame:
        """Unit values: the mean netback by corridor, the mean price by market, the worth of one more at each field.

        Returns
        -------
        DataFrame
            kind, id, name, family, before, after, change, unit (USD/t, USD/1000 m³); undefined where nothing moves.
        """
        return self._of_both(side_by_side.prices(self.before, self.after))

    @cached_property
    def limits(self) -> pd.DataFrame:
        """The limits that bind in either plan, and what one more a year of each is worth; the largest change first.

        Returns
        -------
        DataFrame
            kind, target, name, family, side, before, after, change, unit, ``binds`` (before, after, both), note.
        """
        return self._of_both(side_by_side.limits(self.before, self.after))

    def _of_both(self, table: pd.DataFrame) -> pd.DataFrame:
        return side_by_side.of_both(table, table["family"], self.before, self.after)

    @property
    def notes(self) -> list[str]:
        """What is to be borne in mind: different periods, or different objectives.

        Returns
        -------
        list of str
            A sentence each.
        """
        old, new, found = self.before, self.after, []
        if old.case.periods != new.case.periods:
            found.append(f"The periods differ: {old.case.span} before, {new.case.span} after; "
                         "each number is of the whole of its own.")
            if months_of(old.case.periods) == months_of(new.case.periods):
                found.append("Prices of months are not those of a year: a part of the change is theirs. Give both "
                             "sides the same periods.")
        if old.objective.name != new.objective.name:
            found.append(f"What is sought differs: {old.objective.name} before, {new.objective.name} after.")
        return found

    def differences(self, tolerance: float = 0.0) -> pd.DataFrame:
        """The numbers that are not the same, money first.

        Parameters
        ----------
        tolerance : float
            Two numbers are the same up to this share of the larger of them, or of 1 where both are smaller.

        Returns
        -------
        DataFrame
            table, what, family, before, after, unit.

        Raises
        ------
        UsageError
            The tolerance is below 0 or no number.
        """
        if not 0 <= tolerance < float("inf"):
            raise UsageError(f"tolerance = {tolerance:g}; expected 0 or more")
        sought = pd.DataFrame({"what": [self.after.objective.name], "before": [self.before.objective.value],
                               "after": [self.after.objective.value], "unit": ["MUSD"]})  # fmt: skip
        names = ("totals", "corridors", "ledger", "volumes", "prices", "limits")
        return side_by_side.differing({"objective": sought} | {name: getattr(self, name) for name in names}, tolerance)

    def explain(self, groups: int = 10, progress: Progress | None = None) -> Attribution:
        """Share out the change of the objective and of the ledger among the inputs that differ.

        Each set of groups of inputs is solved from the case before: two to the power of their number.  What a group
        brings is the mean of its step over all orders in which they can be changed (the Shapley value).  The shares add
        up to the change.  Where some sets have no plan, the mean is over the orders that avoid them.

        Parameters
        ----------
        groups : int
            How many are told apart at most, 1 to 10; those that change least by themselves are one.
        progress : callable or None
            It is told the sets solved and all.

        Returns
        -------
        Attribution
            Without rows, and with a note that says why, where periods, packs or families differ.

        Raises
        ------
        UsageError
            The number of groups is not from 1 to 10.
        LimitError, SolverError, VerificationError
            A set of changes could not be solved to the end.

        References
        ----------
        L. S. Shapley, "A value for n-person games", Contributions to the Theory of Games II (1953),
        doi:10.1515/9781400881970-018.
        """
        return attribute(self.before, self.after, groups, progress)

    def write(self, file: str | Path, attribution: Attribution | None = None) -> Path:
        """Write a workbook of the differences: a sheet a table.

        Parameters
        ----------
        file : str or Path
            An .xlsx.
        attribution : Attribution or None
            Its tables are sheets, too.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        UsageError
            The file has another suffix, or cannot be written.
        """
        place = Path(file)
        if place.suffix.lower() != ".xlsx":
            raise UsageError(f"{place}: a workbook of differences can be written as .xlsx")
        about = [("before", self.before.case.name), ("after", self.after.case.name),
                 *(("note", note) for note in self.notes)]  # fmt: skip
        sheets = {"about": pd.DataFrame(about, columns=["what", "is"])}
        sheets |= {name: getattr(self, name) for name in self.tables}
        if attribution is not None:
            sheets |= {"attribution": attribution.groups, "attribution terms": attribution.terms,
                       "attribution notes": pd.DataFrame({"note": list(attribution.notes)}, dtype=object)}  # fmt: skip
        with written(place) as new:
            write_sheets(sheets, new)
        return place

    def plot(self, path: str | Path | None = None, *, period: str | None = None, ax: Axes | None = None,
             title: str | None = None, lang: str = "en") -> Figure:
        """A slide of before, after, the change and what changes most.

        Parameters
        ----------
        path : str, Path or None
            Where to write it, too: .png, .svg or .pdf.
        period : str or None
            One period or year; None: the horizon.
        ax : Axes or None
            Axes of yours, into which the map of the change alone is drawn.
        title : str or None
            In place of the answer.
        lang : {'en', 'ru', 'kk'}
            The language.

        Returns
        -------
        Figure
            The figure.

        Raises
        ------
        UsageError
            The period, the suffix or the language is unknown.
        DataError
            A place or a line of the pack is not where its row says.
        """
        return compare_figure(self.before, self.after, path, period=period, ax=ax, title=title, lang=lang,
                              bands=self.bands)

    def __repr__(self) -> str:
        return "\n".join([self.title, *self.sentences()])

    @property
    def title(self) -> str:
        """What is compared with what.

        Returns
        -------
        str
            Both names; where they are one, the changed one with what is changed.
        """
        return versus(self.before.case, self.after.case)

    @cached_property
    def cost(self) -> Cost | None:
        """The netback lost, by re-routing and by shutting in (see :mod:`energy_routes.solving.prices.premium`).

        None where ``before`` is itself under caps, security or futures: it has no best without them.  Solves once.
        """
        policy = self.before.case.policy
        if policy.asked or policy.cvar is not None or policy.objective != "netback":
            return None
        try:
            yardstick = Yardstick(*stated(self.before.case))
        except InfeasibleError:
            return None
        lifted = self.after.supplies.set_index(["supply", "period"])["lifted"]
        labels = pd.MultiIndex.from_frame(yardstick.space.lifted.axis.frame[["supply", "period"]])
        return yardstick.cost(self.after.netback, lifted.reindex(labels).fillna(0.0).to_numpy(dtype=float))

    def explore(self, path: str | Path | None = None, *, lang: str = "en") -> Page:
        """The interactive map of before, after and change.

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
            The language is unknown.
        DataError
            A place or a line of the pack is not where its row says.
        """
        return explore(self.before, path, other=self.after, lang=lang, bands=self.bands)

    @cached_property
    def answer(self) -> Answer:
        """What became of the subject of ``after`` against ``before``."""
        return answer_of(self.after, self.before)

    def sentences(self) -> list[str]:
        """The comparison in words.

        Returns
        -------
        list of str
            The answer, then what changes.
        """
        words = Words.of()
        return [self.answer.sentence(words), *self.changes(words)]

    def waived(self) -> list[str]:
        """What force majeure waives of a contract in the one plan and not in the other, with the money not owed.

        Returns
        -------
        list of str
            A sentence a contract.
        """
        return [_waived(row) for row in self.waivers.to_dict("records")]

    def changes(self, words: Words, shown: Shown | None = None) -> list[str]:
        """What changes, in words.

        Parameters
        ----------
        words : Words
            The language.
        shown : Shown or None
            The units of volumes; None: Mt and bcm.

        Returns
        -------
        list of str
            Each total and corridor that changes, signed; beside the netback what it lost by, and what is waived.
        """
        found = self.answer.changes(words, shown)
        kept = self.answer.change.families if self.answer.change else {}
        if found and found[0].startswith(words("kpi.netback").lower()) and any(
            own.shut_in >= VISIBLE for own in kept.values()
        ):
            found[0] += self._parts(words)
        found[1:1] = self.waived()
        return found

    def _parts(self, words: Words) -> str:
        """The cost by shutting in and by re-routing, in brackets; blank where it cannot be parted."""
        cost = self.cost if self.answer.change and self.answer.change.money is not None else None
        if cost is None or cost.shut_in != cost.shut_in:
            return ""
        return f" ({words.money(cost.shut_in)} by shutting in, {words.money(cost.rerouting)} by re-routing)"


@annotated
def compare(
    before: Plan,
    after: Plan,
    draws: int = 0,
    *,
    seed: int = 1,
    workers: Workers | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Set two plans side by side.

    Parameters
    ----------
    before, after : Plan
        Solved or saved.
    draws : int
        How many draws of their figures are solved for bands, of the plans and of the change.
    seed : int
        The same seed gives the same draws.
    workers : Workers or None
        Who solves them; None: this process.
    progress : callable or None
        It is told the draws done, and all.

    Returns
    -------
    Comparison
        What the second does otherwise.

    Raises
    ------
    UsageError
        One was saved by a version whose tables mean something else; or draws are asked for, and a plan has constraints
        of your own.
    VerificationError
        A draw that was solved anew, for a check, has another answer.

    Examples
    --------
    >>> import energy_routes as er
    >>> case = er.load("oil-2024")
    >>> str(er.compare(er.solve(case), er.solve(case.without("BTC"))).edits["target"].iloc[0])
    'arc:BTC'
    """
    check_meaning(before, after)
    before, after, bands = both_banded(before, after, draws, seed, workers, progress)
    tables = (table(before, after) for table in (side_by_side.edits, side_by_side.totals, side_by_side.corridors,
                                                 side_by_side.ledger, _waivers))  # fmt: skip
    return Comparison(before, after, *(*tables, bands))


def _waivers(before: Plan, after: Plan) -> pd.DataFrame:
    """The contracts of which force majeure waives another part than before, with the money that goes with it."""
    columns = ["contract", "name", "before", "after", "change", "money", "unit"]
    called = Names(after.case.network.tables).target
    found = [{str(w["where"]): w for w in plan.warnings if w["code"] == "force_majeure" and "money" in w}
             for plan in (before, after)]  # fmt: skip
    rows = []
    for where in dict.fromkeys([*found[0], *found[1]]):
        old, new = (side.get(where, {"volume": 0.0, "money": 0.0, "unit": ""}) for side in found)
        rows.append((where, called.get(where, where), old["volume"], new["volume"], new["volume"] - old["volume"],
                     new["money"] - old["money"], new["unit"] or old["unit"]))  # fmt: skip
    table = pd.DataFrame(rows, columns=columns)
    return table[table["change"].abs() >= VISIBLE].reset_index(drop=True)


def _waived(row: Mapping[Hashable, Any]) -> str:
    """``"force majeure waives 1.50 Mt of ship-or-pay KMG / SOCAR (87.75 MUSD not owed)"``."""
    less, size = row["change"] < 0, f"{abs(row['change']):,.2f} {row['unit']}"
    verb = f"no longer waives {size}" if less else f"waives {size}"
    money = f" ({abs(row['money']):,.2f} MUSD {'owed again' if less else 'not owed'})"
    return f"force majeure {verb} of {row['name']}" + (money if abs(row["money"]) >= VISIBLE else "")
