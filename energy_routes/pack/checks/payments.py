"""Who owns what, who is paid and what moving costs: shares that add up at all times, of things that are there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from energy_routes.errors import Fault
from energy_routes.pack.pack import keys_of
from energy_routes.pack.reading.typed import Draft, Drafts
from energy_routes.pack.schema.columns import MODES
from energy_routes.pack.suggest import nearest
from energy_routes.pack.units.periods import bound

Names = tuple[str, ...]  # the key of rows of one kind
ROUNDED = 1e-3  # published shares are rounded: Kashagan's add up to 1.00001
NEVER, FOR_EVER = 0, 12 * 10_000


class Held(NamedTuple):
    """A row, the months (numbered) from and to which it holds, both included, and its share: 0 where it has none."""

    row: int
    start: int
    end: int
    share: float


def owners(drafts: Drafts) -> Iterable[Fault]:
    """Each row owns a supply or a group that is there; shares of one target add up to 1 in each month with some."""
    draft = drafts["owners"]
    known = {f"supply:{name}" for name in drafts["supplies"].frame["id"]}
    known |= {key.replace("/", ":", 1) for key in keys_of("groups", drafts["groups"].frame)}
    if not (drafts["supplies"].partial or drafts["groups"].partial):
        yield from _unknown(draft, "target", known, "supply and no group",
                            "supply:… or kind:group, such as operator:CPC")

    def unlike_one(names: Names, when: str, held: Sequence[Held]) -> Fault | None:
        total = _total(held)
        return None if abs(total - 1.0) <= ROUNDED else draft.fault(
            held[0].row, "share", f"the shares of {names[0]!r} add up to {total:.6g} {when}", "1 in all",
            "Add who is missing, or correct the months.")  # fmt: skip

    yield from _at_all_times(draft, ("target",), unlike_one)


def payees(drafts: Drafts) -> Iterable[Fault]:
    """Each row is paid for an arc that is there, a share or a charge; shares of one arc add up to 1 at most."""
    draft = drafts["payees"]
    if not drafts["arcs"].partial:
        yield from _unknown(draft, "target", _arcs(drafts), "arc", "arc:… with the id of an arc")
    if not drafts["owners"].partial:
        known = set(drafts["owners"].frame["target"].dropna())
        yield from _unknown(draft, "owners", known, "target of owners", "a target of the table owners")
    for row, (share, charge) in enumerate(draft.cells("share", "charge")):
        if pd.notna(share) and pd.notna(charge):
            yield draft.fault(row, "charge", f"a share of {share:g} and a charge", "one of the two",
                              "Give what it takes first and its share of the rest rows of their own, with two names.")

    def above_one(names: Names, when: str, held: Sequence[Held]) -> Fault | None:
        total = _total(held)
        return None if total <= 1.0 + ROUNDED else draft.fault(
            held[0].row, "share", f"the shares of {names[0]!r} add up to {total:.6g} {when}", "1 at most",
            "Correct the shares, or the months.")  # fmt: skip

    yield from _at_all_times(draft, ("target",), above_one)


def operating(drafts: Drafts) -> Iterable[Fault]:
    """Each row is of an arc or a mode that is there, a cost or a share within its band; no two hold at once."""
    draft = drafts["operating"]
    if not drafts["arcs"].partial:
        known = _arcs(drafts) | {f"mode:{mode}" for mode in MODES}
        yield from _unknown(draft, "target", known, "arc and no mode", "arc:… with the id of an arc, or mode:pipeline")
    unread = np.any([draft.bad[column] for column in ("cost", "share", "low", "high")], axis=0)
    for row, (cost, share, low, high) in enumerate(draft.cells("cost", "share", "low", "high")):
        if unread[row]:  # told once, at the cell
            continue
        if pd.isna(cost) == pd.isna(share):
            found = "neither a cost nor a share" if pd.isna(cost) else "both a cost and a share"
            yield draft.fault(row, "cost", found, "one of the two", "Give the published cost; with none, a share of "
                              "the tariff as an estimate with its method in `note`.")
        banded = [number for number in (low, share, high) if pd.notna(number)]
        if pd.isna(low) != pd.isna(high) or banded != sorted(banded) or (pd.notna(low) and pd.isna(share)):
            yield draft.fault(row, "low", f"the band from {low} to {high} of the share {share}", "low ≤ share ≤ high",
                              "Give both ends of the band, or neither.")

    def several(names: Names, when: str, held: Sequence[Held]) -> Fault | None:
        return None if len(held) == 1 else draft.fault(
            held[-1].row, "from_period", f"{names[0]!r} has {len(held)} rows {when}", "one at a time",
            "Let one end before the next begins.")  # fmt: skip

    yield from _at_all_times(draft, ("target",), several)


def fiscal(drafts: Drafts) -> Iterable[Fault]:
    """Each bracket ends above where it begins, and has a rate, a charge, or neither; a bracket has a scale.

    Of the brackets of one tax that hold at once, each place of the scale is in one at most.
    """
    draft = drafts["fiscal"]
    columns = draft.cells("scale", "above", "up_to", "rate", "charge")
    for row, (scale, above, up_to, rate, charge) in enumerate(columns):
        if pd.notna(above) and pd.notna(up_to) and up_to <= above:
            yield draft.fault(row, "up_to", f"{up_to}, not above {above}", "the end of the bracket above its start",
                              "Correct one of the two.")
        if pd.isna(scale) and not (pd.isna(above) and pd.isna(up_to)):
            yield draft.fault(row, "scale", "a bracket of nothing", "price or output", "Say what the bracket is of.")
        if pd.notna(rate) and pd.notna(charge):
            yield draft.fault(row, "charge", f"a rate of {rate:g} and a charge", "one of the two", "Leave one blank.")

    def overlapping(names: Names, when: str, held: Sequence[Held]) -> Fault | None:
        clash = _clash(draft, held)
        if clash is None:
            return None
        row, column, found, expected = clash
        _, tax, of = names
        return draft.fault(row, column, f"of the {tax} on {of} {found} {when}", expected,
                           "Correct the brackets, or let one end before the next begins.")

    yield from _at_all_times(draft, ("family", "tax", "of"), overlapping)


def _clash(draft: Draft, held: Sequence[Held]) -> tuple[int, str, str, str] | None:
    """A bracket that stands in the way of another: row, column, what was found and what was expected."""
    if any(draft.bad[column][own.row] for own in held for column in ("scale", "above", "up_to")):
        return None
    scale, above, up_to = (draft.frame[column] for column in ("scale", "above", "up_to"))
    scales = sorted({str(scale.iloc[own.row]) for own in held if pd.notna(scale.iloc[own.row])})
    if len(scales) > 1:
        return held[-1].row, "scale", f"brackets of {' and '.join(scales)}", "one scale at a time"
    reach = sorted((0 if pd.isna(above.iloc[own.row]) else int(above.iloc[own.row]),
                    np.inf if pd.isna(up_to.iloc[own.row]) else int(up_to.iloc[own.row]), own.row) for own in held)
    for (_, end, first), (start, _, row) in pairwise(reach):
        if start < end:
            one, other = sorted((int(draft.rows[first]), int(draft.rows[row])))
            return row, "above", f"rows {one} and {other} both hold at {start}", "brackets that do not overlap"
    return None


def _arcs(drafts: Drafts) -> set[str]:
    return {f"arc:{name}" for name in drafts["arcs"].frame["id"].dropna()}


def _unknown(draft: Draft, column: str, known: set[str], what: str, expected: str) -> Iterable[Fault]:
    """A fault for each filled cell that names nothing that is known."""
    for row, cell in enumerate(draft.frame[column]):
        if pd.notna(cell) and cell not in known:
            yield draft.fault(row, column, f"{cell!r} is no {what} of the pack", expected, nearest(cell, known))


def _terms(draft: Draft, *key: str) -> dict[tuple[str, ...], list[Held]]:
    """The rows of each key with the months in which they hold."""
    terms: dict[tuple[str, ...], list[Held]] = {}
    shared = "share" in draft.bad
    for row, (first, last, *names) in enumerate(draft.cells("from_period", "to_period", *key)):
        if all(map(pd.notna, names)) and not (shared and draft.bad["share"][row]):
            share = draft.frame["share"].iloc[row] if shared else np.nan
            held = Held(row, _month(first, 1, NEVER), _month(last, 12, FOR_EVER), 0.0 if pd.isna(share) else share)
            terms.setdefault(tuple(names), []).append(held)
    return terms


def _backwards(draft: Draft, rows: Sequence[Held]) -> Iterable[Fault]:
    """A fault for each row that ends before it begins."""
    for held in rows:
        if held.start > held.end:
            first, last = (draft.frame[column].iloc[held.row] for column in ("from_period", "to_period"))
            yield draft.fault(held.row, "to_period", f"{last} is before {first}",
                              "a period that is not before from_period", "Correct one of the two.")


def _at_all_times(
    draft: Draft, key: Sequence[str], wrong: Callable[[Names, str, Sequence[Held]], Fault | None]
) -> Iterable[Fault]:
    """Rows that end before they begin; of each key the first time at which the rows that hold are ``wrong``."""
    for names, rows in _terms(draft, *key).items():
        yield from _backwards(draft, rows)
        yield from islice(filter(None, (wrong(names, when, held) for when, held in _moments(rows))), 1)


def _total(held: Sequence[Held]) -> float:
    return float(np.sum([own.share for own in held]))


def _moments(rows: Sequence[Held]) -> Iterator[tuple[str, list[Held]]]:
    """Each month in which rows of a target begin, or have just ended, in words, and the rows that hold."""
    for month in sorted({moment for held in rows for moment in (held.start, held.end + 1)}):
        held = [own for own in rows if own.start <= month <= own.end]
        if held:
            when = "at first" if month == NEVER else f"in {month // 12}-{month % 12 + 1:02d}"
            yield when, held


def _month(cell: object, month: int, otherwise: int) -> int:
    """A period as a number of months: its own, or that month of a year."""
    if not isinstance(cell, str) or not cell:
        return otherwise
    year, own = bound(cell, month)
    return 12 * year + own - 1
