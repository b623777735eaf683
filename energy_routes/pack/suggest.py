"""The nearest known name: what a message offers when a name is not found."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

ALIKE = str.maketrans("АВЕКМНОРСТХІаеорсухі", "ABEKMHOPCTXIaeopcyxi")  # Cyrillic letters, and Latin ones of their look
MOST = 30  # names that are told where there are more


def nearest(name: str, known: Iterable[str]) -> str:
    """``"Nearest: 'Novorossiysk'."``, or the empty text when nothing is near.

    Cyrillic letters that look like Latin ones count as these, and are told: both names look the same.
    """
    by_lower, latin = {k.lower(): k for k in known}, str(name).translate(ALIKE)
    hit = difflib.get_close_matches(latin.lower(), list(by_lower), n=1, cutoff=0.5)
    odd = [letter for letter, same in zip(str(name), latin, strict=True) if letter != same]
    if not hit:
        return ""
    cyrillic = f" Cyrillic in {name!r}: {', '.join(dict.fromkeys(odd))}." if odd and ord(max(latin)) < 128 else ""
    return f"Nearest: {by_lower[hit[0]]!r}.{cyrillic}"


def offered(name: str, known: Iterable[str]) -> str:
    """``"Nearest: 'BTC'. There are: BTC, CPC"``: of a short list all of it, since another alphabet has nothing near."""
    names = list(dict.fromkeys(known))
    more = f" … ({len(names)} in all)" if len(names) > MOST else ""
    there = f"There are: {', '.join(names[:MOST]) or 'none'}{more}"
    return f"{nearest(name, names)} {there}".lstrip()
