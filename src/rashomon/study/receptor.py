"""What an audit of receptors adds: scores of the field with their baselines, percolation, words per cluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import scipy.sparse as sp

from rashomon.ask import Request
from rashomon.ask.receptor_cluster import receptor_clusters
from rashomon.cluster import CLUSTERERS
from rashomon.dataset import Dataset, Truth
from rashomon.encode import STEPS
from rashomon.engine import Call, Engine, Record
from rashomon.multiverse import Executor, Level, Unit
from rashomon.multiverse.receptor_path import cutoff_of, distance_path, select_call
from rashomon.perturb.matched_background import shuffle_within_strata
from rashomon.score.receptor import conditional_agreement, purity, receptor_score_table, retention
from rashomon.truth import gene_truths

__all__ = ["SWEEP", "matched_strata", "receptor_tables", "with_gene_controls"]

SWEEP: Mapping[str, tuple[int, ...]] = {
    "hamming": (1, 2),
    "levenshtein": (1, 2),
    "tcrdist": (6, 12, 18, 24, 36, 48),
    "paired tcrdist": (12, 24, 36, 48, 60, 84),
}
"""Cutoffs at which retention, purity and the largest component are shown, by distance."""

_MOST = 60_000
"""Receptors above which a second edit is not tried: the links would grow with their square."""

_N_BACKGROUND = 10
_N_PERMUTATIONS = 100


def with_gene_controls(dataset: Dataset) -> Dataset:
    """Return the data set with V gene, J gene and junction length as truths, where no column says the same.

    They are controls: clusters of sequences always follow them to some extent.

    Parameters
    ----------
    dataset
        Unique receptors.
    """
    if dataset.receptors is None:
        return dataset
    found = gene_truths(dataset.receptors, dataset.n_obs)
    new = {name: truth for name, truth in found.items() if name not in dataset.truths and len(truth.categories) > 1}
    return replace(dataset, truths={**dataset.truths, **new})


def matched_strata(dataset: Dataset, chains: tuple[np.ndarray, ...] = ()) -> np.ndarray:
    """Return a number for each combination of V, J and junction length of the first chains, ``int64``, ``(n_obs,)``.

    Parameters
    ----------
    dataset
        Unique receptors.
    chains
        Truths (codes) to cross further, each of shape ``(n_obs,)``.
    """
    assert dataset.receptors is not None  # noqa: S101 - only receptors have them
    columns = [truth.codes for name, truth in gene_truths(dataset.receptors, dataset.n_obs).items() if "family" not in name]
    group = np.zeros(dataset.n_obs, dtype=np.int64)
    for codes in (*columns, *chains):
        group = np.unique(group * (int(codes.max(initial=0)) + 4) + codes + 2, return_inverse=True)[1].astype(np.int64)
    return group


def receptor_tables(request: Request, reference: Record | None, executor: Executor | None) -> dict[str, pd.DataFrame]:
    """Return the tables that only receptors have; none for cells.

    Parameters
    ----------
    request
        What was asked; its labels are on receptors.
    reference
        Finished distances of the pipeline that stands in.
    executor
        Runs the sweep over cutoffs.

    Returns
    -------
    ``receptor_scores`` (truth x score, with baselines), ``beyond`` (agreement beyond V, J and length), ``percolation``
    (retention and largest component by cutoff), ``curves`` (purity and retention by truth and cutoff),
    ``receptor_clusters`` (one row per cluster, in words).
    """
    if request.dataset.item != "receptor":
        return {}
    strata = matched_strata(request.dataset)
    swept = [] if executor is None else _sweep(request, executor)
    percolation = pd.DataFrame(_percolation_row(request, executor, *each) for each in swept) if executor else pd.DataFrame()
    return {
        "receptor_scores": _scores(request, strata),
        "beyond": _beyond(request, strata),
        "percolation": percolation,
        "curves": pd.DataFrame(row for each in swept for row in _curve_rows(request, *each)),
        "receptor_clusters": receptor_clusters(
            request.judged, request.dataset, distances=_row_distances(request, reference), rng=request.rng("words")
        ),
    }


def _donors(request: Request) -> np.ndarray | None:
    donor = request.dataset.roles.donor
    return None if donor is None else donor.codes


def _scores(request: Request, strata: np.ndarray) -> pd.DataFrame:
    tables = []
    for name, truth in request.truths.items():
        if name == request.judged.name:
            continue
        for words, groups in (("", None), ("V, J and length", strata)):
            table = receptor_score_table(
                request.judged.codes,
                truth,
                donor=_donors(request),
                strata=groups,
                rng=request.rng("receptor scores", name, words),
                n_permutations=_N_PERMUTATIONS,
                level="receptor",
            )
            tables.append(table.assign(truth=name, strata=words))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def _beyond(request: Request, strata: np.ndarray) -> pd.DataFrame:
    rows = []
    controls = set(gene_truths(request.dataset.receptors, request.dataset.n_obs)) if request.dataset.receptors else set()
    for name, truth in request.truths.items():
        if name in controls or name == request.judged.name:
            continue
        found = conditional_agreement(
            request.judged.codes,
            truth.compared,
            strata,
            n_permutations=_N_PERMUTATIONS,
            rng=request.rng("beyond", name),
            blocks=None if truth is request.dataset.roles.donor else _donors(request),
        )
        rows.append({"truth": name, "value": found.value, "low": found.low, "high": found.high, "reason": found.reason})
    return pd.DataFrame(rows, columns=["truth", "value", "low", "high", "reason"])


def _sweep(request: Request, executor: Executor) -> list[tuple[str, int, np.ndarray]]:
    """Return distance, cutoff and labels of the components, shape (n_obs,), over the cutoffs of `SWEEP`."""
    pipeline = request.standin.pipeline if request.standin is not None else request.multiverse.default  # type: ignore[union-attr]
    units, facts = [], []
    for metric, cutoff, settings in _settings(request, pipeline):
        path = (select_call(settings), *distance_path(settings), Call(CLUSTERERS["component"]), Call(STEPS["spread"]))
        units.append(Unit(path, ("labels", "rows"), {"metric": metric, "cutoff": cutoff}))
        facts.append((metric, cutoff))
    serial = Executor(executor.data, executor.entropy, executor.store, Engine("serial", listener=executor.engine.listener))
    found = []
    for (metric, cutoff), record in zip(facts, serial.run(units, task="cutoffs"), strict=True):
        if record.status == "ok":
            labels = np.full(request.dataset.n_obs, -2, dtype=np.int32)
            labels[record.slots["rows"]] = record.slots["labels"]
            found.append((metric, cutoff, labels))
    return found


def _settings(request: Request, pipeline: Mapping[str, Level]) -> Iterator[tuple[str, int, dict[str, Level]]]:
    chain = str(pipeline["chain"])
    kept = {name: level for name, level in pipeline.items() if name in {"chain", "dual", "unit", "lengths", "genes"}}
    offered = {str(level) for level in _levels(request, "distance")} | {"hamming", "levenshtein"}
    for metric, cutoffs in SWEEP.items():
        name = metric.removeprefix("paired ")
        if (metric.startswith("paired") != (chain == "paired") and name == "tcrdist") or name not in offered:
            continue
        for cutoff in cutoffs:
            if name == "tcrdist" or cutoff == 1 or request.dataset.n_obs <= _MOST:
                yield name, cutoff, {**kept, "distance": name, "cutoff": cutoff}


def _levels(request: Request, name: str) -> tuple[Level, ...]:
    choices = request.multiverse.choices if request.multiverse is not None else ()
    return next((choice.levels for choice in choices if choice.name == name), ())


def _percolation_row(
    request: Request, executor: Executor, metric: str, cutoff: int, labels: np.ndarray
) -> dict[str, object]:
    seen, clustered = labels[labels > -2], labels[labels >= 0]
    sizes = np.bincount(clustered)
    expected = _background(request, executor, metric, cutoff)
    return {
        "metric": metric,
        "cutoff": cutoff,
        "n_items": seen.size,
        "retention": clustered.size / seen.size if seen.size else np.nan,
        "largest_share": sizes.max(initial=0) / seen.size if seen.size else np.nan,
        "n_clusters": sizes.size,
        "background_retention": float(np.mean(expected)),
        "background_low": float(np.min(expected)),
        "background_high": float(np.max(expected)),
    }


def _background(request: Request, executor: Executor, metric: str, cutoff: int) -> list[float]:
    """Return the retention of backgrounds of the same V, J, lengths and number, in which nothing else is shared."""
    pipeline = request.standin.pipeline if request.standin is not None else request.multiverse.default  # type: ignore[union-attr]
    state = dict(executor.data)
    state |= select_call(pipeline).step.run(state, select_call(pipeline).params)
    rng, found = request.rng("background", metric, cutoff), []
    for _ in range(_N_BACKGROUND):
        mixed = dict(state)
        for arm in ("vdj", "vj"):
            if state[arm].size:
                chain = state[arm].copy()
                chain["aa"] = shuffle_within_strata(chain["aa"], chain["v"], chain["j"], rng=rng)
                mixed[arm] = chain
        call = distance_path({"distance": metric, "cutoff": cutoff})[0]
        distances = call.step.run(mixed, call.params)["distances"]
        found.append(float((np.diff(distances.indptr) > 0).mean()) if distances.shape[0] else np.nan)
    return found


def _curve_rows(request: Request, metric: str, cutoff: int, labels: np.ndarray) -> Iterator[dict[str, object]]:
    for name, truth in request.truths.items():
        sets = truth.label_sets
        kept, pure = retention(labels, sets), purity(labels, sets)
        shuffled = _shuffled(truth, request.rng("curve", name, metric, cutoff))
        yield {
            "truth": name,
            "metric": metric,
            "cutoff": cutoff,
            "retention": kept.value,
            "purity": pure.value,
            "random_purity": float(np.nanmean([purity(labels, each).value for each in shuffled])),
        }


def _shuffled(truth: Truth, rng: np.random.Generator) -> Iterator[sp.csr_matrix]:
    for _ in range(_N_BACKGROUND):
        yield sp.csr_matrix(truth.label_sets[rng.permutation(truth.codes.size)])


def _row_distances(request: Request, reference: Record | None) -> sp.csr_matrix | None:
    """Return the distances of the stand-in between rows of the data set; None where it has none."""
    if reference is None or reference.status != "ok" or "distances" not in reference.slots:
        return None
    items, rows = reference.slots["items"], reference.slots["rows"]
    member = sp.csr_matrix(
        (np.ones(rows.size, dtype=np.float32), (rows, items)),
        shape=(request.dataset.n_obs, reference.slots["distances"].shape[0]),
    )
    return sp.csr_matrix(member @ reference.slots["distances"] @ member.T)
