"""A number without a unit takes that of its own row, by every way in; what is no finite number is refused by all."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from toy import toy, write
from typer.testing import CliRunner

import energy_routes as er
from energy_routes.case.case import Case
from energy_routes.case.edits import Setter, edit_from_path
from energy_routes.case.policy.levers import Build
from energy_routes.cli.app import app
from energy_routes.errors import DataError, EnergyRoutesError, UnitError, UsageError
from energy_routes.network.edit import Edit, parse_target
from energy_routes.pack.units.periods import periods_of
from energy_routes.pack.units.written_figures import amount, figure as read_figure
from energy_routes.studies.curves.frontier import frontier
from energy_routes.studies.curves.lever import lever_of
from energy_routes.studies.least_share import lowest_share

# EAST 500 USD/t and WEST 510 USD/t as in the toy, written by the barrel; SHORT's 6 Mt a year by the month.
BARRELS = {
    "markets": """
        id,node,name,price,price_unit,export
        EAST,EAST,East,66.6666666666667,USD/bbl,true
        WEST,WEST,West,68,USD/bbl,true
        """,
    "arcs": """
        id,from,to,name,capacity,unit,tariff,money_unit,length_km
        GATHER,FIELD,HUB,Gathering,20,Mt/y,1,USD/t,10
        SHORT,HUB,EAST,Short way,500,kt/month,3,USD/t/100km,1000
        LONG,HUB,WEST,Long way,5,Mt/y,50,USD/t,3000
        """,
}
SEVERAL = {
    **BARRELS,
    "values": """
        table,id,field,period,value,unit
        arcs,LONG,capacity,2023,400,kt/month
        """,
}


def figure(case: Case, table: str, name: str, field: str) -> float:
    network = case.network
    return float(network.resolve(table, field, case.periods)[network.ids(table).index(name), 0])


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return toy(tmp_path_factory.mktemp("barrels"), BARRELS)


@pytest.mark.parametrize(
    ("path", "written", "inner"),
    [
        ("market:WEST.price", 70, 525.0),  # 70 · 7.5 bbl/t
        ("market:WEST.price", "70 USD/t", 70.0),
        ("arc:SHORT.capacity", "400", 4.8),  # kt a month
        ("arc:SHORT.tariff", 4, 40.0),  # over 1000 km
        ("arc:SHORT.booked", 100, 1.2),  # states nothing itself: the row's volumes are by the month
        ("arc:LONG.tariff", 45, 45.0),
        ("arc:LONG.availability", "80 %", 0.8),
        ("arc:LONG.capacity", 0, 0.0),
        ("arc:SHORT.capacity", "unlimited", np.inf),
    ],
)
def test_set_reads_a_bare_number_in_the_unit_of_its_row(case: Case, path: str, written: object, inner: float) -> None:
    target, _, field = path.rpartition(".")
    changed = case.set(path, written)  # type: ignore[arg-type]
    assert figure(changed, *parse_target(target), field) == pytest.approx(inner, rel=1e-14)


def test_an_edit_tells_the_unit_that_was_understood(case: Case) -> None:
    assert case.set("market:WEST.price", 70).edits[0].written == "set 70 USD/bbl"


def test_the_figure_of_the_table_set_again_changes_nothing(case: Case) -> None:
    """Bit for bit: an edit is converted as its table is."""
    for table, word, field in (("markets", "market", "price"), ("arcs", "arc", "capacity"), ("arcs", "arc", "tariff")):
        frame = pd.read_csv(case.network.packs[0].path / f"{table}.csv")
        for name, written in zip(frame["id"], frame[field], strict=True):
            again = case.set(f"{word}:{name}.{field}", float(written))
            assert figure(again, table, name, field) == figure(case, table, name, field)


def test_model_files_decks_and_python_read_alike(tmp_path: Path) -> None:
    edit = '[[edit]]\ntarget = "market:WEST"\nprice = 70\nreason = "a test"\n'
    by_file = er.load(write(tmp_path / "file", BARRELS, edit))
    table = write(tmp_path / "table", BARRELS, edit.replace("70", "{ set = 70 }"))
    added = write(tmp_path / "added", BARRELS, edit.replace("70", "{ add = 2 }"))
    text = write(tmp_path / "text", BARRELS, edit.replace("70", '"70 USD/bbl"'))
    plain = toy(tmp_path / "plain", BARRELS)
    deck = pd.DataFrame({"target": ["market:*.price"], "value": ["70"]})
    cases = [by_file, er.load(table), er.load(added), er.load(text), plain.set("market:WEST.price", 70),
             plain.with_deck(deck)]  # fmt: skip
    assert [figure(c, "markets", "WEST", "price") for c in cases] == pytest.approx([525.0] * 6, rel=1e-14)


def test_a_row_in_several_units_or_in_none_is_refused_with_the_units_offered(tmp_path: Path, case: Case) -> None:
    several = toy(tmp_path, SEVERAL)
    with pytest.raises(DataError, match=r"LONG.*several; expected Mt/y or kt/month. Write it: '8 Mt/y'"):
        several.set("arc:LONG.capacity", 4)
    assert several.set("arc:LONG.capacity", "4 Mt/y").edits[0].value == 4.0
    assert several.set("arc:LONG.capacity", 0).edits[0].value == 0.0
    with pytest.raises(UnitError, match="several"):
        frontier(several, "arc:LONG.capacity", 4, 5)
    with pytest.raises(DataError, match=r"tells none for 'HOME'; expected USD/t or USD/bbl\. Write it"):
        toy(tmp_path / "silent", {"obligations": "id,node,volume\nHOME,HUB,2\n"}).set("obligation:HOME.penalty", 900)


def test_a_deck_row_without_a_unit_for_rows_of_several_is_refused(tmp_path: Path) -> None:
    markets = BARRELS["markets"].replace("68,USD/bbl", "510,USD/t")
    plain, deck = toy(tmp_path, {**BARRELS, "markets": markets}), {"target": ["market:*.price"], "value": ["70"]}
    with pytest.raises(DataError, match=r"row 2, column 'unit': blank.*expected USD/bbl or USD/t"):
        plain.with_deck(pd.DataFrame(deck))
    priced = plain.with_deck(pd.DataFrame({**deck, "unit": "USD/bbl"}))
    assert figure(priced, "markets", "WEST", "price") == pytest.approx(525.0)


def test_both_ends_of_a_frontier_take_units(case: Case) -> None:
    """LONG and its market go in as WEST pays 500 − 30 + 50 = 520 USD/t: 69.33 USD/bbl."""
    bare = frontier(case, "market:WEST.price", 60, 80)
    assert bare.unit == "USD/bbl"
    kinks = bare.points["cap"].tolist()
    for start, stop, unit in (("60 USD/bbl", "80 USD/bbl", ""), ("60 USD/bbl", 80, ""), (60, 80, "USD/bbl")):
        lever = lever_of(case, "market:WEST.price", start, stop, unit)
        assert (lever.start, lever.stop, lever.unit) == (60.0, 80.0, "USD/bbl")
    tonnes = frontier(case, "market:WEST.price", "450 USD/t", "600 USD/t")
    assert (tonnes.points["cap"] / 7.5).tolist() == pytest.approx(kinks)
    with pytest.raises(UsageError, match="one unit for both"):
        frontier(case, "market:WEST.price", "60 USD/bbl", "600 USD/t")


def test_shares_volumes_and_money_take_units_on_the_command_line(tmp_path: Path, case: Case) -> None:
    model = str(write(tmp_path, BARRELS))

    def told(*arguments: str, code: int = 0) -> str:
        done = CliRunner().invoke(app, list(arguments))
        assert done.exit_code == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    share, volume = "policy.max_share.transit:RU", "policy.max_exposure.transit:RU"
    fractions, percent = (told("frontier", model, "--over", share, "--from", a, "--to", b)
                          for a, b in (("0.9", "0.5"), ("90 %", "50%")))  # fmt: skip
    assert fractions == percent
    rates, months = (told("frontier", model, "--over", volume, "--from", a, "--to", b)
                     for a, b in (("6", "3"), ("500 kt/month", "250 kt/month")))  # fmt: skip
    assert rates == months
    bare, dollars = (told("frontier", model, "--over", share, "--budget", b) for b in ("1.25", "1.25 USD/t"))
    assert bare == dollars
    assert "write it in USD/t" in told("frontier", model, "--over", share, "--budget", "1 USD/bbl", code=2)
    assert case.set(share, "60 %").policy.max_share[0].cap == 0.6
    february = replace(case, periods=periods_of([2024], "month")[1:2]).set(volume, "500 kt/month")
    assert february.policy.max_exposure[0].cap * 29 / 366 == pytest.approx(0.5)  # that amount in that month
    assert Build.parse({"budget": "500000 kUSD", "rate": "8 %"}) == Build(budget=500.0, rate=0.08)


@pytest.mark.parametrize(("lever", "name", "written", "level"), [
    ("max_share", "transit:RU", "60 %", 0.6), ("max_exposure", "transit:RU", "500 kt/month", 6.0),
    ("max_hhi", "corridor", "55 %", 0.55),
])  # fmt: skip
def test_caps_of_a_model_file_and_of_python_take_the_units_of_a_path(
    tmp_path: Path, case: Case, lever: str, name: str, written: str, level: float
) -> None:
    tables = (f'"{written}"', f'{{ cap = "{written}" }}', f'{{ cap = "{written}", family = "oil" }}')
    files = [er.load(write(tmp_path / str(at), BARRELS, f'[policy]\n{lever} = {{ "{name}" = {table} }}\n'))
             for at, table in enumerate(tables)]  # fmt: skip
    cases = [*files, case.with_policy(**{lever: {name: written}}), case.set(f"policy.{lever}.{name}", written)]
    assert [getattr(one.policy, lever)[0].cap for one in cases] == [pytest.approx(level)] * 5
    with pytest.raises(UsageError, match=f"{name}: 'inf' is not a finite number$"):  # there is no cap without a level
        case.with_policy(**{lever: {name: "inf"}})
    with pytest.raises(UsageError, match="'unlimited' is not a number"):
        case.set(f"policy.{lever}.{name}", "unlimited")


def test_the_unit_of_a_share_may_stand_beside_it_and_in_its_option(case: Case) -> None:
    both = lever_of(case, "policy.max_share.transit:RU", "90 %", "50", "%")
    assert (both.start, both.stop) == (0.9, 0.5)


def test_a_factor_has_no_unit(case: Case) -> None:
    for factor in ("0.8 USD/t", "80 %"):
        with pytest.raises(UsageError, match=r"Case.scale: factor = .*; expected a number"):
            case.scale("arc:LONG", "tariff", factor)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="factor = True"):
        case.scale("arc:LONG", "tariff", True)
    assert case.scale("arc:LONG", "tariff", 0.8).edits[0].value == 0.8


def test_budgets_of_expand_take_a_unit() -> None:
    from energy_routes.cli.verbs.expanding import _budgets

    assert _budgets("0,200,500 MUSD", None, 5) == [0.0, 200.0, 500.0]
    assert _budgets("0, 200000 kUSD, 500 MUSD", None, 5) == [0.0, 200.0, 500.0]
    assert _budgets(None, "1000 MUSD", 2) == [0.0, 500.0, 1000.0]
    for wrong in ("nan", "inf", "5 Mt"):
        with pytest.raises(UsageError, match="--budget"):
            _budgets(wrong, None, 5)


def test_a_path_set_twice_is_refused(tmp_path: Path) -> None:
    model = str(write(tmp_path))
    for first, second in (("arc:SHORT.tariff=20", "arc:SHORT.tariff=30"),
                          ("policy.max_share.transit:RU=0.7", "max_share.transit:RU=0.8")):  # fmt: skip
        done = CliRunner().invoke(app, ["solve", model, "--set", first, "--set", second])
        assert done.exit_code == 2
        assert "given twice" in done.stderr
    edits = '[[edit]]\ntarget = "arc:SHORT"\ntariff = 20\nreason = "a"\n'
    write(tmp_path / "file", model=edits + edits.replace("20", "30"))
    with pytest.raises(DataError, match=r"\[\[edit\]\] 2, column 'arc:SHORT.tariff': set 30.*leaves nothing"):
        er.load(tmp_path / "file" / "model.toml")
    scaled = edits + edits.replace("20", "{ scale = 2 }")  # what builds on the first is no second setting
    assert figure(er.load(write(tmp_path / "scaled", model=scaled)), "arcs", "SHORT", "tariff") == 40.0


@pytest.mark.parametrize(
    ("rows", "match"),
    [
        ([("market:EAST.price", "480"), ("market:EAST.price", "490")], "row 3.*nothing is left of row 2"),
        ([("market:EAST.price", "480"), ("market:*.price", "490")], "row 3.*nothing is left of row 2"),
        ([("fx:KZT", "450"), ("fx:KZT", "460"), ("arc:SHORT.tariff", "9000")], "row 3.*nothing is left of row 2"),
    ],
)
def test_a_deck_that_says_a_figure_twice_is_refused(tmp_path: Path, rows: list[tuple[str, str]], match: str) -> None:
    units = {"fx:KZT": "KZT/USD", "arc:SHORT.tariff": "KZT/t"}
    deck = pd.DataFrame([(t, v, units.get(t, "USD/t")) for t, v in rows], columns=["target", "value", "unit"])
    with pytest.raises(DataError, match=match):
        toy(tmp_path).with_deck(deck)


def test_a_pattern_and_then_one_of_its_names_is_two_figures(tmp_path: Path) -> None:
    deck = pd.DataFrame({"target": ["market:*.price", "market:EAST.price"], "value": ["480", "490"], "unit": "USD/t"})
    priced = toy(tmp_path).with_deck(deck)
    assert [figure(priced, "markets", name, "price") for name in ("EAST", "WEST")] == [490.0, 480.0]


@pytest.mark.parametrize("wrong", ["nan", "inf", "-inf", "1e400", float("nan"), float("inf"), True])
def test_what_is_no_finite_number_is_refused_by_every_way_in(case: Case, wrong: object) -> None:
    ways = [
        lambda: case.set("arc:SHORT.capacity", wrong),  # type: ignore[arg-type]
        lambda: case.set("arc:SHORT.tariff", wrong),  # type: ignore[arg-type]
        lambda: case.set("policy.max_share.transit:RU", wrong),  # type: ignore[arg-type]
        lambda: case.set("policy.max_exposure.transit:RU", wrong),  # type: ignore[arg-type]
        lambda: case.set("policy.max_hhi.corridor", wrong),  # type: ignore[arg-type]
        lambda: case.set("policy.carbon_price", wrong),  # type: ignore[arg-type]
        lambda: Build.parse({"budget": wrong}),
        lambda: case.set("policy.base_prices.oil", wrong),  # type: ignore[arg-type]
        lambda: case.with_deck(pd.DataFrame({"target": ["market:EAST.price"], "value": [str(wrong)]})),
        lambda: frontier(case, "arc:SHORT.tariff", wrong, 5),  # type: ignore[arg-type]
        lambda: frontier(case, "policy.max_share.transit:RU", 1, wrong),  # type: ignore[arg-type]
        lambda: lowest_share(case, "transit:RU", wrong),  # type: ignore[arg-type]
    ]
    for way in ways:
        with pytest.raises(EnergyRoutesError):
            way()


def test_what_would_do_instead_is_said() -> None:
    with pytest.raises(UsageError, match="'USD/bbl' cannot serve here; write it in USD/t"):
        amount("here", "1 USD/bbl", "unit_value")
    with pytest.raises(UsageError, match="'inf' is not a finite number; write 'unlimited' where there is no limit"):
        read_figure("here", "inf")
    with pytest.raises(UsageError, match="'95% USD/t' is not a number"):  # not 95 %, whatever follows
        read_figure("here", "95% USD/t")


@pytest.mark.parametrize("written", ["nan", "inf", "-inf", "true", "{ set = inf }", "{ add = nan }", "{ scale = inf }"])
def test_a_model_file_has_finite_numbers(tmp_path: Path, written: str) -> None:
    edit = f'[[edit]]\ntarget = "arc:SHORT"\ncapacity = {written}\nreason = "a"\n'
    with pytest.raises(DataError, match="arc:SHORT"):
        er.load(write(tmp_path, model=edit))


def test_arguments_of_studies_are_finite_numbers(case: Case) -> None:
    nan = float("nan")
    ways = [
        lambda: er.stress(case, remaining=nan),
        lambda: er.stress(case, days=nan),
        lambda: er.solve(case, time_limit=nan),
        lambda: er.frontier(case, "policy.max_hhi.corridor", 0.9, 0.6, tolerance=nan),
        lambda: er.regret([case], {"arcs": ("arc:SHORT",)}, alpha=nan),
        lambda: er.regret({"a": case}, {"arcs": ("arc:SHORT",)}, {"a": nan}),
        lambda: case.outage("SHORT", remaining=nan),
        lambda: case.scale("arc:SHORT", "tariff", nan),
    ]
    for way in ways:
        with pytest.raises(EnergyRoutesError):
            way()


def test_the_price_of_gas_in_italy_is_a_price_of_heat() -> None:
    """The command of docs/questions.md without its unit: 8 to 20 are USD/MMBtu, as the pack has them."""
    lever = lever_of(er.load("trans-caspian-gas"), "market:ITALY.price", 8, "20")
    assert (lever.start, lever.stop, lever.unit) == (8.0, 20.0, "USD/MMBtu")
    told = lever.case.set("market:ITALY.price", "10 USD/MMBtu")
    assert figure(lever.at(10.0), "markets", "ITALY", "price") == figure(told, "markets", "ITALY", "price") > 300


@pytest.mark.parametrize(("path", "values"), [
    ("arc:SHORT.tariff", ["4", "4.5", 4.5, "6 USD/t", "7 USD/t", 0, "unlimited", "5.5 USD/bbl", "1e1 USD/t", "-3"]),
    ("arc:SHORT.capacity", ["400", "unlimited", 410, "5 Mt/y", 0.0, "6 Mt/y", "300 kt/month", "3 bananas", "many"]),
    ("arc:LONG.availability", ["80 %", "0.8", "120 %", "0 %", True]),
    ("arc:LONG.status", ["idle", "5", "operating"]),
    ("arc:NONE.tariff", [5, 6]),
])  # fmt: skip
def test_one_value_after_another_is_read_as_the_first_one(case: Case, path: str, values: list[float | str]) -> None:
    """A path and its unit are looked up once: what is read after that, or refused, is the same."""
    setter = pickle.loads(pickle.dumps(Setter(case.network)))
    for value in [*values, *values]:
        assert _told(setter.edit, path, value) == _told(partial(edit_from_path, case.network), path, value)


def _told(edit_of: Callable[[str, float | str], Edit], path: str, value: float | str) -> object:
    try:
        return edit_of(path, value)
    except EnergyRoutesError as error:
        return str(error)
