"""The wheel is complete: built here and from the sdist, installed in an empty environment, used elsewhere.

What goes into it is listed every time; it is built, installed and used by ``-m exhaustive``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder
from rest import first

Content = Callable[[Path, pytest.FixtureRequest], set[str]]


def run(command: list[str | Path], cwd: Path) -> str:
    """Standard output of a command, run without this environment's Python settings.  Fails with its standard error."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(
        command, cwd=cwd, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done.stdout


def build(source: Path, kind: str, folder: Path) -> Path:
    """The sdist or wheel that ``source`` builds into ``folder``."""
    run([sys.executable, "-m", "build", f"--{kind}", "--no-isolation", "--outdir", folder, source], cwd=folder)
    (built,) = folder.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return built


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(root, "wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a new environment with the wheel in it, beside the libraries of this one.

    That the wheel asks for all that it imports is told by tests/test_project.py; to install it all takes a minute.
    """
    folder = tmp_path_factory.mktemp("empty") / "env"
    venv.create(folder)
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    install = ["install", "--quiet", "--no-deps", "--no-index"]
    run([sys.executable, "-m", "pip", "--python", python, *install, wheel], cwd=folder)
    own = run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], cwd=folder).strip()
    # A folder named in a .pth lends its packages, but not its own .pth files: this checkout stays out of it.
    (Path(own) / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return python


def listed(root: Path, _: pytest.FixtureRequest) -> set[str]:
    """What a build would put into the wheel."""
    return {file.distribution_path for file in WheelBuilder(str(root)).recurse_included_files()}


def packed(_: Path, request: pytest.FixtureRequest) -> set[str]:
    return set(zipfile.ZipFile(request.getfixturevalue("wheel")).namelist())


@pytest.mark.parametrize("content", first([listed, packed], 1))
def test_wheel_carries_every_pack_and_model(content: Content, root: Path, request: pytest.FixtureRequest) -> None:
    inside = content(root, request)
    wanted = {
        f"energy_routes/_share/{path.relative_to(root).as_posix()}"
        for folder in ("data", "models") for path in (root / folder).rglob("*") if path.is_file()
    }
    assert wanted
    assert wanted - inside == set()
    assert "energy_routes/py.typed" in inside
    assert {name.partition("/")[0] for name in inside if ".dist-info/" not in name} == {"energy_routes"}


@pytest.mark.exhaustive
@pytest.mark.slow
def test_sdist_builds_the_same_wheel(root: Path, wheel: Path, tmp_path: Path) -> None:
    with tarfile.open(build(root, "sdist", tmp_path)) as archive:
        archive.extractall(tmp_path, filter="data")
    (source,) = (path for path in tmp_path.iterdir() if path.is_dir())
    assert (source / "tests" / "test_wheel.py").exists()
    again = build(source, "wheel", tmp_path)
    names = [sorted(zipfile.ZipFile(path).namelist()) for path in (wheel, again)]
    assert names[0] == names[1]


@pytest.mark.exhaustive
@pytest.mark.slow
def test_installed_wheel_solves_from_another_folder(python: Path, tmp_path: Path) -> None:
    script = python.parent / "energy-routes"
    summary = json.loads(run([script, "solve", "oil-2024", "--json"], cwd=tmp_path))
    assert summary["status"] == "optimal"
    assert summary["exports"][0]["volume"] > 0
    models = json.loads(run([script, "models", "--json"], cwd=tmp_path))
    assert "oil-2024" in [model["model"] for model in models]


@pytest.mark.exhaustive
@pytest.mark.slow
def test_installed_wheel_works_from_python(python: Path, tmp_path: Path) -> None:
    code = "import energy_routes as er; print(er.solve(er.load('oil-2024')).status); print(er.__file__)"
    status, file = run([python, "-c", code], cwd=tmp_path).split()
    assert status == "optimal"
    assert "site-packages" in Path(file).parts  # the wheel's own code, not this folder's
