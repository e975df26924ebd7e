"""Normalisations: which steps come before and after the choice of genes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rashomon.core import Registry
from rashomon.dataset import ExpressionKind

__all__ = ["NORMALISATIONS", "Normalisation"]


@dataclass(frozen=True)
class Normalisation:
    """One way to make cells comparable.

    Parameters
    ----------
    name
        Level of the choice.
    summary, citation
        Why, and where from.
    kinds
        Kinds of matrix it can start from.
    before, after
        Steps of `rashomon.encode` with their parameters, before and after genes are chosen.
    gene_flavors
        How genes can be chosen (`GENE_FLAVORS`), default first.
    scalable
        Whether scaling genes afterwards makes sense.
    offered
        Whether to say so when it cannot be run.
    min_counts
        Cells with a smaller sum are empty and dropped.
    """

    name: str
    summary: str
    citation: str
    kinds: tuple[ExpressionKind, ...]
    gene_flavors: tuple[str, ...]
    before: tuple[tuple[str, dict[str, Any]], ...] = ()
    after: tuple[tuple[str, dict[str, Any]], ...] = ()
    scalable: bool = True
    offered: bool = True
    min_counts: int = 1


NORMALISATIONS: Registry[Normalisation] = Registry(
    "normalisation",
    [
        Normalisation(
            "log CP10k",
            "same depth for every cell, then log(1 + x): the field's default",
            "Luecken & Theis (2019), Molecular Systems Biology 15:e8746",
            ("counts", "continuous"),
            ("seurat", "seurat_v3", "cell_ranger"),
            before=(("log_normalise", {"target_sum": 1e4}),),
        ),
        Normalisation(
            "log median",
            "depth of the median cell, so that the pseudo-count of the log fits the data",
            "Ahlmann-Eltze & Huber (2023), Nature Methods 20:665",
            ("counts", "continuous"),
            ("seurat", "seurat_v3", "cell_ranger"),
            before=(("log_normalise", {"target_sum": None}),),
        ),
        Normalisation(
            "Pearson residuals",
            "residuals of a negative binomial model of depth: no pseudo-count",
            "Lause, Berens & Kobak (2021), Genome Biology 22:258",
            ("counts",),
            ("pearson_residuals",),
            after=(("pearson_residuals", {"theta": 100.0}),),
            scalable=False,
        ),
        Normalisation(
            "as given",
            "the file holds log-normalised values only",
            "",
            ("lognormalised",),
            ("seurat", "cell_ranger"),
            offered=False,
            min_counts=0,
        ),
    ],
)
