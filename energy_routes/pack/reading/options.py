"""Checks on what could be built: every option adds something that is there, and nothing needs itself."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from energy_routes.errors import Fault
from energy_routes.pack.pack import keys_of
from energy_routes.pack.reading.typed import Draft, Drafts
from energy_routes.pack.suggest import nearest

TABLE_OF = {"arc": "arcs", "limit": "limits", "joint": "limits", "supply": "supplies", "tier": "tiers",
            "storage": "storages"}  # fmt: skip
FIGURE_OF = {"arcs": "capacity", "limits": "high", "supplies": "available", "tiers": "depth"}
STORAGE_FIGURES = ("injection", "withdrawal", "working_volume")


def option_effects(drafts: Drafts) -> Iterable[Fault]:
    """Each option has effects; each effect widens a limit that is there and has an end."""
    options, effects = drafts["options"], drafts["option_effects"]
    if not effects.partial:
        known = set(effects.frame["option"].dropna())
        for i, name in enumerate(options.frame["id"]):
            if pd.notna(name) and name not in known:
                yield options.fault(i, "id", f"{name!r} adds nothing", "at least one row of option_effects",
                                    "Say in option_effects which arc, limit, supply, tier or storage it widens.")
    for i, target in enumerate(effects.frame["target"]):
        if pd.isna(target) or effects.bad["target"][i]:
            continue
        word, _, name = str(target).partition(":")
        if word not in TABLE_OF:
            yield effects.fault(i, "target", repr(target), "arc:…, limit:…, supply:…, tier:… or storage:…",
                                nearest(word, TABLE_OF))
            continue
        table = drafts[TABLE_OF[word]]
        keys = keys_of(TABLE_OF[word], table.frame)
        if name not in keys:
            if not table.partial:
                yield effects.fault(i, "target", f"{name!r} is not in {table.file}", f"an id of {TABLE_OF[word]}",
                                    nearest(name, keys))
            continue
        yield from _widens(effects, i, table, keys.index(name), TABLE_OF[word])


def _widens(effects: Draft, i: int, table: Draft, row: int, name: str) -> Iterable[Fault]:
    """The figure that the effect adds to exists and ends somewhere; a tariff stands at an arc only."""
    at = effects.frame.iloc[i]
    if name == "storages":
        if not any(float(at[figure] or 0) > 0 for figure in STORAGE_FIGURES):
            yield effects.fault(i, "target", "adds nothing to the storage", "injection, withdrawal or working_volume",
                                "State what one unit adds.")
    elif np.isposinf(float(table.frame[FIGURE_OF[name]].iloc[row])):
        yield effects.fault(i, "target", f"{at['target']!r} has no limit", f"a {FIGURE_OF[name]} that ends somewhere",
                            "Give it a limit, or drop the effect.")
    if name != "arcs" and pd.notna(at["tariff"]):
        yield effects.fault(i, "tariff", f"a tariff of {at['target']!r}", "a tariff of an arc only", "Leave it blank.")


def option_tariffs(drafts: Drafts) -> Iterable[Fault]:
    """Options that widen one arc agree on its operating tariff, and no lane of it has a tariff of its own."""
    effects, lanes = drafts["option_effects"], drafts["lanes"].frame
    priced = set(lanes.loc[lanes["tariff"].notna(), "arc"])
    status = dict(zip(drafts["arcs"].frame["id"], drafts["arcs"].frame["status"], strict=True))
    seen: dict[str, float] = {}
    for i, (target, tariff) in enumerate(effects.cells("target", "tariff")):
        word, _, arc = str(target).partition(":")
        if pd.isna(target) or pd.isna(tariff) or word != "arc":
            continue
        if seen.setdefault(arc, float(tariff)) != float(tariff):
            yield effects.fault(i, "tariff", f"{tariff:g}, and {seen[arc]:g} in another row of {target}",
                                "one operating tariff an arc", "Give the later option an arc of its own.")
        if status.get(arc) == "operating" and arc in priced:
            found = f"{target} has lanes with tariffs of their own"
            yield effects.fault(i, "tariff", found, "one tariff for all lanes", "Give the option an arc of its own.")


def option_circles(drafts: Drafts) -> Iterable[Fault]:
    """No option requires itself, by way of others or at once."""
    draft = drafts["options"]
    needs = {name: set(other) for name, other in draft.cells("id", "requires") if pd.notna(name)}
    for i, name in enumerate(draft.frame["id"]):
        reached: set[str] = set()
        queue = list(needs.get(name, ()))
        while queue:
            at = queue.pop()
            if at not in reached:
                reached.add(at)
                queue += needs.get(at, ())
        if name in reached:
            yield draft.fault(i, "requires", f"{name!r} requires itself", "steps in one order", "Break the circle.")


def emission_factors(drafts: Drafts) -> Iterable[Fault]:
    """A factor for one arc is for an arc of that mode."""
    draft = drafts["emissions"]
    modes = dict(zip(drafts["arcs"].frame["id"], drafts["arcs"].frame["mode"], strict=True))
    for i, (mode, arc) in enumerate(draft.cells("mode", "arc")):
        if pd.notna(arc) and pd.notna(mode) and arc in modes and modes[arc] != mode:
            yield draft.fault(i, "mode", f"{mode!r}, but {arc!r} is a {modes[arc]}", "the mode of the arc",
                              f"Write {modes[arc]}.")


OPTIONS = (option_effects, option_tariffs, option_circles, emission_factors)
