"""A scheduler of Dask and two workers on this machine, processes of their own, as a reader of the page starts them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

TESTS = Path(__file__).resolve().parent
PATH = os.pathsep.join([str(TESTS.parent), str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])])


@contextmanager
def cluster(folder: Path, workers: int = 2, tls: Mapping[str, Path] | None = None) -> Iterator[str]:
    """The address of the scheduler; ``tls`` are its options and files, such as ``tls-ca-file``."""
    told = folder / "scheduler.json"
    files = [word for option, file in (tls or {}).items() for word in (f"--{option}", str(file))]
    listens = ["--host", "127.0.0.1", "--protocol", "tls" if tls else "tcp", *files]
    started = [_start(folder, ["scheduler", "--scheduler-file", str(told), "--port", "0", "--no-dashboard", *listens])]
    try:
        address = _address(told, started[0])
        started += [_start(folder, ["worker", address, "--nthreads", "1", "--no-dashboard", "--local-directory",
                                    str(folder), *listens]) for _ in range(workers)]
        yield address
    finally:
        for process in started:  # with those that it started; asked kindly, a worker takes ten seconds
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _start(folder: Path, words: Sequence[str]) -> subprocess.Popen[bytes]:
    with (folder / "dask.log").open("ab") as log:
        return subprocess.Popen([sys.executable, "-m", "dask", *words], stdout=log, stderr=log, cwd=folder,
                                start_new_session=True, env=os.environ | {"PYTHONPATH": PATH})


def _address(told: Path, scheduler: subprocess.Popen[bytes]) -> str:
    for _ in range(600):
        if told.is_file() and (text := told.read_text("utf-8")).strip().endswith("}"):
            return str(json.loads(text)["address"])
        assert scheduler.poll() is None, (told.parent / "dask.log").read_text("utf-8")
        time.sleep(0.1)
    raise AssertionError("the scheduler does not begin within a minute")
