"""The question of the page of bargaining about the line to China: what transit pays, and what its space is worth."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
from bargaining_book import Asked, Gain
from question_book import WORDS, Book

import energy_routes as er
from energy_routes.formulation import UNPUBLISHED
from energy_routes.pack import joined

DRAWS = 100
MODEL, SPACE = "china-line-space", 10.0  # Mt a year of Russian oil, by treaty until 2034
COSTS = (0.25, *UNPUBLISHED)  # of the fee that moving really costs: stated, and the ends of its band
MOORING = {"arc:CPC_SPM.capacity": "42 Mt/y"}
# Kenkiyak-Atyrau to 12 and Kenkiyak-Kumkol to 15 Mt a year: the option kenkiyak-kumkol, as if it stood.
EXPANDED = {"arc:ATY_KEN.capacity": "12 Mt/y", "limit:kenkiyak-atyrau.high": "12 Mt/y",
            "arc:KEN_KUM.capacity": "15 Mt/y"}  # fmt: skip
WORLDS = {"as it is": {}, "at one mooring": MOORING, "at one mooring, and Kenkiyak–Kumkol expanded": MOORING | EXPANDED}
SLIGHT = 0.05  # MUSD
Band = tuple[float, float, float]  # as stated, P10, P90


def worth(book: Book, world: str) -> tuple[Band, Band]:
    """What 10 Mt of space, and the last 2.5 that are asked for, would earn Kazakh oil, MUSD a year."""
    cases = [book.case(MODEL, *laid).set_all(WORLDS[world]) for laid in (("rosneft-stops",), ("refused",), ())]
    live = er.compile(cases[0])

    def earned(laid: list[er.Case]) -> tuple[float, float]:
        try:
            free, today, more = (live.optimum(case).solution.objective for case in laid)
        except er.InfeasibleError:  # of a draw: home needs more than the fields have
            return float("nan"), float("nan")
        return free - today, today - more

    drawn = np.array([earned([draw.of(case) for case in cases]) for draw in er.Sampler(cases[2], 1).draws(0, DRAWS)])
    told = earned(cases)
    ends = np.nanpercentile(drawn, [10, 90], axis=0)
    return tuple((told[at], float(ends[0, at]), float(ends[1, at])) for at in (0, 1))  # type: ignore[return-value]


def banded(band: Band, scale: float = 1.0) -> str:
    """``112 (90.0 to 135)``."""
    value, low, high = (WORDS.number(scale * part if abs(part) > SLIGHT else 0.0) for part in band)
    return value if low == high == value else f"{value} ({low} to {high})"


def fee(book: Book) -> float:
    """USD/t from Priirtyshsk to the border.  No row has it: Kazakh oil pays another tariff on the last leg, and the
    note of the first says of what its own is a part.
    """
    notes = book.case(MODEL).network.tables["arcs"].set_index("id")["note"]
    found = re.search(r"Tariff of 2024: ([\d.]+) USD/t", str(notes["PRI_ATA"]))
    assert found is not None, "the note of arc:PRI_ATA says what the transit pays in all"
    return float(found[1])


def transit(book: Book) -> Gain:
    """What the transit is worth to each side, and which fee would be too low."""
    charged = fee(book)
    paid = charged * SPACE
    margin = tuple(paid * (1 - share) for share in (COSTS[0], COSTS[2], COSTS[1]))
    found = {world: worth(book, world) for world in WORLDS}
    sentences = [
        f"Ten million tonnes a year at {WORDS.number(charged)} USD/t pay {WORDS.number(paid)} MUSD, of which "
        f"{banded(margin)} are above real cost. Half of what the last leg earns goes to CNPC, which owns half of it.",
        compared(margin, {world: space for world, (space, _) in found.items()}),
        "What Russia would do without the way, by sea from Kozmino, is not in the pack: so the highest fee that it "
        "would bear is not told.",
    ]  # fmt: skip
    rows = [(world, banded(space), banded(space, 1 / SPACE), banded(more)) for world, (space, more) in found.items()]
    head = ("world", "10 Mt of space earn Kazakh oil, MUSD a year", "for a tonne of space, USD",
            "2.5 Mt more transit would cost it, MUSD")  # fmt: skip
    return Gain(
        "China line: what is the 10 Mt a year of Russian transit worth to each side?", "Kazakhstan, Russia, China",
        sentences, head, rows, "MUSD of 2026. In brackets: real costs of 10 to 40 % of the fee; of space, P10 to P90 "
        f"of {DRAWS} draws.", "Space is worth what the best plan earns more with it: treaties stand until 2034. "
        "The fee of the last leg is published in a sum with the first.", (MODEL,),
        (f"solve {MODEL} --scenario refused", f"solve {MODEL} --scenario rosneft-stops"),
    )  # fmt: skip


def compared(margin: tuple[float, ...], spaces: Mapping[str, Band]) -> str:
    """Whether the transit pays more than its space would earn, in the worlds where that holds all over both bands."""
    less = [world for world, (_, _, high) in spaces.items() if high < min(margin)]
    more = [world for world, (_, low, _) in spaces.items() if low > max(margin)]
    if len(less) == len(spaces):
        return "In every world below, the same space would earn Kazakh oil less than the transit pays above cost."
    told = [f"{word} {joined(worlds)}" for word, worlds in (("less", less), ("more", more)) if worlds]
    return (f"The same space would earn Kazakh oil {' and '.join(told)} than the transit pays above cost; in other "
            "worlds it turns within the bands." if told else
            "Which of both is more, the space or the transit, turns within the bands and is not said.")  # fmt: skip


TRANSIT: Asked = {5: transit}
