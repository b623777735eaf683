"""Prices that packs share: which figures they become, in which scenario, and every kind of slip."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_deck import price
from toy import TABLES, months, write
from typer.testing import CliRunner

import energy_routes as er
from energy_routes.case.case import Case
from energy_routes.cli.app import app
from energy_routes.errors import DataError, UsageError
from energy_routes.network.network import Network
from energy_routes.pack import pack_path, periods_of, read_pack, write_pack

SCENARIOS = """
id,name,as_of,note
central,Central,2023-08,
low,Low,2023-01-15,a glut
"""
PRICES = """
series,scenario,period,value,unit,source,year,confidence,note
BRENT,,2022,70,USD/bbl,an agency,2022,high,
BRENT,,2023-01,80,USD/bbl,an agency,2023,high,
BRENT,central,2023,76,USD/bbl,estimate,2023,estimate,as before
BRENT,low,2023,60,USD/bbl,a bank,2023,medium,
BRENT,low,2023-02,56,USD/bbl,a bank,2023,medium,
"""
SERIES = "table,id,field,series\nmarkets,EAST,price,BRENT\n"
UNPRICED = TABLES["markets"].replace("EAST,EAST,East,500", "EAST,EAST,East,")


def shared(folder: Path, prices: str = PRICES, series: str = SERIES, model: str = "") -> Path:
    """The toy in a folder of its own, reading EAST's price from ``prices`` beside it; the model's path."""
    path = write(folder / "toy", {"markets": UNPRICED, "series": series}, model)
    meta = folder / "toy" / "pack.toml"
    meta.write_text(meta.read_text("utf-8") + 'prices = "../prices"\n', "utf-8")
    (folder / "prices").mkdir()
    (folder / "prices" / "prices.csv").write_text(prices.lstrip(), "utf-8")
    (folder / "prices" / "scenarios.csv").write_text(SCENARIOS.lstrip(), "utf-8")
    return path


def east(case: Case) -> list[float]:
    return [round(value / 7.5, 6) for value in price(case, "markets", "EAST", "price")]


def test_what_happened_is_in_every_scenario_and_the_first_is_read_unless_another_is_named(tmp_path: Path) -> None:
    case = months(er.load(shared(tmp_path)))
    assert (case.prices, east(case)) == ("central", [80, 76, 76])
    low = case.with_prices("low")
    assert (low.prices, east(low)) == ("low", [80, 56, 60])
    assert east(case.set("prices", "low")) == east(low)
    assert east(low.set_all({"prices": "central", "arc:SHORT.tariff": 31})) == east(case)


def test_a_model_names_its_scenario_and_so_does_a_scenario_of_it(tmp_path: Path) -> None:
    model = '\nprices = "low"\n[scenario.as-stated]\nprices = "central"\n'
    case = er.load(shared(tmp_path, model=model))
    assert (case.prices, case.scenario("as-stated").prices) == ("low", "central")
    assert er.load(tmp_path / "toy" / "model.toml", ["as-stated"]).prices == "central"


def test_edits_routes_and_outages_stay_when_the_prices_change(tmp_path: Path) -> None:
    case = er.load(shared(tmp_path)).scale("market:EAST", "price", 2.0).without("LONG")
    low = case.with_prices("low")
    assert low.edits == case.edits
    assert price(low, "markets", "EAST", "price")[0] < price(case, "markets", "EAST", "price")[0]


def test_each_figure_keeps_the_source_and_the_grade_of_its_own_row(tmp_path: Path) -> None:
    rows = er.sources(er.load(shared(tmp_path)).with_prices("low"))
    told = rows[rows["figure"] == "market:EAST price"]
    assert told[["source", "confidence"]].to_numpy().tolist() == [["an agency ; a bank", "medium"]]


def test_a_pack_that_is_written_anew_has_the_figures_and_follows_no_series(tmp_path: Path) -> None:
    shared(tmp_path)
    low = read_pack(tmp_path / "toy", "low")
    again = read_pack(write_pack(low, tmp_path / "again"))
    assert again == low != read_pack(tmp_path / "toy")
    assert (low.prices, again.prices) == ("low", "")


def test_a_changed_price_is_read_though_the_pack_itself_is_the_same(tmp_path: Path) -> None:
    path = shared(tmp_path)
    assert east(er.load(path)) == [pytest.approx(76.339726)]
    (tmp_path / "prices" / "prices.csv").write_text(PRICES.lstrip().replace("2023-01,80", "2023-01,92"), "utf-8")
    assert east(er.load(path)) == [pytest.approx(77.358904)]


@pytest.mark.parametrize(("old", "new", "told"), [
    ("BRENT,low,2023-02,56", "BRENT,lower,2023-02,56", "prices.csv row 6, column 'scenario': 'lower'"),
    ("BRENT,low,2023-02,56", "BRENT,low,2023-02,dear", "prices.csv row 6, column 'value': 'dear'"),
    ("BRENT,low,2023-02,56", "BRENT,low,2023-01,56", "prices.csv row 6, column 'period': BRENT in 2023-01 again"),
    ("BRENT,,2022,70,USD/bbl", "BRENT,,2022,70,USD/Mbbl", "prices.csv row 2, column 'unit'"),
    ("BRENT,,2022,70,USD/bbl", "BRENT,,2022,7000,USD/bbl", "prices.csv row 2, column 'value': 7000 USD/bbl"),
])  # fmt: skip
def test_a_slip_is_told_in_the_file_and_row_where_it_stands(tmp_path: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(DataError) as caught:
        er.load(shared(tmp_path, PRICES.replace(old, new)))
    assert told in str(caught.value)


def test_check_looks_at_every_scenario(tmp_path: Path) -> None:
    path = shared(tmp_path, PRICES.replace("BRENT,low,2023-02,56", "BRENT,low,2023-02,5600"))
    assert er.load(path).prices == "central"
    for target in (path, path.parent):
        shown = CliRunner().invoke(app, ["check", str(target)])
        assert shown.exit_code == 3
        assert "prices.csv row 6" in shown.output


def test_what_is_not_there_is_refused_with_what_is(tmp_path: Path) -> None:
    path = shared(tmp_path / "a", model='\nprices = "lwo"\n')
    with pytest.raises(DataError, match=r"no scenario of prices is called 'lwo'; expected central, low\. .*low"):
        er.load(path)
    with pytest.raises(DataError, match=r"series\.csv row 2, column 'series': 'BRENTT'; expected BRENT"):
        er.load(shared(tmp_path / "b", series=SERIES.replace("BRENT", "BRENTT")))
    (tmp_path / "c").mkdir()
    with pytest.raises(UsageError, match="its packs share no prices"):
        er.load(write(tmp_path / "c")).with_prices("low")
    with pytest.raises(DataError, match="share none"):
        er.load(write(tmp_path / "d", model='\nprices = "low"\n'))
    path = shared(tmp_path / "e")
    (tmp_path / "e" / "prices").rename(tmp_path / "e" / "elsewhere")
    with pytest.raises(DataError, match=r"there is no folder '\.\./prices'"):
        er.load(path)


@pytest.mark.exhaustive
def test_oil_and_gas_read_one_world() -> None:
    """Each scenario prices every market of both packs to 2030, and what has happened is the same in all."""
    paths = [pack_path(f"kazakhstan-{family}") for family in ("oil", "gas")]
    worlds = {name: Network(tuple(read_pack(path, name) for path in paths)) for name in ("low", "central", "high")}
    for year in range(2022, 2031):
        low, central, high = (prices_of(network, year) for network in worlds.values())
        assert (low == high) is (year < 2026)
        assert all(0 < a <= b <= c for a, b, c in zip(low, central, high, strict=True))


def prices_of(network: Network, year: int) -> list[float]:
    """Every price of a market, and every cost of what is bought abroad, in a year."""
    at = periods_of([year], "year")
    bought = (network.tables["supplies"]["kind"] == "bought").to_numpy()
    return [*network.resolve("markets", "price", at)[:, 0], *network.resolve("supplies", "cost", at)[bought, 0]]
