"""``doctor``: versions, the solvers found, and a published problem solved from its tables to its known optimum."""

from __future__ import annotations

import platform
import tempfile
from pathlib import Path
from typing import Any

import energy_routes as er
from energy_routes.linear import available_solvers
from energy_routes.pack import installed, model_names, pack_names

PACKAGES = (
    "energy-routes", "highspy", "pulp", "numpy", "scipy", "pandas", "pyarrow", "geopandas", "matplotlib", "typer",
)  # fmt: skip

# Dantzig, Linear Programming and Extensions (1963), section 3.3: a case is written as 1 kt, a dollar as 1000 USD.
OPTIMUM = 153.675
TABLES = {
    "pack.toml": """title = "Dantzig's canning plants"
family = "oil"
description = "A published problem: Linear Programming and Extensions (1963), section 3.3."
attribution = "Dantzig (1963)"
licence = "figures of a published problem, cited"
""",
    "commodities.csv": "id,name,family\ngoods,Goods,oil\n",
    "nodes.csv": "id,name,kind\nSEATTLE,Seattle,field\nSAN-DIEGO,San Diego,field\nNEW-YORK,New York,market\n"
    "CHICAGO,Chicago,market\nTOPEKA,Topeka,market\n",
    "supplies.csv": "id,node,commodity,shipper,available,unit\nS1,SEATTLE,goods,all,350,kt/y\n"
    "S2,SAN-DIEGO,goods,all,600,kt/y\n",
    "obligations.csv": "id,node,commodities,volume,unit\nD1,NEW-YORK,goods,325,kt/y\nD2,CHICAGO,goods,300,kt/y\n"
    "D3,TOPEKA,goods,275,kt/y\n",
    "arcs.csv": "id,from,to,mode,capacity,unit,tariff,money_unit\n"
    "A1,SEATTLE,NEW-YORK,rail,unlimited,kt/y,0.225,USD/t\nA2,SEATTLE,CHICAGO,rail,unlimited,kt/y,0.153,USD/t\n"
    "A3,SEATTLE,TOPEKA,rail,unlimited,kt/y,0.162,USD/t\nA4,SAN-DIEGO,NEW-YORK,rail,unlimited,kt/y,0.225,USD/t\n"
    "A5,SAN-DIEGO,CHICAGO,rail,unlimited,kt/y,0.162,USD/t\nA6,SAN-DIEGO,TOPEKA,rail,unlimited,kt/y,0.126,USD/t\n",
    "model.toml": 'data = "."\nyear = 2024\n[policy]\nobjective = "cost"\n',
}  # fmt: skip


def examined() -> dict[str, Any]:
    """Versions, solvers and the outcome of the self-test."""
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "versions": {name: installed(name) for name in PACKAGES},
        "packs": list(pack_names()),
        "models": list(model_names()),
        "solvers": list(dict.fromkeys(("highs", *available_solvers()))),
        "self_test": self_test(),
    }


def self_test() -> dict[str, Any]:
    """Tables → linear programme → solution → saved result → verified, on a problem with a published optimum."""
    try:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "dantzig"
            folder.mkdir()
            for name, text in TABLES.items():
                (folder / name).write_text(text, encoding="utf-8")
            plan = er.solve(er.load(folder / "model.toml"))
            er.verify(plan.save(Path(scratch) / "result"))
            found = plan.objective.value * 1000
    except Exception as error:  # whatever it is, the doctor must still report the rest
        return {"passed": False, "expected": OPTIMUM, "found": None, "error": f"{type(error).__name__}: {error}"}
    return {"passed": abs(found - OPTIMUM) < 1e-6, "expected": OPTIMUM, "found": found, "error": None}
