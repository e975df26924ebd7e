"""Question 1: seconds on 10,000 cells, and of 99 draws of one population that the default pipeline clusters."""

from __future__ import annotations

import argparse
import time

import numpy as np
import scipy.sparse as sp
from result import Benchmark, command

from rashomon.core import silent
from rashomon.engine import Call, Engine, MemoryStore
from rashomon.multiverse import Executor, Unit, expression_multiverse, slots_of
from rashomon.multiverse.base import FULL_DATA, label_unit
from rashomon.sim import World
from rashomon.sim.twin_step import draw_call, fit_call
from rashomon.structure.significance import cluster_significance


def main() -> None:
    """Measure, compare, print and write."""
    parser = command(__doc__)
    parser.add_argument("--cells", type=int, default=10_000)
    parser.add_argument("--genes", type=int, default=2_000)
    parser.add_argument("--draws", type=int, default=99, help="draws of one population")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    bench = Benchmark(
        "structure",
        "Question 1 of an audit, and its reference draws",
        {name: getattr(arguments, name) for name in ("cells", "genes", "draws")},
        arguments.seed,
        ["scikit-learn", "scipy"],
    )
    _seconds(bench, arguments)
    bench.finish(arguments.output)


def _seconds(bench: Benchmark, arguments: argparse.Namespace) -> None:
    knobs = {"n_groups": 15, "n_genes": arguments.genes, "n_markers": 20, "effect_size": 2.5, "depth": 2000.0}
    data = World("types", knobs).sample(arguments.cells, rng=arguments.seed).dataset
    codes = data.truths["type"].codes
    x = data.expression.x  # type: ignore[union-attr]
    small = np.arange(600)
    cluster_significance(sp.csr_matrix(x[small]), codes[small] % 3, rng=np.random.default_rng(0))
    begun = time.perf_counter()
    found = cluster_significance(x, codes, rng=np.random.default_rng(0))
    seconds = time.perf_counter() - begun
    bench.add("question 1: all cells, every split and pair", [seconds], note=f"{len(found.pairs)} pairs, one process")
    bench.check("question 1 in a minute", f"{seconds:.0f} s", passed=seconds < 60)
    multiverse = expression_multiverse(data, budget="quick")
    engine, entropy = Engine("processes", 0, silent), 1
    executor = Executor(slots_of(data), entropy, MemoryStore(), engine)
    fit = fit_call([], null=True)
    units = [_draw(fit, number, multiverse, arguments.cells) for number in range(arguments.draws)]
    begun = time.perf_counter()
    records = list(executor.run(units, task="draws"))
    seconds = time.perf_counter() - begun
    failed = sum(each.status != "ok" for each in records)
    bench.check("draws that failed", failed, passed=failed == 0)
    name = f"{arguments.draws} draws of one population, clustered"
    bench.add(name, [seconds], note="with the fit of the population and the start of two workers")
    bench.check(f"{name}, in ten minutes", f"{seconds:.0f} s", passed=seconds < 600)


def _draw(fit: Call, number: int, multiverse: object, n_obs: int) -> Unit:
    start = (fit, draw_call([], replicate=number, n_obs=n_obs))
    return label_unit(multiverse.default, multiverse, start=start, facts={**FULL_DATA, "draw": number})  # type: ignore[attr-defined, arg-type]


if __name__ == "__main__":
    main()
