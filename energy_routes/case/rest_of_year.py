"""Plan the rest of a year: what has happened stands, and what is left of tanks, commitments and caps is planned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from energy_routes.case.actuals import Past, counted, past_of
from energy_routes.case.case import Case
from energy_routes.errors import Fault, UsageError, refuse
from energy_routes.network import Edit, committed
from energy_routes.pack import Period, annotated


@annotated
def replan(case: Case, as_of: str, actuals: str | Path | pd.DataFrame) -> Case:
    """The case from a month still to be planned to the end of its horizon.

    Tanks start with the closing stocks of the month before, and end as the whole year would have.  Of a ship-or-pay or
    minimum commitment the rest of the year bears what the months gone by have left of it, never less than nothing.
    Caps over the horizon count what has been exported already; caps on HHI cannot, and are refused.

    Parameters
    ----------
    case : Case
        A case by month.
    as_of : str
        The first month still to be planned, such as ``"2024-05"``.
    actuals : str, Path or DataFrame
        What has moved before it: columns ``what``, ``id``, ``commodity``, ``period``, ``volume``, ``unit``.

    Returns
    -------
    Case
        A new case, called ``name@as_of``.

    Raises
    ------
    UsageError
        ``as_of`` is no later period of the case, or an HHI is capped.
    DataError
        With every fault of the actuals.
    """
    labels = [period.label for period in case.periods]
    if as_of not in labels[1:]:
        later = ", ".join(labels[1:]) or "it has one period. A model file with periods = 'month' has more"
        raise UsageError(f"as_of = {as_of!r} is not a later period of {case.name}: {later}")
    if case.policy.max_hhi:
        raise UsageError(f"{case.name} caps an HHI over a year that is partly gone: take the cap off, or cap shares")
    cut = labels.index(as_of)
    gone, ahead = case.periods[:cut], case.periods[cut:]
    past = past_of(case.network, gone, actuals)
    _check_caps(case, past)
    edits = [*_stocks(case, past, ahead), *_commitments(case, past, ahead)]
    rest = replace(case, name=f"{case.name}@{as_of}", periods=ahead, past=past)
    return rest.on_network(lambda n: n.with_edits(*edits))


def _check_caps(case: Case, past: Past) -> None:
    """A cap over the horizon needs to know what its group has carried: rows where it is counted, if only of 0."""
    told = {(a.what, a.id) for a in past.actuals}
    faults = []
    caps = [bound for _, bound in case.policy.bounds if bound.group and bound.over == "horizon"]
    at = counted(case.network, past.periods) if caps else {}
    for cap in caps:
        places = {(what, name) for (what, name, *_), groups in at.items()
                  if (cap.kind, cap.group) in {(kind, group) for kind, group, _ in groups}}  # fmt: skip
        if not places & told:
            expected = "a row where it is counted: " + ", ".join(sorted(f"{w} {i}" for w, i in places)[:4])
            faults.append(Fault("actuals", column=cap.name, found="nothing of what it has carried", expected=expected))
    refuse("the actuals", faults)


def _stocks(case: Case, past: Past, ahead: Sequence[Period]) -> Iterator[Edit]:
    """Tanks open with what is in them; at the end they hold what they held when the year began, if the rule asks it."""
    table = case.network.tables["storages"]
    before, start, end = past.periods[-1].label, ahead[0].label, ahead[-1].label
    eve = str(pd.Period(past.periods[0].months[0].label, "M") - 1)
    rules = case.network.chosen("storages", "closing", ahead)[:, -1]
    faults = []
    for name, rule in zip(map(str, table["id"]), rules, strict=True):
        held = past.stock(name, before)
        if held is None:
            found, repair = f"no closing stock of {before}", f"Add storage,{name},,{before},…,Mt."
            faults.append(Fault("actuals", 0, f"storage {name}", found, "what is in each store", repair))
            continue
        reason = f"closing stock of {before}"
        yield Edit("storages", name, "opening", "set", held, (start,), reason, "actuals", f"set {held:g}")
        if rule == "cyclic":
            first = past.stock(name, eve)
            goal = held if first is None else first
            yield Edit("storages", name, "closing", "set", "opening", (), "a cyclic store, half-way", "", "set opening")
            if end != start:
                why = f"closing stock of {eve if first is not None else before}: what the year must end with"
                yield Edit("storages", name, "opening", "set", goal, (end,), why, "actuals", f"set {goal:g}")
    refuse("the actuals", faults)


def _commitments(case: Case, past: Past, ahead: Sequence[Period]) -> Iterator[Edit]:
    """Ship-or-pay and minimum commitments of the year: what is still due, spread over the months still to come."""
    table = case.network.tables["contracts"]
    year = ahead[0].year
    spans = [p for p in (*past.periods, *ahead) if p.year == year]
    rest = {p.label for p in ahead}
    for row, volumes in zip(table.to_dict("records"), committed(case.network, spans), strict=True):
        if row["kind"] == "firm":
            continue
        due = {p.label: float(volume) for p, volume in zip(spans, volumes, strict=True)}
        later = sum(volume for label, volume in due.items() if label in rest)
        missed = sum(volume for label, volume in due.items() if label not in rest) - past.moved(
            "arc", row["arc"], row["commodities"] or (), year
        )
        if later > 0 and abs(missed) > 1e-9:
            factor = float(max(later + missed, 0.0) / later)
            words = f"{abs(missed):.3g} {'short of' if missed > 0 else 'beyond'} what was due until {ahead[0].label}"
            labels = tuple(label for label, volume in due.items() if label in rest and volume > 0)
            yield Edit("contracts", row["id"], "volume", "scale", factor, labels, words, "actuals", f"scale {factor:g}")
