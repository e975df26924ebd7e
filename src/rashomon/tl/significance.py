"""Which clusters of an AnnData are groups, and which should be merged."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from anndata import AnnData

from rashomon import io
from rashomon.ask import Answered, Judged, Request
from rashomon.core import RNGLike, root_entropy
from rashomon.io.on_copy import on_copy
from rashomon.study.alone import ask_alone
from rashomon.tl.fact import facts_of
from rashomon.tl.slot import check_free, write_results

__all__ = ["cluster_significance"]


_TOOL = "cluster_significance"


@on_copy
def cluster_significance(
    adata: AnnData,
    labels: str,
    *,
    unassigned: Sequence[str] = (),
    batch_key: str | None = None,
    donor_key: str | None = None,
    layer: str | None = None,
    key_added: str | None = None,
    rng: RNGLike = 0,
) -> Answered:
    """Say which clusters are groups and which to merge, and write two labellings into `adata`.

    Every split of the tree over the clusters and every pair of neighbours is tested for a gap, on directions that were
    learnt on other cells: labels made from the same counts are judged like any others. Without raw counts the answer is
    "cannot tell", and no labelling is written.

    Parameters
    ----------
    adata
        Raw counts in ``X``, ``layers`` or ``raw``; labels in ``obs``. Changed: see Returns.
    labels
        Column of the clusters.
    unassigned
        Words that mean "no cluster", beside those that always do.
    batch_key, donor_key
        Technical columns: only gaps within batches and donors count.
    layer
        Matrix to use; by default counts where they are found.
    key_added
        Prefix of the columns, and key of the facts in ``uns``; the name of the labels when None.
    copy
        Leave `adata` as it is, and return a copy with the results in place of them; `rashomon.get` reads them there.
    rng
        Root of all random numbers.

    Returns
    -------
    The answer to question 1, with the tables ``nodes``, ``pairs`` and ``labellings``. Written: ``obs`` columns
    ``{key_added}_recommended`` (merged where no gap was found though a clear one would have been) and
    ``{key_added}_conservative`` (merged where no gap is proven), and the answer and tables in ``uns``, where
    `rashomon.get` reads them.

    Raises
    ------
    InputError
        When a column does not exist.
    UsageError
        When a column of that name exists that was not written here.
    """
    key = labels if key_added is None else key_added
    # a clash must be found before the work, not after it
    check_free(adata, ["recommended", "conservative"], tool=_TOOL, key_added=key)
    dataset = io.from_anndata(adata, batch_key=batch_key, donor_key=donor_key, layer=layer)
    judged = Judged.from_column(dataset, labels, unassigned=unassigned)
    request = Request(dataset, judged, root_entropy(rng))
    found = ask_alone("structure", request)
    columns = {name: pd.Categorical(pd.Series(values).replace("", None)) for name, values in found.cells.items()}
    facts = facts_of(_TOOL, labels, answers={found.answer.question: found.answer}, tables=found.tables)
    write_results(adata, columns, facts, key_added=key)
    return found
