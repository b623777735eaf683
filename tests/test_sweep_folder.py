"""The folder of a sweep: killed at any moment, with a disk that is full, or by two at once, it loses no whole chunk."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rest import first
from toy_doubts import doubts, struck, written
from typer.testing import CliRunner

import energy_routes as er
from energy_routes.case import Case
from energy_routes.cli.app import app
from energy_routes.errors import UsageError, VerificationError
from energy_routes.pack import scratch_beside
from energy_routes.studies.sweeps import experiment as experiments, folder as folders
from energy_routes.studies.sweeps.sweep import replay
from energy_routes.studies.sweeps.workers.workers import Chunk, Here

FEW, MANY = 4, 30  # kills
ROWS, DRAWS = 2, 20  # of a chunk, and of a sweep: ten chunks


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    monkeypatch.setattr(experiments, "MANY", ROWS)
    return doubts(tmp_path / "toy")


@pytest.mark.parametrize(("kills", "made"), first([(FEW, struck), (MANY, written)], 1))
@pytest.mark.skipif(os.name == "nt", reason="forks")
def test_a_sweep_that_is_killed_at_any_moment_goes_on_to_the_same_byte(
    kills: int, made: Callable[[Path], Path], tmp_path: Path
) -> None:
    model, place = made(tmp_path / "toy"), tmp_path / "sweep"
    script = Path(__file__).with_name("kills.py")
    done = subprocess.run([sys.executable, script, model, place, str(kills), "5"], capture_output=True, text=True,
                          check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    killed, full = map(int, done.stdout.split())
    assert killed >= kills // 2
    assert full == errno.EFBIG  # the dataset could not be written, and the chunks were there for the last run
    whole = tmp_path / "sweep-whole"
    for name in ("dataset.parquet", "experiment.json"):
        assert (place / name).read_bytes() == (whole / name).read_bytes()
    assert sorted(file.name for file in place.iterdir()) == sorted(file.name for file in whole.iterdir())


@pytest.mark.parametrize("name", [folders.EXPERIMENT, folders.DATASET])
def test_what_a_run_left_that_was_killed_just_after_it_wrote_a_file_goes(name: str, case: Case, tmp_path: Path) -> None:
    place = tmp_path / "sweep"
    er.sweep(case, 4, folder=place)
    before = sorted(place.iterdir())
    with scratch_beside(place / name) as scratch:
        alive = scratch.name
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    (place / alive.replace(f"-{os.getpid()}-", f"-{ended.pid}-")).mkdir()
    er.sweep(case, 4, folder=place, resume=True)
    assert sorted(place.iterdir()) == before


class Failing:
    """Workers who end after some chunks."""

    def __init__(self, after: int, error: BaseException) -> None:
        self.after, self.error = after, error

    def run(self, work: Any, shared: Any, chunks: Sequence[Chunk]) -> Generator[tuple[int, Any], None, None]:
        yield from Here().run(work, shared, chunks[: self.after])
        raise self.error


class Counting:
    """Workers who remember what they were given."""

    def run(self, work: Any, shared: Any, chunks: Sequence[Chunk]) -> Generator[tuple[int, Any], None, None]:
        self.given = [chunk.number for chunk in chunks]
        yield from Here().run(work, shared, chunks)


@pytest.mark.exhaustive
def test_what_is_done_is_not_done_again(case: Case, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        er.sweep(case, DRAWS, folder=tmp_path / "sweep", workers=Failing(4, KeyboardInterrupt()))
    assert len([*(tmp_path / "sweep" / "chunks").iterdir()]) == 4
    (tmp_path / "sweep" / "chunks" / "000002.parquet").write_bytes(b"PAR1 of a disk that lost its power")
    rest, nothing = Counting(), Counting()
    er.sweep(case, DRAWS, folder=tmp_path / "sweep", resume=True, workers=rest)
    assert rest.given == [2, 4, 5, 6, 7, 8, 9]
    er.sweep(case, DRAWS, folder=tmp_path / "sweep", resume=True, workers=nothing)
    assert nothing.given == []
    er.sweep(case, DRAWS, folder=tmp_path / "other")
    one, other = ((tmp_path / name / "dataset.parquet").read_bytes() for name in ("sweep", "other"))
    assert one == other


def test_a_write_that_fails_leaves_what_was_there(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, written = tmp_path / "sweep", []

    def full(file: int) -> None:
        written.append(file)
        if len(written) > 7:
            raise OSError(errno.ENOSPC, "No space left on device", str(place))

    monkeypatch.setattr(folders.os, "fsync", full)
    with pytest.raises(er.UsageError, match=r"cannot be written \(No space left on device\); nothing was changed"):
        er.sweep(case, DRAWS, folder=place)
    assert [file.name for file in (place / "chunks").iterdir() if file.name.startswith(".")] == []
    monkeypatch.undo()
    monkeypatch.setattr(experiments, "MANY", ROWS)
    rest = Counting()
    er.sweep(case, DRAWS, folder=place, resume=True, workers=rest)
    assert 0 < len(rest.given) < 10


def test_two_at_once_and_two_of_different_inputs_are_refused(case: Case, tmp_path: Path) -> None:
    place = tmp_path / "sweep"
    er.sweep(case, 4, folder=place)
    with folders.opened(place), pytest.raises(UsageError, match="another sweep is at work"):
        er.sweep(case, 4, folder=place, resume=True)
    with pytest.raises(UsageError, match="Resume it"):
        er.sweep(case, 4, folder=place)
    for other, draws, seed, words in ((case, 5, 1, "draws was 4, is 5"), (case, 4, 2, "seed was 1, is 2"),
                                      (case.set("arc:GATHER.tariff", 2), 4, 1, "sha256 case was")):  # fmt: skip
        with pytest.raises(UsageError, match=words):
            er.sweep(other, draws, seed=seed, folder=place, resume=True)
    with pytest.raises(UsageError, match="is a file"):
        er.sweep(case, 4, folder=place / "dataset.parquet")


def test_ctrl_c_says_what_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = written(tmp_path / "toy")
    monkeypatch.setattr(experiments, "MANY", ROWS)
    monkeypatch.setattr("energy_routes.studies.sweeps.workers.choice.Here", lambda: Failing(3, KeyboardInterrupt()))
    place = str(tmp_path / "sweep")
    words = ["sweep", str(model), "--draws", str(DRAWS), "--out", place]
    done = CliRunner().invoke(app, [*words, "--jobs", "1"])
    assert done.exit_code == 130
    assert "6 of 20 rows are in" in done.stderr
    monkeypatch.undo()
    monkeypatch.setattr(experiments, "MANY", ROWS)
    assert CliRunner().invoke(app, [*words, "--resume"]).exit_code == 0


def test_a_row_that_is_solved_again_is_that_of_the_dataset_or_refused(case: Case, tmp_path: Path) -> None:
    place = tmp_path / "sweep"
    found = er.sweep(case, 6, folder=place)
    assert replay(found.experiment, 3, place)["netback"].tolist() == found.data["netback"][3:4].tolist()
    table = pq.read_table(place / "dataset.parquet")
    column = np.nextafter(table["netback"].to_numpy(), np.inf)  # one bit more
    pq.write_table(table.set_column(table.column_names.index("netback"), table.schema.field("netback"), [column]),
                   place / "dataset.parquet")  # fmt: skip
    with pytest.raises(VerificationError, match=r"row 3 .* netback"):
        replay(found.experiment, 3, place)
    with pytest.raises(UsageError, match="seed was 1, is 2"):
        replay(er.sweep(case, 6, seed=2).experiment, 3, place)


@pytest.mark.parametrize(("name", "spoil"), [
    ("experiment.json", lambda file: file.write_text("[" * 100_000)),
    ("experiment.json", lambda file: (file.unlink(), file.mkdir())),
    ("experiment.json", lambda file: (file.unlink(), os.mkfifo(file))),
    ("dataset.parquet", lambda file: (file.unlink(), file.mkdir())),
    (".lock", lambda file: (file.unlink(missing_ok=True), file.mkdir())),
    ("chunks", lambda file: file.write_text("mine")),
])  # fmt: skip
def test_what_no_sweep_writes_in_its_folder_is_told(
    name: str, spoil: Callable[[Path], object], case: Case, tmp_path: Path
) -> None:
    """Found by hand: each was an internal error, a pipe was replaced, and a folder with it."""
    er.sweep(case, draws=2, folder=tmp_path / "out")
    spoil(tmp_path / "out" / name)
    with pytest.raises(er.UsageError, match=name):
        er.sweep(case, draws=2, folder=tmp_path / "out", resume=True)
    assert os.path.lexists(tmp_path / "out" / name)


def test_a_dataset_that_another_program_wrote_is_solved_again(case: Case, tmp_path: Path) -> None:
    er.sweep(case, draws=3, folder=tmp_path / "out")
    file = tmp_path / "out" / "dataset.parquet"
    before = file.read_bytes()
    for changed in (pd.read_parquet(file).assign(netback=1.0), pd.DataFrame({"x": range(3)})):
        changed.to_parquet(file)
        er.sweep(case, draws=3, folder=tmp_path / "out", resume=True)
        assert file.read_bytes() == before


CELLS = [("netback", 1.0), ("netback", None), ("status", "infeasible"), ("draw", 7)]


@pytest.mark.parametrize(("column", "value"), first(CELLS, 2))
def test_a_cell_that_was_changed_is_solved_again(case: Case, tmp_path: Path, column: str, value: object) -> None:
    """The schema is kept, units and all: the checksum of the rows tells."""
    folder = tmp_path / "out"
    er.sweep(case, draws=3, folder=folder)
    file = folder / "dataset.parquet"
    before = file.read_bytes()
    table = pq.read_table(file)
    cells = table[column].to_pylist()
    cells[1] = value
    at = table.schema.get_field_index(column)
    changed = table.set_column(at, table.schema.field(at), pa.array(cells, table.schema.types[at]))
    chunk = folder / "chunks" / "000000.parquet"  # as a run that was stopped left it
    chunk.parent.mkdir()
    for place in (file, chunk):
        pq.write_table(changed, place)
        assert pq.read_schema(place).equals(table.schema, check_metadata=True)
        (file if place == chunk else chunk).unlink(missing_ok=True)
        er.sweep(case, draws=3, folder=folder, resume=True)
        assert file.read_bytes() == before
        chunk.parent.mkdir(exist_ok=True)
