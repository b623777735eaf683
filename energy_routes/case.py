"""A case: a network, a horizon and a policy — one question, ready to be solved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from energy_routes import library, units
from energy_routes.errors import DataError, Fault, UsageError
from energy_routes.modelfile import Change, EditFile, ModelFile, PolicyFile, ScenarioFile, read_model_file
from energy_routes.names import nearest
from energy_routes.network import Edit, Network, parse_target
from energy_routes.periods import LABEL, Period, periods_of
from energy_routes.policy import Policy, parse_cap
from energy_routes.schema import TABLES, Dimension
from energy_routes.tables import read_pack
from energy_routes.topology import check_topology


@dataclass(frozen=True)
class Case:
    """One question: solve it with :func:`energy_routes.solve`.  Every method returns a new case."""

    name: str
    network: Network
    periods: tuple[Period, ...]
    policy: Policy = field(default_factory=Policy)
    title: str = ""
    question: str = ""
    sources: tuple[str, ...] = ()
    scenarios: Mapping[str, ScenarioFile] = field(default_factory=dict, compare=False)

    @property
    def edits(self) -> tuple[Edit, ...]:
        return self.network.edits

    @property
    def years(self) -> float:
        """Length of the horizon in years."""
        return sum(period.years for period in self.periods)

    def on_network(self, change: Callable[[Network], Network]) -> Case:
        """The case on a changed network."""
        return replace(self, network=change(self.network))

    def outage(self, what: str, periods: Sequence[str] = (), remaining: float = 0.0, reason: str = "outage") -> Case:
        """Leave only ``remaining`` (0–1) of an arc, a group ('CPC', 'transit:RU') or a node, in the periods named."""
        self._check_periods(periods)
        return self.on_network(lambda n: n.outage(what, periods, remaining, reason))

    def scale(
        self, target: str, column: str, factor: float, periods: Sequence[str] = (), reason: str = "scaled"
    ) -> Case:
        """Multiply one number: ``case.scale("arc:BTC", "tariff", 0.8)``."""
        self._check_periods(periods)
        return self.on_network(lambda n: n.scale(target, column, factor, periods, reason))

    def without(self, what: str, periods: Sequence[str] = (), reason: str = "closed") -> Case:
        """Close an arc, a group or a node's arcs."""
        self._check_periods(periods)
        return self.on_network(lambda n: n.without(what, periods, reason))

    def with_policy(self, **levers: Any) -> Case:
        """The case with policy fields replaced: ``objective``, ``exports``, or caps as ``{"transit:RU": 0.8}``."""
        policy = self.policy
        for name, value in levers.items():
            policy = _lever(policy, name, value)
        return replace(self, policy=policy)

    def set(self, path: str, value: float | str) -> Case:
        """Set one number by its path: ``policy.max_share.transit:RU``, ``arc:BTC.tariff`` (value may carry a unit)."""
        path = path.removeprefix("policy.")
        head, _, rest = path.partition(".")
        if head in ("max_share", "max_exposure") and rest:
            return self.with_policy(**{head: {rest: _number(path, value)}})
        if head in ("objective", "exports") and not rest:
            return self.with_policy(**{head: value})
        target, _, column = path.rpartition(".")
        if ":" not in target:
            raise UsageError(f"{path!r} is not a path such as policy.max_share.transit:RU or arc:BTC.tariff")
        number, _, unit = str(value).strip().partition(" ")
        change: Any = (
            value if column == "status" else {"set": _number(path, number), **({"unit": unit} if unit else {})}
        )
        change = {"set": value} if column == "status" else change
        edits = _edits(self.network, EditFile(target=target, reason="set by the user", **{column: change}), "--set", [])
        return self.on_network(lambda n: n.with_edits(*edits))

    def scenario(self, name: str) -> Case:
        """The case with a named scenario of its model file laid over it.  Raises UsageError on an unknown name."""
        if name not in self.scenarios:
            raise UsageError(
                f"{self.name} has no scenario {name!r}. {nearest(name, self.scenarios)}"
                f" Known: {', '.join(self.scenarios) or 'none'}."
            )
        changed = _with_file(self, self.scenarios[name].edit, self.scenarios[name].policy, f"scenario {name}")
        return replace(changed, name=f"{self.name}+{name}")

    def _check_periods(self, labels: Iterable[str]) -> None:
        for label in labels:
            if not any(period.matches(label) for period in self.periods):
                raise UsageError(
                    f"period {label!r} is not in the horizon of {self.name}: "
                    f"{self.periods[0].label} … {self.periods[-1].label}"
                )


def load(name: str | Path, scenarios: Sequence[str] = ()) -> Case:
    """A case by the name of a bundled model, or by the path of a ``.toml``.

    Raises UsageError on an unknown name (the nearest is offered) and DataError with every fault of file and pack.
    """
    path = Path(name)
    if path.suffix != ".toml" and not path.exists():
        path = library.model_path(str(name))
    chain = _chain(path)
    case = _base(path, chain)
    for file, label in chain:
        case = _with_file(case, file.edit, file.policy, label)
    for scenario in scenarios:
        case = case.scenario(scenario)
    return case


def _chain(path: Path) -> list[tuple[ModelFile, str]]:
    """The model file and those it extends, oldest first."""
    seen: list[Path] = []
    chain: list[tuple[ModelFile, str]] = []
    while True:
        if path in seen:
            raise DataError(path.name, [Fault(path.name, column="extends", found="a circle of models")])
        seen.append(path)
        file = read_model_file(path)
        chain.insert(0, (file, path.name))
        if not file.extends:
            return chain
        near = path.parent / f"{file.extends.removesuffix('.toml')}.toml"
        path = near if near.exists() else library.model_path(file.extends)


def _base(path: Path, chain: list[tuple[ModelFile, str]]) -> Case:
    def last(key: str) -> Any:
        return next((getattr(f, key) for f, _ in reversed(chain) if getattr(f, key) is not None), None)

    missing = [
        Fault(path.name, column=key, found="missing", expected=hint, repair=f"Add {key} = …")
        for key, hint in (("data", "a pack's name or folder"), ("year", "a year, or a list of years"))
        if last(key) is None
    ]
    if missing:
        raise DataError(path.name, missing)
    data, year, source = last("data"), last("year"), last("source")
    packs = tuple(read_pack(_pack_path(path, name)) for name in ([data] if isinstance(data, str) else data))
    faults = [fault for pack in packs for fault in check_topology(pack)]
    if faults:
        raise DataError(", ".join(pack.name for pack in packs), faults)
    return Case(
        name=path.stem,
        network=Network(packs),
        periods=periods_of([year] if isinstance(year, int) else sorted(year), last("periods") or "year"),
        title=last("title") or path.stem,
        question=last("question") or "",
        sources=tuple([source] if isinstance(source, str) else source or ()),
        scenarios={name: s for file, _ in chain for name, s in file.scenario.items()},
    )


def _pack_path(model: Path, name: str) -> Path:
    near = (model.parent / name).resolve()
    return near if near.exists() else library.pack_path(name)


def _with_file(case: Case, edits: Sequence[EditFile], policy: PolicyFile, label: str) -> Case:
    """The case with edits and policy of a file laid over it; all faults at once."""
    faults: list[Fault] = []
    changes = []
    for number, edit in enumerate(edits, 1):
        place = f"{label} [[edit]] {number}"
        faults += [
            _unknown_period(place, p, case.periods)
            for p in edit.periods
            if not any(period.matches(p) for period in case.periods)
        ]
        changes += _edits(case.network, edit, place, faults)
    if faults:
        raise DataError(label, faults)
    levers = {k: v for k, v in policy.model_dump().items() if v not in (None, {})}
    try:
        case = case.with_policy(**levers)
    except UsageError as error:
        raise DataError(label, [Fault(label, column="policy", found=str(error))]) from None
    return case.on_network(lambda n: n.with_edits(*changes))


def _unknown_period(place: str, label: str, periods: Sequence[Period]) -> Fault:
    expected = f"a period of the horizon, {periods[0].label} … {periods[-1].label}"
    repair = "" if LABEL.match(label) else "A period is written 2024 or 2024-03."
    return Fault(place, column="periods", found=repr(label), expected=expected, repair=repair)


def _edits(network: Network, file: EditFile, place: str, faults: list[Fault]) -> list[Edit]:
    """The changes of one ``[[edit]]`` in inner units.

    What is wrong is added to ``faults``; for ``--set``, which has one edit, it is raised.
    """
    table, name = parse_target(file.target)
    out = []
    if not file.changes():
        faults.append(
            Fault(
                place, column=file.target, found="no change", expected='such as capacity = { set = 2.2, unit = "Mt/y" }'
            )
        )
    for column, raw in file.changes().items():
        try:
            out.append(_edit(network, file, table, name, column, raw))
        except (ValueError, KeyError, TypeError, UsageError) as error:
            faults.append(Fault(place, column=f"{file.target}.{column}", found=str(error).strip("'\"")))
    if place == "--set" and faults:
        raise DataError(place, faults)
    return out


def _edit(network: Network, file: EditFile, table: str, name: str, column: str, raw: Any) -> Edit:
    change = Change(**raw) if isinstance(raw, dict) else Change(set=raw)
    given = [(op, value) for op in ("set", "scale", "add") if (value := getattr(change, op)) is not None]
    if len(given) != 1:
        raise UsageError("exactly one of set, scale, add is expected")
    op, value = given[0]
    written = f"{op} {value}{f' {change.unit}' if change.unit else ''}"
    if not (table == "arcs" and column == "status") and column in TABLES[table].dated:
        if value == "unlimited":
            value = float("inf")
        elif isinstance(value, str):
            raise UsageError(f"{value!r} is not a number")
        elif op != "scale" and change.unit:
            value = _inner(network, table, name, column, float(value), change.unit)
    literal: Literal["set", "scale", "add"] = op  # type: ignore[assignment]
    return Edit(table, name, column, literal, value, tuple(file.periods), file.reason, file.source, written)


def _inner(network: Network, table: str, name: str, column: str, value: float, unit: str) -> float:
    """A number of an edit in the inner unit; barrels and heating values are those of the row's commodity."""
    dimension: Dimension = TABLES[table].column(column).dimension
    commodities = network.tables["commodities"].set_index("id")
    frame, ids = network.tables[table], network.ids(table)
    row = frame.iloc[ids.index(name)] if name in ids else None
    grade = next(
        (row[k] for k in ("commodity", "reference") if row is not None and k in frame and row[k] in commodities.index),
        None,
    )
    facts = commodities.loc[grade] if grade is not None else commodities.iloc[0]
    length = row["length_km"] if row is not None and "length_km" in frame else None
    return float(
        units.to_inner(
            value, unit, dimension, bbl_per_t=facts["bbl_per_t"], mj_per_m3=facts["mj_per_m3"], length_km=length
        )
    )


def _lever(policy: Policy, name: str, value: Any) -> Policy:
    if name in ("max_share", "max_exposure"):
        if not isinstance(value, Mapping):
            raise UsageError(f"{name} is a table of caps such as {{ 'transit:RU' = 0.8 }}")
        for group, cap in value.items():
            policy = policy.with_cap(name, parse_cap(name, group, cap))  # type: ignore[arg-type]
        return policy
    choices = {"objective": ("netback", "cost", "revenue"), "exports": ("hold", "free")}
    if name not in choices:
        raise UsageError(f"policy has no lever {name!r}. {nearest(name, (*choices, 'max_share', 'max_exposure'))}")
    if value not in choices[name]:
        raise UsageError(
            f"policy.{name} = {value!r}; expected {' or '.join(choices[name])}. {nearest(str(value), choices[name])}"
        )
    return replace(policy, **{name: value})


def _number(path: str, value: float | str) -> float:
    try:
        return float(value)
    except ValueError:
        raise UsageError(f"{path}: {value!r} is not a number") from None
