"""The nearest known name: what a message offers when a name is not found."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str:
    """``"Nearest: 'Novorossiysk'."``, or the empty text when nothing is near."""
    by_lower = {k.lower(): k for k in known}
    hit = difflib.get_close_matches(str(name).lower(), list(by_lower), n=1, cutoff=0.5)
    return f"Nearest: {by_lower[hit[0]]!r}." if hit else ""
