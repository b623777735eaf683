"""The scripts of ``.ci``: the lowest versions, and whether two environments answer the same."""

from __future__ import annotations

import importlib.util
import math
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


def script(root: Path, name: str) -> ModuleType:
    """A script of ``.ci`` as a module."""
    spec = importlib.util.spec_from_file_location(name, root / ".ci" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_direct_dependency_states_its_lowest_version(root: Path) -> None:
    lowest = script(root, "lowest")
    project = lowest.tomllib.loads(lowest.PROJECT.read_text("utf-8"))["project"]
    assert {"numpy", "highspy", "pytest"} <= set(lowest.floors(project))
    toy = {"name": "us", "dependencies": ["a>=1.2,<5", "b>=0"],
           "optional-dependencies": {"more": ["a[x]>=1.10", "us[more]", "c>=2; python_version < '3'"]}}
    assert {name: str(version) for name, version in lowest.floors(toy).items()} == {"a": "1.10", "b": "0"}
    with pytest.raises(ValueError, match=r"'b<3' states no lowest version\. Write b>=X"):
        lowest.floors({**toy, "dependencies": ["b<3"]})


@pytest.mark.parametrize(("one", "two", "told"), [
    ("netback 331.4 MUSD", "netback 331.40000000001 MUSD", 0),
    ("netback 331.4 MUSD", "netback 331.4001 MUSD", 1),
    ("netback 331.4 MUSD", "netback 331.4 kUSD", 1),
    ("a\nb", "a", 1),
    ({"x": [1.0, 2.0]}, {"x": [1.0, 2.0 + 1e-12]}, 0),
    ({"x": [1.0, 2.0]}, {"x": [1.0, 2.0 + 1e-6]}, 1),
    ({"x": [1.0]}, {"x": [1.0, 2.0]}, 1),
    ({"x": 1.0}, {"y": 1.0}, 2),
    ({"x": 1e-12}, {"x": -1e-13}, 0),
    ({"x": math.nan}, {"x": math.nan}, 0),
    ({"x": None}, {"x": 0.0}, 1),
    ({"x": True}, {"x": False}, 1),
])  # fmt: skip
def test_texts_are_equal_and_numbers_to_nine_digits(root: Path, one: Any, two: Any, told: int) -> None:
    assert script(root, "same").compare({"solve": one}, {"solve": two}) == told


def test_before_a_commit_the_same_lint_and_types_run(root: Path) -> None:
    """The hooks run the commands of ``.ci/run``, by tools that are there already."""
    section = (root / ".ci" / "run").read_text("utf-8").partition('say "lint and types"\n')[2].partition("\n\n")[0]
    hooks = (root / ".pre-commit-config.yaml").read_text("utf-8")
    assert re.findall(r"^ +entry: (.*)$", hooks, re.M) == section.splitlines()
    assert re.findall(r"repo: (.*)$", hooks, re.M) == ["local"]
    assert set(re.findall(r"language: (.*)$", hooks, re.M)) == {"system"}
