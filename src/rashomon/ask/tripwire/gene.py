"""Trip-wires on genes: receptor genes, genes that a batch lacks, genes of another species."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import scipy.sparse as sp

from rashomon.ask.judged import Judged
from rashomon.ask.tripwire.record import Finding, technical_columns
from rashomon.core import first_few
from rashomon.dataset import Dataset, Expression
from rashomon.score.marker import rank_genes

__all__ = ["absent_genes", "foreign_species", "is_receptor_gene", "receptor_genes", "species_of"]

_RECEPTOR = re.compile(r"(?:TR[ABGD][VDJ]|IG[HKL][VDJ])\d[\w./-]*", re.IGNORECASE)
"""Gene segments of receptors, as IMGT names them; constant genes carry no clone, and IGHD without a number is one."""

_SPECIES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("human", re.compile(r"(?:GRCh\d+|hg\d+|human)_+.+|ENSG\d{6,}(?:\.\d+)?", re.IGNORECASE)),
    ("mouse", re.compile(r"(?:GRCm\d+|mm\d+|mouse)_+.+|ENSMUSG\d{6,}(?:\.\d+)?", re.IGNORECASE)),
    ("human", re.compile(r"(?=[^a-z]*[A-Z][^a-z]*[A-Z])[A-Z0-9][A-Z0-9.-]+|C[\dXY]+orf\d+[A-Z]?|MT-.+")),
    ("mouse", re.compile(r"[A-Z][a-z][a-z0-9-]*(?:Rik)?|\d{5,}[A-Z]\d\dRik|mt-.+|H2-[A-Z][a-z0-9]*")),
)
"""How each species writes its genes: prefixes and identifiers first, then the capitals of its symbols."""

_COMMON = re.compile(
    "actb|b2m|cd3d|cd3e|cd74|cd79a|cd79b|ccl5|cst3|eef1a1|fos|ftl|gapdh|gnly|hspa1a|ifi27|igkc|il7r|isg15|jun|jchain|"
    "krt18|krt8|ltb|lyz|malat1|mki67|ms4a1|nkg7|s100a8|s100a9|top2a|tmsb4x|tyrobp|vim",
    re.IGNORECASE,
)
"""Genes of which any file of symbols holds a few; without them silence means nothing."""

_MIN_COMMON = 3
_MIN_STYLE = 0.02
"""Share of the genes that must be written in a species' way before its cells are looked for."""


def is_receptor_gene(name: str) -> bool:
    """Return whether a gene is a V, D or J segment of a T- or B-cell receptor, by its name.

    Examples
    --------
    >>> [is_receptor_gene(name) for name in ("TRBV7-2", "Ighv1-5", "TRAC", "IGHD", "IGHD3-10", "TRADD")]
    [True, True, False, False, True, False]
    """
    return _RECEPTOR.fullmatch(_bare(name)) is not None


def species_of(name: str) -> str:
    """Return ``human``, ``mouse`` or, where the name does not tell, nothing.

    Examples
    --------
    >>> [species_of(name) for name in ("CD3D", "Cd3d", "GRCh38_CD3D", "mm10___Cd3d", "ENSMUSG00000032094", "gene_7")]
    ['human', 'mouse', 'human', 'mouse', 'mouse', '']
    """
    return next((species for species, pattern in _SPECIES if pattern.fullmatch(name)), "")


def _bare(name: str) -> str:
    """Return a gene name without the prefix of a reference."""
    return re.sub(r"^(?:GRC[hm]\d+|hg\d+|mm\d+)_+", "", name)


def receptor_genes(
    dataset: Dataset, judged: Judged | None, *, max_selected: float, auroc: float, min_cells: float
) -> Finding:
    """Look for receptor gene segments that act on the clusters.

    Parameters
    ----------
    dataset, judged
        The data; labels where there are any.
    max_selected
        With no more genes than this, the file holds selected features, and each of them acts.
    auroc
        A cluster is driven by a segment with this AUROC.
    min_cells
        Segments and clusters below this number of cells are not looked at.
    """
    x, names = _matrix(dataset)
    segments = np.flatnonzero([is_receptor_gene(str(name)) for name in names])
    if not segments.size:
        known = sum(_COMMON.fullmatch(_bare(str(name))) is not None for name in names)
        if known < _MIN_COMMON:
            return Finding("not computable", f"genes are not named by symbols ({first_few(names, n=2)})")
        return Finding("quiet", f"none of {names.size:,} genes is a V, D or J segment")
    detected = np.bincount(x.indices, minlength=names.size)[segments]
    segments = segments[detected >= min_cells]
    driven = _driven(x, judged, segments, names, auroc=auroc, min_cells=min_cells)
    selected = names.size <= max_selected
    said = f"{segments.size} of {names.size:,} {'selected ' if selected else ''}genes are V, D or J segments"
    if driven:
        return Finding("fired", f"{said}; they mark {first_few(driven, n=3)}", tuple(map(str, names[segments])))
    if selected and segments.size:
        return Finding("fired", f"{said}, so they act on every component", tuple(map(str, names[segments])))
    return Finding("quiet", f"{said} in {min_cells:g} cells or more; none marks a cluster")


def _driven(
    x: sp.csr_matrix, judged: Judged | None, segments: np.ndarray, names: np.ndarray, *, auroc: float, min_cells: float
) -> list[str]:
    """Return the clusters that a segment marks, with the segment."""
    if judged is None or not segments.size:
        return []
    members = _members(judged)
    found = rank_genes(x[:, segments].tocsc()).test(members).auroc
    found[:, judged.sizes < min_cells] = np.nan
    if not np.isfinite(found).any():
        return []
    best = np.nan_to_num(found).argmax(axis=0)
    return [
        f"cluster {name} ({names[segments[best[code]]]}, AUROC {found[best[code], code]:.2f})"
        for code, name in enumerate(judged.categories)
        if found[best[code], code] >= auroc
    ]


def absent_genes(dataset: Dataset, judged: Judged | None, *, expected: float, min_genes: float) -> Finding:
    """Look for genes without a count in one class of a technical column that the other classes express.

    Parameters
    ----------
    dataset, judged
        The data; labels are not read.
    expected
        Cells that should have shown the gene: its share of cells elsewhere, times the cells here, times the ratio of
        the depths where the depth is less here.
    min_genes
        So many genes make it fire.
    """
    del judged
    x, names = _matrix(dataset)
    depth = np.asarray(x.sum(axis=1)).ravel()
    seen = sp.csr_matrix((np.ones(x.data.size), x.indices, x.indptr), shape=x.shape)
    lost: dict[str, tuple[str, ...]] = {}
    for name, column in technical_columns(dataset).items():
        for code, category in enumerate(column.categories):
            here, there = column.codes == code, (column.codes >= 0) & (column.codes != code)
            if not here.any() or not there.any():
                continue
            share = np.asarray(seen[there].sum(axis=0)).ravel() / there.sum()
            ratio = np.median(depth[here]) / max(float(np.median(depth[there])), 1.0)
            due = share * here.sum() * min(1.0, float(ratio))
            none = np.asarray(seen[here].sum(axis=0)).ravel() == 0
            genes = np.flatnonzero(none & (due >= expected))
            order = genes[np.argsort(-due[genes], kind="stable")]
            if genes.size >= min_genes:
                lost[f"{name} {category}"] = tuple(map(str, names[order]))
    if not lost:
        checked = ", ".join(technical_columns(dataset))
        return Finding("quiet", f"no class of {checked} lacks {min_genes:g} genes that the others express")
    counted = [f"{place} has no count in {len(genes):,} genes that the others express" for place, genes in lost.items()]
    return Finding("fired", first_few(counted, n=3), max(lost.values(), key=len))


def foreign_species(dataset: Dataset, judged: Judged | None, *, cell_frac: float, min_cells: float) -> Finding:
    """Look for cells most of whose counts lie on genes of another species, by prefix, identifier or capitals.

    Cells of another species whose genes are not in the file cannot be seen.

    Parameters
    ----------
    dataset, judged
        The data; labels are not read.
    cell_frac
        Share of its counts from which on a cell is foreign.
    min_cells
        So many foreign cells make it fire.
    """
    del judged
    names = np.asarray(_expression(dataset).var_names)
    species = np.array([species_of(str(name)) for name in names])
    kinds, counts = np.unique(species[species != ""], return_counts=True)
    if not counts.sum() or counts.sum() < 0.5 * names.size:
        return Finding("not computable", f"the names of the genes do not tell a species ({first_few(names, n=2)})")
    written = kinds[counts >= _MIN_STYLE * names.size]
    if written.size < 2:
        return Finding("quiet", f"the genes are named as those of one species, {kinds[counts.argmax()]}")
    linear = _linear(dataset)
    per_species = np.stack([np.asarray(linear[:, species == kind].sum(axis=1)).ravel() for kind in written])
    main = int(per_species.sum(axis=1).argmax())
    total = per_species.sum(axis=0)
    share = np.divide(total - per_species[main], total, out=np.zeros_like(total), where=total > 0)
    foreign = np.flatnonzero(share > cell_frac)
    mixed = int(((share > 0.1) & (share <= cell_frac)).sum())
    said = f"genes of {' and '.join(written)}; {foreign.size:,} of {share.size:,} cells are not {written[main]}, "
    said += f"{mixed:,} more hold a tenth or more of another species; the median cell holds {np.median(share):.1%}"
    if foreign.size >= min_cells:
        return Finding("fired", said, tuple(map(str, dataset.obs_names[foreign])))
    return Finding("quiet", said)


def _matrix(dataset: Dataset) -> tuple[sp.csr_matrix, np.ndarray]:
    expression = _expression(dataset)
    return expression.x, np.asarray(expression.var_names)


def _expression(dataset: Dataset) -> Expression:
    if dataset.expression is None:
        raise AssertionError("a trip-wire that needs expression was asked without it")
    return dataset.expression


def _linear(dataset: Dataset) -> sp.csr_matrix:
    """Return the matrix with its logarithm undone."""
    expression = _expression(dataset)
    undo: Callable[[np.ndarray], np.ndarray] = np.expm1 if expression.kind == "lognormalised" else np.asarray
    x = expression.x
    return sp.csr_matrix((undo(x.data), x.indices, x.indptr), shape=x.shape)


def _members(judged: Judged) -> sp.csr_matrix:
    """Return one column of ones per cluster."""
    rows = np.flatnonzero(judged.codes >= 0)
    shape = (judged.codes.size, len(judged.categories))
    return sp.csr_matrix((np.ones(rows.size), (rows, judged.codes[rows])), shape=shape)
