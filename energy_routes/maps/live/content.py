"""What the map that solves knows: the content of a map of the start, and what its panel needs beside it."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from energy_routes.answer import SEEN, SLIGHT, SLIGHT_MONEY, TOLD, Words, answered, doubtful
from energy_routes.maps.data import style
from energy_routes.maps.data.payload import words_of
from energy_routes.maps.data.spans import spans_of
from energy_routes.maps.live.levers import levers_of
from energy_routes.maps.live.model_file import model_of
from energy_routes.maps.live.packed import packed
from energy_routes.maps.live.programme import Programme, programme_of
from energy_routes.maps.page.content import MOST_ROUTES, content
from energy_routes.maps.page.html import Parts, as_json, joined
from energy_routes.network import Names
from energy_routes.plan import Plan

HERE = Path(__file__).parent
PHRASES = ("answer.", "live.")  # of which the page makes its sentence, and its panel
SAME = 9  # level of compression


def live_content(plan: Plan, *, period: str | None = None, lang: str = "en",
                 levers: Sequence[str] = ()) -> tuple[dict[str, Any], Parts]:
    """The content of the page that solves, and its parts beside the JSON: the solver and the programme, as text.

    Raises UsageError as :func:`levers_of` and :func:`programme_of`.
    """
    words = words_of(plan, lang)
    programme = programme_of(plan, levers_of(plan, words, levers), words)
    told = content(plan, other=plan, period=period, lang=lang, every=True)
    told["plans"][1]["moved"] = told["plans"][1]["finding"]  # until a lever is moved the answer is that of the plan
    solving = programme.content
    told["words"] |= words.part(*PHRASES)
    told["live"] = {
        "levers": [{key: lever[key] for key in ("path", "name", "unit", "low", "high", "step", "start", "kind",
                                                "percent", "relaxed", "policy", "whole")}
                   | {"needs": lever.get("needs", [])} for lever in solving["levers"]],
        "spans": _spans(plan), "years": [period.years for period in plan.case.periods],
        **_places(programme, told, solving), "limits": _limits(programme, told, words),
        "subjects": _subjects(plan, solving, words), "carriage": solving["carriage"], "model": model_of(plan.case),
        "base": plan.case.name, "routes": MOST_ROUTES, "columns": len(solving["start"]) - 1,
        "changes": {"seen": SEEN, "told": TOLD, "slight": SLIGHT, "money": SLIGHT_MONEY},
        "binding": {"utilisation": style.BINDING_UTILISATION, "price": style.BINDING_PRICE},
    }  # fmt: skip
    parts = solver()
    return told, replace(parts, held={"programme": squeezed(as_json(solving).encode("utf-8")), **parts.held})


def squeezed(data: bytes) -> str:
    """Bytes gzipped, as text; the same bytes give the same text."""
    return base64.b64encode(gzip.compress(data, SAME, mtime=0)).decode("ascii")


@cache
def solver() -> Parts:
    """HiGHS as it is vendored, and the script that solves with it: HiGHS' own and ours, as one."""
    wasm = base64.b64encode((HERE / "vendor" / "highs.wasm.gz").read_bytes()).decode("ascii")
    highs = gzip.decompress((HERE / "vendor" / "highs.js.gz").read_bytes()).decode("utf-8")
    script = f"{highs}\n{joined('solver', HERE / 'web' / 'js')}"
    return Parts({"wasm": wasm, "solver": squeezed(script.encode("utf-8"))}, script)


def _spans(plan: Plan) -> list[list[int]]:
    """The numbers of the periods of each span."""
    place = {period.label: at for at, period in enumerate(plan.case.periods)}
    return [[place[label] for label in span.labels[0]] for span in spans_of([plan, plan])]


def _places(programme: Programme, told: Mapping[str, Any], solving: Mapping[str, Any]) -> dict[str, Any]:
    """Where the page finds its arcs, corridors and families among the read-outs; −1 where they are not.

    ``capacity`` has the row of each arc's capacity by period, flat.
    """
    blocks = _numbered(solving)
    periods = {period["label"]: at for at, period in enumerate(solving["periods"])}
    arcs = {arc["id"]: at for at, arc in enumerate(told["arcs"])}
    program = programme.structure.program
    rows = np.full((len(arcs), len(periods)), -1, dtype=np.int64)
    for block in program.rows:
        if block.name == "capacity":
            start, frame = program.row_slice("capacity").start, block.axis.frame
            for at, (arc, period) in enumerate(zip(frame["arc"], frame["period"], strict=True)):
                if arc in arcs:
                    rows[arcs[arc], periods[period]] = start + at
    return {
        "arcs": [blocks["arc"].get(arc, -1) for arc in arcs], "capacity": packed(rows.ravel()),
        "corridors": {one["id"]: blocks["group"].get(f"corridor:{one['corridor']}:{one['family']}", -1)
                      for one in told["corridors"]},
        "exports": blocks["export"], "homes": blocks["home"],
    }  # fmt: skip


def _numbered(solving: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """The number of each label, by block of read-outs."""
    return {name: {label: at for at, label in enumerate(block["labels"])}
            for name, block in solving["readouts"].items()}  # fmt: skip


def _limits(programme: Programme, told: Mapping[str, Any], words: Words) -> list[dict[str, Any]]:
    """What each limit is called, and where it stands on the map; one whose bound is an estimate says so."""
    case = programme.case
    unsure = frozenset().union(*doubtful(case).values())
    tables, names = case.network.tables, Names(case.network.tables)
    arcs = {arc["id"]: at for at, arc in enumerate(told["arcs"])}
    terms = tables["limit_terms"]
    family = {arc["id"]: arc["family"] for arc in told["arcs"]}
    nodes = dict(zip(tables["markets"]["id"], tables["markets"]["node"], strict=True))
    sales = programme.space.delivered.axis.frame
    sold = dict(zip(sales["market"], sales["family"], strict=True))
    out = []
    for limit in programme.content["limits"]:
        key, kind = limit["id"], limit["kind"]
        if kind == "capacity":
            own = {"name": names.arc.get(key, key), "family": family.get(key, ""), "arcs": [arcs.get(key, -1)]}
        elif kind == "joint":
            of = [arcs[arc] for arc in dict.fromkeys(terms.loc[terms["limit"] == key, "arc"]) if arc in arcs]
            own = {"name": names.limit.get(key, key), "arcs": of,
                   "family": told["arcs"][of[0]]["family"] if of else ""}
        else:
            own = {"name": f"{names.market.get(key, key)}, tier {limit['tier']}", "node": nodes.get(key, ""),
                   "family": sold.get(key, "")}
        name = words.name(own["name"])
        if kind != "market" and (kind, key) in unsure:
            name = words("answer.estimate", name=name)
        out.append({"id": key, "kind": kind, "rows": packed(limit["rows"]), "periods": packed(limit["periods"]),
                    **own, "name": name})
    return out


def _subjects(plan: Plan, solving: Mapping[str, Any], words: Words) -> list[dict[str, Any]]:
    """What the sentence is about: a read-out each, with its texts (the number and the unit still open)."""
    blocks = _numbered(solving)
    out = []
    fates = answered(plan).fates
    leading = list({fate.family: fate for fate in reversed(fates)}.values())  # the first of each family
    for fate in sorted(fates, key=lambda fate: fate not in leading):
        kind, _, key = fate.target.partition(":")
        block, label = ("arc", key) if kind == "arc" else ("group", f"{kind}:{key}:{fate.family}")
        if label not in blocks[block] or fate.phrase not in ("carry", "cross", "take"):
            continue
        unit = words.unit(fate.unit)
        texts = {told: words.of_name(f"answer.{fate.phrase}.{told}", fate.name,
                                     **({} if told == "nothing" else {"volume": "{volume}", "unit": unit}))
                 for told in ("some", "nothing")}  # fmt: skip
        out.append({"block": block, "at": blocks[block][label], "name": words.name(fate.name), "unit": unit,
                    **texts})
    return out
