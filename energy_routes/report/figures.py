"""Figures of matplotlib inside a page: SVG with ids of its own, no style that leaks, numbers no finer than is seen."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from energy_routes.maps import style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NUMBER = re.compile(r"(-?\d+\.\d)\d+")  # a tenth of a point: finer is not seen


def inline(draw: Callable[[], Figure], name: str, label: str) -> Markup:
    """What ``draw`` makes, as an SVG element; ``name`` sets its ids apart from those of other figures of the page."""
    stream = io.StringIO()
    with style.drawing():
        draw().savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    text = stream.getvalue()
    view = re.search(r'viewBox="([^"]+)"', text)
    assert view is not None, "matplotlib writes a viewBox"
    body = text[text.index(">", text.index("<svg")) + 1:]
    for found, instead in (
        (r"(?s)<metadata>.*?</metadata>", ""), (r"(?s)<!--.*?-->", ""),
        (r"(?s)<style[^>]*>.*?</style>", ""),  # it would reach the whole page: see report.css
        (r'\bid="([^"]+)"', rf'id="{name}-\1"'), (r'href="#([^"]+)"', rf'href="#{name}-\1"'),
        (r"url\(#([^)]+)\)", rf"url(#{name}-\1)"),
    ):  # fmt: skip
        body = re.sub(found, instead, body)
    body = re.sub(r'\bd="[^"]*"', lambda found: NUMBER.sub(r"\1", found[0]), body)
    return Markup(f'<svg class="figure" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="{view[1]}" role="img" '
                  f'aria-label="{escape(label)}">{body}')
