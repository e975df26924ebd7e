"""Random numbers by address: the same (root, node, unit, draw) gives the same number, whatever else is drawn.

A world is a deterministic function of its parameters and of these numbers. Two worlds with one root therefore differ
only where their parameters reach: that is what `World.do` relies on, and what makes any block of cells reproducible
alone and the result independent of the number of threads.

Each (root, node, unit) starts a splitmix64 stream (Steele, Lea and Flood, OOPSLA 2014); draw `j` is its j-th output,
computed directly.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numba
import numpy as np
from scipy.special import ndtri

__all__ = ["draw_bits", "mix", "normals", "stream_key", "uniforms", "unit_keys"]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_M1, _M2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31 = np.uint64(30), np.uint64(27), np.uint64(31)
_S11 = np.uint64(11)
_ONE = np.uint64(1)


def stream_key(root: int, *names: object) -> np.uint64:
    """Return the 64-bit key of the stream called `names` under `root`.

    Parameters
    ----------
    root
        Integer from `rashomon.core.root_entropy`.
    names
        Words that name a node; compared by their text.

    Examples
    --------
    >>> bool(stream_key(1, "depth") == stream_key(1, "depth")), bool(stream_key(1, "depth") == stream_key(2, "depth"))
    (True, False)
    """
    words = hashlib.sha256("\x1f".join(map(str, (root, *names))).encode()).digest()
    return np.uint64(int.from_bytes(words[:8], "little"))


@numba.njit(cache=True, nogil=True, inline="always")
def mix(z: Any) -> Any:
    """Return the finaliser of splitmix64 of the unsigned 64-bit integer `z`."""
    z = (z ^ (z >> _S30)) * _M1
    z = (z ^ (z >> _S27)) * _M2
    return z ^ (z >> _S31)


@numba.njit(cache=True, nogil=True, inline="always")
def draw_bits(key: Any, draw: Any) -> Any:
    """Return output number `draw` (unsigned, from 0) of the stream that starts at `key`, as an integer below 2**53."""
    return mix(key + (draw + _ONE) * _GOLDEN) >> _S11


@numba.njit(cache=True, nogil=True)
def unit_keys(key: Any, units: np.ndarray) -> np.ndarray:
    """Return the key of the stream of each of `units` (integers, at least 0) under a node's `key`, as ``uint64``."""
    result = np.empty(units.size, dtype=np.uint64)
    for i in range(units.size):
        result[i] = mix(key ^ mix(np.uint64(units[i]) + _ONE))
    return result


@numba.njit(cache=True, nogil=True)
def _fill(keys: np.ndarray, n: int) -> np.ndarray:
    result = np.empty((keys.size, n))
    for i in range(keys.size):
        for j in range(n):
            # the middle of its interval: never 0, never 1
            result[i, j] = (np.float64(draw_bits(keys[i], np.uint64(j))) + 0.5) * 2.0**-53
    return result


def uniforms(key: np.uint64, units: np.ndarray, n: int = 1) -> np.ndarray:
    """Return uniform numbers in (0, 1), shape ``(len(units), n)``; a row depends on `key` and its unit alone.

    Parameters
    ----------
    key
        From `stream_key`.
    units
        Numbers of cells, genes or donors, at least 0, shape ``(n_units,)``.
    n
        Numbers per unit; those of a shorter request are the first of a longer one.

    Examples
    --------
    >>> key = stream_key(7, "depth")
    >>> both, second = uniforms(key, np.array([3, 5]), 4), uniforms(key, np.array([5]), 2)
    >>> bool((both[1, :2] == second[0]).all())
    True
    """
    return np.asarray(_fill(unit_keys(key, np.asarray(units, dtype=np.int64)), n))


def normals(key: np.uint64, units: np.ndarray, n: int = 1) -> np.ndarray:
    """Return standard normal numbers, shape ``(len(units), n)``, by inversion of `uniforms` (same parameters).

    Examples
    --------
    >>> x = normals(stream_key(7, "depth"), np.arange(10_000))
    >>> bool(abs(x.mean()) < 0.04), bool(abs(x.std() - 1) < 0.03)
    (True, True)
    """
    return np.asarray(ndtri(uniforms(key, units, n)))
