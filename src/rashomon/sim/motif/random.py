"""Random motifs that cannot be mistaken for each other."""

from __future__ import annotations

import numpy as np

from rashomon.core import UsageError
from rashomon.sim.motif.motif import Motif
from rashomon.sim.motif.pattern import ANY, parse_seed
from rashomon.sim.motif.residue import RESIDUES, middle_shares
from rashomon.sim.stream import uniforms

__all__ = ["make_motifs", "seed_distance"]

APART = 3
"""Least number of places at which two motifs differ."""

_BATCH, _MOST_BATCHES = 256, 40
"""Candidates that are drawn at once, and how often."""


def make_motifs(
    key: np.uint64,
    n: int,
    *,
    length: int = 4,
    gap_share: float = 0.0,
    max_gap: int = 2,
    mismatches: tuple[float, ...] = (1.0,),
    prefix: str = "motif",
) -> tuple[Motif, ...]:
    """Return motifs whose residues are drawn with the shares that they have in the middle of junctions.

    No two are within two mismatches of each other, however the gap opens (`seed_distance`), and none has a cysteine.

    Parameters
    ----------
    key
        From `rashomon.sim.stream.stream_key`.
    n
        How many; those of a shorter request are the first of a longer one.
    length
        Named residues of each, three or more.
    gap_share
        Probability that a motif has a gap, of 1 to `max_gap` residues, between two of its residues.
    max_gap
        Most residues in a gap.
    mismatches
        As in `Motif`.
    prefix
        Names are the prefix and a number from 1.

    Raises
    ------
    UsageError
        ``motif.random`` when so many motifs of that length cannot be so far apart, or were not found.

    Examples
    --------
    >>> from rashomon.sim.stream import stream_key
    >>> two = make_motifs(stream_key(1, "motif"), 2, length=4)
    >>> [each.name for each in two], [len(each.seed) for each in two]
    (['motif1', 'motif2'], [4, 4])
    """
    # Singleton's bound: words that differ at three places differ already without their last two letters
    most = (len(RESIDUES) - 1) ** max(length - APART + 1, 0)
    legal = length >= APART and 0 <= n <= most and 0 <= gap_share <= 1 and max_gap >= (gap_share > 0)
    if not legal:
        raise _refused(f"{n} motifs of {length} residues cannot differ at {APART} places each", n, length)
    kept: list[tuple[str, tuple[int, int]]] = []
    words = np.zeros((0, length + max_gap), dtype=np.uint32)
    candidates = (
        each
        for batch in range(_MOST_BATCHES)
        for each in _candidates(key, np.arange(batch * _BATCH, (batch + 1) * _BATCH), length, gap_share, max_gap)
    )
    while len(kept) < n:
        seed, gap = next(candidates, ("", (0, 0)))
        if not seed:
            raise _refused(f"of {n} motifs of {length} residues, {len(kept)} were found", n, length)
        mine = _variants(seed, gap)
        if _apart(mine, words) >= APART:
            kept.append((seed, gap))
            words = np.concatenate([words, np.pad(mine, ((0, 0), (0, words.shape[1] - mine.shape[1])))])
    return tuple(
        Motif(f"{prefix}{number}", seed, gap=gap, mismatches=mismatches) for number, (seed, gap) in enumerate(kept, 1)
    )


def seed_distance(a: Motif, b: Motif) -> int:
    """Return at how many places two seeds differ at least, over all lengths of their gaps.

    Parameters
    ----------
    a, b
        Motifs with a seed. The shorter is laid upon the longer at every offset; places differ when no residue is
        allowed by both.

    Examples
    --------
    >>> seed_distance(Motif("a", "SYGT"), Motif("b", "RSYAT"))
    1
    """
    return _apart(_variants(a.seed, a.gap), _variants(b.seed, b.gap))


def _candidates(
    key: np.uint64, units: np.ndarray, length: int, gap_share: float, max_gap: int
) -> list[tuple[str, tuple[int, int]]]:
    chances = uniforms(key, units, length + 3)
    residue = np.searchsorted(np.cumsum(middle_shares(cysteine=False)), chances[:, 3:])
    found = []
    for row, codes in zip(chances, residue, strict=True):
        letters = "".join(RESIDUES[code] for code in codes.tolist())
        if row[0] < gap_share:
            cut = 1 + int(row[1] * (length - 1))
            found.append((f"{letters[:cut]}/{letters[cut:]}", (1, 1 + int(row[2] * max_gap))))
        else:
            found.append((letters, (0, 0)))
    return found


def _variants(seed: str, gap: tuple[int, int]) -> np.ndarray:
    """Return the allowed residues of each place for each length of the gap; 0 behind the end."""
    pattern = parse_seed(seed, gap=gap)
    rows = pattern.spread(pattern.masks, ANY)
    rows[np.arange(rows.shape[1]) >= np.array(pattern.lengths)[:, None]] = 0
    return rows


def _apart(a: np.ndarray, b: np.ndarray) -> int:
    """Return the least number of places at which a row of `a` and one of `b` differ, the shorter laid on the longer."""
    nearest: int = a.shape[1] + b.shape[1]
    sizes = (b > 0).sum(axis=1)
    for row in a:
        mine = row[row > 0]
        for size in np.unique(sizes).tolist():
            others = b[sizes == size, :size]
            long, short = (others, mine[None, :]) if size > mine.size else (mine[None, :], others)
            span = short.shape[1]
            for start in range(long.shape[1] - span + 1):
                differ = (long[:, start : start + span] & short == 0).sum(axis=1)
                nearest = min(nearest, int(differ.min()))
    return nearest


def _refused(what: str, n: int, length: int) -> UsageError:
    return UsageError(
        what,
        where="make_motifs",
        expected=f"n of at least 0, length of at least {APART}, gap_share in [0, 1]",
        fix=f"ask for longer motifs than {length} residues, or for fewer than {n}",
        code="motif.random",
    )
