"""The nearest known name: what a message offers when a name is not found."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable

ALIKE = str.maketrans("АВЕКМНОРСТХІаеорсухі", "ABEKMHOPCTXIaeopcyxi")  # Cyrillic letters, and Latin ones of their look
MOST = 30  # names that are told where there are more
OTHER_ACCENTS = "its accents are other characters"  # é is one in Windows, e and an accent in names of files of a Mac


def seen(name: str) -> str:
    """The name as people see it: an accent and its letter are one, however they were typed."""
    return unicodedata.normalize("NFC", name)


def nearest(name: str, known: Iterable[str]) -> str:
    """``"Nearest: 'Novorossiysk'."``, or the empty text when nothing is near.

    Cyrillic letters that look like Latin ones count as these, and are told: both names look the same.  So do accents
    that are characters of their own.
    """
    shown = seen(str(name))
    by_lower, latin = {seen(k).lower(): k for k in known}, shown.translate(ALIKE)
    hit = difflib.get_close_matches(latin.lower(), list(by_lower), n=1, cutoff=0.5)
    odd = [letter for letter, same in zip(shown, latin, strict=True) if letter != same]
    if not hit:
        return ""
    if name != by_lower[hit[0]] and shown == seen(by_lower[hit[0]]):
        return f"Nearest: {by_lower[hit[0]]!r}, which looks the same: {OTHER_ACCENTS}. Copy the name from there."
    cyrillic = f" Cyrillic in {name!r}: {', '.join(dict.fromkeys(odd))}." if odd and ord(max(latin)) < 128 else ""
    return f"Nearest: {by_lower[hit[0]]!r}.{cyrillic}"


def offered(name: str, known: Iterable[str]) -> str:
    """``"Nearest: 'BTC'. There are: BTC, CPC"``: of a short list all of it, since another alphabet has nothing near."""
    names = list(dict.fromkeys(known))
    more = f" … ({len(names)} in all)" if len(names) > MOST else ""
    there = f"There are: {', '.join(names[:MOST]) or 'none'}{more}"
    return f"{nearest(name, names)} {there}".lstrip()
