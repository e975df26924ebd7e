"""Which matrix of an AnnData is analysed, and whether it is what its user says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, cast

import numpy as np

from rashomon.core import did_you_mean
from rashomon.dataset import Expression, ExpressionKind
from rashomon.io.kind import ValueKind, classify
from rashomon.io.matrix import BUDGET, Matrix, check_values, to_csr
from rashomon.io.name import gene_names
from rashomon.io.profile import profile
from rashomon.io.rule import refuse
from rashomon.io.selected import selected_genes

if TYPE_CHECKING:
    from anndata import AnnData

__all__ = ["Expected", "find_expression"]

Expected = Literal["counts", "lognormalised"]

_COUNTS = "counts"
_UNUSABLE: tuple[ValueKind, ...] = ("scaled", "logged_twice")


def find_expression(
    adata: AnnData, *, layer: str | None = None, expect: Expected | None = None, budget: int = BUDGET
) -> tuple[Expression | None, tuple[str, ...]]:
    """Return the matrix to analyse.

    Parameters
    ----------
    adata
        In memory; not changed.
    layer
        Name of the layer to use. ``None``: counts from ``layers['counts']``, ``X`` or ``raw.X``, the first of them that
        holds counts; without counts, the first of ``X`` and ``raw.X`` that is not scaled.
    expect
        What the user says the values are.
    budget
        Memory budget in bytes, for dense matrices.

    Returns
    -------
    expression
        ``None`` when the object holds no matrix at all (labels only).
    notes
        Choices and repairs.

    Raises
    ------
    InputError
        Any of the ``matrix.`` rules.
    """
    if layer is not None and layer not in adata.layers:
        raise refuse(
            "matrix.absent", f"there is no layer {layer!r}", where="layers", fix=did_you_mean(layer, adata.layers)
        )
    passed: list[str] = []
    fallback: tuple[Matrix, ValueKind] | None = None
    for matrix, names in _candidates(adata, layer, budget):
        kind = _kind(adata, matrix, names)
        if kind == _COUNTS:
            fallback = (matrix, kind)
            break
        passed.append(f"{matrix.slot} is {kind}")
        misnamed = layer is None and matrix.slot == _slot(_COUNTS) and kind == "lognormalised"
        usable = kind not in _UNUSABLE and not misnamed
        fallback = (matrix, kind) if fallback is None and usable else fallback
    if fallback is None:
        return _nothing(adata, passed)
    matrix, kind = fallback
    _refuse_unexpected(matrix, kind, expect)
    names, notes = gene_names(_names(adata, matrix.slot))
    others = [text for text in passed if not text.startswith(f"{matrix.slot} ")]
    chosen = f"expression is {matrix.slot} ({kind})" + (f"; {', '.join(others)}" if others else "")
    notes = (chosen, *matrix.notes, *notes, *profile(matrix, obs_names=np.asarray(adata.obs_names), var_names=names))
    notes += selected_genes(adata, matrix) if kind == _COUNTS else ()
    return Expression(matrix.x, names, cast("ExpressionKind", kind), matrix.slot), notes


def _candidates(adata: AnnData, layer: str | None, budget: int) -> Iterator[tuple[Matrix, np.ndarray]]:
    shape = (adata.n_obs, adata.n_vars)
    if layer is not None or _COUNTS in adata.layers:
        name = _COUNTS if layer is None else layer
        yield to_csr(adata.layers[name], slot=_slot(name), shape=shape, budget=budget), adata.var_names
    if layer is not None:
        return
    if adata.X is not None:
        yield to_csr(adata.X, slot="X", shape=shape, budget=budget), adata.var_names
    if adata.raw is not None:
        shape = (adata.n_obs, adata.raw.n_vars)
        yield to_csr(adata.raw.X, slot="raw.X", shape=shape, budget=budget), adata.raw.var_names


def _slot(layer: str) -> str:
    return f"layers[{layer!r}]"


def _names(adata: AnnData, slot: str) -> np.ndarray:
    return np.asarray(adata.raw.var_names if slot == "raw.X" else adata.var_names)


def _kind(adata: AnnData, matrix: Matrix, names: np.ndarray) -> ValueKind:
    finite = bool(np.isfinite(matrix.x.data).all())
    kind = classify(matrix.x) if finite else "scaled"
    # a scaled X is passed over where raw can stand in for it
    if finite and kind in _UNUSABLE and matrix.slot == "X" and adata.raw is not None:
        return kind
    check_values(matrix, obs_names=np.asarray(adata.obs_names), var_names=np.asarray(names))
    if kind == "logged_twice":
        largest = float(matrix.x.data.max())
        raise refuse(
            "matrix.logged_twice",
            f"the logarithm was taken twice; the largest value is {largest:.3g}",
            where=matrix.slot,
        )
    return kind


def _refuse_unexpected(matrix: Matrix, kind: ValueKind, expect: Expected | None) -> None:
    if expect is None or kind == expect:
        return
    data = matrix.x.data
    fractions = np.flatnonzero(data != np.floor(data))
    example = f"for example {data[fractions[0]]:.4g}" if fractions.size else f"the largest is {data.max():g}"
    code = {
        ("counts", "lognormalised"): "matrix.log_as_counts",
        ("counts", "continuous"): "matrix.non_integer",
        ("lognormalised", "counts"): "matrix.counts_as_log",
        ("lognormalised", "continuous"): "matrix.counts_as_log",
    }[expect, kind]
    what = f"the values are {kind}, not {expect}: {fractions.size} of {data.size} are fractions, {example}"
    raise refuse(code, what, where=matrix.slot)


def _nothing(adata: AnnData, passed: list[str]) -> tuple[None, tuple[str, ...]]:
    if passed or adata.layers:
        raise refuse(
            "matrix.absent",
            f"none of the matrices can be used{': ' if passed else ''}{', '.join(passed)}",
            where="X, layers['counts'], raw.X",
            expected="counts or log-normalised values",
            fix=f"give layer=, one of {', '.join(sorted(adata.layers))}" if adata.layers else None,
        )
    return None, ("there is no expression matrix: only labels can be compared",)
