"""The certificate: a bound that no plan can pass, from the saved duals, of a programme that is the case's own."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from rest import first

import energy_routes as er
from energy_routes.audit import files, verification as audit
from energy_routes.audit.facts import Facts
from energy_routes.audit.proof import bound, certificate
from energy_routes.audit.proof.bound import safe_bound
from energy_routes.audit.proof.programme import Programme, read
from energy_routes.audit.report import Findings
from energy_routes.errors import VerificationError
from energy_routes.results import storing as results

MODEL = Path(__file__).parent / "two_ways" / "model.toml"


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Edits, tanks, contracts, tiers, joint limits; exports held under a cap on a share and one on the HHI."""
    case = er.load(MODEL, ["rail"]).set("policy.max_share.transit:RU", 0.62).set("policy.max_hhi.corridor", 0.52)
    assert case.policy.held
    return results.save(er.solve(case), tmp_path_factory.mktemp("proof") / "result")


@pytest.fixture(scope="module")
def read_back(saved: Path) -> tuple[files.Saved, Facts]:
    content = files.read_all(saved, Findings())
    assert content is not None
    facts = Facts(saved / "inputs")
    return content, facts


def found(folder: Path, content: files.Saved, facts: Facts) -> Findings:
    out = Findings()
    certificate.check(folder, content, facts, out)
    return out


def test_the_optimum_is_proved(saved: Path, read_back: tuple[files.Saved, Facts]) -> None:
    """With the optimum that the held exports rest on, and every rule and column found again."""
    out = found(saved, *read_back)
    assert out.differences == []
    assert out.unchecked == {}
    assert out.counts["proof"] > 10_000
    assert {path.name for path in (saved / "proof").iterdir()} == {"plan", "held"}
    for name in ("plan", "held"):
        of = read(saved / "proof" / name)
        assert abs(safe_bound(of).value - of.value) <= 1e-9 * abs(of.value)
    rules = {rule for rule, _ in read(saved / "proof" / "plan").rows}
    assert {"balance", "capacity", "joint_limits", "market_depth", "obligations", "contracts", "stock_balance",
            "exposure", "max_share", "max_hhi", "hold_exports"} <= rules  # fmt: skip


def test_a_plan_of_a_compiled_case_brings_what_its_held_exports_rest_on(saved: Path, tmp_path: Path) -> None:
    case = er.Plan.load(saved).case
    assert er.verify(er.compile(case).solve().save(tmp_path / "result")).passed
    assert {path.name for path in (tmp_path / "result" / "proof").iterdir()} == {"plan", "held"}


def test_what_is_read_back_and_saved_again_keeps_its_proof(saved: Path, tmp_path: Path) -> None:
    again = results.save(results.load(saved), tmp_path / "again")
    assert (again / "proof" / "plan" / "rows.parquet").read_bytes() == (
        saved / "proof" / "plan" / "rows.parquet").read_bytes()
    assert audit.audit(again).passed


def test_a_plan_of_which_no_optimum_is_told_has_no_proof_and_the_report_says_so(
    read_back: tuple[files.Saved, Facts], tmp_path: Path
) -> None:
    read, facts = read_back
    told = {name: value for name, value in read.certificate.items() if name != "dual_residual"}
    out = found(tmp_path, replace(read, certificate=told, tables={**read.tables, "prices": []}), facts)
    assert out.differences == []
    assert "proof" in out.unchecked


@pytest.mark.parametrize("part", ["proof", "proof/plan"])
@pytest.mark.parametrize("hashed", [True, False])
def test_a_result_that_says_it_was_proved_and_has_no_proof_fails(
    part: str, hashed: bool, saved: Path, tmp_path: Path
) -> None:
    """Also where whoever took the proof away took its hashes from run.json, and the residuals from the certificate."""
    folder = shutil.copytree(saved, tmp_path / "result")
    shutil.rmtree(folder / part)
    if not hashed:
        run = json.loads((folder / "run.json").read_text("utf-8"))
        run["files"] = {name: value for name, value in run["files"].items() if not name.startswith(part)}
        certificate = json.loads((folder / "certificate.json").read_text("utf-8"))
        del certificate["dual_residual"]
        text = json.dumps(certificate, indent=1) + "\n"
        run["files"]["certificate.json"] = hashlib.sha256(text.encode()).hexdigest()
        (folder / "certificate.json").write_bytes(text.encode())
        (folder / "run.json").write_text(json.dumps(run), "utf-8")
    report = audit.audit(folder)
    assert any("proof/plan is missing" in line and "solve the model again" in line for line in report.differences)
    with pytest.raises(VerificationError):
        report.raise_if_failed()


def _largest(column: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """The largest finite number of a column, 1 % and more."""
    def changed(frame: pd.DataFrame) -> pd.DataFrame:
        sizes = frame[column].abs().where(np.isfinite(frame[column]), -1.0)
        frame.loc[sizes.idxmax(), column] = frame.loc[sizes.idxmax(), column] * 1.01 + 0.013
        return frame

    return changed


def _text(column: str, at: int) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Another name in one row."""
    def changed(frame: pd.DataFrame) -> pd.DataFrame:
        frame.loc[at, column] = '["HUB_PORT", "heavy", "2031"]' if column == "label" else "goodwill"
        return frame

    return changed


def _tightened(column: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """The first bound that is not there becomes nought."""

    def changed(frame: pd.DataFrame) -> pd.DataFrame:
        at = frame.index[np.isinf(frame[column])][0]
        frame.loc[at, column] = 0.0
        return frame

    return changed


CHANGES: list[tuple[str, str, Callable[[pd.DataFrame], pd.DataFrame]]] = [
    *(("columns.parquet", column, _largest(column)) for column in ("lower", "upper", "cost", "value")),
    *(("rows.parquet", column, _largest(column)) for column in ("lower", "upper", "dual")),
    *((name, column, _text(column, 3)) for name in ("columns.parquet", "rows.parquet")
      for column in ("block", "label")),
    ("columns.parquet", "a limit more", lambda frame: frame.assign(upper=frame["upper"].where(frame.index != 5, 1e-3))),
    *((f"{file}.parquet", f"{column} tightened", _tightened(column))
      for file, column in (("columns", "upper"), ("rows", "lower"), ("rows", "upper"))),
    ("columns.parquet", "a column less", lambda frame: frame[frame.index != len(frame) - 1]),
    ("rows.parquet", "a row twice", lambda frame: pd.concat([frame, frame.tail(1)])),
    ("rows.parquet", "no duals", lambda frame: frame.assign(dual=0.0)),
    ("rows.parquet", "other signs", lambda frame: frame.assign(dual=-frame["dual"])),
    ("rows.parquet", "no number", lambda frame: frame.assign(dual=np.nan)),
    ("rows.parquet", "no limits", lambda frame: frame.assign(upper=np.inf)),
    ("entries.parquet", "value", _largest("value")),
    ("entries.parquet", "an entry less", lambda frame: frame.iloc[1:]),
    ("entries.parquet", "other rows", lambda frame: frame.assign(row=np.roll(frame["row"], 1))),
    ("entries.parquet", "other columns", lambda frame: frame.assign(column=np.roll(frame["column"], 1))),
    ("entries.parquet", "nowhere", lambda frame: frame.assign(row=frame["row"] + 10**6)),
]


@pytest.mark.parametrize("name", first(["plan", "held"], 1))
@pytest.mark.parametrize(("file", "what", "change"), CHANGES, ids=[f"{file}-{what}" for file, what, _ in CHANGES])
def test_whatever_is_changed_in_a_proof_is_found(
    name: str, file: str, what: str, change: Callable[[pd.DataFrame], pd.DataFrame], saved: Path,
    read_back: tuple[files.Saved, Facts], tmp_path: Path,
) -> None:  # fmt: skip
    shutil.copytree(saved / "proof", tmp_path / "proof")
    at = tmp_path / "proof" / name / file
    change(pd.read_parquet(at)).to_parquet(at, index=False)
    assert found(tmp_path, *read_back).differences


@pytest.mark.parametrize("change", [{"sense": "min"}, {"offset": 500.0}, {"sense": "best"}])
def test_the_sense_and_the_constant_are_found_again(
    change: dict[str, str | float], saved: Path, read_back: tuple[files.Saved, Facts], tmp_path: Path
) -> None:
    shutil.copytree(saved / "proof", tmp_path / "proof")
    file = tmp_path / "proof" / "plan" / "programme.json"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | change), encoding="utf-8")
    assert found(tmp_path, *read_back).differences


def test_a_proof_of_the_held_exports_that_is_gone_is_missed(
    saved: Path, read_back: tuple[files.Saved, Facts], tmp_path: Path
) -> None:
    shutil.copytree(saved / "proof" / "plan", tmp_path / "proof" / "plan")
    assert any("that exports are held" in line for line in found(tmp_path, *read_back).differences)


@pytest.mark.parametrize(("table", "column", "words"), first([
    ("arcs", "tariff", "proof: plan: cost of flow"), ("arcs", "capacity", "proof: plan: most of capacity"),
    ("supplies", "available", "proof: plan: upper bound of lifted"), ("markets", "price", "cost of delivered"),
    ("contracts", "volume", "contracts"), ("limits", "high", "most of joint_limits"),
    ("storages", "working_volume", "most of working_volume"), ("lanes", "yield", "coefficient of flow"),
], 4))  # fmt: skip
def test_a_changed_raw_table_no_longer_goes_with_the_proof(
    table: str, column: str, words: str, saved: Path, read_back: tuple[files.Saved, Facts], tmp_path: Path
) -> None:
    shutil.copytree(saved / "inputs", tmp_path / "inputs")
    file = tmp_path / "inputs" / "two_ways" / f"{table}.csv"
    frame = pd.read_csv(file, dtype=object)
    numbers = pd.to_numeric(frame[column], errors="coerce")
    frame.loc[numbers.notna(), column] = (numbers[numbers.notna()] * 0.99).astype(str)
    frame.to_csv(file, index=False)
    content, _ = read_back
    differences = found(saved, content, Facts(tmp_path / "inputs")).differences
    assert any(words in line for line in differences), differences[:3]


def test_a_rule_that_the_case_does_not_ask_for_is_refused(
    saved: Path, read_back: tuple[files.Saved, Facts], tmp_path: Path
) -> None:
    """With a cap of one's own making a poor plan would be the best one."""
    for rule, words in (("max_exposure", "is no rule of the case"), ("our_cap", "the case asks for nothing of that")):
        shutil.copytree(saved / "proof", tmp_path / rule / "proof")
        file = tmp_path / rule / "proof" / "plan" / "rows.parquet"
        frame = pd.read_parquet(file)
        more = frame.tail(1).assign(block=rule, label='["corridor", "NORTH", "oil", "horizon"]', dual=0.0)
        pd.concat([frame, more], ignore_index=True).to_parquet(file, index=False)
        assert any(words in line for line in found(tmp_path / rule, *read_back).differences)


@pytest.mark.parametrize("weighs", first([{"lambda": 0.3}, {"kappa": -3000.0}], 1))
def test_costs_of_several_futures_are_found_again(weighs: dict[str, float], tmp_path: Path) -> None:
    """A MUSD of a future counts p·(1 − λ); what moves in a booking pays its charge with it."""
    futures = [{"name": "half", "probability": 0.2, "outages": ["arc:HUB_PORT"], "remaining": 0.5}]
    case = er.load(MODEL, ["rail"]).set("policy.cvar", {"alpha": 0.9, **weighs, "scenarios": futures})
    folder = results.save(er.solve(case.set("policy.bookings", {"arcs": ["HUB_GATE"], "premium": 0.1})), tmp_path / "r")
    content = files.read_all(folder, Findings())
    assert content is not None
    facts = Facts(folder / "inputs")
    assert found(folder, content, facts).differences == []
    file = folder / "proof" / "plan" / "columns.parquet"
    frame = pd.read_parquet(file)
    for block in ("flow", "flow@half", "delivered@half"):
        forged = frame.assign(cost=frame["cost"].where(frame["block"] != block, frame["cost"] - 1e-3))
        forged.to_parquet(file, index=False)
        differences = found(folder, content, facts).differences
        assert any(line.startswith(f"proof: plan: cost of {block} ") for line in differences)


def test_a_poorer_plan_is_not_passed_off_as_the_best(tmp_path: Path) -> None:
    """A plan that keeps every rule, with tables that agree with it: only the bound tells that a better one exists."""
    best, poor = (er.load(MODEL).set("market:EAST.price", price) for price in ("640 USD/t", "300 USD/t"))
    plans = [results.save(er.solve(case), tmp_path / name) for name, case in (("best", best), ("poor", poor))]
    of = read(plans[0] / "proof" / "plan")
    other = read(plans[1] / "proof" / "plan")
    assert of.columns == other.columns
    passed_off = replace(of, x=other.x)
    out = Findings()
    certificate.residuals("plan", passed_off, out)
    assert out.differences == []  # it keeps every rule
    assert safe_bound(passed_off).value - passed_off.value > 1e-3 * passed_off.value


def programme(seed: int, sense: str = "max") -> Programme:
    """A small programme with some rows, all columns limited, some only by the rows; a point and duals of no worth."""
    draw = np.random.default_rng(seed)
    rows, columns = int(draw.integers(1, 5)), int(draw.integers(1, 6))
    matrix = draw.integers(0, 4, (rows, columns)).astype(float)
    matrix[0] = 1.0  # every column is limited by the first row
    row, col = np.nonzero(matrix)
    return Programme(
        sense=sense, offset=float(draw.integers(-3, 3)), columns=[("x", (str(j),)) for j in range(columns)],
        rows=[("r", (str(i),)) for i in range(rows)], lower=np.zeros(columns),
        upper=np.where(draw.random(columns) < 0.5, np.inf, 3.0), cost=draw.normal(size=columns), x=np.zeros(columns),
        row_lower=np.full(rows, -np.inf), row_upper=draw.integers(1, 9, rows).astype(float),
        dual=draw.normal(size=rows), row=row, col=col, val=matrix[row, col],
    )  # fmt: skip


def optimum(of: Programme) -> float:
    from scipy.optimize import linprog

    matrix = np.zeros((len(of.rows), len(of.columns)))
    matrix[of.row, of.col] = of.val
    sign = -1.0 if of.sense == "max" else 1.0
    bounds = list(zip(of.lower, [None if np.isinf(u) else u for u in of.upper], strict=True))
    return sign * float(linprog(sign * of.cost, matrix, of.row_upper, bounds=bounds).fun) + of.offset


@pytest.mark.parametrize("exact", [True, False])
@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 10**6), sense=st.sampled_from(["max", "min"]))
def test_no_duals_make_a_bound_that_the_optimum_passes(exact: bool, seed: int, sense: str) -> None:
    """Whatever the duals are: they make it loose, never wrong."""
    of = programme(seed, sense)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bound, "EXACT", 10**9 if exact else 0)
        told = safe_bound(of)
    beyond = told.value - optimum(of)
    assert (beyond if sense == "max" else -beyond) >= -1e-9
    assert told.boxed == ()


@pytest.mark.parametrize("seed", range(20))
def test_both_ways_of_reckoning_agree(seed: int) -> None:
    of = programme(seed)
    exact = safe_bound(of).value
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bound, "EXACT", 0)
        outward = safe_bound(of).value
    assert exact <= outward <= exact + 1e-9 * max(1.0, abs(exact))


def test_a_column_that_nothing_limits_is_named() -> None:
    of = replace(programme(3), row_upper=np.full(len(programme(3).rows), np.inf))
    of = replace(of, cost=np.abs(of.cost), upper=np.full(len(of.columns), np.inf))
    told = safe_bound(of)
    assert set(told.boxed) == set(of.columns)
    assert told.value > 100.0


def test_rings_without_a_limit_take_the_limits_of_what_feeds_them() -> None:
    """x0 ≤ 4; x1 ≤ x0; x2 ≤ 2·x1, none with a bound of its own."""
    row, col = np.array([0, 1, 1, 2, 2]), np.array([0, 1, 0, 2, 1])
    of = Programme(
        sense="max", offset=0.0, columns=[("x", (str(j),)) for j in range(3)],
        rows=[("r", (str(i),)) for i in range(3)],
        lower=np.zeros(3), upper=np.full(3, np.inf), cost=np.ones(3), x=np.zeros(3), row_lower=np.full(3, -np.inf),
        row_upper=np.array([4.0, 0.0, 0.0]), dual=np.zeros(3), row=row, col=col,
        val=np.array([1.0, 1.0, -1.0, 1.0, -2.0]),
    )  # fmt: skip
    _, upper = bound.implied(of)
    assert upper == pytest.approx([4.0, 4.0, 8.0], rel=1e-6)
    assert (upper >= [4.0, 4.0, 8.0]).all()
    assert safe_bound(of).value == pytest.approx(16.0, rel=1e-6)
