"""What each mechanism of the pack earns in the backtest: it is taken away, and the distance is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import backtest as bt
import hindcast

from energy_routes.case.case import Case
from energy_routes.network.edit import Edit

FREE = float("inf")


def _sets(table: str, field: str, value: float, *ids: str) -> Callable[[Case], list[Edit]]:
    return lambda case: [Edit(table, i, field, "set", value, reason="taken away") for i in ids]


def _lanes(field: str) -> Callable[[Case], list[Edit]]:
    def edits(case: Case) -> list[Edit]:
        ids = [i for i in case.network.ids("lanes") if i.startswith("CPC_RU/")]
        return [Edit("lanes", i, field, "set", 0.0, reason="taken away") for i in ids]

    return edits


# What is taken away, and how it came into the pack.
PROPS: tuple[tuple[str, str, Callable[[Case], list[Edit]]], ...] = (
    ("two moorings on every day at the Caspian terminal", "days of stops by date; one mooring as in December 2025",
     _sets("arcs", "availability", 1.0, "CPC_RU", "CPC_SPM")),
    ("no limit on the Caspian fleet", "an estimate of 3.5 to 3.65 Mt/y, made knowing that 3.6 left Aktau in 2024",
     _sets("limits", "high", 99.0, "caspian-fleet")),
    ("no CNPC barrels at parity in China", "the stake is published; that it is the depth of the market is ours",
     _sets("tiers", "depth", 0.0, "DUSHANZI/1")),
    ("all of the Chinese border market at parity", "as above, the other way",
     _sets("tiers", "depth", 10.0, "DUSHANZI/1")),
    ("BTC takes any North Buzachi crude", "the most ever taken, 0.18 in 2017: the outturn of another year",
     _sets("limits", "high", 2.2, "btc-buzachi", "btc-quality")),
    ("CPC shippers may turn to KazTransOil without limit", "twelve times the most moved in a month, 0.561 Mt",
     _sets("arcs", "capacity", 99.0, "CPC_KTO")),
    ("KazTransOil's shippers enter CPC without a programme", "what they sent into it the year before",
     _sets("arcs", "capacity", 8.0, "KTO_CPC")),
    ("no limit on Karachaganak-Atyrau", "a plan of 1999, 12 Mt/y", _sets("arcs", "capacity", 99.0, "KPO_CPC")),
    ("no rebate to the owners of CPC", "dividends over volume, 15.9 USD/t", _lanes("rebate")),
    ("no quality bank at CPC", "barrels per tonne at Brent; only Tengiz is published", _lanes("quality")),
    ("no ship-or-pay", "volumes are published, charges are ours",
     _sets("contracts", "volume", 0.0, "germany", "btc-socar")),
    ("Urals-type oil at the price of 2024", "KEBCO less Brent, from single quotations in 2022",
     _sets("differentials", "differential", 0.2 * 7.3, "KEBCO/")),
)  # fmt: skip


def without(case: Case, edits: Callable[[Case], list[Edit]]) -> Case:
    """The case without one prop."""
    return case.on_network(lambda n: n.with_edits(*edits(case)))


def table_of(years: Sequence[int], table: Callable[[Sequence[str], Sequence[Sequence[str]]], str]) -> str:
    """What the tables say, and the tables: mean distance by year without each prop, told the year and as known."""
    told = _distances(years, lambda case: case)
    known = _distances(years, hindcast.as_known)
    lost = [{name: max(a - b for a, b in zip(row, rows[""], strict=True)) for name, row in rows.items()}
            for rows in (told, known)]  # fmt: skip
    worst = sorted((name for name, _, _ in PROPS), key=lambda name: -lost[0][name])[:4]
    idle = [name for name, _, _ in PROPS if max(abs(a - b) for rows in (told, known)
            for a, b in zip(rows[name], rows[""], strict=True)) < 0.005]  # fmt: skip
    needed = [name for name, _, _ in PROPS if lost[1][name] > 1]
    words = (
        "Contracts, equity barrels, the quality bank and the programmes of shippers are mechanisms of the pack. Each "
        "is taken away in turn, the rest as it stands. What it earns is its distance less that of the first row. "
        f"Told the year, most is lost with: {'; '.join(worst)}. As known on 1 January, more than a point is lost with: "
        f"{'; '.join(needed) or 'none of them'}. Nothing hangs on: {'; '.join(idle) or 'none of them'}."
    )
    return "\n\n".join((
        words,
        table(("mean distance, told the year", *map(str, years), "how it came in>"), _rows(told)),
        table(("mean distance, as known on 1 January", *map(str, years)), [row[:-1] for row in _rows(known)]),
        "All rows of the second table have what was known in place of the rest, so a figure that has gone anyway earns "
        "nothing there.",
    ))  # fmt: skip


def _distances(years: Sequence[int], seen: Callable[[Case], Case]) -> dict[str, list[float]]:
    """The mean distance by year of the cases as they are seen, by what is taken away: '' for nothing."""
    frame = bt.history("oil")
    cases = {year: seen(bt.case_of("oil-2024", year)) for year in years}
    props = {"": lambda case: [], **{name: edits for name, _, edits in PROPS}}
    return {name: [bt.loss(bt.volumes(without(case, edits)), bt.records(frame, year)) for year, case in cases.items()]
            for name, edits in props.items()}  # fmt: skip


def _rows(lost: Mapping[str, Sequence[float]]) -> list[list[str]]:
    how = {"": "", **{name: how for name, how, _ in PROPS}}
    return [[name or "as it stands", *(f"{d:.2f}" for d in losses), how[name]] for name, losses in lost.items()]
