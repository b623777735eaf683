from .build_decisions import (
    Decision as Decision,
    fixed_at as fixed_at,
)
from .canonical_plan import (
    pick as pick,
    preference as preference,
    tonne_km as tonne_km,
)
from .cutting_planes import (
    CONE as CONE,
    cut_until_inside as cut_until_inside,
)
from .loop import (
    BareOptimum as BareOptimum,
    Statement as Statement,
    decide as decide,
    others as others,
    program_of as program_of,
    solve as solve,
    stated as stated,
    statement as statement,
    to_pulp as to_pulp,
)
from .prices.marginal_prices import marginal_worth as marginal_worth
from .prices.premium import (
    LEFT as LEFT,
    ROUND as ROUND,
    Cost as Cost,
    Yardstick as Yardstick,
    swept as swept,
)
from .ranges.asked import (
    optimum_of as optimum_of,
    own_rules as own_rules,
    ranges as ranges,
    refuse_own_rules as refuse_own_rules,
)
from .ranges.bands import (
    Within as Within,
    bands_of as bands_of,
)
from .ranges.farthest import (
    Far as Far,
    farthest as farthest,
)
from .ranges.marks import (
    Leg as Leg,
    legs_of as legs_of,
    marked_legs as marked_legs,
)
from .ranges.near import (
    Extra as Extra,
    Near as Near,
    Optimum as Optimum,
)
from .ranges.volumes import volumes as volumes
from .reuse.compiled import (
    Changes as Changes,
    Compiled as Compiled,
    changes_of as changes_of,
    compile as compile,
)
from .reuse.measures import (
    Ask as Ask,
    Measures as Measures,
    known as known,
)

