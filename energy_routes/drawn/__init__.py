"""A route drawn on a map: read from a GIS file, snapped to the network, measured, and given a proposed tariff."""

from energy_routes.drawn.cost import Proposal, propose
from energy_routes.drawn.route import route_from_geometry, routes_from_file

__all__ = ["Proposal", "propose", "route_from_geometry", "routes_from_file"]
