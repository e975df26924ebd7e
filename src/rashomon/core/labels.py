"""Label columns as integer codes; the two negative codes are the same everywhere."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from rashomon.core.errors import UsageError
from rashomon.core.slots import RESERVED_LABELS

__all__ = ["MISSING", "UNASSIGNED", "as_codes", "encode_labels"]

UNASSIGNED = -1
"""Code of an item that is present but belongs to no class (noise, unclustered, ``unknown``, ``doublets``)."""

MISSING = -2
"""Code of an item that was not observed (label missing, resampled away, filtered out)."""


def as_codes(values: np.ndarray, *, where: str) -> np.ndarray:
    """Return label codes as a read-only ``int32`` copy, and refuse what is no code.

    Parameters
    ----------
    values
        Codes of any integer type and shape; `MISSING`, `UNASSIGNED` or a class, counted from 0.
    where
        The place, for the message.

    Returns
    -------
    The codes, in Fortran order: a labeling is a column.

    Raises
    ------
    UsageError
        When the codes are no integers, below -2, or too large for ``int32``.

    Examples
    --------
    >>> as_codes(np.array([0, 1, -1]), where="here")
    array([ 0,  1, -1], dtype=int32)
    """
    array = np.asarray(values)
    expected = "integer codes -2 (missing), -1 (unassigned), 0, 1, ..."
    if array.size and array.dtype.kind not in "iu":
        raise UsageError(f"label codes are of type {array.dtype}", where=where, expected=expected)
    if array.size and not MISSING <= array.min() <= array.max() <= np.iinfo(np.int32).max:
        raise UsageError(f"label codes reach from {array.min()} to {array.max()}", where=where, expected=expected)
    codes = np.array(array, dtype=np.int32, order="F")
    codes.setflags(write=False)
    return codes


def encode_labels(
    values: pd.Series[Any], *, unassigned: Iterable[str] = RESERVED_LABELS
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Turn a column of labels into integer codes.

    Parameters
    ----------
    values
        Labels of any type, shape ``(n_obs,)``; categorical order is kept, other labels are sorted as text, numbers by
        value.
    unassigned
        Words (any case) that mean "no class".

    Returns
    -------
    codes
        ``int32``, shape ``(n_obs,)``: the class, `UNASSIGNED`, or `MISSING` where the label is NaN or empty text.
    categories
        Names of the classes that occur, in the order of their codes.

    Examples
    --------
    >>> encode_labels(pd.Series(["b", "a", None, "unknown"]))
    (array([ 1,  0, -2, -1], dtype=int32), ('a', 'b'))
    """
    words = {word.casefold() for word in unassigned}
    text = values.map(_label_text, na_action="ignore").astype(object)
    missing = text.isna() | (text == "")
    free = text.where(~missing, "").str.casefold().isin(words) & ~missing
    present = set(text[~missing & ~free])
    if isinstance(values.dtype, pd.CategoricalDtype):
        order = [_label_text(category) for category in values.cat.categories]
        categories = tuple(dict.fromkeys(name for name in order if name in present))
    else:
        categories = tuple(sorted(present, key=_natural))
    codes = text.map({name: i for i, name in enumerate(categories)}).fillna(UNASSIGNED).to_numpy(dtype=np.int32)
    codes[missing.to_numpy()] = MISSING
    return codes, categories


def _label_text(value: object) -> str:
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)


def _natural(name: str) -> tuple[int, float, str]:
    try:
        number = float(name)
    except ValueError:
        number = math.nan
    # "nan" is a word here: NaN has no place in an order
    return (0, number, name) if math.isfinite(number) else (1, 0.0, name)
