"""Choose how Kazakhstan's oil and gas should reach world markets.

>>> import energy_routes as er
>>> plan = er.solve(er.load("oil-2024"))
>>> plan.routes  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import lazy_loader

# The methods of a plan whose work is done on floors above it.
METHODS = {
    "Plan.save": "energy_routes.results:save",
    "Plan.load": "energy_routes.results:load",
    "Plan.with_bands": "energy_routes.studies:with_bands",
    "Plan.plot": "energy_routes.maps:draw",
    "Plan.explore": "energy_routes.maps:explore",
    "Plan.layers": "energy_routes.maps:write_layers",
}

_named, _, __all__ = lazy_loader.attach_stub(__name__, __file__)
__all__.append("__version__")


def method(name: str) -> Any:
    """The function behind a method of a plan; its module is imported when it is first asked for."""
    module, _, attribute = METHODS[name].partition(":")
    return getattr(import_module(module), attribute)


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return import_module("energy_routes.pack").installed("energy-routes") or "0"  # of a bare checkout on the path
    return _named(name)


def __dir__() -> list[str]:
    return sorted(__all__)
