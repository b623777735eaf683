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
from .ledger import (
    BACK as BACK,
    LEDGER as LEDGER,
    LINES as LINES,
    PAID as PAID,
    PRICE as PRICE,
    SHEET as SHEET,
    WAY as WAY,
    SheetLine as SheetLine,
    ledger_term as ledger_term,
)
from .table import (
    CONCENTRATION as CONCENTRATION,
    INDICATORS as INDICATORS,
    KNOWN as KNOWN,
    RISK_CONCENTRATION as RISK_CONCENTRATION,
    SHARE as SHARE,
    Indicator as Indicator,
    indicator_table as indicator_table,
    rows_of as rows_of,
)
