"""Each figure that a plan rests on, and its source: which row won, what hangs on it, and that every row has one."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from toy import months, toy, write
from typer.testing import CliRunner

import energy_routes as er
from energy_routes.cli.app import app
from energy_routes.network.edit import Edit
from energy_routes.pack.bundled import pack_names, pack_path
from energy_routes.pack.schema.columns import CONFIDENCES
from energy_routes.pack.schema.tables import TABLES
from energy_routes.provenance.behind import WEAKEST
from energy_routes.provenance.figures import DOUBT, sources, weakest

VALUES = """
    table,id,field,period,value,unit,source,year,confidence,note
    arcs,SHORT,tariff,2023,32,USD/t,https://a.example,2023,medium,
    arcs,SHORT,tariff,2023-02,34,USD/t,https://b.example,2023,low,
    arcs,LONG,tariff,2024,99,USD/t,https://c.example,2024,high,
    """
CLOSED = """
    id,from,to,name,capacity,tariff,length_km,status,source,confidence
    GATHER,FIELD,HUB,Gathering,20,1,10,,https://g.example,medium
    SHORT,HUB,EAST,Short way,6,30,1000,,https://s.example,high
    LONG,HUB,WEST,Long way,5,50,3000,proposed,https://l.example,low
    """


@cache
def packs() -> tuple[str, ...]:
    return pack_names()


def of(rows: pd.DataFrame, figure: str) -> pd.Series:
    """The one row of a figure."""
    found = rows[rows["figure"] == figure]
    assert len(found) == 1, (figure, found)
    return found.iloc[0]


UNSOURCED = """
    id,from,to,name,capacity,tariff,length_km,source,confidence,note
    GATHER,FIELD,HUB,Gathering,20,1,10,https://g.example,medium,
    SHORT,HUB,EAST,Short way,6,30,1000,estimate,estimate,half of the sum
    LONG,HUB,WEST,Long way,5,50,3000,,unsourced,asked of two operators
    """


def test_a_figure_without_a_source_is_the_weakest_and_counts_as_an_estimate(tmp_path: Path) -> None:
    """SHORT's tariff (an estimate) is 180 MUSD and LONG's (of nobody) 100, of 5,050 paid and received or so."""
    plan = er.solve(toy(tmp_path, {"arcs": UNSOURCED}))
    rows = sources(plan)
    long = of(rows, "arc:LONG tariff")
    assert (long["confidence"], long["doubt"]) == ("unsourced", pytest.approx(0.4 * 100))
    assert DOUBT["unsourced"] == max(DOUBT.values())
    assert WEAKEST[0] == "unsourced"
    known = er.solve(toy(tmp_path / "known", {"arcs": UNSOURCED.replace(
        ",,unsourced,asked of two operators", ",https://l.example,high,")}))  # fmt: skip
    shares = [er.answer_of(p).certainty.estimated for p in (plan, known)]
    money = rows[rows["field"].isin(["tariff", "price", "cost", "value", "discount"])]["at_stake"].abs().sum()
    assert shares[0] - shares[1] == pytest.approx(100 / money)


def test_a_figure_without_a_source_says_what_was_looked_for(tmp_path: Path) -> None:
    told = r"arcs\.csv row 4, column 'note': a blank cell; expected what was looked for"
    with pytest.raises(er.DataError, match=told):
        toy(tmp_path, {"arcs": UNSOURCED.replace("asked of two operators", "")})


def test_what_hangs_on_a_figure_by_hand(tmp_path: Path) -> None:
    """10 Mt gathered, 2 at home, 6 by SHORT (full), 2 by LONG into tier 1.

    SHORT's tariff is paid on 6 Mt: 180 MUSD. One more tonne of SHORT is worth 470 − 460 = 10 USD, its 6 Mt hold 60.
    One more tonne of oil goes by LONG: 460 − 1 − 9 = 450 USD, times 10. One more tonne due at home: 460 − 100, times 2.
    """
    rows = sources(er.solve(toy(tmp_path)))
    by_hand = {
        "arc:SHORT tariff": 180.0, "arc:LONG tariff": 100.0, "arc:GATHER tariff": 10.0, "arc:SHORT capacity": 60.0,
        "arc:LONG capacity": 0.0, "market:EAST price": 3000.0, "market:WEST price": 1020.0,
        "supply:FIELD_CO cost": 90.0, "supply:FIELD_CO available": 4500.0, "obligation:HOME value": 200.0,
        "obligation:HOME volume": 720.0,
        "tier:WEST/1 depth": 0.0, "tier:WEST/2 discount": 0.0, "commodity:CRUDE bbl_per_t": 4020.0,
    }  # fmt: skip
    found = {figure: of(rows, figure)["at_stake"] for figure in by_hand}
    assert found == pytest.approx(by_hand)
    assert of(rows, "arc:SHORT tariff")[["value", "unit", "period"]].tolist() == [30.0, "USD/t", "2023"]
    assert (rows["doubt"] == rows["at_stake"] * DOUBT["given"])[rows["at_stake"].notna()].all()
    assert weakest(er.solve(toy(tmp_path)), 1)["figure"].tolist() == ["supply:FIELD_CO available"]
    assert weakest(er.solve(toy(tmp_path)), 1, volumes=False)["figure"].tolist() == ["commodity:CRUDE bbl_per_t"]


@pytest.mark.parametrize(
    "target", ["arc:SHORT.tariff", "arc:SHORT.capacity", "market:EAST.price", "supply:FIELD_CO.available",
               "obligation:HOME.volume", "supply:FIELD_CO.cost", "obligation:HOME.value"],
)  # fmt: skip
def test_what_hangs_on_a_figure_is_the_slope_of_the_optimum(target: str, tmp_path: Path) -> None:
    """Envelope theorem: a figure moved by 1e-4 of itself moves the netback by 1e-4 of what is at stake."""
    case = toy(tmp_path)
    name, _, field = target.partition(".")
    plan = er.solve(case)
    moved = er.solve(case.scale(name, field, 1 + 1e-4))
    at_stake = of(sources(plan), f"{name} {field}")["at_stake"]
    assert abs(moved.netback - plan.netback) / 1e-4 == pytest.approx(at_stake, rel=1e-6)


def test_the_row_that_won_is_told_and_equal_periods_are_one_row(tmp_path: Path) -> None:
    rows = sources(months(toy(tmp_path, {"values": VALUES}), 3))
    tariffs = rows[rows["figure"] == "arc:SHORT tariff"].sort_values("period")
    told = tariffs[["period", "value", "confidence", "origin", "source"]].values.tolist()
    assert told == [
        ["2023-01…2023-03", 32.0, "medium", "dated", "https://a.example"],
        ["2023-02", 34.0, "low", "dated", "https://b.example"],
    ]
    long = of(rows, "arc:LONG tariff")
    assert (long["period"], long["value"], long["origin"]) == ("", 50.0, "base")
    assert rows["confidence"].tolist()[0] == "low"  # the weakest first


def test_an_edit_stands_above_with_its_reason(tmp_path: Path) -> None:
    case = toy(tmp_path, {"values": VALUES})
    edits = (
        Edit("arcs", "SHORT", "tariff", "scale", 2.0, reason="dearer", source="https://e.example"),
        Edit("markets", "EAST", "price", "set", 480.0, reason="a quotation"),
    )
    rows = sources(case.on_network(lambda n: n.with_edits(*edits)))
    short, east = of(rows, "arc:SHORT tariff"), of(rows, "market:EAST price")
    mean = (32 * 337 + 34 * 28) / 365  # February has a figure of its own
    assert (short["origin"], short["note"]) == ("edit", "dearer")
    assert short["value"] == pytest.approx(2 * mean, rel=1e-14)
    assert short["source"] == "https://e.example ; https://a.example ; https://b.example"
    assert (east["value"], east["note"], east["source"]) == (480.0, "a quotation", "an edit of the model")


def test_a_plan_that_moves_nothing_has_a_report_without_figures(tmp_path: Path) -> None:
    worthless = "id,node,name,price\nEAST,EAST,East,0\nWEST,WEST,West,0"
    plan = er.solve(toy(tmp_path, {"markets": worthless, "tiers": "", "obligations": ""}))
    assert sources(plan, only_used=True).empty
    assert er.write_report(plan, tmp_path / "report.html").is_file()


def test_what_is_shut_or_idle_is_left_out(tmp_path: Path) -> None:
    case = toy(tmp_path, {"arcs": CLOSED})
    all_rows = sources(case)
    assert not all_rows["figure"].str.contains("LONG|WEST").any()  # proposed, and the market only it reaches
    plan = er.solve(replace(case, network=case.network.scale("supply:FIELD_CO", "available", 0.2)))
    used = set(sources(plan, only_used=True)["figure"])
    assert "arc:GATHER tariff" in used
    assert "arc:SHORT tariff" not in used  # home takes all


@pytest.mark.parametrize("pack", packs())
def test_no_row_of_a_pack_is_without_a_source(pack: str) -> None:
    """Read off the schema: a table to come is looked at without a word here.  An estimate tells how it was made.

    What nobody states is graded so, and tells what was looked for.
    """
    tables = er.read_pack(pack_path(pack)).tables
    for name, table in TABLES.items():
        if "source" not in table.names or name not in tables or tables[name].empty:
            continue
        frame = tables[name]
        bare = frame[(frame["source"].fillna("").str.strip() == "") & (frame["confidence"] != "unsourced")]
        assert bare.empty, (pack, name, bare.head())
        assert frame["confidence"].isin(CONFIDENCES).all(), (pack, name)
        ours = frame["confidence"].isin(["estimate", "unsourced"])
        guesses = frame[frame["source"].isin(["estimate", "computed"]) | ours]
        silent = guesses[guesses["note"].fillna("").str.len() < 9]
        assert silent.empty, (pack, name, silent.head())


@pytest.mark.parametrize("pack", packs())
def test_no_series_of_a_price_agency_is_shipped(pack: str) -> None:
    """Annual means and single quotations are facts to cite; a month after month of Platts, Argus or the EI is not."""
    agencies = "platts|spglobal|argus|energyinst|icis|refinitiv"
    tables = er.read_pack(pack_path(pack)).tables
    values = tables["values"]
    priced = values[values["table"].isin(["markets", "differentials"])]
    monthly = priced[priced["period"].str.len() > 4]
    assert not monthly["source"].str.contains(agencies, case=False).any()
    held = priced["note"].fillna("").str.contains("held")
    yearly = priced[priced["source"].str.contains(agencies, case=False) & ~held]
    assert all(count <= 3 for count in yearly.groupby(["table", "id", "field"]).size())


def run(*arguments: object, code: int = 0) -> str:
    outcome = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert outcome.exit_code == code, outcome.stdout + outcome.stderr
    return outcome.stdout


def test_on_the_command_line(tmp_path: Path) -> None:
    model, csv = write(tmp_path / "toy"), tmp_path / "figures.csv"
    printed = json.loads(run("sources", model, "--json", "--out", csv))
    assert printed["sources"][0].keys() >= {"figure", "value", "unit", "year", "source", "confidence"}
    assert len(pd.read_csv(csv)) == len(printed["sources"])
    assert printed["weakest"][0]["figure"] == "supply:FIELD_CO available"
    run("solve", model, "--out", tmp_path / "result")
    shown = run("sources", tmp_path / "result", "--used")
    assert "arc:SHORT tariff" in shown
    assert "supply:FIELD_CO available (2023): 10.00 Mt/y, given; 4,500 MUSD at stake, 225 in doubt" in shown
    run("sources", model, "--out", tmp_path / "figures.pdf", code=2)


@pytest.mark.parametrize(("year", "stale"), [(2013, True), (2014, False)])
def test_a_price_or_a_charge_of_ten_years_ago_is_stale_where_it_is_printed(
    tmp_path: Path, year: int, stale: bool
) -> None:
    """The toy is of 2023; a capacity does not grow stale."""
    arcs = "\n".join(("id,from,to,name,capacity,tariff,length_km,source,year,confidence,note",
                      "GATHER,FIELD,HUB,Gathering,20,1,10,,,,",
                      f"SHORT,HUB,EAST,Short way,6,200,1000,https://s.example,{year},estimate,held",
                      "LONG,HUB,WEST,Long way,5,50,3000,,,,"))
    path = write(tmp_path, {"arcs": arcs})
    rows = sources(er.solve(er.load(path)))
    assert bool(of(rows, "arc:SHORT tariff")["stale"]) is stale
    assert not any(of(rows, figure)["stale"] for figure in ("arc:SHORT capacity", "arc:LONG tariff"))
    shown = CliRunner().invoke(app, ["sources", str(path)]).output
    assert all(line.strip() for line in shown.partition("The weakest")[2].splitlines())  # some have no source
    assert ("arc:SHORT tariff (2023): 200.00 USD/t, estimate, stale (2013);" in " ".join(shown.split())) is stale
    answer = " ".join(CliRunner().invoke(app, ["solve", str(path)]).output.split())
    assert ("(estimate, stale: of 2013)" in answer) is stale
    why = " ".join(CliRunner().invoke(app, ["explain", str(path), "arc:SHORT"]).output.split())
    assert ("tariff of Short way: 200.00 USD/t (stale: of 2013)" in why) is stale
    assert "tariff of Short way: 200.00 USD/t" in why


def test_the_year_of_an_oil_route_is_that_of_its_tariff() -> None:
    """A tariff made for 2024 is not told stale for the year in which the line was built or planned."""
    rows = sources(er.load("oil-2026"))
    assert set(rows.loc[rows["stale"] & (rows["field"] == "tariff"), "id"]) == {"BAT_RAIL"}  # bounded by a word of 2016
    ours = rows[(rows["table"] == "arcs") & rows["note"].str.contains("Tariff of 2024")]
    assert {"TN_USTL", "TN_BY", "MKH_SHES", "BTC"} <= set(ours["id"])
    assert not (ours["stale"] & (ours["id"] != "BAT_RAIL")).any()
