"""The levers of risk as people write them: security of supply, conditional value at risk, bookings.

Each lever is a closed table: a typing slip is an error that offers the nearest name, never silently ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, TypeVar

from energy_routes.errors import UsageError
from energy_routes.pack import LARGEST, Dimension, amount, nearest

Mode = Literal["preventive", "corrective"]


@dataclass(frozen=True)
class Security:
    """``[policy.security]``: after each single loss of ``outages`` (N-1), exports fall by a share ``delta`` at most.

    ``remaining`` (0–1) is left of what is lost; ``window`` the first and last period of the outage (None: the whole
    horizon), ``recovery`` the periods after it in which tanks must be back at the plan's level.  ``delta = "min"``
    seeks the smallest share that can be had.  ``swing`` lets lifting rise by this share in a disruption; ``foreseen``
    lets tanks fill before it.  ``per`` = "market" asks it of every market by itself.  In a corrective plan home comes
    first even with ``delta`` = 1: its obligations are kept after each loss as far as any plan can keep them.
    """

    outages: tuple[str, ...] = ("single:corridor",)
    mode: Mode = "corrective"
    remaining: float = 0.0
    window: tuple[str, ...] | None = None
    recovery: int = 0
    delta: float | Literal["min"] = "min"
    per: Literal["total", "market"] = "total"
    foreseen: bool = False
    swing: float = 0.0


@dataclass(frozen=True)
class Bookings:
    """``[policy.bookings]``: capacity of ``arcs`` is booked before it is known what fails, and paid used or not.

    Moving more than was booked costs ``premium`` (USD/t or USD/1000 m³) on top of the tariff, up to the share ``spot``
    (0–1) of the arc's capacity.
    """

    arcs: tuple[str, ...] = ()
    premium: float = 0.0
    spot: float = 1.0


@dataclass(frozen=True)
class Disruption:
    """One listed scenario: what is lost together, how likely it is (0–1), how much remains, and for how long.

    ``days`` None means the whole horizon.  Without an ``onset`` the days lost are spread over the horizon; with one
    they begin in that period.
    """

    name: str
    probability: float
    outages: tuple[str, ...]
    remaining: float = 0.0
    days: float | None = None
    onset: str | None = None


@dataclass(frozen=True)
class Cvar:
    """``[policy.cvar]``: expected netback weighed against its worst tail over disruption scenarios.

    ``weight`` (``lambda`` in a file, 0–1) is the share of the objective given to CVaR at level ``alpha``; with
    ``limit`` (``kappa``, MUSD) expected netback is maximised and CVaR of the loss kept at or below it.  ``scenarios``
    is "events" (rates from the pack's table, of the years ``since`` … ``until``) or the scenarios listed.
    """

    alpha: float = 0.9
    weight: float = 0.0
    limit: float | None = None
    scenarios: tuple[Disruption, ...] | Literal["events"] = "events"
    since: str | None = None
    until: str | None = None
    onset: str | None = None


ALL = "all"


@dataclass(frozen=True)
class Build:
    """``[policy.build]``: a plan may build ``options`` ("all" of the pack), for ``budget`` MUSD of capex at most.

    ``rate`` (0–1 a year) turns capex into a yearly charge.  ``earliest`` = "waived" lets options stand from the first
    year on, whatever their earliest year: for the question what they would be worth, not when they can come.
    """

    options: tuple[str, ...] = (ALL,)
    budget: float | None = None
    rate: float = 0.10
    earliest: Literal["stated", "waived"] = "stated"


Check = Callable[[str, object], Any]
Lever = TypeVar("Lever", Security, Bookings, Cvar, Disruption, Build)


def parse_security(value: object, old: Security | None) -> Security:
    """The lever as written, laid over what was there.  Raises UsageError."""
    security = _parse("security", value, old or Security(), _SECURITY)
    if not security.outages:
        raise UsageError("policy.security.outages names nothing that could fail")
    if security.mode == "preventive" and security.per == "market":
        raise UsageError("policy.security: per = 'market' needs mode = 'corrective' (rows alone cannot tell which "
                         "market an arc's volume is for)")
    if security.mode == "preventive" and (security.recovery or security.swing):
        raise UsageError("policy.security: recovery and swing need mode = 'corrective'")
    return security


def parse_bookings(value: object, old: Bookings | None) -> Bookings:
    """The lever as written, laid over what was there.  Raises UsageError."""
    return _parse("bookings", value, old or Bookings(), _BOOKINGS)


def parse_build(value: object, old: Build | None) -> Build:
    """The lever as written, laid over what was there.  Raises UsageError."""
    build = _parse("build", value, old or Build(), _BUILD)
    if not build.options:
        raise UsageError("policy.build.options names nothing that could be built; drop the lever, or say 'all'")
    return build


def parse_cvar(value: object, old: Cvar | None) -> Cvar:
    """The lever as written, laid over what was there.  Raises UsageError."""
    cvar = _parse("cvar", value, old or Cvar(), _CVAR)
    if cvar.limit is not None and cvar.weight:
        raise UsageError("policy.cvar: give lambda (a weight) or kappa (a limit), not both")
    if cvar.scenarios != "events":
        names = [scenario.name for scenario in cvar.scenarios]
        if len(set(names)) < len(names):
            raise UsageError("policy.cvar.scenarios: two scenarios have one name")
        total = sum(scenario.probability for scenario in cvar.scenarios)
        if total > 1 + 1e-9:
            raise UsageError(f"policy.cvar.scenarios: probabilities sum to {total:g}, more than 1 (what is left of 1 "
                             "is the chance of no disruption)")
    return cvar


def revive(cls: type[Lever], saved: Mapping[str, Any] | None) -> Lever | None:
    """A lever from its saved record (``dataclasses.asdict`` through JSON); None stays None."""
    if saved is None:
        return None
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in saved.items()}
    if cls is Cvar and values["scenarios"] != "events":
        values["scenarios"] = tuple(revive(Disruption, dict(item)) for item in values["scenarios"])
    return cls(**values)



def _parse(lever: str, value: object, old: Lever, checks: Mapping[str, tuple[str, Check]]) -> Lever:
    if not isinstance(value, Mapping):
        raise UsageError(f"policy.{lever} is a table: {', '.join(checks)}")
    changes = {}
    for key, raw in value.items():
        if key not in checks:
            known = ", ".join(checks)
            raise UsageError(f"policy.{lever} has no {key!r}; expected {known}. {nearest(str(key), checks)}")
        name, check = checks[key]
        changes[name] = check(f"policy.{lever}.{key}", raw)
    return replace(old, **changes)


def _number(low: float, high: float, *words: str, none: bool = False, open_high: bool = False,
            dimension: Dimension = "none") -> Check:
    """A number from ``low`` to ``high`` or one of ``words``; it may carry a unit of its ``dimension``."""
    def check(where: str, value: object) -> Any:
        if isinstance(value, str) and value in words:
            return value
        if none and value in (None, "none"):
            return None
        try:
            number = amount(where, value, dimension)
        except UsageError:
            number = float("nan")
        least, most = max(low, -LARGEST), min(high, LARGEST)
        if not least <= number <= most or (open_high and number >= high):
            wanted = f"a number from {least:g} to {most:g}" + (" (not itself)" if open_high else "")
            raise UsageError(f"{where} = {value!r}; expected {' or '.join([wanted, *map(repr, words)])}")
        return number

    return check


def _count(where: str, value: object) -> int:
    number = _number(0, 1000)(where, value)
    if number != int(number):
        raise UsageError(f"{where} = {value!r}; expected a whole number of periods")
    return int(number)


def _choice(*known: str) -> Check:
    def check(where: str, value: object) -> Any:
        if value not in known:
            wanted = " or ".join(map(repr, known))
            raise UsageError(f"{where} = {value!r}; expected {wanted}. {nearest(str(value), known)}")
        return value

    return check


def _flag(where: str, value: object) -> bool:
    if value in (True, False, "true", "false"):
        return value in (True, "true")
    raise UsageError(f"{where} = {value!r}; expected true or false")


def _names(where: str, value: object) -> tuple[str, ...]:
    """A list of names; on the command line they are separated by ';'."""
    items = [part.strip() for part in value.split(";")] if isinstance(value, str) else value
    if not isinstance(items, Sequence) or not all(isinstance(item, str) and item for item in items):
        raise UsageError(f"{where} = {value!r}; expected a list of names")
    return tuple(items)


def _window(where: str, value: object) -> tuple[str, ...] | None:
    if value in (None, "none", ()):
        return None
    labels = _names(where, value)
    if len(labels) not in (1, 2):
        raise UsageError(f"{where} = {value!r}; expected the first and the last period, such as ['2024-03', '2024-04']")
    return labels


def _text(where: str, value: object) -> str | None:
    if value is None or (isinstance(value, str) and value):
        return None if value == "none" else value
    raise UsageError(f"{where} = {value!r}; expected a text")


def _scenarios(where: str, value: object) -> tuple[Disruption, ...] | Literal["events"]:
    if value == "events":
        return "events"
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise UsageError(f"{where} = {value!r}; expected 'events' or a list of scenarios")
    out = []
    for number, item in enumerate(value, 1):
        if isinstance(item, Disruption):
            out.append(item)
            continue
        blank = Disruption("", -1.0, ())
        made = _parse(f"cvar.scenarios {number}", item, blank, _DISRUPTION)
        missing = [f.name for f in fields(Disruption) if f.name in ("name", "probability", "outages")
                   and getattr(made, f.name) == getattr(blank, f.name)]
        if missing:
            raise UsageError(f"{where} {number}: {missing[0]} is missing")
        out.append(made)
    return tuple(out)


_SECURITY: Mapping[str, tuple[str, Check]] = {
    "outages": ("outages", _names),
    "mode": ("mode", _choice("preventive", "corrective")),
    "remaining": ("remaining", _number(0, 1, dimension="fraction")),
    "window": ("window", _window),
    "recovery": ("recovery", _count),
    "delta": ("delta", _number(0, 1, "min", dimension="fraction")),
    "per": ("per", _choice("total", "market")),
    "foreseen": ("foreseen", _flag),
    "swing": ("swing", _number(0, 10, dimension="fraction")),
}
_BOOKINGS: Mapping[str, tuple[str, Check]] = {
    "arcs": ("arcs", _names),
    "premium": ("premium", _number(0, 1e6)),
    "spot": ("spot", _number(0, 1, dimension="fraction")),
}
_BUILD: Mapping[str, tuple[str, Check]] = {
    "options": ("options", _names),
    "budget": ("budget", _number(0, 1e9, none=True, dimension="money")),
    "rate": ("rate", _number(0, 1, dimension="fraction")),
    "earliest": ("earliest", _choice("stated", "waived")),
}
_CVAR: Mapping[str, tuple[str, Check]] = {
    "alpha": ("alpha", _number(0, 1, open_high=True, dimension="fraction")),
    "lambda": ("weight", _number(0, 1, dimension="fraction")),
    "kappa": ("limit", _number(-1e12, 1e12, none=True, dimension="money")),
    "scenarios": ("scenarios", _scenarios),
    "since": ("since", _text),
    "until": ("until", _text),
    "onset": ("onset", _text),
}
_DISRUPTION: Mapping[str, tuple[str, Check]] = {
    "name": ("name", _text),
    "probability": ("probability", _number(0, 1, dimension="fraction")),
    "outages": ("outages", _names),
    "remaining": ("remaining", _number(0, 1, dimension="fraction")),
    "days": ("days", _number(0, 100_000, none=True)),
    "onset": ("onset", _text),
}

__all__ = ["ALL", "Bookings", "Build", "Cvar", "Disruption", "Mode", "Security", "parse_bookings", "parse_build",
           "parse_cvar", "parse_security", "revive"]
