"""The process in which files of other people are opened.

Started as ``python -m rashomon.io.child``. It loads the libraries once and then forks for every request, so that each
file is read by a process of its own that costs some milliseconds: what a file does to its process, no other file sees.
The forked process may take limited memory, time and file size, may not create processes, and may open no file beside
the one it was asked for: for HDF5, where the library opens files below Python, by a limit on file descriptors.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import sysconfig
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import h5py

from rashomon.core import InputError
from rashomon.io.checksum import Watch
from rashomon.io.copy import check_space, copy_hdf5, copy_zarr
from rashomon.io.hdf5 import check_hdf5, open_hdf5
from rashomon.io.layout import expression_node
from rashomon.io.rule import refuse
from rashomon.io.zarrstore import check_zarr, refuse_links

__all__ = ["ANSWER", "COPY", "main", "work"]

ANSWER, COPY = "answer.json", "copy.h5"
"""Names of the files that a request leaves in its scratch folder."""

_ROOM = 2**30
"""Bytes that the libraries may take beside the budget."""


def main() -> None:
    """Serve requests, one JSON object per line of standard input, until it ends.

    Each is answered with one line: how the forked process ended, as ``exit N``, ``signal N`` or ``time``.
    """
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    # no filter is loaded from a folder of plug-ins because a file asks for it
    os.environ["HDF5_PLUGIN_PRELOAD"] = "::"
    for line in sys.stdin:
        request = json.loads(line)
        if request["container"] == "zarr":
            # once here: every fork would pay for it otherwise
            import zarr  # noqa: F401
        answers.write(_attempt(request) + "\n")


def _attempt(request: Mapping[str, Any]) -> str:
    pid = os.fork()
    if not pid:
        code = 1
        try:
            _confine(request)
            work(request)
            code = 0
        finally:
            # neither the buffers nor the exit handlers of the parent are this process's business
            os._exit(code)
    end, pause = time.monotonic() + request["seconds"], 0.0005
    while time.monotonic() < end:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            code = os.waitstatus_to_exitcode(status)
            return f"exit {code}" if code >= 0 else f"signal {-code}"
        time.sleep(pause)
        pause = min(2 * pause, 0.02)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return "time"


def _confine(request: Mapping[str, Any]) -> None:
    """Limit memory, size of files, core dumps and, by an audit hook, what Python itself may open."""
    room = request["budget"] + _ROOM
    with suppress(OSError, ValueError):  # macOS does not know a limit on memory
        used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + room, used + room))
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(_guard(request))


def _guard(request: Mapping[str, Any]) -> Callable[[str, tuple[Any, ...]], None]:
    libraries = [sys.prefix, sys.base_prefix, *sysconfig.get_paths().values(), str(Path(__file__).parents[1])]
    roots = [os.path.realpath(root) for root in (request["path"], request["scratch"], *libraries, "/proc/self")]
    listings = os.path.realpath(Path(request["path"]).parent)
    forbidden = ("os.exec", "os.fork", "os.posix_spawn", "os.system", "socket.connect", "subprocess.Popen")

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in forbidden:
            raise PermissionError(f"{event} while a file is read")
        if event == "open" and isinstance(arguments[0], str | bytes):
            path = os.path.realpath(os.fsdecode(arguments[0]))
            if not any(path == root or path.startswith(root.rstrip("/") + "/") for root in roots):
                raise refuse("file.link", f"reading {Path(request['path']).name} would open {path}", where=listings)

    return hook


def work(request: Mapping[str, Any]) -> None:
    """Check a file, copy its content into the scratch folder, and leave an answer there.

    Parameters
    ----------
    request
        ``path``, ``container`` (``hdf5`` or ``zarr``), ``scratch``, ``budget`` (bytes), ``patience`` (seconds),
        ``modality`` and ``allow_sparse_chunks``. The answer holds the digest and notes, or the fields of an error.
    """
    path, scratch = Path(request["path"]), Path(request["scratch"])
    try:
        answer = _READERS[request["container"]](path, scratch / COPY, request)
    except InputError as error:
        fields = ("code", "what", "where", "expected", "fix")
        answer = {"error": {name: getattr(error, name) for name in fields}}
    except MemoryError:
        answer = {"error": {"code": "file.memory", "what": f"{path.name} does not fit the budget", "where": str(path)}}
    except Exception as error:  # noqa: BLE001 - what h5py and zarr raise on a damaged file has no common class
        answer = {"error": _unreadable(path, scratch / COPY, error, request["budget"])}
    # the limits on descriptors and memory may have been used up: one small file is still possible
    with open(_answer_descriptor(scratch), "w", encoding="utf-8") as handle:
        json.dump(answer, handle)


def _answer_descriptor(scratch: Path) -> int:
    _limit_descriptors(None)
    return os.open(scratch / ANSWER, os.O_WRONLY | os.O_CREAT, 0o600)


def _unreadable(path: Path, copy: Path, error: Exception, budget: int) -> dict[str, str]:
    # HDF5 says that a write failed, not why: the copy has reached its limit
    if copy.exists() and copy.stat().st_size >= budget:
        return {"code": "file.memory", "what": f"{path.name} unpacks to more than the budget", "where": str(path)}
    reason = str(error).strip() or type(error).__name__
    return {"code": "file.unreadable", "what": f"{path.name} cannot be read: {reason}", "where": str(path)}


def _read_hdf5(path: Path, copy: Path, request: Mapping[str, Any]) -> dict[str, Any]:
    watch = Watch(path)
    with open_hdf5(path, patience=request["patience"]) as file, h5py.File(copy, "w", libver="latest") as target:
        # from here on HDF5 itself cannot open another file, whatever the checks overlook
        _limit_descriptors(_lowest_free_descriptor())
        notes = check_hdf5(file, budget=request["budget"])
        node = expression_node(file, where=path.name, modality=request["modality"])
        check_space(_content_size(node), copy.parent)
        copy_hdf5(node, target)
    _limit_descriptors(None)
    watch.check()
    return {"digest": watch.digest, "notes": notes}


def _read_zarr(path: Path, copy: Path, request: Mapping[str, Any]) -> dict[str, Any]:
    import zarr

    refuse_links(path)
    watch = Watch(path)
    notes = check_zarr(path, budget=request["budget"], allow_sparse_chunks=request["allow_sparse_chunks"])
    root = zarr.open_group(path, mode="r", use_consolidated=False)
    with h5py.File(copy, "w", libver="latest") as target:
        copy_zarr(expression_node(root, where=path.name, modality=request["modality"]), target)
    watch.check()
    return {"digest": watch.digest, "notes": notes}


_READERS: Mapping[str, Callable[[Path, Path, Mapping[str, Any]], dict[str, Any]]] = {
    "hdf5": _read_hdf5,
    "zarr": _read_zarr,
}


def _content_size(node: h5py.Group) -> int:
    sizes: list[int] = []

    def add(_: str, found: h5py.HLObject) -> None:
        if isinstance(found, h5py.Dataset) and found.shape is not None:
            sizes.append(found.size * found.dtype.itemsize)

    node.visititems(add)
    return sum(sizes)


def _lowest_free_descriptor() -> int:
    number = os.dup(0)
    os.close(number)
    return number


def _limit_descriptors(number: int | None) -> None:
    """Allow no descriptor from `number` on to be opened; None: as many as the system allows."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard if number is None else min(number, hard), hard))


if __name__ == "__main__":
    main()
