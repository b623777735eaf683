"""Texts that a spreadsheet program would run as formulas, made inert: what is exported may hold the words of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

FORMULA = ("=", "@", "+", "-", "\t", "\r")


def inert(cell: Any) -> Any:
    """A text that begins as a formula does, after an apostrophe; anything else as it is.

    >>> inert("=1+1"), inert("a-b"), inert(-5.0)
    ("'=1+1", 'a-b', -5.0)
    """
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def inert_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with every text inert: for a CSV file, or a workbook that pandas writes."""
    texts = [name for name in frame.columns if frame[name].dtype.kind not in "biuf"]
    return frame.assign(**{name: frame[name].map(inert) for name in texts})
