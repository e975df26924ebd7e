"""What one labeling leaves open about another: conditional entropy, as a share of what chance leaves open."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rashomon.score.contingency import Contingency, tabulate
from rashomon.score.expectation import expected_information

__all__ = ["SharedInformation", "permuted_information", "shared_information", "swap_error"]


class SharedInformation(NamedTuple):
    """The four numbers from which scores of shared information are made, in nats.

    Parameters
    ----------
    entropy_a, entropy_b
        Entropies of the labelings.
    shared
        Their mutual information.
    expected
        The mutual information that chance gives.
    """

    entropy_a: float
    entropy_b: float
    shared: float
    expected: float

    @property
    def chance_a(self) -> float:
        """What chance leaves open about `a`, as a share of its entropy: near 0, `b` is too fine to be judged."""
        return _ratio(self.entropy_a - self.expected, self.entropy_a)

    @property
    def chance_b(self) -> float:
        """What chance leaves open about `b`, as a share of its entropy."""
        return _ratio(self.entropy_b - self.expected, self.entropy_b)

    @property
    def a_given_b(self) -> float:
        """``H(a|b) / E[H(a|b)]``: 0 when `b` determines `a`, 1 at chance; NaN where `a` has one cluster."""
        return _ratio(self.entropy_a - self.shared, self.entropy_a - self.expected)

    @property
    def b_given_a(self) -> float:
        """``H(b|a) / E[H(b|a)]``: 0 when `a` determines `b`, 1 at chance; NaN where `b` has one cluster."""
        return _ratio(self.entropy_b - self.shared, self.entropy_b - self.expected)


def shared_information(table: Contingency, *, expected: float | None = None) -> SharedInformation:
    """Return the entropies of two labelings, what they share, and what they would share by chance.

    Parameters
    ----------
    table
        Of the two labelings.
    expected
        Mutual information by chance, see `permuted_information`; by default the exact mean over all labelings with the
        same cluster sizes (Vinh et al. 2010), which permutations of all items approach.

    Examples
    --------
    >>> fine, coarse = np.repeat([0, 1, 2, 3], 25), np.repeat([0, 1], 50)
    >>> found = shared_information(tabulate(fine, coarse))
    >>> round(found.b_given_a, 3), round(found.a_given_b, 3)
    (0.0, 0.506)
    """
    a = _entropy(table.row_size, table.row_times, table.n_obs)
    b = _entropy(table.col_size, table.col_times, table.n_obs)
    shared = max(0.0, a + b - _entropy(table.count, table.times, table.n_obs))
    return SharedInformation(a, b, shared, expected_information(table) if expected is None else expected)


def permuted_information(
    a: np.ndarray, b: np.ndarray, *, strata: np.ndarray, n: int = 100, rng: np.random.Generator
) -> float:
    """Return the mean mutual information, in nats, when `b` is permuted within strata.

    Parameters
    ----------
    a, b
        Codes of the items compared, shape ``(n_obs,)``; no negative ones.
    strata
        Codes, shape ``(n_obs,)``: what the strata explain stays explained.
    n
        Permutations. The mean settles fast: one has a standard deviation of about ``sqrt(k / 2) / n_obs`` nats, k the
        degrees of freedom of the table.
    rng
        Random numbers.

    Examples
    --------
    >>> a = b = strata = np.array([0, 0, 1, 1])
    >>> round(permuted_information(a, b, strata=strata, n=2, rng=np.random.default_rng(0)) / float(np.log(2)), 9)
    1.0
    """
    order = np.argsort(strata, kind="stable")
    total = 0.0
    for _ in range(n):
        moved = np.empty_like(b)
        moved[order] = b[np.lexsort((rng.random(b.size), strata))]
        total += shared_information(tabulate(a, moved), expected=0.0).shared
    return total / n


def swap_error(sizes: np.ndarray, *, share: float) -> float:
    """Return the share of labels to swap until a labeling leaves `share` of the entropy of its original open.

    Parameters
    ----------
    sizes
        Items per class. A swapped label becomes another class, drawn in proportion to the sizes of the others.
    share
        Of the entropy, in (0, 1).

    Returns
    -------
    A share in (0, 1); about 0.03 for two equal classes and a share of 0.2. NaN for fewer than two classes.

    Examples
    --------
    >>> round(swap_error(np.array([50, 50]), share=0.2), 3)
    0.031
    """
    weight = sizes[sizes > 0] / sizes.sum() if sizes.sum() else np.empty(0)
    if weight.size < 2:
        return float("nan")
    to = weight / (1 - weight[:, None])
    np.fill_diagonal(to, 0.0)
    own = float(-np.dot(weight, np.log(weight)))
    low, high = 0.0, 1.0 - float(weight.max())
    for _ in range(50):
        middle = (low + high) / 2
        joint = weight[:, None] * (middle * to + (1 - middle) * np.eye(weight.size))
        some = joint[joint > 0]
        seen = joint.sum(axis=0)
        left = float(-np.dot(some, np.log(some)) + np.dot(seen, np.log(seen)))
        low, high = (middle, high) if left < share * own else (low, middle)
    return (low + high) / 2


def _entropy(size: np.ndarray, times: np.ndarray, n_obs: int) -> float:
    some = size > 0
    share = size[some] / max(n_obs, 1)
    return float(-np.dot(times[some] * share, np.log(share)))


def _ratio(above: float, below: float) -> float:
    return max(0.0, above) / below if below > 1e-12 else float("nan")
