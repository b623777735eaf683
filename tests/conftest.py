"""Shared set-up of the tests: no screen, the same random examples on every run, and the repository's root."""

from __future__ import annotations

import gc
import logging
import os
import tempfile
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, settings
from kept import freeing_once, reading_once, solving_once

from energy_routes.audit import files
from energy_routes.pack.cache import cache
from energy_routes.pack.cache.folder import VARIABLE
from energy_routes.solving import loop

os.environ.setdefault("MPLBACKEND", "Agg")

# Packs that were checked are kept for all processes of this run, and for none after it: never in the user's folder.
if VARIABLE not in os.environ:
    checked = tempfile.TemporaryDirectory(prefix="energy-routes-tests-")
    os.environ[VARIABLE] = checked.name

# Python's strings in the tables of pandas: the type and the values of pyarrow's, in two thirds of the time where a
# table has ten rows.  The documentation's examples, commands started as processes and (TEST_STRINGS=auto) the last runs
# of .ci/run take what users have.
STRINGS = os.environ.get("TEST_STRINGS", "python")
if STRINGS != "auto":
    pd.set_option("mode.string_storage", STRINGS)

PACKS = 64  # are kept in memory: the bundled ones, and the toys of one file
STRUCTURES = 16  # are kept by a process: the toys of one file, and what each of its tests asks of them

# No deadline (a slow machine is not a fault), the same examples every time, nothing written beside the tests.  Of
# random examples the first ten are tried; .ci/run asks for a hundred.
settings.register_profile(
    "energy-routes", max_examples=int(os.environ.get("EXAMPLES", "10")), deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("energy-routes")


# Two thousand tests and their libraries stay to the end: looking through them for garbage again and again is waste.
# Not gc.freeze(): older Hypothesis looks for what refers to a generator, and does not see what is frozen.
gc.set_threshold(50_000, 20, 100)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """pytest looks through all that is left ten times; once is enough to find what nobody closed."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's (or the unpacked sdist's) top folder."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True, scope="session")
def solved_once() -> Iterator[None]:
    """Most tests rest on one toy: ``er.solve`` solves equal cases once (``kept.py``).

    Tests of solving itself take ``solve`` from :mod:`energy_routes.solving.loop` and solve each time.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cache, "IN_MEMORY", PACKS)
        patch.setattr(files, "_table", reading_once(files._table))
        patch.setattr(files, "_sheets", reading_once(files._sheets))
        patch.setattr(loop, "_free", freeing_once(loop._free))
        patch.setattr(loop, "solve", solving_once(loop.solve))
        patch.setattr(loop.laid_out.__self__, "_kept", deque(maxlen=STRUCTURES))
        yield


@pytest.fixture
def built_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """No structure is taken from an earlier test or left for a later one: for tests that plant a rule or a term."""
    monkeypatch.setattr(loop.laid_out.__self__, "_kept", deque(maxlen=STRUCTURES))


class Told(logging.Handler):
    """What a logger says, as a list of texts."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


@pytest.fixture(autouse=True)
def one_of_several() -> Iterator[list[str]]:
    """No plan may be one of several where it should be the one; a test that means it empties the list."""
    told, log = Told(), logging.getLogger("energy_routes.solving.canonical_plan")
    log.addHandler(told)
    yield told.texts
    log.removeHandler(told)
    assert told.texts == []


@pytest.fixture
def strings_of_users() -> Iterator[None]:
    """The strings that pandas takes unless told otherwise (see STRINGS)."""
    with pd.option_context("mode.string_storage", "auto"):
        yield
