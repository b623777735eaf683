"""What a sweep asks of those who solve its chunks, and the simplest of them: this process."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import NamedTuple, Protocol, TypeVar

Shared = TypeVar("Shared")
Result = TypeVar("Result")


class Chunk(NamedTuple):
    """Draws ``start`` to ``stop`` (without it), which are solved and kept as one; ``number`` counts chunks from 0."""

    number: int
    start: int
    stop: int


class Workers(Protocol):
    """Those who solve chunks.  What they are told is pickled, so ``work`` is a function of a module."""

    def run(
        self, work: Callable[[Shared, Chunk], Result], shared: Shared, chunks: Sequence[Chunk]
    ) -> Generator[tuple[int, Result], None, None]:
        """The number of each chunk and what ``work(shared, chunk)`` gives, in the order in which they are done.

        ``shared`` reaches each worker once and stays there: what it derives from itself is kept between chunks.
        The result of a chunk depends on ``shared`` and the chunk alone, so a chunk whose worker dies is given to
        another.  An error that ``work`` raises is raised here.  Closing the iterator ends the workers.
        """
        ...


class Here:
    """This process, one chunk after another."""

    def run(
        self, work: Callable[[Shared, Chunk], Result], shared: Shared, chunks: Sequence[Chunk]
    ) -> Generator[tuple[int, Result], None, None]:
        """As :meth:`Workers.run`; nothing is pickled."""
        for chunk in chunks:
            yield chunk.number, work(shared, chunk)


def lost(chunk: Chunk, deaths: int) -> str:
    """What is said of a chunk that so many workers died with."""
    return (
        f"chunk {chunk.number} (draws {chunk.start} to {chunk.stop - 1}): {deaths} workers died while they had it; "
        "expected one to live until it is solved. The system ends a process where memory is short: take fewer of them. "
        "A script must call under 'if __name__ == \"__main__\":', since each process reads it again"
    )
