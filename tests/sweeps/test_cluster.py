"""Cluster: a real Dask scheduler and two workers, on this machine."""

import os
import signal
import subprocess
import sys

import pytest
from sweeping import PAGE, SOURCE, committed_runs, finish, start, values_of, wait_for

import districtsim as ds

DASK = [sys.executable, "-m", "dask"]
WORKER = ("--nworkers", "1", "--nthreads", "1", "--memory-limit", "1GiB", "--no-dashboard")


class Cluster:
    """A scheduler and workers as processes; `file` is the scheduler's."""

    def __init__(self, folder, tls=()):
        self.file, self._folder, self._tls = folder / "scheduler.json", folder, tls
        self.processes = []
        protocol = "tls" if tls else "tcp"
        self._dask("scheduler", "--host", "127.0.0.1", "--port", "0", "--protocol", protocol,
                   "--no-dashboard", "--scheduler-file", self.file)  # fmt: skip
        wait_for(self.file.exists)
        for _ in range(2):
            self._dask("worker", "--scheduler-file", self.file, *WORKER)

    def _dask(self, what, *options):
        options = [*DASK, what, *map(str, options), *self._tls]
        log = open(self._folder / "log", "a")  # noqa: SIM115 - theirs, until they end
        environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
        process = subprocess.Popen(
            options, stdout=log, stderr=log, env=environment, start_new_session=True
        )
        self.processes.append(process)

    def kill(self, which):
        """kill -9 one of them, with what it started."""
        os.killpg(self.processes[which].pid, signal.SIGKILL)
        self.processes[which].wait()

    def stop(self):
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@pytest.fixture
def cluster(tmp_path):
    made = []

    def make(**more):
        made.append(Cluster(tmp_path, **more))
        return made[0]

    yield make
    for each in made:
        each.stop()


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The experiment's file, and the bytes of its values by processes of this machine."""
    folder = tmp_path_factory.mktemp("whole")
    file = folder / "page.yaml"
    file.write_text(PAGE + "replicates: 12\n")
    finish(start(folder / "out", file, "--workers", 2))
    return file, values_of(folder / "out")


def test_a_killed_worker_costs_nothing_and_a_killed_scheduler_can_be_resumed(
    tmp_path, cluster, whole
):
    file, undisturbed = whole
    dask = cluster()
    process = start(tmp_path / "one", file, "--cluster", dask.file)
    wait_for(lambda: committed_runs(tmp_path / "one") > 1)
    dask.kill(1)
    finish(process)
    assert values_of(tmp_path / "one") == undisturbed

    process = start(tmp_path / "two", file, "--cluster", dask.file)
    wait_for(lambda: committed_runs(tmp_path / "two") > 1)
    dask.kill(0)
    _, err = finish(process, 1)
    assert "is gone" in err
    assert "Traceback" not in err
    assert f"--resume --out {tmp_path}/two --cluster" in err
    assert not ds.open_results(tmp_path / "two").finished
    finish(start(tmp_path / "two", file, "--resume", "--workers", 2))  # anywhere
    assert values_of(tmp_path / "two") == undisturbed


def test_over_tls(tmp_path, cluster, whole):
    import trustme

    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    certificate = authority.issue_cert("127.0.0.1", "localhost")
    certificate.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    certificate.private_key_pem.write_to_path(tmp_path / "key.pem")
    theirs = [f"--tls-{x}={tmp_path}/{y}.pem" for x, y in
              (("ca-file", "ca"), ("cert", "cert"), ("key", "key"))]  # fmt: skip
    ours = [f"--tls-{x}={tmp_path}/{x}.pem" for x in ("ca", "cert", "key")]
    file, undisturbed = whole
    dask = cluster(tls=theirs)
    address = next(w for w in dask.file.read_text().split('"') if w.startswith("tls://"))
    finish(start(tmp_path / "safe", file, "--cluster", address, *ours))
    assert values_of(tmp_path / "safe") == undisturbed
    plain = start(tmp_path / "plain", file, "--cluster", address.replace("tls:", "tcp:"))
    _, err = finish(plain, 2)
    assert "cannot be reached" in err
    assert not (tmp_path / "plain").exists()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("nowhere.json", "no such file"),
        ("http://127.0.0.1:8786", "use tcp://"),
        ("tcp://127.0.0.1:9", "cannot be reached"),
    ],
)
def test_what_is_no_cluster_is_refused(tmp_path, monkeypatch, address, said):
    from districtsim.study import cluster
    from districtsim.world.errors import SettingError

    monkeypatch.setattr(cluster, "SECONDS_TO_CONNECT", 1)
    with pytest.raises(SettingError, match=said) as refused:
        cluster.Cluster(address)
    assert len(str(refused.value).splitlines()) <= 3


def test_what_dask_says_is_understood():
    from districtsim.study.cluster import ClusterLost, _meaning
    from districtsim.world.errors import SettingError

    class KilledWorker(Exception):
        pass

    ended = _meaning(KilledWorker(), "tcp://x")
    assert (ended.killed, ended.known, ended.results) == (True, False, [])
    assert isinstance(_meaning(OSError("gone"), "tcp://x"), ClusterLost)
    said = _meaning(ModuleNotFoundError("No module named 'districtsim'"), "tcp://x")
    assert isinstance(said, SettingError)
    assert "same version" in str(said)
