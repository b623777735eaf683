"""The report of a plan: one HTML file that opens from disk, prints well, and can reach nothing outside itself.

>>> import energy_routes as er                                                     # doctest: +SKIP
>>> er.write_report(er.solve(er.load("oil-2024")), "report.html")                  # doctest: +SKIP
"""

from __future__ import annotations

from pathlib import Path

from energy_routes.errors import UsageError
from energy_routes.pack import annotated, written
from energy_routes.plan import Plan
from energy_routes.report.page import render
from energy_routes.report.subject import subject_of
from energy_routes.studies import Comparison, Frontier, Stress


def report_html(plan: Plan, *, before: Plan | Comparison | None = None, frontier: Frontier | str | Path | None = None,
                stress: Stress | str | Path | None = None, lang: str = "en") -> str:
    """The report of ``plan`` as HTML text; the same plan gives the same text.

    ``before``: a plan that it is set against, or their comparison (of :func:`energy_routes.compare`).  ``frontier`` and
    ``stress``: what those studies returned, or the folder where they were saved.  ``lang``: en, ru or kk.
    Raises UsageError when the periods of the two plans differ, and for an unknown language; DataError where a place or
    a line of a pack is not where its row says.
    """
    return render(subject_of(plan, before, frontier, stress, lang))


@annotated
def write_report(plan: Plan, path: str | Path, *, before: Plan | Comparison | None = None,
                 frontier: Frontier | str | Path | None = None, stress: Stress | str | Path | None = None,
                 lang: str = "en") -> Path:
    """Write the report of a plan: one HTML file without a script, which reaches nothing outside itself.

    Parameters
    ----------
    plan : Plan
        The plan.
    path : str or Path
        The file, ``.html``; folders on the way are made.
    before : Plan, Comparison or None
        A plan of the same periods that it is set against, or what :func:`energy_routes.compare` returned: with its
        bands, where draws were solved.
    frontier : Frontier, str, Path or None
        A study of its case, or the folder where one was saved.
    stress : Stress, str, Path or None
        The same.
    lang : {'en', 'ru', 'kk'}
        The language.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    UsageError
        The file is not called .html or cannot be written, the periods of the two plans differ, a folder holds no such
        study, or the language is unknown.
    DataError
        A place or a line of a pack is not where its row says.
    """
    target = Path(path)
    if target.suffix.lower() not in (".html", ".htm"):
        raise UsageError(f"cannot write a report as {target.name!r}. Name a file that ends in .html.")
    text = report_html(plan, before=before, frontier=frontier, stress=stress, lang=lang)
    with written(target) as new:
        new.write_text(text, encoding="utf-8", newline="\n")
    return target
