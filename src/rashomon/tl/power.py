"""Whether there are enough cells, donors and molecules in an AnnData."""

from __future__ import annotations

from collections.abc import Sequence

from anndata import AnnData

from rashomon import io
from rashomon.ask import Answered, Judged, Request
from rashomon.core import RNGLike, root_entropy
from rashomon.io.on_copy import on_copy
from rashomon.multiverse import Budget, expression_multiverse
from rashomon.study.alone import ask_alone
from rashomon.tl.slot import check_free, keep_answer

__all__ = ["power"]


_TOOL = "power"


@on_copy
def power(
    adata: AnnData,
    labels: str,
    *,
    unassigned: Sequence[str] = (),
    donor_key: str | None = None,
    batch_key: str | None = None,
    condition_key: str | None = None,
    layer: str | None = None,
    budget: Budget = "default",
    key_added: str | None = None,
    rng: RNGLike = 0,
) -> Answered:
    """Return for each cluster of `labels` whether it could be found, and how many more cells or molecules it needs.

    Arguments are those of `audit`: `adata`, `labels`, `unassigned`, `donor_key`, `batch_key`, `condition_key`, `layer`,
    `budget` (``"quick"`` gives closed forms only; ``"default"`` draws a simulated look-alike of the data 64 times, of
    at most 2,000 cells, over cells, depth and the strength of the differences, clusters it by the default pipeline,
    tests its nodes and asks its oracle; ``"full"`` draws 750 of at most 8,000) and `rng`.

    The answer and its tables are kept in ``uns`` under `key_added` (``"{labels}_power"`` when None), where
    `rashomon.get` reads them; with `copy` in a copy, which is returned in their place.

    The answer is ``.answer``; ``.tables`` holds ``power`` (a row per cluster: cells, depth, strength and donors
    needed), ``detectability`` (a row per cluster and grid point: found, detected by a test, and the ceiling of all
    methods), ``smallest_groups`` (which groups would have been seen at all), ``power_limits``, ``power_lines`` (for
    `rashomon.pl.power`) and, with donors, ``power_donors``.
    """
    key = f"{labels}_{_TOOL}" if key_added is None else key_added
    check_free(adata, (), tool=_TOOL, key_added=key)
    dataset = io.from_anndata(adata, donor_key=donor_key, batch_key=batch_key, condition_key=condition_key, layer=layer)
    judged = Judged.from_column(dataset, labels, unassigned=unassigned)
    multiverse = None
    if dataset.expression is not None:
        multiverse = expression_multiverse(dataset, budget=budget, n_clusters=len(judged.categories))
    request = Request(dataset, judged, root_entropy(rng), multiverse, budget=budget)
    found = ask_alone("power", request)
    keep_answer(adata, found, tool=_TOOL, labels=labels, key_added=key)
    return found
