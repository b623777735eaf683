"""The same programme in other packages: each module has ``solve(tables)`` and ``live(tables)``.

A module is imported when it is asked for, and a package that is not installed is left out.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

MODULES = {"highspy": "by_highspy", "PuLP": "by_pulp", "linopy": "by_linopy", "Pyomo": "by_pyomo",
           "oemof-solph": "by_oemof", "PyPSA": "by_pypsa"}  # fmt: skip
LIVE = ("highspy", "linopy", "Pyomo")  # those that keep a loaded model and change it


def installed() -> list[str]:
    """The peers that can be imported here."""
    return [name for name, module in MODULES.items() if find_spec(module.removeprefix("by_")) is not None]


def peer(name: str) -> ModuleType:
    """The module of a peer."""
    return import_module(f"peers.{MODULES[name]}")
