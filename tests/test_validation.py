"""The page that holds the models against the past: its measure, its sources, and that nothing of the past is put in."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from rest import first

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
def test_at_most_four_parameters_each_with_a_source_and_none_of_a_single_corridor() -> None:
    import backtest as bt

    told = {name: t for name, t in bt.behaviour().items() if isinstance(t, dict)}
    assert 1 <= len(told) <= 4
    for name, t in told.items():
        assert t["low"] <= t["published"] <= t["high"], name
        assert t["source"].startswith("http"), name
    assert not [t["corridor"] for t in told.values() if "corridor" in t]


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


@pytest.mark.usefixtures("scripts")
def test_the_date_of_a_source_is_the_latest_that_stands_in_it() -> None:
    import hindcast

    assert hindcast.known_on("https://a.org/2023/01/x ; https://b.org/20240305-y", 2020) == date(2024, 3, 5)
    assert hindcast.known_on("https://a.org/2022-12-28/z", 2024) == date(2022, 12, 28)
    assert hindcast.known_on("The Conway Bulletin, 26 April 2016: producers stop", 2020) == date(2016, 4, 26)
    assert hindcast.known_on("LS news agency, 2025: reply of the ministry", 2020) == date(2025, 12, 31)
    assert hindcast.known_on("Kazinform, December 2024: report", 2020) == date(2024, 12, 31)
    assert hindcast.known_on("https://a.org/top-stories/80836/ ; estimate", 2021) == date(2021, 12, 31)


@pytest.mark.parametrize("year", first([2022, 2023, 2024, 2025], [2024]))
@pytest.mark.usefixtures("scripts")
def test_what_was_not_known_on_1_january_stands_in_the_list(year: int) -> None:
    """Every figure behind the case with a later date is in one group; as known, the plan differs from the told one."""
    import backtest as bt
    import hindcast

    case = bt.case_of("oil-2024", year)
    grouped = hindcast.grouped(case)
    late = hindcast.late(case)
    assert sum(map(len, grouped.values())) == len(late) > 0
    assert {"output", "fleet"} <= {g.id for g in grouped}
    assert bt.distance(bt.volumes(hindcast.as_known(case)), bt.volumes(case)) > 0.5


@pytest.mark.usefixtures("scripts")
def test_a_late_figure_in_no_group_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    import backtest as bt
    import hindcast

    fewer = tuple(g for g in hindcast.groups() if g.id != "fleet")
    rest = tuple(replace(g, figures=tuple(f for f in g.figures if f != "limits.high")) for g in fewer)
    monkeypatch.setattr(hindcast, "groups", lambda: rest)
    with pytest.raises(ValueError, match=r"in no group of knew\.toml: .*caspian-fleet"):
        hindcast.grouped(bt.case_of("oil-2024", 2024))


@pytest.mark.exhaustive
@pytest.mark.usefixtures("scripts")
def test_no_group_is_idle_and_each_earlier_figure_is_one_of_the_pack() -> None:
    import backtest as bt
    import hindcast

    cases = {year: bt.case_of("oil-2024", year) for year in (2022, 2023, 2024, 2025)}
    used = {g.id for case in cases.values() for g in hindcast.grouped(case)}
    assert used == {g.id for g in hindcast.groups()}
    for year, table, name, field in hindcast.before():
        figures = hindcast.late(cases[year])
        assert ((figures["table"] == table) & (figures["id"] == name) & (figures["field"] == field)).any(), (year, name)
    rows = pd.read_csv(ROOT / "data" / "history" / "before.csv", keep_default_na=False)
    assert rows["source"].str.startswith(("https://", "http://")).all()
    assert (rows["note"] != "").all()


@pytest.mark.usefixtures("scripts")
def test_an_earlier_figure_was_known_or_tells_of_a_year_before() -> None:
    """Its source is dated before 1 January of the year, or it is the outturn of an earlier year (decision 38, 2)."""
    import hindcast

    rows = pd.read_csv(ROOT / "data" / "history" / "before.csv", keep_default_na=False)
    for year, figure, source, note in rows[["year", "id", "source", "note"]].itertuples(index=False):
        told = [int(found) for found in re.findall(r"\b(?:of|in|for) ((?:19|20)\d\d)\b", note)]
        earlier = bool(told) and min(told) < year
        assert earlier or hindcast.known_on(source, year - 1) < date(year, 1, 1), (year, figure)


@pytest.mark.usefixtures("scripts")
def test_figures_as_known_on_1_january() -> None:
    """Tengiz 2022: as expected on 28 December 2021; Kashagan 2024: the output of 2023; moorings: a normal year."""
    import backtest as bt
    import hindcast

    def at(case: er.Case, table: str, name: str, field: str) -> float:
        return float(case.network.resolve(table, field, case.periods)[case.network.ids(table).index(name), 0])

    told = {year: bt.case_of("oil-2024", year) for year in (2022, 2023, 2024)}
    known = {year: hindcast.as_known(case) for year, case in told.items()}
    assert at(known[2022], "supplies", "TENGIZ", "available") == pytest.approx(26.5)
    assert at(known[2024], "supplies", "KASHAGAN", "available") == at(told[2023], "supplies", "KASHAGAN", "available")
    assert at(told[2022], "arcs", "CPC_SPM", "availability") < 0.9
    assert at(known[2022], "arcs", "CPC_SPM", "availability") == 1.0
    assert at(known[2023], "limits", "caspian-fleet", "high") == float("inf")
    assert at(known[2023], "limits", "btc-quality", "high") == pytest.approx(1.5)


@pytest.mark.usefixtures("scripts")
def test_naive_forecasts_on_a_hand_example() -> None:
    """Last year 6, 3 and a total of 10: a corridor without a figure has what is left; CPC takes the rest of 12."""
    import backtest as bt

    frame = pd.DataFrame(
        [(2023, "x", "TOTAL", 10.0), (2023, "x", "CPC", 6.0), (2023, "x", "UAS", 3.0),
         (2024, "x", "CPC", 7.0), (2024, "x", "UAS", 3.0), (2024, "x", "SEA", 2.0)],
        columns=["year", "record", "corridor", "volume"],
    )  # fmt: skip
    record = bt.records(frame, 2024)["x"]
    assert bt.last_year(frame, 2024, record) == {"CPC": 6.0, "UAS": 3.0, "SEA": 1.0}
    assert bt.others_as_last_year(frame, 2024, record, "CPC") == {"CPC": 8.0, "UAS": 3.0, "SEA": 1.0}
    assert bt.last_year(frame, 2023, bt.records(frame, 2023)["x"]) is None


@pytest.mark.usefixtures("scripts")
def test_signs_count_changes_that_are_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    """CPC 60 to 70 %, UAS unmoved: one change; an answer of 65 % has its sign, one of 55 % has not."""
    import backtest as bt
    import validation

    frame = pd.DataFrame(
        [(2023, "x", "CPC", 6.0), (2023, "x", "ATYRAU_SAMARA", 1.0), (2023, "x", "SEA", 3.0),
         (2024, "x", "CPC", 7.0), (2024, "x", "ATYRAU_SAMARA", 1.0), (2024, "x", "SEA", 2.0)],
        columns=["year", "record", "corridor", "volume"],
    )  # fmt: skip
    monkeypatch.setattr(bt, "history", lambda family: frame)
    assert validation.signs("oil", {2024: {"CPC": 6.5, "ATYRAU_SAMARA": 2.0, "SEA": 1.5}}) == (1, 1)
    assert validation.signs("oil", {2024: {"CPC": 5.5, "ATYRAU_SAMARA": 2.0, "SEA": 2.5}}) == (0, 1)
    answers = {2024: {"CPC": 6.9, "ATYRAU_SAMARA": 1.0, "SEA": 2.1}}
    assert validation.count("oil", answers, bt.last_year) == (1, 1)


@pytest.mark.usefixtures("scripts")
def test_a_record_that_is_a_value_over_a_price_is_none() -> None:
    import backtest as bt

    frame = bt.history("gas")
    assert list(bt.records(frame, 2022)) == ["contract"]
    assert not bt.records(frame, 2023)
    assert bt.total(frame, 2022) == pytest.approx(4.6)


@pytest.mark.exhaustive
@pytest.mark.usefixtures("scripts")
def test_the_page_prints_the_distance_as_known_on_1_january() -> None:
    """The cell of 2024 is that of a fresh solve, as is the first paragraph's count against last year's shares."""
    import backtest as bt
    import hindcast
    import validation

    text = PAGE.read_text("utf-8")
    frame, years = bt.history("oil"), validation.YEARS
    known = {y: bt.volumes(hindcast.as_known(bt.case_of("oil-2024", y))) for y in years}
    cell = next(x for x in text.splitlines() if x.startswith("| 2024 |")).split("|")[3].strip()
    assert cell == validation.spread(validation.distances(known[2024], bt.records(frame, 2024)))
    nearer, of = validation.count("oil", known, bt.last_year)
    assert f"As known on 1 January, it is so in {nearer} of {of} years." in text.split("\n\n")[1]
    last = pd.read_csv(ROOT / "data" / "history" / "results.csv").iloc[-1]
    assert last["known_nearer"] == nearer
    for year, volumes in known.items():
        assert last[f"known_{year}"] == pytest.approx(bt.loss(volumes, bt.records(frame, year)), abs=0.006)
        told = bt.volumes(bt.case_of("oil-2024", year))
        assert last[f"told_{year}"] == pytest.approx(bt.loss(told, bt.records(frame, year)), abs=0.006)
