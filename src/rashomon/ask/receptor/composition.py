"""What the receptors of each cluster are: donors, copies, genes, lengths, invariant chains."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import binom, hypergeom

from rashomon.ask.judged import Judged
from rashomon.core import UsageError
from rashomon.dataset import Dataset
from rashomon.dataset.gene_call import GeneCalls
from rashomon.dataset.item import receptor_items
from rashomon.dataset.receptors import Arm, Receptors

__all__ = ["copies", "crossed", "donors", "first_chains", "genes", "invariants", "share_of"]

_KINDS = {"mait_like": "MAIT-like", "inkt_like": "iNKT-like"}
"""Flags of chains, and what users call them."""


def crossed(a: np.ndarray, b: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Return how often codes meet, ``int64`` of `shape`; pairs with a negative code are left out.

    Parameters
    ----------
    a, b
        Codes of the same length.
    shape
        Number of codes of each.
    """
    both = (a >= 0) & (b >= 0)
    return np.bincount(a[both] * shape[1] + b[both].astype(np.int64), minlength=shape[0] * shape[1]).reshape(shape)


def share_of(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Return `part` over `whole`; NaN where the whole is 0."""
    return np.asarray(np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=np.asarray(whole) > 0))


def _checked(dataset: Dataset) -> Receptors:
    if dataset.receptors is None:
        raise UsageError("there are no receptors", where=dataset.source, fix="give AIRR data")
    return dataset.receptors


def first_chains(dataset: Dataset, arm: Arm | None = None) -> pd.DataFrame:
    """Return genes, length and nucleotides of the first chain of every receptor.

    Parameters
    ----------
    dataset
        With receptors.
    arm
        Chain; ``vdj`` when None, unless no receptor has one.

    Returns
    -------
    One row per row of `dataset`: ``v``, ``j`` (calls cut to genes, several separated by commas; empty unknown),
    ``length`` (residues, 0 unknown), ``nt`` (bytes: the nucleotides of both first chains; empty unless those of the
    chain asked for are known).

    Raises
    ------
    UsageError
        When there are no receptors.
    """
    receptors = _checked(dataset)
    items = receptor_items(receptors, dataset.n_obs)
    if arm is None:
        arm = "vdj" if (items["n_vdj"] > 0).any() else "vj"
    chain = items[arm]
    length = np.strings.str_len(chain["aa"]).astype(np.int64)
    both = np.strings.add(np.strings.add(items["vdj"]["nt"], b"+"), items["vj"]["nt"])
    nt = np.where(np.strings.str_len(chain["nt"]) > 0, both, b"")
    found: dict[str, object] = {"length": length, "nt": list(nt)}
    for part in ("v", "j"):
        names = getattr(receptors, part).names
        cut = GeneCalls(np.arange(len(names)), names).at("gene").texts
        found[part] = np.array([*cut, ""], dtype=object)[np.where(length > 0, chain[part], -1)]
    return pd.DataFrame(found)


def donors(judged: Judged, dataset: Dataset) -> pd.DataFrame:
    """Return the donors of each cluster.

    Parameters
    ----------
    judged, dataset
        Clusters, and the donor of every receptor.

    Returns
    -------
    One row per cluster: ``n_donors``, ``top_donor``, ``top_donor_share`` in [0, 1], ``top_donor_p`` (hypergeometric);
    NaN where no donor is known.
    """
    k, donor = len(judged.categories), dataset.roles.donor
    if donor is None:
        unknown = {"n_donors": np.nan, "top_donor": "", "top_donor_share": np.nan, "top_donor_p": np.nan}
        return pd.DataFrame(unknown, index=range(k))
    names = np.array([*donor.categories, ""], dtype=object)
    counts = crossed(judged.codes, donor.codes, (k, names.size))
    known, top, most = counts.sum(axis=1), counts.argmax(axis=1), counts.max(axis=1)
    total = np.bincount(donor.codes[donor.codes >= 0], minlength=names.size)
    p = hypergeom.sf(most - 1, total.sum(), total[top], known)
    return pd.DataFrame(
        {
            "n_donors": np.where(known > 0, (counts > 0).sum(axis=1), np.nan),
            "top_donor": np.where(known > 0, names[top], ""),
            "top_donor_share": share_of(most, known),
            "top_donor_p": np.where(known > 0, p, np.nan),
        }
    )


def copies(judged: Judged, dataset: Dataset, chains: pd.DataFrame, *, copies_ratio: float) -> pd.DataFrame:
    """Return the copies of each cluster, and how many receptors have a twin that may have leaked.

    Parameters
    ----------
    judged, dataset
        Clusters, and the column ``copies``, donor and batch of every receptor.
    chains
        Of `first_chains`.
    copies_ratio
        Largest over smallest number of copies from which on receptors of two donors of a batch, alike to the
        nucleotide, may be one clone. Short junctions that recombination often makes can be alike by chance.

    Returns
    -------
    One row per cluster: ``copies``, ``top_copies``, ``contaminated_share`` in [0, 1]; NaN where it cannot be known.
    """
    k, members = len(judged.categories), np.flatnonzero(judged.codes >= 0)
    if "copies" not in dataset.obs:
        unknown = {"copies": np.nan, "top_copies": np.nan, "contaminated_share": np.nan}
        return pd.DataFrame(unknown, index=range(k))
    count = dataset.obs["copies"].to_numpy(dtype=float)
    frame = pd.DataFrame({"code": judged.codes[members], "copies": count[members]})
    grouped = frame.groupby("code")["copies"]
    found = pd.DataFrame({"copies": grouped.sum(), "top_copies": grouped.max()}).reindex(range(k))
    donor, batch = dataset.roles.donor, dataset.roles.batch
    nt = chains["nt"].to_numpy()[members]
    if donor is None or batch is None or not (nt != b"").any():
        return found.assign(contaminated_share=np.nan)
    frame = frame.assign(nt=nt, donor=donor.codes[members], batch=batch.codes[members])
    told = frame[(frame["nt"] != b"") & (frame["donor"] >= 0) & (frame["batch"] >= 0)]
    twins = told.groupby(["code", "batch", "nt"]).agg(
        n_donors=("donor", "nunique"), n=("donor", "size"), low=("copies", "min"), high=("copies", "max")
    )
    leaked = twins[(twins["n_donors"] > 1) & (twins["high"] >= copies_ratio * twins["low"])]
    n_leaked = leaked.groupby(level="code")["n"].sum().reindex(range(k), fill_value=0)
    return found.assign(contaminated_share=share_of(n_leaked.to_numpy(), judged.sizes))


def genes(judged: Judged, chains: pd.DataFrame) -> pd.DataFrame:
    """Return the genes and the lengths of each cluster.

    Parameters
    ----------
    judged
        Clusters.
    chains
        Of `first_chains`. A call of several genes counts for each of them.

    Returns
    -------
    One row per cluster: ``top_v``, ``v_share`` (of the receptors with a call), ``v_p`` (binomial, against the share of
    the gene in all receptors), ``top_j``, ``j_share``, ``min_length``, ``max_length``.
    """
    k, members = len(judged.categories), np.flatnonzero(judged.codes >= 0)
    length = chains["length"].where(chains["length"] > 0).iloc[members].groupby(judged.codes[members])
    v, j = (_top_gene(judged, chains[part]) for part in ("v", "j"))
    return pd.DataFrame(
        {
            "top_v": v["gene"],
            "v_share": v["share"],
            "v_p": v["p"],
            "top_j": j["gene"],
            "j_share": j["share"],
            "min_length": length.min().reindex(range(k)),
            "max_length": length.max().reindex(range(k)),
        }
    )


def _top_gene(judged: Judged, calls: pd.Series) -> pd.DataFrame:
    k = len(judged.categories)
    sets = pd.DataFrame({"code": judged.codes, "gene": calls.str.split(",")}).explode("gene")
    place, names = pd.factorize(sets["gene"])
    # a chain without a call has one empty gene
    place = np.where(sets["gene"] == "", -1, place)
    genes_of = np.array([*names, ""], dtype=object)
    counts = crossed(sets["code"].to_numpy(), place, (k, genes_of.size))
    total = np.bincount(place[place >= 0], minlength=genes_of.size)
    called = (calls != "").to_numpy()
    known = np.bincount(judged.codes[called & (judged.codes >= 0)], minlength=k)
    top, most = counts.argmax(axis=1), counts.max(axis=1)
    p = binom.sf(most - 1, known, total[top] / max(1, int(called.sum())))
    return pd.DataFrame(
        {
            "gene": np.where(known > 0, genes_of[top], ""),
            "share": share_of(most, known),
            "p": np.where(known > 0, p, np.nan),
        }
    )


def invariants(judged: Judged, dataset: Dataset) -> pd.DataFrame:
    """Return how many receptors of each cluster look invariant, by the flags of their chains.

    Parameters
    ----------
    judged, dataset
        Clusters, and receptors with the flags ``mait_like`` and ``inkt_like``.

    Returns
    -------
    One row per cluster: ``invariant`` (the more common kind; empty: none), ``invariant_share`` in [0, 1], NaN where
    there are no flags.

    Raises
    ------
    UsageError
        When there are no receptors.
    """
    receptors, k = _checked(dataset), len(judged.categories)
    kinds = [name for name in _KINDS if name in receptors.flags]
    if not kinds:
        return pd.DataFrame({"invariant": "", "invariant_share": np.nan}, index=range(k))
    counts = np.zeros((k, len(kinds)), dtype=np.int64)
    for column, name in enumerate(kinds):
        rows = np.unique(receptors.obs[receptors.flags[name]])
        mine = judged.codes[rows]
        counts[:, column] = np.bincount(mine[mine >= 0], minlength=k)
    most = counts.max(axis=1)
    names = np.array([_KINDS[name] for name in kinds], dtype=object)[counts.argmax(axis=1)]
    return pd.DataFrame({"invariant": np.where(most > 0, names, ""), "invariant_share": share_of(most, judged.sizes)})
