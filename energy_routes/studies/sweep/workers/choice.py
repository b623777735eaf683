"""The workers that a command or a call names."""

from __future__ import annotations

from pathlib import Path

from energy_routes.errors import UsageError
from energy_routes.studies.sweep.workers.cluster import Cluster
from energy_routes.studies.sweep.workers.processes import Processes
from energy_routes.studies.sweep.workers.workers import Here, Workers


def workers_of(
    jobs: int = 1,
    dask: str | None = None,
    *,
    dask_tls_ca: str | Path | None = None,
    dask_tls_cert: str | Path | None = None,
    dask_tls_key: str | Path | None = None,
) -> Workers:
    """This process where one job is asked for, else so many processes, or the cluster at an address.

    Raises UsageError where both are asked for, and as :class:`Processes` and :class:`Cluster`.
    """
    files = [None if file is None else Path(file) for file in (dask_tls_ca, dask_tls_cert, dask_tls_key)]
    if dask is None:
        if any(files):
            raise UsageError("--dask-tls-ca, --dask-tls-cert and --dask-tls-key are for --dask tls://HOST:PORT; found "
                             "no --dask")
        return Here() if jobs == 1 else Processes(jobs)
    if jobs != 1:
        raise UsageError(f"--jobs {jobs} with --dask {dask}; expected one of the two. A cluster has as many processes "
                         "as workers are started for it")
    return Cluster(dask, *files)
