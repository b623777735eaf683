"""Who is paid for an arc and what moving over it really costs: what the tables admit, and what the packs say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from toy import toy

import energy_routes as er
from energy_routes.case.case import Case
from energy_routes.errors import DataError, UsageError
from energy_routes.formulation.space.real_costs import known_costs, real_costs
from energy_routes.formulation.space.space import build_space

PAYEES = """
target,payee,country,kind,share,charge,money_unit,owners,from_period,to_period
arc:SHORT,Short Co,KZ,,0.5,,,,,2023-06
arc:SHORT,Short Co,KZ,,1,,,,2023-07,
arc:LONG,State,TR,state,,1,USD/bbl,,,
arc:LONG,Long Co,,,0.8,,,corridor:LONG,,
"""
OWNERS = """
target,holder,country,share,from_period,to_period
corridor:LONG,Major,US,1,,
"""
OPERATING = """
family,target,cost,money_unit,share,low,high,from_period,to_period
oil,mode:pipeline,,,0.25,0.1,0.4,,
oil,arc:SHORT,2,USD/bbl,,,,,2023-06
oil,arc:SHORT,,,0.5,,,2023-07,
"""


def paid(folder: Path, payees: str = PAYEES, operating: str = OPERATING) -> Case:
    return toy(folder, {"payees": payees, "owners": OWNERS, "operating": operating})


def costs(case: Case, share: float | None = None) -> dict[str, float]:
    space = build_space(case)
    return dict(zip(space.flow.axis.labels.words("arc").tolist(), real_costs(space, share), strict=True))


def test_the_nearest_row_says_what_moving_costs_and_a_share_moves_only_bands(tmp_path: Path) -> None:
    """GATHER a quarter of 1 and LONG of 50; SHORT 2 USD/bbl × 7.5 in 181 days, half of 30 in 184: 15 in both."""
    case = paid(tmp_path)
    assert costs(case) == pytest.approx({"GATHER": 0.25, "SHORT": 15.0, "LONG": 12.5})
    assert costs(case, 0.4) == pytest.approx({"GATHER": 0.4, "SHORT": 15.0, "LONG": 20.0})
    dearer = case.set("arc:SHORT.tariff", "60 USD/t")
    assert costs(dearer)["SHORT"] == pytest.approx((15 * 181 + 30 * 184) / 365)


def test_a_pack_that_does_not_say_takes_the_share_given_or_is_refused(tmp_path: Path) -> None:
    case = toy(tmp_path)
    assert costs(case, 0.1) == pytest.approx({"GATHER": 0.1, "SHORT": 3.0, "LONG": 5.0})
    with pytest.raises(UsageError, match=r"no row says what moving a unit over GATHER, SHORT, LONG really costs.*"
                                         "--operating-share"):
        costs(case)
    assert np.isnan(known_costs(build_space(case))).all()
    with pytest.raises(UsageError, match=r"operating share 25: expected a share of the tariff from 0 to 1"):
        costs(case, 25)


@pytest.mark.parametrize(("old", "new", "words"), [
    ("arc:SHORT,Short Co,KZ,,1,", "arc:SHORT,Short Co,KZ,,1.2,", r"1\.2"),
    (",,2023-06", ",,2023-07", r"the shares of 'arc:SHORT' add up to 1\.5 in 2023-07; expected 1 at most"),
    ("arc:LONG,Long", "arc:LONGER,Long", "'arc:LONGER' is no arc of the pack"),
    ("corridor:LONG", "corridor:SHORT", "'corridor:SHORT' is no target of owners"),
    ("state,,1", "state,0.1,1", r"a share of 0\.1 and a charge; expected one of the two"),
    ("2023-07,\n", "2023-07,2022\n", "2022 is before 2023-07"),
    ("state,,1", "king,,1", "'king'"),
])  # fmt: skip
def test_payees_that_are_not_there_or_do_not_add_up_are_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in PAYEES
    with pytest.raises(DataError, match=words):
        paid(tmp_path, PAYEES.replace(old, new))


@pytest.mark.parametrize(("old", "new", "words"), [
    ("mode:pipeline", "mode:pipe", "'mode:pipe' is no arc and no mode"),
    (",,0.5,", ",,,", "neither a cost nor a share; expected one of the two"),
    ("2,USD/bbl,,", "2,USD/bbl,0.1,", "both a cost and a share"),
    ("0.25,0.1,0.4", "0.25,0.3,0.4", r"the band from 0\.3 to 0\.4 of the share 0\.25; expected low ≤ share ≤ high"),
    ("0.25,0.1,0.4", "0.25,0.1,", "low ≤ share ≤ high"),
    ("2023-07,", "2023-06,", "'arc:SHORT' has 2 rows in 2023-06; expected one at a time"),
    ("oil,mode", "gas,mode", "'gas' in a pack of oil"),
])  # fmt: skip
def test_real_costs_that_make_no_sense_are_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in OPERATING
    with pytest.raises(DataError, match=words):
        paid(tmp_path, operating=OPERATING.replace(old, new))


def test_a_cell_that_cannot_be_read_is_told_once(tmp_path: Path) -> None:
    """What is wrong in payees and operating is told all at once, and no cell twice."""
    with pytest.raises(DataError) as told:
        paid(tmp_path, PAYEES.replace("SHORT,Short Co,KZ,,0.5", "SHORT,Short Co,KZ,,nan"),
             OPERATING.replace("2,USD/bbl,,", "-2,USD/bbl,,").replace("0.25,0.1", "3,0.1"))
    places = [(fault.file, fault.row, fault.column) for fault in told.value.faults]
    assert sorted(places) == [("operating.csv", 2, "share"), ("operating.csv", 3, "cost"), ("payees.csv", 2, "share")]


def test_every_arc_of_the_packs_has_payees_and_a_real_cost() -> None:
    """A proposal without an operator has nobody who is paid."""
    for name, nobody in (("oil-2024", {"TCOP"}), ("gas-2024", {"LINE_D", "TC_WSTREAM", "TC_LINK", "TC_AKTAU",
                                                               "WS_SUPSA", "WS_CONST"})):  # fmt: skip
        tables = er.load(name).network.tables
        told = {target.removeprefix("arc:") for target in tables["payees"]["target"]}
        assert set(tables["arcs"]["id"]) - told == nobody
        modes = {target.removeprefix("mode:") for target in tables["operating"]["target"]}
        assert set(tables["arcs"]["mode"]) <= modes


def test_what_states_take_is_sourced_and_stands_in_one_tariff_only() -> None:
    """Türkiye 0.55 USD/bbl on BTC and 5.95 USD/1000 m3 on the Trans-Anatolian pipeline, once; Georgia 0.173 USD/bbl."""
    oil, gas = (er.load(name).network.tables["payees"] for name in ("oil-2024", "gas-2024"))
    states = {(row["target"], row["country"]): row["charge"] for table in (oil, gas)
              for row in table[table["kind"] == "state"].to_dict("records")}
    assert states == pytest.approx({
        ("arc:BTC", "TR"): 0.55 * 7.4, ("arc:BTC", "GE"): 0.173 * 7.4,
        ("arc:TANAP_WEST", "TR"): 5.95, ("arc:TANAP_FX", "TR"): 5.95,
    }, abs=5e-3)  # fmt: skip
    tariffs = er.load("gas-2024").network.tables["arcs"].set_index("id")["tariff"]
    assert tariffs["TANAP_WEST"] == 102 - 79 + 5.95


def test_published_costs_are_those_of_the_operator() -> None:
    """BTC 33 MUSD for 7 Mt in 2024 and 131 for 27 in 2025; the South Caucasus pipeline 60 for 274 days of 61.7 mcm."""
    oil = costs(er.load("oil-2024"))
    assert oil["BTC"] == pytest.approx(33 / 7, abs=0.05)
    assert costs(er.load("oil-2026"))["BTC"] == pytest.approx(131 / 27, abs=0.05)
    assert oil["CPC_RU"] == pytest.approx(38 / 4)
    assert oil["T_CEY_AUG"] == 10.0
    assert oil["AKT_SNG"] == pytest.approx(16 * 4.0 / 6.2, abs=0.1)
