"""What the pictures of studies are drawn on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from energy_routes.answer import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis


def axes_or_new(ax: Axes | None, width: float, height: float) -> Axes:
    """The axes that are given; else those of a new figure of a size, inches."""
    if ax is not None:
        return ax
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained").subplots()


def tell_in(axis: Axis, words: Words) -> None:
    """Write the numbers of an axis whole, as ``words`` has them: 39,500; in Russian and Kazakh 39 500."""
    from matplotlib.ticker import ScalarFormatter

    class Told(ScalarFormatter):
        def __call__(self, x: float, pos: int | None = None) -> str:
            return words.number(x, len(super().__call__(x, pos).partition(".")[2]))

    told = Told(useOffset=False)
    told.set_scientific(False)
    axis.set_major_formatter(told)
