"""A compiled case: other figures on the same structure give the arrays, plans and refusals of a case built anew."""

from __future__ import annotations

import gc
import pickle
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from rest import first
from scipy import sparse
from test_formulation_golden import OPTIONS, TABLES as GOLDEN, golden_case
from toy import TABLES as TABLES_OF_TOY, months, toy

from energy_routes.errors import DataError, InfeasibleError, UsageError
from energy_routes.formulation import Structure, build, build_space
from energy_routes.linear import Form, Tape, form_of
from energy_routes.linear.highs.arrays import refuted
from energy_routes.network import TARGETS, Edit
from energy_routes.pack import TABLES
from energy_routes.solving.loop import solve
from energy_routes.solving.reuse.compiled import compile
from energy_routes.solving.reuse.measures import Measures


@pytest.fixture(scope="module")
def golden(tmp_path_factory):
    """The case of the golden files, in which every rule has rows, and its structure."""
    case = golden_case(tmp_path_factory.mktemp("golden"))
    return case, Structure(case)


def figures(case):
    """Every figure of the case that an edit can change, as (table, id, column)."""
    return [(table, key, column) for table in dict.fromkeys(TARGETS.values()) if table != "options"
            for column in TABLES[table].dated for key in case.network.ids(table)]


def assert_same(form: Form, other: Form) -> None:
    """Every array to the last bit."""
    for name in ("cost", "row_lower", "row_upper", "col_lower", "col_upper", "integer"):
        np.testing.assert_array_equal(getattr(form, name), getattr(other, name), name)
    for name in ("indptr", "indices", "data"):
        np.testing.assert_array_equal(getattr(form.matrix, name), getattr(other.matrix, name), name)
    assert form.offset == other.offset


def built(case, held=None):
    """The arrays of a case built anew, or the kind of error that says why there are none."""
    try:
        return form_of(build(build_space(case).with_held(held or {})))
    except (DataError, InfeasibleError) as error:
        return type(error)


def refreshed(structure, case, held=None):
    """The arrays of a case by the structure, or by another where that does not fit; or the kind of error."""
    try:
        numbers = structure.under(case, held) or Structure(case, held).under(case, held)
        return numbers.form
    except (DataError, InfeasibleError) as error:
        return type(error)


def check(structure, case, held=None):
    """What is moved for the first time is repeated whole; from the second time on, for what it reaches alone."""
    anew = built(case, held)
    for again in [refreshed(structure, case, held) for _ in range(2)]:
        if isinstance(anew, type):
            assert again is anew
        else:
            assert_same(again, anew)


CHANGES = st.lists(st.tuples(st.integers(0, 10_000), st.sampled_from(["set", "scale", "add"]),
                             st.sampled_from([0.0, 0.3, 0.9, 1.0, 1.1, 4.0]),
                             st.sampled_from([(), ("2023-01",)])), min_size=1, max_size=6)  # fmt: skip


@given(CHANGES)
def test_other_figures_give_the_arrays_of_a_case_built_anew(golden, changes):
    case, structure = golden
    known = figures(case)
    for at, op, value, when in changes:
        table, key, column = known[at % len(known)]
        try:
            case = case.on_network(lambda n: n.with_edits(Edit(table, key, column, op, value, when)))  # noqa: B023
        except DataError:
            continue  # out of its range
    check(structure, case)


@settings(max_examples=15)
@given(st.lists(st.tuples(st.sampled_from(["max_share", "max_exposure", "min_share", "min_exposure"]),
                          st.floats(0.05, 0.95)), min_size=1, max_size=4))  # fmt: skip
def test_other_levels_of_a_policy_do_too(golden, levels):
    case, structure = golden
    group = {"max_share": "transit:RU", "max_exposure": "market:EAST", "min_share": "transit:RU",
             "min_exposure": "corridor:SHORT"}  # fmt: skip
    for lever, level in levels:
        case = case.with_policy(**{lever: {group[lever]: level}})
    assert structure.under(case) is not None
    check(structure, case)


def test_every_figure_alone_is_refreshed_and_only_some_make_another_structure(golden):
    """A figure that a mask looks at (a yield, what was blank) may; a tariff, a price, a capacity may not."""
    case, structure = golden
    kept = {}
    for table, key, column in figures(case):
        if kept.get(f"{table}.{column}"):
            continue  # one row of each column will do
        changed = case.on_network(lambda n: n.with_edits(Edit(table, key, column, "scale", 0.99)))  # noqa: B023
        if not isinstance(anew := built(changed), type):
            kept.setdefault(f"{table}.{column}", []).append(structure.under(changed) is not None)
            assert_same(refreshed(structure, changed), anew)
    other = {name for name, told in kept.items() if not all(told)}
    assert other <= {"lanes.yield"}  # it decides which lanes carry what is sold abroad
    assert {"arcs.capacity", "arcs.tariff", "arcs.availability", "markets.price", "supplies.available", "tiers.depth",
            "contracts.volume", "limits.high", "storages.opening"} <= set(kept) - other  # fmt: skip


def test_maps_tell_how_every_entry_moves_with_every_figure(golden):
    """Against a small step of a figure, up or down (at a kink they differ), in the programme built anew."""
    case, structure = golden
    maps, base = structure.maps, built(case)
    assert not ((maps.figures["table"] == "lanes") & (maps.figures["column"] == "yield")).any()  # another structure
    names = ("cost", "row_lower", "row_upper", "col_lower", "col_upper", "coefficients")

    def entries(form, name):
        return form.matrix.data if name == "coefficients" else getattr(form, name)

    moving = np.unique(np.concatenate([getattr(maps, name).tocoo().coords[1] for name in names]))
    for at in np.random.default_rng(1).choice(moving, 24, replace=False):
        table, key, column, month = maps.figures.iloc[at]
        if table not in TABLES:
            continue  # a level of the policy
        row, when = case.network.ids(table).index(key), [p.label for p in case.periods].index(month)
        figure, stepped = case.network.resolve(table, column, case.periods)[row, when], {}
        for step in (1e-6, -1e-6):
            edit = Edit(table, key, column, "add", step * max(1.0, abs(figure)), (month,))
            size = float(edit.value)
            stepped[size] = built(replace(case, network=replace(case.network, edits=(*case.network.edits, edit))))
        for name in names:
            told = getattr(maps, name)[:, [at]].toarray().ravel()
            with np.errstate(invalid="ignore"):
                slopes = [np.nan_to_num((entries(form, name) - entries(base, name)) / size)
                          for size, form in stepped.items()]  # fmt: skip
            near = [np.isclose(told, slope, rtol=1e-4, atol=1e-5) for slope in slopes]
            assert (near[0] | near[1]).all(), (name, table, key, column, month)


def test_exports_held_are_numbers_too(tmp_path):
    case = toy(tmp_path).with_policy(max_share={"transit:RU": 0.9})
    structure = Structure(case, {"oil": 3.0})
    check(structure, case, {"oil": 2.5})
    assert structure.under(case, {"oil": 2.5}).form.row_lower.max() == 2.5
    assert structure.under(case, {}) is None


def test_space_and_programme_of_a_state_are_those_of_the_changed_case(golden):
    case, structure = golden
    changed = case.set("arc:LONG.tariff", 11.0)
    numbers, space = structure.under(changed), build_space(changed)
    np.testing.assert_array_equal(numbers.space.flow.axis.data("charge"), space.flow.axis.data("charge"))
    assert numbers.space.case is changed
    assert_same(form_of(numbers.program), form_of(build(space)))
    assert structure.under(case).space.flow.axis.data("charge").tolist() != space.flow.axis.data("charge").tolist()


def test_a_pack_of_equal_content_has_the_same_structure_wherever_it_was_read(tmp_path):
    structure = Structure(toy(tmp_path / "first"))
    again = toy(tmp_path / "second")
    numbers = structure.under(again)
    assert_same(numbers.form, form_of(build(build_space(again))))
    assert numbers.space.case is again  # which knows its own folder
    other = toy(tmp_path / "third", {"arcs": TABLES_OF_TOY["arcs"].replace("Short way,6", "Short way,7")})
    assert structure.under(other) is None


def test_whatever_a_rule_looks_at_is_part_of_the_structure():
    tape = Tape()
    figure = tape.leaf("topic", lambda facts: np.array(facts), np.array([1.0, 2.0, 3.0]))
    picked = (figure * 2.0)[np.asarray(figure > 1.5)]
    tape.keep(picked)
    assert tape.refreshed([0.0, 5.0, 9.0], lambda _: True).of(picked).tolist() == [10.0, 18.0]
    assert tape.refreshed([2.0, 5.0, 9.0], lambda _: True) is None  # the mask would take another row
    assert tape.refreshed([2.0, 5.0, 9.0], lambda topic: topic == "another").of(picked).tolist() == [4.0, 6.0]
    with pytest.raises(TypeError, match="written into"):
        np.add(figure, 1.0, out=np.zeros(3))


def test_the_second_time_the_same_figures_move_only_what_they_reach_is_reckoned(monkeypatch):
    """The first time all steps are repeated that follow from the topic."""
    tape, repeated = Tape(), []
    figure = tape.leaf("topic", lambda facts: np.array(facts), np.array([1.0, 2.0, 3.0]))
    some = np.where(figure > 1.5, figure, 0.0)
    tape.keep(some)
    monkeypatch.setattr(Tape, "_repeated", lambda *given, known=Tape._repeated: repeated.append(1) or known(*given))
    found = [tape.refreshed([1.0, 2.0, last], lambda _: True).of(some).tolist() for last in (4.0, 5.0, 6.0)]
    assert found == [[0.0, 2.0, 4.0], [0.0, 2.0, 5.0], [0.0, 2.0, 6.0]]
    assert len(repeated) == 1
    assert tape.refreshed([1.0, 2.0, 1.0], lambda _: True).of(some).tolist() == [0.0, 2.0, 0.0]  # a question turns
    assert len(repeated) == 2


# --- plans ---------------------------------------------------------------------------------------------------------


def tables(plan):
    return {name: frame.to_csv(float_format="%.9g") for name, frame in plan.tables().items()}


@pytest.mark.parametrize("changes", first([
    {"arc:SHORT.capacity": "3 Mt/y"},
    {"arc:SHORT.tariff": 45, "market:EAST.price": "490 USD/t"},
    {"arc:SHORT.capacity": "unlimited"},  # another structure
    {"policy.max_share.transit:RU": 0.2},
    {"policy.max_hhi.corridor": 0.6},
    {"policy.objective": "cost"},
], 4))
def test_a_changed_case_has_the_plan_of_one_solved_anew(tmp_path, changes):
    compiled = compile(toy(tmp_path).with_policy(exports="free"))
    compiled.solve({"arc:SHORT.capacity": "1 Mt/y"})  # what was solved before makes no difference
    assert tables(compiled.solve(changes)) == tables(solve(compiled.changed(changes)))


@pytest.mark.parametrize("policy", [
    {"max_share": {"transit:RU": 0.5}, "exports": "hold"},
    {"build": {"budget": 100}},
    {"security": {"delta": 0.9}},
])
def test_what_is_held_built_or_secured_is_solved_as_ever(tmp_path, policy):
    case = months(toy(tmp_path, {**GOLDEN, **OPTIONS} if "build" in policy else {}), 2).with_policy(**policy)
    compiled = compile(case)
    changes = {"arc:LONG.capacity": "4 Mt/y"}
    assert tables(compiled.solve(changes)) == tables(solve(compiled.changed(changes)))


@pytest.mark.parametrize("policy", [
    {"build": {"budget": 100}},
    {"security": {"delta": 0.9}},
    {"cvar": {"lambda": 0.5, "scenarios": [{"name": "LONG fails", "probability": 0.1, "outages": ["arc:LONG"]}]}},
])
def test_what_is_asked_where_each_change_is_laid_out_anew_is_what_its_plan_says(tmp_path, policy):
    case = months(toy(tmp_path, {**GOLDEN, **OPTIONS} if "build" in policy else {}), 2).with_policy(**policy)
    compiled, changes = compile(case), {"arc:LONG.capacity": "4 Mt/y"}
    ask = ["objective", "netback", "exports.oil", "volume.transit:RU", "share.corridor:SHORT", "volume.arc:LONG"]
    told, plan = compiled.solve_many([changes], ask), solve(compiled.changed(changes))
    assert told["status"].tolist() == ["optimal"]
    assert told.loc[0, ask].tolist() == pytest.approx(Measures(compiled, ask).of_plan(plan), rel=1e-9)


def test_many_changes_are_rows_and_failures_have_their_reason(tmp_path):
    case = toy(tmp_path).with_policy(exports="free")
    table = pd.DataFrame({
        "arc:SHORT.capacity": [6.0, 2.0, np.nan, -1.0, 6.0], "arc:GATHER.capacity": [np.nan, np.nan, 1.0, np.nan, 6.0],
    })  # fmt: skip
    ask = ["objective", "netback", "exports.oil", "volume.transit:RU", "share.transit:RU", "volume.market:WEST"]
    got = compile(case).solve_many(table, ask)
    assert got["status"].tolist() == ["optimal", "optimal", "infeasible", "refused", "optimal"]
    assert "no plan keeps every rule" in got["reason"][2]  # home wants 2 Mt, 1 Mt can be gathered
    assert "-1" in got["reason"][3]
    assert got.loc[2:3, ask].isna().all(axis=None)
    for row in (0, 1, 4):
        plan = solve(compile(case).changed({k: v for k, v in table.loc[row].items() if v == v}))
        groups = plan.groups[plan.groups["period"] == "total"].set_index(["kind", "group"])
        known = [plan.objective, plan.netback, plan.exports["oil"], groups["volume"]["transit", "RU"],
                 groups["share"]["transit", "RU"], groups["volume"]["market", "WEST"]]  # fmt: skip
        assert got.loc[row, ask].tolist() == pytest.approx([float(v) for v in known], rel=1e-9)


def test_the_order_of_changes_makes_no_difference(tmp_path):
    rows = [{"arc:SHORT.capacity": float(v)} for v in (1, 6, 3, 5, 2)]
    ask = ["objective", "share.transit:RU"]
    forth, back = (compile(toy(tmp_path)).solve_many(own, ask) for own in (rows, rows[::-1]))
    pd.testing.assert_frame_equal(forth, back[::-1].reset_index(drop=True), check_exact=True)


def test_the_caller_can_stop_and_a_copy_goes_to_another_process(tmp_path):
    compiled = compile(toy(tmp_path))
    rows = [{"arc:SHORT.tariff": float(v)} for v in range(4)]
    got = compiled.solve_many(rows, progress=lambda done, of: done < 2)
    assert got["status"].tolist() == ["optimal", "optimal", "cancelled", "cancelled"]
    again = pickle.loads(pickle.dumps(compiled)).solve_many(rows)
    assert again["objective"].tolist()[:2] == got["objective"].tolist()[:2]


def test_rows_that_are_read_together_stay_rows_of_their_own(tmp_path, monkeypatch):
    """A row that is refused is told at its place, in whichever lot it is read; a caller who stops cancels the rest."""
    compiled = compile(toy(tmp_path))
    good, bad = {"arc:SHORT.tariff": 1.0}, {"arc:NONE.tariff": 1.0}
    rows = [good, bad, {}, {"arc:SHORT.tariff": -1e9}, good]
    once = compiled.solve_many(rows)
    assert once["status"].tolist() == ["optimal", "refused", "optimal", "refused", "optimal"]
    monkeypatch.setattr("energy_routes.solving.reuse.compiled.TOGETHER", 2)
    pd.testing.assert_frame_equal(compiled.solve_many(rows), once, check_exact=True)
    stopped = compiled.solve_many(rows, progress=lambda done, of: done < 3)
    assert stopped["status"].tolist() == ["optimal", "refused", "optimal", "cancelled", "cancelled"]


def test_threads_take_turns(tmp_path):
    compiled = compile(toy(tmp_path))
    rows = [{"arc:SHORT.capacity": v} for v in np.linspace(0, 6, 24)]
    ask = ["objective", "share.transit:RU"]
    parts = [rows[at::4] for at in range(4)]
    alone = [compiled.solve_many(part, ask) for part in parts]
    with ThreadPoolExecutor(4) as threads:
        together = threads.map(lambda part: compiled.solve_many(part, ask), parts)
        plans = [plan.objective for plan in threads.map(compiled.solve, rows[:4])]
    for one, other in zip(alone, together, strict=True):
        pd.testing.assert_frame_equal(one, other, check_exact=True)
    assert plans == [compiled.solve(row).objective for row in rows[:4]]


@pytest.mark.parametrize("changes", ["arc:SHORT.capacity=3", ["arc:SHORT.capacity"], 3])
def test_what_is_no_mapping_is_no_change(tmp_path, changes):
    compiled = compile(toy(tmp_path))
    with pytest.raises(UsageError, match=r"changes = .*; expected a dict of a text to a number or a text"):
        compiled.solve(changes)
    assert compiled.solve_many([changes, {}])["status"].tolist() == ["refused", "optimal"]


def test_what_is_no_table_of_changes_is_refused(tmp_path):
    compiled = compile(toy(tmp_path))
    for table in (None, "arc:SHORT.capacity", {"arc:SHORT.capacity": [1, 2]}):
        with pytest.raises(UsageError, match=r"table = .*; expected a DataFrame or a list, each a dict of a text"):
            compiled.solve_many(table)
    with pytest.raises(UsageError, match=r"arc:SHORT\.capacity twice"):
        compiled.solve_many(pd.DataFrame([[1.0, 2.0]], columns=["arc:SHORT.capacity"] * 2))


def test_a_users_rule_may_weigh_by_figures_and_by_labels(tmp_path):
    """60 MUSD of tariffs at most: 30 USD/t on SHORT carries 2 Mt at most, beside LONG at 50."""
    case = toy(tmp_path).with_policy(exports="free")

    def rules(m):
        yield m.sum("flow", weight="charge", arc="SHORT") <= 60, "carriage"

    assert solve(case, constraints=rules).arcs.set_index("arc")["volume"]["SHORT"] == pytest.approx(2.0)


def test_tables_that_somebody_writes_into_are_read_again(tmp_path):
    """A pack is frozen; who writes into its frames all the same gets the plan of what stands there, not an old one."""
    case = toy(tmp_path).with_policy(exports="free")
    before = solve(case).netback
    arcs = case.network.packs[0].tables["arcs"]
    arcs.loc[arcs["id"] == "SHORT", "capacity"] = 3.0
    assert solve(case).netback == pytest.approx(compile(case).solve().netback)
    assert solve(case).netback < before


@pytest.mark.exhaustive
def test_looking_whether_tables_are_still_the_same_leaves_nothing_behind(tmp_path):
    """pandas notes each view of a frame with the frame: hundreds of them a solve made a process grow."""
    solve(toy(tmp_path / "alike").with_policy(exports="free"))  # its structure serves an equal pack, too
    case = toy(tmp_path / "toy").with_policy(exports="free")

    def noted():
        solve(case)
        gc.collect()
        return sum(type(thing) is weakref.ref for thing in gc.get_objects())

    noted()
    gc.freeze()  # what earlier tests hold is not looked through each time
    first, *_, last = (noted() for _ in range(5))
    gc.unfreeze()
    assert last - first < 4 * len(case.network.packs[0].tables)


def test_an_unknown_question_is_refused_with_the_nearest(tmp_path):
    with pytest.raises(UsageError, match=r"share\.transit:RU"):
        compile(toy(tmp_path)).solve_many([], ["share.transit:RUS"])


# --- a proof of infeasibility ----------------------------------------------------------------------------------------


def farkas(lower, upper, most):
    """x + y between ``lower`` and ``upper``, each of them from 0 to ``most``."""
    one = np.ones(2)
    return Form("max", one, 0.0, sparse.csc_matrix(np.ones((1, 2))), np.array([lower]), np.array([upper]), 0 * one,
                most * one, np.zeros(2, dtype=bool))  # fmt: skip


def test_multipliers_prove_infeasibility_only_where_there_is_no_point():
    assert refuted(farkas(5.0, np.inf, 2.0), np.array([1.0]))
    assert refuted(farkas(5.0, np.inf, 2.0), np.array([-1.0]))  # either sign is understood
    assert not refuted(farkas(4.0, np.inf, 2.0), np.array([1.0]))
    assert not refuted(farkas(5.0, np.inf, np.inf), np.array([1.0]))
    assert not refuted(farkas(5.0, np.inf, 2.0), np.array([0.0]))
    assert refuted(farkas(-np.inf, -1.0, 2.0), np.array([1.0]))
