"""Clusterers that users bring."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, get_args

import numpy as np

from rashomon.core import Step, UsageError, did_you_mean, user_step

__all__ = ["checked_labels", "user_clusterer"]

Reads = Literal["view", "graph"]


def user_clusterer(target: str | Callable[..., Any], *, reads: Reads = "view", name: str | None = None) -> Step:
    """Return a clusterer that calls a user's function.

    Parameters
    ----------
    target
        ``"module:function"``, or the function itself, which only the serial engine can run; see `user_step`. It takes
        the view (``float32``, shape ``(n_obs, n_dims)``) or the neighbour graph (symmetric CSR), each a copy,
        and returns one integer label per cell: clusters 0, 1, ..., or -1 for a cell in no cluster.
    reads
        ``view`` or ``graph``.
    name
        What users see; the name of the function by default.

    Returns
    -------
    A step that writes ``labels``, checked by `checked_labels`.

    Raises
    ------
    UsageError
        When `reads` is unknown, the name is that of a clusterer of ours, or `user_step` refuses the function.

    Examples
    --------
    >>> import numpy as np
    >>> def by_sign(view):
    ...     return (view[:, 0] > 0).astype(int)
    >>> user_clusterer(by_sign).run({"view": np.array([[-1.0], [2.0]])}, {})["labels"].tolist()
    [0, 1]
    """
    from rashomon.cluster import CLUSTERERS

    if reads not in get_args(Reads):
        raise UsageError(
            f"a clusterer cannot read {reads!r}", where="user_clusterer", fix=did_you_mean(reads, get_args(Reads))
        )
    step = user_step(
        target, reads=(reads,), writes=("labels",), name=name, check="rashomon.cluster.user:checked_labels"
    )
    if step.name in CLUSTERERS:
        raise UsageError(
            f"the name {step.name!r} is taken by a clusterer of ours",
            where="user_clusterer(name=)",
            expected="a name of its own",
            fix=f"name='my_{step.name}'",
        )
    return step


def checked_labels(labels: Any, source: Any) -> np.ndarray:
    """Return labels that a user's function made as a fresh array of codes, or refuse them.

    Parameters
    ----------
    labels
        What the function returned.
    source
        What it read; has one row per cell.

    Returns
    -------
    ``int32``, shape ``(n_obs,)``: clusters renumbered 0, 1, ... in the order of their labels; -1 for no cluster.

    Raises
    ------
    UsageError
        When there is not one label per cell, labels are no integers, or a label is below -1.

    Examples
    --------
    >>> checked_labels([5, 5, 9, -1], np.zeros((4, 2))).tolist()
    [0, 0, 1, -1]
    """
    expected = "one integer per cell: clusters 0, 1, ..., and -1 for a cell in no cluster"
    codes, n = np.asarray(labels), source.shape[0]
    if codes.shape != (n,):
        raise UsageError(
            f"labels of shape {codes.shape} for {n} cells",
            where="a user's clusterer",
            expected=expected,
            fix="return a one-dimensional array in the order of the rows",
        )
    if codes.dtype.kind not in "iu" or codes.min(initial=0) < -1:
        worst = f"type {codes.dtype}" if codes.dtype.kind not in "iu" else f"a label {codes.min()}"
        raise UsageError(
            f"labels with {worst}",
            where="a user's clusterer",
            expected=expected,
            fix="return numpy.unique(labels, return_inverse=True)[1]",
        )
    found = np.full(n, -1, dtype=np.int32)
    found[codes >= 0] = np.unique(codes[codes >= 0], return_inverse=True)[1]
    return found
