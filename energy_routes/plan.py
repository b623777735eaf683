"""A plan: what was decided, as tidy tables with their units, and what it earns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from energy_routes.case import Case
from energy_routes.errors import UsageError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from energy_routes.maps.interactive import Page

TABLES = (
    "flows",
    "arcs",
    "routes",
    "schedule",
    "ledger",
    "prices",
    "indicators",
    "groups",
    "supplies",
    "deliveries",
    "obligations",
    "stocks",
    "ranges",
    "security",
    "bookings",
    "futures",
    "builds",
    "emissions",
)
# What the tables of a plan mean: 2 counts groups by what is sold abroad; 1 counted them at the inlet of their meters.
MEANING = 2
PRICE_KINDS = ("capacity", "joint", "supply", "market", "obligation", "contract", "storage", "policy", "user")


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
        return f"{self.name} {self.value:,.1f} MUSD"


class Prices(pd.DataFrame):
    """What one more unit of each limit is worth (+ = worth to you): a table like the others, of all kinds of limit.

    ``prices["capacity"]`` is the part of one kind: capacity, joint, supply, market, obligation, contract, storage,
    policy, user.  ``price`` is of one more in that period, ``price_all`` of one more a year in force in every period
    (the same on every row of a limit); with ``_down`` they are of an equality (``side`` equal) moved down, NaN for
    others.  ``unit`` is their unit: USD/t, or MUSD per pp of a share and per 0.01 of an HHI.  ``note`` says where a
    price is undefined (no plan) or a dual (one of several).
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


@dataclass(frozen=True, eq=False, repr=False)
class Plan:
    """The answer to a case.  Volumes in Mt (oil) or bcm (gas) per period, unit values in USD/t (USD/1000 m³), MUSD.

    ``prices["capacity"]`` (joint, supply, market …) is what one more of each limit is worth (+ = worth to you).
    The worth of one more of a limit is the right derivative of the optimal value in that bound alone. It is 0 where
    more would not be used, and "no plan" where the move is impossible. A row over a year says what one more a year of
    the limit, in force in every period, is worth.
    It is empty when a foreign solver was asked, because prices only ever come from our own session.
    """

    case: Case
    status: str
    objective: Value
    netback: float
    flows: pd.DataFrame
    arcs: pd.DataFrame
    routes: pd.DataFrame
    ledger: pd.DataFrame
    prices: Prices
    indicators: pd.DataFrame
    groups: pd.DataFrame
    supplies: pd.DataFrame
    deliveries: pd.DataFrame
    obligations: pd.DataFrame
    stocks: pd.DataFrame
    ranges: pd.DataFrame
    certificate: dict[str, Any] = field(default_factory=dict)
    warnings: tuple[dict[str, Any], ...] = ()
    security: pd.DataFrame = field(default_factory=pd.DataFrame)
    bookings: pd.DataFrame = field(default_factory=pd.DataFrame)
    futures: pd.DataFrame = field(default_factory=pd.DataFrame)
    schedule: pd.DataFrame = field(default_factory=pd.DataFrame)
    builds: pd.DataFrame = field(default_factory=pd.DataFrame)
    emissions: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def meaning(self) -> int:
        """What the tables mean (see ``MEANING``); that of its own time, of a plan that was saved."""
        return MEANING

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by name."""
        frames = {name: getattr(self, name) for name in TABLES if name != "prices"}
        return {name: frames.get(name, self.prices.table) for name in TABLES}

    @property
    def exports(self) -> pd.Series[float]:
        """Export volume by family over the horizon, Mt (oil) or bcm (gas)."""
        sold = self.deliveries[self.deliveries["export"].astype(bool)]
        return sold.groupby("family")["volume"].sum()

    @property
    def shut_in(self) -> pd.Series[float]:
        """Volume of the country's own available but not lifted, by family over the horizon."""
        return self.supplies.groupby("family")["shut_in"].sum()

    @property
    def bought(self) -> pd.Series[float]:
        """Volume bought from abroad (supplies of kind bought), by family over the horizon."""
        return self._lifted("bought")

    @property
    def in_transit(self) -> pd.Series[float]:
        """Volume carried for others (supplies of kind transit), by family over the horizon; never an export."""
        return self._lifted("transit")

    def _lifted(self, kind: str) -> pd.Series[float]:
        return self.supplies["lifted"].where(self.supplies["kind"] == kind, 0.0).groupby(self.supplies["family"]).sum()

    @property
    def premium(self) -> dict[str, Any] | None:
        """What caps and security cost against the same case without them; None where nothing of the kind is asked.

        MUSD: base, cost = rerouting + shut_in; shut_in_volume by family (Mt, bcm); usd_per_t (cost over exports).
        """
        return self.certificate.get("premium")

    def actuals(self, periods: Sequence[str] | None = None) -> pd.DataFrame:
        """The plan's volumes as a table of actuals (of some periods), to plan the rest of a year from."""
        from energy_routes.past import actuals_of

        return actuals_of(self.tables(), periods)

    def save(self, folder: str | Path) -> Path:
        """Write everything to a folder, atomically: a killed run leaves the old result or the new one, never half."""
        from energy_routes.results import save

        return save(self, Path(folder))

    @staticmethod
    def load(folder: str | Path) -> Plan:
        """The plan saved in a folder, with its case.  Raises DataError when a file is missing or damaged."""
        from energy_routes.results import load

        return load(folder)

    def plot(self, path: str | Path | None = None, *, period: str | None = None, ax: Axes | None = None,
             title: str | None = None, lang: str = "en") -> Figure:
        """The map of the flows as a matplotlib figure; written to ``path`` if given (PNG, SVG, PDF).

        ``period`` takes one period or year, ``ax`` draws the map alone into axes of yours, ``lang`` is en, ru or kk.
        """
        from energy_routes.maps import draw

        return draw(self, path, period=period, ax=ax, title=title, lang=lang)

    def explore(self, path: str | Path | None = None, **options: Any) -> Page:
        """The interactive map; written to ``path`` if given (HTML).  Shown by a notebook, or by ``.show()``.

        Options: ``other`` (a plan to compare with), ``steps``, ``lang``; see :func:`energy_routes.maps.explore`.
        """
        from energy_routes.maps import explore

        return explore(self, path, **options)

    def __repr__(self) -> str:
        exports = ", ".join(f"{v:.2f} {'Mt' if k == 'oil' else 'bcm'}" for k, v in self.exports.items())
        return f"Plan({self.case.name!r}: {self.status}, {self.objective}, exports {exports or 'none'})"

    def _repr_html_(self) -> str:
        """What a notebook shows: the question, the answer in numbers, the corridors and the ledger."""
        from html import escape

        corridors = self.groups[(self.groups["kind"] == "corridor") & (self.groups["period"] == "total")]
        columns = ["name", "volume", "capacity", "utilisation", "share", "unit"]
        tables = [corridors[columns], self.ledger]
        title, question, answer = escape(self.case.title), escape(self.case.question), escape(repr(self))
        head = f"<h4>{title}</h4><p>{question}</p><p><code>{answer}</code></p>"
        return head + "".join(t.to_html(index=False, float_format="{:,.3f}".format, na_rep="–") for t in tables)


def check_meaning(before: Plan, after: Plan) -> None:
    """Refuse to set plans against each other whose tables mean different things.  Raises UsageError."""
    older, newer = sorted((before, after), key=lambda plan: plan.meaning)
    if older.meaning != newer.meaning:
        raise UsageError(f"{older.case.name} was saved by an earlier version, which counted groups at the inlet of "
                         "their meters and not by what is sold abroad: solve it again to compare it")
