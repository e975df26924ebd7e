"""A step: one function on named arrays, with everything needed to plan, key, seed and repeat it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from rashomon.core.registry import resolve

__all__ = ["Step"]


@dataclass(frozen=True)
class Step:
    """One function that reads named slots and writes named slots; the unit of planning.

    The function is called as ``function(*reads, **params)``, with ``rng=`` added when the step is `stochastic`. It
    returns the value of its only slot in `writes`, or a tuple of values in that order. It never changes its arguments.

    Parameters
    ----------
    name
        The name users see, unique in its registry.
    function
        Dotted path ``module:function``, imported on the first call.
    reads, writes
        Names of the slots read and written.
    version
        Raised whenever the same input gives another output; part of every key below this step.
    stochastic
        Whether the function takes ``rng``.
    stream
        For stochastic steps: the parameters that name the random stream. Two nodes that agree on these (and on their
        parent) draw the same numbers, so complementary halves can share one permutation. Empty: all parameters.
    summary
        One line for tables.
    citation
        Where the method comes from.
    """

    name: str
    function: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    version: int = 1
    stochastic: bool = False
    stream: tuple[str, ...] = ()
    summary: str = ""
    citation: str = ""

    def run(
        self, state: Mapping[str, Any], params: Mapping[str, Any], rng: np.random.Generator | None = None
    ) -> dict[str, Any]:
        """Call the function on `state` and return the slots it wrote."""
        extra = {"rng": rng} if self.stochastic else {}
        result = resolve(self.function)(*(state[slot] for slot in self.reads), **params, **extra)
        values = (result,) if len(self.writes) == 1 else result
        return dict(zip(self.writes, values, strict=True))
