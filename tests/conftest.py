"""Shared set-up of the tests: no screen, the same random examples on every run, and the repository's root."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("MPLBACKEND", "Agg")

# No deadline (a slow machine is not a fault), the same examples every time, nothing written beside the tests.
settings.register_profile(
    "energy-routes", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("energy-routes")


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's (or the unpacked sdist's) top folder."""
    return Path(__file__).resolve().parent.parent
