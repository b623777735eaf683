"""The interactive page before any browser sees it: its parts, its numbers, and what its JSON may hold."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from shapely import LineString, Polygon
from toy import toy
from toy_maps import toy_plan

import energy_routes as er
from energy_routes.answer.words import Words
from energy_routes.errors import UsageError
from energy_routes.maps.data.payload import payload
from energy_routes.maps.data.projection import USUAL
from energy_routes.maps.data.spans import spans_of
from energy_routes.maps.live.content import PHRASES
from energy_routes.maps.page import html
from energy_routes.maps.page.content import PREFIXES, _arc_facts, _start, _with_ages, content
from energy_routes.maps.page.frame import WIDE, Frame, beside, courses, flat
from energy_routes.maps.page.ground import _outlines, svg_path
from energy_routes.maps.page.interactive import Page
from energy_routes.pack.units.periods import periods_of

WIDE_PLACES = np.array([[5.0, 52.0], [12.0, 44.0], [52.0, 46.0], [60.0, 46.0], [85.0, 45.0]])
WEB = Path(html.__file__).parent / "web"
SCRIPTS = {path.stem: path.read_text("utf-8") for path in sorted((WEB / "js").glob("*.js"))}


def plan_of(years: list[int], step: str = "year") -> Any:
    """As much of a plan as its calendar."""
    network = SimpleNamespace(packs=[SimpleNamespace(path=Path("nowhere/pack"))])
    return SimpleNamespace(case=SimpleNamespace(periods=periods_of(years, step), network=network))  # type: ignore[arg-type]


# -------------------------------------------------------------------------------------------- volumes


def test_volumes_of_a_corridor_are_of_one_family_and_no_money() -> None:
    plan = er.solve(er.load("energy-2024"))
    told = content(plan)
    carried = {one["id"]: (one["family"], told["plans"][0]["corridors"][one["id"]][0]) for one in told["corridors"]}
    of = plan.groups.query("kind == 'corridor' and period == 'total'").set_index(["group", "family"])["volume"]
    for id_, group, family in (("CPC", "CPC", "oil"), ("ORENBURG", "ORENBURG", "oil"),
                               ("ORENBURG.gas", "ORENBURG", "gas"), ("CHINA", "CHINA", "gas")):
        assert carried[id_] == (family, pytest.approx(of[group, family], abs=0.006))
    assert len(carried) == 18


# -------------------------------------------------------------------------------------------- time


def test_plans_of_one_calendar_share_each_period_and_the_whole() -> None:
    months = plan_of([2024], "month")
    spans = spans_of([months, months])
    assert [span.label for span in spans[:2]] == ["2024-01", "2024-02"]
    assert (len(spans), spans[-1].label) == (13, "2024-01~2024-12")
    assert spans[-1].months == pytest.approx(12.0)
    assert [span.label for span in spans_of([plan_of([2024])])] == ["2024"]


def test_plans_of_other_calendars_meet_where_they_can() -> None:
    years, months = plan_of([2023, 2024]), plan_of([2024], "month")
    (span,) = spans_of([years, months])  # a year against its twelve months
    assert span.labels == (("2024",), tuple(p.label for p in months.case.periods))
    (apart,) = spans_of([plan_of([2022]), plan_of([2026])])
    assert apart.labels == (("2022",), ("2026",))
    part = plan_of([2023, 2024], "month")
    assert len(spans_of([part, months])) == 13  # the twelve common months, and all of them


# -------------------------------------------------------------------------------------------- geography


def test_a_place_is_put_where_the_projection_says() -> None:
    frame = Frame(USUAL, west=-1e6, north=2e6, scale=1e-3, height=900.0)  # the projection's origin is 50° E 46° N
    assert flat(frame.upward(np.array([[50.0, 46.0]])), 1) == pytest.approx([1000.0, 2000.0])


def test_the_view_is_drawn_in_around_what_flows() -> None:
    seen = np.array([[46.0, 42.0], [86.0, 50.0]])
    usual, near = Frame.around(WIDE_PLACES), Frame.around(WIDE_PLACES, [seen], seen)
    assert near.scale > 1.2 * usual.scale
    x = near.upward(seen)[:, 0]
    assert ((x > 0) & (x < WIDE)).all()


def test_a_lane_that_leaves_the_usual_view_by_little_is_held_and_one_that_leaves_for_good_is_not() -> None:
    lane = np.array([[28.4, 59.7], [20.0, 58.0], [10.6, 60.0], [4.0, 52.0]])  # from the Baltic round Skagen
    usual, held = Frame.around(WIDE_PLACES), Frame.around(WIDE_PLACES, [lane])
    assert usual.upward(lane)[:, 1].max() > 0
    assert (held.upward(lane)[:, 1] < 0).all()
    assert Frame.around(WIDE_PLACES, [np.array([[50.0, 26.0], [121.0, 31.0]])]) == usual


def test_a_tiny_network_is_in_the_middle_of_its_view() -> None:
    tiny = np.array([[53.0, 47.0], [53.1, 47.05]])
    home = np.array([[50.0, 45.0], [53.3, 47.1], [60.0, 50.0]])
    frame = Frame.around(tiny, [tiny], home)
    assert frame.upward(tiny).mean(axis=0) == pytest.approx([WIDE / 2, -frame.height / 2], abs=1.0)


def test_neighbours_keep_one_border_when_generalised() -> None:
    frame = Frame.around(WIDE_PLACES)
    wiggle = [(60 + 0.01 * (-1) ** i, y) for i, y in enumerate(np.linspace(40, 50, 600))]
    west, east = [(50, 40), *wiggle, (50, 50)], [(70, 40), (70, 50), *wiggle[::-1]]
    a, b = _outlines([Polygon(west), Polygon(east)], frame, (-4000, -4000, 4000, 4000), shared=True)
    assert len(a.exterior.coords) < 100
    assert a.intersection(b).length > 100
    assert a.intersection(b).area == pytest.approx(0, abs=1e-6)
    assert (a | b).area == pytest.approx(a.area + b.area)
    assert re.fullmatch(r"M[-\d.,]+l[-\d., ]+z", svg_path(a))


def test_lines_in_one_corridor_know_of_each_other() -> None:
    frame = Frame.around(WIDE_PLACES)
    lines = {"a": LineString([(50, 46), (60, 46)]), "b": LineString([(50, 46.02), (60, 46.02)]),
             "c": LineString([(55, 40), (55, 52)])}
    paths = courses(lines, frame)
    a, b, c = beside(list(paths.values()))
    assert [side["o"] for side in a] == [1]
    assert a[0]["s"] == -b[0]["s"]
    assert c == []  # a crossing is not a corridor
    start, stop = a[0]["r"][0], a[0]["r"][-1]
    assert stop - start > 0.8 * len(paths["a"])


# -------------------------------------------------------------------------------------------- the file


def test_json_ends_no_script_and_knows_no_nan() -> None:
    numbers = [float("nan"), np.float64("inf"), None]
    text = html.as_json({"a": "</script><!--", "b": numbers, "c": date(2024, 3, 1), "d": "Қазақ\u2028"})
    assert "<" not in text
    assert json.loads(text) == {"a": "</script><!--", "b": [None, None, None], "c": "2024-03-01", "d": "Қазақ\u2028"}


def test_scripts_are_joined_lowest_first_and_once() -> None:
    joined = html.joined("live")
    order = re.findall(r"^const \$(\w+) =", joined, re.M)
    assert sorted(order) == sorted(SCRIPTS)
    assert order[-1] == "live"
    for name, text in SCRIPTS.items():
        for _, other in html.IMPORT.findall(text):
            assert order.index(other) < order.index(name)
    assert not re.search(r"^(import|export)\b", joined, re.M)


def test_remarks_of_whole_lines_stay_in_the_sources() -> None:
    """The page is some 16 kB shorter; no line of a script itself is lost."""
    assert any("/**" in text for text in SCRIPTS.values())
    joined = html.joined()
    assert "/**" not in joined
    assert joined.count("\n") > 1500
    assert all(line in joined for line in ("function linesTable() {", "const aged = (told, arc) =>"))


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed: it reads the page's scripts")
@pytest.mark.parametrize("first", ["main", "live"])
def test_a_script_is_read_without_a_fault(tmp_path: Path, first: str) -> None:
    file = tmp_path / "page.js"
    file.write_text(html.joined(first), "utf-8")
    done = subprocess.run(["node", "--check", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_page_that_does_not_solve_holds_nothing_of_the_levers() -> None:
    order = re.findall(r"^const \$(\w+) =", html.joined(), re.M)
    assert order[-1] == "main"
    assert set(SCRIPTS) - set(order) == {
        "chains", "curve", "dragged", "lever_words", "levers", "live", "model_file", "packed", "solving",
        "telling"}  # fmt: skip


def test_what_a_script_imports_is_exported() -> None:
    exported = {name: {part for one, many in html.NAMES.findall(text) for part in html._listed(one or many)}
                for name, text in SCRIPTS.items()}
    for name, text in SCRIPTS.items():
        for names, other in html.IMPORT.findall(text):
            assert set(html._listed(names)) <= exported[other], name
        assert len(text.splitlines()) <= 300


def test_every_text_that_the_page_asks_for_is_there() -> None:
    texts, handed = Words.of("en").texts, (*PREFIXES, *PHRASES)
    asked = {key for text in SCRIPTS.values() for key in re.findall(r'"((?:[a-z]+\.)+[a-z_0-9]+)"', text)
             if key.partition(".")[0] + "." in handed}
    asked |= set(re.findall(r"""w\[['"]([\w.]+)['"]\]""", (WEB / "page.html.j2").read_text("utf-8")))
    assert len(asked) > 80
    assert asked - set(texts) == set()
    assert all(key.startswith(handed) for key in asked)


def test_d3_is_the_file_that_was_published() -> None:
    vendor = Path(html.__file__).parent / "vendor"
    digest = hashlib.sha256((vendor / "d3.min.js").read_bytes()).hexdigest()
    told = (vendor / "VERSION.md").read_text("utf-8")
    assert digest in told
    version = re.search(r"\| version \| ([\d.]+) \|", told)
    assert version
    assert f"v{version[1]} " in (vendor / "d3.min.js").read_text("utf-8")[:60]
    assert "Permission to use, copy" in (vendor / "LICENSE").read_text("utf-8")


def test_a_page_in_a_frame_stays_in_its_attribute() -> None:
    shown = Page('<p class="a">"quoted" & <b></p>')._repr_html_()
    assert shown.count('"') % 2 == 0
    assert "&lt;p class=&quot;a&quot;&gt;" in shown


def test_a_page_of_steps_needs_steps_and_no_other() -> None:
    with pytest.raises(UsageError, match="at least one step"):
        content(plan_of([2024]), steps=[])
    with pytest.raises(UsageError, match="not both"):
        content(plan_of([2024]), other=plan_of([2024]), steps=[("a", None, "")])
    with pytest.raises(UsageError, match="no language 'fr'"):
        content(plan_of([2024]), lang="fr")


def test_a_page_opens_with_the_period_asked_for() -> None:
    spans = spans_of([plan_of([2024], "month")])
    assert [_start(spans, period) for period in (None, "2024", "2024-01", "2024-12")] == [12, 12, 0, 11]
    with pytest.raises(UsageError, match=r"no period '2025'\. It has 2024-01 … 2024-12\."):
        _start(spans, "2025")
    with pytest.raises(UsageError, match=r"no period '2025'\. It has 2024\."):
        _start(spans_of([plan_of([2024], "year")]), "2025")


def test_a_line_on_the_ground_carries_its_name_to_the_page() -> None:
    plan = toy_plan()
    arcs = plan.case.network.tables["arcs"]
    plan.case.network.tables["arcs"] = arcs.assign(line=arcs["id"].map({"FH": "Long Way (LW)", "QM": "Sea"}).fillna(""))
    told = {arc["id"]: arc.get("line") for arc in _arc_facts(payload(plan).arcs, {}, Words.of("en"))}
    assert (told["FH"], told["HP"], told["QM"]) == ("LW", None, None)


def test_a_tariff_of_long_ago_has_its_year_on_the_page(tmp_path: Path) -> None:
    """The toy is of 2023; a tariff that is set is of today."""
    case = toy(tmp_path, {"arcs": "\n".join((
        "id,from,to,name,capacity,tariff,length_km,source,year,confidence,note",
        "GATHER,FIELD,HUB,Gathering,20,1,10,,,,", "SHORT,HUB,EAST,Short way,6,30,1000,https://s.example,2013,medium,",
        "LONG,HUB,WEST,Long way,5,50,3000,https://s.example,2014,medium,",
    ))})  # fmt: skip

    def told(case: er.Case) -> dict[str, int | None]:
        facts = _with_ages([{"id": "SHORT"}, {"id": "LONG"}], SimpleNamespace(case=case))  # type: ignore[arg-type]
        return {fact["id"]: fact.get("aged") for fact in facts}

    assert told(case) == {"SHORT": 2013, "LONG": None}
    assert told(case.set("arc:SHORT.tariff", 40)) == {"SHORT": None, "LONG": None}
    assert told(case.scale("arc:SHORT", "tariff", 0))["SHORT"] is None
    for script in ("tooltip", "detail", "table"):
        assert re.search(r"aged\(.*number\(.*tariff|aged\(number\(value, 1\)", SCRIPTS[script]), script


@pytest.mark.exhaustive
@pytest.mark.slow
def test_the_page_of_two_plans_of_the_largest_bundled_model_stays_under_a_megabyte(tmp_path: Path) -> None:
    plan = er.solve(er.load("energy-2024-monthly"))
    plan.explore(tmp_path / "pair.html", other=plan, lang="ru")
    assert (tmp_path / "pair.html").stat().st_size < 1_000_000
