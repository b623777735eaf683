"""What a result rests on: the raw tables and the case that were solved, and the hashes and versions of the run."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import platform
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from energy_routes.audit import layer_digests
from energy_routes.case import Actual, Case, Past, Policy, past_of
from energy_routes.errors import DataError, Fault
from energy_routes.network import Edit, Network
from energy_routes.pack import UNLIMITED, Period, installed, read_json, read_pack, write_pack
from energy_routes.plan import MEANING, Plan
from energy_routes.results.tables import exact

PACKAGES = ("energy-routes", "highspy", "numpy", "pandas", "pulp", "pyarrow", "scipy")


def write_case(case: Case, folder: Path) -> None:
    """Write the packs (CSV, inner units) and ``case.json``: periods, edits in order, policy."""
    folder.mkdir()
    names: list[str] = []
    for number, pack in enumerate(case.network.packs):
        names.append(pack.name if pack.name not in (*names, "case.json") else f"{pack.name}-{number}")
        write_pack(pack, folder / names[-1])
    (folder / "case.json").write_text(
        json.dumps(case_record(case, names), indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8"
    )


def case_record(case: Case, packs: list[str]) -> dict[str, Any]:
    """The case as plain values; ``packs`` are the folders of its packs."""
    return {
        "name": case.name,
        "title": case.title,
        "question": case.question,
        "sources": list(case.sources),
        "subject": list(case.subject),
        "packs": packs,
        "annual": "mean of months",  # the rule by which the audit finds the figure of a year
        "periods": [{"label": p.label, "days": p.days, "years": p.years} for p in case.periods],
        "edits": [
            {
                "table": e.table, "id": e.id, "field": e.field, "op": e.op,
                "value": UNLIMITED if e.value == float("inf") else e.value,
                "periods": list(e.periods), "reason": e.reason, "source": e.source, "written": e.written,
                "time": e.time, "event": e.event,
            }
            for e in case.edits
        ],
        "policy": dataclasses.asdict(case.policy),
        "past": None if case.past is None else {
            "periods": [p.label for p in case.past.periods],
            "actuals": [dataclasses.asdict(actual) for actual in case.past.actuals],
        },
    }  # fmt: skip


def read_case(folder: Path) -> Case:
    """The case that was solved.  Raises DataError when a part is missing or damaged."""
    try:
        saved = read_json(folder / "case.json", "inputs/case.json")
        network = Network(tuple(read_pack(folder / name) for name in saved["packs"]), _edits(saved["edits"]))
        return Case(
            name=saved["name"],
            network=network,
            periods=tuple(_period(item["label"]) for item in saved["periods"]),
            policy=TypeAdapter(Policy).validate_python(saved["policy"]),
            title=saved["title"],
            question=saved["question"],
            sources=tuple(saved["sources"]),
            subject=tuple(saved.get("subject", ())),
            past=_past(network, saved["past"]) if saved.get("past") else None,
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        fault = Fault("inputs/case.json", found=f"{type(error).__name__}: {error}", expected="the case as it was saved")
        raise DataError(str(folder.parent), [fault]) from None


def _past(network: Network, saved: Mapping[str, Any]) -> Past:
    """What had happened before the horizon began."""
    return past_of(network, [_period(label) for label in saved["periods"]], [Actual(**row) for row in saved["actuals"]])


def _edits(items: list[dict[str, Any]]) -> tuple[Edit, ...]:
    return tuple(
        Edit(**{**item, "value": float("inf") if item["value"] == UNLIMITED else item["value"],
                "periods": tuple(item["periods"])})
        for item in items
    )  # fmt: skip


def _period(label: str) -> Period:
    year, _, month = label.partition("-")
    return Period(label, int(year), int(month) if month else None)


def run_record(plan: Plan, folder: Path, target: Path, options: Mapping[str, Any]) -> dict[str, Any]:
    """Who computed this, from what, with what: the only file of a result with a clock or a path in it.

    ``folder`` is where the files lie now, ``target`` where they are to lie.
    """
    return {
        "schema_version": MEANING,
        "model": plan.case.name,
        "saved": datetime.now(UTC).isoformat(timespec="seconds"),
        "folder": str(target.absolute()),
        "command": sys.argv,
        "options": exact({"solver": plan.certificate.get("solver", ""), **options}),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "versions": {name: installed(name) for name in PACKAGES},
        "inputs": [
            {"pack": pack.name, "path": str(pack.path.absolute()), "sha256": pack.digest}
            for pack in plan.case.network.packs
        ],
        "layers": layer_digests(folder / "flows.gpkg") if (folder / "flows.gpkg").is_file() else {},
        "files": {
            file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
            for file in sorted(folder.rglob("*"))
            if file.is_file() and file.suffix not in (".xlsx", ".gpkg")  # programmes rewrite these when they look
        },
    }
