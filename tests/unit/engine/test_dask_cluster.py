"""A cluster is looked at before it is used."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from rashomon.core import StoreError, UsageError
from rashomon.engine import Engine
from rashomon.engine import dask_cluster as module
from rashomon.engine.dask_cluster import answer_token, check_sight, check_versions, connect, versions


def test_other_versions_are_refused_with_a_table():
    """Equal versions pass; another numpy and a worker that cannot be asked are rows of the table."""
    ours = versions()
    check_versions(ours, {"tcp://a:1": dict(ours)})
    theirs = {"tcp://a:1": ours | {"numpy": "1.9"}, "tcp://b:2": ModuleNotFoundError("rashomon"), "tcp://c:3": ours}
    with pytest.raises(UsageError, match="2 of 3 workers have other versions") as caught:
        check_versions(ours, theirs)
    rows = [line.split() for line in caught.value.where.strip().splitlines()]
    assert rows[:2] == [["worker", "library", "here", "there"], ["tcp://a:1", "numpy", ours["numpy"], "1.9"]]
    assert rows[2][:2] == ["tcp://b:2", "rashomon"]


class Client:
    """A client whose workers answer as they are told."""

    def __init__(self, *answers):
        self.answers = answers

    def run(self, function, *arguments, on_error):
        return {f"w{i}": answer(function, *arguments) for i, answer in enumerate(self.answers)}


def test_workers_that_do_not_share_the_folder_are_named(tmp_path):
    """One sees the folder; one cannot read, one reads something else, and one's own file does not arrive."""
    client = Client(
        lambda function, path: function(path),
        lambda function, path: FileNotFoundError(path),
        lambda function, path: ("other", "x"),
        lambda function, path: (Path(path).read_text(), "elsewhere"),
    )
    with pytest.raises(UsageError, match="3 of 4 workers do not share the study's folder: w1, w2, w3"):
        check_sight(module.Cluster(client, "tcp://a:1"), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_token_is_read_and_answered_beside_it(tmp_path):
    """A worker returns what it read, and the name of its own file with the same content."""
    (tmp_path / ".token-1").write_text("1")
    read, name = answer_token(str(tmp_path / ".token-1"))
    assert read == (tmp_path / name).read_text() == "1"


def test_no_scheduler_is_said_with_its_address(monkeypatch):
    """Where nobody listens, the error names the address."""
    monkeypatch.setattr(module, "_WAIT", 0.5)
    with pytest.raises(StoreError, match="no dask scheduler answers") as caught:
        connect(Engine("dask", address="tcp://127.0.0.1:9"))
    assert caught.value.where == "tcp://127.0.0.1:9"


class Jobs:
    """A cluster of dask-jobqueue that submits nothing."""

    scheduler_address = "tcp://head:1"

    def __init__(self, **settings):
        self.settings, self.closed = settings, False

    def scale(self, n):
        self.n_jobs = n

    def close(self):
        self.closed = True


class Joined(Client):
    """A client that is connected."""

    status = "running"

    def __init__(self, cluster, *, set_as_default):
        super().__init__()

    def close(self, timeout):
        self.status = "closed"


def test_slurm_gets_the_settings_of_the_study(monkeypatch):
    """Workers of one thread, one for each job, with what the user says on top; they end when the study does."""
    monkeypatch.setattr("dask_jobqueue.SLURMCluster", Jobs)
    monkeypatch.setattr("distributed.Client", Joined)
    cluster = connect(Engine("dask", 30, slurm={"queue": "long", "memory": "16 GiB"}))
    (jobs,) = cluster.ours
    assert jobs.settings.pop("scheduler_options") == {"dashboard_address": ":0"}
    assert jobs.settings == {"cores": 1, "processes": 1, "memory": "16 GiB", "queue": "long"}
    assert (jobs.n_jobs, cluster.address, cluster.alive) == (30, "tcp://head:1", True)
    cluster.close()
    assert (jobs.closed, cluster.alive) == (True, False)


def test_settings_make_a_job_script(monkeypatch):
    """dask-jobqueue takes our settings: the script asks for one core and starts one worker of one thread."""
    monkeypatch.setattr("distributed.Client", Joined)
    monkeypatch.setattr("dask_jobqueue.SLURMCluster.scale", lambda self, n: None)
    cluster = connect(Engine("dask", 3, slurm={"queue": "long"}))
    script = cluster.ours[0].job_script()
    cluster.close()
    assert "#SBATCH -p long" in script
    assert "--nthreads 1" in script
    assert "--cpus-per-task=1" in script


def test_without_dask_the_extra_is_named(monkeypatch):
    """The engine is optional, and the error says what to install."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match="the engine dask needs distributed") as caught:
        connect(Engine("dask"))
    assert caught.value.fix == "pip install 'rashomon[dask]'"
