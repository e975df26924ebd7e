"""Seconds until something happens: help, imports; each in a new process."""

from __future__ import annotations

import subprocess
import sys

from result import Benchmark, command, repeat

CASES = {
    "python": "pass",
    "rashomon --help": "import sys; sys.argv = ['rashomon', '--help']; from rashomon.cli import main; main()",
    "import rashomon": "import rashomon",
    "rashomon.Partitions": "import rashomon; rashomon.Partitions",
    "rashomon.score": "import rashomon; rashomon.score",
    "rashomon.audit": "import rashomon; rashomon.audit",
    "import scanpy": "import scanpy",
    "import umap": "import warnings; warnings.simplefilter('ignore'); import umap",
}


def seconds(program: str, *, repeats: int) -> list[float]:
    """Return the wall times of new Python processes that run `program`; the first, which fills caches, is left out."""

    def start() -> None:
        subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.DEVNULL)

    return repeat(start, repeats + 1)[0][1:]


def main() -> None:
    """Measure, print and write the table."""
    arguments = command(__doc__).parse_args()
    title = "Seconds until something happens, each in a new process"
    bench = Benchmark("start", title, {}, peers=["scanpy", "umap-learn"])
    for name, program in CASES.items():
        bench.add(name, seconds(program, repeats=arguments.repeats))
    bench.compare("rashomon.audit", "import scanpy")
    bench.finish(arguments.output)


if __name__ == "__main__":
    main()
