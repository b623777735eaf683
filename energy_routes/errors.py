"""Every exception of the package: one tree, one exit code each.

A message says where, what was found, what was expected, and the repair.  The command line prints the
message and exits with ``exit_code``; a traceback is shown only on request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong with an input: where it is, what is there, what should be, and the repair.

    ``row`` counts lines as a spreadsheet shows them (the header is row 1); 0 means "the whole file".
    """

    file: str
    row: int = 0
    column: str = ""
    found: str = ""
    expected: str = ""
    repair: str = ""

    def __str__(self) -> str:
        place = self.file
        if self.row:
            place += f" row {self.row}"
        if self.column:
            place += f", column {self.column!r}"
        text = f"{place}: {self.found}" if self.found else place
        if self.expected:
            text += f"; expected {self.expected}"
        if self.repair:
            text += f". {self.repair}"
        return text


class EnergyRoutesError(Exception):
    """Base of all errors that the package raises on purpose.

    Attributes
    ----------
    exit_code : int
        What the command line exits with.
    """

    exit_code = 1


class UsageError(EnergyRoutesError):
    """The call itself is wrong: an unknown model, option, solver path or output format.

    Parameters
    ----------
    message : str
        The words; a blank at their end is left out.

    Attributes
    ----------
    exit_code : int
        2.
    """

    exit_code = 2

    def __init__(self, message: str = "") -> None:
        super().__init__(message.rstrip())  # where no name is near, the message would end with a blank


class DataError(EnergyRoutesError):
    """A data folder or a model file is invalid; carries every fault found, not just the first.

    Parameters
    ----------
    where : str
        The folder, file or table that is at fault.
    faults : iterable of Fault
        Everything wrong with it: file, row, column, what was found, what was expected, the repair.

    Attributes
    ----------
    exit_code : int
        3.
    where : str
        As given.
    faults : tuple of Fault
        As given.
    """

    exit_code = 3

    def __init__(self, where: str, faults: Iterable[Fault]) -> None:
        self.where = where
        self.faults: Sequence[Fault] = tuple(faults)
        count = len(self.faults)
        head = f"{count} problem{'s' if count != 1 else ''} in {where}"
        super().__init__("\n".join([head, *(f"  {fault}" for fault in self.faults)]))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.where, self.faults)


def refuse(where: str, faults: Iterable[Fault]) -> None:
    """Raise DataError where there is a fault; nothing happens where there is none."""
    if found := tuple(faults):
        raise DataError(where, found)


class UnitError(EnergyRoutesError):
    """A unit is unknown, of another dimension, or needs a property that the row does not have."""

    exit_code = 3

    def __init__(self, found: str, expected: str, repair: str = "") -> None:
        self.found, self.expected, self.repair = found, expected, repair
        super().__init__(f"{found}; expected {expected}" + (f". {repair}" if repair else ""))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.found, self.expected, self.repair)


class InfeasibleError(EnergyRoutesError):
    """No plan can meet every rule; ``relaxations`` is the cheapest set of limits that must give way.

    Parameters
    ----------
    message : str
        The words, relaxations included.
    relaxations : sequence of dict
        What must give way: ``limit``, ``period``, ``amount`` and its ``unit``, and ``words`` for all of it.
    conflict : callable, or sequence of dict
        Limits that contradict each other, or what finds them.

    Attributes
    ----------
    exit_code : int
        4.
    relaxations : tuple of dict
        As given.
    """

    exit_code = 4

    def __init__(self, message: str, relaxations: Sequence[dict[str, Any]] = (),
                 conflict: Callable[[], Sequence[dict[str, Any]]] | Sequence[dict[str, Any]] = ()) -> None:
        self.relaxations = tuple(relaxations)
        self._found = conflict
        super().__init__(message)

    @property
    def conflict(self) -> tuple[dict[str, Any], ...]:
        """Limits that cannot be kept together, while all of them but any one can be; found when first read.

        Other limits of the case are not looked at; they may stand in the way as well.

        A few seconds for a model of months.  Empty where the message itself names what contradicts what, and where only
        whole builds are in the way.  What the solver cannot verify is not handed out: its error comes instead.

        Returns
        -------
        tuple of dict
            A limit each: ``limit``, ``period``, ``side`` (lower, upper, crossed), ``bound`` and its ``unit``, and
            ``words`` for all of it.
        """
        if callable(self._found):
            self._found = self._found()
        return tuple(self._found)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.relaxations, self.conflict)


class UnboundedError(EnergyRoutesError):
    """The objective can improve without end; ``without_limit`` names the rows of the tables that let it grow.

    Parameters
    ----------
    message : str
        The words, rows included.
    without_limit : sequence of dict
        The rows: ``kind``, ``id``, ``name``, and the ``number`` that is missing.

    Attributes
    ----------
    exit_code : int
        5.
    without_limit : tuple of dict
        As given.
    """

    exit_code = 5

    def __init__(self, message: str, without_limit: Sequence[dict[str, Any]] = ()) -> None:
        self.without_limit = tuple(without_limit)
        super().__init__(message)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.without_limit)


class LimitError(EnergyRoutesError):
    """A time or iteration limit was reached before the answer was proved."""

    exit_code = 6


class SolverError(EnergyRoutesError):
    """A solver is missing, refused a call, or returned something that cannot be trusted."""

    exit_code = 7


class VerificationError(EnergyRoutesError):
    """A plan failed its own residual checks, so it is not handed out."""

    exit_code = 8


class DifferenceError(EnergyRoutesError):
    """Two plans differ by more than was allowed.

    Attributes
    ----------
    exit_code : int
        9.
    """

    exit_code = 9


class LabelError(EnergyRoutesError):
    """Labels of two expressions do not match, or a name is defined nowhere: a programming error, never passed over."""
