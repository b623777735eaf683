"""What a modeller of Kazakhstan's gas must not get wrong: the ten facts of ``docs/data-gas.md``, on the pack or a plan.

The bounds are those of the sources, not of our results; where a plan is compared with the past, the tolerance says
how far a plan without fixed flows may be from it.
"""

from __future__ import annotations

from functools import cache

import pandas as pd
import pytest

import energy_routes as er
from energy_routes.case.case import Case
from energy_routes.network.network import Network
from energy_routes.pack.units.periods import Period

PARTITIONS = ("corridor", "transit_set", "terminal", "market")
FUEL_KM = 0.0025 / 100  # the losses of the pack: 0.25 % per 100 km
WEST = ("TC_AKTAU", "BEY_AKU", "SCPFX", "TANAP_FX", "TAP_FX")
WINTER = ("2024-01", "2024-02", "2024-12")
SUMMER = ("2024-06", "2024-07", "2024-09")


@cache
def network() -> Network:
    return er.load("gas-2024").network


@cache
def plan(model: str) -> er.Plan:
    return er.solve(er.load(model))


def figure(table: str, name: str, column: str, year: int, month: int | None = None) -> float:
    """One number of the pack as it stands in a year or a month."""
    label = f"{year}-{month:02d}" if month else str(year)
    found = network().resolve(table, column, (Period(label, year, month),))
    return float(found[network().ids(table).index(name), 0])


def flow(solved: er.Plan, arc: str, commodity: str = "") -> float:
    """Volume at an arc's inlet, bcm."""
    frame = solved.flows[solved.flows["arc"] == arc]
    return float((frame[frame["commodity"] == commodity] if commodity else frame)["volume"].sum())


def group(solved: er.Plan, kind: str, name: str) -> float:
    """A group's volume over the horizon, bcm."""
    frame = solved.groups
    frame = frame[(frame["kind"] == kind) & (frame["group"] == name) & (frame["period"] == "total")]
    return float(frame["volume"].sum())


def sold(solved: er.Plan, market: str, periods: tuple[str, ...] = ()) -> float:
    frame = solved.deliveries[solved.deliveries["market"] == market]
    return float((frame[frame["period"].isin(periods)] if periods else frame)["volume"].sum())


def lane(arc: str, commodity: str, column: str = "yield") -> float:
    """One number of a lane."""
    table = network().tables["lanes"]
    (found,) = table.loc[(table["arc"] == arc) & (table["commodity"] == commodity), column]
    return float(found)


def lifted(solved: er.Plan, *supplies: str) -> float:
    frame = solved.supplies[solved.supplies["supply"].isin(supplies)]
    return float(frame["lifted"].sum())


def carriers(commodity: str) -> set[str]:
    """Arcs that a commodity may enter."""
    table = network().tables["lanes"]
    return set(table.loc[table["commodity"] == commodity, "arc"])


def opened(case: Case, *arcs: str) -> Case:
    for arc in arcs:
        case = case.set(f"arc:{arc}.status", "operating")
    return case


# 1 ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("year", "gross", "commercial"), [
    (2022, 53.3, 27.8), (2023, 59.063, 29.8), (2024, 59.0, 28.7), (2025, 68.2, 31.3)])
def test_commercial_gas_is_half_of_gross(year: int, gross: float, commercial: float) -> None:
    """Only what can be sold is on the pipes."""
    own = [name for name in network().ids("supplies") if not name.startswith(("RUSSIA", "TURKMEN", "UZBEK"))]
    output = {name: figure("supplies", name, "available", year) for name in own}
    processed = lane("KCK_ORB", "RAW_KCK") * output.pop("KARACHAGANAK_GAS")
    assert sum(output.values()) + processed == pytest.approx(commercial, abs=0.02)
    assert sum(output.values()) + 8.0 < 0.545 * gross  # the most is 2022, before Orenburg shrinks it: 28.8 of 53.3


# 2 ------------------------------------------------------------------------------------------------
def test_raw_karachaganak_gas_goes_to_orenburg_shrinks_and_is_swapped_or_sold() -> None:
    assert carriers("RAW_KCK") == {"KCK_ORB", "KCK_GPP"}
    assert figure("arcs", "KCK_ORB", "capacity", 2024) == 10
    assert 0.85 <= lane("KCK_ORB", "RAW_KCK") <= 0.90
    solved = plan("gas-2024")
    raw = flow(solved, "KCK_ORB")
    assert 7 < raw <= 8
    processed = raw * lane("KCK_ORB", "RAW_KCK")
    assert flow(solved, "SWAP_GIVE") + flow(solved, "ORB_SALE") == pytest.approx(processed, abs=1e-6)
    assert flow(solved, "SWAP_GIVE") == pytest.approx(3.8, abs=1e-6)  # all that came from Russia in 2024
    later = plan("gas-2026")
    share = flow(later, "SWAP_GIVE") / (flow(later, "SWAP_GIVE") + flow(later, "ORB_SALE"))
    assert share == pytest.approx(4.5 / 7, rel=1e-3)  # 4.5 of 7 bcm (2013)
    returned = sum(flow(solved, arc, "SWAP_GAS") for arc in ("SWAP_URL", "SWAP_KS14", "SWAP_KRT"))
    assert returned == pytest.approx(flow(solved, "SWAP_GIVE"), abs=1e-6)


@pytest.mark.parametrize(("model", "share"), [("gas-2024", 3.8 / 6.979), ("gas-2024-monthly", 3.8 / 6.979),
                                              ("gas-2026", 0.643)])
def test_the_swap_is_an_equality_in_every_period(model: str, share: float) -> None:
    flows = plan(model).flows.pivot_table(index="period", columns="arc", values="outlet", aggfunc="sum")
    assert flows["SWAP_GIVE"].to_numpy() == pytest.approx(share * flows["KCK_ORB"].to_numpy(), rel=1e-4)


@pytest.mark.parametrize(("model", "whole"), [("gas-2024", 3.8), ("gas-2024-monthly", 3.8), ("gas-2026", 4.5)])
def test_no_more_comes_from_russia_than_did(model: str, whole: float) -> None:
    """Swap returned and gas bought, by all ways together: however cheap it is, it frees no more own gas."""
    cheap = er.solve(er.load(model).set("supply:RUSSIA_ORENBURG.cost", 20.0))
    for solved in (plan(model), cheap):
        assert flow(solved, "SWAP_GIVE") + lifted(solved, "RUSSIA_ORENBURG", "RUSSIA_ALGAI") <= whole + 1e-6


def test_bought_russian_gas_stays_in_the_regions_that_gazprom_supplies() -> None:
    """West Kazakhstan, Kostanay and Aktobe: no lane takes it on to the south, from where own gas goes to China."""
    lanes = network().tables["lanes"]
    arcs = network().tables["arcs"].set_index("id")
    steps = [(arcs["from"][arc], arcs["to"][arc]) for arc in lanes.loc[lanes["commodity"] == "IMPORT", "arc"]
             if arcs["status"][arc] == "operating"]  # fmt: skip
    reached = {"H_SWP"}
    while new := {to for start, to in steps if start in reached} - reached:
        reached |= new
    assert {node for node in reached if node.startswith("D_")} == {"D_URL", "D_KOS", "D_AKB"}
    assert figure("supplies", "RUSSIA_ALGAI", "available", 2024) == 0


def test_swap_and_bought_gas_serve_home_and_are_never_exported() -> None:
    exports = network().tables["markets"]
    ends = set(exports.loc[exports["export"].astype(bool), "node"])
    arcs = network().tables["arcs"].set_index("id")["to"]
    for commodity in ("SWAP_GAS", "IMPORT", "TRANSIT"):
        assert not {arcs[arc] for arc in carriers(commodity)} & ends, commodity


# 3 ------------------------------------------------------------------------------------------------
def test_without_orenburg_karachaganak_gas_has_nowhere_to_go_and_home_is_still_served() -> None:
    stopped = er.solve(er.load("gas-2024").outage("KCK_ORB"))
    assert lifted(stopped, "KARACHAGANAK_GAS") == 0
    assert stopped.shut_in["gas"] == pytest.approx(8.0)  # what is not bought is not shut in
    assert 2.9 < lifted(stopped, "RUSSIA_ORENBURG") <= 3.8 + 1e-6  # Kostanay and West Kazakhstan hang on it
    assert stopped.obligations["short"].sum() == pytest.approx(0, abs=1e-9)
    assert stopped.netback < plan("gas-2024").netback


# 4 ------------------------------------------------------------------------------------------------
def test_the_balance_of_2024_closes() -> None:
    """28.7 made + swap back − 21.2 home = exports + gas given to Gazprom + fuel; it is no export capacity of 11.3."""
    solved = plan("gas-2024")
    processed = flow(solved, "SWAP_GIVE") + flow(solved, "ORB_SALE")
    left = 28.7 + flow(solved, "SWAP_GIVE") - 21.2
    assert left == pytest.approx(28.7 + 3.8 - 21.2, abs=1e-6)
    fuel = left - processed - sold(solved, "CHINA")
    assert 0.01 * 28.7 < fuel < 0.05 * 28.7


# 5 ------------------------------------------------------------------------------------------------
def test_home_comes_first_whatever_it_costs() -> None:
    obligations = network().tables["obligations"]
    assert obligations["penalty"].isna().all()
    assert obligations["volume"].sum() == pytest.approx(21.2)
    assert all(set(served) == {"GAS", "SWAP_GAS", "IMPORT"} for served in obligations["commodities"])
    poor = er.solve(er.load("gas-2024").scale("supply:TENGIZ_GAS", "available", 0.4))
    assert poor.obligations["short"].sum() == pytest.approx(0, abs=1e-9)
    assert sold(poor, "CHINA") == pytest.approx(0, abs=1e-9)
    assert lifted(poor, "RUSSIA_ORENBURG", "RUSSIA_ALGAI", "TURKMENISTAN") > 0
    assert lifted(plan("gas-2024"), "RUSSIA_ORENBURG", "RUSSIA_ALGAI", "TURKMENISTAN") == pytest.approx(0, abs=1e-9)


# 6 ------------------------------------------------------------------------------------------------
def test_exports_fall_in_winter_and_stores_fill_in_summer() -> None:
    """Exports were nought in December 2022 and January 2023, because home demand came first."""
    solved = plan("gas-2024-monthly")
    assert sold(solved, "CHINA", WINTER) < 0.1 * sold(solved, "CHINA", SUMMER)
    assert sold(solved, "CHINA") == pytest.approx(sold(plan("gas-2024"), "CHINA"), rel=0.03)
    stock = solved.stocks.groupby("period")["closing"].sum()
    assert stock[["2024-03", "2024-04"]].min() < 0.1 < stock["2024-10"]
    for _, store in solved.stocks.groupby("storage"):
        assert store["injected"].sum() == pytest.approx(store["withdrawn"].sum(), abs=1e-9)


def test_a_winter_month_asks_for_less_than_the_peak_hour() -> None:
    """Just above 4 million m3 an hour in winter 2022-23: 96 mcm a day, when a year took 19 to 19.4 bcm."""
    names = network().ids("obligations")
    daily = {m: sum(figure("obligations", n, "volume", 2023, m) for n in names) / 0.365 for m in range(1, 13)}
    assert max(daily, key=daily.__getitem__) == 1
    assert 75 < daily[1] < 96
    assert daily[7] < 45


@pytest.mark.parametrize(("year", "home"), [(2022, 19.0), (2023, 19.4), (2024, 21.2), (2025, 21.6)])
def test_months_add_up_to_the_year(year: int, home: float) -> None:
    names = network().ids("obligations")
    months = [Period(f"{year}-{m:02d}", year, m) for m in range(1, 13)]
    total = sum(figure("obligations", n, "volume", year, p.month) * p.years for n in names for p in months)
    assert total == pytest.approx(home, rel=2e-4)
    assert sum(figure("obligations", n, "volume", year) for n in names) == pytest.approx(home, rel=2e-4)


def test_bozoi() -> None:
    assert figure("storages", "BOZOI", "working_volume", 2024) == 4.0
    assert figure("storages", "BOZOI", "withdrawal", 2024) == pytest.approx(7.32)  # 20 mcm on each of 366 days
    assert (network().tables["storages"]["closing"] == "cyclic").all()


# 7 ------------------------------------------------------------------------------------------------
def test_opposite_ways_share_one_pipe() -> None:
    table = network().tables["limit_terms"]
    for limit, pair in {"cac-makat-alexandrov-gai": {"CAC_MKT_ALG", "CAC_ALG_MKT"},
                        "cac-makat-beineu": {"CAC_MKT_BEY", "CAC_BEY_MKT"},
                        "bukhara-ural": {"BU_KS14_BOZ", "BU_BOZ_KS14"}}.items():
        assert set(table.loc[table["limit"] == limit, "arc"]) == pair
        each_way = [figure("arcs", arc, "capacity", 2024) for arc in pair]
        assert figure("limits", limit, "high", 2024) == max(each_way) < sum(each_way)


def test_transit_takes_its_room_first_on_the_lines_to_china() -> None:
    for year, others in {2023: 35.6, 2024: 37.1}.items():
        assert figure("arcs", "ACGP_EAST", "capacity", year) == 55
        assert figure("arcs", "ACGP_EAST", "booked", year) == pytest.approx(others)
    assert figure("arcs", "BBS_KRZ_SHY", "capacity", 2024) == 15
    assert figure("arcs", "SARYARKA", "capacity", 2024) == 2.2


def test_russian_transit_runs_south_from_october_2023_and_is_no_export() -> None:
    assert figure("arcs", "CAC_ALG_MKT", "capacity", 2023, 9) == 0 < figure("arcs", "CAC_ALG_MKT", "capacity", 2023, 10)
    assert figure("tiers", "UZBEK_TRANSIT/1", "depth", 2026) == 11
    solved = plan("gas-2024")
    assert flow(solved, "UZ_HANDOVER") == pytest.approx(3.8)  # the plan for the year; 5.6 were carried
    carried = solved.deliveries[solved.deliveries["market"] == "UZBEK_TRANSIT"]
    assert not carried["export"].astype(bool).any()
    assert solved.exports["gas"] == pytest.approx(sold(solved, "CHINA") + sold(solved, "ORENBURG_GAS"))
    freed = er.solve(er.load("gas-2024").set("tier:UZBEK_TRANSIT/1.depth", 0))
    assert solved.netback - freed.netback == pytest.approx(17.6 * 3.8, rel=1e-6)


# 8 ------------------------------------------------------------------------------------------------
def test_the_southern_corridor_is_full() -> None:
    for arc in ("SCP", "TANAP_EAST", "TANAP_WEST", "TAP_KIP_KOM", "TAP_KOM_NMS", "TAP_NMS_IT"):
        for year in (2024, 2026):
            assert figure("arcs", arc, "booked", year) == figure("arcs", arc, "capacity", year), arc
    landed = er.solve(opened(er.load("gas-2024"), "TC_AKTAU", "BEY_AKU"))
    for market in ("TURKIYE", "GREECE", "BULGARIA", "ITALY"):
        assert sold(landed, market) == 0, market


@pytest.mark.parametrize("missing", ["SCPFX", "TANAP_FX", "TAP_FX"])
def test_the_way_to_italy_needs_the_whole_chain(missing: str) -> None:
    case = er.load("gas-2024")
    assert sold(er.solve(opened(case, *WEST)), "ITALY") > 1
    assert sold(er.solve(opened(case, *(arc for arc in WEST if arc != missing))), "ITALY") == 0


# 9 ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("arc", "km"), [("SCP", 600), ("SCPFX", 600)])
def test_georgia_is_paid_in_gas_and_not_in_money(arc: str, km: float) -> None:
    for commodity in ("GAS", "GAS_TM", "GAS_RU"):
        assert lane(arc, commodity) == pytest.approx(0.95 * (1 - FUEL_KM * km), abs=1e-9)
        assert pd.isna(lane(arc, commodity, "tariff"))
    assert figure("arcs", "SCP", "tariff", 2024) == 33  # midpoint of 27.0 and 39.4, no fee in it


def test_the_turkish_levy_falls_on_transit_only() -> None:
    assert figure("arcs", "TANAP_EAST", "tariff", 2024) == 79
    assert figure("arcs", "TANAP_WEST", "tariff", 2024) == pytest.approx(102 - 79 + 5.95)
    assert figure("arcs", "TANAP_TR", "tariff", 2024) == 0


# 10 -----------------------------------------------------------------------------------------------
def test_what_is_not_built_is_shut() -> None:
    arcs = network().tables["arcs"]
    proposed = set(arcs.loc[arcs["status"] == "proposed", "id"])
    assert {*WEST, "BBS_SECOND", "KCK_GPP", "KSH_GPP1", "TC_WSTREAM", "TC_LINK", "WS_CONST", "LINE_D"} <= proposed
    for model in ("gas-2024", "gas-2024-monthly"):
        assert not set(plan(model).flows["arc"]) & proposed


def test_levelised_tariffs_follow_one_formula() -> None:
    """Capex × (annuity at 10 % over 25 years + 3 % running cost) ÷ capacity, and TANAP's treaty tariff out of it."""
    factor = 0.10 / (1 - 1.10**-25) + 0.03
    assert factor * 11_700 / 16 == pytest.approx(102, rel=0.01)  # MUSD at the investment decision, bcm/y
    beineu = sum(figure("arcs", arc, "tariff", 2024) for arc in ("BBS_BEY_BOZ", "BBS_BOZ_KRZ", "BBS_KRZ_SHY"))
    assert beineu == pytest.approx(factor * 3_000 / 15, rel=0.01)
    lines = figure("arcs", "ACGP_WEST", "tariff", 2024) + figure("arcs", "ACGP_EAST", "tariff", 2024)
    assert lines == pytest.approx(factor * 6_000 / 30, rel=0.01)
    assert figure("arcs", "TC_AKTAU", "tariff", 2024) == pytest.approx(factor * 2_700 / 10, rel=0.01)
    assert figure("arcs", "BBS_SECOND", "tariff", 2024) == pytest.approx(factor * 6_000 / 15, rel=0.01)


# The past -----------------------------------------------------------------------------------------
def test_the_past_comes_out_without_being_put_in() -> None:
    """About 4 bcm to China in 2024; sold at Orenburg 2.5 (split of 2013) to 3.2 (all imports of 2024 being swap)."""
    solved = plan("gas-2024")
    assert sold(solved, "CHINA") == pytest.approx(4.0, abs=0.5)
    assert 2.3 <= sold(solved, "ORENBURG_GAS") <= 3.3


@pytest.mark.parametrize("model", ["gas-2024", "gas-2024-monthly"])
def test_nothing_is_counted_twice(model: str) -> None:
    """Each export crosses one meter of a partition; meters stand up to 2.4 % of fuel before the market."""
    solved = plan(model)
    for kind in PARTITIONS:
        frame = solved.groups[(solved.groups["kind"] == kind) & (solved.groups["period"] == "total")]
        assert 1 - 1e-12 <= frame["volume"].sum() / solved.exports["gas"] < 1.024, kind


def test_no_flow_is_fixed() -> None:
    tables = network().tables
    assert (tables["arcs"]["minimum"] == 0).all()
    assert (tables["supplies"]["minimum"] == 0).all()
    assert tables["limits"]["low"].isna().all()
    assert (tables["contracts"]["charge"] == 0).all()


SOURCED = ("nodes", "commodities", "arcs", "lanes", "supplies", "obligations", "markets", "tiers", "limits",
           "storages", "contracts", "values")


@pytest.mark.parametrize("name", SOURCED)
def test_every_figure_has_a_source_and_every_estimate_a_method(name: str) -> None:
    table = network().tables[name]
    assert table["source"].fillna("").ne("").all()
    guesses = table[table["confidence"].isin(["estimate", "computed"])]
    assert guesses["note"].fillna("").str.len().gt(4).all()
