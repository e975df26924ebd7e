"""What several properties need of one repertoire, computed once and only when asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rashomon.core import UsageError, child
from rashomon.encode.item_link import Links
from rashomon.encode.sequence_pair import sequence_pairs
from rashomon.sim.repertoire_realism.repertoire import Repertoire

__all__ = ["GenerationProbability", "Prepared", "Setting", "UndefinedPropertyError"]

GenerationProbability = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
"""Called with junctions, V and J genes (bytes, shape ``(n,)``); returns log10 of the probability of generation."""


class UndefinedPropertyError(UsageError):
    """A property has no value for these repertoires; what is wrong is the reason that tables show."""


@dataclass(frozen=True, eq=False)
class Setting:
    """What all repertoires of a comparison have in common.

    Parameters
    ----------
    n
        Distinct receptors of each that are compared.
    depth
        Reads of each of which clone sizes are taken; 0: no repertoire has counts.
    v_names, j_names
        Sorted names of genes, bytes, of all repertoires.
    root
        Root of the random choices.
    log10_pgen
        Generation probability, see `GenerationProbability`; None: not asked for.
    n_pgen
        Receptors of each for which it is computed.
    """

    n: int
    depth: int
    v_names: np.ndarray
    j_names: np.ndarray
    root: int
    log10_pgen: GenerationProbability | None = None
    n_pgen: int = 0


@dataclass(frozen=True, eq=False)
class Prepared:
    """One repertoire of a comparison.

    Parameters
    ----------
    whole
        All its receptors, distinct; of these come clone sizes.
    name
        Names its random streams: different repertoires never share one.
    setting
        What it shares with the others.
    has_counts
        Whether its counts say something; without, there are no clone sizes.
    """

    whole: Repertoire
    name: str
    setting: Setting
    has_counts: bool

    @cached_property
    def drawn(self) -> Repertoire:
        """The receptors that are compared, drawn without replacement, in random order."""
        rows = child(self.setting.root, "receptors", self.name).permutation(self.whole.n)
        return self.whole.take(rows[: self.setting.n])

    @cached_property
    def v(self) -> np.ndarray:
        """Codes of V genes in the names of the setting."""
        return np.searchsorted(self.setting.v_names, self.drawn.v)

    @cached_property
    def j(self) -> np.ndarray:
        """Codes of J genes likewise."""
        return np.searchsorted(self.setting.j_names, self.drawn.j)

    @cached_property
    def lengths(self) -> np.ndarray:
        """Residues of each junction, anchors included."""
        return np.strings.str_len(self.drawn.junction_aa).astype(np.int64)

    @cached_property
    def letters(self) -> np.ndarray:
        """Junctions as ``uint8``, shape ``(n, longest)``; 0 beyond the end."""
        return np.ascontiguousarray(self.drawn.junction_aa).view(np.uint8).reshape(self.drawn.n, -1)

    @cached_property
    def links(self) -> Links:
        """Pairs of receptors whose junctions differ in at most one residue, copies with another V or J included."""
        return sequence_pairs(self.drawn.junction_aa, metric="hamming", cutoff=1)

    @cached_property
    def degrees(self) -> np.ndarray:
        """Linked receptors of each receptor."""
        return np.bincount(np.concatenate([self.links.i, self.links.j]), minlength=self.drawn.n)

    @cached_property
    def keys(self) -> np.ndarray:
        """Junction, V and J of each receptor as one value, by which receptors of several people are matched."""
        parts = (self.drawn.v, self.drawn.j, self.drawn.junction_aa)
        return np.strings.add(np.strings.add(np.strings.add(parts[0], b" "), np.strings.add(parts[1], b" ")), parts[2])

    @cached_property
    def clone_sizes(self) -> np.ndarray:
        """Reads of each clone at the depth of the setting, largest first, without clones that have none."""
        counts = self.whole.counts
        if not self.has_counts or counts is None:
            raise UndefinedPropertyError("has no counts", where="Repertoire(counts=)")
        rng = child(self.setting.root, "reads", self.name)
        drawn = rng.multivariate_hypergeometric(counts, self.setting.depth, method="marginals")
        return np.asarray(np.sort(drawn[drawn > 0])[::-1])
