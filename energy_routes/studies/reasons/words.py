"""An explanation in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from energy_routes.answer import Words
from energy_routes.pack import in_digits
from energy_routes.provenance import stale_years

if TYPE_CHECKING:
    from energy_routes.studies.reasons.explanation import Explanation

LARGEST = 4  # terms that are named of a margin
OWN = {"arc": ("arcs", "tariff"), "market": ("markets", "price")}  # the figure of a target, by its kind


def sentences(found: Explanation) -> Iterator[str]:
    """What it carries, what holds it there, and what would change that; one claim a sentence."""
    yield _now(found)
    for hold in found.holds.to_dict("records"):
        yield from _held(found, hold)
    for step in found.steps.to_dict("records"):
        yield _step(found, step)
    if found.state != "closed" and found.steps.empty:
        figure = "tariff on the way and no price at its end" if found.target.startswith("route:") else found.figure
        yield f"No {figure} that was looked for changes that"


def _now(found: Explanation) -> str:
    unit, money = found.unit, found.money
    _, has, is_ = _number(found)
    level = f"; {found.figure}: {in_digits(found.now, ',.2f')} {money}{_age(found)}" if found.now == found.now else ""
    if found.state == "closed":
        return f"{found.name} {is_} closed: {_why_closed(found)}"
    if found.state == "out":
        return f"{found.name} {has} no volume{level}"
    full = ""
    if found.state == "full":
        own = found.limits[(found.limits["side"] == "upper") & (found.limits["price"] > 0)]
        full = f", and {is_} held back by {', '.join(dict.fromkeys(own['name']))}"
    return f"{found.name} {has} {found.volume:,.2f} {unit}{full}{level}"


def _number(found: Explanation) -> tuple[str, str, str]:
    """The words for a target again, that it has and that it is: of several lines, they have and are."""
    return ("they", "have", "are") if Words.of().several(found.name) else ("it", "has", "is")


def _age(found: Explanation) -> str:
    """That a tariff or a price is of long ago."""
    kind, _, name = found.target.partition(":")
    table, column = OWN.get(kind, ("", ""))
    year = stale_years(found.case, table, column).get(name) if table else None
    return "" if year is None else f" (stale: of {year})"


def _why_closed(found: Explanation) -> str:
    shut = found.closings.to_dict("records")
    if not shut:
        return "no plan that keeps every rule brings anything there"
    alone = len(shut) == 1 and shut[0]["name"] == found.name
    why = "; ".join(row["why"] if alone else f"{row['name']}: {row['why']}" for row in shut)
    by = " ".join(f"--set {row['path']}={row['value']}" for row in shut)
    has = f"there is no plan with {by}" if found.opened != found.opened else (
        f"with {by} {_number(found)[0]} would have {found.opened:,.2f} {found.unit}")
    options = ", ".join(dict.fromkeys(row["options"] for row in shut if row["options"]))
    built = f". An option builds it: {options} (policy.build)" if options else ""
    return f"{why}. {has[:1].upper()}{has[1:]}{built}"


def _held(found: Explanation, hold: dict[Any, Any]) -> Iterator[str]:
    free = hold["without_free"]
    bare = f", and {free:,.2f} {found.unit} even at a tariff of 0" if free == free else ""
    yield f"Without {hold['name']} {_number(found)[0]} would have {hold['without']:,.2f} {found.unit}{bare}"


def _step(found: Explanation, step: dict[Any, Any]) -> str:
    it, has, _ = _number(found)
    low, high = sorted((step["before"], step["after"]))
    level_known = step["at"] == step["at"]
    if not step["change"] and (step["at"] == step["to"] or not level_known):
        return (f"As it is, any volume from {low:,.2f} to {high:,.2f} {found.unit} earns the same; with a "
                f"{'higher' if step['side'] == 'above' else 'lower'} {step['what']} {it} {has} {step['after']:,.2f}")
    if level_known:
        ends = (step["at"], step["to"])[: 1 if abs(step["to"] - step["at"]) < 0.005 else 2]
        level = (f"{step['side']} {' to '.join(in_digits(end, ',.2f') for end in ends)} {found.money} "
                 f"({in_digits(step['change'], '+,.2f')})")
    elif found.target.startswith("route:"):  # a rebate, of which there is none as it is
        level = f"{step['side']} {in_digits(step['change'], '+,.2f')} {found.money}"
    else:  # the figures differ from one another, and only the move that is theirs together can be told
        level = (f"{'raised' if step['change'] > 0 else 'lowered'} by more than "
                 f"{in_digits(abs(step['change']), ',.2f')} {found.money}")
    moved = [f"{what} {step[key]}" for key, what in (("enters", "more goes by"), ("leaves", "less by")) if step[key]]
    return (f"With the {step['what']} {level} {it} {has} {step['after']:,.2f} {found.unit} instead of "
            f"{step['before']:,.2f}{': ' if moved else ''}{'; '.join(moved)}")
