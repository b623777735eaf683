"""The options that several verbs share, and the case that they ask for."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from energy_routes.answer import VARIABLE
from energy_routes.errors import UsageError

if TYPE_CHECKING:
    from energy_routes.case import Case
    from energy_routes.plan import Plan

Model = Annotated[str, typer.Argument(metavar="MODEL", help="A bundled model's name, or a path to a .toml.")]
Scenarios = Annotated[
    list[str] | None,
    typer.Option("--scenario", metavar="NAME", help="Apply a scenario of the model; may be repeated."),
]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="PATH=VALUE",
        help="Change one figure: policy.max_share.transit:RU=0.8, policy.min_exposure.corridor:BTC=2, "
             "'arc:BTC.capacity=5 Mt/y'; may be repeated.",
    ),
]  # fmt: skip
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON to stdout instead of tables.")]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print only errors on stderr; solve prints only its answer on stdout.")
]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Print each step on stderr.")]
Lang = Annotated[str, typer.Option("--lang", metavar="en|ru|kk", help="Language of the texts.")]


def _own_words(folder: Path | None) -> Path | None:
    """Make a folder of the reader's own the one that words are taken from, wherever a language is asked for."""
    if folder is not None:
        os.environ[VARIABLE] = str(folder)
    return folder


OwnWords = Annotated[
    Path | None,
    typer.Option("--words", metavar="DIR", help="Folder with your own texts, names and borders.", callback=_own_words),
]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
Solver = Annotated[str, typer.Option(metavar="NAME", help="highs (embedded), or any solver that PuLP finds: cbc …")]
Seed = Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Seed of the solver; the plan does not depend on it.")]
TimeLimit = Annotated[
    float | None, typer.Option("--time-limit", metavar="SECONDS", min=0.001, help="Stop after this many seconds.")
]
Deck = Annotated[
    Path | None, typer.Option("--deck", metavar="FILE", help="Your own prices instead of the pack's: .csv or .xlsx.")
]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="MONTH", help="Plan from this month on; needs --actuals.")
]
Actuals = Annotated[
    Path | None, typer.Option("--actuals", metavar="FILE", help="Actual volumes before --as-of: .csv or .xlsx.")
]


def ask(
    model: str,
    scenarios: list[str] | None,
    sets: list[str] | None,
    *,
    deck: Path | None = None,
    as_of: str | None = None,
    actuals: Path | None = None,
) -> Case:
    """The case of a model with scenarios and single numbers laid over it, in the order given; then from a month on."""
    from energy_routes.case import load

    if (as_of is None) != (actuals is None):
        raise UsageError("--as-of and --actuals go together: the first month to plan, and the volumes before it")
    pairs = [_pair(text) for text in sets or []]
    _refuse_twice(pairs)
    case = load(model, scenarios or [])
    if deck:
        case = case.with_deck(deck)
    for path, value in pairs:
        case = case.set(path, value)
    if as_of is None or actuals is None:
        return case
    from energy_routes.case import replan

    return replan(case, as_of, actuals)


def solved(target: str, scenarios: list[str] | None, sets: list[str] | None, quiet: bool, **laid: Any) -> Plan:
    """The plan of a saved result, or of a model as :func:`ask` lays it out.  Raises UsageError for options of both."""
    if is_saved(target):
        if scenarios or sets or any(value is not None for value in laid.values()):
            raise UsageError(f"{target} is a saved result and cannot be changed; give a model to use these options")
        from energy_routes.results import load

        return load(target)
    case = ask(target, scenarios, sets, **laid)
    from energy_routes.solving import solve

    with busy(f"Solving {case.name} …", quiet):
        return solve(case)


def _pair(text: str) -> tuple[str, str]:
    path, equals, value = text.partition("=")
    if not (path.strip() and equals and value.strip()):
        raise UsageError(f"--set {text!r} is not PATH=VALUE, such as policy.max_share.transit:RU=0.8")
    return path.strip(), value.strip()


def _refuse_twice(pairs: list[tuple[str, str]]) -> None:
    """Raise UsageError where two of ``--set`` are for one path: the first would be without effect."""
    seen: dict[str, str] = {}
    for path, value in pairs:
        plain = path.removeprefix("policy.")
        if plain.startswith("joint:"):
            plain = f"limit:{plain.removeprefix('joint:')}"
        if plain in seen:
            raise UsageError(f"--set {path} is given twice, as {seen[plain]} and as {value}; drop one of the two")
        seen[plain] = value


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
