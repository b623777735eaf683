"""How a verb ends: what it found is printed, saved and drawn, and people are told so on stderr."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from energy_routes import maps
from energy_routes.pack import written

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from energy_routes.studies import Study


def say(text: str, quiet: bool = False) -> None:
    """A line for people, on stderr."""
    if not quiet:
        print(text, file=sys.stderr)


def say_where(places: dict[str, Path | None], quiet: bool) -> None:
    """A line for each place that was written: ``{"Saved to": folder, "Map in": None}``."""
    for what, place in places.items():
        if place:
            say(f"{what} {place}", quiet)


def print_json(value: object) -> None:
    """A value as JSON on stdout.  Raises ValueError for a number that JSON has not (NaN, infinity)."""
    print(json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False))


def busy(text: str, quiet: bool = False) -> AbstractContextManager[Any]:
    """A spinner on stderr while something takes its time; nothing where stderr is not a terminal."""
    if quiet or not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console

    return Console(stderr=True).status(text)


@contextmanager
def counting(text: str, quiet: bool) -> Iterator[Callable[[int, int | None], None]]:
    """A progress bar on stderr with rate and time left, told (done, of); nothing where stderr is not a terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"),
               TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn())  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(text, total=None, rate="")

        def told(done: int, total: int | None) -> None:
            if total is not None and bar.tasks[0].total is None:  # what is done before counts for no rate
                bar.reset(task, completed=done, total=total)
            bar.update(task, completed=done, total=total)
            bar.update(task, rate=f"{speed:.3g} a second" if (speed := bar.tasks[0].speed) else "")

        yield told


@contextmanager
def writing(file: Path, doing: str, done: str, quiet: bool) -> Iterator[None]:
    """While ``file`` is written a spinner says ``doing``; then a line, ``done``."""
    with busy(f"{doing} {file} …", quiet):
        yield
    say(f"{done} {file}", quiet)


def end_study(found: Study, show: Callable[[], None], *, as_json: bool, out: Path | None, quiet: bool) -> None:
    """Print a study as JSON, or as its tables; save it to a folder, where one was asked for."""
    if as_json:
        print(found.to_json())
    else:
        show()
    if out:
        say(f"Saved to {found.save(out)}", quiet)


def keep_plot(draw: Callable[[], Axes], plot: Path | None, quiet: bool) -> None:
    """Write the picture of a study, where one was asked for."""
    if plot:
        with writing(plot, "Drawing", "Plot in", quiet), written(plot) as new, maps.style.drawing():
            figure = draw().get_figure(root=True)
            assert figure is not None, "axes without a figure"
            figure.savefig(new, dpi=150)


def keep_steps(write: Callable[[Path], object], page: Path | None, quiet: bool) -> None:
    """Solve the steps of a study again and write its map, where one was asked for."""
    if page:
        with writing(page, "Solving the steps of", "Map in", quiet):
            write(page)


def listen(verbose: bool) -> bool:
    """With ``--verbose``, let the package's log speak on stderr."""
    if verbose:
        logging.basicConfig(stream=sys.stderr, format="%(relativeCreated)6.0f ms  %(name)s: %(message)s")
        logging.getLogger("energy_routes").setLevel(logging.DEBUG)
    return verbose
