"""The verb sources: each figure that a plan rests on, and the weakest that matter."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Annotated, Any

import typer

from energy_routes.cli.guard import guarded
from energy_routes.cli.options import AsJson, Debug, Quiet, Scenarios, Sets, say, solved


@guarded
def sources(
    target: Annotated[str, typer.Argument(metavar="MODEL|RESULT", help="A model to solve, or a saved result.")],
    used: Annotated[bool, typer.Option("--used", help="Only figures of what carries volume or binds.")] = False,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the whole table: .csv.")] = None,
    scenario: Scenarios = None,
    set_: Sets = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """List each figure that a plan uses: value, unit, year, source, confidence; the weakest first."""
    from energy_routes.cli.places import check_sheet, whole_file

    if out:
        check_sheet(out)
    plan = solved(target, scenario, set_, quiet)
    from energy_routes.provenance import sources as figures, weakest

    rows, worst = figures(plan, only_used=used), weakest(plan)
    if out:
        with whole_file(out) as file:
            rows.to_csv(file, index=False)
        say(f"{len(rows)} figures in {out}", quiet)
    if as_json:
        print(json.dumps({"model": plan.case.name, "sources": _plain(rows), "weakest": _plain(worst)}, indent=1,
                         ensure_ascii=False))  # fmt: skip
        return
    from energy_routes.cli.tables.source_view import show

    show(rows, worst, whole=out is None)


def _plain(rows: Any) -> list[dict[str, Any]]:
    """Rows as JSON values: 'unlimited' for infinity, null where there is none."""

    def cell(value: Any) -> Any:
        if value is None or value != value or str(value) == "<NA>":
            return None
        if isinstance(value, float) and math.isinf(value):
            return "unlimited"
        return value.item() if hasattr(value, "item") else value

    return [{key: cell(value) for key, value in row.items()} for row in rows.to_dict("records")]
