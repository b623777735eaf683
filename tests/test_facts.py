"""What a modeller of Kazakhstan's crude oil must not get wrong: the facts of ``docs/data.md``, on the pack or a plan.

The bounds are those of the sources, not of our results; where a plan is compared with the past, the tolerance says
how far a plan without fixed flows may be from it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from sourcing import opens

import energy_routes as er
from energy_routes.network.network import Network
from energy_routes.pack.units.periods import Period

PARTITIONS = ("corridor", "transit_set", "terminal", "market")


@cache
def network() -> Network:
    return er.load("oil-2024").network


@cache
def plan(model: str, *scenarios: str) -> er.Plan:
    return er.solve(er.load(model, scenarios=scenarios))


def row(table: str, **key: str) -> pd.Series:
    """The one row of a table of the pack with this key."""
    frame = network().tables[table]
    for column, value in key.items():
        frame = frame[frame[column] == value]
    assert len(frame) == 1, (table, key)
    return frame.iloc[0]


def figure(table: str, name: str, column: str, year: int, month: int | None = None) -> float:
    """One number of the pack as it stands in a year or a month."""
    label = f"{year}-{month:02d}" if month else str(year)
    found = network().resolve(table, column, (Period(label, year, month),))
    return float(found[network().ids(table).index(name), 0])


def flow(solved: er.Plan, arc: str, period: str | None = None) -> float:
    """Volume at an arc's inlet, Mt."""
    frame = solved.flows[solved.flows["arc"] == arc]
    return float((frame if period is None else frame[frame["period"] == period])["volume"].sum())


def group(solved: er.Plan, kind: str, name: str) -> float:
    """A group's volume over the horizon, Mt."""
    frame = solved.groups
    frame = frame[(frame["kind"] == kind) & (frame["group"] == name) & (frame["period"] == "total")]
    return float(frame["volume"].sum())


def exports(solved: er.Plan) -> float:
    return float(solved.deliveries.loc[solved.deliveries["export"].astype(bool), "volume"].sum())


def lanes_of(arc: str) -> set[str]:
    table = network().tables["lanes"]
    return set(table.loc[table["arc"] == arc, "commodity"])


def test_cpc_carries_four_fifths_of_exports_and_nine_tenths_of_its_oil_is_kazakh() -> None:
    solved = plan("oil-2024")
    kazakh = group(solved, "corridor", "CPC")
    assert 0.78 <= kazakh / exports(solved) <= 0.83
    russian = figure("arcs", "CPC_RU", "booked", 2024)
    assert 0.86 <= kazakh / (kazakh + russian) <= 0.92


def test_the_kazakh_section_caps_kazakh_oil_before_the_russian_pipe_does() -> None:
    assert figure("limits", "cpc-kazakh-section", "high", 2024) == 72.5
    room = figure("arcs", "CPC_RU", "capacity", 2024) - figure("arcs", "CPC_RU", "booked", 2024)
    assert room > 72.5
    case = er.load("oil-2024")
    more = er.solve(replace(case, network=case.network.scale("supply:TENGIZ", "available", 2.0)))
    assert flow(more, "CPC_RU") == pytest.approx(72.5, abs=1e-6)
    assert flow(plan("oil-2022"), "CPC_RU") <= 53.7 + 1e-6 < figure("arcs", "CPC_RU", "capacity", 2022)


@pytest.mark.exhaustive
def test_one_mooring_loads_what_december_2025_loaded_and_tanks_hold_days() -> None:
    """3.98 Mt of 83/12 in December 2025, storms included; 3.5 a month was what the terminal said in 2022."""
    tanks = row("storages", id="CPC_TF")
    assert tanks["working_volume"] == 0.8
    assert 4 <= tanks["working_volume"] / 65 * 365 <= 5
    shock = plan("cpc-one-mooring")
    russian = 0.575 * figure("arcs", "CPC_SPM", "booked", 2024)
    for month, days in (("2024-03", 31), ("2024-04", 30)):
        loaded = flow(shock, "CPC_SPM", month) + russian * days / 366
        assert loaded <= 0.575 * 83 * days / 366 + 1e-6
        assert loaded == pytest.approx(3.98, rel=0.03)
    assert shock.supplies["shut_in"].sum() > 0.2
    assert shock.supplies["shut_in"].sum() < plan("cpc-one-mooring", "stopped").supplies["shut_in"].sum()


def test_the_ministry_s_reckoning_of_a_stop_is_met_in_size() -> None:
    """Ministry 2022: a stopped terminal loses 3 Mt a month and re-routes 1.3; the largest diversion yet was 0.561."""
    stopped, calm = plan("cpc-one-mooring", "stopped"), plan("oil-2024-monthly")
    lost = float(stopped.supplies["shut_in"].sum()) / 2
    diverted = (group(calm, "corridor", "CPC") - group(stopped, "corridor", "CPC")) / 2 - lost
    assert 2.5 <= lost <= 4.0
    assert 0.4 <= diverted <= 1.5


def test_the_quotas_between_russia_and_kazakhstan() -> None:
    assert figure("limits", "iga-atyrau-samara", "high", 2024) == 15
    assert figure("limits", "iga-makhachkala", "high", 2024) == 4
    for year in range(2022, 2031):
        assert figure("arcs", "ATA_ALA", "booked", year) <= 10
        assert figure("arcs", "CPC_RU", "booked", year) <= 15
    terms = network().tables["limit_terms"]
    assert set(terms.loc[terms["limit"] == "iga-atyrau-samara", "arc"]) == {"TN_USTL", "TN_SHES", "TN_BY"}


def test_the_line_to_china_is_half_russian_and_its_feeder_mostly_serves_home() -> None:
    free = figure("arcs", "ATA_ALA", "capacity", 2024) - figure("arcs", "ATA_ALA", "booked", 2024)
    assert free == pytest.approx(10, abs=0.1)
    assert figure("limits", "kenkiyak-atyrau", "high", 2024) == 6
    terms = network().tables["limit_terms"]
    assert set(terms.loc[terms["limit"] == "kenkiyak-atyrau", "arc"]) == {"KEN_ATY", "ATY_KEN"}
    for model in ("oil-2022", "oil-2024"):
        assert flow(plan(model), "KEN_KUM") > 2 * flow(plan(model), "ATA_ALA") > 0


def test_btc_has_room_for_far_more_kazakh_oil_than_it_accepts() -> None:
    free = figure("arcs", "BTC", "capacity", 2024) - figure("arcs", "BTC", "booked", 2024)
    assert free >= 20
    assert figure("limits", "btc-quality", "high", 2024) == 2.2
    assert flow(plan("oil-2024"), "BTC") <= 2.2 + 1e-9
    assert lanes_of("BTC") == {"TENGIZ", "KASHAGAN", "BUZACHI"}


def test_a_few_per_cent_avoid_russia_and_makhachkala_is_russian() -> None:
    solved = plan("oil-2024")
    assert 0.03 <= 1 - group(solved, "transit", "RU") / exports(solved) <= 0.06
    assert row("meters", kind="transit", group="RU", arc="MKH_SHES") is not None
    assert row("meters", kind="transit_set", group="RU", arc="MKH_SHES") is not None


@pytest.mark.parametrize("model", ["oil-2022", "oil-2024", "oil-2026"])
def test_nothing_is_counted_twice(model: str) -> None:
    """Each exported tonne crosses one meter of a partition, and tonnes lifted are tonnes sold or used at home."""
    solved = plan(model)
    for kind in PARTITIONS:
        total = solved.groups[(solved.groups["kind"] == kind) & (solved.groups["period"] == "total")]["volume"].sum()
        assert total == pytest.approx(exports(solved), abs=1e-6), kind
    home = float(solved.obligations["volume"].sum())
    assert float(solved.supplies["lifted"].sum()) == pytest.approx(exports(solved) + home, abs=1e-6)


def test_kazakh_oil_by_sea_to_china_is_not_the_pipeline_s() -> None:
    assert row("markets", id="CHINA_COAST")["node"] != row("markets", id="DUSHANZI")["node"]
    assert row("arcs", id="T_CPC_CHN")["to"] == row("markets", id="CHINA_COAST")["node"]


def test_whose_barrels_go_where() -> None:
    assert lanes_of("TN_BY") == {"KARACHAGANAK"}
    assert row("contracts", id="germany")["commodities"] == ("KARACHAGANAK",)
    assert set(row("contracts", id="btc-socar")["commodities"]) == {"TENGIZ", "KASHAGAN"}
    for year in (2022, 2024, 2026):
        equity = 0.08333 * figure("supplies", "KASHAGAN", "available", year)
        assert figure("tiers", "DUSHANZI/1", "depth", year) == pytest.approx(equity, abs=0.006)


def test_druzhba_is_shut_from_may_2026() -> None:
    assert figure("arcs", "TN_BY", "availability", 2026, 4) == 1
    assert all(figure("arcs", "TN_BY", "availability", 2026, month) == 0 for month in range(5, 13))
    assert figure("arcs", "TN_BY", "availability", 2022) == 0
    assert all(figure("arcs", "TN_BY", "availability", year) == 0 for year in range(2027, 2031))
    assert flow(plan("druzhba-closed"), "TN_BY") == 0
    assert flow(plan("druzhba-closed", "open"), "TN_BY") == pytest.approx(2.5)


@pytest.mark.parametrize(("year", "roubles"), [(2023, 455.94), (2024, 629.26), (2025, 698.48)])
def test_belarus_charges_in_russian_roubles(year: int, roubles: float) -> None:
    assert figure("arcs", "GTD", "tariff", year) == pytest.approx(roubles / 92.1, abs=0.01)


def test_tariffs_alone_would_leave_cpc() -> None:
    """From Atyrau to Novorossiysk 28.6 by Samara against 38 by CPC: seeking least cost drains CPC."""
    samara = figure("arcs", "UAS", "tariff", 2024) + figure("arcs", "TN_SHES", "tariff", 2024)
    cpc = figure("arcs", "CPC_RU", "tariff", 2024) + figure("arcs", "CPC_SPM", "tariff", 2024)
    assert samara == pytest.approx(28.6)
    assert cpc == 38
    case = er.load("oil-2024")
    cheapest = er.solve(replace(case, policy=replace(case.policy, objective="cost")))
    assert flow(cheapest, "CPC_RU") < flow(plan("oil-2024"), "CPC_RU") - 2


def test_owners_of_cpc_pay_less_than_the_tariff() -> None:
    lanes = network().tables["lanes"]
    rebate = lanes[lanes["arc"] == "CPC_RU"].set_index("commodity")["rebate"]
    for grade in ("TENGIZ", "KASHAGAN", "KARACHAGANAK"):
        assert rebate[grade] == pytest.approx(1000 / 63.0, abs=0.05)
    assert (rebate.drop(["TENGIZ", "KASHAGAN", "KARACHAGANAK"]) == 0).all()


def test_the_quality_bank_moves_money_between_shippers_and_keeps_almost_none() -> None:
    lanes = network().tables["lanes"]
    bank = lanes[lanes["arc"] == "CPC_RU"].set_index("commodity")["quality"]
    assert bank["TENGIZ"] < 0 < bank["KASHAGAN"] < bank["AKTOBE"] < bank["MANGYSTAU"] < bank["BUZACHI"]
    solved = plan("oil-2024")
    by_grade = solved.flows[solved.flows["arc"] == "CPC_RU"].groupby("commodity")["volume"].sum()
    russian = figure("arcs", "CPC_RU", "booked", 2024) * (7.90 - 7.74) * 80.52  # 7.74 bbl/t closes the blend of 2025
    kept = float(by_grade.mul(bank, fill_value=0.0).sum()) + russian
    carried = float(by_grade.sum()) + figure("arcs", "CPC_RU", "booked", 2024)
    assert abs(kept) / carried < 1.5


@pytest.mark.parametrize(("year", "total"), [(2022, 84.2), (2023, 90.0), (2024, 87.7), (2026, 90.0)])
def test_output_adds_up_to_the_national_figure(year: int, total: float) -> None:
    """OPEC+ quotas, not routes, bound output: what could be lifted is what was produced."""
    output = sum(figure("supplies", name, "available", year) for name in network().ids("supplies"))
    assert output == pytest.approx(total)


@pytest.mark.parametrize(("model", "domestic"), [("oil-2022", 17.905), ("oil-2024", 17.42), ("oil-2026", 18.2)])
def test_output_is_lifted_and_the_refineries_are_served(model: str, domestic: float) -> None:
    solved = plan(model)
    assert solved.supplies["shut_in"].sum() == pytest.approx(0, abs=1e-6)
    refineries = solved.obligations[solved.obligations["obligation"].str.startswith("REF_")]  # with Caspi Bitum
    assert refineries["volume"].sum() == pytest.approx(domestic, abs=0.002)


def test_the_iran_swap_is_history() -> None:
    for arc in ("NEKA_SWAP", "SWAP"):
        assert row("arcs", id=arc)["status"] == "historic"
        assert flow(plan("oil-2026"), arc) == 0


def test_brent_left_its_band_in_2026() -> None:
    per_barrel = 7.90
    for (year, month), price in {(2025, 12): 62.54, (2026, 4): 117.29, (2026, 7): 83.76}.items():
        assert figure("markets", "AUGUSTA", "price", year, month) == pytest.approx(price * per_barrel)


ACTUAL: dict[str, dict[str, tuple[float, float]]] = {
    "oil-2022": {"CPC": (52.2, 0.6), "ATYRAU_SAMARA": (8.0, 0.6), "CHINA_PIPE": (1.29, 0.5)},
    "oil-2024": {"CPC": (55.4, 1.0), "ATYRAU_SAMARA": (8.6, 1.0), "CHINA_PIPE": (1.2, 0.5), "BTC": (1.4, 0.4),
                 "RAIL": (0.05, 0.1)},
}


@pytest.mark.parametrize(("model", "corridor"), [(m, c) for m, past in ACTUAL.items() for c in past])
def test_the_past_comes_out_without_being_put_in(model: str, corridor: str) -> None:
    actual, tolerance = ACTUAL[model][corridor]
    assert group(plan(model), "corridor", corridor) == pytest.approx(actual, abs=tolerance)


@pytest.mark.parametrize(("model", "total"), [("oil-2022", 64.3), ("oil-2024", 68.8)])
def test_national_exports_come_out(model: str, total: float) -> None:
    """What stays home closes the balance of 2022 only; 2024 is the test."""
    assert exports(plan(model)) == pytest.approx(total, abs=0.7)


def test_no_flow_is_fixed() -> None:
    """No arc has a minimum, no supply must be lifted, no contract is a must: the past is not written into the pack."""
    tables = network().tables
    assert (tables["arcs"]["minimum"] == 0).all()
    assert (tables["supplies"]["minimum"] == 0).all()
    assert not set(tables["values"]["field"]) & {"minimum", "low"}
    assert (tables["contracts"]["kind"] == "ship_or_pay").all()


SOURCED = ("nodes", "commodities", "arcs", "lanes", "supplies", "obligations", "markets", "tiers", "differentials",
           "limits", "storages", "contracts", "values")


@pytest.mark.parametrize("name", SOURCED)
def test_every_figure_has_a_source_and_every_estimate_a_method(name: str) -> None:
    table = network().tables[name]
    assert table["source"].fillna("").ne("").all()
    guesses = table[table["confidence"] == "estimate"]
    assert guesses["note"].fillna("").str.len().gt(8).all()


DATA = Path(__file__).parent.parent / "data"


@pytest.mark.parametrize("path", sorted(DATA.rglob("*.csv")), ids=lambda path: path.relative_to(DATA).as_posix())
def test_a_source_is_a_site_or_a_publication_with_its_date(path: Path) -> None:
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    cited = {part for cell in table.get("source", []) for part in cell.split(" ; ")} - {"", "estimate", "computed"}
    assert [part for part in cited if not opens(part)] == []


def test_output_required_by_opec_is_an_option_of_crude_only() -> None:
    """1,468 kb/d in each month of 2024, condensate of Karachaganak's region apart; 1,599 in March 2024."""
    case = er.load("oil-2024-monthly")
    kept = er.solve(case.set("limit:opec-required.in_force", True))
    barrels = network().tables["commodities"].set_index("id")["bbl_per_t"]

    def crude(solved: er.Plan) -> float:
        rows = solved.supplies[solved.supplies["period"] == "2024-03"]
        rows = rows[~rows["supply"].isin(["KARACHAGANAK", "WEST_KAZ_OTHER"])]
        return float((rows["lifted"] * rows["commodity"].map(barrels)).sum()) * 1000 / 31

    assert crude(kept) == pytest.approx(1468, abs=0.1)
    assert crude(plan("oil-2024-monthly")) == pytest.approx(1599, rel=0.02)
    assert set(plan("oil-2024-monthly").prices["joint"]["limit"]) & {"opec-required"} == set()


def test_output_is_that_of_fields_and_says_where_it_is_what_a_line_took() -> None:
    """Karachaganak is the field (11.14 in 2025), the rest of its region a row of its own; 2023 says which it is."""
    months = er.load("oil-2024-monthly").network.tables["values"]
    output = months[(months["table"] == "supplies") & (months["field"] == "available")].set_index(["id", "period"])
    before, last = (output.loc[("KARACHAGANAK", label), "value"] for label in ("2025", "2025-12"))
    assert before * 334 / 365 + last == pytest.approx(11.14, abs=0.005)
    assert output.loc[("WEST_KAZ_OTHER", "2025"), "value"] == pytest.approx(12.3 - 11.14)
    assert row("supplies", id="KARACHAGANAK")["available"] + row("supplies", id="WEST_KAZ_OTHER")["available"] == 12.3
    assert "Receipts" in output.loc[("KASHAGAN", "2023"), "note"]
    assert "Output" in output.loc[("TENGIZ", "2023"), "note"]
