"""The through tariff of a corridor: a toy by hand, and the demand of each kind of case against fresh solves.

At the hub a tonne is worth 470 on SHORT (6 Mt), 510 less the charge on LONG (5 Mt) for the first 3 Mt sold in the west
and 490 less the charge beyond.  8 Mt are left for export; lifting and gathering cost 10.  So LONG moves 5 Mt up to a
charge of 20, 3 up to 40, 2 up to 500, and nothing above.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from rest import first
from small_networks import Spec, case_of, specs
from test_builds import WITH
from test_explain import PAY
from test_own_family import BOTH, pack_of_water
from toy import best, months, toy, write
from typer.testing import CliRunner

import energy_routes as er
from energy_routes.case.case import Case
from energy_routes.cli.app import app
from energy_routes.cli.tables.gains.tariff_view import print_tariff
from energy_routes.errors import UsageError

COSTS = {"operating": """
    family,target,cost,share,low,high
    oil,mode:pipeline,,0.2,0.1,0.4
    """}  # fmt: skip
PUBLISHED = {"operating": COSTS["operating"] + "    oil,arc:LONG,10,,,\n"}
CASES: dict[str, Callable[[Path], Case]] = {
    "plain": lambda folder: toy(folder, COSTS),
    "months": lambda folder: months(toy(folder, COSTS | PAY)),
    "capped": lambda folder: toy(folder, COSTS, max_exposure={"transit:RU": 4}, exports="free"),
    "least": lambda folder: toy(folder, COSTS, min_exposure={"corridor:LONG": 1}, exports="free"),
    "held": lambda folder: toy(folder, COSTS, max_share={"transit:RU": 0.6}),
    "secure": lambda folder: toy(folder, COSTS, security={"outages": ["SHORT"]}),
    "builds": lambda folder: toy(folder, COSTS | WITH, build={}),
    "at least cost": lambda folder: toy(folder, COSTS | PAY, objective="cost"),
}


def middle(found: er.ThroughTariff, what: str, contracts: str = "with", world: str = "as it is") -> dict[Any, Any]:
    table = found.charges
    (row,) = table[(table["world"] == world) & (table["contracts"] == contracts) & (table["what"] == what)
                   & (table["level"] == "middle")].to_dict("records")
    return row


def pieces(found: er.ThroughTariff, contracts: str = "with", world: str = "as it is") -> pd.DataFrame:
    own = found.demand[(found.demand["world"] == world) & (found.demand["contracts"] == contracts)]
    return own[["from", "to", "volume", "gain"]]


def test_by_hand(tmp_path: Path) -> None:
    found = er.through_tariff(toy(tmp_path, PUBLISHED), "LONG")
    assert (found.target, found.owners) == ("corridor:LONG", 2)
    told = pieces(found).to_numpy()
    assert told == pytest.approx(np.array([[0, 20, 5, 980], [20, 40, 3, 920], [40, 500, 2, 0], [500, np.inf, 0, 0]]))
    point = {what: middle(found, what) for what in ("today", "real cost", "agreed", "together", "break-even")}
    assert point["today"]["charge"] == 50
    assert point["today"]["carriers"] == pytest.approx(80)
    assert point["real cost"]["volume"] == pytest.approx(5)
    assert (point["together"]["charge"], point["together"]["carriers"]) == pytest.approx((500, 980))
    assert (point["agreed"]["charge"], point["agreed"]["shipper"]) == pytest.approx((255, 490))
    assert point["break-even"]["charge"] == pytest.approx(500)
    # 2 Mt at 255 USD/t, and at today's 50: 2 · (charge − 10) to the carriers, 2 · (500 − charge) to the shipper
    assert ("With contracts: against nothing moved there, that gains the carriers 490.0 MUSD and the shipper 490.0 "
            "MUSD; today's charge gains them 80.0 and 900.0") in found.answer
    assert set(found.charges["level"]) == {"middle"}  # a published cost has no band
    (rest,) = found.apart[found.apart["world"] == "as it is"].to_dict("records")
    assert (rest["charge"], rest["least"], rest["most"], rest["lost"]) == pytest.approx((500, 0, 490, 0))
    first = found.kinks.to_dict("records")[0]
    assert (first["at"], first["below"], first["above"]) == pytest.approx((20, 5, 3))
    assert (first["enters"], first["leaves"]) == ("Field → Hub → East (+2)", "Field → Hub → West (−2)")


def test_an_outage_and_a_cap_move_the_demand(tmp_path: Path) -> None:
    found = er.through_tariff(toy(tmp_path, PUBLISHED), "LONG", outage={"SHORT": 0.5}, cap={"transit:RU": "60 %"})
    assert list(dict.fromkeys(found.demand["world"])) == ["as it is", "SHORT at 50 %", "Russia at most 60 %"]
    assert pieces(found, world="SHORT at 50 %")["volume"].to_list() == pytest.approx([5, 3, 0])
    assert pieces(found, world="SHORT at 50 %")["to"].to_list()[:2] == pytest.approx([480, 500])


def test_contracts_make_the_demand_upright(tmp_path: Path) -> None:
    """4 Mt of ship-or-pay at 35 USD/t: what is not shipped is paid for, so that 4 Mt stay up to 40 − 20 + 35."""
    found = er.through_tariff(toy(tmp_path, PUBLISHED | PAY), "LONG")
    with_, without = pieces(found), pieces(found, "without")
    assert without["to"].to_list()[:3] == pytest.approx([20, 40, 500])
    assert with_["to"].to_list()[:4] == pytest.approx([20, 55, 75, 535])
    assert with_["volume"].to_list() == pytest.approx([5, 4, 3, 2, 0])
    assert middle(found, "today")["volume"] == pytest.approx(4)
    assert any("4.00 Mt are moved at today's charge, and as much up to 55.00" in said for said in found.answer)
    assert any("is no income of the carriers" in note for note in found.notes)


@pytest.mark.parametrize("name", first([*CASES], ["months", "capped", "held", "builds"]))
def test_the_demand_is_that_of_fresh_solves(name: str, tmp_path: Path) -> None:
    """The volume is the slope of the optimum, and the shipper's gain its height over where nothing is moved."""
    case = CASES[name](tmp_path)
    found = er.through_tariff(case, "LONG", outage={}, cap={})
    sign = -1.0 if case.policy.objective == "cost" else 1.0
    loose = case.accepting("arc:LONG.tariff")

    @cache
    def value(charge: float) -> float:
        if case.policy.security is not None or case.policy.build is not None or case.policy.held:
            return sign * er.solve(loose.set("arc:LONG.tariff", charge)).objective
        return sign * best(loose.set("arc:LONG.tariff", charge)).value

    for row in pieces(found).to_dict("records")[:4]:
        end = row["to"] if np.isfinite(row["to"]) else row["from"] + 100
        near, far = row["from"] + (end - row["from"]) / 4, end - (end - row["from"]) / 4
        assert (value(near) - value(far)) / (far - near) == pytest.approx(row["volume"], abs=1e-6)
    captive = float(pieces(found)["volume"].iloc[-1])
    top = float(pieces(found)["from"].iloc[-1])
    for row in pieces(found).to_dict("records")[:-1]:
        gain = value(row["to"]) - value(top) - captive * (top - row["to"])
        assert row["gain"] == pytest.approx(gain, abs=1e-5)


@settings(max_examples=2)
@given(spec=specs, shuffle=st.integers(0, 99))
def test_random_networks(spec: Spec, shuffle: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The volume is that of fresh solves between all kinks, and the order of the rows makes no difference."""
    folder = tmp_path_factory.mktemp("spec")
    case = case_of(folder / "a", spec)
    found, other = (er.through_tariff(one, "C1", outage={}, cap={}, operating_share=0.25)
                    for one in (case, case_of(folder / "b", spec, shuffle=shuffle)))
    pd.testing.assert_frame_equal(found.demand, other.demand, atol=1e-6)
    pd.testing.assert_frame_equal(found.charges, other.charges, atol=1e-5)
    loose = case.accepting("arc:W1.tariff")
    assert pieces(found)["volume"].is_monotonic_decreasing
    for row in pieces(found).to_dict("records")[:5]:
        width = min(row["to"], row["from"] + 50) - row["from"]
        near, far = (best(loose.set("arc:W1.tariff", row["from"] + part * width)).value for part in (0.3, 0.7))
        assert (near - far) / (0.4 * width) == pytest.approx(row["volume"], abs=1e-5)


@pytest.mark.parametrize(
    ("corridor", "arcs"), first([("RAIL", ["RAIL_CN", "UZ_RAIL", "ATY_RAIL_UZ"]), ("BTC", ["BTC"])], 1))
def test_a_bundled_corridor_against_fresh_solves(corridor: str, arcs: list[str]) -> None:
    case = er.load("oil-2024")
    found = er.through_tariff(case, corridor, outage={}, cap={})
    paths = [f"arc:{arc}.tariff" for arc in arcs]
    rows = case.network.resolve("arcs", "tariff", case.periods)[:, 0]
    tariffs = dict(zip(case.network.ids("arcs"), rows, strict=True))
    costs = {f"arc:{arc}.tariff": 0.25 * tariffs[arc] if corridor == "RAIL" else 4.7 for arc in arcs}
    base = middle(found, "real cost")["cost"]
    loose = case.accepting(*paths)

    def value(charge: float) -> float:
        return best(loose.set_all({path: cost + charge - base for path, cost in costs.items()})).value

    for row in pieces(found).to_dict("records"):
        near = max(row["from"], base) + 0.5
        far = min(row["to"], near + 50) - 0.5
        if far > near:
            assert (value(near) - value(far)) / (far - near) == pytest.approx(row["volume"], abs=1e-5)


def test_what_is_held_at_any_charge_has_no_best_charge(tmp_path: Path) -> None:
    found = er.through_tariff(CASES["least"](tmp_path), "LONG", outage={}, cap={})
    assert set(found.charges["what"]) == {"today", "real cost"}
    assert any("1.00 Mt are moved whatever is charged" in said for said in found.answer)


def test_nobody_is_moved_above_cost(tmp_path: Path) -> None:
    """A real cost of 10, and a price of 15 in the west: 5 are left for the tariff after lifting and gathering."""
    case = toy(tmp_path, PUBLISHED).accepting("market:WEST.price").set("market:WEST.price", 15.0)
    found = er.through_tariff(case, "LONG", outage={}, cap={})
    assert "nobody is moved at any tariff above cost" in found.answer[1]
    assert set(found.charges["what"]) == {"today", "real cost"}
    assert found.apart.empty


def test_a_closed_corridor_is_said_to_be_closed(tmp_path: Path) -> None:
    closed = {"arcs": "id,from,to,name,capacity,tariff,length_km\nGATHER,FIELD,HUB,Gathering,20,1,10\n"
                      "SHORT,HUB,EAST,Short way,6,30,1000\nLONG,HUB,WEST,Long way,0,50,3000"}
    found = er.through_tariff(toy(tmp_path, PUBLISHED | closed), "LONG", outage={}, cap={})
    assert found.answer == ("Long corridor: 50.00 USD/t are charged today; it is closed",
                            "With contracts: nothing can come there")
    assert found.charges[["what", "volume", "carriers"]].to_numpy().tolist() == [["today", 0, 0]]


def test_a_band_of_real_costs_has_its_ends(tmp_path: Path) -> None:
    found = er.through_tariff(toy(tmp_path, COSTS), "LONG", outage={}, cap={})
    costs = found.charges.groupby("level")["cost"].first()
    assert costs[["low", "middle", "high"]].to_list() == pytest.approx([5, 10, 20])
    assert "really costs 10.00 (5.00 to 20.00)" in found.answer[0]
    agreed = found.charges[found.charges["what"] == "agreed"].set_index("level")["charge"]
    assert agreed[["low", "middle", "high"]].to_list() == pytest.approx([252.5, 255, 260])


def test_what_turns_within_the_band_is_not_said(tmp_path: Path) -> None:
    """A tariff of 290 lies among what both would agree on: 250 and half of the cost, which is 29, 58 or 116."""
    case = toy(tmp_path, COSTS).accepting("arc:LONG.tariff").set("arc:LONG.tariff", 290.0)
    found = er.through_tariff(case, "LONG", outage={}, cap={})
    assert not any("would agree" in said for said in found.answer)
    assert any("what both sides would agree on is not said" in note for note in found.notes)


def test_draws_give_bands(tmp_path: Path) -> None:
    one, other = (er.through_tariff(toy(tmp_path, COSTS), "LONG", outage={}, cap={}, draws=12, seed=3) for _ in "ab")
    pd.testing.assert_frame_equal(one.bands, other.bands)
    row = one.bands[(one.bands["what"] == "together") & (one.bands["figure"] == "charge")].iloc[0]
    assert row["p10"] <= row["p50"] <= row["p90"]
    assert row["draws"] == 12


def test_arcs_with_other_tariffs_move_by_one_margin(tmp_path: Path) -> None:
    """Both ways as one corridor: 30 and 50 at a fifth are 6 and 10, and the margin is the same on both."""
    both = {"meters": "kind,group,arc,market,commodity\ncorridor,BOTH,SHORT,,\ncorridor,BOTH,LONG,,",
            "groups": "kind,group,name\ncorridor,BOTH,Both ways"}  # fmt: skip
    case = toy(tmp_path, COSTS | both)
    found = er.through_tariff(case, "BOTH", outage={}, cap={})
    assert middle(found, "real cost")["cost"] == pytest.approx(8)
    today = middle(found, "today")
    assert today["carriers"] == pytest.approx(6 * 24 + 2 * 40)
    assert today["charge"] == pytest.approx(8 + 224 / 8)
    loose = case.accepting("arc:SHORT.tariff", "arc:LONG.tariff")
    values = {at: best(loose.set("arc:SHORT.tariff", 6.0 + at).set("arc:LONG.tariff", 10.0 + at)).value
              for at in (0.0, 100.0)}
    told = pieces(found)
    gain = float(np.interp(8.0, told["to"][:-1], told["gain"][:-1])) if len(told) > 2 else None
    assert (values[0.0] - values[100.0]) / 100 == pytest.approx(8)
    assert middle(found, "real cost")["shipper"] == pytest.approx(values[0.0] - best(loose.set(
        "arc:SHORT.tariff", 900.0).set("arc:LONG.tariff", 900.0)).value), gain


def test_what_is_refused(tmp_path: Path) -> None:
    case = toy(tmp_path, COSTS)
    with pytest.raises(UsageError, match="market"):
        er.through_tariff(case, "market:EAST")
    with pytest.raises(UsageError, match=r"policy\.max_hhi bends the curve"):
        er.through_tariff(case.with_policy(max_hhi={"corridor": 0.6}), "LONG")
    with pytest.raises(UsageError, match="owners = 11"):
        er.through_tariff(case, "LONG", owners=11)
    with pytest.raises(UsageError, match="no arc, corridor"):
        er.through_tariff(case, "NOWHERE")
    with pytest.raises(UsageError, match="--operating-share"):
        er.through_tariff(toy(tmp_path / "bare"), "LONG")
    assert er.through_tariff(toy(tmp_path / "bare"), "LONG", operating_share=0.2).owners == 2


def test_the_verb(tmp_path: Path) -> None:
    model = str(write(tmp_path / "toy", COSTS | PAY))
    study = ["tariff", model, "--corridor", "LONG"]
    figures = ["--outage", "SHORT=0.5", "--cap", "transit:RU=60 %", "--operating-share", "0.25"]
    done = CliRunner().invoke(app, [*study, *figures, "--out", str(tmp_path / "out"),
                                    "--plot", str(tmp_path / "p.png")])  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "\nOne owner of all would ask" in done.stdout
    assert (tmp_path / "p.png").stat().st_size > 1000
    told = json.loads((tmp_path / "out" / "tariff.json").read_text("utf-8"))
    assert {"demand", "kinks", "charges", "apart", "bands", "answer", "notes"} <= set(told)
    assert (tmp_path / "out" / "demand.parquet").is_file()
    words = ["--outage", "SHORT=50 %", "--cap", "transit:RU=0.6", "--operating-share", "25 %"]
    same = json.loads(CliRunner().invoke(app, [*study, *words, "--json"]).stdout)
    assert same["charges"] == told["charges"]
    bad = CliRunner().invoke(app, [*study, "--outage", "SHORT"])
    assert bad.exit_code == 2
    assert "CPC=0.5" in bad.output


def test_an_outage_without_a_plan_is_a_note(tmp_path: Path) -> None:
    case = replace(toy(tmp_path, COSTS), name="toy")
    found = er.through_tariff(case, "LONG", outage={}, cap={"transit:RU": 0.01})
    assert any("there is no plan" in note for note in found.notes)


def test_a_corridor_that_is_metered_where_no_tariff_is_paid_says_so_first(tmp_path: Path) -> None:
    """As with CPC, whose tariff stands on the line and whose meter is the moorings at its end."""
    line = {"arcs": "id,from,to,name,line,capacity,tariff,length_km\nGATHER,FIELD,HUB,Gathering,L,20,7,10\n"
                    "SHORT,HUB,EAST,Short way,,6,30,1000\nLONG,HUB,WEST,Long way,L,5,0,3000"}  # fmt: skip
    found = er.through_tariff(toy(tmp_path, COSTS | line), "LONG", outage={}, cap={})
    assert found.answer[0] == (
        "Long corridor: no tariff is paid today where it is metered; the line charges 7.00 USD/t on Gathering, and a "
        "charge here comes on top of that")
    earned, = (said for said in found.answer if "that would earn" in said)
    assert earned.endswith("beside what other charges earn")  # not "against 0.00 today": the line earns elsewhere


def test_where_arcs_charge_differently_the_margin_is_told_and_what_lines_charge_beside() -> None:
    """CPC, which carries most of Russia's volume, pays nothing at its moorings and 38 USD/t on its line."""
    found = er.through_tariff(er.load("oil-2026"), "transit:RU", outage={}, cap={})
    today = middle(found, "today")
    margin = today["carriers"] / today["volume"]
    assert found.answer[0].startswith(f"Russia: a unit pays {margin:.2f} (")
    assert "38.00 USD/t on CPC Atyrau - Novorossiysk" in found.answer[0]


def test_the_cap_that_is_not_told_is_of_volume(tmp_path: Path) -> None:
    """6 Mt cross Russia: 5.4 may.  Of 8 Mt 2.6 are left for LONG, each worth 510 less 10 and no more."""
    found = er.through_tariff(toy(tmp_path, PUBLISHED), "LONG", outage={})
    capped = "Russia carries a tenth less, 5.40 Mt a year"
    assert middle(found, "today", world=capped)["volume"] == pytest.approx(2.6)
    assert middle(found, "break-even", world=capped)["charge"] == pytest.approx(500)


def test_a_charge_beyond_what_ways_usually_cost_has_a_reason_before_it(tmp_path: Path) -> None:
    """Beyond half of the highest price, 510, and beyond the whole of it: under a share each tonne lets others move."""
    free = toy(tmp_path, PUBLISHED, exports="free")
    found = er.through_tariff(free, "LONG", outage={}, cap={"transit:RU": "40 %"})
    shared = [said for said in found.answer if said.startswith("Russia at most 40 %")]
    assert "a charge could take most of the price, which is 510 USD/t at most" in found.answer[1]
    assert middle(found, "break-even", world="Russia at most 40 %")["charge"] > 510
    assert shared[0].endswith("a unit here is worth more than its price of 510 USD/t at most")
    low = toy(tmp_path / "low", PUBLISHED).set("arc:SHORT.capacity", 20)
    assert not any("price" in said for said in er.through_tariff(low, "LONG", outage={}, cap={}).answer)


IDLE = {"contracts": "id,kind,arc,volume,charge,party\nPAY,ship_or_pay,SHORT,1,35,East Co"}  # SHORT carries 6 anyhow


def test_what_contracts_do_not_change_is_said_once(tmp_path: Path) -> None:
    found = er.through_tariff(toy(tmp_path, PUBLISHED | IDLE), "LONG", outage={}, cap={})
    same = [said for said in found.answer if said.startswith("Without")]
    assert same == ["Without contracts: all of this is the same"]
    bound = er.through_tariff(toy(tmp_path / "bound", PUBLISHED | PAY), "LONG", outage={}, cap={})
    assert len([said for said in bound.answer if said.startswith("Without")]) > 3


def test_falls_that_differ_in_the_last_bit_are_printed_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = er.through_tariff(toy(tmp_path, PUBLISHED | IDLE), "LONG", outage={}, cap={})
    second = (found.kinks["contracts"] == "without").to_numpy()
    assert second.any()
    kinks = found.kinks.assign(below=found.kinks["below"] * np.where(second, 1.0 + 1e-13, 1.0))
    print_tariff(replace(found, kinks=kinks))
    told = [line for line in capsys.readouterr().out.splitlines() if " contracts, above " in line]
    assert len(told) == (~second).sum()
    assert all(line.startswith("With and without contracts") for line in told)


def test_a_claim_is_a_sentence_of_32_words_at_most(tmp_path: Path) -> None:
    found = er.through_tariff(toy(tmp_path, COSTS | PAY), "LONG", owners=3)
    assert max(len(said.partition(": ")[2].split()) for said in found.answer[1:]) <= 32


def test_the_largest_falls_are_printed_and_the_others_counted(tmp_path: Path) -> None:
    """Six tiers make six falls: the four largest are told, and none twice where contracts change nothing."""
    rows = "".join(f"WEST,{tier},{0.2 * tier:.1f},{5 * tier}\n" for tier in range(1, 8))
    tiers = {"tiers": f"market,tier,depth,discount\n{rows}"}
    model = str(write(tmp_path / "toy", PUBLISHED | tiers))
    said = CliRunner().invoke(app, ["tariff", model, "--corridor", "LONG"]).stdout
    told = [line for line in said.splitlines() if " contracts, above " in line]
    assert len(told) == 4
    counted, = (line for line in said.splitlines() if line.startswith("Smaller falls"))
    assert int("".join(filter(str.isdigit, counted.partition(".")[0]))) >= 1


def test_cents_a_cubic_metre_are_told_and_the_price_is_that_of_the_own_family(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Water at 0.6 USD/m3 at most beside oil at 510 USD/t: neither price nor charges are rounded to whole units."""
    (tmp_path / "oil").mkdir()
    write(tmp_path / "oil", COSTS)
    pack_of_water(tmp_path / "water")
    (tmp_path / "both.toml").write_text(BOTH, "utf-8")
    found = er.through_tariff(er.load(tmp_path / "both.toml"), "WEIR", outage={}, cap={}, operating_share=0.25)
    assert found.answer[0] == ("By the weir: 0.0200 USD/m³ are charged today; moving really costs "
                               "0.0050 (0.0020 to 0.0080) USD/m³")  # fmt: skip
    assert any("most of the price, which is 0.6000 USD/m³ at most" in sentence for sentence in found.answer)
    print_tariff(found)
    row = next(line.split() for line in capsys.readouterr().out.splitlines() if line.startswith("  real cost"))
    assert row[2] == "0.0050"
