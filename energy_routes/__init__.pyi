__version__: str

from .answer import answer_of as answer_of
from .audit import verify as verify
from .case import Case as Case, Policy as Policy, load as load, replan as replan
from .errors import (
    DataError as DataError,
    EnergyRoutesError as EnergyRoutesError,
    InfeasibleError as InfeasibleError,
    UnboundedError as UnboundedError,
    UsageError as UsageError,
)
from .network import Network as Network, route_from_geometry as route_from_geometry
from .pack import read_pack as read_pack
from .plan import Plan as Plan, taxes as taxes
from .provenance import sources as sources, weakest as weakest
from .report import write_report as write_report
from .solving import (
    Compiled as Compiled,
    compile as compile,
    ranges as ranges,
    solve as solve,
    to_pulp as to_pulp,
)
from .studies import (
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
