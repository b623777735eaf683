"""The layers in QGIS itself, without a screen; skipped where it is not installed (QGIS_PYTHON names its Python)."""

from __future__ import annotations

import json
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from toy_maps import cut_plan, toy_plan

from energy_routes.maps.data.payload import payload
from energy_routes.maps.layers.geodata import write_layers

READS = Path(__file__).parent / "qgis_reads.py"


@cache
def qgis_python() -> str:
    """A Python that imports QGIS, else an empty text."""
    for python in filter(None, (os.environ.get("QGIS_PYTHON"), "/usr/bin/python3")):
        asked = [python, "-E", "-c", "import qgis.core"]
        if Path(python).exists() and subprocess.run(asked, capture_output=True).returncode == 0:
            return python
    return ""


def seen_in_qgis(geopackage: Path) -> Any:
    if not qgis_python():
        pytest.skip("no QGIS on this machine: apt-get install python3-qgis, or name its Python in QGIS_PYTHON")
    picture = geopackage.with_suffix(".png")
    ran = subprocess.run([qgis_python(), "-E", str(READS), str(geopackage), str(picture)], capture_output=True,
                         text=True, timeout=120)  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert not told["errors"]
    for name in ("flows", "nodes", "countries"):
        layer = told[name]
        assert (layer["valid"], layer["styled"], layer["renderer"]) == (True, True, "RuleRenderer"), name
        assert not layer["faults"], name
        assert layer["labels"] is (name != "countries")
    return told


def test_qgis_shows_classes_of_use_in_its_legend_and_draws_them(tmp_path: Path) -> None:
    told = seen_in_qgis(write_layers(payload(toy_plan()), tmp_path / "flows.gpkg"))
    assert told["flows"]["legend"] == ["Oil: < 50 %", "Oil: 50–80", "Oil: 80–95", "Oil: ≥ 95 %", "no limit", "proposed",
                                       "idle or unused"]  # fmt: skip
    assert told["nodes"]["legend"] == ["field", "port", "hub", "border", "refinery", "storage", "market"]
    full, halo, land = (told["colours"].get(colour, 0) for colour in ("#5a1803", "#ffffff", "#f7f5f0"))
    assert min(full, halo, land) > 0


def test_qgis_shows_a_change_in_five_classes(tmp_path: Path) -> None:
    told = seen_in_qgis(write_layers(toy_plan(), tmp_path / "change.gpkg", other=cut_plan(), lang="ru"))
    assert told["flows"]["legend"][2:4] == ["без изменений", "рост"]
    assert told["colours"].get("#762a83", 0) > 50  # the line that lost most
