"""What an audit of receptors adds: scores of the field with their baselines, cutoffs, words per cluster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from rashomon.ask import Request
from rashomon.ask.alias import aliases
from rashomon.ask.receptor.cluster import receptor_clusters
from rashomon.ask.receptor.link import row_distances
from rashomon.ask.receptor.pgen import cluster_pgen
from rashomon.ask.receptor.stratum import matched_strata
from rashomon.dataset import Dataset, Truth, nesting
from rashomon.engine import Record
from rashomon.multiverse import Executor, Level
from rashomon.multiverse.receptor_clone import CLONE
from rashomon.score.receptor import (
    ScoreOptions,
    conditional_agreement,
    excess,
    group,
    receptor_score_table,
)
from rashomon.score.receptor.background import background_scores, beside_backgrounds
from rashomon.score.receptor.excess import excess_columns
from rashomon.score.receptor.retention import retention
from rashomon.study.background_cluster import ClusteredBackgrounds, clustered_backgrounds
from rashomon.study.cutoff_sweep import curve_table, percolation_table, sweep
from rashomon.study.receptor_background import expected_neighbours, selected_state
from rashomon.truth import gene_truths

__all__ = ["matched_strata", "receptor_tables", "with_gene_controls"]

_TWIN = 0.95
"""Share of the receptors with a class in either that have one in both, for columns to be one (a convention)."""

_MATCHED, _DRAWN = "V, J and length", "background"


def with_gene_controls(dataset: Dataset) -> Dataset:
    """Return the data set with V gene, J gene and junction length as truths, where no column has their names.

    They are controls: clusters of sequences always follow them to some extent. The junction holds residues of J, and
    its length is its own, so these two are marked as made from the sequence: they are shown and cannot win. So is V of
    B cells, whose clones have one V by definition. A control with the classes of a label column that was declared is
    not added a second time; the log of rows says which.

    Parameters
    ----------
    dataset
        Unique receptors.
    """
    if dataset.receptors is None:
        return dataset
    truths, notes = dict(dataset.truths), []
    # the clone rule of B cells asks for one V: clusters follow it by definition
    asked = bool(dataset.receptors.loci) and all(locus.startswith("IG") for locus in dataset.receptors.loci)
    for name, truth in gene_truths(dataset.receptors, dataset.n_obs).items():
        if name in dataset.truths or len(truth.categories) < 2 or "family" in name:
            continue
        twin = next((each.name for each in dataset.truths.values() if _same(each, truth)), "")
        if twin:
            notes.append(f"{name} has the classes of {twin}: compared once, as {twin}")
        column = truths[twin] if twin else truth
        news = name.endswith("v_gene") and not asked
        truths[column.name] = column if news else replace(column, derived_from="sequence")
    rows = dataset.rows
    for note in notes:
        rows = rows.note(note)
    return replace(dataset, truths=truths, rows=rows)


def _same(truth: Truth, other: Truth) -> bool:
    """Whether two label columns put the same receptors into the same classes; unresolved calls have none in either."""
    both = (truth.codes >= 0) & (other.codes >= 0)
    # a call of two genes may be a class of its own in one of them
    seen = (truth.codes >= 0) | (other.codes >= 0)
    return bool(both.sum() > _TWIN * seen.sum()) and nesting(truth.codes, other.codes) == "same"


def receptor_tables(
    request: Request, reference: Record | None, executor: Executor | None, *, beyond_generation: bool = False
) -> dict[str, pd.DataFrame]:
    """Return the tables that only audits of receptors have; none for cells.

    Parameters
    ----------
    request
        What was asked; its labels are those of receptors.
    reference
        Finished distances of the pipeline that stands in.
    executor
        Runs the sweep over cutoffs; None where nothing was run.
    beyond_generation
        Whether question 1 found far more links than generated receptors have.

    Returns
    -------
    ``receptor_scores`` (truth x score, with what chance gives: with ``strata`` empty among all receptors, else within
    ``V, J and length``, or in the clusters of a drawn ``background``), ``excess`` (retention and links of all
    receptors over matched backgrounds), ``beyond`` (agreement beyond V, J and length), ``percolation`` and ``curves``
    (by cutoff), ``receptor_clusters`` (one row per cluster, in words).
    """
    if request.dataset.item != "receptor" or request.multiverse is None or executor is None:
        return {}
    pipeline = request.standin.pipeline if request.standin is not None else request.multiverse.default
    state = selected_state(executor, pipeline)
    drawn = clustered_backgrounds(request, executor, state, pipeline)
    swept = sweep(request, executor, pipeline)
    strata = matched_strata(request.dataset, chain=str(pipeline["chain"]))
    return {
        "receptor_scores": _scores(request, strata, drawn),
        "excess": _excess(request, reference, drawn),
        "beyond": _beyond(request, strata),
        "percolation": percolation_table(request, executor, swept),
        "curves": curve_table(request, swept),
        "receptor_clusters": _clusters(request, reference, state, pipeline, beyond_generation=beyond_generation),
    }


def _donors(request: Request) -> np.ndarray | None:
    donor = request.dataset.roles.donor
    return None if donor is None else donor.codes


def _scores(request: Request, strata: np.ndarray, drawn: ClusteredBackgrounds) -> pd.DataFrame:
    """Return the scores of the field: labels permuted among all, within V, J and length, or beside backgrounds."""
    tables = []
    for name, truth in request.truths.items():
        of_drawn = background_scores(drawn.labels, truth, donor=_donors(request))
        retained = of_drawn["retention"].to_numpy() if len(of_drawn) else None
        for words, groups in (("", None), (_MATCHED, strata)):
            table = receptor_score_table(
                request.judged.codes,
                truth,
                donor=_donors(request),
                strata=groups,
                background=retained,
                options=ScoreOptions(level="receptor"),
                rng=request.rng("receptor scores", name, words),
            )
            tables.append(table.assign(strata=words))
        beside = beside_backgrounds(tables[-2], of_drawn, reason=drawn.reason)
        tables.append(beside.assign(strata=_DRAWN))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def _excess(request: Request, reference: Record | None, drawn: ClusteredBackgrounds) -> pd.DataFrame:
    """Return how much more is retained and linked, of all receptors, than in backgrounds of as many."""
    everyone = sp.csr_matrix(np.ones((request.dataset.n_obs, 1), dtype=bool))
    own = group(request.judged.codes, everyone).tally()
    retained = [retention(group(labels, everyone).tally()) for labels in drawn.labels.T]
    linked = np.nan
    if reference is not None and reference.status == "ok" and "distances" in reference.slots:
        linked = reference.slots["distances"].nnz / 2
    rows = [_over("retention", retention(own), np.array(retained), drawn.reason)]
    rows.append(_over("links", linked, drawn.n_links, drawn.reason))
    return pd.DataFrame(rows).assign(n_items=own.n_items)


def _over(quantity: str, value: float, background: np.ndarray, reason: str) -> dict[str, Any]:
    usable = bool(background.size) and bool(np.isfinite([*background, value]).all())
    found = excess(value, background) if usable else None
    absent = found.reason if found is not None else "" if reason else "no links or receptors are compared"
    return {
        "quantity": quantity,
        "value": value,
        "background": np.nan if found is None else found.expected,
        **excess_columns(found),
        "p": np.nan if found is None else found.p,
        "n_backgrounds": 0 if found is None else background.size,
        "reason": "; ".join(filter(None, (reason, absent))),
    }


def _beyond(request: Request, strata: np.ndarray) -> pd.DataFrame:
    """Return how far the clusters follow each label column beyond what V, J and length say."""
    assert request.dataset.receptors is not None  # noqa: S101 - only receptors come here
    controls = set(gene_truths(request.dataset.receptors, request.dataset.n_obs))
    donor, rows = request.dataset.roles.donor, []
    for name, truth in request.truths.items():
        if name in controls:
            continue
        hidden = aliases(request.dataset, truth) if truth.kind != "technical" else ()
        if hidden:
            reason = f"{truth.name} cannot be told from {' and '.join(hidden)}"
            rows.append((name, *[np.nan] * 4, 0, reason))
            continue
        itself = donor is not None and truth.name == donor.name
        found = conditional_agreement(
            request.judged.codes,
            truth.compared,
            strata,
            rng=request.rng("beyond", name),
            blocks=None if itself else _donors(request),
        )
        rows.append((name, found.value, found.low, found.high, found.p, found.n_items, found.reason))
    return pd.DataFrame(rows, columns=["truth", "value", "low", "high", "p", "n_items", "reason"])


def _clusters(
    request: Request,
    reference: Record | None,
    state: Mapping[str, np.ndarray],
    pipeline: Mapping[str, Level],
    *,
    beyond_generation: bool,
) -> pd.DataFrame:
    distances = _row_distances(request, reference)
    expected = None
    clones = pipeline.get("distance") == CLONE
    if distances is not None and not clones:
        neighbours = expected_neighbours(state, pipeline, rng=request.rng("neighbours"))
        of_row = np.zeros(request.dataset.n_obs)
        of_row[state["rows"]] = neighbours[state["items"]]
        known = request.judged.codes >= 0
        k = len(request.judged.categories)
        expected = 0.5 * np.bincount(request.judged.codes[known], weights=of_row[known], minlength=k)
    return receptor_clusters(
        request.judged,
        request.dataset,
        distances=distances,
        background_links=expected,
        clones=clones,
        log10_pgen=cluster_pgen(request),
        beyond_generation=beyond_generation,
    )


def _row_distances(request: Request, reference: Record | None) -> sp.csr_matrix | None:
    if reference is None or reference.status != "ok" or "distances" not in reference.slots:
        return None
    slots = reference.slots
    return row_distances(slots["distances"], slots["items"], slots["rows"], n_obs=request.dataset.n_obs)
