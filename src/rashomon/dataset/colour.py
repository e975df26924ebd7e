"""Colours that a file gives to its classes, as scanpy keeps them beside the column."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["Colours", "own_colours"]

Colours = Mapping[str, Mapping[str, str]]
"""Colour by column of obs and class."""

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}(?:[0-9a-fA-F]{2})?|[a-zA-Z][a-zA-Z0-9: ]{0,30}")
"""Hexadecimal, or a name that matplotlib may know; anything else from a file is left alone."""


def own_colours(obs: pd.DataFrame, uns: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return the colours in ``uns["<column>_colors"]``, by column and class.

    Parameters
    ----------
    obs
        Table of columns; only categorical ones can have colours, which follow the order of their categories.
    uns
        What the object holds beside it. An entry with fewer colours than classes, or with one that is no colour, is
        left out: the column is then drawn like any other.

    Returns
    -------
    Colours as text, ``#rrggbb`` or a name; transparency is dropped.

    Examples
    --------
    >>> obs = pd.DataFrame({"type": pd.Categorical(["T", "B"])})
    >>> own_colours(obs, {"type_colors": ["#1f77b4", "#ff7f0eff"]})
    {'type': {'B': '#1f77b4', 'T': '#ff7f0e'}}
    """
    found = {}
    for name, values in obs.items():
        if isinstance(values.dtype, pd.CategoricalDtype):
            classes = [str(each) for each in values.cat.categories]
            colours = _read(uns.get(f"{name}_colors"), len(classes))
            if colours:
                found[str(name)] = dict(zip(classes, colours, strict=True))
    return found


def _read(entry: Any, n_classes: int) -> list[str]:
    if not isinstance(entry, list | tuple | np.ndarray) or np.ndim(entry) != 1 or len(entry) < n_classes:
        return []
    colours = [each if isinstance(each, str) else "" for each in entry[:n_classes]]
    if not all(_COLOUR.fullmatch(colour) for colour in colours):
        return []
    return [colour[:7] if colour.startswith("#") else colour for colour in colours]
