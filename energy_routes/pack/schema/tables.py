"""The tables of a data pack: one description that feeds validation, defaults and the data dictionary.

A pack is a folder with ``pack.toml`` and one file a table (CSV or Parquet), or the same sheets in one
``.xlsx``.  Structure stands in the tables; a number may stand in its table's own column (the base value)
or in ``values`` as a dated row with its own source, which overrides the base in that period.

Units: a quantity column names its *dimension*; the row's unit column names the unit it is written in,
and :mod:`energy_routes.pack.units` converts it once, on entry, to the inner unit of the dimension.
"""

from __future__ import annotations

from collections.abc import Mapping

from energy_routes.pack.schema.columns import (
    COUNTRY,
    DATED_PERIOD,
    DAY,
    IDENTIFIER,
    MODES,
    MONEY_UNIT,
    PERIOD,
    PROVENANCE,
    RATE_UNIT,
    TARGET,
    Column,
    Table,
    money,
    rate,
    text,
    unit_name,
)
from energy_routes.pack.schema.family_tables import FAMILIES, FAMILY_UNITS
from energy_routes.pack.schema.option_tables import EMISSIONS, OPTION_EFFECTS, OPTIONS
from energy_routes.pack.schema.payment_tables import FISCAL, OPERATING, OWNERS, PAYEES

STATUSES = ("operating", "idle", "proposed", "historic")
NODE_KINDS = ("field", "hub", "port", "border", "refinery", "market", "storage")
GROUP_KINDS = ("corridor", "transit", "transit_set", "chokepoint", "operator", "terminal", "market")
PARTITIONS = ("corridor", "transit_set", "terminal", "market")
SUPPLY_KINDS = ("own", "bought", "transit")
CONTRACT_KINDS = ("ship_or_pay", "minimum", "firm")
CLOSINGS = ("free", "cyclic", "opening", "value")
UNLIMITED = "unlimited"

NODES = Table("nodes", "A place where crude or gas is produced, joined, stored, shipped, refined or sold.", (
    IDENTIFIER,
    text("name", "name shown to people", required=True),
    Column("kind", "choice", "what the place is", required=True, choices=NODE_KINDS),
    text("country", "ISO 3166 two-letter code", pattern=COUNTRY),
    Column("lat", "float", "latitude, WGS 84", dimension="degree", low=-90, high=90),
    Column("lon", "float", "longitude, WGS 84", dimension="degree", low=-180, high=180),
    *PROVENANCE,
), key=("id",), required=True)

COMMODITIES = Table("commodities", "A crude grade, or gas. Volumes of one family add up.", (
    IDENTIFIER,
    text("name", "name shown to people", required=True),
    text("family", "the pack's family: oil, gas, or its own", required=True),
    Column("bbl_per_t", "float", "barrels in a tonne (crude)", low=0, open_low=True, plausible=(5.5, 9.5)),
    Column("mj_per_m3", "float", "gross heating value at 20 °C (gas)", low=0, open_low=True, plausible=(25, 50)),
    *PROVENANCE,
), key=("id",), required=True)

ARCS = Table("arcs", "A directed link: a pipeline section, a rail or tanker leg, a berth, a swap.", (
    IDENTIFIER,
    text("from", "node where it starts", required=True, refers="nodes"),
    text("to", "node where it ends", required=True, refers="nodes"),
    text("name", "name shown to people"),
    text("line", "what people call the line that it is a section of (CPC, Druzhba), for routes and maps; maps write "
         "what stands in brackets, where something does; blank: it has no name of its own"),
    Column("mode", "choice", "how the volume moves", choices=MODES, default="pipeline"),
    text("operator", "company that runs it"),
    Column("status", "choice", "only operating arcs are available; an edit or a build option opens the others",
           choices=STATUSES, default="operating"),
    rate("capacity", "nameplate at the inlet; a number or 'unlimited', never blank (unless dated in values)",
          unlimited=True, stated=True),
    RATE_UNIT,
    Column("availability", "float", "share of nameplate that can be used (maintenance, storms, outage)",
           default=1.0, dimension="fraction", low=0, high=1),
    rate("booked", "taken by others (Russian transit, Azeri oil): capacity × availability − booked is left, 0 at least",
         default=0.0),
    rate("minimum", "least volume that must flow; an outage scales it by what it leaves of the capacity", default=0.0),
    money("tariff", "charge on the inlet volume (or outlet, see basis)", default=0.0),
    MONEY_UNIT,
    Column("basis", "choice", "volume on which the tariff is charged", choices=("inlet", "outlet"), default="inlet"),
    Column("length_km", "float", "published length (or the estimate said in note)", dimension="length", low=0),
    text("route", "features of routes.geojson, in order, separated by ';' (a leading '-' reverses one)"),
    Column("geometry_km", "float", "geodesic length of the route drawn (computed when the pack is built)",
           dimension="length", low=0),
    Column("countries", "list", "countries crossed, ISO two-letter, in order (computed when the pack is built)",
           pattern=COUNTRY),
    Column("chokepoints", "list", "straits and canals passed (computed when the pack is built)"),
    Column("start_year", "int", "first year in service", low=1850, high=2100),
    *PROVENANCE,
), key=("id",), required=True)

LANES = Table("lanes", "Which commodity may use an arc, what comes out, and what that lane pays. An arc without rows "
              "carries every commodity of the pack unchanged.", (
    text("arc", "the arc", required=True, refers="arcs"),
    text("commodity", "what enters", required=True, refers="commodities"),
    text("to_commodity", "what leaves; blank: the same (tonnes are kept, identity is lost)", refers="commodities"),
    Column("yield", "float", "share of the inlet that arrives (loss, fuel, in-kind fee)", default=1.0,
           dimension="fraction", low=0, open_low=True, high=1),
    money("tariff", "this lane's own charge, on the basis of its arc; blank: the arc's"),
    money("rebate", "paid back to owners (dividends of an equity shipper), on the inlet volume", default=0.0),
    money("quality", "lost (+) or gained (−) on the inlet volume when the grade is banked or loses its identity",
          default=0.0, low=None, plausible=(-200.0, 200.0)),
    MONEY_UNIT,
    *PROVENANCE,
), key=("arc", "commodity"))

SUPPLIES = Table("supplies", "What a shipper can lift of a commodity at a node.", (
    IDENTIFIER,
    text("node", "where it is lifted", required=True, refers="nodes"),
    text("commodity", "what is lifted", required=True, refers="commodities"),
    text("shipper", "whose barrels they are", required=True),
    Column("kind", "choice", "own: output at home, shut in where it is not lifted; bought: from abroad, no more than "
           "is wanted; transit: others' volume on its way, never an export", choices=SUPPLY_KINDS, default="own"),
    rate("available", "most that can be lifted", unlimited=True, stated=True),
    rate("minimum", "least that must be lifted", default=0.0),
    RATE_UNIT,
    money("cost", "lifting cost", default=0.0),
    MONEY_UNIT,
    *PROVENANCE,
), key=("id",), required=True)

OBLIGATIONS = Table("obligations", "A delivery that must be made: a home refinery, a city's gas. Never an export.", (
    IDENTIFIER,
    text("node", "where it is delivered", required=True, refers="nodes"),
    Column("commodities", "list", "what may serve it, separated by ';'; blank: any of its family",
           refers="commodities"),
    rate("volume", "what must be delivered, no less and no more", stated=True),
    RATE_UNIT,
    money("value", "what the buyer pays", default=0.0, plausible=(1.0, 1500.0)),
    money("penalty", "charge for what is not delivered; blank: it must be delivered", plausible=(0.01, 5000.0)),
    MONEY_UNIT,
    *PROVENANCE,
), key=("id",))

MARKETS = Table("markets", "A place where volumes are sold.", (
    IDENTIFIER,
    text("node", "where it is delivered", required=True, refers="nodes"),
    text("name", "name shown to people"),
    Column("export", "bool", "sales here count as exports", default=True),
    money("price", "price of the reference commodity delivered here; in a period without one nothing is sold here",
          unit="price_unit", plausible=(10.0, 1500.0)),
    unit_name("price_unit", "USD/t", "USD/t, USD/bbl, USD/1000m3, USD/MMBtu"),
    text("reference", "grade that the price is quoted for; the grade that arrives is paid price × its own bbl_per_t "
         "(or mj_per_m3) ÷ that of the reference; blank: every grade is paid the same a tonne (1000 m³)",
         refers="commodities"),
    *PROVENANCE,
), key=("id",))

TIERS = Table("tiers", "Depth of a market: each further tier pays less. A market without rows takes any volume at its "
              "price.", (
    text("market", "the market", required=True, refers="markets"),
    Column("tier", "int", "1 is the best price", required=True, low=1),
    rate("depth", "volume this tier takes, all commodities together", unlimited=True, stated=True),
    RATE_UNIT,
    money("discount", "below the market's price; in USD/bbl it is per barrel of the market's reference", default=0.0),
    MONEY_UNIT,
    *PROVENANCE,
), key=("market", "tier"))

DIFFERENTIALS = Table("differentials", "What a grade sells for against the market's price. No row: differential 0.", (
    text("commodity", "the grade", required=True, refers="commodities"),
    text("market", "the market; blank: every market without a row of its own", refers="markets"),
    money("differential", "above (+) or below (−) the market's price; in USD/bbl it is per barrel of the grade itself",
           unit="price_unit", low=None, default=0.0, plausible=(-400.0, 400.0)),
    unit_name("price_unit", "USD/bbl", "USD/bbl or USD/t"),
    *PROVENANCE,
), key=("commodity", "market"))

LIMITS = Table("limits", "A joint limit: low ≤ Σ weight × volume ≤ high, over lanes listed in limit_terms.", (
    IDENTIFIER,
    text("name", "name shown to people"),
    rate("low", "least; blank: none"),
    rate("high", "most; blank: none", unlimited=True),
    RATE_UNIT,
    Column("low_ratio", "float", "least, as a multiple of the sum of `relative_to`", dimension="fraction", low=0,
           plausible=(1e-3, 1e3)),
    Column("high_ratio", "float", "most, as a multiple of the sum of `relative_to`", dimension="fraction", low=0,
           plausible=(1e-3, 1e3)),
    text("relative_to", "limit whose sum the ratios multiply", refers="limits"),
    Column("over", "choice", "whether it holds in every period, or of the sums over the whole horizon",
           choices=("period", "horizon"), default="period"),
    Column("in_force", "bool", "whether it holds; an edit puts a limit in force that does not", default=True),
    *PROVENANCE,
), key=("id",))

LIMIT_TERMS = Table("limit_terms", "The lanes that a joint limit sums.", (
    text("limit", "the joint limit", required=True, refers="limits"),
    text("arc", "the arc", required=True, refers="arcs"),
    text("commodity", "only this commodity at the inlet; blank: all", refers="commodities"),
    Column("weight", "float", "factor on the inlet volume (signed)", default=1.0, low=-1e3, high=1e3),
    text("note", "remarks"),
), key=("limit", "arc", "commodity"))

GROUPS = Table("groups", "A corridor, transit country, chokepoint … whose exposure is measured at its meters. Each "
               "export market is a group of the kind market without a row, measured at its deliveries.", (
    Column("kind", "choice", "what is counted", required=True, choices=GROUP_KINDS),
    text("group", "short unique name within the kind; of a transit_set the codes of its countries joined by '+', "
         "or none", required=True),
    text("name", "name shown to people"),
    text("note", "remarks"),
), key=("kind", "group"))

METERS = Table("meters", "Where a group is measured: lanes of which each export path crosses at most one "
               "(exactly one for corridor, transit_set, terminal, market). What counts is what of the flow there is "
               "sold abroad in the end, after the yields of the lane and of those that follow.", (
    Column("kind", "choice", "kind of the group", required=True, choices=GROUP_KINDS),
    text("group", "the group", required=True),
    text("arc", "measured on this arc", refers="arcs"),
    text("market", "or: measured at deliveries to this export market", refers="markets"),
    text("commodity", "only this commodity at the inlet; blank: all", refers="commodities"),
), key=("kind", "group", "arc", "market", "commodity"))

RAMPS = Table("ramps", "How much more than planned a group can carry in the first months after an event that nobody "
              "foresaw. A group without a row, and a month after its last row, has no ramp.", (
    Column("kind", "choice", "kind of the group", required=True, choices=GROUP_KINDS),
    text("group", "the group", required=True),
    Column("month", "int", "month of the event, 1 is the first", required=True, low=1, high=24),
    Column("volume", "float", "what may be carried in that month beyond the plan without the event",
           dimension="volume", unit="volume_unit", low=0, stated=True, plausible=(1e-4, 50.0)),
    unit_name("volume_unit", "Mt", "unit of volume: Mt, kt, bcm, mcm"),
    *PROVENANCE,
), key=("kind", "group", "month"))

STORAGES = Table("storages", "Tanks at a node: a terminal's tank farm, an underground gas store.", (
    IDENTIFIER,
    text("node", "where it stands", required=True, refers="nodes"),
    Column("commodities", "list", "what it may hold, separated by ';'; blank: everything that reaches the node",
           refers="commodities"),
    Column("working_volume", "float", "most that is held at the end of a period, all commodities", dimension="volume",
           unit="volume_unit", low=0, stated=True, plausible=(1e-4, 200.0), instant="end"),
    Column("opening", "float", "stock at the start, all of the first commodity listed (or that reaches the node); "
           "a cyclic store has none", dimension="volume", unit="volume_unit", low=0, default=0.0, instant="start"),
    unit_name("volume_unit", "Mt", "unit of working_volume and opening: Mt, kt, bcm, mcm"),
    rate("injection", "most that can be put in; blank: no limit", unlimited=True, plausible=(1e-4, 2000.0)),
    rate("withdrawal", "most that can be taken out; blank: no limit", unlimited=True, plausible=(1e-4, 2000.0)),
    RATE_UNIT,
    Column("closing", "choice", "stock at the end. free: any; cyclic: what it began with, which the plan chooses; "
           "opening: at least `opening`; value: any, worth `closing_value`", choices=CLOSINGS, default="cyclic"),
    money("closing_value", "worth of stock left at the end (closing = value)", default=0.0, plausible=(1.0, 1500.0),
          instant="end"),
    MONEY_UNIT,
    *PROVENANCE,
), key=("id",))

CONTRACTS = Table("contracts", "A commitment on an arc: ship-or-pay, a minimum nomination, or firm capacity.", (
    IDENTIFIER,
    Column("kind", "choice", "ship_or_pay: pay the charge on what is not shipped; minimum: it must be shipped; "
           "firm: volumes above it pay the charge on top (interruptible)", required=True, choices=CONTRACT_KINDS),
    text("arc", "the arc", required=True, refers="arcs"),
    Column("commodities", "list", "what counts, at the inlet, separated by ';'; blank: all", refers="commodities"),
    text("party", "who is bound"),
    rate("volume", "the commitment", stated=True),
    RATE_UNIT,
    money("charge", "deficiency payment, or interruptible surcharge; a ship_or_pay without one costs nothing to miss",
          default=0.0),
    MONEY_UNIT,
    text("from_period", "first period it binds (2024 or 2024-03); blank: always", pattern=PERIOD),
    text("to_period", "last period it binds; blank: always", pattern=PERIOD),
    Column("force_majeure", "bool", "an outage of the arc scales the commitment by what is left of it (not of firm)",
           default=True),
    *PROVENANCE,
), key=("id",))

VALUES = Table("values", "Dated figures, each with its own source: they override the base column in their period. A "
               "row of a year stands for the months of that year without a row of their own; an annual case takes the "
               "mean of the twelve months over their days.", (
    text("table", "which table", required=True),
    text("id", "key of the row ('/' between the parts of a compound key)", required=True),
    text("field", "which numeric column", required=True),
    text("period", "a year 2024, a month 2024-03, or every March *-03; a month beats a season beats a year",
         required=True, pattern=DATED_PERIOD),
    Column("value", "float", "the figure", required=True, unlimited=True),
    text("unit", "its unit; blank: the inner unit"),
    *PROVENANCE,
), key=("table", "id", "field", "period"))

EVENTS = Table("events", "What has failed: the record from which rates and durations of disruptions are estimated.", (
    IDENTIFIER,
    text("date", "when it began: 2022, 2022-03 or 2022-03-21", required=True, pattern=DAY),
    Column("targets", "list", "what was lost together, as one event, separated by ';': arc:…, node:…, market:…, or a "
           "group such as transit:RU or chokepoint:…", required=True, pattern=TARGET),
    text("name", "what happened", required=True),
    Column("effect", "float", "mean share of capacity lost while it lasted; blank: none (a threat, a cost, a delay)",
           low=0, high=1),
    Column("duration_days", "float", "days until capacity was back; 'unlimited': it is not back; blank: not known",
           low=0, unlimited=True, plausible=(0.01, 36_500.0)),
    *PROVENANCE,
), key=("id",))

RISK = Table("risk", "How risky a country is to cross: weights of the concentration of routes.", (
    text("country", "ISO 3166 two-letter code", required=True, pattern=COUNTRY),
    Column("risk", "float", "0 (safe) to 1: one minus the normalised index that the source gives; a route across "
           "several countries has 1 − ∏(1 − risk)", required=True,
           dimension="fraction", low=0, high=1),
    text("name", "name shown to people"),
    *PROVENANCE,
), key=("country",))

# What `pack.toml` (or the sheet `pack`, columns key and value) says of the whole pack.
PACK = Table("pack", "The pack as a whole: `pack.toml`, or in a lone workbook the sheet `pack` (columns key, value).", (
    text("title", "name shown to people", required=True),
    text("family", "oil, gas, or the one that `families` defines: every commodity of the pack is of it", required=True),
    text("description", "what the pack describes, for whom, and up to when", required=True),
    Column("attribution", "list", "who must be credited for the data", required=True),
    text("licence", "licence of the pack's tables", required=True),
    text("reference", "commodity whose bbl/t or heating value converts a row that is about no single one",
         refers="commodities"),
    text("prices", "folder with prices that packs share (`scenarios`, `prices`), as found from the pack's own"),
), key=())

TABLES: Mapping[str, Table] = {t.name: t for t in (
    NODES, COMMODITIES, ARCS, LANES, SUPPLIES, OBLIGATIONS, MARKETS, TIERS, DIFFERENTIALS, LIMITS, LIMIT_TERMS,
    GROUPS, METERS, RAMPS, STORAGES, CONTRACTS, OPTIONS, OPTION_EFFECTS, EMISSIONS, EVENTS, RISK,
    OWNERS, PAYEES, OPERATING, FISCAL, VALUES, FAMILIES, FAMILY_UNITS,
)}
