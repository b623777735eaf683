"""From a name or a path to a case: the chain of model files, the packs they name, and the checks of both."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from energy_routes.case.case import Case
from energy_routes.case.checks.questions import check_path
from energy_routes.case.checks.stated import unpriced, unstated
from energy_routes.case.model_file import ModelFile, read_model_file
from energy_routes.case.rest_of_year import replan
from energy_routes.errors import DataError, Fault, UsageError, refuse
from energy_routes.network import Network
from energy_routes.pack import annotated, bundled as library, periods_of, read_pack, there


@annotated
def load(name: str | Path, scenarios: Sequence[str] = (), accept: Sequence[str] = ()) -> Case:
    """A case by the name of a bundled model or an alias of it, or by the path of a ``.toml``.

    Parameters
    ----------
    name : str or Path
        Such as ``"oil-2024"``, or ``"models/mine.toml"``.
    scenarios : sequence of str
        Scenarios of the model file, laid over it in order.
    accept : sequence of str
        Paths of figures (``arc:BTC.tariff``) that are meant, plausible or not: see :meth:`Case.accepting`.

    Returns
    -------
    Case
        The question, checked.

    Raises
    ------
    UsageError
        The name, a scenario or a figure is unknown (the nearest is offered), or the path is that of a pack.
    DataError
        With every fault of the file and its pack.

    Examples
    --------
    >>> import energy_routes as er
    >>> er.load("oil-2024-monthly").periods[0].label
    '2024-01'
    """
    if not isinstance(name, str | Path):
        raise UsageError(f"load: {name!r} is neither the name of a model nor the path of a .toml")
    path = Path(name)
    if path.suffix.lower() == ".xlsx" or there(path / "pack.toml"):
        raise UsageError(f"{name} is a data pack. A model is a .toml file that asks a question of it: write "
                         f'data = "{path.name}" and year = … in one beside it.')
    own: tuple[str, ...] = ()
    if path.suffix != ".toml" and len(path.parts) == 1:
        model, own = library.model_of(str(name))
        path = library.model_path(model)
    chain = _chain(path)
    case = _base(path, chain).accepting(*accept)
    subject: str | Sequence[str] = ()
    told_in = ""
    for file, where in chain:
        known = set(case.network.ids("arcs"))
        case = case.with_file(file.edit, file.policy, where.name)
        drawn = [f"arc:{arc}" for arc in case.network.ids("arcs") if arc not in known]
        if drawn or file.subject is not None:
            subject, told_in = drawn if file.subject is None else file.subject, where.name
        for deck in [file.deck] if isinstance(file.deck, str) else file.deck or ():
            case = case.with_deck(where.parent / deck)
    stated = case = _about(case, subject, told_in)
    for scenario in own:  # an alias is called as the user wrote it
        case = replace(case.scenario(scenario), name=str(name))
    for scenario in scenarios:
        case = case.scenario(scenario)
    for figure in accept:
        check_path(figure, case.network)
    case = _from_today(case, chain)
    faults = list(unstated(case.network, case.periods))
    if case.policy.objective != "cost":
        faults += unpriced(case.network, case.periods)
    refuse(case.name, faults)
    return replace(case, stated=stated)


def _about(case: Case, subject: str | Sequence[str], where: str) -> Case:
    """The case about what the file ``where`` is about.  Raises DataError for each thing that is not there."""
    faults = []
    for target in [subject] if isinstance(subject, str) else subject:
        try:
            case = case.about(*case.subject, target)
        except UsageError as error:
            faults.append(Fault(where, column="subject", found=str(error)))
    refuse(where, faults)
    return case


def _from_today(case: Case, chain: list[tuple[ModelFile, Path]]) -> Case:
    """The case from the date that the newest file with one names, after the actuals it names."""
    for file, where in reversed(chain):
        if file.as_of or file.actuals:
            if not (file.as_of and file.actuals):
                column, other = ("as_of", "actuals") if file.as_of else ("actuals", "as_of")
                expected = f"{other}, too: where the rest of the year begins, and what has happened until then"
                raise DataError(where.name, [Fault(where.name, column=column, found="alone", expected=expected)])
            return replan(case, file.as_of, where.parent / file.actuals)
    return case


def _chain(path: Path) -> list[tuple[ModelFile, Path]]:
    """The model file and those it extends, oldest first; an alias adds the scenario that it means to its model."""
    seen: set[str] = set()
    chain: list[tuple[ModelFile, Path]] = []
    scenarios: tuple[str, ...] = ()
    while True:
        file = read_model_file(path)
        real = os.path.realpath(path)  # one file may have many paths: over '..', over links
        if real in seen:
            expected = "a model that does not lead back to this one"
            raise DataError(path.name, [Fault(path.name, column="extends", found="a circle of models",
                                              expected=expected)])  # fmt: skip
        seen.add(real)
        laid = [file.scenario[name] for name in scenarios]
        over = [ModelFile(edit=s.edit, policy=s.policy, title=s.title, prices=s.prices) for s in laid]
        chain = [(file, path), *((scenario, path) for scenario in over), *chain]
        if not file.extends:
            return chain
        near = path.parent / f"{file.extends.removesuffix('.toml')}.toml"
        model, scenarios = (file.extends, ()) if there(near) else library.model_of(file.extends)
        path = near if there(near) else library.model_path(model)


def _base(path: Path, chain: list[tuple[ModelFile, Path]]) -> Case:
    def last(key: str) -> Any:
        return next((getattr(f, key) for f, _ in reversed(chain) if getattr(f, key) is not None), None)

    missing = [
        Fault(path.name, column=key, found="missing", expected=hint, repair=f"Add {key} = …")
        for key, hint in (("data", "a pack's name or folder"), ("year", "a year, or a list of years"))
        if last(key) is None or (key == "data" and not last(key))
    ]
    refuse(path.name, missing)
    data, year, source = last("data"), last("year"), last("source")
    years = [year] if isinstance(year, int) else sorted(year)
    if not years or len(set(years)) < len(years) or not all(1900 <= y <= 2100 for y in years):
        expected = "one year or a list of different years, from 1900 to 2100"
        raise DataError(path.name, [Fault(path.name, column="year", found=str(year), expected=expected)])
    names = [data] if isinstance(data, str) else data
    if len(set(names)) < len(names):
        raise DataError(path.name, [Fault(path.name, column="data", found=str(names), expected="different packs")])
    packs = tuple(read_pack(_pack_path(path, name), last("prices")) for name in names)
    if last("prices") and not any(pack.prices for pack in packs):
        expected = "a pack that reads shared prices, or no such key"
        raise DataError(path.name, [Fault(path.name, column="prices", found=f"{names} share none", expected=expected)])
    network = Network(packs)
    assert network.tables  # two packs that contradict each other are refused here, before anything is asked of them
    return Case(
        name=path.stem,
        network=network,
        periods=periods_of(years, last("periods") or "year"),
        title=last("title") or path.stem,
        question=last("question") or "",
        sources=tuple([source] if isinstance(source, str) else source or ()),
        scenarios={name: s for file, _ in chain for name, s in file.scenario.items()},
        base=_extended(path, chain[-1][0]),
    )


def _extended(path: Path, file: ModelFile) -> str | None:
    """What a model extends, as :func:`load` finds it: a path, or the name of a bundled model or an alias."""
    if not file.extends:
        return None
    name = file.extends.removesuffix(".toml")
    near = path.parent / f"{name}.toml"
    return str(near) if there(near) else name


def _pack_path(model: Path, name: str) -> Path:
    near = model.parent / name
    return near.resolve() if there(near) else library.pack_path(name)
