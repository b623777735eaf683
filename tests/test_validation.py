"""The page that holds the models against the past: its measure, its sources, and that nothing of the past is put in."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

import energy_routes as er
from energy_routes.pack.schema.tables import TABLES

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "validation.md"


@pytest.fixture(scope="module")
def scripts() -> Iterator[None]:
    """``docs/scripts`` on the path."""
    sys.path.insert(0, str(ROOT / "docs" / "scripts"))
    yield
    sys.path.remove(str(ROOT / "docs" / "scripts"))


@pytest.mark.usefixtures("scripts")
def test_distance_on_a_hand_example() -> None:
    """Shares 0.6, 0.3, 0.1 against 0.5, 0.3, 0.0 and 0.2 elsewhere: ½ (0.1 + 0 + 0.1 + 0.2) = 20 points."""
    import backtest as bt

    model, actual = {"a": 6.0, "b": 3.0, "c": 1.0}, {"a": 25.0, "b": 15.0, "d": 10.0}
    assert bt.distance(model, actual) == pytest.approx(20.0)
    assert bt.distance(actual, model) == pytest.approx(20.0)
    assert bt.distance(model, {k: 7 * v for k, v in model.items()}) == pytest.approx(0.0)
    assert bt.distance({"a": 1.0}, {"b": 1.0}) == pytest.approx(100.0)
    assert bt.loss(model, {"one": model, "two": actual}) == pytest.approx(10.0)
    with pytest.raises(ValueError, match="no volume"):
        bt.distance({"a": 0.0}, actual)


@pytest.mark.usefixtures("scripts")
def test_at_most_four_parameters_and_one_corridor_only_with_a_source() -> None:
    import backtest as bt

    told = {name: t for name, t in bt.behaviour().items() if isinstance(t, dict)}
    assert 1 <= len(told) <= 4
    for name, t in told.items():
        assert t["low"] <= t["published"] <= t["high"], name
        assert t["source"].startswith("http"), name
    assert [t["corridor"] for t in told.values() if "corridor" in t] == ["CPC"]


@pytest.mark.usefixtures("scripts")
def test_the_parameters_at_their_published_figures_are_the_pack() -> None:
    """Laying the parameters over the pack at their published figures changes no number of it."""
    import backtest as bt

    told = bt.behaviour()
    published = bt.Knobs({n: t["published"] for n, t in told.items() if isinstance(t, dict)})
    for year in (2022, 2023, 2024, 2025):
        case = bt.case_of("oil-2024", year)
        laid = published.on(case, told).network
        for edit in laid.edits:
            row = laid.ids(edit.table).index(edit.id)
            now, was = (laid.resolve(edit.table, edit.field, case.periods, edited=e)[row, 0] for e in (True, False))
            assert now == pytest.approx(was, rel=1e-3), (year, edit.target)


@pytest.mark.usefixtures("scripts")
def test_the_distance_of_2024_on_the_page_is_that_of_a_fresh_solve() -> None:
    import backtest as bt

    block = PAGE.read_text("utf-8").split("**2024**, Mt")[1].split("**2025**")[0]
    printed = re.findall(r"\d+\.\d\d", next(x for x in block.splitlines() if x.startswith("| distance")))
    model = bt.corridors(er.solve(er.load("oil-2024")))
    fresh = [bt.distance(model, record) for record in bt.records(bt.history("oil"), 2024).values()]
    assert [float(p) for p in printed] == pytest.approx(fresh, abs=0.006)
    assert max(fresh) <= 3


def bounds(pack: er.Network, year: int) -> pd.DataFrame:
    """Every upper bound of a year on an arc where a corridor is measured: corridor, what, value."""
    from energy_routes.pack.units.periods import periods_of

    periods, tables = periods_of([year], "year"), pack.tables
    meters = tables["meters"][tables["meters"]["kind"] == "corridor"]
    corridor = dict(zip(meters["arc"], meters["group"], strict=True))
    numbers = (pack.resolve("arcs", column, periods)[:, 0] for column in ("capacity", "availability", "booked"))
    rows = [
        (corridor[arc], f"arc:{arc}", most * share - others)
        for arc, most, share, others in zip(pack.ids("arcs"), *numbers, strict=True)
        if arc in corridor
    ]
    high = dict(zip(pack.ids("limits"), pack.resolve("limits", "high", periods)[:, 0], strict=True))
    for term in tables["limit_terms"].itertuples():
        if term.arc in corridor:
            rows.append((corridor[term.arc], f"joint:{term.limit}", high[term.limit]))
    return pd.DataFrame(rows, columns=["corridor", "what", "value"])


@pytest.mark.parametrize("name", ["kazakhstan-oil", "kazakhstan-gas"])
@pytest.mark.usefixtures("scripts")
def test_no_flow_is_pinned(name: str) -> None:
    """No least flow anywhere, and no bound of a year that is, within a hundredth, what went through in that year."""
    import backtest as bt

    family = name.removeprefix("kazakhstan-")
    pack = er.load(f"{family}-2024").network
    assert (pack.tables["arcs"]["minimum"] == 0).all()
    assert (pack.tables["supplies"]["minimum"] == 0).all()
    assert not set(pack.tables["values"]["field"]) & {"minimum", "low"}
    history = bt.history(family)
    for year in (2022, 2023, 2024, 2025):
        there = bounds(pack, year)
        for volumes in bt.records(history, year).values():
            for corridor, volume in volumes.items():
                near = there[(there["corridor"] == corridor) & ((there["value"] - volume).abs() < 0.01 * volume)]
                assert near.empty, (year, corridor, volume, near.to_dict("records"))


@pytest.mark.parametrize("family", ["oil", "gas"])
@pytest.mark.usefixtures("scripts")
def test_the_past_has_sources_and_corridors_of_the_pack(family: str) -> None:
    import backtest as bt

    frame = bt.history(family)
    known = set(er.load(f"{family}-2024").network.tables["groups"].query("kind == 'corridor'")["group"])
    assert frame["source"].str.startswith("http").all()
    assert set(frame["confidence"]) <= set(TABLES["values"].column("confidence").choices or ())
    assert frame.loc[frame["year"] >= 2021, "corridor"].isin(known | {"TOTAL"}).all()
    assert not frame.duplicated(["year", "record", "corridor"]).any()
    assert (frame["volume"] >= 0).all()
