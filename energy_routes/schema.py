"""The tables of a data pack: one description that feeds validation, defaults and the data dictionary.

A pack is a folder with ``pack.toml`` and one file a table (CSV or Parquet), or the same sheets in one
``.xlsx``.  Structure stands in the tables; a number may stand in its table's own column (the base value)
or in ``values`` as a dated row with its own source, which overrides the base in that period.

Units: a quantity column names its *dimension*; the row's unit column names the unit it is written in,
and :mod:`energy_routes.units` converts it once, at the door, to the inner unit of the dimension.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["str", "float", "int", "bool", "choice", "list"]
Dimension = Literal["rate", "volume", "unit_value", "length", "fraction", "degree", "none"]

INNER_UNIT: Mapping[Dimension, str] = {
    "rate": "Mt/y | bcm/y",
    "volume": "Mt | bcm",
    "unit_value": "USD/t | USD/1000m3",
    "length": "km",
    "fraction": "1",
    "degree": "degree",
    "none": "",
}

CONFIDENCES = ("high", "medium", "low", "estimate", "computed", "given")
MODES = ("pipeline", "rail", "tanker", "caspian_tanker", "road", "swap", "transfer")
STATUSES = ("operating", "idle", "proposed", "historic")
NODE_KINDS = ("field", "hub", "port", "border", "refinery", "market", "storage")
FAMILIES = ("oil", "gas")
GROUP_KINDS = ("corridor", "transit", "transit_set", "chokepoint", "operator", "terminal", "market")
PARTITIONS = ("corridor", "transit_set", "terminal", "market")
CONTRACT_KINDS = ("ship_or_pay", "minimum", "firm")
CLOSINGS = ("free", "cyclic", "opening", "value")
UNLIMITED = "unlimited"


@dataclass(frozen=True)
class Column:
    """One column: its type, dimension, range, default, what it refers to, and what it means.

    ``default`` is None for "no default".  ``required`` columns must be filled in every row.
    ``low``/``high`` are hard limits (``open_low``: the limit itself is refused); ``plausible`` is a band in
    the inner unit outside which a value is refused as a likely unit slip (x1000, tonnes for barrels)
    unless the row's ``note`` says "checked".  ``refers`` names the table whose key this must be in.
    ``unit`` names the column that holds this one's unit; ``unlimited`` admits the word "unlimited" (inf).
    """

    name: str
    kind: Kind = "str"
    meaning: str = ""
    required: bool = False
    default: str | float | int | bool | None = None
    dimension: Dimension = "none"
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    open_low: bool = False
    plausible: tuple[float, float] | None = None
    choices: tuple[str, ...] = ()
    refers: str | None = None
    unlimited: bool = False


@dataclass(frozen=True)
class Table:
    """One table: its columns, its key, whether a pack must have it, and what a row means."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    required: bool = False

    def column(self, name: str) -> Column:
        """The column called ``name``.  Raises KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def dated(self) -> tuple[str, ...]:
        """The numeric columns that ``values`` may override by period."""
        return tuple(c.name for c in self.columns if c.kind == "float" and c.dimension in DATED_DIMENSIONS)


DATED_DIMENSIONS = ("rate", "volume", "unit_value", "fraction")


def _text(name: str, meaning: str, required: bool = False, refers: str | None = None) -> Column:
    return Column(name, "str", meaning, required=required, refers=refers)


def _rate(name: str, meaning: str, *, required: bool = False, default: float | None = None,
          unlimited: bool = False, plausible: tuple[float, float] | None = (1e-4, 500.0)) -> Column:
    return Column(name, "float", meaning, required=required, default=default, dimension="rate", unit="unit",
                  low=0.0, unlimited=unlimited, plausible=plausible)


def _money(name: str, meaning: str, *, unit: str = "money_unit", default: float | None = None,
           low: float | None = 0.0, plausible: tuple[float, float] | None = (0.0, 500.0)) -> Column:
    return Column(name, "float", meaning, default=default, dimension="unit_value", unit=unit, low=low,
                  plausible=plausible)


def _unit(name: str, default: str, meaning: str) -> Column:
    return Column(name, "str", meaning, default=default)


RATE_UNIT = _unit("unit", "Mt/y", "unit of the row's volumes per time: Mt/y, kt/month, kb/d, bcm/y, mcm/d …")
MONEY_UNIT = _unit("money_unit", "USD/t", "unit of the row's unit values: USD/t, USD/bbl, USD/1000m3, USD/MMBtu …")

PROVENANCE = (
    _text("source", "address(es) of the evidence, separated by ' ; '; or 'estimate' / 'computed' with the method in `note`"),
    Column("year", "int", "year the figure describes", low=1900, high=2100),
    Column("confidence", "choice", "how far the figure can be trusted; 'estimate' needs its method in `note`",
           choices=CONFIDENCES, default="given"),
    _text("note", "how an estimate was made, what to beware of"),
)

NODES = Table("nodes", "A place where crude or gas is produced, joined, stored, shipped, refined or sold.", (
    _text("id", "short unique name", required=True),
    _text("name", "name shown to people", required=True),
    Column("kind", "choice", "what the place is", required=True, choices=NODE_KINDS),
    _text("country", "ISO 3166 two-letter code"),
    Column("lat", "float", "latitude, WGS 84", dimension="degree", low=-90, high=90),
    Column("lon", "float", "longitude, WGS 84", dimension="degree", low=-180, high=180),
    *PROVENANCE,
), key=("id",), required=True)

COMMODITIES = Table("commodities", "A crude grade, or gas. Volumes of one family add up.", (
    _text("id", "short unique name", required=True),
    _text("name", "name shown to people", required=True),
    Column("family", "choice", "oil or gas", required=True, choices=FAMILIES),
    Column("bbl_per_t", "float", "barrels in a tonne (crude)", low=0, open_low=True, plausible=(5.5, 9.5)),
    Column("mj_per_m3", "float", "gross heating value at 20 °C (gas)", low=0, open_low=True, plausible=(25, 50)),
    *PROVENANCE,
), key=("id",), required=True)

ARCS = Table("arcs", "A directed link: a pipeline section, a rail or tanker leg, a berth, a swap.", (
    _text("id", "short unique name", required=True),
    _text("from", "node where it starts", required=True, refers="nodes"),
    _text("to", "node where it ends", required=True, refers="nodes"),
    _text("name", "name shown to people"),
    Column("mode", "choice", "how the volume moves", choices=MODES, default="pipeline"),
    _text("operator", "company that runs it"),
    Column("status", "choice", "only operating arcs are available; an edit or a build option opens the others",
           choices=STATUSES, default="operating"),
    _rate("capacity", "nameplate at the inlet; a number or 'unlimited', never blank (unless dated in values)", unlimited=True),
    RATE_UNIT,
    Column("availability", "float", "share of nameplate that can be used (maintenance, storms, outage)",
           default=1.0, dimension="fraction", low=0, high=1),
    _rate("booked", "capacity taken by others (Russian transit, Azeri oil)", default=0.0),
    _rate("minimum", "least volume that must flow", default=0.0),
    _money("tariff", "charge on the inlet volume (or outlet, see basis)", default=0.0),
    MONEY_UNIT,
    Column("basis", "choice", "volume on which the tariff is charged", choices=("inlet", "outlet"), default="inlet"),
    Column("length_km", "float", "published length (or the estimate said in note)", dimension="length", low=0),
    _text("route", "features of routes.geojson, in order, separated by ';' (a leading '-' reverses one)"),
    Column("geometry_km", "float", "geodesic length of the route drawn (computed when the pack is built)",
           dimension="length", low=0),
    Column("countries", "list", "countries crossed, ISO two-letter, in order (computed when the pack is built)"),
    Column("chokepoints", "list", "straits and canals passed (computed when the pack is built)"),
    Column("start_year", "int", "first year in service", low=1850, high=2100),
    *PROVENANCE,
), key=("id",), required=True)

LANES = Table("lanes", "Which commodity may use an arc, what comes out, and what that lane pays. An arc without rows "
              "carries every commodity of the pack unchanged.", (
    _text("arc", "the arc", required=True, refers="arcs"),
    _text("commodity", "what enters", required=True, refers="commodities"),
    _text("to_commodity", "what leaves; blank: the same (tonnes are kept, identity is lost)", refers="commodities"),
    Column("yield", "float", "share of the inlet that arrives (loss, fuel, in-kind fee)", default=1.0,
           dimension="fraction", low=0, open_low=True, high=1),
    _money("tariff", "this lane's own charge; blank: the arc's"),
    _money("rebate", "paid back to owners (dividends of an equity shipper)", default=0.0),
    _money("quality", "lost (+) or gained (−) when the grade is banked or loses its identity", default=0.0,
           low=None, plausible=(-200.0, 200.0)),
    MONEY_UNIT,
    *PROVENANCE,
), key=("arc", "commodity"))

SUPPLIES = Table("supplies", "What a shipper can lift of a commodity at a node.", (
    _text("id", "short unique name", required=True),
    _text("node", "where it is lifted", required=True, refers="nodes"),
    _text("commodity", "what is lifted", required=True, refers="commodities"),
    _text("shipper", "whose barrels they are", required=True),
    _rate("available", "most that can be lifted", unlimited=True),
    _rate("minimum", "least that must be lifted", default=0.0),
    RATE_UNIT,
    _money("cost", "lifting cost", default=0.0),
    MONEY_UNIT,
    *PROVENANCE,
), key=("id",), required=True)

OBLIGATIONS = Table("obligations", "A delivery that must be made: a home refinery, a city's gas. Never counted as export.", (
    _text("id", "short unique name", required=True),
    _text("node", "where it is delivered", required=True, refers="nodes"),
    Column("commodities", "list", "what may serve it, separated by ';'; blank: any of its family"),
    _rate("volume", "what must be delivered"),
    RATE_UNIT,
    _money("value", "what the buyer pays", default=0.0, plausible=(0.0, 1500.0)),
    _money("penalty", "charge for what is not delivered; blank: it must be delivered", plausible=(0.0, 5000.0)),
    MONEY_UNIT,
    *PROVENANCE,
), key=("id",))

MARKETS = Table("markets", "A place where volumes are sold.", (
    _text("id", "short unique name", required=True),
    _text("node", "where it is delivered", required=True, refers="nodes"),
    _text("name", "name shown to people"),
    Column("export", "bool", "sales here count as exports", default=True),
    _money("price", "price of the reference commodity delivered here", unit="price_unit", plausible=(0.0, 1500.0)),
    _unit("price_unit", "USD/t", "USD/t, USD/bbl, USD/1000m3, USD/MMBtu"),
    _text("reference", "commodity whose barrels or heating value convert the price", refers="commodities"),
    *PROVENANCE,
), key=("id",))

TIERS = Table("tiers", "Depth of a market: each further tier pays less. A market without rows takes any volume at its price.", (
    _text("market", "the market", required=True, refers="markets"),
    Column("tier", "int", "1 is the best price", required=True, low=1),
    _rate("depth", "volume this tier takes, all commodities together", unlimited=True),
    RATE_UNIT,
    _money("discount", "below the market's price", default=0.0),
    MONEY_UNIT,
    *PROVENANCE,
), key=("market", "tier"))

DIFFERENTIALS = Table("differentials", "What a grade sells for against the market's price. No row: differential 0.", (
    _text("commodity", "the grade", required=True, refers="commodities"),
    _text("market", "the market; blank: every market without a row of its own", refers="markets"),
    _money("differential", "above (+) or below (−) the market's price; in USD/bbl it is per barrel of the grade itself",
           unit="price_unit", low=None, default=0.0, plausible=(-400.0, 400.0)),
    _unit("price_unit", "USD/bbl", "USD/bbl or USD/t"),
    *PROVENANCE,
), key=("commodity", "market"))

LIMITS = Table("limits", "A joint limit: low ≤ Σ weight × volume ≤ high, over lanes listed in limit_terms.", (
    _text("id", "short unique name", required=True),
    _text("name", "name shown to people"),
    _rate("low", "least; blank: none"),
    _rate("high", "most; blank: none", unlimited=True),
    RATE_UNIT,
    Column("low_ratio", "float", "least, as a multiple of the sum of `relative_to`", low=0),
    Column("high_ratio", "float", "most, as a multiple of the sum of `relative_to`", low=0),
    _text("relative_to", "limit whose sum the ratios multiply", refers="limits"),
    *PROVENANCE,
), key=("id",))

LIMIT_TERMS = Table("limit_terms", "The lanes that a joint limit sums.", (
    _text("limit", "the joint limit", required=True, refers="limits"),
    _text("arc", "the arc", required=True, refers="arcs"),
    _text("commodity", "only this commodity at the inlet; blank: all", refers="commodities"),
    Column("weight", "float", "factor on the inlet volume (signed)", default=1.0),
), key=("limit", "arc", "commodity"))

GROUPS = Table("groups", "A corridor, transit country, chokepoint … whose exposure is measured at its meters.", (
    Column("kind", "choice", "what is counted", required=True, choices=GROUP_KINDS),
    _text("group", "short unique name within the kind", required=True),
    _text("name", "name shown to people"),
    _text("note", "remarks"),
), key=("kind", "group"))

METERS = Table("meters", "Where a group is measured: lanes of which each export path crosses at most one "
               "(exactly one for corridor, transit_set, terminal, market).", (
    Column("kind", "choice", "kind of the group", required=True, choices=GROUP_KINDS),
    _text("group", "the group", required=True),
    _text("arc", "measured at this arc's inlet", refers="arcs"),
    _text("market", "or: measured at deliveries to this market", refers="markets"),
    _text("commodity", "only this commodity at the inlet; blank: all", refers="commodities"),
), key=("kind", "group", "arc", "market", "commodity"))

STORAGES = Table("storages", "Tanks at a node: a terminal's tank farm, an underground gas store.", (
    _text("id", "short unique name", required=True),
    _text("node", "where it stands", required=True, refers="nodes"),
    Column("commodities", "list", "what it may hold, separated by ';'; blank: everything that reaches the node"),
    Column("working_volume", "float", "usable volume, all commodities together", dimension="volume",
           unit="volume_unit", low=0, plausible=(1e-4, 200.0)),
    Column("opening", "float", "stock at the start", dimension="volume", unit="volume_unit", low=0, default=0.0),
    _unit("volume_unit", "Mt", "unit of working_volume and opening: Mt, kt, bcm, mcm"),
    _rate("injection", "most that can be put in; blank: no limit", unlimited=True, plausible=(1e-4, 2000.0)),
    _rate("withdrawal", "most that can be taken out; blank: no limit", unlimited=True, plausible=(1e-4, 2000.0)),
    RATE_UNIT,
    Column("closing", "choice", "rule for the stock at the end", choices=CLOSINGS, default="cyclic"),
    _money("closing_value", "worth of stock left at the end (closing = value)", default=0.0, plausible=(0.0, 1500.0)),
    MONEY_UNIT,
    *PROVENANCE,
), key=("id",))

CONTRACTS = Table("contracts", "A commitment on an arc: ship-or-pay, a minimum nomination, or firm capacity.", (
    _text("id", "short unique name", required=True),
    Column("kind", "choice", "ship_or_pay: pay the charge on what is not shipped; minimum: it must be shipped; "
           "firm: volumes above it pay the charge on top (interruptible)", required=True, choices=CONTRACT_KINDS),
    _text("arc", "the arc", required=True, refers="arcs"),
    Column("commodities", "list", "what counts, at the inlet, separated by ';'; blank: all"),
    _text("party", "who is bound"),
    _rate("volume", "the commitment"),
    RATE_UNIT,
    _money("charge", "deficiency payment, or interruptible surcharge", default=0.0),
    MONEY_UNIT,
    _text("from_period", "first period it binds (2024 or 2024-03); blank: always"),
    _text("to_period", "last period it binds; blank: always"),
    Column("force_majeure", "bool", "an outage of the arc scales the commitment by what is left of it", default=True),
    *PROVENANCE,
), key=("id",))

VALUES = Table("values", "Dated figures, each with its own source: they override the base column in their period.", (
    _text("table", "which table", required=True),
    _text("id", "key of the row ('/' between the parts of a compound key)", required=True),
    _text("field", "which numeric column", required=True),
    _text("period", "a year 2024, a month 2024-03, or every March *-03; a month beats a season beats a year", required=True),
    Column("value", "float", "the figure", required=True, unlimited=True),
    _text("unit", "its unit; blank: the inner unit"),
    *PROVENANCE,
), key=("table", "id", "field", "period"))

TABLES: Mapping[str, Table] = {t.name: t for t in (
    NODES, COMMODITIES, ARCS, LANES, SUPPLIES, OBLIGATIONS, MARKETS, TIERS, DIFFERENTIALS, LIMITS, LIMIT_TERMS,
    GROUPS, METERS, STORAGES, CONTRACTS, VALUES,
)}
