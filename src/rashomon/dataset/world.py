"""What a simulated data set says about the world it was drawn from: facts to show, not the model itself."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["SIMULATED", "Ceiling", "WorldFacts"]

SIMULATED = "simulated, not measured"
"""The mark that every simulated data set carries, and everything made from one shows."""

_SHOWN = 12
"""Characters of a digest that are shown; files hold all of them."""

_CLEAR = 3.0


@dataclass(frozen=True)
class Ceiling:
    """The best expected value of a score that any method could reach in a world.

    Parameters
    ----------
    truth, score
        Label column, and name of the score as in `rashomon.score.SCORES`.
    value, standard_error
        The ceiling, and its Monte-Carlo error; NaN where unknown.
    chance
        Expected score of labels that know nothing.
    rule
        The labels that reach it: ``arg-max posterior``.
    n_obs
        Cells for which it was computed; None where nobody said.

    Notes
    -----
    It bounds the expectation: the score of one data set may lie above it.
    """

    truth: str
    score: str
    value: float
    standard_error: float = math.nan
    chance: float = 0.0
    rule: str = ""
    n_obs: int | None = None

    @property
    def exceeds_chance(self) -> bool:
        """Whether the ceiling lies above chance by more than three standard errors (an unknown error counts as 0)."""
        error = 0.0 if math.isnan(self.standard_error) else self.standard_error
        return self.value - self.chance > _CLEAR * error

    def normalised(self, score: float) -> float:
        """Return where `score` lies between chance (0) and the ceiling (1); NaN where these cannot be told apart.

        Examples
        --------
        >>> Ceiling("type", "ari", 0.8, 0.01).normalised(0.4), Ceiling("type", "ari", 0.02, 0.01).normalised(0.01)
        (0.5, nan)
        """
        return (score - self.chance) / (self.value - self.chance) if self.exceeds_chance else math.nan


@dataclass(frozen=True)
class WorldFacts:
    """The mark "simulated, not measured", and what is known of the world behind it.

    Parameters
    ----------
    name
        Of the world.
    digest
        The sha256 (hex) of the world; empty where unknown.
    seed
        Root of its random numbers, as text.
    versions
        Of this package and of the libraries that drew the data, by name.
    call
        The resolved world: knobs and values, in JSON types.
    graph
        The causal graph, see `graph_fault`; None where unknown.
    oracle
        ``oracle``, ``assisted oracle``, or why there is none.
    ceilings
        What any method could reach, per truth and score; empty where it was not computed.
    unread
        Parts that the file has in a form which is not ours; they are left out here.

    Examples
    --------
    >>> WorldFacts("three types", digest="0123456789abcdef").sentence
    'simulated, not measured: world three types (digest 0123456789ab)'
    """

    name: str
    digest: str = ""
    seed: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    call: Mapping[str, Any] = field(default_factory=dict)
    graph: Mapping[str, Any] | None = None
    oracle: str = ""
    ceilings: tuple[Ceiling, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        """The words that say so."""
        return SIMULATED

    @property
    def sentence(self) -> str:
        """The mark with the name and the beginning of the digest."""
        return f"{self.mark}: world {self.name} (digest {self.digest[:_SHOWN] or 'unknown'})"

    @property
    def stamp(self) -> dict[str, str]:
        """What every folder of results puts on record."""
        return {"name": self.name, "digest": self.digest}
