"""What a world of the catalogue teaches, as expectations that can fail."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from rashomon.core import RNGLike, UsageError, root_entropy
from rashomon.multiverse import Level
from rashomon.sim.judge import AGAINST_TRUTH, JUDGEABLE, N_CLUSTERS, judge
from rashomon.sim.judge_receptor import BESIDE_TRUTH, JUDGEABLE_RECEPTORS, judge_receptors
from rashomon.sim.part import EXPRESSION, RECEPTORS, Part
from rashomon.sim.simulation import Simulation
from rashomon.sim.world import World

__all__ = ["CatalogueWorld", "Expectation", "check_lesson"]

_SCORES: Mapping[Part, tuple[tuple[str, ...], tuple[str, ...]]] = {
    EXPRESSION: (JUDGEABLE, AGAINST_TRUTH),
    RECEPTORS: (JUDGEABLE_RECEPTORS, BESIDE_TRUTH),
}
"""Scores of the clusters of each part, and those among them that need a truth."""


@dataclass(frozen=True)
class Expectation:
    """What a score of a pipeline's clusters will be, and why.

    Parameters
    ----------
    score
        Name in `rashomon.sim.judge.JUDGEABLE`; of receptors, in `rashomon.sim.judge_receptor.JUDGEABLE_RECEPTORS`.
    truth
        Column it is compared with; empty for scores of the clusters alone.
    why
        The reason, in one sentence.
    low, high
        Closed range in which the value lies; one end may be open.
    part
        What is clustered: the expression of cells by the pipeline of all defaults, or their receptors by that of the
        entry.
    by
        Levels of the pipeline of receptors that differ from those of the entry.

    Raises
    ------
    ValueError
        When the score is unknown, a truth is given where none is used or missing where one is, both ends are open, or
        levels are given for expression.

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
    part: Part = EXPRESSION
    by: Mapping[str, Level] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        judgeable, against = _SCORES[self.part]
        if self.score not in judgeable:
            raise ValueError(f"unknown score {self.score!r}")
        if (self.score in against) != bool(self.truth):
            raise ValueError(f"{self.score} with truth {self.truth!r}")
        if self.by and self.part != RECEPTORS:
            raise ValueError(f"the pipeline of {self.part} is that of all defaults, not {dict(self.by)}")
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
        words = [f"{choice} {level}" for choice, level in self.by.items()]
        said = f" ({', '.join(words)})" if words else ""
        of = f" of {self.part}{said}" if self.part != EXPRESSION else ""
        return f"{self.score}{of}{f' with {self.truth}' if self.truth else ''} {self.sense}"

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
        The lesson as claims about scores of the default pipeline, or of the one that is named.
    n_obs
        Cells that are drawn where nobody says how many; the expectations are about so many.
    parts
        What is generated; see `World`.
    pipeline
        Levels of the pipeline on receptors that differ from the defaults; see
        `rashomon.sim.judge_receptor.cluster_receptors`.

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
    parts: tuple[Part, ...] = (EXPRESSION,)
    pipeline: Mapping[str, Level] = field(default_factory=dict)

    @property
    def world(self) -> World:
        """The world itself."""
        return World(self.name, self.knobs, summary=self.summary, n_obs=self.n_obs, parts=self.parts)


def check_lesson(entry: CatalogueWorld, *, n_obs: int | None = None, rng: RNGLike = None) -> pd.DataFrame:
    """Draw a world of the catalogue once, judge it by its pipelines, and compare with what is expected.

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
    simulated = entry.world.sample(n_obs, rng=root)
    found = {}
    for part, by in dict.fromkeys((each.part, tuple(each.by.items())) for each in entry.expectations):
        asked = [each for each in entry.expectations if (each.part, tuple(each.by.items())) == (part, by)]
        for row in _judged(entry, simulated, asked, root).to_dict("records"):
            found[part, by, row["score"], row["truth"]] = row
    rows = []
    for each in entry.expectations:
        row = found[each.part, tuple(each.by.items()), each.score, each.truth]
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


def _judged(entry: CatalogueWorld, simulated: Simulation, asked: list[Expectation], root: int) -> pd.DataFrame:
    """Judge the clusters of one part by one pipeline."""
    # the number of clusters is asked for even where nothing is expected of it: it costs nothing and is in every row
    scores = tuple(dict.fromkeys([N_CLUSTERS, *(each.score for each in asked)]))
    truths = tuple(dict.fromkeys(each.truth for each in asked if each.truth))
    if asked[0].part == EXPRESSION:
        return judge(simulated, scores=scores, truths=truths, rng=root)
    pipeline = {**entry.pipeline, **asked[0].by}
    return judge_receptors(simulated, scores=scores, truths=truths, pipeline=pipeline, rng=root)
