"""The environment that computed something: versions, processor, threads; nothing that names a person or a machine."""

from __future__ import annotations

import os
import platform
import socket
from importlib.metadata import version
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_info

from rashomon.core.thread import n_cores, n_threads
from rashomon.engine import environment

__all__ = ["describe_machine", "machine_differences"]

_CPU_FILE = Path("/proc/cpuinfo")


def describe_machine(*, with_host: bool = False) -> dict[str, Any]:
    """Return what this process runs on, in JSON types.

    Parameters
    ----------
    with_host
        Whether the name of the machine is given.

    Returns
    -------
    ``versions`` (this package and the libraries that can change a number), ``python``, ``platform`` (system and
    architecture), ``cpu`` (model), ``cores``, ``threads``, ``blas`` (libraries of threads that are loaded, their
    versions and the kernels they chose), and ``host`` where asked for.

    Examples
    --------
    >>> found = describe_machine()
    >>> sorted(found)
    ['blas', 'cores', 'cpu', 'platform', 'python', 'threads', 'versions']
    """
    # loaded now: pools are only seen once their library is
    import scipy.linalg  # noqa: F401

    pools = {
        (str(pool["internal_api"]), str(pool["version"] or ""), str(pool.get("architecture") or ""))
        for pool in threadpool_info()
    }
    found = {
        "versions": {"rashomon": version("rashomon"), **environment()},
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "platform": f"{platform.system()} {platform.machine()}",
        "cpu": _cpu(),
        "cores": n_cores(),
        "threads": n_threads(),
        "blas": sorted(" ".join(part for part in pool if part) for pool in pools),
    }
    return {**found, "host": socket.gethostname()} if with_host else found


def machine_differences(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Return what differs between two environments and can change a number, in words.

    Parameters
    ----------
    before, now
        From `describe_machine`.

    Examples
    --------
    >>> machine_differences({"versions": {"numpy": "2.0"}, "cpu": "A"}, {"versions": {"numpy": "2.1"}, "cpu": "A"})
    ['numpy was 2.0 and is 2.1']
    """
    flat = [{**facts.get("versions", {}), **{n: _word(facts.get(n)) for n in _NAMED}} for facts in (before, now)]
    names = sorted({*flat[0], *flat[1]})
    return [
        f"{name} was {flat[0].get(name, 'not installed')} and is {flat[1].get(name, 'not installed')}"
        for name in names
        # what nobody wrote down is no difference
        if flat[0].get(name) != flat[1].get(name) and not (name in _NAMED and "" in {flat[0][name], flat[1][name]})
    ]


_NAMED = ("blas", "cpu", "platform", "python")


def _word(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _cpu() -> str:
    """Return the model of the processor, empty where the system does not tell."""
    try:
        text = _CPU_FILE.read_text(encoding="utf-8", errors="replace")
    except OSError:  # not Linux
        return platform.processor() or os.environ.get("PROCESSOR_IDENTIFIER", "")
    lines = (line.partition(":") for line in text.splitlines())
    return next((value.strip() for name, _, value in lines if name.strip() == "model name"), platform.processor())
