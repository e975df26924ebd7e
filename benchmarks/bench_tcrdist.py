"""Seconds of TCRdist: the full matrix against tcrdist3, and the pairs within a radius of many more receptors."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
from junction import junctions
from result import Benchmark, alone, command, peak_mib, repeat

from rashomon.encode.tcrdist import chains_from, tcrdist_block, tcrdist_radius

VARIABLE = "RASHOMON_TCRDIST3_PYTHON"
"""Environment variable with the Python that has tcrdist3."""

LIMIT = 900
"""Seconds that tcrdist3 may take."""

RADII = (24, 48)
"""Radii of the searches."""


def read(path: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the chains of a table, and the names of their V calls."""
    rows = [line.split("\t") for line in Path(path).read_text(encoding="ascii").splitlines()[1:]]
    return chains_from([row[0] for row in rows], [row[1] for row in rows])


def block(path: str, output: str, n_repeats: int) -> tuple[list[float], float]:
    """Return seconds and peak memory of the full matrix, which is written."""
    chains, names = read(path)
    # compiled before the clock runs
    tcrdist_block(chains[:100], chains[:100], v_names=names)
    times = []
    for _ in range(n_repeats):
        # none kept: two matrices are not what a user holds
        found = None
        begun = time.perf_counter()
        found = tcrdist_block(chains, chains, v_names=names)
        times.append(time.perf_counter() - begun)
    peak = peak_mib()
    np.save(output, found)
    return times, peak


def radius(path: str, within: int, n_repeats: int, n_sample: int) -> tuple[list[float], float, int, bool]:
    """Return seconds, peak memory, the number of pairs, and whether the first rows are those of the full matrix."""
    chains, names = read(path)
    # compiled before the clock runs
    tcrdist_radius(chains[:100], v_names=names, radius=within)
    times, found = repeat(lambda: tcrdist_radius(chains, v_names=names, radius=within), n_repeats)
    peak = peak_mib()
    full = tcrdist_block(chains[:n_sample], chains, v_names=names)
    near = full <= within
    near[np.arange(n_sample), np.arange(n_sample)] = False
    return times, peak, found.nnz // 2, np.array_equal(found[:n_sample].toarray(), np.where(near, full + 1, 0))


def peer(path: str, output: str) -> tuple[dict[str, object] | None, str]:
    """Return what tcrdist3 reported, or None with the reason."""
    python = os.environ.get(VARIABLE)
    if not python:
        return None, f"not run: set {VARIABLE}"
    script = Path(__file__).with_name("peer_tcrdist3.py")
    try:
        run = subprocess.run(
            [python, str(script), path, output], capture_output=True, text=True, check=True, timeout=LIMIT
        )
    except subprocess.TimeoutExpired:
        return None, f"not run: stopped after {LIMIT} seconds"
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", "") or str(error)
        return None, f"not run: {said.strip().splitlines()[-1]}"
    return json.loads(run.stdout.splitlines()[-1]), ""


def main() -> None:
    """Measure, compare, print and write."""
    parser = command(__doc__)
    parser.add_argument("--receptors", type=int, default=10_000, help="receptors of the full matrix")
    parser.add_argument("--many", type=int, default=100_000, help="receptors of the searches")
    parser.add_argument("--sample", type=int, default=300, help="rows of the searches compared with the full matrix")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    sizes = {name: getattr(arguments, name) for name in ("receptors", "many", "sample")}
    title = "TCRdist (tcrdist3's definition) of human TRB; as many threads as there are cores on both sides"
    bench = Benchmark("tcrdist", title, sizes, arguments.seed)
    found = junctions(max(arguments.receptors, arguments.many), rng=np.random.default_rng(arguments.seed))
    with tempfile.TemporaryDirectory() as folder:
        few, many = (_written(Path(folder), n, *found) for n in (arguments.receptors, arguments.many))
        _full(bench, few, Path(folder), arguments.repeats)
        for within in RADII:
            seconds, peak, n_pairs, same = alone(
                radius, many, within, arguments.repeats, arguments.sample, threads=None
            )
            bench.add(f"rashomon: radius {within}, {arguments.many:,}", seconds, peak=peak, note=f"{n_pairs:,} pairs")
            bench.check(f"radius {within}: {arguments.sample} rows as in the full matrix", same, passed=same)
    bench.finish(arguments.output)


def _written(folder: Path, n: int, sequences: list[str], genes: list[str]) -> str:
    path = folder / f"{n}.tsv"
    rows = (f"{junction}\t{gene}\n" for junction, gene in zip(sequences[:n], genes[:n], strict=True))
    path.write_text("cdr3_b_aa\tv_b_gene\n" + "".join(rows), encoding="ascii")
    return str(path)


def _full(bench: Benchmark, path: str, folder: Path, n_repeats: int) -> None:
    ours, theirs = str(folder / "ours.npy"), str(folder / "theirs.npy")
    seconds, peak = alone(block, path, ours, n_repeats, threads=None)
    n = Path(path).stem
    bench.add(f"rashomon: full, {n}", seconds, peak=peak)
    said, reason = peer(path, theirs)
    if said is None:
        print(f"  NO COMPARISON WITH tcrdist3: {reason}")
        return
    note = f"tcrdist3 {said['version']}, once; its first 50 receptors took {said['small_seconds']} s before that"
    bench.add(f"tcrdist3: full, {n}", [float(str(said["seconds"]))], peak=float(str(said["peak_mib"])), note=note)
    bench.compare(f"rashomon: full, {n}", f"tcrdist3: full, {n}")
    a, b = np.load(ours), np.load(theirs)
    bench.check("the same matrix, every entry", f"{int((a != b).sum())} differ", passed=np.array_equal(a, b))
    share = peak / float(str(said["peak_mib"]))
    bench.check("memory, at most a fifth", f"{share:.3f}", passed=share <= 0.2)


if __name__ == "__main__":
    main()
