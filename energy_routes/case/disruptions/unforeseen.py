"""Events that nobody foresaw: which edits they are made of, which months they last, which groups they hit.

In a case of months a group that an event does not hit can carry only so much more than planned (``ramps``).  The
reference that it is held against is the plan of the same case without the edits of the event.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from energy_routes.case.case import Case
from energy_routes.case.disruptions.hit import groups_hit


@dataclass(frozen=True)
class Unforeseen:
    """An event: its ``name``, the months that it lasts in their order, and the (kind, group) that it hits."""

    name: str
    months: tuple[str, ...]
    hit: frozenset[tuple[str, str]]


def unforeseen(case: Case) -> tuple[Unforeseen, ...]:
    """The events of a case that ramps hold for, in the order of its edits.

    None in a case of years, where everybody has time, nor where no pack has ramps.
    """
    return tuple(_event(case, name) for name in unforeseen_names(case))


def unforeseen_names(case: Case) -> tuple[str, ...]:
    """The names of those events."""
    names = tuple(dict.fromkeys(edit.event for edit in case.edits if edit.event))
    ramps = names and all(period.month for period in case.periods) and not case.network.tables["ramps"].empty
    return names if ramps else ()


def event_months(case: Case, name: str) -> tuple[str, ...]:
    """The labels of the periods that an event lasts."""
    edits = (edit for edit in case.network.edits if edit.event == name)
    at = {place for edit in edits for place in edit.holds_in(case.periods)}
    return tuple(case.periods[place].label for place in sorted(at))


def ramped(case: Case) -> bool:
    """Whether some event of the case has ramps."""
    return bool(unforeseen_names(case))


def plain(case: Case) -> bool:
    """Whether a case is one linear programme that nothing has to be solved for beforehand but exports that are held.

    One whose ``policy.plain`` is a linear programme, too, where an event is unforeseen: its ramps rest on other plans.
    """
    return case.policy.plain and not ramped(case)


def without_event(case: Case, name: str) -> Case:
    """The case without the edits of an event."""
    network = case.network
    kept = tuple(edit for edit in network.edits if edit.event != name)
    return replace(case, name=f"{case.name} without {name}", network=replace(network, edits=kept))


def _event(case: Case, name: str) -> Unforeseen:
    edits = [edit for edit in case.edits if edit.event == name]
    hit = groups_hit(without_event(case, name).network, edits, case.periods)
    return Unforeseen(name, event_months(case, name), hit)
