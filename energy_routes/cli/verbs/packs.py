"""Verbs about models and packs: models, check, init, formulation, doctor."""

from __future__ import annotations

from pathlib import Path
from tomllib import loads
from typing import Annotated, Any

import typer

from energy_routes import case, formulation, pack
from energy_routes.cli import setup, tables
from energy_routes.cli.ending import print_json, say
from energy_routes.cli.options import Accepted, AsJson, Debug, Quiet, Scenarios, Sets


def models(as_json: AsJson = False, debug: Debug = False) -> None:
    """List the bundled models with their question."""
    found = [_described(name) for name in pack.model_names()]
    if as_json:
        print_json(found)
    else:
        tables.model_list(found)


def _described(name: str) -> dict[str, Any]:
    """Name, title, question, scenarios and aliases of a model; what it does not say, the one that it extends says."""
    file = case.read_model_file(pack.model_path(name))
    parent = file.extends.removesuffix(".toml") if file.extends else None
    above = _described(pack.model_of(parent)[0]) if parent else {}
    packs = [file.data] if isinstance(file.data, str) else file.data or above.get("packs", [])
    return {
        "model": name,
        "packs": packs,
        "families": sorted({_family(name) for name in packs}, reverse=True),
        "title": file.title or above.get("title", name),
        "question": file.question or above.get("question", ""),
        "extends": parent,
        "scenarios": [*above.get("scenarios", []), *file.scenario],
        "aliases": list(file.aliases),
    }


def _family(name: str) -> str:
    """The family that a bundled pack holds, from its head, without reading its tables."""
    return str(loads((pack.pack_path(name) / "pack.toml").read_text("utf-8"))["family"])


def check(
    target: Annotated[str, typer.Argument(metavar="MODEL|FOLDER", help="A model, or the folder of a data pack.")],
    scenario: Scenarios = None,
    set_: Sets = None,
    accept: Accepted = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Check a model or a data pack: every fault, with file, row, column and repair."""
    result = setup.checked(target, scenario, set_, accept)
    if as_json:
        print_json(result)
    else:
        tables.counts(result)


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    model: Annotated[str, typer.Option(metavar="NAME", help="The bundled model to start from.")] = "oil-2024",
    empty: Annotated[bool, typer.Option("--empty", help="A workbook to fill in instead of a copy.")] = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Copy a data pack and a model to start your own; the copy solves at once."""
    if empty:
        file = setup.start_empty(folder)
        say(f"{folder}: a workbook (network.xlsx) and a model. Fill in its sheets; remarks on the headers and the "
            "sheet '_help' say what each column holds. Then:", quiet)
        say(f"  energy-routes check {folder / 'network.xlsx'}\n  energy-routes solve {file}", quiet)
        return
    file = setup.start(folder, model)
    say(f"{folder}: a pack and a model of your own. Try:", quiet)
    say(f"  energy-routes check {file}\n  energy-routes solve {file}", quiet)


def formulation_(debug: Debug = False) -> None:
    """Print the mathematics of the rules as Markdown."""
    print(formulation.describe().rstrip())


def doctor(as_json: AsJson = False, debug: Debug = False) -> None:
    """Show versions and the solvers found, and run a one-second self-test."""
    report = setup.examined()
    if as_json:
        print_json(report)
    else:
        tables.health(report)
    if not report["self_test"]["passed"]:
        raise typer.Exit(7)
