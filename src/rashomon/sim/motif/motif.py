"""A motif: which residues, how many mismatches and where, at which distance from the ends, next to which genes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rashomon.core import UsageError
from rashomon.dataset import at_level
from rashomon.sim.motif.match import match_scores, match_seed
from rashomon.sim.motif.matrix import Matrix, compile_matrix
from rashomon.sim.motif.pattern import Pattern, parse_seed
from rashomon.sim.motif.residue import RESIDUES, as_letters, as_text, middle_shares, residue_bits
from rashomon.sim.stream import uniforms

__all__ = ["Motif"]

_LETTERS = np.frombuffer(RESIDUES.encode(), dtype=np.uint8)


@dataclass(frozen=True, eq=False)
class Motif:
    """A motif of junctions, as a seed or as a position weight matrix.

    Parameters
    ----------
    name
        Name in tables.
    seed
        As `rashomon.sim.motif.pattern.parse_seed` reads it: ``"SYG/T"``, ``"R.[ST]"``. Empty with `pwm`.
    gap
        Fewest and most residues in the gap of the seed; every number is equally probable.
    mismatches
        Probabilities of 0, 1, 2 ... mismatches in the seed. Another residue stands there, with the shares that residues
        have in the middle of junctions (cysteine never).
    weights
        Where mismatches fall: one number per place of the seed; none falls where it is 0 or every residue will do.
        Empty: the same everywhere. Several mismatches are drawn one after the other, without replacement.
    pwm
        Probabilities of residues, shape ``(length, 20)``, columns in alphabetic order of the letters.
    min_score
        Least log-odds of a match against the middle of junctions, in bits; None: what 95 % of its own draws reach.
        Draws always reach it.
    window
        Residues at both ends of a junction that are no part of the motif.
    v_genes, j_genes
        Genes beside which the motif counts; empty: any.

    Raises
    ------
    UsageError
        ``motif.seed``, ``motif.pwm``, ``motif.mismatches`` or ``motif.window`` when it cannot be.

    Examples
    --------
    >>> motif = Motif("m", "SYG", mismatches=(0.5, 0.5), weights=(1, 1, 0))
    >>> found, start = motif.found_in(np.array([b"CASSYGTQYF", b"CASSWGTQYF", b"CASSYATQYF", b"CSYGTF"]))
    >>> found.tolist(), start.tolist()
    ([True, True, False, False], [3, 3, -1, -1])
    """

    name: str
    seed: str = ""
    gap: tuple[int, int] = (0, 0)
    mismatches: tuple[float, ...] = (1.0,)
    weights: tuple[float, ...] = ()
    pwm: np.ndarray | None = None
    min_score: float | None = None
    window: tuple[int, int] = (3, 3)
    v_genes: tuple[str, ...] = ()
    j_genes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.pwm is not None:
            changed = self.seed or self.gap != (0, 0) or self.mismatches != (1.0,) or self.weights
            if changed:
                raise self._refused(
                    "a matrix takes no seed, gap, mismatches or weights", code="motif.pwm", expected="seed or pwm"
                )
            _ = self._matrix
        else:
            if self.min_score is not None:
                raise self._refused("a seed has no min_score", code="motif.seed", expected="mismatches, or a pwm")
            _ = self._pattern
            self._check_mismatches()
        if min(self.window) < 0:
            raise self._refused(
                f"the window leaves out {self.window} residues", code="motif.window", expected="0 or more"
            )

    def _refused(self, what: str, *, code: str, expected: str) -> UsageError:
        return UsageError(what, where=f"motif {self.name!r}", expected=expected, code=code)

    @cached_property
    def _pattern(self) -> Pattern:
        return parse_seed(self.seed, gap=self.gap, where=f"motif {self.name!r}")

    @cached_property
    def _matrix(self) -> Matrix:
        return compile_matrix(np.asarray(self.pwm), min_score=self.min_score, where=f"motif {self.name!r}")

    @cached_property
    def _weights(self) -> np.ndarray:
        """Where mismatches fall, in the order of the seed; 0 where every residue will do."""
        given = np.array(self.weights or [1.0] * self._pattern.masks.size)
        return np.where(self._pattern.named, given, 0.0)

    def _check_mismatches(self) -> None:
        shares = np.array(self.mismatches, dtype=np.float64)
        legal = shares.size > 0 and np.isfinite(shares).all() and (shares >= 0).all() and math.isclose(shares.sum(), 1)
        if not legal:
            raise self._refused(
                f"the mismatches {self.mismatches} are no distribution",
                code="motif.mismatches",
                expected="shares that sum to 1",
            )
        places = self._pattern.masks.size
        if len(self.weights) not in {0, places} or any(not 0 <= each < math.inf for each in self.weights):
            raise self._refused(
                f"there are {len(self.weights)} weights",
                code="motif.mismatches",
                expected=f"{places} numbers, not negative",
            )
        free = int((self._weights > 0).sum())
        if self.max_mismatches > free or self.max_mismatches >= int(self._pattern.named.sum()):
            raise self._refused(
                f"{self.max_mismatches} mismatches fall on {free} places", code="motif.mismatches",
                expected="fewer mismatches than named residues, on places with weight",
            )  # fmt: skip

    @property
    def max_mismatches(self) -> int:
        """Largest number of mismatches that is ever drawn; more is no match."""
        return max(place for place, share in enumerate(self.mismatches) if share > 0)

    @property
    def lengths(self) -> tuple[int, ...]:
        """Residues that an instance covers; several with a gap."""
        return (len(self._matrix.probabilities),) if self.pwm is not None else self._pattern.lengths

    def allows(self, v: np.ndarray | None, j: np.ndarray | None) -> np.ndarray | bool:
        """Return which chains have genes beside which the motif counts; ``bool``, or True where any will do.

        Parameters
        ----------
        v, j
            Calls as text or bytes, shape ``(n,)``; a call of several genes is allowed when one of them is.

        Raises
        ------
        UsageError
            ``motif.genes`` when the motif asks for genes and none are given.
        """
        found: np.ndarray | bool = True
        for genes, calls in ((self.v_genes, v), (self.j_genes, j)):
            if genes and calls is None:
                raise self._refused(
                    "the motif asks for genes, and none are given", code="motif.genes", expected="calls of V and J"
                )
            if genes and calls is not None:
                found = found & _meets(np.asarray(calls), genes)
        return found

    def found_in(self, junction_aa: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return which junctions carry the motif, whatever their genes, and where it starts first.

        A seed is found with at most as many mismatches as are ever drawn, none of them where no mismatch falls: every
        instance of `draw` is found where it is planted.

        Parameters
        ----------
        junction_aa
            Residues, C and F or W included; bytes, shape ``(n,)``.

        Returns
        -------
        found
            ``bool``, shape ``(n,)``.
        start
            Place of its first residue from 0, ``int64``; -1 where there is none.
        """
        letters = as_letters(junction_aa)
        length = (letters > 0).sum(axis=1)
        if self.pwm is not None:
            codes = np.full(256, -1, dtype=np.int8)
            codes[_LETTERS] = np.arange(len(RESIDUES), dtype=np.int8)
            start = match_scores(codes[letters], length, self._matrix.scores, self._matrix.threshold, self.window)
        else:
            pattern, spans = self._pattern, np.array(self.lengths)
            masks = pattern.spread(pattern.masks, 0)
            masks[~pattern.spread(pattern.named, fill=False)] = 0xFFFFFFFF
            strict = pattern.spread(pattern.named & (self._weights == 0), fill=False)
            # where every residue will do, an unknown one does too
            bits = residue_bits()[letters] | np.uint32(1 << 31)
            masks[pattern.spread(pattern.named, fill=False)] &= np.uint32(0x7FFFFFFF)
            start = match_seed(bits, length, masks, strict, spans, self.max_mismatches, self.window)
        return start >= 0, np.asarray(start)

    def draw(self, key: np.uint64, units: np.ndarray) -> np.ndarray:
        """Return one instance per unit.

        Parameters
        ----------
        key
            From `rashomon.sim.stream.stream_key`.
        units
            Numbers of receptors, at least 0; an instance depends on `key` and its unit alone.

        Returns
        -------
        Bytes, shape ``(n_units,)``; ``.`` where the receptor keeps its own residue (the gap, and ``.`` in the seed).
        """
        if self.pwm is not None:
            return as_text(_LETTERS[self._matrix.draw(uniforms(key, units, len(self._matrix.probabilities)))])
        pattern, n_places = self._pattern, self._pattern.masks.size
        chances = uniforms(key, units, 2 + 3 * n_places)
        priority, inside, outside = (chances[:, 2 + k * n_places : 2 + (k + 1) * n_places] for k in range(3))
        mismatched = self._mismatched(chances[:, 1], priority)
        allowed = (pattern.masks[:, None] >> np.arange(20, dtype=np.uint32)) & 1 > 0
        within, beyond = _pick(allowed * 1.0, inside), _pick(~allowed * middle_shares(cysteine=False), outside)
        letters = np.where(pattern.named, _LETTERS[np.where(mismatched, beyond, within)], ord("."))
        row_of = np.minimum((chances[:, 0] * len(self.lengths)).astype(np.int64), len(self.lengths) - 1)
        # which place of the seed stands at each covered place: 0 in the gap, so that a full stop is put there
        place = pattern.spread(np.arange(1, n_places + 1), 0)
        padded = np.concatenate([np.full((len(letters), 1), ord(".")), letters], axis=1)
        spelled = np.take_along_axis(padded, place[row_of], axis=1)
        spelled[np.arange(place.shape[1]) >= np.array(self.lengths)[row_of, None]] = 0
        return as_text(spelled)

    def _mismatched(self, chance: np.ndarray, priority: np.ndarray) -> np.ndarray:
        """Return where the mismatches of each instance fall: without replacement, by Efraimidis and Spirakis (2006)."""
        n_wrong = np.searchsorted(np.cumsum(self.mismatches), chance).clip(max=self.max_mismatches)
        with np.errstate(divide="ignore"):
            wait = -np.log(priority) / self._weights
        rank = np.argsort(np.argsort(wait, axis=1, kind="stable"), axis=1, kind="stable")
        return np.asarray(rank < n_wrong[:, None])


def _pick(shares: np.ndarray, chances: np.ndarray) -> np.ndarray:
    """Return a residue for each number, from the row of `shares` of its place."""
    total = np.cumsum(shares, axis=1)
    found = np.zeros(chances.shape, dtype=np.int64)
    for place, row in enumerate(total):
        found[:, place] = np.searchsorted(row, chances[:, place] * row[-1])
    return found


def _meets(calls: np.ndarray, genes: tuple[str, ...]) -> np.ndarray:
    """Return which calls name one of the genes, alleles apart."""
    wanted = {at_level(gene, "gene") for gene in genes}
    names, place = np.unique(calls.astype("U"), return_inverse=True)
    fits = [any(at_level(gene, "gene") in wanted for gene in name.split(",")) for name in names.tolist()]
    return np.asarray(np.array(fits, dtype=bool)[place])
