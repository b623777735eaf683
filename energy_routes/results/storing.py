"""A plan on disk: saved whole or not at all, and read back as the plan it was.

A saved result is a folder: ``summary.json``; every table of the plan as Parquet and CSV (tidy, the unit in a column,
zero rows kept); ``result.xlsx``; ``flows.gpkg`` where the pack has routes; ``certificate.json``; ``proof/`` with the
programmes and their duals; ``inputs/`` with the raw tables and the case, so that the result can be checked years later;
``run.json`` with hashes, versions, options.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from energy_routes.answer import Turn
from energy_routes.case import Case
from energy_routes.errors import DataError, Fault
from energy_routes.pack import read_json, saved_result
from energy_routes.plan import MEANING, OPTIONAL, TABLES, Plan, Prices, Tables, Value
from energy_routes.results.folder import new_folder
from energy_routes.results.proof import PROOF, write_proof
from energy_routes.results.record import read_case, run_record, write_case
from energy_routes.results.summary import summary_of
from energy_routes.results.tables import exact, read_table, write_table
from energy_routes.results.workbook import write_workbook

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False, repr=False)
class SavedResult(Plan):
    """A plan read back from ``folder``; ``summary`` and ``run`` are what stood in its JSON files."""

    folder: Path = field(default_factory=Path)
    summary: Mapping[str, Any] = field(default_factory=dict)
    run: Mapping[str, Any] = field(default_factory=dict)

    @property
    def meaning(self) -> int:
        return _meaning(self.run)


def save(
    plan: Plan, folder: str | Path, options: Mapping[str, Any] | None = None, before: Plan | None = None
) -> Path:
    """Write everything of a plan to ``folder``; returns its path.

    The folder appears whole: a killed run leaves the old result or the new one.  Files in it that are not of a result
    stay.  The same plan gives byte-equal tables, summary and certificate; clocks and paths stand in ``run.json`` only,
    with ``options`` (how the plan was asked for).  ``before``: the plan that its answer is measured against.

    Raises UsageError when the place is taken or cannot be written.
    """
    target = Path(folder)
    with new_folder(target) as new:
        _write_json(new / "summary.json", summary_of(plan, before))
        _write_json(new / "certificate.json", exact(plan.certificate))
        tables = {name: write_table(frame, new / name) for name, frame in plan.tables().items()}
        write_workbook(plan, tables, new / "result.xlsx")
        write_case(plan.case, new / "inputs")
        _write_geodata(plan, new / "flows.gpkg")
        write_proof(plan, new / PROOF)
        _write_json(new / "run.json", run_record(plan, new, target, options or {}))
    return target


def load(folder: str | Path) -> SavedResult:
    """The plan saved in ``folder``, with its case.

    Raises DataError when a file is missing or damaged, and where a later version saved it.
    """
    folder = saved_result(folder)
    saved, run, certificate = (read_json(folder / f"{name}.json") for name in ("summary", "run", "certificate"))
    version = _meaning(run)
    if type(version) is not int or not 1 <= version <= MEANING:
        raise DataError(str(folder), [Fault("run.json", column="schema_version", found=repr(version),
                                            expected=f"a whole number up to {MEANING}, as this version reads",
                                            repair="Open it with the version that saved it, or solve anew.")])
    case = read_case(folder / "inputs")
    tables = {name: _as_solved(read_table(folder / f"{name}.parquet")) for name in TABLES}
    for name, columns in OPTIONAL.items():
        file = folder / f"{name}.parquet"
        tables[name] = _as_solved(read_table(file)) if file.is_file() else pd.DataFrame(columns=list(columns))
    prices = Prices(_prices_of(tables["prices"], case))
    try:
        status, warnings = str(saved["status"]), tuple(saved["warnings"])
        objective = Value(str(saved["objective"]["name"]), float(saved["objective"]["value"]))
        netback = float(saved["netback"]["value"])
        turns = tuple(Turn(**row) for row in saved["answer"].get("turns", ()))
    except (KeyError, TypeError, ValueError) as error:
        fault = Fault("summary.json", found=f"{type(error).__name__}: {error}", expected="the summary as it was saved",
                      repair="Save the result again.")
        raise DataError(str(folder), [fault]) from None
    return SavedResult(
        case=case,
        status=status,
        objective=objective,
        netback=netback,
        certificate=certificate,
        parts=Tables({}, tables | {"prices": prices, "warnings": warnings, "turns": turns}),
        folder=folder,
        summary=saved,
        run=run,
    )


def _meaning(run: Mapping[str, Any]) -> int:
    """What the tables mean, as the run says; the first results did not say."""
    return run.get("schema_version", 1)  # type: ignore[no-any-return]  # checked where it is loaded


def _prices_of(table: pd.DataFrame, case: Case) -> pd.DataFrame:
    """The prices of a result; of one with one price a limit and period, their mean over the days stands for all."""
    if "price_all" in table or table.empty:
        return table
    years = {period.label: period.years for period in case.periods}
    length = table["period"].map(years).fillna(case.years).astype(float)
    keys = ["kind", "limit", "name", "family"]
    sums = table.assign(worth=table["price"] * length, length=length).groupby(keys, dropna=False)
    every = sums["worth"].transform("sum") / sums["length"].transform("sum")
    return table.assign(side=None, price_down=np.nan, price_all=every, price_all_down=np.nan, note=None)


def _as_solved(frame: pd.DataFrame) -> pd.DataFrame:
    """A table that was read, with blank text as a plan that is solved has it: empty, where the file has null.

    Of a table without rows, which may hold numbers, the file says that all columns are text.
    """
    texts = [name for name in frame if frame[name].dtype.kind not in "fb"]
    if frame.empty:
        return frame.astype(dict.fromkeys(texts, object))
    return frame.fillna(dict.fromkeys(texts, ""))


def _write_json(file: Path, content: Mapping[str, Any]) -> None:
    file.write_text(json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")


def _write_geodata(plan: Plan, file: Path) -> None:
    """The flows as a GeoPackage, where a pack has routes; GIS is imported for nothing else here.

    It is left out, and that is logged, where the map is refused: no plan is lost for a line on it.
    """
    if any(pack.drawn or pack.routes_file.is_file() for pack in plan.case.network.packs):
        try:
            plan.layers(file)
        except DataError as error:
            log.warning("%s is left out of what is saved: %s", file.name, error)
