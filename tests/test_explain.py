"""Why an arc, a corridor or a market is used: a toy solved by hand, and every break-even solved again from the tables.

At the hub a tonne is worth 470 on SHORT (6 Mt, tariff 30), 460 on LONG (tariff 50) for the first 3 Mt sold in the west
and 440 beyond.  8 Mt are left for export; lifting and gathering cost 10.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from rest import first
from small_networks import Spec, case_of, specs
from test_builds import WITH
from toy import months, toy, write
from typer.testing import CliRunner

import energy_routes as er
from energy_routes.case.case import Case
from energy_routes.cli.app import app
from energy_routes.cli.tables.study_view import print_explanation
from energy_routes.errors import LimitError, UsageError
from energy_routes.pack import in_digits
from energy_routes.solving.loop import solve

PAY = {"contracts": "id,kind,arc,volume,charge,party\nPAY,ship_or_pay,LONG,4,35,West Co"}
FIGURE = {"arc": "tariff", "market": "price"}


def volume(case: Case, target: str) -> float:
    """What a target has in a plan that is solved from the tables."""
    kind, _, name = target.partition(":")
    plan = solve(case)  # one table of it is read: quicker than a plan that is kept with all of them
    table, key = {"arc": (plan.flows, "arc"), "market": (plan.deliveries, "market")}.get(kind, (None, ""))
    if table is None:
        groups = plan.groups
        rows = groups[(groups["kind"] == kind) & (groups["group"] == name) & (groups["period"] == "total")]
        return float(rows["volume"].sum())
    return float(table.loc[table[key] == name, "volume"].sum())


def confirmed(case: Case, target: str) -> er.Explanation:
    """An explanation, each break-even of which is found again on both sides by solves from changed tables."""
    found = er.explain(case, target)
    kind = target.partition(":")[0]
    path = f"{target}.{FIGURE[kind]}"
    case = case.accepting(path)
    for step in found.steps[found.steps["what"] == found.figure].to_dict("records"):
        margin = max(0.001 * abs(step["at"]), 0.01), max(0.001 * abs(step["to"]), 0.01)
        way = 1.0 if step["side"] == "above" else -1.0
        near, far = step["at"] - way * margin[0], step["to"] + way * margin[1]
        assert volume(case.set(path, near), target) == pytest.approx(step["before"], abs=1e-6), step
        assert volume(case.set(path, far), target) == pytest.approx(step["after"], abs=1e-6), step
        assert step["before"] != pytest.approx(step["after"], abs=1e-6)
    return found


def told(found: er.Explanation) -> list[tuple[float, float, float]]:
    own = found.steps[found.steps["what"] == found.figure]
    return [(row["at"], row["before"], row["after"]) for row in own.to_dict("records")]


def test_an_arc_by_hand(tmp_path: Path) -> None:
    # LONG takes over from SHORT at 510 − 470 = 40 in the first tier, at 490 − 470 = 20 in the second; at
    # 510 − 10 = 500 the field shuts in.
    found = confirmed(toy(tmp_path), "arc:LONG")
    assert found.volume == pytest.approx(2)
    assert found.now == pytest.approx(50)
    assert found.state == "used"
    assert told(found) == [pytest.approx((20, 3, 5)), pytest.approx((40, 2, 3)), pytest.approx((500, 2, 0))]
    assert found.steps["event"].tolist()[:3] == ["more", "more", "out"]
    assert found.curve["paid_on"].tolist() == pytest.approx([5, 3, 2, 0])
    assert found.curve["to"].tolist()[:3] == pytest.approx([20, 40, 500])


@pytest.mark.parametrize("tariff", [20, 40])
@pytest.mark.parametrize("target", ["arc:LONG", "arc:SHORT"])
def test_a_volume_that_the_optimum_leaves_open_is_that_of_the_one_plan(
    tariff: float, target: str, tmp_path: Path
) -> None:
    # At a tariff of 20 LONG may have 3 to 5 Mt, at 40 it may have 2 to 3: the plan takes what is nearest to pro rata.
    case = toy(tmp_path).set("arc:LONG.tariff", tariff)
    assert er.explain(case, target).volume == pytest.approx(volume(case, target), abs=1e-9)


def test_two_lines_have_what_one_has() -> None:
    found = er.explain(er.load("gas-2026"), "corridor:CHINA")
    assert found.answer[0].startswith("Beineu–Bozoi–Shymkent and Central Asia–China have 5.86 bcm")
    assert all(" they have " in text and " it has " not in text for text in found.answer[1:])
    closed = er.explain(er.load("gas-2030"), "corridor:CASPIAN")
    assert closed.answer[0].startswith("Trans-Caspian and Trans-Anatolian are closed: ")


def test_a_full_arc_is_held_back_by_its_own_room(tmp_path: Path) -> None:
    found = confirmed(toy(tmp_path), "arc:SHORT")
    assert found.state == "full"
    assert told(found) == [pytest.approx((40, 6, 5)), pytest.approx((60, 5, 3)), pytest.approx((490, 3, 0))]
    assert "held back by Short way" in found.answer[0]
    assert found.limits.set_index("limit").loc["SHORT", "price"] == pytest.approx(10)


def test_terms_add_up_to_what_a_way_is_short_of(tmp_path: Path) -> None:
    found = er.explain(toy(tmp_path), "arc:LONG")
    terms = found.terms[found.terms["at"].round(6) == 40].set_index(["kind", "term"])["value"].to_dict()
    # A tonne from the field earns 450 in the west and 460 in the east: with a tariff of 40 it would be as good.
    assert terms["price", "West"] == pytest.approx(510)
    assert terms["tariff", "Long way"] == pytest.approx(-50)
    assert terms["tariff", "Gathering"] == pytest.approx(-1)
    assert terms["lifting", "Field Co supply at Field"] == pytest.approx(-9)
    assert terms["elsewhere", "Field Co supply at Field"] == pytest.approx(-460)
    sums = found.terms.groupby("at")["value"].sum()
    steps = found.steps[found.steps["what"] == found.figure]
    assert sums.reindex(steps["at"]).tolist() == pytest.approx(steps["margin"].tolist())
    assert steps["margin"].tolist() == pytest.approx(steps["change"].tolist())  # a unit on the way pays the tariff once
    assert steps["way"].tolist()[1] == "FIELD_CO;GATHER;LONG;WEST"


def test_what_is_out_comes_in_at_its_break_even(tmp_path: Path) -> None:
    # With 14 Mt for home nothing is dear enough for LONG; with 6 Mt left SHORT takes all.
    case = toy(tmp_path, {"obligations": "id,node,volume,value\nHOME,HUB,4,100"})
    found = confirmed(case, "arc:LONG")
    assert found.state == "out"
    assert told(found)[-1] == pytest.approx((40, 0, 3))
    assert found.steps["event"].tolist()[-1] == "in"
    assert "has no volume" in found.answer[0]


def test_a_contract_is_told_apart(tmp_path: Path) -> None:
    # A tonne less than 4 costs 35: at 440 + 35 = 475 the second tier beats SHORT. Without it LONG has 2, and 5 if free.
    found = confirmed(toy(tmp_path, PAY), "arc:LONG")
    assert found.volume == pytest.approx(4)
    (hold,) = found.holds.to_dict("records")
    assert (hold["kind"], hold["id"], hold["volume"]) == ("contract", "PAY", pytest.approx(4))
    assert (hold["without"], hold["without_free"]) == (pytest.approx(2), pytest.approx(5))
    assert (55.0, 4.0, 3.0) in [tuple(round(value, 6) for value in step) for step in told(found)]
    at = found.terms[found.terms["at"].round(6) == 55]
    assert ("contract", pytest.approx(35)) in list(zip(at["kind"], at["value"], strict=True))


def test_a_contract_that_holds_nothing_is_not_told(tmp_path: Path) -> None:
    idle = {"contracts": "id,kind,arc,volume,charge,party\nPAY,ship_or_pay,LONG,1,35,West Co"}
    assert er.explain(toy(tmp_path, idle), "arc:LONG").holds.empty


def test_a_least_flow_is_told_apart(tmp_path: Path) -> None:
    found = er.explain(toy(tmp_path).set("arc:LONG.minimum", 3.0), "arc:LONG")
    (hold,) = found.holds.to_dict("records")
    assert (hold["kind"], hold["volume"], hold["without"]) == ("least flow", pytest.approx(3), pytest.approx(2))


def test_a_market(tmp_path: Path) -> None:
    # In the west the first tier overtakes SHORT at 520, the second at 540; below 20 = 10 + … nothing is sold there.
    found = confirmed(toy(tmp_path), "market:WEST")
    assert found.figure == "price at West"
    assert (520.0, 2.0, 3.0) in [tuple(round(value, 6) for value in step) for step in told(found)]
    assert (540.0, 3.0, 5.0) in [tuple(round(value, 6) for value in step) for step in told(found)]
    assert found.steps.loc[found.steps["event"] == "out", "at"].tolist() == [pytest.approx(60)]


def test_the_price_at_the_end_of_the_way_does_the_same(tmp_path: Path) -> None:
    found = er.explain(toy(tmp_path), "arc:LONG")
    row = found.steps[found.steps["what"] == "price at West"].to_dict("records")[0]
    assert (row["at"], row["before"], row["after"]) == (pytest.approx(520), pytest.approx(2), pytest.approx(3))


def test_a_group_of_several_arcs_moves_together(tmp_path: Path) -> None:
    meters = "kind,group,arc,market,commodity\ncorridor,SHORT,SHORT,,\ncorridor,LONG,LONG,,\n" \
             "transit,RU,SHORT,,\ntransit,RU,LONG,,"
    case = toy(tmp_path, {"meters": meters})
    found = er.explain(case, "transit:RU")
    assert found.now != found.now
    (out,) = found.steps[found.steps["event"] == "out"].to_dict("records")
    assert out["change"] == pytest.approx(460)  # 470 − 10 on SHORT goes last
    for by, left in ((459.9, 6.0), (460.1, 0.0)):
        free = case.accepting("arc:SHORT.tariff", "arc:LONG.tariff")
        moved = free.set_all({"arc:SHORT.tariff": 30 + by, "arc:LONG.tariff": 50 + by})
        assert volume(moved, "transit:RU") == pytest.approx(left)
    assert any("raised by more than 460.00 USD/t it has 0.00 Mt" in text
               for text in found.answer)  # fmt: skip


def beside_long(arc: str, figures: str) -> dict[str, str]:
    """Tables in which LONG costs 90 USD/t, and one more arc to WEST is of its corridor."""
    return {
        "arcs": "id,from,to,name,capacity,tariff,status\nGATHER,FIELD,HUB,Gathering,20,1,\n"
                f"SHORT,HUB,EAST,Short way,10,30,\nLONG,HUB,WEST,Long way,5,90,\n{arc},HUB,WEST,{figures}",
        "meters": "kind,group,arc,market,commodity\ncorridor,SHORT,SHORT,,\ncorridor,LONG,LONG,,\n"
                  f"corridor,LONG,{arc},,\ntransit,RU,SHORT,,",
    }  # fmt: skip


def test_a_tariff_that_nobody_can_pay_does_not_say_how_far_that_of_a_group_can_fall(tmp_path: Path) -> None:
    """PLAN is not in service: its tariff of 5 would leave LONG, which pays at 40, no room to fall from 90."""
    tables = beside_long("PLAN", "Planned way,5,5,proposed")
    case = toy(tmp_path, tables)
    found = er.explain(case, "corridor:LONG")
    assert (found.figure, found.now) == ("tariff of Long way", pytest.approx(90))
    assert told(found)[-1] == pytest.approx((40, 0, 3))
    assert not found.notes
    shut = er.explain(case.without("LONG"), "corridor:LONG")
    assert (shut.state, shut.figure) == ("closed", "tariff of each of the 2 arcs of Long corridor")
    options = {**tables, "options": "id,name,kind,units,capacity,capex\nOPEN,Open,project,1,5,10",
               "option_effects": "option,target,capacity\nOPEN,arc:PLAN,1"}
    assert er.explain(toy(tmp_path / "built", options, build={}), "corridor:LONG").figure == shut.figure


def test_tariffs_that_differ_fall_together_at_most_until_one_of_them_is_below_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """WEST at 510 takes what pays 40: of 60 and 90 the first pays it 20 lower, at 450 80 lower."""
    case = toy(tmp_path, beside_long("THIRD", "Third way,5,60,"))
    found = er.explain(case, "corridor:LONG")
    assert "lowered by more than 20.00 USD/t it has 3.00 Mt instead of 0.00" in found.answer[-2]
    assert found.notes == ()
    dear = er.explain(case.set("market:WEST.price", 450), "corridor:LONG")
    assert "lowered by more than 80.00 USD/t it has 3.00 Mt" in dear.answer[-2]
    assert [note for note in dear.notes if "where one of them is below 0: only a subsidy reaches it" in note]
    equal = er.explain(case.set("arc:THIRD.tariff", 40), "corridor:LONG")
    assert equal.answer[-1].startswith("As it is, any volume from 0.00 to 3.00 Mt earns the same; with a lower tariff")
    print_explanation(er.explain(case.set("arc:THIRD.tariff", 30), "corridor:LONG"))
    assert re.search(r"at −10\.00 +at \+10\.00\n", capsys.readouterr().out)


def test_closed(tmp_path: Path) -> None:
    case = toy(tmp_path).without("LONG")
    for target in ("arc:LONG", "market:WEST"):
        found = er.explain(case, target)
        assert found.state == "closed"
        assert found.steps.empty
        assert "closed" in found.answer[0]
    assert found.answer[0].endswith("closed: no plan that keeps every rule brings anything there")
    assert found.closings.empty
    assert found.opened != found.opened


@pytest.mark.parametrize(("target", "edits", "why", "path", "has"), first([
    ("arc:LONG", {"arc:LONG.status": "idle"}, "its status is idle", "arc:LONG.status", 2.0),
    ("arc:LONG", {"arc:LONG.availability": 0}, "its availability is 0", "arc:LONG.availability", 2.0),
    ("corridor:LONG", {"arc:LONG.booked": 5}, "others have booked all that it can carry", "arc:LONG.booked", 2.0),
    ("FIELD_CO;LONG;WEST", {"arc:LONG.capacity": 0}, "its capacity is 0", "arc:LONG.capacity", 2.0),
    ("arc:LONG", {"arc:LONG.capacity": 0}, "its capacity is 0", "arc:LONG.capacity", 2.0),
    ("arc:SHORT", {"arc:SHORT.capacity": 0, "policy.exports": "free"}, "its capacity is 0", "arc:SHORT.capacity", 8.0),
], 4))  # fmt: skip
def test_what_closes_an_arc_and_what_opens_it(tmp_path: Path, target: str, edits: dict[str, float | str], why: str,
                                              path: str, has: float) -> None:
    """Without capacity nothing is there at any tariff, while its price says what one more would be worth."""
    case = toy(tmp_path).set_all(edits)
    found = er.explain(case, target)
    assert (found.state, found.steps.empty) == ("closed", True)
    (row,) = found.closings.to_dict("records")
    assert (row["why"], row["path"]) == (why, path)
    assert found.opened == pytest.approx(has)
    assert f"it would have {has:.2f} Mt" in found.answer[0]
    assert f"--set {path}={row['value']}" in found.answer[0]
    opened = case.set(path, row["value"] if row["value"] in ("operating", "unlimited") else float(row["value"]))
    assert er.explain(opened, target).volume == pytest.approx(has)


def test_what_is_not_built_and_could_be_is_not_closed(tmp_path: Path) -> None:
    """THIRD stands in no plan as it is; with a subsidy NEW pays."""
    case = toy(tmp_path, {**WITH, "options": WITH["options"].replace("1000", "40000")}, build={})
    found = er.explain(case, "arc:THIRD")
    assert (found.state, found.volume, len(found.closings)) == ("out", 0, 0)
    assert er.explain(case.with_policy(build=None), "arc:THIRD").state == "closed"


def test_what_could_be_built_opens_an_arc(tmp_path: Path) -> None:
    case = toy(tmp_path, {
        "options": "id,name,kind,units,capacity,capex\nWIDER,A wider line,project,1,8,1000",
        "option_effects": "option,target\nWIDER,arc:LONG",
    }).set("arc:LONG.status", "proposed")  # fmt: skip
    found = er.explain(case, "arc:LONG")
    assert found.closings["options"].tolist() == ["WIDER"]
    assert found.answer[0].endswith("An option builds it: WIDER (policy.build)")


def test_a_target_is_closed_where_the_ways_to_it_are(tmp_path: Path) -> None:
    """LONG has room; the field that it is fed from has nothing, and home takes the rest."""
    case = toy(tmp_path).set_all({"supply:FIELD_CO.available": 2, "policy.exports": "free"})
    found = er.explain(case, "arc:LONG")
    assert (found.state, len(found.closings)) == ("closed", 0)
    assert er.explain(case.set("supply:FIELD_CO.available", 3), "arc:LONG").state == "out"


def test_a_figure_reads_the_same_in_words_and_in_the_table(tmp_path: Path) -> None:
    """LONG takes over at 40 and 20: halves of a cent, which digits beyond the tenth would round apart."""
    for extra in (0.005 + 1e-12, 0.005 - 1e-12):
        found = er.explain(toy(tmp_path / str(extra)).set("arc:SHORT.tariff", 30 + extra), "arc:LONG")
        ats = found.steps["at"].tolist()
        assert all(at == float(f"{at:.10g}") for at in (*ats, *found.steps["change"], *found.terms["value"]))
        assert set(found.terms["at"]) <= set(ats)
        told = " ".join(found.answer)
        assert all(f" {at:,.2f} USD/t ({in_digits(change, '+,.2f')})" in told
                   for at, change in zip(ats, found.steps["change"], strict=True))


def test_beyond_what_a_tariff_can_be(tmp_path: Path) -> None:
    far = {"arcs": "id,from,to,name,capacity,tariff,length_km\nGATHER,FIELD,HUB,Gathering,20,1,10\n"
                   "SHORT,HUB,EAST,Short way,10,30,1000\nLONG,HUB,WEST,Long way,5,5,3000",
           "markets": "id,node,name,price\nEAST,EAST,East,500\nWEST,WEST,West,410"}
    found = er.explain(toy(tmp_path, far), "arc:LONG")
    assert told(found) == [pytest.approx((-60, 0, 3))]
    assert any("only a subsidy" in note for note in found.notes)


def test_several_equally_good_plans_are_said(tmp_path: Path) -> None:
    found = er.explain(toy(tmp_path).set("arc:LONG.tariff", 40.0), "arc:LONG")
    assert any("earns the same" in sentence for sentence in found.answer)


CASES: dict[str, Callable[[Path], Case]] = {
    "months": lambda folder: months(toy(folder)),
    "capped": lambda folder: toy(folder, max_share={"transit:RU": 0.6}, exports="free"),
    "held": lambda folder: toy(folder, max_share={"transit:RU": 0.6}, exports="hold"),
    "concentration": lambda folder: toy(folder, max_hhi={"corridor": 0.55}, exports="free"),
    "secure": lambda folder: toy(folder, security={"outages": ["arc:SHORT"], "delta": 0.5}),
    "builds": lambda folder: toy(folder, WITH, build={}),
    "at least cost": lambda folder: toy(folder, PAY, objective="cost"),
}


QUICK = {*CASES} - {"concentration", "builds"}


@pytest.mark.parametrize("name", first([*CASES], QUICK))
def test_whatever_is_asked_of_the_plan(name: str, tmp_path: Path) -> None:
    found = confirmed(CASES[name](tmp_path), "arc:LONG")
    assert found.steps.empty or len(found.terms)
    own = found.steps[found.steps["what"] == found.figure].dropna(subset="margin")
    sums = found.terms.groupby("at")["value"].sum()
    assert sums.reindex(own["at"]).tolist() == pytest.approx(own["margin"].tolist())
    json.loads(found.to_json())


def test_money_in_rows_is_refused_by_name(tmp_path: Path) -> None:
    case = toy(tmp_path, cvar={"scenarios": [{"name": "lost", "outages": ["arc:SHORT"], "probability": 0.1}]})
    with pytest.raises(UsageError, match=r"policy\.cvar .* --set policy\.cvar=none, or in Python"):
        er.explain(case, "arc:LONG")
    assert er.explain(case.set("policy.cvar", "none"), "arc:LONG").state == "used"  # what the message says to do


@settings(max_examples=3)
@given(spec=specs)
def test_random_networks(spec: Spec, tmp_path_factory: pytest.TempPathFactory) -> None:
    case = case_of(tmp_path_factory.mktemp("spec"), spec)
    for target in ("arc:W1", "market:M1"):
        confirmed(case, target)


@pytest.mark.parametrize(("target", "words"), [
    ("arc:LNG", "Nearest: 'arc:LONG'"),
    ("nobody", "Corridors: corridor:SHORT, corridor:LONG$"),
    ("oil/corridor:X", "There are: corridor:SHORT, corridor:LONG$"),
    ("transit:XX", "There are: transit:RU$"),
    ("terminal:X", "There are: none$"),
    ("storage:X", "Kinds: arc, corridor, market, transit, transit_set, chokepoint, operator, terminal$"),
])
def test_what_is_not_there(target: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=words):
        er.explain(toy(tmp_path), target)


@pytest.mark.parametrize("asked", [
    lambda case: case.outage("transit:XX"),
    lambda case: case.without("transit:XX"),
    lambda case: er.compile(case).solve_many([{}], ["volume.transit:XX"]),
])  # fmt: skip
def test_of_a_kind_that_is_named_all_is_told_and_nothing_else(asked: Callable[[Case], object], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"There are: (volume\.)?transit:RU$"):
        asked(toy(tmp_path))


@pytest.mark.parametrize("target", ["arc:LONG", "FIELD_CO;LONG;WEST"])
def test_the_time_limit_is_of_all_that_is_solved(target: str, tmp_path: Path) -> None:
    with pytest.raises(LimitError, match=r"the time limit was reached before .* Raise the limit"):
        er.explain(toy(tmp_path), target, time_limit=1e-9)
    assert not er.explain(toy(tmp_path), target, time_limit=1e4).steps.empty
    done = CliRunner().invoke(app, ["explain", str(write(tmp_path / "toy")), target, "--time-limit", "0.001"])
    assert done.exit_code == 6


def test_a_name_alone(tmp_path: Path) -> None:
    found = er.explain(toy(tmp_path), "long")
    assert found.target == "arc:LONG"
    assert "LONG is also the name of corridor:LONG" in found.notes[0].replace("Long way", "LONG")


def test_the_verb(tmp_path: Path) -> None:
    model = write(tmp_path / "toy", PAY)
    done = CliRunner().invoke(app, ["explain", str(model), "LONG", "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.stderr
    assert "Without ship-or-pay West Co it would have 2.00 Mt, and 5.00 Mt even at a tariff of 0" in done.stdout
    assert max(len(line) for line in done.stdout.splitlines() if "─" in line) <= 100
    again = CliRunner().invoke(app, ["explain", str(model), "LONG", "--json"])
    told = json.loads(again.stdout)
    assert json.loads((tmp_path / "out" / "explain.json").read_text("utf-8")) == told
    assert {"what", "event", "at", "before", "after", "enters", "leaves", "margin", "way"} <= set(told["steps"][0])
    bad = CliRunner().invoke(app, ["explain", str(model), "nowhere"])
    assert bad.exit_code == 2
