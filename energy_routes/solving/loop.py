"""The loop: build → solve → pick one plan of the optimal face → price the limits → check → hand out, or explain.

No status is passed on unverified.  An "optimal" is checked by our own residuals; an "infeasible" comes with the
cheapest set of limits that must give way; an "unbounded" names what has no limit.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partial
from typing import Any

from energy_routes.case import Case, refuse_beyond_prices, refuse_contradictions
from energy_routes.errors import InfeasibleError, LimitError, SolverError, UsageError, VerificationError
from energy_routes.formulation import USER, Reference, Space, Tangent, build, build_space, declared, tangents
from energy_routes.linear import (
    Form,
    LinearForm,
    Method,
    Point,
    Program,
    Session,
    Solution,
    Standing,
    Status,
    Term,
    Vector,
    limited,
    pulp,
    residuals,
)
from energy_routes.pack import annotated
from energy_routes.plan import NOT_PROVED, Plan, Tables, Worth, assemble
from energy_routes.solving.build_decisions import Decision, settled
from energy_routes.solving.canonical_plan import pick
from energy_routes.solving.cutting_planes import CONE, cut_until_inside
from energy_routes.solving.futures.n_minus_1 import Guard, guarded
from energy_routes.solving.futures.n_minus_1_table import with_security
from energy_routes.solving.futures.stochastic import Hedge, hedged, refuse_tail, with_hedge
from energy_routes.solving.futures.unforeseen import reference_of
from energy_routes.solving.infeasible import conflict, repairs
from energy_routes.solving.prices.marginal_prices import marginal_worth
from energy_routes.solving.prices.premium import Yardstick, with_premium
from energy_routes.solving.ranges.near import Optimum
from energy_routes.solving.ranges.table import default_ranges, undetermined
from energy_routes.solving.reuse.shelf import laid_out
from energy_routes.solving.second_opinion import Opinion, opinion, unproved
from energy_routes.solving.tightest_caps import tightest_words
from energy_routes.solving.unbounded import unbounded
from energy_routes.solving.user_columns import views

log = logging.getLogger(__name__)

Rules = Callable[[Any], Iterator[Any]]
TOLERANCE = 1e-6  # largest residual, relative to the size of the row or of the objective, of a plan that is handed out
ENOUGH = 1e-12


@dataclass(frozen=True)
class Around:
    """What stands around the plan of a case: losses guarded against, futures weighed, the case without caps, builds.

    ``free`` is the case without caps, whose exports are held where the policy says so; ``weighed`` the same with its
    futures, where there are some.  ``open`` is the programme before its builds were decided.  ``reference`` is what
    groups carry in the plans without each event that is ``unforeseen``, whose optima prove it.
    """

    guard: Guard | None = None
    hedge: Hedge | None = None
    free: Yardstick | None = None
    weighed: Yardstick | None = None
    decision: Decision | None = None
    open: Program | None = None
    reference: Reference = field(default_factory=dict)
    unforeseen: Mapping[str, Optimum] = field(default_factory=dict)

    @property
    def copies(self) -> tuple[str, ...]:
        """The suffixes of the spaces in which the plan's limits stand again: futures, and what is left after losses."""
        return tuple(copy.suffix for part in (self.guard, self.hedge) if part is not None for copy in part.copies)


@dataclass(frozen=True, eq=False)
class BareOptimum:
    """An optimum as arrays, ``form`` and ``solution``, whose residuals have passed; the rest when it is asked for."""

    form: Form
    solution: Solution
    _stated: Callable[[], tuple[Space, Program]]
    _preferred: Callable[[Standing | None], Vector]
    _worth: Callable[[], Worth]

    @cached_property
    def stated(self) -> tuple[Space, Program]:
        """The space of the case, and the programme with its labels."""
        return self._stated()

    @cached_property
    def x(self) -> Vector:
        """The one plan among those as good, one number a column."""
        return self._preferred(None)

    def point(self, asked: Standing) -> Vector:
        """A plan as good: ``x``, but where all of them have the same of what is ``asked`` it may be any of them."""
        return self._preferred(asked)

    @cached_property
    def worth(self) -> Worth:
        """What one more of each limit is worth."""
        return self._worth()


@dataclass(frozen=True)
class Options:
    """How to solve: ``solver`` 'highs' (embedded) or any PuLP solver; ``method`` 'choose', 'simplex' or 'ipm'."""

    solver: str = "highs"
    method: Method = "choose"
    presolve: bool = True
    seed: int = 0
    time_limit: float | None = None


@annotated
def solve(
    case: Case,
    solver: str = "highs",
    constraints: Rules | None = None,
    *,
    method: Method = "choose",
    presolve: bool = True,
    seed: int = 0,
    time_limit: float | None = None,
) -> Plan:
    """The best plan of a case.

    Parameters
    ----------
    case : Case
        The question.
    solver : str
        'highs' is embedded.  Any other goes through PuLP ('cbc', or PuLP's own name) and returns flows and the
        objective, never prices.  HiGHS solves the same programme beside it: its answer is believed where both agree.
    constraints : callable or None
        A function that yields PuLP constraints on the model that it is given; they join the arrays, with their prices.
    method : {'choose', 'simplex', 'ipm'}
        How HiGHS solves.
    presolve : bool
        Whether HiGHS simplifies the programme first.
    seed : int
        Of HiGHS's random choices; the plan does not depend on it.
    time_limit : float or None
        Seconds for each programme that is solved, and for all ranges of the plan together; None: no limit.

    Returns
    -------
    Plan
        The plan, whose residuals have been checked.  Its ``status`` is 'optimal'; or 'feasible' where HiGHS reached
        the time limit before it could check the plan of another solver.

    Raises
    ------
    UsageError
        An option or the solver is unknown, or the policy asks for what cannot be joined.
    DataError
        An edit scales or adds to a figure that is not stated, or no price reaches a year.
    InfeasibleError
        No plan keeps every rule; it names the cheapest set of limits that must give way.
    UnboundedError
        The objective has no limit; it names the rows without one.
    LimitError
        The time limit was reached before the optimum was proved.
    SolverError
        The solver is missing, refused the programme, broke down, hung, ended without an answer, or its answer is not
        that of HiGHS.
    VerificationError
        The solution fails our own check of its residuals.

    References
    ----------
    Q. Huangfu and J. A. J. Hall, "Parallelizing the dual revised simplex method", Mathematical Programming Computation
    10 (2018), doi:10.1007/s12532-017-0130-5.

    Examples
    --------
    >>> import energy_routes as er
    >>> er.solve(er.load("oil-2024")).status
    'optimal'
    """
    if time_limit is not None and not 0 < time_limit < float("inf"):
        raise UsageError(f"time_limit = {time_limit:g}: a number of seconds above 0 is expected")
    if not 0 <= seed < 2**31:
        raise UsageError(f"seed = {seed}: a whole number from 0 to 2,147,483,647 is expected")
    options = Options(solver.lower(), method, presolve, seed, time_limit)
    space, program, around = _prepared(case, constraints, options)
    refuse_tail(around.hedge, program, case.name)
    around = _compared(around, case, constraints, options)
    if options.solver != "highs":
        return _foreign(space, program, options, around)
    cuts: list[Tangent] = []
    stated, (program, decision) = program, _settled(program, space, cuts, options)
    around = replace(around, decision=decision, open=None if decision is None else stated)
    return answered(space, program, _session(program, options), options, around, cuts)


def answered(
    space: Space, program: Program, session: Session, options: Options, around: Around, cuts: list[Tangent]
) -> Plan:
    """The one plan of a linear programme that stands in a live session; the session is left changed.

    Raises the errors of :func:`solve`.
    """
    while True:
        whole, first = cut_until_inside(session, program, space, cuts, lambda p: solved(session, p, space))
        worth = partial(marginal_worth, space, whole, session.form, first, tuple(cuts), around.copies)
        chosen = pick(session, whole, first, space)
        outside = tangents(space, chosen.x, CONE * 100)
        if not outside:
            break
        cuts += outside
        session.update(program)
    plan = first.with_values(Point(first.objective, chosen.x, chosen.row_value), first.prices)
    return _handed_out(space, whole, plan, worth, options, cuts, around)


def others(optimum: Optimum, points: Sequence[Vector], loss: float) -> list[Plan]:
    """Other plans within a loss (MUSD) of an optimum, which nobody has shown to be the best: they have no prices.

    Raises VerificationError where one does not keep every rule, and the errors of :func:`solve`.
    """
    if not points:
        return []
    space, program, options = optimum.space, optimum.standing(loss), Options()
    around = _compared(_prepared(space.case, None, options)[2], space.case, None, options)

    def plan(x: Vector) -> Plan:
        point = Point(float(program.cost @ x) + program.offset, x, program.matrix @ x)
        solution = optimum.solution.with_values(point, None)
        return replace(_handed_out(space, program, solution, None, options, around=around), status=NOT_PROVED)

    return [plan(x) for x in points]


@annotated
def to_pulp(case: Case) -> Any:
    """The case as an ordinary PuLP problem, names intact.

    Parameters
    ----------
    case : Case
        The question; its exports are held where the policy says so.

    Returns
    -------
    pulp.LpProblem
        Columns and rows under our names (``delivered.AUGUSTA.BTC_BLEND.1.2024``), without tangents of caps on an HHI.

    Raises
    ------
    UsageError
        As :func:`solve`.
    InfeasibleError
        Exports are to be held, and even without the caps no plan keeps every rule.
    UnboundedError, LimitError, SolverError
        The case without the caps has no plan.
    """
    return pulp.to_pulp(program_of(case))


def program_of(case: Case) -> Program:
    """The linear programme of a case (exports held where its policy says so)."""
    return stated(case)[1]


def stated(case: Case) -> tuple[Space, Program]:
    """The space and the linear programme of a case (exports held where its policy says so; no HHI cut yet)."""
    return _prepared(case, None, Options())[:2]


@dataclass(frozen=True, eq=False)
class Statement:
    """A case laid out once, to be solved for several objectives: exports held, losses and delta keep their values."""

    space: Space
    program: Program
    around: Around

    def optimum(self, *terms: Term) -> BareOptimum:
        """The optimum with further terms of the objective: builds decided, cuts of HHI caps in it.

        Raises the errors of :func:`solve`.
        """
        space, options, cuts = self.space, Options(), list[Tangent]()
        program = replace(self.program, terms=(*self.program.terms, *terms))
        program, _ = _settled(program, space, cuts, options)
        session = _session(program, options)
        whole, first = cut_until_inside(session, program, space, cuts, lambda p: solved(session, p, space))
        form = session.form
        checked(form, first, space.case.name)

        def preferred(asked: Standing | None) -> Vector:
            session.update(whole)
            return pick(session, whole, first, space, asked).x

        return BareOptimum(form, first, lambda: (space, whole), preferred,
                       partial(marginal_worth, space, whole, form, first, tuple(cuts), self.around.copies))  # fmt: skip


def statement(case: Case) -> Statement:
    """A case laid out.  Raises the errors of :func:`solve`."""
    space, program, around = _prepared(case, None, Options())
    refuse_tail(around.hedge, program, case.name)
    return Statement(space, program, around)


def decide(space: Space, program: Program) -> Decision:
    """What to build in a case as it is ``stated``, and what that brings.

    Raises UsageError where nothing can be built, and the errors of :func:`solve`.
    """
    _, decision = _settled(program, space, [], Options())
    if decision is None:
        raise UsageError(f"{space.case.name}: nothing can be built; set policy.build, or give the pack options")
    return decision


def _prepared(case: Case, constraints: Rules | None, options: Options) -> tuple[Space, Program, Around]:
    """A case laid out, with exports held, futures weighed and losses guarded against, as its policy asks."""

    def best(space: Space, program: Program) -> tuple[Program, Solution, Session]:
        program, _ = _settled(program, space, [], options)
        session = _session(program, options)
        return *cut_until_inside(session, program, space, [], lambda p: solved(session, p, space)), session

    refuse_contradictions(case)
    refuse_beyond_prices(case)

    def calm(case: Case) -> Plan:
        return solve(case, "highs", constraints, method=options.method, presolve=options.presolve, seed=options.seed,
                     time_limit=options.time_limit)  # fmt: skip

    reference, proofs = reference_of(case, calm)
    free = _free(case, constraints, options, reference) if case.policy.held else None
    held = {} if free is None else held_exports(free.space, free.solution.x)
    if case.policy.plain:
        space, program = laid_out(case, held, reference)
        around = Around(free=free, reference=reference, unforeseen=proofs)
        return space, _with_rules(program, space, constraints), around
    space, hedge = hedged(build_space(case).with_held(held).with_reference(reference))
    space, guard = guarded(space, lambda space: _with_rules(build(space), space, constraints), best)
    around = Around(guard, hedge, free, reference=reference, unforeseen=proofs)
    return space, _with_rules(build(space), space, constraints), around


def _compared(around: Around, case: Case, constraints: Rules | None, options: Options) -> Around:
    """With the case without caps solved, where the policy has some: what they cost is told against it."""
    if case.policy.asked and around.hedge is not None:
        return replace(around, weighed=_free(case, constraints, options, {}, weighed=True))
    if case.policy.asked and around.free is None:
        return replace(around, free=_free(case, constraints, options, around.reference))
    return around


def _settled(
    program: Program, space: Space, cuts: list[Tangent], options: Options
) -> tuple[Program, Decision | None]:
    """The programme with its builds decided, if there are any to decide."""
    return settled(program, space, cuts, lambda p: _session(p, options), lambda s, p: solved(s, p, space))


def _session(program: Program, options: Options) -> Session:
    return Session(
        program, seed=options.seed, time_limit=options.time_limit, presolve=options.presolve, method=options.method
    )


def _with_rules(program: Program, space: Space, constraints: Rules | None) -> Program:
    """The programme with the constraints of a user."""
    if constraints is None:
        return program
    return program.with_rows(*pulp.user_rows(program, constraints, views(space)))


def _free(
    case: Case, constraints: Rules | None, options: Options, reference: Reference, *, weighed: bool = False
) -> Yardstick:
    """The same case without caps and security, solved; with its futures weighed only if asked.

    Ramps start from the ``reference`` of the case itself.
    """
    free = replace(case, policy=case.policy.without_caps())
    if free.policy.plain:
        space, program = laid_out(free, {}, reference)
    else:
        space = build_space(free).with_reference(reference)
        space = hedged(space)[0] if weighed else space
        program = build(space)
    program = _with_rules(program, space, constraints)
    session = _session(program, options)
    solved(session, program, space)
    return Yardstick(space, program, session)


def held_exports(space: Space, x: Vector) -> dict[str, float]:
    """What each family exports in a plan without caps, and has to with them, Mt or bcm over the horizon."""
    volumes, family = space.exports.value(x), space.exports.axis.frame["family"]
    held = {str(own): float(volumes[(family == own).to_numpy(dtype=bool)].sum()) for own in family.unique()}
    return {own: volume * (1 - ENOUGH) for own, volume in held.items() if volume > 0}


def solved(session: Session, program: Program, space: Space) -> Solution:
    """An optimal solution of the live session, or the error that its status means."""
    solution = session.solve()
    _refuse(solution.status, program, space)
    return solution


def _refuse(status: Status, program: Program, space: Space) -> None:
    if status is Status.optimal:
        return
    if status is Status.infeasible:
        raise _infeasible(program, space)
    if status is Status.unbounded:
        raise unbounded(program, space)
    if status in (Status.time_limit, Status.time_limit_feasible):
        raise LimitError(
            f"{space.case.name}: the time limit was reached before the optimum was proved. Raise the limit."
        )
    raise SolverError(f"{space.case.name}: the solver ended with {status.value!r}, which is not an answer")


def _infeasible(program: Program, space: Space) -> InfeasibleError:
    found = repairs(program, space)
    held = ""
    if space.held and (words := [*tightest_words(space), *_safest_words(space.case)]):
        held = f" With exports held, {'; '.join(words)}. Ask for less, or allow shutting in with exports = 'free'."
    own = [block.name for block in program.rows if declared(block) is USER]
    kept = f" Rules of your own do not give way: {', '.join(own)}." if own else ""
    none = ("  none found: rules of your own contradict each other, or what always holds" if own else
            "  none found: the rules contradict each other without any limit, or one is missed by less than a "
            "millionth of it: round its figure")  # fmt: skip
    lines = "\n".join(f"  {r['words']}" for r in found)
    return InfeasibleError(
        f"{space.case.name} is infeasible: no plan keeps every rule.{held}{kept} The cheapest set of limits that "
        f"must give way:\n{lines or none}",
        found,
        partial(conflict, program, space),
    )


def _safest_words(case: Case) -> list[str]:
    """The smallest share of exports that can be lost, where less than that was asked."""
    lever = case.policy.security
    if lever is None or lever.delta == "min":
        return []
    policy = replace(case.policy.without_caps(), security=replace(lever, delta="min"))
    try:
        guard = _prepared(replace(case, policy=policy), None, Options())[2].guard
    except InfeasibleError:
        return []
    if guard is None or guard.delta <= lever.delta:
        return []
    return [f"the share of exports lost after a single loss cannot go below {guard.delta:.4f} (asked: {lever.delta:g})"]


def _foreign(space: Space, program: Program, options: Options, around: Around) -> Plan:
    """The plan of a foreign solver, HiGHS beside it."""
    session, cuts, heard = _session(program, options), list[Tangent](), list[Opinion]()

    def asked(whole: Program) -> Solution:
        heard.append(opinion(session, whole, options.solver, options.time_limit, space.case.name))
        _refuse(heard[-1].solution.status, whole, space)
        return heard[-1].solution

    whole, solution = cut_until_inside(session, program, space, cuts, asked, TOLERANCE)
    plan = _handed_out(space, whole, solution, None, options, cuts, around)
    return plan if heard[-1].proved else unproved(plan, heard[-1].bound, options.solver)


def _handed_out(
    space: Space,
    program: Program,
    solution: Solution,
    worth: Callable[[], Worth] | None,
    options: Options,
    cuts: Sequence[Tangent] = (),
    around: Around | None = None,
) -> Plan:
    """The plan, after its own residuals have passed."""
    certificate: dict[str, Any] = checked(program, solution, space.case.name, options.solver, priced=worth is not None)
    around = around or Around()
    certificate = {**certificate, "solver": options.solver}
    if around.decision is not None:
        certificate["builds"] = around.decision.as_dict()
    worth = None if worth is None else cache(worth)
    plan = assemble(space, program, solution.x, worth, certificate, cuts)
    plan = with_hedge(plan, around.hedge, program, solution.x)
    plan = with_security(plan, around.guard, program, solution.x, worth)
    plan = with_premium(plan, around.weighed or around.free, space, solution.x)
    if worth is None:
        return plan
    free = around.free if space.case.policy.held else None
    held = None if free is None else Optimum(free.space, free.program, free.solution)
    proved = Optimum(space, program, solution, around.open)
    return _with_ranges(plan, proved, held, around.unforeseen, options.time_limit)


def _with_ranges(
    plan: Plan, optimum: Optimum, held: Optimum | None, events: Mapping[str, Optimum], time_limit: float | None
) -> Plan:
    """The plan with its ranges, made when they are first read; till then what could be otherwise stands for them.

    What proves it is kept at hand: its ``optimum``, the ``reference`` by which its exports are held, and those of the
    plans without each unforeseen event.
    """
    every = partial(_in_time, time_limit, default_ranges, optimum, partial(plan.parts.__getitem__, "routes"))
    spare = Tables({"ranges": partial(_in_time, time_limit, undetermined, optimum)},
                   {"optimum": optimum, "reference": held, "events": tuple(events.values())})  # fmt: skip
    return replace(plan, parts=plan.parts.but(spare, ranges=every))


def _in_time(seconds: float | None, make: Callable[..., Any], *given: Any) -> Any:
    """A table that is made within some seconds."""
    with limited(seconds):
        return make(*given)


def checked(
    problem: LinearForm, solution: Solution, name: str, solver: str = "highs", *, priced: bool = True
) -> dict[str, float]:
    """The residuals of a solution, with those of its duals where it is ``priced``.

    Raises VerificationError where one is above ``TOLERANCE``.
    """
    found = residuals(problem, solution.x, solution.dual if priced else None)
    failed = {k: v for k, v in found.items() if not v <= TOLERANCE}
    if failed:
        raise VerificationError(
            f"{name}: {solver} returned a solution that fails our check: "
            + ", ".join(f"{k} = {v:.2g} (limit {TOLERANCE:g})" for k, v in failed.items())
        )
    return found
