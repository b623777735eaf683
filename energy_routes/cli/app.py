"""The verbs, each imported when it is asked for, so that ``--help`` answers at once."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from inspect import getdoc
from shutil import get_terminal_size
from types import MappingProxyType
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

import energy_routes as er
from energy_routes.cli.guard import guarded
from energy_routes.cli.idle import Verb

NARROWEST, WIDEST = 40, 100  # columns of the help: some words are longer, and in fewer than three click fails

# In the order of the help: a verb, and the function behind it.
VERBS = MappingProxyType({
    "models": "energy_routes.cli.verbs.packs:models",
    "check": "energy_routes.cli.verbs.packs:check",
    "solve": "energy_routes.cli.verbs.solving:solve",
    "map": "energy_routes.cli.verbs.saved:map_",
    "report": "energy_routes.cli.verbs.saved:report",
    "export": "energy_routes.cli.verbs.solving:export",
    "init": "energy_routes.cli.verbs.packs:init",
    "formulation": "energy_routes.cli.verbs.packs:formulation_",
    "verify": "energy_routes.cli.verbs.saved:verify",
    "doctor": "energy_routes.cli.verbs.packs:doctor",
    "compare": "energy_routes.cli.verbs.saved:compare",
    "frontier": "energy_routes.cli.verbs.studying:frontier",
    "stress": "energy_routes.cli.verbs.studying:stress",
    "alternatives": "energy_routes.cli.verbs.studying:alternatives",
    "explain": "energy_routes.cli.verbs.studying:explain",
    "ranging": "energy_routes.cli.verbs.studying:ranging",
    "tariff": "energy_routes.cli.verbs.gaining:tariff",
    "regret": "energy_routes.cli.verbs.weighing:regret",
    "sweep": "energy_routes.cli.verbs.weighing:sweep",
    "expand": "energy_routes.cli.verbs.expanding:expand",
    "bargain": "energy_routes.cli.verbs.gaining:bargain",
    "schedule": "energy_routes.cli.verbs.desk:schedule",
    "netbacks": "energy_routes.cli.verbs.desk:netbacks",
    "sources": "energy_routes.cli.verbs.sourcing:sources",
})  # fmt: skip


class Verbs(TyperGroup):
    """The commands of the table; a verb's module is imported when the verb is called or its help is wanted."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = {verb: TyperCommand(verb) for verb in VERBS}  # names alone, to list and to suggest

    def get_command(self, ctx: object, cmd_name: str) -> Any:
        """The command of a verb, None where there is no such verb."""
        if cmd_name not in VERBS:
            return None
        verb = typer.Typer(add_completion=False, rich_markup_mode=None)
        verb.command(cmd_name, cls=Verb)(guarded(_function(cmd_name)))
        return typer.main.get_command(verb)

    def format_commands(self, ctx: object, formatter: Any) -> None:
        """The list of verbs in the help; their options, which take longer to make, are not in it."""
        width = formatter.width - 6 - max(map(len, VERBS))
        rows = [(verb, TyperCommand(verb, help=getdoc(_function(verb))).get_short_help_str(width)) for verb in VERBS]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def _function(verb: str) -> Callable[..., None]:
    """The function behind a verb; its module is imported."""
    module, _, function = VERBS[verb].partition(":")
    return getattr(import_module(module), function)  # type: ignore[no-any-return]


app = typer.Typer(
    name="energy-routes",
    cls=Verbs,
    help="Choose how Kazakhstan's oil and gas should reach world markets.",
    epilog="Exit codes: 0 ok, 1 internal error, 2 usage, 3 input invalid, 4 infeasible, 5 unbounded, 6 limit reached, "
    "7 solver missing or failed, 8 verification failed, 9 plans differ, 130 interrupted.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": WIDEST,
                      "terminal_width": max(NARROWEST, min(get_terminal_size().columns, WIDEST)) - 2},
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"energy-routes {er.__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Choose how Kazakhstan's oil and gas should reach world markets."""
