"""The variables of a case, and the sums of them that several rules use.

Letters follow ``docs/formulation.md``.  Every field that is an expression is one variable (or one sum) a label of
its axis.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from energy_routes.case import ALL, Case, Policy, price_of
from energy_routes.formulation.declaration import Limit
from energy_routes.formulation.space import axes
from energy_routes.formulation.space.crossed import refuse_crossed
from energy_routes.formulation.space.figures import Read, RecordedNetwork
from energy_routes.formulation.space.options import added, built_units, of_options, opened, widened_axis
from energy_routes.formulation.space.totals import share_totals
from energy_routes.linear import (
    Axis,
    Builder,
    Expr,
    Labels,
    Rows,
    Term,
    Vector,
    axis,
    codes_of,
    each,
    numbered,
    pairs,
    plain,
    stacked,
    zero,
)
from energy_routes.network import Ways, meter_table, own_grade
from energy_routes.pack import PARTITIONS


@dataclass(frozen=True)
class Space:
    """Variables and index sets of one case.

    flow f[l,t] inlet volume of a lane · lifted q[s,t] · delivered d[m,c,tier,t] · home: delivered to obligations ·
    short: obligations not met, where a penalty allows it · stock v, injected, withdrawn · deficiency y[κ,t] ·
    exports e[k,t] · exposure x[g,t].  All in Mt (oil) or bcm (gas) per period.  built b[o,y] are units of options,
    shared by recourse copies; widened w[a,t] is what moves in added capacity, full z[a,t]: the old is full.
    ``reference`` is what groups carry in the plans without each unforeseen event.
    ``linked`` are rows that tie further variables to these: recourse copies, stranded volumes.  ``bets`` are terms of
    the objective over several futures; ``then`` is what is made least among optimal plans, in order.
    """

    case: Case
    builder: Builder
    arcs: Axis
    tiers: Axis
    obligations: Axis
    storages: Axis
    flow: Expr
    lifted: Expr
    delivered: Expr
    home: Expr
    short: Expr
    stock: Expr
    injected: Expr
    withdrawn: Expr
    deficiency: Expr
    exports: Expr
    exposure: Expr
    built: Expr
    widened: Expr
    full: Expr
    held: Mapping[str, float] = field(default_factory=dict)
    reference: axes.Reference = field(default_factory=dict)
    linked: tuple[Rows, ...] = ()
    bets: tuple[Term, ...] = ()
    then: tuple[Expr, ...] = ()

    @property
    def policy(self) -> Policy:
        return self.case.policy

    @property
    def worth(self) -> dict[str, float]:
        """Base price of each family where several are added up by value, USD/t (USD/1000 m³); else empty."""
        return base_prices(self.case)

    @property
    def measured(self) -> list[str]:
        """What dependence is measured of: each family, and all together where base prices are stated."""
        families = list(dict.fromkeys(self.exports.axis.labels.words("family").tolist()))
        return [*families, ALL] if self.worth else families

    @cached_property
    def heads(self) -> Axis:
        """The lanes seen from where they end: ``node`` and ``commodity`` are those that leave the lane."""
        lanes = self.flow.axis.labels
        ends = {"lane": lanes["commodity"], "node": lanes["to"], "commodity": lanes["to_commodity"]}
        return self.flow.axis.relabelled("head", ("arc", "lane", "period"), **ends)

    @cached_property
    def tails(self) -> Axis:
        """The lanes seen from where they start: ``node`` and ``commodity`` are those that enter the lane."""
        return self.flow.axis.relabelled("tail", ("arc", "commodity", "period"), node=self.flow.axis.labels["from"])

    @cached_property
    def places(self) -> Axis:
        """Every (node, commodity, period) that any volume can touch."""
        keys = ("node", "commodity", "period")
        touched = (self.heads, self.tails, *(own.axis for own in (self.lifted, self.delivered, self.home, self.stock)))
        labels = stacked([own.labels.only(*keys) for own in touched]).each_once()
        family = each(labels["commodity"], self.case.network.family_of("commodities"))
        return axis("place", keys, labels.but(family=family).ordered(*keys))

    @cached_property
    def limits(self) -> Axis:
        """Joint limits by period; see :func:`energy_routes.formulation.space.axes.limit_axis`."""
        return axes.limit_axis(self.case)

    @cached_property
    def limit_terms(self) -> Axis:
        """The lanes that joint limits sum, with their ``weight``; (limit, arc, commodity, period)."""
        terms = Labels.of(self.case.network.tables["limit_terms"])
        terms = terms.but(only=terms["commodity"])
        lanes = self.flow.axis.labels.only("arc", "commodity", "period")
        lane, term = pairs(*numbered([lanes["arc"]], [terms["arc"]]))
        labels = terms.take(term).beside(lanes.take(lane))
        return axis("limit_term", ("limit", "arc", "commodity", "period"), labels.take(own_grade(labels)))

    @cached_property
    def contract_terms(self) -> Axis:
        """The lanes that contracts count; (contract, arc, commodity, period)."""
        lanes, due = self.flow.axis.labels.only("arc", "commodity", "period"), self.deficiency.axis.labels
        lane, contract = pairs(*numbered(*([own["arc"], own["period"]] for own in (lanes, due))))
        labels = due.take(contract).beside(lanes.take(lane))
        rows = zip(labels.words("commodities").tolist(), labels.words("commodity").tolist(), strict=True)
        counted = np.array([not kept or commodity in kept for kept, commodity in rows], dtype=bool)
        return axis("contract_term", ("contract", "arc", "commodity", "period"), labels.take(counted))

    @cached_property
    def counted(self) -> tuple[Axis, Axis]:
        """Where groups are counted: lanes with the ``share`` of their inlet that is sold abroad, and export deliveries.

        Each has its kind and group; see :mod:`energy_routes.network.arrival`.
        """
        sold = self.delivered.axis.labels
        sold = sold.take(sold["export"].astype(bool))
        stays = [own.axis.labels.only("node", "commodity") for own in (self.home, self.stock)]
        found = Ways(
            lanes=self.flow.axis.labels.but(**{"yield": plain(self.flow.axis.data("yield"))}),
            sales=sold.only("market", "node", "commodity", "family", "period").each_once(),
            stays=stacked(stays).each_once(),
            sources=self.lifted.axis.labels.only("node", "commodity").each_once(),
        ).counted(meter_table(self.case.network.tables))
        keys = ("market", "commodity", "period")
        sale, tier = pairs(*(own.numbers(*keys) for own in (found.sales, sold)))
        tiers = found.sales.only("kind", "group", "family", *keys).take(sale).but(tier=sold["tier"][tier])
        return (
            axis("meter", ("kind", "group", "arc", "commodity", "period"), found.lanes),
            axis("market_meter", ("kind", "group", "market", "commodity", "tier", "period"), tiers),
        )

    @cached_property
    def share_totals(self) -> Expr:
        """What a share of a kind is a share of, Mt (bcm; MUSD of all families together); (kind, family, period)."""
        return share_totals(self)

    @cached_property
    def ramps(self) -> Axis:
        """Groups and months in which re-routing is held back."""
        return axes.ramp_axis(self.case, self.reference, self.figure)

    @cached_property
    def inlets(self) -> Axis:
        """The lanes on which groups are metered, each with its kind and group: what their capacities look at."""
        meters = Labels.of(self.case.network.tables["meters"], "kind", "group", "arc", "commodity")
        meters = meters.take(~meters.has("arc", None)).only("kind", "group", "arc", only="commodity")
        lanes = self.flow.axis.labels.only("arc", "commodity", "family", "period")
        lane, meter = pairs(*numbered([lanes["arc"]], [meters["arc"]]))
        labels = meters.take(meter).beside(lanes.take(lane))
        return axis("inlet", ("kind", "group", "arc", "commodity", "period"), labels.take(own_grade(labels)))

    def figure(self, topic: str, read: Read) -> Vector:
        """A figure that stands in no table, read from the policy or from the exports held; recorded as others are."""
        network = self.case.network
        return network.figure(topic, read, self) if isinstance(network, RecordedNetwork) else read(self)

    def with_held(self, held: Mapping[str, float]) -> Space:
        """The space in which each family's exports over the horizon are at least ``held`` (Mt or bcm)."""
        return replace(self, held=dict(held))

    def with_reference(self, reference: axes.Reference) -> Space:
        """The space in which groups carry no more than in the plans without each event and their ramps."""
        return replace(self, reference=reference)


def build_space(
    case: Case, builder: Builder | None = None, suffix: str = "", built: Expr | None = None
) -> Space:
    """Index sets and variables of a case.  Raises InfeasibleError where bounds contradict each other.

    With a ``builder`` the variables join those already in it, their blocks named with ``suffix``: a recourse copy is
    the same rules on another space of the same programme, and shares what is ``built``.
    """
    b = builder or Builder()
    case = opened(case) if built is None else case
    built = built_units(case, b) if built is None else built
    arcs = axes.arc_axis(case)
    wide = widened_axis(built, case, arcs)
    lanes = axes.lane_axis(case)
    supplies = axes.supply_axis(case)
    reached = _reached(case, lanes, supplies)
    tiers = axes.tier_axis(case)
    obligations, homes = axes.home_axis(case, reached)
    storages, stocks = axes.stock_axis(case, reached)
    penalised = ~np.isnan(obligations.data("penalty"))
    families = _families(case)
    contracts = axes.contract_axis(case)
    return Space(
        case=case,
        builder=b,
        arcs=arcs,
        tiers=tiers,
        obligations=obligations,
        storages=storages,
        flow=b.variable(f"flow{suffix}", lanes),
        lifted=lifted(case, b, suffix, supplies, built, bool(len(tiers))),
        delivered=b.variable(f"delivered{suffix}", axes.delivery_axis(case, tiers, reached)),
        home=b.variable(f"home{suffix}", homes),
        short=b.variable(f"short{suffix}", obligations, 0.0, np.where(penalised, obligations.data("volume"), 0.0)),
        stock=b.variable(f"stock{suffix}", stocks),
        injected=b.variable(f"injected{suffix}", stocks),
        withdrawn=b.variable(f"withdrawn{suffix}", stocks),
        deficiency=b.variable(
            f"deficiency{suffix}", contracts, 0.0, np.where(contracts.having(kind="minimum"), 0.0, np.inf)
        ),
        exports=b.variable(f"exports{suffix}", families),
        exposure=b.variable(f"exposure{suffix}", _groups(case)),
        built=built,
        widened=b.variable(f"widened{suffix}", wide) if len(wide) else zero(wide),
        full=b.variable(f"full{suffix}", wide, 0.0, 1.0, integer=True) if len(wide) else zero(wide),
    )


@Limit("supply", key="supply", repair=8)
def lifted(case: Case, b: Builder, suffix: str, supplies: Axis, built: Expr, sold: bool) -> Expr:
    r"""min_st ≤ q_st ≤ Q_st·Δt   ∀ supply s, t   [Mt | bcm]

    A least-cost plan of a case with markets (``sold``) lifts all own output that is stated.  What an option adds to is
    held by the rule ``supply_with_options``.
    """
    least, most = supplies.data("minimum"), supplies.data("available")
    own = supplies.having(kind="own")
    least = np.where(np.isfinite(most) & own & (case.policy.objective == "cost") & sold, most, least)
    refuse_crossed(case, supplies, "supply", least, most)
    more = of_options(added(built, case, "supply", supplies))
    return b.variable(f"lifted{suffix}", supplies, least, np.where(more, np.inf, most))


def _reached(case: Case, lanes: Axis, supplies: Axis) -> Labels:
    """(node, commodity, family) that a supply or a lane brings something to, or of which a tank holds some."""
    keys = ("node", "commodity")
    heads = lanes.labels.only(node="to", commodity="to_commodity")
    reached = stacked([supplies.labels.only(*keys), heads, axes.stocked(case.network)]).each_once().ordered(*keys)
    return reached.but(family=each(reached["commodity"], case.network.family_of("commodities")))


def base_prices(case: Case) -> dict[str, float]:
    """Base price of each family where the case has several and states one for each; else empty."""
    prices = price_of(case.policy.base_prices)
    families = case.families
    several = len(families) > 1 and all(family in prices for family in families)
    return {family: prices[family] for family in families} if several else {}


def _families(case: Case) -> Axis:
    families = sorted(case.network.families)
    return axis("family", ("family", "period"), axes.over_periods(Labels({"family": codes_of(families)}), case.periods))


def _groups(case: Case) -> Axis:
    """Groups by family and period: those that a pack of the family lists, and every export market as its own group.

    With base prices, all of them once more, of all families together.
    """
    markets, rows = case.network.tables["markets"], list[tuple[str, str, str]]()
    exporting = set(markets["id"][markets["export"].to_numpy(dtype=bool)])
    for pack in case.network.packs:
        listed = zip(*(pack.tables["groups"][column].tolist() for column in ("kind", "group")), strict=True)
        own = [name for name in pack.tables["markets"]["id"].tolist() if name in exporting]
        rows += ((kind, group, pack.family.id) for kind, group in (*listed, *(("market", name) for name in own)))
    if base_prices(case):
        rows += [(kind, group, ALL) for kind, group, _ in rows]
    groups = Labels.rows(dict.fromkeys(rows), "kind", "group", "family")
    labels = axes.over_periods(groups.but(partition=groups.has("kind", *PARTITIONS)), case.periods)
    return axis("group", ("kind", "group", "family", "period"), labels)
