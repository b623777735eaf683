"""The workers that a command or a call names."""

from __future__ import annotations

from pathlib import Path

from energy_routes.errors import UsageError
from energy_routes.pack import annotated
from energy_routes.studies.sweeps.workers.cluster import Cluster
from energy_routes.studies.sweeps.workers.processes import Processes
from energy_routes.studies.sweeps.workers.workers import Here, Workers


@annotated
def workers_of(
    jobs: int = 1,
    dask: str | None = None,
    *,
    dask_tls_ca: str | Path | None = None,
    dask_tls_cert: str | Path | None = None,
    dask_tls_key: str | Path | None = None,
) -> Workers:
    """Who solves a sweep: this process where one job is asked for, else so many processes, or a cluster of Dask.

    Parameters
    ----------
    jobs : int
        Processes of this machine.  A script that asks for several must call under ``if __name__ == "__main__":``, since
        each process reads it again.
    dask : str or None
        The address of a scheduler of Dask, such as ``tcp://10.0.0.1:8786``, or ``tls://…`` with files in PEM format.
    dask_tls_ca : str, Path or None
        The authority that signed the scheduler's certificate.
    dask_tls_cert : str, Path or None
        Our own certificate.
    dask_tls_key : str, Path or None
        Its key; None: it stands in the file of the certificate.

    Returns
    -------
    Workers
        For ``workers`` of :func:`energy_routes.sweep`.

    Raises
    ------
    UsageError
        Both are asked for, fewer than one job, files of TLS are missing, or ``dask.distributed`` is not installed.

    Examples
    --------
    >>> import energy_routes as er
    >>> er.workers_of(jobs=2)
    Processes(jobs=2)
    """
    files = [None if file is None else Path(file) for file in (dask_tls_ca, dask_tls_cert, dask_tls_key)]
    if dask is None:
        if any(files):
            raise UsageError("--dask-tls-ca, --dask-tls-cert and --dask-tls-key are for --dask tls://HOST:PORT; found "
                             "no --dask")
        return Here() if jobs == 1 else Processes(jobs)
    if not dask:
        raise UsageError("dask = ''; expected the address of a scheduler, such as tcp://10.0.0.1:8786")
    if jobs != 1:
        raise UsageError(f"--jobs {jobs} with --dask {dask}; expected one of the two. A cluster has as many processes "
                         "as workers are started for it")
    return Cluster(dask, *files)
