"""The promises of the project's own files: two commands, one place each, and declared dependencies that are used."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import stat
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

# pandas calls these for us; nothing imports them by name.
THROUGH_PANDAS = {"openpyxl", "pyarrow"}


def test_readme_has_the_two_commands_and_ci_runs_them_from_there(root: Path) -> None:
    commands = re.findall(r"^python3 -m venv .*$", (root / "README.md").read_text("utf-8"), re.M)
    assert len(commands) == 2
    assert commands[0].endswith("energy-routes solve oil-2024 --map oil-2024.png")
    assert commands[1].endswith("-m pytest")


def test_ci_script_takes_its_commands_from_the_readme(root: Path) -> None:
    script = root / ".ci" / "run"
    text = script.read_text("utf-8")
    assert script.stat().st_mode & stat.S_IXUSR
    assert "'^python3 -m venv' README.md" in text
    assert "set -euo pipefail" in text


def test_declared_dependencies_are_exactly_those_imported(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    declared, extra = ({re.split(r"[<>=\[; ]", line)[0].lower() for line in lines}
                       for lines in (project["dependencies"], project["optional-dependencies"]["dask"]))
    distributions = packages_distributions()
    imported = {
        distribution.lower()
        for path in (root / "energy_routes").rglob("*.py")
        for name in _roots_imported(path) - set(sys.stdlib_module_names) - {"energy_routes"}
        for distribution in distributions.get(name, [f"{name} (not installed)"])
    }
    assert imported - declared == extra
    assert declared - imported - THROUGH_PANDAS == set()


def _roots_imported(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    from_ = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level}
    return {name.partition(".")[0] for name in plain | from_}


def test_changelog_names_this_version_or_unreleased(root: Path) -> None:
    text = (root / "CHANGELOG.md").read_text("utf-8")
    assert "## [Unreleased]" in text
    assert "### Results change" in text


def test_a_command_for_python_names_a_file_that_can_be_run(root: Path) -> None:
    """``python docs/scripts/readme.py``, ``python -m package.module``: in pages, docstrings and messages of tests."""
    texts = [path for pattern in ("*.md", "*.py", ".ci/*", "*.toml") for path in root.rglob(pattern)
             if path.is_file() and not path.relative_to(root).parts[0].startswith(".venv")]
    said = {words for path in texts for words in re.findall(r"\bpython (?:-m energy_routes[\w.]*|[\w./]+\.py)",
                                                            path.read_text("utf-8", errors="replace"))}  # fmt: skip
    assert len(said) > 10
    for words in said:
        file = words.removeprefix("python ").removeprefix("-m ")
        path = root / (file if file.endswith(".py") else f"{file.rstrip('.').replace('.', '/')}.py")
        path = path if path.is_file() else path.with_suffix("") / "__main__.py"
        assert path.is_file(), f"{words}: there is no {path.relative_to(root)}"
        assert path.name == "__main__.py" or '__name__ == "__main__"' in path.read_text("utf-8"), words


def test_scripts_take_from_the_package_what_it_has(root: Path) -> None:
    """Few of the scripts of documentation and benchmarks run in a test; ``pictures`` drew by a name that had moved."""
    scripts = [path for folder in ("docs/scripts", "benchmarks", ".ci") for path in (root / folder).glob("*.py")]
    looked_at = 0
    for path in scripts:
        nodes, modules = list(ast.walk(ast.parse(path.read_text("utf-8")))), {}
        for node in nodes:
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("energy_routes"):
                for alias in node.names:
                    found = getattr(importlib.import_module(node.module or ""), alias.name)
                    modules |= {alias.asname or alias.name: found} if inspect.ismodule(found) else {}
                    looked_at += 1
            elif isinstance(node, ast.Import):
                modules |= {alias.asname: importlib.import_module(alias.name) for alias in node.names
                            if alias.name.startswith("energy_routes") and alias.asname}  # fmt: skip
        for node in nodes:
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
                assert hasattr(modules[node.value.id], node.attr), f"{path.name}, line {node.lineno}: {node.attr}"
                looked_at += 1
    assert looked_at > 100
