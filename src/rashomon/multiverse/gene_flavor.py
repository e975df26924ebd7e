"""Ways to choose variable genes: which step ranks them, and on which numbers."""

from __future__ import annotations

from dataclasses import dataclass

from rashomon.core import Registry
from rashomon.dataset import ExpressionKind

__all__ = ["GENE_FLAVORS", "GeneFlavor"]


@dataclass(frozen=True)
class GeneFlavor:
    """One way to rank genes by how much they vary.

    Parameters
    ----------
    name
        Level of the choice, and ``flavor`` of the step; scanpy's name.
    summary, citation
        Why, and where from.
    kinds
        Kinds of matrix it can start from.
    on_counts
        Whether genes are ranked on the counts before the matrix is normalised, and taken after it; otherwise they are
        ranked and taken on the matrix as it stands.
    """

    name: str
    summary: str
    citation: str
    kinds: tuple[ExpressionKind, ...]
    on_counts: bool = False


GENE_FLAVORS: Registry[GeneFlavor] = Registry(
    "gene flavor",
    [
        GeneFlavor(
            "seurat",
            "dispersion of the log-normalised values within bins of the mean: scanpy's default",
            "Satija et al. (2015), Nature Biotechnology 33:495",
            ("counts", "continuous", "lognormalised"),
        ),
        GeneFlavor(
            "seurat_v3",
            "variance of the counts beyond a fitted trend of the mean: the default of later Seurat versions",
            "Stuart et al. (2019), Cell 177:1888",
            ("counts",),
            on_counts=True,
        ),
        GeneFlavor(
            "cell_ranger",
            "dispersion within quantile bins, centred and scaled by median and median deviation: robust to outliers",
            "Zheng et al. (2017), Nature Communications 8:14049",
            ("counts", "continuous", "lognormalised"),
        ),
        GeneFlavor(
            "pearson_residuals",
            "variance of the residuals of a negative binomial model of depth",
            "Lause, Berens & Kobak (2021), Genome Biology 22:258",
            ("counts",),
        ),
    ],
)
"""Every way to choose genes; which of them a normalisation goes with stands on the record of the normalisation."""
