"""Trip-wires on an AnnData."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from anndata import AnnData

from rashomon import io
from rashomon.ask import trip
from rashomon.tl.argument import judged_column, with_words
from rashomon.truth import TruthSpec

__all__ = ["tripwires"]


def tripwires(
    adata: AnnData,
    labels: str | None = None,
    *,
    truths: Sequence[str | TruthSpec] = (),
    unassigned: Sequence[str] = (),
    donor_key: str | None = None,
    batch_key: str | None = None,
    sample_key: str | None = None,
    layer: str | None = None,
) -> pd.DataFrame:
    """Return what every trip-wire says of `adata`, those that fired first; nothing is clustered or written.

    Arguments are those of `audit`: `labels` (without them, wires on clusters are not computable), `truths`,
    `unassigned`, `donor_key`, `batch_key`, `sample_key`, `layer`.
    """
    dataset = io.from_anndata(
        adata,
        truths=with_words(truths, unassigned, adata.uns),
        donor_key=donor_key,
        batch_key=batch_key,
        sample_key=sample_key,
        layer=layer,
    )
    return trip(dataset, judged_column(dataset, labels, unassigned))
