"""Arrays as a page holds them, and recorded arrays as they are."""

from __future__ import annotations

from typing import Any

import numpy as np


def packed(values: Any) -> dict[str, list[Any]]:
    """An array of numbers for JSON: ``f`` has doubles (infinite ones as text), ``i`` whole numbers.

    Of whole numbers each stands as the step from the one before, because steps repeat and so compress well.
    """
    array = np.asarray(values)
    if array.dtype.kind != "f":
        return {"i": np.diff(array.astype(np.int64), prepend=0).tolist()}
    return {"f": [value if np.isfinite(value) else str(value) for value in array.tolist()]}


def stated(array: Any) -> Any:
    """A recorded array as it was recorded, without a look at it."""
    return np.asarray(array.base if hasattr(array, "tape") else array, dtype=float)
