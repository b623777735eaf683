"""The levers of risk as people write them: security of supply, bookings, conditional value at risk, builds.

Each lever is a closed table: a typing slip is an error that offers the nearest name, never silently ignored.  A part of
a lever is defined in one line: its type, its default, and how it is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, replace
from typing import Annotated, Any, Literal, Self, get_args, get_type_hints

from energy_routes.errors import UsageError
from energy_routes.pack import LARGEST, Dimension, amount, check_list, nearest

Mode = Literal["preventive", "corrective"]
Check = Callable[[str, object], Any]
ALL = "all"
BUILT = "built"


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


def _share(*words: str, high: float = 1.0, open_high: bool = False) -> Check:
    return _number(0, high, *words, open_high=open_high, dimension="fraction")


def _count(where: str, value: object) -> int:
    number = _number(0, 1000)(where, value)
    if number != int(number):
        raise UsageError(f"{where} = {value!r}; expected a whole number of periods")
    return int(number)


def _choice(*known: str) -> Check:
    def check(where: str, value: object) -> Any:
        if value not in known:
            raise UsageError(f"{where} = {value!r}; expected {' or '.join(map(repr, known))}. "
                             f"{nearest(str(value), known)}")
        return value

    return check


def _flag(where: str, value: object) -> bool:
    if value in (True, False, "true", "false"):
        return value in (True, "true")
    raise UsageError(f"{where} = {value!r}; expected true or false")


def _names(where: str, value: object) -> tuple[str, ...]:
    """A list of names, each once; on the command line they are separated by ';'."""
    names = _listed(where, value)
    check_list(where, names, some=False)
    return names


def _listed(where: str, value: object) -> tuple[str, ...]:
    items = [part.strip() for part in value.split(";")] if isinstance(value, str) else value
    if not isinstance(items, Sequence) or not all(isinstance(item, str) and item for item in items):
        raise UsageError(f"{where} = {value!r}; expected a list of names")
    return tuple(items)


def _units(where: str, value: object) -> dict[str, float] | None:
    """Units by the name of an option; on the command line they are separated by ';' (``tankers 4; btc-7 1``)."""
    if value in (None, "none"):
        return None
    if isinstance(value, str):
        value = dict(part.strip().rpartition(" ")[::2] for part in value.split(";"))
    if not isinstance(value, Mapping) or not all(isinstance(name, str) and name for name in value):
        raise UsageError(f"{where} = {value!r}; expected units by option, such as {{ tankers = 4 }} or 'tankers 4'")
    return {name: _number(0, LARGEST)(f"{where}.{name}", units) for name, units in value.items()}


def _window(where: str, value: object) -> tuple[str, ...] | None:
    if value in (None, "none", ()):
        return None
    labels = _listed(where, value)
    if len(labels) not in (1, 2):
        raise UsageError(f"{where} = {value!r}; expected the first and the last period, such as ['2024-03', '2024-04']")
    return labels


def _text(where: str, value: object) -> str | None:
    if value is None or (isinstance(value, str) and value):
        return None if value == "none" else value
    raise UsageError(f"{where} = {value!r}; expected a text")


@dataclass(frozen=True)
class Table:
    """A closed table.  A part's annotation has its type, what reads it, and its key in a file where that differs."""

    @classmethod
    def parse(cls, value: object, old: Self | None = None) -> Self:
        """The lever as written, laid over what was there.  Raises UsageError."""
        lever = replace(old or cls(), **cls._parts(cls.__name__.lower(), value))
        lever.check()
        return lever

    def check(self) -> None:
        """Refuse parts that do not go together."""

    @classmethod
    def _parts(cls, lever: str, value: object) -> dict[str, Any]:
        checks = cls._checks()
        if not isinstance(value, Mapping):
            raise UsageError(f"policy.{lever} is a table: {', '.join(checks)}")
        parts = {}
        for key, raw in value.items():
            if key not in checks:
                raise UsageError(f"policy.{lever} has no {key!r}; expected {', '.join(checks)}. "
                                 f"{nearest(str(key), checks)}")
            name, check = checks[key]
            parts[name] = check(f"policy.{lever}.{key}", raw)
        return parts

    @classmethod
    def _checks(cls) -> dict[str, tuple[str, Check]]:
        """Each part by the key that a file has for it: its name here, and what reads it."""
        told = {name: get_args(kind)[1:] for name, kind in get_type_hints(cls, include_extras=True).items()}
        return {(key[0] if key else name): (name, check) for name, (check, *key) in told.items()}


@dataclass(frozen=True)
class Security(Table):
    """``[policy.security]``: after each single loss of ``outages`` (N-1), exports fall by a share ``delta`` at most.

    ``remaining`` (0–1) is left of what is lost; ``window`` the first and last period of the outage (None: the whole
    horizon), ``recovery`` the periods after it in which tanks must be back at the plan's level.  ``delta = "min"``
    seeks the smallest share that can be had.  ``swing`` lets lifting rise by this share in a disruption; ``foreseen``
    lets tanks fill before it.  ``per`` = "market" asks it of every market by itself.  In a corrective plan home comes
    first even with ``delta`` = 1: its obligations are kept after each loss as far as any plan can keep them.
    """

    outages: Annotated[tuple[str, ...], _names] = ("single:corridor",)
    mode: Annotated[Mode, _choice("preventive", "corrective")] = "corrective"
    remaining: Annotated[float, _share()] = 0.0
    window: Annotated[tuple[str, ...] | None, _window] = None
    recovery: Annotated[int, _count] = 0
    delta: Annotated[float | Literal["min"], _share("min")] = "min"
    per: Annotated[Literal["total", "market"], _choice("total", "market")] = "total"
    foreseen: Annotated[bool, _flag] = False
    swing: Annotated[float, _share(high=10)] = 0.0

    def check(self) -> None:
        """Raise UsageError where nothing could fail, or a preventive plan is asked what only a corrective one has."""
        if not self.outages:
            raise UsageError("policy.security.outages names nothing that could fail")
        if self.mode == "preventive" and self.per == "market":
            raise UsageError("policy.security: per = 'market' needs mode = 'corrective' (rows alone cannot tell which "
                             "market an arc's volume is for)")
        if self.mode == "preventive" and (self.recovery or self.swing):
            raise UsageError("policy.security: recovery and swing need mode = 'corrective'")


@dataclass(frozen=True)
class Bookings(Table):
    """``[policy.bookings]``: capacity of ``arcs`` is booked before it is known what fails, and paid used or not.

    Moving more than was booked costs ``premium`` (USD/t or USD/1000 m³) on top of the tariff, up to the share ``spot``
    (0–1) of the arc's capacity.
    """

    arcs: Annotated[tuple[str, ...], _names] = ()
    premium: Annotated[float, _number(0, 1e6)] = 0.0
    spot: Annotated[float, _share()] = 1.0


@dataclass(frozen=True)
class Disruption(Table):
    """One listed scenario: what is lost together, how likely it is (0–1), how much remains, and for how long.

    ``days`` None means the whole horizon.  Without an ``onset`` the days lost are spread over the horizon; with one
    they begin in that period.
    """

    name: Annotated[str, _text]
    probability: Annotated[float, _share()]
    outages: Annotated[tuple[str, ...], _names]
    remaining: Annotated[float, _share()] = 0.0
    days: Annotated[float | None, _number(0, 100_000, none=True)] = None
    onset: Annotated[str | None, _text] = None

    @classmethod
    def listed(cls, where: str, value: object) -> tuple[Disruption, ...] | Literal["events"]:
        """The scenarios of a lever as written.  Raises UsageError."""
        if value == "events":
            return "events"
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise UsageError(f"{where} = {value!r}; expected 'events' or a list of scenarios")
        return tuple(item if isinstance(item, cls) else cls._one(f"{where} {number}", item)
                     for number, item in enumerate(value, 1))  # fmt: skip

    @classmethod
    def _one(cls, where: str, item: object) -> Disruption:
        parts = cls._parts(where.removeprefix("policy."), item)
        for part in fields(cls):
            if part.default is MISSING and parts.get(part.name, ()) == ():
                raise UsageError(f"{where}: {part.name} is missing")
        return cls(**parts)


@dataclass(frozen=True)
class Cvar(Table):
    """``[policy.cvar]``: expected netback weighed against its worst tail over disruption scenarios.

    ``weight`` (``lambda`` in a file, 0–1) is the share of the objective given to CVaR at level ``alpha``; with
    ``limit`` (``kappa``, MUSD) expected netback is maximised and CVaR of the loss kept at or below it.  ``scenarios``
    is "events" (rates from the pack's table, of the years ``since`` … ``until``) or the scenarios listed.
    """

    alpha: Annotated[float, _share(open_high=True)] = 0.9
    weight: Annotated[float, _share(), "lambda"] = 0.0
    limit: Annotated[float | None, _number(-1e12, 1e12, none=True, dimension="money"), "kappa"] = None
    scenarios: Annotated[tuple[Disruption, ...] | Literal["events"], Disruption.listed] = "events"
    since: Annotated[str | None, _text] = None
    until: Annotated[str | None, _text] = None
    onset: Annotated[str | None, _text] = None

    def check(self) -> None:
        """Raise UsageError for a weight beside a limit, or scenarios of one name or of more than all probability."""
        if self.limit is not None and self.weight:
            raise UsageError("policy.cvar: give lambda (a weight) or kappa (a limit), not both")
        listed = () if self.scenarios == "events" else self.scenarios
        if len({scenario.name for scenario in listed}) < len(listed):
            raise UsageError("policy.cvar.scenarios: two scenarios have one name")
        total = sum(scenario.probability for scenario in listed)
        if total > 1 + 1e-9:
            raise UsageError(f"policy.cvar.scenarios: probabilities sum to {total:g}, more than 1 (what is left of 1 "
                             "is the chance of no disruption)")


@dataclass(frozen=True)
class Build(Table):
    """``[policy.build]``: a plan may build ``options`` ("all" of the pack), for ``budget`` MUSD of capex at most.

    ``rate`` (0–1 a year) turns capex into a yearly charge.  ``earliest`` = "waived" lets options stand from the first
    year on, whatever their earliest year: for the question what they would be worth, not when they can come.
    ``built`` decides instead of the plan: so many units of an option stand from the first year in which it can, and
    nothing else; ``options`` are then those of which some stand.  A key ``built.NAME`` sets one of them.
    """

    options: Annotated[tuple[str, ...], _names] = (ALL,)
    budget: Annotated[float | None, _number(0, 1e9, none=True, dimension="money")] = None
    rate: Annotated[float, _share()] = 0.10
    earliest: Annotated[Literal["stated", "waived"], _choice("stated", "waived")] = "stated"
    built: Annotated[Mapping[str, float] | None, _units] = None

    @classmethod
    def parse(cls, value: object, old: Build | None = None) -> Build:
        """The lever as written, laid over what was there.  Raises UsageError."""
        if isinstance(value, Mapping):
            single = {key: units for key, units in value.items() if str(key).startswith(f"{BUILT}.")}
            whole = {key: units for key, units in value.items() if key not in single}
            if single:
                stated = _units(f"policy.build.{BUILT}", whole.get(BUILT)) or (old.built if old else None) or {}
                value = whole | {BUILT: {**stated, **{key.partition(".")[2]: units for key, units in single.items()}}}
        lever = super().parse(value, old)
        return lever if lever.built is None else replace(lever, options=tuple(o for o, n in lever.built.items() if n))

    def check(self) -> None:
        """Raise UsageError where nothing could be built."""
        if not self.options and self.built is None:
            raise UsageError("policy.build.options names nothing that could be built; drop the lever, or say 'all'")
