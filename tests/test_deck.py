"""Price decks: whose figure wins, in which money, and every kind of slip."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from toy import months, toy, write
from typer.testing import CliRunner

import energy_routes as er
from energy_routes.case.case import Case
from energy_routes.cli.app import app
from energy_routes.pack.units.units import to_inner


def deck(*rows: str) -> pd.DataFrame:
    """A deck of rows 'target,period,value,unit'."""
    return pd.DataFrame([row.split(",") for row in rows], columns=["target", "period", "value", "unit"])


def price(case: Case, table: str, name: str, field: str) -> list[float]:
    network = case.network
    return network.resolve(table, field, case.periods)[network.ids(table).index(name)].tolist()


def test_a_month_beats_a_season_a_year_and_always_whatever_the_order_of_rows(tmp_path: Path) -> None:
    case = months(toy(tmp_path)).with_deck(deck(
        "market:EAST.price,2023-02,640,USD/t", "market:EAST.price,2023,620,USD/t", "market:EAST.price,*-03,630,USD/t",
        "market:EAST.price,,610,USD/t", "market:EAST.price,2031-01,900,USD/t"))  # fmt: skip
    assert price(case, "markets", "EAST", "price") == [620, 640, 630]


def test_a_pattern_prices_every_market_and_barrels_are_those_of_the_grade(tmp_path: Path) -> None:
    case = toy(tmp_path).with_deck(deck("market:*.price,,80,USD/bbl"))
    assert price(case, "markets", "EAST", "price") == price(case, "markets", "WEST", "price") == [600.0]  # 80 · 7.5


def test_money_of_others_is_exchanged_at_the_rate_of_each_period(tmp_path: Path) -> None:
    case = months(toy(tmp_path), 2).with_deck(deck(
        "arc:SHORT.tariff,,9000,KZT/t", "fx:KZT,,450,KZT/USD", "fx:KZT,2023-02,500,KZT/USD",
        "arc:LONG.tariff,2023-01,40,EUR/t", "fx:EUR,2023,1.1,USD/EUR"))  # fmt: skip
    assert price(case, "arcs", "SHORT", "tariff") == [20.0, 18.0]  # 9000/450, 9000/500
    assert price(case, "arcs", "LONG", "tariff") == pytest.approx([44.0, 50.0])  # 40 · 1.1, then the pack's own


def test_a_deck_lies_under_the_edits_of_the_model(tmp_path: Path) -> None:
    case = toy(tmp_path).scale("arc:SHORT", "tariff", 0.5).with_deck(deck("arc:SHORT.tariff,,100,USD/t"))
    assert price(case, "arcs", "SHORT", "tariff") == [50.0]


def test_a_deck_moves_the_plan_and_is_told_with_its_source(tmp_path: Path) -> None:
    quotes = deck("arc:SHORT.tariff,,200,USD/t").assign(source="own desk", note="broker, 3 May")
    plan = er.solve(toy(tmp_path).with_deck(quotes))
    # SHORT now nets 500 − 1 − 200 − 9 = 290 and still pays; LONG (cap 5) fills first, 3 Mt are left for SHORT.
    assert plan.groups.query("group == 'SHORT' and period == 'total'")["volume"].tolist() == pytest.approx([3.0])
    (edit,) = plan.case.edits
    assert (edit.source, edit.reason) == ("own desk", "price deck price deck: broker, 3 May")


def test_the_answer_says_what_a_deck_changes(tmp_path: Path) -> None:
    model = write(tmp_path / "toy")
    deck("arc:SHORT.tariff,,200,USD/t").to_csv(tmp_path / "mine.csv", index=False)
    said = CliRunner().invoke(app, ["solve", str(model), "--deck", str(tmp_path / "mine.csv")]).stdout
    told = " ".join(said.split())
    lost = er.solve(er.load(model)).netback - er.solve(er.load(model).with_deck(tmp_path / "mine.csv")).netback
    assert f"Against model: netback −{lost:,.0f} MUSD" in told


def test_a_deck_of_a_model_file_is_found_beside_it(tmp_path: Path) -> None:
    write(tmp_path / "toy")
    case_file = tmp_path / "question.toml"
    case_file.write_text('title = "Toy"\ndata = "toy"\nyear = 2023\ndeck = "mine.csv"\n', "utf-8")
    (tmp_path / "mine.csv").write_text("target,period,value,unit\n# a remark\nmarket:WEST.price,,555,USD/t\n")
    assert price(er.load(case_file), "markets", "WEST", "price") == [555.0]


def test_gas_is_quoted_in_megawatt_hours() -> None:
    # 1000 m3 at 39.32 MJ/m3 are 39,320 MJ = 10.9222 MWh; 30 a MWh are 327.67 a thousand cubic metres.
    assert to_inner(30.0, "USD/MWh", "unit_value", mj_per_m3=39.32) == pytest.approx(327.6667, abs=1e-3)


def test_every_slip_of_a_deck_comes_at_once_with_its_row(tmp_path: Path) -> None:
    slips = deck(
        "market:EASTT.price,,1,USD/t", "market:EAST.prise,,1,USD/t", "arc:SHORT.capacity,,1,Mt/y",
        "market:EAST.price,May,1,USD/t", "market:EAST.price,,dear,USD/t", "arc:LONG.tariff,,1,KZT/t",
        "arc:LONG.tariff,,1,USD/furlong", "bridge:X.toll,,1,USD/t",
        ",,1,USD/t", "market:EAST.price,,,USD/t")  # fmt: skip
    with pytest.raises(er.DataError) as error:
        toy(tmp_path).with_deck(slips)
    told = {fault.row: str(fault) for fault in error.value.faults}
    assert sorted(fault.row for fault in error.value.faults) == [*range(2, 12)]  # each once
    assert "Did you mean 'EAST'" in told[2] or "EAST" in told[2]
    assert "price" in told[3]
    assert "unit value" in told[4]
    assert "2026-03" in told[5]
    assert "'dear'" in told[6]
    assert "fx:KZT" in told[7]
    assert "furlong" in told[8]


def test_a_deck_of_other_years_or_without_its_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(er.DataError, match="no row of this horizon"):
        toy(tmp_path / "a").with_deck(deck("market:EAST.price,2031,1,USD/t"))
    with pytest.raises(er.DataError, match="the column is missing"):
        toy(tmp_path / "b").with_deck(pd.DataFrame({"target": ["market:EAST.price"], "prize": [1]}))
    with pytest.raises(er.DataError, match="No such file"):
        toy(tmp_path / "c").with_deck(tmp_path / "none.csv")


def test_a_workbook_reads_like_a_csv(tmp_path: Path) -> None:
    rows = deck("market:EAST.price,2023,612.5,USD/t", "arc:SHORT.tariff,,25,USD/t")
    rows.to_csv(tmp_path / "deck.csv", index=False)
    rows.assign(value=[612.5, np.float64(25)]).to_excel(tmp_path / "deck.xlsx", index=False)
    case = toy(tmp_path / "toy")
    read = [case.with_deck(tmp_path / f"deck.{kind}").edits for kind in ("csv", "xlsx")]
    assert [(e.id, e.value) for e in read[0]] == [(e.id, e.value) for e in read[1]]
