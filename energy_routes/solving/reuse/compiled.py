"""A case whose structure is kept: other figures are solved in live sessions, each from the same basis.

A change is anything that ``Case.set`` takes.  Where it leaves the structure as it is, the numbers of the programme are
refreshed and the live session goes on from the basis of the case itself, so that what was solved before makes no
difference.  Where it makes another structure (a line is closed, a capacity becomes unlimited), that is compiled and
kept, too.  Ramps after an unforeseen event are held against the plan without it, whose structure is kept, too: each
change has its own reference.  Cases with whole builds, with security or with several futures are built anew for every
change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from threading import RLock
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from energy_routes.case import Case, plain, refuse_beyond_prices, refuse_contradictions
from energy_routes.errors import EnergyRoutesError, InfeasibleError, LimitError, SolverError, UnboundedError, UsageError
from energy_routes.formulation import Maps, Numbers, Reference, Space, Structure
from energy_routes.linear import (
    BRIEF,
    Basis,
    Form,
    Program,
    Session,
    Solution,
    Standing,
    Status,
    Vector,
    Vertex,
    face_of,
)
from energy_routes.network import Edit
from energy_routes.pack import annotated, check_count, check_list, made_of
from energy_routes.plan import Plan
from energy_routes.solving.canonical_plan import Preference, family_exports, pick, preference
from energy_routes.solving.futures.unforeseen import Calm, Planned, calm_cases, reference_of
from energy_routes.solving.loop import (
    Around,
    BareOptimum,
    Options,
    answered,
    checked,
    held_exports,
    solve,
    stated,
    statement,
)
from energy_routes.solving.prices.marginal_prices import marginal_worth
from energy_routes.solving.prices.premium import Yardstick
from energy_routes.solving.reuse.measures import MONEY, Ask, Measures, known, weights_of

Changes: TypeAlias = Mapping[str, "float | str | bool"]
Progress: TypeAlias = Callable[[int, int], "bool | None"]


ANEW = "builds, security and futures are built anew for every change"
TOGETHER = 100  # rows of a table that are read before they are solved
KEPT = 8  # structures that are kept: those of the case itself, and the newest others
ENDED = {InfeasibleError: "infeasible", UnboundedError: "unbounded", LimitError: "time_limit", SolverError: "failed"}


@annotated
def compile(case: Case) -> Compiled:  # er.compile
    """Keep the structure of a case, so that another answer costs about what its optimum costs.

    Parameters
    ----------
    case : Case
        The question; changes are laid over it.

    Returns
    -------
    Compiled
        Its ``solve`` gives the plan of a change, its ``solve_many`` a row for each of many.

    Raises
    ------
    UsageError
        The policy asks for what cannot be joined.
    DataError
        An edit scales or adds to a figure that is not stated, or no price reaches a year.
    InfeasibleError
        Bounds contradict each other, or exports are held and even without the caps there is no plan.
    UnboundedError, LimitError, SolverError
        The case without the caps has no plan.

    Examples
    --------
    >>> import energy_routes as er
    >>> compiled = er.compile(er.load("oil-2024"))
    >>> compiled.solve({"arc:BTC.tariff": 100}).netback < compiled.solve().netback
    True
    """
    return Compiled(case)


@dataclass(eq=False)
class Live:
    """A structure in a live session; ``basis`` is what every solve starts from (None: from nothing).

    The basis is that of the optimum of ``form``.
    """

    structure: Structure
    session: Session
    form: Form
    basis: Basis | None
    _weights: dict[Ask, tuple[Vector, Vector | None]] = field(default_factory=dict)
    _asked: dict[tuple[Ask, ...], Standing] = field(default_factory=dict)
    _planned: dict[tuple[str, tuple[str, ...]], tuple[Planned, Standing]] = field(default_factory=dict)

    def enter(self, numbers: Numbers) -> Session:
        """The session with the numbers of a case, as if nothing had been solved in it before."""
        self.session.update(numbers.form)
        self.session.basis = self.basis
        return self.session

    def optimum(self, numbers: Numbers) -> Solution:
        """How the programme of a case ends.  Where the basis is still the best one, no run is needed to see it."""
        vertex = self._vertex
        return (vertex and vertex.under(numbers.form)) or self.enter(numbers).solve()

    @cached_property
    def _vertex(self) -> Vertex | None:
        return None if self.basis is None else Vertex(self.form, self.basis)

    @cached_property
    def _preference(self) -> Preference:
        return preference((self.structure.space,), self.structure.program)

    def preferred(self, numbers: Numbers, solution: Solution, asked: Standing | None = None) -> Vector:
        """The one plan among those as good as a solution of the session, which is left changed.

        Where all of those plans have the same of what is ``asked``, it may be any of them.
        """
        if self.session.form is not numbers.form:  # it was not asked for the optimum
            self.enter(numbers)
        if numbers.case.policy.objective == "cost":  # plans of least cost are told apart by prices, which may change
            return pick(self.session, numbers.program, solution, numbers.space).x
        if asked is not None and not len(asked.weights):
            return solution.x
        return self._preference.best(self.session, numbers.form, solution, asked).x

    def exporting(self, numbers: Numbers, solution: Solution) -> Vector:
        """The optimum, or one as good that exports of each family what the one plan exports; see `preferred`."""
        exports = self._exports
        if exports.on(face_of(numbers.form, solution)):
            return solution.x
        return self.preferred(numbers, solution, exports)

    @cached_property
    def _exports(self) -> Standing:
        return family_exports(self.structure.space, self.structure.program.shape[1])

    def standing(self, asks: tuple[Ask, ...], columns: int) -> Standing:
        """What is asked, as measures of a face; money is not among them, as it is the same all over an optimal one."""
        if asks not in self._asked:
            pairs = [self.weights(ask, columns) for ask in asks if ask not in MONEY]
            rows = [weights for pair in pairs for weights in pair if weights is not None]
            self._asked[asks] = Standing(np.unique(np.array(rows).reshape(-1, columns), axis=0))
        return self._asked[asks]

    def planned(self, calm: Calm, columns: int) -> tuple[Planned, Standing]:
        """The groups that ramps hold for after an event of which the plans of this structure know nothing."""
        key = calm.event, calm.months
        if key not in self._planned:
            found = Planned(self.structure.space, *key)
            self._planned[key] = found, found.standing(columns)
        return self._planned[key]

    def weights(self, ask: Ask, columns: int) -> tuple[Vector, Vector | None]:
        """What a unit of each column adds to a volume or share; of a share, and to what it is a share of."""
        if ask not in self._weights:
            self._weights[ask] = weights_of(self.structure.space, ask, columns)
        return self._weights[ask]


@made_of
@dataclass(eq=False)
class Compiled:
    """A case with its structure kept; see :func:`compile`.  A copy for another process compiles the case anew.

    Threads may share it: they take turns, a change each.

    Attributes
    ----------
    case : Case
        The question that changes are laid over.
    """

    case: Case
    _lives: list[Live] = field(default_factory=list, init=False, repr=False)
    _free: tuple[Case, Found] | None = field(default=None, init=False, repr=False)  # the last without caps, solved
    _planned: tuple[Case, Reference] | None = field(default=None, init=False, repr=False)  # of the last with an event
    _turn: RLock = field(default_factory=RLock, init=False, repr=False)  # a live session serves one thread at a time

    def __post_init__(self) -> None:
        refuse_contradictions(self.case)
        refuse_beyond_prices(self.case)
        if self._live(self.case):
            self._numbers_of(self.case)

    def __reduce__(self) -> tuple[Any, ...]:
        return Compiled, (self.case,)

    @cached_property
    def asks(self) -> Mapping[str, Ask]:
        """What can be asked of the plans of the case, by name."""
        return known(self.case)

    @property
    def plain(self) -> bool:
        """Whether a change is one programme: no builds, security, futures, unforeseen event."""
        return plain(self.case)

    def _live(self, case: Case) -> bool:
        """Whether a case that differs from the compiled one is solved in live sessions, too."""
        return self.case.policy.plain and case.policy.plain

    def _refuse_anew(self) -> None:
        if not self._live(self.case):
            raise UsageError(f"{self.case.name}: {ANEW}")

    def changed(self, changes: Changes) -> Case:
        """The case with changes laid over it.

        Parameters
        ----------
        changes : mapping of str to float, str or bool
            From path to value, as :meth:`Case.set` takes them, in order.

        Returns
        -------
        Case
            A new case.

        Raises
        ------
        UsageError, DataError
            As :meth:`Case.set`.
        """
        return self._changed(changes)

    def _changed(self, changes: Changes) -> Case:
        if not isinstance(changes, Mapping):
            raise UsageError(f"changes are {changes!r}; expected a mapping from path to value, "
                             "such as {'arc:BTC.tariff': 40}")
        return self.case._set_all(changes)

    def at(self, changes: Changes) -> Numbers:
        """The programme of the changed case, equal to one that is built anew.

        Parameters
        ----------
        changes : mapping of str to float, str or bool
            From path to value, as :meth:`Case.set` takes them.

        Returns
        -------
        Numbers
            ``form`` holds the arrays; ``space`` and ``program`` are made when they are asked for.

        Raises
        ------
        UsageError, DataError
            As :meth:`Case.set`; or there are builds, security or futures.
        InfeasibleError, UnboundedError, LimitError, SolverError
            Bounds contradict each other; exports are held and the case without the caps has no plan; or there is none
            without an unforeseen event.
        """
        self._refuse_anew()
        with self._turn:
            return self._numbers_of(self.changed(changes))[1]

    @property
    def maps(self) -> Maps:
        """How costs, bounds and coefficients of the case depend on its figures, as sparse matrices.

        Returns
        -------
        Maps
            ``figures`` names the columns: a figure of a table in a month, each.

        Raises
        ------
        UsageError
            There are builds, security or futures.
        """
        self._refuse_anew()
        with self._turn:
            return self._numbers_of(self.case)[0].structure.maps

    def solve(self, changes: Changes | None = None) -> Plan:
        """The best plan of the changed case.

        Parameters
        ----------
        changes : mapping of str to float, str or bool, or None
            From path to value, as :meth:`Case.set` takes them; None: the case itself.

        Returns
        -------
        Plan
            That of :func:`energy_routes.solve` of the changed case.

        Raises
        ------
        UsageError, DataError
            As :meth:`Case.set`.
        InfeasibleError, UnboundedError, LimitError, SolverError, VerificationError
            As :func:`energy_routes.solve`.
        """
        return self.plan_of(self.changed(changes or {}))

    def solve_many(
        self,
        table: pd.DataFrame | Iterable[Changes],
        ask: Sequence[str] = ("objective",),
        progress: Progress | None = None,
    ) -> pd.DataFrame:
        """Solve many changes, one after another.

        Parameters
        ----------
        table : DataFrame or iterable of mapping
            A row a change.  Columns are paths as :meth:`Case.set` takes them; a blank leaves a figure as it is.
        ask : sequence of str
            What is asked of each plan: ``objective``, ``netback`` (MUSD), ``exports.FAMILY``, ``volume.KIND:GROUP``
            (Mt or bcm over the horizon), ``share.KIND:GROUP`` (0 to 1).  With several families a group is written
            ``share.oil/transit:RU``.  By solves of their own: ``cost`` (MUSD that caps and security lose),
            ``least.KIND:GROUP`` (the least share with exports whole), ``enters.arc:NAME`` (the tariff at which an arc
            begins to be used, USD/t); and ``rank.KIND:GROUP``, the place in the order by volume.
        progress : callable or None
            It is told the rows done and all; where it returns False, the rest is cancelled.

        Returns
        -------
        DataFrame
            A row a change: ``status`` (optimal, infeasible, unbounded, time_limit, failed, refused, cancelled), its
            ``reason`` where it is not optimal, and what was asked.

        Raises
        ------
        UsageError
            Nothing is asked, or something twice or that the case does not have; or it is no table, one without rows, or
            one with a column twice.
        """
        rows = changes_of(table)
        check_list("ask", ask)
        measures = Measures(self, ask)
        check_count("rows of the table", len(rows), 1)
        out: list[tuple[Any, ...]] = []
        for case in self._read(rows):
            out.append(_ended(case, measures) if isinstance(case, EnergyRoutesError) else self._told(case, measures))
            if progress and progress(len(out), len(rows)) is False:
                break
        left = len(rows) - len(out)
        out += [("cancelled", "stopped by the caller", *measures.nothing)] * left
        return pd.DataFrame(out, columns=["status", "reason", *ask])

    def _read(self, rows: Sequence[Changes]) -> Iterator[Case | EnergyRoutesError]:
        """The case of each row, or why there is none.

        Some rows are read together: one after a run of HiGHS takes twice as long, as its memory is no longer at hand.
        """
        for start in range(0, len(rows), TOGETHER):
            found: list[Case | EnergyRoutesError] = []
            for changes in rows[start : start + TOGETHER]:
                try:
                    found.append(self._changed(changes))
                except EnergyRoutesError as error:
                    found.append(error)
            yield from found

    def told(self, case: Case, measures: Measures) -> tuple[Any, ...]:
        """Status, reason and what is asked of a case, as a row of :meth:`solve_many` has them.

        Parameters
        ----------
        case : Case
            As in :meth:`plan_of`.
        measures : Measures
            What is asked, of this compiled case.

        Returns
        -------
        tuple
            Status, reason, and a number for each measure: NaN where there is no plan.
        """
        return self._told(case, measures)

    def _told(self, case: Case, measures: Measures) -> tuple[Any, ...]:
        """The same of a case and measures of our own, which are not looked at again."""
        try:
            with self._turn:
                return ("optimal", "", *measures.of(case))
        except EnergyRoutesError as error:
            return _ended(error, measures)

    def plan_of(self, case: Case) -> Plan:
        """The best plan of a case that differs from the compiled one, in figures or in anything else.

        Parameters
        ----------
        case : Case
            Quickest where its structure is that of the compiled case, or of another that was solved here.

        Returns
        -------
        Plan
            That of :func:`energy_routes.solve`.

        Raises
        ------
        InfeasibleError, UnboundedError, LimitError, SolverError, VerificationError
            As :func:`energy_routes.solve`.
        """
        if not self._live(case):
            return solve(case)
        refuse_contradictions(case)
        with self._turn:
            reference, proofs = reference_of(case, self.plan_of)
            free = self._yardstick(case, reference) if case.policy.asked else None
            held = held_exports(free.space, free.solution.x) if free and case.policy.held else {}
            live, numbers = self._found(case, held, reference)
            around = Around(free=free, reference=reference, unforeseen=proofs)
            return answered(numbers.space, numbers.program, live.enter(numbers), Options(), around, [])

    def _optimum_of(self, case: Case, reference: Reference | None = None) -> Found:
        """The optimum of a case, checked, and the live session that found it; its own ``reference`` unless given.

        Raises InfeasibleError without repairs (:meth:`solve` names them), and the other errors of :meth:`solve`.
        """
        live, numbers = self._numbers_of(case) if reference is None else self._found(case, {}, reference)
        found = live, numbers, _optimal(numbers, live.optimum(numbers))
        if not case.policy.asked:
            self._free = case, found
        return found

    def _free_of(self, case: Case) -> Found:
        """The optimum of a case without its caps, which is solved once for all that is asked of the case.

        Ramps are held against the reference of the case itself.  The session may have gone on since.
        """
        free, reference = replace(case, policy=case.policy.without_caps()), self._reference(case)
        known = self._free
        if known is not None and _alike(known[0], free) and known[1][1].reference == reference:
            return known[1]
        return self._optimum_of(free, reference)

    def optimum(self, case: Case, asked: Standing | None = None) -> BareOptimum:
        """The optimum of a case that differs from the compiled one, before any table is made of it.

        Parameters
        ----------
        case : Case
            As in :meth:`plan_of`.
        asked : Standing or None
            Measures of its plan: where all plans as good have the same of these, its point may be any of them.

        Returns
        -------
        BareOptimum
            The programme and its solution.

        Raises
        ------
        InfeasibleError, UnboundedError, LimitError, SolverError, VerificationError
            As :func:`energy_routes.solve`; of an infeasible case without repairs.
        """
        if not self._live(case) or case.policy.max_hhi:
            return statement(case).optimum()
        refuse_contradictions(case)
        with self._turn:
            live, numbers, solution = self._optimum_of(case)
        return BareOptimum(numbers.form, solution, lambda: (numbers.space, numbers.program),
                       lambda other: self._preferred(live, numbers, other or asked),
                       lambda: marginal_worth(numbers.space, numbers.program, numbers.form, solution))  # fmt: skip

    def form(self, case: Case) -> Form:
        """The arrays of a case that differs in figures; what it rests on is as in the compiled case.

        That is the exports that are held, and what ramps after an unforeseen event are held against.

        Parameters
        ----------
        case : Case
            As in :meth:`plan_of`.

        Returns
        -------
        Form
            Its programme; no cut of an HHI cap is in it.

        Raises
        ------
        UsageError
            There are builds, security or futures.
        InfeasibleError, UnboundedError, LimitError, SolverError
            Bounds contradict each other, or exports are held and the case without the caps has no plan.
        """
        self._refuse_anew()
        with self._turn:
            return self._found(case, self._held(self.case), self._reference(self.case))[1].form

    def _preferred(self, live: Live, numbers: Numbers, asked: Standing | None) -> Vector:
        with self._turn:
            return live.preferred(numbers, _optimal(numbers, live.enter(numbers).solve()), asked)

    def stated(self, case: Case) -> tuple[Space, Program]:
        """A case laid out: exports are held where its policy says so; no cut of an HHI cap is in it yet.

        Parameters
        ----------
        case : Case
            As in :meth:`plan_of`.

        Returns
        -------
        tuple of Space and Program
            Its space and its programme.

        Raises
        ------
        InfeasibleError, UnboundedError, LimitError, SolverError
            Bounds contradict each other, or exports are held and the case without the caps has no plan.
        """
        if not self._live(case):
            return stated(case)
        with self._turn:
            _, numbers = self._numbers_of(case)
            return numbers.space, numbers.program

    def _numbers_of(self, case: Case) -> tuple[Live, Numbers]:
        """The structure of a case in its live session, and its numbers."""
        return self._found(case, self._held(case), self._reference(case))

    def _yardstick(self, case: Case, reference: Reference) -> Yardstick:
        """The same case without caps, in its live session; ramps are held against the ``reference``."""
        live, numbers = self._found(replace(case, policy=case.policy.without_caps()), {}, reference)
        return Yardstick(numbers.space, numbers.program, live.enter(numbers))

    def _held(self, case: Case) -> dict[str, float]:
        """The exports that are held in a case: those of the same case without caps."""
        return self._exports_without_caps(case) if case.policy.held else {}

    def _exports_without_caps(self, case: Case) -> dict[str, float]:
        """What each family exports in the one plan of a case without its caps, Mt or bcm over the horizon."""
        live, numbers, solution = self._free_of(case)
        return held_exports(live.structure.space, live.exporting(numbers, solution))

    def _reference(self, case: Case) -> Reference:
        """What groups carry in the plans of a case without each unforeseen event, solved once for the case."""
        calm = calm_cases(case)
        if not calm:
            return {}
        if self._planned is None or not _alike(self._planned[0], case):
            parts = [self._carried(own) for own in calm]
            self._planned = case, {label: volume for part in parts for label, volume in part.items()}
        return self._planned[1]

    def _carried(self, calm: Calm) -> Reference:
        """What groups with ramps carry in the plan of a case without an event."""
        if calm.case.policy.max_hhi:  # found with its cuts alone
            best = self.plan_of(calm.case).parts.at_hand("optimum")
            return Planned(best.space, calm.event, calm.months).carried(best.solution.x)
        live, numbers, solution = self._optimum_of(calm.case)
        planned, standing = live.planned(calm, len(solution.x))
        return planned.carried(live.preferred(numbers, solution, standing))

    def _found(self, case: Case, held: Mapping[str, float], reference: Reference) -> tuple[Live, Numbers]:
        """The live session of the structure of a case, and its numbers; it is compiled where there is none yet."""
        for live in self._lives:
            if (numbers := live.structure.under(case, held, reference)) is not None:
                return live, numbers
        structure = Structure(case, held, reference)
        numbers = structure.under(case, held, reference)
        assert numbers is not None
        session = Session(numbers.form, brief=numbers.form.matrix.nnz < BRIEF, devex=True)
        basis = session.solve().basis if self._own(case) else None  # no order of changes matters
        if len(self._lives) == KEPT:
            del self._lives[KEPT // 2]
        self._lives.append(Live(structure, session, numbers.form, basis))
        return self._lives[-1], numbers


    def _own(self, case: Case) -> bool:
        """Whether a case is the compiled one, if without an event or without caps; others start from nothing."""
        return (case.network.packs is self.case.network.packs and case.network.edits in self._own_edits
                and case.policy in (self.case.policy, self.case.policy.without_caps()))  # fmt: skip

    @cached_property
    def _own_edits(self) -> tuple[tuple[Edit, ...], ...]:
        """The edits of the case as it is, and without its events."""
        return tuple(case.network.edits for case in _calmed(self.case))


Found: TypeAlias = tuple[Live, Numbers, Solution]


def _calmed(case: Case) -> Iterator[Case]:
    """The case with all, some and none of its unforeseen events."""
    yield case
    for calm in calm_cases(case):
        yield from _calmed(calm.case)


def _alike(one: Case, other: Case) -> bool:
    """Whether two cases ask the same of the same figures: of one network, not of equal ones."""
    return (one.network is other.network and one.policy == other.policy and one.periods == other.periods
            and one.past == other.past)  # fmt: skip


def _ended(error: EnergyRoutesError, measures: Measures) -> tuple[Any, ...]:
    """What is told where there is no plan."""
    status = next((told for kind, told in ENDED.items() if isinstance(error, kind)), "refused")
    return (status, "; ".join(str(error).split("\n  ")), *measures.nothing)


def _optimal(numbers: Numbers, solution: Solution) -> Solution:
    """An optimal solution whose residuals have passed.  Raises the error that another status means."""
    name = numbers.case.name
    if solution.status is Status.optimal:
        checked(numbers.form, solution, name)
        return solution
    if solution.status is Status.infeasible:
        raise InfeasibleError(f"{name} is infeasible: no plan keeps every rule", [])
    if solution.status in (Status.time_limit, Status.time_limit_feasible):
        raise LimitError(f"{name}: the time limit was reached before the optimum was proved. Raise the limit.")
    if solution.status is Status.unbounded:
        raise UnboundedError(f"{name} is unbounded: the objective grows without end", [])
    raise SolverError(f"{name}: the solver ended with {solution.status.value!r}, which is not an answer")


def changes_of(table: pd.DataFrame | Iterable[Changes]) -> list[Changes]:
    """The changes of each row, blanks left out.  Raises UsageError where it is no table, or has a column twice."""
    if isinstance(table, (str, Mapping)) or not isinstance(table, Iterable):
        raise UsageError(f"a {type(table).__name__} is no table of changes; expected a DataFrame with a column for "
                         "each path, or a list of mappings")
    if not isinstance(table, pd.DataFrame):
        return list(table)
    if twice := sorted({str(path) for path in table.columns[table.columns.duplicated()]}):
        raise UsageError(f"the table of changes has the column {twice[0]} twice; expected each path once")
    return [{str(path): value for path, value in row.items() if not pd.isna(value)} for row in table.to_dict("records")]
