"""Builds of a page: an option stands or not by bounds of a programme that has the arcs of every option."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from energy_routes.case import BY_OPTION, effects_of
from energy_routes.formulation import Space, Trade
from energy_routes.linear import Program
from energy_routes.maps.live.levers import Lever
from energy_routes.maps.live.packed import packed

BLOCKS = ("built", "built_part")  # that count units


def standing(space: Space, program: Program, lever: Lever, levers: Sequence[Lever]) -> dict[str, Any]:
    """The columns that count the units of an option, whether it can stand in the year of each, and what it needs.

    ``needs`` are the numbers of the levers of the options without which it cannot stand.
    """
    columns, can = [], []
    for block in program.columns:
        if block.name in BLOCKS:
            labels = zip(block.axis.frame["option"], block.axis.frame["open"], strict=True)
            own = [(block.slice.start + at, bool(is_open)) for at, (option, is_open) in enumerate(labels)
                   if option == lever.option]  # fmt: skip
            columns += [column for column, _ in own]
            can += [is_open for _, is_open in own]
    numbers = {own.path: number for number, own in enumerate(levers)}
    return {"columns": packed(np.array(columns, dtype=int)), "open": packed(np.array(can, dtype=int)),
            "needs": [numbers[path] for path in lever.needs]}


def _opening(space: Space, levers: Sequence[Lever]) -> dict[str, list[int]]:
    """By arc the numbers of the levers whose options add to it."""
    numbers = {lever.option: number for number, lever in enumerate(levers) if lever.kind == "build"}
    effects = effects_of(space.case.network.tables, list(numbers))
    found: dict[str, list[int]] = {}
    for arc, option in effects.loc[effects["word"] == "arc", ["id", "option"]].itertuples(index=False, name=None):
        found.setdefault(arc, []).append(numbers[option])
    return found


def full(space: Space, levers: Sequence[Lever]) -> list[dict[str, Any]]:
    """Whether the old capacity of a widened arc is full: its columns by period, whole numbers, and its levers."""
    if not len(space.widened.axis):
        return []
    opening, arcs = _opening(space, levers), space.full.axis.frame["arc"].to_numpy(dtype=object)
    columns = np.asarray(space.full.col)
    return [{"columns": packed(columns[arcs == arc]), "levers": opening[arc]} for arc in dict.fromkeys(arcs)]


def steps(space: Space, trade: Trade, levers: Sequence[Lever]) -> dict[str, Any] | None:
    """From where to where flows lead, and through which levers alone; None where no option opens anything.

    A step of an arc that options open is there while one of them stands: ``levers`` has their numbers, none where the
    step is there in any case.
    """
    opening = _opening(space, levers)
    if not opening:
        return None
    edits = space.case.network.edits
    opened = {edit.id for edit in edits if edit.table == "arcs" and edit.field == "status"
              and edit.source.startswith(BY_OPTION)}  # fmt: skip
    arcs = space.flow.axis.frame["arc"]
    own = [tuple(opening[arc]) if arc in opened else () for arc in arcs]
    found = list(dict.fromkeys(zip(trade.tail.tolist(), trade.head.tolist(), own, strict=True)))
    tail, head, through = zip(*found, strict=True)
    return {"tail": packed(tail), "head": packed(head), "levers": [list(own) for own in through],
            "sources": packed(trade.sources), "targets": packed(trade.targets)}
