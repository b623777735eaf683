"""How the gains of working together may be divided: two games, with the lines of outsiders shut and open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from energy_routes.case import Case
from energy_routes.errors import UsageError
from energy_routes.network import Names
from energy_routes.pack import annotated, check_list, in_html, nearest, offered
from energy_routes.studies.games.frames import called, coalitions_frame, games_frame, link_frame, shares_frame
from energy_routes.studies.games.picture import draw_map, draw_shares
from energy_routes.studies.games.players import BY, JOINED, By
from energy_routes.studies.games.rounds import Rounds, Setting, rounds
from energy_routes.studies.games.telling import LEFT_OUT, told
from energy_routes.studies.games.today import Today, paid_today
from energy_routes.studies.games.worth import Access, game_case
from energy_routes.studies.study import Progress, Study

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DRAWS = 20


@annotated
@dataclass(frozen=True, eq=False, repr=False)
class Bargain(Study):
    """How the gains of a case may be divided among those whose consent it needs.  Money is MUSD over its horizon.

    Bands (``…_low``, ``…_high``) are what a number may be where real costs that are not published are 10 to 40 % of the
    tariff, and from P10 to P90 of the draws of the other figures.

    Attributes
    ----------
    case : Case
        The question as it is bargained over: no caps, no contracts, tanks end with what they began with.
    by : {'consent', 'ownership'}
        Whether states or companies play.
    players : tuple of str
        Who plays.
    rest : tuple of str
        Who plays as the rest, by name.
    penalty : mapping of str to float
        By family what a unit that home needs and does not get costs, USD/t (USD/1000 m3); the mean over the horizon.
    shares : DataFrame
        A row an access (outsiders' lines ``shut``, or ``open`` at their posted tariff) and player: name, alone (its
        worth without the others), adds (what all lose without it), shapley and nucleolus with bands, core_least
        and core_most (what it gets at least and at most in the core, or in the least core), today and its band (what
        the plan of the case pays it above real cost: fields to the seller, lines to the states of
        the partners, where these are known, else of the payee).
    games : DataFrame
        A row an access: nobody (worth of the empty coalition, taken off all others), together, gain (of all together
        over each alone), core_empty, core_short (what the worst-off coalition goes without at least; below 0 what it
        can be given beyond its worth), solution (nucleolus or prenucleolus), kohlberg (it passes his test),
        not_monotone and not_superadditive (the coalitions that lose by joining; None where none do).
    coalitions : DataFrame
        A row a coalition: size, and its worth with either access.
    options : tuple of str
        The link, and what it requires.
    capital : float
        What they cost over the horizon: the yearly charge of their capital, counted once.
    link : DataFrame
        A row an access and player, empty without a link: before (Shapley value), shapley_change and nucleolus_change,
        adds_change (of what all lose without it), pays (below 0: it is paid), left (what the change then leaves),
        gain_without (what the link brings without this player), holds_up (without it the link does not bring what it
        costs, though with it it does).
    """

    case: Case
    by: By
    players: tuple[str, ...]
    rest: tuple[str, ...]
    penalty: Mapping[str, float]
    shares: pd.DataFrame
    games: pd.DataFrame
    coalitions: pd.DataFrame
    options: tuple[str, ...]
    capital: float
    link: pd.DataFrame
    _today: Today = field(repr=False)
    _rounds: Rounds = field(repr=False)
    stem: ClassVar = "bargain"
    tables: ClassVar = ("shares", "games", "coalitions", "link")

    def __repr__(self) -> str:
        gain = float(self.games["gain"].iloc[0])
        return f"Bargain({self.case.name!r}: {', '.join(self.players)}; together {gain:,.0f} MUSD more than alone)"

    def _repr_html_(self) -> str:
        return f"<p><code>{self!r}</code></p>" + in_html(self.shares)

    def _head(self) -> dict[str, Any]:
        return {"model": self.case.name, "by": self.by, "unit": "MUSD", "players": list(self.players),
                "rest": list(self.rest), "penalty": dict(self.penalty), "options": list(self.options),
                "capital": self.capital, "elsewhere": self.elsewhere, "unsourced": self.unsourced,
                "answer": list(self.answer), "left_out": list(self.left_out)}  # fmt: skip

    @property
    def named(self) -> tuple[str, ...]:
        """The options by their names."""
        called = Names(self.case.network.tables).option
        return tuple(called[option] for option in self.options)

    @property
    def draws(self) -> int:
        """How many draws of the other figures the bands are of."""
        return len(self._rounds.draws)

    @property
    def elsewhere(self) -> float:
        """What the plan of today pays above real cost to holders of states that do not play, MUSD."""
        return self._today.elsewhere

    @property
    def unsourced(self) -> float:
        """What it pays to payees that are not sourced, MUSD."""
        return self._today.unsourced

    @property
    def answer(self) -> tuple[str, ...]:
        """What came out, in sentences; one that does not hold all over its band is not said."""
        return told(self._rounds, self._today, self.named)

    @property
    def left_out(self) -> tuple[str, ...]:
        """What the game does not know."""
        return LEFT_OUT[self.by]

    def plot(self, ax: Axes | None = None, access: Access = "shut") -> Axes:
        """Draw what each player gets by either division, with its band.

        Parameters
        ----------
        ax : Axes or None
            Axes of yours; None: new ones.
        access : {'shut', 'open'}
            What becomes of the lines of outsiders.

        Returns
        -------
        Axes
            The axes.
        """
        return draw_shares(self.shares[self.shares["access"] == access], self.case.title or self.case.name, access, ax)

    def map(self, ax: Axes | None = None, access: Access = "shut") -> Axes:
        """Draw the states on a map, each in the colour of its Shapley value.

        Parameters
        ----------
        ax : Axes or None
            Axes of yours; None: new ones.
        access : {'shut', 'open'}
            What becomes of the lines of outsiders.

        Returns
        -------
        Axes
            The axes.

        Raises
        ------
        UsageError
            Companies play: they have no place on a map.
        """
        if self.by != "consent":
            raise UsageError("companies have no place on a map; play with by='consent', or draw plot()")
        return draw_map(self.shares[self.shares["access"] == access], self.case.title or self.case.name, access, ax)


@annotated
def bargain(
    case: Case,
    players: Sequence[str] = (),
    *,
    by: By = "consent",
    link: str | Sequence[str] = (),
    operating_share: float | None = None,
    penalty: float | None = None,
    draws: int = DRAWS,
    seed: int = 1,
    progress: Progress | None = None,
) -> Bargain:
    """What every coalition of states (or companies) is worth, and how the gain of all may be divided.

    A coalition is worth the best of sales less real costs of what the seller can move over the arcs that need nobody
    outside it.  Caps, contracts and rebates do not stand.  Each game is played with the arcs of outsiders shut, and
    open at their posted tariffs.

    Parameters
    ----------
    case : Case
        The question.
    players : sequence of str
        Ten at most: states by their two letters (companies by name); ``AZ+GE`` speak with one voice, and who is not
        named plays as ``rest``.  Empty: the states of the corridors.
    by : {'consent', 'ownership'}
        A state can shut what crosses it, or a company what its tariff is paid for.
    link : str or sequence of str
        Options to build: the game is played with and without them, and with all that they require.
    operating_share : float or None
        The share of the tariff that moving a unit really costs, 0 to 1, where no cost is published; None: the pack's.
    penalty : float or None
        What a unit of a home obligation that is not met costs, USD/t (USD/1000 m3); None: the highest price that any
        market pays.
    draws : int
        Draws of the figures for the bands; 0: none.
    seed : int
        The same seed gives the same draws.
    progress : callable or None
        It is told the games played, and all.

    Returns
    -------
    Bargain
        Shares, coalitions and, with a link, what it changes.

    Raises
    ------
    UsageError
        A player, an option, a share or a penalty is none; nobody is asked; or ``policy.build.built`` says that an
        option stands.
    LimitError, SolverError
        The solver ended without an answer.

    References
    ----------
    L. S. Shapley, "A value for n-person games", Contributions to the Theory of Games II (1953),
    doi:10.1515/9781400881970-018.
    D. Schmeidler, "The nucleolus of a characteristic function game", SIAM Journal on Applied Mathematics 17 (1969),
    doi:10.1137/0117107.
    E. Kohlberg, "On the nucleolus of a characteristic function game", SIAM Journal on Applied Mathematics 20 (1971),
    doi:10.1137/0120009.

    Examples
    --------
    >>> import energy_routes as er
    >>> found = er.bargain(er.load("oil-2024"), ["KZ", "RU", "CN"], draws=0)
    >>> found.players
    ('KZ', 'RU', 'CN', 'rest')
    """
    _check(by, penalty, draws)
    _nothing_stands(case)
    options = _with_required(case, link)
    base = Setting(game_case(case), by, operating_share, penalty)
    if penalty is not None and not base.penalty():
        raise UsageError(f"penalty = {penalty:g}: home needs nothing in {case.name}, so that nothing can go short; "
                         "expected none. Leave penalty out.")
    linked = Setting(game_case(case, options), by, operating_share, penalty) if options else None
    names = (linked or base).names(tuple(players))
    found = rounds(base, linked, names, draws, seed, progress)
    one = found.stated.linked
    today = paid_today(case, by, names, found.stated.seller, base.asked(), found.stated.idle)
    named = {part for name in names for part in name.split(JOINED)}
    rest = tuple(map(called, sorted((linked or base).asked() - named)))
    return Bargain(base.case, by, names, rest, base.penalty(), shares_frame(found, today), games_frame(found),
                   coalitions_frame(found.stated), options, one.capital if one else 0.0, link_frame(found), today,
                   found)  # fmt: skip


def _check(by: str, penalty: float | None, draws: int) -> None:
    if by not in BY:
        raise UsageError(f"by = {by!r}; expected {' or '.join(BY)}. {nearest(by, BY)}")
    if penalty is not None and not 0 <= penalty < float("inf"):
        raise UsageError(f"penalty = {penalty}; expected USD/t or USD/1000 m3, 0 or more")
    if draws < 0:
        raise UsageError(f"draws = {draws}; expected a whole number from 0")


def _nothing_stands(case: Case) -> None:
    """Raise UsageError where a case says what is built: in the game an option stands by its link alone."""
    built = case.policy.build.built if case.policy.build else None
    if standing := [option for option, units in (built or {}).items() if units]:
        raise UsageError(f"policy.build.built of {case.name} says that {', '.join(standing)} stands; expected nothing "
                         f"there, because a game is played with and without a link. Leave it out, and give --link "
                         f"{','.join(standing)}")


def _with_required(case: Case, link: str | Sequence[str]) -> tuple[str, ...]:
    """The options and all that they require, in the order in which they are found.

    Raises UsageError where the pack has no such option, or one is named twice.
    """
    table = case.network.tables["options"]
    needs = dict(zip(table["id"], table["requires"], strict=True))
    found = [link] if isinstance(link, str) else list(link)
    check_list("link", found, some=False)
    for name in found:
        if name not in needs:
            raise UsageError(f"link {name!r} is no option of {case.name}. {offered(name, needs)}")
        found += [other for other in needs[name] if other not in found]
    return tuple(found)
