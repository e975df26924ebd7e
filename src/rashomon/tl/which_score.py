"""Which score may choose the resolution, of an AnnData."""

from __future__ import annotations

from collections.abc import Sequence

from anndata import AnnData

from rashomon import io
from rashomon.ask import Answered, Judged, Request
from rashomon.core import RNGLike, root_entropy
from rashomon.multiverse import Budget, expression_multiverse
from rashomon.study.alone import ask_alone
from rashomon.tl.argument import with_words
from rashomon.truth import TruthSpec

__all__ = ["which_score"]


def which_score(
    adata: AnnData,
    labels: str,
    *,
    truths: Sequence[str | TruthSpec] = (),
    unassigned: Sequence[str] = (),
    donor_key: str | None = None,
    batch_key: str | None = None,
    layer: str | None = None,
    budget: Budget = "default",
    rng: RNGLike = 0,
) -> Answered:
    """Return which score may choose the resolution: each is tried on twins of `adata` whose truth is planted.

    Arguments are those of `audit`: `labels` and `truths` are planted in turn, as far as the `budget` goes
    (``"quick"`` draws no twins and only looks at trip-wires), and `unassigned`, `donor_key`, `batch_key`, `layer` and
    `rng`. Nothing is written. The answer is ``.answer``, and ``.tables`` holds ``score_track`` and ``score_tripwires``.
    """
    dataset = io.from_anndata(
        adata,
        truths=with_words(truths, unassigned, adata.uns),
        donor_key=donor_key,
        batch_key=batch_key,
        layer=layer,
    )
    judged = Judged.from_column(dataset, labels, unassigned=unassigned)
    multiverse = None
    if dataset.expression is not None:
        multiverse = expression_multiverse(dataset, budget=budget, n_clusters=len(judged.categories))
    request = Request(dataset, judged, root_entropy(rng), multiverse, budget=budget)
    return ask_alone("which_score", request)
