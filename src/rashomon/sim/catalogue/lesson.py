"""What a world of the catalogue teaches, as expectations that can fail."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from rashomon.core import RNGLike, UsageError, root_entropy
from rashomon.sim.judge import AGAINST_TRUTH, JUDGEABLE, N_CLUSTERS, judge
from rashomon.sim.world import World

__all__ = ["CatalogueWorld", "Expectation", "check_lesson"]


@dataclass(frozen=True)
class Expectation:
    """What a score of the default pipeline's clusters will be, and why.

    Parameters
    ----------
    score
        Name in `rashomon.sim.judge.JUDGEABLE`.
    truth
        Column it is compared with; empty for scores of the clusters alone.
    why
        The reason, in one sentence.
    low, high
        Closed range in which the value lies; one end may be open.

    Raises
    ------
    ValueError
        When the score is unknown, a truth is given where none is used or missing where one is, or both ends are open.

    Examples
    --------
    >>> expected = Expectation("ari", "type", "The types are far apart.", low=0.9)
    >>> expected.claim, expected.holds(0.95), expected.holds(math.nan)
    ('ari with type at least 0.9', True, False)
    """

    score: str
    truth: str
    why: str
    low: float = -math.inf
    high: float = math.inf

    def __post_init__(self) -> None:
        if self.score not in JUDGEABLE:
            raise ValueError(f"unknown score {self.score!r}")
        if (self.score in AGAINST_TRUTH) != bool(self.truth):
            raise ValueError(f"{self.score} with truth {self.truth!r}")
        if self.low > self.high or (math.isinf(self.low) and math.isinf(self.high)):
            raise ValueError(f"{self.score} between {self.low} and {self.high}")

    @property
    def sense(self) -> str:
        """The range in words: at least, at most, exactly, or between."""
        if math.isinf(self.high):
            return f"at least {self.low:g}"
        if math.isinf(self.low):
            return f"at most {self.high:g}"
        return f"exactly {self.low:g}" if self.low == self.high else f"between {self.low:g} and {self.high:g}"

    @property
    def claim(self) -> str:
        """The expectation in words."""
        return f"{self.score}{f' with {self.truth}' if self.truth else ''} {self.sense}"

    def holds(self, value: float) -> bool:
        """Whether `value` lies in the range; an undefined one does not."""
        return self.low <= value <= self.high


@dataclass(frozen=True)
class CatalogueWorld:
    """A world with a name, and the lesson it teaches.

    Parameters
    ----------
    name
        The name users type, unique in the registry.
    summary
        What the world is, in one line.
    lesson
        What happens when it is clustered, and what to learn from it.
    citation
        Who described the phenomenon.
    knobs
        Knobs that differ from their defaults.
    expectations
        The lesson as claims about scores of the default pipeline.
    n_obs
        Cells that are drawn where nobody says how many; the expectations are about so many.

    Examples
    --------
    >>> CatalogueWorld("pair", "Two types.", "Both are found.", "nobody", {"n_groups": 2}).world.name
    'pair'
    """

    name: str
    summary: str
    lesson: str
    citation: str
    knobs: Mapping[str, Any]
    expectations: tuple[Expectation, ...] = ()
    n_obs: int = 800

    @property
    def world(self) -> World:
        """The world itself."""
        return World(self.name, self.knobs, summary=self.summary, n_obs=self.n_obs)


def check_lesson(entry: CatalogueWorld, *, n_obs: int | None = None, rng: RNGLike = None) -> pd.DataFrame:
    """Draw a world of the catalogue once, judge it by the default pipeline, and compare with what is expected.

    Parameters
    ----------
    entry
        The world with its expectations.
    n_obs
        Cells; those of `entry` when None, about which the expectations are.
    rng
        Seed of the cells and of the pipeline.

    Returns
    -------
    One row per expectation: ``claim``, ``score``, ``truth``, ``value`` (NaN where undefined), ``holds``, ``reason``
    (why it is undefined) and ``why`` (it is expected).

    Raises
    ------
    UsageError
        When the world has no expectations.

    Examples
    --------
    >>> knobs = {"n_groups": 2, "n_genes": 80, "n_markers": 15, "effect_size": 3.0}
    >>> claim = Expectation("homogeneity", "type", "No cluster mixes the types.", low=0.9)
    >>> entry = CatalogueWorld("pair", "Two types.", "Both are found.", "nobody", knobs, (claim,), n_obs=90)
    >>> check_lesson(entry, rng=1)[["claim", "holds"]].values.tolist()
    [['homogeneity with type at least 0.9', True]]
    """
    if not entry.expectations:
        raise UsageError(f"{entry.name} has no expectations", where="check_lesson", fix="add some, or use judge")
    root = root_entropy(rng)
    # the number of clusters is asked for even where nothing is expected of it: it costs nothing and is in every row
    scores = tuple(dict.fromkeys([N_CLUSTERS, *(each.score for each in entry.expectations)]))
    truths = tuple(dict.fromkeys(each.truth for each in entry.expectations if each.truth))
    simulated = entry.world.sample(n_obs, rng=root)
    table = judge(simulated, scores=scores, truths=truths, rng=root)
    found = {(row["score"], row["truth"]): row for row in table.to_dict("records")}
    rows = []
    for each in entry.expectations:
        row = found[each.score, each.truth]
        rows.append(
            {
                "claim": each.claim,
                "score": each.score,
                "truth": each.truth,
                "value": row["value"],
                "holds": each.holds(row["value"]),
                "reason": row["reason"],
                "why": each.why,
            }
        )
    return pd.DataFrame(rows)
