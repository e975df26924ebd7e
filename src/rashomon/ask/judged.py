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
        return tuple(f"{name} ({_majority(truth, self.codes == code)})" for code, name in enumerate(self.categories))


def _majority(truth: Truth, members: np.ndarray) -> str:
    counts = np.bincount(truth.codes[members & (truth.codes >= 0)], minlength=len(truth.categories))
    if counts.sum() == 0:
        return f"no {truth.name} label"
    best = int(counts.argmax())
    return f"{100 * counts[best] / counts.sum():.0f} % {truth.categories[best]}"
