"""The gas pack's geometry and shape: routes against published lengths, every year solvable, every proposal openable."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest
from rest import first
from shapely import LineString

import energy_routes as er
from energy_routes.network import geometry as geo
from energy_routes.network.network import Network
from energy_routes.pack.checks.structure import check_structure
from energy_routes.pack.reading.read import read_pack

DATA = Path(__file__).parents[1] / "data"
PACK = DATA / "kazakhstan-gas"


@cache
def arcs() -> dict[str, dict[str, str]]:
    with (PACK / "arcs.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


@cache
def routes() -> dict[str, LineString]:
    return geo.read_routes(PACK / "routes.geojson")


def drawn(*names: str) -> float:
    return sum(float(arcs()[name]["geometry_km"]) for name in names)


def test_the_computed_columns_are_up_to_date() -> None:
    committed = (PACK / "arcs.csv").read_bytes().decode("utf-8")
    again = "python -m energy_routes.network.geometry data/kazakhstan-gas refreshes them"
    assert geo.refreshed(PACK, geo.read_basemap(DATA / "basemap")) == committed, again


def test_every_arc_is_drawn_from_its_own_node_to_its_own_node() -> None:
    with (PACK / "nodes.csv").open(encoding="utf-8", newline="") as file:
        places = {row["id"]: (float(row["lon"]), float(row["lat"])) for row in csv.DictReader(file)}
    for name, arc in arcs().items():
        line = geo.compose(arc["route"], routes())
        assert geo.distance_km(line.coords[0], places[arc["from"]]) < 0.1, name
        assert geo.distance_km(line.coords[-1], places[arc["to"]]) < 0.1, name


def test_every_route_says_whose_it_is() -> None:
    for properties, _ in geo.read_features(PACK / "routes.geojson"):
        text = properties["attribution"]
        assert "Global Energy Monitor" in text or text == "Indicative line, project authors (CC0)", properties["id"]
        assert ("reference" in properties) == ("Global Energy Monitor" in text), properties["id"]


# Why these lines differ by more than a tenth from the published length.
KNOWN_LENGTHS = {
    "IGB": "the reference trace is smoothed in the Rhodopes",
    "TC_WSTREAM": "300 km is the offshore part only",
}


def test_geometry_agrees_with_published_lengths() -> None:
    published = {p["id"]: p["published_length_km"] for p, _ in geo.read_features(PACK / "routes.geojson")
                 if "published_length_km" in p}
    assert len(published) >= 11
    off = {name: float(arcs()[name]["geometry_km"]) / km - 1 for name, km in published.items()}
    assert {name for name, share in off.items() if abs(share) > 0.10} == KNOWN_LENGTHS.keys()


@pytest.mark.parametrize(("system", "km"), [
    (("BBS_BEY_BOZ", "BBS_BOZ_KRZ", "BBS_KRZ_SHY"), 1449),
    (("ACGP_WEST", "ACGP_EAST"), 1304),  # the Kazakh section
    (("TANAP_EAST", "TANAP_WEST"), 1811),
    (("TAP_KIP_KOM", "TAP_KOM_NMS", "TAP_NMS_IT"), 878),
    (("BNF_SOUTH", "MOZ_NVF"), 680),
])
def test_sections_add_up_to_the_system(system: tuple[str, ...], km: float) -> None:
    assert drawn(*system) == pytest.approx(km, rel=0.06)


# Lengths of the tables that a line on the map is not meant to match.
NOT_DRAWN = {
    "TNG_MKT": "the connector ends at the trunk line, drawn to Makat", "OTH_MKT": "an aggregate",
    "KSH_MKT": "starts onshore, drawn from the field", "ROZ_URL": "the field's place is approximate",
    "ZHN_KS14": "ends at KS-13", "UZ_GRID": "a haul over a grid",
    "KRT_KOS": "an estimate", "SOYUZ_WEST": "to the trunk line", "GZL_SHY": "of a long line only a part",
    "AMG_SHY": "by way of Taraz", "STH_KG": "from the trunk line, drawn from Almaty", "IGB": KNOWN_LENGTHS["IGB"],
    "KG_HANDOVER": "as sales to Kyrgyzstan", "POL_IN": "an estimate", "POL_OUT": "an estimate",
    "TM_UZS": "from the Turkmen border, drawn from the field", "OKAREM_BEY": "from Okarem, drawn from Turkmenbashi",
    "TC_WSTREAM": KNOWN_LENGTHS["TC_WSTREAM"], "BTE": "to Erzurum, drawn to the market", "GRB_TR": "an average haul",
    "TM_IR": "the nearer of two lines", "IR_AST": "by the Iranian grid", "KS14_TOWNS": "an average",
}


def test_lengths_of_the_tables_are_of_the_right_size() -> None:
    lengths = {name: (float(arc["geometry_km"]), float(arc["length_km"])) for name, arc in arcs().items()}
    off = {name for name, (line, table) in lengths.items() if table > 50 and abs(line / table - 1) > 0.21}
    assert off <= NOT_DRAWN.keys()


@pytest.mark.parametrize(("arc", "countries"), [
    ("SCP", "AZ;GE"), ("TANAP_EAST", "TR"), ("TAP_NMS_IT", "GR;AL;IT"), ("IGB", "GR;BG"), ("ACGP_EAST", "KZ;CN"),
    ("BBS_BOZ_KRZ", "KZ"), ("CAC_ALG_MKT", "RU;KZ"), ("KCK_ORB", "KZ;RU"), ("TC_AKTAU", "KZ;AZ"),
    ("MKT_MOZ", "KZ;RU"), ("WS_CONST", "GE;RO"),
])
def test_countries_of_the_pack(arc: str, countries: str) -> None:
    assert arcs()[arc]["countries"] == countries


def test_the_two_ways_of_a_pipe_are_one_line() -> None:
    for back, forth in {"CAC_ALG_MKT": "CAC_MKT_ALG", "BU_BOZ_KS14": "BU_KS14_BOZ", "BEY_MNG": "MNG_BEY"}.items():
        assert arcs()[back]["route"] == f"-{forth}"
        assert arcs()[back]["geometry_km"] == arcs()[forth]["geometry_km"]


def test_meters_hold_with_every_proposal_opened() -> None:
    """Each export path crosses one meter of a partition, and none of a group twice, whatever is built."""
    pack = read_pack(PACK)
    closed = pack.tables["arcs"]
    assert check_structure(pack.tables, pack.fault, closed.loc[closed["status"] != "operating", "id"].tolist()) == []


YEARS = [*((year, "year") for year in range(2022, 2031)), *((year, "month") for year in (2022, 2023, 2026, 2030))]


@pytest.mark.parametrize(("year", "periods"), first(YEARS, [(2022, "year"), (2030, "year"), (2026, "month")]))
def test_every_year_has_a_plan(year: int, periods: str, tmp_path: Path) -> None:
    model = tmp_path / "any.toml"
    model.write_text(f'title = "t"\nquestion = "q"\nsource = "s"\ndata = "kazakhstan-gas"\nyear = {year}\n'
                     f'periods = "{periods}"\n', "utf-8")
    solved = er.solve(er.load(str(model)))
    assert solved.status == "optimal"
    assert solved.obligations["short"].sum() == pytest.approx(0, abs=1e-9)


def test_turkmen_and_direct_gas_keep_their_names() -> None:
    """Gas that reaches Baku by Turkmenistan counts for it; gas from Aktau does not."""
    case = er.load("gas-2024")
    for arc in ("BEY_TKM", "TC_LINK", "SCPFX", "TANAP_FX", "TAP_FX"):
        case = case.set(f"arc:{arc}.status", "operating")
    groups = er.solve(case).groups
    total = groups[(groups["period"] == "total") & (groups["volume"] > 1e-6)]
    sets = set(total.loc[total["kind"] == "transit_set", "group"])
    assert sets == {"none", "TM+AZ+GE+TR+GR+AL"}
    by = total[total["kind"] == "transit"].set_index("group")["volume"]
    assert set(by.index) == {"TM", "AZ", "GE", "TR", "GR", "AL"}
    # Each country takes fuel, Georgia its fee; each counts what is sold in Italy of what crosses it.
    (sold,) = total.loc[(total["kind"] == "market") & ~total["group"].isin(["CHINA", "ORENBURG_GAS"]), "volume"]
    assert by.to_numpy() == pytest.approx(sold)


def test_networks_are_gas_only() -> None:
    network: Network = er.load("gas-2024").network
    assert set(network.tables["commodities"]["family"]) == {"gas"}
