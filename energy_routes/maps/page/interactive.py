"""The interactive map: one self-contained HTML file that opens from disk and can reach nothing outside itself.

>>> import energy_routes as er                                                   # doctest: +SKIP
>>> er.solve(er.load("oil-2024")).explore("flows.html")                          # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import pandas as pd

from energy_routes.errors import UsageError
from energy_routes.maps.page.content import Step, content
from energy_routes.maps.page.html import render
from energy_routes.pack import written
from energy_routes.plan import Plan


def page(plan: Plan, *, other: Plan | None = None, steps: Sequence[Step] | None = None, period: str | None = None,
         lang: str = "en", bands: pd.DataFrame | None = None) -> str:
    """The page of a plan as HTML text; see :func:`energy_routes.maps.explore`."""
    return render(content(plan, other=other, steps=steps, period=period, lang=lang, bands=bands), lang)


@dataclass(frozen=True, repr=False)
class Page:
    """A page in memory: a notebook shows it in a frame, :meth:`save` writes it, :meth:`show` opens a browser."""

    text: str
    path: Path | None = None

    def save(self, path: str | Path) -> Page:
        """Write the page; returns it with its path.

        Raises UsageError where it cannot be written, and for a suffix that is not that of a page.
        """
        target = Path(path)
        if target.suffix.lower() not in (".html", ".htm"):
            raise UsageError(f"{target.name}: a page is a file that ends in .html; plan.plot draws pictures")
        with written(target) as new:
            new.write_text(self.text, encoding="utf-8", newline="\n")
        return Page(self.text, target)

    def show(self) -> bool:
        """Open the page in the browser (from a temporary file when it was not saved); whether a browser took it."""
        import tempfile
        import webbrowser

        target = self.path
        if target is None:
            with tempfile.NamedTemporaryFile("w", suffix=".html", encoding="utf-8", delete=False) as stream:
                stream.write(self.text)
            target = Path(stream.name)
        return webbrowser.open(target.absolute().as_uri())

    def __repr__(self) -> str:
        size = f"{len(self.text.encode()) / 1024:,.0f} kB"
        return f"Page({size}, {self.path})" if self.path else f"Page({size})"

    def _repr_html_(self) -> str:
        return (f'<iframe srcdoc="{escape(self.text)}" style="width:100%;height:760px;border:0" '
                f'sandbox="allow-scripts allow-downloads allow-modals" title="Flow map"></iframe>')
