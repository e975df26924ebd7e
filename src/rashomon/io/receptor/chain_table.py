"""The chains of any table of receptors in one form, as text: what the readers make, and what the repairs start from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rashomon.dataset import Item
from rashomon.dataset.receptors import same_length

__all__ = ["TEXTS", "ChainTable", "Reading", "blank"]

TEXTS = ("locus", "junction", "junction_aa", "v_call", "d_call", "j_call", "c_call", "sequence_id")
"""Columns of text."""


@dataclass(frozen=True, eq=False)
class ChainTable:
    """One row per chain, in the order of the file; texts are as they were written, empty where unknown.

    Parameters
    ----------
    obs
        Row of the data set that each chain belongs to, ``int64``, shape ``(n_chains,)``, in [0, n_obs).
    locus
        Names such as ``TRB``, empty where unknown; objects (str), shape ``(n_chains,)``, as all texts.
    junction, junction_aa
        Nucleotides and amino acids; with both anchors, or without them where `is_cdr3`.
    v_call, d_call, j_call, c_call
        Genes as written.
    count
        Molecules, reads or copies, ``float64``; NaN where unknown.
    productive
        ``int8``: 1 productive, 0 not, -1 unknown.
    sequence_id
        Name of each chain; empty where there is none.
    is_cdr3
        Whether the sequences are without their anchors.
    where
        The file, or the table, for messages.
    n_obs
        Number of rows of the data set; some may have no chain.

    Raises
    ------
    UsageError
        When the columns differ in length.
    """

    obs: np.ndarray
    locus: np.ndarray
    junction: np.ndarray
    junction_aa: np.ndarray
    v_call: np.ndarray
    d_call: np.ndarray
    j_call: np.ndarray
    c_call: np.ndarray
    count: np.ndarray
    productive: np.ndarray
    sequence_id: np.ndarray
    is_cdr3: bool
    where: str
    n_obs: int

    def __post_init__(self) -> None:
        columns: Mapping[str, np.ndarray] = {name: getattr(self, name) for name in TEXTS}
        same_length({**columns, "count": self.count, "productive": self.productive}, self.n_chains, where=self.where)

    @property
    def n_chains(self) -> int:
        """Number of chains."""
        return int(self.obs.size)


def blank(n: int) -> np.ndarray:
    """Return a column of `n` empty texts; objects, shape ``(n,)``."""
    return np.full(n, "", dtype=object)


@dataclass(frozen=True, eq=False)
class Reading:
    """What a format makes of a table.

    Parameters
    ----------
    chains
        The chains.
    obs
        Columns of the user, one row per cell or per row of the table, indexed by name; text, None where missing.
    item
        What a row of `obs` is: ``cell`` or ``row``.
    notes
        What was repaired or is worth knowing.
    """

    chains: ChainTable
    obs: pd.DataFrame
    item: Item
    notes: tuple[str, ...] = ()
