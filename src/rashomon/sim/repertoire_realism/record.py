"""One record per property: what it is of a repertoire, and by which distance repertoires are compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from rashomon.core import resolve
from rashomon.sim.repertoire_realism.distance import DISTANCES
from rashomon.sim.repertoire_realism.prepared import Prepared, UndefinedPropertyError

__all__ = ["Features", "Level", "Property"]

Level = Literal["receptor", "clone", "donors"]


@dataclass(frozen=True, eq=False)
class Features:
    """What each repertoire of a group has of one property.

    Parameters
    ----------
    values
        One array per repertoire; empty where undefined.
    reason
        Why there are none; empty where there are.
    """

    values: tuple[np.ndarray, ...]
    reason: str = ""


@dataclass(frozen=True)
class Property:
    """A property by which repertoires are compared.

    Parameters
    ----------
    name
        The name in tables.
    display
        The name on the axis of a figure, with the unit.
    summary
        One line for lists.
    level
        What it is taken of: a ``receptor`` (distinct ones, each once), a ``clone`` (reads), or several ``donors``.
    function
        Dotted path ``module:function``, called with a `Prepared` repertoire; returns an array. At the level of donors,
        called with the group and the real repertoires; returns an array for each of the group. May raise
        `UndefinedPropertyError`.
    distance
        A name in `DISTANCES`.
    ranks
        Whether it takes part in the mean rank.
    curve
        Whether the array is a curve over `curve_sizes`.

    Examples
    --------
    >>> path = "rashomon.sim.repertoire_realism.gene:v_usage"
    >>> Property("v", "V", "Use of V genes.", "receptor", path, "jensen_shannon").between(np.ones(2), np.ones(2))
    0.0
    """

    name: str
    display: str
    summary: str
    level: Level
    function: str
    distance: str
    ranks: bool = True
    curve: bool = False

    def describe(self, group: Sequence[Prepared], real: Sequence[Prepared]) -> Features:
        """Return what each repertoire of the `group` has of it; `real` repertoires are those of people."""
        function = resolve(self.function)
        try:
            if self.level == "donors":
                return Features(tuple(function(group, real)))
            found = {id(one): function(one) for one in group}
            return Features(tuple(found[id(one)] for one in group))
        except UndefinedPropertyError as error:
            return Features((), error.what)

    def between(self, a: np.ndarray, b: np.ndarray) -> float:
        """Return the distance between what two repertoires, `a` and `b`, have of it."""
        return DISTANCES[self.distance].between(a, b)

    @property
    def chance(self) -> float:
        """The distance where nothing tells two repertoires apart."""
        return DISTANCES[self.distance].chance
