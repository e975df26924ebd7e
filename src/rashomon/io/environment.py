"""What this installation runs on: versions, cores, memory, disk, caches; and what of it needs attention."""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from threadpoolctl import threadpool_info

from rashomon.io.finding import Finding, Level

__all__ = ["environment_findings"]

_REQUIREMENT = re.compile(r"^([\w.-]+)([^;]*)(?:;(.*))?$")
_BOUND = re.compile(r"(>=|<=|==|<|>)\s*([\d.]+)")
_EXTRA = re.compile(r"extra\s*==\s*['\"](\w+)['\"]")
_OPTIONAL = ("approximate", "duckdb")
_LEAST_FREE = 2 * 2**30
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def environment_findings() -> tuple[Finding, ...]:
    """Return one finding per fact about the installation and the machine.

    Returns
    -------
    ``ok`` for what is as it should be, ``warning`` for what costs speed or optional parts, ``error`` for versions
    outside the declared ranges.
    """
    return (*_python(), *_packages(), *_cores(), *_memory(), *_disk(), *_numba_cache())


def _python() -> Iterator[Finding]:
    yield Finding(
        "ok" if sys.version_info >= (3, 11) else "error",
        "python",
        f"{platform.python_version()} on {platform.system()} {platform.machine()}",
    )


def _packages() -> Iterator[Finding]:
    """Hold what is installed against what the package declares."""
    for line in requires("rashomon") or ():
        match = _REQUIREMENT.match(line)
        if match is None:
            continue
        name, bounds, marker = match[1], match[2].strip(), match[3] or ""
        extra = _EXTRA.search(marker)
        if extra is not None and extra[1] not in _OPTIONAL:
            continue
        yield _package(name, bounds, "" if extra is None else extra[1])


def _package(name: str, bounds: str, extra: str) -> Finding:
    try:
        found = version(name)
    except PackageNotFoundError:
        if extra:
            return Finding("ok", name, f"not installed; optional, for rashomon[{extra}]")
        return Finding("error", name, "not installed", fix=f"install {name}{bounds}")
    if _within(found, bounds):
        return Finding("ok", name, found)
    return Finding("error", name, f"{found}, and {bounds} is needed", fix=f"install {name}{bounds}")


def _within(found: str, bounds: str) -> bool:
    """Whether a version lies within bounds, by its numbers alone."""
    for sign, text in _BOUND.findall(bounds):
        a, b = _numbers(found), _numbers(text)
        width = max(len(a), len(b))
        a, b = a + (0,) * (width - len(a)), b + (0,) * (width - len(b))
        holds = {">=": a >= b, "<=": a <= b, "==": a == b, "<": a < b, ">": a > b}[sign]
        if not holds:
            return False
    return True


def _numbers(text: str) -> tuple[int, ...]:
    release = re.match(r"\d+(\.\d+)*", text)
    return tuple(int(part) for part in release[0].split(".")) if release else ()


def _cores() -> Iterator[Finding]:
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    yield Finding("ok", "cores", f"{usable} usable")
    limits = {name: os.environ[name] for name in _THREADS if os.environ.get(name)}
    pools = sorted({f"{pool['internal_api']} {pool['num_threads']}" for pool in threadpool_info()})
    said = [f"{name}={value}" for name, value in limits.items()] + [f"BLAS and OpenMP: {', '.join(pools) or 'none'}"]
    yield Finding("ok", "threads", "; ".join(said) + "; worker processes use one each")


def _memory() -> Iterator[Finding]:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    yield Finding("ok", "memory", f"{total / 2**30:.1f} GiB")


def _disk() -> Iterator[Finding]:
    for name, folder in (("disk here", Path.cwd()), ("temporary files", Path(tempfile.gettempdir()))):
        free = shutil.disk_usage(folder).free
        level: Level = "ok" if free >= _LEAST_FREE else "warning"
        fix = "" if level == "ok" else "free some space, or set TMPDIR"
        yield Finding(level, name, f"{free / 2**30:.1f} GiB free", fix=fix)


def _numba_cache() -> Iterator[Finding]:
    named = os.environ.get("NUMBA_CACHE_DIR")
    spec = importlib.util.find_spec("rashomon")
    beside = Path(spec.origin).parent if spec is not None and spec.origin else Path()
    folder = Path(named) if named else beside
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if os.access(existing, os.W_OK):
        yield Finding("ok", "numba cache", "writable")
    else:
        fix = "set NUMBA_CACHE_DIR to a folder that you may write to"
        yield Finding("warning", "numba cache", "not writable: every start compiles anew, a minute each", fix=fix)
