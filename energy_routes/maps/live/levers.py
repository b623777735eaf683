"""The levers of the page: paths that ``Case.set`` takes, each with its unit, its range and where it starts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from energy_routes.answer import Words
from energy_routes.case import BOUNDS, LEVERS, Amount, Case, Concentration, figure_at
from energy_routes.errors import EnergyRoutesError, UsageError
from energy_routes.formulation import opened
from energy_routes.maps.live.off_panel import refuse_off_panel
from energy_routes.network import Names, group_names
from energy_routes.pack import TABLES, check_list, own_unit, own_units
from energy_routes.plan import Plan
from energy_routes.solving import refuse_own_rules

Kind = Literal["cap", "least", "hhi", "figure", "build"]
MOST = 16  # levers that are chosen, besides those that are asked for
FEW = 3  # bottlenecks, corridors and contracts of these
STEPS = 100  # of a range, by keys
CARBON = 200.0  # USD/tCO2e: where the range of the price of carbon ends
WIDE = 2.0  # times what a figure is: where its range ends
HALF = 0.5
BUILT = "build.built."  # what the path of an option that stands begins with
WAIVED = {"policy.build.earliest": "waived"}


@dataclass(frozen=True)
class Lever:
    """A path and a range of its values, in ``unit``; it stands at ``start`` where the case is as it is.

    ``stated``: whether the case itself has it: a cap that it does not have is off at its start.  A share is a fraction.
    ``chosen``: nobody asked for it, so it is left out where it cannot be moved.  ``whole``: it takes whole numbers.
    ``needs``: the paths of the options without which an option cannot stand.
    """

    path: str
    name: str
    unit: str
    low: float
    high: float
    step: float
    start: float
    kind: Kind
    stated: bool = True
    chosen: bool = False
    whole: bool = False
    needs: tuple[str, ...] = ()

    @property
    def head(self) -> str:
        """The name of a lever of a policy; of a figure its table's word and its id."""
        return self.path.partition(".")[0]

    @property
    def policy(self) -> bool:
        """Whether it is a lever of the policy; else it is a figure of the network."""
        return self.head in LEVERS

    @property
    def relaxed(self) -> bool:
        """Whether exports are held while it is asked, and a plan without it is its yardstick."""
        return self.policy and LEVERS[self.head].relaxed

    @property
    def percent(self) -> bool:
        """Whether its values are fractions that are told in %."""
        return (self.head in BOUNDS and BOUNDS[self.head].measure.percent) or self.path.endswith(".availability")

    @property
    def option(self) -> str:
        """The option whose units it counts."""
        return self.path.removeprefix(BUILT)

    def at(self, case: Case, value: float) -> Case:
        """The case with the lever at a value."""
        return case.set_all(changes_of(case, {self.path: value}))


def changes_of(case: Case, values: Mapping[str, float]) -> dict[str, Any]:
    """What levers at some values change in a case, by path.

    Where the case itself builds nothing, options stand from the first year on, for the question what they would be
    worth.
    """
    waived = case.policy.build is None and any(path.startswith(BUILT) for path in values)
    return {**(WAIVED if waived else {}), **values}


def levers_of(plan: Plan, words: Words, asked: Sequence[str] = ()) -> list[Lever]:
    """The levers of a plan's page: those ``asked`` for by their paths, then those that its subject and its limits name.

    Raises UsageError where the page cannot move what is asked for, by name, or the plan has constraints of a user's
    own; and as ``Case.set``.
    """
    refuse_off_panel(plan.case)
    check_list("levers", asked, some=False)
    refuse_own_rules(plan, "the page solves")
    case, found = plan.case, {}
    stated = [f"{BUILT}{option}" for option in (case.policy.build.options if case.policy.build else ())]
    for path in _with_needed(case, dict.fromkeys([*(own.removeprefix("policy.") for own in asked), *stated])):
        found[path] = _lever(case, path, words)
    for path in _chosen(plan):
        if len(found) >= MOST + len(asked):
            break
        try:
            found |= {own: replace(_lever(case, own, words), chosen=True)
                      for own in _with_needed(case, [path]) if own not in found}
        except EnergyRoutesError:
            continue  # one that nobody asked for
    return list(found.values())


def _with_needed(case: Case, paths: Iterable[str]) -> Iterator[str]:
    """The paths, those of options after those of the options that they need."""
    table = case.network.tables["options"]
    needs = dict(zip(table["id"], table["requires"], strict=True))
    for path in paths:
        if path.startswith(BUILT):
            yield from _with_needed(case, [f"{BUILT}{own}" for own in needs.get(path.removeprefix(BUILT), ())])
        yield path


def _chosen(plan: Plan) -> Iterator[str]:
    """What a reader may want to move, the most likely first."""
    totals = plan.groups[(plan.groups["period"] == "total") & plan.groups["family"].isin(list(plan.case.families))]
    totals = totals.sort_values("volume", ascending=False, kind="stable")
    corridors = totals[totals["kind"] == "corridor"]
    own = [name.partition(":")[2] for name in plan.case.subject if name.startswith("corridor:")]
    carrying = corridors.loc[corridors["volume"] > 0, "group"]
    leading = [name for name in dict.fromkeys([*own, *carrying]) if (corridors["group"] == name).any()][:FEW]
    yield from _caps(plan, totals, leading)
    yield from _lines(plan, leading)
    yield from (f"{BUILT}{name.partition(':')[2]}" for name in plan.case.subject if name.startswith("option:"))
    yield from _trade(plan)
    yield from (f"{BUILT}{option}" for option in plan.case.network.tables["options"]["id"].head(FEW))


def _caps(plan: Plan, totals: pd.DataFrame, corridors: Sequence[str]) -> Iterator[str]:
    """Those that the case has; on the country that most crosses, of each family; on the first corridor; on the HHI."""
    policy, several = plan.case.policy, len(plan.case.families) > 1
    for head in BOUNDS:
        yield from (f"{head}.{bound.name}" for bound in getattr(policy, head))
    transit = totals[totals["kind"] == "transit"].drop_duplicates("family")
    first = totals[(totals["kind"] == "corridor") & totals["group"].isin(corridors[:1])].head(1)
    for row in pd.concat([transit, first]).itertuples():
        yield f"max_share.{f'{row.family}/' if several else ''}{row.kind}:{row.group}"
    yield f"max_hhi.{f'{next(iter(plan.case.families))}/' if several else ''}corridor"


def _lines(plan: Plan, corridors: Sequence[str]) -> Iterator[str]:
    """Outages and tariffs of the lines where corridors are metered, and what is scarce."""
    tables = plan.case.network.tables
    meters = tables["meters"]
    own = meters[(meters["kind"] == "corridor") & meters["arc"].notna()].drop_duplicates("group")
    arc_of = dict(zip(own["group"], own["arc"], strict=True))
    paid = dict(zip(tables["arcs"]["id"], tables["arcs"]["tariff"], strict=True))
    yield from (f"{name}.availability" for name in plan.case.subject if name.startswith("arc:"))
    for arc in (arc_of[corridor] for corridor in corridors if corridor in arc_of):
        yield f"arc:{arc}.availability"
        if paid[arc] > 0:
            yield f"arc:{arc}.tariff"
    prices = plan.prices.table
    tight = prices[prices["kind"].isin(["capacity", "joint"]) & (prices["price"] > 0)]
    tight = tight.sort_values("price", ascending=False, kind="stable").drop_duplicates("limit").head(FEW)
    for row in tight.itertuples():
        yield f"arc:{row.limit}.capacity" if row.kind == "capacity" else f"limit:{row.limit}.high"


def _trade(plan: Plan) -> Iterator[str]:
    """The largest supplies, the price where most is sold, a contract, the price of carbon."""
    tables = plan.case.network.tables
    supplies = tables["supplies"].sort_values("available", ascending=False, kind="stable")["id"]
    yield from (f"supply:{own}.available" for own in supplies.head(FEW))
    sold = plan.deliveries.groupby("market")["volume"].sum().sort_values(ascending=False, kind="stable")
    yield from (f"market:{own}.price" for own in sold.index[:1])
    yield from (f"contract:{own}.volume" for own in tables["contracts"]["id"].head(1))
    yield "carbon_price"


def _lever(case: Case, path: str, words: Words) -> Lever:
    head, _, rest = path.partition(".")
    if path.startswith(BUILT):
        return _build(case, path, words)
    if head in BOUNDS:
        return _bound(case, head, rest, words)
    if head in LEVERS:
        return _amount(case, head, words)
    return _figure(case, path, words)


def _bound(case: Case, head: str, name: str, words: Words) -> Lever:
    bounds = BOUNDS[head]
    stated = next((own for own in getattr(case.policy, head) if own.name == name), None)
    if bounds.usual is None:
        high = float(np.ceil(WIDE * (stated.level if stated else _moved(case))))
        low, start = 0.0, stated.level if stated else (0.0 if bounds.least else high)
        unit = " or ".join(case.network.units("rate")[family] for family in case.families)
    else:
        loose, tight = bounds.usual
        low, high = min(loose, tight), max(loose, tight)
        start, unit = stated.level if stated else loose, ""
    at = f"{head}.{name}"
    case.set(at, max(low, HALF * high))  # whether there is such a group
    kind: Kind = "hhi" if bounds.of is Concentration else "least" if bounds.least else "cap"
    called = _called(case, head, name, words)
    return Lever(at, called, unit, low, high, (high - low) / STEPS, start, kind, stated is not None)


def _amount(case: Case, head: str, words: Words) -> Lever:
    lever = LEVERS[head]
    if not isinstance(lever, Amount):
        more = f"; a lever of a build is {BUILT}OPTION" if head == "build" else ""
        raise UsageError(f"policy.{head} is no number that the page can move{more}")
    value = getattr(case.policy, head)
    relaxed = lever.relaxed
    high = CARBON if not relaxed else WIDE * (value or _moved(case))
    case.set(head, high)  # whether the pack can have it
    start = float(value if value is not None else high if relaxed else 0.0)
    return Lever(head, words(f"live.{head}"), lever.unit, 0.0, high, high / STEPS, start,
                 "cap" if relaxed else "figure", value is not None or not relaxed)  # fmt: skip


def _build(case: Case, path: str, words: Words) -> Lever:
    """How many units of an option stand."""
    table = {str(row["id"]): row for row in case.network.tables["options"].to_dict("records")}
    option, build = path.removeprefix(BUILT), case.policy.build
    if option not in table:
        case.set(path, 1.0)  # says what there is
    row, needed = table[option], list(dict.fromkeys(_with_needed(case, [path])))
    opened(case.set_all(changes_of(case, {own: table[own.removeprefix(BUILT)]["units"] for own in needed})))
    units, whole, early = float(row["units"]), row["kind"] == "project", row["earliest_year"]
    late = not pd.isna(early) and early > case.periods[-1].year
    if late and build is not None and build.earliest == "stated":
        raise UsageError(f"{path}: it cannot stand before {early:g}; set policy.build.earliest = 'waived'")
    size = f"{words.number(float(row['capacity']))} {words.unit(str(row['unit']))}"
    called = words("live.build", name=words.name(str(row["name"])), size=size if units == 1 else f"{units:g} × {size}")
    if late:
        called = f"{called}, {words('live.not_before', year=int(early))}"
    start = (build.built or {}).get(option, 0.0) if build else 0.0
    return Lever(path, called, "", 0.0, units, 1.0 if whole else units / STEPS, start, "build", whole=whole,
                 needs=tuple(f"{BUILT}{own}" for own in row["requires"]))  # fmt: skip


def _moved(case: Case) -> float:
    """What all supplies can lift, Mt (bcm) a year: no cap need be larger."""
    return float(np.nan_to_num(case.network.tables["supplies"]["available"], posinf=0.0).sum()) or 1.0


def _figure(case: Case, path: str, words: Words) -> Lever:
    table, name, column = figure_at(case.network, path)
    if column not in TABLES[table].dated:
        raise UsageError(f"{path} is no number that the page can move")
    if len(units := own_units(case.network.packs, table, name, column)) > 1:
        raise UsageError(f"{path}: its figures are written in {' and '.join(units)}, and a lever of the page has one "
                         f"unit. Ask instead: frontier --over {path} --from '1 {units[0]}' --to '8 {units[0]}'.")
    unit = own_unit(case.network.packs, table, name, column)
    called = words.name(Names(case.network.tables).target.get(path.rpartition(".")[0], name))
    known = words.known(f"live.{table}.{column}", column.replace("_", " "))
    share = column == "availability"
    return Lever(path, f"{called}: {known}", "" if unit == "1" else unit, 0.0, 1.0 if share else float("nan"),
                 0.01 if share else float("nan"), float("nan"), "figure")  # fmt: skip


def ranged(lever: Lever, start: float) -> Lever:
    """A figure with the start that its network gives, and a range about it; one with a range keeps it."""
    if lever.high == lever.high:
        return replace(lever, start=min(start, lever.high))
    size = abs(start) or 1.0
    digits = 10.0 ** np.floor(np.log10(size) - 1)
    high = float(np.ceil(WIDE * size / digits) * digits)
    low = 0.0 if start >= 0 else -high
    if lever.path.endswith(".price"):  # nothing is sold at no price
        low, high = HALF * start, (1.0 + HALF) * start
    return replace(lever, start=start, low=_even(low), high=_even(high), step=_even((high - low) / STEPS))


def _even(value: float) -> float:
    """A number without what the arithmetic left beyond six digits."""
    return float(f"{value:.6g}")


def _called(case: Case, head: str, name: str, words: Words) -> str:
    family, _, rest = name.rpartition("/")
    kind, _, group = rest.partition(":")
    called = words.name(group_names(case.network.packs).get((kind, group, family or case.families[0]), group or rest))
    if BOUNDS[head].of is Concentration:
        kind, _, weight = rest.partition(":")
        called = words(f"hhi.{kind}{'.risk' if weight else ''}")
    told = words(f"live.{head}", name=called)
    told = told[:1].upper() + told[1:]
    families = case.network.families
    return f"{told} ({words.of_family('family', families[family])})" if family in families else told


def engaged(case: Case, levers: Sequence[Lever]) -> Case:
    """The case with every lever of a policy set, so that its programme has the rows and terms of all of them.

    Of builds it has every option, and none is decided.
    """
    changes: dict[str, Any] = {
        lever.path: max(lever.low, HALF * (lever.low + lever.high)) if not lever.stated or lever.start == 0
        else lever.start for lever in levers if lever.policy and lever.kind not in ("hhi", "build")
    }  # fmt: skip
    if options := [lever.option for lever in levers if lever.kind == "build"]:
        changes["policy.build"] = {"options": options, "built": "none"}
        if case.policy.build is None:
            changes |= WAIVED
    return case.set_all(changes) if changes else case
