"""The Caspian terminal by its moorings: one figure for one mooring, days that make it, and December 2025 told again."""

from __future__ import annotations

import csv
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

import energy_routes as er
from energy_routes.case import Case, without_event
from energy_routes.pack import data_path, model_names, model_path
from energy_routes.plan import Plan

PLANNED, LOADED, REROUTED = 6.67, 3.98, 0.30  # Mt in December 2025 (moorings.csv; KazMunayGas)
VENTURES = "TENGIZ", "KASHAGAN", "KARACHAGANAK"
DECEMBER = "2025-12"
MODEL = """
title = "December 2025"
data = "kazakhstan-oil"
year = 2025
periods = "month"

[policy]
exports = "free"

[[edit]]
target = "arc:CPC_SPM"
availability = {{ set = 1 }}
periods = ["2025-12"]
reason = "as planned"

[[edit]]
target = "storage:CPC_TF"
injection = {{ set = 0 }}
periods = ["2025-12"]
reason = "no room in the tanks"

{fields}
[[edit]]
target = "arc:CPC_SPM"
availability = {{ scale = {one} }}
booked = {{ scale = {one} }}
event = "drones"
periods = ["2025-12"]
reason = "one mooring left"
"""
FIELD = """
[[edit]]
target = "supply:{field}"
available = {{ set = {volume}, unit = "Mt/month" }}
periods = ["2025-12"]
reason = "at capacity"
"""
# A day of Tengiz 0.118 Mt (peak 0.12), of Kashagan 0.053 (420 kb/d): with what others send CPC as much as was planned.
AT_CAPACITY = {"TENGIZ": 3.646, "KASHAGAN": 1.654, "KARACHAGANAK": 1.045}


def one_mooring() -> float:
    """Share of nameplate that is loaded on one mooring, as the pack has it."""
    values = er.load("oil-2024").network.tables["values"]
    same = (values[["table", "id", "field", "period"]] == ["arcs", "CPC_SPM", "availability", DECEMBER]).all(axis=1)
    return float(values.loc[same, "value"].iloc[0])


def rows() -> list[dict[str, str]]:
    with (data_path("history") / "moorings.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_one_mooring_loads_what_december_2025_loaded_and_nothing_says_otherwise() -> None:
    """3.98 of 83/12 Mt; models have the figure of the pack; the parameters of the backtest have none."""
    one = one_mooring()
    assert one == pytest.approx(LOADED / (83 / 12), abs=5e-4)
    behaviour = tomllib.loads((data_path("history") / "behaviour.toml").read_text("utf-8"))
    parameters = [p for p in behaviour.values() if isinstance(p, dict)]
    turned = {arc for p in parameters for arc in p.get("arcs", ())}
    assert "one_mooring" not in behaviour
    assert not {"CPC_RU", "CPC_SPM"} & turned
    told = {}
    for name in model_names():
        for edit in edits_of(model_path(name)):
            change = edit.get("availability", {})
            if edit.get("target") == "arc:CPC_SPM" and "capacity" in edit:
                told[name] = float("nan")  # moorings are a share of the capacity, not another one
            elif edit.get("target") == "arc:CPC_SPM" and 0 < change.get("set", 0) < 1:
                told[name] = change["set"]
    assert len(told) >= 6
    assert set(told.values()) == {one}


def edits_of(path: Path) -> list[dict[str, dict[str, float]]]:
    model = tomllib.loads(path.read_text("utf-8"))
    return [*model.get("edit", []), *(e for s in model.get("scenario", {}).values() for e in s.get("edit", []))]


MONTHS_2022 = ("2022-03", "2022-04", "2022-06", "2022-08", "2022-09", "2022-10", "2022-11")


def availabilities(arc: str) -> dict[str, float]:
    """The dated rows of an arc's availability, by period."""
    values = er.load("oil-2024").network.tables["values"]
    own = values[(values[["table", "id", "field"]] == ["arcs", arc, "availability"]).all(axis=1)]
    return dict(zip(own["period"], own["value"].astype(float), strict=True))


def days_of(period: str) -> dict[str, float]:
    row = next(row for row in rows() if row["period"] == period)
    return {name: float(row[name]) for name in ("days", "stopped", "one", "kashagan")}


@pytest.mark.parametrize(("period", "dated"), [
    *((month, month) for month in MONTHS_2022), ("2023-11", "2023-11"), ("2025-01..2025-11", "2025"),
    ("2025-12", "2025-12"), ("2026-01", "2026-01"),
])  # fmt: skip
def test_the_terminal_stands_as_many_days_as_the_table_of_moorings_says(period: str, dated: str) -> None:
    """1 - (days of nothing + days on one mooring × what one does not load) / days; two moorings load in full."""
    days, own = days_of(period), availabilities("CPC_SPM")
    lost = days["stopped"] + days["one"] * (1 - one_mooring())
    assert own[dated] == pytest.approx(1 - lost / days["days"], abs=5e-4)
    assert own["2026"] == 1.0


@pytest.mark.parametrize("month", MONTHS_2022)
def test_the_pipe_of_2022_ran_at_what_the_terminal_loaded_and_without_kashagan(month: str) -> None:
    """67 Mt/y in the pipe beside 83 at the terminal: one mooring leaves 0.575 × 83/67; Kashagan is 15.9 of the 67."""
    days, pipe, terminal = days_of(month), 67.0, 83.0
    lost = days["stopped"] + days["one"] * (1 - one_mooring() * terminal / pipe) + days["kashagan"] * 15.9 / pipe
    own = availabilities("CPC_RU")
    assert own[month] == pytest.approx(1 - lost / days["days"], abs=5e-4)
    assert set(own) == {"2022", *MONTHS_2022}  # from 2023 on the pipe carries as much as the terminal loads


def test_the_months_of_2022_make_its_days_and_bear_the_figure_out() -> None:
    """Days of the year are those of its months; on one mooring 4.0 and 3.85 Mt were planned (Reuters)."""
    year, months = days_of("2022"), [days_of(month) for month in MONTHS_2022]
    for name in ("stopped", "one", "kashagan"):
        assert sum(month[name] for month in months) == year[name]
    for month, planned in (("2022-09", 4.0), ("2022-10", 3.85)):
        assert one_mooring() * 83 * days_of(month)["days"] / 365 == pytest.approx(planned, rel=0.06)


@pytest.fixture(scope="module")
def december(tmp_path_factory: pytest.TempPathFactory) -> tuple[Case, Plan, Plan]:
    """The case, its plan, and the plan without the event."""
    fields = "".join(FIELD.format(field=field, volume=volume) for field, volume in AT_CAPACITY.items())
    path = tmp_path_factory.mktemp("december") / "december.toml"
    path.write_text(MODEL.format(fields=fields, one=one_mooring()), "utf-8")
    case = er.load(path)
    return case, er.solve(case), er.solve(without_event(case, "drones"))


def corridors(plan: Plan) -> dict[str, float]:
    groups = plan.groups[(plan.groups["kind"] == "corridor") & (plan.groups["period"] == DECEMBER)]
    return dict(zip(groups["group"], groups["volume"], strict=True))


def russian(plan: Plan) -> float:
    network, month = plan.case.network, [p for p in plan.case.periods if p.label == DECEMBER]
    booked = network.resolve("arcs", "booked", month)[network.ids("arcs").index("CPC_SPM"), 0]
    return float(booked) * month[0].years


@pytest.mark.exhaustive
def test_december_2025_is_told_again(december: tuple[Case, Plan, Plan]) -> None:
    """In: 3.98 Mt of 6.67 planned are loaded. Out: 0.30 ± 0.10 are re-routed, 2.39 Mt ± 15 % shut in or stored."""
    _, plan, planned = december
    before, after = corridors(planned), corridors(plan)
    assert before["CPC"] + russian(planned) == pytest.approx(PLANNED, abs=0.02)
    assert after["CPC"] + russian(plan) == pytest.approx(LOADED, abs=0.01)
    moved = sum(max(after[g] - before[g], 0.0) for g in after if g != "CPC")
    assert moved == pytest.approx(REROUTED, abs=0.10)
    shut, calm = (p.supplies.loc[p.supplies["period"] == DECEMBER, "shut_in"].sum() for p in (plan, planned))
    stored = sum(p.stocks.loc[p.stocks["period"] == DECEMBER, ["injected", "withdrawn"]].sum() @ [1, -1] * sign
                 for p, sign in ((plan, 1), (planned, -1)))  # fmt: skip
    missed = shut - calm + stored + russian(planned) - russian(plan)
    assert missed == pytest.approx(PLANNED - LOADED - REROUTED, rel=0.15)


def test_without_the_ramp_too_much_is_rerouted_at_once(december: tuple[Case, Plan, Plan]) -> None:
    """Whatever the free capacity allows moves where the event was foreseen: the test above could fail."""
    case, _, planned = december
    network = case.network
    known = tuple(replace(edit, event="") for edit in network.edits)
    foreseen = er.solve(replace(case, network=replace(network, edits=known)))
    before, after = corridors(planned), corridors(foreseen)
    assert sum(max(after[g] - before[g], 0.0) for g in after if g != "CPC") == pytest.approx(0.76, abs=0.03)
