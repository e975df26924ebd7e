"""Seconds until something happens: help, imports; each in a new process, median of several."""

from __future__ import annotations

import argparse
import csv
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

CASES = {
    "python": "pass",
    "rashomon --help": "import sys; sys.argv = ['rashomon', '--help']; from rashomon.cli import main; main()",
    "import rashomon": "import rashomon",
    "rashomon.Partitions": "import rashomon; rashomon.Partitions",
    "rashomon.score": "import rashomon; rashomon.score",
    "rashomon.audit": "import rashomon; rashomon.audit",
}


def seconds(program: str, *, repeats: int) -> list[float]:
    """Return the wall times of new Python processes that run `program`; the first, which fills caches, is left out."""
    times = []
    for _ in range(repeats + 1):
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - begun)
    return times[1:]


def main() -> None:
    """Measure, print and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("benchmarks/results"))
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    rows = [("case", "median_s", "min_s", "max_s")]
    for name, program in CASES.items():
        times = seconds(program, repeats=arguments.repeats)
        rows.append((name, *(f"{value(times):.3f}" for value in (statistics.median, min, max))))
        print(f"  {name:<22} {rows[-1][1]} s")
    arguments.output.mkdir(parents=True, exist_ok=True)
    with (arguments.output / "start.csv").open("w", newline="", encoding="utf-8") as handle:
        handle.write(f"# {platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
        csv.writer(handle).writerows(rows)


if __name__ == "__main__":
    main()
