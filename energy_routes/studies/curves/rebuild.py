"""The case of each value solved anew, tangent cuts shared: where no line of programmes can be followed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from energy_routes.errors import InfeasibleError, LimitError
from energy_routes.formulation import CUT, Space, Tangent, hhi_rows, max_hhi, netback, tangents
from energy_routes.linear import Program, Session, Solution, Vector, optimal, worth
from energy_routes.solving import CONE, Compiled, cut_until_inside, pick, solve
from energy_routes.studies.curves.lever import Lever
from energy_routes.studies.curves.snapshot import Snapshot, snapshot


@dataclass(frozen=True, eq=False)
class Answer:
    """The optimum at one value: its space, programme with cuts, solution, and d objective / d value (NaN unknown)."""

    space: Space
    program: Program
    solution: Solution
    cuts: tuple[Tangent, ...]
    slope: float = float("nan")


class Rebuilder:
    """Solves the case of each value anew; tangent cuts found at one value serve at the others.

    ``compiled`` keeps the structures: that of the lever, or of another over the same case.
    """

    def __init__(self, lever: Lever, compiled: Compiled | None = None) -> None:
        self._lever, self._compiled = lever, compiled
        self._cuts: tuple[Tangent, ...] = ()
        self._known: dict[float, Answer | None] = {}
        self._shared: tuple[Space, Program] | None = None

    def solve(self, t: float) -> Answer | None:
        """The optimum at ``t`` of the way, or None where there is no plan."""
        if t not in self._known:
            self._known[t] = self._solved(t)
        return self._known[t]

    def snapshot(self, t: float) -> Snapshot:
        """The plan at ``t`` in brief.  Raises InfeasibleError where there is none."""
        space, x = self.plan(t)
        answer = self.solve(t)
        assert answer is not None, "a plan has been found"
        return snapshot(space, x, answer.solution.objective, netback(space, x))

    def plan(self, t: float) -> tuple[Space, Vector]:
        """The space at ``t`` and the one plan of its optimal face.  Raises InfeasibleError where there is none."""
        answer = self.solve(t)
        if answer is None:
            solve(self._lever.at(self._lever.value(t)))  # raises, and says why
            raise LimitError(f"{self._lever.case.name}: no plan at {self._lever.value(t):g}")
        program = answer.program
        while True:  # the one plan may lie out of the cone, which the face of an optimum only touches: cut there
            session = Session(program)
            x = pick(session, program, optimal(session), answer.space).x
            outside = tangents(answer.space, x, CONE * 100)
            if not outside:
                return answer.space, x
            program = program.with_rows(max_hhi(answer.space, outside))

    def _solved(self, t: float) -> Answer | None:
        case = self._lever.at(self._lever.value(t))
        try:
            if self._lever.kind == "hhi" and self._shared is not None:
                space, program = replace(self._shared[0], case=case), self._shared[1]
            else:
                space, program = self._shared = (self._compiled or self._lever.compiled).stated(case)
            # The same directions under the caps of another value: any ‖û‖ ≤ 1 is valid.
            cuts = [replace(cut, cap=cap) for cut in self._cuts for cap in case.policy.max_hhi
                    if cap.name == cut.cap.name]
            session = Session(program)
            whole, solution = cut_until_inside(session, program, space, cuts, lambda _: optimal(session))
        except InfeasibleError:
            return None
        self._cuts = tuple(cuts)
        return Answer(space, whole, solution, tuple(cuts), self._slope(space, whole, solution, cuts))

    def _slope(self, space: Space, program: Program, solution: Solution, cuts: list[Tangent]) -> float:
        if self._lever.kind != "hhi":
            return float("nan")
        duals, first = worth(program, solution).dual, program.row_slice(CUT).start if cuts else 0
        priced = hhi_rows(space, cuts, solution.x, first)
        slope = sum(float(duals[rows] @ gain) for cap, _, rows, gain in priced if cap.name == self._lever.rest)
        return slope * (self._lever.stop - self._lever.start)
