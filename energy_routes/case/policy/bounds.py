"""Bounds on dependence: what of a group can be bounded, in which words and units, and how a bound is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeVar

from energy_routes.errors import UsageError
from energy_routes.pack import GROUP_KINDS, LARGEST, PARTITIONS, Dimension, nearest

if TYPE_CHECKING:
    from energy_routes.pack import Pack

Over = Literal["horizon", "period"]
Weight = Literal["none", "risk"]
ALL = "all"  # the families together, by value at base prices


@dataclass(frozen=True)
class Measure:
    """What is bounded of a group: the words for it, its dimension, and the levels that it can have.

    ``expected`` tells these levels, from 0 (itself not among them where ``above``) to ``most``.  ``percent``: told
    in %.  ``usual``: from where to where a curve runs unless told; None where only the network could tell.
    """

    name: str
    words: str
    dimension: Dimension
    expected: str
    most: float
    above: bool = False
    percent: bool = False
    usual: tuple[float, float] | None = None

    def level(self, where: str, value: object) -> float:
        """A level as written in a table.  Raises UsageError naming ``where``."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= self.most:
            repair = ""
            if self.percent and isinstance(value, int | float) and 1 < value <= 100:
                repair = f": write {value / 100:g}, or '{value:g} %'"
            raise UsageError(f"{where}: {value!r} is not {self.expected}{repair}")
        if self.above and value == 0:
            raise UsageError(f"{where}: {value!r} is not {self.expected}")
        return float(value)


SHARE = Measure("share", "share of", "fraction", "a share from 0 to 1", 1.0, percent=True, usual=(1.0, 0.0))
EXPOSURE = Measure("exposure", "volume of", "rate", f"a volume in Mt/y (bcm/y) from 0 to {LARGEST:g}", LARGEST)
HHI = Measure("hhi", "HHI over", "fraction", "a number above 0 and at most 1", 1.0, above=True, usual=(1.0, 0.05))


class OnGroup:
    """A bound on a group of a kind: on a share (0–1) or a volume (Mt/y or bcm/y), over the horizon or in every period.

    It holds for each ``family`` by itself (None), for one, or for all together by value at base prices ('all', where a
    volume is MUSD a year).
    """

    kind: str
    group: str
    family: str | None

    @property
    def name(self) -> str:
        return _named(f"{self.kind}:{self.group}", self.family)

    @staticmethod
    def parts(lever: str, name: str, spec: Mapping[str, Any]) -> dict[str, Any]:
        """Kind, group and ``over`` of a bound as written; ``name`` is without its family.  Raises UsageError."""
        kind, _, group = name.partition(":")
        if not group or kind not in GROUP_KINDS:
            offer = "" if kind in GROUP_KINDS else nearest(kind, GROUP_KINDS)
            raise UsageError(f"{lever}: {name!r} is not kind:group, such as 'transit:RU' (or 'oil/transit:RU'). "
                             f"{offer}".rstrip())
        over = spec.get("over", "horizon")
        if over not in ("horizon", "period"):
            raise UsageError(f"{lever} of {name!r}: over = {over!r}; expected 'horizon' or 'period'")
        return {"kind": kind, "group": group, "over": over}


@dataclass(frozen=True)
class Cap(OnGroup):
    """The most that a group may have."""

    kind: str
    group: str
    cap: float
    over: Over = "horizon"
    family: str | None = None

    @property
    def level(self) -> float:
        return self.cap


@dataclass(frozen=True)
class Minimum(OnGroup):
    """The least that a group must have."""

    kind: str
    group: str
    least: float
    over: Over = "horizon"
    family: str | None = None

    @property
    def level(self) -> float:
        return self.least


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
    group: ClassVar[str] = ""  # it is on all groups of its kind
    over: ClassVar[Over] = "horizon"

    @property
    def level(self) -> float:
        return self.cap

    @property
    def name(self) -> str:
        return _named(self.kind if self.weight == "none" else f"{self.kind}:{self.weight}", self.family)

    @staticmethod
    def parts(lever: str, name: str, spec: Mapping[str, Any]) -> dict[str, Any]:
        """Kind and weight of a cap as written, such as ``transit_set:risk``.  Raises UsageError."""
        kind, _, suffix = name.partition(":")
        weight = suffix or spec.get("weight", "none")
        if kind not in PARTITIONS:
            raise UsageError(
                f"{lever} of {kind!r}: only kinds that partition exports have an HHI: {', '.join(PARTITIONS)}. "
                f"{'Use transit_set.' if kind == 'transit' else nearest(kind, PARTITIONS)}"
            )
        if weight not in ("none", "risk") or (weight == "risk" and kind != "transit_set"):
            raise UsageError(
                f"{lever} of {name!r}: only transit_set can be weighted, by 'risk': countries have a risk"
            )
        return {"kind": kind, "weight": weight}


Bound = Cap | Minimum | Concentration
AnyBound = TypeVar("AnyBound", bound=Bound)


@dataclass(frozen=True)
class Bounds(Generic[AnyBound]):
    """A lever of bounds on a measure, one a group (or kind) and family: ``{ "transit:RU" = 0.8 }``.

    ``of`` says from which side; the key of a bound's level in a table is the name of its field, ``cap`` or ``least``.
    """

    measure: Measure
    of: type[AnyBound]
    example: str
    relaxed: ClassVar[bool] = True
    in_file: ClassVar[tuple[Any, Any]] = (dict[str, Any], {})

    @property
    def least(self) -> bool:
        """Whether it bounds from below."""
        return self.of is Minimum

    @property
    def usual(self) -> tuple[float, float] | None:
        """From where to where a curve runs unless told, the loose end first."""
        return self.measure.usual and (self.measure.usual[::-1] if self.least else self.measure.usual)

    @property
    def sign(self) -> str:
        return "≥" if self.least else "≤"

    @property
    def keys(self) -> list[str]:
        """The keys of a bound that is written as a table, its level first."""
        return [part.name for part in fields(self.of) if part.name not in ("kind", "group")]

    def parse(self, lever: str, value: object, old: tuple[AnyBound, ...]) -> tuple[AnyBound, ...]:
        """The bounds with those written added, each in place of one of its name; none of an empty table."""
        if not isinstance(value, Mapping):
            what = "minima" if self.least else "caps"
            raise UsageError(f"{lever} is a table of {what} such as {{ {self.example} }}")
        bounds = {bound.name: bound for bound in old if value}
        for name, written in value.items():
            new = self.one(lever, name, written)
            bounds[new.name] = new
        return tuple(bounds.values())

    def one(self, lever: str, name: str, written: object) -> AnyBound:
        """A bound as written: a bare number, or a table with its level and more.  Raises UsageError."""
        family, plain = _family(name)
        keys = self.keys
        spec = self.spelt(written)
        if unknown := sorted(set(spec) - set(keys)):
            raise UsageError(f"{lever} of {name!r}: unknown key {unknown[0]!r}; expected {', '.join(keys)}. "
                             f"{nearest(unknown[0], keys)}")
        if "family" in spec:
            family, _ = _family(f"{spec['family']}/")
        parts = self.of.parts(lever, plain, spec)
        parts[keys[0]] = self.measure.level(f"{lever} of {name!r}", spec.get(keys[0]))
        return self.of(family=family, **parts)

    def spelt(self, written: object) -> dict[str, Any]:
        """A bound as a table: a bare number is its level."""
        return dict(written) if isinstance(written, Mapping) else {self.keys[0]: written}


def for_family(bounds: Iterable[AnyBound], family: str) -> list[AnyBound]:
    """The bounds that hold for a family: its own, and those of each family where it has none of its own.

    All families together ('all') have only the bounds that name them.
    """
    bounds = list(bounds)
    own = [bound for bound in bounds if bound.family == family]
    named = {bound.name.partition("/")[2] for bound in own}
    return own + [bound for bound in bounds if bound.family is None and family != ALL and bound.name not in named]


def groups_of(packs: Iterable[Pack], family: str | None) -> list[tuple[str, str]]:
    """Kind and name of every group of a family's packs, each market among them; of all packs for None and 'all'."""
    found: list[tuple[str, str]] = []
    for pack in packs:
        if family in (None, ALL, pack.family.id):
            found += zip(pack.tables["groups"]["kind"], pack.tables["groups"]["group"], strict=True)
            found += (("market", market) for market in pack.tables["markets"]["id"])
    return found


def _named(name: str, family: str | None) -> str:
    return f"{family}/{name}" if family else name


def _family(name: str) -> tuple[str | None, str]:
    """``"oil/transit:RU"`` → ('oil', 'transit:RU'); no family before a slash: None.  A case knows which it has."""
    family, slash, plain = str(name).partition("/")
    return (family, plain) if slash else (None, family)
