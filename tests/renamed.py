"""The same case under other names and in another order: nothing that a plan says may depend on either.

Every id of the network is replaced so that the alphabetical order is reversed, and the rows of every table are turned
round.  Groups keep their names: they are what policies and readers speak of.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from energy_routes.case.case import Case
from energy_routes.network.edit import TARGETS
from energy_routes.pack.pack import Pack
from energy_routes.pack.schema.tables import TABLES
from energy_routes.solving.loop import solve

RENAMED = ("nodes", "commodities", "arcs", "supplies", "obligations", "markets", "storages", "limits", "contracts",
           "options")
WORDS = {**TARGETS, "node": "nodes"}  # what stands before a name where events and policies speak of a row
# Every table of a plan that says where volumes go, and what tells its rows apart.
KEYS = {
    "flows": ["period", "arc", "commodity"],
    "arcs": ["period", "arc"],
    "supplies": ["period", "supply"],
    "deliveries": ["period", "market", "tier", "commodity"],
    "obligations": ["period", "obligation", "commodity"],
    "stocks": ["period", "storage", "commodity"],
    "groups": ["kind", "group", "family", "period"],
    "schedule": ["period", "supply", "commodity", "direction", "buyer"],
    "routes": ["origin", "commodity", "arcs", "market", "sold_as"],
    "ledger": ["term", "family"],
    "emissions": ["period"],
    "builds": ["option", "year"],
}


def other_names(case: Case) -> dict[str, dict[str, str]]:
    """By table, from each id to another such that the order of the alphabet is reversed."""
    out = {}
    for table in RENAMED:
        ids = sorted(set(case.network.tables[table]["id"].astype(str)))
        out[table] = {name: f"{table[:3]}{len(ids) - at:05d}" for at, name in enumerate(ids)}
    return out


def assert_named_or_not(case: Case, within: float = 1e-9, **options: Any) -> None:
    """The plans of a case and of the same under other names are equal, table by table, volumes to ``within``."""
    names = other_names(case)
    back = {new: old for by in names.values() for old, new in by.items()}
    own, other = solve(case, **options), solve(renamed(case, names), **options)
    assert own.objective == pytest.approx(other.objective.value, rel=1e-9)
    for table, keys in KEYS.items():
        one, two = (_sorted(_back(getattr(plan, table), to), keys) for plan, to in ((own, {}), (other, back)))
        assert list(one.columns) == list(two.columns)
        for column in one.columns:
            if one[column].dtype.kind == "f":
                here, there = (frame[column].to_numpy(dtype=float) for frame in (one, two))
                with np.errstate(invalid="ignore"):  # without limit is without limit
                    apart = np.where(here == there, 0.0, np.abs(here - there) / np.maximum(1.0, np.abs(here)))
                assert np.nanmax(apart, initial=0.0) <= within, (table, column)
                assert one[column].isna().tolist() == two[column].isna().tolist(), (table, column)
            else:
                assert one[column].tolist() == two[column].tolist(), (table, column)


def _back(frame: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """A table under the old names, cells that are missing as ''; what limits a route is sorted."""
    words = {c: [re.sub(r"[^;\s][^;]*", lambda part: names.get(part[0], part[0]), str(cell))
                 for cell in frame[c].fillna("")]
             for c in frame.columns if frame[c].dtype.kind not in "fib"}  # fmt: skip
    if "limited_by" in words:
        words["limited_by"] = ["; ".join(sorted(cell.split("; "))) for cell in words["limited_by"]]
    return frame.assign(**words)


def _sorted(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    return frame.sort_values([key for key in keys if key in frame.columns], ignore_index=True)


def renamed(case: Case, names: Mapping[str, Mapping[str, str]]) -> Case:
    """The case with other names, its rows turned round."""
    network = case.network
    edits = tuple(replace(e, id=_key(e.table, e.id, names)) for e in network.edits)
    packs = tuple(_pack(pack, names) for pack in network.packs)
    words = {f"{word}:{old}": f"{word}:{new}" for word, table in WORDS.items()
             for old, new in names.get(table, {}).items()}
    words |= names.get("options", {})  # a policy names what may be built without a word before it
    return replace(case, network=replace(network, packs=packs, edits=edits), policy=_mapped(case.policy, words))


def _pack(pack: Pack, names: Mapping[str, Mapping[str, str]]) -> Pack:
    tables = {name: _table(name, frame, names).iloc[::-1].reset_index(drop=True) for name, frame in pack.tables.items()}
    return replace(pack, tables=tables, rows={name: rows[::-1] for name, rows in pack.rows.items()},
                   units={t: {c: units[::-1] for c, units in by.items()} for t, by in pack.units.items()})


def _table(name: str, frame: pd.DataFrame, names: Mapping[str, Mapping[str, str]]) -> pd.DataFrame:
    out = frame.copy()
    for column in TABLES[name].columns if name in TABLES else ():
        table = name if column.name == "id" else column.refers
        if column.name not in out or (name, column.name) == ("values", "id"):
            continue
        if table in names:
            old = out[column.name]
            if column.kind == "list":
                new = [tuple(names[table].get(i, i) for i in cell) for cell in old]
            else:
                new = [names[table].get(cell, cell) if isinstance(cell, str) else cell for cell in old]
            out[column.name] = pd.Series(new, index=out.index, dtype=out[column.name].dtype)
    if name == "values":
        out["id"] = [_key(t, i, names) for t, i in zip(out["table"], out["id"], strict=True)]
    if name == "option_effects":
        out["target"] = [_target(target, names) for target in out["target"]]
    if name == "events":
        out["targets"] = [tuple(_target(target, names) for target in cell) for cell in out["targets"]]
    return out


def _target(target: str, names: Mapping[str, Mapping[str, str]]) -> str:
    word, _, key = target.partition(":")
    return f"{word}:{_key(WORDS[word], key, names)}" if word in WORDS else target


def _key(table: str, key: str, names: Mapping[str, Mapping[str, str]]) -> str:
    """A key whose parts are joined by '/', each under its new name."""
    parts = key.split("/")
    of = [table if column == "id" else TABLES[table].column(column).refers for column in TABLES[table].key]
    return "/".join(names.get(t or "", {}).get(part, part) for t, part in zip(of, parts, strict=True))


def _mapped(value: Any, words: Mapping[str, str]) -> Any:
    """A policy with every ``arc:BTC`` in it under its new name."""
    if isinstance(value, str):
        return words.get(value, value)
    if isinstance(value, tuple):
        return tuple(_mapped(part, words) for part in value)
    if isinstance(value, Mapping):
        return {words.get(k, k): _mapped(part, words) for k, part in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: _mapped(getattr(value, f.name), words) for f in fields(value) if f.init})
    return value
