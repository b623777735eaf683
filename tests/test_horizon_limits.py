"""Joint limits over the whole horizon: a yearly quota that the plan may use when it pays (the toy of toy.py, by month).

January to March 2023 have 31, 28 and 31 of 365 days.  EAST pays 100 more in January; LONG has room for all.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from toy import TABLES as TOY, best, months, toy

import energy_routes as er
from energy_routes.audit.verification import audit
from energy_routes.case.case import Case

TABLES = {
    "arcs": TOY["arcs"].replace("LONG,HUB,WEST,Long way,5", "LONG,HUB,WEST,Long way,20"),
    "values": """
        table,id,field,period,value
        markets,EAST,price,2023-01,600
        """,
    "limits": """
        id,name,high,over
        quota,Quota of the short way,3,horizon
        """,
    "limit_terms": """
        limit,arc
        quota,SHORT
        """,
}
YEAR = 365


def case(folder: Path, **tables: str) -> Case:
    return months(toy(folder, {**TABLES, **tables}))


def test_a_quota_over_the_horizon_is_used_when_it_pays(tmp_path: Path) -> None:
    """Room for 3 · 90/365 Mt in all: January takes what the pipe carries, 6 · 31/365; the rest follows."""
    found = best(case(tmp_path))
    january = 6 * 31 / YEAR
    assert found.total("flow", arc="SHORT", period="2023-01") == pytest.approx(january)
    assert found.total("flow", arc="SHORT") == pytest.approx(3 * 90 / YEAR)
    each = best(case(tmp_path / "each", limits=TABLES["limits"].replace("horizon", "period")))
    assert each.total("flow", arc="SHORT", period="2023-01") == pytest.approx(3 * 31 / YEAR)
    assert found.value > each.value


def test_a_ratio_over_the_horizon_holds_of_the_sums(tmp_path: Path) -> None:
    """SHORT at most half as much as LONG in all three months together, though January has more than that."""
    tables = {
        "limits": """
            id,name,low_ratio,high_ratio,relative_to,over
            short,Short way,,0.5,long,horizon
            long,Long way,,,,
            """,
        "limit_terms": """
            limit,arc
            short,SHORT
            long,LONG
            """,
    }
    found = best(case(tmp_path, **tables))
    short, long = (found.total("flow", arc=arc) for arc in ("SHORT", "LONG"))
    assert short == pytest.approx(0.5 * long)
    january = [found.total("flow", arc=arc, period="2023-01") for arc in ("SHORT", "LONG")]
    assert january[0] > 0.5 * january[1] + 0.1


def test_it_is_priced_once_saved_and_verified(tmp_path: Path) -> None:
    """One more tonne by SHORT instead of LONG in February: 470 − 440 USD."""
    plan = er.solve(case(tmp_path))
    (row,) = plan.prices["joint"].to_dict("records")
    assert (row["period"], row["name"]) == ("horizon", "Quota of the short way")
    assert row["price"] == pytest.approx(30)
    plan.save(tmp_path / "saved")
    report = audit(tmp_path / "saved")
    assert report.differences == ()
    assert dict(report.checks)["joint limits"] == 1
