"""Minimum regret over named scenarios: one set of bookings that is never far from what hindsight would have booked.

Regret of a scenario is what its own best plan earns less what is earned with the shared bookings (Savage 1951).  No
probabilities are needed; expected netback and CVaR stand beside it, for those who have some.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from energy_routes.case import Bookings, Case, arcs_meant
from energy_routes.errors import InfeasibleError, UsageError
from energy_routes.formulation import (
    BUILDS,
    RULES,
    Space,
    bookings as booking_rules,
    build_space,
    ledger_terms,
    opened,
    tail as tail_rules,
)
from energy_routes.linear import (
    INF,
    Axis,
    Builder,
    Expr,
    Program,
    Rows,
    Session,
    Solution,
    Status,
    Term,
    Vector,
    axis,
    between,
)
from energy_routes.plan import builds_table
from energy_routes.solving import compile, fixed_at, preference
