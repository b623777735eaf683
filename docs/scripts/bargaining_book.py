"""What the page of bargaining is written with: an answer and its layout."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from question_book import Book, block, grid, wrapped


@dataclass(frozen=True)
class Gain:
    """An answer to a question about gains: sentences, a table, its band, what the game leaves out, and commands.

    ``rows`` stand under ``head``; ``models`` are those that it is computed from.  A second table may follow.
    """

    asked: str
    askers: str
    sentences: Sequence[str]
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    band: str
    leaves_out: str
    models: Sequence[str]
    commands: Sequence[str]
    more_head: Sequence[str] = ()
    more_rows: Sequence[Sequence[str]] = ()


Asked = dict[int, Callable[[Book], Gain]]


def section(number: int, gain: Gain) -> list[str]:
    """An answer as Markdown."""
    links = ", ".join(f"[`{name}`](../models/{name}.toml)" for name in gain.models)
    tables = [(gain.head, gain.rows), *([(gain.more_head, gain.more_rows)] if gain.more_head else [])]
    grids = [line for head, rows in tables for line in (*grid(head, rows, _aligned(head)), "")]
    return [
        f"## {number}. {gain.asked}", "", *wrapped(f"*For {gain.askers}.*"), "", *wrapped(" ".join(gain.sentences)), "",
        *grids, *wrapped(f"*How sure.* {gain.band} {links}"), "",
        *wrapped(f"*What the game leaves out.* {gain.leaves_out}"), "", *block(gain.commands),
    ]  # fmt: skip


def _aligned(head: Sequence[str]) -> list[str]:
    return ["---", *["--:"] * (len(head) - 1)]
