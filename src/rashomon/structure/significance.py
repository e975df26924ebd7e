"""Which clusters to merge: the tested splits as tables, and the labellings they allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import scipy.sparse as sp

from rashomon.structure.judged_tree import JudgedSplit, JudgedTree, split_significance
from rashomon.structure.labelling import LABELLINGS, Labelling, labelling
from rashomon.structure.node import NodeTest, node_test
from rashomon.structure.split_word import cluster_sentence, merged_name, split_sentence

__all__ = [
    "LABELLING_COLUMNS",
    "NODE_COLUMNS",
    "PAIR_COLUMNS",
    "Significance",
    "cluster_significance",
    "significance_of",
]

_TESTED_COLUMNS = {
    "n_left": "cells of the left side",
    "n_right": "cells of the right side",
    "n_tested": "cells that entered the test: a random part of many, of batches that have both sides",
    "p": "p-value of one peak between the sides; NaN: not tested",
    "p_adjusted": "the same, by Holm over all splits and pairs",
    "dip": "dip of the half of the cells that was held out, median over the folds; up to .25",
    "overlap": "share of the cells beyond the gap, on the worse side",
    "seen_gap": "distance of two such groups that would have been seen, in standard deviations within a group",
    "n_needed": "cells of both sides that a clear gap needs, where these are too few; else 0",
    "verdict": "separated, not separated, closed gradient, gap elsewhere, or cannot tell",
    "reason": "why it cannot be told",
    "sentence": "the same in words",
}

NODE_COLUMNS = {
    "node": "place in the tree; the root is 0",
    "parent": "the node above; -1 for the root",
    "left": "clusters of the left side",
    "right": "clusters of the right side",
    **_TESTED_COLUMNS,
}

PAIR_COLUMNS = {
    "left": "one cluster",
    "right": "a sibling in the tree, the nearest cluster of one of both, or the one through which two branches touch",
    **_TESTED_COLUMNS,
    "merged_recommended": "whether both are one in the recommended labelling",
    "merged_conservative": "whether both are one in the conservative labelling",
}

LABELLING_COLUMNS = {
    "cluster": "name of the cluster",
    "n": "its cells",
    "recommended": "name after clusters are merged that have no gap, though a clear one would have been seen",
    "conservative": "name after the clusters are merged between which no gap is proven",
    "why_recommended": "why it is merged or stays",
    "why_conservative": "why it is merged or stays",
}


@dataclass(frozen=True, eq=False)
class Significance:
    """What is said of a clustering.

    Parameters
    ----------
    root
        The test of all cells, whatever their labels.
    nodes
        Splits of the tree over the clusters, with `NODE_COLUMNS`.
    pairs
        Neighbouring clusters, with `PAIR_COLUMNS`.
    labellings
        What becomes of each cluster, with `LABELLING_COLUMNS`.
    recommended, conservative
        Codes of the merged clusters (of each, the lowest code in it), shape ``(n,)``; codes below 0 stay.
    sentences
        What was merged and what was not, one sentence per cluster of the recommended labelling.
    """

    root: NodeTest
    nodes: pd.DataFrame
    pairs: pd.DataFrame
    labellings: pd.DataFrame
    recommended: np.ndarray
    conservative: np.ndarray
    sentences: tuple[str, ...]


def cluster_significance(
    counts: sp.csr_matrix,
    labels: np.ndarray,
    *,
    batch: np.ndarray | None = None,
    names: Sequence[str] | None = None,
    alpha: float = 0.05,
    rng: np.random.Generator,
) -> Significance:
    """Return which clusters are groups, which should be merged, and which cannot be told.

    Labels may be made from the same counts: no test trusts them (`rashomon.structure.split_test`).

    Parameters
    ----------
    counts
        Raw counts, CSR, shape ``(n, n_genes)``.
    labels
        Codes of the clusters, shape ``(n,)``; cells below 0 take no part.
    batch
        Batch or donor of each cell; see `rashomon.structure.split_significance`.
    names
        Of the clusters, by code; the codes when None.
    alpha
        Family-wise error rate over all splits and pairs; the test of all cells has the same level.
    rng
        Random numbers of all tests.

    Returns
    -------
    See `Significance`.

    Raises
    ------
    UsageError
        When the shapes differ, or the values are no counts.
    """
    tree = split_significance(counts, labels, batch=batch, alpha=alpha, rng=rng)
    root = node_test(counts, batch=batch, alpha=alpha, rng=rng)
    return significance_of(root, tree, labels, names=names)


def significance_of(
    root: NodeTest, tree: JudgedTree, labels: np.ndarray, *, names: Sequence[str] | None = None
) -> Significance:
    """Return tables and labellings of tests that were made.

    Parameters
    ----------
    root
        The test of all cells. Where it finds no structure at all, all clusters are merged.
    tree
        From `rashomon.structure.split_significance`.
    labels, names
        As in `cluster_significance`.
    """
    codes = np.asarray(labels)
    known = tuple(names) if names is not None else tuple(map(str, range(int(codes.max(initial=-1)) + 1)))
    nothing = root.verdict == "no"
    if root.verdict == "closed gradient":
        tree = _on_a_loop(tree)
    made = {name: labelling(tree, merged=merged, none_at_all=nothing) for name, merged in LABELLINGS.items()}
    table = _labelling_table(tree, made, codes, known, nothing=nothing)
    first = dict(zip(reversed([*made["recommended"].group.values()]), reversed(table["why_recommended"]), strict=True))
    return Significance(
        root,
        _node_table(tree, known),
        _pair_table(tree, made, known),
        table,
        made["recommended"].codes(codes),
        made["conservative"].codes(codes),
        tuple(first[group] for group in sorted(first)),
    )


def _on_a_loop(tree: JudgedTree) -> JudgedTree:
    """Return the splits without proven gaps: of a loop, each arc has two ends, and no gap between them."""
    nodes, pairs = (
        tuple(
            replace(split, verdict="closed gradient", reason="all cells lie on a closed gradient")
            if split.verdict == "separated"
            else split
            for split in splits
        )
        for splits in (tree.nodes, tree.pairs)
    )
    return replace(tree, nodes=nodes, pairs=pairs)


def _tested_row(split: JudgedSplit, names: tuple[str, ...]) -> dict[str, object]:
    row = {"left": merged_name(split.left, names), "right": merged_name(split.right, names), "n_tested": split.n}
    row |= {name: getattr(split, name) for name in _TESTED_COLUMNS if name not in {"n_tested", "sentence"}}
    return {**row, "sentence": split_sentence(split, names)}


def _node_table(tree: JudgedTree, names: tuple[str, ...]) -> pd.DataFrame:
    rows = [{**_tested_row(node, names), "node": k, "parent": node.parent} for k, node in enumerate(tree.nodes)]
    return pd.DataFrame(rows, columns=list(NODE_COLUMNS))


def _pair_table(tree: JudgedTree, made: dict[str, Labelling], names: tuple[str, ...]) -> pd.DataFrame:
    rows = []
    for pair in tree.pairs:
        one = {
            f"merged_{name}": found.group[pair.left[0]] == found.group[pair.right[0]] for name, found in made.items()
        }
        rows.append({**_tested_row(pair, names), **one})
    return pd.DataFrame(rows, columns=list(PAIR_COLUMNS))


def _labelling_table(
    tree: JudgedTree, made: dict[str, Labelling], codes: np.ndarray, names: tuple[str, ...], *, nothing: bool
) -> pd.DataFrame:
    sizes = np.bincount(codes[codes >= 0], minlength=len(names))
    rows = []
    for code in tree.clusters:
        row: dict[str, object] = {"cluster": names[code], "n": int(sizes[code])}
        for name, found in made.items():
            mates = tuple(other for other in tree.clusters if found.group[other] == found.group[code])
            row[name] = merged_name(mates, names)
            row[f"why_{name}"] = cluster_sentence(code, found, tree, names, none_at_all=nothing)
        rows.append(row)
    return pd.DataFrame(rows, columns=list(LABELLING_COLUMNS))
