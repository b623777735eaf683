"""Edits as people write them → edits in inner units: from a model file, or from ``--set path=value``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from pydantic import ValidationError

from energy_routes.case.checks.limits import beyond_limits
from energy_routes.case.checks.questions import questions
from energy_routes.case.model_file import Change, EditFile
from energy_routes.errors import DataError, Fault, UnitError, UsageError, refuse
from energy_routes.network import CHOICES, TRUTH, Edit, Network, out_of_range, parse_target
from energy_routes.pack import (
    LABEL,
    NUMBER,
    TABLES,
    TRUTH as TRUTH_WORDS,
    Period,
    answered,
    figure,
    nearest,
    own_unit,
    parted,
    spanned,
    time_of,
    to_inner_of,
)

SET = "what is set"  # where a figure stands that is set by its path, with --set or in Python
UNTOLD = ("", "1")  # units that are not written behind a number


def edits_of(network: Network, files: Sequence[EditFile], periods: Sequence[Period], place: str,
             accepted: Collection[str] = ()) -> list[Edit]:
    """The edits of a file or scenario, in order.

    Raises DataError with every fault of all of them, and with every question about a figure that is not ``accepted``.
    """
    faults: list[Fault] = []
    out: list[Edit] = []
    places: list[str] = []
    for number, file in enumerate(files, 1):
        where = f"{place} [[edit]] {number}"
        faults += [_unknown_period(where, p, periods) for p in file.periods if not any(q.matches(p) for q in periods)]
        made = _changes(network, file, file.changes(), where, faults)
        faults += [_twice(where, new, old) for new in made for old in out if _hides(new, old, periods)]
        out += made
        places += [where] * len(made)
    meant = {f"{file.target}.{column}" for file in files if answered(file.note) for column in file.changes()}
    faults += [replace(fault, file=places[at]) for at, fault in doubts(network, out, periods, {*accepted, *meant})]
    refuse(place, faults)
    return out


def doubts(
    network: Network, edits: Sequence[Edit], periods: Sequence[Period], accepted: Collection[str]
) -> list[tuple[int, Fault]]:
    """What is wrong with the figures that edits of a person make, and what is asked about them: (number, fault)."""
    try:
        after = network.with_edits(*edits)
        wrong = list(beyond_limits(after, edits, periods))
        return wrong or list(questions(network, after, edits, periods, accepted))
    except DataError as error:
        return [(0, fault) for fault in error.faults]


def edit_from_path(network: Network, path: str, value: float | str | bool | Mapping[str, Any]) -> Edit:
    """The edit of ``arc:BTC.tariff=20`` or ``arc:BTC.capacity=5 Mt/y``.  Raises UsageError or DataError.

    A number without a unit is in the unit in which its row is written.
    """
    target, column = _split(path)
    if column not in {field for _, field in CHOICES}:
        figure(path, value)  # what is no number is a fault of the call
    faults: list[Fault] = []
    edits = _changes(network, EditFile.model_construct(target=target, reason="set by the user", periods=[]),
                     {column: Change.model_construct(set=str(value).strip())}, SET, faults)
    refuse(SET, faults)
    return edits[0]


def figure_at(network: Network, path: str) -> tuple[str, str, str]:
    """Table, id and column of the figure that a path names.  Raises UsageError or DataError where there is none."""
    target, column = _split(path)
    table, name = parse_target(target)
    if column not in TABLES[table].dated or name not in network.ids(table):
        edit_from_path(network, path, 0.0)  # says what is wrong
    return table, name, column


def _split(path: str) -> tuple[str, str]:
    target, _, column = path.rpartition(".")
    if ":" not in target:
        raise UsageError(f"{path!r} is not a path such as policy.max_share.transit:RU or arc:BTC.tariff")
    return target, column


class Setter:
    """Edits by path for one network: what a path and a unit mean is found once, and used for every further value."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._known: dict[tuple[str, str], tuple[Edit, str, Callable[[float], float]]] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return Setter, (self._network,)

    def edit(self, path: str, value: float | str | bool | Mapping[str, Any]) -> Edit:
        """As :func:`edit_from_path`."""
        number, unit = parted(value)
        if NUMBER.fullmatch(number) and (written := float(number)) and np.isfinite(written):
            if (path, unit) not in self._known:
                made = edit_from_path(self._network, path, value)
                self._remember(path, unit, made)
                return made
            like, told, convert = self._known[path, unit]
            made = replace(like, value=convert(written), written=f"set {number}{told}")
            if not out_of_range(made):
                return made
        return edit_from_path(self._network, path, value)

    def _remember(self, path: str, unit: str, made: Edit) -> None:
        packs, column = self._network.packs, (made.table, made.id, made.field)
        own = unit or own_unit(packs, *column)
        told = f" {own}" if own not in UNTOLD else ""
        self._known[path, unit] = made, told, to_inner_of(packs, *column, own)


def _unknown_period(place: str, label: str, periods: Sequence[Period]) -> Fault:
    expected = f"a period of the horizon, {spanned([period.label for period in periods])}"
    repair = "" if LABEL.match(label) else "A period is written 2024 or 2024-03."
    return Fault(place, column="periods", found=repr(label), expected=expected, repair=repair)


def _hides(new: Edit, old: Edit, periods: Sequence[Period]) -> bool:
    """Whether ``new`` leaves nothing of ``old``: it sets the same figure in every period of it."""
    alike = (old.table, old.id, old.field) == (new.table, new.id, new.field)
    return alike and new.op == "set" and set(old.holds_in(periods)) <= set(new.holds_in(periods))


def _twice(place: str, new: Edit, old: Edit) -> Fault:
    found = f"{new.written} after {old.written}, of which it leaves nothing"
    return Fault(place, 0, f"{new.target}.{new.field}", found, "each figure set once", "Remove one of the two.")


def _measured_on(network: Network, target: str) -> str:
    """On which arcs a group is measured, in words; blank of what is no group that is measured on arcs."""
    kind, _, group = target.partition(":")
    meters = network.tables["meters"]
    arcs = dict.fromkeys(meters.loc[(meters["kind"] == kind) & (meters["group"] == group), "arc"].dropna())
    return (f". It is measured on {', '.join(f'arc:{arc}' for arc in arcs)}; 'explain' and 'tariff' move the tariff of "
            "all of these at once") if arcs else ""  # fmt: skip


def _changes(
    network: Network, file: EditFile, changes: Mapping[str, Any], place: str, faults: list[Fault]
) -> list[Edit]:
    """The changes of one ``[[edit]]``; what is wrong is added to ``faults``."""
    out = []
    try:
        table, name = parse_target(file.target)
    except UsageError as error:
        faults.append(Fault(place, column="target", found=f"{error}{_measured_on(network, file.target)}"))
        return []
    if not changes:
        expected = 'such as capacity = { set = 2.2, unit = "Mt/y" }'
        faults.append(Fault(place, column=file.target, found="no change", expected=expected))
    for column, raw in changes.items():
        try:
            edit = _edit(network, file, table, name, column, raw)
            fault = network.fault_of(edit)
        except ValidationError as error:
            fault = _misspelt(error)
        except UnitError as error:
            fault = Fault(place, 0, f"{file.target}.{column}", error.found, error.expected, error.repair)
        except (ValueError, KeyError, TypeError, UsageError) as error:
            fault = Fault(place, column=f"{file.target}.{column}", found=str(error).strip("'\""))
        if fault:
            slip = "" if column in TABLES[table].names else nearest(column, EditFile.model_fields)  # a key of the edit
            where = fault.column or f"{file.target}.{column}"
            faults.append(Fault(place, 0, where, fault.found, fault.expected, fault.repair or slip))
        else:
            out.append(edit)
    return out


def _misspelt(error: ValidationError) -> Fault:
    """What is wrong with ``{ set = 2.2, unit = "Mt/y" }``."""
    detail = error.errors()[0]
    key, known = str(detail["loc"][0]), list(Change.model_fields)
    if detail["type"] == "extra_forbidden":
        return Fault("", 0, "", f"unknown key {key!r}", "one of " + ", ".join(known), nearest(key, known))
    wanted = {"set": "a number, a text, or true or false", "unit": "a unit such as Mt/y"}.get(key, "a number")
    return Fault("", 0, "", f"{key} = {detail['input']!r}", wanted)


def _edit(network: Network, file: EditFile, table: str, name: str, column: str, raw: Any) -> Edit:
    change = raw if isinstance(raw, Change) else Change(**raw) if isinstance(raw, dict) else Change(set=raw)
    given = [(op, value) for op in ("set", "scale", "add") if (value := getattr(change, op)) is not None]
    if len(given) != 1:
        raise UsageError("exactly one of set, scale, add is expected")
    op, value = given[0]
    words, written, unit = CHOICES.get((table, column)), f"{op} {value}", ""
    if words:
        value = _truth(value) if words == TRUTH else value
        written = f"{op} {value}"
    elif column in TABLES[table].dated and name in network.ids(table):
        text, unit = _with_unit(op, value, change.unit or "")
        value, _ = figure(op, text)
        if not unit and op != "scale" and value and np.isfinite(value):  # nothing and no limit are so in every unit
            unit = own_unit(network.packs, table, name, column)
        value = to_inner_of(network.packs, table, name, column, unit)(value) if unit else value
        written = f"{op} {text}{f' {unit}' if unit not in UNTOLD else ''}"
    literal: Literal["set", "scale", "add"] = op  # type: ignore[assignment]
    return Edit(
        table, name, column, literal, value, tuple(file.periods), file.why, file.source, written, time_of(unit),
        file.event.strip(),
    )


def _with_unit(op: str, value: object, unit: str) -> tuple[str | bool, str]:
    """The number as written and its unit, which may stand in the figure or beside it.  Raises UsageError."""
    text, own = parted(value)
    if own and unit:
        raise UsageError(f"{op} {value} and unit {unit}: the unit is written once")
    if op == "scale" and (own or unit):
        raise UsageError(f"scale {text} {own or unit}: a factor has no unit")
    return value if isinstance(value, bool) else text, own or unit


def _truth(value: object) -> str:
    """'true' or 'false' for the words that a table admits; anything else as it is."""
    known = TRUTH_WORDS.get(str(value).lower())
    return str(value) if known is None else str(known).lower()
