"""What to build at each budget: the best whole builds, what they bring, and what each option is worth.

At every step the mixed-integer programme is solved anew, so a larger budget may drop what a smaller one built.  The
relaxation (parts of projects allowed) bounds each step from above; it is no plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from energy_routes.answer import Turn, turns_of
from energy_routes.case import Case
from energy_routes.errors import InfeasibleError, UsageError
from energy_routes.formulation import Space, netback
from energy_routes.linear import Program, Vector, sign_of
from energy_routes.pack import annotated, check_list, in_html
from energy_routes.plan import builds_table
from energy_routes.solving import Decision, decide, stated
from energy_routes.studies.pictures import draw_budgets
from energy_routes.studies.study import Progress, Study, silent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SLIGHT = 1e-6


@annotated
@dataclass(frozen=True, eq=False, repr=False)
class Expansion(Study):
    """The best builds under each budget.  Money is MUSD over the horizon of ``case``.

    Attributes
    ----------
    case : Case
        The question.
    steps : DataFrame
        A row a budget: budget, spent (capex begun), netback, gain (against building nothing, charges paid), bound (the
        gain that parts of projects would allow at most), average (gain a MUSD spent), marginal (further gain a MUSD of
        further budget), bound_price (what the next MUSD would bring with parts of projects), exports and shut_in by
        family, adds and drops (against the step before).
    builds : DataFrame
        A row a budget, option and year: name, units, capacity and its unit, capex, charge.
    worth : DataFrame
        By option built at the largest budget: loss (netback lost if it could not be built, the rest chosen anew),
        spent, per_musd, capacity_years and usd_per_unit (loss a tonne or 1000 m3 of capacity and year).
    entry : DataFrame
        By option not built then (and whole in the horizon), built all the same, with those it requires and from its
        earliest year: loss, capex (of what is built beyond the plan), and break_even, the capex at which it would just
        pay: capex × (charge − loss) / charge; 0 where it would not pay for nothing.
    """

    case: Case
    steps: pd.DataFrame
    builds: pd.DataFrame
    worth: pd.DataFrame
    entry: pd.DataFrame
    stem: ClassVar = "expand"
    tables: ClassVar = ("steps", "builds", "worth", "entry")

    def __repr__(self) -> str:
        last = self.steps.iloc[-1]
        return (
            f"Expansion({self.case.name!r}: {len(self.steps)} budgets up to {last['budget']:,.0f} MUSD, "
            f"gain {last['gain']:,.1f} MUSD)"
        )

    def _repr_html_(self) -> str:
        return f"<p><code>{self!r}</code></p>" + in_html(self.steps)

    def _head(self) -> dict[str, Any]:
        return {"model": self.case.name, "turns": [asdict(turn) for turn in self.turns()]}

    def turns(self) -> tuple[Turn, ...]:
        """The options that would be built, or would not, at other prices within the stated ones, and from which on.

        Returns
        -------
        tuple of Turn
            Of the largest budget; none where nothing turns.
        """
        last = float(self.steps["budget"].iloc[-1])
        built = set(self.builds.loc[self.builds["budget"] == last, "option"])
        options = pd.concat([self.worth[["option", "name"]], self.entry[["option", "name"]]])
        subject = {f"option:{option}": (str(name), option in built)
                   for option, name in options.itertuples(index=False, name=None)}  # fmt: skip
        return turns_of(self.case.set("policy.build.budget", last), subject)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the gain and its bound against the budget.

        Parameters
        ----------
        ax : Axes or None
            Axes of yours; None: new ones.

        Returns
        -------
        Axes
            The axes.
        """
        return draw_budgets(self.steps, f"{self.case.title}: what a budget for building brings", ax)


@annotated
def expand(
    case: Case, budgets: Sequence[float] | None = None, *, steps: int = 5, progress: Progress | None = None
) -> Expansion:
    """The best builds of a case under each budget.

    Parameters
    ----------
    case : Case
        Its options are those of ``policy.build``, or all of its packs.
    budgets : sequence of float or None
        MUSD of capex within the horizon, from 0 on; None: equal steps from 0 to what all options cost together.
    steps : int
        How many of those.
    progress : callable or None
        It is told the solves done and to do.

    Returns
    -------
    Expansion
        A step a budget.

    Raises
    ------
    UsageError
        Nothing can be built, a budget is no number from 0 on, or there are fewer steps than 1.
    InfeasibleError, UnboundedError, LimitError, SolverError
        As :func:`energy_routes.solve`.
    """
    asked = case if case.policy.build is not None else case.with_policy(build={})
    if asked.policy.build is not None and asked.policy.build.built is not None:
        raise UsageError(f"{case.name}: policy.build.built says what stands; expand decides it: set it to 'none'")
    space, program = stated(asked.set("policy.build.budget", 0.0))
    axis = space.built.axis
    if not len(axis):
        raise UsageError(f"{case.name}: nothing can be built; set policy.build, or give the pack options")
    limits = _budgets(space, budgets, steps)
    told = _Teller(progress, len(limits) + 1)
    none = _with_builds(program, list(axis.frame["option"].unique()), whole=False)
    try:
        base = told(decide(space, _with_budget(none, None)))
    except InfeasibleError as error:
        raise _nothing_to_gain_on(case, error) from error
    found = [told(decide(space, _with_budget(program, limit))) for limit in limits]
    table = _steps(space, limits, found, base)
    built = pd.concat([_builds(space, b, d.x) for b, d in zip(limits, found, strict=True)], ignore_index=True)
    worth = _worth(space, _with_budget(program, limits[-1]), found[-1], told)
    entry = _entry(space, _with_budget(program, None), found[-1], told)
    return Expansion(asked, table, built, worth, entry)


def _nothing_to_gain_on(case: Case, error: InfeasibleError) -> InfeasibleError:
    """What is said of a case that has no plan unless something is built."""
    return InfeasibleError(
        f"{case.name}: without builds no plan keeps every rule, so there is none that a gain is measured against. "
        "'energy-routes solve' says what its best plan builds, and with --set policy.build.budget=500 what it builds "
        f"for that many MUSD. Or allow shutting in: --set policy.exports=free. Without builds {error}",
        error.relaxations, lambda: error.conflict)


class _Teller:
    """Counts solves for a progress bar."""

    def __init__(self, progress: Progress | None, of: int) -> None:
        self.progress, self.done, self.of = progress or silent, 0, of

    def __call__(self, decision: Decision) -> Decision:
        self.done += 1
        self.progress(self.done, max(self.of, self.done))
        return decision


def _budgets(space: Space, budgets: Sequence[float] | None, steps: int) -> list[float]:
    if budgets is not None:
        check_list("budgets", budgets)
        if wrong := [b for b in budgets if not 0 <= b < float("inf")]:
            raise UsageError(f"budget {wrong[0]}: expected numbers of MUSD, 0 or more")
        return sorted(float(b) for b in budgets)
    if steps < 1:
        raise UsageError(f"steps = {steps}; expected 1 or more")
    axis = space.built.axis
    first = ~axis.frame["option"].duplicated().to_numpy(dtype=bool)
    most = float((axis.data("capex") * axis.data("units"))[first].sum())
    return [float(b) for b in np.linspace(0.0, most, steps + 1)]


def _with_budget(program: Program, budget: float | None) -> Program:
    """The programme with another budget; None: without limit."""
    most = np.array([np.inf if budget is None else budget])
    rows = tuple(replace(r, upper=most) if r.name == "budget" else r for r in program.rows)
    return replace(program, rows=rows)


def _with_builds(program: Program, options: Sequence[str], *, whole: bool) -> Program:
    """The programme in which some options stand ``whole`` from their earliest year on, or cannot be built."""
    columns = []
    for block in program.columns:
        if block.name in ("built", "built_part"):
            hit = block.axis.frame["option"].isin(list(options)).to_numpy(dtype=bool)
            at = block.upper if whole else np.zeros(len(hit))
            low, high = (at, block.upper) if whole else (block.lower, at)
            block = replace(block, lower=np.where(hit, low, block.lower), upper=np.where(hit, high, block.upper))
        columns.append(block)
    return replace(program, columns=tuple(columns))


def _steps(space: Space, budgets: Sequence[float], found: Sequence[Decision], base: Decision) -> pd.DataFrame:
    """One row a budget."""
    sign = -1.0 if space.policy.objective == "cost" else 1.0
    rows: list[dict[str, Any]] = []
    for budget, decision in zip(budgets, found, strict=True):
        gain, bound = sign * (decision.value - base.value), sign * (decision.bound - base.value)
        spent = float(builds_table(space, decision.x, None)["capex"].to_numpy(dtype=float).sum())
        bets = sum(float(bet.expr.value(decision.x).sum()) for bet in space.bets if bet.kind == "cash")
        last = rows[-1] if rows else None
        further = (gain - last["gain"]) / (budget - last["budget"]) if last else float("nan")
        names = _named(space, decision.x)
        before = _named(space, found[len(rows) - 1].x) if rows else {}
        rows.append({
            "budget": budget, "spent": spent, "netback": netback(space, decision.x) + bets, "gain": gain,
            "bound": bound, "average": gain / spent if spent > SLIGHT else float("nan"), "marginal": further,
            "bound_price": sign * decision.price, **_volumes(space, decision.x),
            "adds": "; ".join(f"{name}, {words}" for name, words in names.items() if before.get(name) != words),
            "drops": "; ".join(name for name in before if name not in names),
        })  # fmt: skip
    return pd.DataFrame(rows)


def _volumes(space: Space, x: Vector) -> dict[str, float]:
    available, lifted = space.lifted.axis.data("available"), space.lifted.value(x)
    left = np.where(np.isfinite(available), np.maximum(available - lifted, 0.0), 0.0)
    told = (("exports", space.exports.axis.frame, space.exports.value(x)), ("shut_in", space.lifted.axis.frame, left))
    return {f"{name}_{family}": float(volumes[(frame["family"] == family).to_numpy(dtype=bool)].sum())
            for family in space.exports.axis.frame["family"].unique() for name, frame, volumes in told}  # fmt: skip


def _named(space: Space, x: Vector) -> dict[str, str]:
    """What is built, in words: ``{"Caspian tankers": "8 from 2026, 10 from 2030"}``; in parts its capacity."""
    frame = builds_table(space, x, None).assign(most=space.built.axis.data("units"))
    out: dict[str, str] = {}
    for name, rows in frame.groupby("name", sort=False):
        begun = rows[rows["begun"] > SLIGHT]
        whole = bool((rows["kind"] == "project").all()) and float(rows["most"].max()) == 1.0
        parts = bool((rows["kind"] == "continuous").all())
        words = []
        for row in begun.to_dict("records"):
            size = f"{row['capacity']:.3g} {row['unit']} " if parts else "" if whole else f"{row['built']:.3g} "
            words.append(f"{size}from {row['year']}")
        if words:
            out[str(name)] = ", ".join(words)
    return out


def _builds(space: Space, budget: float, x: Vector) -> pd.DataFrame:
    frame = builds_table(space, x, None)
    frame = frame[frame["begun"] > SLIGHT]
    share = frame["begun"] / frame["built"]
    out = frame[["option", "name", "year"]].assign(
        units=frame["begun"], capacity=frame["capacity"] * share, unit=frame["unit"], capex=frame["capex"],
        charge=frame["charge"] * share,
    )  # fmt: skip
    out.insert(0, "budget", budget)
    return out


def _worth(space: Space, program: Program, last: Decision, told: _Teller) -> pd.DataFrame:
    """What each option built at the largest budget is worth: the loss when it cannot be built."""
    frame = builds_table(space, last.x, None)
    built = frame.groupby("option", sort=False).agg(
        name=("name", "first"), family=("family", "first"), spent=("capex", "sum"), units=("built", "max"),
    )  # fmt: skip
    lengths = space.built.axis.frame.set_index(["option", "year"])["years"].astype(float)
    sizes = frame["capacity"] * lengths.reindex(pd.MultiIndex.from_frame(frame[["option", "year"]])).to_numpy()
    capacity = sizes.groupby(frame["option"]).sum()
    chosen = [str(option) for option in built.index[built["units"] > SLIGHT]]
    told.of += len(chosen)
    rows, units = [], space.case.network.units("volume")
    for option in chosen:
        without = told(decide(space, _with_builds(program, _with_followers(space, option), whole=False)))
        loss, row = sign_of(program) * (last.value - without.value), dict(built.loc[option])
        years, spent = float(capacity[option]), float(row["spent"])
        rows.append({
            "option": option, "name": row["name"], "loss": loss, "spent": spent,
            "per_musd": loss / spent if spent > SLIGHT else float("nan"), "capacity_years": years,
            "usd_per_unit": loss / years if years > SLIGHT else float("nan"), "unit": units[str(row["family"])],
        })  # fmt: skip
    columns = ["option", "name", "loss", "spent", "per_musd", "capacity_years", "usd_per_unit", "unit"]
    return pd.DataFrame(rows, columns=columns).sort_values("loss", ascending=False, ignore_index=True)


def _entry(space: Space, program: Program, last: Decision, told: _Teller) -> pd.DataFrame:
    """What each option that is not built would lose if it were, and the capex at which it would just pay."""
    frame = builds_table(space, last.x, None)
    open_at_last = space.built.axis.frame.groupby("option", sort=False)["open"].last().to_dict()
    idle = [str(o) for o, units in frame.groupby("option", sort=False)["built"].max().items()
            if units <= SLIGHT and bool(open_at_last[o])]  # fmt: skip
    told.of += len(idle)
    best = told(decide(space, program)) if idle else last  # the same without a budget: entry is a matter of cost
    plain = builds_table(space, best.x, None)
    rows = []
    for option in idle:
        try:
            forced = told(decide(space, _with_builds(program, [option], whole=True)))
        except InfeasibleError:
            continue  # what it requires cannot stand by then
        table = builds_table(space, forced.x, None)
        capex, charge = (float(table[c].sum() - plain[c].sum()) for c in ("capex", "charge"))
        loss = sign_of(program) * (best.value - forced.value)
        pays = max(0.0, capex * (charge - loss) / charge) if charge > SLIGHT else float("nan")
        named = table[table["built"] > plain["built"] + SLIGHT].groupby("option", sort=False)["name"].first()
        rows.append({
            "option": option, "name": str(named.get(option, option)),
            "with": "; ".join(str(name) for o, name in named.items() if o != option),
            "loss": loss, "capex": capex, "break_even": pays,
        })  # fmt: skip
    columns = ["option", "name", "with", "loss", "capex", "break_even"]
    return pd.DataFrame(rows, columns=columns).sort_values("loss", ignore_index=True)


def _with_followers(space: Space, option: str) -> list[str]:
    """The option and those that require it."""
    needs = space.case.network.tables["options"].set_index("id")["requires"]
    out = [option]
    for name in out:
        out += [str(other) for other, required in needs.items() if name in required and other not in out]
    return out
