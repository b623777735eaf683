"""The tables by which a pack brings a family of its own: a part of :mod:`energy_routes.pack.schema`."""

from __future__ import annotations

from energy_routes.pack.schema.columns import PROVENANCE, Column, Table, text

FAMILY = (r"(?!(?:oil|gas|all)$)[a-z][a-z0-9_]*", "a word of small letters, digits and '_', other than oil, gas or all")
UNIT = (r"(?!\d*[%\d]$)[^\s/,;:@]+", "a unit without spaces, '/', ',', ';', ':' or '@', such as Mm3")
PRICE_UNIT = (r"USD/[^\s/,;:@]+", "USD for a volume, such as USD/m3")
COLOUR = (r"#[0-9a-fA-F]{6}", "a colour as #rrggbb")

FAMILIES = Table("families", "The pack's own family, where it is neither oil nor gas: in what its volumes are counted, "
                 "priced, called and drawn.", (
    text("id", "the family, as `pack.toml` and `commodities` name it", required=True, pattern=FAMILY),
    text("name", "what people call it", required=True),
    text("name_ru", "the same in Russian; blank: `name`"),
    text("name_kk", "the same in Kazakh; blank: `name`"),
    text("volume_unit", "what its volumes are counted in, such as Mm3", required=True, pattern=UNIT),
    text("small_unit", "a thousandth of it, for schedules, such as 1000m3", required=True, pattern=UNIT),
    text("price_unit", "USD for a millionth of it, such as USD/m3: volume × price is MUSD", required=True,
         pattern=PRICE_UNIT),
    Column("gaseous", "bool", "its cubic metres are at 20 °C, and a unit may name another temperature (`@15C`)",
           default=False),
    text("colour", "its colour on maps, full and empty lines a darker and a lighter one", required=True,
         pattern=COLOUR),
    text("note", "remarks"),
), key=("id",))

FAMILY_UNITS = Table("family_units", "Further units in which figures of the pack's own family may be written.", (
    text("family", "the family", required=True, refers="families"),
    Column("of", "choice", "what it measures", required=True, choices=("volume", "unit_value")),
    text("unit", "the unit, such as km3, or USD/1000m3", required=True, pattern=(r"[^\s,;:@]+", UNIT[1])),
    Column("factor", "float", "what one of it is in `volume_unit` or `price_unit`", required=True, low=0,
           open_low=True),
    Column("needs", "choice", "property of the commodity by which a price is multiplied, and a volume divided, too",
           choices=("bbl_per_t", "mj_per_m3")),
    *PROVENANCE,
), key=("family", "of", "unit"))
