"""One plan among many: least tonne-km, then labels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from toy import toy

from energy_routes.formulation.space.space import build_space
from energy_routes.solving.canonical_plan import tie_break, tonne_km
from energy_routes.solving.loop import program_of, solve

TWINS = {
    "nodes": "id,name,kind,country\nFIELD,Field,field,KZ\nHUB,Hub,hub,KZ\nEAST,East,market,CN",
    "arcs": """
        id,from,to,name,capacity,tariff,length_km
        GATHER,FIELD,HUB,Gathering,20,1,10
        A,HUB,EAST,Way A,6,30,{a}
        B,HUB,EAST,Way B,6,30,{b}
        """,
    "markets": "id,node,name,price\nEAST,EAST,East,500",
    "tiers": "",
    "groups": "",
    "meters": "",
}


def ways(folder: Path, a: int, b: int, **options: object) -> tuple[float, float]:
    tables = {**TWINS, "arcs": TWINS["arcs"].format(a=a, b=b)}
    flows = solve(toy(folder, tables), **options).flows.set_index("arc")["volume"]  # type: ignore[arg-type]
    return float(flows["A"]), float(flows["B"])


def test_of_two_ways_that_pay_alike_the_shorter_fills(tmp_path: Path) -> None:
    assert ways(tmp_path / "a", 900, 1000) == pytest.approx((6, 2))
    assert ways(tmp_path / "b", 1000, 900) == pytest.approx((2, 6))


@pytest.mark.parametrize("options", [{}, {"seed": 11}, {"presolve": False}, {"method": "ipm"}, {"method": "simplex"}])
def test_of_two_ways_alike_in_all_labels_decide(tmp_path: Path, options: dict[str, object]) -> None:
    one = ways(tmp_path, 1000, 1000, **options)
    assert sorted(one) == pytest.approx([2, 6])  # a vertex, and always the same one:
    case = toy(tmp_path, {**TWINS, "arcs": TWINS["arcs"].format(a=1000, b=1000)})
    rank = dict(zip(program_of(case).column_names(), tie_break(program_of(case)), strict=True))
    favoured = min("AB", key=lambda arc: rank[f"flow.{arc}.CRUDE.2023"])
    assert dict(zip("AB", one, strict=True))[favoured] == pytest.approx(6)


def test_the_pick_gives_up_no_money(tmp_path: Path) -> None:
    # LONG is 3000 km and still carries the 2 Mt that SHORT cannot.
    plan = solve(toy(tmp_path))
    assert plan.objective.value == pytest.approx(3840, rel=1e-12)


def test_tonne_km_counts_lanes_only(tmp_path: Path) -> None:
    space, program = build_space(toy(tmp_path)), program_of(toy(tmp_path))
    weight = dict(zip(program.column_names(), tonne_km(space, program.shape[1]), strict=True))
    assert weight["flow.SHORT.CRUDE.2023"] == pytest.approx(1.001)
    assert weight["flow.LONG.CRUDE.2023"] == pytest.approx(3.001)
    assert sum(weight.values()) == pytest.approx(0.011 + 1.001 + 3.001)


def test_tie_break_depends_on_labels_alone(tmp_path: Path) -> None:
    program = program_of(toy(tmp_path))
    rank = tie_break(program)
    assert ((rank >= 0) & (rank < 1)).all()
    assert len(np.unique(rank)) == len(rank)
    # Known numbers: another hash, or one seeded by the process, would change plans from one machine to the next.
    again = dict(zip(program.column_names(), rank, strict=True))
    assert again == dict(zip(program.column_names(), tie_break(program_of(toy(tmp_path))), strict=True))
