"""The state's side of a plan: brackets by hand, who is exempt, what is not sourced, and what the packs say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from toy import toy
from typer.testing import CliRunner

import energy_routes as er
from energy_routes.case import Case
from energy_routes.cli.app import app
from energy_routes.errors import DataError
from energy_routes.report.sections.payments import taxes as section_of
from energy_routes.report.subject import subject_of

SUPPLIES = """
    id,node,commodity,shipper,available,cost
    FIELD_CO,FIELD,CRUDE,Field Co,9,9
    OLD_CO,FIELD,CRUDE,Old Co,1,9
    """
FISCAL = """
family,tax,of,scale,above,up_to,rate,charge,market,exempt,from_period,to_period
oil,rent_tax,export,price,0,60,0,,EAST,OLD_CO,,
oil,rent_tax,export,price,60,70,0.10,,EAST,OLD_CO,,
oil,rent_tax,export,price,70,,0.20,,EAST,OLD_CO,,
oil,extraction_tax,output,output,0,5000,0.05,,EAST,,,2023-06
oil,extraction_tax,output,output,5000,,0.08,,EAST,,,2023-06
oil,extraction_tax,output,,,,0.10,,EAST,,2023-07,
oil,export_duty,export,price,0,66,,20,EAST,,,
oil,export_duty,export,price,66,,,,EAST,,,
"""


def taxed(folder: Path, fiscal: str = FISCAL, model: str = "") -> Case:
    return toy(folder, {"supplies": SUPPLIES, "fiscal": fiscal}, model=model)


def told(plan: er.Plan) -> dict[Any, Any]:
    """Rows by tax and supply."""
    return er.taxes(plan).set_index(["tax", "supply"]).to_dict("index")


def test_each_tax_by_hand(tmp_path: Path) -> None:
    """EAST pays 500 USD/t: 66.67 USD/bbl at 7.5.  8 of 10 Mt are sold abroad; all of Field Co's value pays one rate.

    Output of 9 Mt: 8 % at the most and 5 % at the least in the 181 days to June, 10 % of a value of 500 each in 184.
    """
    plan = er.solve(taxed(tmp_path))
    table = told(plan)
    abroad = plan.schedule[plan.schedule["export"].astype(bool)].groupby("supply")["volume"].sum()
    rent = table["rent_tax", "FIELD_CO"]
    assert rent["price"] == pytest.approx(500 / 7.5)
    assert rent["value"] == pytest.approx(abroad["FIELD_CO"] * 500)
    assert [rent["low"], rent["high"]] == pytest.approx([0.10 * rent["value"]] * 2)
    assert [table["rent_tax", "OLD_CO"][key] for key in ("low", "high", "status")] == [0.0, 0.0, "exempt"]
    output = table["extraction_tax", "FIELD_CO"]
    assert output["volume"] == pytest.approx(9)
    assert output["low"] == pytest.approx(4500 * (0.05 * 181 + 0.10 * 184) / 365)
    assert output["high"] == pytest.approx(4500 * (0.08 * 181 + 0.10 * 184) / 365)
    for supply in ("FIELD_CO", "OLD_CO"):
        duty = table["export_duty", supply]
        assert duty["status"] == "not sourced"
        assert np.isnan([duty["low"], duty["high"]]).all()


def test_the_bracket_begins_at_its_start_and_a_charge_is_a_unit(tmp_path: Path) -> None:
    """At 495 USD/t a barrel is 66.00 and has no sourced duty; at 494.9 it pays 20 USD/t."""
    for price, due in ((495.0, np.nan), (494.9, 20 * 8)):
        plan = er.solve(taxed(tmp_path).set("market:EAST.price", f"{price} USD/t"))
        duty = er.taxes(plan).query("tax == 'export_duty'")["high"].sum(skipna=False)
        assert duty == pytest.approx(due, nan_ok=True)


def test_months_are_added_up_to_their_year_and_a_rule_that_ended_leaves_no_row(tmp_path: Path) -> None:
    year, months = er.taxes(er.solve(taxed(tmp_path / "year"))), er.taxes(
        er.solve(taxed(tmp_path / "month", model='periods = "month"')))  # fmt: skip
    keys = ["tax", "of", "year", "supply"]
    assert months.set_index(keys)["high"].to_dict() == pytest.approx(
        year.set_index(keys)["high"].to_dict(), nan_ok=True, rel=1e-6)  # fmt: skip
    ended = er.taxes(er.solve(taxed(tmp_path / "ended", FISCAL.replace("EAST,OLD_CO,,", "EAST,OLD_CO,,2022"))))
    assert set(ended["tax"]) == {"extraction_tax", "export_duty"}


def test_without_the_table_or_the_price_nothing_is_made_up(tmp_path: Path) -> None:
    assert er.taxes(er.solve(toy(tmp_path / "none"))).empty
    blank = er.taxes(er.solve(taxed(tmp_path / "blank", FISCAL.replace("EAST,OLD_CO", ",OLD_CO"))))
    rent = blank[(blank["tax"] == "rent_tax") & (blank["supply"] == "FIELD_CO")]
    assert rent["status"].tolist() == ["no price"]
    assert rent["high"].isna().all()


@pytest.mark.parametrize(("old", "new", "words"), [
    ("price,60,70", "price,60,50", "50, not above 60"),
    ("price,70,,", ",70,,", "a bracket of nothing; expected price or output"),
    (",,20,EAST", ",0.2,20,EAST", r"a rate of 0\.2 and a charge"),
    ("EAST,OLD_CO", "EAST,OLDER", "'OLDER' is not in supplies.csv"),
    ("EAST,OLD_CO", "NORTH,OLD_CO", "'NORTH' is not in markets.csv"),
    ("price,60,70", "price,50,70", "of the rent_tax on export rows 2 and 3 both hold at 50 at first"),
    ("2023-07,", "2023-06,", "of the extraction_tax on output rows 5 and 7 both hold at 0 in 2023-06"),
    ("price,66,", "output,66,", "of the export_duty on export brackets of output and price at first"),
    (",2023-07,", ",2023-07,2022", "2022 is before 2023-07"),
])  # fmt: skip
def test_brackets_that_make_no_sense_are_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in FISCAL
    with pytest.raises(DataError, match=words):
        taxed(tmp_path, FISCAL.replace(old, new, 1))


def test_the_screen_and_the_report_tell_what_is_found_exempt_and_open(tmp_path: Path) -> None:
    case = taxed(tmp_path)
    plan = er.solve(case)
    run = CliRunner().invoke(app, ["solve", str(tmp_path / "model.toml"), "--show", "taxes"])
    assert run.exit_code == 0, run.output
    rent = er.taxes(plan).query("tax == 'rent_tax'")
    assert re.search(rf"rent tax on export +{rent['high'].sum():,.1f} ", run.output)
    assert re.search(r"export duty +– +– +– +8\.000 +Mt", run.output)
    section = section_of(subject_of(plan, None, None, None, "en"))
    assert section is not None
    by_tax = {row[0]: row for row in section.tables[0].rows}
    assert [name.partition(" ")[0] for name in by_tax] == ["Rent", "Extraction", "Export"]  # as in the table
    assert by_tax["Export duty"][1:4] == ("–", "–", "–")
    assert by_tax["Rent tax on export"][1] == f"{rent['high'].sum():,.1f}"
    assert section_of(subject_of(er.solve(toy(tmp_path / "none")), None, None, None, "en")) is None


def test_the_brackets_of_the_packs() -> None:
    """Rent tax 17 % at 80-90 USD/bbl; the ventures are exempt; no rate of the duty and of 2026 was found."""
    plan = er.solve(er.load("oil-2024"))
    table = told(plan)
    rent = {supply: row for (tax, supply), row in table.items() if tax == "rent_tax"}
    assert {supply for supply, row in rent.items() if row["status"] == "exempt"} == {
        "TENGIZ", "KASHAGAN", "KARACHAGANAK"}  # fmt: skip
    paid = [row for row in rent.values() if not row["status"]]
    assert all(80 < row["price"] < 90 for row in paid)
    assert [row["high"] / row["value"] for row in paid] == pytest.approx([0.17] * 6)
    assert {row["status"] for (tax, _), row in table.items() if tax == "export_duty"} == {"exempt", "not sourced"}
    mangystau = table["extraction_tax", "MANGYSTAU"]
    assert [mangystau[end] / mangystau["value"] for end in ("low", "high")] == pytest.approx([0.05, 0.18])
    later = er.taxes(er.solve(er.load("oil-2026")))
    assert set(later.loc[later["tax"] != "export_duty", "status"]) == {"not sourced"}
    assert set(er.taxes(er.solve(er.load("gas-2024")))["status"]) == {"no price"}
