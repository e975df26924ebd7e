"""Whether something technical explains the clusters of an AnnData."""

from __future__ import annotations

from collections.abc import Sequence

from anndata import AnnData

from rashomon import io
from rashomon.ask import Answered, Judged
from rashomon.core import RNGLike
from rashomon.io.on_copy import on_copy
from rashomon.multiverse import Budget
from rashomon.study.confounding import find_confounders
from rashomon.tl.argument import with_words
from rashomon.tl.slot import check_free, keep_answer
from rashomon.truth import TruthSpec

__all__ = ["confounding"]


_TOOL = "confounding"


@on_copy
def confounding(
    adata: AnnData,
    labels: str,
    *,
    truths: Sequence[str | TruthSpec] = (),
    unassigned: Sequence[str] = (),
    donor_key: str | None = None,
    batch_key: str | None = None,
    sample_key: str | None = None,
    condition_key: str | None = None,
    layer: str | None = None,
    dag: Sequence[str | tuple[str, str]] | None = None,
    budget: Budget = "quick",
    key_added: str | None = None,
    rng: RNGLike = 0,
) -> Answered:
    """Return whether donors, batches, depth, damage, cycle, stress or doublets explain the clusters of `labels`.

    Arguments are those of `audit` (`adata`, `labels`, `truths`, `unassigned`, `donor_key`, `batch_key`, `sample_key`,
    `condition_key`, `layer`, `budget`, `rng`), and `dag`: arrows ``"donor -> batch"`` between columns, ``clusters`` and
    ``measured counts``; by default a diagram is offered, see the table ``causal_diagram``.
    The answer and its tables are kept in ``uns`` under `key_added` (``"{labels}_confounding"`` when None), where
    `rashomon.get` reads them; with `copy` in a copy, which is returned in their place.

    With a budget above ``"quick"`` a twin of the data is drawn with and without its batches and donors, by the default
    pipeline.
    """
    key = f"{labels}_{_TOOL}" if key_added is None else key_added
    check_free(adata, (), tool=_TOOL, key_added=key)
    dataset = io.from_anndata(
        adata,
        truths=with_words(truths, unassigned, adata.uns),
        donor_key=donor_key,
        batch_key=batch_key,
        sample_key=sample_key,
        condition_key=condition_key,
        layer=layer,
    )
    judged = Judged.from_column(dataset, labels, unassigned=unassigned)
    found = find_confounders(dataset, judged, dag=dag, budget=budget, rng=rng)
    keep_answer(adata, found, tool=_TOOL, labels=labels, key_added=key)
    return found
