"""Solutions of games in coalitions: against games of the literature, a second way to reckon them, and what they are."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import permutations
from math import factorial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from numpy.typing import NDArray
from scipy.optimize import linprog

from energy_routes.errors import UsageError
from energy_routes.linear import Vector
from energy_routes.studies.games.solutions.coalitions import CoalitionalGame, subsets
from energy_routes.studies.games.solutions.core import core
from energy_routes.studies.games.solutions.division import shapley
from energy_routes.studies.games.solutions.nucleolus import kohlberg, nucleolus

FIXTURE = Path(__file__).parent / "fixtures" / "coalitional_games.json"
GAMES: list[dict[str, Any]] = json.loads(FIXTURE.read_text("utf-8"))["games"]
ROUNDED = 1e-6  # of the figures of the fixture


def game_of(told: dict[str, Any]) -> tuple[CoalitionalGame, float]:
    """A game of the fixture and the sign that turns its solutions into those told: costs are losses here."""
    players, sign = told["players"], -1.0 if told["kind"] == "cost" else 1.0
    worth = np.zeros(1 << len(players))
    for names, value in told["worth"].items():
        worth[sum(1 << players.index(name) for name in names.split("+"))] = sign * value
    return CoalitionalGame(tuple(players), worth), sign


def random_games(least: int = 2, most: int = 5, low: int = -4, high: int = 12) -> st.SearchStrategy[CoalitionalGame]:
    """Games of small whole numbers, in which many coalitions are worth the same."""
    def of(count: int) -> st.SearchStrategy[CoalitionalGame]:
        worths = st.lists(st.integers(low, high), min_size=(1 << count) - 1, max_size=(1 << count) - 1)
        return worths.map(lambda w: CoalitionalGame(tuple("abcdef"[:count]), np.array([0.0, *map(float, w)])))
    return st.integers(least, most).flatmap(of)


def superadditive(game: CoalitionalGame) -> CoalitionalGame:
    """The least game above it in which joining costs nobody anything."""
    worth = game.worth.copy()
    for whole in range(1, len(worth)):
        worth[whole] = max(worth[part] + worth[whole ^ part] for part in subsets(whole) if part != whole or part)
    return CoalitionalGame(game.players, worth)


def by_orders(game: CoalitionalGame) -> list[Fraction]:
    """The Shapley value by its definition: the step of each player in each order, in exact fractions."""
    players = range(len(game.players))
    total = [Fraction(0) for _ in players]
    for order in permutations(players):
        so_far = 0
        for i in order:
            total[i] += Fraction(game.worth[so_far | 1 << i]) - Fraction(game.worth[so_far])
            so_far |= 1 << i
    return [value / factorial(len(game.players)) for value in total]


def by_slack(game: CoalitionalGame) -> NDArray[np.float64]:
    """The nucleolus by another rule and another door to a solver.

    A coalition is fixed where it can get no more than the least of its round; no dual price is looked at.
    """
    count, worth = len(game.players), game.worth / game.scale
    low = [float(a) if game.essential else None for a in game.alone / game.scale]
    fixed: dict[int, float] = {game.whole: 0.0}
    free = list(range(1, game.whole))

    def solve(cost: Vector, least: float | None) -> Any:
        rows = np.array([[*-game.members[s], 1.0 if least is None else 0.0] for s in free])
        most = np.array([-worth[s] - (least or 0.0) + (0.0 if least is None else 1e-9) for s in free])
        exact = np.array([[*game.members[s], 0.0] for s in fixed])
        due = np.array([worth[s] + more for s, more in fixed.items()])
        return linprog(-cost, rows, most, exact, due, [*((a, None) for a in low), (None, None)], method="highs-ds")

    while free:
        found = solve(np.append(np.zeros(count), 1.0), None)
        level = float(found.x[count])
        best = {s: -float(solve(np.append(game.members[s], 0.0), level).fun) - worth[s] for s in free}
        fixed |= {s: level for s in free if best[s] <= level + 1e-7}
        free = [s for s in free if s not in fixed]
        shares = np.array(found.x[:count])
    return shares * game.scale


@pytest.mark.parametrize("told", GAMES, ids=[told["id"] for told in GAMES])
def test_games_of_the_literature(told: dict[str, Any]) -> None:
    """Each as its ``status`` says: read in a source, made here, or (two) with worths that no source was read for."""
    game, sign = game_of(told)
    tolerance = max(ROUNDED, 1e-9 * game.scale)
    assert shapley(game) * sign == pytest.approx(told["shapley"], abs=tolerance)
    assert nucleolus(game) * sign == pytest.approx(told["nucleolus"], abs=tolerance)
    assert core(game).empty is not told["core_nonempty"]
    assert kohlberg(game, nucleolus(game))


def test_the_fixture_says_where_each_game_is_from() -> None:
    assert len(GAMES) == 16
    assert all(told["source"] and told["status"] for told in GAMES)
    unread = {told["id"] for told in GAMES if "not read" in told["status"].lower()}
    assert unread == {"tva", "sweden-6"}


def test_what_a_fault_that_is_met_in_the_wild_would_make_of_the_talmud() -> None:
    """A programme that fixes all coalitions tight at one optimum gives 50, 50, 200."""
    game, _ = game_of(next(told for told in GAMES if told["id"] == "talmud-300"))
    assert not kohlberg(game, np.array([50.0, 50.0, 200.0]))
    assert not kohlberg(game, np.array([40.0, 100.0, 150.0]))  # it does not give all away


def test_owen_point_is_in_the_core() -> None:
    told = next(told for told in GAMES if told["id"] == "linear-production")
    game, _ = game_of(told)
    found = core(game)
    assert (game.excess(np.array(told["owen_point"])) <= 1e-5).all()
    assert (found.least - 1e-5 <= told["owen_point"]).all()
    assert (found.most + 1e-5 >= told["owen_point"]).all()


def test_the_core_of_two_ways_by_hand() -> None:
    """KZ goes by A1 and A2 for 10, or by B for 7: B gets nothing in the core, A1 and A2 share 3 at most."""
    game, _ = game_of(next(told for told in GAMES if told["id"] == "corridor-parallel-4"))
    found = core(game)
    assert not found.empty
    assert found.least == pytest.approx([7, 0, 0, 0], abs=1e-6)
    assert found.most == pytest.approx([10, 3, 3, 0], abs=1e-6)


def test_the_least_core_of_a_majority() -> None:
    """Any two of three get 1: each pair must go without a third at least, in one division only."""
    found = core(game_of(next(told for told in GAMES if told["id"] == "majority-3"))[0])
    assert found.empty
    assert found.short == pytest.approx(1 / 3)
    assert [*found.least, *found.most] == pytest.approx([1 / 3] * 6, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(random_games())
def test_shapley_by_a_second_way(game: CoalitionalGame) -> None:
    assert shapley(game) == pytest.approx([float(value) for value in by_orders(game)])
    assert shapley(game).sum() == pytest.approx(game.worth[-1])


@settings(max_examples=40, deadline=None)
@given(random_games(most=4))
def test_nucleolus_by_a_second_way(game: CoalitionalGame) -> None:
    found = nucleolus(game)
    assert found == pytest.approx(by_slack(game), abs=1e-5)
    assert kohlberg(game, found)
    moved = found + 0.01 * (np.arange(len(found)) - (len(found) - 1) / 2)
    assert not kohlberg(game, moved)


@settings(max_examples=40, deadline=None)
@given(random_games())
def test_solutions_against_another_package(game: CoalitionalGame) -> None:
    oracle = pytest.importorskip("coopgame", reason="coopgame-py is not installed")
    other = oracle.Game(game.worth[1:].tolist())
    domain = "imputation" if game.essential else "preimputation"
    assert shapley(game) == pytest.approx(oracle.shapley(other))
    assert nucleolus(game) == pytest.approx(oracle.nucleolus(other, domain)["allocation"], abs=1e-5)


@settings(max_examples=40, deadline=None)
@given(random_games(low=0).map(superadditive))
def test_a_nucleolus_is_in_a_core_that_is_not_empty(game: CoalitionalGame) -> None:
    assert game.not_superadditive() is None
    found, division = core(game), nucleolus(game)
    assert (game.excess(division)[1:-1].max() <= 1e-5) is not found.empty
    assert game.excess(division)[1:-1].max() == pytest.approx(found.short, abs=1e-5)
    assert (found.least - 1e-4 <= division).all()
    assert (division <= found.most + 1e-4).all()


@settings(max_examples=30, deadline=None)
@given(random_games(most=4), st.floats(0.1, 1000), st.integers(0, 3), st.integers(-5, 5), st.randoms())
def test_units_outside_gains_and_the_order_of_players_change_nothing(
    game: CoalitionalGame, factor: float, player: int, gain: int, chance: Any
) -> None:
    """Another unit scales the shares; what one player has by himself goes to him; names in another order get the same.
    """
    player %= len(game.players)
    more = CoalitionalGame(game.players, game.worth * factor + gain * game.members[:, player])
    order = list(range(len(game.players)))
    chance.shuffle(order)
    places = [sum(1 << order[i] for i in range(len(order)) if s >> i & 1) for s in range(len(game.worth))]
    other = CoalitionalGame(tuple(game.players[order.index(i)] for i in range(len(order))),
                            game.worth[np.argsort(places)])  # fmt: skip
    for solution in (shapley, nucleolus):
        shares = solution(game)
        assert solution(more) == pytest.approx(shares * factor + gain * (np.arange(len(shares)) == player),
                                               abs=1e-5 * max(1.0, factor))  # fmt: skip
        assert solution(other)[order] == pytest.approx(shares, abs=1e-5)


@settings(max_examples=30, deadline=None)
@given(random_games(most=4), random_games(most=4))
def test_shapley_of_a_sum_of_games_is_the_sum(one: CoalitionalGame, other: CoalitionalGame) -> None:
    if len(one.players) == len(other.players):
        both = CoalitionalGame(one.players, one.worth + other.worth)
        assert shapley(both) == pytest.approx(shapley(one) + shapley(other))


def test_who_adds_nothing_gets_nothing_and_alike_get_alike() -> None:
    worth = np.array([0.0, 2, 2, 6, 0, 2, 2, 6])  # c adds nothing; a and b are alike
    game = CoalitionalGame(("a", "b", "c"), worth)
    for solution in (shapley, nucleolus):
        assert solution(game) == pytest.approx([3, 3, 0])


def test_two_players_share_what_they_gain_alike() -> None:
    game = CoalitionalGame(("a", "b"), np.array([0.0, 10, 30, 100]))
    assert shapley(game) == pytest.approx([40, 60])
    assert nucleolus(game) == pytest.approx([40, 60])


def test_one_player_gets_all() -> None:
    game = CoalitionalGame(("KZ",), np.array([0.0, 7.0]))
    assert [*shapley(game), *nucleolus(game), *core(game).least, *core(game).most] == [7.0] * 4
    assert kohlberg(game, np.array([7.0]))


def test_players_worth_more_alone_get_the_prenucleolus() -> None:
    """Alone 4 and 4, together 6: nobody can be content; both go short by 1."""
    game = CoalitionalGame(("a", "b"), np.array([0.0, 4, 4, 6]))
    assert not game.essential
    assert nucleolus(game) == pytest.approx([3, 3])
    assert kohlberg(game, np.array([3.0, 3.0]))


def test_what_is_amiss_is_named() -> None:
    game = CoalitionalGame(("a", "b", "c"), np.array([0.0, 5, 5, 8, 1, 4, 6, 9]))
    assert game.not_superadditive() == (2, 1) or game.not_superadditive() == (4, 1)
    assert game.not_monotone() == (1, 2)
    assert game.named(5) == "a + c"
    assert game.named(0) == "nobody"
    game = CoalitionalGame(("a", "b"), np.array([0.0, 1, 1, 2]))
    assert game.not_superadditive() is None
    assert game.not_monotone() is None


@pytest.mark.parametrize("worth", [[0.0, 1, 2], [0.0, 1, 2, np.nan], [1.0, 1, 2, 3]])
def test_what_is_no_game_is_refused(worth: list[float]) -> None:
    with pytest.raises(UsageError, match="expected"):
        CoalitionalGame(("a", "b"), np.array(worth))
