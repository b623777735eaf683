"""The case of a page as a model file would state it: what it extends, and what it says otherwise."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from energy_routes.case import BOUNDS, LEVERS, Amount, Build, Case, Choice, load
from energy_routes.errors import EnergyRoutesError
from energy_routes.network import Edit


def model_of(case: Case) -> dict[str, Any] | None:
    """The model that a saved file extends, the levers of its policy, and its edits; None where no file can say it.

    A model that is no bundled one is extended by its name, from the folder that it stands in.
    """
    try:
        base: Case | None = load(case.name)
    except EnergyRoutesError:
        base = None
    if base is not None and (base.periods, base.network.packs) != (case.periods, case.network.packs):
        return None
    known = () if base is None else base.network.edits
    own = case.network.edits
    more = own[len(known):] if base is not None and own[: len(known)] == known else own if base is not None else ()
    told = [_told(edit) for edit in more]
    policy = _policy(case, base)
    if policy is None or None in told or (base is not None and own[: len(known)] != known):
        return None
    return {"extends": case.name, "policy": policy, "edits": told, "waived": case.policy.build is None}


def _policy(case: Case, base: Case | None) -> dict[str, Any] | None:
    """The levers that the case has otherwise than its model; None where one is neither bounds, a number nor a word."""
    out: dict[str, Any] = {}
    for lever in fields(case.policy):
        value, kind = getattr(case.policy, lever.name), LEVERS[lever.name]
        if value == (lever.default if base is None else getattr(base.policy, lever.name)):
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
        elif base is not None:
            return None
    return out


def _told(edit: Edit) -> dict[str, Any] | None:
    """An edit as its words were written: ``set 5 Mt/y``."""
    operation, _, rest = edit.told.partition(" ")
    number, _, unit = rest.partition(" ")
    try:
        value = float(number)
    except ValueError:
        return None
    return {"target": edit.target, "field": edit.field, "op": operation, "value": value, "unit": unit,
            "periods": list(edit.periods)}
