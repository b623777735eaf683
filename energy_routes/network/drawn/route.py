"""From a drawn line to a route of a network: snapped to nodes, measured, and given a proposed tariff."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from energy_routes.errors import DataError, EnergyRoutesError, Fault, UsageError, refuse
from energy_routes.network import geometry as geo
from energy_routes.network.added_route import AddedRoute
from energy_routes.network.drawn.cost import OPEX, RATE, YEARS, Proposal, levelised, propose
from energy_routes.network.drawn.lines import ATTRIBUTES, DrawnLine, one_line, read_lines
from energy_routes.network.drawn.snapping import SNAP_KM, ends_of
from energy_routes.network.network import Network
from energy_routes.pack import MODES, Family, Pack, annotated, check_count, data_path, nearest, offered, units

if TYPE_CHECKING:
    from shapely import LineString


class Question(Protocol):
    """A question to a network, such as a case."""

    @property
    def network(self) -> Network:
        """The network that it is asked of."""


def routes_from_file(file: str | Path, network: Network, *, layer: str | None = None, tolerance_km: float = SNAP_KM,
                     **said: Any) -> list[AddedRoute]:
    """Every line of a GIS file (.geojson, .gpkg, .shp; any coordinate system) as a route of the network.

    ``said`` overrides the attributes of the features: name, id, from (or ``start``), to (or ``end``), capacity, unit,
    commodity (one of the pack, or "oil" or "gas" for all of a family), mode, tariff (USD/t or USD/1000 m³), capex
    (MUSD), note.  Names and ends are for one line only.  Raises DataError with the faults of every line.
    """
    lines = read_lines(file, layer)
    own = _said(said)
    if len(lines) > 1 and (single := sorted({"id", "name", "from", "to"} & set(own))):
        raise UsageError(f"{Path(file).name} has {len(lines)} lines: give {', '.join(single)} as attributes of each")
    faults: list[Fault] = []
    routes: list[AddedRoute] = []
    for line in lines:
        try:
            routes.append(_route(line, {**line.said, **own}, network, tolerance_km))
        except DataError as error:
            faults += error.faults
    refuse(str(file), faults)
    return routes


@annotated
def route_from_geometry(line_or_file: str | Path | LineString | Sequence[tuple[float, float]],
                        network: Network | Question, *, layer: str | None = None,
                        tolerance_km: float = SNAP_KM, **said: Any) -> AddedRoute:
    """One drawn line as a route, snapped to nodes, measured, and with a proposed tariff.

    Put it in with ``case.with_route(route)``.

    Parameters
    ----------
    line_or_file : str, Path, LineString or list of (float, float)
        A GIS file with one line, a shapely line in WGS 84, or its points as (longitude, latitude) in degrees.
    network : Network or Case
        To whose nodes the ends are snapped.
    layer : str or None
        Of a file with several.
    tolerance_km : float
        How far an end may lie from a node.
    **said : object
        Attributes that go before those of the file: name, id, start, end, capacity and its unit (Mt or bcm a year),
        commodity, mode, tariff (USD/t, USD/1000 m³), capex (MUSD), note.

    Returns
    -------
    AddedRoute
        With its length in km, countries and straits crossed, and how each figure came about.

    Raises
    ------
    UsageError
        The file has several lines, an attribute is unknown, or the tolerance is below 0.
    DataError
        The line is broken or ends at no node, or an attribute does not fit; it names the feature.
    """
    check_count("tolerance_km", tolerance_km, 0)
    network = network if isinstance(network, Network) else network.network
    if isinstance(line_or_file, str | Path):
        routes = routes_from_file(line_or_file, network, layer=layer, tolerance_km=tolerance_km, **said)
        if len(routes) > 1:
            raise UsageError(f"{line_or_file} has {len(routes)} lines: use routes_from_file")
        return routes[0]
    from shapely import LineString
    from shapely.errors import ShapelyError

    try:
        line, found = one_line(LineString(line_or_file) if isinstance(line_or_file, list | tuple) else line_or_file)
    except (ShapelyError, ValueError) as error:  # one point, or points of one number
        line, found = None, str(error)
    if line is None:
        raise DataError("the line", [Fault("the line", found=found, expected="one unbroken line in WGS 84")])
    return _route(DrawnLine(line, {}, "the line"), _said(said), network, tolerance_km)


def _said(said: Mapping[str, Any]) -> dict[str, Any]:
    own = {{"start": "from", "end": "to"}.get(key, key): value for key, value in said.items() if value is not None}
    if unknown := next((key for key in own if key not in ATTRIBUTES), None):
        raise UsageError(f"a drawn route has no {unknown!r}; expected {', '.join(ATTRIBUTES)}. "
                         f"{nearest(unknown, ATTRIBUTES)}")
    return own


def _route(drawn: DrawnLine, said: Mapping[str, Any], network: Network, tolerance_km: float) -> AddedRoute:
    """One line's route.  Raises DataError, naming the feature."""
    try:
        pack, commodity = _carried(said, network)
        mode = str(said.get("mode", "pipeline"))
        if mode not in MODES:
            raise UsageError(f"mode {mode!r} is none of {', '.join(MODES)}. {nearest(mode, MODES)}")
        capacity = _capacity(said, pack, commodity)
        stated = {key: _number(said[key], key) for key in ("tariff", "capex") if key in said}
    except EnergyRoutesError as error:
        raise DataError(drawn.where, [Fault(drawn.where, found=str(error))]) from None
    start, end, line, told = ends_of(drawn, said, pack.tables["nodes"], tolerance_km)
    total, water = geo.length_km(line), water_km(line)
    proposal = None
    if mode == "pipeline" and "tariff" not in stated:
        proposal = propose(pack.family, total - water, water, capacity)
    elif "tariff" not in stated:
        fault = Fault(drawn.where, column="tariff", found=f"none given for a route by {mode}", expected="a number",
                      repair="Only a pipeline's tariff can be proposed: add the attribute tariff.")
        raise DataError(drawn.where, [fault])
    tariff, capex, how = _money(proposal, stated, capacity, pack.family)
    names = pack.tables["nodes"].set_index("id")["name"]
    name = str(said.get("name") or f"{names[start]} – {names[end]} (drawn)")
    at_sea = mode in geo.SEA_MODES
    limit = "not given: no limit" if capacity == float("inf") else f"{capacity:g} as given"
    note = " ".join(filter(None, (
        f"Drawn: {drawn.where}; {total:.0f} km, {water:.0f} of them under water.", f"Capacity {limit}.", how,
        *(f"{text}." for text in (*drawn.notices, *told)), str(said.get("note", "")),
    )))  # fmt: skip
    time = units.time_of(str(said.get("unit", "")))
    return AddedRoute(
        id=str(said.get("id") or slug(name)), name=name, start=start, end=end, tariff=tariff,
        capacity=capacity / units.PER_YEAR[time], time=time,
        commodity=commodity, mode=mode, length_km=total, water_km=water, capex=capex, note=note,
        countries=() if at_sea else geo.countries_crossed(line, _basemap()),
        chokepoints=geo.chokepoints_passed(line, _basemap()) if at_sea else (),
        line=tuple((float(x), float(y)) for x, y in line.coords),
    )  # fmt: skip


def _carried(said: Mapping[str, Any], network: Network) -> tuple[Pack, str | None]:
    """The pack that a route belongs to, and the one commodity it carries (None: every one of the pack)."""
    wanted = said.get("commodity")
    families = [pack.family.id for pack in network.packs]
    if wanted is None and len(network.packs) > 1:
        raise UsageError(f"no commodity is given, and the case has {' and '.join(families)}. Add commodity = "
                         f"{' or '.join(map(repr, families))}, or one commodity's id")
    if wanted is None or wanted in families:
        return next(pack for pack in network.packs if wanted in (None, pack.family.id)), None
    known = {grade: pack for pack in network.packs for grade in pack.tables["commodities"]["id"]}
    if wanted not in known:
        raise UsageError(f"commodity {wanted!r} is not in the pack. {offered(str(wanted), known)}")
    return known[str(wanted)], str(wanted)


def _capacity(said: Mapping[str, Any], pack: Pack, commodity: str | None) -> float:
    """Mt or bcm in a common year; ∞ when none is given."""
    if said.get("capacity") in (None, "unlimited"):
        return float("inf")
    value = _number(said["capacity"], "capacity")
    if value <= 0:
        raise UsageError(f"capacity {value:g} is not more than 0")
    facts = pack.tables["commodities"].set_index("id")
    grade = facts.loc[commodity] if commodity else facts.iloc[0]
    unit = units.parse_unit(str(said.get("unit") or units.inner_unit("rate", pack.family)), "rate", pack.family)
    return units.to_inner(value, unit, "rate", bbl_per_t=grade["bbl_per_t"], mj_per_m3=grade["mj_per_m3"])


def _number(value: Any, what: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = float("nan")
    if not 0 <= number < float("inf"):
        raise UsageError(f"{what} = {value!r} is not a number of 0 or more")
    return number


def _money(proposal: Proposal | None, stated: Mapping[str, float], capacity: float,
           family: Family) -> tuple[float, float | None, str]:
    """Tariff, capex, and how they came about: what is stated goes before what is proposed."""
    unit = family.price_unit
    if "tariff" in stated:
        return stated["tariff"], stated.get("capex"), f"Tariff {stated['tariff']:g} {unit} as given."
    assert proposal is not None
    rule = f"levelised over {YEARS} years at {100 * RATE:g} % with {100 * OPEX:g} % opex a year, always full"
    if "capex" in stated and capacity != float("inf"):
        tariff = levelised(stated["capex"], capacity)
        return tariff, stated["capex"], f"Tariff {tariff:.3g} {unit}: capex {stated['capex']:g} MUSD as given, {rule}."
    built = "" if proposal.capex is None else f", capex {proposal.capex:,.0f} MUSD"
    how = (f"Tariff {proposal.tariff:.3g} {unit} ({proposal.least:.3g} to {proposal.most:.3g}){built}, {rule}; "
           f"{proposal.how}.")
    return proposal.tariff, proposal.capex, how


def slug(name: str) -> str:
    """An id made of a name: letters and digits of any script, in capitals, joined by '_'."""
    plain = unicodedata.normalize("NFKC", name.replace("(drawn)", ""))
    return re.sub(r"\W+", "_", plain).strip("_").upper() or "DRAWN"


def water_km(line: LineString) -> float:
    """Kilometres of a line outside every country, or in a lake."""
    from shapely import unary_union

    land = unary_union([polygon for _, polygon in _basemap().countries if polygon.intersects(line)])
    lakes = unary_union([lake for lake in _lakes() if lake.intersects(line)])
    return geo.length_km(line.difference(land.difference(lakes)))


@cache
def _basemap() -> geo.Basemap:
    return geo.read_basemap(data_path("basemap"))


@cache
def _lakes() -> tuple[Any, ...]:
    return tuple(shape for _, shape in geo.read_features(data_path("basemap") / "lakes.geojson"))
