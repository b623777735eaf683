"""Docstrings keep their word: the façade has the sections of numpydoc, and no error is promised that cannot come."""

from __future__ import annotations

import ast
import doctest
import inspect
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import docstring_parser
import pytest
from docstring_parser import Docstring, DocstringStyle
from raises import Package, promised

import energy_routes as er
from energy_routes import errors
from energy_routes.plan.tables import Read

PACKAGE = Path(er.__file__).parent
ERRORS = frozenset(name for name, value in vars(errors).items() if inspect.isclass(value) and value.__module__
                   == errors.__name__ and issubclass(value, er.EnergyRoutesError))  # fmt: skip
ROLE = re.compile(r":(?:mod|func|class|meth|data|attr):`~?([\w.]+)`")
DOI = re.compile(r"doi:10\.\d{4,}/\S+[^\s.]")


def facade() -> Iterator[tuple[str, Any]]:
    """Every public name with its value, and every public method and property of a class, its own or one of a base."""
    for name in er.__all__:
        value = getattr(er, name)
        if callable(value):
            yield name, value
        if inspect.isclass(value):
            bases = [base for base in reversed(value.__mro__) if base.__module__.startswith(f"{er.__name__}.")]
            for part, inner in {part: inner for base in bases for part, inner in vars(base).items()}.items():
                plain = inner.__func__ if isinstance(inner, staticmethod) else inner
                described = callable(plain) or isinstance(plain, property | cached_property)
                if described and not part.startswith("_"):
                    yield f"{name}.{part}", plain


NAMES = dict(facade())
FUNCTIONS = {name: value for name, value in NAMES.items() if inspect.isfunction(value)}
CLASSES = {name: value for name, value in NAMES.items() if inspect.isclass(value)}


@cache
def parsed(name: str) -> Docstring:
    """The docstring of a public name."""
    return docstring_parser.parse(inspect.cleandoc(NAMES[name].__doc__ or ""), DocstringStyle.NUMPYDOC)


def told(doc: Docstring, section: str) -> list[str]:
    """The names of a section in order, ``start, stop`` as two, without the stars of ``*edits``."""
    return [name.strip(" *") for meta in doc.params if meta.args[0] == section for name in meta.arg_name.split(",")]


def test_there_is_something_to_look_at() -> None:
    assert {"solve", "Case.set", "Plan.load"} <= set(FUNCTIONS)
    assert {"Plan.exports", "Comparison.cost", "Network.tables"} <= set(NAMES) - set(FUNCTIONS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_describes_its_parameters_and_what_it_returns(name: str) -> None:
    function, doc = FUNCTIONS[name], parsed(name)
    signature = inspect.signature(function)
    assert told(doc, "param") == [parameter for parameter in signature.parameters if parameter != "self"]
    assert all(meta.type_name and meta.description for meta in doc.params)
    assert (doc.returns is not None) == (signature.return_annotation != "None")
    assert doc.returns is None or (doc.returns.type_name and doc.returns.description)


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_describes_its_fields(name: str) -> None:
    value, doc = CLASSES[name], parsed(name)
    if is_dataclass(value):
        read = [name for name, part in vars(value).items() if isinstance(part, Read)]  # of a plan, its tables
        assert told(doc, "attribute") == [*(part.name for part in fields(value) if part.name[0] != "_"), *read]
    else:
        taken = [] if value.__init__ is Exception.__init__ else list(inspect.signature(value).parameters)
        assert told(doc, "param") == taken
        assert "exit_code" in told(doc, "attribute") or not issubclass(value, Exception)
    assert all(meta.type_name and meta.description for meta in doc.params)


@pytest.mark.parametrize("name", NAMES)
def test_a_docstring_says_what_it_is_and_raises_errors_of_the_package(name: str) -> None:
    doc = parsed(name)
    assert doc.short_description
    assert doc.short_description.endswith((".", "``.")), "a sentence"
    raised = {error.strip() for meta in doc.raises for error in (meta.type_name or "").split(",")}
    assert raised <= ERRORS
    assert all(meta.description for meta in doc.raises)


def test_a_paper_is_cited_with_its_doi() -> None:
    # A book has a title without quotation marks; the journal of Hirschman's paper has no DOIs of its time.
    papers = {paper for value in NAMES.values() for paper in references(value) if '"' in paper}
    assert len(papers) >= 5
    assert {paper for paper in papers if not DOI.search(paper)} == {
        'A. O. Hirschman, "The Paternity of an Index", American Economic Review 54 (1964).'
    }


def references(value: Any) -> list[str]:
    """The entries of the section References, each a line: an entry begins with the initials of its author."""
    found = re.search(r"^References\n-+\n(.*?)(?=\n\n\w|\Z)", inspect.cleandoc(value.__doc__ or ""), re.M | re.S)
    return [" ".join(entry.split()) for entry in re.split(r"\n(?=[A-Z]\. )", found[1])] if found else []


@pytest.fixture(scope="module")
def examples() -> dict[str, doctest.DocTest]:
    """The examples of the façade by name."""
    finder = doctest.DocTestFinder(recurse=False)
    return {name: test for name, value in NAMES.items() for test in finder.find(value, name, globs={}) if test.examples}


@pytest.mark.exhaustive
def test_the_examples_of_the_facade_run(examples: dict[str, doctest.DocTest], monkeypatch: pytest.MonkeyPatch) -> None:
    assert {"solve", "load", "Case", "Plan", "compare", "answer_of"} <= set(examples)
    monkeypatch.setattr(er, "solve", cache(er.solve), raising=False)  # the examples solve one case many times
    monkeypatch.setattr(er, "load", cache(er.load), raising=False)
    runner = doctest.DocTestRunner()
    for test in examples.values():
        runner.run(test)
    assert runner.failures == 0


def test_an_example_names_only_what_the_facade_has() -> None:
    shown = [
        (path.name, name)
        for path in PACKAGE.rglob("*.py")
        for line in re.findall(r"^\s*>>> (.*)", path.read_text("utf-8"), re.M)
        for name in re.findall(r"\ber\.(\w+)", line)
    ]
    assert len(shown) > 8
    assert [place for place in shown if place[1] not in er.__all__] == []


@pytest.fixture(scope="module")
def package() -> Package:
    """The package as it is written."""
    sources, stubs = (
        {".".join((PACKAGE.name, *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"):
             path.read_text("utf-8") for path in sorted(PACKAGE.rglob(pattern))} for pattern in ("*.py", "*.pyi")
    )  # fmt: skip
    return Package(sources, ERRORS, stubs)


@pytest.mark.exhaustive
def test_an_error_is_promised_only_where_it_can_come(package: Package) -> None:
    promises = {full: promised(ast.get_docstring(node) or "", ERRORS) for full, node in package.definitions.items()}
    assert sum(map(bool, promises.values())) > 150
    broken = {full: said for full, words in promises.items() if (said := words - package.raised(full))}
    assert broken == {}


@pytest.mark.exhaustive
def test_what_a_docstring_refers_to_is_there(package: Package) -> None:
    """By its full name, or that in the same class or module, or in the façade; other packages are not looked at."""
    places = {**package.trees, **package.definitions}
    names = [(place, name) for place, node in places.items() for name in ROLE.findall(ast.get_docstring(node) or "")]
    assert len(names) > 60
    lost = [
        (place, name) for place, name in names
        if name.partition(".")[0] in (PACKAGE.name, name) and name.removeprefix(f"{PACKAGE.name}.") not in er.__all__
        and not any(package.knows(".".join((*place.split(".")[:depth], name))) for depth in range(place.count(".") + 2))
    ]
    assert lost == []


TOY = {
    "toy.rules": '''
from toy import add
from toy.sums import Sum

def build(x):
    """Raises InfeasibleError, and DataError where none is stated."""
    return add(x)

def other(x: Sum):
    """The same.

    Raises
    ------
    LabelError
        Not at all.
    DataError
        Never.

    Examples
    --------
    None: LabelError would be one.
    """
    return x.checked()
''',
    "toy.sums": '''
from energy_routes.errors import InfeasibleError, LabelError

class Sum:
    def checked(self):
        return self._refuse()

    def _refuse(self):
        raise LabelError("no")

    def saved(self):
        """Raises DataError."""
        return above("saved")

def add(x):
    raise InfeasibleError("no")
''',
    "toy.disk": '''
from energy_routes.errors import DataError

def save(x):
    raise DataError("no", [])
''',
    "toy": '''
TABLE = {"Sum.saved": "toy.disk:save"}
''',
}
STUBS = {"toy": "from .sums import add as add"}


def test_a_promise_that_is_not_kept_is_found() -> None:
    toy = Package(TOY, frozenset({"InfeasibleError", "LabelError", "DataError"}), STUBS)
    said = {full: promised(ast.get_docstring(node) or "", toy.errors) for full, node in toy.definitions.items()}
    assert said["toy.rules.build"] == {"InfeasibleError", "DataError"}
    assert said["toy.sums.Sum.saved"] == {"DataError"}
    assert said["toy.rules.other"] == {"LabelError", "DataError"}
    assert {full: words - toy.raised(full) for full, words in said.items() if words - toy.raised(full)} == {
        "toy.rules.build": {"DataError"}, "toy.rules.other": {"DataError"},
    }  # fmt: skip
