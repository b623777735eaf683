"""Choose how Kazakhstan's oil and gas should reach world markets.

>>> import energy_routes as er
>>> plan = er.solve(er.load("oil-2024"))
>>> plan.routes  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    __version__: str
    from energy_routes.answer import answer_of as answer_of
    from energy_routes.audit import verify as verify
    from energy_routes.case import Case as Case, Policy as Policy, load as load, replan as replan
    from energy_routes.errors import (
        DataError as DataError,
        EnergyRoutesError as EnergyRoutesError,
        InfeasibleError as InfeasibleError,
        UnboundedError as UnboundedError,
        UsageError as UsageError,
    )
    from energy_routes.network import Network as Network, route_from_geometry as route_from_geometry
    from energy_routes.pack import read_pack as read_pack
    from energy_routes.plan import Plan as Plan, taxes as taxes
    from energy_routes.provenance import sources as sources, weakest as weakest
    from energy_routes.report import write_report as write_report
    from energy_routes.solving import (
        Compiled as Compiled,
        compile as compile,
        ranges as ranges,
        solve as solve,
        to_pulp as to_pulp,
    )
    from energy_routes.studies import (
        Alternatives as Alternatives,
        Attribution as Attribution,
        Bargain as Bargain,
        Comparison as Comparison,
        Expansion as Expansion,
        Explanation as Explanation,
        Frontier as Frontier,
        Ranging as Ranging,
        Regret as Regret,
        Sampler as Sampler,
        Stress as Stress,
        Sweep as Sweep,
        ThroughTariff as ThroughTariff,
        alternatives as alternatives,
        bargain as bargain,
        compare as compare,
        expand as expand,
        explain as explain,
        frontier as frontier,
        lowest_share as lowest_share,
        netbacks as netbacks,
        ranging as ranging,
        regret as regret,
        stress as stress,
        sweep as sweep,
        through_tariff as through_tariff,
        workers_of as workers_of,
    )

# Every public name and where it is found; of a plan, the methods whose work is done on floors above it.
_HOME = {
    "answer_of": "energy_routes.answer:answer_of",
    "Case": "energy_routes.case:Case",
    "load": "energy_routes.case:load",
    "DataError": "energy_routes.errors:DataError",
    "EnergyRoutesError": "energy_routes.errors:EnergyRoutesError",
    "InfeasibleError": "energy_routes.errors:InfeasibleError",
    "UnboundedError": "energy_routes.errors:UnboundedError",
    "UsageError": "energy_routes.errors:UsageError",
    "Network": "energy_routes.network:Network",
    "Plan": "energy_routes.plan:Plan",
    "Policy": "energy_routes.case:Policy",
    "compile": "energy_routes.solving:compile",
    "Compiled": "energy_routes.solving:Compiled",
    "ranges": "energy_routes.solving:ranges",
    "solve": "energy_routes.solving:solve",
    "sources": "energy_routes.provenance:sources",
    "to_pulp": "energy_routes.solving:to_pulp",
    "read_pack": "energy_routes.pack:read_pack",
    "replan": "energy_routes.case:replan",
    "alternatives": "energy_routes.studies:alternatives",
    "Alternatives": "energy_routes.studies:Alternatives",
    "bargain": "energy_routes.studies:bargain",
    "Bargain": "energy_routes.studies:Bargain",
    "netbacks": "energy_routes.studies:netbacks",
    "compare": "energy_routes.studies:compare",
    "Comparison": "energy_routes.studies:Comparison",
    "Attribution": "energy_routes.studies:Attribution",
    "expand": "energy_routes.studies:expand",
    "Expansion": "energy_routes.studies:Expansion",
    "explain": "energy_routes.studies:explain",
    "Explanation": "energy_routes.studies:Explanation",
    "frontier": "energy_routes.studies:frontier",
    "Frontier": "energy_routes.studies:Frontier",
    "lowest_share": "energy_routes.studies:lowest_share",
    "ranging": "energy_routes.studies:ranging",
    "Ranging": "energy_routes.studies:Ranging",
    "regret": "energy_routes.studies:regret",
    "Regret": "energy_routes.studies:Regret",
    "Sampler": "energy_routes.studies:Sampler",
    "route_from_geometry": "energy_routes.network:route_from_geometry",
    "stress": "energy_routes.studies:stress",
    "Stress": "energy_routes.studies:Stress",
    "sweep": "energy_routes.studies:sweep",
    "Sweep": "energy_routes.studies:Sweep",
    "taxes": "energy_routes.plan:taxes",
    "through_tariff": "energy_routes.studies:through_tariff",
    "ThroughTariff": "energy_routes.studies:ThroughTariff",
    "verify": "energy_routes.audit:verify",
    "weakest": "energy_routes.provenance:weakest",
    "workers_of": "energy_routes.studies:workers_of",
    "write_report": "energy_routes.report:write_report",
    "Plan.save": "energy_routes.results:save",
    "Plan.load": "energy_routes.results:load",
    "Plan.with_bands": "energy_routes.studies:with_bands",
    "Plan.plot": "energy_routes.maps:draw",
    "Plan.explore": "energy_routes.maps:explore",
    "Plan.layers": "energy_routes.maps:write_layers",
}

__all__ = [*(name for name in _HOME if "." not in name), "__version__"]


def found(name: str) -> Any:
    """What a name of the table stands for; its module is imported when it is first asked for."""
    module, _, attribute = _HOME[name].partition(":")
    return getattr(import_module(module), attribute)


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version  # it takes longer than all of the rest

    try:
        return version("energy-routes")
    except PackageNotFoundError:  # a bare checkout on the path
        return "0"


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return _version()
    if name in __all__:
        return found(name)
    raise AttributeError(f"module 'energy_routes' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
