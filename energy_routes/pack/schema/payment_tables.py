"""The tables of who owns what, who is paid, and what moving really costs: a part of :mod:`energy_routes.pack.schema`.

They say how money is divided, and what a state takes, and never change a plan.
"""

from __future__ import annotations

from energy_routes.pack.schema.columns import (
    COUNTRY,
    MONEY_UNIT,
    PERIOD,
    PROVENANCE,
    TARGET,
    Column,
    Table,
    money,
    text,
)

PAYEE_KINDS = ("company", "state")
TERM = (
    text("from_period", "first year or month of it (2024 or 2024-12); blank: always", pattern=PERIOD),
    text("to_period", "last year or month of it; blank: still", pattern=PERIOD),
)

OWNERS = Table("owners", "Who owns a venture, a line or a terminal: partners with their shares, from when to when. In "
               "each month with partners their shares add up to 1.", (
    text("target", "supply:… of a venture, or the group of a line or terminal: operator:…, terminal:…", required=True,
         pattern=TARGET),
    text("holder", "who holds the share: a company, a state, minorities", required=True),
    text("country", "ISO 3166 two-letter code of the holder; blank: of several, or not known", pattern=COUNTRY),
    Column("share", "float", "the share held", required=True, low=0, open_low=True, high=1),
    *TERM,
    *PROVENANCE,
), key=("target", "holder", "from_period"))

PAYEES = Table("payees", "Who gets which part of the tariff of an arc. What no row claims is paid to somebody who is "
               "not sourced.", (
    text("target", "the arc: arc:…", required=True, pattern=TARGET),
    text("payee", "who is paid: a company, or a state", required=True),
    text("country", "ISO 3166 two-letter code of the payee; blank: of several, or not known", pattern=COUNTRY),
    Column("kind", "choice", "company, or state: what goes to a budget", choices=PAYEE_KINDS, default="company"),
    Column("share", "float", "its part of what the charges of others leave of the tariff; blank: its part is not "
           "published, or it has a charge of its own", dimension="fraction", low=0, open_low=True, high=1),
    money("charge", "what it takes out of the tariff for each unit of inlet volume, before shares, up to all of it: "
          "the levy of a state"),
    MONEY_UNIT,
    text("owners", "the target of `owners` whose partners share what it gets, such as operator:BTC_Co; blank: they "
         "are not sourced"),
    *TERM,
    *PROVENANCE,
), key=("target", "payee", "from_period"))

OPERATING = Table("operating", "What moving a unit over an arc really costs: operation and upkeep, without the capital "
                  "that is sunk. The row of the arc counts, else that of its mode.", (
    text("family", "the pack's family", required=True),
    text("target", "one arc (arc:…), or all arcs of a mode without a row of their own (mode:pipeline)", required=True,
         pattern=TARGET),
    money("cost", "published cost of a unit of inlet volume; blank: a share of the tariff"),
    MONEY_UNIT,
    Column("share", "float", "or: its share of the tariff", dimension="fraction", low=0, high=1),
    Column("low", "float", "least that the share may be; blank: the share has no band", dimension="fraction", low=0,
           high=1),
    Column("high", "float", "most that the share may be", dimension="fraction", low=0, high=1),
    *TERM,
    *PROVENANCE,
), key=("family", "target", "from_period"))

TAXES = ("export_duty", "rent_tax", "extraction_tax")
FISCAL = Table("fiscal", "What the state takes of output and exports, bracket by bracket; all of what is taxed pays "
               "the rate of its bracket. A bracket without rate and charge has none that was found.", (
    text("family", "the pack's family", required=True),
    Column("tax", "choice", "which tax", required=True, choices=TAXES),
    Column("of", "choice", "what the tax is on: all output, sales abroad, or what stays",
           required=True, choices=("output", "export", "home")),
    Column("scale", "choice", "what brackets are of: price, USD/bbl of `market`; output, kt (mcm) a year of one "
           "contract; blank: one rate for all", choices=("price", "output")),
    Column("above", "int", "from where the bracket holds, itself included; blank: from 0", low=0),
    Column("up_to", "int", "up to where, itself left out; blank: without end", low=0, open_low=True),
    Column("rate", "float", "share of the value at the price of `market`", dimension="fraction", low=0, high=1),
    money("charge", "or: an amount a unit", plausible=(0.01, 500.0)),
    MONEY_UNIT,
    text("market", "where the price is the world price, that of the reference grade; blank: no price is sourced",
         refers="markets"),
    Column("exempt", "list", "supplies that do not pay it, separated by ';'", refers="supplies"),
    *TERM,
    *PROVENANCE,
), key=("family", "tax", "of", "above", "from_period"))
