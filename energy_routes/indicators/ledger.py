"""The terms of the ledger and the lines of the netback sheet, each defined once.

A term says what kind of money it is, on which line of the sheet it stands, and what it is called; its equation stands
in :mod:`energy_routes.formulation`, under its name.  Traces, routes, reports, maps, the command line and the audit take
the terms and the lines from here, so a term that is not defined here is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from energy_routes.errors import LabelError


@dataclass(frozen=True)
class SheetLine:
    """A line of the netback sheet, per unit lifted: ``sign`` +1 adds to the netback, −1 is paid on the way.

    ``words`` is the key of its text in three languages, ``colour`` that of its bar.
    """

    id: str
    words: str
    sign: Literal[1, -1]
    colour: str


# From the price at the market to the netback at the field, in the order in which they are read.
SHEET = (
    SheetLine("price", "sheet.price", 1, "#8896a3"),
    SheetLine("tariff", "ledger.tariffs", -1, "#9a3d0c"),
    SheetLine("loading", "ledger.loading", -1, "#cf8b44"),
    SheetLine("freight", "ledger.freight", -1, "#3683c4"),
    SheetLine("quality", "ledger.quality", -1, "#762a83"),
    SheetLine("rebate", "ledger.rebates", 1, "#1b7837"),
    SheetLine("lifting", "ledger.lifting", -1, "#66727f"),
)
PRICE, *WAY = SHEET
LINES = tuple(line.id for line in SHEET)
PAID = tuple(line.id for line in WAY if line.sign < 0)
BACK = tuple(line.id for line in WAY if line.sign > 0)


@dataclass(frozen=True)
class LedgerTerm:
    """A term of the ledger, in MUSD, income positive.

    ``told``: as the command line calls it; its text in three languages has the key ``ledger.`` and its id.  ``line``:
    the line of the netback sheet that it stands on, blank where it is the plan's and no route's.  ``kind``: cash,
    penalty, or risk, of which only cash is netback.  ``sought``: the objectives that it is a term of; ``always``: False
    for one that stands only in the ledger of a case that asks for it.  ``payees``: who is paid on the way: all payees
    of the arc (whole), or those that share what levies leave of its tariff (line); blank: nobody on the way.
    """

    id: str
    told: str
    line: str = ""
    kind: Literal["cash", "penalty", "risk"] = "cash"
    sought: tuple[str, ...] = ("netback", "cost")
    always: bool = True
    payees: Literal["", "whole", "line"] = ""


LEDGER = {term.id: term for term in (
    LedgerTerm("sales", "Sales", "price", sought=("netback",)),
    LedgerTerm("home_sales", "Sales to home refineries and cities", "price", sought=("netback",)),
    LedgerTerm("tariffs", "Pipeline and rail tariffs", "tariff", payees="whole"),
    LedgerTerm("loading", "Port charges", "loading", payees="whole"),
    LedgerTerm("freight", "Sea freight", "freight", payees="whole"),
    LedgerTerm("quality", "Quality bank and lost identity", "quality"),
    LedgerTerm("rebates", "Rebates to owners of lines", "rebate", payees="line"),
    LedgerTerm("lifting", "Lifting", "lifting"),
    LedgerTerm("deficiency", "Ship-or-pay and interruptible charges", payees="line"),
    LedgerTerm("shortage", "Home deliveries missed", kind="penalty"),
    LedgerTerm("relief", "Capital not paid twice (added volume of widened lines)", always=False, payees="line"),
    LedgerTerm("capex", "Builds: capital and upkeep", always=False),
    LedgerTerm("carbon", "Carbon", always=False),
    LedgerTerm("closing_value", "Stock left at the end", sought=("netback",)),
    LedgerTerm("bookings", "Bookings not used, and premiums of the day", sought=("netback",), always=False,
               payees="line"),
    LedgerTerm("disruptions", "Disruptions, expected", kind="risk", sought=("netback",), always=False),
    LedgerTerm("aversion", "Given up for a milder worst tail", kind="risk", sought=("netback",), always=False),
)}  # fmt: skip


def ledger_term(name: str) -> LedgerTerm:
    """The definition of a term.  Raises LabelError for one that has none, or that stands on no line of the sheet."""
    if name not in LEDGER:
        raise LabelError(f"the ledger has no term {name!r}; expected one of {', '.join(LEDGER)}. Define it in LEDGER "
                         "(energy_routes/indicators/ledger.py): its kind, and its line of the netback sheet.")
    term = LEDGER[name]
    if term.line not in ("", *LINES):
        raise LabelError(f"the term {name!r} of the ledger stands on the line {term.line!r}; the netback sheet has "
                         f"{', '.join(LINES)}. Add the line to SHEET, or leave it blank: the plan's, and no route's.")
    return term
