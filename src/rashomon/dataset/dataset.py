"""The waist on the side of the data: what every room above works on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
import scipy.sparse as sp

from rashomon.core import RowLog, UsageError, digest_slots, first_few
from rashomon.dataset.colour import Colours
from rashomon.dataset.receptors import Receptors
from rashomon.dataset.roles import Roles
from rashomon.dataset.truth import Origin, Truth
from rashomon.dataset.world import WorldFacts

__all__ = ["Dataset", "Expression", "ExpressionKind", "Item"]

ExpressionKind = Literal["counts", "continuous", "lognormalised"]

Item = Literal["cell", "row", "receptor"]
"""What a row of a data set is: a cell, a row of a table of receptors, or a unique receptor of a donor."""


@dataclass(frozen=True, eq=False)
class Expression:
    """An expression matrix and what its numbers are.

    Parameters
    ----------
    x
        CSR, ``float32``, shape ``(n_obs, n_vars)``.
    var_names
        Gene names, shape ``(n_vars,)``.
    kind
        ``counts`` (non-negative integers), ``continuous`` (corrected counts: linear scale, not integers) or
        ``lognormalised``.
    slot
        Where the matrix was found, for messages: ``X``, ``layers['counts']``, ``raw.X``.
    """

    x: sp.csr_matrix
    var_names: np.ndarray
    kind: ExpressionKind
    slot: str = "X"

    @property
    def n_vars(self) -> int:
        """Number of genes."""
        return int(self.x.shape[1])


@dataclass(frozen=True, eq=False)
class Dataset:
    """Cells (or receptors) with their data, labels, roles and row log; its rows never change.

    Parameters
    ----------
    obs
        Table of the user's columns, indexed by unique names.
    expression
        Absent when only labels are known.
    receptors
        Chains of immune receptors; each names its row. Absent where there are none.
    views
        Embeddings that came with the file, by name; ``float32``, shape ``(n_obs, n_dims)``.
    truths
        Competing label definitions, by name.
    roles
        Technical columns.
    rows
        What happened to the rows on the way in.
    source
        Name of the file or object, for messages; never a full path.
    world
        The world that simulated data were drawn from; None for data that do not say they are simulated. It is no part
        of the digest.
    item
        What a row is, for scores that state their level, and for sentences.
    colours
        Colours that the file gives to the classes of a column of `obs`, by column and class; for drawing only, and no
        part of the digest.

    Raises
    ------
    UsageError
        When the parts disagree on the number of rows, or row names repeat.

    Examples
    --------
    >>> obs = pd.DataFrame({"cell_type": ["B", "T"]}, index=["c1", "c2"])
    >>> data = Dataset(obs, truths={"cell_type": Truth.from_series(obs["cell_type"])})
    >>> data.n_obs, data.truths["cell_type"].categories
    (2, ('B', 'T'))
    """

    obs: pd.DataFrame
    expression: Expression | None = None
    views: Mapping[str, np.ndarray] = field(default_factory=dict)
    truths: Mapping[str, Truth] = field(default_factory=dict)
    roles: Roles = field(default_factory=Roles)
    rows: RowLog = field(default_factory=lambda: RowLog(0))
    source: str = "data"
    world: WorldFacts | None = None
    receptors: Receptors | None = None
    item: Item = "cell"
    colours: Colours = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.obs.index.is_unique:
            repeated = first_few(self.obs.index[self.obs.index.duplicated()].unique())
            raise UsageError(f"row names repeat: {repeated}", where=f"{self.source}, obs", expected="unique names")
        sizes = {f"truth {name!r}": truth.codes.size for name, truth in self.truths.items()}
        sizes |= {f"role {name!r}": truth.codes.size for name, truth in self.roles}
        sizes |= {f"view {name!r}": view.shape[0] for name, view in self.views.items()}
        if self.expression is not None:
            sizes["expression"] = self.expression.x.shape[0]
        if self.receptors is not None and self.receptors.n_chains:
            last = int(self.receptors.obs.max())
            sizes |= {} if 0 <= int(self.receptors.obs.min()) <= last < self.n_obs else {"receptors": last + 1}
        wrong = {name: size for name, size in sizes.items() if size != self.n_obs}
        if wrong:
            raise UsageError(
                f"parts of the data set have different numbers of rows: {wrong}",
                where=self.source,
                expected=f"{self.n_obs} rows, as in obs",
                fix="build the parts from the same table",
            )

    @property
    def n_obs(self) -> int:
        """Number of rows."""
        return len(self.obs)

    @property
    def made_from(self) -> Origin:
        """The data that clusters of these rows are made from: what makes a truth circular."""
        return "sequence" if self.item == "receptor" else "expression"

    @property
    def can_cluster(self) -> bool:
        """Whether there is something to cluster: a matrix, or receptors that are unique within their donor."""
        return self.expression is not None or (self.item == "receptor" and self.receptors is not None)

    @property
    def obs_names(self) -> np.ndarray:
        """Row names, shape ``(n_obs,)``."""
        return self.obs.index.to_numpy(dtype=str)

    @property
    def digest(self) -> str:
        """Digest of the row names, the expression, the views, the truths and the roles."""
        slots: dict[str, np.ndarray | sp.csr_matrix] = {"obs_names": self.obs_names.astype(object)}
        if self.expression is not None:
            slots |= {"x": self.expression.x, "var_names": self.expression.var_names.astype(object)}
        slots |= {f"view:{name}": view for name, view in self.views.items()}
        if self.receptors is not None:
            slots["receptors"] = np.array([self.receptors.digest], dtype=object)
        slots |= {f"truth:{name}": truth.codes for name, truth in self.truths.items()}
        slots |= {f"role:{name}": truth.codes for name, truth in self.roles}
        return digest_slots(slots)
