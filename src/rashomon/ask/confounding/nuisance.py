"""Nuisances that are measured per cell: depth, genes detected, mitochondrial share, cycle, stress, doublet score."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp

from rashomon.ask.request import Request
from rashomon.ask.stability.marker_split import linear_values
from rashomon.dataset import Truth
from rashomon.encode.gene_set import GENE_SETS
from rashomon.truth import quantile_classes

__all__ = ["NUISANCES", "Nuisance", "Score", "measured", "quartiles"]

_FEWEST_GENES = 5
"""Genes of a set that must be present for a score of it (a convention)."""

_STRESS = (
    "FOS FOSB JUN JUNB JUND EGR1 ATF3 IER2 IER3 DUSP1 ZFP36 SOCS3 NR4A1 BTG2 KLF6 CEBPB CEBPD PPP1R15A NFKBIA "
    "HSPA1A HSPA1B HSPA8 HSPB1 HSPE1 HSPH1 HSP90AA1 HSP90AB1 DNAJA1 DNAJB1 DNAJB4"
)


@dataclass(frozen=True)
class Nuisance:
    """Something measured of a cell that is not what it is.

    Parameters
    ----------
    name
        As in sentences: ``depth``.
    columns
        Pattern of the columns that hold it, in any case; the first that matches wholly is taken.
    genes
        Pattern of the genes whose share of the counts measures it where there is no column; empty: no such genes.
    direction
        1 where clusters of high values are suspect, -1 for low, 0 for both.
    summary, citation
        What it is, and who described it.
    """

    name: str
    columns: str
    genes: str
    direction: int
    summary: str
    citation: str


NUISANCES: tuple[Nuisance, ...] = (
    Nuisance(
        "depth",
        r"total_counts?(_per_cell)?|n_?counts?(_rna)?|ncount_rna|n_?umis?|total_umis?",
        "",
        0,
        "molecules counted in a cell",
        "Hicks et al. (2018), Biostatistics 19:562",
    ),
    Nuisance(
        "genes detected",
        r"n_genes(_by_counts)?|number_of_genes|nfeature_rna|n_?features?",
        "",
        0,
        "genes with a count in a cell",
        "Hicks et al. (2018), Biostatistics 19:562",
    ),
    Nuisance(
        "mitochondrial share",
        r"(pct|percent|perc|frac)[._]?(counts[._])?(mt|mito(chondrial)?)([._]counts)?",
        GENE_SETS["mitochondrial"].pattern,
        1,
        "share of the counts on mitochondrial genes",
        GENE_SETS["mitochondrial"].citation,
    ),
    Nuisance(
        "ribosomal share",
        r"(pct|percent|perc|frac)[._]?(counts[._])?(rb|ribo(somal)?)([._]counts)?",
        GENE_SETS["ribosomal"].pattern,
        0,
        "share of the counts on genes of ribosomal proteins",
        GENE_SETS["ribosomal"].citation,
    ),
    Nuisance(
        "cell cycle",
        r"(cell_?cycle|g2m|s)[._]?score|cell_?cycle",
        GENE_SETS["cell_cycle"].pattern,
        1,
        "share of the counts on genes of S, G2 and M phase",
        GENE_SETS["cell_cycle"].citation,
    ),
    Nuisance(
        "stress",
        r"(stress|dissociation)[._]?score",
        _STRESS.replace(" ", "|"),
        1,
        "share of the counts on genes that dissociation and handling switch on",
        "van den Brink et al. (2017), Nature Methods 14:935",
    ),
    Nuisance(
        "doublet score",
        r"(scrublet_|scdblfinder[._]|doublet_?finder_?)?doublet[._]?scores?|scdblfinder[._]score|pann(_[\d._]+)?|scrublet",
        "",
        1,
        "how much a cell looks like two, by a doublet caller",
        "Wolock et al. (2019), Cell Systems 8:281; McGinnis et al. (2019), Cell Systems 8:329",
    ),
)
"""Those that are looked for; a column of the table is preferred to a score of our own."""


@dataclass(frozen=True, eq=False)
class Score:
    """A nuisance as it was found.

    Parameters
    ----------
    nuisance
        What it is.
    values
        Shape ``(n_obs,)``; NaN unknown.
    source
        Column, or how it was computed.
    genes
        Positions of the genes it was computed from, which are no evidence of another cell type; empty for columns.
    """

    nuisance: Nuisance
    values: np.ndarray
    source: str
    genes: np.ndarray

    @property
    def name(self) -> str:
        """The name of the nuisance."""
        return self.nuisance.name


def measured(request: Request) -> tuple[Score, ...]:
    """Return the nuisances of `NUISANCES` that the data hold, each from a column or computed.

    Parameters
    ----------
    request
        The data. Depth and genes detected are computed from raw counts only; shares of gene sets from any expression
        on a known scale. Receptors have none.

    Returns
    -------
    In the order of `NUISANCES`; those that do not vary are left out.

    Notes
    -----
    A share of genes is that of their counts in the counts of the cell. It is not centred on control genes, as module
    scores are: for a rank among cells of one data set this makes little difference.
    """
    if request.dataset.item != "cell":
        return ()
    found = []
    for nuisance in NUISANCES:
        score = next(_from_columns(request, nuisance), None) or _computed(request, nuisance)
        if score is not None and np.unique(score.values[np.isfinite(score.values)]).size > 1:
            found.append(score)
    return tuple(found)


def quartiles(score: Score) -> Truth:
    """Return the quarters of the cells by a nuisance, as a technical column.

    Parameters
    ----------
    score
        Of `measured`.
    """
    values = pd.Series(score.values, name=score.name)
    made, _ = quantile_classes(values.where(np.isfinite(values)), n_classes=4, name=score.name)
    return Truth(score.name, "technical", made.codes, made.categories)


def _from_columns(request: Request, nuisance: Nuisance) -> Iterator[Score]:
    obs = request.dataset.obs
    matches = re.compile(nuisance.columns, re.IGNORECASE)
    for place, name in enumerate(map(str, obs.columns)):
        column = obs.iloc[:, place]
        if matches.fullmatch(name) and pd.api.types.is_numeric_dtype(column) and not _is_flag(column):
            values = column.to_numpy(dtype=np.float64, na_value=np.nan)
            yield Score(nuisance, values, f"column {name!r}", _positions(request, nuisance))


def _is_flag(column: pd.Series) -> bool:
    return bool(pd.api.types.is_bool_dtype(column)) or column.nunique() < 3


def _computed(request: Request, nuisance: Nuisance) -> Score | None:
    expression = request.dataset.expression
    if expression is None or expression.x.shape[1] == 0:
        return None
    x = expression.x
    if nuisance.name in {"depth", "genes detected"}:
        if request.why_no_counts:
            return None
        values = _sums(x) if nuisance.name == "depth" else np.diff(x.indptr).astype(np.float64)
        return Score(nuisance, values, f"computed from {expression.slot}", np.empty(0, dtype=np.int64))
    genes = _positions(request, nuisance)
    if genes.size < _FEWEST_GENES:
        return None
    linear = x if expression.kind == "counts" else linear_values(expression)
    total = _sums(linear)
    share = np.divide(_sums(linear[:, genes]), total, out=np.full(total.size, np.nan), where=total > 0)
    return Score(nuisance, share, f"share of the counts on {genes.size} genes", genes)


def _positions(request: Request, nuisance: Nuisance) -> np.ndarray:
    expression = request.dataset.expression
    if expression is None or not nuisance.genes:
        return np.empty(0, dtype=np.int64)
    pattern = re.compile(nuisance.genes, re.IGNORECASE)
    names = map(str, expression.var_names)
    return np.array([place for place, name in enumerate(names) if pattern.fullmatch(name)], dtype=np.int64)


def _sums(x: sp.csr_matrix) -> np.ndarray:
    return np.asarray(x.sum(axis=1), dtype=np.float64).ravel()
