from .bands import with_bands as with_bands
from .comparison import (
    Comparison as Comparison,
    compare as compare,
)
from .curves.frontier import (
    SAMPLES as SAMPLES,
    Frontier as Frontier,
    frontier as frontier,
)
from .curves.points import ends_of as ends_of
from .curves.steps import one_family as one_family
from .differences.attribution import Attribution as Attribution
from .draws.draws import Sampler as Sampler
from .expansion import (
    Expansion as Expansion,
    expand as expand,
)
from .games.bargain import (
    Bargain as Bargain,
    bargain as bargain,
)
from .kinks.ranging import (
    MOST as MOST,
    Ranging as Ranging,
    ranging as ranging,
)
from .least_regret import (
    Regret as Regret,
    regret as regret,
)
from .least_share import lowest_share as lowest_share
from .netback_sheets import (
    matrix as matrix,
    netbacks as netbacks,
)
from .other_plans import (
    Alternatives as Alternatives,
    alternatives as alternatives,
)
from .outages.stress import (
    KINDS as KINDS,
    Stress as Stress,
    stress as stress,
)
from .pictures import (
    draw_fan as draw_fan,
    tell_in as tell_in,
)
from .reasons.explanation import (
    Explanation as Explanation,
    explain as explain,
)
from .study import Study as Study
from .sweeps.experiment import (
    DEFAULT as DEFAULT,
    Experiment as Experiment,
)
from .sweeps.plots import refuse_picture as refuse_picture
from .sweeps.sweep import (
    Sweep as Sweep,
    experiment_of as experiment_of,
    replay as replay,
    run as run,
    sweep as sweep,
    why_no_plan as why_no_plan,
)
from .sweeps.workers.choice import workers_of as workers_of
from .sweeps.workers.processes import Processes as Processes
from .sweeps.workers.workers import Workers as Workers
from .tariffs.through_tariff import (
    ThroughTariff as ThroughTariff,
    through_tariff as through_tariff,
)
