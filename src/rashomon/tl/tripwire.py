"""Trip-wires on an AnnData."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from anndata import AnnData

from rashomon import io
from rashomon.ask import trip
from rashomon.io.on_copy import on_copy
from rashomon.tl.argument import judged_column, with_words
from rashomon.tl.fact import facts_of
from rashomon.tl.slot import check_free, write_results
from rashomon.truth import TruthSpec

__all__ = ["tripwires"]


_TOOL = "tripwires"


@on_copy
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
    key_added: str | None = None,
) -> pd.DataFrame:
    """Return what every trip-wire says of `adata`, those that fired first; nothing is clustered.

    Arguments are those of `audit`: `labels` (without them, wires on clusters are not computable), `truths`,
    `unassigned`, `donor_key`, `batch_key`, `sample_key`, `layer`.

    The table ``tripwires`` is kept in ``uns`` under `key_added` (``"{labels}_tripwires"``, or ``"tripwires"``, when
    None), where `rashomon.get` reads it; with `copy` in a copy, which is returned in its place.
    """
    key = key_added or (_TOOL if labels is None else f"{labels}_{_TOOL}")
    check_free(adata, (), tool=_TOOL, key_added=key)
    dataset = io.from_anndata(
        adata,
        truths=with_words(truths, unassigned, adata.uns),
        donor_key=donor_key,
        batch_key=batch_key,
        sample_key=sample_key,
        layer=layer,
    )
    table = trip(dataset, judged_column(dataset, labels, unassigned))
    write_results(adata, {}, facts_of(_TOOL, labels, tables={"tripwires": table}), key_added=key)
    return table
