"""Where recipes find their measurements: obs, obsm, and the names in uns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from rashomon.core import did_you_mean, first_few
from rashomon.dataset import Receptors, Truth
from rashomon.truth.column import label_column
from rashomon.truth.rule import DERIVE_RULES

__all__ = ["Source"]

_RULES = {rule.name: rule for rule in DERIVE_RULES}


@dataclass(frozen=True, eq=False)
class Source:
    """The tables, and the receptors, of one object that labels are read from.

    Parameters
    ----------
    obs
        One row per item.
    obsm
        Further tables with the same rows: a table with named columns, or an array.
    uns
        Names of the columns of arrays, as ``uns["adt_names"]``.
    parents
        Labels that were read already.
    receptors
        The chains of the same rows, where there are any.
    donor
        Code of the donor of each row, for recipes that never cross donors; negative is unknown, None: nobody said.

    Examples
    --------
    >>> source = Source(pd.DataFrame({"depth": [1.0, 2.0]}), {"protein": pd.DataFrame({"CD3": [0.1, 0.9]})})
    >>> source.measurement("depth").tolist(), source.measurement("protein:CD3").tolist()
    ([1.0, 2.0], [0.1, 0.9])
    """

    obs: pd.DataFrame
    obsm: Mapping[str, Any] = field(default_factory=dict)
    uns: Mapping[str, Any] = field(default_factory=dict)
    parents: tuple[Truth, ...] = ()
    receptors: Receptors | None = None
    donor: np.ndarray | None = None

    def measurement(self, name: str) -> np.ndarray:
        """Return one measurement, shape ``(n_obs,)``, by `name`: ``COLUMN`` of obs or ``KEY:COLUMN`` of obsm.

        Raises
        ------
        InputError
            ``label.absent`` or ``derive.source`` when it is not there.
        """
        key, colon, column = name.partition(":")
        if not colon or name in map(str, self.obs.columns):
            return label_column(self.obs, name).to_numpy()
        table = self.table(key)
        names = [str(each) for each in table.columns]
        if names.count(column) != 1:
            raise _RULES["derive.source"].broken(
                f"{'several columns are' if column in names else 'no column is'} named {column!r}",
                where=f"obsm[{key!r}]",
                expected=f"one of {len(names)} columns: {first_few(names, n=30)}",
                fix=did_you_mean(column, names),
            )
        return np.asarray(table.iloc[:, names.index(column)])

    def table(self, key: str) -> pd.DataFrame:
        """Return ``obsm[key]`` with names for its columns; without names they are ``0``, ``1``, ...

        Raises
        ------
        InputError
            ``derive.source`` when it is not there, or no table.
        """
        if key not in self.obsm:
            raise _RULES["derive.source"].broken(
                f"there is no obsm {key!r}", where="obsm", fix=did_you_mean(key, map(str, self.obsm))
            )
        values = self.obsm[key]
        if isinstance(values, pd.DataFrame):
            return values
        array = values.toarray() if hasattr(values, "toarray") else np.asarray(values)
        if array.ndim != 2:
            raise _RULES["derive.source"].broken(f"it has shape {array.shape}", where=f"obsm[{key!r}]")
        return pd.DataFrame(array, columns=self._names(array.shape[1]))

    def _names(self, n_columns: int) -> list[str]:
        lists = [np.asarray(value) for value in self.uns.values() if isinstance(value, list | tuple | np.ndarray)]
        fitting = [each for each in lists if each.ndim == 1 and each.size == n_columns and each.dtype.kind in "OUT"]
        # two lists of this length leave open which is meant
        return [str(each) for each in (fitting[0] if len(fitting) == 1 else range(n_columns))]
