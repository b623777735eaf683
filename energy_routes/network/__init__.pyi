from . import geometry as geometry
from .added_route import AddedRoute as AddedRoute
from .arrival import (
    Ways as Ways,
    meter_table as meter_table,
    own_grade as own_grade,
)
from .drawn.cost import (
    unit_cost as unit_cost,
    yearly_charge as yearly_charge,
)
from .drawn.route import (
    route_from_geometry as route_from_geometry,
    routes_from_file as routes_from_file,
)
from .edit import (
    CHOICES as CHOICES,
    TARGETS as TARGETS,
    TRUTH as TRUTH,
    Edit as Edit,
    Operation as Operation,
    out_of_range as out_of_range,
    parse_target as parse_target,
)
from .geometry import read_features as read_features
from .monthly_products import (
    committed as committed,
    in_term as in_term,
    left as left,
    sizes as sizes,
    usable as usable,
)
from .names import (
    Names as Names,
    group_names as group_names,
    short as short,
    shortened as shortened,
)
from .network import Network as Network
