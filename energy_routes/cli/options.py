"""The options that several verbs share, and the case that they ask for."""

from __future__ import annotations

import logging
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from energy_routes.errors import UsageError

if TYPE_CHECKING:
    from energy_routes.case import Case

Model = Annotated[str, typer.Argument(metavar="MODEL", help="A bundled model's name, or a path to a .toml.")]
Scenarios = Annotated[
    list[str] | None,
    typer.Option("--scenario", metavar="NAME", help="Lay a scenario of the model over it; repeatable."),
]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="PATH=VALUE",
        help="Change one number: policy.max_share.transit:RU=0.8, 'arc:BTC.capacity=5 Mt/y'; repeatable.",
    ),
]  # fmt: skip
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON to stdout instead of tables.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No words on stderr but errors.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Tell on stderr what is done.")]
Lang = Annotated[str, typer.Option("--lang", metavar="en|ru|kk", help="Language of the words on it.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the trace of an error.")]
Solver = Annotated[str, typer.Option(metavar="NAME", help="highs (embedded), or any solver that PuLP finds: cbc …")]
Seed = Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Seed of the solver; the plan does not depend on it.")]
TimeLimit = Annotated[float | None, typer.Option("--time-limit", metavar="SECONDS", min=0.001, help="Stop after this.")]


def ask(model: str, scenarios: list[str] | None, sets: list[str] | None) -> Case:
    """The case of a model with scenarios and single numbers laid over it, in the order given."""
    from energy_routes.loading import load

    pairs = [_pair(text) for text in sets or []]
    case = load(model, scenarios or [])
    for path, value in pairs:
        case = case.set(path, value)
    return case


def _pair(text: str) -> tuple[str, str]:
    path, equals, value = text.partition("=")
    if not (path.strip() and equals and value.strip()):
        raise UsageError(f"--set {text!r} is not PATH=VALUE, such as policy.max_share.transit:RU=0.8")
    return path.strip(), value.strip()


def say(text: str, quiet: bool = False) -> None:
    """A line for people, on stderr."""
    if not quiet:
        print(text, file=sys.stderr)


def busy(text: str, quiet: bool = False) -> AbstractContextManager[Any]:
    """A spinner on stderr while something takes its time; nothing where stderr is not a terminal."""
    if quiet or not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console

    return Console(stderr=True).status(text)


def listen(verbose: bool) -> None:
    """With ``--verbose``, let the package's log speak on stderr."""
    if verbose:
        logging.basicConfig(stream=sys.stderr, format="%(relativeCreated)6.0f ms  %(name)s: %(message)s")
        logging.getLogger("energy_routes").setLevel(logging.DEBUG)


def is_saved(path: str) -> bool:
    """Whether an argument names a saved result rather than a model."""
    return (Path(path) / "run.json").is_file()
