"""Caps on concentration: against a conic solver on every bundled model, close to 1/N, by hand, and as saved."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import clarabel
import numpy as np
import pytest
from rest import first
from scipy import sparse
from toy import toy

import energy_routes as er
from energy_routes.audit.verification import audit, verify
from energy_routes.case.case import Case
from energy_routes.case.policy.bounds import for_family
from energy_routes.errors import UsageError
from energy_routes.formulation.concentration import reached, weights
from energy_routes.formulation.space.space import Space
from energy_routes.linear.programme import Program
from energy_routes.pack import bundled as library
from energy_routes.solving.loop import stated
from energy_routes.solving.tightest_caps import tightest_hhi
from energy_routes.studies.curves.frontier import Frontier, frontier
from energy_routes.studies.curves.lever import Lever
from energy_routes.studies.curves.rebuild import Answer, Rebuilder

FREE = 2 * 100 + 6 * 470 + 2 * 460 - 10 * 10  # the toy's plan: 6 Mt short, 2 Mt long


def cones(space: Space, columns: int) -> list[sparse.csr_matrix]:
    """Per cap and family: rows √H·Σx, then √w_g x_g — the second-order cone of the cap, from the exposures alone."""
    out = []
    frame = space.exposure.axis.frame
    for cap in space.policy.max_hhi:
        for family in [family for family in space.measured if for_family([cap], family)]:
            mine = frame[(frame["kind"] == cap.kind) & (frame["family"] == family)]
            groups = list(dict.fromkeys(mine["group"]))
            at = space.builder.blocks[[b.name for b in space.builder.blocks].index("exposure")].start
            root = np.sqrt(weights(space, cap, groups))
            rows = [(1 + groups.index(g), at + i, root[groups.index(g)]) for i, g in mine["group"].items()]
            rows += [(0, at + i, np.sqrt(cap.cap)) for i in mine.index]
            r, c, v = zip(*rows, strict=True)
            out.append(sparse.csr_matrix((v, (r, c)), shape=(1 + len(groups), columns)))
    return out


def conic(space: Space, program: Program) -> tuple[str, float]:
    """Status and optimum by an interior-point conic solver that sees the cone itself, no cut of ours."""
    identity = sparse.identity(program.shape[1], format="csr")
    stack = sparse.vstack([program.matrix.tocsr(), identity], format="csr")
    low = np.concatenate([program.row_lower, program.col_lower])
    high = np.concatenate([program.row_upper, program.col_upper])
    same = low == high
    up, down = np.isfinite(high) & ~same, np.isfinite(low) & ~same
    rows, right, kinds = [stack[same]], [high[same]], [clarabel.ZeroConeT(int(same.sum()))]
    rows += [stack[up], -stack[down]]
    right += [high[up], -low[down]]
    kinds.append(clarabel.NonnegativeConeT(int(up.sum() + down.sum())))
    for cone in cones(space, program.shape[1]):
        rows.append(-cone)
        right.append(np.zeros(cone.shape[0]))
        kinds.append(clarabel.SecondOrderConeT(cone.shape[0]))
    sign = -1.0 if program.sense == "max" else 1.0
    settings = clarabel.DefaultSettings()
    settings.verbose, settings.max_iter = False, 400
    settings.tol_gap_rel = settings.tol_gap_abs = settings.tol_feas = 1e-9
    nothing = sparse.csc_matrix((program.shape[1], program.shape[1]))
    scale = max(1.0, float(np.abs(program.cost).max()))
    solver = clarabel.DefaultSolver(nothing, sign * program.cost / scale, sparse.vstack(rows, format="csc"),
                                    np.concatenate(right), kinds, settings)
    answer = solver.solve()
    return str(answer.status), sign * answer.obj_val * scale + program.offset


def capped(case: Case, kind: str, cap: float, **other: str) -> Case:
    return case.with_policy(max_hhi={kind: cap}, **other)


def answered(case: Case) -> Answer:
    """The optimum by cuts, before any table is made of it."""
    answer = Rebuilder(Lever(case, "", 0.0, 1.0)).solve(0.0)
    assert answer is not None
    return answer


def optimum(case: Case) -> float:
    return answered(case).solution.objective


def agrees(case: Case, tolerance: float = 1e-6) -> None:
    """The cuts end where the conic solver does.

    Of oil and gas together that stops up to 1e-4 short; there the plan is no worse, and inside its caps: no better plan
    than such a one can be had, since the cuts bound it from above.
    """
    space, program = stated(case)
    status, best = conic(space, program)
    assert "Solved" in status
    found = answered(case)
    if len(case.network.packs) == 1:
        assert found.solution.objective == pytest.approx(best, rel=tolerance)
        return
    assert found.solution.objective >= best * (1 - tolerance)
    for family in space.measured:
        for cap in for_family(space.policy.max_hhi, family):
            assert not reached(found.space, cap, family, found.solution.x) > cap.cap + 1e-9  # undefined: nothing moves


@pytest.mark.exhaustive
@pytest.mark.parametrize("model", library.model_names())
def test_models_against_a_conic_solver(model: str) -> None:
    """Between the least HHI that can be had and the free plan's; and with exports free, down to a third of it."""
    case = er.load(model)
    if case.policy.build or case.policy.cvar or case.policy.security:
        pytest.skip("whole builds and futures are no cone programme")
    space, _ = stated(capped(case, "corridor", 1.0, exports="hold"))
    now = float(er.indicators.hhi(_volumes(case)))
    least = tightest_hhi(space, replace(space.policy.max_hhi[0], cap=0.01))
    cap = least + 0.02 * (1 - least) if now <= least else least + 0.3 * (now - least)
    agrees(capped(case, "corridor", cap))
    agrees(capped(case, "corridor", max(now / 3, 0.2), exports="free"))


def _volumes(case: Case) -> list[float]:
    space, x = Rebuilder(Lever(case, "", 0.0, 1.0)).plan(0.0)
    frame = space.exposure.axis.frame.assign(volume=space.exposure.value(x))
    return list(frame[frame["kind"] == "corridor"].groupby("group")["volume"].sum())


def test_by_hand(tmp_path: Path) -> None:
    """Two corridors with 8 Mt: HHI = H leaves s = 4 + 4·√(2H − 1) to SHORT; the last of it costs 10, then 30 USD/t."""
    case = toy(tmp_path)
    for cap in (0.6, 0.55, 0.505):
        plan = er.solve(capped(case, "corridor", cap))
        short = 4 + 4 * np.sqrt(2 * cap - 1)
        cost = 10 * (6 - max(short, 5)) + 30 * max(5 - short, 0)
        assert plan.netback == pytest.approx(FREE - cost, rel=1e-8)
        slope = (10 if short > 5 else 30) * 4 / np.sqrt(2 * cap - 1)
        (price,) = plan.prices["policy"].query("limit == 'hhi:corridor'")["price"]
        assert price == pytest.approx(slope / 100, rel=2e-5)  # cuts stop at 1e-9 of the cone


@pytest.mark.parametrize("over", [1e-2, 1e-4, 1e-6])
def test_close_to_one_over_n(tmp_path: Path, over: float) -> None:
    case = capped(toy(tmp_path), "corridor", 0.5 + over)
    short = 4 + 4 * np.sqrt(2 * over)
    assert er.solve(case).netback == pytest.approx(FREE - 10 - 30 * (5 - short), rel=1e-7)
    agrees(case)


def test_price_by_finite_differences() -> None:
    case, cap, h = er.load("oil-2024"), 0.6, 1e-4
    (price,) = er.solve(capped(case, "corridor", cap)).prices["policy"].query("limit == 'hhi:corridor'")["price"]
    up, down = (optimum(capped(case, "corridor", cap + d)) for d in (h, -h))
    assert price == pytest.approx((up - down) / (2 * h) / 100, rel=1e-6)


@pytest.mark.parametrize("tolerance", first([1.0, 0.05], 1))
def test_frontier_of_hhi_is_bounded_as_it_says(tolerance: float, tmp_path: Path) -> None:
    """The curve of the toy has a closed form: chord ≤ curve ≤ chord + error everywhere."""
    curve = frontier(toy(tmp_path), "policy.max_hhi.corridor", 0.64, 0.502, tolerance=tolerance)
    assert curve.segments["error"].max() <= tolerance
    lies_within_its_errors(curve)
    free = frontier(toy(tmp_path / "free", exports="free"), "policy.max_hhi.corridor", 0.64, 0.502, samples=10)
    assert set(free.segments["form"]) == {"sampled"}


def test_a_frontier_of_hhi_out_of_points_says_how_far_off_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("energy_routes.studies.curves.reach.MOST", 4)
    curve = frontier(toy(tmp_path), "policy.max_hhi.corridor", 0.64, 0.502, tolerance=0.0)
    assert len(curve.segments) == 3
    lies_within_its_errors(curve)


def lies_within_its_errors(curve: Frontier) -> None:
    assert set(curve.segments["form"]) == {"bounded"}
    for piece in curve.segments.to_dict("records"):
        for part in (0.0, 0.25, 0.5, 0.75, 1.0):
            cap = piece["from"] + part * (piece["to"] - piece["from"])
            short = min(4 + 4 * np.sqrt(2 * cap - 1), 6)
            exact = FREE - 10 * (6 - max(short, 5)) - 30 * max(5 - short, 0)
            chord = piece["objective_from"] + part * (piece["objective_to"] - piece["objective_from"])
            assert chord - 1e-5 <= exact <= chord + piece["error"] + 1e-5


RISK = """
    country,risk
    RU,0.7
    CN,0.2
    IT,0.4
    """
SETS = {
    "groups": "kind,group,name\ncorridor,SHORT,S\ncorridor,LONG,L\ntransit_set,RU,R\ntransit_set,CN+IT,C\n",
    "meters": "kind,group,arc,market,commodity\ncorridor,SHORT,SHORT,,\ncorridor,LONG,LONG,,\n"
              "transit_set,RU,SHORT,,\ntransit_set,CN+IT,LONG,,\n",
    "risk": RISK,
}  # fmt: skip


def test_weighted_by_risk(tmp_path: Path) -> None:
    """Σ r s² with r = 0.7 and 1 − 0.8·0.6 = 0.52; against the cone itself and by the plan's own shares."""
    case = toy(tmp_path, SETS)
    free = er.solve(case)
    told = free.indicators.query("indicator == 'risk_weighted_hhi'")["value"].iloc[0]
    assert told == pytest.approx(0.7 * 0.75**2 + 0.52 * 0.25**2)
    cap = capped(case, "transit_set:risk", 0.33)
    agrees(cap)
    plan = er.solve(cap)
    share = plan.groups.query("kind == 'transit_set' and period == 'total'").set_index("group")["share"]
    assert 0.7 * share["RU"] ** 2 + 0.52 * share["CN+IT"] ** 2 == pytest.approx(0.33, abs=1e-7)
    assert er.solve(case.set("policy.max_hhi.transit_set:risk", 0.33)).netback == pytest.approx(plan.netback)
    both = case.with_policy(max_hhi={"transit_set": {"cap": 0.52}, "transit_set:risk": 0.33})
    assert len(both.policy.max_hhi) == 2
    assert er.solve(both).netback <= plan.netback + 1e-6
    with pytest.raises(UsageError, match="transit_set can be weighted"):
        capped(case, "corridor:risk", 0.5)


def test_a_missing_country_is_refused_by_name(tmp_path: Path) -> None:
    case = toy(tmp_path, {**SETS, "risk": "country,risk\nRU,0.7\nCN,0.2\n"})
    with pytest.raises(UsageError, match=r"no risk of IT"):
        capped(case, "transit_set:risk", 0.3)
    assert "risk_weighted_hhi" not in set(er.solve(case).indicators["indicator"])


@pytest.mark.exhaustive
def test_bundled_packs_have_every_country() -> None:
    for model in ("oil-2024", "gas-2024"):
        agrees(capped(er.load(model), "transit_set:risk", 0.6, exports="free"), 1e-5)


def test_cuts_are_kept_and_checked(tmp_path: Path) -> None:
    plan = er.solve(capped(toy(tmp_path / "toy"), "corridor", 0.55))
    cuts = plan.certificate["cuts"]
    assert cuts
    assert {"kind", "family", "groups", "direction"} <= set(cuts[0])
    assert sum(d * d for d in cuts[0]["direction"]) == pytest.approx(1)
    folder = plan.save(tmp_path / "saved")
    assert verify(folder).passed
    file = folder / "certificate.json"
    twice = [2 * x for x in cuts[0]["direction"]]
    for change, words in (({"direction": twice}, "‖û‖²"), ({"cap": 0.4}, "no such cap")):
        told = json.loads(file.read_text("utf-8"))
        told["cuts"][0] = {**cuts[0], **change}
        file.write_text(json.dumps(told), "utf-8")
        assert any(words in difference for difference in audit(folder).differences)
