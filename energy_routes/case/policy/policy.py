"""The levers of a question: what is sought, whether exports are held, and caps on dependence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

from energy_routes.case.base_prices import BasePrice, parse_base_prices
from energy_routes.case.policy.levers import (
    Bookings,
    Build,
    Cvar,
    Security,
    parse_bookings,
    parse_build,
    parse_cvar,
    parse_security,
)
from energy_routes.errors import UsageError
from energy_routes.pack import FAMILIES, GROUP_KINDS, LARGEST, PARTITIONS, finite, nearest, parted

Objective = Literal["netback", "cost", "revenue"]
OBJECTIVES: tuple[Objective, ...] = ("netback", "cost", "revenue")
Over = Literal["horizon", "period"]
Weight = Literal["none", "risk"]
CAPS = ("max_share", "max_exposure", "max_hhi")
ALL = "all"  # the families together, by value at base prices
AnyCap = TypeVar("AnyCap", "Cap", "Concentration")
RISK: Mapping[str, Callable[[Any, Any], Any]] = {
    "security": parse_security, "bookings": parse_bookings, "cvar": parse_cvar, "build": parse_build,
    "base_prices": parse_base_prices,
}  # fmt: skip


AMOUNTS: Mapping[str, str] = {"carbon_price": "USD/tCO2e", "max_emissions": "MtCO2e a year"}


@dataclass(frozen=True)
class Cap:
    """A cap on a group of a kind: a share (0–1) or a volume (Mt/y or bcm/y), over the horizon or in every period.

    It holds for each ``family`` by itself (None), for one, or for all together by value at base prices ('all', where a
    volume is MUSD a year).
    """

    kind: str
    group: str
    cap: float
    over: Over = "horizon"
    family: str | None = None

    @property
    def name(self) -> str:
        return _named(f"{self.kind}:{self.group}", self.family)


@dataclass(frozen=True)
class Concentration:
    """A cap on the Herfindahl–Hirschman index over the groups of a partition kind, over the horizon; 0 < cap ≤ 1.

    ``weight`` 'risk' caps Σ r_i s_i², each transit set weighted by the risk of crossing its countries.  ``family`` is
    that of :class:`Cap`.
    """

    kind: str
    cap: float
    weight: Weight = "none"
    family: str | None = None

    @property
    def name(self) -> str:
        return _named(self.kind if self.weight == "none" else f"{self.kind}:{self.weight}", self.family)


def _named(name: str, family: str | None) -> str:
    return f"{family}/{name}" if family else name


def for_family(caps: Iterable[AnyCap], family: str) -> list[AnyCap]:
    """The caps that hold for a family: its own, and those of each family where it has none of its own.

    All families together ('all') have only the caps that name them.
    """
    own = [cap for cap in caps if cap.family == family]
    named = {cap.name.partition("/")[2] for cap in own}
    return own + [cap for cap in caps if cap.family is None and family != ALL and cap.name not in named]


@dataclass(frozen=True)
class Policy:
    """What a plan is asked for.

    Attributes
    ----------
    objective : {'netback', 'cost', 'revenue'}
        What is sought: the highest netback, the lowest cost, or the highest revenue.
    exports : {'hold', 'free'}
        'hold' keeps each family's exports at what they are without the caps.
    max_share : tuple of Cap
        Caps on the share of a group in exports, 0 to 1.
    max_exposure : tuple of Cap
        Caps on a group's volume, Mt (bcm) a year; MUSD a year over all families.
    max_hhi : tuple of Concentration
        Caps on the Herfindahl–Hirschman index of a kind of group, above 0 and up to 1.
    security : Security or None
        How much may be lost after any single loss (N-1).
    bookings : Bookings or None
        Capacity that is booked before it is known what fails.
    cvar : Cvar or None
        Expected netback weighed against its worst tail.
    build : Build or None
        What may be built, for which budget (MUSD).
    carbon_price : float or None
        USD per t of CO2 equivalent.
    max_emissions : float or None
        MtCO2e a year.
    base_prices : tuple of BasePrice
        At which oil and gas are added up to one value; without effect where there is one family.

    References
    ----------
    A. O. Hirschman, "The Paternity of an Index", American Economic Review 54 (1964).
    R. T. Rockafellar and S. Uryasev, "Optimization of conditional value-at-risk", Journal of Risk 2 (2000),
    doi:10.21314/JOR.2000.038.
    """

    objective: Objective = "netback"
    exports: Literal["hold", "free"] = "hold"
    max_share: tuple[Cap, ...] = ()
    max_exposure: tuple[Cap, ...] = ()
    max_hhi: tuple[Concentration, ...] = ()
    security: Security | None = None
    bookings: Bookings | None = None
    cvar: Cvar | None = None
    build: Build | None = None
    carbon_price: float | None = None
    max_emissions: float | None = None
    base_prices: tuple[BasePrice, ...] = ()

    @property
    def caps(self) -> bool:
        """Whether anything limits dependence."""
        return bool(self.max_share or self.max_exposure or self.max_hhi or self.max_emissions is not None)

    @property
    def asks(self) -> bool:
        """Whether anything is asked that could be met by shutting wells in: caps, or security."""
        return self.caps or self.security is not None

    @property
    def held(self) -> bool:
        """Whether exports are held while it is met."""
        return self.exports == "hold" and self.asks

    def without_caps(self) -> Policy:
        """The policy that asks for nothing that could be met by shutting wells in.

        Returns
        -------
        Policy
            Without caps, security and a limit on emissions.
        """
        return replace(self, max_share=(), max_exposure=(), max_hhi=(), security=None, max_emissions=None)

    def with_concentration(self, cap: Concentration) -> Policy:
        """The policy with one cap on an HHI.

        Parameters
        ----------
        cap : Concentration
            It replaces one of the same kind, weight and family.

        Returns
        -------
        Policy
            A new policy.
        """
        return replace(self, max_hhi=(*(old for old in self.max_hhi if old.name != cap.name), cap))

    def with_cap(self, lever: Literal["max_share", "max_exposure"], cap: Cap) -> Policy:
        """The policy with one cap on a group.

        Parameters
        ----------
        lever : {'max_share', 'max_exposure'}
            What is capped of it.
        cap : Cap
            It replaces one of the same group and family.

        Returns
        -------
        Policy
            A new policy.
        """
        kept = tuple(old for old in getattr(self, lever) if old.name != cap.name)
        return (
            replace(self, max_share=(*kept, cap)) if lever == "max_share" else replace(self, max_exposure=(*kept, cap))
        )


def parse_cap(lever: str, name: str, value: object) -> Cap:
    """A cap as written: a bare number, or a table with ``cap`` and ``over``.  Raises UsageError."""
    family, plain = _family(lever, name)
    kind, colon, group = plain.partition(":")
    if not colon or kind not in GROUP_KINDS:
        raise UsageError(
            f"{lever}: {plain!r} is not kind:group, such as 'transit:RU' (or 'oil/transit:RU'). "
            f"{nearest(kind, GROUP_KINDS)}"
        )
    spec = dict(value) if isinstance(value, dict) else {"cap": value}
    unknown = sorted(set(spec) - {"cap", "over", "family"})
    if unknown:
        raise UsageError(
            f"{lever} of {name!r}: unknown key {unknown[0]!r}; expected cap, over, family. "
            f"{nearest(unknown[0], ('cap', 'over', 'family'))}"
        )
    if "family" in spec:
        family, _ = _family(lever, f"{spec['family']}/")
    cap, over = spec.get("cap"), spec.get("over", "horizon")
    top = 1.0 if lever == "max_share" else LARGEST
    if isinstance(cap, bool) or not isinstance(cap, int | float) or not 0 <= cap <= top:
        raise UsageError(
            f"{lever} of {name!r}: {cap!r} is not "
            + ("a share from 0 to 1" if lever == "max_share" else f"a volume in Mt/y (bcm/y) from 0 to {LARGEST:g}")
        )
    if over not in ("horizon", "period"):
        raise UsageError(f"{lever} of {name!r}: over = {over!r}; expected 'horizon' or 'period'")
    return Cap(kind, group, float(cap), over, family)


def _family(lever: str, name: str) -> tuple[str | None, str]:
    """``"oil/transit:RU"`` → ('oil', 'transit:RU'); no family before a slash: None.  Raises UsageError."""
    family, slash, plain = name.partition("/")
    if not slash:
        return None, name
    known = (*FAMILIES, ALL)
    if family not in known:
        raise UsageError(f"{lever}: family {family!r}; expected {' or '.join(known)}. {nearest(family, known)}")
    return family, plain


def parse_concentration(name: str, value: object) -> Concentration:
    """An HHI cap as written: ``transit_set = 0.5``, ``"transit_set:risk" = 0.3``, or a table with cap and weight.

    Raises UsageError for a kind that does not partition exports, a cap outside (0, 1], or a weight that is not there.
    """
    family, plain = _family("max_hhi", name)
    kind, _, suffix = plain.partition(":")
    spec = dict(value) if isinstance(value, Mapping) else {"cap": value}
    if unknown := sorted(set(spec) - {"cap", "weight", "family"}):
        raise UsageError(f"max_hhi of {name!r}: unknown key {unknown[0]!r}; expected cap, weight, family")
    if "family" in spec:
        family, _ = _family("max_hhi", f"{spec['family']}/")
    cap, weight = spec.get("cap"), suffix or spec.get("weight", "none")
    if kind not in PARTITIONS:
        raise UsageError(
            f"max_hhi of {kind!r}: only kinds that partition exports have an HHI: {', '.join(PARTITIONS)}. "
            f"{'Use transit_set.' if kind == 'transit' else nearest(kind, PARTITIONS)}"
        )
    if weight not in ("none", "risk") or (weight == "risk" and kind != "transit_set"):
        raise UsageError(f"max_hhi of {name!r}: only transit_set can be weighted, by 'risk': countries have a risk")
    if isinstance(cap, bool) or not isinstance(cap, int | float) or not 0 < cap <= 1:
        raise UsageError(f"max_hhi of {kind!r}: {cap!r} is not a number above 0 and at most 1")
    return Concentration(kind, float(cap), "risk" if weight == "risk" else "none", family)


def _amount(name: str, value: object) -> float | None:
    """A carbon price or a cap on emissions: a number from 0 on (a unit may follow), or 'none'.  Raises UsageError."""
    if value in (None, "none"):
        return None
    text, unit = parted(value)
    try:
        number = finite(value if isinstance(value, bool) else text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= LARGEST or unit not in ("", AMOUNTS[name]):
        raise UsageError(f"policy.{name} = {value!r}; expected a number of {AMOUNTS[name]}, 0 or more "
                         f"and {LARGEST:g} at most, or 'none'")
    return number


def set_lever(policy: Policy, name: str, value: Any) -> Policy:
    """The policy with one lever set, as written in a file.  Raises UsageError on an unknown lever or value."""
    if name in ("max_share", "max_exposure"):
        if not isinstance(value, Mapping):
            raise UsageError(f"{name} is a table of caps such as {{ 'transit:RU' = 0.8 }}")
        if not value:
            return replace(policy, max_share=()) if name == "max_share" else replace(policy, max_exposure=())
        for group, cap in value.items():
            policy = policy.with_cap(name, parse_cap(name, group, cap))  # type: ignore[arg-type]
        return policy
    if name == "max_hhi":
        if not isinstance(value, Mapping):
            raise UsageError("max_hhi is a table of caps such as { corridor = 0.5 }")
        for kind, cap in value.items():
            policy = policy.with_concentration(parse_concentration(kind, cap))
        return policy
    if name in RISK:
        none = () if name == "base_prices" else None
        lever: Any = none if value in (None, "none") else RISK[name](value, getattr(policy, name))
        levers: dict[str, Any] = {name: lever}
        return replace(policy, **levers)
    if name in AMOUNTS:
        amounts: dict[str, Any] = {name: _amount(name, value)}
        return replace(policy, **amounts)
    choices: dict[str, tuple[str, ...]] = {"objective": OBJECTIVES, "exports": ("hold", "free")}
    if name not in choices:
        known = (*choices, "max_share", "max_exposure", "max_hhi", *AMOUNTS, *RISK)
        raise UsageError(f"policy has no lever {name!r}. {nearest(name, known)}")
    if value not in choices[name]:
        raise UsageError(
            f"policy.{name} = {value!r}; expected {' or '.join(choices[name])}. {nearest(str(value), choices[name])}"
        )
    return replace(policy, **{name: value})
