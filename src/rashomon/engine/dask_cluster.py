"""The dask cluster a plan runs on: started here, joined at an address, or submitted to SLURM, and looked at first."""

from __future__ import annotations

import atexit
import json
import logging
import platform
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from rashomon.core import RashomonError, StoreError, UsageError, publish_text
from rashomon.engine.engine import Engine
from rashomon.engine.feeder import worker_environment
from rashomon.engine.process import available_memory, kill_tree
from rashomon.engine.scratch import scratch

__all__ = ["Cluster", "check_sight", "check_versions", "connect", "versions"]

_COMPARED = ("rashomon", "numpy", "scipy", "scikit-learn", "igraph", "leidenalg", "numba")
"""Distributions whose version can change a label."""

_WAIT = 60.0
"""Seconds until a local scheduler and its workers are there, and until one that is joined answers."""

_IDLE = "180 s"
"""A local cluster that nobody uses so long ends itself, because its coordinator may have been killed."""

_CONFIGURED = {
    # every death of a worker is told at once; the coordinator counts the attempts
    "distributed.scheduler.allowed-failures": 0,
    # a worker with one thread is given one unit, so that nobody else's unit dies with it
    "distributed.scheduler.worker-saturation": 1.0,
}
_JOB = {"cores": 1, "processes": 1, "memory": "4 GiB", "scheduler_options": {"dashboard_address": ":0"}}
"""Settings of a SLURM job where the study says nothing else: one worker of one thread."""

_ENVIRONMENT = {
    "DASK_" + name.upper().replace("-", "_").replace(".", "__"): str(value) for name, value in _CONFIGURED.items()
}


@dataclass
class Cluster:
    """A cluster with a connection to it.

    Parameters
    ----------
    client
        A `distributed.Client`.
    address
        Of the scheduler.
    ours
        What was started for it and ends with it: processes, or the cluster of dask-jobqueue.
    """

    client: Any
    address: str
    ours: list[Any] = field(default_factory=list)

    @property
    def alive(self) -> bool:
        """Whether the scheduler answers."""
        return bool(self.client.status == "running")

    @property
    def n_workers(self) -> int:
        """How many workers the scheduler knows."""
        return len(self.client.scheduler_info(n_workers=-1)["workers"])

    def close(self) -> None:
        """Leave the cluster, and end what was started for it."""
        with suppress(Exception):  # whatever is wrong with the connection, the processes below are ended
            self.client.close(timeout=2)
        for each in self.ours:
            if isinstance(each, subprocess.Popen):
                kill_tree(each.pid)
                each.wait()
            else:
                each.close()
        self.ours.clear()


_OPEN: dict[tuple[Any, ...], Cluster] = {}
"""Clusters of this process; a study runs many plans, and a cluster takes seconds to start."""


def connect(engine: Engine) -> Cluster:
    """Return the cluster of `engine`, the same one for the same settings as long as it lives.

    Parameters
    ----------
    engine
        Named ``dask``.

    Raises
    ------
    UsageError
        When dask is not installed (``engine.dask``).
    StoreError
        When no scheduler answers (``engine.scheduler``).
    """
    _load("distributed")
    settings = json.dumps(dict(engine.slurm), sort_keys=True, default=str) if engine.slurm is not None else None
    name = (engine.address, settings, engine.n_workers, engine.memory)
    known = _OPEN.get(name)
    if known is not None and known.alive:
        return known
    # what is lost is computed again or becomes an error of ours
    for logger in ("distributed", "distributed.client", "distributed.utils"):
        logging.getLogger(logger).setLevel(logging.CRITICAL)
    if known is not None:
        known.close()
    elif not _OPEN:
        atexit.register(_close_all)
    if engine.slurm is not None:
        cluster = _submit(engine)
    elif engine.address is not None:
        cluster = Cluster(_client(engine.address), engine.address)
    else:
        cluster = _start(engine)
    _OPEN[name] = cluster
    return cluster


def _close_all() -> None:
    for cluster in _OPEN.values():
        cluster.close()
    _OPEN.clear()


def _load(name: str) -> Any:
    """Return a library of the extra ``dask``; it is optional, and has few types."""
    try:
        return import_module(name)
    except ImportError as error:
        raise UsageError(
            f"the engine dask needs {name}", where="engine", fix="pip install 'rashomon[dask]'", code="engine.dask"
        ) from error


def _client(address: str) -> Any:
    try:
        return _load("distributed").Client(address, timeout=_WAIT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise StoreError(
            "no dask scheduler answers",
            where=address,
            expected="tcp://host:port of a running scheduler",
            fix="start it, or leave the address out for a local cluster",
            code="engine.scheduler",
        ) from error


def _start(engine: Engine) -> Cluster:
    """Start a scheduler and workers as plain processes, so that a user's script needs no ``__main__`` guard."""
    memory = engine.memory if engine.memory is not None else int(0.8 * available_memory())
    with scratch(Path(tempfile.gettempdir())) as folder:
        file = folder / "scheduler.json"
        options = {"host": "127.0.0.1", "port": 0, "dashboard": False, "idle_timeout": _IDLE}
        processes = [_spawn({"cls": "distributed.Scheduler", "opts": options | {"scheduler_file": str(file)}})]
        try:
            address = _address(file, processes[0])
            worker = {"nthreads": 1, "memory_limit": memory // engine.n_workers, "death_timeout": _WAIT}
            nanny = {"cls": "distributed.Nanny", "opts": worker}
            processes.extend(_spawn(nanny, address) for _ in range(engine.n_workers))
            client = _client(address)
            client.wait_for_workers(engine.n_workers, timeout=_WAIT)
        except BaseException:
            for process in processes:
                kill_tree(process.pid)
            raise
    return Cluster(client, address, list(processes))


def _spawn(spec: Mapping[str, Any], *address: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-P", "-m", "dask", "spec", *address, "--spec", json.dumps(spec)]
    environment = worker_environment() | _ENVIRONMENT
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, env=environment, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)  # noqa: S603 - dask's own module


def _address(file: Path, scheduler: subprocess.Popen[bytes]) -> str:
    """Return the address that a scheduler wrote to `file`, once it is there."""
    until = time.monotonic() + _WAIT
    while time.monotonic() < until and scheduler.poll() is None:
        with suppress(OSError, ValueError, KeyError):
            return str(json.loads(file.read_text(encoding="utf-8"))["address"])
        time.sleep(0.05)
    raise RashomonError(
        "the local dask scheduler does not start", where="engine", fix="use the engine processes", code="engine.start"
    )


def _submit(engine: Engine) -> Cluster:
    """Ask SLURM for workers; one of them is enough to begin."""
    settings = _JOB | dict(engine.slurm or {})
    with _load("dask").config.set(_CONFIGURED):
        jobs = _load("dask_jobqueue").SLURMCluster(**settings)
    jobs.scale(engine.n_workers)
    return Cluster(_load("distributed").Client(jobs, set_as_default=False), jobs.scheduler_address, [jobs])


def versions() -> dict[str, str]:
    """Return the versions that must agree between coordinator and workers; ``-`` where one is not installed.

    Examples
    --------
    >>> "numpy" in versions()
    True
    """
    found = {"python": platform.python_version()}
    for name in _COMPARED:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "-"
    return found


def check_versions(ours: Mapping[str, str], workers: Mapping[str, Any]) -> None:
    """Refuse workers with other versions.

    Parameters
    ----------
    ours
        Of `versions` here.
    workers
        Of `versions` by address of the worker, or the error that asking for it gave.

    Raises
    ------
    UsageError
        When a version differs, or a worker cannot say (``engine.versions``); holds a table of the differences.

    Examples
    --------
    >>> check_versions({"numpy": "2.1"}, {"tcp://a:1": {"numpy": "2.1"}})
    """
    rows = [row for address, theirs in workers.items() for row in _differences(address, ours, theirs)]
    if not rows:
        return
    table = [("worker", "library", "here", "there"), *rows]
    widths = [max(len(row[column]) for row in table) for column in range(4)]
    lines = ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in table]
    raise UsageError(
        f"{len({row[0] for row in rows})} of {len(workers)} workers have other versions than this process",
        where="\n" + "\n".join(f"    {line}" for line in lines),
        expected="the same versions everywhere, or the labels may differ",
        fix="install the same environment on the workers and start them again",
        code="engine.versions",
    )


def _differences(address: str, ours: Mapping[str, str], theirs: Any) -> list[tuple[str, str, str, str]]:
    if not isinstance(theirs, Mapping):
        return [(address, "rashomon", ours.get("rashomon", "-"), f"cannot be asked: {theirs}")]
    there = {name: theirs.get(name, "-") for name in ours}
    return [(address, name, mine, there[name]) for name, mine in ours.items() if there[name] != mine]


def check_sight(cluster: Cluster, folder: Path) -> None:
    """Refuse a cluster whose workers do not see `folder`, or may not write there.

    Parameters
    ----------
    cluster
        An open one.
    folder
        The folder that all must share.

    Raises
    ------
    UsageError
        When a worker reads another token than was written, or its own does not arrive here (``engine.folder``).
    """
    token = secrets.token_hex(8)
    sent = folder / f".token-{token}"
    publish_text(sent, token)
    answers: dict[str, Any] = {}
    try:
        answers = cluster.client.run(answer_token, str(sent), on_error="return")
        blind = [address for address, answer in answers.items() if not _arrived(folder, answer, token)]
    finally:
        for file in folder.glob(f".token-{token}*"):
            file.unlink(missing_ok=True)
    if blind:
        raise UsageError(
            f"{len(blind)} of {len(answers)} workers do not share the study's folder: {', '.join(sorted(blind)[:5])}",
            where=str(folder),
            expected="a folder that every worker sees under the same path and may write to",
            fix="put the study on the shared file system",
            code="engine.folder",
        )


def answer_token(path: str) -> tuple[str, str]:
    """Read a token at `path` and write it beside under a name of this worker's own; return it and that name."""
    file = Path(path)
    token = file.read_text(encoding="utf-8")
    name = f"{file.name}-{platform.node()}-{secrets.token_hex(4)}"
    publish_text(file.with_name(name), token)
    return token, name


def _arrived(folder: Path, answer: Any, token: str) -> bool:
    if not isinstance(answer, tuple | list):
        return False
    read, name = answer
    return bool(read == token) and (folder / name).is_file()
