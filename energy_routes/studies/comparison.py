"""Two plans side by side: what was asked differently, and what that changed in volumes, money and limits."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from energy_routes.answer import Answer, Shown, Words, answer_of, families_of
from energy_routes.case import ALL
from energy_routes.errors import InfeasibleError, UsageError
from energy_routes.maps import compare_figure, explore
from energy_routes.network import Names
from energy_routes.plan import Plan, check_meaning, corridor_rows
from energy_routes.solving import Cost, Yardstick, stated

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from energy_routes.maps import Page

VISIBLE = 0.005


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """What ``after`` does otherwise than ``before``.

    Every table but the edits has columns before, after, change and unit.  ``change`` is undefined where only one of the
    plans deals with a row's family: oil is not taken from gas.

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
    """

    before: Plan
    after: Plan
    edits: pd.DataFrame
    totals: pd.DataFrame
    corridors: pd.DataFrame
    ledger: pd.DataFrame
    waivers: pd.DataFrame

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
        return compare_figure(self.before, self.after, path, period=period, ax=ax, title=title, lang=lang)

    def __repr__(self) -> str:
        return "\n".join([f"{self.after.case.name} against {self.before.case.name}", *self.sentences()])

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
        return explore(self.before, path, other=self.after, lang=lang)

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


def compare(before: Plan, after: Plan) -> Comparison:
    """Set two plans side by side.

    Parameters
    ----------
    before, after : Plan
        Plans of one horizon.

    Returns
    -------
    Comparison
        What the second does otherwise.

    Raises
    ------
    UsageError
        Their periods or the meaning of their tables differ.

    Examples
    --------
    >>> import energy_routes as er
    >>> case = er.load("oil-2024")
    >>> str(er.compare(er.solve(case), er.solve(case.without("BTC"))).edits["target"].iloc[0])
    'arc:BTC'
    """
    check_meaning(before, after)
    if before.case.periods != after.case.periods:
        raise UsageError(
            f"{before.case.name} and {after.case.name} have different periods; compare plans of one horizon"
        )
    return Comparison(
        before, after, _edits(before, after), _totals(before, after), _corridors(before, after), _ledger(before, after),
        _waivers(before, after),
    )  # fmt: skip


def _joined(before: pd.Series[float], after: pd.Series[float]) -> pd.DataFrame:
    both = pd.DataFrame({"before": before, "after": after}).fillna(0.0)
    return both.assign(change=both["after"] - both["before"])


def _edits(before: Plan, after: Plan) -> pd.DataFrame:
    old, new = before.case.edits, after.case.edits
    rows = [("only before", e) for e in old if e not in new] + [("only after", e) for e in new if e not in old]
    columns = ["where", "target", "field", "change", "periods", "reason", "source"]
    return pd.DataFrame(
        [
            (where, e.target, e.field, e.written or f"{e.op} {e.value}", ";".join(e.periods), e.reason, e.source)
            for where, e in rows
        ],
        columns=columns,
    )


def _totals(before: Plan, after: Plan) -> pd.DataFrame:
    both = families_of(before) == families_of(after)
    money = _joined(pd.Series({"netback": before.netback}), pd.Series({"netback": after.netback})).assign(unit="MUSD")
    units = before.case.network.units("volume") | after.case.network.units("volume")
    parts = [money if both else money.assign(change=float("nan"))]
    for name in ("exports", "shut_in"):
        table = _joined(getattr(before, name), getattr(after, name))
        table = _of_both(table, table.index, before, after).assign(unit=table.index.map(units))
        table.index = pd.Index([f"{name.replace('_', '-')} of {family}" for family in table.index])
        parts.append(table)
    return pd.concat(parts).rename_axis("what").reset_index()


def _corridors(before: Plan, after: Plan) -> pd.DataFrame:
    def volumes(plan: Plan) -> pd.Series[float]:
        chosen = corridor_rows(plan.groups).query("period == 'total'")
        return chosen.set_index(["name", "unit", "family"])["volume"]

    table = _joined(volumes(before), volumes(after)).rename_axis(["corridor", "unit", "family"]).reset_index()
    return _of_both(table.drop(columns="family"), table["family"], before, after)


def _ledger(before: Plan, after: Plan) -> pd.DataFrame:
    keys = ["term", "family"]
    table = _joined(*(plan.ledger.set_index(keys)["value"] for plan in (before, after)))
    order = pd.MultiIndex.from_frame(pd.concat([before.ledger[keys], after.ledger[keys]]).drop_duplicates())
    table = table.loc[order].reset_index().assign(unit="MUSD")
    return _of_both(table, table["family"], before, after)


def _waivers(before: Plan, after: Plan) -> pd.DataFrame:
    """The contracts of which force majeure waives another part than before, with the money that goes with it."""
    columns = ["contract", "name", "before", "after", "change", "money", "unit"]
    called = Names(after.case.network.tables).target
    found = [{str(w["where"]): w for w in plan.warnings if w["code"] == "force_majeure" and "money" in w}
             for plan in (before, after)]  # fmt: skip
    rows = []
    for where in dict.fromkeys([*found[0], *found[1]]):
        old, new = (side.get(where, {"volume": 0.0, "money": 0.0}) for side in found)
        unit = next(side[where]["unit"] for side in found if where in side)
        change = new["volume"] - old["volume"]
        volumes = (old["volume"], new["volume"], change)
        rows.append((where, called.get(where, where), *volumes, new["money"] - old["money"], unit))
    table = pd.DataFrame(rows, columns=columns)
    return table[table["change"].abs() >= VISIBLE].reset_index(drop=True)


def _waived(row: Mapping[Hashable, Any]) -> str:
    """``"force majeure waives 1.50 Mt of ship-or-pay KMG / SOCAR (87.75 MUSD not owed)"``."""
    less, size = row["change"] < 0, f"{abs(row['change']):,.2f} {row['unit']}"
    verb = f"no longer waives {size}" if less else f"waives {size}"
    money = f" ({abs(row['money']):,.2f} MUSD {'owed again' if less else 'not owed'})"
    return f"force majeure {verb} of {row['name']}" + (money if abs(row["money"]) >= VISIBLE else "")


def _of_both(table: pd.DataFrame, family: Iterable[str], before: Plan, after: Plan) -> pd.DataFrame:
    """The table without a change where only one plan deals with a row's family: oil is not taken from gas."""
    known = {*families_of(before)} & {*families_of(after)} | {ALL}
    return table.assign(change=table["change"].where(np.array([name in known for name in family], dtype=bool)))
