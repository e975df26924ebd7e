"""Roles: which column is the donor, the batch, the sample, the condition, and how they are nested."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Literal

import numpy as np

from rashomon.dataset.truth import Truth

__all__ = ["Nesting", "Roles", "nesting"]

Nesting = Literal["same", "nested", "contains", "crossed"]


def nesting(a: np.ndarray, b: np.ndarray) -> Nesting:
    """Return how the classes of `a` lie in the classes of `b`, on the items that both label.

    Returns
    -------
    ``"same"`` (one-to-one: their effects cannot be told apart), ``"nested"`` (each class of `a` lies in one class of
    `b`), ``"contains"`` (the reverse) or ``"crossed"`` (neither; also when no item carries both, as nothing is shown).

    Examples
    --------
    >>> nesting(np.array([0, 1, 2, 3]), np.array([0, 0, 1, 1]))
    'nested'
    """
    both = (a >= 0) & (b >= 0)
    if not both.any():
        return "crossed"
    pairs = np.unique(np.stack([a[both], b[both]]), axis=1)
    n_pairs, n_a, n_b = pairs.shape[1], np.unique(pairs[0]).size, np.unique(pairs[1]).size
    a_in_b, b_in_a = n_pairs == n_a, n_pairs == n_b
    if a_in_b and b_in_a:
        return "same"
    if a_in_b:
        return "nested"
    return "contains" if b_in_a else "crossed"


@dataclass(frozen=True)
class Roles:
    """The technical columns of a data set, each as a `Truth`.

    Parameters
    ----------
    donor, batch, sample
        Technical columns: who the cells come from, which run they were processed in, which tube.
    condition
        The comparison the study was made for.
    """

    donor: Truth | None = None
    batch: Truth | None = None
    sample: Truth | None = None
    condition: Truth | None = None

    def __iter__(self) -> Iterator[tuple[str, Truth]]:
        """Iterate over (role, column) of the declared roles."""
        for field in fields(self):
            truth = getattr(self, field.name)
            if truth is not None:
                yield field.name, truth

    def aliased(self) -> list[tuple[str, str]]:
        """Return pairs of roles whose columns are one-to-one, so that no analysis can tell them apart."""
        declared = list(self)
        return [
            (name, other)
            for i, (name, a) in enumerate(declared)
            for other, b in declared[i + 1 :]
            if nesting(a.codes, b.codes) == "same"
        ]
