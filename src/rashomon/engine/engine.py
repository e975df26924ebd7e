"""How plans are executed: which engine, how many processes, how much memory and time, and who may stop it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from rashomon.core import Listener, Teller, UsageError, did_you_mean, silent
from rashomon.core.thread import n_cores
from rashomon.engine.plan import Plan
from rashomon.engine.stop import Stop

__all__ = ["Engine", "EngineName", "Planned"]

EngineName = Literal["serial", "processes", "dask"]

_MANY = 8
"""So many processes are never too many: a test or a machine that waits for its disks may want more than its cores."""


class Planned(Exception):  # noqa: N818 - nothing is wrong
    """What is missing was handed on in place of being run; see `Engine`.

    Parameters
    ----------
    n_missing
        How many records.
    """

    def __init__(self, n_missing: int) -> None:
        self.n_missing = n_missing
        super().__init__(f"{n_missing} runs are planned and not run")


@dataclass(frozen=True)
class Engine:
    """How plans are executed; the tables are the same bit for bit for every choice.

    Parameters
    ----------
    name
        ``serial`` (this process), ``processes`` (workers, one BLAS thread each) or ``dask`` (needs the extra
        ``rashomon[dask]``).
    n_jobs
        Worker processes; 0 means one per available core. More than twice the cores (and more than 8) are not started
        on one machine, which `announce` is told.
    listener
        Receives progress events: `rashomon.engine.RunProgress`.
    memory
        Bytes that all workers together may take; 80 % of what is available when None. This process alone (``serial``)
        and workers of a cluster that is joined are not watched.
    time_limit
        Seconds that any one step may take; learned when None: ten times the median of its kind and at least ten
        minutes, an hour where none of its kind has finished (and always an hour for ``dask``). A step of this process
        (``serial``) cannot be ended.
    stop
        Asked before anything new is started.
    announce
        Receives remarks on workers: fewer than asked for, ended, or out of memory.
    address
        For ``dask``: the scheduler to join, ``tcp://host:port``; a local cluster when None.
    slurm
        For ``dask``: settings of ``dask_jobqueue.SLURMCluster``, which submits the workers as jobs.
    ahead
        Given a plan and its data in place of running what is missing; then `Planned` ends the work.

    Raises
    ------
    UsageError
        When the name is unknown, a number is not positive (`n_jobs`: negative), or `address` or `slurm` is given to
        another engine, or both are.

    Examples
    --------
    >>> Engine("serial").n_workers
    1
    """

    name: EngineName = "processes"
    n_jobs: int = 0
    listener: Listener = silent
    memory: int | None = None
    time_limit: float | None = None
    stop: Stop = field(default_factory=Stop)
    announce: Teller = silent
    address: str | None = None
    slurm: Mapping[str, Any] | None = None
    ahead: Callable[[Plan, Mapping[str, Any]], None] | None = None

    def __post_init__(self) -> None:
        if self.name not in get_args(EngineName):
            raise UsageError(
                f"unknown engine {self.name!r}", where="engine", fix=did_you_mean(self.name, get_args(EngineName))
            )
        if self.n_jobs < 0:
            raise UsageError(f"n_jobs is {self.n_jobs}", where="n_jobs", expected="0 (all cores) or more")
        for name in ("memory", "time_limit"):
            value = getattr(self, name)
            # a comparison with NaN is false
            if value is not None and not value > 0:
                raise UsageError(f"{name} is {value}", where=name, expected="a number above 0, or nothing")
        self._check_cluster()
        if self._one_machine and self.n_jobs > self._most:
            many = f"{self.n_jobs} worker processes on {n_cores()} cores"
            self.announce(f"{many} would slow one another down: {self._most} are used")

    def _check_cluster(self) -> None:
        given = [name for name in ("address", "slurm") if getattr(self, name) is not None]
        if given and self.name != "dask":
            raise UsageError(f"{given[0]} has no effect on the engine {self.name!r}", where=given[0], fix="name: dask")
        if len(given) > 1:
            raise UsageError(
                "address joins a cluster and slurm starts one", where="engine", fix="give one of address and slurm"
            )

    @property
    def _one_machine(self) -> bool:
        return self.name != "serial" and self.address is None and self.slurm is None

    @property
    def _most(self) -> int:
        return max(_MANY, 2 * n_cores())

    @property
    def n_workers(self) -> int:
        """How many processes compute at once; of a cluster that is joined, how many are asked for."""
        if self.name == "serial":
            return 1
        wanted = self.n_jobs or n_cores()
        return min(wanted, self._most) if self._one_machine else wanted
