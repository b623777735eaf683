"""Planning the rest of a year: tanks, commitments and caps carry on from what has happened."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from toy import months, toy

import energy_routes as er
from energy_routes.case.case import Case
from energy_routes.pack.units.periods import periods_of

TANK = {"storages": """
    id,node,commodities,working_volume,opening,volume_unit,closing
    TANK,HUB,CRUDE,0.5,0.2,Mt,opening
    """}
SOP = {"contracts": """
    id,kind,arc,volume,charge
    LONG_SOP,ship_or_pay,LONG,3.65,70
    """}


def rows(*lines: str) -> pd.DataFrame:
    """Actuals of rows 'what,id,commodity,period,volume,unit'."""
    columns = ["what", "id", "commodity", "period", "volume", "unit"]
    return pd.DataFrame([line.split(",") for line in lines], columns=columns)


def year(case: Case) -> Case:
    return replace(case, periods=periods_of([2023], "month"))


def test_a_plan_taken_up_where_it_stands_goes_on_as_it_was(tmp_path: Path) -> None:
    """The rest of an optimal plan is optimal for the rest: tanks, contract and prices that move with the months."""
    moving = pd.DataFrame({"target": ["market:EAST.price"] * 3, "period": ["2023-02", "2023-06", "2023-11"],
                           "value": [380, 560, 340], "unit": ["USD/t"] * 3})  # fmt: skip
    case = year(toy(tmp_path, {**TANK, **SOP})).with_deck(moving)
    whole = er.solve(case)
    gone = [p.label for p in case.periods[:5]]
    rest = er.solve(er.replan(case, "2023-06", whole.actuals(gone)))
    later = whole.flows[~whole.flows["period"].isin(gone)].groupby(["arc", "period"])["volume"].sum()
    assert rest.flows.groupby(["arc", "period"])["volume"].sum().to_dict() == pytest.approx(later.to_dict(), abs=1e-7)
    assert rest.stocks["closing"].iloc[-1] == pytest.approx(whole.stocks["closing"].iloc[-1], abs=1e-7)


def test_what_a_contract_is_short_of_is_borne_by_the_rest_of_the_year(tmp_path: Path) -> None:
    """3.65 Mt a year are 0.01 a day: January owed 0.31 and shipped 0.11, so February and March owe 0.59 + 0.2."""
    case = months(toy(tmp_path, SOP))
    told = er.replan(case, "2023-02", rows("arc,LONG,CRUDE,2023-01,110,kt"))
    (edit,) = told.edits
    assert (edit.target, edit.field, edit.op) == ("contract:LONG_SOP", "volume", "scale")
    assert edit.value == pytest.approx((0.59 + 0.20) / 0.59)
    ahead = er.replan(case, "2023-02", rows("arc,LONG,CRUDE,2023-01,2000,kt")).edits[0]
    assert ahead.value == 0.0  # more than all three months owe is never owed back


def test_a_row_that_stands_twice_is_not_counted_twice(tmp_path: Path) -> None:
    case, row = months(toy(tmp_path, SOP)), "arc,LONG,CRUDE,2023-01,110,kt"
    with pytest.raises(er.DataError, match=r"row 4, column 'id': arc LONG of 2023-01 again, after row 2.*add them up"):
        er.replan(case, "2023-02", rows(row, "arc,SHORT,CRUDE,2023-01,10,kt", row))


def test_months_gone_by_without_a_row_are_named(tmp_path: Path) -> None:
    """The rest bears all that the contract asks of them, so a table that begins too late must not pass in silence."""
    case = year(toy(tmp_path, {**TANK, **SOP}))
    late = ["arc,LONG,CRUDE,2023-03,110,kt", "storage,TANK,,2023-02,0.2,Mt", "storage,TANK,,2023-03,0.2,Mt"]
    (note,) = [w for w in er.solve(er.replan(case, "2023-04", rows(*late))).warnings if w["code"] == "no_actuals"]
    assert note["message"].startswith("no row of 2023-01, 2023-02: nothing counts as moved then")
    whole = [*late, "arc,LONG,CRUDE,2023-01,0,kt", "market,EAST,CRUDE,2023-02,10,kt"]
    plan = er.solve(er.replan(case, "2023-04", rows(*whole)))
    assert not any(w["code"] == "no_actuals" for w in (*plan.warnings, *er.solve(case).warnings))


def test_a_share_of_the_year_counts_the_months_gone_by(tmp_path: Path) -> None:
    """0.60 of January's 0.60 crossed Russia; at most half of the quarter may."""
    case = months(toy(tmp_path, max_share={"transit:RU": 0.5}, exports="free"))
    case = er.replan(case, "2023-02", rows("arc,SHORT,CRUDE,2023-01,0.6,Mt", "arc,LONG,CRUDE,2023-01,0,Mt"))
    plan = er.solve(case)
    sizes = plan.groups[plan.groups["period"] == "total"].set_index(["kind", "group"])["volume"]
    short, both = sizes["corridor", "SHORT"], sizes["corridor", "SHORT"] + sizes["corridor", "LONG"]
    assert (0.6 + short) / (0.6 + both) == pytest.approx(0.5)
    folder = plan.save(tmp_path / "saved")
    assert er.verify(folder).passed
    again = er.Plan.load(folder).case.past
    assert again is not None
    assert again.exposure == {("corridor", "SHORT", "oil"): 0.6, ("transit", "RU", "oil"): 0.6,
                              ("corridor", "LONG", "oil"): 0.0}  # fmt: skip


def test_a_volume_of_the_year_counts_the_months_gone_by(tmp_path: Path) -> None:
    """2 Mt a year are 2·90/365 a quarter; 0.4 are gone, so the rest may carry 2·90/365 − 0.4."""
    case = months(toy(tmp_path, max_exposure={"transit:RU": 2.0}, exports="free"))
    plan = er.solve(er.replan(case, "2023-02", rows("arc,SHORT,CRUDE,2023-01,0.4,Mt")))
    sizes = plan.groups[plan.groups["period"] == "total"].set_index(["kind", "group"])["volume"]
    assert sizes["transit", "RU"] == pytest.approx(2 * 90 / 365 - 0.4)


def test_a_cyclic_store_ends_as_the_year_began(tmp_path: Path) -> None:
    cyclic = {"storages": "\n    id,node,commodities,working_volume,opening,volume_unit,closing\n"
                          "    TANK,HUB,CRUDE,0.5,0.2,Mt,cyclic\n    "}  # fmt: skip
    case = months(toy(tmp_path, cyclic))
    actuals = rows("storage,TANK,CRUDE,2022-12,0.35,Mt", "storage,TANK,CRUDE,2023-01,50,kt")
    plan = er.solve(er.replan(case, "2023-02", actuals))
    stocks = plan.stocks.set_index("period")
    assert stocks["opening"]["2023-02"] == pytest.approx(0.05)
    assert stocks["closing"]["2023-03"] == pytest.approx(0.35)
    assert er.verify(plan.save(tmp_path / "saved")).passed


def test_every_slip_of_the_actuals_comes_at_once(tmp_path: Path) -> None:
    case = months(toy(tmp_path, TANK))
    slips = rows("ark,SHORT,CRUDE,2023-01,1,Mt", "arc,SHORTT,CRUDE,2023-01,1,Mt", "arc,SHORT,,2023-01,1,Mt",
                 "arc,SHORT,CRUDE,2023-02,1,Mt", "arc,SHORT,CRUDE,2023-01,much,Mt", "arc,SHORT,CRUDE,2023-01,1,bcm?",
                 "arc,SHORT,CRUDE,2023-01,-1,Mt")  # fmt: skip
    with pytest.raises(er.DataError) as error:
        er.replan(case, "2023-02", slips)
    assert [(f.row, f.column) for f in error.value.faults] == [
        (2, "what"), (3, "id"), (4, "commodity"), (5, "period"), (6, "volume"), (7, "unit"), (8, "volume")]  # fmt: skip


def test_what_cannot_be_replanned_is_refused(tmp_path: Path) -> None:
    case = months(toy(tmp_path, TANK))
    with pytest.raises(er.DataError, match=r"no closing stock of 2023-01.*Add storage,TANK"):
        er.replan(case, "2023-02", rows("arc,SHORT,CRUDE,2023-01,0.4,Mt"))
    with pytest.raises(er.UsageError, match="not a later period"):
        er.replan(case, "2023-01", rows())
    with pytest.raises(er.UsageError, match="it has one period"):
        er.replan(toy(tmp_path / "year"), "2023-02", rows())
    capped = months(toy(tmp_path / "b", max_share={"transit:RU": 0.5}))
    with pytest.raises(er.DataError, match="nothing of what it has carried"):
        er.replan(capped, "2023-02", rows("arc,LONG,CRUDE,2023-01,0.4,Mt"))
    with pytest.raises(er.UsageError, match="HHI"):
        er.replan(months(toy(tmp_path / "c", max_hhi={"corridor": 0.9})), "2023-02", rows())
