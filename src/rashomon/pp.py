"""Encodings of the receptors in an AnnData, written beside the user's data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from rashomon import io
from rashomon.core import UsageError, did_you_mean
from rashomon.core.slots import NAMESPACE
from rashomon.dataset import receptor_items
from rashomon.encode.kmer import count_kmers
from rashomon.encode.kmer_form import Form, Norm, weigh
from rashomon.encode.packed import AMINO_ACIDS
from rashomon.io.on_copy import on_copy

if TYPE_CHECKING:
    from anndata import AnnData

__all__ = ["encode_kmers"]

_CHAINS = ("vdj", "vj")


@on_copy
def encode_kmers(  # noqa: PLR0913 - the face names every option, so that help and completion show them
    adata: AnnData,
    *,
    chain: str = "vdj",
    k: int = 3,
    n_gaps: int = 0,
    positional: bool = False,
    alphabet: str = "amino_acids",
    form: Form = "counts",
    norm: Norm = "none",
    airr_key: str = "airr",
    key_added: str = "X_kmer",
) -> Mapping[str, int]:
    """Count the k-mers of the receptor of each cell, and write them into ``obsm``.

    Parameters
    ----------
    adata
        With chains in ``obsm[airr_key]``, as scirpy keeps them; gets ``obsm[key_added]``, sparse, shape ``(n_obs,
        n_kmers)``, and the facts in ``uns["rashomon"]["results"][key_added]``. Nothing of the user's is overwritten;
        what an earlier call wrote is.
    chain
        ``vdj`` (beta, delta, heavy) or ``vj`` (alpha, gamma, light); of two chains in an arm the primary one:
        productive, most copies.
    k, n_gaps, positional, alphabet
        As in `rashomon.encode.kmer.count_kmers`; ``kmer_names`` there has the names of the columns.
    form, norm
        As in `rashomon.encode.kmer_form.weigh`.
    airr_key
        Key of the chains in ``obsm``.
    key_added
        Key of the result in ``obsm``.
    copy
        Leave `adata` as it is, and return a copy with the k-mers in place of the counts.

    Returns
    -------
    How many ``rows`` there are, and how many of them are ``encoded``, have ``no_chain``, a junction that is ``unclear``
    (letters that are no amino acids, such as a stop), or one that is ``too_short`` for a k-mer; the last three have
    rows without entries.

    Raises
    ------
    UsageError
        When `chain` is unknown, there are no chains, or ``obsm[key_added]`` holds something that is not ours.
    """
    if chain not in _CHAINS:
        raise UsageError(f"unknown chain {chain!r}", where="encode_kmers", fix=did_you_mean(chain, _CHAINS))
    if key_added in adata.obsm and key_added not in _written(adata):
        raise UsageError(
            f"obsm already has {key_added!r}",
            where="obsm",
            expected="a key that does not exist, or that an earlier call wrote",
            fix="choose another key_added",
            code="output.clash",
        )
    junctions = _junctions(adata, chain, airr_key)
    clear = np.array([not each.strip(AMINO_ACIDS.encode()) for each in junctions.tolist()], dtype=bool)
    counts = count_kmers(np.where(clear, junctions, b""), k=k, n_gaps=n_gaps, positional=positional, alphabet=alphabet)
    known, filled = junctions != b"", np.diff(counts.indptr) > 0
    found = {
        "rows": int(adata.n_obs),
        "encoded": int(filled.sum()),
        "no_chain": int((~known).sum()),
        "unclear": int((known & ~clear).sum()),
        "too_short": int((known & clear & ~filled).sum()),
    }
    options = {
        "chain": chain, "k": k, "n_gaps": n_gaps, "positional": positional, "alphabet": alphabet, "form": form,
        "norm": norm, "airr_key": airr_key,
    }  # fmt: skip
    values = weigh(counts, form=form, norm=norm)
    adata.uns[NAMESPACE] = _with_facts(adata, key_added, {**options, **{f"n_{name}": n for name, n in found.items()}})
    adata.obsm[key_added] = values
    return found


def _junctions(adata: AnnData, chain: str, airr_key: str) -> np.ndarray:
    """Return the primary junction of each row, bytes, empty where there is none."""
    from rashomon.io.receptor.modality import receptor_dataset

    dataset = receptor_dataset(adata, truths=(), airr_key=airr_key)
    assert dataset.receptors is not None  # noqa: S101 - the reader refuses data without
    junctions: np.ndarray = receptor_items(dataset.receptors, dataset.n_obs)[chain]["aa"]
    return junctions


def _written(adata: AnnData) -> Mapping[str, Any]:
    """Return the facts of earlier calls, by the key that they wrote."""
    results: Mapping[str, Any] = dict(adata.uns.get(NAMESPACE, {})).get("results", {})
    return results


def _with_facts(adata: AnnData, key_added: str, facts: Mapping[str, Any]) -> Any:
    from anndata import AnnData

    # a slim one: annotate copies what it is given
    slim = AnnData(obs=pd.DataFrame(index=adata.obs_names), uns={NAMESPACE: dict(adata.uns.get(NAMESPACE, {}))})
    nothing = pd.DataFrame(index=pd.RangeIndex(0))
    return io.annotate(slim, nothing, uns=facts, key_added=key_added).uns[NAMESPACE]
