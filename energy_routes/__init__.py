"""Choose how Kazakhstan's oil and gas should reach world markets.

>>> import energy_routes as er
>>> plan = er.solve(er.load("oil-2024"))
>>> plan.routes  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from energy_routes.answer import answer_of as answer_of
    from energy_routes.audit import verify as verify
    from energy_routes.case import Case as Case
    from energy_routes.drawn import route_from_geometry as route_from_geometry
    from energy_routes.errors import DataError as DataError
    from energy_routes.errors import EnergyRoutesError as EnergyRoutesError
    from energy_routes.errors import InfeasibleError as InfeasibleError
    from energy_routes.errors import UnboundedError as UnboundedError
    from energy_routes.errors import UsageError as UsageError
    from energy_routes.loading import load as load
    from energy_routes.midyear import replan as replan
    from energy_routes.network import Network as Network
    from energy_routes.plan import Plan as Plan
    from energy_routes.policy import Policy as Policy
    from energy_routes.provenance import sources as sources
    from energy_routes.provenance import weakest as weakest
    from energy_routes.report import write_report as write_report
    from energy_routes.solver import solve as solve
    from energy_routes.solver import to_pulp as to_pulp
    from energy_routes.studies.compare import Comparison as Comparison
    from energy_routes.studies.compare import compare as compare
    from energy_routes.studies.expand import Expansion as Expansion
    from energy_routes.studies.expand import expand as expand
    from energy_routes.studies.frontier import Frontier as Frontier
    from energy_routes.studies.frontier import frontier as frontier
    from energy_routes.studies.lowest import lowest_share as lowest_share
    from energy_routes.studies.netbacks import netbacks as netbacks
    from energy_routes.studies.regret import Regret as Regret
    from energy_routes.studies.regret import regret as regret
    from energy_routes.studies.stress import Stress as Stress
    from energy_routes.studies.stress import stress as stress
    from energy_routes.tables import read_pack as read_pack

_HOME = {
    "answer_of": "answer",
    "Case": "case",
    "load": "loading",
    "DataError": "errors",
    "EnergyRoutesError": "errors",
    "InfeasibleError": "errors",
    "UnboundedError": "errors",
    "UsageError": "errors",
    "Network": "network",
    "Plan": "plan",
    "Policy": "policy",
    "solve": "solver",
    "sources": "provenance",
    "to_pulp": "solver",
    "read_pack": "tables",
    "replan": "midyear",
    "netbacks": "studies.netbacks",
    "compare": "studies.compare",
    "Comparison": "studies.compare",
    "expand": "studies.expand",
    "Expansion": "studies.expand",
    "frontier": "studies.frontier",
    "Frontier": "studies.frontier",
    "lowest_share": "studies.lowest",
    "regret": "studies.regret",
    "Regret": "studies.regret",
    "route_from_geometry": "drawn",
    "stress": "studies.stress",
    "Stress": "studies.stress",
    "verify": "audit",
    "weakest": "provenance",
    "write_report": "report",
}

try:
    __version__ = version("energy-routes")
except PackageNotFoundError:  # a bare checkout on the path
    __version__ = "0"

__all__ = [*_HOME, "__version__"]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: the command line must start at once."""
    if name in _HOME:
        return getattr(import_module(f"energy_routes.{_HOME[name]}"), name)
    raise AttributeError(f"module 'energy_routes' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
