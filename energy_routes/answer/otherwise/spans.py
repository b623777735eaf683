"""What could be otherwise in plans as good: the least and the most beside a volume or a share, and in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from energy_routes.answer.telling import Inner, Shown
from energy_routes.answer.words import Words
from energy_routes.network import Names
from energy_routes.plan import APART, Plan

MOST = 3  # volumes that the sentence names
FIRST = ("transit", "corridor")  # kinds that are named before other groups; single arcs and grades come after them
LAST = ("arc", "supply", "delivery", "home", "route")

Row = Mapping[Any, Any]


@dataclass(frozen=True)
class Spans:
    """Least and most of what the optimum leaves open, in the language of ``words`` and the units ``shown``."""

    plan: Plan
    words: Words
    shown: Shown

    @classmethod
    def of(cls, plan: Plan, words: Words) -> Spans:
        """Those of a plan in the units of its families."""
        return cls(plan, words, Inner(plan.case.network.units("volume")))

    def volume(self, kind: str, group: str, family: str) -> str:
        """``2.00–8.00`` of a group or arc whose volume is not determined; blank where it is."""
        return self._volume(self._open[kind, group, family]) if (kind, group, family) in self._open else ""

    def share(self, kind: str, group: str, family: str) -> str:
        """``20.0–80.0`` per cent of a group whose share is not determined; blank where it is."""
        return self._share(self._open[kind, group, family]) if (kind, group, family) in self._open else ""

    def sentence(self) -> str:
        """What could be otherwise, the groups first, without a full stop; blank where the plan is the only one."""
        found, key, most = self.plan.could_be, "could_be", MOST
        if found.empty:
            return ""
        if found["kind"].isin(LAST).all():  # single arcs and grades: the one that may change most for its size
            key, most = "could_be_within_groups", 1
            found = found.assign(size=found["low"] / found["high"]).sort_values("size", kind="stable")
        rows = (in_order(found) if most == MOST else found).to_dict("records")
        told = ", ".join(map(self._told, rows[:most]))
        if len(rows) > most:
            told = self.words("answer.and_more", told=told, count=len(rows) - most)
        return self.words(f"answer.{key}", told=told)

    def called(self, row: Row) -> str:
        """What a row of ranges is of: its name, and its grade where it is of one."""
        name = self.words.country(row["id"]) if row["kind"] == "transit" else row["id"]
        name = self.words.name(str(row["name"])) if name == row["id"] else name
        grade = self._grades.get(row["commodity"], row["commodity"])
        return f"{name}, {self.words.name(grade)}" if grade else name

    @cached_property
    def _grades(self) -> Mapping[str, str]:
        return Names(self.plan.case.network.tables).commodity

    @cached_property
    def _open(self) -> Mapping[tuple[str, str, str], Row]:
        """The groups and arcs whose volume is not determined."""
        return {(row["kind"], row["id"], row["family"]): row for row in self.plan.could_be.to_dict("records")}

    def _told(self, row: Row) -> str:
        unit = self.words.unit(self.shown.volume_names.get(row["family"], row["unit"]))
        said = f"{self.called(row)} {self._volume(row)} {unit}"
        span = self._share(row)
        return self.words("answer.could_be_share", said=said, span=span) if span else said

    def _volume(self, row: Row) -> str:
        factor = self.shown.volume_factors.get(row["family"], 1.0)
        return "–".join(self.words.number(row[end] * factor, 2) for end in ("low", "high"))

    def _share(self, row: Row) -> str:
        low, high = row["share_low"], row["share_high"]
        open_ = low == low and high - low > APART
        return "–".join(self.words.number(100 * end, 1) for end in (low, high)) if open_ else ""


def in_order(ranges: pd.DataFrame) -> pd.DataFrame:
    """The rows by kind, transit countries and corridors first, each as in the data."""
    kinds = list(dict.fromkeys(ranges["kind"]))
    order = [*FIRST, *(kind for kind in kinds if kind not in (*FIRST, *LAST)), *LAST]
    return ranges.sort_values("kind", key=lambda column: column.map(order.index), kind="stable")
