"""Who is paid: by hand on the toy, tied to the ledger and the netback on every model, found again by verify."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from toy import toy
from typer.testing import CliRunner

import energy_routes as er
from energy_routes.audit.verification import audit
from energy_routes.case import Case
from energy_routes.cli.app import app
from energy_routes.indicators import LEDGER
from energy_routes.maps.page.content import content
from energy_routes.report.sections.payments import payments as report_section
from energy_routes.report.subject import subject_of

TABLES = {
    "payees": """
        target,payee,country,kind,share,charge,owners,from_period,to_period
        arc:SHORT,Short Co,KZ,,0.5,,,,2023-06
        arc:SHORT,Short Co,KZ,,1,,,2023-07,
        arc:LONG,State,TR,state,,4,,,
        arc:LONG,Long Co,,,0.75,,corridor:LONG,,
        arc:LONG,Other Co,RU,,,,,,
        """,
    "owners": """
        target,holder,country,share,from_period,to_period
        corridor:LONG,Major,US,0.6,,
        corridor:LONG,Fund,AZ,0.4,,
        supply:FIELD_CO,Major,US,0.3,,
        supply:FIELD_CO,Home,KZ,0.7,,
        """,
    "operating": """
        family,target,cost,share,low,high
        oil,mode:pipeline,,0.25,0.1,0.4
        oil,arc:LONG,2,,,
        """,
}  # fmt: skip


def paid(folder: Path, model: str = "", **tables: str) -> Case:
    return toy(folder, {**TABLES, **tables}, model=model)


def by(table: pd.DataFrame, *keys: str) -> dict[Any, dict[Any, float]]:
    rows = table.groupby(list(keys) if len(keys) > 1 else keys[0])
    return rows[["receipts", "real_cost", "margin"]].sum().to_dict("index")


def test_who_is_paid_by_hand(tmp_path: Path) -> None:
    """GATHER carries 10 at 1, SHORT 6 at 30 and LONG 2 at 50, of which the state takes 4 before shares.

    Short Co has half of 180 in 181 days of 365 and all of it in 184.  Of LONG 8 go to the state, 0.75 of 92 to Long Co.
    Moving costs 0.25 × 10, 0.25 × 180 and 2 × 2; who has a share bears its part.
    """
    table = er.solve(paid(tmp_path)).payments
    own = by(table, "payee")
    short = (0.5 * 181 + 184) / 365
    assert own["Short Co"] == pytest.approx(
        {"receipts": 180 * short, "real_cost": 45 * short, "margin": 135 * short})  # fmt: skip
    assert own["State"] == pytest.approx({"receipts": 8.0, "real_cost": 0.0, "margin": 8.0})
    assert own["Long Co"] == pytest.approx({"receipts": 69.0, "real_cost": 3.0, "margin": 66.0})
    rest = {"receipts": 10 + 180 * (1 - short) + 23, "real_cost": 2.5 + 45 * (1 - short) + 1}
    assert own["payee not sourced"] == pytest.approx({**rest, "margin": rest["receipts"] - rest["real_cost"]})
    assert "Other Co" not in own  # its part is not published
    partners = by(table[table["payee"] == "Long Co"], "holder", "holder_country")
    assert partners["Major", "US"]["receipts"] == pytest.approx(0.6 * 69)
    assert partners["Fund", "AZ"]["margin"] == pytest.approx(0.4 * 66)
    assert set(table["unit"]) == {"MUSD"}
    band = table[table["kind"] != "shipper"][["cost_low", "cost_high"]].sum().tolist()
    assert band == pytest.approx([0.1 * 190 + 4, 0.4 * 190 + 4])  # only what is an estimate has a band


def test_what_nobody_holds_for_a_part_of_the_year_is_the_payees_own(tmp_path: Path) -> None:
    """Of the 69 that Long Co is paid partners have theirs from July on, 184 days of 365."""
    owners = TABLES["owners"].replace("US,0.6,,", "US,0.6,2023-07,").replace("AZ,0.4,,", "AZ,0.4,2023-07,")
    table = er.solve(paid(tmp_path, owners=owners)).payments
    partners = by(table[table["payee"] == "Long Co"], "holder")
    assert {holder: own["receipts"] for holder, own in partners.items()} == pytest.approx({
        "Major": 0.6 * 69 * 184 / 365, "Fund": 0.4 * 69 * 184 / 365, "Long Co": 69 * 181 / 365})  # fmt: skip


def test_shippers_keep_the_netback_and_all_margins_are_sales_less_real_costs(tmp_path: Path) -> None:
    """Lifting costs 90; a partner in the venture and in the line is paid by both."""
    plan = er.solve(paid(tmp_path))
    table = plan.payments
    field = table[table["payee"] == "Field Co"]
    assert field[["real_cost", "margin"]].sum().tolist() == pytest.approx([90.0, plan.netback])
    assert by(field, "holder")["Home"]["margin"] == pytest.approx(0.7 * plan.netback)
    major = table[table["holder"] == "Major"]
    assert major["margin"].sum() == pytest.approx(0.3 * plan.netback + 0.6 * 66)
    ledger = plan.ledger.groupby("term")["value"].sum()
    sales = ledger["sales"] + ledger["home_sales"]
    assert table["margin"].sum() == pytest.approx(sales - 90 - (2.5 + 45 + 4))


def test_a_levy_takes_no_more_than_the_tariff(tmp_path: Path) -> None:
    case = paid(tmp_path).set("arc:LONG.tariff", "3 USD/t")
    plan = er.solve(case)
    moved = plan.flows.set_index("arc")["volume"]["LONG"]
    own = by(plan.payments, "payee")
    assert own["State"]["receipts"] == pytest.approx(3 * moved)
    assert own["Long Co"]["receipts"] == 0.0
    assert own["Long Co"]["margin"] == pytest.approx(-2 * moved * 0.75)


def test_months_count_with_the_shares_that_hold_in_them(tmp_path: Path) -> None:
    plan = er.solve(paid(tmp_path, model='periods = "month"'))
    flows = plan.flows[plan.flows["arc"] == "SHORT"].set_index("period")["volume"]
    first = flows[flows.index < "2023-07"].sum()
    assert by(plan.payments, "payee")["Short Co"]["receipts"] == pytest.approx(30 * (0.5 * first + flows.sum() - first))


def test_deficiencies_and_rebates_are_the_lines_and_not_the_states(tmp_path: Path) -> None:
    """3 of 5 Mt a year are not shipped on LONG and cost 10 each; a rebate of 1 comes back on the 2 that are."""
    plan = er.solve(paid(
        tmp_path,
        contracts="id,kind,arc,volume,charge\nDUE,ship_or_pay,LONG,5,10",
        lanes="arc,commodity,rebate\nLONG,CRUDE,1",
    ))  # fmt: skip
    ledger = plan.ledger.groupby("term")["value"].sum()
    own = by(plan.payments, "payee", "term")
    assert ledger["deficiency"] < 0
    assert own["Long Co", "deficiency"]["receipts"] == pytest.approx(-0.75 * ledger["deficiency"])
    assert own["payee not sourced", "rebates"]["receipts"] == pytest.approx(-0.25 * ledger["rebates"])
    assert ("State", "deficiency") not in own


def tied(plan: er.Plan) -> None:
    """Receipts of each term are those of the ledger, and margins of shippers the netback, of each family."""
    table = plan.payments
    received = table.groupby(["term", "family"])["receipts"].sum()
    sign = -1.0 if plan.objective.name == "cost" else 1.0
    for term, family, value in plan.ledger[["term", "family", "value"]].itertuples(index=False):
        if LEDGER[term].payees:
            assert received.get((term, family), 0.0) == pytest.approx(-sign * value, abs=1e-6), (term, family)
    assert table.loc[table["kind"] == "shipper", "margin"].sum() == pytest.approx(plan.netback)
    assert (table["margin"] == table["receipts"] - table["real_cost"]).all()


@pytest.mark.parametrize(("model", "levers"), [
    ("oil-2024", ()), ("gas-2024", ()), ("energy-2024", ()), ("btc", ()), ("oil-2026", ()),
    ("second-line-to-china", ("policy.objective=cost",)),
])  # fmt: skip
def test_payments_tie_to_the_ledger_of_bundled_models(model: str, levers: tuple[str, ...]) -> None:
    case = er.load(model)
    for path, value in (lever.split("=") for lever in levers):
        case = case.set(path, value)
    plan = er.solve(case)
    tied(plan)
    way = plan.payments[plan.payments["kind"] != "shipper"]
    assert way["real_cost"].notna().all()
    lost = way.loc[way["kind"] == "not sourced", "receipts"].sum() / way["receipts"].sum()
    assert lost < 0.05


def test_what_builds_save_is_not_received(tmp_path: Path) -> None:
    """A widened line pays its operating tariff on what is added; an arc that an option opens costs what it charges."""
    case = paid(
        tmp_path,
        model='[policy.build]\noptions = "all"\nrate = 0\n',
        options="id,name,capacity,capex,lifetime\nWIDER,Wider,10,10,100\nNEW,New,3,10,100",
        option_effects="option,target,capacity,tariff\nWIDER,arc:LONG,,20\nNEW,arc:THIRD,,5",
        arcs="""
            id,from,to,name,capacity,tariff,length_km,status
            GATHER,FIELD,HUB,Gathering,20,1,10,
            SHORT,HUB,EAST,Short way,2,30,1000,
            LONG,HUB,WEST,Long way,1,50,3000,
            THIRD,HUB,WEST,Third way,3,9,100,proposed
            """,
        meters="kind,group,arc\ncorridor,SHORT,SHORT\ncorridor,LONG,LONG\ncorridor,LONG,THIRD\ntransit,RU,SHORT",
        operating=TABLES["operating"],
    )
    plan = er.solve(case)
    tied(plan)
    assert plan.ledger.set_index("term")["value"]["relief"] > 0
    assert dict(er.verify(plan.save(tmp_path / "result")).checks)["payments"] > 20
    third = plan.flows.set_index("arc")["volume"]["THIRD"]
    moved = plan.flows.set_index("arc")["volume"]
    assert third > 0
    whole = plan.payments[plan.payments["kind"] != "shipper"]["real_cost"].sum()
    assert whole == pytest.approx(0.25 * moved["GATHER"] + 0.25 * 30 * moved["SHORT"] + 2 * moved["LONG"] + 5 * third)


def test_the_screen_the_report_the_map_and_json_say_who_is_paid(tmp_path: Path) -> None:
    """State 8 of 262 MUSD on the way; what has no source is printed as a share."""
    case = paid(tmp_path / "toy")
    plan = er.solve(case)
    model = str(tmp_path / "toy" / "model.toml")
    run = CliRunner().invoke(app, ["solve", model, "--show", "payments"])
    assert run.exit_code == 0, run.output
    lost = by(plan.payments, "payee")["payee not sourced"]["receipts"] / 290
    assert f"payee not sourced: {100 * lost:.1f} % of what is paid on the way" in run.output
    assert re.search(r"State \(TR\) +8\.0 +0\.0 +8\.0 +– +2\.8", run.output)
    assert re.search(r"TR, budget +8\.0", run.output)
    assert "Taxes are not taken off" in run.output
    assert re.search(r"Major +[\d,]+\.\d", run.output)
    full = CliRunner().invoke(app, ["solve", model, "--full"])
    assert "Who is paid on the way" in full.output
    told = json.loads(CliRunner().invoke(app, ["solve", model, "--json"]).output)["payments"]
    state = next(row for row in told if row["payee"] == "State")
    assert (state["country"], state["kind"], state["commodity"], state["unit"]) == ("TR", "state", "oil", "MUSD")
    assert [state[key] for key in ("receipts", "margin", "share")] == pytest.approx([8.0, 8.0, 8 / 290])
    subject = subject_of(plan, None, None, None, "en")
    section = report_section(subject)
    assert section is not None
    assert f"who gets {subject.words.percent(lost, 1)}" in section.sentences[0]
    assert [table.rows[0][0] for table in section.tables] == ["Short Co (Kazakhstan)", "Kazakhstan, companies", "Home"]
    page = content(plan)
    assert page["plans"][0]["payments"][0][:2] == ["Short Co", "Kazakhstan"]
    assert {arc["id"]: arc.get("paid") for arc in page["arcs"]}["LONG"] == "State; Long Co; Other Co"


def test_bookings_that_are_not_used_are_paid_to_the_line(tmp_path: Path) -> None:
    """Capacity of LONG is booked ahead against an outage of SHORT, and not used while nothing fails."""
    futures = [{"name": "shut", "probability": 0.5, "outages": ["arc:SHORT"], "remaining": 0.0}]
    case = paid(tmp_path / "toy").set("market:WEST.price", "450 USD/t")  # booked and sunk, LONG still earns less
    case = case.set("policy.cvar", {"alpha": 0.9, "lambda": 0.5, "scenarios": futures})
    plan = er.solve(case.set("policy.bookings", {"arcs": ["LONG"], "premium": 400, "spot": 0.5}))
    tied(plan)
    spent = -plan.ledger.groupby("term")["value"].sum()["bookings"]
    assert spent > 1
    own = by(plan.payments, "payee", "term")
    assert own["Long Co", "bookings"]["receipts"] == pytest.approx(0.75 * spent)
    assert dict(er.verify(plan.save(tmp_path / "result")).checks)["payments"] > 20


def test_a_pack_that_does_not_say_who_is_paid_says_so(tmp_path: Path) -> None:
    plan = er.solve(toy(tmp_path))
    tied_terms = plan.payments[plan.payments["kind"] != "shipper"]
    assert set(tied_terms["kind"]) == {"not sourced"}
    assert tied_terms["receipts"].sum() == pytest.approx(-plan.ledger.set_index("term")["value"]["tariffs"])
    assert tied_terms["real_cost"].isna().all()
    assert tied_terms["margin"].isna().all()
    section = report_section(subject_of(plan, None, None, None, "en"))
    assert section is not None
    assert section.tables[0].rows == [("payee not sourced", "290.0", "–", "–", "–", "100.0\xa0%")]
    run = CliRunner().invoke(app, ["solve", str(tmp_path / "model.toml"), "--show", "payments"])
    assert re.search(r"payee not sourced +290\.0 +– +– +– +100\.0", run.output)
    assert "the pack does not say what moving really" in run.output
    assert "By country" not in run.output


def test_verify_finds_payments_again(tmp_path: Path) -> None:
    case = paid(
        tmp_path / "toy",
        model='periods = "month"',
        contracts="id,kind,arc,volume,charge\nDUE,ship_or_pay,LONG,5,10",
        lanes="arc,commodity,rebate\nLONG,CRUDE,1",
    )
    kept = er.solve(case).save(tmp_path / "result")
    assert dict(er.verify(kept).checks)["payments"] >= 30
    pd.testing.assert_frame_equal(er.Plan.load(kept).payments, er.Plan.load(kept).tables()["payments"])
    table = pd.read_parquet(kept / "payments.parquet")
    for column in ("receipts", "real_cost", "cost_low", "margin"):
        folder = tmp_path / column
        shutil.copytree(kept, folder)
        for row in (0, len(table) - 1):
            changed = table.copy()
            changed[column] += (changed.index == row) * (0.01 * changed[column].abs() + 0.001)
            changed.to_parquet(folder / "payments.parquet", index=False)
            told = [text for text in audit(folder).differences if text.startswith("payments:")]
            assert told, (column, row)
            assert row or any(column in text for text in told)
    for row in range(len(table)):
        if table["payee"][row] != "shippers together":
            table.drop(index=row).to_parquet(kept / "payments.parquet", index=False)
            assert any(text.startswith("payments:") for text in audit(kept).differences), table.loc[row]


def test_a_result_of_an_earlier_version_says_that_nobody_is_told(tmp_path: Path) -> None:
    kept = er.solve(paid(tmp_path / "toy")).save(tmp_path / "result")
    summary = json.loads((kept / "summary.json").read_text("utf-8"))
    for suffix in ("parquet", "csv"):
        (kept / f"payments.{suffix}").unlink()
    report = audit(kept)
    assert any(told.startswith("payments: Short Co") for told in report.differences)  # taken away from a new one
    del summary["payments"]
    (kept / "summary.json").write_text(json.dumps(summary), "utf-8")
    report = audit(kept)
    assert not [told for told in report.differences if told.startswith("payments:")]
    assert "payments" in dict(report.unchecked)
    old = er.Plan.load(kept)
    assert old.payments.empty
    assert report_section(subject_of(old, None, None, None, "en")) is None
    assert content(old)["plans"][0]["payments"] == []


def test_a_compiled_case_pays_as_one_that_is_built_anew(tmp_path: Path) -> None:
    case, change = paid(tmp_path), {"arc:LONG.tariff": "60 USD/t", "arc:SHORT.capacity": "3 Mt/y"}
    pd.testing.assert_frame_equal(er.compile(case).solve(change).payments, er.solve(case.set_all(change)).payments)
