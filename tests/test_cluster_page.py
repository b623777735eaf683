"""docs/cluster.md does what it says: a scheduler, two workers and a sweep, plain and with TLS."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import energy_routes as er

BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.M | re.S)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.mark.exhaustive  # as all that begins a cluster; what a sweep asks of it is tested with processes
@pytest.mark.slow
def test_the_lines_of_the_page_sweep_on_a_cluster(root: Path, tmp_path: Path) -> None:
    plain, tls = BLOCK.findall((root / "docs" / "cluster.md").read_text("utf-8"))
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    for script in (plain, tls):
        told = tmp_path / "told.txt"  # no pipe, which workers that end slowly would hold open
        with told.open("w") as screen:
            done = subprocess.run(
                ["bash", "-ec", script.replace("8786", str(free_port()))], cwd=tmp_path, stdout=screen, stderr=screen,
                env=os.environ | {"PATH": path, "PYTHONPATH": str(root)}, timeout=600, check=False,
            )  # fmt: skip
        assert done.returncode == 0, told.read_text("utf-8")
        assert "200 draws" in told.read_text("utf-8")
    here = er.sweep(er.load("oil-2024"), 200).data
    for folder in ("futures", "futures-tls"):
        pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / folder / "dataset.parquet"), here, check_exact=True)
