"""The tables of what could be built, and of what moving a tonne emits: a part of :mod:`energy_routes.pack.schema`."""

from __future__ import annotations

from energy_routes.pack.schema.columns import (
    IDENTIFIER,
    MODES,
    MONEY_UNIT,
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

OPTION_KINDS = ("project", "continuous")

OPTIONS = Table("options", "Something that could be built: a pipeline, a stage of one, a ship, a berth. A model says "
                "in `[policy.build]` which of them a plan may choose.", (
    IDENTIFIER,
    text("name", "name shown to people", required=True),
    Column("kind", "choice", "project: whole units or none; continuous: any part of it", choices=OPTION_KINDS,
           default="project"),
    Column("units", "int", "how many can be built, such as ten ships", low=1, default=1),
    rate("capacity", "what one unit adds where its effects state no capacity of their own", stated=True),
    RATE_UNIT,
    Column("capex", "float", "cost of building one unit; one figure for the whole horizon, that of its first year",
           dimension="money", low=0, stated=True, plausible=(1.0, 50_000.0)),
    Column("earliest_year", "int", "first year in which it can be in service", low=1900, high=2100),
    Column("lifetime", "float", "years over which capex is paid back", low=0, open_low=True, default=25.0,
           plausible=(1.0, 100.0)),
    Column("opex_share", "float", "operation and upkeep a year, as a share of capex", dimension="fraction", low=0,
           high=1, default=0.03),
    Column("requires", "list", "options of which as large a part must stand, separated by ';': the step before, the "
           "other lines of a chain", refers="options"),
    *PROVENANCE,
), key=("id",))

OPTION_EFFECTS = Table("option_effects", "What one unit of an option adds, and where. An arc that does not operate yet "
                       "is opened by it with capacity 0 plus what is built.", (
    text("option", "the option", required=True, refers="options"),
    text("target", "arc:… (its capacity), limit:… (its high), supply:… (what is available), tier:… (its "
           "depth) or storage:…", required=True, pattern=TARGET),
    rate("capacity", "added by one unit; blank: the option's capacity (of a storage: nothing)"),
    rate("injection", "added to a storage's injection by one unit", default=0.0),
    rate("withdrawal", "added to a storage's withdrawal by one unit", default=0.0),
    RATE_UNIT,
    Column("working_volume", "float", "added to a storage by one unit", dimension="volume", unit="volume_unit", low=0,
           default=0.0, plausible=(1e-4, 200.0), instant="end"),
    unit_name("volume_unit", "Mt", "unit of working_volume: Mt, kt, bcm, mcm"),
    money("tariff", "charge on what moves in the added capacity of an arc: operation only, for capital is in capex. "
          "Blank: 0 where the option opens the arc, the arc's own where it widens one"),
    MONEY_UNIT,
    *PROVENANCE,
), key=("option", "target"))

EMISSIONS = Table("emissions", "What moving a tonne (1000 m3) emits, in CO2 equivalents: by mode, or for one arc.", (
    text("family", "the pack's family", required=True),
    Column("mode", "choice", "mode of the arcs that it holds for", required=True, choices=MODES),
    text("arc", "only this arc; blank: every arc of the mode without a row of its own", refers="arcs"),
    Column("per_km", "float", "g CO2e a tonne-km (1000 m3-km) on the inlet volume, over length_km, else "
           "geometry_km", low=0, default=0.0,
           plausible=(0.5, 500.0)),
    Column("per_unit", "float", "kg CO2e a tonne (1000 m3), whatever the distance", low=0, default=0.0,
           plausible=(0.01, 1000.0)),
    *PROVENANCE,
), key=("family", "mode", "arc"))
