"""What several verbs are told, each declared once: arguments and options; and the case or plan that they ask for."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

import energy_routes as er
from energy_routes import answer, pack, results, studies
from energy_routes.cli.ending import busy, counting, listen
from energy_routes.errors import EnergyRoutesError, UsageError

WORTH, ANEW = 1000, 50  # rows from which on more processes are worth their start; of rows that are laid out anew

Model = Annotated[str, typer.Argument(metavar="MODEL", help="A bundled model's name, or a path to a .toml.")]
Target = Annotated[str, typer.Argument(metavar="MODEL|RESULT", help="A model to solve, or a saved result.")]
Scenarios = Annotated[
    list[str] | None,
    typer.Option("--scenario", metavar="NAME", help="Apply a scenario of the model; may be repeated."),
]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="PATH=VALUE",
        help="Change one figure: policy.max_share.transit:RU=0.8, policy.min_exposure.corridor:BTC=2, "
             "'arc:BTC.capacity=5 Mt/y'; may be repeated.",
    ),
]  # fmt: skip
Accepted = Annotated[
    list[str] | None,
    typer.Option("--accept", metavar="PATH", help="This figure is meant, plausible or not: arc:BTC.tariff; may be "
                                                  "repeated."),
]  # fmt: skip
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON to stdout instead of tables.")]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print only errors on stderr; solve prints only its answer on stdout.")
]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Print each step on stderr.", callback=listen)]
Lang = Annotated[str, typer.Option("--lang", metavar="en|ru|kk", help="Language of the texts.")]


def _own_words(folder: Path | None) -> Path | None:
    """Make a folder of the reader's own the one that words are taken from, wherever a language is asked for."""
    if folder is not None:
        os.environ[answer.VARIABLE] = str(folder)
    return folder


OwnWords = Annotated[
    Path | None,
    typer.Option("--words", metavar="DIR", help="Folder with your own texts, names and borders.", callback=_own_words),
]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
Solver = Annotated[str, typer.Option(metavar="NAME", help="highs (embedded), or any solver that PuLP finds: cbc …")]
Seed = Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Seed of the solver; the plan does not depend on it.")]
TimeLimit = Annotated[
    float | None, typer.Option("--time-limit", metavar="SECONDS", min=0.001, help="Stop after this many seconds.")
]
Deck = Annotated[
    Path | None, typer.Option("--deck", metavar="FILE", help="Your own prices instead of the pack's: .csv or .xlsx.")
]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="MONTH", help="Plan from this month on; needs --actuals.")
]
Actuals = Annotated[
    Path | None, typer.Option("--actuals", metavar="FILE", help="Actual volumes before --as-of: .csv or .xlsx.")
]
Period = Annotated[
    str | None, typer.Option(metavar="LABEL", help="One period, such as 2024-03; if left out, all.")
]
Bands = Annotated[
    int | None,
    typer.Option("--draws", min=1, metavar="N", help="Solve N draws of doubtful figures, and tell P10 and P90."),
]
OperatingShare = Annotated[
    str | None,
    typer.Option(metavar="SHARE", help="The share of a tariff that is real cost where none is published, such as 0.25 "
                                       "or '25 %'; if left out, as the pack has it."),
]  # fmt: skip
Jobs = Annotated[
    int | None,
    typer.Option("--jobs", "-j", min=1, metavar="N", help="Processes of this machine that solve; if left out, one for "
                                                          "each core where there is enough to do."),
]  # fmt: skip
Dask = Annotated[
    str | None,
    typer.Option("--dask", metavar="ADDRESS", help="Workers of this Dask scheduler solve: tcp://HOST:PORT, tls://…"),
]
DaskTlsCa = Annotated[
    Path | None, typer.Option("--dask-tls-ca", metavar="FILE", help="Authority that signed its certificate: PEM.")
]
DaskTlsCert = Annotated[
    Path | None, typer.Option("--dask-tls-cert", metavar="FILE", help="Our own certificate for it: PEM.")
]
DaskTlsKey = Annotated[
    Path | None, typer.Option("--dask-tls-key", metavar="FILE", help="The key of our certificate, if apart: PEM.")
]


def check_file(file: Path | None, what: str, suffixes: tuple[str, ...]) -> None:
    """Refuse a file (``what``: "a map") that cannot be written, before anything long is begun.  Raises UsageError."""
    if file is None:
        return
    if file.suffix.lower() not in suffixes:
        raise UsageError(f"{file}: {what} can be written as {', '.join(suffixes)}")
    if file.is_dir():
        raise UsageError(f"{file} is a directory: name a file")
    parent = file.absolute().parent
    if not parent.is_dir():
        raise UsageError(f"{file} cannot be written: there is no folder {parent}")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise UsageError(f"{file} cannot be written: no permission to write in {parent}")


def _can_be_made(folder: Path | None) -> Path | None:
    """Refuse a folder that cannot be made, before the study is begun."""
    try:
        if folder is not None:
            results.check_folder(folder)
    except UsageError as error:
        raise typer.BadParameter(str(error)) from None
    return folder


StudyFolder = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="Save JSON, Parquet and CSV to this folder.", callback=_can_be_made),
]
Plot = Annotated[Path | None, typer.Option("--plot", metavar="FILE", help="Draw it: .png .svg .pdf.")]
StepMap = Annotated[
    Path | None, typer.Option("--map", metavar="FILE", help="Step through the plans on a map: .html.")
]


def ask(
    model: str,
    scenarios: list[str] | None,
    sets: list[str] | None,
    *,
    accept: list[str] | None = None,
    deck: Path | None = None,
    as_of: str | None = None,
    actuals: Path | None = None,
) -> er.Case:
    """The case of a model with scenarios and single numbers laid over it, in the order given; then from a month on."""
    if (as_of is None) != (actuals is None):
        raise UsageError("--as-of and --actuals go together: the first month to plan, and the volumes before it")
    pairs = [pair("--set", text, "is not PATH=VALUE, such as policy.max_share.transit:RU=0.8") for text in sets or []]
    _refuse_twice(pairs)
    case = er.load(model, scenarios or [], accept or [])
    if deck:
        case = case.with_deck(deck)
    for path, value in pairs:
        case = case.set(path, value)
    if as_of is None or actuals is None:
        return case
    return er.replan(case, as_of, actuals)


def solved(target: str, scenarios: list[str] | None, sets: list[str] | None, quiet: bool, **laid: Any) -> er.Plan:
    """The plan of a saved result, or of a model as :func:`ask` lays it out.  Raises UsageError for options of both."""
    if is_saved(target):
        if scenarios or sets or any(value is not None for value in laid.values()):
            raise UsageError(f"{target} is a saved result and cannot be changed; give a model to use these options")
        return er.Plan.load(_result(target))
    case = ask(target, scenarios, sets, **laid)
    with busy(f"Solving {case.name} …", quiet):
        return er.solve(case)


def plan_before(plan: er.Plan, model: str, changed: bool, solver: str = "highs") -> er.Plan | None:
    """The plan that an answer is measured against, of the model that a question extends; None where there is none.

    ``changed``: scenarios, ``--set`` or a deck were given, so it is that of the model as it stands.  Where a question
    of months extends a model of those years, that model is solved by month, too: prices of months are not those of a
    year, and what they bring is no answer to the question.  There is none where nothing else differs.  A reference
    that has no plan, or one of other years or months, is left out: the answer stands without it.
    """
    name = model if changed else plan.case.base
    if name is None:
        return None
    try:
        base = er.load(name, accept=plan.case.accepted)
        if base.periods != plan.case.periods and pack.months_of(base.periods) == pack.months_of(plan.case.periods):
            if (base.edits, base.policy) == (plan.case.edits, plan.case.policy):
                return None
            base = replace(base, name=f"{base.name} ({plan.case.span})", periods=plan.case.periods)
        before = er.solve(base, solver)
    except EnergyRoutesError:
        return None
    return before if er.answer_of(plan, before).change is not None else None


def jobs_for(jobs: int | None, rows: int, *asked: er.Case) -> int:
    """The processes that are asked for; unless told one for each core that may be used, where the work is enough."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return jobs or (1 if rows < (WORTH if all(case.policy.plain for case in asked) else ANEW) else cores)


def begun(jobs: int) -> AbstractContextManager[studies.Workers | None]:
    """Processes that begin while their work is prepared, where there are to be several."""
    return studies.Processes(jobs) if jobs > 1 else nullcontext()


def banded(plan: er.Plan, draws: int | None, jobs: int | None, quiet: bool) -> er.Plan:
    """The plan with its bands, where draws are asked for."""
    if draws is None:
        return plan
    with counting(f"Solving draws of {plan.case.name}", quiet) as told:
        return plan.with_bands(draws, workers=er.workers_of(jobs_for(jobs, draws, plan.case)), progress=told)


def compared(before: er.Plan, after: er.Plan, draws: int, jobs: int | None, quiet: bool) -> er.Comparison:
    """Two plans side by side with their bands and those of the change."""
    with counting(f"Solving draws of {before.case.name} and {after.case.name}", quiet) as told:
        return er.compare(before, after, draws, workers=er.workers_of(jobs_for(jobs, draws, before.case, after.case)),
                          progress=told)  # fmt: skip


def pair(option: str, text: str, wrong: str) -> tuple[str, str]:
    """What stands on both sides of the last '=' of an option.  Raises UsageError, which says that it ``wrong``."""
    name, equals, value = text.rpartition("=")  # a name may have one, too
    if not (name.strip() and equals and value.strip()):
        raise UsageError(f"{option} {text!r} {wrong}")
    return name.strip(), value.strip()


def _refuse_twice(pairs: list[tuple[str, str]]) -> None:
    """Raise UsageError where two of ``--set`` are for one path: the first would be without effect."""
    seen: dict[str, str] = {}
    for path, value in pairs:
        plain = path.removeprefix("policy.")
        if plain.startswith("joint:"):
            plain = f"limit:{plain.removeprefix('joint:')}"
        if plain in seen:
            raise UsageError(f"--set {path} is given twice, as {seen[plain]} and as {value}; drop one of the two")
        seen[plain] = value


def is_saved(path: str) -> bool:
    """Whether an argument names a saved result rather than a model: its folder, or a JSON file in it."""
    return pack.there(_result(path) / "run.json")


def _result(path: str) -> Path:
    """The folder of a saved result."""
    return Path(path).parent if Path(path).suffix == ".json" else Path(path)


def operating_share_of(text: str | None) -> float | None:
    """The share of ``--operating-share`` as people write it; None where it is left out.  Raises UsageError."""
    return None if text is None else pack.amount("--operating-share", text, "fraction")
