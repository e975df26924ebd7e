"""Negative controls: clusterings of features that should say nothing about what cells or receptors are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from rashomon.ask.question import Finished
from rashomon.ask.request import Request
from rashomon.cluster import CLUSTERERS
from rashomon.core import Step
from rashomon.core.labels import MISSING
from rashomon.dataset import ExpressionKind
from rashomon.encode.gene_set import GENE_SETS
from rashomon.engine import Call
from rashomon.multiverse import Unit
from rashomon.score import MIN_BLOCKS, half_sample_draws, interval_around, score

__all__ = [
    "CONTROL_COLUMNS",
    "control_table",
    "control_units",
    "control_view",
    "depth_labels",
    "gene_labels",
    "length_labels",
]

CONTROL_COLUMNS = {
    "control": "what was clustered instead of the data",
    "features": "how many genes, or which part of the receptors",
    "ami": "adjusted mutual information of that clustering and the judged one",
    "low": "lower end of its 95 % interval over half-samples, labels fixed",
    "high": "upper end",
    "seed_to_seed": "adjusted mutual information of the stand-in pipeline with itself under another seed; NaN unknown",
    "result": "passes (high below 0.05, or below a tenth of seed_to_seed), fails (low above), or cannot tell",
    "reason": "why it cannot be told",
}
"""Columns of the table of negative controls and what they mean."""

_NOTHING, _TENTH = 0.05, 0.1
"""Lines below which a control says nothing."""

_N_PAIRS = 50
_FEWEST_GENES = 5
_N_COMPONENTS = 10

_HOUSEKEEPING = "C1ORF43|CHMP2A|EMC7|GPI|PSMB2|PSMB4|RAB7A|REEP5|SNRPD3|VCP|VPS29"
"""Genes expressed alike over tissues: Eisenberg and Levanon (2013), Trends in Genetics 29:569."""

_PANELS = {
    "housekeeping genes only": _HOUSEKEEPING,
    "mitochondrial genes only": GENE_SETS["mitochondrial"].pattern,
    "ribosomal genes only": GENE_SETS["ribosomal"].pattern,
}

_DEPTH = Step("depth_labels", f"{__name__}:depth_labels", ("x",), ("labels",), summary="Bins of equal depth.")
_VIEW = Step("control_view", f"{__name__}:control_view", ("x",), ("view",), summary="Some genes only, logged.")
_GENES = Step("gene_labels", f"{__name__}:gene_labels", ("receptors",), ("labels",), summary="V and J gene only.")
_LENGTH = Step("length_labels", f"{__name__}:length_labels", ("receptors",), ("labels",), summary="Length only.")


def control_units(request: Request) -> list[Unit]:
    """Return one unit per negative control that the data allow, each with as many clusters as are judged.

    Parameters
    ----------
    request
        Cells: depth (raw counts only), and genes of housekeeping, mitochondria and ribosomes where five or more are
        present. Receptors: V and J genes, and lengths. None where there is nothing to cluster.
    """
    if request.multiverse is None:
        return []
    if request.dataset.item == "receptor":
        return [
            _unit("V and J genes only", "first chain", Call(_GENES, {})),
            _unit("length only", "first chain", Call(_LENGTH, {})),
        ]
    expression, k = request.dataset.expression, int(np.count_nonzero(request.judged.sizes))
    if expression is None or request.use_rep is not None or request.dataset.item != "cell" or k < 2:
        return []
    units = [] if request.why_no_counts else [_unit("depth only", "total counts", Call(_DEPTH, {"k": k}))]
    for name, pattern in _PANELS.items():
        matches = re.compile(pattern, re.IGNORECASE)
        genes = [place for place, gene in enumerate(map(str, expression.var_names)) if matches.fullmatch(gene)]
        if len(genes) >= _FEWEST_GENES:
            view = Call(_VIEW, {"genes": genes, "kind": expression.kind})
            units.append(_unit(name, f"{len(genes)} genes", view, Call(CLUSTERERS["kmeans"], {"k": k, "seed": 0})))
    return units


def control_table(request: Request, finished: Sequence[Finished]) -> pd.DataFrame:
    """Return how much each control says about the judged clusters.

    Parameters
    ----------
    request
        The judged labels; donors, where there are six, are what half-samples are drawn of.
    finished
        Finished units of `control_units`.

    Returns
    -------
    One row per control with `CONTROL_COLUMNS`. Types of cells do differ in depth and in ribosomal genes: a control that
    fails says that clusters can partly be had without the genes that tell types, not that they are artefacts.
    """
    again = _seed_to_seed(request)
    rows = [_row(request, each, again) for each in finished if "control" in each.unit.facts]
    return pd.DataFrame(rows, columns=list(CONTROL_COLUMNS))


def depth_labels(x: sp.csr_matrix, *, k: int) -> np.ndarray:
    """Return bins of equally many cells by total count.

    Parameters
    ----------
    x
        Counts, CSR, shape ``(n_cells, n_genes)``.
    k
        Number of bins.

    Examples
    --------
    >>> depth_labels(sp.csr_matrix(np.array([[1.0], [9.0], [2.0], [8.0]])), k=2).tolist()
    [0, 1, 0, 1]
    """
    total = np.asarray(x.sum(axis=1)).ravel()
    edges = np.quantile(total, np.arange(1, k) / k)
    return np.searchsorted(edges, total, side="left").astype(np.int32)


def control_view(x: sp.csr_matrix, *, genes: list[int], kind: ExpressionKind) -> np.ndarray:
    """Return up to ten principal components of some genes, logged and standardised.

    Parameters
    ----------
    x
        CSR, shape ``(n_cells, n_genes)``.
    genes
        Positions of the genes.
    kind
        Of the matrix: values that are not logged are scaled to 10,000 a cell, by all genes, and logged.

    Returns
    -------
    ``float32``, shape ``(n_cells, n)``.
    """
    values = x[:, genes].toarray().astype(np.float64)
    if kind != "lognormalised":
        total = np.asarray(x.sum(axis=1)).ravel()
        values = np.log1p(values * (1e4 / np.maximum(total, 1e-12))[:, None])
    values -= values.mean(axis=0)
    spread = values.std(axis=0)
    values = values[:, spread > 0] / spread[spread > 0]
    if not values.shape[1]:
        return np.zeros((x.shape[0], 1), dtype=np.float32)
    _, axes = np.linalg.eigh(values.T @ values)
    return np.ascontiguousarray(values @ axes[:, ::-1][:, :_N_COMPONENTS], dtype=np.float32)


def gene_labels(receptors: np.ndarray) -> np.ndarray:
    """Return one cluster per pair of V and J gene of the first chain; -1 where either is unknown.

    Parameters
    ----------
    receptors
        Of `rashomon.dataset.receptor_items`, shape ``(n_obs,)``.
    """
    chain = receptors[_arm(receptors)]
    v, j = chain["v"].astype(np.int64), chain["j"].astype(np.int64)
    return _compact(np.where((v >= 0) & (j >= 0), v * (int(j.max(initial=0)) + 1) + j, -1))


def length_labels(receptors: np.ndarray) -> np.ndarray:
    """Return one cluster per length of the first chain's junction; -1 where there is none.

    Parameters
    ----------
    receptors
        Of `rashomon.dataset.receptor_items`, shape ``(n_obs,)``.
    """
    length = np.strings.str_len(receptors[_arm(receptors)]["aa"]).astype(np.int64)
    return _compact(np.where(length > 0, length, -1))


def _arm(receptors: np.ndarray) -> str:
    return "vdj" if (receptors["n_vdj"] > 0).any() else "vj"


def _compact(codes: np.ndarray) -> np.ndarray:
    found = np.full(codes.size, -1, dtype=np.int32)
    found[codes >= 0] = np.unique(codes[codes >= 0], return_inverse=True)[1]
    return found


def _unit(name: str, features: str, *path: Call) -> Unit:
    return Unit(path, ("labels", "rows"), {"control": name, "features": features})


def _row(request: Request, each: Finished, again: float) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(CONTROL_COLUMNS, np.nan) | dict(each.unit.facts) | {"seed_to_seed": again}
    if each.record.status != "ok":
        return row | {"result": "cannot tell", "reason": each.record.reason}
    control = np.full(request.dataset.n_obs, MISSING, dtype=np.int32)
    control[each.record.slots["rows"]] = each.record.slots["labels"]
    result = score("ami", request.judged.codes, control)
    if result.reason:
        return row | {"result": "cannot tell", "reason": result.reason}
    donor = request.dataset.roles.donor
    blocks = donor.codes if donor is not None and len(donor.categories) >= MIN_BLOCKS else None
    draws = half_sample_draws(
        "ami",
        [(request.judged.codes, control)],
        rng=request.rng("negative control", row["control"]),
        n_pairs=_N_PAIRS,
        blocks=blocks,
    )
    n_units = request.dataset.n_obs if blocks is None else int(np.unique(blocks[blocks >= 0]).size)
    interval = interval_around(result.value, draws[:, 0], n_units=n_units)
    row |= {"ami": result.value, "low": interval.low, "high": interval.high, "reason": interval.reason}
    if not np.isfinite(interval.high):
        return row | {"result": "cannot tell"}
    limit = max(_NOTHING, _TENTH * float(np.nan_to_num(again)))
    if interval.low < limit <= interval.high:
        reason = f"the interval, {interval.low:.2f} to {interval.high:.2f}, holds the limit of {limit:.2f}"
        return row | {"result": "cannot tell", "reason": reason}
    return row | {"result": "passes" if interval.high < limit else "fails"}


def _seed_to_seed(request: Request) -> float:
    """Return the mean agreement of the stand-in pipeline's labels over pairs of seeds; NaN where there is one."""
    if request.parts is None or request.multiverse is None or request.standin is None:
        return np.nan
    runs = request.parts.runs
    same = (runs["status"] == "ok").to_numpy()
    for choice in request.multiverse.choices:
        level = request.standin.pipeline.get(choice.name)
        if not choice.replicate and level is not None:
            same &= (runs[choice.name] == level).to_numpy()
    columns = request.parts.labels[:, same].T[:5]
    values = [score("ami", a, b).value for a, b in combinations(columns, 2)]
    return float(np.nanmean(values)) if np.isfinite(values).any() else np.nan
