"""Clusters of receptors, one by one: whose they are, which genes, which target, how they hang together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import fields

import numpy as np
import pandas as pd
import scipy.sparse as sp

from rashomon.ask.judged import Judged
from rashomon.ask.receptor.composition import copies, crossed, donors, first_chains, genes, invariants, share_of
from rashomon.ask.receptor.enrichment import enrichment, gene_strata
from rashomon.ask.receptor.link import cluster_links, link_excess
from rashomon.ask.receptor.word import ClusterFacts, WordLimits, judge_receptors
from rashomon.cluster.component import component
from rashomon.core import UsageError, did_you_mean
from rashomon.core.labels import MISSING
from rashomon.dataset import Dataset, Truth
from rashomon.dataset.receptors import Arm
from rashomon.score.marker import false_discovery

__all__ = ["CLUSTER_COLUMNS", "receptor_clusters", "target_truths"]

CLUSTER_COLUMNS = {
    "cluster": "code of the cluster; position in the names of the judged labels",
    "name": "its name",
    "verdict": "the word",
    "detail": "the rest of the sentence",
    "action": "what to do next",
    "n": "receptors, each counted once per donor",
    "n_donors": "donors; NaN where no donor is declared",
    "top_donor": "the donor with most of the receptors",
    "top_donor_share": "its share",
    "top_donor_p": "chance of so many of that donor's in a draw of as many receptors",
    "copies": "sum of the copies",
    "top_copies": "copies of the largest receptor",
    "top_v": "the most common V gene",
    "v_share": "its share; a call of several genes counts for each",
    "v_p": "chance of so many with that gene in a draw of as many receptors",
    "top_j": "the most common J gene",
    "j_share": "its share",
    "min_length": "shortest junction, residues with both anchors",
    "max_length": "longest junction",
    "truth": "label column with the strongest excess",
    "label": "its label that is most in excess, or the most frequent one where none is",
    "label_count": "receptors with that label",
    "n_labelled": "receptors with any label of that column",
    "label_share": "share of these",
    "label_donors": "donors of the receptors with that label",
    "label_expected": "receptors expected with it by V, J and length alone",
    "label_p": "p value of the excess, for all labels of the column",
    "label_q": "false discovery rate over clusters and columns",
    "label_attainable": "smallest p value that any label could have reached",
    "links": "pairs within the cutoff; NaN without distances",
    "density": "share of all pairs that they are",
    "diameter": "links on the longest shortest path",
    "expected_links": "links among as many receptors of the matched background; NaN without one",
    "links_q": "false discovery rate of the excess of links",
    "invariant": "kind of invariant receptor: MAIT-like or iNKT-like",
    "invariant_share": "share of the receptors that look like one; NaN where nobody looked",
    "contaminated_share": "share with the nucleotides of another donor's receptor of the batch, in very unequal copies",
    "clustered_share": "share of all clustered receptors",
    "clonal": "whether the clone rule of B cells connects it: one donor, V, J and length, few nucleotides differ",
    "beyond_generation": "whether all receptors together have far more links than generated ones",
    "log10_pgen": "median log10 of the generation probability of its junctions, of a sample; NaN where none was taken",
}
"""Columns of the table and what they mean; for every label column there are also ``NAME: label``, ``NAME: share`` and
``NAME: p``."""


_TARGET = re.compile(r"epitope|antigen|peptide|specificity|dextramer|tetramer", re.IGNORECASE)
"""Names that people give to columns of what a receptor binds; such a column needs no kind."""


def target_truths(dataset: Dataset) -> list[Truth]:
    """Return the label columns that may say what a receptor binds.

    Those declared ``biological``, those declared ``receptor`` and measured outside the sequence (``external``), and
    annotations with a name such as epitope or antigen. Never what was made from sequences, and never the donor, batch,
    sample or condition: that receptors share one of these says nothing about what they bind.

    Parameters
    ----------
    dataset
        Its label columns and roles.
    """
    roles = {truth.name for _, truth in dataset.roles}
    return [
        truth
        for truth in dataset.truths.values()
        if truth.name not in roles and not truth.is_circular("sequence") and _says_target(truth)
    ]


def _says_target(truth: Truth) -> bool:
    if truth.kind == "receptor":
        return truth.derived_from == "external"
    return truth.kind == "biological" or (truth.kind == "annotation" and bool(_TARGET.search(truth.name)))


def receptor_clusters(  # noqa: PLR0913 - what is known of the links beside the clusters
    judged: Judged,
    dataset: Dataset,
    *,
    distances: sp.csr_matrix | None = None,
    background_links: np.ndarray | None = None,
    targets: Sequence[str] | None = None,
    arm: Arm | None = None,
    clones: bool = False,
    log10_pgen: np.ndarray | None = None,
    beyond_generation: bool = False,
    limits: WordLimits | None = None,
) -> pd.DataFrame:
    """Describe every cluster of two receptors or more, and give it a word.

    Parameters
    ----------
    judged
        Clusters of the receptors of `dataset`.
    dataset
        Unique receptors per donor (`rashomon.dataset.unique_receptors`): copies would be free evidence.
    distances
        Distances of the linked pairs, plus 1, CSR of shape ``(n_obs, n_obs)``, see
        `rashomon.ask.receptor.link.row_distances`; None where clusters were not made from links.
    background_links
        Links expected in each judged cluster by a background of the same V, J and length at the same number of
        receptors: half the sum, over its receptors, of their expected neighbours there. ``float64``, shape
        ``(n_clusters,)``; None where there is none.
    targets
        Label columns that say what a receptor binds; `target_truths` when None.
    arm
        Chain whose genes are described and held constant; ``vdj`` when None, unless no receptor has one. The other
        chain of a pair is not held constant.
    clones
        Whether `distances` are those of the clone rule of B cells (`rashomon.cluster.bcr_clone.bcr_distances`): a
        cluster that they connect is a clonal family.
    log10_pgen
        Of each judged cluster, see `rashomon.ask.receptor.pgen.cluster_pgen`; ``float64``, shape ``(n_clusters,)``.
        None where it was not computed.
    beyond_generation
        Whether question 1 found far more links than generated receptors have.
    limits
        Lines between the words.

    Returns
    -------
    One row per cluster, in the order of the codes, see `CLUSTER_COLUMNS`.

    Raises
    ------
    UsageError
        When rows are not unique receptors, a target is no label column, or shapes do not match.
    """
    limits = limits or WordLimits()
    receptors = dataset.receptors
    if dataset.item != "receptor" or receptors is None:
        raise UsageError(
            f"rows are {dataset.item}s", where="clusters of receptors", expected="unique receptors per donor",
            fix="use unique_receptors",
        )  # fmt: skip
    k = len(judged.categories)
    for name, given in (("background_links", background_links), ("log10_pgen", log10_pgen)):
        if given is not None and np.shape(given) != (k,):
            raise UsageError(f"{name} have shape {np.shape(given)}", where="clusters of receptors", expected=f"({k},)")
    sizes = judged.sizes
    if not (sizes > 1).any():
        return pd.DataFrame(columns=list(CLUSTER_COLUMNS))
    chain = first_chains(dataset, arm)
    table = pd.DataFrame({"cluster": np.arange(k), "name": judged.categories, "n": sizes})
    table = table.assign(clustered_share=sizes / max(1, int(sizes[sizes > 1].sum())))
    parts = (
        donors(judged, dataset),
        copies(judged, dataset, chain, copies_ratio=limits.copies_ratio),
        genes(judged, chain),
        invariants(judged, dataset),
        _labels(judged, dataset, chain, _chosen(dataset, targets)),
        _links(judged, distances, background_links),
    )
    families = _connected(judged, distances) if clones else np.zeros(k, dtype=bool)
    table["clonal"] = families
    table["beyond_generation"] = beyond_generation
    table["log10_pgen"] = np.full(k, np.nan) if log10_pgen is None else log10_pgen
    table = pd.concat([table, *parts], axis=1)[sizes > 1].reset_index(drop=True)
    names = [field.name for field in fields(ClusterFacts)]
    said = [judge_receptors(ClusterFacts(*row), limits=limits) for row in table[names].itertuples(index=False)]
    for field in ("verdict", "detail", "action"):
        table[field] = np.array([getattr(one, field) for one in said], dtype=object)
    beside = [name for name in table.columns if name not in CLUSTER_COLUMNS]
    return table[[*CLUSTER_COLUMNS, *beside]]


def _connected(judged: Judged, distances: sp.csr_matrix | None) -> np.ndarray:
    """Return which clusters are one piece under `distances`."""
    k = len(judged.categories)
    if distances is None:
        return np.zeros(k, dtype=bool)
    inside = np.flatnonzero(judged.codes >= 0)
    codes = judged.codes[inside]
    within = sp.coo_matrix(distances[inside][:, inside])
    kept = codes[within.row] == codes[within.col]
    parts = component(sp.csr_matrix((within.data[kept], (within.row[kept], within.col[kept])), shape=within.shape))
    connected: np.ndarray = np.bincount(codes[np.unique(parts, return_index=True)[1]], minlength=k) == 1
    return connected


def _chosen(dataset: Dataset, targets: Sequence[str] | None) -> list[Truth]:
    if targets is None:
        return target_truths(dataset)
    for name in targets:
        if name not in dataset.truths:
            raise UsageError(
                f"unknown target {name!r}", where="clusters of receptors", fix=did_you_mean(name, dataset.truths)
            )
    return [dataset.truths[name] for name in targets]


def _labels(judged: Judged, dataset: Dataset, chain: pd.DataFrame, truths: list[Truth]) -> pd.DataFrame:
    """Return the label in excess of every column, and in front the column whose excess is strongest."""
    k, large = len(judged.categories), judged.sizes > 1
    observed = judged.codes > MISSING
    v, j = (pd.factorize(chain[part])[0] for part in ("v", "j"))
    strata = gene_strata(v, j, chain["length"].to_numpy())
    tables = []
    for truth in truths:
        sets = sp.csr_matrix(truth.label_sets.multiply(observed[:, None]), dtype=bool)
        sets.eliminate_zeros()
        tested = enrichment(judged.codes, sets, strata, n_clusters=k)
        names = np.array([*truth.categories, ""], dtype=object)
        with_label = _with_donors(judged, dataset, sets, tested["label"].to_numpy())
        tables.append(tested.assign(truth=truth.name, label=names[tested["label"]], label_donors=with_label))
    if not tables:
        return _no_labels(k)
    p = np.stack([np.where(large, table["p"], np.nan) for table in tables], axis=1)
    q = false_discovery(p.ravel()).reshape(p.shape)
    best = np.where(np.isnan(p), 2.0, p).argmin(axis=1)
    chosen = pd.DataFrame([tables[column].iloc[row] for row, column in enumerate(best)]).reset_index(drop=True)
    front = pd.DataFrame(
        {
            "truth": chosen["truth"],
            "label": chosen["label"],
            "label_count": chosen["count"].astype(int),
            "n_labelled": chosen["n_labelled"].astype(int),
            "label_share": chosen["share"].astype(float),
            "label_donors": chosen["label_donors"].astype(float),
            "label_expected": chosen["expected"].astype(float),
            "label_p": chosen["p"].astype(float),
            "label_q": q[np.arange(k), best],
            "label_attainable": chosen["attainable"].astype(float),
        }
    )
    beside = {
        f"{truth.name}: {name}": table[name]
        for truth, table in zip(truths, tables, strict=True)
        for name in ("label", "share", "p")
    }
    return pd.concat([front, pd.DataFrame(beside)], axis=1)


def _with_donors(judged: Judged, dataset: Dataset, sets: sp.csr_matrix, label: np.ndarray) -> np.ndarray:
    """Return the donors of the receptors with the label of their cluster; NaN where no donor is declared."""
    donor = dataset.roles.donor
    if donor is None:
        return np.full(label.size, np.nan)
    members = np.flatnonzero(judged.codes >= 0)
    wanted = label[judged.codes[members]]
    if not members.size:
        # scipy gives no array for no entries
        return np.zeros(label.size)
    carries = np.asarray(sets[members, np.maximum(wanted, 0)]).ravel() & (wanted >= 0)
    rows = members[carries]
    counts = crossed(judged.codes[rows], donor.codes[rows], (label.size, len(donor.categories)))
    return np.asarray((counts > 0).sum(axis=1), dtype=float)


def _no_labels(k: int) -> pd.DataFrame:
    numbers = ("label_share", "label_donors", "label_expected", "label_p", "label_q", "label_attainable")
    row = {"truth": "", "label": "", "label_count": 0, "n_labelled": 0} | dict.fromkeys(numbers, np.nan)
    return pd.DataFrame(row, index=range(k))


def _links(judged: Judged, distances: sp.csr_matrix | None, expected: np.ndarray | None) -> pd.DataFrame:
    k, sizes = len(judged.categories), judged.sizes
    columns = ["links", "density", "diameter", "expected_links", "links_q"]
    if distances is None:
        return pd.DataFrame(np.nan, index=range(k), columns=columns)
    links, diameter = cluster_links(judged.codes, distances, n_clusters=k)
    density = share_of(links, sizes * (sizes - 1) / 2)
    background = np.full(k, np.nan) if expected is None else np.asarray(expected, dtype=float)
    rate = np.full(k, np.nan)
    large = sizes > 1
    n = int((judged.codes > MISSING).sum())
    rate[large] = link_excess(links[large], sizes[large], background[large], n_receptors=n)
    return pd.DataFrame(dict(zip(columns, (links, density, diameter, background, rate), strict=True)))
