"""What an audit found: how many figures were compared under each heading, and every difference."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from energy_routes.errors import VerificationError

# Relative to max(1, |expected|).  Saved figures have twelve digits, so what is only multiplied out again agrees to
# SAME; what a solver balances (rows, bounds, sums over them) agrees to NEAR, the tolerance of a plan handed out.
SAME = 1e-9
NEAR = 1e-6
SHOWN = 10


def alike(have: float, want: float, tolerance: float = SAME) -> bool:
    """Whether two numbers are the same: undefined is the same as undefined, infinite as itself alone."""
    return (math.isnan(have) and math.isnan(want)) or math.isclose(have, want, rel_tol=tolerance, abs_tol=tolerance)


@dataclass
class Findings:
    """Collects comparisons: ``counts`` by heading, ``differences`` as sentences, ``unchecked`` with the reason."""

    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    differences: list[str] = field(default_factory=list)
    unchecked: dict[str, str] = field(default_factory=dict)

    def skip(self, what: str, reason: str) -> None:
        """Something that is saved and is not found again here."""
        self.unchecked[what] = reason

    def wrong(self, heading: str, words: str) -> None:
        """A difference that is not about two numbers."""
        self.counts[heading] += 1
        self.differences.append(f"{heading}: {words}")

    def true(self, heading: str, what: str, holds: bool, words: str) -> None:
        """Something that must hold."""
        self.counts[heading] += 1
        if not holds:
            self.differences.append(f"{heading}: {what}: {words}")

    def known(self, heading: str, what: str, item: Mapping[str, Any], keys: Iterable[str]) -> None:
        """A saved object has no key but those of the result."""
        for key in item:
            self.true(heading, what, key in keys, f"has the key {key!r}, which is not of the result")

    def equal(self, heading: str, what: str, saved: Any, own: float | None, tolerance: float = NEAR) -> None:
        """A saved number against our own; undefined equals undefined."""
        self.counts[heading] += 1
        have, want = number(saved), number(own)
        if not alike(have, want, tolerance):
            self.differences.append(f"{heading}: {what}: saved {_words(have)}, from the raw tables {_words(want)}")

    def columns(
        self, heading: str, what: str, row: Mapping[str, Any], own: Mapping[str, float | None], tolerance: float = NEAR
    ) -> None:
        """Columns of a saved row against our own numbers."""
        for column, value in own.items():
            self.equal(heading, f"{what} {column}", row[column], value, tolerance)

    def within(self, heading: str, what: str, value: float, low: float, high: float) -> None:
        """A number against its limits (±inf: none)."""
        self.counts[heading] += 1
        over = value - high > NEAR * max(1.0, abs(high) if math.isfinite(high) else 1.0)
        under = low - value > NEAR * max(1.0, abs(low) if math.isfinite(low) else 1.0)
        if over or math.isnan(value):
            self.differences.append(f"{heading}: {what}: {_words(value)} is above the limit of {_words(high)}")
        elif under:
            self.differences.append(f"{heading}: {what}: {_words(value)} is below the least of {_words(low)}")


@dataclass(frozen=True)
class Report:
    """The outcome: ``checks`` as (heading, figures compared), every difference in words, and what was not checked.

    ``unchecked`` has what is saved and was not found again, as (what, reason).
    """

    folder: Path
    checks: tuple[tuple[str, int], ...]
    differences: tuple[str, ...]
    unchecked: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, folder: Path, found: Findings) -> Report:
        """What was found in a folder."""
        return cls(folder, tuple(found.counts.items()), tuple(found.differences), tuple(found.unchecked.items()))

    @property
    def passed(self) -> bool:
        return not self.differences

    def words(self) -> str:
        """What was compared, and the verdict."""
        width = max((len(heading) for heading, _ in self.checks), default=0)
        lines = [f"  {heading:<{width}}  {count:>9,}" for heading, count in self.checks]
        total = sum(count for _, count in self.checks)
        verdict = (
            f"{self.folder}: verified; {total:,} comparisons, no difference (relative tolerance {NEAR:g} for balances "
            f"and limits, {SAME:g} for what is only multiplied out)"
        )
        alike = groupby(self.unchecked, key=itemgetter(1))
        left = [f"  {', '.join(what for what, _ in same)}: {reason}" for reason, same in alike]
        told = ["Not checked:", *left] if left else []
        return "\n".join(["Compared:", *lines, *told, verdict if self.passed else self._failed()])

    def as_dict(self) -> dict[str, Any]:
        """The report as plain values."""
        return {
            "result": str(self.folder),
            "passed": self.passed,
            "tolerances": {"limits": NEAR, "derived": SAME},
            "compared": dict(self.checks),
            "differences": list(self.differences),
            "unchecked": [{"what": what, "reason": reason} for what, reason in self.unchecked],
        }

    def raise_if_failed(self) -> None:
        """Raise VerificationError naming the first differences, if there are any."""
        if not self.passed:
            raise VerificationError(self._failed())

    def _failed(self) -> str:
        count = len(self.differences)
        lines = [f"  {text}" for text in self.differences[:SHOWN]]
        if count > SHOWN:
            lines.append(f"  … and {count - SHOWN} more")
        return "\n".join([f"{self.folder} is not verified: {count} difference{'s' if count != 1 else ''}", *lines])


def number(value: Any) -> float:
    """A number of a file or of ours; NaN where there is none."""
    return math.nan if value is None else float(value)


def _words(value: float) -> str:
    return "undefined" if math.isnan(value) else "unlimited" if math.isinf(value) else f"{value:.10g}"
