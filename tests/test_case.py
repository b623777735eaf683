"""A case and its changes: each returns a new one, and refuses what is not there."""

from __future__ import annotations

from pathlib import Path

import pytest
from toy import months, toy

from energy_routes.case.case import Case
from energy_routes.errors import DataError, UsageError
from energy_routes.pack.units.periods import Period, periods_of


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return toy(tmp_path)


def test_a_case_and_its_parts_are_told_in_a_line(case: Case) -> None:
    changed = case.set("arc:SHORT.capacity", "2 Mt/y")
    (pack,) = case.network.packs
    assert repr(changed) == f"Case('model': Toy; {pack.name}; 2023; edits: 1)"
    assert repr(changed.network) == f"Network(Pack({pack.name!r}: oil, nodes: 4, arcs: 3); edits: 1)"


def test_a_change_returns_a_new_case(case: Case) -> None:
    changed = case.set("arc:SHORT.capacity", "2 Mt/y").with_policy(exports="free")
    assert case.edits == ()
    assert case.policy.exports == "hold"
    assert [(e.target, e.op, e.value) for e in changed.edits] == [("arc:SHORT", "set", 2.0)]


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("arc:SHORT.capacity", "2.5", 2.5),
        ("arc:SHORT.capacity", 2, 2.0),
        ("arc:SHORT.capacity", "2500 kt/y", 2.5),
        ("arc:SHORT.capacity", "unlimited", float("inf")),
        ("arc:SHORT.tariff", "2 USD/bbl", 15.0),
        ("tier:WEST/1.depth", 1, 1.0),
        ("arc:SHORT.status", "idle", "idle"),
    ],
)
def test_set_reads_a_path_and_a_value(case: Case, path: str, value: float | str, expected: float | str) -> None:
    assert case.set(path, value).edits[0].value == expected


def test_set_reaches_the_levers(case: Case) -> None:
    case = case.set("policy.max_share.transit:RU", "0.5").set("max_exposure.corridor:LONG", 3)
    case = case.set("policy.objective", "cost").set("policy.exports", "free")
    assert [(c.name, c.cap) for c in case.policy.max_share] == [("transit:RU", 0.5)]
    assert [(c.name, c.cap) for c in case.policy.max_exposure] == [("corridor:LONG", 3.0)]
    assert (case.policy.objective, case.policy.exports) == ("cost", "free")
    assert case.set("policy.max_share.transit:RU", 0.4).policy.max_share[0].cap == 0.4  # replaced, not added


@pytest.mark.parametrize(
    ("path", "value", "match"),
    [
        ("arc.SHORT.capacity", 5, "not a path"),
        ("nonsense", 5, "not a path"),
        ("arc:SHORT.capacity", "much", "not a number"),
        ("arc:SHORT.capcity", 5, "Nearest: 'capacity'"),
        ("arc:SHRT.capacity", 5, "Nearest: 'SHORT'"),
        ("arc:SHORT.capacity", -5, "set -5"),
        ("arc:SHORT.capacity", "5 Mt", "Mt/y"),
        ("policy.max_share.transit:RU", 1.2, "from 0 to 1"),
        ("policy.max_share.transit:XX", 0.5, "not a group"),
        ("policy.max_share.RU", 0.5, "kind:group"),
        ("policy.objective", "profit", "netback or cost"),
        ("policy.max_share.transit:", 0.5, "kind:group"),
        ("policy.max_share", 0.5, "table of caps"),
        ("policy.exports.RU", 0.5, "'hold' or 'free'|hold or free"),
        ("policy.lever", 1, "no lever 'lever'"),
        ("policy.self", 1, "no lever 'self'"),
        ("policy.min_shares.transit:RU", 0.5, "no lever 'min_shares'. Nearest: 'min_share'"),
    ],
)
def test_set_refuses_what_is_not_there(case: Case, path: str, value: float | str, match: str) -> None:
    with pytest.raises((UsageError, DataError), match=match):
        case.set(path, value)


def test_a_period_outside_the_horizon_is_refused(case: Case) -> None:
    for change in (
        lambda: case.outage("SHORT", ["2024"]),
        lambda: case.scale("arc:SHORT", "capacity", 2, ["2023-01"]),
        lambda: case.without("SHORT", ["2023-13"]),
    ):
        with pytest.raises(UsageError, match="not in the horizon"):
            change()
    assert months(case).outage("SHORT", ["2023"]).edits  # a year covers its months
    assert months(case).outage("SHORT", ["*-02"]).edits  # and a season its month


def test_an_unknown_lever_offers_the_nearest(case: Case) -> None:
    with pytest.raises(UsageError, match="Nearest: 'max_share'"):
        case.with_policy(max_shares={"transit:RU": 0.5})


def test_an_empty_table_of_caps_takes_the_caps_away(case: Case) -> None:
    capped = case.with_policy(max_share={"transit:RU": 0.5, "corridor:LONG": 0.9})
    assert capped.policy.caps
    assert not capped.with_policy(max_share={}).policy.caps


def test_periods_know_their_days() -> None:
    assert [p.days for p in periods_of([2024], "month")[:3]] == [31, 29, 31]
    assert sum(p.years for p in periods_of([2024], "month")) == pytest.approx(1)
    assert Period("2023", 2023).overlap("2023-07", None) == pytest.approx(184 / 365)
    assert Period("2024-02", 2024, 2).overlap("2024", "2024-02") == 1
    assert Period("2024-02", 2024, 2).overlap("2024-03", None) == 0


def test_the_length_of_the_horizon(case: Case) -> None:
    assert case.years == 1
    assert months(case).years == pytest.approx(90 / 365)
