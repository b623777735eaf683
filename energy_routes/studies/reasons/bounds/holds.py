"""What holds volume at a target whatever it costs: contracts and least volumes, and what is left without them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from energy_routes.case import Case, Policy
from energy_routes.network import Edit, Names
from energy_routes.studies.reasons.steps import Curve
from energy_routes.studies.reasons.target import Target
from energy_routes.studies.reasons.way import MOVED

COLUMNS = ["kind", "id", "name", "volume", "without", "without_free"]


def holds_of(target: Target, curve: Curve) -> pd.DataFrame:
    """What obliges volume to the target, and without which it has less; a row each.

    ``without`` is the volume that is left (Mt or bcm), ``without_free`` the same with a tariff of 0, NaN of a price.
    """
    volume, rows = curve.volume(0.0), []
    for kind, name, words, case in _freed(curve.priced.case, target):
        without = curve.of(curve.priced.shift, case)
        left = without.volume(0.0)
        if left < volume - MOVED:
            free = without.volume(curve.priced.shift.least(case)) if target.draws < 0 else np.nan
            rows.append((kind, name, words, volume, left, free))
    return pd.DataFrame(rows, columns=COLUMNS)


def _freed(case: Case, target: Target) -> Iterator[tuple[str, str, str, Case]]:
    """The case without each obligation on the target: kind, id, words, case."""
    tables, called = case.network.tables, Names(case.network.tables)
    contracts, terms = tables["contracts"], tables["limit_terms"]
    due = contracts.loc[contracts["kind"] != "firm", "id"]  # on any arc: what it obliges to passes others, too
    found = [("contract", "contracts", name, "volume", called.contract[name]) for name in due]
    found += [("least flow", "arcs", arc, "minimum", f"least flow of {called.arc[arc]}") for arc in target.arcs]
    limits = dict.fromkeys(terms.loc[terms["arc"].isin(target.arcs), "limit"])
    found += [("joint", "limits", name, "low", f"least of {called.limit[name]}") for name in limits]
    for kind, table, name, column, words in found:
        row = case.network.resolve(table, column, case.periods)[case.network.ids(table).index(name)]
        if np.nan_to_num(row).max(initial=0.0) > 0:
            edit = Edit(table, name, column, "set", 0.0, reason="left out by a study")
            yield kind, name, words, replace(case, network=case.network.with_edits(edit))
    for lever in ("min_share", "min_exposure"):
        bounds = getattr(case.policy, lever)
        kept = tuple(bound for bound in bounds if f"{bound.kind}:{bound.group}" != target.label)
        if len(kept) < len(bounds):
            words = "least share" if lever == "min_share" else "least volume"
            yield lever, target.label, words, replace(case, policy=_but(case.policy, lever, kept))


def _but(policy: Policy, lever: str, kept: tuple[Any, ...]) -> Policy:
    """A policy with one lever set anew."""
    changed: dict[str, Any] = {lever: kept}
    return replace(policy, **changed)
