"""The columns of every saved table, the columns that name a row, and those that are not found again, with the reason.

A column that does not stand here is refused, so that nothing is saved that nobody looks at.
"""

from __future__ import annotations

from collections.abc import Mapping

from energy_routes.audit.report import Findings

COLUMNS: Mapping[str, str] = {
    "flows": "period arc name from to mode family commodity to_commodity volume outlet unit tariff cost",
    "arcs": "arc name from to mode operator status period volume family capacity utilisation price unit",
    "routes": "family route origin shipper commodity sold_as market corridor arcs volume share price tariff loading "
              "freight quality rebate lifting cost netback export limited_by unit",
    "schedule": "period family supply shipper commodity direction buyer export volume unit",
    "ledger": "term kind value unit family",
    "prices": "kind limit name family period side volume bound price price_down price_all price_all_down unit note",
    "indicators": "family indicator kind group value unit",
    "groups": "kind group name family period volume capacity utilisation share unit",
    "supplies": "period supply shipper node commodity family available lifted shut_in price unit kind",
    "deliveries": "period market name tier commodity family volume depth price export unit",
    "obligations": "period obligation node commodity volume required short unit",
    "stocks": "period storage node commodity opening injected withdrawn closing working_volume unit",
    "ranges": "kind id name family commodity period within loss volume low high share share_low share_high gap unit",
    "bands": "what kind group name family value p10 p50 p90 used unit draws plans",
    "ramps": "event kind group name family period month reference ramp volume unit",
    "owners": "target name family holder country share volume exported netback unit",
    "payments": "payee country kind holder holder_country term family receipts real_cost cost_low "
                "cost_high margin unit",
    "security": "outage mode window family market planned lost survives delta binding price waived unit",
    "bookings": "period arc commodity family booked used spot charge paid unit",
    "futures": "future probability netback alone regret tail waived unit",
    "builds": "option family name kind year built begun capacity unit capex charge worth",
    "emissions": "period family mode work emitted per_unit unit",
}  # fmt: skip

# What tells the rows of a table apart.
KEYS: Mapping[str, str] = {
    "flows": "period arc commodity", "arcs": "period arc", "routes": "family origin commodity arcs market sold_as",
    "schedule": "period supply commodity direction buyer", "ledger": "term family",
    "prices": "kind limit name family period", "indicators": "family indicator kind group",
    "groups": "kind group family period", "supplies": "period supply", "deliveries": "period market tier commodity",
    "obligations": "period obligation commodity", "stocks": "period storage commodity",
    "ranges": "kind id family commodity period within",
    "bands": "what kind group family", "ramps": "event kind group family period",
    "owners": "target family holder", "payments": "payee country kind holder holder_country term family",
    "security": "outage family market", "bookings": "period arc commodity", "futures": "future",
    "builds": "option year", "emissions": "period family mode",
}  # fmt: skip

MARGIN = "a price rests on optima after a small move; tested: its sign, that its limit is reached, and its own table"
UNCHECKED: Mapping[str, str] = {
    "routes.route": "words for readers; the arcs beside them are checked",
    "routes.volume": "tracing is not repeated; tested: sums by family, and over each arc",
    "schedule.volume": "tracing is not repeated; tested: sums by supply and period, and by supply, buyer and corridor",
    "prices.name": "words for readers; kind and limit beside them are checked",
    "prices.price": MARGIN,
    "prices.price_down": MARGIN,
    "prices.price_all": MARGIN,
    "prices.price_all_down": MARGIN,
    "builds.worth": "a reduced cost of the solver",
}


def check(columns: Mapping[str, tuple[str, ...]], rows: Mapping[str, list[dict[str, object]]], found: Findings) -> None:
    """Every table has the columns that it should, and no row twice; what is not found again is said."""
    for table, own in columns.items():
        known = tuple(COLUMNS[table].split())
        if own != known and rows[table]:
            for column in dict.fromkeys((*own, *known)):
                if column not in known:
                    found.wrong("columns", f"{table}.{column}: no such column is known here")
                elif column not in own:
                    found.wrong("columns", f"{table}.{column}: is missing")
        found.counts["columns"] += len(own)
        keys = KEYS.get(table, "").split()
        names = [tuple(row.get(key) for key in keys) for row in rows[table] if keys]
        found.true("columns", table, len(set(names)) == len(names), f"two rows have the same {', '.join(keys)}")
    found.unchecked |= {column: why for column, why in UNCHECKED.items() if rows[column.partition(".")[0]]}
