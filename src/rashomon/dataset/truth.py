"""A truth: a named label definition with its kind, its origin, and its treatment of missing labels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
import scipy.sparse as sp

from rashomon.core import UsageError, did_you_mean, digest_array, digest_text
from rashomon.core.labels import MISSING, as_codes, encode_labels
from rashomon.core.slots import RESERVED_LABELS

__all__ = ["Origin", "Truth", "TruthKind"]

TruthKind = Literal["biological", "annotation", "receptor", "mechanism", "technical"]
Origin = Literal["expression", "sequence", "protein", "external"]


@dataclass(frozen=True, eq=False)
class Truth:
    """One definition of what the right answer would be.

    Parameters
    ----------
    name
        The name shown everywhere.
    kind
        ``biological`` (known by design or genotype), ``annotation`` (assigned by people or tools), ``receptor``,
        ``mechanism`` (known because simulated) or ``technical`` (donor, batch).
    codes
        ``int32``, shape ``(n_obs,)``; class of each item, ``-1`` no class, ``-2`` label missing. Items with a negative
        code are left out of every comparison with this truth, and counted.
    categories
        Class names in the order of the codes.
    derived_from
        The data the labels were made from; ``None`` when nobody said. A truth made from the data it judges is circular:
        it is shown, and can never win.
    parents
        Names of the label columns that this one was made from by a rule (a coarsening, a crossing).
    also_from
        Origins of the parents beside `derived_from`: a truth is circular where any of its parents is.
    sets
        For items that may carry several classes (a receptor with two epitopes): which classes each item carries,
        boolean CSR, shape ``(n_obs, n_classes)``. An item with several has the code ``-1``: scores that need one class
        leave it out, and scores of sets count it. None where every item has one class at most.

    Raises
    ------
    UsageError
        When `kind`, `derived_from` or an origin in `also_from` is unknown, or the codes do not match the categories.
    """

    name: str
    kind: TruthKind
    codes: np.ndarray
    categories: tuple[str, ...]
    derived_from: Origin | None = None
    parents: tuple[str, ...] = ()
    also_from: tuple[Origin, ...] = ()
    sets: sp.csr_matrix | None = None

    def __post_init__(self) -> None:
        origins = [(origin, Origin, "derived_from") for origin in (self.derived_from, *self.also_from)]
        for value, options, field in ((self.kind, TruthKind, "kind"), *origins):
            if value is not None and value not in get_args(options):
                raise UsageError(
                    f"unknown {field} {value!r}",
                    where=f"truth {self.name!r}",
                    fix=did_you_mean(str(value), get_args(options)),
                    code=f"truth.{field}",
                )
        codes = as_codes(self.codes, where=f"truth {self.name!r}")
        if codes.ndim != 1 or (codes.size and codes.max() >= len(self.categories)):
            raise UsageError(
                "codes do not match the categories",
                where=f"truth {self.name!r}",
                expected=f"a vector of codes in [-2, {len(self.categories) - 1}]",
                fix="use Truth.from_series",
            )
        if self.sets is not None and self.sets.shape != (codes.size, len(self.categories)):
            raise UsageError(
                f"sets have shape {self.sets.shape}",
                where=f"truth {self.name!r}",
                expected=f"({codes.size}, {len(self.categories)})",
            )
        object.__setattr__(self, "codes", codes)

    @classmethod
    def from_series(
        cls,
        values: pd.Series[Any],
        *,
        kind: TruthKind = "annotation",
        name: str | None = None,
        derived_from: Origin | None = None,
        unassigned: Iterable[str] = RESERVED_LABELS,
    ) -> Truth:
        """Make a truth from a column of labels.

        Parameters
        ----------
        values
            Labels, shape ``(n_obs,)``; NaN and empty text mean "missing".
        kind, derived_from
            See the class.
        name
            Defaults to the name of the series.
        unassigned
            Words that mean "no class", in any case.

        Examples
        --------
        >>> truth = Truth.from_series(pd.Series(["T", "B", None], name="cell_type"))
        >>> truth.name, truth.categories, truth.n_labelled
        ('cell_type', ('B', 'T'), 2)
        """
        codes, categories = encode_labels(values, unassigned=unassigned)
        return cls(str(values.name if name is None else name), kind, codes, categories, derived_from)

    @property
    def label_sets(self) -> sp.csr_matrix:
        """Which classes each item carries, boolean CSR, shape ``(n_obs, n_classes)``; at most one where none has more.

        Examples
        --------
        >>> Truth("epitope", "biological", np.array([1, -1]), ("A", "B")).label_sets.toarray().astype(int).tolist()
        [[0, 1], [0, 0]]
        """
        if self.sets is not None:
            return self.sets
        rows = np.flatnonzero(self.codes >= 0)
        ones = np.ones(rows.size, dtype=bool)
        return sp.csr_matrix((ones, (rows, self.codes[rows])), shape=(self.codes.size, len(self.categories)))

    @property
    def n_labelled(self) -> int:
        """Items that carry a class."""
        return int((self.codes >= 0).sum())

    @property
    def compared(self) -> np.ndarray:
        """Codes for a comparison: items without a class are left out of it, whatever the reason (``-2``)."""
        return np.where(self.codes >= 0, self.codes, MISSING).astype(np.int32)

    @property
    def digest(self) -> str:
        """Digest of the labels; the name is not part of it."""
        sets = () if self.sets is None else (digest_array(self.sets),)
        return digest_text(digest_array(self.codes), *sets, *self.categories)

    @property
    def origins(self) -> tuple[Origin, ...]:
        """The data that the labels, and the labels they were made from, rest on; empty when nobody said."""
        said = () if self.derived_from is None else (self.derived_from,)
        return tuple(dict.fromkeys([*said, *self.also_from]))

    def is_circular(self, source: Origin) -> bool:
        """Whether the labels were made from the data (`source`) that made the clusters they judge."""
        return source in self.origins
