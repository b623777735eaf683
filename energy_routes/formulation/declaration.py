"""What a rule is, declared above its equation: a limit of the plan, an account of it, or a link between its parts.

    @Limit("storage", key="storage", name="{storage}, full", repair=6, level=True)
    def working_volume(s: Space) -> Rows:
        ...

Prices, repairs, recourse and the words about a limit read the declaration.  A block of rows bears the name of its rule,
with ``@`` and the name of a loss or a future where it is a copy of recourse.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from energy_routes.errors import LabelError
from energy_routes.linear import Columns, Expr, Rows

Rule = TypeVar("Rule", bound=Callable[..., Any])

DECLARED: dict[str, Declaration] = {}  # by the name of the rule


@dataclass(frozen=True)
class Declaration:
    """A rule of some sort.  Written as a decorator: the rule is known by its name and stays as it is."""

    def __call__(self, rule: Rule) -> Rule:
        """Declare a rule.  Raises LabelError where another of the same name is declared otherwise."""
        if DECLARED.setdefault(rule.__name__, self) != self:
            raise LabelError(f"two rules are called {rule.__name__!r}; give one of them a name of its own")
        return rule


@dataclass(frozen=True)
class Account(Declaration):
    """Adds volumes up: what enters a node, what is in a tank, what a group carries.  No limit of the plan."""


@dataclass(frozen=True)
class Link(Declaration):
    """Ties what builds, security or several futures add to the plan to each other and to it.  No limit of the plan.

    ``repeats`` names the rule whose bounds stand in this one again, as far as a loss leaves them.
    ``name`` is what people call a bound that it sets, with label columns in braces; blank: it only ties.  ``unit`` is
    that of the bound; blank: Mt (bcm).
    """

    of: Literal["builds", "security", "futures"]
    repeats: str = ""
    name: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Limit(Declaration):
    """What holds the plan back: each row is a limit in a period (or window), has a price, and a repair may loosen it.

    A row whose axis has a column ``sign`` holds the limit times that sign (±1).

    ``kind`` is where the table of prices has it (``plan.prices[kind]``), ``key`` the label column that tells the limits
    apart.  ``name`` is what people call one, with label columns in braces (:meth:`energy_routes.network.Names.filled`);
    without it a limit is called like what ``key`` labels.
    ``repair`` is what the cheapest repair pays to loosen it by a unit, at 0 it is left alone: a cap is only a wish (1),
    exports held come before it (2), a contract or a market can be talked to (4), steel is steel (6), a field gives what
    it gives (8), and nobody leaves the home refineries dry first (50).  ``waived`` is what a unit of its minimum weighs
    where some must give way after a loss (force majeure); at 0 none does.
    ``side_of`` names the rule that has the other side of the same limits.
    ``unit`` is that of its bounds, ``worth`` that of its price; blank: Mt (bcm), and USD/t (USD/1000 m³) of its family.
    ``level``: a level, not a rate. One more is there in every period at once, and is counted once.
    ``cuts``: its rows are tangents of a cone, none of them a limit by itself; ``{key}`` in the name is that of the cap.
    ``gain``: where the level stands in coefficients, what one more of it lets each row do, from the space.  It moves by
    a hundredth.  ``ratio``: the level stands in coefficients, and has no price.
    """

    kind: str
    key: str = ""
    name: str = ""
    repair: float = 0.0
    waived: float = 0.0
    unit: str = ""
    worth: str = ""
    side_of: str = ""
    level: bool = False
    cuts: bool = False
    gain: Callable[[Any], Expr] | None = None
    ratio: bool = False


USER = Limit("user", key="rule")  # a constraint that a user adds: its axis has the one key "rule"


def declared(block: Rows | Columns) -> Declaration:
    """What the rule of a block was declared to be.  Raises LabelError for a rule that was not."""
    if block.axis.keys == (USER.key,):
        return USER
    name = block.name.partition("@")[0]
    if name not in DECLARED:
        raise LabelError(f"rule {block.name!r} stands in the programme without a declaration; write @Limit, @Account "
                         "or @Link of energy_routes.formulation.declaration above it")
    return DECLARED[name]


def limit_of(block: Rows | Columns) -> Limit | None:
    """The limit of the plan itself that a block states; None for accounts, links, cuts and copies of recourse."""
    told = declared(block)
    return told if isinstance(told, Limit) and not told.cuts and (told is USER or "@" not in block.name) else None
