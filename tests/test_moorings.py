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
# A day of Tengiz 0.119 Mt (peak 0.12), of Kashagan 0.053 (420 kb/d): with what others send CPC as much as was planned.
AT_CAPACITY = {"TENGIZ": 3.702, "KASHAGAN": 1.654, "KARACHAGANAK": 1.045}


def one_mooring() -> float:
    """Share of nameplate that is loaded on one mooring, as the pack has it."""
    values = er.load("oil-2024").network.tables["values"]
    same = (values[["table", "id", "field", "period"]] == ["arcs", "CPC_SPM", "availability", DECEMBER]).all(axis=1)
    return float(values.loc[same, "value"].iloc[0])


def rows() -> list[dict[str, str]]:
    with (data_path("history") / "moorings.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_one_mooring_loads_what_december_2025_loaded_and_nothing_says_otherwise() -> None:
    """3.98 of 83/12 Mt; models have the figure of the pack."""
    one = one_mooring()
    assert one == pytest.approx(LOADED / (83 / 12), abs=5e-4)
    behaviour = tomllib.loads((data_path("history") / "behaviour.toml").read_text("utf-8"))["one_mooring"]
    assert "share of normal" in behaviour["title"]  # what the system carried in 2022 is another figure
    assert behaviour["low"] == pytest.approx(LOADED / PLANNED, abs=0.005)
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


@pytest.mark.parametrize(("period", "dated"), [
    ("2022", "2022"), ("2023", "2023"), ("2025-01..2025-11", "2025"), ("2025-12", "2025-12"), ("2026-01", "2026-01"),
])  # fmt: skip
def test_the_terminal_stands_as_many_days_as_the_table_of_moorings_says(period: str, dated: str) -> None:
    """1 - (days of nothing + days on one mooring × what one does not load) / days; two moorings load in full."""
    row = next(row for row in rows() if row["period"] == period)
    lost = float(row["stopped"]) + float(row["one"]) * (1 - one_mooring())
    values = er.load("oil-2024").network.tables["values"].set_index(["table", "id", "field", "period"])["value"]
    own = values["arcs", "CPC_SPM", "availability", dated]
    assert own == pytest.approx(1 - lost / float(row["days"]), abs=5e-4)
    assert values["arcs", "CPC_SPM", "availability", "2026"] == 1.0


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
    assert sum(max(after[g] - before[g], 0.0) for g in after if g != "CPC") == pytest.approx(0.69, abs=0.03)
