"""Seconds until the 3-mers of a million junctions are counted, from text and from bytes, against scikit-learn."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from result import Benchmark, alone, command, peak_mib, repeat

from rashomon.encode.kmer import count_kmers, kmer_names

AMINO_ACIDS = "ACDEFGHIKLMNPQRSTVWY"
LENGTHS = np.arange(10, 21)
"""Residues of a junction; a bell around 15."""


def junctions(n: int, *, seed: int) -> np.ndarray:
    """Return made-up junctions: C, residues drawn by place from weights that differ between places, F; as bytes."""
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet(np.full(20, 0.4), size=LENGTHS.max())
    share = np.exp(-((LENGTHS - 15) ** 2) / 4.5)
    length = rng.choice(LENGTHS, size=n, p=share / share.sum())
    letters = np.frombuffer(AMINO_ACIDS.encode(), dtype=np.uint8)
    drawn = np.stack([letters[rng.choice(20, size=n, p=place)] for place in weights], axis=1)
    drawn[:, 0] = ord("C")
    drawn[np.arange(n), length - 1] = ord("F")
    drawn[np.arange(LENGTHS.max()) >= length[:, None]] = 0
    return np.ascontiguousarray(drawn).view(f"S{LENGTHS.max()}").ravel()


def ours(n: int, k: int, seed: int, n_repeats: int) -> dict[str, object]:
    """Return seconds and peak memory of our counts, from text and from bytes, and what they are."""
    packed = junctions(n, seed=seed)
    texts = packed.astype(str).tolist()
    # compiled, or loaded from the cache, before the clock runs
    count_kmers(texts[:10], k=k)
    count_kmers(packed[:10], k=k)
    text, counts = repeat(lambda: count_kmers(texts, k=k), n_repeats)
    peak = peak_mib()
    bytes_, same = repeat(lambda: count_kmers(packed, k=k), n_repeats)
    return {"text": text, "bytes": bytes_, "peak": peak, "counts": parts(counts), "equal": equal(counts, same)}


def peer(n: int, k: int, seed: int, n_repeats: int) -> dict[str, object]:
    """Return the same of scikit-learn, with the vocabulary fixed to all k-mers, so that the columns are ours."""
    from sklearn.feature_extraction.text import CountVectorizer

    texts = junctions(n, seed=seed).astype(str).tolist()
    model = CountVectorizer(
        analyzer="char", ngram_range=(k, k), lowercase=False, vocabulary=kmer_names(k=k), dtype=np.float32
    )
    seconds, counts = repeat(lambda: model.transform(texts), n_repeats)
    return {"text": seconds, "peak": peak_mib(), "counts": parts(counts)}


def parts(counts: sp.csr_matrix) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the three arrays of a matrix, with columns in order."""
    counts = counts.sorted_indices()
    return counts.data, counts.indices, counts.indptr


def equal(a: sp.csr_matrix, b: sp.csr_matrix) -> bool:
    """Return whether two matrices are the same, entry by entry."""
    return all(np.array_equal(left, right) for left, right in zip(parts(a), parts(b), strict=True))


def main() -> None:
    """Measure, compare, print and write."""
    parser = command(__doc__)
    parser.add_argument("--junctions", type=int, default=1_000_000)
    parser.add_argument("--k", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    given = (arguments.junctions, arguments.k, arguments.seed, arguments.repeats)
    bench = Benchmark(
        "kmer",
        "Counting the k-mers of junctions; each side in a process of its own with one thread",
        {name: getattr(arguments, name) for name in ("junctions", "k")},
        arguments.seed,
        ["scikit-learn"],
    )
    own, other = alone(ours, *given), alone(peer, *given)
    bench.add("rashomon: from text", own["text"], peak=own["peak"])
    bench.add("rashomon: from bytes", own["bytes"], note="as the steps of a plan hold them")
    bench.add("scikit-learn: from text", other["text"], peak=other["peak"], note="CountVectorizer, fixed vocabulary")
    for what in ("text", "bytes"):
        bench.compare(f"rashomon: from {what}", "scikit-learn: from text")
    same = all(np.array_equal(a, b) for a, b in zip(own["counts"], other["counts"], strict=True))
    n_entries = own["counts"][0].size
    bench.check("entries, identical to scikit-learn's", f"{n_entries:,}", passed=same)
    bench.check("counts from bytes are those from text", own["equal"], passed=bool(own["equal"]))
    bench.finish(arguments.output)


if __name__ == "__main__":
    main()
