"""The labels on trial."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from rashomon.core.labels import UNASSIGNED, encode_labels
from rashomon.core.slots import RESERVED_LABELS
from rashomon.dataset import Dataset, Truth
from rashomon.truth import check_labels, label_column

__all__ = ["Judged"]


@dataclass(frozen=True, eq=False)
class Judged:
    """The clustering that is judged.

    Parameters
    ----------
    name
        Column, or name of the pipeline that made it.
    codes
        ``int32``, shape ``(n_obs,)``; ``-1`` unassigned, ``-2`` missing.
    categories
        Names of the clusters in the order of the codes.
    own
        Whether the user brought it; otherwise the default pipeline made it.
    """

    name: str
    codes: np.ndarray
    categories: tuple[str, ...]
    own: bool

    @classmethod
    def from_column(cls, dataset: Dataset, name: str, *, unassigned: Iterable[str] = ()) -> Judged:
        """Return the labels of a column of the table.

        Parameters
        ----------
        dataset
            Where the column is.
        name
            Its name.
        unassigned
            Words, beside those that always do, that mean "no cluster".

        Raises
        ------
        InputError
            When the column does not exist, or cannot be labels.
        """
        words = RESERVED_LABELS | set(unassigned)
        values = label_column(dataset.obs, name)
        check_labels(values, where=f"obs[{name!r}]", unassigned=words)
        codes, categories = encode_labels(values, unassigned=words)
        return cls(name, codes, categories, own=True)

    @property
    def sizes(self) -> np.ndarray:
        """Number of items per cluster."""
        return np.bincount(self.codes[self.codes > UNASSIGNED], minlength=len(self.categories))

    def describe(self, truth: Truth | None) -> tuple[str, ...]:
        """Return a readable name per cluster: its majority class and that class's share, where a truth is given.

        Examples
        --------
        >>> truth = Truth("type", "annotation", np.array([0, 0, 1]), ("B", "T"))
        >>> Judged("leiden", np.array([0, 0, 1]), ("0", "1"), own=True).describe(truth)
        ('0 (100 % B)', '1 (100 % T)')
        """
        if truth is None:
            return self.categories
        return tuple(f"{name} ({said})" for name, said in zip(self.categories, self._majority(truth), strict=True))

    def _majority(self, truth: Truth) -> list[str]:
        """Return the most common class of each cluster and its share, in one pass over the items."""
        both = (self.codes >= 0) & (truth.codes >= 0)
        n_classes = max(len(truth.categories), 1)
        key = self.codes[both].astype(np.int64) * n_classes + truth.codes[both]
        pair, count = np.unique(key, return_counts=True)
        cluster, label = np.divmod(pair, n_classes)
        total = np.bincount(self.codes[both], minlength=len(self.categories))
        # the largest first; among equals, the class with the lower code
        order = np.lexsort((label, -count, cluster))
        first = order[np.diff(cluster[order], prepend=-1) > 0]
        said = [f"no {truth.name} label"] * len(self.categories)
        for code, best, n in zip(cluster[first], label[first], count[first], strict=True):
            said[code] = f"{100 * n / total[code]:.0f} % {truth.categories[best]}"
        return said
