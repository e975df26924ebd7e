"""Small labelings, with all that a score may need, on which the laws of scores are checked."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import scipy.sparse as sp

from rashomon.core import child
from rashomon.core.digest import digest_array
from rashomon.score.record import Score

__all__ = ["FOUR", "Items", "cases", "doubled", "drawn", "moves_global_random", "planted", "renamed", "taken"]


@dataclass(frozen=True, eq=False)
class Items:
    """A judged labeling, and what else a score asks for.

    Parameters
    ----------
    a
        Codes, shape ``(n_obs,)``.
    needs
        By the names of the parameters of `rashomon.score.score`: ``b``, ``view``, ``graph`` or ``neighbours``.
    """

    a: np.ndarray
    needs: dict[str, Any]

    def __str__(self) -> str:
        if self.a.size > 20:
            return f"{self.a.size} items"
        second = f", b = {self.needs['b'].tolist()}" if "b" in self.needs else ""
        return f"a = {self.a.tolist()}{second}"


def _labelings_of(n: int) -> list[np.ndarray]:
    """Return every way to group `n` items, once."""
    grown = [[0]]
    for _ in range(n - 1):
        grown = [[*codes, new] for codes in grown for new in range(max(codes) + 2)]
    return [np.array(codes) for codes in grown]


FOUR = list(combinations(_labelings_of(4), 2))
"""Every pair of different labelings of four items, in one direction: 105."""


def drawn(record: Score, a: np.ndarray, b: np.ndarray, rng: np.random.Generator) -> Items:
    """Return two labelings with a random view, graph or neighbours, if the record needs one.

    Parameters
    ----------
    record
        The score.
    a, b
        Codes, shape ``(n_obs,)``; `b` is left out where the score judges one labeling alone.
    rng
        Random numbers of the rest.

    Examples
    --------
    >>> from rashomon.score import SCORES
    >>> codes = np.array([0, 0, 1, 1])
    >>> sorted(drawn(SCORES["bras"], codes, codes, child(1)).needs)
    ['b', 'view']
    """
    second = {"b": b} if record.against is not None else {}
    return Items(a, second if record.needs == "labels" else second | {record.needs: _random(record.needs, a.size, rng)})


def _random(need: str, n: int, rng: np.random.Generator) -> Any:
    if need == "view":
        return rng.normal(size=(n, 3))
    if need == "graph":
        weights = np.triu(rng.random((n, n)) * (rng.random((n, n)) < 0.3), k=1)
        return sp.csr_matrix(weights + weights.T)
    nearest = [[i, *rng.permutation(np.delete(np.arange(n), i))[:3]] for i in range(n)]
    return np.array(nearest) if n else np.empty((0, 4), dtype=int)


def cases(record: Score, law: str, *, lowest: int = -2) -> Iterator[Items]:
    """Yield 32 pairs of labelings of 2 to 20 items, small ones first; the same in every call.

    Every other pair is independent; in the others four items of five agree.

    Parameters
    ----------
    record
        The score.
    law
        Names the random stream.
    lowest
        The lowest code: -2 with unobserved items, -1 with unassigned ones, 0 with neither.

    Examples
    --------
    >>> from rashomon.score import SCORES
    >>> sizes = [items.a.size for items in cases(SCORES["ari"], "range")]
    >>> len(sizes), sizes == sorted(sizes)
    (32, True)
    """
    rng = child(0, "check_score", law)
    for place, n in enumerate(np.sort(rng.integers(2, 21, 32))):
        a, b = (rng.integers(lowest, rng.integers(1, 6), n).astype(np.int32) for _ in range(2))
        yield drawn(record, a, np.where(rng.random(n) < 0.8, a, b) if place % 2 else b, rng)


def renamed(codes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the codes with other numbers for the clusters; negative ones stay.

    Examples
    --------
    >>> renamed(np.array([-2, -1]), child(1)).tolist()
    [-2, -1]
    """
    return np.where(codes >= 0, rng.permutation(24)[np.maximum(codes, 0)], codes)


def taken(items: Items, order: np.ndarray) -> Items:
    """Return the items at the positions `order`, with all that they need; a neighbour not among them is -1.

    Examples
    --------
    >>> items = Items(np.array([5, 6, 7]), {"neighbours": np.array([[0, 1], [1, 2], [2, 0]])})
    >>> taken(items, np.array([2, 1])).needs["neighbours"].tolist()
    [[0, -1], [1, 0]]
    """

    def neighbours(value: np.ndarray) -> np.ndarray:
        place = np.full(items.a.size + 1, -1)
        place[order] = np.arange(order.size)
        return np.asarray(place[value[order]])

    special = {"graph": lambda value: value[order][:, order], "neighbours": neighbours}
    needs = {name: special.get(name, lambda value: value[order])(value) for name, value in items.needs.items()}
    return Items(items.a[order], needs)


def doubled(items: Items) -> Items:
    """Return every item twice, side by side; an item's copy is its nearest neighbour.

    Examples
    --------
    >>> doubled(Items(np.array([4, 5]), {"b": np.array([0, 1])})).needs["b"].tolist()
    [0, 0, 1, 1]
    """
    n = items.a.size
    twice = np.repeat(np.arange(n), 2)

    def neighbours(value: np.ndarray) -> np.ndarray:
        copies = np.stack([2 * value, 2 * value + 1], axis=2).reshape(n, -1)
        other = copies.copy()
        other[:, [0, 1]] = copies[:, [1, 0]]
        return np.stack([copies, other], axis=1).reshape(2 * n, -1)[:, : value.shape[1]]

    special = {"graph": lambda value: value[twice][:, twice], "neighbours": neighbours}
    needs = {name: special.get(name, lambda value: value[twice])(value) for name, value in items.needs.items()}
    return Items(items.a[twice], needs)


def planted(record: Score, rng: np.random.Generator) -> tuple[Items, Items]:
    """Return 120 items with planted groups: judged as planted, and judged wrongly.

    For scores of one labeling the wrong labels are the shuffled ones. For scores of batches, which a group has in two
    places of its own, the batches are mixed in both places, or each has its own.

    Parameters
    ----------
    record
        A score with ``against`` None or ``"batch"``.
    rng
        Random numbers of the view and the shuffling.

    Examples
    --------
    >>> from rashomon.score import SCORES
    >>> right, wrong = planted(SCORES["silhouette"], child(1))
    >>> right.a[:4].tolist(), right.needs["view"].shape
    ([0, 1, 2, 0], (120, 3))
    """
    group = np.arange(120) % 3
    half = np.arange(120) // 3 % 2 if record.against == "batch" else np.zeros(120, dtype=int)
    place = 2 * group + half
    inside = (place[:, None] == place).astype(float)
    everything: dict[str, Any] = {
        "view": np.eye(3)[group] * 10 + 5 * half[:, None] + rng.normal(size=(120, 3)),
        "graph": sp.csr_matrix(inside + 0.05 - np.diag(np.full(120, 1.05))),
        "neighbours": (np.arange(120)[:, None] + [0, 6, 12, 18, 24]) % 120,
    }
    needs: dict[str, Any] = {record.needs: everything[record.needs]}
    if record.against == "batch":
        mixed = np.arange(120) // 6 % 2
        return Items(group, needs | {"b": mixed}), Items(group, needs | {"b": half})
    return Items(group, needs), Items(rng.permutation(group), needs)


def moves_global_random(call: Callable[[], Any]) -> bool:
    """Return whether a call draws from, or seeds, the global generator of numpy or of Python; they are put back.

    Examples
    --------
    >>> moves_global_random(random.random), moves_global_random(dict)
    (True, False)
    """
    kept: Any = np.random.get_state()  # noqa: NPY002 - to be put back
    kept_python = random.getstate()
    try:
        # a generator that the call has seeded before would be found as it is left
        np.random.random()  # noqa: NPY002 - put back below
        random.random()  # noqa: S311 - as above
        before = _global_state()
        call()
        return _global_state() != before
    finally:
        np.random.set_state(kept)  # noqa: NPY002 - as above
        random.setstate(kept_python)


def _global_state() -> tuple[Any, ...]:
    state: Any = np.random.get_state()  # noqa: NPY002 - read only
    return digest_array(state[1]), state[2], random.getstate()
