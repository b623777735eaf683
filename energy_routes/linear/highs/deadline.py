"""How long all that is solved may take together: a study solves many programmes, and its reader waits for all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic

from energy_routes.errors import LimitError, UsageError
from energy_routes.linear.expressions import INF

_END: ContextVar[float] = ContextVar("end", default=INF)


@contextmanager
def limited(seconds: float | None) -> Iterator[None]:
    """Inside it, solves may take so many seconds together, then each ends at its time limit; None: as long as it takes.

    Of one inside another the earlier end holds.  Raises UsageError for what is no number of seconds above 0.
    """
    if seconds is not None and not 0 < seconds < INF:
        raise UsageError(f"time_limit = {seconds:g}: a number of seconds above 0 is expected")
    token = _END.set(min(_END.get(), INF if seconds is None else monotonic() + seconds))
    try:
        yield
    finally:
        _END.reset(token)


def seconds_left() -> float:
    """What is left of the limit, infinite without one."""
    return _END.get() - monotonic()


def refuse_late(what: str) -> None:
    """Raise LimitError where the limit has passed: ``what`` was being looked for then."""
    if seconds_left() <= 0:
        raise LimitError(f"the time limit was reached before {what} proved. Raise the limit.")
