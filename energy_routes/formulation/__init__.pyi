from .concentration import (
    CAP as CAP,
    CUT as CUT,
    Tangent as Tangent,
    hhi_rows as hhi_rows,
    max_hhi as max_hhi,
    reached as reached,
    tangents as tangents,
)
from .declaration import (
    USER as USER,
    Limit as Limit,
    Link as Link,
    declared as declared,
    limit_of as limit_of,
)
from .description import (
    build as build,
    describe as describe,
)
from .ledger import (
    Sheet as Sheet,
    cash as cash,
    ledger_entry as ledger_entry,
    ledger_terms as ledger_terms,
    netback as netback,
    netback_terms as netback_terms,
    on_the_sheet as on_the_sheet,
    per_unit as per_unit,
    sheets as sheets,
)
from .objective import sales as sales
from .pro_rata import (
    Trade as Trade,
    Yardsticks as Yardsticks,
    yardsticks as yardsticks,
)
from .recipe import (
    BUILDS as BUILDS,
    NETBACK as NETBACK,
    RULES as RULES,
)
from .rules import bookings as bookings, security as security, tail as tail
from .rules.carbon import emitted as emitted
from .rules.dependence import (
    capped as capped,
)
from .space.axes import (
    TANKERS as TANKERS,
    Reference as Reference,
    over_periods as over_periods,
)
from .space.options import (
    added as added,
    opened as opened,
)
from .space.payees import (
    Payees as Payees,
    payees as payees,
)
from .space.real_costs import (
    UNPUBLISHED as UNPUBLISHED,
    End as End,
    known_costs as known_costs,
    real_costs as real_costs,
)
from .space.recourse import (
    Copy as Copy,
    carried_stock as carried_stock,
    entering_stock as entering_stock,
    recourse_copy as recourse_copy,
)
from .space.space import (
    Space as Space,
    build_space as build_space,
)
from .structure import (
    Maps as Maps,
    Numbers as Numbers,
    Structure as Structure,
)
