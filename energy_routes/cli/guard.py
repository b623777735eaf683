"""How a command ends: its exit code, and a message instead of a traceback."""

from __future__ import annotations

import contextlib
import errno
import functools
import os
import sys
import traceback
from collections.abc import Callable
from typing import Any, TypeVar

import typer

from energy_routes.cli.streams import INTERRUPTED, undo_on_interrupt
from energy_routes.errors import EnergyRoutesError, InfeasibleError
from energy_routes.pack import printable

Verb = TypeVar("Verb", bound=Callable[..., None])
INTERNAL, USAGE = 1, 2
# A place that cannot be read or written: full, forbidden, gone, or a name that no file can have.
PLACE_ERRORS = (
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.ENOTDIR,
    errno.ENAMETOOLONG, errno.ELOOP,
)  # fmt: skip


def guarded(verb: Verb) -> Verb:
    """The verb, ending with the exit code of what went wrong and one message on stderr.

    Our own errors carry their code; Ctrl-C is 130; a reader that closed the pipe is no error; anything else is ours to
    mend (1).  ``--debug`` shows the trace.
    """

    @functools.wraps(verb)
    def run(*args: Any, **kwargs: Any) -> None:
        undo_on_interrupt()
        try:
            try:
                verb(*args, **kwargs)
                sys.stdout.flush()
            except (typer.Exit, typer.Abort, SystemExit, KeyboardInterrupt):
                raise
            except BaseException as error:
                raise typer.Exit(ended(error, bool(kwargs.get("debug")))) from None
        except KeyboardInterrupt:  # of the verb, or while a conflict is sought
            _say("Interrupted: nothing was written.")
            raise typer.Exit(INTERRUPTED) from None

    return run  # type: ignore[return-value]


def ended(error: BaseException, debug: bool = False) -> int:
    """Tell an error and give its exit code."""
    if isinstance(error, BrokenPipeError):
        # Stdout points to nowhere from here on, so that the interpreter does not fail again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    if debug:
        traceback.print_exception(error)
    if isinstance(error, EnergyRoutesError):
        _say(f"Error: {error}")
        if isinstance(error, InfeasibleError):
            _tell_conflict(error)
        return error.exit_code
    if isinstance(error, OSError) and error.errno in PLACE_ERRORS:
        _say(f"Error: {error.filename or 'stdout'}: {error.strerror}. Free some space or choose another place.")
        return USAGE
    if isinstance(error, MemoryError):
        _say("Error: out of memory. Ask a smaller question: fewer periods, or years instead of months.")
        return INTERNAL
    _say(f"Internal error: {type(error).__name__}: {error}\nThis is a fault of energy-routes. --debug shows the trace.")
    return INTERNAL


TOGETHER = "These limits contradict each other: without any one of them, the rest of them can be kept."
ALONE = "This limit cannot be kept, even by itself."


def _tell_conflict(error: InfeasibleError) -> None:
    """Beside the repairs: limits that contradict each other; a limit of many periods in one line."""
    try:
        members = error.conflict
    except EnergyRoutesError as unknown:
        return _say(f"Which limits contradict each other is not known: {unknown}")
    if not members:
        return
    _say(f"{ALONE if len(members) == 1 else TOGETHER} Other limits of the case may stand in the way as well:")
    limits: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for one in members:
        limits.setdefault((one["name"], one["side"]), []).append(one)
    for first, *others in limits.values():
        more = f"; likewise in {len(others)} more, the last {others[-1]['period']}" if others else ""
        _say(f"  {first['words']}{more}")


def _say(text: str) -> None:
    with contextlib.suppress(OSError):  # nobody listens any more
        print("\n".join(printable(line, len(line)) for line in text.split("\n")), file=sys.stderr)
