"""The case of a page as a model file would state it: what it extends, and what it says otherwise."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from energy_routes.case import BOUNDS, LEVERS, Amount, Build, Case, Choice, load
from energy_routes.errors import EnergyRoutesError
from energy_routes.network import Edit


def model_of(case: Case) -> dict[str, Any] | None:
    """The model that a saved file extends, the levers of its policy, and its edits; None where no file can say it.

    A model is extended by its name: one that is not bundled from the folder that it stands in.
    """
    base = _stated(case)
    if base is None or (base.periods, base.network.packs) != (case.periods, case.network.packs):
        return None
    known = len(base.edits)
    policy = _policy(case, base)
    if policy is None or case.edits[:known] != base.edits:
        return None
    edits = [_told(edit) for edit in case.edits[known:]]
    return {"extends": base.name, "policy": policy, "edits": edits, "waived": case.policy.build is None}


def _stated(case: Case) -> Case | None:
    """The model without its scenarios and changes; of a saved result the bundled one of that name, if there is one."""
    try:
        return case.stated or load(case.name)
    except EnergyRoutesError:
        return None


def _policy(case: Case, base: Case) -> dict[str, Any] | None:
    """The levers that the case has otherwise than its model; None where one is neither bounds, a number nor a word."""
    out: dict[str, Any] = {}
    for lever in fields(case.policy):
        value, kind = getattr(case.policy, lever.name), LEVERS[lever.name]
        if value == getattr(base.policy, lever.name):
            continue
        if lever.name in BOUNDS:
            key = BOUNDS[lever.name].keys[0]
            out[lever.name] = {bound.name: {key: bound.level} | (
                {} if bound.over == "horizon" else {"over": bound.over}) for bound in value}
        elif isinstance(kind, Amount | Choice):
            out[lever.name] = "none" if value is None else value
        elif isinstance(value, Build):
            out[lever.name] = {part.name: "none" if (own := getattr(value, part.name)) is None else own
                               for part in fields(value) if part.name != "options" or value.built is None}
        else:
            return None
    return out


def _told(edit: Edit) -> dict[str, Any]:
    """An edit as its words were written: ``set 5 Mt/y``, ``set idle``."""
    operation, _, rest = edit.told.partition(" ")
    number, _, unit = rest.partition(" ")
    value: float | str
    try:
        value = float(number)
    except ValueError:
        value, unit = rest, ""
    return {"target": edit.target, "field": edit.field, "op": operation, "value": value, "unit": unit,
            "periods": list(edit.periods)}
