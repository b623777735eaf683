"""Edits as people write them → edits in inner units: from a model file, or from ``--set path=value``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import ValidationError

from energy_routes import units
from energy_routes.errors import DataError, Fault, UnitError, UsageError
from energy_routes.modelfile import Change, EditFile
from energy_routes.names import nearest
from energy_routes.network import CHOICES, Edit, Network, parse_target
from energy_routes.periods import LABEL, Period
from energy_routes.schema import TABLES, Dimension


def edits_of(network: Network, files: Sequence[EditFile], periods: Sequence[Period], place: str) -> list[Edit]:
    """The edits of a file or scenario, in order.  Raises DataError with every fault of all of them."""
    faults: list[Fault] = []
    out: list[Edit] = []
    for number, file in enumerate(files, 1):
        where = f"{place} [[edit]] {number}"
        faults += [_unknown_period(where, p, periods) for p in file.periods if not any(q.matches(p) for q in periods)]
        out += _changes(network, file, where, faults)
    if faults:
        raise DataError(place, faults)
    return out


def edit_from_path(network: Network, path: str, value: float | str) -> Edit:
    """The edit of ``arc:BTC.tariff=20`` or ``arc:BTC.capacity=5 Mt/y``.  Raises UsageError or DataError."""
    target, _, column = path.rpartition(".")
    if ":" not in target:
        raise UsageError(f"{path!r} is not a path such as policy.max_share.transit:RU or arc:BTC.tariff")
    number, _, unit = str(value).strip().partition(" ")
    word = column in {field for _, field in CHOICES}
    change = {"set": number if word else as_number(path, number), **({"unit": unit} if unit else {})}
    faults: list[Fault] = []
    file = EditFile(target=target, reason="set by the user", **{column: change})  # type: ignore[arg-type]
    edits = _changes(network, file, "--set", faults)
    if faults:
        raise DataError("--set", faults)
    return edits[0]


def as_number(path: str, value: float | str) -> float:
    """``value`` as a number ('unlimited' is ∞).  Raises UsageError naming the path."""
    try:
        return float("inf") if value == "unlimited" else float(value)
    except ValueError:
        raise UsageError(f"{path}: {value!r} is not a number") from None


def _unknown_period(place: str, label: str, periods: Sequence[Period]) -> Fault:
    expected = f"a period of the horizon, {periods[0].label} … {periods[-1].label}"
    repair = "" if LABEL.match(label) else "A period is written 2024 or 2024-03."
    return Fault(place, column="periods", found=repr(label), expected=expected, repair=repair)


def _changes(network: Network, file: EditFile, place: str, faults: list[Fault]) -> list[Edit]:
    """The changes of one ``[[edit]]``; what is wrong is added to ``faults``."""
    out = []
    try:
        table, name = parse_target(file.target)
    except UsageError as error:
        faults.append(Fault(place, column="target", found=str(error)))
        return []
    if not file.changes():
        expected = 'such as capacity = { set = 2.2, unit = "Mt/y" }'
        faults.append(Fault(place, column=file.target, found="no change", expected=expected))
    for column, raw in file.changes().items():
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
            where = fault.column or f"{file.target}.{column}"
            faults.append(Fault(place, 0, where, fault.found, fault.expected, fault.repair))
        else:
            out.append(edit)
    return out


def _misspelt(error: ValidationError) -> Fault:
    """What is wrong with ``{ set = 2.2, unit = "Mt/y" }``."""
    detail = error.errors()[0]
    key, known = str(detail["loc"][0]), list(Change.model_fields)
    if detail["type"] == "extra_forbidden":
        return Fault("", 0, "", f"unknown key {key!r}", "one of " + ", ".join(known), nearest(key, known))
    return Fault("", 0, "", f"{key} = {detail['input']!r}", str(detail["msg"]))


def _edit(network: Network, file: EditFile, table: str, name: str, column: str, raw: Any) -> Edit:
    change = Change(**raw) if isinstance(raw, dict) else Change(set=raw)
    given = [(op, value) for op in ("set", "scale", "add") if (value := getattr(change, op)) is not None]
    if len(given) != 1:
        raise UsageError("exactly one of set, scale, add is expected")
    op, value = given[0]
    written = f"{op} {value}{f' {change.unit}' if change.unit else ''}"
    if (table, column) not in CHOICES and column in TABLES[table].dated:
        if value == "unlimited":
            value = float("inf")
        elif isinstance(value, str):
            raise UsageError(f"{value!r} is not a number")
        elif op != "scale" and change.unit:
            value = _inner(network, table, name, column, float(value), change.unit)
    literal: Literal["set", "scale", "add"] = op  # type: ignore[assignment]
    time = units.time_of(change.unit or "")
    return Edit(table, name, column, literal, value, tuple(file.periods), file.reason, file.source, written, time)


def _inner(network: Network, table: str, name: str, column: str, value: float, unit: str) -> float:
    """A number of an edit in the inner unit, a rate by its own time; barrels and heat are those of its commodity."""
    dimension: Dimension = TABLES[table].column(column).dimension
    commodities = network.tables["commodities"].set_index("id")
    frame, ids = network.tables[table], network.ids(table)
    row = frame.iloc[ids.index(name)] if name in ids else None
    grade = next(
        (row[k] for k in ("commodity", "reference") if row is not None and k in frame and row[k] in commodities.index),
        None,
    )
    family = network.family_of_row(table, name)
    own = units.parse_unit(unit, dimension)
    if own.family not in ("", family):
        inner = units.inner_unit(dimension, family)
        raise UnitError(f"{unit!r} for a row of {family}", f"a unit of {family}", f"Write the figure in {inner}.")
    facts = commodities.loc[grade] if grade is not None else commodities[commodities["family"] == family].iloc[0]
    length = row["length_km"] if row is not None and "length_km" in frame else None
    known = {"bbl_per_t": facts["bbl_per_t"], "mj_per_m3": facts["mj_per_m3"], "length_km": length}
    return float(units.to_inner(value, units.in_own_time(own), dimension, **known))
