from .actuals import (
    Actual as Actual,
    Past as Past,
    actuals_of as actuals_of,
    past_of as past_of,
)
from .base_prices import (
    BasePrice as BasePrice,
    price_of as price_of,
)
from .case import Case as Case
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
from .loading import load as load
from .model_file import read_model_file as read_model_file
from .policy.build_options import (
    BY_OPTION as BY_OPTION,
    chosen as chosen,
    effects_of as effects_of,
    opening_edits as opening_edits,
    yearly_charge as yearly_charge,
)
from .policy.levers import (
    Bookings as Bookings,
    Build as Build,
    Cvar as Cvar,
    Security as Security,
    parse_bookings as parse_bookings,
    revive as revive,
)
from .policy.policy import (
    ALL as ALL,
    AMOUNTS as AMOUNTS,
    CAPS as CAPS,
    Cap as Cap,
    Concentration as Concentration,
    Objective as Objective,
    Over as Over,
    Policy as Policy,
    for_family as for_family,
    parse_cap as parse_cap,
    parse_concentration as parse_concentration,
)
from .rest_of_year import replan as replan
from .subjects import HHI as HHI
