"""A plan: what was decided, as tidy tables with their units, and what it earns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from energy_routes.case import Case, actuals_of
from energy_routes.errors import UsageError
from energy_routes.pack import annotated, in_digits, in_html
from energy_routes.plan.doubt import BANDS, apart
from energy_routes.plan.making.groups import corridor_totals
from energy_routes.plan.tables import Read, Tables

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from energy_routes.maps import Page

# What the tables of a plan mean: 2 counts groups by what is sold abroad; 1 counted them at the inlet of their meters.
MEANING = 2
NOT_PROVED = "feasible"  # the status of a plan that no one has shown to be the best
RAMPS = ("event", "kind", "group", "name", "family", "period", "month", "reference", "ramp", "volume", "unit")
PAYMENTS = (
    "payee", "country", "kind", "holder", "holder_country", "term", "family", "receipts", "real_cost", "cost_low",
    "cost_high", "margin", "unit",
)  # fmt: skip
OWNERS = ("target", "name", "family", "holder", "country", "share", "volume", "exported", "netback", "unit")
PRICE_KINDS = (
    "capacity", "joint", "supply", "market", "obligation", "contract", "storage", "ramp", "policy", "user",
)  # fmt: skip


class Value(float):
    """What was sought, MUSD: a number to reckon with; ``name`` says of what (netback, cost or revenue)."""

    name: str

    def __new__(cls, name: str, value: float) -> Value:
        made = super().__new__(cls, value)
        made.name = name
        return made

    def __getnewargs__(self) -> tuple[str, float]:  # type: ignore[override]  # a copy keeps the name
        return self.name, float(self)

    @property
    def value(self) -> float:
        """The bare number."""
        return float(self)

    def __repr__(self) -> str:
        return f"{self.name} {in_digits(self.value, ',.1f')} MUSD"


class Prices(pd.DataFrame):
    """What one more unit of each limit is worth (+ = worth to you): a table like the others, of all kinds of limit.

    ``prices["capacity"]`` is the part of one kind: capacity, joint, supply, market, obligation, contract, storage,
    ramp, policy, user.  ``price`` is of one more in that period, ``price_all`` of one more a year in force in every
    period (the same on every row of a limit); with ``_down`` they are of an equality (``side`` equal) moved down, NaN
    for others.  ``unit`` is their unit: USD/t, or MUSD per pp of a share and per 0.01 of an HHI.  ``note`` says why a
    limit has no price.
    """

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str) and key not in self.columns:
            if key not in PRICE_KINDS:
                raise KeyError(f"{key!r} is neither a kind of limit ({', '.join(PRICE_KINDS)}) nor a column "
                               f"({', '.join(map(str, self.columns))})")
            return self.table[self["kind"] == key].reset_index(drop=True)
        return super().__getitem__(key)

    @property
    def table(self) -> pd.DataFrame:
        """All kinds as a plain table."""
        return pd.DataFrame(self)

    def __deepcopy__(self, _: Any) -> Prices:
        return Prices(self.table.copy())


@annotated
@dataclass(frozen=True, eq=False, repr=False)
class Plan:
    """The answer to a case.

    Every table is tidy: one observation a row, zero rows kept.  Volumes are Mt (oil) or bcm (gas) per period, unit
    values USD/t (USD/1000 m³), money MUSD, shares from 0 to 1.  ``unit`` is that of volumes where a table has any: what
    stands beside them in another unit is told below.  A table is made when it is first read, of the plan as it was
    solved.

    Attributes
    ----------
    case : Case
        The question.
    status : str
        ``optimal``; or ``feasible``, of a foreign solver's plan that HiGHS had no time to check.
    objective : Value
        What was sought, MUSD.
    netback : float
        Sales less all that is paid on the way to the markets, MUSD.
    parts : Tables
        The tables and the warnings, each made when it is first read; ``parts.but(…)`` has others in their place.
    certificate : dict
        Largest residuals and the gap; the solver; what is told of caps (``premium``) and builds; of a plan that is
        not proved the ``bound`` that no plan can pass (MUSD), None where none is known.
    flows : DataFrame
        A row a lane and period; ``tariff`` is a unit value, ``cost`` is money.
    arcs : DataFrame
        A row an arc and period; ``price``, what one more of its capacity is worth, is a unit value.
    routes : DataFrame
        A row a way from supply to market over the horizon: volume, share, what limits it, and unit values per unit
        lifted from ``price`` to ``netback``.
    schedule : DataFrame
        What each shipper lifts, by supply, direction and period.
    ledger : DataFrame
        A row a term of the objective and family; their sum is the objective.
    prices : Prices
        What one more of each limit is worth (+ = worth to you); ``prices["capacity"]`` (joint, supply, market …) has
        one kind.  The worth of one more of a limit is the right derivative of the optimal value in that bound alone. It
        is 0 where more would not be used, and "no plan" where the move is impossible. A row over a year says what one
        more a year of the limit, in force in every period, is worth.  Empty when a foreign solver was asked, because
        prices only ever come from our own session.
    indicators : DataFrame
        Measures of concentration and adequacy.
    groups : DataFrame
        A row a group of a kind, family and period: volume, share.
    supplies : DataFrame
        A row a supply and period: available, lifted, shut in; ``price``, what one more is worth, is a unit value.
    deliveries : DataFrame
        A row a market, tier, grade and period; ``price`` is a unit value.
    obligations : DataFrame
        A row a home obligation and period.
    stocks : DataFrame
        A row a store, grade and period.
    ranges : DataFrame
        The least and the most of each volume among plans that are as good, or nearly: a row a volume and band (see
        :func:`energy_routes.ranges`).  It takes solves of its own, when it is first read.  A saved plan holds
        ``could_be`` in its place, or those given to :meth:`with_ranges`.
    security : DataFrame
        What each single loss would leave, where the policy asks for N-1.
    bookings : DataFrame
        What is booked of each lane and period, where the policy asks for it; ``charge`` is a unit value, ``paid`` is
        money.
    futures : DataFrame
        The scenarios weighed, where the policy asks for CVaR.
    builds : DataFrame
        What is built, a row an option and year, where the policy asks what to build: ``capacity`` in ``unit`` (a
        year), ``capex``, ``charge`` and ``worth`` of one more unit are money.
    emissions : DataFrame
        ``emitted`` by mode and period, MtCO2e, where the pack has factors: ``work`` is bn tonne-km (bn thousand m³-km),
        ``per_unit`` kg a tonne (1000 m³) lifted.
    bands : DataFrame
        How sure it is, where draws of its figures were solved (:meth:`with_bands`): a row a number (``what``: netback,
        exports, volume, share) of a group (corridor, market, transit, or a single arc).  ``value`` is that of the plan;
        ``p10``, ``p50`` and ``p90`` are over the ``plans`` that ``draws`` have, ``used`` the share of these above 0.
    ramps : DataFrame
        What holds re-routing back after an event that nobody foresaw, in a case of months: a row an event, group that
        it does not hit, and month.  ``volume`` is at most ``reference``, what the plan without the event has, plus the
        ``ramp`` of that month.
    owners : DataFrame
        Results by owner, where the pack says who owns what: a row a venture (supply), line or terminal (group) and
        holder.  ``volume`` is the holder's part of what is lifted or carried abroad, ``exported`` of what is sold
        abroad, ``netback`` (MUSD) of what a venture earns; ``share`` is the part itself.
    payments : DataFrame
        Who is paid, MUSD over the horizon: a row a payee of arcs (``kind``: company or state), partner in it
        (``holder``), term of the ledger and family.  ``receipts`` of the terms on the way sum to those of the ledger;
        what no row of ``payees`` claims has the kind 'not sourced'.  ``real_cost`` is what moving costs (undefined
        where the pack does not say), from ``cost_low`` to ``cost_high`` over the bands of estimated shares, ``margin``
        what it leaves.  Shippers follow with the term 'netback': receipts before
        lifting, which is their real cost, so that their margins sum to the plan's netback.
    warnings : tuple of dict
        What a reader must know; each has a ``code`` and ``where``.

    Examples
    --------
    >>> import energy_routes as er
    >>> plan = er.solve(er.load("oil-2024"))
    >>> bool(abs(plan.ledger["value"].sum() - plan.objective) < 1e-6)
    True
    """

    case: Case
    status: str
    objective: Value
    netback: float
    parts: Tables
    certificate: dict[str, Any] = field(default_factory=dict)

    flows = Read[pd.DataFrame]()
    arcs = Read[pd.DataFrame]()
    routes = Read[pd.DataFrame]()
    schedule = Read[pd.DataFrame]()
    ledger = Read[pd.DataFrame]()
    prices = Read[Prices]()
    indicators = Read[pd.DataFrame]()
    groups = Read[pd.DataFrame]()
    supplies = Read[pd.DataFrame]()
    deliveries = Read[pd.DataFrame]()
    obligations = Read[pd.DataFrame]()
    stocks = Read[pd.DataFrame]()
    ranges = Read[pd.DataFrame]()
    security = Read[pd.DataFrame]()
    bookings = Read[pd.DataFrame]()
    futures = Read[pd.DataFrame]()
    builds = Read[pd.DataFrame]()
    emissions = Read[pd.DataFrame]()
    bands = Read[pd.DataFrame]()
    ramps = Read[pd.DataFrame]()
    owners = Read[pd.DataFrame]()
    payments = Read[pd.DataFrame]()
    warnings = Read[tuple[dict[str, Any], ...]]()

    @property
    def proved(self) -> bool:
        """Whether no plan is better, as HiGHS says."""
        return self.status != NOT_PROVED

    @property
    def meaning(self) -> int:
        """What the tables mean (see ``MEANING``); that of its own time, of a plan that was saved."""
        return MEANING

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by name.

        Returns
        -------
        dict of str to DataFrame
            In the order in which they are saved; ``bands`` only where draws were solved, ``ramps`` where they hold,
            ``owners`` where the pack has some, ``payments`` where something is paid.  ``ranges`` are ``could_be``,
            which takes a few solves only, or those given to :meth:`with_ranges`.
        """
        some = [name for name in OPTIONAL if len(self.parts[name])]
        frames = {name: self.parts.at_hand(name) for name in (*TABLES, *some)}
        return {**frames, "prices": self.prices.table}

    @property
    def exports(self) -> pd.Series[float]:
        """Export volume by family over the horizon, Mt (oil) or bcm (gas)."""
        sold = self.deliveries[self.deliveries["export"].astype(bool)]
        return sold.groupby("family")["volume"].sum()

    @property
    def shut_in(self) -> pd.Series[float]:
        """Volume of the country's own available but not lifted, by family over the horizon, Mt (oil) or bcm (gas)."""
        return self.supplies.groupby("family")["shut_in"].sum()

    @property
    def bought(self) -> pd.Series[float]:
        """Volume bought from abroad (supplies of kind bought), by family over the horizon, Mt (oil) or bcm (gas)."""
        return self._lifted("bought")

    @property
    def in_transit(self) -> pd.Series[float]:
        """Volume carried for others (kind transit: never an export), by family over the horizon, Mt or bcm."""
        return self._lifted("transit")

    def _lifted(self, kind: str) -> pd.Series[float]:
        return self.supplies["lifted"].where(self.supplies["kind"] == kind, 0.0).groupby(self.supplies["family"]).sum()

    @property
    def could_be(self) -> pd.DataFrame:
        """The rows of ``ranges`` over the horizon at the optimum whose ends lie apart: another plan, as good, differs.

        Where the optimum is unique it is empty and costs no solve.
        """
        return apart(self.parts.at_hand("ranges"))

    def with_ranges(self, ranges: pd.DataFrame) -> Plan:
        """The plan with a table of ranges that is saved and told with it.

        Parameters
        ----------
        ranges : DataFrame
            What :func:`energy_routes.ranges` found of this plan; it has to hold the band at the optimum.

        Returns
        -------
        Plan
            The same plan, with these as its ``ranges``, in ``tables()`` as well.

        Raises
        ------
        UsageError
            The band at the optimum is missing.
        """
        if "loss" not in ranges or not (ranges["loss"] == 0).any():
            raise UsageError("with_ranges: no row has loss 0; ask er.ranges for the band 'optimum', too")
        return replace(self, parts=self.parts.standing_in(ranges=ranges))

    @property
    def premium(self) -> dict[str, Any] | None:
        """What caps and security cost against the same case without them; None where nothing of the kind is asked.

        MUSD: base, cost = rerouting + shut_in; shut_in_volume by family (Mt, bcm); usd_per_t (cost over exports).
        """
        return self.certificate.get("premium")

    def actuals(self, periods: Sequence[str] | None = None) -> pd.DataFrame:
        """The plan's volumes as a table of actuals, to plan the rest of a year from.

        Parameters
        ----------
        periods : sequence of str or None
            Labels of periods; None: all.

        Returns
        -------
        DataFrame
            Columns ``what``, ``id``, ``commodity``, ``period``, ``volume``, ``unit``, as :func:`energy_routes.replan`
            reads.

        Raises
        ------
        UsageError
            The plan has no such period; or none is named, or one twice.
        """
        return actuals_of(self.tables(), periods)

    def with_bands(self, draws: int | None = None, **options: Any) -> Plan:
        """The same plan with its bands: how sure its numbers are, from draws of its figures by their grades.

        Parameters
        ----------
        draws : int or None
            How many draws; None: 10,000, or 200 where builds, security or futures are built anew for each.
        **options : object
            ``seed``, ``design``, ``workers`` and ``progress``, as in :func:`energy_routes.sweep`.

        Returns
        -------
        Plan
            It has ``bands``, which tables, maps and reports of it show.

        Raises
        ------
        UsageError
            The design is unknown or not for this number of draws; or the plan has constraints of your own, or is not
            the best one of its case solved again.
        VerificationError
            A draw that was solved anew, for a check, has another answer.
        """
        return _above("with_bands")(self, draws, **options)  # type: ignore[no-any-return]

    def save(self, folder: str | Path) -> Path:
        """Write everything to a folder, atomically: a killed run leaves the old result or the new one, never half.

        Parameters
        ----------
        folder : str or Path
            A new folder, or one that holds a result.

        Returns
        -------
        Path
            The folder.

        Raises
        ------
        UsageError
            The place is taken by something else, or cannot be written.
        """
        return _above("save")(self, Path(folder))  # type: ignore[no-any-return]

    @staticmethod
    def load(folder: str | Path) -> Plan:
        """The plan saved in a folder, with its case.

        Parameters
        ----------
        folder : str or Path
            Where :meth:`save` wrote it.

        Returns
        -------
        Plan
            Equal to the one saved; what another version saved keeps that version's ``meaning``.

        Raises
        ------
        DataError
            A file is missing or damaged.
        """
        return _above("load")(folder)  # type: ignore[no-any-return]

    def plot(self, path: str | Path | None = None, *, period: str | None = None, ax: Axes | None = None,
             title: str | None = None, lang: str = "en") -> Figure:
        """The map of the flows as a matplotlib figure.

        Parameters
        ----------
        path : str, Path or None
            Where to write it, too: .png, .svg or .pdf.
        period : str or None
            One period or year; None: the horizon.
        ax : Axes or None
            Axes of yours, into which the map alone is drawn.
        title : str or None
            In place of the answer.
        lang : {'en', 'ru', 'kk'}
            The language.

        Returns
        -------
        Figure
            The figure.

        Raises
        ------
        UsageError
            The period, the suffix or the language is unknown, or the file cannot be written.
        DataError
            A place or a line of the pack is not where its row says.
        """
        return _above("plot")(  # type: ignore[no-any-return]
            self, path, period=period, ax=ax, title=title, lang=lang)  # fmt: skip

    def explore(self, path: str | Path | None = None, **options: Any) -> Page:
        """The interactive map, which a notebook shows, and a browser by ``.show()``.

        Parameters
        ----------
        path : str, Path or None
            Where to write it, too (.html).
        **options : object
            ``other`` (a plan to compare with), ``steps``, ``period``, ``lang``, ``live`` (a page that solves where a
            lever is moved), ``levers``; see :func:`energy_routes.maps.explore`.

        Returns
        -------
        Page
            The page.

        Raises
        ------
        UsageError
            A period or the language is unknown, the two plans have no common period, or the file cannot be written;
            or a page that solves is asked for of what it cannot solve, such as constraints of your own.
        DataError
            A place or a line of the pack is not where its row says.
        """
        return _above("explore")(self, path, **options)  # type: ignore[no-any-return]

    def layers(self, path: str | Path, **options: Any) -> Path:
        """Write the flows as layers for GIS programmes.

        Parameters
        ----------
        path : str or Path
            The file to write: ``.gpkg`` or ``.geojson``.
        **options : object
            ``other`` (a plan to compare with), ``period``, ``title`` and ``lang``, as in ``explore``.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        UsageError
            The period, the suffix or the language is unknown, the two plans have no common period, or the file cannot
            be written.
        DataError
            A place or a line of the pack is not where its row says.
        """
        return _above("layers")(self, Path(path), **options)  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        units = self.case.network.units("volume")
        exports = ", ".join(f"{volume:.2f} {units[str(family)]}" for family, volume in self.exports.items())
        return f"Plan({self.case.name!r}: {self.status}, {self.objective}, exports {exports or 'none'})"

    def _repr_html_(self) -> str:
        """What a notebook shows: the question, the answer in numbers, the corridors and the ledger."""
        from html import escape

        corridors = corridor_totals(self.groups)
        columns = ["name", "volume", "capacity", "utilisation", "share", "unit"]
        tables = [corridors[columns], self.ledger]
        title, question, answer = escape(self.case.title), escape(self.case.question), escape(repr(self))
        head = f"<h4>{title}</h4><p>{question}</p><p><code>{answer}</code></p>"
        return head + "".join(in_html(table, ",.3f") for table in tables)


# Tables that are saved only where they have rows, after the others.
OPTIONAL = {"bands": BANDS, "ramps": RAMPS, "owners": OWNERS, "payments": PAYMENTS}
# The others in the order in which they are saved.
TABLES = tuple(name for name, part in vars(Plan).items()
               if isinstance(part, Read) and name not in (*OPTIONAL, "warnings"))  # fmt: skip


def _above(method: str) -> Any:
    """What saves or draws a plan lies on floors above it; the table of the package knows where."""
    return import_module("energy_routes").method(f"Plan.{method}")


def check_meaning(before: Plan, after: Plan) -> None:
    """Refuse to set plans against each other whose tables mean different things.  Raises UsageError."""
    older, newer = sorted((before, after), key=lambda plan: plan.meaning)
    if older.meaning != newer.meaning:
        raise UsageError(f"{older.case.name} was saved by an earlier version, which counted groups at the inlet of "
                         "their meters and not by what is sold abroad: solve it again to compare it")
