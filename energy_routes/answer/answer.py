"""The answer of a plan to its question: what became of the subject, what that earns or costs, what it replaces.

>>> answer_of(plan, base).sentence(Words.of("en"))       # doctest: +SKIP
'BTC carries 4.6 Mt, 2.8 Mt more than in oil-2026; the netback gains 24 MUSD; CPC carries 2.8 Mt less.'

Titles of maps and slides, reports, comparisons and what ``solve`` prints all come from here.
"""

from __future__ import annotations

from collections.abc import Sequence

from energy_routes.answer import telling
from energy_routes.answer.content import Content
from energy_routes.answer.telling import Inner, Shown
from energy_routes.answer.words import Words
from energy_routes.errors import UsageError
from energy_routes.pack import annotated
from energy_routes.plan import Plan


class Answer(Content):
    """The answer of a plan, as figures and in words; as text it is the English sentence."""

    def __str__(self) -> str:
        return self.sentence(Words.of())

    __repr__ = __str__

    def sentence(self, words: Words, shown: Shown | None = None) -> str:
        """The answer in one sentence, in the language of ``words``; volumes in the units ``shown`` (Mt and bcm)."""
        return telling.sentence(self, words, shown or Inner.of(self))

    def changes(self, words: Words, shown: Shown | None = None) -> list[str]:
        """What changes against the plan before, a signed total or corridor each; empty where nothing does."""
        return list(telling.Teller(self, words, shown or Inner.of(self)).changes())

    def headline(self, words: Words) -> str:
        """The answer as short as a title: what became of the subject, and what changes most."""
        return telling.headline(self, words)


@annotated
def answer_of(plan: Plan, before: Plan | None = None, labels: Sequence[str] | None = None,
              then: Sequence[str] | None = None) -> Answer:
    """The answer of a plan over some of its periods.

    Parameters
    ----------
    plan : Plan
        The plan.
    before : Plan or None
        What it is set against.
    labels : sequence of str or None
        The periods of the plan that count; None: all.
    then : sequence of str or None
        Those of ``before``.

    Returns
    -------
    Answer
        Figures (``fates``, ``change``, ``certainty``); as text the English sentence.

    Raises
    ------
    UsageError
        One of the periods is none of its plan, or none is asked for.

    Examples
    --------
    >>> import energy_routes as er
    >>> plan = er.solve(er.load("oil-2024").about("corridor:BTC"))
    >>> er.answer_of(plan).fates[0].verb
    'carries'
    """
    for one, asked in ((plan, labels), (before, then)):
        known = [] if one is None else [period.label for period in one.case.periods]
        if asked is not None and (not len(asked) or set(asked) - set(known)):
            expected = f"some of {', '.join(known)}" if known else "a plan before, whose periods they are"
            raise UsageError(f"answer_of: periods {list(asked)}; expected {expected}")
    return answered(plan, before, labels, then)


def answered(plan: Plan, before: Plan | None = None, labels: Sequence[str] | None = None,
             then: Sequence[str] | None = None) -> Answer:
    """The same for callers of our own, whose arguments are not looked at again."""
    def all_of(one: Plan) -> tuple[str, ...]:
        return tuple(p.label for p in one.case.periods)

    return Answer(plan, all_of(plan) if labels is None else tuple(labels), before,
                  () if before is None else all_of(before) if then is None else tuple(then))
