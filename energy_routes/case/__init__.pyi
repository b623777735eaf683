from .actuals import (
    Actual as Actual,
    Past as Past,
    actuals_of as actuals_of,
    past_of as past_of,
)
from .base_prices import price_of as price_of
from .case import Case as Case
from .checks.stated import refuse_beyond_prices as refuse_beyond_prices
from .disruptions.countries import (
    known_weights as known_weights,
    weights_of_sets as weights_of_sets,
)
from .disruptions.outages import (
    Outage as Outage,
    arcs_meant as arcs_meant,
    outages_of as outages_of,
)
from .disruptions.rates import rate_table as rate_table
from .disruptions.scenarios import (
    Futures as Futures,
    futures_of as futures_of,
    mean_of as mean_of,
)
from .disruptions.unforeseen import (
    event_months as event_months,
    plain as plain,
    ramped as ramped,
    unforeseen as unforeseen,
    unforeseen_names as unforeseen_names,
    without_event as without_event,
)
from .edits import figure_at as figure_at
from .loading import load as load
from .model_file import read_model_file as read_model_file
from .policy.bounds import (
    ALL as ALL,
    Bound as Bound,
    Bounds as Bounds,
    Cap as Cap,
    Concentration as Concentration,
    Minimum as Minimum,
    Over as Over,
    for_family as for_family,
    groups_of as groups_of,
)
from .policy.build_options import (
    chosen as chosen,
    effects_of as effects_of,
    opened_by_options as opened_by_options,
    opening_edits as opening_edits,
)
from .policy.contradictions import refuse_contradictions as refuse_contradictions
from .policy.levers import (
    Bookings as Bookings,
    Build as Build,
    Cvar as Cvar,
    Security as Security,
)
from .policy.policy import (
    BOUNDS as BOUNDS,
    LEVERS as LEVERS,
    Amount as Amount,
    Choice as Choice,
    Objective as Objective,
    Policy as Policy,
    bounds_of as bounds_of,
    in_percent as in_percent,
)
from .rest_of_year import replan as replan
from .subjects import (
    HHI as HHI,
    no_transit as no_transit,
)
