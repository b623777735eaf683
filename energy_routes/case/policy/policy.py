"""The levers of a question: what is sought, whether exports are held, and what limits dependence.

A lever is a field of :class:`Policy`.  Its kind says how it is written and read, and whether a plan without it is the
yardstick of its cost; what else is said of a lever (model files, records, repairs, curves, reports) follows from that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Annotated, Any, ClassVar, Literal, Protocol, get_args, get_type_hints

from energy_routes.case.base_prices import BasePrice, parse_base_prices
from energy_routes.case.policy.bounds import (
    EXPOSURE,
    HHI,
    SHARE,
    Bound,
    Bounds,
    Cap,
    Concentration,
    Minimum,
)
from energy_routes.case.policy.levers import Bookings, Build, Cvar, Security
from energy_routes.errors import UsageError
from energy_routes.pack import LARGEST, finite, made_of, nearest, offered, parted

Objective = Literal["netback", "cost", "revenue"]
OBJECTIVES: tuple[Objective, ...] = ("netback", "cost", "revenue")
Exports = Literal["hold", "free"]


class Kind(Protocol):
    """A kind of lever: ``relaxed`` where ``without_caps`` takes it off, ``in_file`` its type and default in a file."""

    @property
    def relaxed(self) -> bool: ...
    @property
    def in_file(self) -> tuple[Any, Any]: ...
    def parse(self, lever: str, value: Any, old: Any) -> Any:
        """The lever as written, laid over what was there."""


@dataclass(frozen=True)
class Choice:
    """A lever that is one of some words."""

    words: tuple[str, ...]
    relaxed: ClassVar[bool] = False

    @property
    def in_file(self) -> tuple[Any, Any]:
        return Literal[self.words] | None, None

    def parse(self, lever: str, value: Any, old: object) -> str:
        """One of the words.  Raises UsageError."""
        if value not in self.words:
            raise UsageError(f"policy.{lever} = {value!r}; expected {' or '.join(self.words)}. "
                             f"{nearest(str(value), self.words)}")
        return str(value)


HIGHEST = 100_000.0  # USD/tCO2e: beyond it a price is a slip, and money of other things is lost beside it


@dataclass(frozen=True)
class Amount:
    """A lever that is a number from 0 to ``most`` in ``unit``, or none."""

    unit: str
    relaxed: bool = False
    most: float = LARGEST
    in_file: ClassVar[tuple[Any, Any]] = (float | int | None, None)

    def parse(self, lever: str, value: object, old: object) -> float | None:
        """The number (its unit may follow), or None of 'none'.  Raises UsageError."""
        if value in (None, "none"):
            return None
        text, unit = parted(value)
        try:
            number = finite(value if isinstance(value, bool) else text)
        except ValueError:
            number = -1.0
        if not 0 <= number <= self.most or unit not in ("", self.unit):
            raise UsageError(f"policy.{lever} = {value!r}; expected a number of {self.unit}, 0 or more "
                             f"and {self.most:g} at most, or 'none'")
        return number


@dataclass(frozen=True)
class Laid:
    """A lever that is a table, each time laid over what was there; ``none`` is what 'none' makes of it."""

    read: Callable[[Any, Any], Any]
    relaxed: bool = False
    none: Any = None
    in_file: ClassVar[tuple[Any, Any]] = (dict[str, Any], {})

    def parse(self, lever: str, value: object, old: Any) -> Any:
        """The table as ``read`` reads it, with its errors."""
        return self.none if value in (None, "none") else self.read(value, old)


@made_of
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
    min_share : tuple of Minimum
        Least shares of a group in exports, 0 to 1.
    min_exposure : tuple of Minimum
        Least volumes of a group, Mt (bcm) a year; MUSD a year over all families.
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

    __pydantic_config__: ClassVar[Mapping[str, str]] = {"extra": "forbid"}  # a saved lever unknown here is refused

    objective: Annotated[Objective, Choice(OBJECTIVES)] = "netback"
    exports: Annotated[Exports, Choice(("hold", "free"))] = "hold"
    max_share: Annotated[tuple[Cap, ...], Bounds(SHARE, Cap, "'transit:RU' = 0.8")] = ()
    max_exposure: Annotated[tuple[Cap, ...], Bounds(EXPOSURE, Cap, "'transit:RU' = 0.8")] = ()
    max_hhi: Annotated[tuple[Concentration, ...], Bounds(HHI, Concentration, "corridor = 0.5")] = ()
    min_share: Annotated[tuple[Minimum, ...], Bounds(SHARE, Minimum, "'corridor:BTC' = 0.1")] = ()
    min_exposure: Annotated[tuple[Minimum, ...], Bounds(EXPOSURE, Minimum, "'corridor:BTC' = 2")] = ()
    security: Annotated[Security | None, Laid(Security.parse, relaxed=True)] = None
    bookings: Annotated[Bookings | None, Laid(Bookings.parse)] = None
    cvar: Annotated[Cvar | None, Laid(Cvar.parse)] = None
    build: Annotated[Build | None, Laid(Build.parse)] = None
    carbon_price: Annotated[float | None, Amount("USD/tCO2e", most=HIGHEST)] = None
    max_emissions: Annotated[float | None, Amount("MtCO2e a year", relaxed=True)] = None
    base_prices: Annotated[tuple[BasePrice, ...], Laid(parse_base_prices, none=())] = ()

    @property
    def asked(self) -> tuple[str, ...]:
        """The levers that could be met by shutting wells in, of those that are set: caps, security."""
        return tuple(lever.name for lever in fields(self)
                     if LEVERS[lever.name].relaxed and getattr(self, lever.name) != lever.default)

    @property
    def caps(self) -> bool:
        """Whether anything limits dependence."""
        return bool(set(self.asked) - {"security"})

    @property
    def held(self) -> bool:
        """Whether exports are held while what is asked is met."""
        return self.exports == "hold" and bool(self.asked)

    @property
    def bounds(self) -> Iterator[tuple[str, Bound]]:
        """Each bound on dependence, with its lever."""
        return ((lever, bound) for lever in BOUNDS for bound in getattr(self, lever))

    @property
    def plain(self) -> bool:
        """Whether it asks for one linear programme: no whole builds, no security, no several futures."""
        return self.build is None and self.security is None and self.cvar is None

    @property
    def shape(self) -> Policy:
        """The policy with its levels and amounts left out: what the rules of a plan are, whatever their numbers."""
        bounds: dict[str, Any] = {name: tuple(replace(bound, **{kind.keys[0]: 0.0}) for bound in getattr(self, name))
                                  for name, kind in BOUNDS.items()}  # fmt: skip
        for name, kind in LEVERS.items():
            if isinstance(kind, Amount):
                bounds[name] = getattr(self, name) and 1.0
        return replace(self, **bounds)

    def without_caps(self) -> Policy:
        """The policy that asks for nothing that could be met by shutting wells in.

        Returns
        -------
        Policy
            Without caps, security and a limit on emissions: the yardstick of what these cost.
        """
        relaxed: dict[str, Any] = {part.name: part.default for part in fields(self) if LEVERS[part.name].relaxed}
        return replace(self, **relaxed)

    def set(self, lever: str, value: object) -> Policy:
        """The policy with one lever set.

        Parameters
        ----------
        lever : str
            One of the attributes.
        value : object
            As written in a model file.  Bounds and tables are laid over those that are there.

        Returns
        -------
        Policy
            A new policy.

        Raises
        ------
        UsageError
            For an unknown lever, or a value that it does not take.
        """
        if lever not in LEVERS:
            raise UsageError(f"policy has no lever {lever!r}. {offered(lever, LEVERS)}")
        changed: dict[str, Any] = {lever: LEVERS[lever].parse(lever, value, getattr(self, lever))}
        return replace(self, **changed)


_HINTS = get_type_hints(Policy, include_extras=True)
LEVERS: Mapping[str, Kind] = {lever.name: get_args(_HINTS[lever.name])[1] for lever in fields(Policy)}
BOUNDS: Mapping[str, Bounds[Any]] = {name: kind for name, kind in LEVERS.items() if isinstance(kind, Bounds)}


def bounds_of(path: str) -> Bounds[Any] | None:
    """The lever of a path such as ``policy.max_share.transit:RU``, where it is one of bounds; None for others."""
    return BOUNDS.get(path.removeprefix("policy.").partition(".")[0])


def in_percent(path: str) -> bool:
    """Whether the values of a path are fractions that are told in %."""
    bounds = bounds_of(path)
    return bounds is not None and bounds.measure.percent
