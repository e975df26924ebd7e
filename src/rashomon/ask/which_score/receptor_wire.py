"""What the trip-wires of receptor scores look at: chance, V genes, and who the labelled receptors are of."""

from __future__ import annotations

from math import nan

import numpy as np

from rashomon.ask.receptor.cluster import target_truths
from rashomon.ask.request import Request
from rashomon.ask.tripwire.record import Finding
from rashomon.ask.which_score.wire import Neighbours
from rashomon.core import first_few
from rashomon.core.labels import MISSING
from rashomon.dataset import Truth
from rashomon.score import score
from rashomon.score.receptor import group, permuted_scores
from rashomon.score.receptor.purity import purity
from rashomon.truth import gene_truths

__all__ = ["labels_follow_source", "pure_by_chance", "v_gene_alone"]

_N_PERMUTATIONS = 50
_FEWEST = 10
"""Labelled receptors in clusters below which nothing is said."""


def pure_by_chance(request: Request, neighbours: Neighbours | None, *, purity: float) -> Finding:
    """Look whether clusters of these sizes are pure with labels permuted among the receptors.

    Parameters
    ----------
    request
        Its labels on trial, and the columns of what receptors bind.
    neighbours
        Not looked at.
    purity
        Mean purity of permuted labels above which it fires.
    """
    del neighbours
    found = {}
    for truth in _targets(request):
        value = _shuffled(request, truth)
        if np.isfinite(value):
            found[truth.name] = value
    said = "{}: purity is {:.2f} with labels permuted"
    return _worst(request, found, purity, said)


def _shuffled(request: Request, truth: Truth) -> float:
    grouping = group(request.judged.codes, truth.label_sets)
    if grouping.tally().n_clustered < _FEWEST:
        return nan
    rng = request.rng("pure by chance", truth.name)
    return float(permuted_scores(grouping, [purity], n_permutations=_N_PERMUTATIONS, rng=rng).mean())


def v_gene_alone(request: Request, neighbours: Neighbours | None, *, gain: float) -> Finding:
    """Look whether the clusters say more of the labels than the V gene alone does, on the clustered receptors.

    Parameters
    ----------
    request
        Its labels on trial, and the columns of what receptors bind.
    neighbours
        Not looked at.
    gain
        AMI of the clusters with a label column, less that of the V gene, below which it fires.
    """
    del neighbours
    found = {}
    for truth in _targets(request):
        pair = _beside_v(request, truth)
        if pair is not None:
            found[truth.name] = pair[1] - pair[0]
    said = "{}: AMI with the V gene alone, less that with the clusters, is {:+.2f}"
    return _worst(request, found, -gain, said)


def _beside_v(request: Request, truth: Truth) -> tuple[float, float] | None:
    """Return AMI of the clusters and of the V gene with a label column; None where it has no value."""
    assert request.dataset.receptors is not None  # noqa: S101 - only receptors have targets
    known = gene_truths(request.dataset.receptors, request.dataset.n_obs)
    v = known.get("v_gene") or known.get("vj v_gene")
    if v is None:
        return None
    both = (request.judged.codes >= 0) & (truth.codes >= 0) & (v.codes >= 0)
    if both.sum() < _FEWEST:
        return None
    codes = np.where(both, truth.codes, MISSING).astype(np.int32)
    pair = [score("ami", np.where(both, each, MISSING).astype(np.int32), codes).value
            for each in (request.judged.codes, v.codes)]  # fmt: skip
    return (pair[0], pair[1]) if np.isfinite(pair).all() else None


def labels_follow_source(request: Request, neighbours: Neighbours | None, *, share: float) -> Finding:
    """Look whether who or what a receptor is from says its label: the epitope equals the donor, or the study.

    Parameters
    ----------
    request
        Its columns of what receptors bind, and its donors, batches and samples.
    neighbours
        Not looked at.
    share
        Of the labelled receptors that carry the most common label of their donor, batch or sample, over what the most
        common label of all would give; above which it fires, in [0, 1].
    """
    del neighbours
    sources = [truth for role, truth in request.dataset.roles if role in {"donor", "batch", "sample"}]
    if request.dataset.item == "receptor" and not sources:
        return Finding("not computable", "no donor, batch or sample column was declared")
    found = {}
    for truth in _targets(request):
        for source in sources:
            value = _foretold(source, truth)
            if np.isfinite(value):
                found[f"{truth.name} by {source.name}"] = value
    return _worst(request, found, share, "{}: of what is not the most common label, {:.0%} is foretold")


def _foretold(source: Truth, truth: Truth) -> float:
    """Return the share of the doubt about the label that the source takes away (Goodman and Kruskal's lambda)."""
    both = (source.codes >= 0) & (truth.codes >= 0)
    table = np.zeros((len(source.categories), len(truth.categories)), dtype=np.int64)
    np.add.at(table, (source.codes[both], truth.codes[both]), 1)
    # a source with one labelled receptor foretells it for nothing
    table = table[table.sum(axis=1) > 1]
    most, n = table.sum(axis=0).max(initial=0), table.sum()
    if n < _FEWEST or most == n:
        return nan
    return float((table.max(axis=1, initial=0).sum() - most) / (n - most))


def _targets(request: Request) -> list[Truth]:
    if request.dataset.item != "receptor" or request.dataset.receptors is None:
        return []
    return [truth for truth in target_truths(request.dataset) if truth.name != request.judged.name]


def _worst(request: Request, found: dict[str, float], limit: float, said: str) -> Finding:
    if not found:
        reason = "no label column says what receptors bind, or too few are clustered and labelled"
        return Finding("not computable", reason if request.dataset.item == "receptor" else "these are no receptors")
    name = max(found, key=lambda each: found[each])
    fired = tuple(each for each, value in found.items() if value > limit)
    sentence = said.format(name, found[name])
    return Finding("fired", sentence, fired) if fired else Finding("quiet", first_few([sentence]))
