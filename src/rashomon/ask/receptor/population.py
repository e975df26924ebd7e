"""How alike receptors are, in the data and in generated repertoires of as many: the table behind question 1."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from rashomon.core import UsageError

__all__ = [
    "BLOOD",
    "DATA",
    "POPULATION_COLUMNS",
    "STATISTICS",
    "Comparison",
    "compare_population",
    "population_row",
]

BLOOD = 2.5
"""Links of unselected blood over those of generated receptors with the same V and J (a measurement, rounded up).

1,000 human TRB at one exchanged residue: 2.4 in six healthy people, 1.9 in six patients with multiple sclerosis. Either
the selection misses what residues have in common beyond their positions, or blood has common targets; so many more say
nothing of the receptors at hand.
"""

_Z = 1.645
"""Standard deviations above `BLOOD`: one-sided 5 %."""

POPULATION_COLUMNS = {
    "draw": "number of the generated repertoire; -1: the data, of which only receptors that can be generated are taken",
    "n": "receptors that were compared, each counted once per donor",
    "n_clusters": "clusters of two receptors or more",
    "n_larger": "clusters of three receptors or more",
    "retention": "share of the receptors in a cluster",
    "links": "linked pairs; NaN where the pipeline uses no distances",
    "largest": "receptors of the largest cluster",
}
"""Columns of the table of `population_row`."""

DATA = -1
"""Number of the row of the data."""

STATISTICS = ("retention", "links", "largest", "n_larger")
"""What is compared; more is more alike."""


class Comparison(NamedTuple):
    """The data beside generated repertoires.

    Parameters
    ----------
    p
        Of all statistics together: see `compare_population`. NaN without draws.
    each
        By statistic ``(1 + draws with as much or more) / (draws + 1)``; NaN where it is not defined.
    n_draws
        Generated repertoires.
    hidden
        Receptors that must find a neighbour, beyond those that generation gives one, for the data to have a larger
        retention than every draw.
    ratio
        Links over the mean of the draws (receptors with a neighbour where the pipeline uses no distances); NaN where no
        draw has any.
    beyond_blood
        Whether that is more than `BLOOD`, beyond chance.
    """

    p: float
    each: dict[str, float]
    n_draws: int
    hidden: float
    ratio: float
    beyond_blood: bool


def population_row(draw: int, labels: np.ndarray, *, n_links: float) -> dict[str, float]:
    """Return one row of `POPULATION_COLUMNS`.

    Parameters
    ----------
    draw
        Number of the repertoire; `DATA` for the data.
    labels
        Cluster of each receptor; below 0: in none.
    n_links
        Linked pairs; NaN unknown.

    Examples
    --------
    >>> list(population_row(0, np.array([0, 0, 0, 1, 1, -1]), n_links=4.0).values())
    [0, 6, 2, 1, 0.8333333333333334, 4.0, 3]
    """
    sizes = np.bincount(labels[labels >= 0], minlength=1)
    return {
        "draw": draw,
        "n": labels.size,
        "n_clusters": int((sizes > 1).sum()),
        "n_larger": int((sizes > 2).sum()),
        "retention": float(sizes[sizes > 1].sum() / labels.size) if labels.size else float("nan"),
        "links": n_links,
        "largest": int(sizes.max()),
    }


def compare_population(table: pd.DataFrame) -> Comparison:
    """Compare the data with generated repertoires.

    Every statistic, as the square root, is put on the scale of the mean and standard deviation over the data and all
    draws, and their mean decides: under the null the data are one more draw, so that p is valid for any dependence
    between the statistics.

    Parameters
    ----------
    table
        Rows of `population_row`, one of them of the data.

    Returns
    -------
    p in (0, 1], uniform or larger by chance; small: the data are more alike than generation and selection make them.

    Raises
    ------
    UsageError
        When there is no row of the data.

    Examples
    --------
    >>> rows = [population_row(k, np.repeat([0, -1], [k, 40 - k]), n_links=k) for k in range(2, 21)]
    >>> data = population_row(DATA, np.repeat([0, -1], [30, 10]), n_links=30.0)
    >>> compare_population(pd.DataFrame([data, *rows])).p
    0.05
    """
    own = (table["draw"] == DATA).to_numpy()
    if own.sum() != 1:
        raise UsageError("the row of the data is missing", where="receptor_population", expected="one row with draw -1")
    n_draws = int((~own).sum())
    if not n_draws:
        none = float("nan")
        return Comparison(none, dict.fromkeys(STATISTICS, none), 0, none, none, beyond_blood=False)
    scores, each = [], {}
    for name in STATISTICS:
        values = table[name].to_numpy(dtype=float)
        known = bool(np.isfinite(values).all())
        each[name] = _share(values, own) if known else float("nan")
        if known:
            root = np.sqrt(values)
            spread = root.std()
            scores.append((root - root.mean()) / spread if spread > 0 else np.zeros(root.size))
    retention, n = table["retention"].to_numpy(), table["n"].to_numpy()[own][0]
    hidden = float((retention[~own].max() - retention[~own].mean()) * n)
    # sums in another order are no difference
    p = _share(np.mean(scores, axis=0).round(9), own)
    return Comparison(p, each, n_draws, hidden, *_beside_blood(table, own))


def _beside_blood(table: pd.DataFrame, own: np.ndarray) -> tuple[float, bool]:
    """Return links over those of the draws, and whether blood has fewer of them."""
    counts = table["links"] if np.isfinite(table["links"]).all() else table["retention"] * table["n"]
    values = counts.to_numpy(dtype=float)
    mean, spread = values[~own].mean(), values[~own].std(ddof=1) if (~own).sum() > 1 else 0.0
    # with few draws no spread is seen; links are counts
    spread = max(spread, np.sqrt(max(mean, 1.0)))
    beyond = values[own][0] - BLOOD * mean > _Z * np.sqrt(BLOOD) * spread
    return float(values[own][0] / mean) if mean > 0 else float("nan"), bool(beyond)


def _share(values: np.ndarray, own: np.ndarray) -> float:
    return float((values >= values[own][0]).mean())
