"""What could be built, as a question asks for it: which options, what each costs a year, and the arcs that they open.

One rate and one formula turn capital into a yearly charge: capex × (CRF + opex share), CRF = r / (1 − (1 + r)^−n).
At 10 % over 25 years CRF is 0.11017; with 3 % of opex the Trans-Anatolian pipeline at 11.7 bn USD for 16 bcm a year
comes to 102.5 USD/1000 m3, against the 102 of its treaty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from energy_routes.case.policy.levers import ALL, Build
from energy_routes.errors import UsageError
from energy_routes.network import Edit, Network
from energy_routes.pack import Period, offered

BY_OPTION = "option:"  # what stands as the source of an edit that an option makes


def chosen(tables: Mapping[str, pd.DataFrame], build: Build | None) -> tuple[str, ...]:
    """The options that a plan may build, in table order.

    Raises UsageError where a name is unknown, a required option is not among them, the pack has none at all, or units
    that are to stand are more than there are, or part of a project.
    """
    if build is None:
        return ()
    known = list(tables["options"]["id"])
    if not known:
        raise UsageError("policy.build: this pack has no options to build (no table options)")
    if build.options == (ALL,):
        return tuple(known)
    for name in (*build.options, *(build.built or ())):
        if name not in known:
            raise UsageError(f"policy.build: {name!r} is not an option of this pack. {offered(name, known)}")
    needs = dict(zip(tables["options"]["id"], tables["options"]["requires"], strict=True))
    for name in build.options:
        if absent := [other for other in needs[name] if other not in build.options]:
            raise UsageError(
                f"policy.build.options: {name!r} needs {', '.join(map(repr, absent))}, which cannot be built here. "
                "List it, too."
            )
    for option in tables["options"].to_dict("records"):
        units = (build.built or {}).get(str(option["id"]), 0.0)
        if units > option["units"] or (option["kind"] == "project" and units != int(units)):
            kind = "whole number" if option["kind"] == "project" else "number"
            raise UsageError(f"policy.build.built.{option['id']} = {units:g}; expected a {kind} of units, "
                             f"{option['units']} at most")
    return tuple(name for name in known if name in build.options)


def effects_of(tables: Mapping[str, pd.DataFrame], options: Sequence[str]) -> pd.DataFrame:
    """The effects of some options: their rows of ``option_effects``, with ``word`` and ``id`` of the target."""
    effects = tables["option_effects"]
    frame = effects[effects["option"].isin(list(options))]
    parts = [target.partition(":") for target in frame["target"]]
    return frame.assign(word=[word for word, _, _ in parts], id=[name for _, _, name in parts])


def opened_by_options(edits: Iterable[Edit], field: str = "status") -> set[str]:
    """The arcs of which an option has set a field: all that options open, of their tariff those that had none."""
    return {edit.id for edit in edits if edit.field == field and edit.source.startswith(BY_OPTION)}


def opening_edits(network: Network, options: Sequence[str], periods: Sequence[Period]) -> tuple[Edit, ...]:
    """The edits by which options open arcs: operating, capacity 0 (what is built comes on top), operating tariff.

    Raises UsageError where an edit has opened such an arc already: it then pays its full tariff, capital included.
    """
    status = network.tables["arcs"].set_index("id")["status"]
    effects = effects_of(network.tables, options)
    edits: list[Edit] = []
    for arc, rows in effects[effects["word"] == "arc"].groupby("id", sort=False):
        made = [e for e in network.edits if (e.table, e.id) == ("arcs", arc)]
        if status[arc] == "operating" or any(e.source.startswith(BY_OPTION) for e in made):
            continue
        names = list(rows["option"])
        if [e.value for e in made if e.field == "status"][-1:] == ["operating"]:
            raise UsageError(
                f"arc {arc!r} is opened by an edit and by the option {names[0]!r}: its tariff would pay for its "
                "capital, and the option once more. Drop the edit, or the option from policy.build.options."
            )
        stated = rows["tariff"].dropna()
        changes: list[tuple[str, float | str]] = [("status", "operating"), ("capacity", 0.0)]
        if not any(e.field == "tariff" for e in made):
            changes.append(("tariff", float(stated.max()) if len(stated) else 0.0))
        reason = f"opened by {', '.join(names)}: capacity is what is built, and capital is not in the tariff"
        edits += [
            Edit("arcs", str(arc), field, "set", value, (), reason, f"{BY_OPTION}{names[0]}", f"set {value}")
            for field, value in changes
        ]
    return tuple(edits)
