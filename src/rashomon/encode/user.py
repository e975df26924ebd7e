"""Steps between the matrix and the view that users bring."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, get_args

import numpy as np
import scipy.sparse as sp

from rashomon.core import Step, UsageError, did_you_mean, user_step

__all__ = ["Acts", "checked_values", "user_transform"]

Acts = Literal["view", "x"]
"""Slots that a step of the user may transform."""


def user_transform(target: str | Callable[..., Any], *, on: Acts = "view", name: str | None = None) -> Step:
    """Return a step that transforms the matrix or the view by a user's function.

    Parameters
    ----------
    target
        ``"module:function"``, or the function itself, which only the serial engine can run; see `user_step`. It takes
        a copy of the view (``float32``, shape ``(n_obs, n_dims)``) or of the normalised matrix of the chosen genes (CSR
        or dense, shape ``(n_obs, n_genes)``), and returns one row of numbers per cell, in the same order. It must not
        depend on the number of cells: repeats run it on a part of them.
    on
        ``view``: after the components and the integration. ``x``: after the choice of genes, before scaling.
    name
        What users see; the name of the function by default.

    Returns
    -------
    A step that reads and writes the slot `on`, checked by `checked_values`.

    Raises
    ------
    UsageError
        When `on` is unknown, the name is that of a step of ours, or `user_step` refuses the function.

    Examples
    --------
    >>> def halved(view):
    ...     return view / 2
    >>> user_transform(halved).run({"view": np.array([[-1.0], [2.0]], dtype=np.float32)}, {})["view"].tolist()
    [[-0.5], [1.0]]
    """
    from rashomon.encode import STEPS

    if on not in get_args(Acts):
        raise UsageError(
            f"a step cannot act on {on!r}", where="user_transform(on=)", fix=did_you_mean(on, get_args(Acts))
        )
    step = user_step(target, reads=(on,), writes=(on,), name=name, check="rashomon.encode.user:checked_values")
    if step.name in STEPS:
        raise UsageError(
            f"the name {step.name!r} is taken by a step of ours",
            where="user_transform(name=)",
            expected="a name of its own",
            fix=f"name='my_{step.name}'",
        )
    return step


def checked_values(values: Any, source: Any) -> sp.csr_matrix | np.ndarray:
    """Return what a user's function made as a fresh array of finite numbers, or refuse it.

    Parameters
    ----------
    values
        What the function returned.
    source
        What it read; has one row per cell.

    Returns
    -------
    CSR where `values` are sparse, else C-contiguous; of the type of `source`, shape ``(n_obs, n_columns)``.

    Raises
    ------
    UsageError
        When there is not one row per cell, or values are no finite numbers.

    Examples
    --------
    >>> checked_values([[1], [2]], np.zeros((2, 5), dtype=np.float32)).dtype
    dtype('float32')
    """
    found: Any = sp.csr_matrix(values) if sp.issparse(values) else np.asarray(values)  # type: ignore[call-overload]
    n = source.shape[0]
    if found.ndim != 2 or found.shape[0] != n or found.shape[1] == 0:
        raise _refused(f"an array of shape {found.shape} for {n} cells")
    if found.dtype.kind not in "iuf":
        raise _refused(f"values of type {found.dtype}")
    fresh = found.astype(source.dtype, copy=True)
    kept: sp.csr_matrix | np.ndarray
    if isinstance(fresh, sp.csr_matrix):
        finite, kept = np.isfinite(fresh.data), fresh
    else:
        finite, kept = np.isfinite(fresh), np.ascontiguousarray(fresh)
    if not finite.all():
        raise _refused("values that are not finite")
    return kept


def _refused(what: str) -> UsageError:
    return UsageError(
        what,
        where="a user's step",
        expected="finite numbers, one row per cell, in the order of the rows",
        fix="return a two-dimensional array or a CSR matrix with the rows of what was given",
    )
