"""Who owns ventures, lines and terminals; and what of a plan is whose."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
from toy import toy

import energy_routes as er
from energy_routes.audit.verification import audit
from energy_routes.case import Case
from energy_routes.errors import DataError

HEAD = "target,holder,country,share,from_period,to_period"
ROWS = """
supply:FIELD_CO,State,KZ,0.6,,
supply:FIELD_CO,Major,US,0.4,,2023-06
supply:FIELD_CO,Other,CN,0.4,2023-07,
corridor:LONG,State,KZ,1,2020,
"""


def owned(folder: Path, rows: str = ROWS, model: str = "") -> Case:
    return toy(folder, {"owners": f"{HEAD}\n{rows.strip()}"}, model=model)


def test_partners_have_their_part_of_what_is_lifted_sold_and_earned(tmp_path: Path) -> None:
    """10 Mt are lifted, 8 sold abroad, and LONG carries 2. Major holds 0.4 in 181 of 365 days, Other in 184."""
    plan = er.solve(owned(tmp_path))
    table = plan.owners.set_index(["target", "holder"])
    venture = table.loc["supply:FIELD_CO"]
    shares = {"State": 0.6, "Major": 0.4 * 181 / 365, "Other": 0.4 * 184 / 365}
    assert venture["share"].to_dict() == pytest.approx(shares)
    assert venture["volume"].tolist() == pytest.approx((10 * venture["share"]).tolist())
    assert venture["exported"].tolist() == pytest.approx((8 * venture["share"]).tolist())
    assert venture["netback"].sum() == pytest.approx(plan.netback)
    line = table.loc[("corridor:LONG", "State")]
    assert line[["volume", "exported"]].tolist() == pytest.approx([2.0, 2.0])
    assert pd.isna(line["netback"])
    assert set(table["unit"]) == {"Mt"}


def test_a_month_counts_with_the_shares_that_hold_in_it(tmp_path: Path) -> None:
    plan = er.solve(owned(tmp_path, model='periods = "month"'))
    lifted = plan.supplies.set_index("period")["lifted"]
    own = plan.owners.set_index(["target", "holder"])["volume"]
    first = [f"2023-{month:02d}" for month in range(1, 7)]
    assert own["supply:FIELD_CO", "Major"] == pytest.approx(0.4 * lifted[first].sum())
    assert own["supply:FIELD_CO"].sum() == pytest.approx(lifted.sum())


@pytest.mark.parametrize(("rows", "words"), [
    ("supply:FIELD_CO,State,KZ,0.6,,", "the shares of 'supply:FIELD_CO' add up to 0.6 at first"),
    (ROWS.replace("2023-06", "2023-05"), "add up to 0.6 in 2023-06"),
    (ROWS.replace("2023-06", "2023-08"), "add up to 1.4 in 2023-07"),
    (ROWS.replace("corridor:LONG", "corridor:LONGER"), "'corridor:LONGER' is no supply and no group of the pack"),
    (ROWS.replace("2020,", "2020,2019"), "2019 is before 2020"),
    (ROWS.replace("LONG,State,KZ,1", "LONG,State,KZ,1.2"), "1.2"),
])  # fmt: skip
def test_shares_that_do_not_add_up_and_what_is_not_there_are_refused(tmp_path: Path, rows: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        owned(tmp_path, rows)


def test_verify_finds_owners_again(tmp_path: Path) -> None:
    """Of what carries nothing in the year, as SHORT does here, a holder has the mean over its days."""
    idle = "transit:RU,State,KZ,1,,2023-01\ntransit:RU,Other,CN,1,2023-02,"
    case = owned(tmp_path / "toy", ROWS + idle, 'periods = "month"').set("arc:SHORT.capacity", 0)
    kept = er.solve(case).save(tmp_path / "result")
    assert dict(er.verify(kept).checks)["owners"] >= 26
    table = er.Plan.load(kept).owners
    assert len(table) == 6
    assert table.loc[table["target"] == "transit:RU", "share"].tolist() == pytest.approx([31 / 365, 334 / 365])
    columns = ("share", "volume", "exported", "netback")
    wrong = shutil.copytree(kept, tmp_path / "wrong")
    table = pd.read_parquet(wrong / "owners.parquet")
    table[[*columns]] *= 1.01
    table.to_parquet(wrong / "owners.parquet", index=False)
    told = audit(wrong).differences
    for column in columns:
        assert any(one.startswith(f"owners: supply:FIELD_CO oil State {column}") for one in told), column
    table = pd.read_parquet(kept / "owners.parquet")
    table.iloc[1:].to_parquet(kept / "owners.parquet", index=False)
    assert "owners: supply:FIELD_CO State: is missing" in audit(kept).differences


def test_without_owners_there_is_no_table(tmp_path: Path) -> None:
    plan = er.solve(toy(tmp_path))
    assert plan.owners.empty
    assert "owners" not in plan.tables()


def test_the_partners_of_the_packs_are_those_of_the_ventures_and_lines() -> None:
    """Chevron holds half of Tengiz and 18 % of Karachaganak; KazMunayGas 20, 16.877 and 10 % of the three."""
    oil = er.load("oil-2024").network.tables["owners"].set_index(["target", "holder"])["share"]
    assert oil["supply:TENGIZ", "Chevron"] == 0.5
    assert oil["supply:KARACHAGANAK", "Chevron"] == 0.18
    assert oil["supply:KASHAGAN", "KazMunayGas (KMG Kashagan)"] == 0.16877
    assert oil["operator:CPC", "Russia (Transneft)"] == 0.24
    gas = er.load("gas-2024").network.tables["owners"]
    assert {"operator:AGP", "operator:TANAP_AS"} <= set(gas["target"])
