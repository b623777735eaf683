"""A family that the package has never heard of: water, by the tables of its pack alone; by itself, and beside oil.

    SPRING ──CANAL (0.005 USD/m³)── POND ──WEIR (cap 300 Mm³, 0.02)── LAKE market 0.5 USD/m³
                                      │──── PIPE (cap 100, 50 USD/1000 m³)── BAY market 0.6
                                      └─ town, 40 Mm³ a year at 0.3

By hand, in MUSD: 100 · (0.6 − 0.05) + 260 · (0.5 − 0.02) + 40 · 0.3 − 400 · (0.01 + 0.005) = 185.8.  One more Mm³ of
the pipe brings 0.55 − 0.48 = 0.07 USD/m³.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest
from toy import PACK, write
from typer.testing import CliRunner

import energy_routes as er
from energy_routes.audit.verification import audit
from energy_routes.case.case import Case
from energy_routes.case.loading import load
from energy_routes.cli.app import app
from energy_routes.errors import DataError, InfeasibleError, UsageError
from energy_routes.pack.reading.read import read_pack
from energy_routes.pack.write import write_pack
from energy_routes.plan.plan import Plan
from energy_routes.results import storing as results
from energy_routes.results.schedule_book import schedule_table
from energy_routes.results.summary import summary_of

WATER: dict[str, str] = {
    "families": """
        id,name,name_ru,name_kk,volume_unit,small_unit,price_unit,colour
        water,Water,Вода,Су,Mm3,1000m3,USD/m3,#1b7f79
        """,
    "family_units": """
        family,of,unit,factor
        water,volume,km3,1000
        water,unit_value,USD/1000m3,0.001
        """,
    "nodes": """
        id,name,kind,country,lat,lon
        SPRING,Spring,field,KZ,46,52
        POND,Pond,hub,KZ,45,55
        LAKE,Lake,market,RU,47,48
        BAY,Bay,market,KZ,43.6,51.2
        """,
    "commodities": """
        id,name,family
        FRESH,Fresh water,water
        """,
    "arcs": """
        id,from,to,name,capacity,unit,tariff,money_unit,length_km
        CANAL,SPRING,POND,Canal,unlimited,,0.005,,300
        WEIR,POND,LAKE,Weir,300,Mm3/y,0.02,,600
        PIPE,POND,BAY,Pipe,0.1,km3/y,50,USD/1000m3,400
        """,
    "supplies": """
        id,node,commodity,shipper,available,cost
        WATER_CO,SPRING,FRESH,Water Co,400,0.01
        """,
    "obligations": """
        id,node,volume,value
        TOWN,POND,40,0.3
        """,
    "markets": """
        id,node,name,price
        LAKE,LAKE,Lake,0.5
        BAY,BAY,Bay,0.6
        """,
    "tiers": "",
    "groups": """
        kind,group,name
        corridor,WEIR,By the weir
        corridor,PIPE,By the pipe
        transit,RU,Russia
        """,
    "meters": """
        kind,group,arc,market,commodity
        corridor,WEIR,WEIR,,
        corridor,PIPE,PIPE,,
        transit,RU,WEIR,,
        """,
}
BOTH = """
title = "Both"
data = ["oil", "water"]
year = 2023

[policy.base_prices]
oil = 500
water = { price = 500, unit = "USD/1000m3", source = "toy" }
"""


def pack_of_water(folder: Path, **tables: str) -> Path:
    """The water toy with tables changed; the path of its model."""
    model = write(folder, {**WATER, **tables})
    (folder / "pack.toml").write_text(PACK.replace('"oil"', '"water"'), "utf-8")
    return model


def water(folder: Path, **tables: str) -> Case:
    return load(pack_of_water(folder, **tables))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("water") / "pack"


@pytest.fixture(scope="module")
def plan(folder: Path) -> Plan:
    return er.solve(water(folder))


def test_it_is_planned_priced_and_told_in_its_own_units(plan: Plan) -> None:
    assert plan.netback == pytest.approx(185.8)
    assert plan.exports.to_dict() == {"water": pytest.approx(360)}
    price = plan.prices.table.set_index("limit").loc["PIPE"]
    assert (price["price"], price["unit"]) == (pytest.approx(0.07), "USD/m3")
    units = {name: set(frame["unit"]) for name, frame in plan.tables().items() if "unit" in frame and len(frame)}
    of_volume = ("flows", "arcs", "routes", "schedule", "groups", "supplies", "deliveries", "obligations")
    assert {name: units[name] for name in of_volume} == {name: {"Mm3"} for name in of_volume}
    assert summary_of(plan)["exports"] == [{"commodity": "water", "volume": pytest.approx(360), "unit": "Mm3"}]
    small = schedule_table(plan)
    assert (set(small["unit"]), small["total"].sum()) == ({"1000m3"}, pytest.approx(400_000))
    assert str(er.answer_of(plan)).startswith("By the weir carries 260 Mm³ of the 360 Mm³ of water exported; ")


def test_it_is_saved_read_back_and_verified(plan: Plan, tmp_path: Path) -> None:
    folder = results.save(plan, tmp_path / "saved")
    assert audit(folder).differences == ()
    back = results.load(folder)
    assert back.case.network.families == plan.case.network.families
    assert back.exports.to_dict() == plan.exports.to_dict()
    arcs = folder / "arcs.parquet"
    broken = back.arcs.assign(capacity=back.arcs["capacity"] * 1.001)
    broken.to_parquet(arcs)
    assert audit(folder).differences != ()


@pytest.mark.parametrize("form", ["csv", "parquet", "excel"])
def test_its_definition_goes_with_the_pack(folder: Path, plan: Plan, tmp_path: Path,
                                           form: Literal["csv", "parquet", "excel"]) -> None:
    (pack,) = plan.case.network.packs
    again = read_pack(write_pack(pack, tmp_path / ("pack.xlsx" if form == "excel" else "pack"), form))
    assert again == pack
    assert again.family == pack.family


def test_maps_and_the_page_draw_it_in_its_colour(plan: Plan, tmp_path: Path) -> None:
    (family,) = plan.case.network.families.values()
    plan.plot(tmp_path / "map.svg")
    drawn = (tmp_path / "map.svg").read_text("utf-8")
    assert family.ramp[2] in drawn  # the weir, used to 87 %
    assert all(words in drawn for words in ("260 Mm³", "+$0.07/m³", "full, worth of one more unit", ">Water<"))
    plan.plot(tmp_path / "map_ru.svg", lang="ru")
    assert ">Вода<" in (tmp_path / "map_ru.svg").read_text("utf-8")
    plan.explore(tmp_path / "map.html")
    page = (tmp_path / "map.html").read_text("utf-8")
    assert all(words in page for words in ('data-family="water"', '"Water exported"',
                                           '"One more m³ of capacity is worth ${price}."', family.proposed))
    assert 'data-family="oil"' not in page


def test_the_report_speaks_of_it(plan: Plan, tmp_path: Path) -> None:
    er.write_report(plan, tmp_path / "report.html")
    told = (tmp_path / "report.html").read_text("utf-8").replace("\xa0", " ")
    assert all(words in told for words in ("Water exported", "Mm³", "USD/m³", "one more m³ is worth"))
    assert not any(words in told for words in ("USD/t<", "tonne of", "bcm"))
    assert all(words in told for words in ("0.4645 USD/m³", ">0.0350<", ">−0.0250<", ">+0.0700<"))  # cents of a dollar


def test_the_screen_and_the_choice_of_units(folder: Path, plan: Plan) -> None:
    def told(*arguments: str) -> str:
        done = CliRunner().invoke(app, ["solve", str(folder / "model.toml"), *arguments], env={"COLUMNS": "110"})
        assert done.exit_code == 0, done.stdout + done.stderr
        return done.stdout

    whole = told("--full")
    assert all(words in whole for words in ("Exports 360.00 Mm³", "worth, USD/m³", "One more m³ lifted is worth"))
    assert {"0.5278", "0.0350", "0.0150", "−0.0305", "0.0700", "−0.1800"} <= set(whole.split())  # cents of a dollar
    assert "Water Co supply at Spring 0.4650" in whole
    done = CliRunner().invoke(app, ["netbacks", str(folder / "model.toml")])
    assert {"0.5350*", "0.4650"} <= set(done.stdout.split())
    chosen = told("--full", "--units", "km3,USD/1000m3")
    assert all(words in chosen for words in ("Exports 0.3600 km3", "worth, USD/1000m3", "70.0"))
    refused = CliRunner().invoke(app, ["solve", str(folder / "model.toml"), "--units", "kb/d"])
    assert refused.exit_code == 2
    assert "'kb/d' measures oil, and the case has water alone. Nearest: 'km3/d'. There are: Mm3" in refused.stderr


def test_caps_and_repairs_speak_of_it(folder: Path, plan: Plan) -> None:
    """200 Mm³ by the weir: 55 + 96 + 12 − 340 · 0.015 = 157.9 MUSD."""
    case = plan.case.with_policy(exports="free", max_exposure={"water/transit:RU": "0.2 km3/y"})
    assert case.policy.max_exposure[0].cap == pytest.approx(200)
    assert er.solve(case).netback == pytest.approx(157.9)
    with pytest.raises(UsageError, match="a unit of rate: Mm3/y, 1000m3/y, km3/y"):
        plan.case.with_policy(max_exposure={"water/transit:RU": "2 Mt/y"})
    with pytest.raises(UsageError, match="no oil; its families are water"):
        plan.case.with_policy(max_share={"oil/transit:RU": 0.5})
    with pytest.raises(InfeasibleError, match=r"100 Mm3 (more|less)"):
        er.solve(plan.case.set("obligation:TOWN.volume", "500 Mm3/y"))


def test_beside_oil_in_one_case(tmp_path: Path) -> None:
    """3840 MUSD of oil and 185.8 of water; by value 3000 + 130 of 4000 + 180 MUSD cross Russia."""
    write(tmp_path / "oil")
    pack_of_water(tmp_path / "water")
    (tmp_path / "both.toml").write_text(BOTH, "utf-8")
    plan = er.solve(load(tmp_path / "both.toml"))
    assert plan.netback == pytest.approx(3840 + 185.8)
    assert list(plan.case.network.families) == ["oil", "water"]
    share = plan.indicators.query("indicator == 'share' and family == 'all' and group == 'RU'")["value"]
    assert share.tolist() == [pytest.approx((6 * 500 + 260 * 0.5) / (8 * 500 + 360 * 0.5))]
    assert audit(results.save(plan, tmp_path / "saved")).differences == ()
    assert {"Mt of oil", "Mm³ of water"} <= set(re.findall(r"(\S+ of \w+) exported", str(er.answer_of(plan))))
    plan.explore(tmp_path / "map.html")
    assert 'aria-label="Oil and water"' in (tmp_path / "map.html").read_text("utf-8")


def faults(folder: Path, **tables: str) -> list[tuple[str, int, str, str]]:
    with pytest.raises(DataError) as caught:
        water(folder, **tables)
    return [(fault.file, fault.row, fault.column, fault.found) for fault in caught.value.faults]


def test_a_definition_that_cannot_stand_is_refused_at_its_place(tmp_path: Path) -> None:
    head, row = (line.strip() for line in WATER["families"].strip().splitlines())
    told: dict[str, tuple[str, tuple[str, int, str, str]]] = {
        "no such family": (f"{head}\n{row.replace('water,', 'waters,')}", ("pack.toml", 0, "family", "'water'")),
        "oil again": (f"{head}\n{row}\n{row.replace('water,', 'oil,')}", ("families.csv", 3, "id", "'oil'")),
        "another": (f"{head}\n{row}\n{row.replace('water,', 'milk,')}",
                    ("families.csv", 3, "id", "'milk' in a pack of water")),
        "a colour": (f"{head}\n{row.replace('#1b7f79', 'teal')}", ("families.csv", 2, "colour", "'teal'")),
        "one size": (f"{head}\n{row.replace('1000m3', 'Mm3')}",
                     ("families.csv", 2, "small_unit", "'Mm3' is `volume_unit` already")),
        "a price": (f"{head}\n{row.replace('USD/m3', 'EUR/m3')}", ("families.csv", 2, "price_unit", "'EUR/m3'")),
    }  # fmt: skip
    told["no unit"] = (f"{head}\n{row.replace('Mm3', '%')}", ("families.csv", 2, "volume_unit", "'%'"))
    for name, (table, fault) in told.items():
        told_there = faults(tmp_path / name, families=table)
        assert fault in told_there, name
        assert {place for place, *_ in told_there} <= {"pack.toml", "families.csv", "family_units.csv"}, name
    twice = WATER["family_units"].strip() + "\n        water,volume,Mm3,2"
    assert faults(tmp_path / "twice", family_units=twice) == [
        ("family_units.csv", 4, "unit", "'Mm3' is a unit of water by `families` already")]
    tonnes = WATER["arcs"].replace("300,Mm3/y", "300,Mt/y")
    assert faults(tmp_path / "tonnes", arcs=tonnes) == [("arcs.csv", 3, "unit", "unit 'Mt/y' is not known")]
    for of, unit in (("volume", "USD/l"), ("volume", "km3/y"), ("unit_value", "l")):
        strange = WATER["family_units"].strip() + f"\n        water,{of},{unit},2"
        assert faults(tmp_path / unit, family_units=strange) == [
            ("family_units.csv", 4, "unit", f"{unit!r} of a {of}")]


def test_words_beside_the_pack_may_tell_it_better(plan: Plan, tmp_path: Path) -> None:
    from energy_routes.answer.words import Words

    (family,) = plan.case.network.families.values()
    (tmp_path / "words.csv").write_text("key,en,ru\nfamily.of.water,water,воды\nunit.Mm3,Mm³,млн м³\n", "utf-8")
    words = Words.of("ru", folder=tmp_path)
    assert (words.of_family("family.of", family), words.unit("Mm3")) == ("воды", "млн м³")
    assert Words.of("ru").of_family("family.of", family) == "вода"
    assert Words.of("ru").of_family("measure", replace(family, measure="t")) == "единица (т)"
    (tmp_path / "words.csv").write_text("key,en\nkpi.exports.water,{family} sold\n", "utf-8")
    with pytest.raises(DataError, match="no placeholder"):
        Words.of("en", folder=tmp_path)


def test_the_sources_of_its_units_are_told(plan: Plan) -> None:
    """Figures of one's own need no address; they are listed as such."""
    table: Any = er.sources(plan.case)
    assert {"family_units"} <= set(table["table"])
