"""Workers of a Dask cluster, which ``dask.distributed`` schedules."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from energy_routes.errors import SolverError, UsageError
from energy_routes.pack import installed
from energy_routes.studies.sweeps.workers.workers import Chunk, Result, Shared, lost

if TYPE_CHECKING:
    from distributed import Client, Future

WAIT = 30  # seconds for the scheduler to answer and for a first worker to join it
TRIES = 5  # to tell all workers of a sweep, while some die
AHEAD = 4  # chunks that are handed over for each thread of the cluster, so that none waits for the next
SAME = ("energy-routes", "highspy", "numpy", "pandas", "scipy")  # of one version here and there: they make the numbers


@dataclass(frozen=True)
class Cluster:
    """The workers of a scheduler of Dask.

    ``address`` is such as ``tcp://10.0.0.1:8786``, or ``tls://…`` with files in PEM format: the authority ``tls_ca``
    that signed the scheduler's certificate, our own certificate ``tls_cert`` and its ``tls_key``.
    Raises UsageError where ``dask.distributed`` is not installed, or files of TLS are missing.
    """

    address: str
    tls_ca: Path | None = None
    tls_cert: Path | None = None
    tls_key: Path | None = None

    def __post_init__(self) -> None:
        if find_spec("distributed") is None:
            raise UsageError("--dask needs dask.distributed, which is not installed. "
                             "Install it with: pip install 'energy-routes[dask]'")
        for option, file in self._files.items():
            if file is not None and not file.is_file():
                raise UsageError(f"--dask-{option}: there is no file {file}; expected one in PEM format")
        if self.address.startswith("tls:") != (self.tls_ca is not None and self.tls_cert is not None):
            raise UsageError(f"--dask is {self.address}; expected tls://HOST:PORT with --dask-tls-ca and "
                             "--dask-tls-cert, or tcp://HOST:PORT without them")

    @property
    def _files(self) -> Mapping[str, Path | None]:
        return {"tls-ca": self.tls_ca, "tls-cert": self.tls_cert, "tls-key": self.tls_key}

    def run(
        self, work: Callable[[Shared, Chunk], Result], shared: Shared, chunks: Sequence[Chunk]
    ) -> Generator[tuple[int, Result], None, None]:
        """As :meth:`Workers.run`.

        Raises UsageError where the scheduler does not answer, has no workers, or a worker has other versions of what
        makes the numbers; SolverError where as many workers died with a chunk as the scheduler allows
        (``distributed.scheduler.allowed-failures``, 3), or the connection is lost.  A chunk that waited on those
        workers counts as one that they died with.
        """
        from distributed import KilledWorker, as_completed

        left, given = iter(chunks), dict[object, Chunk]()
        with self._connected() as client, _handed(client, work, shared) as name:

            def more() -> list[Future]:  # a list: while as_completed takes futures, the client cannot answer
                threads, begun = max(1, sum(client.nthreads().values())), []  # workers come and go
                for chunk in islice(left, max(0, AHEAD * threads - len(given))):
                    begun.append(client.submit(_solve, name, chunk, key=f"{name}-{chunk.number}", pure=False))
                    given[begun[-1].key] = chunk
                return begun

            running = as_completed(more(), loop=client.loop)
            for future in running:
                chunk = given.pop(future.key)
                try:
                    result = future.result()
                except KilledWorker as error:
                    raise SolverError(lost(chunk, error.allowed_failures + 1)) from error
                running.update(more())
                yield chunk.number, result

    @contextmanager
    def _connected(self) -> Iterator[Client]:
        """A client of the scheduler, which has at least one worker."""
        from distributed import CancelledError, Client, Security
        from distributed.comm import CommClosedError

        security = None
        if self.tls_ca is not None:
            told = {"tls_ca_file": self.tls_ca, "tls_client_cert": self.tls_cert, "tls_client_key": self.tls_key}
            security = Security(require_encryption=True, **{key: str(file) for key, file in told.items() if file})
        try:
            client = Client(self.address, timeout=WAIT, security=security, set_as_default=False)
        except (OSError, ValueError) as error:
            raise UsageError(f"--dask {self.address}: {error}; expected the address that a scheduler prints as it "
                             "starts, such as tcp://10.0.0.1:8786") from error
        with client:
            try:
                client.wait_for_workers(1, WAIT)
            except TimeoutError as error:
                raise UsageError(f"--dask {self.address}: the scheduler has no workers; expected one or more. "
                                 f"Start one with: dask worker {self.address} --nthreads 1") from error
            try:
                yield client
            except (CancelledError, CommClosedError) as error:
                raise SolverError(f"--dask {self.address}: the connection to the scheduler or its workers was lost; "
                                  "expected it to last. Chunks that are done are kept: --resume goes on from "
                                  "them") from error


@contextmanager
def _handed(client: Client, work: Callable[[Shared, Chunk], Result], shared: Shared) -> Iterator[str]:
    """The name under which every worker has the work and what it shares, those too that join or come back later.

    Data that is scattered is lost with the workers that hold it; a plugin is not.
    """
    from distributed import WorkerPlugin
    from distributed.comm import CommClosedError

    name, plugin = f"energy-routes-{uuid4().hex}", WorkerPlugin()
    vars(plugin).update(work=work, shared=shared, versions=_versions())
    for left in range(TRIES)[::-1]:
        try:
            client.register_plugin(plugin, name=name)
            break
        except OSError as error:  # a worker died as it was told, or before that, and the scheduler still counted on it
            if not left:
                raise CommClosedError(str(error)) from error
    try:
        yield name
    finally:
        with suppress(OSError):  # the scheduler may be gone
            client.unregister_worker_plugin(name)


def _solve(name: str, chunk: Chunk) -> Any:
    """What a worker does: the work that it was handed under a name, for one chunk."""
    from distributed import get_worker

    worker = get_worker()
    kit: Any = worker.plugins[name]
    for package, version in _versions().items():
        if version != kit.versions[package]:
            raise UsageError(f"the worker {worker.address} has {package} {version}; expected {kit.versions[package]}, "
                             "as where the sweep was begun. Install the same versions on every machine")
    return kit.work(kit.shared, chunk)


def _versions() -> dict[str, str | None]:
    return {package: installed(package) for package in SAME}
