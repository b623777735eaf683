"""The house: rooms on floors, imports that point down, through the door of each room, and only when they are needed."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

import energy_routes
from energy_routes.cli.app import VERBS, app

PACKAGE = Path(__file__).resolve().parent.parent / "energy_routes"

# From the ground up.  A room imports from lower floors only.  A new room takes its place here.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("errors",),
    ("linear", "pack"),
    ("indicators", "network"),
    ("audit", "case"),
    ("formulation",),
    ("plan",),
    ("provenance", "solving"),
    ("answer",),
    ("maps", "results"),
    ("studies",),
    ("report",),
    ("face",),
)
FACE = {"__init__", "__main__", "cli"}  # what people and programmes see: one floor
AT_THE_ROOT = {"__init__.py", "__init__.pyi", "__main__.py", "errors.py", "py.typed", "_share"}
MOST_MODULES = 9  # in one folder; more of them make a sub-room
# What a plan is annotated with, of the floors that draw it.
TYPES_ABOVE = {("plan.plan", "maps")}
# Stricter than their floor: what these may import of the package.
ONLY = {
    "audit": {"pack", "errors", "indicators"},  # a second opinion shares names and units with the first, no more
    "linear": {"errors"},  # knows nothing of energy
}
# Third-party packages with one door.
DOORS = {
    "highspy": {"linear.highs.interface"},
    "pulp": {"linear.pulp.bridge", "linear.pulp.rules"},
    "geopandas": {"network.drawn.lines", "network.geometry", "maps.data.payload", "maps.figure.basemap",
                  "maps.data.projection", "maps.layers.geodata"},
}  # fmt: skip
HEAVY = {"pandas", "geopandas", "shapely", "pyproj", "pulp", "highspy", "matplotlib", "scipy", "pyarrow"}
BEER = str(PACKAGE.parent / "tests" / "textbook" / "beer" / "model.toml")
GIS = {"geopandas", "shapely", "pyproj", "pyogrio", "matplotlib"}


@cache
def modules() -> Mapping[str, Path]:
    """Dotted name below the package → file."""
    return {
        ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): path
        for path in sorted(PACKAGE.rglob("*.py"))
    }


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@cache
def door(package: str) -> Mapping[str, str]:
    """What the ``__init__`` of a package hands out: name → the module that it comes from (or is)."""
    stub = modules()[package].with_suffix(".pyi")
    handed = {}
    for node in tree_of(stub).body if stub.is_file() else []:
        assert isinstance(node, ast.ImportFrom), f"{stub}: a door only hands on"
        assert node.level == 1, f"{stub} line {node.lineno}: a door hands out what is behind it"
        source = ".".join(filter(None, (package, node.module)))
        for alias in node.names:
            own = f"{source}.{alias.name}"
            handed[alias.asname or alias.name] = own if own in modules() else source
    return handed


def room(module: str) -> str:
    first = module.partition(".")[0]
    return "face" if first in FACE else first


def imported(path: Path, *, types: bool = True) -> Iterator[tuple[str, str, ast.stmt]]:
    """Every (module, name, statement) that a file imports, functions included; with or without those for types."""
    for node, for_types in _statements_of(path):
        if for_types and not types:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, "", node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} line {node.lineno}: imports are written in full"
            yield from ((str(node.module), alias.name, node) for alias in node.names)


@cache
def _statements_of(path: Path) -> list[tuple[ast.stmt, bool]]:
    return list(_statements(tree_of(path)))


def _statements(node: ast.AST, for_types: bool = False) -> Iterator[tuple[ast.stmt, bool]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            continue  # no statement stands in one
        inside = for_types or (isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING")
        if isinstance(child, ast.stmt):
            yield child, inside
        yield from _statements(child, inside)


def target_of(module: str, name: str) -> str | None:
    """The module of ours that an import is from, behind doors; None where it is a library's."""
    head, _, below = module.partition(".")
    if head != "energy_routes":
        return None
    full = f"{below}.{name}".strip(".")
    if full in modules():
        return full
    return door(below).get(name, below) if below else "__init__"


@cache
def graph(*, types: bool) -> dict[str, set[str]]:
    """Module → the modules of ours that it imports."""
    return {
        module: {found for source, name, _ in imported(path, types=types) if (found := target_of(source, name))}
        - {module}
        for module, path in modules().items()
        if module != "__init__"  # a table of strings, read by a test of its own
    }


def floor(name: str) -> int:
    """The number of a room's floor; -1 for one that has none yet."""
    return next((number for number, rooms in enumerate(FLOORS) if name in rooms), -1)


def test_at_the_root_there_are_rooms_and_nothing_else() -> None:
    placed = [name for rooms in FLOORS for name in rooms]
    rooms = {path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name not in ("__pycache__", "_share")}
    assert rooms == {*placed, "cli"} - {"errors", "face"}
    assert len(placed) == len(set(placed))
    assert len(rooms) <= 16
    assert len(FLOORS) <= 12
    assert {path.name for path in PACKAGE.iterdir() if path.is_file()} <= AT_THE_ROOT


def test_a_folder_holds_what_an_eye_takes_in() -> None:
    sizes = {
        folder.relative_to(PACKAGE).as_posix(): len([path for path in folder.glob("*.py") if path.stem != "__init__"])
        for folder in {path.parent for path in modules().values()}
    }
    assert {folder: size for folder, size in sizes.items() if size > MOST_MODULES} == {}


def test_every_room_says_in_a_sentence_what_it_is_for() -> None:
    for package, path in modules().items():
        if path.stem == "__init__" and package != "__init__":
            assert len((ast.get_docstring(tree_of(path)) or "").split()) >= 5, package
            assert len([node for node in tree_of(path).body]) <= 3, f"{package}: a door holds no code"


def test_imports_point_down() -> None:
    upward = {
        (module, target)
        for module, targets in graph(types=True).items()
        for target in targets
        if room(target) != room(module) and floor(room(target)) >= floor(room(module))
    }
    assert {(module, room(target)) for module, target in upward} <= TYPES_ABOVE


def test_nobody_reaches_past_a_door() -> None:
    past = [
        f"{module}: from {source} import {name}"
        for module, path in modules().items()
        for source, name, _ in imported(path)
        if source.startswith("energy_routes.") and source != "energy_routes.errors"
        if room(source.split(".")[1]) != room(module)
        and (source.count(".") > 1 or name not in door(source.split(".")[1]))
    ]
    assert past == []


def test_every_door_hands_out_what_there_is() -> None:
    for package, path in modules().items():
        if path.with_suffix(".pyi").is_file() and package != "__init__":  # the root hands on what other doors hand out
            for name, source in door(package).items():
                assert source.endswith(f".{name}") or name in defined(source), f"{package}: {name} from {source}"


def defined(module: str) -> set[str]:
    """The names that a module defines at its top."""
    names: set[str] = set()
    for node in tree_of(modules()[module]).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {leaf.id for target in targets for leaf in ast.walk(target) if isinstance(leaf, ast.Name)}
    return names


def test_ours_is_imported_at_the_top_of_a_module() -> None:
    inside = [
        f"{module} line {node.lineno}"
        for module, path in modules().items()
        for source, _, node in imported(path, types=False)
        if target_of(source, "") and node not in tree_of(path).body
    ]
    assert inside == []


def test_some_rooms_import_even_less() -> None:
    for module, targets in graph(types=True).items():
        if room(module) in ONLY:
            assert {room(target) for target in targets} - {room(module)} <= ONLY[room(module)], module


def test_no_circle() -> None:
    left = graph(types=False)
    while ready := {module for module, targets in left.items() if not targets & set(left)}:
        left = {module: targets for module, targets in left.items() if module not in ready}
    assert left == {}


def test_the_table_of_the_package_is_true() -> None:
    for name, where in energy_routes.METHODS.items():
        module, _, attribute = where.partition(":")
        assert attribute in door(module.removeprefix("energy_routes.")), f"{name}: {where}"
    handed = {
        alias.name: node.module for node in tree_of(PACKAGE / "__init__.pyi").body if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }  # fmt: skip
    assert [name for name, package in handed.items() if package != "errors" and name not in door(str(package))] == []
    assert set(energy_routes.__all__) == {"__version__", *handed}


def test_each_solver_library_has_one_door() -> None:
    for library, doors in DOORS.items():
        users = {
            module for module, path in modules().items()
            if any(source.partition(".")[0] == library for source, _, _ in imported(path, types=False))
        }
        assert users <= doors, library


def test_no_room_has_the_name_of_a_function() -> None:
    """Importing ``energy_routes.solve`` would put a module in the place of ``er.solve``."""
    to_come = {"compile", "alternatives", "explain", "bargain", "ranges"}
    assert {module for module in modules() if "." not in module} & {*energy_routes.__all__, *to_come} == set()


def run(code: str) -> str:
    """What a fresh interpreter prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def modules_after(code: str) -> set[str]:
    """What is in ``sys.modules`` of a fresh interpreter that ran ``code``."""
    tail = "\nimport json, sys\nprint('\\n' + json.dumps(sorted(sys.modules)))"
    return set(json.loads(run(code + tail).splitlines()[-1]))


def loaded_after(code: str) -> set[str]:
    """The same, as the names of packages alone."""
    return {name.partition(".")[0] for name in modules_after(code)}


def command(*arguments: str) -> str:
    """Code that runs a command line to its end."""
    return f"""
import sys
sys.argv = ["energy-routes", *{arguments!r}]
from energy_routes.cli import main
try:
    main()
except SystemExit as done:
    assert not done.code, done.code
"""


@pytest.mark.parametrize("arguments", [["--help"], ["solve", "--help"], ["models"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    assert loaded_after(command(*arguments)) & HEAVY == set()


def test_the_list_of_verbs_makes_no_option_of_them_and_looks_up_no_version() -> None:
    """Typer makes options with pydantic; the version stands in the metadata of the installation."""
    behind = {"pydantic", "importlib.metadata", "numpy", "rich", "energy_routes.answer.words"}
    assert modules_after(command("--help")) & behind == set()


@pytest.mark.exhaustive
def test_a_verb_loads_what_it_is_for_and_no_other_verb() -> None:
    """Solving and printing all of a plan loads no GIS and no PuLP, either."""
    loaded = modules_after(command("solve", BEER, "--full"))
    assert {name.partition(".")[0] for name in loaded} & (GIS | {"pulp"}) == set()
    behind = {name for name in loaded if re.match(r"energy_routes\.(maps|report|studies)\.", name)}
    assert behind == set()
    assert {name for name in loaded if name.startswith("energy_routes.cli.verbs.")} == {
        "energy_routes.cli.verbs.solving"
    }


def test_the_table_of_verbs_is_true() -> None:
    assert list(VERBS) == [line.split()[0] for line in _listed_verbs()]
    for verb, where in VERBS.items():
        module, _, function = where.partition(":")
        assert module.removeprefix("energy_routes.") in modules(), where
        assert function in defined(module.removeprefix("energy_routes.")), where
        assert function.removesuffix("_") == verb


def _listed_verbs() -> list[str]:
    """The lines of ``--help`` below ``Commands:``, without those that go on."""
    told = CliRunner().invoke(app, ["--help"], prog_name="energy-routes").stdout.partition("Commands:\n")[2]
    return [line for line in told.partition("\n\n")[0].splitlines() if re.match(r"  \w", line)]


def test_python_runs_the_package_as_the_command() -> None:
    told = subprocess.run([sys.executable, "-m", "energy_routes", "--help"], capture_output=True, text=True, check=True)
    assert told.stdout.startswith("Usage: energy-routes [OPTIONS] COMMAND")
    assert all(f"\n  {verb} " in told.stdout for verb in VERBS)


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert loaded_after("import energy_routes") & HEAVY == set()


def test_the_core_loads_what_its_page_names_and_nothing_else(root: Path) -> None:
    """Maps, report, studies and the command line stay out where only the core is imported, solved with and read."""
    page = (root / "docs" / "embedding.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| `([\w.]+)` \|$", page, re.M)
    assert {begin for _, begin in rows} <= set(modules())
    code = f"""
from energy_routes.case import load
from energy_routes.solving import solve
assert solve(load({BEER!r})).tables()
import sys
print(" ".join(name.split(".")[1] for name in sys.modules if name.startswith("energy_routes.")))
"""
    assert set(run(code).split()) == {name for name, _ in rows}


@pytest.mark.exhaustive
def test_every_public_name_is_what_it_was_after_every_module_is_imported() -> None:
    """Decision 10, and a plan that loads itself where nothing but the plan was imported.

    Of scipy nothing is loaded that few ask for: its statistics are half a second of every process of a sweep.
    """
    code = f"""
import importlib, inspect, pkgutil, sys, tempfile
from energy_routes.plan import Plan
import energy_routes as er
plan = er.solve(er.load({BEER!r}))
folder = plan.save(tempfile.mkdtemp() + "/beer")
assert abs(Plan.load(folder).netback - plan.netback) < 1e-9
for module in pkgutil.walk_packages(er.__path__, "energy_routes."):
    if module.name != "energy_routes.__main__":
        importlib.import_module(module.name)
assert not {{"scipy.stats", "scipy.optimize", "scipy.spatial"}} & set(sys.modules)
for name in er.__all__:
    assert not inspect.ismodule(getattr(er, name)), name
assert er.solve(er.load({BEER!r})).netback == plan.netback
assert not er.verify(folder).differences
assert len(er.compare(plan, plan).edits) == 0
for call in (er.netbacks, er.sources):
    call(plan.case)
"""
    run(code)
