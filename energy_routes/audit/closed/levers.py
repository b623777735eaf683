"""The case as it lies in ``inputs/case.json``: every key is known here, and so is every lever of its policy.

A lever that no check reads would be a promise that nobody tests, so it is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from energy_routes.audit.report import Findings

CASE = ("name", "title", "question", "sources", "subject", "packs", "annual", "periods", "edits", "policy", "past")
PERIOD = ("label", "days", "years")
EDIT = ("table", "id", "field", "op", "value", "periods", "reason", "source", "written", "time", "event")
PAST = ("periods", "actuals")
ACTUAL = ("what", "id", "commodity", "period", "volume")
CAP = ("kind", "group", "cap", "over", "family")
LEAST = ("kind", "group", "least", "over", "family")
# Each lever with the keys of its table, or of each of its items; () for a plain value.
LEVERS: Mapping[str, tuple[str, ...]] = {
    "objective": (),
    "exports": (),
    "max_share": CAP,
    "max_exposure": CAP,
    "max_hhi": ("kind", "cap", "weight", "family"),
    "min_share": LEAST,
    "min_exposure": LEAST,
    "security": ("outages", "mode", "remaining", "window", "recovery", "delta", "per", "foreseen", "swing"),
    "bookings": ("arcs", "premium", "spot"),
    "cvar": ("alpha", "weight", "limit", "scenarios", "since", "until", "onset"),
    "build": ("options", "budget", "rate", "earliest", "built"),
    "carbon_price": (),
    "max_emissions": (),
    "base_prices": ("family", "price", "source", "year", "note"),
}
SCENARIO = ("name", "probability", "outages", "remaining", "days", "onset")
WORDS = "title, question, sources, subject, and the reason, source and wording of edits: words for readers"


def check(case: Mapping[str, Any], found: Findings) -> None:
    """Every key of the case."""
    _known(case, CASE, "case.json", found)
    _items(case["periods"], PERIOD, "a period", found)
    _items(case["edits"], EDIT, "an edit", found)
    if case.get("past"):
        _known(case["past"], PAST, "past", found)
        _items(case["past"]["actuals"], ACTUAL, "an actual", found)
    _known(case["policy"], LEVERS, "the policy", found)
    for lever, value in case["policy"].items():
        if keys := LEVERS.get(lever, ()):
            _items(value if isinstance(value, list) else [value] if value else [], keys, f"the lever {lever}", found)
    scenarios = (case["policy"].get("cvar") or {}).get("scenarios")
    _items(scenarios if isinstance(scenarios, list) else [], SCENARIO, "a scenario", found)
    found.skip("inputs/case.json", WORDS)


def _items(items: Iterable[Any], keys: Iterable[str], what: str, found: Findings) -> None:
    for item in items:
        if isinstance(item, Mapping):
            _known(item, keys, what, found)
        else:
            found.wrong("case", f"{what} is {item!r}, which is no table")


def _known(item: Mapping[str, Any], keys: Iterable[str], what: str, found: Findings) -> None:
    found.counts["case"] += len(item)
    for key in item:
        if key not in keys:
            found.wrong("case", f"{what} has the key {key!r}, which no check reads")
