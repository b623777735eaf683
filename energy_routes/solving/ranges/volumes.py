"""What can be more or less: arcs, groups, supplies and deliveries, each as a sum of columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from energy_routes.formulation import Space
from energy_routes.linear import Expr, Index, axis, code_of, positions, stacked
from energy_routes.network import Names, group_names
from energy_routes.plan import TOTAL

LABELS = ["kind", "id", "name", "family", "commodity", "period"]


@dataclass(frozen=True, eq=False)
class Volumes:
    """Volumes of a space, Mt (bcm), of groups of all families together MUSD.

    ``labels`` has a row a volume, ``weights`` (volumes, columns) what a unit of each column adds to it.  ``wholes``
    (totals, columns) are what shares are shares of; ``whole`` is the row there of each volume, −1 where it has no
    share.
    """

    labels: pd.DataFrame
    weights: sparse.csr_matrix
    wholes: sparse.csr_matrix
    whole: Index


def volumes(space: Space, columns: int, *, by_period: bool) -> Volumes:
    """Every volume of a programme of so many ``columns``: over the horizon, and in each period if asked."""
    labels, weights, wholes, whole = [], [], [], []
    count = 0
    for kind, expr, keys in _measured(space):
        own, matrix = _summed(expr, keys, columns, by_period=by_period)
        of = np.full(len(own), -1)
        if kind == "group":
            totals, total = _summed(space.share_totals, ["kind", "family"], columns, by_period=by_period)
            names = ("kind", "family", "period")
            groups = axis("group", (*keys, "period"), own)
            of = count + positions(groups, axis("whole", names, totals), names)
            wholes.append(total)
            count += len(totals)
        labels.append(own if "kind" in own else own.assign(kind=kind))
        weights.append(matrix)
        whole.append(of)
    frame = _named(space, pd.concat(labels, ignore_index=True))
    return Volumes(frame, sparse.vstack(weights).tocsr(), sparse.vstack(wholes).tocsr(), np.concatenate(whole))


def _measured(space: Space) -> Iterator[tuple[str, Expr, list[str]]]:
    """The kind of a volume, what it is a sum of, and what tells two of it apart."""
    yield "arc", space.flow, ["arc", "family"]
    yield "group", space.exposure, ["kind", "group", "family"]
    yield "supply", space.lifted, ["supply", "commodity", "family"]
    yield "delivery", space.delivered, ["market", "commodity", "family"]
    yield "home", space.home, ["obligation", "commodity"]


def _summed(
    expr: Expr, keys: list[str], columns: int, *, by_period: bool
) -> tuple[pd.DataFrame, sparse.csr_matrix]:
    """Expressions added up over what does not tell them apart: labels, and a weight a column."""
    labels = expr.axis.labels.only(*keys, "period")
    whole = labels.but(period=np.full_like(labels["period"], code_of(TOTAL)))
    spans = [whole, labels] if by_period else [whole]
    every = stacked(spans)
    place, known = pd.factorize(every.numbers(*keys, "period"))
    row = np.concatenate([own[expr.row] for own in np.split(place, len(spans))])
    col, val = np.tile(expr.col, len(spans)), np.tile(expr.val, len(spans))
    return every.each_once().frame, sparse.csr_matrix((val, (row, col)), shape=(len(known), columns))


def _named(space: Space, frame: pd.DataFrame) -> pd.DataFrame:
    """Volumes by id and name; ``commodity`` is blank where all grades are added up."""
    tables = space.case.network.tables
    called, groups = Names(tables), group_names(space.case.network.packs)
    ids = frame[["arc", "group", "supply", "market", "obligation"]].bfill(axis=1).iloc[:, 0]
    families = frame["family"].fillna(frame["commodity"].map(space.case.network.family_of("commodities")))
    arcs = dict(zip(tables["arcs"]["id"], tables["arcs"]["name"].fillna(tables["arcs"]["id"]), strict=True))
    known = {"arc": arcs, "supply": called.supply, "delivery": called.market, "home": called.obligation}
    names = [known[kind].get(own, own) if kind in known else groups.get((kind, own, of), own)
             for kind, own, of in zip(frame["kind"], ids, families, strict=True)]  # fmt: skip
    return frame.assign(id=ids, name=names, family=families, commodity=frame["commodity"].fillna(""))[LABELS]
