"""Made-up human TRB junctions: ends of V and J genes, worn away, around a D gene with random residues on both sides.

Not a model of V(D)J recombination. What matters for searches is set as in generated repertoires: lengths (about 15
residues), shared ends, and how many sequences have a neighbour one edit away.
"""

from __future__ import annotations

import numpy as np

__all__ = ["V_GENES", "junctions"]

_V = {
    "TRBV20-1": "CSARD", "TRBV5-1": "CASSLE", "TRBV7-9": "CASSLA", "TRBV19": "CASSI", "TRBV28": "CASSL",
    "TRBV6-5": "CASSY", "TRBV12-3": "CASSL", "TRBV27": "CASSL", "TRBV29-1": "CSVE", "TRBV2": "CASSE",
    "TRBV4-1": "CASSQD", "TRBV9": "CASSV", "TRBV7-2": "CASSLA", "TRBV3-1": "CASSQE", "TRBV11-2": "CASSLD",
    "TRBV10-3": "CAISE", "TRBV6-1": "CASSE", "TRBV18": "CASSP", "TRBV30": "CAWS", "TRBV5-4": "CASSL",
    "TRBV14": "CASSQ", "TRBV13": "CASSL", "TRBV15": "CATSR", "TRBV7-8": "CASSLA", "TRBV7-3": "CASSL",
    "TRBV6-6": "CASSY",
}  # fmt: skip

V_GENES = tuple(f"{gene}*01" for gene in _V)
"""V alleles, the most frequent first."""

_J = (
    "SYEQYF", "TDTQYF", "NTEAFF", "ETQYF", "NQPQHF", "SYNEQFF", "NYGYTF", "NTGELFF", "TNEKLFF", "SPLHF", "NTIYF",
    "KNIQYF", "ANVLTF",
)  # fmt: skip
_D = ("G", "GG", "GQG", "GTG", "GTGG", "QG", "TG", "GLAG", "LAGG", "AGG", "TSG", "GTSG", "R", "")
_RESIDUES = np.array(list("GRPLSTAQDVEYFNWIKHMC"))
_SHARE = np.array([14, 11, 10, 10, 9, 9, 8, 6, 5, 5, 4, 3, 2, 2, 2, 1.5, 1.5, 1, 0.8, 0.1])


def junctions(n: int, *, rng: np.random.Generator) -> tuple[list[str], list[str]]:
    """Return `n` different junctions and their V alleles."""
    found: dict[str, str] = {}
    while len(found) < n:
        for junction, gene in zip(*_draw(n, rng=rng), strict=True):
            if 8 <= len(junction) <= 23:
                found.setdefault(junction, gene)
    kept = list(found)[:n]
    return kept, [found[each] for each in kept]


def _draw(n: int, *, rng: np.random.Generator) -> tuple[list[str], list[str]]:
    ends = tuple(_V.values())
    v = rng.choice(len(ends), size=n, p=_falling(len(ends)))
    j, d = rng.choice(len(_J), size=n, p=_falling(len(_J))), rng.choice(len(_D), size=n, p=_falling(len(_D)))
    worn_v, worn_j = rng.choice(4, size=n, p=[0.3, 0.3, 0.25, 0.15]), rng.choice(4, size=n, p=[0.35, 0.25, 0.2, 0.2])
    before, after = rng.choice(6, size=(2, n), p=[0.1, 0.24, 0.28, 0.2, 0.12, 0.06])
    noise = "".join(rng.choice(_RESIDUES, size=int(before.sum() + after.sum()), p=_SHARE / _SHARE.sum()))
    made, at = [], 0
    for row in range(n):
        one, two = at + int(before[row]), at + int(before[row]) + int(after[row])
        start = ends[v[row]]
        start = start[: len(start) - worn_v[row]]
        made.append(start + noise[at:one] + _D[d[row]] + noise[one:two] + _J[j[row]][worn_j[row] :])
        at = two
    return made, [V_GENES[code] for code in v]


def _falling(n: int) -> np.ndarray:
    weights = 1 / np.arange(2, n + 2)
    return np.asarray(weights / weights.sum())
