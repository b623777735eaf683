"""Those who solve the chunks of a sweep: this process, others, a cluster.  All give the same, whoever dies."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import distributed
import pytest
import toy_work
from local_cluster import PATH, cluster
from rest import first
from toy import toy

import energy_routes as er
from energy_routes.cli.options import jobs_for
from energy_routes.errors import InfeasibleError, SolverError, UsageError
from energy_routes.studies.sweeps.workers.choice import workers_of
from energy_routes.studies.sweeps.workers.cluster import Cluster
from energy_routes.studies.sweeps.workers.processes import Processes
from energy_routes.studies.sweeps.workers.workers import Chunk, Here, Workers

CHUNKS = [Chunk(number, 3 * number, 3 * number + 3) for number in range(8)]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with cluster(tmp_path_factory.mktemp("cluster")) as found:
        yield found


CLUSTER = pytest.mark.exhaustive  # each begins a scheduler and workers, and .ci/run does that


@pytest.fixture(params=["processes", pytest.param("cluster", marks=CLUSTER)])
def two(request: pytest.FixtureRequest) -> Workers:
    """Two workers, of either kind."""
    if request.param == "processes":
        return Processes(2)
    address = request.getfixturevalue("address")
    with distributed.Client(address, set_as_default=False) as client:  # one may still begin, or begin again
        client.wait_for_workers(2, 120)
    return Cluster(address)


@pytest.fixture
def asked(tmp_path: Path) -> toy_work.Asked:
    return toy_work.Asked(toy(tmp_path / "toy"), tmp_path)


def seen(check: Callable[[], Any]) -> Any:
    """What a check gives, as soon as that is something."""
    for _ in range(1200):
        if (found := check()):
            return found
        time.sleep(0.05)
    raise AssertionError("not within a minute")


def gone(pid: int) -> bool:
    """Whether no process has an id (one that ended and that nobody asked after counts as gone)."""
    try:
        return "Z" in Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return True


def test_their_number_and_the_order_change_nothing_and_each_compiles_the_case_once(
    two: Workers, asked: toy_work.Asked
) -> None:
    stated = dict(Here().run(toy_work.netbacks, asked, CHUNKS))
    backwards = dict(two.run(toy_work.shared, asked, CHUNKS[::-1]))
    assert sorted(backwards) == list(range(len(CHUNKS)))
    by_process: dict[int, set[int]] = {}
    for number, (process, compiled, table) in backwards.items():
        assert table.to_csv() == stated[number].to_csv(), "to the last digit"
        by_process.setdefault(process, set()).add(compiled)
    assert len({tuple(table["netback"]) for table in stated.values()}) == len(CHUNKS), "each chunk has its own draws"
    assert len(by_process) == 2
    assert os.getpid() not in by_process
    assert all(len(made) == 1 for made in by_process.values()), "what is shared stays with a worker"


def test_the_chunk_of_one_that_is_killed_goes_to_another(two: Workers, asked: toy_work.Asked) -> None:
    mark = asked.marks / "2"

    def kill() -> None:
        seen(mark.exists)
        os.kill(int(mark.read_text()), signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    assert dict(two.run(toy_work.waits, asked, CHUNKS)) == {chunk.number: chunk.number for chunk in CHUNKS}
    killer.join()
    assert gone(int(mark.read_text()))


def test_a_chunk_that_kills_whoever_has_it_is_given_up(
    two: Workers, asked: toy_work.Asked, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("energy_routes.studies.sweeps.workers.processes.DEATHS", 2)
    # A scheduler counts a death against each chunk that the worker had, those too that waited there for their turn.
    deaths, chunk = (2, r"1 \(draws 3 to 5\)") if isinstance(two, Processes) else (4, r"\d \(draws \d to \d\)")
    told = rf"^chunk {chunk}: {deaths} workers died while they had it; expected one to live until it is "
    with pytest.raises(SolverError, match=told):
        dict(two.run(toy_work.dies, asked, CHUNKS[:3]))
    assert len((asked.marks / "deaths").read_text()) == deaths


def test_an_error_of_the_work_is_raised_as_it_is(two: Workers, asked: toy_work.Asked) -> None:
    with pytest.raises(InfeasibleError, match=r"^no plan$") as error:
        dict(two.run(toy_work.refuses, asked, CHUNKS))
    assert error.value.relaxations == ({"limit": "arc:SHORT"},)
    assert (asked.marks / "tries").read_text() == "x", "another worker would be refused as well"


def test_who_stops_asking_stops_the_work(two: Workers, asked: toy_work.Asked) -> None:
    with closing(two.run(toy_work.lasts, asked, CHUNKS[:2])) as running:
        assert next(iter(running)) == (0, 0)
        seen((asked.marks / "1.pid").exists)
    worker = int((asked.marks / "1.pid").read_text())
    if isinstance(two, Processes):
        seen(lambda: gone(worker))
    else:
        os.kill(worker, signal.SIGKILL)  # a worker of a cluster is not ours: it ends what it has in hand
        assert dict(two.run(toy_work.waits, asked, CHUNKS[:2])) == {0: 0, 1: 1}


@CLUSTER
@pytest.mark.parametrize("silent", [1, 5])
def test_workers_that_a_scheduler_counts_on_and_that_are_gone(
    address: str, asked: toy_work.Asked, monkeypatch: pytest.MonkeyPatch, silent: int,
) -> None:
    register, left = distributed.Client.register_plugin, [OSError("Timed out trying to connect")] * silent

    def registers(client: distributed.Client, *told: Any, **named: Any) -> Any:
        if left:
            raise left.pop()
        return register(client, *told, **named)

    monkeypatch.setattr(distributed.Client, "register_plugin", registers)
    running = Cluster(address).run(toy_work.waits, asked, CHUNKS[:2])
    if silent == 1:
        assert dict(running) == {0: 0, 1: 1}
    else:
        with pytest.raises(SolverError, match=rf"^--dask {address}: the connection to .* its workers was lost; .*res"):
            next(running)


def test_processes_may_begin_before_their_work(asked: toy_work.Asked) -> None:
    with Processes(1) as one:
        begun = seen(multiprocessing.active_children)
        made = dict(one.run(toy_work.made, asked, CHUNKS[:2]))
    assert {process for process, _, _ in made.values()} == {process.pid for process in begun}
    with Processes(1):
        idle = seen(multiprocessing.active_children)
    assert all(gone(process.pid) for process in (*begun, *idle)), "those that get no work end, too"


SCRIPT = """
import sys, toy_work, energy_routes as er
from pathlib import Path
from energy_routes.studies.sweeps.workers.processes import Processes
from energy_routes.studies.sweeps.workers.workers import Chunk
asked = toy_work.Asked(er.load(sys.argv[1]), Path(sys.argv[2]))
for done in Processes(2).run(toy_work.lasts, asked, [Chunk(n, n, n + 1) for n in range(3)]):
    print(done, flush=True)
"""


@pytest.mark.parametrize("sent", first([signal.SIGINT, signal.SIGKILL], 1))
def test_processes_end_with_the_one_that_began_them(sent: signal.Signals, asked: toy_work.Asked) -> None:
    words = [sys.executable, "-c", SCRIPT, str(asked.marks / "toy" / "model.toml"), str(asked.marks)]
    parent = subprocess.Popen(words, env=os.environ | {"PYTHONPATH": PATH}, stderr=subprocess.PIPE,
                              start_new_session=True, preexec_fn=lambda: signal.signal(
                                  signal.SIGINT, signal.default_int_handler))
    marks = [asked.marks / "1.pid", asked.marks / "2.pid"]
    seen(lambda: all(mark.exists() for mark in marks))
    if sent == signal.SIGINT:
        os.killpg(parent.pid, sent)  # a terminal sends it to all
    else:
        os.kill(parent.pid, sent)
    _, error = parent.communicate(timeout=60)
    assert ("KeyboardInterrupt" in error.decode()) == (sent == signal.SIGINT)
    assert error.count(b"Traceback") <= 1, "workers say nothing"
    seen(lambda: all(gone(int(mark.read_text())) for mark in marks))


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority of our own, and a certificate that it signed, with its key."""
    folder = tmp_path_factory.mktemp("tls")
    begin = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj"]
    for words in (
        [*begin, "/CN=authority", "-keyout", "ca-key.pem", "-out", "ca.pem"],
        [*begin, "/CN=localhost", "-keyout", "key.pem", "-out", "cert.pem", "-CA", "ca.pem", "-CAkey", "ca-key.pem"],
        [*begin, "/CN=stranger", "-keyout", "other-key.pem", "-out", "other.pem"],
    ):
        subprocess.run(words, cwd=folder, check=True, capture_output=True)
    return folder


@CLUSTER
def test_over_tls(certificates: Path, asked: toy_work.Asked, tmp_path: Path) -> None:
    ca, cert, key = (certificates / name for name in ("ca.pem", "cert.pem", "key.pem"))
    with cluster(tmp_path, tls={"tls-ca-file": ca, "tls-cert": cert, "tls-key": key}) as address:
        assert address.startswith("tls://")
        workers = workers_of(dask=address, dask_tls_ca=ca, dask_tls_cert=cert, dask_tls_key=key)
        assert dict(workers.run(toy_work.waits, asked, CHUNKS[:2])) == {0: 0, 1: 1}
        stranger = Cluster(address, ca, certificates / "other.pem", certificates / "other-key.pem")
        with pytest.raises(UsageError, match=r"^--dask tls://"):
            dict(stranger.run(toy_work.waits, asked, CHUNKS[:1]))


@CLUSTER
def test_a_cluster_that_is_not_there_or_has_no_workers(
    asked: toy_work.Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("energy_routes.studies.sweeps.workers.cluster.WAIT", 1)
    with pytest.raises(UsageError, match=r"^--dask tcp://127.0.0.1:1: .*; expected the address that a scheduler prin"):
        dict(Cluster("tcp://127.0.0.1:1").run(toy_work.waits, asked, CHUNKS))
    with (cluster(tmp_path, workers=0) as address,
          pytest.raises(UsageError, match=rf"the scheduler has no workers; .* dask worker {address} --nthreads 1$")):
        dict(Cluster(address).run(toy_work.waits, asked, CHUNKS))


@CLUSTER
@pytest.mark.slow
def test_a_scheduler_that_goes(asked: toy_work.Asked, tmp_path: Path) -> None:
    with cluster(tmp_path, workers=1) as address:
        running = Cluster(address).run(toy_work.lasts, asked, CHUNKS[:2])
        assert next(running) == (0, 0)
    with pytest.raises(SolverError, match=rf"^--dask {address}: the connection .* lost; .*: --resume goes on"):
        next(running)


@CLUSTER
def test_a_worker_with_other_versions_is_refused(
    address: str, asked: toy_work.Asked, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("energy_routes.studies.sweeps.workers.cluster.installed", lambda package: "0.1")
    with pytest.raises(UsageError, match=r"^the worker tcp://.* has energy-routes .*; expected 0\.1, as where the"):
        dict(Cluster(address).run(toy_work.waits, asked, CHUNKS[:1]))


def test_more_processes_begin_where_the_work_is_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2}, raising=False)
    plain, built = er.load("oil-2024"), er.load("second-line-to-china")
    asked = [(None, 999, plain), (None, 1000, plain), (None, 200, built), (None, 49, built), (2, 10, plain)]
    assert [jobs_for(*one) for one in asked] == [1, 3, 3, 1, 2]
    assert jobs_for(None, 200, plain, built) == 3


def test_what_is_asked_for() -> None:
    assert isinstance(workers_of(), Here)
    assert workers_of(3) == Processes(3)
    assert workers_of(dask="tcp://a:1") == Cluster("tcp://a:1")


@pytest.mark.parametrize(("told", "expected"), [
    ({"jobs": 0}, r"^jobs = 0; expected 1 or more"),
    ({"jobs": 2, "dask": "tcp://a:1"}, r"^--jobs 2 with --dask tcp://a:1; expected one of the two"),
    ({"dask_tls_ca": "ca.pem"}, r"are for --dask tls://HOST:PORT; found no --dask$"),
    ({"dask": "tls://a:1"}, r"^--dask is tls://a:1; expected tls://HOST:PORT with --dask-tls-ca and --dask-tls-cert"),
    ({"dask": "tls://a:1", "dask_tls_ca": "none.pem", "dask_tls_cert": "none.pem"},
     r"^--dask-tls-ca: there is no file none\.pem; expected one in PEM format$"),
])  # fmt: skip
def test_what_cannot_be_asked_for(told: Mapping[str, Any], expected: str) -> None:
    with pytest.raises(UsageError, match=expected):
        workers_of(**told)


def test_without_the_extra_its_installation_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("energy_routes.studies.sweeps.workers.cluster.find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"pip install 'energy-routes\[dask\]'$"):
        workers_of(dask="tcp://a:1")
