"""A table as a report prints it: columns of words or numbers, cells of text or of drawn bars, a link where one is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from energy_routes.answer import Words

Cell = str | Markup


@dataclass(frozen=True)
class Table:
    """``columns``: headings; ``words``: positions of those that hold words; ``total``: the last row is a sum."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    words: Sequence[int] = (0,)
    total: bool = False
    caption: str = ""
    note: str = ""


@dataclass(frozen=True)
class Section:
    """A part of the report: a heading, sentences, figures (SVG), tables."""

    key: str
    title: str
    sentences: tuple[Cell, ...] = ()
    figures: tuple[Markup, ...] = ()
    tables: tuple[Table, ...] = ()
    bullets: tuple[Cell, ...] = ()

    @property
    def empty(self) -> bool:
        return not (self.sentences or self.figures or self.bullets or any(table.rows for table in self.tables))


def text(value: Any) -> str:
    """A cell of a frame as text: missing is blank."""
    return "" if value is None or value != value else str(value)


def number_or_dash(value: float | None, words: Words, digits: int) -> str:
    """A number as read; a dash where there is none."""
    return "–" if value is None or value != value else words.number(float(value), digits)


def link(source: Any, length: int = 0) -> Cell:
    """A source as a link when it is an address (several are parted by ' ; '), else as it stands.

    What is read is the site, and as much of the address as fits in ``length`` signs.
    """
    parts = [part.strip() for part in text(source).split(" ; ") if part.strip()]
    return Markup(" ").join(_link(part, length) for part in parts) if parts else ""


def _link(part: str, length: int) -> Markup:
    if not part.startswith(("https://", "http://")):
        return escape(part)
    address = part.split("://", 1)[1].removeprefix("www.").rstrip("/")
    site = address.split("/")[0]
    shown = site if len(site) >= length else address if len(address) <= length else f"{address[:length]}…"
    return Markup('<a href="{0}" rel="noopener noreferrer" title="{0}">{1}</a>').format(part, shown)
