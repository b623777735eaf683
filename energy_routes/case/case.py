"""A case: a network, a horizon and a policy — one question, ready to be solved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from energy_routes.case.actuals import Past
from energy_routes.case.base_prices import BY_NAME, base_price
from energy_routes.case.checks.limits import beyond_limits
from energy_routes.case.checks.questions import check_path, questions, route_questions
from energy_routes.case.disruptions.countries import weights_of_sets
from energy_routes.case.disruptions.outages import check_targets
from energy_routes.case.edits import SET, Setter, edits_of
from energy_routes.case.model_file import AnyEdit, EditFile, PolicyFile, RouteFile, ScenarioFile
from energy_routes.case.policy.bounds import ALL, for_family, groups_of
from energy_routes.case.policy.build_options import chosen
from energy_routes.case.policy.policy import BOUNDS, LEVERS, Policy
from energy_routes.case.price_deck import deck_edits
from energy_routes.case.subjects import check_subject
from energy_routes.errors import DataError, Fault, UsageError, refuse
from energy_routes.network import AddedRoute, Edit, Network, routes_from_file
from energy_routes.pack import (
    PER_YEAR,
    Period,
    amount,
    annotated,
    check_kind,
    check_list,
    home,
    nearest,
    offered,
    parted,
    spanned,
    time_of,
    with_prices,
)

if TYPE_CHECKING:
    import pandas as pd


@annotated
@dataclass(frozen=True, repr=False)
class Case:
    """One question: solve it with :func:`energy_routes.solve`.  Every method returns a new case.

    Attributes
    ----------
    name : str
        Its short name: of a model file, the file's.
    network : Network
        The packs of facts, and the edits over them.
    periods : tuple of Period
        The horizon, in order: years or months.
    policy : Policy
        What is sought, and what limits dependence.
    title, question : str
        The same for people.
    sources : tuple of str
        What the question rests on.
    scenarios : mapping of str to ScenarioFile
        What its model file offers to lay over it.
    base : str or None
        The model that this one extends (a bundled name, or a path): what its answer is measured against.
    past : Past or None
        What has happened before the horizon began, where a year is planned anew (:func:`energy_routes.replan`).
    subject : tuple of str
        What the question is about (``corridor:BTC``); its answer begins there.
    accepted : tuple of str
        Paths of figures (``arc:BTC.tariff``) that are meant, plausible or not.
    stated : Case or None
        The case as its model file says it, without scenarios and later changes; None where no file was read.

    Examples
    --------
    >>> import energy_routes as er
    >>> case = er.load("oil-2024").set("policy.max_share.transit:RU", "80 %").without("BTC")
    >>> case.policy.max_share[0].cap
    0.8
    """

    name: str
    network: Network
    periods: tuple[Period, ...]
    policy: Policy = field(default_factory=Policy)
    title: str = ""
    question: str = ""
    sources: tuple[str, ...] = ()
    scenarios: Mapping[str, ScenarioFile] = field(default_factory=dict, compare=False)
    base: str | None = None
    past: Past | None = None
    subject: tuple[str, ...] = ()
    accepted: tuple[str, ...] = field(default=(), compare=False)
    stated: Case | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        check_kind(Case, "name", self.name, str)
        check_kind(Case, "network", self.network, Network)
        check_kind(Case, "policy", self.policy, Policy)
        check_kind(Case, "periods", self.periods, tuple[Period, ...])
        if not self.network.packs:
            raise UsageError("Case: network has no pack; expected one at least. er.load(name).network is one.")
        if not self.periods:
            raise UsageError("Case: periods = (); expected one at least. er.load(name).periods are some.")

    def __repr__(self) -> str:
        packs = ", ".join(pack.name for pack in self.network.packs)
        return f"Case({self.name!r}: {self.title or 'no title'}; {packs}; {self.span}; edits: {len(self.edits)})"

    @property
    def span(self) -> str:
        """The first and the last period, ``2024-01 … 2024-12``."""
        return spanned([period.label for period in self.periods])

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The changes laid over the tables of the packs, in order."""
        return self.network.edits

    @property
    def prices(self) -> str:
        """The scenario whose shared prices its packs read; '' where they share none."""
        return next((pack.prices for pack in self.network.packs if pack.prices), "")

    @property
    def parted(self) -> bool:
        """Whether the scenarios of the prices that its packs share differ in its years."""
        years = [pack.parts for pack in self.network.packs if pack.prices and pack.parts is not None]
        return bool(years) and self.periods[-1].year >= min(years)

    @property
    def years(self) -> float:
        """Length of the horizon in years."""
        return sum(period.years for period in self.periods)

    def on_network(self, change: Callable[[Network], Network]) -> Case:
        """The case on a changed network.

        Parameters
        ----------
        change : callable
            From the network to another.

        Returns
        -------
        Case
            The case with that one.

        Raises
        ------
        DataError
            A figure that an edit has made is outside the hard limits of its column.
        """
        network, known = change(self.network), len(self.edits)
        new = network.edits[known:] if network.edits[:known] == self.edits else network.edits
        refuse("the edits", [fault for _, fault in beyond_limits(network, new, self.periods)])
        return replace(self, network=network)

    def accepting(self, *paths: str) -> Case:
        """The case that asks no more whether some figures are meant: ``case.accepting("market:AUGUSTA.price")``.

        Parameters
        ----------
        *paths : str
            Figures as ``set`` calls them.  Their hard limits hold all the same.

        Returns
        -------
        Case
            A new case.

        Raises
        ------
        UsageError
            A path is none of a figure.
        """
        for path in paths:
            check_path(path)
        return replace(self, accepted=tuple(dict.fromkeys((*self.accepted, *paths))))

    def _written(self, place: str, change: Callable[[Network], Network]) -> Case:
        """The case on a network that a person has changed: figures that are not plausible are asked about."""
        case = self.on_network(change)
        new = case.edits[len(self.edits):]
        asked = questions(self.network, case.network, new, self.periods, self.accepted)
        refuse(place, [replace(fault, file=place) for _, fault in asked])
        return case

    def about(self, *subject: str) -> Case:
        """The case with another subject: ``case.about("corridor:BTC", "arc:CPC_SPM")``.

        Parameters
        ----------
        *subject : str
            What it is about, as ``kind:name``: a group, a row, an option, or a concentration (``hhi:corridor``).

        Returns
        -------
        Case
            A new case.

        Raises
        ------
        UsageError
            A kind or name is not there (see :func:`energy_routes.case.subjects.check_subject`).
        """
        for target in subject:
            check_subject(self.network, target)
        return replace(self, subject=tuple(dict.fromkeys(subject)))

    def outage(
        self, what: str, periods: Sequence[str] = (), remaining: float = 0.0, reason: str = "outage", event: str = ""
    ) -> Case:
        """Leave only a part of the capacity of an arc, a group or a node, in the periods named.

        Parameters
        ----------
        what : str
            An arc (``BTC``, ``arc:BTC``), a group (``CPC``, ``transit:RU``) or a node, which means all its arcs.
        periods : sequence of str
            Labels of periods (a year covers its months); empty: the whole horizon.
        remaining : float
            The share of the capacity that is left, 0 to 1.  What others have booked of it stays theirs; in ``stress``
            and security all users share what is left.
        reason : str
            Why, for the list of edits.
        event : str
            The name of the unforeseen event that it is a part of; blank: it is known beforehand.

        Returns
        -------
        Case
            A new case.

        Raises
        ------
        UsageError
            Nothing is called so, a period is not in the horizon or stands twice, the share is not from 0 to 1, or a
            part of a capacity without limit is to go.
        """
        self._check_periods(periods)
        return self.on_network(lambda n: n.outage(what, periods, remaining, reason, event))

    def scale(
        self, target: str, column: str, factor: float, periods: Sequence[str] = (), reason: str = "scaled"
    ) -> Case:
        """Multiply one number: ``case.scale("arc:BTC", "tariff", 0.8)``.

        Parameters
        ----------
        target : str
            A row, as ``word:id``.
        column : str
            A column of numbers of its table.
        factor : float
            From 0 on, without a unit.
        periods : sequence of str
            Labels of periods (a year covers its months); empty: the whole horizon.
        reason : str
            Why, for the list of edits.

        Returns
        -------
        Case
            A new case.

        Raises
        ------
        UsageError
            The word of the target or a period is unknown, or the factor is no bare number.
        DataError
            The table has no such row or number, or it would leave its hard limits, or is not plausible and not accepted
            (:meth:`accepting`).
        """
        self._check_periods(periods)
        return self._written("scale", lambda n: n.scale(target, column, factor, periods, reason))

    def without(self, what: str, periods: Sequence[str] = (), reason: str = "closed") -> Case:
        """Close an arc, a group or a node's arcs.

        Parameters
        ----------
        what : str
            An arc (``BTC``, ``arc:BTC``), a group (``CPC``, ``transit:RU``) or a node, which means all its arcs.
        periods : sequence of str
            Labels of periods (a year covers its months); empty: the whole horizon.
        reason : str
            Why, for the list of edits.

        Returns
        -------
        Case
            A new case.

        Raises
        ------
        UsageError
            Nothing is called so, or a period is not in the horizon or stands twice.
        """
        self._check_periods(periods)
        return self.on_network(lambda n: n.without(what, periods, reason))

    def with_policy(self, /, **levers: Any) -> Case:
        """The case with levers of its policy replaced.

        Parameters
        ----------
        **levers : object
            Fields of :class:`Policy` as a model file writes them: ``objective="cost"``, ``exports="free"``, bounds as
            ``max_share={"transit:RU": 0.8}``.  The level of a bound may carry a unit: ``"80 %"``, ``"300 kt/month"``.

        Returns
        -------
        Case
            A new case.  Caps of other groups stay.

        Raises
        ------
        UsageError
            A lever, group, family or option is unknown, or a value is out of its range.
        """
        policy = self.policy
        for name, value in levers.items():
            policy = policy.set(name, self._levels(name, value))
        for _, bound in policy.bounds:
            self._check_family(bound.name, bound.family, policy)
            known = [name for kind, name in groups_of(self.network.packs, bound.family) if kind == bound.kind]
            if bound.group and bound.group not in known:
                of = "this pack" if bound.family in (None, ALL) else bound.family
                raise UsageError(f"{bound.kind}:{bound.group} is not a group of {of}. {offered(bound.group, known)}")
        if any(cap.weight == "risk" for cap in policy.max_hhi):
            weights_of_sets(self.network.tables)
        check_targets(self.network, policy, self.periods)
        chosen(self.network.tables, policy.build)
        if (policy.carbon_price or policy.max_emissions is not None) and self.network.tables["emissions"].empty:
            raise UsageError("policy: carbon is priced or capped, but this pack has no emission factors (emissions)")
        return replace(self, policy=policy)

    def set(self, path: str, value: float | str | bool | Mapping[str, Any]) -> Case:
        """Set one figure by its path.

        Parameters
        ----------
        path : str
            A lever (``policy.max_share.transit:RU``), a number of a row (``arc:BTC.tariff``, ``market:X.export``), or
            ``prices``, whose value is a scenario (:meth:`with_prices`).
        value : float, str, bool or mapping
            A mapping gives the keys of a lever (``policy.cvar``).  A text may carry a unit (``"8 USD/MMBtu"``).  A bare
            number is in the unit in which the row is written, or, in a policy, in that of the lever: a fraction, Mt or
            bcm a year, MUSD.

        Returns
        -------
        Case
            A new case.

        Raises
        ------
        UsageError
            The path leads nowhere, or the value is none for it.
        DataError
            The table has no such row or number, the value is out of its range, its unit is of another dimension, it is
            bare and the figures of the row have several units, or it is not plausible and not accepted
            (:meth:`accepting`).
        """
        return self.set_all({path: value})

    def set_all(self, changes: Mapping[str, float | str | bool | Mapping[str, Any]]) -> Case:
        """Set several figures, as :meth:`set` sets one.

        Parameters
        ----------
        changes : mapping of str to float, str or bool
            From path to value.

        Returns
        -------
        Case
            A new case.

        Raises
        ------
        UsageError
            A path leads nowhere, or a value is none for it.
        DataError
            As :meth:`set`, with every figure that is out of its range or not plausible.
        """
        return self._set_all(changes)

    def _set_all(self, changes: Mapping[str, float | str | bool | Mapping[str, Any]]) -> Case:
        """The same for changes that were looked at: many are laid over one case."""
        case, edits = self, []
        built: dict[str, float | str | bool | Mapping[str, Any]] = {}  # parts of one lever, which must go together
        for path, value in changes.items():
            head, _, rest = path.removeprefix("policy.").partition(".")
            if path == "prices":
                case = case.with_prices(str(value))
            elif head == "build" and rest:
                built[rest] = value
            elif head in LEVERS or path.startswith("policy."):
                case = case.with_policy(**{head: {rest: value} if rest else value})
            else:
                setter = self._setter if case.network is self.network else case._setter
                edits.append(setter.edit(path, value))
        case = case.with_policy(build=built) if built else case
        return case._written(SET, lambda n: n.with_edits(*edits)) if edits else case

    @cached_property
    def _setter(self) -> Setter:
        return Setter(self.network)

    def family_of_cap(self, name: str) -> str:
        """The family that a cap's name means.

        Parameters
        ----------
        name : str
            ``transit:RU``, or ``oil/transit:RU``.

        Returns
        -------
        str
            The family; '' where the cap holds for each of several.
        """
        return name.partition("/")[0] if "/" in name else self.families[0] if len(self.families) == 1 else ""

    def cap(self, lever: str, name: str, value: object) -> float:
        """The level of a cap as written.

        Parameters
        ----------
        lever : str
            ``max_share``, ``max_exposure`` or ``max_hhi``.
        name : str
            What is capped, with its family where one is meant.
        value : object
            A number, or a text with a unit.

        Returns
        -------
        float
            A fraction; of ``max_exposure`` Mt (bcm) a year, and over all families MUSD a year.

        Raises
        ------
        UsageError
            The lever is unknown, the value is no number, or its unit is of another dimension.
        """
        if lever not in BOUNDS:
            raise UsageError(f"no cap is called {lever!r}; expected one of {', '.join(BOUNDS)}. "
                             f"{nearest(lever, BOUNDS)}")
        family = self.family_of_cap(name)
        self._check_family(name, family or None)
        dimension = BOUNDS[lever].measure.dimension
        dimension = "money" if dimension == "rate" and family == ALL else dimension
        written = amount(f"{lever}.{name}", value, dimension, self.network.families.get(family))
        if (time := time_of(parted(value)[1])) == "y":
            return written
        return written / PER_YEAR[time] * sum(p.count(time) for p in self.periods) / self.years

    def _levels(self, lever: str, caps: object) -> object:
        """Caps as written, with their levels as :meth:`cap` reads them; base prices read; any other lever as it is."""
        if lever == "base_prices" and isinstance(caps, Mapping):
            known = {**BY_NAME, **self.network.families}
            return {name: base_price(str(name), price, known) for name, price in caps.items()}
        if lever not in BOUNDS or not isinstance(caps, Mapping):
            return caps
        read: dict[str, object] = {}
        for name, written in caps.items():
            table, level = BOUNDS[lever].spelt(written), BOUNDS[lever].keys[0]
            if level in table:
                whose = f"{table['family']}/" if "family" in table else ""
                table[level] = self.cap(lever, f"{whose}{name}", table[level])
            read[name] = table
        return read

    def with_deck(self, deck: str | Path | pd.DataFrame) -> Case:
        """The case with a price deck laid over its packs, under its own edits.

        Parameters
        ----------
        deck : str, Path or DataFrame
            A CSV or .xlsx file, or a frame, with the columns of a deck.

        Returns
        -------
        Case
            A new case.

        Raises
        ------
        DataError
            With every fault of the deck.
        """
        bare = replace(self.network, edits=())
        edits = deck_edits(bare, self.periods, deck, self.accepted)
        return self.on_network(lambda n: bare.with_edits(*edits, *n.edits))

    def with_prices(self, scenario: str) -> Case:
        """The case with the prices of another scenario, under its own edits: ``case.with_prices("low")``.

        Parameters
        ----------
        scenario : str
            One of the table ``scenarios`` of the prices that its packs share.

        Returns
        -------
        Case
            A new case.

        Raises
        ------
        UsageError
            Its packs share no prices.
        DataError
            There is no such scenario, or its prices have faults.
        """
        if not self.prices:
            raise UsageError(f"{self.name}: its packs share no prices, so there is no scenario {scenario!r} of them. "
                             'A pack names their folder in pack.toml: prices = "../prices".')
        packs = tuple(with_prices(pack, scenario) if pack.prices else pack for pack in self.network.packs)
        return self.on_network(lambda n: Network(packs, n.edits))

    def scenario(self, name: str) -> Case:
        """The case with a named scenario of its model file laid over it.

        Parameters
        ----------
        name : str
            One of ``scenarios``.

        Returns
        -------
        Case
            A new case, called ``model+scenario``.

        Raises
        ------
        UsageError
            There is no such scenario.
        DataError
            Its edits or its policy do not fit the case.
        """
        if name not in self.scenarios:
            raise UsageError(
                " ".join(filter(None, (f"{self.name} has no scenario {name!r}.", nearest(name, self.scenarios),
                                       f"Known: {', '.join(self.scenarios) or 'none'}.")))
            )
        file = self.scenarios[name]
        priced = self.with_prices(file.prices) if file.prices else self
        changed = priced.with_file(file.edit, file.policy, f"scenario {name}")
        return replace(changed, name=f"{self.name}+{name}", title=file.title or self.title)

    def with_file(self, edits: Sequence[AnyEdit], policy: PolicyFile, place: str) -> Case:
        """The case with the edits and the policy of a file or scenario laid over it.

        Routes come first, so that the other edits may speak of them.

        Parameters
        ----------
        edits : sequence of EditFile or RouteFile
            As a model file writes them.
        policy : PolicyFile
            The levers that it sets.
        place : str
            Where they stand, for the words of a fault.

        Returns
        -------
        Case
            A new case.

        Raises
        ------
        DataError
            With every fault of the edits and the policy.
        """
        faults: list[Fault] = []
        changes: Sequence[Edit] = ()
        case = self
        try:
            case = self._with_drawn(edits)
            plain = [edit for edit in edits if isinstance(edit, EditFile)]
            changes = edits_of(case.network, plain, self.periods, place, self.accepted)
        except DataError as error:
            faults += error.faults
        written = {name: value for name, value in policy.model_dump().items() if value not in (None, {})}
        for name in sorted(written, key=BOUNDS.__contains__):  # bounds over all families need base prices
            value = written[name]
            for part in [{group: cap} for group, cap in value.items()] if name in BOUNDS else [value]:
                try:
                    case = case.with_policy(**{name: part})
                except UsageError as error:
                    faults.append(Fault(place, column=f"policy.{name}", found=str(error)))
        refuse(place, faults)
        return case.on_network(lambda n: n.with_edits(*changes))

    def with_route(self, *routes: AddedRoute) -> Case:
        """The case with further routes, such as :func:`energy_routes.route_from_geometry` makes of a drawn line.

        Parameters
        ----------
        *routes : AddedRoute
            Each is opened by an edit of its own, so that it is listed as one.

        Returns
        -------
        Case
            A new case.

        Raises
        ------
        DataError
            An id is taken, an end is no node, what crosses the route could not be counted right, or a figure is not
            plausible, and neither accepted nor called checked in the route's note.
        """
        return self._with_routes(routes)

    def _with_routes(self, routes: Sequence[AddedRoute], opened: Sequence[str] = ()) -> Case:
        case = self.on_network(lambda n: n.with_route(*routes, opened=opened))
        packs = case.network.packs
        refuse("drawn routes", [fault for route in routes for fault in
                                route_questions(home(packs, "arcs", route.id), route, self.accepted)])  # fmt: skip
        return case

    def _with_drawn(self, edits: Sequence[AnyEdit]) -> Case:
        """The case with the routes that a file draws."""
        files = [edit for edit in edits if isinstance(edit, RouteFile)]
        if not files:
            return self
        opened = [e.target.partition(":")[2] for e in edits if isinstance(e, EditFile) and e.opens()]
        routes = [replace(route, reason=file.reason, source=file.source or route.source)
                  for file in files for route in routes_from_file(file.add_route, self.network, **file.told())]
        return self._with_routes(routes, opened)

    @property
    def families(self) -> list[str]:
        """The families of the case (oil, gas), in the order of their packs."""
        return list(dict.fromkeys(pack.family.id for pack in self.network.packs))

    @property
    def value_unit(self) -> str:
        """What money for volume exported is told in: USD/t, USD/1000m3 of gas; USD where oil and gas have no sum."""
        return self.network.packs[0].family.price_unit if len(self.families) == 1 else "USD"

    def of_family(self, family: str) -> Case:
        """The case of one family alone: its packs, the edits and caps that are about them.

        Parameters
        ----------
        family : str
            One of ``families``.

        Returns
        -------
        Case
            A new case.

        Raises
        ------
        UsageError
            The case has nothing of that family.
        """
        if family not in self.network.families:
            there = list(self.network.families)
            raise UsageError(f"{self.name} has no family {family!r}; expected one of {', '.join(there)}. "
                             f"{nearest(family, there)}")
        packs = tuple(pack for pack in self.network.packs if pack.family.id == family)
        alone = Network(packs)
        edits = tuple(edit for edit in self.edits if edit.id in alone.ids(edit.table))
        known = groups_of(packs, family)
        own: dict[str, Any] = {
            lever: tuple(replace(bound, family=None) for bound in for_family(getattr(self.policy, lever), family)
                         if not bound.group or (bound.kind, bound.group) in known)
            for lever in BOUNDS
        }  # fmt: skip
        return replace(self, network=Network(packs, edits), policy=replace(self.policy, base_prices=(), **own))

    def _check_family(self, name: str, family: str | None, policy: Policy | None = None) -> None:
        if family == ALL and policy is not None:
            priced = {price.family for price in policy.base_prices}
            if missing := [own for own in self.families if own not in priced]:
                raise UsageError(
                    f"{name}: all families together are measured by value, and policy.base_prices has no price of "
                    f"{' and '.join(missing)}"
                )
        known = [*self.families, *([ALL] if len(self.families) > 1 else [])]
        if family is not None and family not in known:
            raise UsageError(f"{name}: {self.name} has no {family}; its families are {', '.join(known)}. "
                             f"{nearest(family, known)}")

    def _check_periods(self, labels: Sequence[str]) -> None:
        check_list("periods", labels, some=False)
        for label in labels:
            if not any(period.matches(label) for period in self.periods):
                raise UsageError(f"period {label!r} is not in the horizon of {self.name}: {self.span}")
