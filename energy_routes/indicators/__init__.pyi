from .adequacy import (
    eu_n_minus_1 as eu_n_minus_1,
    remaining_flexibility as remaining_flexibility,
    single_largest_infrastructure as single_largest_infrastructure,
    transit_risk as transit_risk,
)
from .concentration import (
    effective_number as effective_number,
    exit_route_diversification as exit_route_diversification,
    hhi as hhi,
    largest_share as largest_share,
    shannon_wiener as shannon_wiener,
    shannon_wiener_neumann as shannon_wiener_neumann,
    weighted_hhi as weighted_hhi,
)
from .table import indicator_table as indicator_table
