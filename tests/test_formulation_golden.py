"""Every rule on one small case, compared with the LP text kept in ``tests/golden`` (rewrite: ``golden_lp.py``)."""

from __future__ import annotations

import difflib
from dataclasses import replace
from pathlib import Path

import pytest
from golden_lp import FOLDER, lp_texts
from toy import months, toy

from energy_routes.case.case import Case
from energy_routes.formulation.description import build
from energy_routes.formulation.recipe import BUILDS, RULES
from energy_routes.formulation.space.space import Space, build_space
from energy_routes.linear.highs.session import Session
from energy_routes.network import Edit
from energy_routes.pack.units.periods import periods_of

# The toy of toy.py with a second grade, a tank, a swap, contracts and months: every rule has a row.
TABLES = {
    "commodities": "id,name,family,bbl_per_t\nCRUDE,Crude,oil,7.5\nBLEND,Blend,oil,7",
    "arcs": """
        id,from,to,name,mode,capacity,availability,booked,minimum,tariff,basis,length_km
        GATHER,FIELD,HUB,Gathering,,20,,,,1,,10
        SHORT,HUB,EAST,Short way,,10,0.9,3,1,30,outlet,1000
        LONG,HUB,WEST,Long way,tanker,5,,,,50,,3000
        """,
    "lanes": """
        arc,commodity,to_commodity,yield,quality,rebate
        GATHER,CRUDE,,,,
        SHORT,CRUDE,BLEND,0.95,12,4
        LONG,CRUDE,,,,
        """,
    "obligations": "id,node,volume,value,penalty\nHOME,HUB,2,100,900",
    "differentials": "commodity,market,differential,price_unit\nBLEND,EAST,-2,USD/bbl",
    "limits": """
        id,low,high,low_ratio,high_ratio,relative_to
        BOTH,1,7,,,
        SWAP,,,0.2,0.9,OF
        OF,,,,,
        """,
    "limit_terms": """
        limit,arc,commodity,weight
        BOTH,SHORT,,1
        BOTH,LONG,,-0.5
        SWAP,LONG,CRUDE,1
        OF,SHORT,,1
        """,
    "storages": """
        id,node,commodities,working_volume,opening,injection,withdrawal,closing,closing_value
        TANK,HUB,CRUDE,0.5,0.1,2,3,opening,
        PORT,EAST,,0.3,0.05,,,value,450
        """,
    "contracts": """
        id,kind,arc,volume,charge,from_period
        PAY,ship_or_pay,LONG,1,10,2023-02
        LEAST,minimum,SHORT,0.5,0,
        FIRM,firm,SHORT,4,5,
        """,
    "values": "table,id,field,period,value\narcs,LONG,capacity,*-02,4",
    "ramps": "kind,group,month,volume\ncorridor,LONG,1,0.1\ncorridor,LONG,2,0.2",
}
OPTIONS = {
    "options": """
        id,name,kind,units,capacity,capex,opex_share,requires
        WIDER,Wider long way,project,2,4,100,0,
        TANKS,More tanks,continuous,,1,50,,
        PLANT,A plant,project,,2,1000,,WIDER;TANKS
        """,
    "option_effects": """
        option,target,capacity,injection,withdrawal,working_volume,tariff
        WIDER,arc:LONG,,,,,20
        WIDER,limit:BOTH,3,,,,
        WIDER,arc:SHORT,1,,,,
        TANKS,storage:TANK,,1,2,0.2,
        PLANT,supply:FIELD_CO,,,,,
        PLANT,arc:GATHER,5,,,,
        """,
    "emissions": "family,mode,arc,per_km,per_unit\noil,pipeline,,5,\noil,pipeline,SHORT,6,1\noil,tanker,,9,",
}


def golden_case(folder: Path) -> Case:
    """Two months in which every rule of the recipe has at least one row."""
    case = months(toy(folder, TABLES), 2)
    storm = Edit("arcs", "SHORT", "availability", "set", 0.9, reason="as it was", event="storm")
    case = replace(case, network=case.network.with_edits(storm))
    caps = {"max_share": {"transit:RU": 0.6, "corridor:LONG": {"cap": 0.9, "over": "period"}}}
    minima = {"min_share": {"transit:RU": 0.1, "corridor:LONG": {"least": 0.05, "over": "period"}}}
    return case.with_policy(**caps, **minima, max_exposure={"market:EAST": 5}, min_exposure={"corridor:SHORT": 0.5},
                            exports="free")  # fmt: skip


def golden_space(case: Case) -> Space:
    """Its space, with round numbers instead of other solves: exports that are held, and what LONG carries without the
    storm.
    """
    reference = {("storm", "corridor", "LONG", "oil", period.label): 0.3 for period in case.periods}
    return build_space(case).with_held({"oil": 1.0}).with_reference(reference)


def built_case(folder: Path) -> Case:
    """The same with options to build and a cap on carbon: the rules that the case without them has no row of."""
    case = replace(toy(folder, {**TABLES, **OPTIONS}), periods=periods_of([2023, 2024], "month")[11:13])
    return case.with_policy(build={"budget": 1500}, carbon_price=90, max_emissions=0.3, exports="free")


# What only a case with options, or a cap on carbon, has rows of; in its goldens "built" is the end of their names.
ASKED = {
    *(rule.__name__ for rule in BUILDS), "arcs_at_least", "limits_at_least", "beyond_old", "within_added",
    "only_when_full", "supply_with_options", "max_emissions",
}  # fmt: skip
ALWAYS = {rule.__name__ for rule in RULES} - ASKED
AGAIN = {"capacity", "joint_limits", "working_volume", "objective", "bounds"}
NAMES = sorted([*ALWAYS, "objective", "bounds", *ASKED, *(f"{name}_built" for name in AGAIN)])


def golden_texts(folder: Path) -> dict[str, str]:
    """The LP text of every rule."""
    texts = lp_texts(build(golden_space(golden_case(folder / "plain"))))
    built = lp_texts(build(build_space(built_case(folder / "built"))))
    return texts | {name: built[name] for name in ASKED} | {f"{name}_built": built[name] for name in AGAIN}


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return golden_texts(tmp_path_factory.mktemp("golden"))


def test_every_rule_has_a_golden_file(texts: dict[str, str]) -> None:
    assert set(texts) == set(NAMES)
    assert {path.stem for path in FOLDER.glob("*.lp")} == set(texts)


@pytest.mark.parametrize("name", NAMES)
def test_golden(texts: dict[str, str], name: str) -> None:
    kept = (FOLDER / f"{name}.lp").read_text("utf-8")
    diff = difflib.unified_diff(kept.splitlines(), texts[name].splitlines(), f"golden/{name}.lp", "built", lineterm="")
    assert texts[name] == kept, "\n".join(["", *diff])


def test_the_golden_case_has_an_optimum(tmp_path: Path) -> None:
    """A golden text of a contradiction would say little."""
    for case in (golden_case(tmp_path / "plain"), built_case(tmp_path / "built")):
        assert Session(build(build_space(case))).solve().status == "optimal"


def test_row_order_leaves_no_trace(texts: dict[str, str], tmp_path: Path) -> None:
    """The same case with every table's rows upside down has the same text."""
    case = golden_case(tmp_path)
    (pack,) = case.network.packs
    turned = {name: frame.iloc[::-1].reset_index(drop=True) for name, frame in pack.tables.items()}
    network = replace(case.network, packs=(replace(pack, tables=turned),))
    again = lp_texts(build(golden_space(replace(case, network=network))))
    assert {name: sorted(text.split()) for name, text in again.items()} == {
        name: sorted(text.split()) for name, text in texts.items() if name in {*ALWAYS, "objective", "bounds"}
    }
