"""Markers of the clusters of an AnnData."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from anndata import AnnData

from rashomon import io, study
from rashomon.ask import Judged
from rashomon.ask.stability.marker import Markers
from rashomon.core import RNGLike
from rashomon.multiverse import Level

__all__ = ["markers"]


def markers(
    adata: AnnData,
    labels: str,
    *,
    pipeline: Mapping[str, Level] | None = None,
    donor_key: str | None = None,
    layer: str | None = None,
    unassigned: Sequence[str] = (),
    rng: RNGLike = 0,
) -> Markers:
    """Return the genes that mark each cluster of the column `labels`, tested on counts that no label has seen.

    The other arguments are those of `audit` (`adata`, `pipeline`, `donor_key`, `layer`, `unassigned`, `rng`); nothing
    is written. ``clusters`` says of each cluster whether the test is circular, and why where it has no marker.
    """
    dataset = io.from_anndata(adata, donor_key=donor_key, layer=layer)
    judged = Judged.from_column(dataset, labels, unassigned=unassigned)
    return study.find_markers(dataset, judged, pipeline=pipeline, rng=rng)
