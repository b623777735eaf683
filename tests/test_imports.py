"""Imports point down: each module imports only from floors below its own, and only when it needs them."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "energy_routes"

# From the ground up.  A module imports from lower floors only; modules of one sub-package may import each other,
# without a circle.  A new module takes its place here.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("errors", "names", "naming", "periods"),
    ("geo", "library", "lp", "modelfile", "units"),
    ("columns", "form", "program", "words", "workbook", "written"),
    ("build_tables", "table_file"),
    ("levers", "schema", "solution"),
    ("dictionary", "engine", "indicators", "pulp_rules", "refine", "topology", "valuation"),
    ("arrival", "highs", "metering", "policy", "pulp_bridge", "tables"),
    ("added", "audit", "own_units", "stacking"),
    ("network",),
    ("products",),
    ("building", "drawn", "edits", "past", "risk"),
    ("deck", "subjects"),
    ("case",),
    ("elastic", "formulation", "loops", "midyear", "plan", "slopes"),
    ("cuts", "limits", "loading", "pick", "stakes", "trace", "unbounded", "views"),
    ("moves",),
    ("guarding", "premium", "waivers", "prices", "provenance", "routes", "schedule", "settling", "tightest"),
    ("additions", "answer", "hedging", "notices", "price_table", "security"),
    ("assemble", "maps"),
    ("results",),
    ("solver",),
    ("studies",),
    ("report",),
    ("__init__",),
    ("cli",),
    ("__main__",),
)
# The only imports that point up: methods that hand a plan to those who save or draw it, inside the method.
HANDED_UP = {("plan", "results"), ("plan", "maps")}
# Stricter than their floor: what these may import of the package.
ONLY = {
    "audit": {"tables", "errors"},  # a second opinion must share no code with the first
    "lp": {"errors"},  # knows nothing of energy
}
# Third-party packages with one door.
DOORS = {"highspy": {"engine"}, "pulp": {"pulp_bridge", "pulp_rules"}, "geopandas": {"drawn", "geo", "maps"}}
HEAVY = {"pandas", "geopandas", "shapely", "pyproj", "pulp", "highspy", "matplotlib", "scipy", "pyarrow"}
GIS = {"geopandas", "shapely", "pyproj", "pyogrio", "matplotlib"}


def modules() -> dict[str, Path]:
    """Dotted name below the package → file."""
    return {
        ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): path
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def unit(module: str) -> str:
    """The entry of FLOORS that a module belongs to: a module, or the sub-package it is in."""
    return module.partition(".")[0]


def imports(path: Path, *, top: bool = False) -> Iterator[str]:
    """Every absolute name imported anywhere in a file, functions included; or only at its ``top`` level."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in tree.body if top else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} line {node.lineno}: imports are written in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def inner_imports(module: str, *, top: bool = False) -> set[str]:
    """Modules of the package that one imports, as dotted names below the package, without those handed up to."""
    known = modules()
    found = set()
    for name in imports(known[module], top=top):
        head, _, rest = name.partition(".")
        if head == "energy_routes":
            while rest and rest not in known:
                rest = rest.rpartition(".")[0]
            found.add(rest or "__init__")
    return {target for target in found if top or (unit(module), unit(target)) not in HANDED_UP}


def floor(module: str) -> int:
    """The number of a module's floor; -1 for one that has none yet."""
    return next((number for number, floor in enumerate(FLOORS) if unit(module) in floor), -1)


def test_every_module_has_a_floor() -> None:
    placed = [name for floor in FLOORS for name in floor]
    assert len(placed) == len(set(placed))
    assert {unit(module) for module in modules()} - set(placed) == set()


@pytest.mark.parametrize("module", modules())
@pytest.mark.parametrize("top", [True, False], ids=["top", "anywhere"])
def test_imports_point_down(module: str, top: bool) -> None:
    upward = {
        target for target in inner_imports(module, top=top)
        if unit(target) != unit(module) and floor(target) >= floor(module)
    }
    assert upward == set()


@pytest.mark.parametrize("module", [module for module in modules() if unit(module) in ONLY])
def test_some_modules_import_even_less(module: str) -> None:
    assert {unit(target) for target in inner_imports(module)} - {unit(module)} <= ONLY[unit(module)]


def test_no_circle() -> None:
    graph = {module: inner_imports(module) - {module} for module in modules()}
    done: set[str] = set()
    while ready := {module for module in graph if module not in done and graph[module] <= done}:
        done |= ready
    assert set(graph) - done == set()


def test_each_solver_library_has_one_door() -> None:
    for library, doors in DOORS.items():
        users = {unit(m) for m, path in modules().items() if any(n.partition(".")[0] == library for n in imports(path))}
        assert users <= doors, library


def loaded_after(code: str) -> set[str]:
    """Top-level names in ``sys.modules`` of a fresh interpreter that ran ``code``."""
    tail = "\nimport json, sys\nprint('\\n' + json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    run = subprocess.run([sys.executable, "-c", code + tail], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return set(json.loads(run.stdout.splitlines()[-1]))


@pytest.mark.parametrize("arguments", [["--help"], ["solve", "--help"], ["models"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    code = f"""
import sys
sys.argv = ["energy-routes", *{arguments!r}]
from energy_routes.cli import main
try:
    main()
except SystemExit as done:
    assert not done.code, done.code
"""
    assert loaded_after(code) & HEAVY == set()


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert loaded_after("import energy_routes") & HEAVY == set()


def test_solving_loads_no_gis_and_no_pulp() -> None:
    model = PACKAGE.parent / "tests" / "textbook" / "beer" / "model.toml"
    loaded = loaded_after(f"import energy_routes as er\nprint(er.solve(er.load({str(model)!r})).status)")
    assert loaded & (GIS | {"pulp"}) == set()
