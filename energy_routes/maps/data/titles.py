"""The words around a map: what it finds, every number from the plan, in the language of its words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from energy_routes.answer import Words, answer_of, exported, periods_in
from energy_routes.case import Case
from energy_routes.plan import Plan

TOLD = 0.005  # Mt or bcm: less is not told
Labels = tuple[Sequence[str], Sequence[str]]  # periods told of the plan before, and of the plan after


def finding(plan: Plan, labels: Sequence[str], words: Words) -> str:
    """What became of the subject of the plan in a span, as a title."""
    return answer_of(plan, labels=labels).headline(words)


def difference(before: Plan, after: Plan, labels: Labels, words: Words) -> str:
    """What became of the subject against the plan before, what that costs or earns, and what moves most: a title."""
    return answer_of(after, before, labels[1], labels[0]).headline(words)


def seasons(
    plan: Plan, labels: Sequence[str], when: Sequence[str], limits: pd.DataFrame, words: Words
) -> tuple[str, str]:
    """Title and subtitle of small multiples: between what volumes exports swing, and what is scarcest where.

    ``when`` says each label in words; ``limits`` has the bottlenecks of all of them, with a column ``when``.
    """
    parts = []
    for called, family in plan.case.network.families.items():
        volumes = pd.Series([exported(plan, periods_in(plan, label), called) for label in labels])
        if volumes.max() > TOLD:
            low, high = int(volumes.argmin()), int(volumes.argmax())
            parts.append(words("months.run", family=words.of_family("family.of", family), low=float(volumes[low]),
                               high=float(volumes[high]), low_when=when[low], high_when=when[high],
                               unit=words.unit(family.volume_unit)))
    said, head = titled(plan.case, words), "; ".join(parts) or words("months.nothing")
    if limits.empty:
        return head, words("title.no_bottleneck", said=said)
    worst = limits.sort_values(["price", "id"], ascending=[False, True], kind="stable").iloc[0]
    return head, words("months.scarcest", said=said, when=worst["when"], **_worth(worst, plan.case, words))


def setting(case: Case, when: str, limits: pd.DataFrame, words: Words) -> str:
    """The line under the finding: the question, the span, and the bottleneck whose next tonne is worth most."""
    title = titled(case, words)
    said = title if when in title else words("title.when", title=title, when=when)
    if limits.empty:
        return words("title.no_bottleneck", said=said)
    return words("title.scarcest", said=said, **_worth(limits.iloc[0], case, words))


def _worth(limit: pd.Series, case: Case, words: Words) -> dict[str, str]:
    """Name, measure and price of a bottleneck, for a sentence."""
    return {"name": limit_name(limit, words, 48),
            "measure": words.of_family("measure", case.network.families[limit["family"]]),
            "price": words.number(float(limit["price"]))}


def limit_name(limit: pd.Series | dict[str, Any], words: Words, length: int = 200) -> str:
    """A bottleneck as read; one whose bound is an estimate says so."""
    name = shortened(words.name(str(limit["name"] or limit["id"])), length)
    return words("answer.estimate", name=name) if limit["estimate"] else name


def titled(case: Case, words: Words) -> str:
    """The title of a case, else its name."""
    return words.name(case.title or case.name)


def shortened(name: str, length: int = 48) -> str:
    """A name without its bracket, cut at a word with '…' when it is still too long."""
    name = name.split(" (")[0]
    return name if len(name) <= length else name[:length].rsplit(" ", 1)[0].rstrip(" ,:;-") + " …"
