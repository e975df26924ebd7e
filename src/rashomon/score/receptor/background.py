"""Scores of drawn backgrounds: what a pipeline makes of receptors that share V, J and length and nothing else."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from rashomon.core import UsageError
from rashomon.dataset import Truth
from rashomon.score.item import same_length
from rashomon.score.receptor.excess import excess, excess_columns
from rashomon.score.receptor.grouping import group
from rashomon.score.receptor.guard import first_guard
from rashomon.score.receptor.permutation import Baseline, baseline
from rashomon.score.receptor.record import RECEPTOR_SCORES

__all__ = ["MIN_DEFINED", "background_scores", "beside_backgrounds"]

MIN_DEFINED = 0.5
"""Share of the backgrounds in which a score has to be defined; with less, those where it is are a selection."""

_OF_PERMUTATIONS = ("no baseline", "no ratio")


def background_scores(labelings: np.ndarray, truth: Truth, *, donor: np.ndarray | None = None) -> pd.DataFrame:
    """Return the scores of the clusters of drawn backgrounds, with labels and donors left where they are.

    A background has as many receptors, with the same V, J and length, and the inner residues of their junctions drawn
    anew within these; the pipeline clusters it anew. So a cluster of a background is what germline, length and
    composition join, and its purity is what these alone give. It is another question than that of permuted labels,
    where the clusters stay as they were found: here clusters are fewer and smaller, hold other receptors, and small
    clusters are purer by chance.

    Parameters
    ----------
    labelings
        Cluster of each receptor in each background, ``int32``, shape ``(n, n_draws)``; ``-1`` unclustered, ``-2`` not
        observed.
    truth
        Label definition of the receptors, as in the data.
    donor
        Code of the donor of each, shape ``(n,)``, as in the data; negative: unknown. None: scores of donors are left
        out.

    Returns
    -------
    One row per background and one column per score of `RECEPTOR_SCORES` that reads clusters with labels or donors, or
    clusters alone; ranges and directions are theirs. NaN where a guard holds, mostly because no cluster of the
    background has two labelled receptors.

    Raises
    ------
    UsageError
        When the parts speak about different numbers of receptors.

    Examples
    --------
    >>> truth = Truth("epitope", "biological", np.array([0, 0, 1, 1], dtype=np.int32), ("A", "B"))
    >>> drawn = np.array([[0, 0, -1, -1], [0, -1, 0, -1], [-1, -1, -1, -1]], dtype=np.int32).T
    >>> background_scores(drawn, truth)[["retention", "purity"]].to_numpy().tolist()
    [[0.5, 1.0], [0.5, 0.5], [0.0, nan]]
    """
    drawn = np.asarray(labelings)
    if drawn.ndim != 2:
        raise UsageError(f"labelings have shape {drawn.shape}", where="background", expected="a column per background")
    for name, size in (("truth", truth.codes.size), ("donor", truth.codes.size if donor is None else np.size(donor))):
        same_length(drawn.shape[0], size, where=f"backgrounds and {name}")
    reads = {"tally", "clusters"} | (set() if donor is None else {"donors"})
    names = [record.name for record in RECEPTOR_SCORES.values() if record.reads in reads]
    rows = [dict(_scores(labels, truth, donor)) for labels in drawn.T]
    return pd.DataFrame(rows, columns=names, dtype=np.float64)


def _scores(labels: np.ndarray, truth: Truth, donor: np.ndarray | None) -> Iterator[tuple[str, float]]:
    tally = group(labels, truth.label_sets).tally()
    for record in RECEPTOR_SCORES.values():
        if record.reads == "tally":
            yield record.name, np.nan if first_guard(record.guards, tally) else record.call(tally)
        elif record.reads == "clusters":
            yield record.name, record.call(labels)
        elif record.reads == "donors" and donor is not None:
            yield record.name, record.call(labels, donor)


def beside_backgrounds(table: pd.DataFrame, drawn: pd.DataFrame, *, reason: str = "") -> pd.DataFrame:
    """Return scores beside the clusters of drawn backgrounds in place of permuted labels.

    Parameters
    ----------
    table
        Of `receptor_score_table`: values and intervals are taken over.
    drawn
        Of `background_scores`, for the same truth.
    reason
        Why there are no backgrounds, where there are none.

    Returns
    -------
    Rows of `table` for the scores in `drawn`, with ``random_mean``, ``random_low``, ``random_high``, ``p`` and the
    excess over the backgrounds. They are NaN, with the reason, where fewer than `MIN_DEFINED` of the backgrounds have
    the score; where some have none, ``n_backgrounds`` and the reason say how many are left.

    Examples
    --------
    >>> from rashomon.score.receptor.table import ScoreOptions, receptor_score_table
    >>> truth = Truth("epitope", "biological", np.array([0, 0, 1, 1], dtype=np.int32), ("A", "B"))
    >>> table = receptor_score_table(np.array([0, 0, 1, 1]), truth, rng=np.random.default_rng(0))
    >>> drawn = background_scores(np.array([[0, -1, 0, -1], [0, 0, -1, -1]]).T, truth)
    >>> found = beside_backgrounds(table, drawn).set_index("score")
    >>> found.loc[["retention", "purity"], ["random_mean", "excess", "excess_ratio"]].round(2).to_numpy().tolist()
    [[0.5, 0.5, 2.0], [0.75, 0.25, 1.33]]
    """
    kept = table[table["score"].isin(drawn.columns)]
    changes = [_beside(row, drawn[row["score"]].to_numpy(), reason) for row in kept.to_dict("records")]
    return kept.assign(**pd.DataFrame(changes, index=kept.index)) if changes else kept.copy()


def _beside(row: Mapping[Hashable, Any], draws: np.ndarray, absent: str) -> dict[str, Any]:
    """Return the cells of a row that a background changes."""
    some = draws[np.isfinite(draws)]
    told = [] if some.size == draws.size else [f"{some.size} of {draws.size} backgrounds have this score"]
    usable = bool(some.size) and some.size >= MIN_DEFINED * draws.size
    if row["status"] != "ok" or not usable:
        chance, beyond = Baseline(np.nan, np.nan, np.nan, np.nan), None
        told = ["no baseline: " + "".join(told)] if told else [absent or "no baseline: no matched background is given"]
    else:
        chance = baseline(row["value"], some, direction=RECEPTOR_SCORES[row["score"]].direction)
        beyond = excess(row["value"], some)
        told.append(beyond.reason)
    others = [part for part in row["reason"].split("; ") if not part.startswith(_OF_PERMUTATIONS)]
    reasons = [row["reason"]] if row["status"] != "ok" else [*told, *others]
    return {
        "random_mean": chance.mean,
        "random_low": chance.low,
        "random_high": chance.high,
        "p": chance.p,
        **excess_columns(beyond),
        "n_backgrounds": 0 if beyond is None else int(some.size),
        "reason": "; ".join(part for part in reasons if part),
    }
