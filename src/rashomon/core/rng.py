"""Random numbers: passed in, child streams by name, never global."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import chain
from operator import length_hint
from statistics import NormalDist

import numpy as np

__all__ = ["RNGLike", "child", "igraph_random_state", "root_entropy"]

_ONE, _FIVE, _SIX, _WORD = (np.uint64(bits) for bits in (1, 5, 6, 32))
_LOW = np.uint64(2**32 - 1)

RNGLike = int | np.random.SeedSequence | np.random.Generator | None


def root_entropy(rng: RNGLike) -> int:
    """Return the integer from which all named streams of a study derive.

    Parameters
    ----------
    rng
        ``int``: used as it is. ``SeedSequence``: its state. ``Generator``: one draw (the generator advances).
        ``None``: fresh entropy from the system.

    Returns
    -------
    An integer in [0, 2**63).

    Raises
    ------
    TypeError
        When `rng` is of another type.
    ValueError
        When `rng` is a negative integer, or 2**63 or more.

    Examples
    --------
    >>> root_entropy(7)
    7
    """
    if isinstance(rng, bool):
        raise TypeError("rng must be an int, SeedSequence, Generator or None. Got a bool.")
    if isinstance(rng, int | np.integer):
        if not 0 <= rng < 2**63:
            raise ValueError(f"rng must be in [0, 2**63). Got {int(rng)}.")
        return int(rng)
    if isinstance(rng, np.random.Generator):
        return int(rng.integers(2**63))
    if rng is None:
        rng = np.random.SeedSequence()
    if isinstance(rng, np.random.SeedSequence):
        return int(rng.generate_state(1, np.uint64)[0] >> np.uint64(1))
    raise TypeError(f"rng must be an int, SeedSequence, Generator or None. Got {type(rng).__name__}.")


def child(root: int, *names: object) -> np.random.Generator:
    """Return the random stream called `names` under `root`; independent of order and of every other stream.

    Parameters
    ----------
    root
        Integer from `root_entropy`.
    names
        Words that name the stream; compared by their text.

    Examples
    --------
    >>> a, b = child(1, "thin", 0), child(1, "thin", 0)
    >>> bool((a.integers(9, size=5) == b.integers(9, size=5)).all())
    True
    """
    # names of a damaged file may hold half a pair of surrogates
    words = hashlib.sha256("\x1f".join(map(str, names)).encode("utf-8", "surrogatepass")).digest()
    spawn_key = tuple(int.from_bytes(words[i : i + 4], "little") for i in range(0, 16, 4))
    return np.random.default_rng(np.random.SeedSequence(root, spawn_key=spawn_key))


class _IgraphRandom:
    """What igraph asks of a generator, answered as scanpy answers it, so that equal seeds give equal labels.

    scanpy answers each question by a call of numpy's `RandomState`. The answers depend on nothing but the stream of
    its Mersenne twister, two words each, so they are computed in blocks. igraph asks some 70,000 times for the labels
    of 10,000 cells: the block takes a fifth off the time of Leiden.

    Parameters
    ----------
    seed
        Of numpy's `RandomState`.
    n_block
        Answers computed at once.
    """

    def __init__(self, seed: int, n_block: int = 16384) -> None:
        # RandomState: scanpy's igraph flavour draws from it, and its labels must be reproduced
        self._twister = np.random.RandomState(seed)._bit_generator  # noqa: SLF001 - the only way to its raw words
        self._n_block = n_block
        self._stream = chain.from_iterable(self._blocks())
        # igraph always asks for 32 bits; next(stream, 32) is answered without entering Python, and never runs dry
        self.getrandbits = partial(next, self._stream)

    def _blocks(self) -> Iterator[Iterator[int]]:
        while True:
            raw = self._twister.random_raw(2 * self._n_block)
            high, low = raw[0::2], raw[1::2]
            # RandomState.random_sample, and the lowest 32 bits of RandomState.tomaxint
            self._reals = (((high >> _FIVE) * 2.0**26 + (low >> _SIX)) * 2.0**-53).tolist()
            self._words = iter(((((high << _WORD) | low) >> _ONE) & _LOW).tolist())
            yield self._words

    def random(self) -> float:
        next(self._stream)
        return float(self._reals[-1 - length_hint(self._words)])

    def randint(self, a: int, b: int) -> int:
        return a + next(self._stream) % (b - a + 1)

    def gauss(self, mu: float, sigma: float) -> float:
        return NormalDist(mu, sigma).inv_cdf(self.random() or 2.0**-53)


@contextmanager
def igraph_random_state(seed: int) -> Iterator[None]:
    """Make igraph draw from a generator seeded with `seed`, as scanpy's igraph flavour does; put Python's back after.

    igraph has one generator per process, so this must not be entered from two threads at once.

    Examples
    --------
    >>> import igraph
    >>> def membership():
    ...     with igraph_random_state(1):
    ...         return igraph.Graph.Ring(12).community_leiden(objective_function="modularity").membership
    >>> membership() == membership()
    True
    """
    import igraph

    igraph.set_random_number_generator(_IgraphRandom(seed))
    try:
        yield
    finally:
        igraph.set_random_number_generator(random)
