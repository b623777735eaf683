from .assembly import assemble as assemble
from .doubt import (
    APART as APART,
    BANDS as BANDS,
    RANGES as RANGES,
    TOTAL as TOTAL,
    apart as apart,
    open_in as open_in,
    told_bands as told_bands,
)
from .flow_tracing import (
    following as following,
    place_of as place_of,
)
from .limits import (
    A_PRICE as A_PRICE,
    NO_PLAN as NO_PLAN,
    NOT_FOUND as NOT_FOUND,
    limit_table as limit_table,
)
from .making.builds_and_emissions import builds_table as builds_table
from .making.groups import (
    corridor_arcs as corridor_arcs,
    corridor_rows as corridor_rows,
    corridor_totals as corridor_totals,
)
from .making.payments import (
    NOT_SOURCED as NOT_SOURCED,
    margins as margins,
    on_the_way as on_the_way,
    paid_by as paid_by,
)
from .making.routes import (
    VALUES as VALUES,
    leading as leading,
    marks_of as marks_of,
    merged as merged,
    route_volumes as route_volumes,
    routes_table as routes_table,
)
from .making.taxes import (
    EXEMPT as EXEMPT,
    taxes as taxes,
    taxes_by_kind as taxes_by_kind,
)
from .plan import (
    MEANING as MEANING,
    NOT_PROVED as NOT_PROVED,
    OPTIONAL as OPTIONAL,
    TABLES as TABLES,
    Plan as Plan,
    Prices as Prices,
    Value as Value,
    check_meaning as check_meaning,
)
from .price_table import (
    Worth as Worth,
    clean as clean,
)
from .solved import Solved as Solved
from .tables import Tables as Tables
from .warnings.notices import notice as notice
