from .bridge import (
    available_solvers as available_solvers,
    solve_with as solve_with,
    to_pulp as to_pulp,
)
from .rules import user_rows as user_rows
