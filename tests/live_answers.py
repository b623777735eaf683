"""What the page that solves answers, asked of its own solver in Node, and set against the answers of Python."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import energy_routes as er
from energy_routes.answer import Words
from energy_routes.errors import InfeasibleError
from energy_routes.maps.live.content import solver, squeezed
from energy_routes.maps.live.levers import Lever, changes_of, levers_of
from energy_routes.maps.live.programme import Programme, programme_of
from energy_routes.maps.page.html import as_json

SCRIPT = Path(__file__).parent / "live" / "answers.js"
NODE = shutil.which("node")
FEW = 1000  # questions up to which the optimising compilers of Node take longer than they save
AT_ONCE = "--no-opt", "--liftoff-only"
needs_node = pytest.mark.skipif(NODE is None, reason="Node is not installed: the page's scripts are run by it")


@dataclass(frozen=True)
class Asked:
    """A question to the page: the levers that are moved, by path; the one that is at hand is the last."""

    moved: dict[str, float]


def page_of(case: er.Case, levers: Sequence[str] = ()) -> Programme:
    """The programme of a page of a case."""
    plan = er.solve(case)
    words = Words.of("en")
    return programme_of(plan, levers_of(plan, words, levers), words)


def answers(programme: Programme, asked: Sequence[Asked], folder: Path, *, priced: bool = False) -> list[Any]:
    """What the solver answers; with ``priced``, what the limits are worth after each."""
    paths = [lever.path for lever in programme.levers]
    questions: list[dict[str, Any]] = []
    for own in asked:
        values = [own.moved.get(lever.path, lever.start) for lever in programme.levers]
        active = paths.index(list(own.moved)[-1]) if own.moved else -1
        questions.append({"what": "answer", "values": values, "active": active})
        if priced:
            questions.append({"what": "priced", "values": values,
                              "periods": list(range(len(programme.case.periods)))})
    parts = solver()
    (folder / "solver.js").write_text(parts.script, encoding="utf-8")
    told = {"programme": squeezed(as_json(programme.content).encode()), "wasm": parts.held["wasm"], "asked": questions}
    (folder / "requests.json").write_text(json.dumps(told), encoding="utf-8")
    assert NODE is not None
    files = [str(folder / name) for name in ("solver.js", "requests.json")]
    flags = AT_ONCE if len(questions) <= FEW else ()
    done = subprocess.run([NODE, *flags, str(SCRIPT), *files], capture_output=True, text=True, encoding="utf-8",
                          check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == len(questions)
    assert not [own["error"] for own in found if "error" in own]
    return found


def with_needed(levers: Sequence[Lever], path: str, value: float) -> dict[str, float]:
    """A lever at a value that it takes; an option goes with all units of those that it needs."""
    lever = next(own for own in levers if own.path == path)
    moved: dict[str, float] = {}
    for needed in lever.needs:
        moved |= with_needed(levers, needed, float("inf"))
    return moved | {path: min(lever.high, np.rint(value) if lever.whole else value)}


def moved_case(case: er.Case, levers: Sequence[Lever], moved: dict[str, float]) -> er.Case:
    """The case that a reader has dragged to, as Python states it."""
    by_path = {lever.path: lever for lever in levers}
    changes = {path: value for path, value in moved.items() if value != by_path[path].start}
    figures = [path for path in changes if by_path[path].kind == "figure" and ":" in path]
    for path in figures:
        case = case.accepting(path)
    return case.set_all(changes_of(case, changes))


def differing(programme: Programme, asked: Sequence[Asked], found: Sequence[Any]) -> list[str]:
    """In what answers of the page differ from Python's."""
    told = [difference(programme, own.moved, answer) for own, answer in zip(asked, found, strict=True)]
    return [words for words in told if words]


def difference(programme: Programme, moved: dict[str, float], answer: Any) -> str:
    """How an answer of the page differs from Python's; blank where it does not.

    Money to 1e-6 of it, volumes to 1e-6 Mt (bcm), 1e-4 under a cap on an HHI; and where there is no plan, neither has.
    """
    case = moved_case(programme.case, programme.levers, moved)
    try:
        plan = er.solve(case)
    except InfeasibleError:
        return "" if answer["status"] == "infeasible" else f"{moved}: {answer['status']}, and Python finds no plan"
    if answer["status"] != "optimal":
        return f"{moved}: {answer['status']}, and Python finds a plan"
    block, periods = programme.content["readouts"]["arc"], len(case.periods)
    volumes = plan.flows.pivot_table(index="arc", columns="period", values="volume", aggfunc="sum")
    wanted = volumes.reindex(index=block["labels"], columns=[period.label for period in case.periods]).fillna(0.0)
    off = float(np.abs(np.array(answer["read"]["arc"]).reshape(-1, periods) - wanted.to_numpy()).max())
    money = abs(answer["netback"] - plan.netback) / max(1.0, abs(plan.netback))
    slack = 1e-4 if any(path.startswith("max_hhi") for path in moved) else 1e-6
    passed = off <= slack and money <= 1e-6 and answer["residual"] <= 1e-6 and answer["alone"]
    return "" if passed else f"{moved}: volumes by {off:.2g}, money by {money:.2g}, residual {answer['residual']:.2g}"
