"""Which score may choose the resolution, of an AnnData; or distance and cutoff, of receptors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd
from anndata import AnnData

from rashomon import io
from rashomon.ask import Answered, Judged, Request
from rashomon.core import RNGLike, UsageError, root_entropy
from rashomon.core.labels import MISSING
from rashomon.dataset import Dataset, unique_receptors
from rashomon.io.on_copy import on_copy
from rashomon.multiverse import Budget, Executor, expression_multiverse, receptor_multiverse, slots_of
from rashomon.multiverse.base import FULL_DATA, label_unit
from rashomon.study.alone import ask_alone
from rashomon.tl.argument import with_words
from rashomon.tl.receptor import receptor_dataset
from rashomon.tl.slot import check_free, keep_answer
from rashomon.truth import TruthSpec

if TYPE_CHECKING:
    from mudata import MuData

__all__ = ["which_score"]


_TOOL = "which_score"


@on_copy
def which_score(
    adata: AnnData | MuData | Dataset | pd.DataFrame | Path | str,
    labels: str | None = None,
    *,
    truths: Sequence[str | TruthSpec] = (),
    unassigned: Sequence[str] = (),
    donor_key: str | None = None,
    batch_key: str | None = None,
    layer: str | None = None,
    receptors: bool = False,
    budget: Budget = "default",
    key_added: str | None = None,
    rng: RNGLike = 0,
) -> Answered:
    """Return which score may choose the resolution: each is tried on twins of `adata` whose truth is planted.

    Arguments are those of `audit`: `labels` and `truths` are planted in turn, as far as the `budget` goes
    (``"quick"`` draws no twins and only looks at trip-wires), and `unassigned`, `donor_key`, `batch_key`, `layer` and
    `rng`. The answer is ``.answer``, and ``.tables`` holds ``score_track`` and ``score_tripwires``.

    With `receptors`, it is distance and cutoff that are to be chosen for the receptors of `adata` (of which
    `audit_receptors` says what it may be), one per clonotype of a donor: those of `truths` that say what a receptor
    binds are planted, and scores of labels and without are tried at every cutoff. `labels` are the clusters that
    trip-wires look at; by default those of the default pipeline.

    Of an AnnData, the answer and its tables are kept in ``uns`` under `key_added` (``"{labels}_which_score"``, or
    ``"which_score"``, when None), where `rashomon.get` reads them; with `copy` in a copy, which is returned in their
    place.

    Raises
    ------
    UsageError
        When there are no labels of cells.
    """
    key = key_added or (_TOOL if labels is None else f"{labels}_{_TOOL}")
    written = adata if isinstance(adata, AnnData) else None
    if written is not None:
        check_free(written, (), tool=_TOOL, key_added=key)
    if receptors:
        rows = receptor_dataset(
            adata, truths=tuple(truths) or None, unassigned=unassigned, donor_key=donor_key, batch_key=batch_key
        )
        found = _of_receptors(rows, labels, unassigned, budget, root_entropy(rng))
    else:
        if labels is None or written is None:
            raise UsageError(
                "there are no labels of cells", where="which_score", expected="an AnnData and a column with clusters",
                fix="name a column with labels=, or ask with receptors=True",
            )  # fmt: skip
        dataset = io.from_anndata(
            written,
            truths=with_words(truths, unassigned, written.uns),
            donor_key=donor_key,
            batch_key=batch_key,
            layer=layer,
        )
        found = _of_cells(dataset, labels, unassigned, budget, root_entropy(rng))
    if written is not None:
        keep_answer(written, found, tool=_TOOL, labels=labels, key_added=key)
    return found


def _of_cells(dataset: Dataset, labels: str, unassigned: Sequence[str], budget: Budget, entropy: int) -> Answered:
    judged = Judged.from_column(dataset, labels, unassigned=unassigned)
    multiverse = None
    if dataset.expression is not None:
        multiverse = expression_multiverse(dataset, budget=budget, n_clusters=len(judged.categories))
    return ask_alone("which_score", Request(dataset, judged, entropy, multiverse, budget=budget))


def _of_receptors(
    rows: Dataset, labels: str | None, unassigned: Sequence[str], budget: Budget, entropy: int
) -> Answered:
    dataset = unique_receptors(rows)[0]
    multiverse = receptor_multiverse(dataset, budget=budget)
    if labels is not None:
        judged = Judged.from_column(dataset, labels, unassigned=unassigned)
    else:
        unit = label_unit(multiverse.default, multiverse, facts=FULL_DATA)
        (record,) = Executor(slots_of(dataset), entropy).run([unit], task="the default pipeline")
        if record.status != "ok":
            raise UsageError("the default pipeline failed", where=dataset.source, fix=record.reason)
        codes = np.full(dataset.n_obs, MISSING, dtype=np.int32)
        codes[record.slots["rows"]] = cast("np.ndarray", record.slots["labels"])
        judged = Judged("the default pipeline", codes, tuple(map(str, range(int(codes.max()) + 1))), own=False)
    return ask_alone("which_score", Request(dataset, judged, entropy, multiverse, budget=budget))
