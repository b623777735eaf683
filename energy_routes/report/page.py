"""The report as one HTML file: sections in the order in which they are read, a map, and a policy that shuts it off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from energy_routes.maps import draw
from energy_routes.pack import installed
from energy_routes.report.figures import inline
from energy_routes.report.sections import additions, answer, basis, changes, flows, money, near, payments, risks
from energy_routes.report.subject import Subject
from energy_routes.report.table import Section

if TYPE_CHECKING:
    from jinja2 import Template

HERE = Path(__file__).parent / "web"
PARTS: tuple[Callable[[Subject], Section | None], ...] = (
    changes.changes, near.bands, near.ranges, flows.corridors, flows.routes, money.prices, money.ledger,
    payments.payments, payments.taxes, additions.expansion, risks.indicators, risks.frontier, risks.stress,
    risks.security, additions.emissions, basis.policy, basis.edits, basis.assumptions, basis.notices, basis.certificate,
)
# Nothing may be loaded and nobody called; styles stand in the file, and in the attributes that SVG figures use.
CSP = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def render(subject: Subject) -> str:
    """The page as text."""
    words, case = subject.words, subject.plan.case
    return _template().render(
        lang=words.language, w=words, csp=CSP, style=(HERE / "report.css").read_text("utf-8"),
        title=answer.title_of(subject), question=words.name(case.question), model=case.name,
        version=installed("energy-routes") or "",
        headline=answer.headline(subject), sentences=answer.sentences(subject), cards=answer.cards(subject),
        map=_map(subject), sections=list(_sections(subject)), span=words.span(subject.labels),
    )


def _sections(subject: Subject) -> Iterator[Section]:
    for part in PARTS:
        section = part(subject)
        if section is not None and not section.empty:
            yield section


def _map(subject: Subject) -> object:
    """The static map of the plan, or of before, after and change."""
    words, found = subject.words, subject.comparison
    drawn = partial(draw, subject.plan) if found is None else found.plot
    return inline(lambda: drawn(lang=words.language), "map", words("report.map"))


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
                       lstrip_blocks=True).get_template("report.html.j2")
