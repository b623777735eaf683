"""Write ``docs/sources.md``: the weakest figures of each pack and what would replace them.

Run as ``python docs/scripts/sources.py``.  Figures, weights and counts come from solves of the models named below.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

import energy_routes as er
from energy_routes.cli.verbs.sourcing import graded
from energy_routes.provenance.behind import WEAKEST
from energy_routes.provenance.figures import DOUBT, sources, weakest

PAGE = Path(__file__).resolve().parent.parent / "sources.md"
MODELS = {"oil-2024": "Oil, 2024", "gas-2024": "Gas, 2024"}

# What would put a better figure in its place, by table and field (and by mode of an arc).
REPLACED_BY: Mapping[tuple[str, ...], str] = {
    ("supplies", "available"): "the operator's or the ministry's annual output of the field",
    ("obligations", "volume"): "deliveries by plant or region from the operator's annual report",
    ("arcs", "tariff", "pipeline"): "the operator's tariff order for export, with its date",
    ("arcs", "tariff", "rail"): "the railway's tariff for the leg, wagons included",
    ("arcs", "tariff", "tanker"): "a freight assessment of the year (licensed), or fixtures",
    ("arcs", "tariff", "caspian_tanker"): "a charter rate of the year on the Caspian",
    ("arcs", "capacity"): "a nameplate from the operator",
    ("arcs", "booked"): "throughput of the other shippers",
    ("limits", "high"): "the agreement or the operator's statement that sets the ceiling",
    ("lanes", "rebate"): "dividends by shareholder from the company's accounts",
    ("lanes", "quality"): "the quality bank's published points and an assay of the grade",
    ("differentials", "differential"): "an assessment of the year from a price agency (licensed; laid over as a deck)",
    ("markets", "price"): "a customs value with its volume, or a licensed price",
    ("tiers", "depth"): "customs statistics of the buyer, by origin",
    ("tiers", "discount"): "the price formula of the buyer",
    ("commodities", "bbl_per_t"): "an assay",
}


def replacement(row: Any, mode: Mapping[str, str]) -> str:
    """What would replace a figure.  Raises KeyError for a kind of figure that nobody has thought about."""
    by_mode = (row.table, row.field, mode.get(row.id, ""))
    return REPLACED_BY.get(by_mode) or REPLACED_BY[row.table, row.field]


def table(rows: pd.DataFrame, mode: Mapping[str, str]) -> str:
    """The figures as a Markdown table."""
    lines = ["| figure | value | confidence | at stake, MUSD | in doubt, MUSD | would be replaced by |",
             "| --- | ---: | --- | ---: | ---: | --- |"]  # fmt: skip
    for row, told in zip(rows.itertuples(), map(graded, rows.to_dict("records")), strict=True):
        weights = f"{row.at_stake:,.0f} | {row.doubt:,.0f}"
        stands = f"| `{row.figure}` | {row.value:.4g} {row.unit} | {told} | {weights} |"
        lines.append(f"{stands} {replacement(row, mode)} |")
    return "\n".join(lines)


def counted(rows: pd.DataFrame) -> str:
    """How many figures there are of each confidence, the weakest first."""
    count = rows["confidence"].value_counts()
    return ", ".join(f"{count[name]} {name}" for name in WEAKEST if name in count)


def part(model: str, title: str) -> str:
    """One model: how sure its figures are, and the weakest that matter."""
    plan = er.solve(er.load(model))
    arcs = plan.case.network.tables["arcs"]
    mode = dict(zip(arcs["id"], arcs["mode"], strict=True))
    rows, used = sources(plan), sources(plan, only_used=True)
    return "\n\n".join((
        f"## {title}",
        f"`{model}` could rest on {len(rows)} figures ({counted(rows)}). {len(used)} of them speak of what carries "
        f"volume or binds ({counted(used)}).",
        "Of what there is to earn:",
        table(weakest(plan, 5), mode),
        "Of which way it goes (output and home use left out):",
        table(weakest(plan, 10, volumes=False), mode),
    ))  # fmt: skip


def page(models: Mapping[str, str] = MODELS) -> str:
    """The whole page."""
    doubts = ", ".join(f"{100 * DOUBT[name]:.0f} % {name}" for name in WEAKEST if DOUBT[name])
    body: Sequence[str] = (
        "# What the plans rest on",
        "Written by `docs/scripts/sources.py` from fresh solves. `energy-routes sources MODEL` lists every figure with "
        "its source; this page shows the weakest that matter, and what would replace them.",
        "*At stake* is what the whole figure moves in the netback, to first order: volume × unit value of money, "
        "shadow price × bound of limits. *In doubt* is that times how far a figure of its confidence may be off, "
        f"as we judge it: {doubts}. No statistics stand behind these shares. A figure of high confidence is "
        "taken as it is.",
        *(part(model, title) for model, title in models.items()),
        "## What is not told",
        "Losses and fuel (`yield`), heating values, tanks and charges of contracts have no first-order weight here: "
        "they are listed without one. Prices move together in fact; here each stands alone. A series under copyright "
        "is not shipped: single quotations are cited. `--deck` puts your own prices in place of those of a pack.",
    )
    return "\n\n".join(body) + "\n"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
