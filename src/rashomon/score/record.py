"""Score: one record per score with everything a caller may ask about it, and the result of computing one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from rashomon.core import resolve

__all__ = ["Facts", "Need", "Rule", "Score", "ScoreResult", "Unassigned", "first_reason"]

Need = Literal["labels", "view", "graph", "neighbours"]
Unassigned = Literal["singletons", "left_out"]
"""What becomes of items with code -1: each its own cluster, or no part of the comparison."""


@dataclass(frozen=True)
class Facts:
    """What decides whether a score is defined.

    Parameters
    ----------
    n_obs
        Items compared.
    n_a, n_b
        Clusters of the judged labeling and classes of the truth among these items, singletons counted; ``n_b`` is 0
        for scores that judge one labeling alone.
    """

    n_obs: int
    n_a: int
    n_b: int = 0


@dataclass(frozen=True)
class Rule:
    """A condition under which a score has no value.

    Parameters
    ----------
    reason
        What is wrong, as users read it.
    holds
        Whether the condition holds.
    """

    reason: str
    holds: Callable[[Facts], bool]


def first_reason(rules: Iterable[Rule], facts: Facts) -> str:
    """Return the reason of the first of `rules` that holds, or empty text when none does."""
    return next((rule.reason for rule in rules if rule.holds(facts)), "")


@dataclass(frozen=True)
class Score:
    """A score: its function, what it needs, and how its values are read.

    Parameters
    ----------
    name
        The name users type.
    display
        The name in tables and figures.
    function
        Dotted path ``module:function``, imported on the first call. Scores of two labelings are called with their
        `Contingency`, others with ``(labels, view)`` or ``(labels, graph)`` and ``unassigned=``; all return a float.
    needs
        What is needed beside the labels: nothing (``"labels"``), the ``"view"``, the ``"graph"`` or the nearest
        ``"neighbours"``.
    against
        ``"truth"``: the judged labeling is compared with a second one; ``"batch"``: the second one says from which
        batch an item is; None: it is judged alone.
    direction
        +1 when larger is better, -1 when smaller is.
    range
        Lowest and highest value.
    chance
        The expected value for independent labels; None when it depends on the number and sizes of the clusters.
    symmetric
        Whether the two labelings can be swapped.
    chance_corrected
        Whether the expectation under independence was removed by the definition.
    duplication_invariant
        Whether the value stays the same when every (assigned) item occurs twice.
    undefined
        Conditions under which there is no value, in the order in which they are asked.
    summary
        One line for tables.
    citation
        Where the score comes from.
    no_value
        Why the function gives NaN where none of these conditions holds; empty when it never does.
    bulk
        Dotted path of a function that gives the same values for many pairs of labelings at once, called with their
        `PairBlock`; empty: `function` is called pair by pair.
    together
        Dotted path of a function that gives value, low and high of many labelings of one view at once, called with the
        view, a table of codes and ``rng``; empty: `function` is called labeling by labeling.
    max_obs
        Most items for which plans compute the score, where its time is quadratic; None: any number.
    """

    name: str
    display: str
    function: str
    needs: Need
    against: Literal["truth", "batch"] | None
    direction: Literal[1, -1]
    range: tuple[float, float]
    chance: float | None
    symmetric: bool
    chance_corrected: bool
    duplication_invariant: bool
    undefined: tuple[Rule, ...]
    summary: str
    citation: str
    no_value: str = ""
    bulk: str = ""
    together: str = ""
    max_obs: int | None = None

    def call(self, *args: Any, **params: Any) -> float:
        """Call the function behind the record, without asking whether the value is defined."""
        return float(resolve(self.function)(*args, **params))

    def why_undefined(self, facts: Facts) -> str:
        """Return why there is no value, or empty text when there is one."""
        return first_reason(self.undefined, facts)


@dataclass(frozen=True)
class ScoreResult:
    """The value of a score, with the items and clusters it rests on.

    Parameters
    ----------
    value
        NaN when undefined.
    n_obs
        Items compared.
    n_a, n_b
        Clusters among them in the judged labeling and in the truth, unassigned items not counted; ``n_b`` is 0 when
        there is no truth.
    coverage
        Share of the items observed in both that are also assigned in both, in [0, 1]; NaN when there are none.
    status, reason
        Whether there is a value, and why not.
    """

    value: float
    n_obs: int
    n_a: int
    n_b: int
    coverage: float
    status: Literal["ok", "undefined"] = "ok"
    reason: str = ""
