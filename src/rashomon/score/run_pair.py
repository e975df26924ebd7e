"""Every run with every other: scores of all pairs of labelings, as matrices and as a table."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd

from rashomon.core import resolve
from rashomon.partitions import Partitions
from rashomon.score.block import RunCodes, count_block, split_pairs
from rashomon.score.compute import defined_value, pair_record
from rashomon.score.record import Facts, Score, Unassigned

__all__ = ["agreement_matrix", "all_pairs", "pair_table", "score_pairs"]

DEFAULT_SCORES = ("ari", "ami", "element_centric")


def agreement_matrix(
    labels: np.ndarray,
    *,
    scores: Sequence[str | Score] = DEFAULT_SCORES,
    unassigned: Unassigned = "singletons",
    n_threads: int = 1,
) -> dict[str, np.ndarray]:
    """Compute scores of every two runs, each pair on the items that both observed.

    Parameters
    ----------
    labels
        Codes, shape ``(n_obs, n_runs)``; ``-1`` unassigned, ``-2`` not observed.
    scores
        Names in `SCORES`, or records, that compare two labelings.
    unassigned
        See `tabulate`.
    n_threads
        Threads; the numbers do not depend on it.

    Returns
    -------
    For each score a matrix, ``float64``, shape ``(n_runs, n_runs)``: in row u and column v run u is judged and run v
    takes the place of the truth. NaN where the score is undefined; the diagonal holds runs with themselves.

    Raises
    ------
    UsageError
        When the labels are no codes, or a score needs more than labels.

    Notes
    -----
    Tables are counted block by block, so memory does not grow with the number of pairs. Scores whose record names a
    `bulk` function are computed for a block at a time; they differ from `score` by rounding only.

    Examples
    --------
    >>> labels = np.array([[0, 0, 1], [0, 0, 1], [1, 1, 0], [1, 2, 0]])
    >>> agreement_matrix(labels, scores=["ari"])["ari"].round(2)
    array([[1.  , 0.57, 1.  ],
           [0.57, 1.  , 0.57],
           [1.  , 0.57, 1.  ]])
    """
    records = [pair_record(entry) for entry in scores]
    runs = RunCodes.of(labels, unassigned=unassigned)
    n_runs = runs.n_clusters.size
    first, second = np.triu_indices(n_runs)
    pairs = np.stack([first, second], axis=1)
    both_ways = [record for record in records if not record.symmetric]
    forth, _ = score_pairs(runs, pairs, records=records, n_threads=n_threads)
    back = forth
    if both_ways:
        back = forth | score_pairs(runs, pairs[:, ::-1], records=both_ways, n_threads=n_threads)[0]
    found = {}
    for record in records:
        matrix = np.empty((n_runs, n_runs))
        matrix[second, first] = back[record.name]
        matrix[first, second] = forth[record.name]
        found[record.name] = matrix
    return found


def pair_table(
    parts: Partitions,
    *,
    scores: Sequence[str | Score] = DEFAULT_SCORES,
    unassigned: Unassigned = "singletons",
    n_threads: int = 1,
) -> pd.DataFrame:
    """Compute scores of every two runs, as a table that says what each value rests on.

    Parameters
    ----------
    parts
        The runs.
    scores, unassigned, n_threads
        See `agreement_matrix`.

    Returns
    -------
    One row per score and pair of different runs, in the order of the runs; scores that are not symmetric have a row
    for either order:

    ``judged``, ``against``
        Names of the runs; the second takes the place of the truth.
    ``score``, ``value``
        Name, and value; NaN where undefined.
    ``n_obs``
        Items that both runs observed.
    ``status``, ``reason``
        ``ok`` or ``undefined``, and why.

    Examples
    --------
    >>> frame = pd.DataFrame({"one": ["0", "0", "1"], "other": ["a", "a", "b"], "whole": ["x", "x", "x"]})
    >>> pair_table(Partitions.from_frame(frame), scores=["ari"])[["judged", "against", "value"]].values.tolist()
    [['one', 'other', 1.0], ['one', 'whole', 0.0], ['other', 'whole', 0.0]]
    """
    records = [pair_record(entry) for entry in scores]
    runs = RunCodes.of(parts.labels, unassigned=unassigned)
    pairs, names = all_pairs(parts.n_runs), parts.runs["run"].to_numpy(dtype=object)
    tables = []
    for ordered, wanted in (
        (pairs, records),
        (pairs[:, ::-1], [record for record in records if not record.symmetric]),
    ):
        values, facts = score_pairs(runs, ordered, records=wanted, n_threads=n_threads)
        for record in wanted:
            undefined = np.isnan(values[record.name])
            reason = np.full(undefined.size, "", dtype=object)
            for p in np.flatnonzero(undefined):
                reason[p] = record.why_undefined(Facts(*facts[p].tolist())) or record.no_value or "no value"
            columns = {"judged": names[ordered[:, 0]], "against": names[ordered[:, 1]], "score": record.name}
            columns |= {"value": values[record.name], "n_obs": facts[:, 0]}
            columns |= {"status": np.where(undefined, "undefined", "ok"), "reason": reason}
            tables.append(pd.DataFrame(columns))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def all_pairs(n_runs: int) -> np.ndarray:
    """Return all pairs of different runs, the first before the second, shape ``(n_pairs, 2)``."""
    return np.stack(np.triu_indices(n_runs, k=1), axis=1)


def score_pairs(
    runs: RunCodes, pairs: np.ndarray, *, records: Sequence[Score], n_threads: int = 1
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Compute scores of pairs of runs.

    Parameters
    ----------
    runs
        The prepared labels.
    pairs
        Positions of the judged run and of the other, shape ``(n_pairs, 2)``.
    records
        Scores that compare two labelings.
    n_threads
        Threads.

    Returns
    -------
    values
        By name, shape ``(n_pairs,)``; NaN where undefined.
    facts
        Items, clusters of the first and of the second run, shape ``(n_pairs, 3)``; see `Facts`.
    """
    values = {record.name: np.full(pairs.shape[0], np.nan) for record in records}
    facts = np.zeros((pairs.shape[0], 3), dtype=np.int64)
    if not records:
        return values, facts
    blocks, large = split_pairs(runs, pairs)

    def fill(at: np.ndarray) -> None:
        block = count_block(runs, pairs[at])
        facts[at] = block.facts
        for record in records:
            if record.bulk:
                values[record.name][at] = resolve(record.bulk)(block)
                continue
            values[record.name][at] = [defined_value(record, block.table(p))[0] for p in range(at.size)]

    def fill_alone(p: int) -> None:
        table = runs.table(*pairs[p].tolist())
        facts[p] = table.facts.n_obs, table.facts.n_a, table.facts.n_b
        for record in records:
            values[record.name][p] = defined_value(record, table)[0]

    with ThreadPoolExecutor(n_threads) as pool:
        # consumed, so that errors are raised here
        list(pool.map(fill, blocks))
        list(pool.map(fill_alone, large.tolist()))
    _hide_undefined(values, facts, records)
    return values, facts


def _hide_undefined(values: dict[str, np.ndarray], facts: np.ndarray, records: Sequence[Score]) -> None:
    """Bulk functions do not ask whether a value is defined: do it here, once for all pairs with the same facts."""
    distinct, inverse = np.unique(facts, axis=0, return_inverse=True)
    for record in records:
        undefined = [bool(record.why_undefined(Facts(*row))) for row in distinct.tolist()]
        values[record.name][np.array(undefined, dtype=bool)[inverse.ravel()]] = np.nan
