"""What an engine costs beside the steps it runs, and what a second process gains."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from result import Benchmark, command

from rashomon.core import Step
from rashomon.engine import Call, DirectoryStore, Engine, Outcome, Plan, run
from rashomon.engine.dask_cluster import connect
from rashomon.engine.dask_pool import run_dask
from rashomon.engine.transfer import write_task

FILL = Step("fill", "numpy:full_like", reads=("x",), writes=("y",))
DECOMPOSE = Step("decompose", "numpy.linalg:svd", reads=("x",), writes=("u", "s", "v"))
SHIFT = Step("shift", "numpy:tri", reads=("n",), writes=("x",))


def tiny(n: int) -> Plan:
    """Return a plan of `n` records that cost nothing."""
    plan = Plan("tiny", entropy=1)
    for value in range(n):
        plan.add([Call(FILL, {"fill_value": value})], keep=["y"])
    return plan


def heavy(n: int) -> Plan:
    """Return a plan of `n` records of about a third of a second, each a triangle decomposed into singular vectors."""
    plan = Plan("heavy", entropy=1)
    for k in range(n):
        plan.add([Call(SHIFT, {"k": k}), Call(DECOMPOSE)], keep=["s"])
    return plan


@dataclass(frozen=True)
class Timed:
    """Wall seconds of a plan, CPU seconds of this process (a busy machine changes it less), records and their bits."""

    seconds: float
    own: float
    outcome: Outcome
    bits: str


def timed(plan: Plan, data: dict[str, Any], engine: Engine) -> Timed:
    """Run `plan` into a fresh folder."""
    with tempfile.TemporaryDirectory() as folder:
        begun, own = time.perf_counter(), time.process_time()
        outcome = run(plan, data, store=DirectoryStore(Path(folder) / "artefacts"), engine=engine)
        seconds, own = time.perf_counter() - begun, time.process_time() - own
    bits = [value.tobytes() for record in outcome.values() for value in record.slots.values()]
    return Timed(seconds, own, outcome, str(hash(tuple(bits))))


def through_dask(n: int, engine: Engine) -> tuple[float, float, int]:
    """Return wall and own CPU seconds of `n` units of one record on a running cluster, and how many came back right."""
    plan = tiny(n)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = DirectoryStore(folder / "artefacts")
        write_task(folder / "task", plan, {"x": np.zeros(3)})
        right = []

        def take(finished: Any, memory: int) -> None:
            del memory
            record = store.get(finished.key, ("y",))
            params = plan.nodes[finished.key].call.params
            right.append(record is not None and bool(record.slots["y"][0] == params["fill_value"]))

        begun, own = time.perf_counter(), time.process_time()
        run_dask(plan, folder / "task", store, [[key] for key in plan], engine=engine, on_record=take)
        return time.perf_counter() - begun, time.process_time() - own, sum(right)


def main() -> None:
    """Measure, print and write the table."""
    parser = command(__doc__)
    parser.add_argument("--tiny", type=int, default=1000, help="records that cost nothing")
    parser.add_argument("--heavy", type=int, default=80, help="records of a third of a second")
    parser.add_argument("--units", type=int, default=10_000, help="units through dask")
    arguments = parser.parse_args()
    sizes = {"tiny": arguments.tiny, "heavy": arguments.heavy, "units": arguments.units}
    bench = Benchmark(
        "engine", "Seconds of plans by engine, and overhead per record", sizes, peers=["dask", "distributed"]
    )
    cluster = Engine("dask", 2)
    connect(cluster)  # its start is paid once per study
    engines = {
        "serial": Engine("serial"),
        "2 processes": Engine("processes", 2),
        "dask, 2 workers": cluster,
    }
    digests = set()
    for name, engine in engines.items():
        found = timed(tiny(arguments.tiny), {"x": np.zeros(3)}, engine)
        digests.add(found.bits)
        wall, own = (1000 * each / arguments.tiny for each in (found.seconds, found.own))
        bench.add(
            f"tiny, {name}", [found.seconds], note=f"{wall:.2f} ms per record, {own:.2f} ms of it CPU of this process"
        )
    for name, engine in engines.items():
        found = timed(heavy(arguments.heavy), {"n": np.array(700)}, engine)
        digests.add(found.bits)
        steps = sum(record.seconds for record in found.outcome.values())
        over = 100 * (found.seconds * engine.n_workers / steps - 1)
        bench.add(f"heavy, {name}", [found.seconds], note=f"worker time is {over:.1f} % more than the last steps take")
    bench.compare("heavy, 2 processes", "heavy, serial")
    bench.compare("heavy, dask, 2 workers", "heavy, serial")
    seconds, own, right = through_dask(arguments.units, cluster)
    wall, own = (1000 * each / arguments.units for each in (seconds, own))
    bench.add("units through dask", [seconds], note=f"{wall:.2f} ms per unit, {own:.2f} ms of it CPU of this process")
    bench.check("the same bits from every engine", len(digests), passed=len(digests) == 2)
    bench.check("units through dask", right, passed=right == arguments.units)
    bench.finish(arguments.output)


if __name__ == "__main__":
    main()
