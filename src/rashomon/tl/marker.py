"""Markers of the clusters of an AnnData."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from anndata import AnnData

from rashomon import io, study
from rashomon.ask import Judged
from rashomon.ask.stability.marker import Markers
from rashomon.core import RNGLike
from rashomon.io.on_copy import on_copy
from rashomon.multiverse import Level
from rashomon.tl.fact import facts_of
from rashomon.tl.slot import check_free, write_results

__all__ = ["markers"]


_TOOL = "markers"


@on_copy
def markers(
    adata: AnnData,
    labels: str,
    *,
    pipeline: Mapping[str, Level] | None = None,
    donor_key: str | None = None,
    layer: str | None = None,
    unassigned: Sequence[str] = (),
    key_added: str | None = None,
    rng: RNGLike = 0,
) -> Markers:
    """Return the genes that mark each cluster of the column `labels`, tested on counts that no label has seen.

    The other arguments are those of `audit` (`adata`, `pipeline`, `donor_key`, `layer`, `unassigned`, `rng`).
    ``clusters`` says of each cluster whether the test is circular, and why where it has no marker.

    The tables ``markers`` and ``marked`` are kept in ``uns`` under `key_added` (``"{labels}_markers"`` when None),
    where `rashomon.get` reads them; with `copy` in a copy, which is returned in their place.
    """
    key = f"{labels}_{_TOOL}" if key_added is None else key_added
    check_free(adata, (), tool=_TOOL, key_added=key)
    dataset = io.from_anndata(adata, donor_key=donor_key, layer=layer)
    judged = Judged.from_column(dataset, labels, unassigned=unassigned)
    found = study.find_markers(dataset, judged, pipeline=pipeline, rng=rng)
    facts = facts_of(_TOOL, labels, tables={"markers": found.table, "marked": found.clusters})
    write_results(adata, {}, facts, key_added=key)
    return found
