"""Measures of diversification and of adequacy: pure numpy, each with its formula and reference."""

from energy_routes.indicators.adequacy import (
    eu_n_minus_1,
    remaining_flexibility,
    single_largest_infrastructure,
    transit_risk,
)
from energy_routes.indicators.concentration import (
    effective_number,
    exit_route_diversification,
    hhi,
    largest_share,
    shannon_wiener,
    shannon_wiener_neumann,
    weighted_hhi,
)
from energy_routes.indicators.table import indicator_table

__all__ = [
    "effective_number",
    "eu_n_minus_1",
    "exit_route_diversification",
    "hhi",
    "indicator_table",
    "largest_share",
    "remaining_flexibility",
    "shannon_wiener",
    "shannon_wiener_neumann",
    "single_largest_infrastructure",
    "transit_risk",
    "weighted_hhi",
]
