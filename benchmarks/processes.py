"""What is measured of whole processes: the CPU time of commands, and what one solve takes in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

IMPORTS = ("highspy, pandas, scipy.sparse", "typer, rich", "pulp", "linopy", "pyomo.environ", "oemof.solph", "pypsa")
COMMANDS: Mapping[str, Sequence[str]] = {
    "energy-routes solve oil-2024": ("-m", "energy_routes", "solve", "oil-2024"),
    "energy-routes --help": ("-m", "energy_routes", "--help"),
    **{f"import {names}": ("-c", f"import {names}") for names in IMPORTS},
}


def run(words: Sequence[str]) -> str:
    """What Python prints with these words after it.  Raises CalledProcessError where it fails.

    Our modules are compiled once, as those of an installed package are, also where Python is told to keep no bytecode.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.run([sys.executable, *words], stdout=subprocess.PIPE, check=True, text=True, env=kept).stdout


def once(way: str, question: str, folder: str) -> dict[str, float]:
    """What one solve takes in a fresh process: ``mb`` at its peak, and seconds (``once.py``)."""
    script = Path(__file__).with_name("once.py")
    found: dict[str, float] = json.loads(run([str(script), way, question, folder]).splitlines()[-1])
    return found
