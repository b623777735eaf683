"""A frozen network: how a figure is found for a period, and edits laid over it without touching the tables."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from toy import toy

from energy_routes.errors import DataError, UsageError
from energy_routes.network.added_route import AddedRoute
from energy_routes.network.edit import Edit, parse_target
from energy_routes.network.names import Names
from energy_routes.network.network import Network
from energy_routes.pack.units.periods import Period, periods_of

VALUES = """
    table,id,field,period,value
    arcs,SHORT,capacity,2024-03,3
    arcs,SHORT,capacity,2024,5
    arcs,SHORT,capacity,*-03,4
    tiers,WEST/1,depth,2024,2
    """


@pytest.fixture
def network(tmp_path: Path) -> Network:
    return toy(tmp_path, {"values": VALUES}).network


def capacity(network: Network, *labels: str) -> list[float]:
    """Capacity of SHORT in months such as 2024-03 and years such as 2024."""
    periods = [Period(t, int(t[:4]), int(t[5:]) if len(t) > 4 else None) for t in labels]
    return [float(v) for v in network.resolve("arcs", "capacity", periods)[1]]


def test_the_nearest_date_wins(network: Network) -> None:
    months = ("2023", "2023-02", "2023-03", "2024", "2024-02", "2024-03", "2025-03")
    year = (6 * 334 + 4 * 31) / 365, (5 * 335 + 3 * 31) / 366  # every other month, and March
    assert capacity(network, *months) == pytest.approx([year[0], 6, 4, year[1], 5, 3, 4], rel=1e-14)


def test_a_compound_key_is_joined_by_a_slash(network: Network) -> None:
    assert network.ids("tiers") == ["WEST/1", "WEST/2"]
    assert network.resolve("tiers", "depth", periods_of([2023, 2024], "year"))[0].tolist() == [3, 2]


def test_edits_apply_in_order_over_dated_figures(network: Network) -> None:
    edited = network.with_edits(
        Edit("arcs", "SHORT", "capacity", "scale", 0.5),
        Edit("arcs", "SHORT", "capacity", "add", 1.0, ("2024",)),
        Edit("arcs", "SHORT", "capacity", "set", 9.0, ("2023-02",)),
    )
    years = (3 * 306 + 9 * 28 + 2 * 31) / 365, (3.5 * 335 + 2.5 * 31) / 366
    assert capacity(edited, "2023-01", "2023-02", "2024-01", "2024-03") == [3, 9, 3.5, 2.5]
    assert capacity(edited, "2023", "2024") == pytest.approx(years, rel=1e-14)
    assert capacity(network, "2023-01", "2023-02", "2024-01", "2024-03") == [6, 6, 5, 3]  # the first is as it was
    assert edited.resolve("arcs", "capacity", periods_of([2023], "month"), edited=False)[1, 0] == 6


def test_networks_of_other_edits_share_what_is_found_of_their_packs(network: Network) -> None:
    edited = network.with_edits(Edit("arcs", "SHORT", "capacity", "set", 1.0))
    assert edited._stack is network._stack
    assert pickle.loads(pickle.dumps(edited)).ids("arcs") == network.ids("arcs")
    added = edited.with_route(AddedRoute("NEW", "New", "HUB", "WEST", 5))
    assert added.ids("arcs") == [*network.ids("arcs"), "NEW"]
    assert (added.family_of("arcs")["NEW"], "NEW" in edited.family_of("arcs")) == ("oil", False)
    assert capacity(added, "2024-02") == [1.0]


def test_the_tables_are_never_written_to(network: Network) -> None:
    before = network.tables["arcs"].copy()
    network.outage("SHORT").without("LONG").scale("arc:GATHER", "tariff", 3).resolve(
        "arcs", "tariff", periods_of([2023], "year")
    )
    assert network.tables["arcs"].equals(before)


def test_an_outage_leaves_a_part_in_the_periods_named(network: Network) -> None:
    periods = periods_of([2024], "month")
    out = network.outage("SHORT", ["2024-02"], remaining=0.25)
    availability = out.resolve("arcs", "availability", periods)[1]
    assert availability[1] == 0.25
    assert np.delete(availability, 1).tolist() == [1.0] * 11


def test_a_group_or_a_node_stands_for_its_arcs(network: Network) -> None:
    assert network.arcs_of("SHORT") == network.arcs_of("arc:SHORT") == ["SHORT"]
    assert network.arcs_of("transit:RU") == ["SHORT"]
    assert network.arcs_of("HUB") == ["GATHER", "SHORT", "LONG"]
    assert network.arcs_of("corridor:LONG") == ["LONG"]


@pytest.mark.parametrize("what", ["SHRT", "transit:XX", "corridor:SHRT"])
def test_an_unknown_thing_is_refused(network: Network, what: str) -> None:
    with pytest.raises(UsageError, match="is not an arc, a group or a node"):
        network.outage(what)


def test_of_an_unknown_arc_the_arcs_are_told(network: Network) -> None:
    with pytest.raises(UsageError, match=r"Nearest: 'arc:SHORT'\. There are: arc:GATHER, arc:SHORT, arc:LONG$"):
        network.outage("arc:SHRT")


def test_closing_and_opening(network: Network) -> None:
    periods = periods_of([2024], "month")[:3]
    closed = network.without("LONG", ["2024-02"])
    assert closed.open(periods)[2].tolist() == [True, False, True]
    again = closed.with_edits(Edit("arcs", "LONG", "status", "set", "operating"))
    assert again.open(periods)[2].tolist() == [True, True, True]


@pytest.mark.parametrize(
    ("edit", "match"),
    [
        (Edit("arcs", "SHRT", "capacity", "set", 1.0), "Nearest: 'SHORT'"),
        (Edit("arcs", "SHORT", "capcity", "set", 1.0), "Nearest: 'capacity'"),
        (Edit("arcs", "SHORT", "length_km", "set", 1.0), "no number called"),
        (Edit("arcs", "SHORT", "capacity", "set", -1.0), "set -1"),
        (Edit("arcs", "SHORT", "availability", "set", 1.01), "from 0 to 1"),
        (Edit("arcs", "SHORT", "tariff", "set", float("inf")), "inf"),
        (Edit("arcs", "SHORT", "tariff", "scale", float("inf")), "inf"),
        (Edit("arcs", "SHORT", "tariff", "add", float("nan")), "nan"),
        (Edit("arcs", "SHORT", "status", "set", "shut"), "shut"),
    ],
)
def test_a_wrong_edit_is_refused(network: Network, edit: Edit, match: str) -> None:
    with pytest.raises(DataError, match=match):
        network.with_edits(edit)


def test_wrong_edits_are_told_together(network: Network) -> None:
    with pytest.raises(DataError, match="2 problems"):
        network.with_edits(
            Edit("arcs", "X", "capacity", "set", 1.0), Edit("arcs", "SHORT", "capacity", "set", -1.0)
        )


def test_scaling_a_figure_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A lane without a tariff of its own pays the arc's: scaling nothing would silently change nothing."""
    network = toy(tmp_path, {"lanes": "arc,commodity,yield\nSHORT,CRUDE,0.9"}).network
    scaled = network.scale("lane:SHORT/CRUDE", "tariff", 0.5)
    with pytest.raises(DataError, match="lane:SHORT/CRUDE tariff"):
        scaled.resolve("lanes", "tariff", periods_of([2023], "year"))
    stated = network.with_edits(Edit("lanes", "SHORT/CRUDE", "tariff", "set", 40.0))
    again = stated.scale("lane:SHORT/CRUDE", "tariff", 0.5)
    assert again.resolve("lanes", "tariff", periods_of([2023], "year")).item() == 20


def test_a_figure_that_some_months_have_is_scaled_in_those(tmp_path: Path) -> None:
    dated = "table,id,field,period,value\nlanes,SHORT/CRUDE,tariff,2023-02,40\nlanes,SHORT/CRUDE,tariff,*-03,20"
    network = toy(tmp_path, {"lanes": "arc,commodity,yield\nSHORT,CRUDE,0.9", "values": dated}).network
    scaled = network.scale("lane:SHORT/CRUDE", "tariff", 0.5)
    months = scaled.resolve("lanes", "tariff", periods_of([2023], "month"))[0]
    assert months[:4].tolist() == pytest.approx([np.nan, 20, 10, np.nan], nan_ok=True)


@pytest.mark.parametrize("remaining", [-0.1, 1.1, float("nan")])
def test_what_an_outage_leaves_is_a_share(network: Network, remaining: float) -> None:
    with pytest.raises(UsageError, match=r"share|expected a number"):
        network.outage("SHORT", remaining=remaining)


def test_part_of_an_unlimited_arc_cannot_be_out(tmp_path: Path) -> None:
    """Half of unlimited is unlimited: an outage that changes nothing is refused, not ignored."""
    case = toy(tmp_path).set("arc:SHORT.capacity", "unlimited")
    with pytest.raises(UsageError, match="unlimited"):
        case.outage("SHORT", remaining=0.5)
    assert case.outage("SHORT", remaining=0.0) is not None


def test_arcs_are_told_apart_by_as_much_of_their_names_as_it_takes() -> None:
    names = {"FIRST": "Line (L) A, B: first", "NEXT": "Line A, B: second", "SEA": "Long (LW) - West, by sea",
             "LOOP": "Twice", "AGAIN": "Twice"}  # fmt: skip
    called = Names({"arcs": pd.DataFrame({"id": list(names), "name": list(names.values())})})
    assert called.arc == {"FIRST": "Line A, B: first", "NEXT": "Line A, B: second", "SEA": "Long - West",
                          "LOOP": "Twice (LOOP)", "AGAIN": "Twice (AGAIN)"}  # fmt: skip


def test_targets_are_words_people_use() -> None:
    assert parse_target("arc:BTC") == ("arcs", "BTC")
    assert parse_target("tier:WEST/1") == ("tiers", "WEST/1")
    assert parse_target("joint:J") == ("limits", "J")
    with pytest.raises(UsageError, match="Nearest: 'supply'"):
        parse_target("suply:X")
