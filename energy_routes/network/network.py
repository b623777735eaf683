"""A frozen network: checked tables, and the edits laid over them.

A number of a table is found, for a month, by one rule (the same that :mod:`energy_routes.audit` follows in its own
code): the base column; over it a dated year row of ``values`` (``2024``); over that a season row (``*-03``); over
that a month row (``2024-03``); then the edits, in the order given (set, scale, add).  A year has the mean of its months
over their days, where figures multiply the mean of the product.  Nothing is written into the tables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from energy_routes.errors import DataError, Fault, UsageError, refuse
from energy_routes.network.added_route import AddedRoute, refuse_uncounted, with_arcs
from energy_routes.network.edit import (
    CHOICES,
    TRUTH,
    Edit,
    opening,
    out_of_range,
    parse_target,
)
from energy_routes.network.merge import Stack
from energy_routes.pack import (
    TABLES,
    Family,
    Pack,
    Period,
    a_year,
    annotated,
    check_kind,
    figure,
    in_order,
    inner_unit,
    listed,
    means,
    months_of,
    nearest,
    offered,
    time_of,
)

Matrix = NDArray[np.float64]

@annotated
@dataclass(frozen=True, repr=False)
class Network:
    """Packs of facts and the edits over them.  Every method returns a new network.

    Attributes
    ----------
    packs : tuple of Pack
        The facts, as read.
    edits : tuple of Edit
        What is laid over them, in order.
    """

    packs: tuple[Pack, ...]
    edits: tuple[Edit, ...] = field(default=())
    _stack: Stack = field(default=Stack(()), compare=False)  # goes with the packs to networks of other edits

    def __post_init__(self) -> None:
        if self._stack.packs is not self.packs:
            check_kind(Network, "packs", self.packs, tuple[Pack, ...])
            if not self.packs:
                raise UsageError("Network: packs = []; expected one at least. er.read_pack(folder) makes one.")
            object.__setattr__(self, "_stack", Stack(self.packs))

    def __repr__(self) -> str:
        return f"Network({', '.join(map(repr, self.packs))}; edits: {len(self.edits)})"

    @cached_property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """The canonical tables of all packs, one under another; inner units; true or false as the edits say.

        Raises
        ------
        DataError
            Two packs use one name for different things.
        """
        out = dict(self._stack.tables)
        for edit in self.edits:
            if CHOICES.get((edit.table, edit.field)) == TRUTH:
                hit = np.array([key == edit.id for key in self._stack.keys(edit.table)], dtype=bool)
                told = out[edit.table][edit.field].where(~hit, edit.value == "true")
                out[edit.table] = out[edit.table].assign(**{edit.field: told.astype(bool)})
        return out

    @property
    def unrecorded(self) -> Network:
        """The same packs and edits, in a network whose figures are plain numbers: those of a structure are recorded."""
        return Network(self.packs, self.edits, self._stack)

    @cached_property
    def families(self) -> dict[str, Family]:
        """The families of the packs by id: oil and gas first, then in the order of the packs."""
        return {family.id: family for family in in_order(pack.family for pack in self.packs)}

    def units(self, dimension: Literal["rate", "volume", "unit_value"]) -> dict[str, str]:
        """The inner unit of each family.

        Parameters
        ----------
        dimension : {'rate', 'volume', 'unit_value'}
            Of what.

        Returns
        -------
        dict of str to str
            By the id of the family, of oil and gas always.  'all' are the families together, added up by value; '' is a
            rule that names none, and has no unit.
        """
        together = {"rate": "MUSD/y", "volume": "MUSD", "unit_value": "USD/USD"}[dimension]
        own = {family.id: inner_unit(dimension, family) for family in listed(self.families.values())}
        return {**own, "all": together, "": ""}

    def family_of(self, table: str) -> Mapping[str, str]:
        """The family of each row of a table.

        Parameters
        ----------
        table : str
            A table of the schema.

        Returns
        -------
        mapping of str to str
            From key to the family (oil, gas …) of the pack that it stands in.

        Raises
        ------
        UsageError
            The schema has no such table.
        """
        return self._stack.families(_known(table))

    def ids(self, table: str) -> list[str]:
        """The key of each row.

        Parameters
        ----------
        table : str
            A table of the schema.

        Returns
        -------
        list of str
            Shape (rows,), in table order; the parts of a key are joined by '/'.

        Raises
        ------
        UsageError
            The schema has no such table.
        """
        return list(self._stack.keys(_known(table)))

    def resolve(self, table: str, column: str, periods: Sequence[Period], *, edited: bool = True) -> Matrix:
        """The numbers of a column in each period.

        Parameters
        ----------
        table, column : str
            A column of numbers of the schema.
        periods : sequence of Period
            Years or months.
        edited : bool
            Whether edits count.

        Returns
        -------
        ndarray of float, shape (rows, periods)
            Inner units, rates a year; NaN where undefined.  A year has the mean of its months over their days; a level
            at an instant is that at the start or end of the period.

        Raises
        ------
        DataError
            An edit scales or adds to a figure that is not stated.
        UsageError
            The schema has no such table, or no such column of numbers in it.
        """
        _known(table, column, kinds=("float", "int"))
        if not len(self.tables[table]):
            return np.zeros((0, len(periods)))
        months = months_of(periods)
        figures = self._by_month(table, column, months, edited)
        if instant := TABLES[table].column(column).instant:
            ends = np.cumsum([len(period.months) for period in periods], dtype=np.intp)
            starts = np.append(0, ends[:-1])
            return figures[:, starts if instant == "start" else ends - 1]
        return means(figures, periods)

    def open(self, periods: Sequence[Period], *, edited: bool = True) -> NDArray[np.bool_]:
        """Which arcs are available in each period: operating, or opened by an edit.

        Parameters
        ----------
        periods : sequence of Period
            Years or months.
        edited : bool
            Whether edits count.

        Returns
        -------
        ndarray of bool, shape (arcs, periods)
            In the order of the table of arcs.
        """
        return np.asarray(self.chosen("arcs", "status", periods, edited=edited) == "operating")

    def chosen(
        self, table: str, column: str, periods: Sequence[Period], *, edited: bool = True
    ) -> NDArray[np.object_]:
        """The word of a column in each period: the table's, or what an edit sets.

        Parameters
        ----------
        table, column : str
            A column of words that edits may set (:data:`energy_routes.network.edit.CHOICES`): the status of arcs …
        periods : sequence of Period
            Years or months.
        edited : bool
            Whether edits count.

        Returns
        -------
        ndarray of object, shape (rows, periods)
            The words.

        Raises
        ------
        UsageError
            The schema has no such table or column.
        """
        _known(table, column)
        words = np.repeat(self.tables[table][column].to_numpy(dtype=object)[:, None], len(periods), axis=1)
        place = self._stack.places(table)
        for edit in self.edits if edited else ():
            if (edit.table, edit.field) == (table, column):
                words[place[edit.id], edit.holds_in(periods)] = edit.value
        return words

    def _by_month(self, table: str, column: str, months: Sequence[Period], edited: bool) -> Matrix:
        """The numbers of ``table.column`` in each month, shape (rows, months)."""
        frame, unit = self.tables[table], TABLES[table].column(column).unit
        out = np.repeat(frame[column].to_numpy(dtype=float)[:, None], len(months), axis=1)
        if unit:
            rates = {time: a_year(time, months) for time in set(map(time_of, frame[unit]))}
            out *= np.array([rates[time_of(text)] for text in frame[unit]]).reshape(out.shape)
        place = self._stack.places(table)
        for level in ("year", "season", "month"):
            for period, rows in self._stack.dated.get((table, column, level), {}).items():
                hit = [k for k, month in enumerate(months) if month.matches(period)]
                for name, value, time in rows if hit else ():
                    out[place[name], hit] = value * a_year(time, months)[hit]
        return self._apply(out, table, column, place, months) if edited else out

    def _apply(
        self, out: Matrix, table: str, column: str, place: Mapping[str, int], months: Sequence[Period]
    ) -> Matrix:
        for edit in self.edits:
            if (edit.table, edit.field) != (table, column):
                continue
            always = not edit.periods and edit.time == "y"  # as thousands of draws are
            hit = slice(None) if always else edit.holds_in(months)
            value = float(edit.value) * (1.0 if always else a_year(edit.time, months)[hit])
            row = out[place[edit.id]]
            now = row[hit]
            if edit.op != "set" and len(now) and now[0] != now[0] and np.isnan(now).all():
                found = f"{edit.op} {float(edit.value):g} of a figure that is not stated"
                raise DataError("the edits", [Fault("edit", 0, f"{edit.target} {edit.field}", found,
                                                    "a figure to change", "Use set.")])  # fmt: skip
            row[hit] = value if edit.op == "set" else now * value if edit.op == "scale" else now + value
        return out

    def with_edits(self, *edits: Edit) -> Network:
        """The network with further edits, each checked against the tables.

        Parameters
        ----------
        *edits : Edit
            Laid over those that are there, in order.

        Returns
        -------
        Network
            A new network.

        Raises
        ------
        DataError
            A row or number is unknown, a value is out of range, or a market opened by an edit could not be counted.
        """
        refuse("the edits", filter(None, map(self._fault_of, edits)))
        changed = replace(self, edits=(*self.edits, *edits))
        if any((edit.table, edit.field) == ("markets", "export") for edit in edits):
            refuse_uncounted(self.packs, self.tables["markets"], changed.tables["markets"], changed._opened)
        return changed

    @property
    def _opened(self) -> list[str]:
        """The arcs that edits open."""
        return [e.id for e in self.edits if (e.table, e.field, e.value) == ("arcs", "status", "operating")]

    def fault_of(self, edit: Edit) -> Fault | None:
        """What is wrong with an edit.

        Parameters
        ----------
        edit : Edit
            An edit of these tables.

        Returns
        -------
        Fault or None
            An unknown row or number, or a value out of range; None where all is well.
        """
        return self._fault_of(edit)

    def _fault_of(self, edit: Edit) -> Fault | None:
        known = self._stack.places(edit.table)
        if edit.id not in known:
            return Fault(
                "edit",
                column="target",
                found=f"{edit.target!r} is not in {edit.table}",
                expected="a row of that table",
                repair=offered(edit.id, known),
            )
        if words := CHOICES.get((edit.table, edit.field)):
            if edit.value not in words or edit.op != "set":
                found = f"{edit.op} {edit.value!r}"
                return Fault("edit", column=edit.field, found=found, expected="set " + " | ".join(words))
            if words == TRUTH and edit.periods:
                found = f"{edit.field} in {', '.join(edit.periods)}"
                return Fault("edit", 0, edit.field, found, "true or false for the whole horizon", "Drop the periods.")
            return None
        if edit.field not in TABLES[edit.table].dated:
            return Fault(
                "edit",
                column=edit.field,
                found=f"{edit.table} has no number called {edit.field!r}",
                expected="one of " + ", ".join(TABLES[edit.table].dated),
                repair=nearest(edit.field, TABLES[edit.table].dated),
            )
        return out_of_range(edit)

    def arcs_of(self, what: str) -> list[str]:
        """The arcs that a name means.

        Parameters
        ----------
        what : str
            An arc (``BTC``, ``arc:BTC``), a group (``CPC``, ``transit:RU``) or a node, which means all its arcs.

        Returns
        -------
        list of str
            Ids of arcs.

        Raises
        ------
        UsageError
            Nothing is called so; the nearest name is offered.
        """
        arcs, meters, nodes = self.tables["arcs"], self.tables["meters"], self.tables["nodes"]
        if (arc := what.removeprefix("arc:")) in set(arcs["id"]):
            return [arc]
        kind, _, group = what.rpartition(":")
        hit = meters[(meters["group"] == group) & ((meters["kind"] == kind) if kind else True) & meters["arc"].notna()]
        if kind or len(hit):
            hit = hit if kind else hit[hit["kind"] == hit["kind"].iloc[0]]
            if len(hit):
                return list(dict.fromkeys(hit["arc"]))
        if what in set(nodes["id"]):
            return list(arcs.loc[(arcs["from"] == what) | (arcs["to"] == what), "id"])
        of_kind = arcs["id"] if kind == "arc" else meters.loc[(meters["kind"] == kind) & meters["arc"].notna(), "group"]
        known = ([f"{kind}:{group}" for group in of_kind.unique()]
                 or [*arcs["id"], *meters["group"].unique(), *nodes["id"]])  # fmt: skip
        raise UsageError(f"{what!r} is not an arc, a group or a node. {offered(what, known)}")

    def with_route(self, *routes: AddedRoute, opened: Sequence[str] = ()) -> Network:
        """The network with further routes, each opened by an edit of its own (so that it is listed as one).

        Parameters
        ----------
        *routes : AddedRoute
            A route joins the pack that has its start.
        opened : sequence of str
            Arcs that edits still to come will open.

        Returns
        -------
        Network
            A new network.

        Raises
        ------
        DataError
            An id is taken, an end is no node, or what crosses the route could not be counted right.
        """
        known = [*opened, *self._opened]
        homes = [next((k for k, pack in enumerate(self.packs) if route.start in set(pack.tables["nodes"]["id"])), 0)
                 for route in routes]
        packs = tuple(
            with_arcs(pack, own, known) if (own := [r for r, k in zip(routes, homes, strict=True) if k == at]) else pack
            for at, pack in enumerate(self.packs)
        )
        return replace(self, packs=packs).with_edits(*map(opening, routes))

    def outage(
        self, what: str, periods: Sequence[str] = (), remaining: float = 0.0, reason: str = "outage", event: str = ""
    ) -> Network:
        """Leave only a part of the capacity of an arc, a group's meters, or a node's arcs.

        Parameters
        ----------
        what : str
            As :meth:`arcs_of` takes it.
        periods : sequence of str
            Labels of periods (a year covers its months); empty: always.
        remaining : float
            The share of the capacity that is left, 0 to 1.  What others have booked of it stays theirs; in ``stress``
            and security all users share what is left.
        reason : str
            Why, for the list of edits.
        event : str
            The name of the unforeseen event that it is a part of; blank: it is known beforehand.

        Returns
        -------
        Network
            A new network.

        Raises
        ------
        UsageError
            Nothing is called so, the share is not from 0 to 1, or a part of a capacity without limit is to go.
        """
        if not 0 <= remaining <= 1:
            raise UsageError(f"remaining={remaining} is not a share from 0 to 1")
        arcs = self.arcs_of(what)
        if 0 < remaining < 1 and not any(map(self._limited, arcs)):
            raise UsageError(f"{what!r} has unlimited capacity, of which no part can be out; give it a capacity first")
        return self.with_edits(
            *(Edit("arcs", arc, "availability", "scale", remaining, tuple(periods), reason, event=event)
              for arc in arcs)
        )  # fmt: skip

    def _limited(self, arc: str) -> bool:
        """Whether an arc has a finite capacity in some period."""
        capacity = self.tables["arcs"].set_index("id")["capacity"][arc]
        for edit in self.edits:
            if (edit.table, edit.id, edit.field, edit.op) == ("arcs", arc, "capacity", "set"):
                capacity = float(edit.value)
        dated = self._stack.dated.items()
        figures = [v for (t, c, _), rows in dated if (t, c) == ("arcs", "capacity") for r in rows.values() for v in r]
        return bool(np.isfinite(capacity)) or any(name == arc and np.isfinite(value) for name, value, _ in figures)

    def scale(
        self, target: str, column: str, factor: float, periods: Sequence[str] = (), reason: str = "scaled"
    ) -> Network:
        """Multiply one number: ``network.scale("arc:BTC", "tariff", 0.8)``.

        Parameters
        ----------
        target : str
            A row, as ``word:id``.
        column : str
            A column of numbers of its table.
        factor : float
            From 0 on, without a unit.
        periods : sequence of str
            Labels of periods (a year covers its months); empty: always.
        reason : str
            Why, for the list of edits.

        Returns
        -------
        Network
            A new network.

        Raises
        ------
        UsageError
            The word of the target is unknown, or the factor is no bare number.
        DataError
            The table has no such row or number.
        """
        table, name = parse_target(target)
        times, unit = figure(f"scale {target}.{column}", factor, endless=False)
        if unit:
            raise UsageError(f"scale {target}.{column}: {factor!r}; a factor has no unit")
        return self.with_edits(Edit(table, name, column, "scale", times, tuple(periods), reason))

    def without(self, what: str, periods: Sequence[str] = (), reason: str = "closed") -> Network:
        """Close an arc, a group's meters, or a node's arcs.

        Parameters
        ----------
        what : str
            As :meth:`arcs_of` takes it.
        periods : sequence of str
            Labels of periods (a year covers its months); empty: always.
        reason : str
            Why, for the list of edits.

        Returns
        -------
        Network
            A new network.

        Raises
        ------
        UsageError
            Nothing is called so.
        """
        return self.with_edits(
            *(Edit("arcs", arc, "status", "set", "idle", tuple(periods), reason) for arc in self.arcs_of(what))
        )


def _known(table: str, column: str = "", kinds: Sequence[str] = ()) -> str:
    """The name of a table.  Raises UsageError where the schema has none of that name, or no such column (of kinds)."""
    if table not in TABLES:
        raise UsageError(f"no table is called {table!r}; expected one of {', '.join(TABLES)}. "
                         f"{nearest(table, TABLES)}")
    known = [one.name for one in TABLES[table].columns if not kinds or one.kind in kinds]
    if column and column not in known:
        raise UsageError(f"{table} has no {'numbers' if kinds else 'column'} {column!r}; expected one of "
                         f"{', '.join(known)}. {nearest(column, known)}")
    return table
