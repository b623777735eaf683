"""Options that would be without effect beside others: they are refused before a verb begins."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import typer
from typer.core import TyperCommand

from energy_routes.cli.guard import guarded
from energy_routes.errors import UsageError


class Idle(NamedTuple):
    """Parameters of a verb without effect where none (``beside`` False) or any (True) of others is given, and why."""

    names: tuple[str, ...]
    beside: bool
    others: tuple[str, ...]
    why: str


JOBS = Idle(("jobs",), False, ("draws",), "processes solve draws")
LANGUAGE = Idle(("lang",), False, ("map_",), "it is the language of the map")
RULES: Mapping[str, tuple[Idle, ...]] = MappingProxyType({
    "solve": (JOBS, Idle(("units",), True, ("as_json",), "JSON has units of its own")),
    "map": (JOBS, Idle(("draws",), True, ("months",), "draws are of the whole horizon")),
    "report": (JOBS,),
    "compare": (JOBS, Idle(("groups",), False, ("explain", "expand"), "it is about inputs that explain a change")),
    "frontier": (
        Idle(("start", "stop", "unit", "samples", "tolerance", "draws", "jobs", "out", "plot", "map_", "lang"), True,
             ("budget",), "the lowest share is one number, not a curve"),
        JOBS, LANGUAGE),
    "stress": (LANGUAGE,),
    "ranging": (Idle(("top",), True, ("all_",), "every row is printed"),),
    "regret": (Idle(("premium", "spot"), False, ("book",), "the first case says what its bookings cost"),),
    "sweep": (
        Idle(("plot", "picture", "answer", "jobs", "dask", "resume"), True, ("replay",),
             "one row is solved again and printed as JSON"),
        Idle(("picture",), False, ("plot",), "it says what to draw")),
    "expand": (Idle(("steps",), True, ("budget",), "the budgets are listed"),),
    "bargain": (Idle(("seed",), False, ("draws",), "it is that of the draws"),),
    "init": (Idle(("model",), True, ("empty",), "an empty workbook is of no model"),),
})  # fmt: skip


class Verb(TyperCommand):
    """A verb that refuses an option without effect, with the words and the exit code of our errors."""

    def invoke(self, ctx: Any) -> Any:
        """Run the verb with what was given."""
        guarded(_refuse_idle)(ctx)
        return super().invoke(ctx)


def _refuse_idle(ctx: typer.Context) -> None:
    """Raise UsageError for the first option that was given and has no effect beside, or without, another."""
    options = {str(one.name): max(one.opts, key=len) for one in ctx.command.params}
    for rule in RULES.get(ctx.info_name or "", ()):
        present = [options[name] for name in rule.others if _given(name, ctx.params[name])]
        if bool(present) != rule.beside:
            continue
        for name in rule.names:
            source = ctx.get_parameter_source(name)
            if source is not None and source.name == "COMMANDLINE":
                missing = " or ".join(options[other] for other in rule.others)
                where = f"with {present[0]}" if present else f"without {missing}"
                repair = "Leave one of the two out." if present else f"Add {missing}, or leave {options[name]} out."
                raise UsageError(f"{options[name]} has no effect {where}: {rule.why}. {repair}")


def _given(name: str, value: object) -> bool:
    """Whether an option asks for something; to replay row 0 does, and 0 draws do not."""
    return bool(value) or (name == "replay" and value is not None)
