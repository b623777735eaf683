"""A second opinion on a saved result, without the solver and without the formulation's code.

From the raw tables that lie with the result, every figure is found again by plain look-ups, every rule is tested on
the saved volumes, and the ledger is added up anew.  Then the files are held against each other.  That no better plan
exists follows from the saved programme and its duals (:mod:`energy_routes.audit.proof`).
"""

from __future__ import annotations

from pathlib import Path

from energy_routes.audit import files, payments
from energy_routes.audit.checks import builds, dependence, ledger, movement, premium, risk, schedule, trade
from energy_routes.audit.closed import bands, columns, labels, levers, limits, owners, ramps, ranges, routes
from energy_routes.audit.facts import Facts
from energy_routes.audit.proof import certificate
from energy_routes.audit.report import Findings, Report
from energy_routes.audit.written import folder as contents, layers, subject, told
from energy_routes.errors import DataError, Fault
from energy_routes.pack import annotated, read_json, saved_result

SAVED = 2  # the version of a result's tables that these rules are for


@annotated
def verify(folder: str | Path) -> Report:
    """Check a saved result anew, without the solver and without the code of the formulation.

    Parameters
    ----------
    folder : str or Path
        Where a plan was saved.

    Returns
    -------
    Report
        How many figures each check compared.

    Raises
    ------
    VerificationError
        A figure differs; it names the first differences.
    DataError
        The folder is no saved result, or an earlier or a later version saved it.
    """
    report = audit(folder)
    report.raise_if_failed()
    return report


def compare(saved: files.Saved, facts: Facts, found: Findings) -> None:
    """Every check on what was read: movements, trade, dependence, risk, premium, builds, ledger, schedule, summary."""
    columns.check(saved.columns, saved.tables, found)
    levers.check(facts.case, found)
    builds.lay_over(saved, facts)
    for part in (labels, movement, trade, limits, dependence, ramps, risk, premium, builds, ledger, routes, owners,
                 payments, ranges, bands, schedule):
        part.check(saved, facts, found)
    files.check_summary(saved, facts, found)
    subject.check(saved, facts, found)
    told.check(saved, facts, found)


def audit(folder: str | Path) -> Report:
    """Re-check a saved result; the report holds every check and every difference.

    Raises DataError when the folder is not a saved result at all.
    """
    folder = saved_result(folder)
    _refuse_others(folder)
    found_here = Findings()
    saved = files.read_all(folder, found_here)
    if saved is not None:
        try:
            facts = Facts(folder / "inputs")
            compare(saved, facts, found_here)
            layers.check(folder, saved, facts, found_here)
            certificate.check(folder, saved, facts, found_here)
        except DataError as error:
            found_here.wrong("inputs", str(error))
        except (KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
            found_here.wrong("files", f"cannot be followed: {type(error).__name__}: {error}")
    contents.check(folder, found_here)
    return Report.of(folder, found_here)


def _refuse_others(folder: Path) -> None:
    """Raise DataError where the tables were saved by a version in which they had, or may have, another meaning."""
    try:
        version = read_json(folder / "run.json").get("schema_version", 1)
    except DataError:
        return  # told with the other files
    if type(version) is not int or version > SAVED:
        raise DataError(str(folder), [Fault("run.json", column="schema_version", found=repr(version),
                                            expected=f"{SAVED}, as this version writes and reads",
                                            repair="Verify it with the version that saved it.")])
    if version < SAVED:
        fault = Fault("run.json", column="schema_version",
                      found=f"{version}: groups were measured at the inlet then, and a limit had one price",
                      expected=f"{SAVED}: groups are measured by what is sold abroad, limits are priced by period, "
                               "in all periods together, and equalities both ways",
                      repair="Solve the model again, or verify it with the version that saved it.")  # fmt: skip
        raise DataError(str(folder), [fault])
