"""What people read has names: no id of a bundled pack's table stands in what is printed, drawn or reported."""

from __future__ import annotations

import csv
import html
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from rest import REST, first
from typer.testing import CliRunner

import energy_routes as er
from energy_routes.cli.app import app
from energy_routes.maps.page.content import content
from energy_routes.pack import bundled as library

# An id of one plain word (BTC, tankers) may be a name too: those that no reader would write are looked for.
RAW = re.compile(r"\w*_\w*|[a-z0-9]+(-[a-z0-9]+)+")
# What a page's content holds for its script alone.
HIDDEN = {"id", "node", "from", "to", "corridor", "file", "ground", "style", "words", "credits"}
SOLVED = ("oil-2024",)


@cache
def raw() -> re.Pattern[str]:
    """Every id of the bundled packs that is no word of a language."""
    found = set()
    for pack in library.pack_names():
        for file in library.pack_path(pack).glob("*.csv"):
            with file.open(encoding="utf-8", newline="") as table:
                found |= {row[key] for row in csv.DictReader(table) for key in ("id", "group") if row.get(key)}
    ids = sorted((re.escape(name) for name in found if RAW.fullmatch(name)), key=len, reverse=True)
    return re.compile(rf"(?<![\w./:-])({'|'.join(ids)})(?![\w-])")


def printed(*arguments: str) -> str:
    """What a command writes for people."""
    result = CliRunner().invoke(app, [*arguments])
    assert result.exit_code == 0, result.output
    return str(result.output)


def told(value: Any) -> Iterator[str]:
    """Every text of a page's content that a reader may see."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, part in value.items():
            if key not in HIDDEN:
                yield from told(part)
    elif isinstance(value, list):
        for part in value:
            yield from told(part)


def test_ids_are_found_where_they_stand() -> None:
    assert raw().findall("Domestic supply to REF_ATYRAU; ship-or-pay btc-socar; BTC, models/btc-7.toml") == [
        "REF_ATYRAU", "btc-socar"]  # fmt: skip


@pytest.mark.parametrize("model", first(library.model_names(), SOLVED))
def test_a_printed_plan_has_no_raw_id(model: str) -> None:
    assert raw().findall(printed("solve", model, "--full")) == []


@pytest.mark.parametrize("arguments", [
    ("frontier", "oil-2024", "--over", "policy.max_share.transit:RU", "--from", "0.95", "--to", "0.92"),
    pytest.param(("stress", "oil-2024"), marks=REST),
    pytest.param(("stress", "gas-2024"), marks=REST),
    pytest.param(("expand", "oil-2030", "--budget", "0,2000"), marks=REST),
], ids=lambda arguments: arguments[0])  # fmt: skip
def test_a_printed_study_has_no_raw_id(arguments: tuple[str, ...]) -> None:
    assert raw().findall(printed(*arguments)) == []


def test_a_report_and_a_page_have_no_raw_id(tmp_path: Path) -> None:
    plan = er.solve(er.load("energy-2024"))
    report = er.write_report(plan, tmp_path / "report.html")
    seen = re.sub(r"(?s)<(script|style)\b.*?</\1>|<[^>]+>", " ", Path(report).read_text("utf-8"))
    assert raw().findall(html.unescape(seen)) == []
    assert [text for text in told(content(plan)) if raw().search(text)] == []


def test_the_trans_anatolian_line_is_named_where_it_is_used() -> None:
    plan = er.solve(er.load("trans-caspian-gas", ["price-of-2022"]))
    used = plan.routes["arcs"].str.contains("TANAP")
    assert used.any()
    assert plan.routes.loc[used, "route"].str.contains("→ SCP → Trans-Anatolian → TAP → Italy").all()
