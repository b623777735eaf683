"""The folder of a sweep: chunks that appear whole or not at all, one run at a time, and what a run that goes on checks.

``experiment.json`` stands there first.  Each chunk is a file of ``chunks/``; when all are there they become
``dataset.parquet`` and go.  So a run that is killed at any moment leaves whole chunks, and the next solves the rest.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from energy_routes.errors import UsageError
from energy_routes.pack import clear_left, hindrance, refusal, written
from energy_routes.studies.sweeps.dataset import groups_of, write
from energy_routes.studies.sweeps.workers.workers import Chunk

if TYPE_CHECKING:
    import pyarrow as pa

EXPERIMENT, DATASET, CHUNKS, LOCK = "experiment.json", "dataset.parquet", "chunks", ".lock"


class Folder:
    """The folder of a sweep, open for one run; see :func:`opened`."""

    def __init__(self, place: Path) -> None:
        self.place = place

    @property
    def dataset(self) -> Path:
        """The file of the whole dataset."""
        return self.place / DATASET

    def begin(self, record: Mapping[str, Any], *, resume: bool) -> None:
        """Write down what is solved here, or see that it is the same.

        Raises UsageError where there is a sweep and it is not to go on, or where its inputs are others.
        """
        file = self.place / EXPERIMENT
        if not os.path.lexists(file):
            with written(file) as new:
                new.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", "utf-8")
            return
        if not resume:
            raise UsageError(f"{self.place} has a sweep already. Resume it, or name another folder.")
        try:
            before = json.loads(file.read_text("utf-8") if not (wrong := hindrance(file)) else "")
        except (ValueError, RecursionError) as error:
            raise UsageError(f"{file} is damaged: {wrong or error}. Name another folder.") from None
        if told := [*_unlike(before, json.loads(json.dumps(record)))]:
            raise UsageError(f"{self.place} has another sweep: {'; '.join(told)}. Give what it was begun with, or name "
                             "another folder.")

    def kept(self, chunks: Sequence[Chunk], schema: pa.Schema) -> dict[int, pa.Table]:
        """The tables of the chunks that are there, by number.

        One that is not what a sweep of this schema wrote (damaged, changed, or another's) counts as missing.
        """
        groups = groups_of(self.dataset, schema)
        if [table.num_rows for table in groups] == [chunk.stop - chunk.start for chunk in chunks]:
            return {chunk.number: table for chunk, table in zip(chunks, groups, strict=True)}
        self.dataset.unlink(missing_ok=True)
        found = {chunk: groups_of(self._file(chunk.number), schema) for chunk in chunks}
        return {chunk.number: tables[0] for chunk, tables in found.items()
                if [table.num_rows for table in tables] == [chunk.stop - chunk.start]}  # fmt: skip

    def keep(self, number: int, table: pa.Table) -> None:
        """Write a chunk: it stands there whole, on the disk, when this returns."""
        with written(self._file(number)) as new, new.open("wb") as stream:
            write([table], stream)

    def finish(self, tables: Sequence[pa.Table]) -> None:
        """Write the dataset of all chunks, whose files go."""
        if not self.dataset.is_file():
            with written(self.dataset) as new, new.open("wb") as stream:
                write(tables, stream)
        shutil.rmtree(self.place / CHUNKS, ignore_errors=True)

    def _file(self, number: int) -> Path:
        return self.place / CHUNKS / f"{number:06}.parquet"


@contextmanager
def opened(place: Path) -> Iterator[Folder]:
    """A folder of a sweep, made where there is none, for this run alone.

    Raises UsageError where it is a file, or where another run is at work in it.
    """
    try:
        place.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise UsageError(f"{place} is a file: name a folder") from None
    except OSError as error:
        raise refusal(place, error) from error
    for name, wanted in ((LOCK, Path.is_file), (DATASET, Path.is_file), (CHUNKS, Path.is_dir)):
        if os.path.lexists(place / name) and not wanted(place / name):
            raise UsageError(f"{place / name} is not what a sweep writes. Remove it, or name another folder.")
    with (place / LOCK).open("ab") as lock:
        if not _locked(lock):
            raise UsageError(f"another sweep is at work in {place}. Wait for its end, or name another folder.")
        for name in (EXPERIMENT, DATASET):  # written once: a run that was killed just after has left its scratch
            clear_left(place / name)
        yield Folder(place)  # closing the file, as the end of any process does, unlocks


def _locked(file: BinaryIO) -> bool:
    """Lock a file for this process; False where another one has locked it."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _unlike(before: Any, now: Any, name: str = "") -> Iterator[str]:
    """What differs between two records."""
    if isinstance(before, dict) and isinstance(now, dict):
        for key in dict.fromkeys([*before, *now]):
            yield from _unlike(before.get(key), now.get(key), f"{name} {key}".strip())
    elif before != now:
        yield f"{name} was {_short(before)}, is {_short(now)}"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:37]}…"
