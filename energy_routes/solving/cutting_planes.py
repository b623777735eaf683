"""The cutting loop: solve, cut off what breaks a cone, solve again, until nothing is broken."""

from __future__ import annotations

from collections.abc import Callable

from energy_routes.errors import LimitError
from energy_routes.formulation import Space, Tangent, max_hhi, tangents
from energy_routes.linear import Program, Session, Solution

CONE = 1e-9  # largest violation of a cone that is left, over √H·Σx
ROUNDS = 400


def cut_until_inside(
    session: Session,
    program: Program,
    space: Space,
    cuts: list[Tangent],
    solved: Callable[[Program], Solution],
    within: float = CONE,
) -> tuple[Program, Solution]:
    """Solve the live session; while a cone is broken, add its tangent to the session, to ``cuts`` and to the programme.

    ``program`` comes without cuts; the one returned has all of ``cuts``.  ``within`` is the violation that is left.
    Raises LimitError after ``ROUNDS`` rounds.
    """
    base = program
    if cuts:
        session.add_rows(max_hhi(space, cuts))
        program = base.with_rows(max_hhi(space, cuts))
    for _ in range(ROUNDS):
        solution = solved(program)
        new = tangents(space, solution.x, within) if space.policy.max_hhi else []
        if not new:
            return program, solution
        session.add_rows(max_hhi(space, new))
        cuts += new
        program = base.with_rows(max_hhi(space, cuts))
    raise LimitError(f"{space.case.name}: an HHI cap is not met to {within:g} after {ROUNDS} cuts")
