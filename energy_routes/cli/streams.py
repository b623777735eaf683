"""Before anything else is imported: the three streams stand and take every text, and Ctrl-C ends quietly."""

from __future__ import annotations

import os
import signal
import sys
from io import TextIOWrapper
from types import FrameType

INTERRUPTED = 130


def stand_in() -> None:
    """Open the null device for each of stdin, stdout and stderr that was closed (``>&-``).

    Without it the next file that is opened takes the number of the closed stream, and what is printed goes into it.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free: this one
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, "w" if number else "r", encoding="utf-8", closefd=False))  # noqa: SIM115


def show_all() -> None:
    """Replace what an old terminal's encoding cannot show, instead of failing on the first arrow."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def leave(number: int, frame: FrameType | None) -> None:
    """End at once: while modules are imported nothing is there to be undone."""
    os._exit(INTERRUPTED)


def interrupt(number: int, frame: FrameType | None) -> None:
    """An exception, so that what is half-written goes.

    Where a module is being imported, the end at once: modules in C were seen to swallow the exception.  What is then
    half-written stands in a scratch folder, which the next run clears.
    """
    at = frame
    while at is not None:
        if at.f_code.co_filename.startswith("<frozen importlib"):
            leave(number, frame)
        at = at.f_back
    raise KeyboardInterrupt


def leave_on_interrupt() -> None:
    """Have Ctrl-C end at once, unless it is ignored."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, leave)


def undo_on_interrupt() -> None:
    """From here on Ctrl-C is an exception again; see :func:`interrupt`."""
    if signal.getsignal(signal.SIGINT) is leave:
        signal.signal(signal.SIGINT, interrupt)
