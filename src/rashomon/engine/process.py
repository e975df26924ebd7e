"""What the system says about processes: how much memory a worker and its children take, and how to end them all."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

__all__ = ["available_memory", "exit_word", "kill_tree", "step_peak", "tree_memory"]

_PROC = Path("/proc")
_CGROUPS = (
    ("memory.max", "memory.current"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
)
"""Limit and use of this control group, version 2 and 1, below the mount as a container or a batch job sees it."""


def available_memory() -> int:
    """Return how many bytes can be taken without swapping: of the machine, or of the control group of this process.

    Where the system does not say what is free (macOS), it is all memory that the machine has.

    Examples
    --------
    >>> available_memory() > 0
    True
    """
    limits = [left for left in map(_left_in_group, _group_folders()) if left is not None]
    return max(1, min([_free_memory(), *limits]))


def _free_memory() -> int:
    with suppress(OSError, ValueError, StopIteration):
        lines = (_PROC / "meminfo").read_text(encoding="ascii").splitlines()
        return int(next(line for line in lines if line.startswith("MemAvailable")).split()[1]) * 1024
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _group_folders() -> list[Path]:
    mount = Path("/sys/fs/cgroup")
    folders = [mount]
    with suppress(OSError):
        for line in (_PROC / "self" / "cgroup").read_text(encoding="utf-8").splitlines():
            own = mount / line.split(":", 2)[2].strip("/")
            # a limit above binds as well
            folders += [folder for folder in (own, *own.parents) if mount in folder.parents]
    return folders


def _left_in_group(folder: Path) -> int | None:
    """Return what a control group may still take; None where it has no limit."""
    for limit, used in _CGROUPS:
        with suppress(OSError, ValueError):
            most = (folder / limit).read_text(encoding="ascii").strip()
            if most == "max":
                continue
            taken = int((folder / used).read_text(encoding="ascii"))
            return max(0, int(most) - taken + _file_cache((folder / used).with_name("memory.stat")))
    return None


def _file_cache(stat: Path) -> int:
    """Return the bytes of cached files, which the kernel gives up when memory is wanted."""
    with suppress(OSError, ValueError):
        for line in stat.read_text(encoding="ascii").splitlines():
            name, value = line.split()
            if name == "inactive_file":
                return int(value)
    return 0


def _descendants(process: int) -> list[int]:
    """Return the identifiers of `process` and of all below it."""
    children: dict[int, list[int]] = {}
    for own, parent in _parents():
        children.setdefault(parent, []).append(own)
    found = [process]
    for each in found:
        found.extend(children.get(each, ()))
    return found


def _parents() -> Iterable[tuple[int, int]]:
    """Return (process, parent) of every process."""
    if not (_PROC / "self" / "stat").exists():
        said = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=False)  # noqa: S607
        return [(int(own), int(parent)) for own, parent in map(str.split, said.stdout.splitlines())]
    found = []
    for folder in _PROC.iterdir():
        if folder.name.isdigit():
            with suppress(OSError, IndexError, ValueError):  # it may have ended meanwhile
                # the name before the bracket may hold spaces
                words = (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
                found.append((int(folder.name), int(words[1])))
    return found


def tree_memory(processes: Iterable[int]) -> dict[int, int]:
    """Return the bytes that each of `processes` holds in memory, its children's included; 0 for those that ended.

    Examples
    --------
    >>> tree_memory([os.getpid()])[os.getpid()] > 1_000_000
    True
    """
    return {process: sum(map(_resident, _tree(process))) for process in processes}


def _tree(process: int) -> list[int]:
    """Return `process` and all below it; quickly where the kernel lists children."""
    listing = _PROC / str(process) / "task" / str(process) / "children"
    if not listing.exists():
        return _descendants(process) if _exists(process) else [process]
    found = [process]
    for each in found:
        for thread in (_PROC / str(each) / "task").glob("*/children"):
            with suppress(OSError):
                found.extend(map(int, thread.read_text(encoding="ascii").split()))
    return found


def _exists(process: int) -> bool:
    try:
        os.kill(process, 0)
    except OSError:
        return False
    return True


def _resident(process: int) -> int:
    with suppress(OSError, IndexError, ValueError):
        pages = (_PROC / str(process) / "statm").read_text(encoding="ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    if (_PROC / "self" / "statm").exists():
        return 0
    said = subprocess.run(["ps", "-o", "rss=", "-p", str(process)], capture_output=True, text=True, check=False)  # noqa: S603, S607
    return int(said.stdout.strip() or 0) * 1024


def kill_tree(process: int) -> None:
    """End `process` and all below it at once, also those that left its session.

    Parameters
    ----------
    process
        Identifier of a process that leads a session of its own.
    """
    below = _tree(process)
    with suppress(OSError):
        os.killpg(process, signal.SIGKILL)
    for each in below:
        with suppress(OSError):
            os.kill(each, signal.SIGKILL)


def exit_word(code: int) -> str:
    """Return how a process ended, from the return code that `subprocess` gives.

    Examples
    --------
    >>> exit_word(3), exit_word(-9)
    ('exit code 3', 'killed by SIGKILL')
    """
    if code >= 0:
        return f"exit code {code}"
    names = {each.value: each.name for each in signal.Signals}
    return f"killed by {names.get(-code, f'signal {-code}')}"


def step_peak() -> int:
    """Return the most bytes this process held since the last call; since its start where the system keeps no other.

    Examples
    --------
    >>> step_peak() > 1_000_000
    True
    """
    with suppress(OSError, StopIteration, ValueError):
        lines = (_PROC / "self" / "status").read_text(encoding="utf-8", errors="replace").splitlines()
        peak = int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) * 1024
        with suppress(OSError):
            (_PROC / "self" / "clear_refs").write_text("5", encoding="ascii")  # the mark starts again from here
        return peak
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
