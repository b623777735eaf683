"""The verbs.  Each imports what it needs when it runs, so that ``--help`` answers at once."""

from __future__ import annotations

from typing import Annotated

import typer

from energy_routes.cli.verbs import desk, expanding, packs, reporting, saved, solving, sourcing, studying, weighing

app = typer.Typer(
    name="energy-routes",
    help="Choose how Kazakhstan's oil and gas should reach world markets.",
    epilog="Exit codes: 0 ok, 1 internal error, 2 usage, 3 input invalid, 4 infeasible, 5 unbounded, 6 limit reached, "
    "7 solver missing or failed, 8 verification failed, 9 comparison differs, 130 interrupted.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100},
)


def _version(wanted: bool) -> None:
    if wanted:
        from energy_routes import __version__

        print(f"energy-routes {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Choose how Kazakhstan's oil and gas should reach world markets."""


for verb in (packs.models, packs.check, solving.solve, saved.map_, reporting.report, solving.export, packs.init,
             packs.formulation, saved.verify, packs.doctor, studying.frontier, studying.stress, weighing.regret,
             expanding.expand, desk.schedule, desk.netbacks, sourcing.sources):  # fmt: skip
    app.command(verb.__name__.rstrip("_"))(verb)
