"""The tables of the paired part: agreement, pairs of clusters, expansion by cluster, clones and cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rashomon.score.marker import false_discovery
from rashomon.score.receptor.clone_state import Coherence, States, clone_coherence, state_expansion
from rashomon.score.receptor.overlap import stratified_overlaps
from rashomon.score.receptor.state_agreement import StateAgreement, state_agreement

__all__ = ["AGREEMENT", "AMONG", "COHERENCE", "MIN_CLONES", "MIN_CLONOTYPES", "Paired", "paired_tables"]

MIN_CLONES = 5
"""Clones of two cells or more, whose cells could have been in other states, below which nothing is said of clones."""

MIN_CLONOTYPES = 10
"""Clonotypes in receptor clusters below which nothing is said of them, as for labels of receptors."""

AGREEMENT = "state given receptor cluster"
COHERENCE = "share of a clone in its main cluster"
AMONG = "the same, among cells of such clones"
"""Names of the rows that the sentences are made from."""


@dataclass(frozen=True, eq=False)
class Paired:
    """Cells with expression and receptors, and their clones.

    Parameters
    ----------
    state, clone, donor, receptor_cluster
        Codes per cell, shape ``(n_cells,)``: expression cluster, clone (``-1`` not used), donor, receptor cluster.
    cluster_of_clone
        Receptor cluster per clone, shape ``(n_clones,)``: ``-1`` none of two clonotypes, ``-2`` not compared.
    states
        States of the clones.
    names
        Names of the expression clusters.
    cells
        Names of the cells.
    junction
        V gene and junction of a receptor of each clone.
    donor_of_clone, donor_names
        Donor of each clone: code and name.
    donor_role
        Column that donors were taken from; empty without one.
    """

    state: np.ndarray
    clone: np.ndarray
    donor: np.ndarray
    receptor_cluster: np.ndarray
    cluster_of_clone: np.ndarray
    states: States
    names: tuple[str, ...]
    cells: np.ndarray
    junction: np.ndarray
    donor_of_clone: np.ndarray
    donor_names: np.ndarray
    donor_role: str


def paired_tables(paired: Paired, *, rule: str, clustered: str, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Return every table of the paired part but the counts.

    Parameters
    ----------
    paired
        Cells and clones.
    rule
        What makes cells one clone.
    clustered
        Why there are no receptor clusters; empty where there are.
    rng
        Random numbers of the permutations.

    Returns
    -------
    ``paired``: one row per number, with ``value``, its interval, ``shuffled`` (within donors) and ``p``;
    ``paired_clusters``: pairs that meet, with ``expected`` within donors, ``odds``, ``p`` and ``q`` (false discovery
    rate over all pairs that could meet); ``paired_states``; ``paired_clones``; ``paired_cells``.
    """
    agreement, coherence, expansion = rng.spawn(3)
    rows, of_clone = _coherence(paired, coherence)
    table = pd.DataFrame([*_agreement(paired, clustered, agreement), *rows])
    return {
        "paired": table.assign(clonotype=rule, donors=paired.donor_role),
        "paired_clusters": _overlaps(paired),
        "paired_states": _expansion(paired, expansion),
        "paired_clones": _clones(paired, of_clone),
        "paired_cells": _cells(paired),
    }


def _row(quantity: str, unit: str, found: StateAgreement | Coherence, n: int) -> dict[str, object]:
    shuffled = found.expected if isinstance(found, Coherence) else found.shuffled
    return {
        "quantity": quantity, "value": found.value, "low": found.low, "high": found.high, "shuffled": shuffled,
        "p": found.p, "n": n, "unit": unit, "over": found.over if np.isfinite(found.low) else "",
        "reason": found.reason,
    }  # fmt: skip


def _refused(quantity: str, unit: str, n: int, reason: str) -> dict[str, object]:
    unknown = dict.fromkeys(("value", "low", "high", "shuffled", "p"), np.nan)
    return {"quantity": quantity, **unknown, "n": n, "unit": unit, "over": "", "reason": reason}


def _agreement(paired: Paired, clustered: str, rng: np.random.Generator) -> list[dict[str, object]]:
    cluster, names = paired.cluster_of_clone, (AGREEMENT, "receptor cluster given state", "AMI")
    n = int((cluster >= 0).sum())
    few = f"cannot tell: {n} clonotypes in receptor clusters of two or more, {MIN_CLONOTYPES} are needed"
    reason = clustered or (few if n < MIN_CLONOTYPES else "")
    if reason:
        return [_refused(name, "clonotype", n, reason) for name in names]
    donor = paired.donor_of_clone if paired.donor_role else None
    found = state_agreement(cluster, paired.states.main, donor, rng=rng)
    return [_row(each.quantity, "clonotype", each, each.n_items) for each in found]


def _coherence(paired: Paired, rng: np.random.Generator) -> tuple[list[dict[str, object]], np.ndarray]:
    n_cells = paired.states.n_cells
    large = np.append(n_cells > 1, False)[paired.clone]
    rows, of_clone = [], np.full(n_cells.size, np.nan)
    for quantity, used in ((COHERENCE, paired.clone >= 0), (AMONG, large)):
        clone = np.where(used, paired.clone, -1)
        found = clone_coherence(paired.state, clone, paired.donor, rng=rng)
        if found.n_movable < MIN_CLONES:
            count = f"{found.n_clones} {_clonotypes(found.n_clones)} with two cells or more"
            fixed = found.n_clones - found.n_movable
            same = f", {fixed} of them where all cells compared are in one cluster" if fixed else ""
            reason = f"cannot tell: {count}{same}; {MIN_CLONES} are needed"
            rows.append(_refused(quantity, "clone of two cells or more", found.n_clones, reason))
            continue
        if quantity == COHERENCE:
            of_clone[: found.of_clone.size] = found.of_clone
        rows.append(_row(quantity, "clone of two cells or more", found, found.n_clones))
    return rows, of_clone


def _clonotypes(n: int) -> str:
    return "clonotype" if n == 1 else "clonotypes"


def _overlaps(paired: Paired) -> pd.DataFrame:
    columns = [
        "expression_cluster", "receptor_cluster", "receptors", "n_clonotypes", "n_donors", "observed", "expected",
        "odds", "p", "q", "n_tests",
    ]  # fmt: skip
    cluster = paired.cluster_of_clone
    if not (cluster >= 0).any():
        return pd.DataFrame(columns=columns)
    kept = cluster > -2
    found = stratified_overlaps(paired.states.main[kept], cluster[kept], paired.donor_of_clone[kept])
    size = np.bincount(cluster[cluster >= 0])
    # pairs that do not meet have a p of 1, and count
    every = np.concatenate([found.p, np.ones(max(0, found.n_tests - found.p.size))])
    inside = cluster >= 0
    members = pd.DataFrame({"cluster": cluster, "receptor": paired.junction, "donor": paired.donor_of_clone})[inside]
    donors = members.groupby("cluster")["donor"].nunique()
    names = _examples(members)
    table = pd.DataFrame(
        {
            "expression_cluster": [paired.names[code] for code in found.a],
            "receptor_cluster": found.b,
            "receptors": names.loc[found.b].to_numpy(),
            "n_clonotypes": size[found.b],
            "n_donors": donors.loc[found.b].to_numpy(),
            "observed": found.observed,
            "expected": found.expected,
            "odds": found.odds,
            "p": found.p,
            "q": false_discovery(every)[: found.p.size],
            "n_tests": found.n_tests,
        }
    )
    return table.sort_values(["p", "observed"], ascending=[True, False], kind="stable").reset_index(drop=True)


def _examples(members: pd.DataFrame) -> pd.Series:
    """Return the most common receptor of each cluster, the first one by name among equals."""
    counted = members.groupby(["cluster", "receptor"]).size().reset_index(name="n")
    best = counted.sort_values(["cluster", "n", "receptor"], ascending=[True, False, True], kind="stable")
    return best.drop_duplicates("cluster").set_index("cluster")["receptor"]


def _expansion(paired: Paired, rng: np.random.Generator) -> pd.DataFrame:
    states, k = paired.states, len(paired.names)
    large = states.n_cells > 1
    inside = paired.clone >= 0
    n_cells = np.bincount(paired.state[inside], minlength=k)
    in_large = np.bincount(paired.state[inside & np.append(large, False)[paired.clone]], minlength=k)
    table = pd.DataFrame(
        {
            "expression_cluster": paired.names,
            "n_cells": n_cells,
            "n_clonotypes": np.diff(states.profile.tocsc().indptr),
            "n_expanded": np.diff(states.profile[large].tocsc().indptr),
            "largest_clone": np.asarray(states.profile.max(axis=0).todense()).ravel() if large.size else 0,
            "expanded_share": np.divide(in_large, n_cells, out=np.full(k, np.nan), where=n_cells > 0),
        }
    )
    names = ("observed", "expected", "p", "q")
    if large.sum() < MIN_CLONES or large.all():
        n = int(large.sum())
        few = f"cannot tell: {n} {_clonotypes(n)} with two cells or more, {MIN_CLONES} are needed"
        reason = few if n < MIN_CLONES else "cannot tell: every clonotype has two cells or more"
        return table.assign(**dict.fromkeys(names, np.nan), reason=reason)
    found = state_expansion(states.profile, paired.donor_of_clone, rng=rng)
    p = np.where(n_cells > 0, found.p, np.nan)
    values = (found.observed, found.expected, p, false_discovery(p))
    return table.assign(**dict(zip(names, values, strict=True)), reason="")


def _clones(paired: Paired, expected: np.ndarray) -> pd.DataFrame:
    states = paired.states
    large = np.flatnonzero(states.n_cells > 1)
    large = large[np.argsort(-states.n_cells[large], kind="stable")]
    return pd.DataFrame(
        {
            "clone": large,
            "donor": paired.donor_names[large],
            "receptors": paired.junction[large],
            "n_cells": states.n_cells[large],
            "main_cluster": [paired.names[code] for code in states.main[large]],
            "main_share": states.share[large],
            "expected_share": expected[large],
            "n_expression_clusters": states.n_states[large],
            "receptor_cluster": paired.cluster_of_clone[large],
        }
    )


def _cells(paired: Paired) -> pd.DataFrame:
    clone = paired.clone
    of_clone = np.append(paired.cluster_of_clone, -2)[clone]
    return pd.DataFrame(
        {
            "cell": paired.cells,
            "expression_cluster": [paired.names[code] if code >= 0 else "" for code in paired.state],
            "clone": clone,
            "clone_cells": np.append(paired.states.n_cells, 0)[clone],
            "receptor_cluster": of_clone,
            "used": clone >= 0,
        }
    )
