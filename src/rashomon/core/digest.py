"""Digests: one way to turn arrays and parameters into keys."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

__all__ = ["digest_array", "digest_file", "digest_json", "digest_slots", "digest_text"]


def digest_text(*parts: str) -> str:
    """Return the sha256 (hex) of `parts`, separated so that no two sequences collide.

    Examples
    --------
    >>> digest_text("ab", "c") == digest_text("a", "bc")
    False
    """
    # as JSON: no separator, nor a lone surrogate, can make two sequences look alike
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def digest_json(value: Any) -> str:
    """Return the sha256 (hex) of a JSON-typed `value`, independent of the order of keys.

    Raises
    ------
    TypeError
        When `value` holds anything but dicts, lists, strings, numbers, booleans and None.
    ValueError
        When a number is NaN or infinite.

    Examples
    --------
    >>> digest_json({"a": 1, "b": [2, None]}) == digest_json({"b": [2, None], "a": 1})
    True
    """
    return digest_text(json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False))


def _digest_one(value: np.ndarray) -> str:
    if value.dtype == object:
        text = json.dumps([None if item is None else str(item) for item in value.ravel()])
        return digest_text("object", str(value.shape), text)
    digest = hashlib.sha256(f"{value.dtype.str}{value.shape}".encode())
    # bytes seen in place: a matrix of gigabytes is not copied
    digest.update(np.ascontiguousarray(value).reshape(-1).view(np.uint8).data)
    return digest.hexdigest()


def digest_array(value: np.ndarray | sp.csr_matrix) -> str:
    """Return the sha256 (hex) of the type, shape and values of an array; a sparse `value` counts in canonical form.

    Examples
    --------
    >>> digest_array(np.array([[1, 2]])) == digest_array(np.array([[1], [2]]))
    False
    """
    if sp.issparse(value):
        matrix = value.tocsr()
        if not matrix.has_canonical_format:
            matrix = matrix.copy()
            matrix.sum_duplicates()
        parts = (matrix.data, matrix.indices.astype(np.int64), matrix.indptr.astype(np.int64))
        return digest_text("csr", str(matrix.shape), *map(_digest_one, parts))
    return _digest_one(np.asarray(value))


def digest_slots(slots: Mapping[str, np.ndarray | sp.csr_matrix]) -> str:
    """Return the sha256 (hex) of the named arrays in `slots`, independent of their order.

    Examples
    --------
    >>> a, b = np.zeros(2), np.ones(2)
    >>> digest_slots({"a": a, "b": b}) == digest_slots({"b": b, "a": a})
    True
    """
    return digest_json({name: digest_array(value) for name, value in slots.items()})


def digest_file(path: Path) -> str:
    """Return the sha256 (hex) of the bytes of the file at `path`.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as file:
    ...     digest_file(Path(file.name))[:8]
    'e3b0c442'
    """
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
