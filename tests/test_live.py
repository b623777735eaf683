"""The page that solves: what it is made of, what it refuses, and its answers against Python's."""

from __future__ import annotations

import base64
import gzip
import hashlib
import os
import re
from pathlib import Path

import numpy as np
import pytest
from live_answers import Asked, answers, differing, moved_case, needs_node, page_of, with_needed
from rest import first
from test_builds import WITH
from test_pick import twins
from toy import PLACED, burnt, months, toy
from typer.testing import CliRunner

import energy_routes as er
from energy_routes.answer import Words
from energy_routes.cli.app import app
from energy_routes.errors import InfeasibleError, UsageError
from energy_routes.indicators import BACK, LINES, PRICE
from energy_routes.maps.live.content import HERE, live_content
from energy_routes.maps.live.levers import Lever, levers_of
from energy_routes.maps.live.model_file import model_of
from energy_routes.maps.live.off_panel import refuse_off_panel
from energy_routes.maps.live.programme import Programme
from energy_routes.maps.page.html import render
from energy_routes.plan import merged

TWO_WAYS = Path(__file__).parent / "two_ways" / "model.toml"
MODELS = sorted(path.stem for path in (Path(__file__).parent.parent / "models").glob("*.toml"))
SHARE, SPREAD = "max_share.transit:RU", "max_hhi.corridor"


@pytest.fixture(scope="module")
def oil() -> Programme:
    """The programme of the page of crude exports in 2024."""
    return page_of(er.load("oil-2024"))


# -------------------------------------------------------------------------------------------- what it is made of


def test_the_solver_is_the_one_that_its_table_names() -> None:
    table = (HERE / "vendor" / "VERSION.md").read_text("utf-8")
    for name in ("highs.wasm", "highs.js"):
        digest = re.search(rf"sha256 of `{re.escape(name)}` \| `(\w+)`", table)
        assert digest is not None
        assert hashlib.sha256(gzip.decompress((HERE / "vendor" / f"{name}.gz").read_bytes())).hexdigest() == digest[1]
    assert "MIT License" in (HERE / "vendor" / "LICENSE").read_text("utf-8")


def test_the_page_may_compile_and_run_its_solver_and_nothing_else(tmp_path: Path,
                                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    plan = er.solve(toy(tmp_path, {"nodes": PLACED}))
    content, parts = live_content(plan)
    with monkeypatch.context() as patch:  # what is packed is not unpacked to be told apart
        patch.delattr(gzip, "decompress")
        page = render(content, parts=parts)
    told = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert told is not None
    rules = dict(rule.strip().partition(" ")[::2] for rule in told[1].split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["worker-src"] == "blob:"
    assert re.fullmatch(r"('sha256-[\w+/=]+' ){3}'wasm-unsafe-eval'", rules["script-src"])
    digest = hashlib.sha256(gzip.decompress(base64.b64decode(parts.held["solver"]))).digest()
    assert f"'sha256-{base64.b64encode(digest).decode()}'" in rules["script-src"]
    still = re.search(r'Content-Security-Policy" content="([^"]+)"', plan.explore().text)
    assert still is not None
    assert "wasm" not in still[1]
    assert "worker" not in still[1]


@pytest.mark.exhaustive
def test_the_same_plan_gives_the_same_page(tmp_path: Path) -> None:
    case = toy(tmp_path, {"nodes": PLACED})
    one, other = (er.solve(case).explore(live=True).text for _ in range(2))
    assert one == other


# -------------------------------------------------------------------------------------------- levers


def test_levers_come_from_the_subject_its_limits_and_what_is_asked() -> None:
    plan = er.solve(er.load("oil-2024"))
    found = {lever.path: lever for lever in levers_of(plan, Words.of("en"), ["arc:BTC.capacity"])}
    assert next(iter(found)) == "arc:BTC.capacity"
    assert {SHARE, SPREAD, "arc:BTC.tariff", "carbon_price"} <= set(found)
    share = found[SHARE]
    assert (share.low, share.high, share.start, share.kind, share.percent) == (0.0, 1.0, 1.0, "cap", True)
    named = levers_of(plan, Words.of("ru"))
    assert "Россия" in next(lever for lever in named if lever.path == SHARE).name


def test_a_cap_that_the_case_has_starts_where_it_is() -> None:
    programme = page_of(er.load(TWO_WAYS).set(f"policy.{SHARE}", 0.6))
    lever = next(own for own in programme.levers if own.path == SHARE)
    assert (lever.start, lever.stated) == (0.6, True)
    assert programme.content["asked"] is True


@pytest.mark.parametrize(("path", "words"), [
    ("arc:HUB_PORT.tarif", "tarif"), ("max_share.transit:XX", "XX"), ("objective", "no number"),
    ("arc:NOWHERE.tariff", "NOWHERE"), ("tariff", "is not a path"),
    ("build.budget", "build.built.OPTION"), ("build.built.X", "no options to build"),
])  # fmt: skip
def test_a_lever_that_is_none_is_refused_by_name(path: str, words: str) -> None:
    plan = er.solve(er.load(TWO_WAYS))
    with pytest.raises(er.errors.EnergyRoutesError, match=words):
        plan.explore(live=True, levers=[path])


def test_a_figure_without_limit_has_no_start_to_move_from() -> None:
    plan = er.solve(er.load("oil-2024"))
    with pytest.raises(UsageError, match="no start to move from"):
        plan.explore(live=True, levers=["arc:T_CPC_AUG.capacity"])


def test_a_figure_in_several_units_is_asked_of_a_verb_that_takes_one_with_its_unit() -> None:
    plan = er.solve(er.load("oil-2024"))
    words = r"supply:TENGIZ.available: its figures are written in Mt/y and Mt/month.*frontier --over .* --from '1 Mt/y'"
    with pytest.raises(UsageError, match=words):
        plan.explore(live=True, levers=["supply:TENGIZ.available"])


@pytest.mark.parametrize(("model", "words"), [
    ("oil-2024-secure", "N-1"), ("russian-transit-80", "whole numbers"), ("oil-2026-bookings", "several futures"),
    ("cpc-one-mooring", "unforeseen"),
])  # fmt: skip
def test_what_is_off_the_panel_is_refused_by_name(model: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        refuse_off_panel(er.load(model))


def test_a_plan_with_rules_beyond_its_case_has_no_page_that_solves(tmp_path: Path) -> None:
    """The page has the rules of the case alone, so its first answer would be another than the plan."""
    ruled = er.solve(toy(tmp_path), constraints=lambda m: [(m.sum("flow") >= 0, "none")])
    with pytest.raises(UsageError, match=r"\(none\), and the page solves without them"):
        ruled.explore(live=True)


def test_until_a_lever_is_moved_the_page_says_what_the_plan_does(tmp_path: Path) -> None:
    plan = er.solve(toy(tmp_path, {"nodes": PLACED}))
    before, after = live_content(plan)[0]["plans"]
    assert after["moved"] == after["finding"] == before["finding"]
    assert "still" not in after["moved"][0]


def test_a_page_is_refused_another_suffix(tmp_path: Path) -> None:
    plan = er.solve(er.load(TWO_WAYS))
    with pytest.raises(UsageError, match=r"x\.png: a page is a file that ends in \.html; plan\.plot draws pictures"):
        plan.explore(tmp_path / "x.png")
    assert not list(tmp_path.iterdir())


def test_a_page_that_solves_is_of_one_plan_and_is_a_page(tmp_path: Path) -> None:
    plan = er.solve(er.load(TWO_WAYS))
    with pytest.raises(UsageError, match="one plan"):
        plan.explore(live=True, other=plan)
    ended = CliRunner().invoke(app, ["map", str(TWO_WAYS), "--live", "--out", str(tmp_path / "x.png"), "--quiet"])
    assert ended.exit_code != 0


def test_the_command_writes_the_page_with_the_levers_that_are_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "live.html"
    ended = CliRunner().invoke(app, ["map", str(TWO_WAYS), "--lever", "arc:HUB_PORT.tariff", "--out", str(file), "-q"])
    assert ended.exit_code == 0, ended.output
    text = file.read_text("utf-8")
    assert "arc:HUB_PORT.tariff" in text
    assert len(text.encode()) < 3_000_000


def test_a_model_file_extends_the_model_and_says_what_differs() -> None:
    case = er.load("oil-2024")
    assert model_of(case) == {"extends": "oil-2024", "policy": {}, "edits": [], "waived": True}
    moved = case.set_all({f"policy.{SHARE}": 0.9, "arc:BTC.tariff": "40 USD/t"})
    assert model_of(moved) == {
        "extends": "oil-2024", "policy": {"max_share": {"transit:RU": {"cap": 0.9}}},
        "edits": [{"target": "arc:BTC", "field": "tariff", "op": "set", "value": 40.0, "unit": "USD/t", "periods": []}],
        "waived": True,
    }  # fmt: skip
    stands = model_of(case.set("policy.build.built.tankers", 4))
    assert stands is not None
    assert stands["policy"]["build"] == {
        "budget": "none", "rate": 0.1, "earliest": "stated", "built": {"tankers": 4.0}}  # fmt: skip


def test_a_model_file_extends_what_can_be_read_and_says_scenarios_and_changes_as_edits(tmp_path: Path) -> None:
    wider = model_of(er.load("btc-7"))
    assert wider is not None
    assert wider["extends"] == "btc"
    assert [edit["target"] for edit in wider["edits"][:2]] == ["limit:btc-quality", "limit:caspian-fleet"]
    own = tmp_path / "mine.toml"
    own.write_text('extends = "oil-2024"\n[scenario.shut]\npolicy = { carbon_price = 5 }\n'
                   'edit = [{ target = "arc:BTC", status = { set = "idle" }, reason = "r" }]\n')
    moved = model_of(er.load(own, ["shut"]).set("arc:TN_USTL.tariff", "30 USD/t"))
    assert moved is not None
    assert (moved["extends"], moved["policy"]) == ("mine", {"carbon_price": 5.0})
    assert [(edit["target"], edit["op"], edit["value"], edit["unit"]) for edit in moved["edits"]] == [
        ("arc:BTC", "set", "idle", ""), ("arc:TN_USTL", "set", 30.0, "USD/t")]  # fmt: skip


# -------------------------------------------------------------------------------------------- answers


@needs_node
def test_the_page_answers_as_python_does_at_the_start_and_away_from_it(oil: Programme, tmp_path: Path) -> None:
    asked = [Asked({}), Asked({SHARE: 0.9}), Asked({SPREAD: 0.6}), Asked({"arc:BTC.tariff": 40.0}),
             Asked({"arc:CPC_SPM.availability": 0.55}), Asked({"market:AUGUSTA.price": 70.0}),
             Asked({"carbon_price": 80.0, "limit:caspian-fleet.high": 5.0, SHARE: 0.88})]  # fmt: skip
    found = answers(oil, asked, tmp_path)
    assert differing(oil, asked, found) == []


@needs_node
@pytest.mark.parametrize("share", first([0.3, 0.7], 1))
def test_months_with_tanks_and_contracts_are_answered_as_python_does(share: float, tmp_path: Path) -> None:
    programme = page_of(er.load(TWO_WAYS))
    asked = [Asked({lever.path: lever.low + share * (lever.high - lever.low)}) for lever in programme.levers]
    found = answers(programme, asked, tmp_path)
    assert differing(programme, asked, found) == []


@needs_node
@pytest.mark.parametrize("exports", first(["free", "hold"], 1))
def test_what_is_built_is_answered_as_python_does(tmp_path: Path, exports: str) -> None:
    case = toy(tmp_path, WITH, exports=exports)
    new, wider, cap = "build.built.NEW", "build.built.WIDER", "max_share.corridor:LONG"
    programme = page_of(case, [new, cap])
    assert next(own for own in programme.levers if own.path == new).needs == (wider,)
    asked = [Asked({}), Asked({wider: 1.0}), *(Asked({wider: 1.0, new: units}) for units in (1.0, 2.0)),
             Asked({wider: 1.0, "arc:LONG.capacity": 3.0}), Asked({wider: 1.0, new: 1.0, cap: 0.5}),
             Asked({wider: 1.0, "max_hhi.corridor": 0.6})]  # fmt: skip
    *found, alone = answers(programme, [*asked, Asked({new: 1.0})], tmp_path)
    assert differing(programme, asked, found) == []
    assert found[3]["netback"] > found[1]["netback"] > found[0]["netback"]
    assert alone["status"] == "infeasible"


@needs_node
@pytest.mark.exhaustive
def test_the_memory_of_the_solver_is_flat(tmp_path: Path) -> None:
    programme = page_of(toy(tmp_path, WITH), ["build.built.WIDER", "max_share.corridor:LONG"])
    states: list[dict[str, float]] = [
        {"build.built.WIDER": 1.0}, {"arc:LONG.capacity": 4.0}, {"max_hhi.corridor": 0.55},
        {"max_share.corridor:LONG": 0.4}, {"max_share.corridor:LONG": 0.0}, {"max_hhi.corridor": 0.1}]  # fmt: skip
    found = answers(programme, [Asked(state) for _ in range(25) for state in states], tmp_path, priced=True)
    assert {own["status"] for own in found if "status" in own} == {"optimal", "infeasible"}
    assert found[-1]["memory"] == found[2 * len(states)]["memory"]  # 9 MB more where one model is left


@needs_node
@pytest.mark.exhaustive
@pytest.mark.slow
@pytest.mark.parametrize("name", ["oil-2024", "oil-2030", "gas-2024", "gas-2030", "energy-2024", "oil-2024-monthly"])
def test_every_option_of_the_packs_is_answered_as_python_does(name: str, tmp_path: Path) -> None:
    case = er.load(name)
    options = [f"build.built.{option}" for option in case.network.tables["options"]["id"]]
    programme = page_of(case, options)
    asked = [Asked(with_needed(programme.levers, path, units)) for path in options for units in (3.0, np.inf)]
    found = answers(programme, asked, tmp_path)
    assert differing(programme, asked, found) == []


@needs_node
@pytest.mark.parametrize(("to_a", "to_b"), first([(1000, 2000), (2000, 1000)], 1))
def test_the_page_holds_the_exports_of_the_one_plan(tmp_path: Path, to_a: int, to_b: int) -> None:
    programme = page_of(burnt(tmp_path, to_a, to_b), ["max_share.corridor:A"])
    asked = [Asked({"max_share.corridor:A": 0.0}), Asked({"max_share.corridor:A": 0.9})]
    found = answers(programme, asked, tmp_path)
    assert differing(programme, asked, found) == []
    assert (found[0]["status"] == "optimal") == (to_a > to_b)


@needs_node
def test_a_line_narrower_than_a_tonne_a_year_counts_as_one_in_each_month(tmp_path: Path) -> None:
    """Of 8 Mt a year one line takes 0.4 as if it were as wide as 1, not 0.5, beside one of 19."""
    programme = page_of(months(twins(tmp_path, 19, 0.5), 2))
    (found,) = answers(programme, [Asked({})], tmp_path)
    carried = dict(zip(programme.content["readouts"]["arc"]["labels"], np.reshape(found["read"]["arc"], (-1, 2)),
                       strict=True))  # fmt: skip
    assert carried["B"] == pytest.approx([0.4 * 31 / 365, 0.4 * 28 / 365])
    assert differing(programme, [Asked({})], [found]) == []


@needs_node
def test_where_there_is_no_plan_the_least_that_can_be_had_is_told(oil: Programme, tmp_path: Path) -> None:
    share, spread = answers(oil, [Asked({SHARE: 0.5}), Asked({SPREAD: 0.3})], tmp_path)
    assert (share["status"], spread["status"]) == ("infeasible", "infeasible")
    for path, least, name in ((SHARE, share["least"], "share"), (SPREAD, spread["least"], "HHI")):
        with pytest.raises(InfeasibleError, match=rf"the {name} \w+ .*cannot go below {least:.4f}"):
            er.solve(er.load("oil-2024").set(f"policy.{path}", 0.5 if path == SHARE else 0.3))


@needs_node
def test_the_cap_in_the_way_is_named_whichever_lever_is_at_hand(oil: Programme, tmp_path: Path) -> None:
    paths = [lever.path for lever in oil.levers]
    asked = [{SHARE: 0.5, "arc:BTC.tariff": 30.0}, {SPREAD: 0.3, "arc:BTC.tariff": 30.0},
             {SPREAD: 0.9, "arc:CPC_SPM.availability": 0.0, "arc:BTC.availability": 0.0}]  # fmt: skip
    share, spread, neither = answers(oil, [Asked(state) for state in asked], tmp_path)
    assert (paths[share["cap"]], paths[spread["cap"]]) == (SHARE, SPREAD)
    assert share["least"] == pytest.approx(0.875, abs=1e-3)
    assert neither["status"] == "optimal" or not np.isfinite(neither["least"] or np.nan)


@needs_node
@pytest.mark.parametrize(("name", "moved"), [("oil-2024", {"arc:BTC.tariff": 40.0}), (str(TWO_WAYS), {SHARE: 0.6})])
def test_routes_are_those_of_python(name: str, moved: dict[str, float], tmp_path: Path) -> None:
    programme = page_of(er.load(name), list(moved))
    signs = [1 if line in (PRICE.id, *BACK) else -1 for line in LINES]
    for state, answer in zip(({}, moved), answers(programme, [Asked({}), Asked(moved)], tmp_path), strict=True):
        routes = er.solve(moved_case(programme.case, programme.levers, state)).routes
        kept = routes[(routes["route"] != "other paths") & ~routes["route"].str.contains("left in store")]
        told = {(own["family"], own["name"], own["shipper"], own["export"]): own for own in answer["routes"]}
        wanted = {tuple(row[key] for key in ("family", "route", "shipper", "export")): row
                  for row in merged(kept).to_dict("records")}
        assert set(told) == set(wanted)
        assert len(told) > 3
        for key, row in wanted.items():
            own = told[key]
            assert own["volume"] == pytest.approx(row["volume"], abs=1e-6)
            assert [sign * value for sign, value in zip(signs, own["money"], strict=True)] == pytest.approx(
                [row[line] for line in LINES], abs=1e-6)
            assert sum(own["money"]) == pytest.approx(row["netback"], abs=1e-6)
            assert own["corridor"] == row["corridor"]
            assert set(own["arcs"]) == set(row["arcs"].split(";"))


@needs_node
def test_limits_are_worth_what_python_says(oil: Programme, tmp_path: Path) -> None:
    moved = {"arc:BTC.tariff": 40.0}
    _, priced = answers(oil, [Asked(moved)], tmp_path, priced=True)
    prices = er.solve(oil.case.set("arc:BTC.tariff", 40.0)).prices.table
    wanted = {(kind, limit): price for kind, limit, price, side in
              zip(prices["kind"], prices["limit"], prices["price"], prices["side"], strict=True)
              if side == "upper" and kind in ("capacity", "joint")}  # fmt: skip
    told = {(limit["kind"], limit["id"]): own["worth"] for limit, own in
            zip(oil.content["limits"], priced["worth"], strict=True)}  # fmt: skip
    assert sum(price > 0 for price in wanted.values()) > 2
    for key, price in wanted.items():
        assert told[key] == pytest.approx(price, abs=1e-6), key


@needs_node
@pytest.mark.exhaustive
@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_every_lever_of_every_model_is_answered_as_python_does(name: str, tmp_path: Path) -> None:
    case = er.load(name)
    try:
        refuse_off_panel(case)
    except UsageError as off:
        pytest.skip(str(off))
    programme = page_of(case)

    def value(lever: Lever, share: float) -> float:
        return lever.low + share * (lever.high - lever.low)

    shares = [0.3425, 0.0, 0.8425, 0.5925, 1.0]
    if "EVERY_VALUE" not in os.environ:  # five of each take ten minutes, most of them for models of months
        shares = shares[: 1 if len(case.periods) > 1 else 3]
    asked = [Asked(with_needed(programme.levers, lever.path, value(lever, share))) for lever in programme.levers
             for share in shares]
    found = answers(programme, asked, tmp_path)
    assert differing(programme, asked, found) == []

