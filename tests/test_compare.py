"""Two plans side by side, and the change shared out among inputs: against every order, solved anew one by one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, strategies as st
from matplotlib.patches import Rectangle
from rest import first
from toy import TABLES, months, toy, write
from typer.testing import CliRunner

import energy_routes as er
from energy_routes.case import Case
from energy_routes.cli.app import app
from energy_routes.errors import InfeasibleError, UsageError
from energy_routes.solving import solve
from energy_routes.studies.differences.inputs import between, changes
from energy_routes.studies.differences.orders import weights

Edits = Mapping[str, Any]


def mean_steps(worth: Callable[[frozenset[int]], float | None], count: int) -> tuple[list[float], float]:
    """By definition: the mean step of each over all orders whose prefixes are all worth something, and their share."""
    steps, kept, orders = [0.0] * count, 0, list(permutations(range(count)))
    for order in orders:
        values = [worth(frozenset(order[:n])) for n in range(count + 1)]
        if None not in values:
            kept += 1
            for n, one in enumerate(order):
                steps[one] += float(values[n + 1]) - float(values[n])  # type: ignore[arg-type]
    return [step / max(kept, 1) for step in steps], kept / len(orders)


@given(st.integers(0, 10_000))
def test_weights_are_means_over_the_orders_that_are_not_barred(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 6))
    value, barred = rng.normal(size=1 << count), rng.random(1 << count) < 0.2 * rng.random()
    barred[[0, -1]] = False
    found = weights(lambda at: not barred[at], count)

    def worth(made: frozenset[int]) -> float | None:
        at = sum(1 << g for g in made)
        return None if barred[at] else float(value[at])

    steps, share = mean_steps(worth, count)
    assert found.share == pytest.approx(share)
    assert found.weight @ value[list(found.sets)] == pytest.approx(steps if share else np.zeros(count))


def fresh(
    before: Case, groups: Sequence[Edits], *of: Callable[[er.Plan], float]
) -> list[tuple[list[float], float]]:
    """The same of several numbers of a plan, each set of edits solved anew."""

    @cache
    def plan(made: frozenset[int]) -> er.Plan | None:
        try:
            return solve(before.set_all({k: v for g in sorted(made) for k, v in groups[g].items()}))
        except InfeasibleError:
            return None

    def worth(one: Callable[[er.Plan], float]) -> Callable[[frozenset[int]], float | None]:
        return lambda made: None if (found := plan(made)) is None else one(found)

    return [mean_steps(worth(one), len(groups)) for one in of]


def objective(plan: er.Plan) -> float:
    return float(plan.objective)


TARIFFS: Edits = {"arc:LONG.tariff": 10, "arc:SHORT.tariff": 80}
PRICE: Edits = {"market:EAST.price": 480}
CAP: Edits = {"policy.max_share.transit:RU": 0.4}
GROUPS: Mapping[str, Edits] = {"arc.tariff": TARIFFS, "market.price": PRICE, "policy.max_share": CAP}


def changed(case: Case, *groups: Edits) -> er.Comparison:
    return er.compare(solve(case), solve(case.set_all({k: v for group in groups for k, v in group.items()})))


@pytest.fixture(scope="module")
def explained(tmp_path_factory: pytest.TempPathFactory) -> er.Attribution:
    """The change of the toy by all three groups."""
    return changed(toy(tmp_path_factory.mktemp("explained")), *GROUPS.values()).explain()


def term(name: str) -> Callable[[er.Plan], float]:
    return lambda plan: float(plan.ledger.loc[plan.ledger["term"] == name, "value"].sum())


@pytest.mark.parametrize("span", first([lambda case: case, months], 1), ids=["year", "months"])
def test_shares_are_those_of_every_order_solved_anew_and_sum_to_the_change(
    tmp_path: Path, span: Callable[[Case], Case]
) -> None:
    case = span(toy(tmp_path))
    comparison = changed(case, *GROUPS.values())
    found = comparison.explain()
    shares = found.groups.set_index("group")["change"]
    (steps, _), *others = fresh(case, [*GROUPS.values()], objective, term("sales"), term("tariffs"))
    assert shares[[*GROUPS]].tolist() == pytest.approx(steps)
    assert shares.sum() == pytest.approx(found.after - found.before)
    assert (found.orders, found.notes) == (1.0, ())
    assert found.groups.set_index("group").loc["arc.tariff", "inputs"] == "arc:SHORT; arc:LONG"
    for name, (steps, _) in zip(("sales", "tariffs"), others, strict=True):
        own = found.terms[found.terms["term"] == name].set_index("group")["change"]
        assert own[[*GROUPS]].tolist() == pytest.approx(steps), name
    assert found.terms["change"].sum() == pytest.approx(comparison.ledger["change"].sum())


def test_a_group_is_expanded_over_the_orders_of_groups(explained: er.Attribution, tmp_path: Path) -> None:
    """Owen's value by definition: of all orders of the four edits, those in which the two tariffs stand together."""
    case = toy(tmp_path)
    expanded = explained.expand("arc.tariff")
    inside = expanded.groups.set_index("group")["change"]
    assert expanded.after - expanded.before == pytest.approx(inside.sum())
    edits = [{"arc:LONG.tariff": 10}, {"arc:SHORT.tariff": 80}, PRICE, CAP]
    worth = {made: float(solve(case.set_all({k: v for g in made for k, v in edits[g].items()})).objective)
             for made in {frozenset(order[:n]) for order in permutations(range(4)) for n in range(5)}}  # fmt: skip
    together = [order for order in permutations(range(4)) if abs(order.index(0) - order.index(1)) == 1]
    for g, path in enumerate(("arc:LONG.tariff", "arc:SHORT.tariff")):
        steps = [worth[frozenset(order[: order.index(g) + 1])] - worth[frozenset(order[: order.index(g)])]
                 for order in together]  # fmt: skip
        assert inside[path] == pytest.approx(np.mean(steps))
    assert inside.sum() == pytest.approx(explained.groups.set_index("group").loc["arc.tariff", "change"])
    with pytest.raises(UsageError, match=r"no group 'arc\.tarif'.*arc\.tariff"):
        explained.expand("arc.tarif")


def test_where_sets_have_no_plan_the_mean_is_over_the_orders_that_avoid_them(tmp_path: Path) -> None:
    """LONG takes 5 Mt: at least 6 by it can be asked only once it takes 8."""
    case = toy(tmp_path)
    groups = [{"arc:LONG.capacity": 8}, {"policy.min_exposure.corridor:LONG": 6}, PRICE]
    found = changed(case, *groups).explain()
    ((steps, share),) = fresh(case, groups, objective)
    assert found.orders == share == 0.5
    assert found.notes == ("50 % of the orders have a plan at every step; the means are over these.",)
    shares = found.groups.set_index("group")["change"]
    assert shares[["arc.capacity", "policy.min_exposure", "market.price"]].tolist() == pytest.approx(steps)


def test_where_no_order_has_plans_what_stands_in_the_way_is_named(tmp_path: Path) -> None:
    """A least-cost plan lifts all that is stated: 20 Mt need a home of 12, and a home of 12 needs more than 10 Mt."""
    case = toy(tmp_path, objective="cost")
    found = changed(case, {"supply:FIELD_CO.available": 20}, {"obligation:HOME.volume": 12}, PRICE).explain()
    assert found.groups.empty
    assert found.orders == 0.0
    (told,) = found.notes
    assert "there is no plan where one of these alone is changed" in told
    assert "supply.available (supply:FIELD_CO)" in told
    assert "obligation.volume (obligation:HOME)" in told
    with pytest.raises(UsageError, match="no group"):
        found.expand("supply.available")


@pytest.mark.parametrize(("policy", "groups"), first([
    ({}, [{"policy.objective": "netback", "policy.carbon_price": "none"}, {"arc:SHORT.status": "idle"}, PRICE]),
    ({"security": {"outages": ["arc:SHORT"], "mode": "corrective", "delta": 0.7}}, [TARIFFS, PRICE]),
    ({}, [{"policy.security.outages": "arc:SHORT", "policy.security.delta": 0.5}, PRICE]),
    ({"max_hhi": {"corridor": 0.6}}, [TARIFFS, {"policy.max_hhi.corridor": 0.51}]),
], 2))  # fmt: skip
def test_shares_sum_under_every_kind_of_policy(tmp_path: Path, policy: Edits, groups: Sequence[Edits]) -> None:
    case = toy(tmp_path, **policy)
    found = changed(case, *groups).explain()
    assert len(found.groups) > 0
    assert found.groups["change"].sum() == pytest.approx(found.after - found.before, abs=1e-6)
    assert found.notes == ()


def test_many_groups_are_put_together_and_told_apart_again(tmp_path: Path) -> None:
    case = toy(tmp_path)
    more = [{"supply:FIELD_CO.available": 9}, {"tier:WEST/1.depth": 4}]
    found = changed(case, *GROUPS.values(), *more).explain(groups=3)
    assert len(found.groups) == 3
    assert found.groups["change"].sum() == pytest.approx(found.after - found.before)
    inside = found.expand("all others").groups
    assert len(inside) == 3
    others = found.groups.set_index("group").loc["all others", "change"]
    assert inside["change"].sum() == pytest.approx(others)
    assert {*inside["group"]} | {*found.groups["group"]} == {*GROUPS, "supply.available", "tier.depth", "all others"}


def test_what_cannot_be_attributed_is_said(tmp_path: Path) -> None:
    case = toy(tmp_path / "one")
    plan = solve(case)
    other = solve(toy(tmp_path / "two", {"markets": "id,node,name,price\nEAST,EAST,East,501\nWEST,WEST,West,510"}))
    ruled = solve(case, constraints=lambda m: iter([m.sum("flow", arc="SHORT") <= 5]))
    cost = solve(case.set("policy.objective", "cost"))
    for after, why in ((solve(months(case)), "their periods differ: 2023 and 2023-01 … 2023-03"),
                       (other, "their packs differ"), (cost, "one seeks netback, the other cost"),
                       (ruled, "Constraints of your own")):  # fmt: skip
        found = er.compare(plan, after).explain()
        assert found.groups.empty
        assert why in found.notes[0]
        assert found.notes[0].startswith("The change is not attributed: ")
    assert er.compare(plan, solve(case)).explain().notes == ("No figure and no lever differs.",)
    assert er.compare(plan, solve(months(case))).notes == [
        "The periods differ: 2023 before, 2023-01 … 2023-03 after; each number is of the whole of its own."]
    (_, told) = er.compare(plan, solve(months(case, 12))).notes
    assert told.startswith("Prices of months are not those of a year: a part of the change is theirs.")


def test_what_is_written_otherwise_and_means_the_same_is_no_change(tmp_path: Path) -> None:
    case = toy(tmp_path)
    again = case.set("arc:LONG.tariff", 50).scale("arc:SHORT", "tariff", 2).scale("arc:SHORT", "tariff", 0.5)
    assert changes(case, again) == []
    both = case.set_all({**TARIFFS, **CAP})
    found = changes(case, both)
    assert [change.path for change in found] == ["arc:SHORT.tariff", "arc:LONG.tariff", "policy.max_share.transit:RU"]
    half = between(case, both, found[:1])
    assert (half.edits, half.policy) == ((both.edits[1],), case.policy)
    assert between(case, both, found).policy == both.policy


@pytest.mark.exhaustive
def test_saved_results_are_compared_like_plans(tmp_path: Path) -> None:
    case = toy(tmp_path / "toy")
    plan, other = solve(case), solve(case.set_all({**TARIFFS, **CAP}))
    saved = [er.Plan.load(one.save(tmp_path / name)) for name, one in (("a", plan), ("b", other))]
    assert er.compare(plan, saved[0]).differences().empty
    found = er.compare(*saved).explain().groups
    assert found["change"].tolist() == pytest.approx(er.compare(plan, other).explain().groups["change"].tolist())


def test_numbers_side_by_side(tmp_path: Path) -> None:
    """By hand: SHORT at most 40 % of 8 Mt: 3.2 Mt go by it, 4.8 by LONG, of which 3 in the first tier of WEST."""
    found = changed(toy(tmp_path), CAP)

    def sides(frame: pd.DataFrame, **row: str) -> list[float]:
        (one,) = frame[np.logical_and.reduce([frame[key] == value for key, value in row.items()])].to_dict("records")
        return [float(one["before"]), float(one["after"])]

    assert sides(found.volumes, kind="arc", id="SHORT") == pytest.approx([6, 3.2])
    assert sides(found.volumes, kind="corridor", id="LONG") == pytest.approx([2, 4.8])
    assert sides(found.volumes, kind="obligation", id="HOME") == pytest.approx([2, 2])
    assert sides(found.prices, kind="market", id="WEST") == pytest.approx([510, 510 - 20 * 1.8 / 4.8])
    assert sides(found.limits, target="arc:SHORT") == pytest.approx([10, 0])
    binds = dict(zip(found.limits["target"], found.limits["binds"], strict=True))
    assert (binds["arc:SHORT"], binds["cap on the share of Russia"]) == ("before", "after")
    first = found.differences(1e-9).iloc[0]
    assert (first["table"], first["what"]) == ("objective", "netback")
    # What is undefined on one side alone differs, whatever the tolerance: to move these limits there is no plan.
    assert {*found.differences(10)["what"]} == {"obligation of Hub (obligation)", "exports of oil held (policy)"}
    with pytest.raises(UsageError, match="expected 0 or more"):
        found.differences(-1)


def test_the_waterfall_goes_from_before_to_after(explained: er.Attribution) -> None:
    bars = [bar for bar in explained.plot().patches if isinstance(bar, Rectangle)]
    assert [bars[0].get_width(), bars[-1].get_width()] == pytest.approx([explained.before, explained.after])
    assert bars[-2].get_x() + bars[-2].get_width() == pytest.approx(explained.after)
    assert [bar.get_width() for bar in bars[1:-1]] == pytest.approx(explained.groups["change"].tolist())


def test_what_brings_nothing_is_nought_and_has_no_sign(tmp_path: Path) -> None:
    """A cap that does not bind: its plans differ from those without it in the last digits alone."""
    case = er.load("oil-2024")
    found = changed(case, {"market:AUGUSTA.price": "650 USD/t"}, {"policy.max_share.transit:RU": 0.99}).explain()
    told = {str(row["group"]): row["change"] for row in found.groups.to_dict("records")}
    assert told["policy.max_share"] == 0.0
    assert found.terms.query("group == 'policy.max_share'")["change"].eq(0.0).all()
    assert found.groups["change"].sum() == pytest.approx(found.after - found.before, abs=1e-6)
    assert "-0.0" not in repr(found) + found.to_json()
    steps = [text.get_text() for text in found.plot().texts]
    assert steps[2] == "0.0"
    assert steps[1].startswith("+")


def test_two_pictures_of_one_model_are_told_apart(tmp_path: Path) -> None:
    case = toy(tmp_path)
    titles = [changed(case, edits).explain().plot().get_title(loc="left") for edits in (TARIFFS, PRICE, CAP)]
    assert titles == ["model (arc:SHORT.tariff, arc:LONG.tariff) against model, netback",
                      "model (market:EAST.price) against model, netback",
                      "model (policy.max_share.transit:RU) against model, netback"]


def test_a_picture_of_what_is_not_attributed_is_refused(tmp_path: Path) -> None:
    one, other = write(tmp_path / "one"), write(tmp_path / "other", {"arcs": TABLES["arcs"].replace("20,1,", "20,2,")})
    ended = run(one, other, "--explain", "--plot", tmp_path / "due.svg")
    assert ended.exit_code == 2
    assert "their packs differ. Leave --plot out" in ended.stderr
    assert not (tmp_path / "due.svg").exists()
    assert "netback" in ended.stdout


def run(*words: str | Path) -> Any:
    return CliRunner().invoke(app, ["compare", *map(str, words)])


def test_money_below_zero_has_a_minus_in_the_message(tmp_path: Path) -> None:
    """Home must have 2 Mt of deeper wells: 2 · (100 − 1 − 500) MUSD, and 20 MUSD more where they cost 10 USD/t less."""
    wells = "id,node,commodity,shipper,available,cost\nFIELD_CO,FIELD,CRUDE,Field Co,10,500"
    ended = run(write(tmp_path, {"supplies": wells}), "--set", "supply:FIELD_CO.cost=490", "--tolerance", "0")
    assert ended.exit_code == 9
    assert "netback: −802 before, −782 after MUSD" in ended.stderr


def test_the_verb_prints_saves_draws_and_exits_9(tmp_path: Path) -> None:
    model = write(tmp_path / "toy")
    sets = ("--set", "policy.max_share.transit:RU=0.4", "--set", "arc:LONG.tariff=10")
    book, plot = tmp_path / "book.xlsx", tmp_path / "due.svg"
    ended = run(model, *sets, "--explain", "--out", book, "--plot", plot, "--tolerance", "0.001")
    assert ended.exit_code == 9
    assert "objective, netback: 3,840 before, 3,970 after MUSD; a share of 0.001 is allowed" in ended.stderr
    told = ended.stdout.splitlines()
    assert told[0] == "model (arc:LONG.tariff, policy.max_share.transit:RU) against model"
    assert told[1] == "Only after: arc:LONG.tariff set 10 USD/t."
    assert plot.stat().st_size > 1000
    sheets = openpyxl.load_workbook(book).sheetnames
    assert {"about", "totals", "volumes", "ledger", "prices", "limits", "edits", "attribution"} <= {*sheets}
    told = json.loads(run(model, *sets, "--expand", "arc.tariff", "--json", "-q").stdout)
    assert told["objective"]["after"] == pytest.approx(3970)
    assert [row["group"] for row in told["attribution"]["groups"]] == ["arc:LONG.tariff"]
    solve(er.load(model)).save(tmp_path / "saved")
    for saved in (tmp_path / "saved", tmp_path / "saved" / "summary.json"):
        assert run(model, saved, "--tolerance", "0").exit_code == 0
    assert run(model).exit_code == run(model, saved, "--plot", plot).exit_code == 2
    assert run(model, saved, *sets).exit_code == 2
    assert "Only" not in run(model, saved).stdout
