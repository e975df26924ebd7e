"""An engine refuses what has no meaning, and says when it does less than asked."""

from __future__ import annotations

import pytest

from rashomon.core import UsageError
from rashomon.core.thread import n_cores
from rashomon.engine.engine import Engine


def test_too_many_processes_are_clamped_and_said():
    """10,000 processes become at most 8 or twice the cores, with a remark; as many as that are taken silently."""
    said = []
    most = max(8, 2 * n_cores())
    assert Engine("processes", 10_000, announce=said.append).n_workers == most
    assert said == [
        f"10000 worker processes on {n_cores()} cores would slow one another down: {most} are used",
    ]
    assert Engine("processes", most, announce=said.append).n_workers == most
    assert len(said) == 1


def test_a_cluster_has_as_many_workers_as_asked():
    """Workers on other machines are not clamped to the cores of this one."""
    assert Engine("dask", 500, address="tcp://head:8786").n_workers == 500
    assert Engine("dask", 500, slurm={"queue": "long"}).n_workers == 500


@pytest.mark.parametrize("n_jobs", [-1, -5])
def test_negative_jobs_are_refused(n_jobs):
    """There is no counting from the back."""
    with pytest.raises(UsageError, match=f"n_jobs is {n_jobs}"):
        Engine("processes", n_jobs)


@pytest.mark.parametrize("name", ["memory", "time_limit"])
@pytest.mark.parametrize("value", [0, -1, float("nan")])
def test_limits_are_positive(name, value):
    """Zero, less and NaN are refused; a number above zero is taken."""
    with pytest.raises(UsageError, match=f"{name} is"):
        Engine("processes", **{name: value})
    assert getattr(Engine("processes", **{name: 5}), name) == 5


def test_a_cluster_is_for_dask():
    """An address given to another engine has no effect and is refused, and so are address and slurm together."""
    with pytest.raises(UsageError, match="address has no effect on the engine 'processes'"):
        Engine("processes", address="tcp://head:8786")
    with pytest.raises(UsageError, match="address joins a cluster and slurm starts one"):
        Engine("dask", address="tcp://head:8786", slurm={})


def test_an_unknown_engine_names_the_nearest():
    """A misspelt engine is refused with the right name."""
    with pytest.raises(UsageError, match="did you mean 'dask'"):
        Engine("desk")
