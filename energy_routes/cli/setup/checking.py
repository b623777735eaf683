"""What ``check`` looks at: a pack's tables and shape, or a model with all of its scenarios."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from energy_routes.case import Case, refuse_beyond_prices, refuse_contradictions
from energy_routes.cli.options import ask
from energy_routes.errors import DataError, Fault, InfeasibleError, UsageError, refuse
from energy_routes.maps import misdrawn, misplaced
from energy_routes.pack import Pack, check_structure, read_pack, years_unlike_months


def checked(
    target: str, scenarios: list[str] | None, sets: list[str] | None, accept: list[str] | None = None
) -> dict[str, Any]:
    """Counts of what was read, and what it says in two ways.

    Raises DataError with every fault; UsageError where there is nothing to check.
    """
    path = Path(target)
    if (path.is_dir() and path.suffix != ".toml") or path.suffix.lower() == ".xlsx":
        if (path / "run.json").is_file():
            raise UsageError(f"{target} is a saved result: energy-routes verify {target}")
        if scenarios or sets or accept:
            raise UsageError(f"{target} is a data pack: --scenario, --set and --accept need a model")
        return {"target": target, "kind": "pack", "packs": [_pack(path)]}
    return _model(target, scenarios, sets, accept)


def _pack(path: Path) -> dict[str, Any]:
    pack = read_pack(path)
    refuse(str(path), [*_other_prices(pack), *check_structure(pack.tables, pack.fault),
                       *misplaced(pack), *misdrawn(pack)])
    return _counts(pack)


def _model(
    target: str, scenarios: list[str] | None, sets: list[str] | None, accept: list[str] | None
) -> dict[str, Any]:
    """A model is sound when each of its scenarios is, too; the faults of all are told at once."""
    case = ask(target, scenarios, sets, accept=accept)
    _refuse_unsound(case)
    faults = [fault for name in case.scenarios for fault in _faults(case, name)]
    faults += [fault for pack in case.network.packs
               for fault in (*_other_prices(pack), *misplaced(pack), *misdrawn(pack))]  # fmt: skip
    refuse(case.name, dict.fromkeys(faults))
    return {
        "target": target,
        "kind": "model",
        "title": case.title,
        "question": case.question,
        "periods": [period.label for period in case.periods],
        "edits": len(case.edits),
        "scenarios": list(case.scenarios),
        "packs": [_counts(pack) for pack in case.network.packs],
    }


def _other_prices(pack: Pack) -> list[Fault]:
    """What is wrong with the prices that the pack shares in scenarios other than the one that was read."""
    faults: list[Fault] = []
    for world in pack.worlds:
        try:
            read_pack(pack.path, world)
        except DataError as error:
            faults += error.faults
    return faults


def _refuse_unsound(case: Case) -> None:
    refuse_contradictions(case)
    refuse_beyond_prices(case)


def _faults(case: Case, scenario: str) -> list[Fault]:
    try:
        _refuse_unsound(case.scenario(scenario))
    except DataError as error:
        return list(error.faults)
    except InfeasibleError as error:
        return [Fault(case.name, column=f"scenario.{scenario}.policy", found=one["words"]) for one in error.relaxations]
    return []


def _counts(pack: Pack) -> dict[str, Any]:
    rows = {name: len(frame) for name, frame in pack.tables.items() if len(frame)}
    doubts = [str(doubt) for doubt in years_unlike_months(pack)]
    return {"pack": pack.name, "title": pack.title, "sha256": pack.digest, "rows": rows, "doubts": doubts}
