"""Productive chains per second: V(D)J recombination by olga, by righor, and by rashomon with one thread and two."""

from __future__ import annotations

import importlib.util
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from result import Benchmark, alone, command, peak_mib, repeat

from rashomon.sim.stream import stream_key
from rashomon.sim.vdj import pgen, recombination_model, recombine

LOCI = ("TRB", "TRA")

AIM = {"olga": 20.0, "per second": 1_000_000.0}
"""At least so many times the rate of olga; the rate aimed at with two threads."""


@dataclass(frozen=True)
class Drawn:
    """What one process measured: seconds, seconds of processor, memory, seconds of the first call, mean length."""

    seconds: list[float]
    processor: float
    peak: float
    length: float
    first: float = 0.0


def timed(function: Callable[[], Any], n_repeats: int) -> tuple[list[float], float, Any]:
    """Return seconds of each call, seconds of processor of the fastest in this sense, and the last value."""
    used: list[float] = []

    def once() -> Any:
        begun = time.process_time()
        value = function()
        used.append(time.process_time() - begun)
        return value

    times, value = repeat(once, n_repeats)
    return times, min(used), value


def measure(locus: str, n: int, n_repeats: int) -> Drawn:
    """Measure `n` chains of rashomon; the first call loads compiled code, or compiles it in a new installation."""
    begun = time.perf_counter()
    model, key = recombination_model("human", locus), stream_key(0, "benchmark")
    recombine(model, key, np.arange(10))
    first = time.perf_counter() - begun
    times, used, chains = timed(lambda: recombine(model, key, np.arange(n)), n_repeats)
    return Drawn(times, used, peak_mib(), float(np.char.str_len(chains.junction_aa).mean()), first)


def olga_chains(locus: str, n: int, seed: int) -> Drawn:
    """Measure olga, whose methods are called one chain at a time as its own script does."""
    import olga
    from olga import load_model, sequence_generation

    kind, cell = {"TRB": ("VDJ", "beta"), "TRA": ("VJ", "alpha")}[locus]
    home = f"{olga.__path__[0]}/default_models/human_T_{cell}/"
    genomic, generative = getattr(load_model, f"GenomicData{kind}")(), getattr(load_model, f"GenerativeModel{kind}")()
    with warnings.catch_warnings():
        # it leaves files open, and takes the logarithm of 0
        warnings.simplefilter("ignore")
        anchors = home + "V_gene_CDR3_anchors.csv", home + "J_gene_CDR3_anchors.csv"
        genomic.load_igor_genomic_data(home + "model_params.txt", *anchors)
        generative.load_and_process_igor_model(home + "model_marginals.txt")
    maker = getattr(sequence_generation, f"SequenceGeneration{kind}")(generative, genomic)
    np.random.seed(seed)  # noqa: NPY002, TID251 - the generator that it draws from
    times, used, chains = timed(lambda: [maker.gen_rnd_prod_CDR3() for _ in range(n)], 1)
    return Drawn(times, used, peak_mib(), float(np.mean([len(chain[1]) for chain in chains])))


def righor_chains(locus: str, n: int, seed: int) -> Drawn:
    """Measure righor, called one chain at a time, which is its fastest way."""
    with warnings.catch_warnings():
        # its imports warn of their own
        warnings.simplefilter("ignore")
        import righor

    maker: Any = righor.load_model("human", locus.lower()).generator(seed)
    draw = maker.generate_without_errors
    times, used, chains = timed(lambda: [draw(functional=True) for _ in range(n)], 1)
    return Drawn(times, used, peak_mib(), float(np.mean([len(chain.junction_aa) for chain in chains])))


def pgen_seconds(locus: str, n: int) -> list[float]:
    """Return the seconds of the Pgen of `n` chains; the model is loaded before."""
    model = recombination_model("human", locus)
    words = recombine(model, stream_key(0, "Pgen"), np.arange(n)).junction_aa
    pgen(model, words[:1])
    return repeat(lambda: pgen(model, words), 1)[0]


def main() -> None:
    """Measure, compare, print and write."""
    parser = command(__doc__)
    parser.add_argument("--chains", type=int, default=1_000_000, help="chains drawn by rashomon")
    parser.add_argument("--olga", type=int, default=50_000, help="chains drawn by olga")
    parser.add_argument("--righor", type=int, default=300_000, help="chains drawn by righor")
    parser.add_argument("--pgen", type=int, default=200, help="chains whose Pgen is computed by olga's classes")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    sizes = {name: getattr(arguments, name) for name in ("chains", "olga", "righor", "pgen")}
    peers = ["olga", "righor"] if importlib.util.find_spec("righor") else ["olga"]
    if "righor" not in peers:
        print("!!! righor is not installed: it is NOT compared")
    title = "Productive human chains by V(D)J recombination, seconds for 1,000,000 (Pgen: for 1,000)"
    bench = Benchmark("vdj", title, sizes, arguments.seed, peers)
    for locus in LOCI:
        _locus(bench, locus, peers, arguments)
    bench.finish(arguments.output)


def _locus(bench: Benchmark, locus: str, peers: list[str], arguments: Any) -> None:
    drawn: dict[str, Drawn] = {"olga": alone(olga_chains, locus, arguments.olga, arguments.seed)}
    if "righor" in peers:
        drawn["righor"] = alone(righor_chains, locus, arguments.righor, arguments.seed)
    for threads in (1, 2):
        name = f"rashomon, {threads} thread{'s' * (threads > 1)}"
        drawn[name] = alone(measure, locus, arguments.chains, arguments.repeats, threads=threads)
    rates = {}
    for name, of in drawn.items():
        n = getattr(arguments, name, arguments.chains)
        rates[name] = n / float(np.median(of.seconds))
        first = f"; first call {of.first:.1f} s" if of.first else ""
        note = f"{rates[name]:,.0f} per second, {n / of.processor:,.0f} per second of processor{first}"
        bench.add(f"{name}: {locus}", [each * 1e6 / n for each in of.seconds], peak=of.peak, note=note)
        # the standard deviation of a length is below 2.5: five standard errors of the smaller sample
        near = abs(of.length - drawn["olga"].length) < 12 / arguments.olga**0.5
        bench.check(f"{name}: mean length of {locus}, olga's", f"{of.length:.2f}", passed=near)
    for name in [each for each in drawn if each.startswith("rashomon")]:
        for peer in peers:
            bench.compare(f"{name}: {locus}", f"{peer}: {locus}")
        times = rates[name] / rates["olga"]
        bench.check(
            f"{name}: {locus}, times olga's rate, at least {AIM['olga']:.0f}",
            f"{times:.0f}",
            passed=times >= AIM["olga"],
        )
    seconds = [each * 1000 / arguments.pgen for each in alone(pgen_seconds, locus, arguments.pgen)]
    bench.add(f"Pgen: {locus}", seconds, note="of olga's classes, V and J free")
    reached = rates["rashomon, 2 threads"] / AIM["per second"]
    print(f"{locus}: {reached:.2f} times the {AIM['per second']:,.0f} per second aimed at, with two threads")


if __name__ == "__main__":
    main()
