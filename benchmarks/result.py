"""The result of a benchmark: timings, ratios to peers and checks, as one JSON file and as a table to read."""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

__all__ = ["RESULTS", "Benchmark", "alone", "command", "peak_mib", "repeat"]

RESULTS = Path("benchmarks/results")
"""Where results go when nobody says otherwise."""


@dataclass(frozen=True)
class Row:
    """Seconds of one case; `peak_mib` is the memory of the largest process, where it was measured."""

    case: str
    median: float
    minimum: float
    maximum: float
    n: int
    peak_mib: float | None
    note: str


@dataclass(frozen=True)
class Ratio:
    """Median seconds of `ours` divided by those of `peer`: below 1, ours is faster."""

    ours: str
    peer: str
    value: float


@dataclass(frozen=True)
class Check:
    """Whether both sides computed the same thing; a ratio means nothing otherwise."""

    what: str
    value: str
    passed: bool


def describe_machine() -> dict[str, Any]:
    """Return what matters for timings, and nothing that names the machine; the load says how busy it was."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "cores": usable,
        "cpu": _cpu_model(),
        "memory_gib": round(memory / 2**30, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "load_before": round(os.getloadavg()[0], 2),
    }


def _cpu_model() -> str:
    listing = Path("/proc/cpuinfo")
    if listing.exists():
        lines = listing.read_text(encoding="utf-8").splitlines()
        return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
    # macOS
    asked = subprocess.run(["sysctl", "-n", "machdep.cpu.brand_string"], capture_output=True, text=True, check=False)  # noqa: S607
    return asked.stdout.strip() or "unknown"


@dataclass
class Benchmark:
    """What one script measured.

    Parameters
    ----------
    name
        Name of the JSON file.
    title
        What was measured, in one line.
    parameters
        Sizes and settings; JSON types.
    seed
        Seed of the made-up data; None where there is no chance.
    peers
        Distributions whose versions are recorded beside ours.
    """

    name: str
    title: str
    parameters: Mapping[str, Any]
    seed: int | None = None
    peers: Sequence[str] = ()
    rows: dict[str, Row] = field(default_factory=dict)
    ratios: list[Ratio] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    date: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    machine: dict[str, Any] = field(default_factory=describe_machine)

    def add(self, case: str, seconds: Sequence[float], *, peak: float | None = None, note: str = "") -> None:
        """Add the seconds of the repeats of a case."""
        spread = statistics.median(seconds), min(seconds), max(seconds)
        self.rows[case] = Row(case, *spread, len(seconds), peak, note)

    def compare(self, ours: str, peer: str) -> None:
        """Add the ratio of two cases."""
        self.ratios.append(Ratio(ours, peer, self.rows[ours].median / self.rows[peer].median))

    def check(self, what: str, value: object, *, passed: bool) -> None:
        """Add something that must hold for the ratios to mean anything."""
        self.checks.append(Check(what, str(value), passed))

    def finish(self, folder: Path) -> None:
        """Print the table, write the JSON file, and end with an error when a check failed."""
        # here: the process of a peer imports this module too, and its peak memory should hold nothing of ours
        from rashomon.core import publish_text
        from rashomon.engine import environment

        names = dict.fromkeys(("rashomon", *environment(), *self.peers))
        content = {
            "benchmark": self.name,
            "title": self.title,
            "date": self.date,
            "machine": self.machine,
            "versions": {"python": platform.python_version()} | {name: version(name) for name in names},
            "seed": self.seed,
            "parameters": dict(self.parameters),
            "rows": [_rounded(asdict(row)) for row in self.rows.values()],
            "ratios": [_rounded(asdict(ratio)) for ratio in self.ratios],
            "checks": [asdict(check) for check in self.checks],
        }
        print("\n".join(self._lines()))
        publish_text(folder / f"{self.name}.json", json.dumps(content, indent=2) + "\n")
        if not all(check.passed for check in self.checks):
            sys.exit(f"{self.name}: a check failed, so the ratios mean nothing")

    def _lines(self) -> list[str]:
        width = max(map(len, self.rows))
        lines = [self.title, *([f"  {_listed(self.parameters)}"] if self.parameters else [])]
        lines.append(f"  {'case':<{width}}  {'median s':>9}  {'min':>8}  {'max':>8}  {'n':>3}  {'peak MiB':>8}")
        for row in self.rows.values():
            peak = "" if row.peak_mib is None else f"{row.peak_mib:.0f}"
            seconds = f"{row.median:>9.4g}  {row.minimum:>8.4g}  {row.maximum:>8.4g}"
            lines.append(f"  {row.case:<{width}}  {seconds}  {row.n:>3}  {peak:>8}  {row.note}".rstrip())
        lines += [f"  {_in_words(ratio)}" for ratio in self.ratios]
        lines += [f"  {'ok' if c.passed else 'FAILED'}: {c.what}: {c.value}" for c in self.checks]
        return lines


def _listed(parameters: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in parameters.items())


def _in_words(ratio: Ratio) -> str:
    how = f"{1 / ratio.value:.3g} times faster" if ratio.value < 1 else f"{ratio.value:.3g} times slower"
    return f"{ratio.value:.3g} = {ratio.ours} / {ratio.peer}: {how}"


def _rounded(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: _number(value) if isinstance(value, float) else value for name, value in fields.items()}


def _number(value: float) -> float | None:
    """Return four digits; what was not measured is null, for NaN is no JSON."""
    return None if math.isnan(value) else float(f"{value:.4g}")


def command(description: str | None) -> argparse.ArgumentParser:
    """Return the parser that every benchmark begins with."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--output", type=Path, default=RESULTS, help="folder of the JSON file")
    parser.add_argument("--repeats", type=int, default=3, help="how often the short cases are timed")
    return parser


def repeat(function: Callable[[], Any], n: int) -> tuple[list[float], Any]:
    """Return the seconds of `n` calls, and what the last one returned."""
    times: list[float] = []
    value = None
    for _ in range(n):
        begun = time.perf_counter()
        value = function()
        times.append(time.perf_counter() - begun)
    return times, value


def alone(function: Callable[..., Any], *arguments: Any, threads: int | None = 1) -> Any:
    """Return what `function` returns in a new process, which shares neither memory nor compiled code with this one.

    Parameters
    ----------
    function, arguments
        What is called; from the top level of a script.
    threads
        Of BLAS, OpenMP, numba and rashomon in that process; None leaves them as they are, usually one per core.
    """
    # from the start: a limit set later does not reach libraries that are loaded after it
    limits = {name: str(threads) for name in _THREADS if threads is not None}
    before = {name: os.environ.get(name) for name in limits}
    os.environ.update(limits)
    try:
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            return pool.submit(function, *arguments).result()
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


_THREADS = (
    "RASHOMON_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMBA_NUM_THREADS",
)


def peak_mib() -> float:
    """Return the largest memory so far of this process, or of a child that has ended, in MiB."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * _MAXRSS
    status = Path("/proc/self/status")
    if status.exists():
        # ru_maxrss would include the process that started this one
        line = next(line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmHWM"))
        own = float(line.split()[1]) / 1024
    else:
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _MAXRSS
    return max(own, children)


_MAXRSS = 1 / 2**20 if sys.platform == "darwin" else 1 / 1024
"""MiB in the unit of ru_maxrss: bytes on macOS, KiB on Linux."""
