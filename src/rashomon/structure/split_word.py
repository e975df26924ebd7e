"""What is said of a split, and of what became of a cluster, in plain words."""

from __future__ import annotations

import numpy as np

from rashomon.structure.judged_tree import JudgedSplit, JudgedTree
from rashomon.structure.labelling import Labelling

__all__ = ["cluster_sentence", "merged_name", "p_words", "split_sentence"]


def p_words(p: float) -> str:
    """Return a p-value as it is printed.

    Parameters
    ----------
    p
        In [0, 1].

    Examples
    --------
    >>> p_words(0.2), p_words(0.00004)
    ('p = 0.20', 'p < 0.001')
    """
    if p < 0.001:
        return "p < 0.001"
    return f"p = {p:.2f}" if p >= 0.1 else f"p = {p:.2g}"


def merged_name(codes: tuple[int, ...], names: tuple[str, ...]) -> str:
    """Return the name of clusters that became one; of more than four, the first three and how many others.

    Parameters
    ----------
    codes
        Their codes, ascending.
    names
        Of all clusters, by code.

    Examples
    --------
    >>> merged_name((0, 2), ("B", "T", "NK")), merged_name((0, 1, 2, 3, 4), tuple("abcde"))
    ('B + NK', 'a + b + c + 2 more')
    """
    said = [names[code] for code in codes]
    return " + ".join(said if len(said) <= 4 else [*said[:3], f"{len(said) - 3} more"])


def split_sentence(split: JudgedSplit, names: tuple[str, ...]) -> str:
    """Return what is known about one split, as a sentence.

    Parameters
    ----------
    split
        From `rashomon.structure.split_significance`.
    names
        Of all clusters, by code.

    Examples
    --------
    >>> found = JudgedSplit((0,), (1,), 90, 80, p=0.9, p_adjusted=1.0, seen_gap=4.0, verdict="not separated")
    >>> split_sentence(found, ("B", "T"))
    'B and T are not separated (p = 0.90): two groups 4 standard deviations apart would have been seen.'
    """
    sides = f"{merged_name(split.left, names)} and {merged_name(split.right, names)}"
    if split.verdict == "separated":
        return (
            f"{sides}: cells between them are rarer than in any population with one peak ({p_words(split.p_adjusted)})."
        )
    if split.verdict == "not separated":
        seen = f"two groups {split.seen_gap:g} standard deviations apart would have been seen"
        return f"{sides} are not separated ({p_words(split.p)}): {seen}."
    if split.verdict == "closed gradient":
        return f"{sides} are parts of a closed gradient, such as the cell cycle: no gap sets them apart."
    if split.verdict == "gap elsewhere":
        return f"{sides}: {split.reason}; the labels cut across the gap."
    return f"{sides}: cannot tell ({split.reason})."


def cluster_sentence(
    cluster: int, found: Labelling, tree: JudgedTree, names: tuple[str, ...], *, none_at_all: bool = False
) -> str:
    """Return what becomes of a cluster, and why.

    Parameters
    ----------
    cluster
        Its code.
    found
        From `rashomon.structure.labelling`.
    tree
        Its splits.
    names
        Of all clusters, by code.
    none_at_all
        There is no structure in the data at all.

    Examples
    --------
    >>> split = JudgedSplit((0,), (1,), 90, 9, verdict="cannot tell", reason="90 and 9 cells are too few")
    >>> tree = JudgedTree((split,), (split,), (0, 1), ((0.0, 1.0), (1.0, 0.0)), 99, 99)
    >>> cluster_sentence(1, Labelling({0: 0, 1: 1}, {0: split, 1: split}), tree, ("B", "T"))
    'T stays, unproven. B and T: cannot tell (90 and 9 cells are too few).'
    """
    if len(tree.clusters) < 2:
        return f"{names[cluster]} is the only cluster."
    if none_at_all:
        return f"{names[cluster]} is merged with all others: nothing beyond depth, batch and counting noise."
    split = found.because[cluster]
    if split is None:
        return f"{names[cluster]} stays."
    mates = [code for code in tree.clusters if code != cluster and found.group[code] == found.group[cluster]]
    if mates:
        distance = np.array(tree.distance)[tree.clusters.index(cluster)]
        nearest = min(mates, key=lambda code: distance[tree.clusters.index(code)])
        also = f" and {len(mates) - 1} more" if len(mates) > 1 else ""
        return f"{names[cluster]} is merged with {names[nearest]}{also}. {split_sentence(split, names)}"
    proven = split.verdict == "separated"
    return f"{names[cluster]} stays{'' if proven else ', unproven'}. {split_sentence(split, names)}"
