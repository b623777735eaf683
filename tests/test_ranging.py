"""How far each figure may go: a toy by hand, and every kink found again by fresh solves.

At the hub a tonne is worth 470 on SHORT (6 Mt, tariff 30), 460 on LONG (tariff 50) for the first 3 Mt sold in the west
and 440 beyond.  8 Mt are left for export; lifting and gathering cost 10.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rest import first
from test_builds import WITH, grown
from test_explain import PAY
from toy import best, months, status, toy, write
from typer.testing import CliRunner

import energy_routes as er
from energy_routes.case.case import Case
from energy_routes.cli.app import app
from energy_routes.errors import InfeasibleError, LimitError, UsageError
from energy_routes.formulation import build_space
from energy_routes.linear import Form, Point, Session, optimal
from energy_routes.linear.solution import Status
from energy_routes.solving import decide, program_of, stated
from energy_routes.studies.kinks.along import side_of
from energy_routes.studies.kinks.figures import figures_of
from energy_routes.studies.kinks.laid import laid
from energy_routes.studies.kinks.measured import measures
from energy_routes.studies.kinks.shift import tariffs_of

CASES: dict[str, Callable[[Path], Case]] = {
    "plain": toy,
    "months": lambda folder: months(toy(folder, PAY)),
    "capped": lambda folder: toy(folder, max_exposure={"transit:RU": 4}, exports="free"),
    "least": lambda folder: toy(folder, min_exposure={"corridor:LONG": 3}, exports="free"),
    "at least cost": lambda folder: toy(folder, PAY, objective="cost"),
}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> er.Ranging:
    """Every figure of the toy."""
    return er.ranging(toy(tmp_path_factory.mktemp("plain")), most=None)


def along(case: Case, path: str, value: Callable[[Case], float]) -> Callable[[float], float]:
    """What a case is worth as one of its figures moves; each place is solved once."""
    return cache(lambda at: value(case.set(path, at)))


def by_path(found: er.Ranging) -> dict[str, dict[str, Any]]:
    return {row["path"]: row for row in found.figures.to_dict("records")}


def test_by_hand(plain: er.Ranging) -> None:
    rows = by_path(plain)
    told = {path: (row["from"], row["to"], row["slope_down"], row["slope_up"]) for path, row in rows.items()}
    assert told["arc:LONG.tariff"] == pytest.approx((40, 500, -2, -2))  # it takes over from SHORT; the field shuts in
    assert told["arc:SHORT.tariff"] == pytest.approx((0, 40, -6, -6))
    assert told["arc:SHORT.capacity"] == pytest.approx((5, 8, 10, 10))  # the west's first tier is full; all goes east
    assert told["supply:FIELD_CO.available"] == pytest.approx((8, 11, 450, 450))
    assert told["market:EAST.price"] == pytest.approx((490, np.inf, 6, 6))
    assert told["market:WEST.price"] == pytest.approx((60, 520, 2, 2))
    assert rows["arc:SHORT.capacity"]["at_stake"] == pytest.approx(60)
    assert rows["arc:LONG.tariff"]["minus_10"] == pytest.approx(10)  # 5 less on 2 Mt


def test_a_figure_without_an_end_is_not_ranged(tmp_path: Path) -> None:
    rows = by_path(er.ranging(toy(tmp_path).set("arc:LONG.capacity", "unlimited")))
    assert "arc:LONG.capacity" not in rows
    assert rows["arc:LONG.tariff"]["to"] == pytest.approx(500)


def test_the_tariff_of_a_line_whose_lanes_state_their_own_is_theirs(tmp_path: Path) -> None:
    own = tariffs_of(toy(tmp_path, {"lanes": "arc,commodity,tariff\nLONG,CRUDE,40"}), ("SHORT", "LONG"), "", "")
    assert own.figures == (("arcs", "SHORT", "tariff"), ("lanes", "LONG/CRUDE", "tariff"))


def test_what_changes_is_named(plain: er.Ranging) -> None:
    row = by_path(plain)["arc:LONG.tariff"]
    assert "Long corridor (+1)" in row["below"]
    assert "Short corridor (−1)" in row["below"]


def test_a_value_of_both_families_is_added_to_no_volume() -> None:
    """With base prices a market is also a group of both families, in MUSD: 636.1 of them a tonne."""
    space = build_space(er.load("energy-2024"))
    size = 1 + max(int(expr.col.max()) for expr in (space.exposure, space.flow, space.lifted))
    names, weights, _ = measures(space, size)
    assert weights[names.index("Trieste")].max() == 1.0


def test_a_kink_under_the_figure_has_two_slopes(tmp_path: Path) -> None:
    row = by_path(er.ranging(toy(tmp_path).set("arc:LONG.tariff", 40.0)))["arc:LONG.tariff"]
    assert (row["slope_down"], row["slope_up"]) == (pytest.approx(-3), pytest.approx(-2))
    assert (row["from"], row["to"]) == (pytest.approx(20), pytest.approx(500))


@pytest.mark.parametrize("name", first([*CASES], {*CASES} - {"plain", "at least cost"}))
def test_every_kink_is_found_again_by_fresh_solves(name: str, tmp_path: Path) -> None:
    case = CASES[name](tmp_path)
    found = er.ranging(case, most=None)
    assert len(found.figures) >= 9
    sign = -1.0 if case.policy.objective == "cost" else 1.0
    for row in found.figures.to_dict("records"):
        loose = case if row["kind"] == "cap" else case.accepting(row["path"])
        value = along(loose, row["path"], lambda own: sign * best(own).value)
        here = value(row["now"])
        for end, slope, way in ((row["from"], row["slope_down"], -1.0), (row["to"], row["slope_up"], 1.0)):
            if np.isfinite(end) and abs(end - row["now"]) > 1e-6 and end > 0:
                wall = row["wall_below" if way < 0 else "wall_above"]
                assert value(end - way * 1e-6 * wall) - here == pytest.approx(slope * (end - row["now"]), abs=2e-3), row
                step = way * 0.01 * max(1.0, abs(end))
                if wall:
                    assert status(loose.set(row["path"], end + step)) is Status.infeasible
                else:
                    beyond = value(end + step) - value(end)
                    assert beyond != pytest.approx(slope * step, abs=1e-6), row
            elif not np.isfinite(end):
                far = row["now"] + way * 0.4 * max(1.0, abs(row["now"]))
                assert value(far) - here == pytest.approx(slope * (far - row["now"]), abs=1e-5), row


def test_the_fifty_with_most_at_stake_or_fewer(plain: er.Ranging, tmp_path: Path) -> None:
    some = er.ranging(toy(tmp_path), most=3)
    assert some.figures["path"].tolist() == plain.figures["path"].tolist()[:3]
    assert plain.figures["at_stake"].is_monotonic_decreasing


@pytest.mark.parametrize("lever", [
    {"max_hhi": {"corridor": 0.55}},
    {"cvar": {"scenarios": [{"name": "lost", "outages": ["arc:SHORT"], "probability": 0.1}]}},
])
def test_what_is_no_one_linear_programme_is_refused_by_name(lever: dict[str, Any], tmp_path: Path) -> None:
    case, name = toy(tmp_path, **lever), next(iter(lever))
    with pytest.raises(UsageError, match=rf"policy\.{name} .*case\.with_policy\({name}=(None|{{}})\)") as told:
        er.ranging(case)
    how = "take max_hhi out of [policy] of the model" if name == "max_hhi" else "--set policy.cvar=none"
    assert how in str(told.value)
    without: Any = {} if name == "max_hhi" else None
    assert len(er.ranging(case.with_policy(**{name: without}), most=1).figures) == 1  # what the message says to do


GUARDS = ("preventive", 0.5, 4.0), ("corrective", 0.3, 8 / 7)


@pytest.mark.parametrize(
    ("mode", "delta", "long", "most"), first([(*guard, most) for most in (1, 99) for guard in GUARDS], 2))
def test_tariffs_and_prices_are_ranged_under_guarded_losses(
    mode: str, delta: float, long: float, most: int, tmp_path: Path
) -> None:
    """LONG takes 5 of 8 Mt when SHORT is shut.  The guard asks for more on LONG, or for less in all.

    Where half may be lost, LONG carries half of 8; where 0.3, the 5 Mt are 0.7 of all, of which SHORT carries 6.
    """
    guard = {"outages": ["arc:SHORT"], "delta": delta, "mode": mode}
    case = toy(tmp_path, security=guard, exports="free")
    found = er.ranging(case, most=None)
    assert set(found.figures["kind"]) == {"tariff", "price"}
    assert any(note.startswith("Tariffs and prices alone are ranged") for note in found.notes)
    free = by_path(er.ranging(case.with_policy(security=None), most=None))
    assert free["arc:LONG.tariff"]["slope_up"] == pytest.approx(-2)
    assert by_path(found)["arc:LONG.tariff"]["slope_up"] == pytest.approx(-long)
    for row in found.figures.groupby("kind").head(most).to_dict("records"):
        value = along(case.accepting(row["path"]), row["path"], lambda own: float(er.solve(own).objective))
        here = value(row["now"])
        for end, slope, way in ((row["from"], row["slope_down"], -1.0), (row["to"], row["slope_up"], 1.0)):
            if np.isfinite(end) and abs(end - row["now"]) > 1e-6 and end > 0:
                assert value(end) - here == pytest.approx(slope * (end - row["now"]), abs=2e-3), row
                step = way * 0.01 * max(1.0, abs(end))
                assert value(end + step) - value(end) != pytest.approx(slope * step, abs=1e-6), row


BUILT: dict[str, Callable[[Path], Case]] = {
    "a wider line that is full": lambda folder: toy(folder, WITH, build={}),
    "half of it used": lambda folder: toy(folder, WITH, build={}).set("supply:FIELD_CO.available", 17),
    "months": lambda folder: months(toy(folder, WITH, build={})),
    "capped": lambda folder: toy(folder, WITH, build={}, max_exposure={"transit:RU": 5}),
    "no relief": lambda folder: toy(
        folder, {**WITH, "option_effects": "option,target,capacity\nWIDER,arc:LONG,4\nNEW,arc:THIRD,5"}, build={}),
}


def keeping_builds(case: Case) -> Callable[[Case], float]:
    """The optimum of another case with the builds of this one, laid out anew: whole numbers, solved to the end."""
    space, program = stated(case)
    x = decide(space, program).x

    def value(other: Case) -> float:
        program = program_of(other)
        blocks = [block for block in program.columns if block.name == "built"]
        for block in blocks:
            at = np.round(x[block.slice])
            program = replace(program, columns=tuple(
                replace(one, lower=at, upper=at) if one is block else one for one in program.columns))
        found = Session(program).solve()
        return found.objective if found.status is Status.optimal else -np.inf

    return value


FEW = [("a wider line that is full", 1), ("half of it used", 1), ("no relief", 1)]
MORE = [*zip(BUILT, (8, 4, 2, 2, 2), strict=True)]


@pytest.mark.parametrize(("name", "most"), first([*FEW, *MORE], FEW))
def test_with_builds_kept_every_kink_is_found_again_by_fresh_solves(name: str, most: int, tmp_path: Path) -> None:
    """Which old line is full is decided anew in each solve; the builds stay."""
    case = BUILT[name](tmp_path)
    if case.policy.held:
        case = case.with_policy(exports="free")
    plan = er.solve(case)
    assert len(plan.builds)
    found, optimum = er.ranging(case, most=most), keeping_builds(case)
    here = optimum(case)
    assert here == pytest.approx(plan.objective.value)
    assert "Whole builds stay as they are in the plan" in found.notes
    assert len(found.figures) == most
    for row in found.figures.to_dict("records"):
        value = along(case if row["kind"] == "cap" else case.accepting(row["path"]), row["path"], optimum)
        for end, slope, way in ((row["from"], row["slope_down"], -1.0), (row["to"], row["slope_up"], 1.0)):
            if np.isfinite(end) and abs(end - row["now"]) > 1e-6 and end > 0:
                wall = row["wall_below" if way < 0 else "wall_above"]
                for part in (0.5, 1.0):
                    at = row["now"] + part * (end - way * 1e-6 * wall - row["now"])
                    assert value(at) - here == pytest.approx(slope * (at - row["now"]), abs=2e-3), row
                step = way * 0.01 * max(1.0, abs(end))
                beyond = value(end + step) - value(end)
                assert beyond == -np.inf if wall else beyond != pytest.approx(slope * step, abs=1e-6), row
        for part, told in ((-0.1, row["minus_10"]), (0.1, row["plus_10"])):
            gain = value((1 + part) * row["now"]) - here
            assert gain == pytest.approx(told, abs=1e-5) or (gain == -np.inf and told != told), row


def supply_alone(monkeypatch: pytest.MonkeyPatch, case: Case) -> dict[str, Any]:
    """What is told of the field's output, with nothing else ranged."""
    path = "supply:FIELD_CO.available"
    monkeypatch.setattr("energy_routes.studies.kinks.ranging.figures_of", lambda case: [
        one for one in figures_of(case) if one.path == path])  # fmt: skip
    return by_path(er.ranging(case))[path]


def test_an_old_line_that_a_tenth_less_leaves_open_is_full_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """13.2 Mt: home 2, SHORT 6 at 480, LONG 5.2, of which 0.2 move in what was added.

    Of 1.32 Mt less 0.2 earned 440 + 30 − 10 and 1.12 earned 440 − 10.  Were LONG to stay full, SHORT would lose them.
    """
    case = toy(tmp_path, WITH, build={"built": {"WIDER": 1}})
    case = case.set_all({"supply:FIELD_CO.available": 13.2, "market:EAST.price": 510})
    assert supply_alone(monkeypatch, case)["minus_10"] == pytest.approx(-(0.2 * 460 + 1.12 * 430))


def test_a_piece_goes_on_where_another_old_line_is_full_at_the_same_slope(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Up to 9 Mt for export earn 460 on SHORT and in the first tier on LONG; beyond, LONG carries 9 and SHORT the rest.

    On LONG alone 9 Mt earn 3 × 460 + 2 × 440 + 4 × 470, which is 9 × 460.  Home takes 2, and all cost 10.
    """
    case = toy(tmp_path, WITH, build={"built": {"WIDER": 1}})
    row = supply_alone(monkeypatch, case.set_all({"supply:FIELD_CO.available": 8, "market:EAST.price": 490}))
    assert (row["from"], row["to"], row["slope_up"]) == (pytest.approx(2), pytest.approx(17), pytest.approx(450))


def test_an_old_line_beside_which_nothing_is_built_need_not_be_full(tmp_path: Path) -> None:
    """Where LONG is full and nothing is built, plans that say that it is and that it is not are equally good.

    Of 8 Mt SHORT takes the 6 for export at 470, home 2 at 100, and all cost 10: LONG is not full.
    """
    case = toy(tmp_path, WITH, build={"budget": 50})
    of = laid(case)
    now, x = of.now, of.now.solution.x.copy()
    x[now.stated[0].full.col] = 1.0
    told = now.solution.with_values(Point(now.solution.objective, x, now.form.matrix @ x), None)
    of.now = replace(now, solution=told)  # type: ignore[misc]
    form = of.form(case.set("supply:FIELD_CO.available", 8))
    assert optimal(Session(form)).objective == pytest.approx(6 * 470 + 2 * 100 - 8 * 10)


def test_what_was_decided_stands_in_both_bounds_of_a_row(tmp_path: Path) -> None:
    """What is built stays: 0 units of WIDER in 2024 and 1 in 2025 are no less than in the year before by 0 and 1."""
    of = laid(grown(tmp_path, WITH["options"]))
    rows = of.now.stated[1].row_slice("standing")
    form = of.form(of.case)
    assert form.row_lower[rows].tolist() == [0, -1, 0, -2]
    assert not form.matrix[rows].nnz
    assert form.row_upper[rows].tolist() == [np.inf] * 4


def test_builds_and_guarded_losses_together_are_refused(tmp_path: Path) -> None:
    case = toy(tmp_path, WITH, build={}, security={"outages": ["arc:SHORT"], "delta": 0.9})
    with pytest.raises(UsageError, match=r"policy\.build and policy\.security together"):
        er.ranging(case)


def test_a_line_beside_which_something_is_built_is_named_where_it_cannot_be_followed(tmp_path: Path) -> None:
    found = er.ranging(toy(tmp_path, WITH, build={}), most=None)
    assert any("arc:LONG.capacity" in note for note in found.notes if note.startswith("Not ranged"))


def test_no_figure_is_told_when_the_time_is_over(tmp_path: Path) -> None:
    with pytest.raises(LimitError, match=r"the time limit was reached before .* Raise the limit"):
        er.ranging(toy(tmp_path), time_limit=1e-9)
    assert len(er.ranging(toy(tmp_path), time_limit=1e4).figures) >= 9
    done = CliRunner().invoke(app, ["ranging", str(write(tmp_path / "toy")), "--time-limit", "0.001"])
    assert done.exit_code == 6


@pytest.mark.parametrize("exports", ["hold", "free"])
@pytest.mark.parametrize("study", [er.ranging, lambda case: er.explain(case, "LONG"),
                                   lambda case: er.explain(case, "FIELD_CO;WEST")])
def test_a_case_without_a_plan_says_what_must_give_way(
    study: Callable[[Case], object], exports: str, tmp_path: Path
) -> None:
    case = toy(tmp_path, {"obligations": "id,node,volume,value\nHOME,HUB,40,100"}, exports=exports,
               max_share={"transit:RU": 0.9})  # fmt: skip
    with pytest.raises(InfeasibleError, match="must give way:\n  Field Co supply at Field"):
        study(case)


def test_what_cannot_be_laid_out_is_an_error_and_no_figure_without_a_range(tmp_path: Path) -> None:
    case = toy(tmp_path)
    compiled = er.compile(case)
    now = compiled.optimum(case)

    def forms(by: float) -> Form:
        if by:
            raise UsageError("built anew for every change")
        return now.form

    with pytest.raises(UsageError, match="anew"):
        side_of(forms, 1.0, 10.0, now.solution)


def test_held_exports_keep_their_volume(tmp_path: Path) -> None:
    # 8 Mt are exported, so that no less than 10 can be gathered.
    found = er.ranging(toy(tmp_path, min_exposure={"corridor:LONG": 3}, exports="hold"))
    row = by_path(found)["supply:FIELD_CO.available"]
    assert (row["from"], row["wall_below"]) == (pytest.approx(10), True)
    assert any("held" in note for note in found.notes)


def test_a_cap_on_a_share_is_named_as_left_out(tmp_path: Path) -> None:
    found = er.ranging(toy(tmp_path, max_share={"transit:RU": 0.6}, exports="free"))
    assert any("policy.max_share" in note for note in found.notes)


def test_the_verb_and_the_tornado(tmp_path: Path) -> None:
    model = write(tmp_path / "toy")
    done = CliRunner().invoke(app, ["ranging", str(model), "--plot", str(tmp_path / "t.png"), "--out",
                                    str(tmp_path / "out")])  # fmt: skip
    assert done.exit_code == 0, done.stderr
    assert "Long way, tariff" in done.stdout
    assert max(len(line) for line in done.stdout.splitlines() if "─" in line) <= 100
    assert (tmp_path / "t.png").stat().st_size > 5000
    told = json.loads((tmp_path / "out" / "ranging.json").read_text("utf-8"))
    assert {"path", "from", "to", "slope_down", "slope_up", "at_stake"} <= set(told["figures"][0])
    again = CliRunner().invoke(app, ["ranging", str(model), "--json", "--all"])
    assert len(json.loads(again.stdout)["figures"]) >= 9
