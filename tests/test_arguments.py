"""Bad arguments to every function of the façade: an error of ours that names the argument, never a traceback."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
import pandas as pd
import pytest
from test_docstrings import FUNCTIONS
from toy import write

import energy_routes as er
from energy_routes.pack.files import arguments
from energy_routes.pack.files.arguments import annotated, fits

if TYPE_CHECKING:
    from somewhere import Else  # type: ignore[import-not-found]

NAN, INF = float("nan"), float("inf")
SHARE = "policy.max_share.transit:RU"
ANY = {"Any", "object"}


def parameters() -> Iterator[tuple[str, str, str]]:
    """Every function of the façade with each of its parameters and what that is annotated with."""
    for name, function in FUNCTIONS.items():
        for parameter in list(inspect.signature(function).parameters.values())["." in name:]:
            if parameter.annotation not in ANY and parameter.name != "self":
                yield name, parameter.name, parameter.annotation


def called(name: str, parameter: str, value: object) -> None:
    """Call a function with one argument, of the right kind or not, and nothing worth having for the others."""
    function = FUNCTIONS[name]
    taken = list(inspect.signature(function).parameters.values())
    given, named = [object()] * (taken[:1] != [] and taken[0].name == "self"), dict[str, Any]()
    for one in taken[len(given):]:
        wanted = one.name == parameter
        if one.kind is one.VAR_POSITIONAL:
            given += [value] * wanted
        elif one.kind is one.VAR_KEYWORD:
            named |= {"x": value} if wanted else {}
        elif wanted:
            if one.kind is one.POSITIONAL_ONLY:
                given.append(value)
            else:
                named[one.name] = value
        elif one.default is one.empty:
            named[one.name] = Anything()
    function(*given, **named)


class Anything:
    """What every annotation takes: so the argument that is looked at is the one that is refused."""


@pytest.fixture(autouse=True)
def anything_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arguments, "fits", lambda value, hint: isinstance(value, Anything) or fits(value, hint))


@pytest.mark.parametrize(("name", "parameter", "annotation"), list(parameters()))
def test_what_is_of_the_wrong_kind_is_refused_with_place_found_expected_and_repair(
    name: str, parameter: str, annotation: str
) -> None:
    wrong = [object(), b"x", {1: object()}, [object()]]
    wrong += [NAN, "5"] if annotation.split(" | ")[0] in ("float", "int") and "str" not in annotation else []
    wrong += [1.5] if annotation.split(" | ")[0] == "int" else []
    wrong += [True] if annotation.split(" | ")[0] in ("float", "int") and "bool" not in annotation else []
    wrong += ["a\x00b", 5, None] if annotation in ("str", "str | Path") else []
    wrong += [5, "yes"] if annotation == "bool" else []
    wrong += ["winter"] if annotation == "Sequence[str]" else []
    for value in wrong:
        if "Sequence[Any]" in annotation or (isinstance(value, list) and "Iterable" in annotation):
            continue
        with pytest.raises(er.UsageError) as caught:
            called(name, parameter, value)
        place, expected, repair = (part.strip() for part in str(caught.value).replace("; expected ", "\n").replace(
            ". ", "\n").split("\n")[:3])  # fmt: skip
        assert f": {parameter} = " in place
        assert expected
        assert repair


def test_every_class_of_the_facade_that_works_looks_at_its_arguments() -> None:
    bare = {name for name in FUNCTIONS if not hasattr(FUNCTIONS[name], "__wrapped__")}
    assert bare == set()


@cache
def toys(folder: Path) -> dict[str, Any]:
    """A case of the toy, and what is made of it."""
    case = er.load(write(folder / "toy"))
    plan = er.solve(case)
    return {"case": case, "plan": plan, "network": case.network, "policy": case.policy, "compiled": er.compile(case)}


BAD: dict[str, Callable[[Any], object]] = {
    "no time": lambda t: er.solve(t["case"], time_limit=0),
    "less than no time": lambda t: er.solve(t["case"], time_limit=-1.0),
    "time without end": lambda t: er.solve(t["case"], time_limit=INF),
    "a policy of another kind": lambda t: er.Policy(max_share={"transit:RU": 0.5}),
    "an objective that is none": lambda t: er.Policy(objective="best"),
    "a case of no network": lambda t: er.Case("x", "oil-2024", t["case"].periods),
    "a case on a case": lambda t: er.Case("x", t["case"], t["case"].periods),
    "a case of no pack": lambda t: er.Case("x", er.Network(()), t["case"].periods),
    "a case of no name": lambda t: er.Case(None, t["network"], t["case"].periods),
    "a case of no policy": lambda t: er.Case("x", t["network"], t["case"].periods, policy={}),
    "a case of one period": lambda t: er.Case("x", t["network"], t["case"].periods[0]),
    "a network of no packs": lambda t: er.Network([]),
    "a network of words": lambda t: er.Network(("kazakhstan-oil",)),
    "a network of one pack": lambda t: er.Network(t["network"].packs[0]),
    "a compiled word": lambda t: er.Compiled("oil-2024"),
    "a case of no periods": lambda t: er.Case("x", t["network"], ()),
    "a case of words": lambda t: er.Case("x", t["network"], ("2023",)),
    "draws of no case": lambda t: er.Sampler("oil-2024"),
    "draws of no seed": lambda t: er.Sampler(t["case"], "x"),
    "no seed": lambda t: er.solve(t["case"], seed=-1),
    "a seed beyond HiGHS": lambda t: er.solve(t["case"], seed=10**12),
    "no solver": lambda t: er.solve(t["case"], solver=""),
    "an unknown solver": lambda t: er.solve(t["case"], solver="no such"),
    "an unknown model": lambda t: er.load("no such"),
    "no model": lambda t: er.load(""),
    "a name too long": lambda t: er.load("a" * 5000),
    "an unknown scenario": lambda t: er.load("oil-2024", ["no such"]),
    "a path that is none": lambda t: t["case"].set("", 1),
    "a lever that is none": lambda t: t["case"].with_policy(no_such=1),
    "a share that is none": lambda t: t["case"].with_policy(max_share={"transit:RU": NAN}),
    "an unknown cap": lambda t: t["case"].cap("no_such", "transit:RU", 1),
    "an unknown family": lambda t: t["case"].of_family("no such"),
    "an unknown table": lambda t: t["network"].ids("no such"),
    "a table of no family": lambda t: t["network"].family_of("no such"),
    "an unknown column": lambda t: t["network"].resolve("arcs", "no such", t["case"].periods),
    "an unknown arc": lambda t: t["network"].arcs_of("no such"),
    "an outage of nothing": lambda t: t["case"].outage(""),
    "more than is lost": lambda t: t["case"].outage("SHORT", remaining=-1),
    "an unknown period": lambda t: t["case"].without("SHORT", ["1066"]),
    "a scale without end": lambda t: t["case"].scale("arc:SHORT", "capacity", INF),
    "a period of no plan": lambda t: t["plan"].actuals(["1066"]),
    "nobody's netback": lambda t: er.netbacks(t["case"], "1066"),
    "fewer than one": lambda t: er.weakest(t["plan"], 0),
    "fewer than none": lambda t: er.weakest(t["plan"], -1),
    "nothing to lose": lambda t: er.stress(t["case"], []),
    "a loss twice": lambda t: er.stress(t["case"], ["arc", "corridor", "arc"]),
    "no loss": lambda t: er.stress(t["case"], ["no such"]),
    "less than no spaces": lambda t: er.stress(t["case"], ["arc"]).to_json(-1),
    "no bars of losses": lambda t: er.stress(t["case"], ["arc"]).plot(top=0),
    "fewer than no bars": lambda t: er.ranging(t["case"]).plot(top=-1),
    "a curve of no points": lambda t: er.frontier(t["case"], SHARE, 0.9, 0.5, samples=0),
    "a curve of one point": lambda t: er.frontier(t["case"], SHARE, 0.9, 0.5, samples=1),
    "a band twice": lambda t: er.ranges(t["plan"], ["1 %", "1 %"]),
    "a seed beyond Python's": lambda t: er.solve(t["case"], solver="cbc", seed=2**31),
    "nothing asked": lambda t: t["compiled"].solve_many([{}], []),
    "one thing asked twice": lambda t: t["compiled"].solve_many([{}], ["netback", "netback"]),
    "no changes": lambda t: t["compiled"].solve_many([]),
    "nothing asked of draws": lambda t: er.sweep(t["case"], 2, ask=[]),
    "one thing asked twice of draws": lambda t: er.sweep(t["case"], 2, ask=["netback", "netback"]),
    "a grid of nothing": lambda t: er.sweep(t["case"], 2, over={}),
    "0 twice": lambda t: er.sweep(t["case"], 0, over={"arc:SHORT.tariff": [0, 0]}),
    "a value twice": lambda t: er.sweep(t["case"], 0, over={"arc:SHORT.tariff": [20, 20]}),
    "movers of no level": lambda t: er.sweep(t["case"], 1).movers("netback", -1),
    "movers of no answer": lambda t: er.sweep(t["case"], 1).movers("no such"),
    "draws before the first": lambda t: er.Sampler(t["case"]).normals(-1, 2),
    "draws backwards": lambda t: er.Sampler(t["case"]).values(3, 1),
    "a period twice": lambda t: t["case"].outage("SHORT", ["2023", "2023"]),
    "actuals of no period": lambda t: t["plan"].actuals([]),
    "actuals of a period twice": lambda t: t["plan"].actuals(["2023", "2023"]),
    "a lever twice": lambda t: t["plan"].explore(levers=["arc:SHORT.tariff", "arc:SHORT.tariff"]),
    "an arc booked twice": lambda t: t["case"].with_policy(bookings={"arcs": ["SHORT", "SHORT"]}),
    "less than no chance": lambda t: er.regret({"a": t["case"], "b": t["case"]}, {"arcs": ["SHORT"]},
                                               {"a": -1.0, "b": 2.0}),
    "a place below none": lambda t: er.route_from_geometry([(52.0, 47.0), (54.0, 47.0)], t["case"], tolerance_km=-1),
    "nobody's cluster": lambda t: er.workers_of(dask=""),
    "too many losses": lambda t: er.stress(t["case"], ["arc"], k=3),
    "a loss of no days": lambda t: er.stress(t["case"], ["arc"], days=-1),
    "a curve over nothing": lambda t: er.frontier(t["case"], "", 0, 1),
    "a curve without end": lambda t: er.frontier(t["case"], "arc:SHORT.tariff", 0, INF),
    "no group": lambda t: er.lowest_share(t["case"], "", 1),
    "no cases": lambda t: er.regret([]),
    "no builds": lambda t: er.expand(t["case"], [-1.0]),
    "no result": lambda t: er.verify("no such"),
    "no pack": lambda t: er.read_pack("no such"),
    "no deck": lambda t: t["case"].with_deck("no such.csv"),
    "no actuals": lambda t: er.replan(t["case"], "2023-06", "no such.csv"),
    "an unknown change": lambda t: t["compiled"].solve({"no such": 1}),
    "an unknown question": lambda t: t["compiled"].solve_many([{"arc:SHORT.tariff": 20}], ["no such"]),
    "a line of one point": lambda t: er.route_from_geometry([(50.0, 45.0)], t["network"]),
    "a language that is none": lambda t: t["plan"].explore(lang="no such"),
    "layers of no kind": lambda t: t["plan"].layers("x.no_such"),
    "a report that is no page": lambda t: er.write_report(t["plan"], "mine.py"),
    "an answer over no period of the plan": lambda t: er.answer_of(t["plan"], labels=["1066"]),
    "an answer over nothing": lambda t: er.answer_of(t["plan"], labels=[]),
    "an answer against periods of no plan": lambda t: er.answer_of(t["plan"], then=["2023"]),
    "ranges of another table": lambda t: t["plan"].with_ranges(pd.DataFrame()),
    "no figures": lambda t: er.ranging(t["case"], -1),
    "no steps": lambda t: er.expand(er.load("oil-2030"), steps=0),
    "a report in no language": lambda t: er.write_report(t["plan"], "x.html", lang="no such"),
}


@pytest.mark.parametrize("call", BAD.values(), ids=BAD)
def test_what_is_of_the_right_kind_and_makes_no_sense_is_an_error_of_ours(
    call: Callable[[Any], object], tmp_path_factory: pytest.TempPathFactory
) -> None:
    made = toys(tmp_path_factory.getbasetemp())
    with pytest.raises(er.EnergyRoutesError) as caught:
        call(made)
    assert "Traceback" not in str(caught.value)
    assert caught.value.exit_code in (2, 3, 7)


def test_what_an_annotation_takes() -> None:
    """Numbers of numpy are numbers, tables of texts are looked into, iterators are not used up."""

    @annotated
    def taken(number: float = 0, names: Sequence[str] = (), table: Mapping[str, float] | None = None,
              word: Literal["a", "b"] = "a", of: Else | None = None, tagged: Annotated[int, "x"] = 1) -> None:
        pass

    class Else:
        pass

    taken(pd.Series([1.5]).max(), pd.Index(["x"]), {"x": 1}, "b", Else(), pd.Series([1]).max())
    for wrong in ({"number": NAN}, {"number": True}, {"names": "x"}, {"names": [1]}, {"table": {"x": "1"}},
                  {"table": {1: 1}}, {"word": "c"}, {"of": "x"}, {"tagged": 1.5}):  # fmt: skip
        with pytest.raises(er.UsageError, match="expected"):
            taken(**wrong)


def test_numbers_of_numpy_are_handed_on_as_those_of_python() -> None:
    """Else the record of a sweep of np.int64(2) draws could not be written."""

    @annotated
    def kinds(*numbers: float, draws: int, truth: bool) -> list[type]:
        return [type(one) for one in (*numbers, draws, truth)]

    assert kinds(np.float32(0.5), 2, draws=np.int64(2), truth=np.bool_(True)) == [float, int, int, bool]  # type: ignore[arg-type]


@pytest.mark.parametrize(("wrong", "words"), [
    ({"time_limit": "5"}, "time_limit = '5' (str); expected a number or None. Write time_limit=5, without quotes."),
    ({"time_limit": NAN}, "time_limit = nan (float); expected a number or None. Correct it, or leave time_limit out."),
    ({"method": "x"}, "method = 'x' (str); expected one of 'choose', 'simplex', 'ipm'. Correct it."),
])  # fmt: skip
def test_what_is_told(wrong: dict[str, Any], words: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    case = toys(tmp_path_factory.getbasetemp())["case"]
    with pytest.raises(er.UsageError) as caught:
        er.solve(case, **wrong)
    assert str(caught.value) == f"solve: {words}"


@pytest.mark.parametrize(("call", "words"), [
    (lambda t: er.Policy(max_share={"transit:RU": 0.5}), "Policy: max_share = {'transit:RU': 0.5} (dict); expected a "
     'list, each a Cap. case.with_policy(max_share={"transit:RU": 0.8}) makes one.'),
    (lambda t: er.Case("x", "toy", ()), "Case: network = 'toy' (str); expected a Network. er.load(name).network is "
     "one."),
    (lambda t: er.Case("x", t["network"], (), policy="x"), "Case: policy = 'x' (str); expected a Policy. "
     "er.load(name).policy is one."),
    (lambda t: er.sweep(t["case"], 2, workers=2), "sweep: workers = 2 (int); expected a Workers or None. "
     "er.workers_of(jobs=2) makes one."),
    (lambda t: t["case"].with_route("x"), "Case.with_route: routes = 'x' (str); expected an AddedRoute. "
     "er.route_from_geometry(line, case) makes one."),
    (lambda t: er.stress(t["compiled"]), "stress: case = Compiled(case...23; edits: 0)) (Compiled); expected a Case. "
     "The case of this Compiled is its attribute case."),
    (lambda t: er.stress(t["case"], []), "kinds = []; expected one at least"),
    (lambda t: er.stress(t["case"], ["arc", "arc"]), "kinds: 'arc' stands there twice; expected each once"),
    (lambda t: er.frontier(t["case"], SHARE, 0.9, 0.5, samples=1), "samples = 1; expected 2 or more"),
    (lambda t: er.regret({"a": t["case"], "b": t["case"]}, {"arcs": ["SHORT"]}, {"a": -1.0, "b": 2.0}),
     "probability of a = -1; expected 0 or more"),
    (lambda t: er.sweep(t["case"], 2, over={}), "over = []; expected one at least"),
    (lambda t: er.expand(er.load("btc-5"), [100, 100]), "budgets: 100 stands there twice; expected each once"),
    (lambda t: er.expand(er.load("btc-5"), [0, 0.0]), "budgets: 0.0 stands there twice; expected each once"),
    (lambda t: er.expand(er.load("btc-5"), np.zeros(2)), "budgets: 0.0 stands there twice; expected each once"),
    (lambda t: er.bargain(t["case"], link=["x", "x"]), "link: 'x' stands there twice; expected each once"),
])  # fmt: skip
def test_what_makes_one_and_what_is_empty_twice_or_too_little_is_told(
    call: Callable[[Any], object], words: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with pytest.raises(er.UsageError) as caught:
        call(toys(tmp_path_factory.getbasetemp()))
    assert str(caught.value) == words


def test_periods_of_an_answer_may_stand_in_any_list(tmp_path_factory: pytest.TempPathFactory) -> None:
    plan = toys(tmp_path_factory.getbasetemp())["plan"]
    for labels in (["2023"], pd.Series(["2023"]), np.array(["2023", "2023"])):
        assert str(er.answer_of(plan, labels=labels)) == str(er.answer_of(plan, labels=("2023",) * len(labels)))
    with pytest.raises(er.UsageError, match="expected a plan before, whose periods they are"):
        er.answer_of(plan, then=["2023"])


def test_any_value_is_told_as_such(tmp_path_factory: pytest.TempPathFactory) -> None:
    case = toys(tmp_path_factory.getbasetemp())["case"]
    with pytest.raises(er.UsageError, match="or a dict of a text to any value"):
        case.set("arc:SHORT.tariff", None)
