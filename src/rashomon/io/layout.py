"""Whether the parts of an AnnData fit together, asked of the headers before anything is read."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from rashomon.core.slots import EXPRESSION
from rashomon.io.rule import refuse

__all__ = ["check_layout", "expression_node", "layout_checks"]

_FOREIGN: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("matrix", "row_attrs", "col_attrs"), "a loom file", "ad.io.read_loom(path).write_h5ad(new_path)"),
    (("matrix",), "a 10x Genomics matrix", "scanpy.read_10x_h5(path).write_h5ad(new_path)"),
    (("assays", "meta.data"), "a Seurat file", "convert it to .h5ad with anndataR in R"),
)
_SPARSE_PARTS = ("data", "indices", "indptr")


def expression_node(root: Any, *, where: str, modality: str = EXPRESSION) -> Any:
    """Return the group that holds the AnnData: the root, or one modality of a MuData, by default expression.

    Parameters
    ----------
    root
        Root group of the opened file or store (h5py or zarr).
    where
        Name of the file, for messages.
    modality
        Which one; an AnnData has none to choose from.

    Raises
    ------
    InputError
        ``file.modality`` when a MuData has no such modality; ``file.foreign`` when another tool wrote it;
        ``file.format`` when it is no AnnData.
    """
    if "mod" in root:
        names = sorted(root["mod"])
        if modality in names:
            return root["mod"][modality]
        what = f"the modalities are {', '.join(names) or 'none'}"
        raise refuse("file.modality", what, where=f"{where}:mod", expected=f"a modality named {modality!r}")
    if "obs" in root and "var" in root and not hasattr(root["obs"], "shape"):
        return root
    for groups, kind, fix in _FOREIGN:
        if all(name in root for name in groups):
            raise refuse("file.foreign", f"{where} is {kind}", where=where, fix=fix)
    if "obs" in root and hasattr(root["obs"], "shape"):
        fix = "open it with the anndata that wrote it, and write it again with a recent one"
        raise refuse("file.foreign", f"{where} was written by anndata before 0.7", where=where, fix=fix)
    raise refuse("file.format", f"{where} is not an AnnData", where=where, expected="groups 'obs' and 'var'")


def check_layout(node: Any, *, where: str, budget: int) -> None:
    """Refuse parts of different lengths, by their headers alone.

    Parameters
    ----------
    node
        Group of the AnnData (h5py or zarr).
    where
        Name of the file, for messages.
    budget
        Memory budget in bytes, for dense matrices.

    Raises
    ------
    InputError
        ``file.layout`` with both lengths, ``matrix.sparse``, or ``matrix.budget`` for dense matrices.
    """
    for check in layout_checks(node, where=where, budget=budget):
        check()


def layout_checks(node: Any, *, where: str, budget: int) -> Iterator[Callable[[], None]]:
    """Yield the checks of `check_layout` one by one, so that all findings can be collected.

    Parameters
    ----------
    node, where, budget
        See `check_layout`.
    """
    n_obs, n_vars = _length(node["obs"]), _length(node["var"])
    yield partial(_check_columns, node["obs"], n_obs, where, "obs")
    yield partial(_check_columns, node["var"], n_vars, where, "var")
    if "X" in node:
        yield partial(_check_matrix, node["X"], (n_obs, n_vars), f"{where}:X", budget)
    for name in node.get("layers", {}):
        yield partial(_check_matrix, node["layers"][name], (n_obs, n_vars), f"{where}:layers/{name}", budget)
    if "raw" in node and not hasattr(node["raw"], "shape") and "X" in node["raw"]:
        shape = (n_obs, _length(node["raw"]["var"]))
        yield partial(_check_matrix, node["raw"]["X"], shape, f"{where}:raw/X", budget)
    for slot, n in (("obsm", n_obs), ("varm", n_vars), ("obsp", n_obs), ("varp", n_vars)):
        for name in node.get(slot, {}):
            yield partial(_check_beside, node[slot][name], n, f"{where}:{slot}/{name}")


def _check_beside(value: Any, n: int, place: str) -> None:
    """Hold the declared length of what lies beside the matrix against the number of cells or genes."""
    shape = tuple(value.shape) if hasattr(value, "shape") else tuple(value.attrs.get("shape", (n,)))
    slot = place.rpartition(":")[2]
    kind, squared = ("obs" if slot.startswith("obs") else "var"), slot.split("/")[0].endswith("p")
    wrong = [int(size) for size in (shape[:2] if squared else shape[:1]) if size != n]
    if wrong or not shape:
        raise refuse("file.layout", f"{kind} has {n} rows and {slot} {wrong[0] if wrong else 'none'}", where=place)


def _length(frame: Any) -> int:
    index = frame[frame.attrs.get("_index", "_index")]
    return int((index if hasattr(index, "shape") else index["values"]).shape[0])


def _check_columns(frame: Any, n: int, where: str, slot: str) -> None:
    for name in frame:
        column, place = frame[name], f"{where}:{slot}/{name}"
        categories = not hasattr(column, "shape") and "codes" in column
        values = column["codes"] if categories else column
        length = values.shape[0] if getattr(values, "shape", ()) else n
        if getattr(getattr(values, "dtype", None), "kind", "") == "V":
            what = f"column {name!r} holds records of the type {values.dtype}"
            raise refuse("file.unreadable", what, where=place, expected="a column of text, numbers or categories")
        if name != "__categories" and length != n:
            raise refuse("file.layout", f"{slot} has {n} rows and its column {name!r} {length}", where=place)
        if categories:
            codes, n_categories = values[:], _size(column["categories"])
            wrong = np.flatnonzero((codes < -1) | (codes >= n_categories))
            if wrong.size:
                raise refuse(
                    "file.layout",
                    f"column {name!r} has code {codes[wrong[0]]} at row {wrong[0]}, and {n_categories} categories",
                    where=place,
                    expected=f"codes from -1 to {n_categories - 1}",
                )


def _size(values: Any) -> int:
    return int((values if hasattr(values, "shape") else values["values"]).shape[0])


def _check_matrix(matrix: Any, shape: tuple[int, int], where: str, budget: int) -> None:
    if hasattr(matrix, "shape"):
        _check_dense(matrix, shape, where, budget)
        return
    encoding = str(matrix.attrs.get("encoding-type", ""))
    absent = [part for part in _SPARSE_PARTS if part not in matrix]
    if encoding not in {"csr_matrix", "csc_matrix"} or absent:
        lacks = f" without {absent[0]}" if absent else ""
        raise refuse("file.unreadable", f"a matrix of the type {encoding!r}{lacks} cannot be read", where=where)
    declared = tuple(int(n) for n in matrix.attrs["shape"])
    _check_shape(declared, shape, where)
    n_data, n_indices, n_indptr = (int(matrix[part].shape[0]) for part in _SPARSE_PARTS)
    major = declared[0 if encoding == "csr_matrix" else 1]
    if n_data != n_indices or n_indptr != major + 1:
        lines = "rows" if encoding == "csr_matrix" else "columns"
        raise refuse(
            "matrix.sparse",
            f"{n_data} values, {n_indices} indices and {n_indptr} pointers for {major} {lines}",
            where=where,
            expected=f"as many indices as values, and {major + 1} pointers",
        )


def _check_dense(matrix: Any, shape: tuple[int, int], where: str, budget: int) -> None:
    if not matrix.shape:  # an absent matrix is stored as an empty scalar
        return
    _check_shape(tuple(int(n) for n in matrix.shape), shape, where)
    n_bytes = math.prod(int(n) for n in matrix.shape) * int(np.dtype(matrix.dtype).itemsize)
    if n_bytes > budget:
        raise refuse(
            "matrix.budget", f"a dense matrix of {n_bytes:,} bytes", where=where, expected=f"at most {budget:,} bytes"
        )


def _check_shape(declared: tuple[int, ...], shape: tuple[int, int], where: str) -> None:
    if declared != shape:
        raise refuse(
            "file.layout",
            f"the matrix is {' x '.join(map(str, declared))}, but obs has {shape[0]} rows and var {shape[1]}",
            where=where,
            expected=f"{shape[0]} x {shape[1]}",
        )
