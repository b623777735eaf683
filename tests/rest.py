"""Which of many like examples are tried each time, and which by ``-m exhaustive``."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import pytest

REST = (pytest.mark.exhaustive, pytest.mark.slow)


def first(values: Sequence[Any], chosen: int | Collection[Any]) -> list[Any]:
    """The values to parametrize with: those chosen, or so many of the first, each time; the rest by ``-m exhaustive``.

    What is chosen kills the mutants that all of them kill (``benchmarks/mutants.py``).
    """
    kept = values[:chosen] if isinstance(chosen, int) else chosen
    return [value if value in kept else pytest.param(*(value if isinstance(value, tuple) else [value]), marks=REST)
            for value in values]  # fmt: skip
