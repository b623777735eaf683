"""Questions about figures that a person wrote: is this meant?  An answer is ``checked``, or the figure's path.

A figure is asked about where it lies outside the plausible band of its column, or is unlike the others of its column
(see :mod:`energy_routes.pack.plausible`), and the case had nothing like it before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

import numpy as np

from energy_routes.errors import Fault, UsageError
from energy_routes.network import CHOICES, AddedRoute, Edit, Network, parse_target
from energy_routes.pack import (
    PER_YEAR,
    TABLES,
    Band,
    Floats,
    Pack,
    Period,
    a_year,
    answered,
    band_of,
    home,
    inner_unit,
    months_of,
    offered,
    outside,
    slip_of,
    slip_words,
)

SLACK = 1e-9


def check_path(path: str, network: Network | None = None) -> None:
    """Raise UsageError for a path that is no figure, such as ``arc:BTC.tariff``; of the network, where one is given."""
    target, _, column = path.rpartition(".")
    if not target:
        raise UsageError(f"{path!r} is no figure, such as arc:BTC.tariff")
    table, name = parse_target(target)
    if column not in TABLES[table].dated:
        raise UsageError(f"{path}: {table} has no figure {column!r}. {offered(column, TABLES[table].dated)}")
    if network is not None and name not in network.ids(table):
        raise UsageError(f"{path}: {name!r} is not in {table}. {offered(name, network.ids(table))}")


def questions(
    before: Network, after: Network, edits: Sequence[Edit], periods: Sequence[Period], accepted: Collection[str]
) -> Iterator[tuple[int, Fault]]:
    """The questions about the ``edits`` by which ``after`` differs from ``before``: (number of the edit, the fault)."""
    months = months_of(periods)
    for at, edit in enumerate(edits):
        if (edit.table, edit.field) in CHOICES or _plain(home(after.packs, edit.table, edit.id), edit):
            continue
        if path_of(edit) in accepted:
            continue
        touched = [months[at] for at in edit.holds_in(months)]
        if edit.op == "set":
            figures = float(edit.value) * a_year(edit.time, touched)
        else:
            figures = _row(after, edit.table, edit.id, edit.field, touched)
        pack = home(after.packs, edit.table, edit.id)
        if fault := _implausible(pack, before, edit, months, figures) or _beyond_line(after, edit, touched, figures):
            yield at, fault


def _plain(pack: Pack, edit: Edit) -> bool:
    """Whether an edit sets the same plausible figure in every month, and no other figure is asked about for it."""
    if edit.op != "set" or edit.time != "y" or (edit.table, edit.field) == ("contracts", "volume"):
        return False
    return not outside(np.abs(float(edit.value)), band_of(pack, edit.table, edit.field))


def path_of(edit: Edit) -> str:
    """The path of the figure that an edit changes, as ``--set`` calls it."""
    return f"{edit.target}.{edit.field}"


def _row(network: Network, table: str, name: str, column: str, months: Sequence[Period]) -> Floats:
    figures: Floats = network.resolve(table, column, months)[network.ids(table).index(name)]
    return figures


def _implausible(
    pack: Pack, before: Network, edit: Edit, months: Sequence[Period], figures: Floats
) -> Fault | None:
    """The question about a figure outside the band of its column, and further out than any of its row before."""
    band = band_of(pack, edit.table, edit.field)
    sizes = np.abs(figures)
    if not outside(sizes, band).any():
        return None
    known = np.abs(_row(before, edit.table, edit.id, edit.field, months))
    known = known[np.isfinite(known) & (known != 0)]
    odd = sizes[outside(sizes, (min(band[0], *known), max(band[1], *known)))]
    if not len(odd):
        return None
    unit = unit_of(pack, edit.table, edit.field)
    found, made = edit.told, f"{odd[0]:g}{unit}"
    return _question(path_of(edit), found if found == f"set {made}" else f"{found} makes {made}", float(odd[0]), band,
                     unit)


def unit_of(pack: Pack, table: str, column: str) -> str:
    """The inner unit of a column, after a space; '' of a number without one."""
    unit = inner_unit(TABLES[table].column(column).dimension, pack.family)
    return "" if unit == "1" else f" {unit}"


def _question(path: str, found: str, figure: float, band: Band, unit: str) -> Fault:
    factor = slip_of(figure, band)
    likely = f"Likely {slip_words(factor)}. " if factor != 1 else ""
    return Fault("edit", 0, path, found, f"{band[0]:.3g} to {band[1]:.4g}{unit}, as is plausible",
                 f"{likely}{how_to_answer(path)}")


def how_to_answer(path: str) -> str:
    """How a person says that a figure is meant."""
    return f'If it is meant, write note = "checked: why" beside it, or accept {path} (--accept, or case.accepting).'


def _beyond_line(after: Network, edit: Edit, months: Sequence[Period], figures: Floats) -> Fault | None:
    """The question about a commitment for more than its arc can carry."""
    if (edit.table, edit.field) != ("contracts", "volume"):
        return None
    contracts = after.tables["contracts"]
    arc = str(contracts["arc"].iloc[after.ids("contracts").index(edit.id)])
    most = _row(after, "arcs", arc, "capacity", months)
    for month in np.flatnonzero((most > 0) & (figures > most * (1 + SLACK))):
        found = f"{edit.written or edit.op} makes {figures[month]:g} a year on {arc!r}, which carries {most[month]:g}"
        return Fault("edit", 0, path_of(edit), found, "no more than the capacity of its arc",
                     how_to_answer(path_of(edit)))
    return None


def route_questions(pack: Pack, route: AddedRoute, accepted: Collection[str]) -> Iterator[Fault]:
    """The questions about the figures of a drawn route."""
    if answered(route.note):
        return
    for column, figure in (("capacity", route.capacity * PER_YEAR[route.time]), ("tariff", route.tariff)):
        path, band = f"arc:{route.id}.{column}", band_of(pack, "arcs", column)
        if path not in accepted and outside(np.array([figure]), band)[0]:
            unit = unit_of(pack, "arcs", column)
            yield replace(_question(path, f"{figure:g}{unit}", figure, band, unit), file="drawn route")
