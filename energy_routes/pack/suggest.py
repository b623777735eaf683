"""The nearest known name: what a message offers when a name is not found."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

MOST = 30  # names that are told where there are more


def nearest(name: str, known: Iterable[str]) -> str:
    """``"Nearest: 'Novorossiysk'."``, or the empty text when nothing is near."""
    by_lower = {k.lower(): k for k in known}
    hit = difflib.get_close_matches(str(name).lower(), list(by_lower), n=1, cutoff=0.5)
    return f"Nearest: {by_lower[hit[0]]!r}." if hit else ""


def offered(name: str, known: Iterable[str]) -> str:
    """``"Nearest: 'BTC'. There are: BTC, CPC"``: of a short list all of it, since another alphabet has nothing near."""
    names = list(dict.fromkeys(known))
    more = f" … ({len(names)} in all)" if len(names) > MOST else ""
    there = f"There are: {', '.join(names[:MOST]) or 'none'}{more}"
    return f"{nearest(name, names)} {there}".lstrip()
